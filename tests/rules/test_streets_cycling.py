"""Ways for bicycles (D1 to D4, D8, D13, D16): from tags to the way that is ridden or pushed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from asked_streets import FOOT, ROAD, asked
from street_drawing import draw_extract, draw_town, node_id

from feeds.issues import IssueLog
from feeds.osm_relations import RelationCollector
from graph_build.streets.compile import compile_streets
from planner.network import shape
from planner.network.metrics import profile_metric
from planner.network.profiles import get_profile
from planner.streets.instructions import describe

# B to A against the traffic is 200 m, around the block 900 m.
BLOCK = """
A---B
|   |
|   |
|   |
|   |
|   |
|   |
C---D
"""
AROUND = {"BDCA": ROAD}
AROUND_M = 200 + 2 * 350

CONTRAFLOW = [
    # tags of AB, one-way from A to B
    {"oneway": "yes", "oneway:bicycle": "no"},
    {"oneway": "yes", "cycleway": "opposite"},
    {"oneway": "yes", "cycleway": "opposite_lane"},
    {"oneway": "yes", "cycleway": "opposite_track"},
    {"oneway": "yes", "cycleway": "opposite_share_busway"},
    {"oneway": "yes", "cycleway:left": "opposite_lane"},
    {"oneway": "yes", "cycleway:right": "opposite_lane"},
    {"oneway": "yes", "cycleway:both": "opposite_lane"},
    {"oneway": "yes", "cycleway:left": "lane", "cycleway:left:oneway": "-1"},
    {"oneway": "yes", "cycleway:left": "track", "cycleway:left:oneway": "no"},
    {"oneway": "yes", "cycleway:right": "track", "cycleway:right:oneway": "no"},
    {"oneway": "yes", "bicycle:backward": "yes", "oneway:bicycle": "no"},
]


@pytest.mark.parametrize("tags", CONTRAFLOW)
def test_D1_contraflow_is_ridden_against_the_cars(tags):
    town = asked(BLOCK, {"AB": ROAD | tags, **AROUND})
    assert town.way("BA") == "B-A"
    assert town.path("BA", "car").length_m == pytest.approx(AROUND_M, rel=0.01)
    (step,) = describe(town.network, town.path("BA"))
    assert step.contraflow
    assert not step.push


def test_D1_contraflow_where_the_street_is_drawn_against_its_traffic():
    # Drawn from B to A, and open to cars from A to B.
    town = asked(BLOCK, {"BA": ROAD | {"oneway": "-1", "oneway:bicycle": "no"}, **AROUND})
    assert town.way("BA") == "B-A"
    assert town.path("BA", "car").length_m == pytest.approx(AROUND_M, rel=0.01)
    assert town.path("AB", "car").length_m == pytest.approx(200, rel=0.01)


NOT_CONTRAFLOW = [
    {"oneway": "yes"},
    {"oneway": "yes", "cycleway:left": "track"},
    {"oneway": "yes", "cycleway:left": "separate"},
    {"oneway": "yes", "cycleway:both": "separate"},
    {"oneway": "yes", "cycleway": "lane"},
    {"oneway": "yes", "cycleway:both": "lane"},
    {"oneway": "yes", "cycleway:left": "no"},
    {"oneway": "yes", "oneway:bicycle": "yes", "cycleway": "opposite_lane"},
    {"oneway": "yes", "cycleway:left:oneway": "-1"},
    {"highway": "cycleway", "oneway": "yes"},
    {"highway": "cycleway", "oneway:bicycle": "yes"},
    {"highway": "cycleway", "oneway": "yes", "foot": "no"},
    {"junction": "roundabout"},
]


@pytest.mark.parametrize("tags", NOT_CONTRAFLOW)
def test_D2_what_is_no_contraflow_is_not_ridden(tags):
    town = asked(BLOCK, {"AB": ROAD | tags, **AROUND})
    back = town.path("BA")
    ridden_around = back.length_m == pytest.approx(AROUND_M, rel=0.01)
    assert town.way("BA") == "B~A" or ridden_around
    assert town.path("AB").length_m == pytest.approx(200, rel=0.01)


ZONES_30 = [
    # tags of a one-way street                                          contraflow assumed
    ({"maxspeed": "30"},                                                True),
    ({"zone:maxspeed": "FR:30"},                                        True),
    ({"source:maxspeed": "FR:zone30"},                                  True),
    ({"highway": "living_street"},                                      True),
    ({"maxspeed": "20"},                                                True),
    ({"maxspeed": "50"},                                                False),
    ({},                                                                False),
    ({"maxspeed": "30", "oneway:bicycle": "yes"},                       False),  # a sign says no
    ({"maxspeed": "30", "bicycle": "no"},                               False),
    ({"maxspeed": "30", "junction": "roundabout"},                      False),
    ({"maxspeed": "30", "highway": "primary"},                          False),
    ({"maxspeed": "30", "cycleway": "opposite_lane"},                   None),  # the map says it
]  # fmt: skip


@pytest.mark.parametrize(("tags", "assumed"), ZONES_30)
def test_D2_contraflow_in_zones_30_is_assumed_only_where_a_region_says_so(tags, assumed):
    ways = {"AB": ROAD | {"oneway": "yes"} | tags}
    as_mapped = draw_town("A---B", ways)
    declared = draw_town("A---B", ways, contraflow_in_zones_30=True)
    assert as_mapped.modes("BA") == ("walk bike" if assumed is None else "walk push")
    assert declared.modes("BA") == ("walk push" if assumed is False else "walk bike")
    assert declared.issues.counts == ({"contraflow_assumed": 1} if assumed else {})
    assert as_mapped.issues.counts == {}


PUSHED = [
    FOOT,
    FOOT | {"bicycle": "dismount"},
    FOOT | {"bicycle": "no"},
    {"highway": "pedestrian"},
    ROAD | {"bicycle": "dismount"},
    ROAD | {"bicycle": "no"},
    ROAD | {"bicycle": "use_sidepath"},
]


@pytest.mark.parametrize("tags", PUSHED)
def test_D3_a_bicycle_is_pushed_at_foot_speed_and_the_step_says_so(tags):
    town = asked("A----B----C", {"AB": ROAD, "BC": tags | {"name": "Passage"}})
    assert town.way("AC") == "A-B~C"
    pushed = town.path("BC")
    push_kmh = get_profile("bike").push_speed_kmh
    assert pushed.duration == pytest.approx(250 * 3.6 / push_kmh, abs=6)
    assert [step.push for step in describe(town.network, town.path("AC"))] == [False, True]


def test_D3_where_signs_keep_bicycles_out_pushing_costs_more_than_where_they_ask_to_dismount():
    def cost(tags):
        return asked("A----B", {"AB": FOOT | tags}).path("AB")

    dismount, no, silent = (cost(t) for t in ({"bicycle": "dismount"}, {"bicycle": "no"}, {}))
    assert no.duration == dismount.duration == silent.duration
    assert no.cost > 1.5 * dismount.cost
    assert dismount.cost == silent.cost


def test_D3_nobody_pushes_where_nobody_may_walk():
    assert asked("A----B", {"AB": ROAD | {"bicycle": "no", "foot": "no"}}).way("AB") == ""


def test_D4_a_one_way_is_not_dodged_on_foot_where_riding_around_is_quicker():
    # 50 m pushed take 45 s and twice getting off; around it is 150 m, 27 s.
    drawing = """
    X--A-B--Y
       | |
       C-D
    """
    ways = {"XA": ROAD, "BY": ROAD, "AB": ROAD | {"oneway": "yes"}, "BDCA": ROAD}
    assert asked(drawing, ways).way("YX") == "Y-B-A-X"


def test_D4_each_dismount_is_paid():
    ways = {"AB": ROAD, "BC": FOOT, "CD": ROAD, "DE": FOOT, "EF": ROAD}
    often = asked("A--B--C--D--E--F", ways)
    once = asked("A--B--C--D--E--F", ways | {"CD": FOOT, "DE": ROAD})
    penalty = get_profile("bike").mount_penalty_s
    assert penalty > 0
    assert often.seconds("AF") == pytest.approx(once.seconds("AF") + penalty, abs=1)


STEPS = {"highway": "steps"}
RAMP = STEPS | {"ramp:bicycle": "yes"}


def test_D8_steps_are_dear_with_a_bicycle_and_dearer_without_a_ramp():
    flat, ramp, steps = (asked("A----B", {"AB": tags}).path("AB") for tags in (FOOT, RAMP, STEPS))
    assert flat.cost < ramp.cost < steps.cost
    assert ramp.duration == steps.duration > flat.duration


@pytest.mark.parametrize("tags", [STEPS, RAMP, STEPS | {"bicycle": "yes"}])
def test_D8_steps_are_nothing_for_cargo_bikes_and_wheelchairs(tags):
    town = asked("A----B", {"AB": tags})
    for profile in ("cargo", "wheelchair"):
        assert town.way("AB", profile) == ""
    assert town.way("AB", "walk") == "A-B"


LANES = [
    # tags of a two-way street                                      forward        backward
    ({"cycleway": "lane"},                                           "lane", "lane"),
    ({"cycleway": "track"},                                          "track", "track"),
    ({"cycleway": "separate"},                                       "none", "none"),
    ({"cycleway:both": "lane"},                                      "lane", "lane"),
    ({"cycleway:both": "track"},                                     "track", "track"),
    ({"cycleway:both": "separate"},                                  "none", "none"),
    ({"cycleway:both": "no"},                                        "none", "none"),
    ({"cycleway:left": "lane"},                                      "none", "lane"),
    ({"cycleway:right": "track", "cycleway:left": "lane"},           "track", "lane"),
    ({"cycleway:right": "separate", "cycleway:left": "no"},          "none", "none"),
    ({"cycleway": "share_busway"},                                   "bus_lane", "bus_lane"),
    ({"cycleway:right": "share_busway"},                             "bus_lane", "none"),
    ({"cycleway": "shared_lane"},                                    "shared_lane", "shared_lane"),
    ({"cyclestreet": "yes"},                                         "shared_lane", "shared_lane"),
    ({"bicycle_road": "yes"},                                        "shared_lane", "shared_lane"),
    ({"highway": "cycleway"},                                        "path", "path"),
    ({"highway": "path", "bicycle": "designated"},                   "path", "path"),
]  # fmt: skip


@pytest.mark.parametrize(("tags", "forward", "backward"), LANES)
def test_D13_what_is_beside_a_street(tags, forward, backward):
    town = draw_town("A---B", {"AB": ROAD | tags})
    found = [
        shape.INFRASTRUCTURES[town.streets.infrastructure[town.edge(word)]] for word in ("AB", "BA")
    ]
    assert found == [forward, backward]


KINDS = [
    # tags                                                           who                forward
    ({"highway": "service"},                                          "walk bike car"),
    ({"highway": "service", "service": "parking_aisle"},              "walk bike car"),
    ({"highway": "service", "service": "driveway", "access": "private"}, "walk* bike* car*"),
    ({"highway": "service", "service": "emergency_access", "motor_vehicle": "emergency"},
                                                                      "walk bike"),
    ({"highway": "trunk", "motorroad": "yes"},                        "car"),
    ({"highway": "trunk", "motorroad": "yes", "bicycle": "yes"},      "bike car"),
    ({"highway": "primary", "bicycle": "use_sidepath"},               "walk push car"),
    ({"highway": "service", "access": "no", "bus": "yes", "cycleway": "share_busway"},
                                                                      ""),
    ({"highway": "service", "access": "no", "psv": "yes", "bicycle": "yes"}, "bike"),
    ({"highway": "busway", "bicycle": "designated"},                  "bike"),
    ({"highway": "busway", "cycleway": "share_busway"},               "bike"),
    ({"highway": "residential", "vehicle": "no", "bicycle": "yes", "cyclestreet": "yes"},
                                                                      "walk bike"),
    ({"highway": "residential", "bicycle_road": "yes", "motor_vehicle": "destination"},
                                                                      "walk bike car*"),
]  # fmt: skip


@pytest.mark.parametrize(("tags", "who"), KINDS)
def test_D13_who_may_use_which_kind_of_street(tags, who):
    town = draw_town("A---B---C", {"AB": tags, "BC": ROAD})
    assert (town.modes("AB") if town.edges("AB") else "") == who


def test_D13_a_roundabout_is_ridden_one_way_round():
    drawing = """
        B
    X--A C--Y
        D
    """
    ways = {"XA": ROAD, "ADCBA": ROAD | {"junction": "roundabout"}, "CY": ROAD}
    town = asked(drawing, ways)
    for profile in ("bike", "car"):
        assert town.way("XY", profile) == "X-A-C-Y"
        there, back = town.path("XY", profile), town.path("YX", profile)
        south = min(lat for lat, _ in there.points)
        assert south < town.places["A"][0] - 1e-4  # by D, counterclockwise
        assert max(lat for lat, _ in back.points) > town.places["A"][0] + 1e-4


def test_D16_a_cycle_route_over_a_forbidden_street_opens_nothing():
    ways = {"AB": ROAD, "BC": {"highway": "trunk", "motorroad": "yes"}}
    extract = draw_extract("A---B---C", ways)
    relations = RelationCollector(IssueLog())
    route = {"type": "route", "route": "bicycle", "network": "rcn"}
    relations.add(1, route, [("w", 101, ""), ("w", 102, "")])
    extract = replace(
        extract, restrictions=tuple(relations.restrictions), ferries=tuple(relations.ferries)
    )
    streets = compile_streets([extract], island_nodes=0).streets
    metric = profile_metric(streets, get_profile("bike"))
    closed = metric.cost >= shape.UNREACHED
    assert closed.tolist() == [way == 102 for way in streets.way_id.tolist()]
    assert node_id("C") in streets.node_osm_id
