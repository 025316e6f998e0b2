from dataclasses import replace
from functools import cache
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from naive_streets import FAR, all_costs, street_drawings
from street_drawing import LETTERS
from street_networks import near_corner, network_of, walk

from graph_build.streets.order import make_hierarchy
from planner.kernels.components import without_islands
from planner.kernels.contraction import (
    CLOSED,
    DURATION_BITS,
    DURATION_MASK,
    arcs_below,
    customize_all,
)
from planner.kernels.hierarchy import climb, meet, slopes_of
from planner.kernels.recustomize import customize_again
from planner.kernels.street_ends import BACKWARD, FORWARD
from planner.kernels.street_search import Seeds
from planner.network import shape
from planner.network.metrics import profile_metric
from planner.network.profiles import get_profile
from planner.network.store import frozen
from planner.streets import reweight
from planner.streets.reweight import StreetEdit, edited, prepare
from planner.streets.weighted import weighted

PROFILES = ("walk", "wheelchair", "bike", "bike_calm", "family", "car")
FOREVER = 2**31 - 1


def ordered(drawing, order=None, **options):
    """A drawing as a network with a hierarchy, in this order of contraction if one is given."""
    network = network_of(*drawing, **options)
    n_edges = len(network.streets.tail)
    facts = shape.RoadFacts(
        *(
            frozen(np.zeros(n_edges), np.int32 if name == "volume" else np.uint8)
            for name in shape.RoadFacts._fields
        )
    )
    network = replace(network, metrics={}, road_facts=facts)
    if order is None:
        return replace(network, hierarchy=make_hierarchy(network.streets))
    with patch("graph_build.streets.order.dissect", lambda *_: np.array(order, np.int32)):
        return replace(network, hierarchy=make_hierarchy(network.streets))


def stored(network, *names):
    """The network with metrics and slopes of those profiles, as one that was built has them."""
    made = [weighted(network, name) for name in names]
    metrics = {one.profile: one.metric for one in made}
    return replace(network, metrics=metrics, slopes={one.profile: one.slopes for one in made})


def same(one, other):
    return len(one) == len(other) and all(
        a.dtype == b.dtype and np.array_equal(a, b, equal_nan=True)
        for a, b in zip(one, other, strict=True)
    )


def weighed(streets, name, *facts):
    """What a profile makes of all the streets."""
    profile = get_profile(name)
    metric = profile_metric(streets, profile, *facts)
    return without_islands(streets, metric) if name in {"bike_calm", "family"} else metric


def street_edits(n_edges):
    """Streets closed, opened, slowed, quickened, calmed, and with other traffic."""
    bits = st.sampled_from([0, 1, 3, 4, 7, 7 + 8, 7 + 16, 7 + 32, 63])
    changes = st.fixed_dictionaries(
        {},
        optional={
            "access": bits,
            "speed_kmh": st.integers(1, 130),
            "infrastructure": st.integers(0, len(shape.INFRASTRUCTURES) - 1),
            "surface": st.integers(0, len(shape.SURFACES) - 1),
            "road_class": st.sampled_from([2, 6, 12, 14, 16, 19]),
            "flags": st.sampled_from([0, shape.PUSH]),
            "climb_m": st.sampled_from([0.0, 1.5, 9.0]),
            "volume": st.sampled_from([0, 15_000, 40_000]),
            "marks": st.sampled_from([0, shape.SIGNALS]),
        },
    )
    edges = st.sets(st.integers(0, n_edges - 1), max_size=4).map(
        lambda chosen: frozen(np.array(sorted(chosen)), np.int32)
    )
    return st.lists(st.builds(StreetEdit, edges, changes), max_size=3)


def edited_slowly(network, edits):
    """The streets and facts after the edits, edge by edge."""
    columns = {}
    for table in (network.streets, network.road_facts):
        columns |= {name: column.copy() for name, column in table._asdict().items()}
    for edit in edits:
        for name, value in edit.changes.items():
            for edge in edit.edges.tolist():
                columns[name][edge] = value
    return (
        type(table)(*(frozen(columns[name], columns[name].dtype) for name in table._fields))
        for table in (network.streets, network.road_facts)
    )


@settings(max_examples=150, deadline=None)
@given(street_drawings(), st.sampled_from(PROFILES), st.data())
def test_an_edit_in_part_is_the_edit_made_as_a_whole(drawing, profile, data):
    network = ordered(drawing)
    order = data.draw(st.permutations(range(len(network.streets.node_lat))))
    network = stored(ordered(drawing, order), profile)
    untouched = {name: column.copy() for name, column in network.streets._asdict().items()}
    now = network
    for _ in range(data.draw(st.integers(1, 4))):  # edits after edits
        edits = data.draw(street_edits(len(network.streets.tail)))
        streets, facts = edited_slowly(now, edits)
        with (
            patch.object(reweight, "PART_SHARE", data.draw(st.sampled_from([2.0, 2.0, -1.0]))),
            patch.object(reweight, "_WHOLE_METRIC", data.draw(st.sampled_from([0, 0, 10**6]))),
        ):
            now = edited(now, edits, profiles=[profile])
        metric = weighed(streets, profile, facts)
        assert same(now.streets, streets)
        assert same(now.road_facts, facts)
        assert same(now.metrics[profile], metric)
        assert same(now.slopes[profile], slopes_of(now.hierarchy, streets, metric))
        assert not any(column.flags.writeable for column in now.slopes[profile])
    for name, column in untouched.items():
        assert np.array_equal(getattr(network.streets, name), column, equal_nan=True)


@cache
def chessboard(seed):
    """Seven by seven streets that cross, in an order of contraction at random or by dissection."""
    rows = [LETTERS[first : first + 7] for first in range(0, 49, 7)]
    columns = ["".join(column) for column in zip(*rows, strict=True)]
    text = "\n".join("--".join(row) for row in rows)
    drawing = text, {word: {"highway": "residential"} for word in (*rows, *columns)}
    order = None if seed == 0 else np.random.default_rng(seed).permutation(49)
    return ordered(drawing, order)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 3), st.integers(0, 2**32), st.integers(1, 12))
def test_rounds_of_other_costs_in_part_are_those_costs_as_a_whole(board, seed, most):
    network, random = chessboard(board), np.random.default_rng(seed)
    hierarchy, streets = network.hierarchy, network.streets
    below = frozen(arcs_below(hierarchy), np.int32)

    def costs(n):
        return np.where(random.random(n) < 0.1, FAR, random.integers(1, 60, n)).astype(np.int32)

    cost = costs(len(streets.tail))
    metric = shape.Metric(frozen(cost, np.int32), frozen(cost, np.int32))
    known = reweight.frozen_all(customize_all(hierarchy, streets, metric))
    for _ in range(5):
        edges = random.choice(len(cost), random.integers(1, most + 1), replace=False)
        cost = cost.copy()
        cost[edges] = costs(len(edges))
        metric = shape.Metric(frozen(cost, np.int32), frozen(cost, np.int32))
        changed = frozen(np.sort(edges), np.int32)
        part = customize_again(hierarchy, below, streets, metric, changed, known)
        known = reweight.frozen_all(part)
        for one, other in zip(part, customize_all(hierarchy, streets, metric), strict=True):
            assert same(one, other)


@settings(max_examples=60, deadline=None)
@given(street_drawings(), st.data())
def test_ways_after_an_edit_are_those_of_a_search(drawing, data):
    network = stored(ordered(drawing), "bike")
    after = edited(network, data.draw(street_edits(len(network.streets.tail))), profiles=["bike"])
    n_nodes = len(after.streets.node_lat)
    start = data.draw(st.integers(0, n_nodes - 1))
    assert ways_from(after, "bike", start) == all_costs(
        after.streets, after.metrics["bike"], {start: (0, 0)}
    )


def ways_from(network, profile, start):
    """(cost, duration) from a node to all, through the hierarchy."""
    slopes = weighted(network, profile).slopes
    one, zero = (np.array([value], np.int32) for value in (start, 0))
    up = climb(network.hierarchy, slopes, Seeds(one, zero, zero), FORWARD, FOREVER)
    found = []
    for node in range(len(network.streets.node_lat)):
        end = np.array([node], np.int32)
        down = climb(network.hierarchy, slopes, Seeds(end, zero, zero), BACKWARD, FOREVER)
        way = meet(up, down)
        label = (way >> DURATION_BITS, way & DURATION_MASK)
        found.append((FAR, FAR) if way == CLOSED else label)
    return found


RING = "A--B--C\n|     |\nD--E--F"
STREETS = {"ABC": {"highway": "residential"}, "DEF": {"highway": "residential"},
           "AD": {"highway": "residential"}, "CF": {"highway": "residential"}}  # fmt: skip


def test_an_empty_edit_is_the_base_itself():
    network = stored(ordered((RING, STREETS)), "walk", "bike")
    assert edited(network, []) is network
    after = edited(network, [StreetEdit(np.array([0], np.int32), {})], profiles=["bike", "car"])
    for name in ("walk", "bike"):
        assert after.metrics[name] is network.metrics[name]
        assert after.slopes[name] is network.slopes[name]
    assert same(after.metrics["car"], weighted(network, "car").metric)
    assert same(after.slopes["car"], weighted(network, "car").slopes)


def test_what_an_edit_does_not_touch_is_shared_with_the_base():
    network = stored(ordered((RING, STREETS)), "walk", "car")
    edit = StreetEdit(np.arange(4, dtype=np.int32), {"speed_kmh": 10})
    after = edited(network, [edit], profiles=["walk", "car"])
    assert after.streets.access is network.streets.access
    assert after.streets.speed_kmh is not network.streets.speed_kmh
    assert after.metrics["walk"] is network.metrics["walk"]
    assert after.slopes["walk"] is network.slopes["walk"]
    assert not same(after.metrics["car"], network.metrics["car"])


def test_before_and_after_are_asked_side_by_side():
    network = stored(ordered((RING, STREETS)), "walk")
    start, end = near_corner(0, 100), near_corner(300, 100)
    before = walk(network, start, end)
    streets = network.streets
    top = np.flatnonzero(
        (streets.node_lat[streets.tail] > streets.node_lat.mean())
        & (streets.node_lat[streets.head] > streets.node_lat.mean())
    )
    after = edited(network, [StreetEdit(frozen(top, np.int32), {"access": 0})], profiles=["walk"])
    again = walk(network, start, end)
    around = walk(after, near_corner(0, 98), near_corner(300, 98))
    assert (again.duration, again.edges.tolist()) == (before.duration, before.edges.tolist())
    assert around.length_m > before.length_m + 50


def test_an_edit_of_access_ends_conditions_there():
    network = stored(ordered((RING, STREETS)), "walk")
    conditions = shape.Conditions(
        edge=frozen(np.array([0, 1, 2]), np.int32),
        access=frozen(np.zeros(3), np.uint8),
        span_offset=frozen(np.array([0, 1, 3, 4]), np.int32),
        begin=frozen(np.array([10, 20, 30, 40]), np.int32),
        end=frozen(np.array([11, 21, 31, 41]), np.int32),
    )
    network = replace(network, conditions=conditions)
    after = edited(network, [StreetEdit(np.array([0], np.int32), {"access": 1})])
    assert after.conditions.edge.tolist() == [1, 2]
    assert after.conditions.span_offset.tolist() == [0, 2, 3]
    assert after.conditions.begin.tolist() == [20, 30, 40]
    assert network.conditions is conditions


def test_new_levels_of_stress_are_weighed():
    network = stored(ordered((RING, STREETS)), "family")
    n_edges = len(network.streets.tail)
    calm = shape.Stress(*(frozen(np.ones(n_edges), np.uint8) for _ in shape.Stress._fields))
    loud = calm._replace(level=frozen(np.where(np.arange(n_edges) < 2, 4, 1), np.uint8))
    network = edited(network, [], stress={"furth": calm}, profiles=["family"])
    after = edited(network, [], stress={"furth": loud}, profiles=["family"])
    expected = weighed(network.streets, "family", network.road_facts, loud)
    assert same(after.metrics["family"], expected)
    assert not same(after.metrics["family"], network.metrics["family"])
    assert same(after.slopes["family"], slopes_of(after.hierarchy, after.streets, expected))


@pytest.mark.parametrize(
    ("edges", "changes", "fault"),
    [
        ([99], {"access": 0}, "street edge 99"),
        ([0], {"tail": 0}, "tail"),
        ([0], {"speed_kmh": 300}, "speed_kmh"),
    ],
)
def test_an_edit_that_cannot_be_made_says_why(edges, changes, fault):
    network = ordered((RING, STREETS))
    with pytest.raises(ValueError, match=fault):
        edited(network, [StreetEdit(np.array(edges, np.int32), changes)])
    with pytest.raises(ValueError, match="without streets"):
        edited(replace(network, streets=None), [])


def test_what_is_prepared_is_kept_with_the_network():
    network = ordered((RING, STREETS))
    prepare(network, "bike")
    edit = StreetEdit(np.array([0], np.int32), {"access": 0})
    with (
        patch.object(reweight, "PART_SHARE", 1.0),
        patch.object(reweight, "customize_all") as whole,
    ):
        edited(network, [edit], profiles=["bike"])
    whole.assert_not_called()
