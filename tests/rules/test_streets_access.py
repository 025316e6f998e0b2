"""Who gets through (D5, D6, D7, D9, D12): barriers, private ground, ferries and dirty tags."""

from __future__ import annotations

import numpy as np
import pytest
from asked_streets import FOOT, ROAD, asked
from street_drawing import draw_town

from graph_build.streets.dirty_tags import _CHECKS
from planner.network import shape
from planner.network.metrics import ENDS_PENALTY_S
from planner.network.profiles import get_profile

FAR_M = 100.0  # a character: so that a street's other end is too far to be snapped to

BARRIERS = [
    # tags of B                                        walk  bike   cargo  car
    ({"barrier": "bollard"},                            "-",  "-",   "-",   ""),
    ({"barrier": "bollard", "access": "yes"},           "-",  "-",   "-",   "-"),
    ({"barrier": "bollard", "access": "no"},            "-",  "-",   "-",   ""),
    ({"barrier": "bollard", "maxwidth": "0.9"},         "-",  "-",   "",    ""),
    ({"barrier": "bollard", "maxwidth": "1.4 m"},       "-",  "-",   "-",   ""),
    ({"barrier": "bollard", "maxwidth": "95 cm"},       "-",  "-",   "",    ""),
    ({"barrier": "bollard", "bicycle": "no"},           "-",  "~",   "~",   ""),
    ({"barrier": "cycle_barrier"},                      "-",  "~",   "",    ""),
    ({"barrier": "cycle_barrier", "maxwidth": "1.5"},   "-",  "~",   "~",   ""),
    ({"barrier": "cycle_barrier", "bicycle": "yes"},    "-",  "-",   "",    ""),
    ({"barrier": "kissing_gate"},                       "-",  "",    "",    ""),
    ({"barrier": "kissing_gate", "bicycle": "yes"},     "-",  "-",   "",    ""),
    ({"barrier": "stile"},                              "-",  "",    "",    ""),
    ({"barrier": "turnstile"},                          "-",  "",    "",    ""),
    ({"barrier": "block"},                              "-",  "-",   "-",   ""),
    ({"barrier": "lift_gate"},                          "-",  "-",   "-",   "-"),
    ({"barrier": "lift_gate", "motor_vehicle": "no"},   "-",  "-",   "-",   ""),
    ({"barrier": "gate"},                               "-",  "-",   "-",   "-"),
    ({"barrier": "gate", "locked": "yes"},              "",   "",    "",    ""),
    ({"barrier": "gate", "access": "no", "foot": "yes"}, "-", "~",   "~",   ""),
    ({"barrier": "toll_booth"},                         "-",  "-",   "-",   "-"),
    ({"barrier": "wall"},                               "",   "",    "",    ""),
    ({"barrier": "unheard_of"},                         "-",  "-",   "-",   "-"),
]  # fmt: skip
PROFILES = ("walk", "bike", "cargo", "car")


@pytest.mark.parametrize(("tags", "walk", "bike", "cargo", "car"), BARRIERS)
def test_D5_who_gets_through_a_barrier(tags, walk, bike, cargo, car):
    town = asked("A---B---C", {"ABC": ROAD}, nodes={"B": tags})
    found = []
    for profile in PROFILES:
        path = town.path("AC", profile)
        flags = 0 if path is None or profile == "walk" else town.network.streets.flags[path.edges]
        pushed = np.any(flags & shape.PUSH)
        found.append("" if path is None else "~" if pushed else "-")
    assert found == [walk, bike, cargo, car]


def test_D5_a_one_way_street_leads_through_a_gate_its_own_way():
    gate = {"barrier": "lift_gate", "access": "private"}
    for word, ends in (("ABC", "AC"), ("CBA", "CA")):
        town = asked("A---B---C", {word: ROAD | {"oneway": "yes"}}, nodes={"B": gate})
        assert town.way(ends, "car") == "-".join(word)
        assert town.way(ends[::-1], "car") == ""


def test_D5_a_path_too_narrow_for_a_cargo_bike():
    ways = {"AB": {"highway": "path", "maxwidth": "0.8"}}
    assert asked("A---B", ways).way("AB") == "A-B"
    assert asked("A---B", ways).way("AB", "cargo") == ""


# The private street from B to C is 400 m shorter than the way around.
SHORTCUT = """
A--B----C--D
   |    |
   |    |
   |    |
   |    |
   E----F
"""
ENDS = ["private", "destination", "customers", "delivery", "private;delivery", "permit"]


def shortcut(tags, **options):
    ways = {"AB": ROAD, "CD": ROAD, "BC": {"highway": "service"} | tags, "BEFC": ROAD}
    return asked(SHORTCUT, ways, **options)


@pytest.mark.parametrize("value", ENDS)
@pytest.mark.parametrize("profile", ["walk", "bike", "car"])
def test_D6_nobody_takes_a_private_street_as_a_shortcut(value, profile):
    town = shortcut({"access": value})
    assert town.path("AD", profile).length_m > 1000
    assert shortcut({}).path("AD", profile).length_m < 700


@pytest.mark.parametrize("profile", ["walk", "bike", "car"])
def test_D6_one_comes_to_a_private_street_and_leaves_it(profile):
    ways = {"AB": ROAD, "BC": {"highway": "service", "access": "private"}}
    town = asked("A--B----C", ways)
    assert (town.way("AC", profile), town.way("CA", profile)) == ("A-B-C", "C-B-A")
    assert town.seconds("AC", profile) < 600


def test_D6_no_way_crosses_two_private_zones():
    # C to G lies between two private streets; the way around is long, and open.
    drawing = """
    A--B----C----D----E
       |              |
       |              |
       |              |
       F--------------G
    """
    private = {"highway": "service", "access": "private"}
    ways = {"AB": ROAD, "BC": private, "CD": ROAD, "DE": private, "BFGE": ROAD}
    town = asked(drawing, ways)
    assert town.path("AE", "car").length_m == pytest.approx(150 + 150 + 200 + 750 + 200, rel=0.2)
    assert town.cost("AE", "car") < ENDS_PENALTY_S
    assert ENDS_PENALTY_S < town.cost("AD", "car") < 2 * ENDS_PENALTY_S  # one of them, not both


# From B to D all is private but for the quay from X to Y, which no public street leads to.
HARBOUR = """
A-B--X--Y--C
|          |
|          D
|          |
Q----------E
"""


@pytest.mark.parametrize("profile", ["walk", "bike", "car"])
def test_D6_public_ground_behind_private_ground_is_part_of_it(profile):
    private = {"highway": "service", "access": "private"}
    ways = {"BX": private, "YC": private, "CDE": private, "XY": ROAD, "AB": ROAD, "AQE": ROAD}
    town = asked(HARBOUR, ways, island_nodes=3)
    assert town.way("AC", profile) == "A-B-X-Y-C"  # not round by E, to come in but once
    assert town.cost("AC", profile) < 2 * ENDS_PENALTY_S
    assert town.cost("XY", profile) < ENDS_PENALTY_S
    assert town.way("AE", profile) == "A-E"  # by Q, not through it


def test_D6_what_a_public_street_leads_to_is_public():
    private = {"highway": "service", "access": "private"}
    ways = {"BX": ROAD, "YC": private, "CDE": private, "XY": ROAD, "AB": ROAD, "AQE": ROAD}
    town = asked(HARBOUR, ways, island_nodes=3)
    assert town.cost("AY", "car") < ENDS_PENALTY_S < town.cost("AC", "car")


def test_D6_a_gate_at_the_entrance_makes_what_lies_behind_private():
    nodes = {letter: {"barrier": "gate", "access": "private"} for letter in "GH"}
    ways = {"AB": ROAD, "CD": ROAD, "BGXHC": {"highway": "service"}, "BEFC": ROAD}
    drawing = SHORTCUT.replace("B----C", "BGX-HC")
    town = asked(drawing, ways, nodes=nodes)
    for profile in ("walk", "bike", "car"):
        assert town.path("AD", profile).length_m > 1000
        assert town.path("AX", profile).length_m < 300


def test_D6_what_admits_somebody_else_admits_nobody_of_ours():
    for value in ("agricultural", "forestry", "military", "no"):
        ways = {"AB": ROAD, "BC": ROAD | {"access": value}}
        assert asked("A--B--C", ways, step_m=FAR_M).way("AC") == ""


SEA = "A--B" + 60 * "-" + "C--D"
LANDINGS = {"AB": FOOT, "CD": FOOT}
BOARDING_S = 300
FERRIES = [
    # the way's tags           the relation's                            minutes at sea
    ({"duration": "00:20"},    None,                                      20),
    ({"duration": "PT20M"},    {("BC",): {"duration": "01:00"}},          20),  # the way first
    ({},                       {("BC",): {"duration": "01:00"}},          60),
    ({},                       {("BC",): {"duration": "soon"}},           18.3),  # 10 km/h
    ({},                       {("BC", "elsewhere"): {"duration": "01:00"}}, 18.3),  # cut off
    ({},                       None,                                      18.3),
]  # fmt: skip


@pytest.mark.parametrize(("tags", "relation", "minutes"), FERRIES)
@pytest.mark.parametrize("profile", ["walk", "bike"])
def test_D7_a_ferry_takes_its_time_and_a_wait_at_the_landing(tags, relation, minutes, profile):
    ways = {**LANDINGS, "BC": {"route": "ferry", **tags}}
    town = asked(SEA, ways, ferries=relation)
    seconds = town.seconds("BC", profile)
    assert seconds == pytest.approx(60 * minutes + BOARDING_S, rel=0.03)


def test_D7_a_relation_shares_its_time_among_its_ways_by_their_length():
    drawing = "A--B" + 20 * "-" + "M" + 40 * "-" + "C--D"
    ways = {**LANDINGS, "BM": {"route": "ferry"}, "MC": {"route": "ferry"}}
    town = asked(drawing, ways, ferries={("BM", "MC"): {"duration": "00:30"}})
    assert town.seconds("BC", "walk") == pytest.approx(30 * 60 + BOARDING_S, rel=0.03)


MERGING = [
    {"surface": "sett"}, {"maxspeed": "30"}, {"cycleway": "lane"}, {"oneway": "yes"},
    {"access": "private"}, {"name": "Rue Haute"}, {"bridge": "yes"}, {"lit": "yes"},
    {"motor_vehicle:conditional": "no @ (Su)"},
]  # fmt: skip


@pytest.mark.parametrize("tags", MERGING)
def test_D9_streets_of_other_tags_stay_apart_with_their_way_and_direction(tags):
    town = draw_town("A--B--C", {"AB": ROAD, "CB": ROAD | tags})
    streets = town.streets
    assert sorted(set(streets.way_id.tolist())) == [101, 102]
    assert [streets.direction[town.edge(word)] for word in ("AB", "BA", "CB", "BC")] == [
        1, -1, 1, -1,
    ]  # fmt: skip
    assert [streets.way_id[town.edge(word)] for word in ("AB", "BC")] == [101, 102]


DIRTY = [
    # tags                                       kind of issue, or none
    ({"maxspeed": "fast"},                        "unknown_maxspeed"),
    ({"maxspeed": "50;30"},                       None),
    ({"maxspeed": "30 mph"},                      None),
    ({"maxspeed": "FR:urban"},                    None),
    ({"maxspeed": "walk"},                        None),
    ({"maxspeed:backward": "?"},                  "unknown_maxspeed"),
    ({"access": "Rue Haute"},                     "unknown_access"),
    ({"bicycle": "unkown"},                       "unknown_access"),
    ({"foot": "yes;sometimes"},                   None),
    ({"oneway": "maybe"},                         "unknown_oneway"),
    ({"surface": "lava"},                         "unknown_surface"),
    ({"surface": "asphalt;lava"},                 None),
    ({"duration": "long"},                        "unknown_duration"),
    ({"maxwidth": "narrow"},                      "unknown_width"),
    ({"lanes": "2;3"},                            None),
]  # fmt: skip


@pytest.mark.parametrize(("tags", "kind"), DIRTY)
def test_D12_what_a_tag_does_not_tell_is_counted_and_stops_nothing(tags, kind):
    town = draw_town("A--B--C", {"AB": ROAD | tags, "BC": ROAD | tags})
    assert town.issues.counts == ({kind: 2} if kind else {})
    assert town.modes("AB") == "walk bike car"
    if kind:
        (example,) = town.issues.examples[kind]
        ((key, value),) = tags.items()
        assert example.where == f"{key}={value}"


def test_D12_every_kind_is_documented(pytestconfig):
    page = (pytestconfig.rootpath / "docs/reference/issues.md").read_text(encoding="utf-8")
    kinds = {*_CHECKS, "unknown_condition", "contraflow_assumed", "street_closed_to_all"}
    kinds |= {f"turn_restriction_{why}" for why in ("broken", "over_ways", "unknown")}
    assert {kind for kind in kinds if f"`{kind}`" not in page} == set()


def test_D15_a_street_being_built_is_not_there_and_one_with_minor_works_is():
    ways = {"AB": ROAD, "BC": ROAD | {"construction": "minor"}, "CD": {"highway": "construction"}}
    town = asked("A--B--C--D--E", ways | {"DE": FOOT}, step_m=FAR_M)
    assert town.way("AC", "car") == "A-B-C"
    assert town.way("AE", "walk") == ""


def test_C13_a_lift_takes_walkers_and_wheelchairs_and_their_wait():
    town = asked("A--B--C", {"AB": FOOT, "BC": {"highway": "elevator"}}, step_m=FAR_M)
    assert town.way("AC", "wheelchair") == "A-B-C"
    assert town.way("AC") == ""
    slow = 600 * 3.6 / get_profile("wheelchair").speed_kmh
    assert town.seconds("AC", "wheelchair") == pytest.approx(slow + 30, abs=2)
