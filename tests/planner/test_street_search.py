import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from naive_streets import FAR, all_costs, ends_of, least_way, street_drawings
from street_drawing import draw_town

from planner.kernels.heap import pop, push, with_room
from planner.kernels.street_ends import BACKWARD, FORWARD, finish, seeds_at
from planner.kernels.street_search import (
    COST,
    DURATION,
    NO_SEEDS,
    SETTLED,
    STATE,
    Seeds,
    adjacency_of,
    make_workspace,
    reset,
    search,
    trace,
)
from planner.network.metrics import profile_metric
from planner.network.profiles import get_profile

PACE = 7.2  # tenths of a second a metre
FOREVER = 10**8


def seeds_of(labels):
    """{node: (cost, duration)} as a kernel takes it."""
    rows = np.array([(node, *label) for node, label in labels.items()], np.int32).reshape(-1, 3)
    return Seeds(*(np.ascontiguousarray(column) for column in rows.T))


def settle(streets, metric, labels, *, backward=False, limit=FOREVER, cap=10**6):
    """(cost, duration) by settled node."""
    work = make_workspace(len(streets.node_lat))
    adjacency = adjacency_of(streets, backward=backward)
    count = search(adjacency, metric, seeds_of(labels), NO_SEEDS, limit, cap, work)
    return {
        int(n): (int(work.labels[n, COST]), int(work.labels[n, DURATION]))
        for n in work.order[:count]
    }


@settings(deadline=None)
@given(st.lists(st.integers(0, 2**60)))
def test_heap_sorts(keys):
    heap, size = np.empty(1, np.int64), 0
    for key in keys:
        heap = with_room(heap, size)
        size = push(heap, size, key)
    popped = []
    while size:
        popped.append(int(heap[0]))
        size = pop(heap, size)
    assert popped == sorted(keys)


@settings(max_examples=150, deadline=None)
@given(street_drawings(), st.sampled_from(["walk", "bike"]), st.booleans(), st.data())
def test_labels_equal_the_slow_answer(drawing, profile, backward, data):
    streets = draw_town(*drawing).streets
    metric = profile_metric(streets, get_profile(profile))
    node = st.integers(0, len(streets.node_lat) - 1)
    seeds = data.draw(
        st.dictionaries(
            node, st.just((0, 0)) | st.tuples(st.integers(0, 900), st.integers(0, 900)), min_size=1
        )
    )
    expected = all_costs(streets, metric, seeds, backward=backward)
    found = settle(streets, metric, seeds, backward=backward)
    assert {n: label[0] for n, label in found.items()} == {
        n: c for n, (c, _) in enumerate(expected) if c < FAR
    }
    limit = data.draw(st.integers(0, 4000))
    within = settle(streets, metric, seeds, backward=backward, limit=limit)
    assert within.items() <= found.items()
    assert {n for n, (_, d) in found.items() if d <= limit} <= within.keys()


def test_a_limit_of_time_never_puts_a_dearer_way_in_the_place_of_the_cheapest():
    # From A to C the trunk road is the quicker way, the cycleways round are perceived as better.
    cycleway = {"highway": "cycleway"}
    ways = {"AC": {"highway": "trunk"}, "AB": cycleway, "BD": cycleway, "DC": cycleway}
    town = draw_town("B-D\nA-C", ways)
    metric = profile_metric(town.streets, get_profile("bike"))
    a, c = town.node("A"), town.node("C")
    cost, duration = settle(town.streets, metric, {a: (0, 0)})[c]
    direct = town.edge("AC")
    assert metric.cost[direct] > cost
    assert metric.duration_ds[direct] < duration
    for limit in range(0, duration + 10, 25):
        within = settle(town.streets, metric, {a: (0, 0)}, limit=limit)
        assert within.get(c, (cost, duration)) == (cost, duration)


def test_the_cap_on_settled_nodes_ends_a_search():
    streets = draw_town(
        "A-B-C-D", {"ABCD": {"highway": "residential"}, "BD": {"highway": "footway"}}
    ).streets
    metric = profile_metric(streets, get_profile("walk"))
    assert len(settle(streets, metric, {0: (0, 0)}, cap=1)) == 1


def test_a_workspace_serves_again_after_a_reset():
    streets = draw_town(
        "A-B-C", {"AB": {"highway": "residential"}, "BC": {"highway": "footway"}}
    ).streets
    metric = profile_metric(streets, get_profile("walk"))
    work = make_workspace(len(streets.node_lat))
    for node in range(len(streets.node_lat)):
        count = search(
            adjacency_of(streets, backward=False),
            metric,
            seeds_of({node: (0, 0)}),
            NO_SEEDS,
            500,
            10**6,
            work,
        )
        found = {int(n): int(work.labels[n, COST]) for n in work.order[:count]}
        assert found == {
            n: label[0] for n, label in settle(streets, metric, {node: (0, 0)}, limit=500).items()
        }
        reset(work, count)
    assert not work.labels[:, STATE].any()


@settings(max_examples=150, deadline=None)
@given(street_drawings(), st.sampled_from(["walk", "bike"]), st.data())
def test_ways_between_points_on_streets_equal_the_slow_answer(drawing, profile, data):
    streets = draw_town(*drawing).streets._replace()
    metric = profile_metric(streets, get_profile(profile))
    metric = metric._replace(cost=metric.duration_ds)  # penalties at the ends have their own test
    forward = np.flatnonzero((streets.direction > 0) & (streets.length_m > 0)).tolist()
    inside = st.sampled_from([0, 1, 40, 300, FAR])
    snap = st.tuples(
        st.sampled_from(forward),
        st.sampled_from([0.0, 0.25, 0.5, 1.0]),
        st.sampled_from([0.0, 8.0]),
        inside,
        inside,
    )
    snaps = st.lists(snap, min_size=1, max_size=3)
    start, end = data.draw(snaps), data.draw(snaps)
    here, there = ends_of([(48.0, 2.0)], [start]), ends_of([(49.0, 2.0)], [end])
    expected = least_way(streets, metric, start, end, PACE)
    for direction in (FORWARD, BACKWARD):
        first, last = (here, there) if direction == FORWARD else (there, here)
        seeds = seeds_at(streets, metric, first, 0, direction, PACE)
        targets = seeds_at(streets, metric, last, 0, 1 - direction, PACE)
        work = make_workspace(len(streets.node_lat))
        search(
            adjacency_of(streets, backward=direction == BACKWARD),
            metric,
            seeds,
            targets,
            FOREVER,
            10**6,
            work,
        )
        cost, _, gate, _ = finish(work.labels, streets, metric, first, 0, last, 0, direction, PACE)
        assert abs(cost - expected[0]) <= 2  # each end is rounded by itself
        assert (gate < 0) == (expected[0] >= FAR)


def test_trace_leads_back_to_the_seed():
    town = draw_town(
        "A-B-C\n    |\n    D",
        {
            "AB": {"highway": "residential"},
            "BC": {"highway": "footway"},
            "CD": {"highway": "steps"},
        },
    )
    metric = profile_metric(town.streets, get_profile("walk"))
    work = make_workspace(len(town.streets.node_lat))
    search(
        adjacency_of(town.streets, backward=False),
        metric,
        seeds_of({town.node("A"): (0, 0)}),
        NO_SEEDS,
        FOREVER,
        10**6,
        work,
    )
    edges, seed = trace(work.labels, town.streets.tail, town.node("D"))
    assert (edges.tolist(), seed) == ([town.edge("CD"), town.edge("BC"), town.edge("AB")], 0)
    assert work.labels[town.node("D"), STATE] == SETTLED
