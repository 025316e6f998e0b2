"""Strongly connected components, against NetworkX's."""

from __future__ import annotations

import networkx as nx
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.kernels.components import find_components
from planner.network.store import frozen

graphs = st.integers(1, 12).flatmap(
    lambda n: st.tuples(
        st.just(n),
        st.lists(
            st.tuples(st.integers(0, n - 1), st.integers(0, n - 1), st.booleans()), max_size=40
        ),
    )
)


@settings(deadline=None)  # the first call compiles
@given(graphs)
def test_components_equal_those_of_networkx(case: tuple[int, list[tuple[int, int, bool]]]) -> None:
    n, edges = case
    edges = sorted(edges)
    tail = np.array([u for u, _, _ in edges], np.int64)
    found = find_components(
        frozen(np.searchsorted(tail, np.arange(n + 1)), np.int32),
        frozen(np.array([v for _, v, _ in edges], np.int64), np.int32),
        frozen(np.array([o for _, _, o in edges], bool), np.uint8),
    )
    graph = nx.DiGraph([(u, v) for u, v, is_open in edges if is_open])
    graph.add_nodes_from(range(n))
    expected = {frozenset(part) for part in nx.strongly_connected_components(graph)}
    assert {frozenset(np.flatnonzero(found == c).tolist()) for c in set(found.tolist())} == expected


def test_a_long_path_needs_no_recursion() -> None:
    n = 20_000
    first_out = frozen(np.append(np.arange(n), n - 1), np.int32)
    found = find_components(
        first_out, frozen(np.arange(1, n), np.int32), frozen(np.ones(n - 1), np.uint8)
    )
    assert len(set(found.tolist())) == n
