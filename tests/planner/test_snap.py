import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from naive_streets import nearest_streets, street_drawings
from street_drawing import draw_town
from street_networks import near_corner

from graph_build.streets.grid import make_grid
from planner.kernels.snap import snap
from planner.network.metrics import profile_metric
from planner.network.profiles import get_profile
from planner.network.store import frozen
from planner.request import Coordinate


def snap_all(town, point, profile="walk", count=4, max_m=250.0, spread_m=1e9):
    """[(metres, edge, fraction)] at one point."""
    metric = profile_metric(town.streets, get_profile(profile))
    lat, lon = (frozen(np.array([x]), np.float64) for x in (point.lat, point.lon))
    edges, fractions, distances = snap(
        town.streets, make_grid(town.streets), metric.cost, lat, lon, count, max_m, spread_m
    )
    found = edges[0] >= 0
    columns = (distances[0][found], edges[0][found], fractions[0][found])
    return list(zip(*(column.tolist() for column in columns), strict=True))


@settings(max_examples=150, deadline=None)
@given(
    street_drawings(),
    st.floats(-400, 700),
    st.floats(-400, 700),
    st.sampled_from(["walk", "bike", "car"]),
    st.integers(1, 5),
)
def test_nearest_streets_equal_shapely(drawing, east_m, north_m, profile, count):
    town = draw_town(*drawing)
    point = near_corner(east_m, north_m)
    cost = profile_metric(town.streets, get_profile(profile)).cost
    expected = [
        m for m, _ in nearest_streets(town.streets, cost, point.lat, point.lon) if m <= 250.0
    ][:count]
    found = snap_all(town, point, profile, count)
    assert [row[0] for row in found] == pytest.approx(expected, abs=0.01)
    assert len({edge for _, edge, _ in found}) == len(found)


def test_fraction_counts_along_the_bent_line():
    town = draw_town("A-B\n  |\n  C", {"ABC": {"highway": "residential"}})
    ((distance, edge, fraction),) = snap_all(town, near_corner(110, 75))
    assert (town.streets.direction[edge], distance) == (1, pytest.approx(10, abs=0.1))
    assert fraction == pytest.approx(0.625, abs=0.001)  # 100 m and 25 m of 200 m


def test_C9_a_walker_never_meets_a_motorway_nor_a_ferry():
    ways = {"AB": {"highway": "motorway"}, "CD": {"route": "ferry"}, "EF": {"highway": "footway"}}
    town = draw_town("A--B\nC--D\nE--F", ways, step_m=40)
    (nearest, *_) = snap_all(town, near_corner(60, 85))
    assert nearest[1] in {*town.edges("EF"), *town.edges("FE")}


def test_a_candidate_lies_little_farther_than_the_nearest():
    town = draw_town("A--B\n|\nC--D", {"AB": {"highway": "footway"}, "CD": {"highway": "footway"}})
    assert len(snap_all(town, near_corner(75, 45), spread_m=30.0)) == 2
    assert len(snap_all(town, near_corner(75, 10), spread_m=30.0)) == 1


@pytest.mark.parametrize("point", [(math.nan, 2.0), (48.0, math.nan), (0.0, 0.0), (-90.0, 180.0)])
def test_C5_a_point_without_place_or_far_away_has_none(point):
    assert snap_all(draw_town("A-B", {"AB": {"highway": "footway"}}), Coordinate(*point)) == []


@settings(max_examples=100, deadline=None)
@given(st.floats(0, 200), st.floats(0, 200), st.floats(0, math.tau))
def test_C10_a_metre_aside_finds_the_same_street_or_one_as_near(east_m, north_m, angle):
    ways = {"AB": {"highway": "footway"}, "CD": {"highway": "footway"}, "AC": {"highway": "path"}}
    town = draw_town("A---B\n|\nC---D", ways)
    here = snap_all(town, near_corner(east_m, north_m))
    aside = snap_all(town, near_corner(east_m + math.cos(angle), north_m + math.sin(angle)))
    assert here
    assert abs(here[0][0] - aside[0][0]) <= 1.01
