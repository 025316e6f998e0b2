"""Ways up the streets' hierarchy: half of every way between two points, without a queue.

A point's search space is the ancestors of its seeds in the elimination tree, met in rising order.
The least way between two points goes up from both, to a rank that both spaces have.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from planner.kernels.contraction import (
    CLOSED,
    DURATION_BITS,
    DURATION_MASK,
    customize,
    make_slopes,
)
from planner.kernels.street_ends import FORWARD
from planner.kernels.street_search import Seeds
from planner.network.shape import UNREACHED, Hierarchy, Int32, Int64, Metric, Slopes, Streets
from planner.network.store import frozen


class Slope(NamedTuple):
    """One direction of Slopes."""

    offset: Int32
    depth: Int32
    weight: Int64


class Climbed(NamedTuple):
    """A search space: the ranks to which no way is quicker over a higher one, and the ways."""

    rank: Int32
    weight: Int64


class Ascent(NamedTuple):
    """The ranks met on the way up from some seeds, the lowest first, and the least ways there."""

    rank: NDArray[np.int32]
    weight: NDArray[np.int64]
    came: NDArray[np.int32]  # the place in this list before it; -1 - i where it is seed i
    row: NDArray[np.int8]  # the row of `labels` it was met in
    labels: NDArray[np.int64]  # (n_rows, depths)
    into: NDArray[np.int64]  # (n_rows,) the row that took over, from `until` down to 0; or -1
    until: NDArray[np.int64]  # (n_rows,)


def slopes_of(hierarchy: Hierarchy, streets: Streets, metric: Metric) -> Slopes:
    """The hierarchy as one metric sees it."""
    weights, _ = customize(hierarchy, streets, metric)
    return Slopes(*(frozen(column, column.dtype) for column in make_slopes(hierarchy, weights)))


@njit(cache=True, nogil=True)
def slope_of(slopes: Slopes, direction: int) -> Slope:
    """The ways up from a point that one leaves (FORWARD), or down to one that one goes to."""
    if direction == FORWARD:
        return Slope(slopes.out_offset, slopes.out_depth, slopes.out_weight)
    return Slope(slopes.in_offset, slopes.in_depth, slopes.in_weight)


@njit(cache=True, nogil=True)
def climb(
    hierarchy: Hierarchy, slopes: Slopes, seeds: Seeds, direction: int, max_ds: int
) -> Climbed:
    """Ways of at most `max_ds` from the seeds to their ancestors, the lowest rank first.

    direction: BACKWARD for ways from the ancestors to the seeds.
    """
    ahead, back = slope_of(slopes, direction), slope_of(slopes, 1 - direction)
    return _descend(hierarchy, back, ascend(hierarchy, ahead, seeds, max_ds))


@njit(cache=True, nogil=True)
def ascend(hierarchy: Hierarchy, ahead: Slope, seeds: Seeds, max_ds: int) -> Ascent:
    """Ways of at most `max_ds` along `ahead` from the seeds to their ancestors, and how they came.

    Every distinct seed has a row of labels by depth; where two branches of the tree meet, one row
    takes over the other.
    """
    branch, heads, labels = _rows_of(hierarchy, seeds)
    n_rows = heads.size
    origin = np.empty(labels.shape, np.int32)  # of each label, as `came`
    into = np.full(n_rows, -1, np.int64)
    until = np.zeros(n_rows, np.int64)
    for i in range(seeds.node.size):
        if seeds.cost[i] < UNREACHED:
            row, at = branch[i], hierarchy.depth[heads[branch[i]]]
            weight = (np.int64(seeds.cost[i]) << DURATION_BITS) + seeds.duration[i]
            if weight < labels[row, at]:
                labels[row, at] = weight
                origin[row, at] = -1 - i
    rank = np.empty(labels.size, np.int32)
    weights = np.empty(labels.size, np.int64)
    came = np.empty(labels.size, np.int32)
    rows = np.empty(labels.size, np.int8)
    count = 0
    alive = n_rows
    while alive > 0:
        row = _lowest(heads)
        node = heads[row]
        top = hierarchy.depth[node]
        for other in range(n_rows):
            if alive > 1 and other != row and heads[other] == node:
                for k in range(top + 1):
                    if labels[other, k] < labels[row, k]:
                        labels[row, k] = labels[other, k]
                        origin[row, k] = origin[other, k]
                heads[other] = -1
                into[other], until[other] = row, top
                alive -= 1
        label = labels[row, top]
        if label < CLOSED and label & DURATION_MASK <= max_ds:
            rank[count] = node
            weights[count] = label
            came[count] = origin[row, top]
            rows[count] = row
            for k in range(ahead.offset[node], ahead.offset[node + 1]):
                depth = ahead.depth[k]
                if label + ahead.weight[k] < labels[row, depth]:
                    labels[row, depth] = label + ahead.weight[k]
                    origin[row, depth] = count
            count += 1
        heads[row] = hierarchy.parent[node]
        alive -= heads[row] < 0
    return Ascent(rank[:count], weights[:count], came[:count], rows[:count], labels, into, until)


@njit(cache=True, nogil=True)
def _rows_of(
    hierarchy: Hierarchy, seeds: Seeds
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]]:
    """Each seed's row, -1 where it is closed; the rows' ranks, and their empty labels by depth."""
    branch = np.full(seeds.node.size, -1, np.int64)
    heads = np.empty(seeds.node.size, np.int32)
    n_rows = 0
    deepest = 0
    for i in range(seeds.node.size):
        if seeds.cost[i] >= UNREACHED:
            continue
        rank = hierarchy.rank[seeds.node[i]]
        deepest = max(deepest, hierarchy.depth[rank])
        for row in range(n_rows):
            if heads[row] == rank:
                branch[i] = row
        if branch[i] < 0:
            branch[i] = n_rows
            heads[n_rows] = rank
            n_rows += 1
    return branch, heads[:n_rows], np.full((n_rows, deepest + 1), CLOSED, np.int64)


@njit(cache=True, nogil=True)
def _lowest(heads: NDArray[np.int32]) -> int:
    """The row whose head has the lowest rank; there is one."""
    lowest = -1
    for row in range(heads.size):
        if heads[row] >= 0 and (lowest < 0 or heads[row] < heads[lowest]):
            lowest = row
    return lowest


@njit(cache=True, nogil=True)
def _descend(hierarchy: Hierarchy, back: Slope, space: Ascent) -> Climbed:
    """Keep of a search space the ranks whose way isn't beaten by one over a higher rank."""
    labels = space.labels
    n_kept = space.rank.size
    kept = np.empty(n_kept, np.int32)
    weight = np.empty(n_kept, np.int64)
    for i in range(space.rank.size - 1, -1, -1):
        rank, row = space.rank[i], space.row[i]
        if space.into[row] >= 0:  # the first of its row, from above
            for k in range(space.until[row] + 1):
                labels[row, k] = labels[space.into[row], k]
            space.into[row] = -1
        depth = hierarchy.depth[rank]
        label = labels[row, depth]
        least = label
        for k in range(back.offset[rank], back.offset[rank + 1]):
            least = min(least, labels[row, back.depth[k]] + back.weight[k])
        if least < label:
            labels[row, depth] = least
        else:
            n_kept -= 1
            kept[n_kept] = rank
            weight[n_kept] = label
    return Climbed(kept[n_kept:], weight[n_kept:])


@njit(cache=True, nogil=True)
def meet(one: Climbed, other: Climbed) -> int:
    """The least weight of a way up from both ends of it; CLOSED where they never meet."""
    return meeting(one.rank, one.weight, other.rank, other.weight)[0]


@njit(cache=True, nogil=True)
def meeting(
    rank: NDArray[np.int32],
    weight: NDArray[np.int64],
    other_rank: NDArray[np.int32],
    other_weight: NDArray[np.int64],
) -> tuple[int, int, int]:
    """The least weight of a way over a rank that both lists have, and its place in each of them.

    CLOSED, -1 and -1 where they have none in common; both lists rise.
    """
    least, at, other_at = np.int64(CLOSED), -1, -1
    k = 0
    for i in range(rank.size):
        while k < other_rank.size and other_rank[k] < rank[i]:
            k += 1
        if k < other_rank.size and other_rank[k] == rank[i]:
            both = weight[i] + other_weight[k]
            if both < least:
                least, at, other_at = both, i, k
    return int(least), at, other_at
