"""The hierarchy customized anew for a few street edges: only what they change is looked at.

Dibbelt, Strasser and Wagner, "Customizable Contraction Hierarchies" (2014), on partial updates; but
by rank and not by arc, so that a row of arcs is read once. The result is that of `customize` and
`perfect` array by array: each weight is a minimum over a set of ways, whatever the order of work.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from planner.kernels.contraction import (
    CLOSED,
    Customized,
    Weights,
    keep_row,
    relax_row,
    shorten_row,
    slopes_of_least,
    weigh_edge,
)
from planner.network.shape import Hierarchy, Int32, Int64, Metric, Slopes, Streets

Flags = NDArray[np.bool_]


class Renewed(NamedTuple):
    """Weights after a change."""

    weights: Weights
    row: Flags  # (n_nodes,) by rank: some of its arcs up weigh something else now


@njit(cache=True, nogil=True)
def customize_again(
    hierarchy: Hierarchy,
    below: Int32,
    streets: Streets,
    metric: Metric,
    edges: Int32,
    before: Customized,
) -> Customized:
    """What `customize_all` makes of `metric`, which differs at most at `edges` from before.

    below: `arcs_below` of the hierarchy. A weight before of -1 is that of an arc that wasn't there,
    whose rank's edges are among `edges`; slopes before that are empty are made as a whole.
    """
    renewed = recustomize(hierarchy, below, streets, metric, edges, before.weights)
    least = reperfect(hierarchy, renewed, before.least)
    if before.slopes.out_offset.size:
        slopes = _renew_slopes(hierarchy, before.slopes, renewed, least)
    else:
        slopes = slopes_of_least(hierarchy, renewed.weights, least.weights)
    return Customized(renewed.weights, least.weights, slopes)


@njit(cache=True, nogil=True)
def recustomize(
    hierarchy: Hierarchy,
    below: Int32,
    streets: Streets,
    metric: Metric,
    edges: Int32,
    before: Weights,
) -> Renewed:
    """What `customize` makes of `metric`, which differs at most at `edges` from that of `before`.

    From the lowest rank up: a rank is worked out anew where one of its edges, or an arc of a lower
    neighbour that leads as high, has changed.
    """
    offset, to = hierarchy.up_offset, hierarchy.up_to
    up, down = before.up.copy(), before.down.copy()
    row = np.zeros(hierarchy.parent.size, np.bool_)
    arc_to = np.empty(row.size, np.int32)
    for edge in edges:
        row[min(hierarchy.rank[streets.tail[edge]], hierarchy.rank[streets.head[edge]])] = True
    for low in range(row.size):
        if not row[low]:
            continue
        up[offset[low] : offset[low + 1]] = CLOSED
        down[offset[low] : offset[low + 1]] = CLOSED
        node = hierarchy.node[low]
        for edge in range(streets.first_out[node], streets.first_out[node + 1]):
            if hierarchy.rank[streets.head[edge]] > low:
                weigh_edge(hierarchy, streets, metric, edge, up, down)
                weigh_edge(hierarchy, streets, metric, streets.reverse[edge], up, down)
        relax_row(hierarchy, below, low, arc_to, up, down)
        highest = _last_change(hierarchy, low, before, up, down)
        row[low] = highest >= 0
        for arc in range(offset[low], highest + 1):
            row[to[arc]] = True
    return Renewed(Weights(up, down), row)


@njit(cache=True, nogil=True)
def _last_change(
    hierarchy: Hierarchy,
    node: int,
    before: Weights,
    up: NDArray[np.int64],
    down: NDArray[np.int64],
) -> int:
    """The highest arc of a rank that weighs something else now; -1 where none does."""
    for arc in range(hierarchy.up_offset[node + 1] - 1, hierarchy.up_offset[node] - 1, -1):
        if up[arc] != before.up[arc] or down[arc] != before.down[arc]:
            return arc
    return -1


@njit(cache=True, nogil=True)
def reperfect(hierarchy: Hierarchy, renewed: Renewed, before: Weights) -> Renewed:
    """What `perfect` makes of renewed weights; `before`: what it made of the older ones.

    From the highest rank down. A rank is worked out anew where its own arcs have changed, or the
    least way between two of its upper ends.
    """
    offset, to = hierarchy.up_offset, hierarchy.up_to
    up, down = before.up.copy(), before.down.copy()
    row = np.zeros(hierarchy.parent.size, np.bool_)
    above = np.zeros(row.size, np.bool_)  # the row of one of its upper ends has changed
    for node in range(row.size - 1, -1, -1):
        parent = hierarchy.parent[node]
        # A rank's upper ends are its parent and some of the parent's own.
        if parent >= 0 and (row[parent] or above[parent]):
            for arc in range(offset[node], offset[node + 1]):
                above[node] |= row[to[arc]]
        if renewed.row[node] or (
            above[node] and _has_changed_between(hierarchy, node, row, before, up, down)
        ):
            for arc in range(offset[node], offset[node + 1]):
                up[arc], down[arc] = renewed.weights.up[arc], renewed.weights.down[arc]
            shorten_row(hierarchy, up, down, node)
            row[node] = _last_change(hierarchy, node, before, up, down) >= 0
    return Renewed(Weights(up, down), row)


@njit(cache=True, nogil=True)
def _has_changed_between(
    hierarchy: Hierarchy,
    node: int,
    row: Flags,
    before: Weights,
    up: NDArray[np.int64],
    down: NDArray[np.int64],
) -> bool:
    """Whether an arc between two of a rank's upper ends weighs something else now."""
    offset, to = hierarchy.up_offset, hierarchy.up_to
    last = offset[node + 1]
    for one in range(offset[node], last):
        if row[to[one]]:
            top = offset[to[one]]
            for two in range(one + 1, last):
                while to[top] < to[two]:
                    top += 1
                if up[top] != before.up[top] or down[top] != before.down[top]:
                    return True
    return False


@njit(cache=True, nogil=True)
def _renew_slopes(hierarchy: Hierarchy, before: Slopes, basic: Renewed, least: Renewed) -> Slopes:
    """The slopes of renewed weights: rows that haven't changed are copied as they are."""
    row = basic.row | least.row
    out = _keep_again(
        hierarchy, before.out_offset, before.out_depth, before.out_weight,
        basic.weights.up, least.weights.up, row,
    )  # fmt: skip
    back = _keep_again(
        hierarchy, before.in_offset, before.in_depth, before.in_weight,
        basic.weights.down, least.weights.down, row,
    )  # fmt: skip
    return Slopes(out[0], out[1], out[2], back[0], back[1], back[2])


@njit(cache=True, nogil=True)
def _keep_again(
    hierarchy: Hierarchy,
    old_offset: Int32,
    old_depth: Int32,
    old_weight: Int64,
    weight: Int64,
    least: Int64,
    row: Flags,
) -> tuple[Int32, Int32, Int64]:
    """One direction of the slopes, by runs of ranks that have not changed."""
    room = old_depth.size
    for node in range(row.size):
        if row[node]:
            room += hierarchy.up_offset[node + 1] - hierarchy.up_offset[node]
    offset = np.zeros(row.size + 1, np.int32)
    depth = np.empty(room, np.int32)
    kept = np.empty(room, np.int64)
    count = 0
    node = 0
    while node < row.size:
        if row[node]:
            count = keep_row(hierarchy, weight, least, node, depth, kept, count)
            node += 1
            offset[node] = count
            continue
        begin = old_offset[node]
        while node < row.size and not row[node]:
            node += 1
            offset[node] = count + old_offset[node] - begin
        end = old_offset[node]
        depth[count : count + end - begin] = old_depth[begin:end]
        kept[count : count + end - begin] = old_weight[begin:end]
        count += end - begin
    return offset, depth[:count], kept[:count]
