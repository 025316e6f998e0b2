"""Stops that are looked up in a city's hierarchy beside those that a search finds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.network.store import Network
from planner.request import Coordinate
from planner.streets.route import reach_stops


def count_differing(network: Network, n_points: int) -> tuple[int, int]:
    """How many random points have other stops or seconds, both directions; stops found in all."""
    searched = replace(network, stop_buckets={})
    streets = network.streets
    assert streets is not None
    rng = np.random.default_rng(7)
    node = rng.integers(0, len(streets.node_lat), n_points)
    lat = streets.node_lat[node] + rng.normal(0, 6e-4, n_points)
    lon = streets.node_lon[node] + rng.normal(0, 6e-4, n_points)
    stops = rng.integers(0, len(network.stops.lat), n_points).tolist()
    differing = found = 0
    for place in (*map(Coordinate, lat.tolist(), lon.tolist()), *stops):
        for profile in network.stop_buckets:
            for backward in (False, True):
                ways = [
                    reach_stops(one, place, profile, max_s=1800, backward=backward)
                    for one in (network, searched)
                ]
                differing += not all(map(np.array_equal, *ways))
                found += len(ways[0].stop)
    return differing, found
