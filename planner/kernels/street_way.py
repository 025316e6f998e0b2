"""One way between two points, through the hierarchy: up from both ends, and down to the streets."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from planner.kernels.contraction import CLOSED, DURATION_BITS, DURATION_MASK
from planner.kernels.hierarchy import Ascent, Slope, ascend, meeting, slope_of
from planner.kernels.street_ends import BACKWARD, FORWARD, NO_VIA, Ends, gate_of, near_way, seeds_at
from planner.network.shape import UNREACHED, Hierarchy, Int32, Metric, Slopes, Streets

_FOREVER: Final = 2**31 - 1


class Way(NamedTuple):
    """The least-cost way between two points."""

    cost: int  # tenths of a perceived second; UNREACHED where there is none
    duration: int  # tenths of a second
    start: int  # 2 * snap + gate by which it leaves the start; NO_VIA where it takes no street
    end: int  # the same at the end
    edges: Int32  # in travel order, from the start's gate to the end's: a single one for both


class _Arcs(NamedTuple):
    """Arcs still to be replaced by streets, the next one last: where from, where to, and weight."""

    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    weight: NDArray[np.int64]


@njit(cache=True, nogil=True)
def find_way(
    hierarchy: Hierarchy,
    slopes: Slopes,
    streets: Streets,
    metric: Metric,
    start: Ends,
    start_index: int,
    end: Ends,
    end_index: int,
    pace: float,
) -> Way:
    """The cheapest way between two points, however long; of equally cheap ones the quickest.

    slopes: of `metric`. pace: tenths of a second per metre of the straight lines.
    """
    cost, duration, gate, via = near_way(
        streets, metric, start, start_index, end, end_index, FORWARD, pace
    )
    seeds = seeds_at(streets, metric, start, start_index, FORWARD, pace)
    targets = seeds_at(streets, metric, end, end_index, BACKWARD, pace)
    out, back = slope_of(slopes, FORWARD), slope_of(slopes, BACKWARD)
    up = ascend(hierarchy, out, seeds, _FOREVER)
    down = ascend(hierarchy, back, targets, _FOREVER)
    weight, at, other_at = meeting(up.rank, up.weight, down.rank, down.weight)
    if weight < CLOSED and weight < (np.int64(cost) << DURATION_BITS) + duration:
        edges, seed, target = _edges_over(
            hierarchy, out, back, streets, metric, up, at, down, other_at
        )
        edges[0] = gate_of(streets, start, start_index, seed)[0]
        edges[-1] = gate_of(streets, end, end_index, target)[0]
        return Way(int(weight >> DURATION_BITS), int(weight & DURATION_MASK), seed, target, edges)
    edges = np.empty(0 if gate == NO_VIA else 1, np.int32)
    if gate == NO_VIA:
        return Way(cost, duration, NO_VIA, NO_VIA, edges)
    edges[0] = gate_of(streets, end, end_index, gate)[0]
    return Way(cost, duration, 2 * via + gate % 2, gate, edges)


@njit(cache=True, nogil=True)
def _edges_over(
    hierarchy: Hierarchy,
    out: Slope,
    back: Slope,
    streets: Streets,
    metric: Metric,
    up: Ascent,
    at: int,
    down: Ascent,
    other_at: int,
) -> tuple[NDArray[np.int32], int, int]:
    """The edges of the way that meets there, with room for a gate at both ends; seed and target."""
    edges = np.empty(256, np.int32)
    count = 1
    arcs = _Arcs(np.empty(64, np.int32), np.empty(64, np.int32), np.empty(64, np.int64))
    waiting = 0
    while up.came[at] >= 0:  # from the top down: the last to be put here is the first to be taken
        before = up.came[at]
        arcs = _with_room(arcs, waiting)
        arcs.tail[waiting], arcs.head[waiting] = up.rank[before], up.rank[at]
        arcs.weight[waiting] = up.weight[at] - up.weight[before]
        waiting += 1
        at = before
    edges, count = _unpack(hierarchy, out, back, streets, metric, arcs, waiting, edges, count)
    while down.came[other_at] >= 0:
        after = down.came[other_at]
        arcs.tail[0], arcs.head[0] = down.rank[other_at], down.rank[after]
        arcs.weight[0] = down.weight[other_at] - down.weight[after]
        edges, count = _unpack(hierarchy, out, back, streets, metric, arcs, 1, edges, count)
        other_at = after
    return edges[: count + 1], -1 - up.came[at], -1 - down.came[other_at]


@njit(cache=True, nogil=True)
def _unpack(
    hierarchy: Hierarchy,
    out: Slope,
    back: Slope,
    streets: Streets,
    metric: Metric,
    arcs: _Arcs,
    waiting: int,
    edges: NDArray[np.int32],
    count: int,
) -> tuple[NDArray[np.int32], int]:
    """Put the street edges of the waiting arcs, the last first, behind the `count` edges so far.

    An arc is the street between its ends, or else two arcs over a lower rank: the parts of a least
    way are least ways, so that both are among the slopes.
    """
    while waiting > 0:
        waiting -= 1
        tail, head, weight = arcs.tail[waiting], arcs.head[waiting], arcs.weight[waiting]
        edge = _street(streets, metric, hierarchy.node[tail], hierarchy.node[head], weight)
        if edge >= 0:
            if count + 1 >= edges.size:
                larger = np.empty(2 * edges.size, np.int32)
                larger[:count] = edges[:count]
                edges = larger
            edges[count] = edge
            count += 1
            continue
        middle, first = _over(hierarchy, out, back, tail, head, weight)
        if middle < 0:
            continue  # never, where slopes and metric belong together
        arcs = _with_room(arcs, waiting + 1)
        arcs.tail[waiting], arcs.head[waiting] = middle, head
        arcs.weight[waiting] = weight - first
        arcs.tail[waiting + 1], arcs.head[waiting + 1] = tail, middle
        arcs.weight[waiting + 1] = first
        waiting += 2
    return edges, count


@njit(cache=True, nogil=True)
def _with_room(arcs: _Arcs, waiting: int) -> _Arcs:
    """The arcs with room for one more after so many."""
    size = arcs.tail.size
    if waiting < size:
        return arcs
    larger = _Arcs(
        np.empty(2 * size, np.int32), np.empty(2 * size, np.int32), np.empty(2 * size, np.int64)
    )
    larger.tail[:size] = arcs.tail
    larger.head[:size] = arcs.head
    larger.weight[:size] = arcs.weight
    return larger


@njit(cache=True, nogil=True)
def _street(streets: Streets, metric: Metric, tail: int, head: int, weight: int) -> int:
    """The street from node to node of exactly that weight, -1 where there is none."""
    for edge in range(streets.first_out[tail], streets.first_out[tail + 1]):
        if streets.head[edge] == head and metric.cost[edge] < UNREACHED:
            own = (np.int64(metric.cost[edge]) << DURATION_BITS) + metric.duration_ds[edge]
            if own == weight:
                return int(edge)
    return -1


@njit(cache=True, nogil=True)
def _over(
    hierarchy: Hierarchy, out: Slope, back: Slope, tail: int, head: int, weight: int
) -> tuple[int, int]:
    """The rank below both ends that their least way leads over, and the weight as far as there."""
    low = min(tail, head)
    from_depth, to_depth = hierarchy.depth[tail], hierarchy.depth[head]
    for k in range(hierarchy.down_offset[low], hierarchy.down_offset[low + 1]):
        middle = hierarchy.down_to[k]
        first = _weight_at(back, middle, from_depth)
        if first <= weight and _weight_at(out, middle, to_depth) == weight - first:
            return int(middle), int(first)
    return -1, -1


@njit(cache=True, nogil=True)
def _weight_at(slope: Slope, rank: int, depth: int) -> int:
    """The weight of a rank's slope to its ancestor of that depth; CLOSED where it has none."""
    for k in range(slope.offset[rank], slope.offset[rank + 1]):
        if slope.depth[k] <= depth:
            return int(slope.weight[k]) if slope.depth[k] == depth else CLOSED
    return CLOSED
