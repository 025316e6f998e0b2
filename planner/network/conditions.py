"""Access that depends on the time: what is open at a moment."""

from __future__ import annotations

from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from planner.network.shape import Conditions, Int32, Streets, UInt8
from planner.network.store import frozen


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
