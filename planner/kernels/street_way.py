"""One way between two points, through the hierarchy: up from both ends, and down to the streets.

What looks at a single arc is given the few columns that it reads: a call with all of Streets counts
references to each of its arrays, and that takes longer than looking.
"""

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
        arcs, waiting, seed, target = _arcs_over(up, at, down, other_at)
        edges = _unpack(hierarchy, out, back, streets, metric, arcs, waiting)
        edges[0] = gate_of(streets, start, start_index, seed)[0]
        edges[-1] = gate_of(streets, end, end_index, target)[0]
        return Way(int(weight >> DURATION_BITS), int(weight & DURATION_MASK), seed, target, edges)
    edges = np.empty(0 if gate == NO_VIA else 1, np.int32)
    if gate == NO_VIA:
        return Way(cost, duration, NO_VIA, NO_VIA, edges)
    edges[0] = gate_of(streets, end, end_index, gate)[0]
    return Way(cost, duration, 2 * via + gate % 2, gate, edges)


@njit(cache=True, nogil=True)
def _arcs_over(up: Ascent, at: int, down: Ascent, other_at: int) -> tuple[_Arcs, int, int, int]:
    """The arcs of the way that meets there, the last one first, how many; seed and target."""
    n_down = 0
    after = other_at
    while down.came[after] >= 0:
        after = down.came[after]
        n_down += 1
    n_arcs = n_down
    before = at
    while up.came[before] >= 0:
        before = up.came[before]
        n_arcs += 1
    arcs = _room_for(2 * n_arcs + 64)
    for i in range(n_down - 1, -1, -1):
        after = down.came[other_at]
        arcs.tail[i], arcs.head[i] = down.rank[other_at], down.rank[after]
        arcs.weight[i] = down.weight[other_at] - down.weight[after]
        other_at = after
    for i in range(n_down, n_arcs):
        before = up.came[at]
        arcs.tail[i], arcs.head[i] = up.rank[before], up.rank[at]
        arcs.weight[i] = up.weight[at] - up.weight[before]
        at = before
    return arcs, n_arcs, -1 - up.came[at], -1 - down.came[other_at]


@njit(cache=True, nogil=True)
def _unpack(
    hierarchy: Hierarchy,
    out: Slope,
    back: Slope,
    streets: Streets,
    metric: Metric,
    arcs: _Arcs,
    waiting: int,
) -> NDArray[np.int32]:
    """The street edges of the waiting arcs, the last first, with room for one at both ends.

    An arc is the street between its ends, or else two arcs over a lower rank: the parts of a least
    way are least ways, so that both are among the slopes.
    """
    edges = np.empty(256, np.int32)
    count = 1
    while waiting > 0:
        waiting -= 1
        tail, head, weight = arcs.tail[waiting], arcs.head[waiting], arcs.weight[waiting]
        edge = _street(
            streets.first_out, streets.head, metric, hierarchy.node[tail], hierarchy.node[head],
            weight,
        )  # fmt: skip
        if edge >= 0:
            if count + 1 >= edges.size:
                larger = np.empty(2 * edges.size, np.int32)
                larger[:count] = edges[:count]
                edges = larger
            edges[count] = edge
            count += 1
            continue
        low = min(tail, head)
        middle, first = _over(
            hierarchy.down_to[hierarchy.down_offset[low] : hierarchy.down_offset[low + 1]],
            out, back, hierarchy.depth[tail], hierarchy.depth[head], weight,
        )  # fmt: skip
        if middle < 0:
            continue  # never, where slopes and metric belong together
        if waiting + 2 > arcs.tail.size:
            arcs = _larger(arcs)
        arcs.tail[waiting], arcs.head[waiting] = middle, head
        arcs.weight[waiting] = weight - first
        arcs.tail[waiting + 1], arcs.head[waiting + 1] = tail, middle
        arcs.weight[waiting + 1] = first
        waiting += 2
    return edges[: count + 1]


@njit(cache=True, nogil=True)
def _room_for(count: int) -> _Arcs:
    """So many arcs, not yet known."""
    return _Arcs(np.empty(count, np.int32), np.empty(count, np.int32), np.empty(count, np.int64))


@njit(cache=True, nogil=True)
def _larger(arcs: _Arcs) -> _Arcs:
    """The arcs with as much room again."""
    size = arcs.tail.size
    larger = _room_for(2 * size)
    larger.tail[:size] = arcs.tail
    larger.head[:size] = arcs.head
    larger.weight[:size] = arcs.weight
    return larger


@njit(cache=True, nogil=True)
def _street(
    first_out: Int32, heads: Int32, metric: Metric, tail: int, head: int, weight: int
) -> int:
    """The street from node to node of exactly that weight, -1 where there is none."""
    for edge in range(first_out[tail], first_out[tail + 1]):
        if heads[edge] == head and metric.cost[edge] < UNREACHED:
            own = (np.int64(metric.cost[edge]) << DURATION_BITS) + metric.duration_ds[edge]
            if own == weight:
                return int(edge)
    return -1


@njit(cache=True, nogil=True)
def _over(
    below: Int32, out: Slope, back: Slope, from_depth: int, to_depth: int, weight: int
) -> tuple[int, int]:
    """The rank of `below` that their least way leads over, and the weight as far as there."""
    for middle in below:
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
