"""The main rule set: every row of every table with an example worked by hand from its source."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stress_cases import having, say, street

from graph_build.stress.furth import TABLES
from graph_build.stress.tables import read_table

ADT = (750, 1500, 3000, 6000, 10_000, 100_000)
# By speed: the levels up to 750, 1500, 3000, 6000, 10000 vehicles a day, and above.
MIXED = {
    "no-line": {
        30: "1 1 1 1 1 1", 40: "1 1 2 2 2 2", 50: "3 3 3 3 4 4",
        55: "3 3 3 4 4 4", 65: "3 3 4 4 4 4", 70: "4 4 4 4 4 4",
    },
    "line": {
        30: "1 2 2 2 2 2", 40: "3 3 3 3 3 4", 50: "3 3 3 3 4 4",
        55: "3 3 3 4 4 4", 65: "3 3 4 4 4 4", 70: "4 4 4 4 4 4",
    },
}  # fmt: skip
SPEEDS = (30, 40, 50, 55, 65, 130)  # the last of each row


def guard(volume):
    """What CEREMA's thresholds make the least level of mixed traffic."""
    return 3 if volume > 4000 else 2 if volume > 2000 else 1


@pytest.mark.parametrize("layout", MIXED)
@pytest.mark.parametrize("row", range(6))
@pytest.mark.parametrize("column", range(6))
@pytest.mark.parametrize("at", ["first", "last"])
def test_mixed_traffic_with_one_lane_each_way(layout, row, column, at):
    speed, level = list(MIXED[layout].items())[row]
    wanted = int(level.split()[column])
    kmh, volume = SPEEDS[row], ADT[column]
    if at == "first":  # the least speed and volume of the cell
        kmh = 5 if row == 0 else SPEEDS[row - 1] + 1
        volume = 1 if column == 0 else ADT[column - 1] + 1
    found = say(*street(speed=kmh, volume=volume, centreline=layout == "line"))
    assert found[0] == max(wanted, guard(volume))
    if wanted >= guard(volume):
        assert found[1] == f"mixed-{layout}-{speed}"


TWO_LANES = {40: "3 3 4", 50: "3 3 4", 55: "3 4 4", 65: "3 4 4", 70: "4 4 4"}


@pytest.mark.parametrize("row", range(5))
@pytest.mark.parametrize("column", range(3))
def test_mixed_traffic_with_two_lanes_each_way(row, column):
    speed, level = list(TWO_LANES.items())[row]
    volume = (6000, 12_000, 12_001)[column]
    wanted = int(level.split()[column]), f"mixed-2-lanes-{speed}"
    kmh = (40, 50, 55, 65, 90)[row]
    assert say(*street(speed=kmh, volume=volume, lanes=2, centreline=True)) == wanted
    assert say(*street("primary", speed=kmh, volume=volume, lanes=2)) == wanted


AGAINST = having(cars=False, one_way=True)  # the cars of a one-way street
# The facts of a street, its level and the rule that gives it.
CASES = [
    # Away from cars.
    (having(road_class="footway", infrastructure="path", cars=False, cars_back=False), 1,
     "shared-pavement"),
    (having(road_class="pedestrian", infrastructure="path", cars=False, cars_back=False), 1,
     "shared-pavement"),
    (having(road_class="cycleway", infrastructure="path", cars=False, cars_back=False), 1, "path"),
    (having(road_class="path", infrastructure="path", cars=False, cars_back=False), 1, "path"),
    (having(infrastructure="track", speed=90, volume=30_000, lanes=3), 1, "track"),
    (having(road_class="ferry"), 1, "ferry"),
    (having(road_class="pedestrian", cars=False, cars_back=False), 1, "no-cars"),
    # What France has besides.
    (having(infrastructure="bus_lane", speed=30), 2, "bus-lane-30"),
    (having(infrastructure="bus_lane", speed=50), 3, "bus-lane"),
    (having(road_class="busway", cars=False, cars_back=False, speed=30), 2, "busway-30"),
    (having(road_class="busway", cars=False, cars_back=False, speed=50), 3, "busway"),
    (having(roundabout=True, lanes=2, speed=30), 4, "roundabout-of-several-lanes"),
    (having(roundabout=True, lanes=1, speed=30), 3, "roundabout"),
    (having(infrastructure="shared_lane", cycle_street=True, volume=2000), 1, "cycle-street-quiet"),
    (having(infrastructure="shared_lane", cycle_street=True, volume=2001), 2, "cycle-street"),
    (having(infrastructure="shared_lane", central_lane=True, speed=30, volume=4000), 2,
     "central-lane-30"),
    (having(infrastructure="shared_lane", central_lane=True, speed=30, volume=4001), 3,
     "central-lane-50"),
    (having(infrastructure="shared_lane", central_lane=True, speed=50, volume=2500), 3,
     "central-lane-50"),
    (having(infrastructure="shared_lane", central_lane=True, speed=80, volume=9000), 4,
     "central-lane"),
    # Against the cars of a one-way street.
    (having(infrastructure="contraflow", **AGAINST, speed=30, volume=2000, width=3.5),
     1, "contraflow-wide"),
    (having(infrastructure="contraflow", **AGAINST, speed=30, volume=2000, width=3.4),
     2, "contraflow-narrow-or-unknown"),
    (having(infrastructure="contraflow", **AGAINST, speed=30, volume=2000), 2,
     "contraflow-narrow-or-unknown"),
    (having(infrastructure="contraflow", **AGAINST, speed=50, volume=1000), 3,
     "mixed-line-50"),
    (having(infrastructure="contraflow", **AGAINST, speed=30, volume=2001), 2,
     "mixed-line-30"),
    (having(infrastructure="lane", **AGAINST, speed=30, facility=1.5, volume=3000),
     2, "contraflow-lane-30"),
    (having(infrastructure="lane", **AGAINST, speed=50, facility=1.5, volume=3000),
     3, "contraflow-lane-50"),
    (having(infrastructure="lane", **AGAINST, speed=80, facility=1.5, volume=3000),
     4, "contraflow-lane"),
    # The guard: 4,000 and 2,000 vehicles a day.
    (having(speed=30, volume=2000), 1, "mixed-no-line-30"),
    (having(speed=30, volume=2001), 2, "guard-2000"),
    (having(speed=30, volume=4000), 2, "guard-2000"),
    (having(speed=30, volume=4001), 3, "guard-4000"),
    (having(speed=40, volume=4001), 3, "guard-4000"),
    # Three lanes, and narrow streets without a centreline.
    (having(speed=30, volume=500, lanes=3), 4, "mixed-3-lanes"),
    (having(speed=30, volume=500, width=6.0), 2, "mixed-narrow-30"),
    (having(speed=30, volume=500, width=6.1), 1, "mixed-no-line-30"),
    (having(speed=40, volume=500, width=6.0), 3, "mixed-narrow-40"),
    (having(speed=50, volume=500, width=6.0), 3, "mixed-narrow-50"),
    (having(speed=30, volume=500, width=9.0, parking=2.0), 2, "mixed-narrow-parking-30"),
    (having(speed=30, volume=500, width=9.0, parking_back=2.0), 2, "mixed-narrow-parking-30"),
    (having(speed=30, volume=500, width=9.1, parking=2.0), 1, "mixed-no-line-30"),
    (having(speed=40, volume=500, width=9.0, parking=2.0), 3, "mixed-narrow-parking-40"),
    (having(speed=50, volume=500, width=9.0, parking=2.0), 3, "mixed-narrow-parking-50"),
    # One way: 1.67 times the volume, and no line is needed to keep the directions apart.
    # 449 and 450 times 1.67 are 749.8 and 751.5.
    (having(speed=30, volume=449, one_way=True, cars_back=False), 1, "mixed-line-30"),
    (having(speed=30, volume=450, one_way=True, cars_back=False), 2, "mixed-line-30"),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "level", "rule"), CASES)
def test_a_street_gets_its_level_from_its_rule(facts, level, rule):
    assert say(*street(**facts)) == (level, rule)


# Lanes per direction, width of the lane, speed -> level and rule.
LANES = """
1 2.0 40 1 lane-2m-40          1 2.0 41 2 lane-2m-55           1 2.0 55 2 lane-2m-55
1 2.0 56 3 lane-2m             1 1.5 50 2 lane-1.5m-50         1 1.9 50 2 lane-1.5m-50
1 1.5 51 3 lane-1.5m           2 2.0 50 2 lane-2-lanes-2m-50   2 2.0 51 3 lane-2-lanes-2m
2 2.0 90 3 lane-2-lanes-2m     2 1.5 50 2 lane-2-lanes-1.5m-50 2 1.5 51 3 lane-2-lanes-1.5m-70
2 1.5 70 3 lane-2-lanes-1.5m-70  2 1.5 71 4 lane-2-lanes-1.5m  3 1.5 50 3 lane-3-lanes-50
3 1.5 51 4 lane-3-lanes        4 2.5 50 3 lane-3-lanes-50
"""


def five(text, width=5):
    words = text.split()
    return [tuple(words[i : i + width]) for i in range(0, len(words), width)]


@pytest.mark.parametrize(("lanes", "width", "speed", "level", "rule"), five(LANES))
@pytest.mark.parametrize("infrastructure", ["lane", "buffered"])
def test_a_lane_that_is_not_beside_parking(infrastructure, lanes, width, speed, level, rule):
    busy = having(volume=50_000, centreline=True)  # so that the traffic alone is never calmer
    facts = having(lanes=int(lanes), facility=float(width), speed=int(speed), **busy)
    assert say(*street("secondary", infrastructure, **facts)) == (int(level), rule)


# Lanes per direction, reach of lane and parking, speed -> level and rule.
PARKING = """
1 5.0 50 1 parking-5m-50      1 5.0 51 3 parking-5m-65     1 5.0 65 3 parking-5m-65
1 5.0 66 4 parking-5m         1 4.9 50 2 parking-4.75m-50  1 4.8 65 3 parking-4.75m-65
1 4.8 66 4 parking-4.75m      1 4.0 30 2 parking-4m-30     1 4.7 31 3 parking-4m-65
1 4.0 65 3 parking-4m-65      1 4.0 66 4 parking-4m        2 5.0 40 2 parking-2-lanes-5m-40
2 5.0 41 3 parking-2-lanes-5m-65  2 5.0 65 3 parking-2-lanes-5m-65
2 5.0 66 4 parking-2-lanes-5m 3 3.0 65 3 parking-3-lanes-65  3 3.0 66 4 parking-3-lanes
"""


@pytest.mark.parametrize(("lanes", "reach", "speed", "level", "rule"), five(PARKING))
def test_a_lane_beside_parking(lanes, reach, speed, level, rule):
    facts = having(lanes=int(lanes), speed=int(speed), volume=50_000, centreline=True)
    beside = having(parking=2.0, facility=float(reach) - 2.0)
    assert say(*street("secondary", "lane", **facts, **beside)) == (int(level), rule)


def test_a_lane_beside_parking_that_few_use():
    facts = having(facility=2.0, parking=2.0, volume=50_000, centreline=True)
    assert say(*street("secondary", "lane", speed=50, **facts)) == (3, "parking-4m-65")
    calm = say(*street("secondary", "lane", speed=50, calm_parking=True, **facts))
    assert calm == (2, "parking-4m-calm-50")
    assert say(*street("secondary", "lane", speed=51, calm_parking=True, **facts))[0] == 3


@pytest.mark.parametrize("beside", [having(facility=1.4), having(facility=1.5, parking=2.0)])
def test_a_lane_too_narrow_is_mixed_traffic(beside):
    facts = having(speed=50, volume=5000, centreline=True)
    assert say(*street(infrastructure="lane", **facts, **beside)) == (3, "mixed-line-50")


def test_paint_never_makes_a_street_worse():
    calm = having(speed=30, volume=500)
    assert say(*street("residential", **calm)) == (1, "mixed-no-line-30")
    assert say(*street("residential", "lane", facility=1.5, **calm)) == (1, "mixed-no-line-30")


def test_nobody_cycles_where_one_pushes():
    streets, facts = street("footway", cars=False, cars_back=False)
    assert say(streets._replace(flags=streets.flags | 32), facts) == (0, "none")


def test_every_row_has_its_example():
    seen = {rule for *_, rule in CASES}
    seen |= {rule for *_, rule in five(LANES) + five(PARKING)} | {"parking-4m-calm-50"}
    seen |= {f"mixed-{layout}-{speed}" for layout in MIXED for speed in MIXED[layout]}
    seen |= {f"mixed-2-lanes-{speed}" for speed in TWO_LANES}
    tables = [table for table in TABLES if table != "furth_crossing"]
    assert seen == {rule.name for table in tables for rule in read_table(table)}


FACTS = st.fixed_dictionaries(
    {
        "road_class": st.sampled_from(["residential", "tertiary", "primary", "living_street"]),
        "infrastructure": st.sampled_from(["none", "lane", "buffered", "bus_lane", "shared_lane"]),
        "lanes": st.integers(1, 4),
        "facility": st.sampled_from([1.0, 1.5, 2.0, 3.0]),
        "parking": st.sampled_from([0.0, 2.0]),
        "width": st.sampled_from([0.0, 3.0, 5.0, 8.0, 12.0]),
        "centreline": st.booleans(),
        "central_lane": st.booleans(),
        "cycle_street": st.booleans(),
        "roundabout": st.booleans(),
        "calm_parking": st.booleans(),
    }
)
ONE_WAY = st.sampled_from(
    [{}, {"one_way": True, "cars_back": False}, {"one_way": True, "cars": False}]
)
SPEED, VOLUME = st.integers(5, 130), st.integers(0, 40_000)


@settings(max_examples=300, deadline=None)
@given(FACTS, ONE_WAY, SPEED, SPEED, VOLUME, VOLUME)
def test_more_traffic_or_speed_is_never_calmer(facts, one_way, speed, speed2, volume, volume2):
    slow, fast = sorted((speed, speed2))
    few, many = sorted((volume, volume2))
    levels = {
        (kmh, adt): say(*street(**facts, **one_way, speed=kmh, volume=adt))[0]
        for kmh, adt in itertools.product((slow, fast), (few, many))
    }
    assert levels[slow, few] <= levels[fast, few] <= levels[fast, many]
    assert levels[slow, few] <= levels[slow, many] <= levels[fast, many]


@settings(max_examples=150, deadline=None)
@given(FACTS, ONE_WAY, SPEED, VOLUME)
def test_a_track_never_makes_a_street_worse(facts, one_way, speed, volume):
    before = say(*street(**facts, **one_way, speed=speed, volume=volume))[0]
    after = facts | {"infrastructure": "track", "facility": 2.0}
    assert say(*street(**after, **one_way, speed=speed, volume=volume)) == (1, "track")
    assert before >= 1
