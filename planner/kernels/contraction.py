"""Customizable contraction hierarchy: the shortcuts an order makes, and what they cost.

Dibbelt, Strasser and Wagner, "Customizable Contraction Hierarchies" (2014). Nodes are known by
their rank here. An arc joins two ranks, is kept at the lower one, and stands for both directions.
A weight is a cost with its duration below it in one integer, so that of two equally cheap ways the
quicker is the lesser, as in the search without a hierarchy.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from planner.kernels.dissection import Neighbours
from planner.network.shape import UNREACHED, Hierarchy, Int32, Int64, Metric, Slopes, Streets

DURATION_BITS: Final = 32  # of a weight; the cost is above them
DURATION_MASK: Final = (1 << DURATION_BITS) - 1
CLOSED: Final = 1 << 61  # a weight that no way has, yet safe to add another to


class Weights(NamedTuple):
    """What a metric makes of the arcs: the least way below or at them, both directions."""

    up: NDArray[np.int64]  # (n_arcs,) from the lower end
    down: NDArray[np.int64]  # (n_arcs,) to it


@njit(cache=True, nogil=True)
def contract(graph: Neighbours, order: Int32) -> tuple[Int32, Int32, Int32, Int32]:
    """The hierarchy of an order -> parent and depth by rank, offset and upper end of the arcs.

    Contracting a node joins its upper neighbours to each other. It is enough to hand them on to the
    lowest of them, which is the node's parent in the elimination tree.
    """
    n_nodes = order.size
    rank = np.empty(n_nodes, np.int32)
    for i in range(n_nodes):
        rank[order[i]] = i
    offset = np.zeros(n_nodes + 1, np.int32)
    upper = np.empty(max(2 * graph.node.size, 16), np.int32)
    seen = np.full(n_nodes, -1, np.int32)
    parent = np.full(n_nodes, -1, np.int32)
    child = np.full(n_nodes, -1, np.int32)  # the first whose parent this is
    sibling = np.full(n_nodes, -1, np.int32)  # the next child of the same parent
    count = 0
    for low in range(n_nodes):
        first = count
        seen[low] = low
        for k in range(graph.first[order[low]], graph.first[order[low] + 1]):
            high = rank[graph.node[k]]
            if high > low and seen[high] != low:
                seen[high] = low
                upper, count = _appended(upper, count, high)
        below = child[low]
        while below >= 0:
            for k in range(offset[below], offset[below + 1]):
                high = upper[k]
                if seen[high] != low:
                    seen[high] = low
                    upper, count = _appended(upper, count, high)
            below = sibling[below]
        upper[first:count] = np.sort(upper[first:count])
        offset[low + 1] = count
        if count > first:
            parent[low] = upper[first]
            sibling[low] = child[parent[low]]
            child[parent[low]] = low
    depth = np.zeros(n_nodes, np.int32)
    for low in range(n_nodes - 1, -1, -1):
        if parent[low] >= 0:
            depth[low] = depth[parent[low]] + 1
    return parent, depth, offset, upper[:count].copy()


@njit(cache=True, nogil=True)
def _appended(values: Int32, count: int, value: int) -> tuple[Int32, int]:
    if count == values.size:
        larger = np.empty(2 * count, np.int32)
        larger[:count] = values
        values = larger
    values[count] = value
    return values, count + 1


@njit(cache=True, nogil=True)
def arcs_of_edges(hierarchy: Hierarchy, streets: Streets) -> Int32:
    """The arc that joins the ends of each street edge; -1 for one from a node to itself."""
    arc = np.full(streets.tail.size, -1, np.int32)
    for edge in range(streets.tail.size):
        a, b = hierarchy.rank[streets.tail[edge]], hierarchy.rank[streets.head[edge]]
        if a != b:
            low, high = min(a, b), max(a, b)
            row = hierarchy.up_to[hierarchy.up_offset[low] : hierarchy.up_offset[low + 1]]
            arc[edge] = hierarchy.up_offset[low] + np.searchsorted(row, high)
    return arc


@njit(cache=True, nogil=True)
def customize(hierarchy: Hierarchy, streets: Streets, metric: Metric) -> tuple[Weights, int]:
    """The least way between each arc's ends over no higher node; and how many triangles.

    Every triangle of a rank with two of its upper ends is relaxed, the lowest ranks first.
    """
    offset, to = hierarchy.up_offset, hierarchy.up_to
    up = np.full(to.size, CLOSED, np.int64)
    down = np.full(to.size, CLOSED, np.int64)
    for edge in range(streets.tail.size):
        arc = hierarchy.edge_arc[edge]
        if arc >= 0 and metric.cost[edge] < UNREACHED:
            weight = (np.int64(metric.cost[edge]) << DURATION_BITS) + metric.duration_ds[edge]
            if hierarchy.rank[streets.tail[edge]] < hierarchy.rank[streets.head[edge]]:
                up[arc] = min(up[arc], weight)
            else:
                down[arc] = min(down[arc], weight)
    first_below, below, arc_below = _lower_arcs(offset, to)
    arc_to = np.empty(offset.size - 1, np.int32)
    triangles = 0
    for node in range(offset.size - 1):
        for arc in range(offset[node], offset[node + 1]):
            arc_to[to[arc]] = arc
        for k in range(first_below[node], first_below[node + 1]):
            side = arc_below[k]
            for other in range(side + 1, offset[below[k] + 1]):
                arc = arc_to[to[other]]
                up[arc] = min(up[arc], down[side] + up[other])
                down[arc] = min(down[arc], down[other] + up[side])
                triangles += 1
    return Weights(up, down), triangles


@njit(cache=True, nogil=True)
def _lower_arcs(offset: Int32, to: Int32) -> tuple[Int32, Int32, Int32]:
    """The arcs by their upper end -> offset, lower end, arc."""
    n_nodes = offset.size - 1
    first = np.zeros(n_nodes + 1, np.int32)
    for arc in range(to.size):
        first[to[arc] + 1] += 1
    for node in range(n_nodes):
        first[node + 1] += first[node]
    at = first[:-1].copy()
    below = np.empty(to.size, np.int32)
    arc_below = np.empty(to.size, np.int32)
    for node in range(n_nodes):
        for arc in range(offset[node], offset[node + 1]):
            below[at[to[arc]]] = node
            arc_below[at[to[arc]]] = arc
            at[to[arc]] += 1
    return first, below, arc_below


@njit(cache=True, nogil=True)
def make_slopes(hierarchy: Hierarchy, weights: Weights) -> Slopes:
    """The arcs that are least ways between their ends over all nodes: no search needs another.

    It is the paper's perfect customization: from the highest rank down, every triangle of a rank
    with two of its upper ends shortens the sides at that rank.
    """
    offset, to = hierarchy.up_offset, hierarchy.up_to
    up, down = weights.up.copy(), weights.down.copy()
    for node in range(offset.size - 2, -1, -1):
        last = offset[node + 1]
        for one in range(offset[node], last):
            top = offset[to[one]]
            for two in range(one + 1, last):
                while to[top] < to[two]:
                    top += 1
                up[one] = min(up[one], up[two] + down[top])
                down[one] = min(down[one], up[top] + down[two])
                up[two] = min(up[two], up[one] + up[top])
                down[two] = min(down[two], down[top] + down[one])
    out = _kept(hierarchy, weights.up, up)
    back = _kept(hierarchy, weights.down, down)
    return Slopes(out[0], out[1], out[2], back[0], back[1], back[2])


@njit(cache=True, nogil=True)
def _kept(hierarchy: Hierarchy, weight: Int64, least: Int64) -> tuple[Int32, Int32, Int64]:
    """The arcs whose weight is the least -> offset, the upper end's depth, weight."""
    n_nodes = hierarchy.parent.size
    count = 0
    for arc in range(weight.size):
        count += weight[arc] < CLOSED and weight[arc] == least[arc]
    offset = np.zeros(n_nodes + 1, np.int32)
    depth = np.empty(count, np.int32)
    kept = np.empty(count, np.int64)
    count = 0
    for node in range(n_nodes):
        for arc in range(hierarchy.up_offset[node], hierarchy.up_offset[node + 1]):
            if weight[arc] < CLOSED and weight[arc] == least[arc]:
                depth[count] = hierarchy.depth[hierarchy.up_to[arc]]
                kept[count] = weight[arc]
                count += 1
        offset[node + 1] = count
    return offset, depth, kept
