from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from naive_streets import FAR, all_costs, street_drawings
from street_drawing import draw_town
from street_networks import behind_entrances, near_corner, network_of

from feeds.progress import Silent
from graph_build.stop_tables import MAX_S, compile_stop_tables
from graph_build.streets.order import make_hierarchy
from planner.kernels.contraction import CLOSED, DURATION_BITS, DURATION_MASK, contract
from planner.kernels.dissection import Neighbours, dissect
from planner.kernels.hierarchy import climb, meet, slopes_of
from planner.kernels.street_ends import BACKWARD, FORWARD
from planner.kernels.street_search import Seeds
from planner.network.metrics import profile_metric
from planner.network.profiles import get_profile
from planner.network.store import frozen
from planner.streets.route import reach_stops

PROFILES = st.sampled_from(["walk", "wheelchair", "bike", "car"])
FOREVER = 2**31 - 1


def square(size):
    """Streets as wide as high, which cross in every node -> graph, and where its nodes lie."""
    node = np.arange(size * size).reshape(size, size)
    pairs = np.concatenate(
        (
            np.stack((node[:, :-1].ravel(), node[:, 1:].ravel()), 1),
            np.stack((node[:-1].ravel(), node[1:].ravel()), 1),
        )
    )
    pairs = np.concatenate((pairs, pairs[:, ::-1]))
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    twin = np.lexsort((pairs[:, 0], pairs[:, 1]))
    first = np.searchsorted(pairs[:, 0], np.arange(size * size + 1))
    graph = Neighbours(*(frozen(column, np.int32) for column in (first, pairs[:, 1], twin)))
    y, x = np.divmod(np.arange(size * size), size)
    return graph, frozen(x, np.float64), frozen(y, np.float64)


def ordered(order):
    """Streets are contracted in this order, however bad it is."""
    return patch("graph_build.streets.order.dissect", lambda *_: np.array(order, np.int32))


def played_elimination_game(streets, rank):
    """The upper neighbours of every rank: contracting a node joins its upper neighbours."""
    upper = [set() for _ in rank]
    for a, b in zip(rank[streets.tail].tolist(), rank[streets.head].tolist(), strict=True):
        if a != b:
            upper[min(a, b)].add(max(a, b))
    for ends in upper:
        for end in ends:
            upper[end] |= {other for other in ends if other > end}
    return [sorted(ends) for ends in upper]


def seeds_of(labels):
    rows = np.array([(node, *label) for node, label in labels.items()], np.int32).reshape(-1, 3)
    return Seeds(*(np.ascontiguousarray(column) for column in rows.T))


def climbed(hierarchy, slopes, labels, direction):
    space = climb(hierarchy, slopes, seeds_of(labels), direction, FOREVER)
    assert (np.diff(space.rank) > 0).all()
    return space


@settings(max_examples=60, deadline=None)
@given(street_drawings())
def test_the_hierarchy_has_the_arcs_of_the_elimination_game(drawing):
    streets = draw_town(*drawing).streets
    hierarchy = make_hierarchy(streets)
    n_nodes = len(streets.node_lat)
    assert sorted(hierarchy.rank.tolist()) == list(range(n_nodes))
    rows = np.split(hierarchy.up_to, hierarchy.up_offset[1:-1])
    assert [row.tolist() for row in rows] == played_elimination_game(streets, hierarchy.rank)
    for rank, row in enumerate(rows):
        parent = hierarchy.parent[rank]
        assert parent == (row[0] if row.size else -1)
        assert hierarchy.depth[rank] == (hierarchy.depth[parent] + 1 if row.size else 0)


def test_an_order_parts_a_square_by_its_width():
    size = 32
    graph, x, y = square(size)
    order = dissect(graph, x, y)
    assert sorted(order.tolist()) == list(range(size * size))
    assert order.tolist() == dissect(graph, x, y).tolist()
    _, depth, _, up_to = contract(graph, frozen(order, np.int32))
    # Its separators have 32, 16, 16, 8, 8, ... nodes, one below another: fewer than 4 x 32.
    assert depth.max() <= 4 * size
    # George (1973) needs 31/4 n² log2 n at most; a flow does better.
    assert len(up_to) <= 16 * size * size


@settings(max_examples=100, deadline=None)
@given(street_drawings(), PROFILES, st.data())
def test_the_least_way_goes_up_from_both_ends(drawing, profile, data):
    streets = draw_town(*drawing).streets
    metric = profile_metric(streets, get_profile(profile))
    with ordered(data.draw(st.permutations(range(len(streets.node_lat))))):
        hierarchy = make_hierarchy(streets)
    slopes = slopes_of(hierarchy, streets, metric)
    node = st.integers(0, len(streets.node_lat) - 1)
    label = st.tuples(st.integers(0, 900), st.integers(0, 900))
    start = data.draw(st.dictionaries(node, label, min_size=1, max_size=5))
    expected = all_costs(streets, metric, start)
    up = climbed(hierarchy, slopes, start, FORWARD)
    for end in range(len(streets.node_lat)):
        down = climbed(hierarchy, slopes, {end: (0, 0)}, BACKWARD)
        found = meet(up, down)
        if found == CLOSED:
            assert expected[end] == (FAR, FAR)
        else:
            assert (found >> DURATION_BITS, found & DURATION_MASK) == expected[end]


@settings(max_examples=250, deadline=None)
@given(street_drawings(), st.sampled_from(["walk", "wheelchair"]), st.booleans(), st.data())
def test_stops_looked_up_are_those_that_a_search_finds(drawing, profile, backward, data):
    step_m = data.draw(st.sampled_from([10.0, 50.0, 400.0]))
    along = st.floats(-0.5, 7.0).map(lambda steps: steps * step_m)
    point = st.tuples(along, along)
    stops = data.draw(st.lists(point, min_size=1, max_size=6))
    network = network_of(*drawing, stops=stops, step_m=step_m)
    if data.draw(st.booleans()):
        network, _ = behind_entrances(network, data)
    with ordered(data.draw(st.permutations(range(len(network.streets.node_lat))))):
        compiled = compile_stop_tables(network, Silent())
    assert compiled.stop_buckets.keys() == {"walk", "wheelchair"}
    place = data.draw(st.integers(0, len(stops) - 1) | point.map(lambda p: near_corner(*p)))
    max_s = data.draw(st.sampled_from([0, 20, 60, 120, 300, 900, MAX_S]))
    found = reach_stops(compiled, place, profile, max_s=max_s, backward=backward)
    everywhere = reach_stops(network, place, profile, max_s=10**6, backward=backward)
    within = everywhere.duration <= max_s
    assert found.stop.tolist() == everywhere.stop[within].tolist()
    assert found.duration.tolist() == everywhere.duration[within].tolist()


@pytest.mark.parametrize("n_stops", [1, 40])
def test_a_short_way_over_private_ground_gives_way_to_a_longer_that_costs_less(n_stops):
    # Over APB it is 1 km, and half an hour's penalty; round by C and D a way of 40 minutes.
    drawing = "  Q\nGAPBE\n | |\n | |\nHC DK\n | |\n F-L"
    public, private = {"highway": "residential"}, {"highway": "service", "access": "private"}
    ways = dict.fromkeys(["GA", "ACFLDB", "BE", "CH", "DK"], public)
    ways |= {"APB": private, "PQ": private}
    stops = [(4 * 250, 5 * 250)] * n_stops + [(250, 5 * 250)]
    network = network_of(drawing, ways, stops=stops, step_m=250.0)
    n_nodes = len(network.streets.node_lat)
    found = [network]
    for last in range(n_nodes):  # whichever node all ways meet at
        with ordered([*(node for node in range(n_nodes) if node != last), last]):
            found.append(compile_stop_tables(network, Silent()))
    place = near_corner(0, 5 * 250)
    for one in found:
        for max_s in range(700, MAX_S + 1, 100):
            near = reach_stops(one, place, "walk", max_s=max_s, backward=False)
            assert near.stop.tolist() == [n_stops]  # A alone
        far = reach_stops(one, place, "walk", max_s=45 * 60, backward=False)
        assert far.stop.tolist() == list(range(n_stops + 1))
        assert far.duration[0] > 40 * 60
