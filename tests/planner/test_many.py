"""Ways from many places to many, and from one to all: each as `route` finds it by itself."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from naive_streets import FAR, all_costs, street_drawings
from street_drawing import letter_places
from street_networks import near_corner, network_of, with_hierarchy

from planner.itinerary import Reason
from planner.kernels.street_ends import BACKWARD, FORWARD
from planner.kernels.street_search import COST, DURATION, SETTLED, STATE, Seeds
from planner.kernels.sweep import order_sweep, sweep
from planner.network.shape import UNREACHED
from planner.network.store import frozen
from planner.request import Coordinate
from planner.streets.many import REASONS, street_matrix
from planner.streets.route import route
from planner.streets.weighted import weighted

PROFILES = st.sampled_from(["walk", "wheelchair", "bike", "car"])


def told(matrix, i, j):
    """What a cell says: seconds, or why there is no way."""
    reason = REASONS[matrix.reason[i, j]]
    assert (matrix.duration[i, j] == UNREACHED) == (reason is not None)
    return reason or int(matrix.duration[i, j])


def told_by_route(network, origin, destination, profile, max_s):
    """The same of `route`, which knows whether streets lead there only if it has the time."""
    path = route(network, origin, destination, profile, max_s=10**6)
    if isinstance(path, Reason):
        return path
    within = route(network, origin, destination, profile, max_s=max_s)
    assert within is Reason.TOO_FAR or within.duration == path.duration <= max_s
    return path.duration if path.duration <= max_s else Reason.TOO_FAR


@settings(max_examples=150, deadline=None)
@given(street_drawings(), PROFILES, st.data())
def test_a_matrix_holds_the_way_of_every_pair(drawing, profile, data):
    step_m = data.draw(st.sampled_from([10.0, 50.0, 400.0]))
    along = st.floats(-0.5, 7.0).map(lambda steps: steps * step_m)
    places = st.lists(st.tuples(along, along).map(lambda p: near_corner(*p)), max_size=4)
    origins = data.draw(places)
    destinations = data.draw(places) + origins[:1]
    searched = network_of(*drawing, step_m=step_m)
    order = data.draw(st.permutations(range(len(searched.streets.node_lat))))
    network = with_hierarchy(searched, order)
    max_s = data.draw(st.sampled_from([0, 60, 300, 6 * 3600]))
    found = street_matrix(network, origins, destinations, profile, max_s=max_s)
    assert found.duration.shape == found.reason.shape == (len(origins), len(destinations))
    for i, origin in enumerate(origins):
        for j, destination in enumerate(destinations):
            expected = told_by_route(searched, origin, destination, profile, max_s)
            assert told(found, i, j) == expected


@settings(max_examples=100, deadline=None)
@given(street_drawings(), PROFILES, st.booleans(), st.data())
def test_a_sweep_finds_the_cheapest_way_to_every_node(drawing, profile, backward, data):
    network = network_of(*drawing)
    n_nodes = len(network.streets.node_lat)
    network = with_hierarchy(network, data.draw(st.permutations(range(n_nodes))))
    node = st.integers(0, n_nodes - 1)
    label = st.tuples(st.integers(0, 900), st.integers(0, 900))
    start = data.draw(st.dictionaries(node, label, min_size=1, max_size=5))
    rows = np.array([(node, *label) for node, label in start.items()]).T
    seeds = Seeds(*(frozen(column, np.int32) for column in rows))
    weights = weighted(network, profile)
    direction = BACKWARD if backward else FORWARD
    order = order_sweep(network.hierarchy)
    labels = sweep(network.hierarchy, weights.slopes, order, seeds, direction)
    expected = all_costs(network.streets, weights.metric, start, backward=backward)
    for one, way in enumerate(expected):
        assert (labels[one, STATE] == SETTLED) == (way[0] < FAR)
        if way[0] < FAR:
            assert (labels[one, COST], labels[one, DURATION]) == way


@settings(max_examples=50, deadline=None)
@given(street_drawings(), st.data())
def test_ranks_are_swept_depth_first(drawing, data):
    network = network_of(*drawing)
    order = data.draw(st.permutations(range(len(network.streets.node_lat))))
    hierarchy = with_hierarchy(network, order).hierarchy
    path = []
    ranks = order_sweep(hierarchy).rank.tolist()
    assert sorted(ranks) == list(range(len(ranks)))
    for rank in ranks:
        del path[hierarchy.depth[rank] :]
        assert not path or path[-1] == hierarchy.parent[rank]
        path.append(rank)


def test_H2_a_matrix_says_why_there_is_no_way():
    drawing = "A--B        E--F\n~\nC--D"
    street, cycleway = {"highway": "residential"}, {"highway": "cycleway", "foot": "no"}
    ways = {"AB": street, "EF": street, "CD": cycleway}
    network = with_hierarchy(network_of(drawing, ways, step_m=400.0))
    a, b, d, e = (Coordinate(*letter_places(drawing, 400.0)[letter]) for letter in "ABDE")
    nowhere = near_corner(-50_000, 0)
    found = street_matrix(network, [a, nowhere], [a, b, d, e, nowhere], "walk", max_s=600)
    words = [[told(found, i, j) for j in range(5)] for i in range(2)]
    far, apart, off = Reason.TOO_FAR, Reason.NOT_CONNECTED, Reason.SNAPPED_TOO_FAR
    assert words == [[0, far, off, apart, off], [off, off, off, off, 0]]


@pytest.mark.parametrize(("n", "m"), [(0, 3), (3, 0), (0, 0)])
def test_an_empty_side_makes_an_empty_matrix(n, m):
    network = with_hierarchy(network_of("A-B", {"AB": {"highway": "residential"}}))
    place = near_corner(0, 0)
    found = street_matrix(network, [place] * n, [place] * m, "walk", max_s=600)
    assert found.duration.shape == (n, m)


def test_a_network_without_a_hierarchy_has_no_ways_to_look_up():
    network = network_of("A-B", {"AB": {"highway": "residential"}})
    place = near_corner(0, 0)
    found = street_matrix(network, [place], [place], "walk", max_s=600)
    assert told(found, 0, 0) is Reason.NOT_CONNECTED


def test_a_matrix_tells_how_many_origins_are_done(monkeypatch):
    monkeypatch.setattr("planner.streets.many._CELLS_AT_ONCE", 5)
    network = with_hierarchy(network_of("A-B", {"AB": {"highway": "residential"}}))
    places = [near_corner(10.0 * i, 0) for i in range(5)]
    done = []
    parted = street_matrix(network, places, places[:2], "walk", max_s=600, advance=done.append)
    assert done == [2, 2, 1]
    monkeypatch.undo()
    whole = street_matrix(network, places, places[:2], "walk", max_s=600)
    assert parted.duration.tolist() == whole.duration.tolist()
