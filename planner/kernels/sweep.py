"""The cheapest ways from a few points to every node: one sweep up the hierarchy, and one down.

Delling, Goldberg, Nowatzyk and Werneck, "PHAST: Hardware-Accelerated Shortest Path Trees" (2011).
Ranks are swept depth first along the elimination tree, so that the labels of a rank's ancestors,
all it needs, are a stack of a few hundred: the sweep reads the arcs once and hardly anything else.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from planner.kernels.contraction import CLOSED, DURATION_BITS, DURATION_MASK
from planner.kernels.hierarchy import slope_of
from planner.kernels.street_search import COST, DURATION, SETTLED, STATE, Seeds
from planner.network.shape import UNREACHED, Hierarchy, Int32, Slopes

_BY_NODE: Final = 4  # a label, as in street_search.Workspace


class SweepOrder(NamedTuple):
    """The ranks depth first, every one after its parent and with its descendants behind it."""

    rank: Int32  # (n_nodes,) by place in the order
    place: Int32  # (n_nodes,) by rank


@njit(cache=True, nogil=True)
def order_sweep(hierarchy: Hierarchy) -> SweepOrder:
    """In which order to sweep: the highest ranks first among the children of one parent."""
    n_nodes = hierarchy.parent.size
    size = np.ones(n_nodes, np.int32)  # a rank and its descendants
    for rank in range(n_nodes):
        if hierarchy.parent[rank] >= 0:
            size[hierarchy.parent[rank]] += size[rank]
    place = np.empty(n_nodes, np.int32)
    free = np.empty(n_nodes, np.int32)  # the next place behind a rank that no child has taken
    roots = 0
    for rank in range(n_nodes - 1, -1, -1):
        parent = hierarchy.parent[rank]
        place[rank] = free[parent] if parent >= 0 else roots
        if parent >= 0:
            free[parent] += size[rank]
        else:
            roots += size[rank]
        free[rank] = place[rank] + 1
    by_place = np.empty(n_nodes, np.int32)
    for rank in range(n_nodes):
        by_place[place[rank]] = rank
    return SweepOrder(by_place, place)


@njit(cache=True, nogil=True)
def sweep(
    hierarchy: Hierarchy, slopes: Slopes, order: SweepOrder, seeds: Seeds, direction: int
) -> NDArray[np.int32]:
    """The cheapest ways from the seeds to every node (BACKWARD: from every node to them).

    They are labels as `street_search.search` leaves them in its Workspace, (n_nodes, 4), without
    parents; STATE is SETTLED exactly where there is a way.
    """
    n_nodes = order.rank.size
    first, above = _seeded(hierarchy, order, seeds)
    row = np.full(hierarchy.depth.max() + 1 if n_nodes else 1, CLOSED, np.int64)  # by depth
    ahead = slope_of(slopes, direction)
    for i in range(above.size - 1, -1, -1):  # descendants before their ancestors
        rank = order.rank[above[i]]
        depth = hierarchy.depth[rank]
        label = min(first[above[i]], row[depth])
        row[depth] = CLOSED
        first[above[i]] = label
        if label < CLOSED:
            for k in range(ahead.offset[rank], ahead.offset[rank + 1]):
                there = ahead.depth[k]
                row[there] = min(row[there], label + ahead.weight[k])
    labels = np.zeros((n_nodes, _BY_NODE), np.int32)
    back = slope_of(slopes, 1 - direction)
    for place in range(n_nodes):
        rank = order.rank[place]
        label = first[place]
        for k in range(back.offset[rank], back.offset[rank + 1]):
            label = min(label, row[back.depth[k]] + back.weight[k])
        row[hierarchy.depth[rank]] = label
        if label < CLOSED:
            node = hierarchy.node[rank]
            labels[node, COST] = label >> DURATION_BITS
            labels[node, DURATION] = label & DURATION_MASK
            labels[node, STATE] = SETTLED
    return labels


@njit(cache=True, nogil=True)
def _seeded(
    hierarchy: Hierarchy, order: SweepOrder, seeds: Seeds
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """The seeds' weights by place, CLOSED elsewhere; the places of seeds and ancestors, rising."""
    first = np.full(order.rank.size, CLOSED, np.int64)
    seen = np.zeros(order.rank.size, np.bool_)
    above = np.empty(order.rank.size, np.int32)
    count = 0
    for i in range(seeds.node.size):
        if seeds.cost[i] >= UNREACHED:
            continue
        rank = hierarchy.rank[seeds.node[i]]
        place = order.place[rank]
        weight = (np.int64(seeds.cost[i]) << DURATION_BITS) + seeds.duration[i]
        first[place] = min(first[place], weight)
        while rank >= 0 and not seen[order.place[rank]]:
            seen[order.place[rank]] = True
            above[count] = order.place[rank]
            count += 1
            rank = hierarchy.parent[rank]
    return first, np.sort(above[:count])
