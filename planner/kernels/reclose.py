"""The hierarchy closed again for added streets, in its old order: only ancestors of theirs change.

Contracting a rank hands its upper ends on to its parent, so a new upper end goes up the tree until
it meets a rank that has it: Dibbelt, Strasser and Wagner, "Customizable Contraction Hierarchies"
(2014), contract by the same rule.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from planner.kernels.contraction import appended
from planner.network.shape import Hierarchy, Int32


class Fill(NamedTuple):
    """Arcs that a hierarchy hasn't yet, by lower end and then by upper."""

    low: Int32  # rank
    high: Int32  # rank
    place: Int32  # the arc that it comes before
    parent: Int32  # (n_nodes,) by rank, with them


@njit(cache=True, nogil=True)
def close_again(hierarchy: Hierarchy, low: Int32, high: Int32) -> Fill:
    """What joining the ranks `low` and `high`, pair by pair and each low < high, adds to it."""
    n_nodes = hierarchy.parent.size
    parent = hierarchy.parent.copy()
    last = np.full(n_nodes, -1, np.int32)  # of the upper ends that a rank is handed
    handed = np.empty(64, np.int32)
    before = np.empty(64, np.int32)  # the one handed before it
    fill = (np.empty(64, np.int32), np.empty(64, np.int32), np.empty(64, np.int32))
    n_handed = n_fill = 0
    for i in range(low.size):
        before, _ = appended(before, n_handed, last[low[i]])
        last[low[i]] = n_handed
        handed, n_handed = appended(handed, n_handed, high[i])
    for rank in range(n_nodes):
        if last[rank] < 0:
            continue
        first = n_fill
        new = _new_ends(hierarchy, rank, handed, before, last[rank])
        for end in new:
            row = hierarchy.up_to[hierarchy.up_offset[rank] : hierarchy.up_offset[rank + 1]]
            place = hierarchy.up_offset[rank] + np.searchsorted(row, end)
            fill = (
                appended(fill[0], n_fill, rank)[0],
                appended(fill[1], n_fill, end)[0],
                appended(fill[2], n_fill, place)[0],
            )
            n_fill += 1
        if n_fill == first:
            continue
        old = parent[rank]
        if old < 0 or new[0] < old:
            parent[rank] = new[0]
            for arc in range(hierarchy.up_offset[rank], hierarchy.up_offset[rank + 1]):
                before, _ = appended(before, n_handed, last[new[0]])
                last[new[0]] = n_handed
                handed, n_handed = appended(handed, n_handed, hierarchy.up_to[arc])
        for end in new:
            if end != parent[rank]:
                before, _ = appended(before, n_handed, last[parent[rank]])
                last[parent[rank]] = n_handed
                handed, n_handed = appended(handed, n_handed, end)
    return Fill(fill[0][:n_fill], fill[1][:n_fill], fill[2][:n_fill], parent)


@njit(cache=True, nogil=True)
def _new_ends(hierarchy: Hierarchy, rank: int, handed: Int32, before: Int32, last: int) -> Int32:
    """The upper ends that a rank is handed and hasn't got, rising, each once."""
    row = hierarchy.up_to[hierarchy.up_offset[rank] : hierarchy.up_offset[rank + 1]]
    count = 0
    at = last
    while at >= 0:
        count += 1
        at = before[at]
    ends = np.empty(count, np.int32)
    count = 0
    at = last
    while at >= 0:
        place = np.searchsorted(row, handed[at])
        if place == row.size or row[place] != handed[at]:
            ends[count] = handed[at]
            count += 1
        at = before[at]
    ends = np.sort(ends[:count])
    count = 0
    for end in ends:
        if count == 0 or ends[count - 1] != end:
            ends[count] = end
            count += 1
    return ends[:count]
