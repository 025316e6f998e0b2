"""Edits of real cities' streets, in part and as a whole, and links added to them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from street_ways import compare

from planner.kernels.hierarchy import slopes_of
from planner.network.profiles import get_profile
from planner.network.store import frozen
from planner.request import Coordinate
from planner.streets.added import AddedStreet, with_added_streets
from planner.streets.reweight import StreetEdit, edited
from planner.streets.weighted import metric_of

pytestmark = pytest.mark.city
CHANGES = ({"access": 0}, {"infrastructure": 2, "speed_kmh": 30}, {"surface": 4}, {"access": 7})


def as_a_whole(network, profile):
    """The slopes of a network's streets, made of nothing but them."""
    metric = metric_of(replace(network, metrics={}), get_profile(profile))
    assert all(map(np.array_equal, network.metrics[profile], metric))
    return slopes_of(network.hierarchy, network.streets, metric)


@pytest.mark.parametrize("profile", ["bike", "car", "family"])
def test_an_edit_in_part_is_one_as_a_whole_in_porto_alegre(profile, porto_alegre):
    network = porto_alegre
    streets, random = network.streets, np.random.default_rng(5)
    for number in range(12):
        count = (1, 50, 500)[number % 3]
        if number % 2:
            edges = random.choice(len(streets.tail), count, replace=False)
        else:  # around a place: numbers follow the map
            first = int(random.integers(len(streets.tail) - count))
            edges = np.arange(first, first + count)
        edit = StreetEdit(frozen(np.sort(edges), np.int32), CHANGES[number % 4])
        after = edited(network, [edit], profiles=[profile])
        for one, other in zip(after.slopes[profile], as_a_whole(after, profile), strict=True):
            assert np.array_equal(one, other)


def test_ways_over_added_links_are_those_of_a_search_in_porto_alegre(porto_alegre):
    network = porto_alegre
    streets, random = network.streets, np.random.default_rng(6)
    ends = random.choice(len(streets.node_lat), (40, 2), replace=False).tolist()
    lane = {"access": 7, "road_class": 6, "infrastructure": 2, "speed_kmh": 30}
    grown, _, added = with_added_streets(
        network, [AddedStreet(tail, head, lane) for tail, head in ends], profiles=["bike"]
    )
    for one, other in zip(grown.slopes["bike"], as_a_whole(grown, "bike"), strict=True):
        assert np.array_equal(one, other)
    nodes = np.concatenate((np.array(ends), random.integers(0, len(streets.node_lat), (160, 2))))
    places = [
        [Coordinate(float(streets.node_lat[node]), float(streets.node_lon[node])) for node in pair]
        for pair in nodes.tolist()
    ]
    assert compare(grown, "bike", list(map(tuple, places))) > 150
    assert len(added) == 80
