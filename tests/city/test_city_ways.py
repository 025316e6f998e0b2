"""Thousands of ways in real cities, through the hierarchy and by a search."""

from __future__ import annotations

import numpy as np
import pytest
from street_ways import compare

from planner.request import Coordinate

pytestmark = pytest.mark.city
N_PAIRS = 2000


@pytest.mark.parametrize("city", ["milan", "porto_alegre"])
def test_a_way_costs_and_takes_what_a_search_says_in(city, request):
    network = request.getfixturevalue(city)
    streets = network.streets
    rng = np.random.default_rng(11)
    node = rng.integers(0, len(streets.node_lat), (N_PAIRS, 2))
    lat = streets.node_lat[node] + rng.normal(0, 6e-4, node.shape)
    lon = streets.node_lon[node] + rng.normal(0, 6e-4, node.shape)
    stops = rng.integers(0, len(network.stops.lat), (N_PAIRS // 10, 2)).tolist()
    points = [
        tuple(map(Coordinate, lats, lons))
        for lats, lons in zip(lat.tolist(), lon.tolist(), strict=True)
    ]
    joined = 0
    for number, profile in enumerate(("walk", "wheelchair", "bike", "car", "bike_calm")):
        joined += compare(network, profile, [*points[number::5], *map(tuple, stops[number::5])])
    assert joined > 0.9 * N_PAIRS
