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

    up: Int64  # (n_arcs,) from the lower end
    down: Int64  # (n_arcs,) to it


class Customized(NamedTuple):
    """What a metric makes of the hierarchy."""

    weights: Weights  # over lower nodes alone
    least: Weights  # over all nodes
    slopes: Slopes


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
                upper, count = appended(upper, count, high)
        below = child[low]
        while below >= 0:
            for k in range(offset[below], offset[below + 1]):
                high = upper[k]
                if seen[high] != low:
                    seen[high] = low
                    upper, count = appended(upper, count, high)
            below = sibling[below]
        upper[first:count] = np.sort(upper[first:count])
        offset[low + 1] = count
        if count > first:
            parent[low] = upper[first]
            sibling[low] = child[parent[low]]
            child[parent[low]] = low
    return parent, depths(parent), offset, upper[:count].copy()


@njit(cache=True, nogil=True)
def depths(parent: Int32) -> Int32:
    """How many ancestors every rank has."""
    depth = np.zeros(parent.size, np.int32)
    for low in range(parent.size - 1, -1, -1):
        if parent[low] >= 0:
            depth[low] = depth[parent[low]] + 1
    return depth


@njit(cache=True, nogil=True)
def lower_ends(up_offset: Int32, up_to: Int32) -> tuple[Int32, Int32]:
    """The arcs' lower ends by the upper, rising -> offset by rank, lower end."""
    offset = np.zeros(up_offset.size, np.int32)
    for high in up_to:
        offset[high + 1] += 1
    for rank in range(up_offset.size - 1):
        offset[rank + 1] += offset[rank]
    at = offset[:-1].copy()
    lower = np.empty(up_to.size, np.int32)
    for low in range(up_offset.size - 1):
        for arc in range(up_offset[low], up_offset[low + 1]):
            lower[at[up_to[arc]]] = low
            at[up_to[arc]] += 1
    return offset, lower


@njit(cache=True, nogil=True)
def appended(values: Int32, count: int, value: int) -> tuple[Int32, int]:
    """`values` with another after the first `count`, in twice the room where it is full."""
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
    up = np.full(hierarchy.up_to.size, CLOSED, np.int64)
    down = np.full(hierarchy.up_to.size, CLOSED, np.int64)
    for edge in range(streets.tail.size):
        weigh_edge(hierarchy, streets, metric, edge, up, down)
    below = arcs_below(hierarchy)
    arc_to = np.empty(hierarchy.parent.size, np.int32)
    triangles = 0
    for node in range(hierarchy.parent.size):
        triangles += relax_row(hierarchy, below, node, arc_to, up, down)
    return Weights(up, down), triangles


@njit(cache=True, nogil=True)
def weigh_edge(
    hierarchy: Hierarchy,
    streets: Streets,
    metric: Metric,
    edge: int,
    up: NDArray[np.int64],
    down: NDArray[np.int64],
) -> None:
    """Lower the arc between a street edge's ends to what the edge costs."""
    arc = hierarchy.edge_arc[edge]
    if arc >= 0 and metric.cost[edge] < UNREACHED:
        weight = (np.int64(metric.cost[edge]) << DURATION_BITS) + metric.duration_ds[edge]
        if hierarchy.rank[streets.tail[edge]] < hierarchy.rank[streets.head[edge]]:
            up[arc] = min(up[arc], weight)
        else:
            down[arc] = min(down[arc], weight)


@njit(cache=True, nogil=True)
def relax_row(
    hierarchy: Hierarchy,
    below: Int32,
    node: int,
    arc_to: NDArray[np.int32],
    up: NDArray[np.int64],
    down: NDArray[np.int64],
) -> int:
    """Lower one rank's arcs to the least ways over lower nodes -> how many triangles.

    below: `arcs_below`; arc_to: room for the rank's arcs by their upper end.
    """
    offset, to = hierarchy.up_offset, hierarchy.up_to
    triangles = 0
    for arc in range(offset[node], offset[node + 1]):
        arc_to[to[arc]] = arc
    for k in range(hierarchy.down_offset[node], hierarchy.down_offset[node + 1]):
        side = below[k]
        side_up, side_down = up[side], down[side]
        last = offset[hierarchy.down_to[k] + 1]
        for other in range(side + 1, last):
            arc = arc_to[to[other]]
            up[arc] = min(up[arc], side_down + up[other])
            down[arc] = min(down[arc], down[other] + side_up)
        triangles += last - side - 1
    return triangles


@njit(cache=True, nogil=True)
def arcs_below(hierarchy: Hierarchy) -> Int32:
    """The arcs by their upper end, in the order of `down_to`."""
    at = hierarchy.down_offset.copy()
    arcs = np.empty(hierarchy.up_to.size, np.int32)
    for arc in range(arcs.size):
        arcs[at[hierarchy.up_to[arc]]] = arc
        at[hierarchy.up_to[arc]] += 1
    return arcs


@njit(cache=True, nogil=True)
def customize_all(hierarchy: Hierarchy, streets: Streets, metric: Metric) -> Customized:
    """Everything that one metric makes of the hierarchy."""
    weights, _ = customize(hierarchy, streets, metric)
    least = perfect(hierarchy, weights)
    return Customized(weights, least, slopes_of_least(hierarchy, weights, least))


@njit(cache=True, nogil=True)
def make_slopes(hierarchy: Hierarchy, weights: Weights) -> Slopes:
    """The arcs that are least ways between their ends over all nodes: no search needs another."""
    return slopes_of_least(hierarchy, weights, perfect(hierarchy, weights))


@njit(cache=True, nogil=True)
def perfect(hierarchy: Hierarchy, weights: Weights) -> Weights:
    """The least way between each arc's ends over all nodes: the paper's perfect customization.

    From the highest rank down, every triangle of a rank with two of its upper ends shortens the
    sides at that rank.
    """
    up, down = weights.up.copy(), weights.down.copy()
    for node in range(hierarchy.parent.size - 1, -1, -1):
        shorten_row(hierarchy, up, down, node)
    return Weights(up, down)


@njit(cache=True, nogil=True)
def shorten_row(
    hierarchy: Hierarchy, up: NDArray[np.int64], down: NDArray[np.int64], node: int
) -> None:
    """Lower one rank's arcs to least ways over all nodes, where those above it have theirs."""
    offset, to = hierarchy.up_offset, hierarchy.up_to
    last = offset[node + 1]
    for one in range(offset[node], last):
        top = offset[to[one]]
        one_up, one_down = up[one], down[one]
        for two in range(one + 1, last):
            while to[top] < to[two]:
                top += 1
            one_up = min(one_up, up[two] + down[top])
            one_down = min(one_down, up[top] + down[two])
            up[two] = min(up[two], one_up + up[top])
            down[two] = min(down[two], down[top] + one_down)
        up[one], down[one] = one_up, one_down


@njit(cache=True, nogil=True)
def slopes_of_least(hierarchy: Hierarchy, weights: Weights, least: Weights) -> Slopes:
    """The arcs whose way over lower nodes is the least over all."""
    out = _kept(hierarchy, weights.up, least.up)
    back = _kept(hierarchy, weights.down, least.down)
    return Slopes(out[0], out[1], out[2], back[0], back[1], back[2])


@njit(cache=True, nogil=True)
def _kept(hierarchy: Hierarchy, weight: Int64, least: Int64) -> tuple[Int32, Int32, Int64]:
    """The arcs whose weight is the least -> offset, the upper end's depth, weight."""
    n_nodes = hierarchy.parent.size
    offset = np.zeros(n_nodes + 1, np.int32)
    depth = np.empty(weight.size, np.int32)  # what isn't written of them takes no memory
    kept = np.empty(weight.size, np.int64)
    count = 0
    for node in range(n_nodes):
        count = keep_row(hierarchy, weight, least, node, depth, kept, count)
        offset[node + 1] = count
    return offset, depth[:count], kept[:count]


@njit(cache=True, nogil=True)
def keep_row(
    hierarchy: Hierarchy,
    weight: Int64,
    least: Int64,
    node: int,
    depth: NDArray[np.int32],
    kept: NDArray[np.int64],
    count: int,
) -> int:
    """Write the arcs of one rank that are kept from `count` on -> where the next begin."""
    for arc in range(hierarchy.up_offset[node], hierarchy.up_offset[node + 1]):
        if weight[arc] < CLOSED and weight[arc] == least[arc]:
            depth[count] = hierarchy.depth[hierarchy.up_to[arc]]
            kept[count] = weight[arc]
            count += 1
    return count
