"""Ways through the hierarchy are those of a search: as cheap, as quick, and as long as they say."""

from dataclasses import replace
from itertools import permutations
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from naive_streets import least_way, street_drawings
from street_networks import behind_entrances, near_corner, network_of
from street_ways import FAR, both_ways, compare, slow_line

from feeds.progress import Silent
from graph_build.stop_tables import compile_stop_tables
from planner.itinerary import Reason
from planner.kernels.street_line import draw_way
from planner.network.shape import Metric
from planner.network.store import frozen
from planner.streets import weighted as weighing
from planner.streets.approach import approach
from planner.streets.route import route
from planner.streets.weighted import weighted

PROFILES = st.sampled_from(["walk", "wheelchair", "bike", "car"])
ROAD = {"highway": "residential"}


def with_hierarchy(network, order=None):
    """The network compiled; contracted in `order`, however bad it is."""
    if order is None:
        return compile_stop_tables(network, Silent())
    with patch("graph_build.streets.order.dissect", lambda *_: np.array(order, np.int32)):
        return compile_stop_tables(network, Silent())


def weighed_at_random(network, profile, rng):
    """Every edge open to the profile gets a cost and a duration of its own, which may be none."""
    metric = network.metrics[profile]
    is_open = metric.cost < FAR
    columns = [
        np.where(is_open, rng.choice([0, 1, 7, 50, 400, 18_050], len(is_open)), FAR)
        for _ in range(2)
    ]
    weights = Metric(*(frozen(column, np.int32) for column in columns))
    return replace(network, metrics={profile: weights})


@settings(max_examples=400, deadline=None)
@given(street_drawings(), PROFILES, st.booleans(), st.data())
def test_a_way_costs_and_takes_what_a_search_says(drawing, profile, reweigh, data):
    step_m = data.draw(st.sampled_from([10.0, 50.0, 400.0]))
    along = st.floats(-0.5, 7.0).map(lambda steps: steps * step_m)
    point = st.tuples(along, along)
    stops = data.draw(st.lists(point, min_size=2, max_size=3))
    network = network_of(*drawing, stops=stops, step_m=step_m)
    if data.draw(st.booleans()):
        network, _ = behind_entrances(network, data)
    if reweigh:
        rng = np.random.default_rng(data.draw(st.integers(0, 2**32)))
        network = weighed_at_random(network, profile, rng)
    order = data.draw(st.permutations(range(len(network.streets.node_lat))))
    places = [near_corner(*place) for place in data.draw(st.lists(point, min_size=3, max_size=4))]
    pairs = list(permutations([*places, *range(len(stops))], 2))
    compare(with_hierarchy(network, order), profile, pairs)


def test_a_way_keeps_to_the_turns_that_are_allowed():
    # From A one may not turn left into BD: one goes on to C, and round the block.
    ways = {"AB": ROAD, "BC": ROAD, "BD": ROAD, "CE": ROAD, "DE": ROAD}
    turns = {("AB", "B", "BD"): {"restriction": "no_left_turn"}}
    network = with_hierarchy(network_of("  D-E\n  | |\nA-B-C", ways, turns=turns))
    start, end = near_corner(20, 0), near_corner(100, 80)
    assert compare(network, "car", [(start, end), (end, start)]) == 2
    there, back = (route(network, *pair, "car", max_s=900) for pair in ((start, end), (end, start)))
    assert there.length_m == pytest.approx(back.length_m + 240, abs=1)
    assert route(network, start, end, "walk", max_s=900).length_m < there.length_m


@settings(max_examples=40, deadline=None)
@given(street_drawings(), PROFILES, st.data())
def test_a_way_is_the_least_of_all_that_can_be_listed(drawing, profile, data):
    network = with_hierarchy(network_of(*drawing))
    place = st.tuples(st.floats(-30, 330), st.floats(-30, 330))
    origin, destination = (near_corner(*data.draw(place)) for _ in range(2))
    found, searched, ends = both_ways(network, origin, destination, profile)
    weights = weighted(network, profile)
    snaps = [list(zip(*(c.tolist() for c in end.ends.snaps), strict=True)) for end in ends]
    # A penalty is paid by the way in alone: its own test tells how. Here there are none.
    metric = weights.metric._replace(cost=weights.metric.duration_ds)
    if (weights.metric.cost != metric.cost)[metric.cost < FAR].any():
        return
    listed = least_way(network.streets, metric, *snaps, weights.pace)
    if found.end >= 0:
        assert (found.cost, found.duration) == listed
    else:
        assert (found.cost, found.duration) <= listed  # straight across the open
    assert searched is not None or found.cost == FAR


def test_H1_a_way_that_is_too_long_is_told_from_one_that_isnt_there():
    ways = {"AEB": ROAD, "CD": ROAD}
    network = with_hierarchy(network_of("A-E-B\n|\n\nC---D", ways))
    here, far, apart = near_corner(10, 100), near_corner(190, 100), near_corner(190, 0)
    assert route(network, here, far, "walk", max_s=100) is Reason.TOO_FAR
    for max_s in (10, 3600):
        assert route(network, here, apart, "walk", max_s=max_s) is Reason.NOT_CONNECTED
    assert route(network, here, near_corner(190, 700), "walk", max_s=60) is Reason.SNAPPED_TOO_FAR
    assert route(network, here, here, "walk", max_s=0).duration == 0


@settings(max_examples=100, deadline=None)
@given(street_drawings(), st.data())
def test_a_line_is_that_of_its_edges_cut_at_both_ends(drawing, data):
    streets = network_of(*drawing).streets
    edges = [data.draw(st.integers(0, len(streets.tail) - 1))]
    while data.draw(st.booleans()):
        out = range(*streets.first_out[[streets.head[edges[-1]], streets.head[edges[-1]] + 1]])
        edges.append(data.draw(st.sampled_from(out)))
    share = st.sampled_from([0.0, 1.0]) | st.floats(0.0, 1.0)
    begin, stop = data.draw(share), data.draw(share)
    if len(edges) == 1:
        begin, stop = sorted((begin, stop))
    drawn = draw_way(streets, frozen(np.array(edges), np.int32), begin, stop, 0.0)
    lines = slow_line(streets, edges, begin, stop)
    assert drawn.offset.tolist() == np.cumsum([0, *map(len, lines)]).tolist()
    assert np.allclose(drawn.line, np.concatenate(lines), rtol=0, atol=1e-12)
    shares = np.ones(len(edges))
    shares[0] -= begin
    shares[-1] -= 1.0 - stop
    assert drawn.length_m == pytest.approx(shares @ streets.length_m[edges], abs=1e-3)


def test_an_end_edge_that_is_hardly_entered_is_not_told():
    streets = network_of("A--B--C\n   |\n   D", {"ABC": ROAD, "BD": ROAD}).streets
    edges = frozen(np.array([0, streets.first_out[streets.head[0]]]), np.int32)
    whole = draw_way(streets, edges, 0.5, 0.5, 0.05)
    assert (whole.first, whole.end, whole.begin, whole.stop) == (0, 2, 0.5, 0.5)
    begun = draw_way(streets, edges, 1.0 - 1e-6, 0.5, 0.05)
    assert (begun.first, begun.end, begun.begin, begun.stop) == (1, 2, 0.0, 0.5)
    ended = draw_way(streets, edges, 0.5, 1e-6, 0.05)
    assert (ended.first, ended.end, ended.begin, ended.stop) == (0, 1, 0.5, 1.0)
    alone = draw_way(streets, edges[:1], 1.0 - 1e-6, 1.0, 0.05)
    assert (alone.first, alone.end) == (0, 1)


def test_other_profiles_are_weighed_once_and_kept_with_the_network():
    town = network_of("A--B\n|  |\nC--D", {"ABDCA": ROAD})
    compiled = {name: town.metrics[name] for name in ("walk", "bike")}
    network = with_hierarchy(replace(town, metrics=compiled))
    assert weighted(network, "walk").slopes is network.slopes["walk"]
    with patch.object(weighing, "slopes_of", wraps=weighing.slopes_of) as made:
        other = weighted(network, "bike_calm")
        assert weighted(network, "bike_calm") is other
        assert weighted(network, "bike+speed=25").metric.duration_ds.max() > 0
        assert made.call_count == 2
    assert other.nbytes > other.metric.cost.nbytes * 2
    here, there = near_corner(10, 0), near_corner(140, 80)
    assert compare(network, "bike_calm", [(here, there), (there, here)]) == 2
    assert weighted(town, "car").slopes is None


def test_a_place_is_brought_to_the_streets_once():
    network = with_hierarchy(network_of("A--B", {"AB": ROAD}))
    place = near_corner(20, 10)
    assert approach(network, place, "walk") is approach(network, place, "walk")
    assert approach(network, place, "walk") is not approach(network, place, "car")
