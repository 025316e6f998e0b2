"""Heights along a way, and beside how much traffic it is ridden."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from street_networks import near_corner, network_of, walk

from planner.itinerary import Place
from planner.network.shape import ROAD_CLASSES, Stress
from planner.network.store import frozen
from planner.streets import comfort
from planner.streets.comfort import comfort_of, heights_along
from planner.streets.instructions import describe
from planner.streets.route import street_leg

ROAD = {"highway": "residential", "name": "Rue"}
LANE = {"highway": "secondary", "name": "Avenue", "cycleway:both": "lane"}
PAVEMENT = {"highway": "footway", "bicycle": "dismount"}
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def with_heights(network, **heights):
    """Its nodes at those heights, by letter; every street climbs evenly."""
    streets = network.streets
    height = np.array([heights[chr(64 + i)] for i in streets.node_osm_id.tolist()], np.float32)
    rise = height[streets.head] - height[streets.tail]
    return replace(
        network,
        streets=streets._replace(
            node_elevation_m=frozen(height, np.float32),
            climb_m=frozen(np.maximum(rise, 0.0), np.float32),
        ),
    )


def with_stress(network, **levels):
    """Streets of each class at that level."""
    by_class = np.zeros(len(ROAD_CLASSES), np.uint8)
    for name, level in levels.items():
        by_class[ROAD_CLASSES.index(name)] = level
    level = frozen(by_class[network.streets.road_class], np.uint8)
    return replace(network, stress={"furth": Stress(level, *(frozen(level * 0, np.uint8),) * 3)})


def test_heights_are_told_where_a_way_passes_a_node_and_between_them_at_its_ends():
    network = with_heights(network_of("A-B-C", {"AB": ROAD, "BC": LANE}),
                           A=10.0, B=30.0, C=20.0)  # fmt: skip
    path = walk(network, near_corner(50, 0), near_corner(200, 0))
    heights = np.array(heights_along(network.streets, path))
    assert heights[:, 0] == pytest.approx([0.0, 50.0, 150.0], abs=0.3)
    assert heights[:, 1] == pytest.approx([20.0, 30.0, 20.0], abs=0.2)


def test_a_way_without_heights_or_with_a_hole_in_them_has_none():
    network = network_of("A-B-C", {"AB": ROAD, "BC": ROAD})
    path = walk(network, near_corner(0, 0), near_corner(200, 0))
    assert heights_along(network.streets, path) == ()
    holed = with_heights(network, A=1.0, B=float("nan"), C=1.0)
    assert heights_along(holed.streets, path) == ()


def test_a_profile_has_no_more_points_than_can_be_seen(monkeypatch):
    monkeypatch.setattr(comfort, "MAX_HEIGHTS", 5)
    ways = dict.fromkeys(("AB", "BC", "CD", "DE", "EF", "FG"), ROAD)
    heights = {letter: float(i) for i, letter in enumerate("ABCDEFG")}
    network = with_heights(network_of("A-B-C-D-E-F-G", ways), **heights)
    path = walk(network, near_corner(0, 0), near_corner(600, 0))
    told = np.array(heights_along(network.streets, path))
    assert len(told) == 5
    assert told[:, 1] == pytest.approx(told[:, 0] / 100, abs=0.1)


def test_a_ride_tells_its_metres_by_level_facility_and_on_foot():
    ways = {"AB": ROAD, "BC": LANE, "CD": PAVEMENT}
    network = with_stress(network_of("A-B-C-D", ways), residential=1, secondary=3, footway=1)
    path = walk(network, near_corner(0, 0), near_corner(300, 0), "bike")
    felt = comfort_of(network, path)
    assert felt.level_m == pytest.approx((100.0, 0.0, 100.0, 0.0), abs=1.0)
    assert felt.pushed_m == pytest.approx(100.0, abs=1.0)
    assert felt.facility_m == pytest.approx({"lane": 100.0}, abs=1.0)
    assert felt.calm_share == pytest.approx(1 / 2, abs=0.01)  # of what is ridden
    assert [step.stress for step in describe(network, path)] == [1, 3, 1]


def test_nobody_is_told_of_stress_that_nobody_knows():
    network = network_of("A-B", {"AB": ROAD})
    path = walk(network, near_corner(0, 0), near_corner(100, 0), "bike")
    assert comfort_of(network, path) is None
    assert [step.stress for step in describe(network, path)] == [0]


def test_steps_climb_what_their_way_climbs():
    network = with_heights(network_of("A-B-C", {"AB": ROAD, "BC": LANE}), A=10.0, B=30.0, C=25.0)
    here, there = near_corner(50, 0), near_corner(200, 0)
    path = walk(network, here, there, "bike")
    steps = describe(network, path)
    assert [round(step.climb_m) for step in steps] == [10, 0]
    assert [round(step.descent_m) for step in steps] == [0, 5]
    ends = [Place(name="", lat=place.lat, lon=place.lon) for place in (here, there)]
    leg = street_leg(network, path, "bike", *ends, NOON)
    assert leg.climb_m == pytest.approx(sum(step.climb_m for step in steps))
    assert leg.heights[0][1] == pytest.approx(20.0, abs=0.2)
    assert [step.way_id for step in steps] == [101, 102]
