"""Bags of labels: at each point those that no other there is as good as, in time and cost.

All labels of a search lie in one table, which grows; a bag is a chain through it.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from planner.network.shape import NONE, Int32

# Columns of labels. NEXT chains those of a bag, the newest first; PARENT is the label that a ride
# was boarded with, or that a change was walked from.
TIME, COST, WALK, NEXT, PARENT, PATTERN, RUN, BOARD, ALIGHT = range(9)
LABEL_COLUMNS = 9


@njit(cache=True, nogil=True)
def with_room(table: Int32, rows: int) -> Int32:
    """`table`, or a copy of it twice as long or more, where it has fewer than `rows` rows."""
    if rows <= table.shape[0]:
        return table
    longer = np.empty((max(rows, 2 * table.shape[0]), table.shape[1]), np.int32)
    longer[: table.shape[0]] = table
    return longer


@njit(cache=True, nogil=True)
def is_as_good(rows: Int32, i: int, time: int, cost: int, walk: int, limited: bool) -> bool:
    """Whether row i is no worse than what stands beside it; walking counts where it is limited."""
    return bool(
        rows[i, TIME] <= time and rows[i, COST] <= cost and (not limited or rows[i, WALK] <= walk)
    )


@njit(cache=True, nogil=True)
def is_no_better(rows: Int32, i: int, time: int, cost: int, walk: int, limited: bool) -> bool:
    """The same the other way round."""
    return bool(
        rows[i, TIME] >= time and rows[i, COST] >= cost and (not limited or rows[i, WALK] >= walk)
    )


@njit(cache=True, nogil=True)
def add_label(
    labels: Int32,
    head: Int32,
    point: int,
    time: int,
    cost: int,
    walk: int,
    limited: bool,
    n_labels: int,
) -> bool:
    """Put label number `n_labels` into the bag of `point`; False where one there is as good.

    limited: walking is, so that who has walked less may go on where another may not, and it
    counts too. Labels that are beaten leave the bag; `labels` has room for one.
    """
    label = head[point]
    while label != NONE:
        if is_as_good(labels, label, time, cost, walk, limited):
            return False
        label = labels[label, NEXT]
    labels[n_labels, TIME], labels[n_labels, COST], labels[n_labels, WALK] = time, cost, walk
    last, label = n_labels, head[point]  # chain those that stay behind the new one
    while label != NONE:
        if not is_no_better(labels, label, time, cost, walk, limited):
            labels[last, NEXT] = label
            last = label
        label = labels[label, NEXT]
    labels[last, NEXT] = NONE
    head[point] = n_labels
    return True
