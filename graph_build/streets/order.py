"""The streets' hierarchy: which node is contracted when, and which shortcuts that makes."""

from __future__ import annotations

import numpy as np

from planner.kernels.contraction import arcs_of_edges, contract, lower_ends
from planner.kernels.dissection import Neighbours, dissect
from planner.network.shape import Hierarchy, Streets
from planner.network.store import frozen


def make_hierarchy(streets: Streets) -> Hierarchy:
    """A nested dissection of the streets, and its chordal completion; the same every time."""
    graph = _neighbours(streets)
    east = streets.node_lon * np.cos(np.radians(streets.node_lat.mean()))
    order = dissect(graph, frozen(east, np.float64), frozen(streets.node_lat, np.float64))
    parent, depth, up_offset, up_to = contract(graph, frozen(order, np.int32))
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order))
    down_offset, down_to = lower_ends(frozen(up_offset, np.int32), frozen(up_to, np.int32))
    hierarchy = Hierarchy(
        rank=frozen(rank, np.int32),
        node=frozen(order, np.int32),
        parent=frozen(parent, np.int32),
        depth=frozen(depth, np.int32),
        up_offset=frozen(up_offset, np.int32),
        up_to=frozen(up_to, np.int32),
        down_offset=frozen(down_offset, np.int32),
        down_to=frozen(down_to, np.int32),
        edge_arc=frozen(np.empty(0), np.int32),
    )
    return hierarchy._replace(edge_arc=frozen(arcs_of_edges(hierarchy, streets), np.int32))


def _neighbours(streets: Streets) -> Neighbours:
    """The streets without directions, parallels and loops."""
    n_nodes = len(streets.node_lat)
    a, b = streets.tail.astype(np.int64), streets.head.astype(np.int64)
    key = np.unique(np.concatenate((a * n_nodes + b, b * n_nodes + a))[np.tile(a != b, 2)])
    node, other = np.divmod(key, max(n_nodes, 1))
    return Neighbours(
        first=frozen(np.searchsorted(node, np.arange(n_nodes + 1)), np.int32),
        node=frozen(other, np.int32),
        twin=frozen(np.searchsorted(key, other * n_nodes + node), np.int32),
    )
