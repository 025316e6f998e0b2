"""Tables and areas in Porto Alegre: each pair, each point as a route says."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest
import shapely

from planner.itinerary import Reason
from planner.network.profiles import get_profile
from planner.network.shape import UNREACHED
from planner.request import Coordinate
from planner.streets.isochrone import STEP_M, isochrones
from planner.streets.lattice import make_lattice
from planner.streets.many import REASONS, street_matrix
from planner.streets.route import route

pytestmark = pytest.mark.city

PLACES = 30
LIMITS = (600, 1200, 1800)
POINTS = 400  # for each of three modes
LONG = 6 * 3600


def some_places(network, count, seed):
    """Places some 60 m from nodes of the streets."""
    rng = np.random.default_rng(seed)
    node = rng.integers(0, len(network.streets.node_lat), count)
    lat = network.streets.node_lat[node] + rng.normal(0, 0.0005, count)
    lon = network.streets.node_lon[node] + rng.normal(0, 0.0005, count)
    return [Coordinate(*place) for place in zip(lat.tolist(), lon.tolist(), strict=True)]


@pytest.mark.parametrize("profile", ["walk", "wheelchair", "bike", "car", "ebike"])
def test_a_table_of_30_by_30_holds_every_route(porto_alegre, profile):
    origins, destinations = (some_places(porto_alegre, PLACES, seed) for seed in (1, 2))
    found = street_matrix(porto_alegre, origins, destinations, profile, max_s=LONG)
    for (i, origin), (j, there) in itertools.product(enumerate(origins), enumerate(destinations)):
        way = route(porto_alegre, origin, there, profile, max_s=LONG)
        told = REASONS[found.reason[i, j]] or found.duration[i, j]
        assert told == (way if isinstance(way, Reason) else way.duration)
    assert (found.duration < UNREACHED).mean() > 0.5


@pytest.mark.parametrize("profile", ["walk", "bike", "car"])
def test_H5_a_sampled_point_is_inside_when_its_route_is_within_the_time(porto_alegre, profile):
    place = Coordinate(-30.0331, -51.2110)
    found = isochrones(porto_alegre, place, profile, LIMITS)
    areas = [shapely.MultiPolygon([(one[0], one[1:]) for one in each.polygons]) for each in found]
    for area in areas:
        assert area.is_valid
        assert area.contains(shapely.Point(place.lon, place.lat))
    for shorter, longer in itertools.pairwise(areas):
        assert shorter.difference(longer).area < 1e-12
    lattice = make_lattice(
        porto_alegre.grid, porto_alegre.metrics[profile], STEP_M[get_profile(profile).mode]
    )
    rng = random.Random(3)
    west, south, east, north = areas[-1].buffer(0.005).bounds
    inside = 0
    for _ in range(POINTS):
        row = round((rng.uniform(south, north) - lattice.south) / lattice.step_lat)
        column = round((rng.uniform(west, east) - lattice.west) / lattice.step_lon)
        point = Coordinate(
            lattice.south + row * lattice.step_lat, lattice.west + column * lattice.step_lon
        )
        way = route(porto_alegre, place, point, profile, max_s=LONG)
        for limit, area in zip(LIMITS, areas, strict=True):
            within = not isinstance(way, Reason) and way.duration <= limit
            assert area.contains(shapely.Point(point.lon, point.lat)) == within, point
            inside += within
    assert POINTS / 2 < inside < 3 * POINTS
