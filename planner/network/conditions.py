"""Access that depends on the time: what is open at a moment, and what is open ever."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.network.shape import (
    BIKE,
    BIKE_ENDS,
    CAR,
    CAR_ENDS,
    HARD_PUSH,
    NARROW,
    WALK,
    WALK_ENDS,
    Conditions,
    Int32,
    Streets,
    UInt8,
)
from planner.network.store import frozen

# The bits of each mode that narrow what its own bit allows.
_NARROWING: Final = {WALK: WALK_ENDS, BIKE: BIKE_ENDS | HARD_PUSH | NARROW, CAR: CAR_ENDS}


def at_best(streets: Streets, conditions: Conditions | None) -> Streets:
    """The streets with every edge as open as it is at any time of the week.

    What is searched in them is never dearer than at a given moment.
    """
    if conditions is None or not len(conditions.edge):
        return streets
    best = np.zeros_like(streets.access)
    for allowed, narrowing in _NARROWING.items():
        is_open = streets.access & allowed
        np.bitwise_or.at(is_open, conditions.edge, conditions.access & allowed)
        # What narrows holds only if it does in every state that is open.
        narrow = np.where(streets.access & allowed, streets.access & narrowing, narrowing)
        then = (conditions.access & allowed) != 0
        np.bitwise_and.at(narrow, conditions.edge[then], conditions.access[then])
        best |= is_open | np.where(is_open, narrow, 0).astype(np.uint8)
    return streets._replace(access=frozen(best, np.uint8))


def minute_of_week(local: datetime) -> int:
    """Minutes since Monday 00:00, by the clock that `local` shows."""
    return (local.weekday() * 24 + local.hour) * 60 + local.minute


def rows_at(conditions: Conditions, minute: int) -> Int32:
    """The conditions that hold in a minute of the week."""
    row = np.repeat(np.arange(len(conditions.edge)), np.diff(conditions.span_offset))
    return frozen(row[(conditions.begin <= minute) & (minute < conditions.end)], np.int32)


def access_with(streets: Streets, conditions: Conditions, rows: Int32) -> UInt8:
    """(n_edges,) the access of every edge while these conditions hold, and no others."""
    access: NDArray[np.uint8] = streets.access.copy()
    access[conditions.edge[rows]] = conditions.access[rows]
    return frozen(access, np.uint8)
