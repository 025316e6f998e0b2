"""R5's and the BNA's labels, crossings and CEREMA's norm: each row with an example by hand."""

from __future__ import annotations

import numpy as np
import pytest
from stress_cases import compiled, edge_between, having, say, say_crossing, street

from graph_build.stress.junctions import find_junctions
from graph_build.stress.label import NORMS, affected_edges, cerema_norm, label_streets
from graph_build.stress.tables import read_table
from planner.network import shape

R5 = [
    (having(stated=1), 1, "stated-1"),
    (having(stated=2), 2, "stated-2"),
    (having(stated=3), 3, "stated-3"),
    (having(road_class="residential", stated=4), 4, "stated-4"),
    (having(road_class="cycleway", cars=False, cars_back=False), 1, "no-cars"),
    (having(road_class="track"), 1, "no-cars"),
    (having(road_class="service"), 0, "service"),
    (having(road_class="residential", speed=90, lanes=3), 1, "residential"),
    (having(road_class="living_street"), 1, "residential"),
    (having(road_class="tertiary", speed=90, r5_lane=True), 2, "minor-lane"),
    (having(road_class="unclassified", speed=40, lanes=1), 2, "minor-slow"),
    (having(road_class="unclassified", speed=41, lanes=1), 3, "minor"),
    (having(road_class="tertiary", speed=40, lanes=2), 3, "minor"),  # four lanes in all
    (having(road_class="tertiary", speed=40, lanes=4, unknown=["lanes"]), 2, "minor-slow"),
    # Without a limit the lanes must be tagged, or they count as too many.
    (having(road_class="tertiary", lanes=1, unknown=["speed"]), 2, "minor-without-limit"),
    (having(road_class="tertiary", lanes=1, unknown=["speed", "lanes"]), 3, "minor"),
    (having(road_class="secondary", speed=40, lanes=1, r5_lane=True), 2, "major-lane-slow"),
    (having(road_class="secondary", speed=40, unknown=["lanes"], r5_lane=True), 2,
     "major-lane-slow"),
    (having(road_class="secondary", speed=50, r5_lane=True), 3, "major-lane"),
    (having(road_class="secondary", speed=30), 4, "major"),
    (having(road_class="primary", infrastructure="track"), 4, "major"),  # it reads no track
]  # fmt: skip

# Facts, level and rule. 25 km/h are 15 mph, 30 are 20, 40 are 25, 50 are 30.
BNA = [
    (having(road_class="path", infrastructure="path", cars=False, cars_back=False), 1, "path"),
    (having(road_class="primary", infrastructure="track", speed=90), 1, "path"),
    (having(road_class="pedestrian", cars=False, cars_back=False), 1, "no-cars"),
    (having(road_class="track"), 1, "track-road"),
    (having(road_class="ferry"), 1, "ferry"),
    (having(road_class="trunk"), 3, "motorway"),
    (having(road_class="living_street", speed=50), 1, "living-street"),
    (having(road_class="secondary", infrastructure="buffered", speed=40), 1, "buffered-25"),
    (having(road_class="secondary", infrastructure="buffered", speed=50), 3, "buffered"),
    (having(road_class="secondary", infrastructure="buffered", speed=40, lanes=2), 3, "buffered"),
    (having(road_class="primary", infrastructure="lane", speed=30, facility=1.3), 1, "lane-20"),
    (having(road_class="primary", infrastructure="lane", speed=30, facility=1.2), 3, "lane"),
    (having(road_class="primary", infrastructure="lane", speed=40, facility=1.5), 3, "lane"),
    (having(road_class="tertiary", speed=25), 1, "shared-15"),
    (having(road_class="tertiary", speed=25, lanes=2), 3, "shared"),
    (having(road_class="tertiary", speed=30), 3, "shared"),
    (having(road_class="residential", speed=40), 1, "small-street-25"),
    (having(road_class="residential", speed=50, unknown=["speed"]), 1, "small-street-25"),
    (having(road_class="service", speed=50), 3, "small-street"),
    # Taken for a tertiary street: by its limit, its lanes, or lanes on both sides.
    (having(road_class="residential", speed=50), 3, "shared"),
    (having(road_class="unclassified", speed=30, lanes=2), 3, "shared"),
    (having(road_class="residential", infrastructure="lane", back="lane", speed=30, facility=1.5),
     1, "lane-20"),
    # Without a limit and lanes: 40 mph and two lanes on large streets, 30 mph and one on tertiary.
    (having(road_class="secondary", infrastructure="lane", speed=20, facility=1.5,
          unknown=["speed", "lanes"]), 3, "lane"),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "level", "rule"), R5)
def test_r5(facts, level, rule):
    assert say(*street(**facts), rules="r5") == (level, rule)


@pytest.mark.parametrize(("facts", "level", "rule"), BNA)
def test_bna(facts, level, rule):
    assert say(*street(**facts), rules="bna") == (level, rule)


@pytest.mark.parametrize(("table", "cases"), [("r5", R5), ("bna", BNA)])
def test_every_row_has_its_example(table, cases):
    assert {rule for *_, rule in cases} == {rule.name for rule in read_table(table)}


JUNCTION = """
A---B---C
    |
    D---E
"""
LARGE = {"highway": "secondary", "maxspeed": "50"}
SMALL = {"highway": "residential", "maxspeed": "30"}


def test_r5_gives_all_streets_of_a_junction_its_worst_level():
    streets, facts = compiled(JUNCTION, {"ABC": LARGE, "BD": SMALL, "DE": SMALL})
    for word, wanted in {"DB": "junction", "BD": "junction", "DE": "residential"}.items():
        level, rule = say(streets, facts, edge_between(streets, *word), "r5")
        assert (level, rule) == ({"junction": 4, "residential": 1}[wanted], wanted)


def test_r5_stops_at_lights_at_what_the_map_states_and_at_service_roads():
    lights = {"B": {"highway": "traffic_signals"}}
    streets, facts = compiled(JUNCTION, {"ABC": LARGE, "BD": SMALL, "DE": SMALL}, lights)
    assert say(streets, facts, edge_between(streets, "D", "B"), "r5") == (1, "residential")
    ways = {"ABC": LARGE, "BD": SMALL | {"lts": "1"}, "DE": SMALL}
    streets, facts = compiled(JUNCTION, ways)
    assert say(streets, facts, edge_between(streets, "D", "B"), "r5") == (1, "stated-1")
    streets, facts = compiled(JUNCTION, {"ABC": LARGE, "BD": {"highway": "service"}, "DE": SMALL})
    assert say(streets, facts, edge_between(streets, "D", "B"), "r5") == (0, "service")


# Lanes in all, island, speed -> level and rule.
CROSSINGS = """
2 no 50 1 crossing-3-lanes-50           3 yes 50 1 crossing-3-lanes-50
3 no 55 2 crossing-3-lanes-55           3 no 56 3 crossing-3-lanes
4 no 50 2 crossing-5-lanes-50           5 no 55 3 crossing-5-lanes-55
5 no 56 4 crossing-5-lanes              4 yes 40 1 crossing-5-lanes-island-40
5 yes 50 2 crossing-5-lanes-island-50   5 yes 55 3 crossing-5-lanes-island-55
4 yes 56 4 crossing-5-lanes-island      6 yes 40 2 crossing-6-lanes-island-40
8 yes 50 3 crossing-6-lanes-island-50   6 yes 51 4 crossing-6-lanes
6 no 30 4 crossing-6-lanes
"""


def rows(text):
    words = text.split()
    return [tuple(words[i : i + 5]) for i in range(0, len(words), 5)]


def crossing(large, node=None, rules="furth"):
    """What who comes from D has to cross at B, and what the large street's own cyclists have."""
    streets, facts = compiled(JUNCTION, {"ABC": large, "BD": SMALL, "DE": SMALL}, {"B": node or {}})
    assert say_crossing(streets, facts, edge_between(streets, "A", "B"), rules)[0] == 0
    return say_crossing(streets, facts, edge_between(streets, "D", "B"), rules)


@pytest.mark.parametrize(("lanes", "island", "speed", "level", "rule"), rows(CROSSINGS))
def test_crossing_a_larger_street(lanes, island, speed, level, rule):
    node = {"highway": "crossing", "crossing:island": island}
    large = {"highway": "primary", "lanes": lanes, "maxspeed": speed}
    assert crossing(large, node) == (int(level), rule)


@pytest.mark.parametrize(
    "node",
    [
        {"highway": "traffic_signals"}, {"highway": "crossing", "crossing": "traffic_signals"},
        {"highway": "stop", "stop": "all"},
    ],
)  # fmt: skip
@pytest.mark.parametrize("rules", ["furth", "bna"])
def test_lights_and_stops_for_all_make_crossing_easy(node, rules):
    large = {"highway": "primary", "lanes": "6", "maxspeed": "70"}
    assert crossing(large, node, rules) == (1, "crossing-signals")


# Class, one way, lanes in all, island, speed -> level and rule.
BNA_CROSSINGS = [
    ("trunk", "no", 2, "no", 50, 3, "crossing-motorway"),
    ("primary", "yes", 3, "no", 30, 3, "crossing-one-way-3-lanes"),
    ("primary", "yes", 2, "yes", 60, 3, "crossing-one-way-35"),
    ("secondary", "yes", 2, "no", 50, 1, "crossing-one-way"),
    ("secondary", "no", 5, "yes", 30, 3, "crossing-5-lanes"),
    ("secondary", "no", 4, "yes", 60, 3, "crossing-4-lanes-35"),
    ("tertiary", "no", 4, "no", 50, 3, "crossing-4-lanes-30"),
    ("tertiary", "no", 4, "yes", 50, 1, "crossing-4-lanes"),
    ("tertiary", "no", 4, "no", 40, 1, "crossing-4-lanes"),
    ("tertiary", "no", 2, "no", 60, 3, "crossing-3-lanes-35"),
    ("tertiary", "no", 2, "yes", 60, 1, "crossing-3-lanes"),
    ("tertiary", "no", 3, "no", 50, 1, "crossing-3-lanes"),
]


@pytest.mark.parametrize(
    ("road_class", "one_way", "lanes", "island", "speed", "level", "rule"), BNA_CROSSINGS
)
def test_crossing_by_the_bna(road_class, one_way, lanes, island, speed, level, rule):
    large = {"highway": road_class, "lanes": str(lanes), "maxspeed": str(speed)}
    node = {"highway": "crossing", "crossing:island": island}
    assert crossing(large | {"oneway": one_way}, node, "bna") == (level, rule)


def test_crossing_a_small_street_by_the_bna():
    ways = {"ABC": SMALL, "BD": {"highway": "cycleway"}, "DE": SMALL}
    streets, facts = compiled(JUNCTION, ways)
    found = say_crossing(streets, facts, edge_between(streets, "D", "B"), "bna")
    assert found == (1, "crossing-small-street")


def test_every_crossing_has_its_example():
    assert {row[4] for row in rows(CROSSINGS)} | {"crossing-signals"} == {
        rule.name for rule in read_table("furth_crossing")
    }
    assert {row[6] for row in BNA_CROSSINGS} | {"crossing-signals", "crossing-small-street"} == {
        rule.name for rule in read_table("bna_crossing")
    }


def test_crossing_leaves_the_street_before_it_as_calm_as_it_is():
    large = {"highway": "primary", "lanes": "6", "maxspeed": "70"}
    streets, facts = compiled(JUNCTION, {"ABC": large, "BD": SMALL, "DE": SMALL})
    edge = edge_between(streets, "D", "B")
    assert say_crossing(streets, facts, edge) == (4, "crossing-6-lanes")
    assert say(streets, facts, edge) == (1, "mixed-no-line-30")
    assert say_crossing(streets, facts, edge_between(streets, "B", "D"))[0] == 0


def test_a_street_that_only_changes_its_class_crosses_nothing():
    streets, facts = compiled("A---B---C", {"AB": LARGE, "BC": SMALL})
    assert say_crossing(streets, facts, edge_between(streets, "C", "B"))[0] == 0


def test_a_barrier_and_a_turn_restriction_leave_the_junction_one():
    ways = {"ABC": LARGE | {"lanes": "5"}, "BD": SMALL, "DE": SMALL}
    streets, facts = compiled(JUNCTION, ways, {"B": {"barrier": "bollard"}})
    stress = label_streets(streets, facts)["furth"]
    coming = (stress.crossing > 0) & (streets.length_m > 0)
    assert np.unique(stress.crossing[coming]).tolist() == [2]
    assert coming.sum() == 1
    assert not stress.crossing[streets.length_m == 0].any()  # the gate isn't a second crossing


NORM = [
    (having(infrastructure="track", speed=90, volume=20_000), "ok"),
    (having(cars=False, cars_back=False), "ok"),
    (having(speed=30, volume=1999), "ok"),
    (having(speed=30, volume=2000), "watch"),
    (having(speed=30, volume=4000), "watch"),
    (having(speed=30, volume=4001), "fails"),
    (having(speed=50, volume=3999, infrastructure="lane"), "watch"),
    (having(speed=50, volume=4000, infrastructure="lane"), "fails"),
    (having(speed=60, volume=1000, infrastructure="lane"), "fails"),
    (having(speed=50, volume=1000), "fails"),
    (
        having(speed=50, volume=1000, infrastructure="bus_lane", cars=False, cars_back=False),
        "fails",
    ),
]


@pytest.mark.parametrize(("facts", "norm"), NORM)
def test_what_cerema_asks_for(facts, norm):
    streets, known = street(**facts)
    assert NORMS[cerema_norm(streets, known, np.array([0]))[0]] == norm


def test_an_edit_needs_only_the_streets_around_it_labelled_again():
    ways = {
        "ABC": LARGE, "CF": LARGE, "BE": SMALL, "EF": {"highway": "cycleway"},
        "EG": SMALL, "GH": {"highway": "tertiary"}, "FH": {"highway": "service"},
    }  # fmt: skip
    streets, facts = compiled("A---B---C\n    |   |\nG---E---F\n|       |\nI-------H", ways)
    before = label_streets(streets, facts)
    junctions = find_junctions(streets)
    changed = 0
    for edited in range(streets.head.size):
        speed = streets.speed_kmh.copy()
        speed[edited] = 90
        infrastructure = streets.infrastructure.copy()
        infrastructure[edited] = shape.INFRASTRUCTURES.index("track")
        after = streets._replace(speed_kmh=speed, infrastructure=infrastructure)
        edges = affected_edges(after, np.array([edited]), junctions)
        part, whole = (
            label_streets(after, facts, edges, junctions=junctions),
            label_streets(after, facts),
        )
        for rules, stress in whole.items():
            for column in shape.Stress._fields:
                patched = getattr(before[rules], column).copy()
                patched[edges] = getattr(part[rules], column)
                assert np.array_equal(patched, getattr(stress, column)), (rules, column, edited)
                changed += int((patched != getattr(before[rules], column)).sum())
    assert changed > 20
