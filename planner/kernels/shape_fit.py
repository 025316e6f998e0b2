"""The calls of a trip on its shape: each on the nearest segment, in their order along it."""

from __future__ import annotations

import numpy as np
from numba import njit

from planner.network.shape import Float64, Int64


@njit(cache=True, nogil=True)
def fit_calls(shape: Float64, calls: Float64) -> tuple[Int64, Float64, Float64]:
    """The segment of each call, where on it (0..1) and the squared distance to it, (n_calls,) each.

    shape: (n_points, 2), at least 2 of them; calls: (n_calls, 2), at least 1, in the same units,
    none NaN. The sum of the squared distances is least under the rule that calls never go back
    along the shape: dynamic programming over calls and segments, where two calls in a row share a
    segment only in the order of their places on it.
    """
    n_calls, n_segments = len(calls), len(shape) - 1
    along = np.empty((n_calls, n_segments))
    before = np.empty((n_calls, n_segments), np.int32)  # the segment of the call before
    best = np.zeros(n_segments)
    for call in range(n_calls):
        earlier, from_segment = np.inf, 0  # the best of the call before on the segments behind
        for i in range(n_segments):
            dx, dy = shape[i + 1, 0] - shape[i, 0], shape[i + 1, 1] - shape[i, 1]
            x, y = calls[call, 0] - shape[i, 0], calls[call, 1] - shape[i, 1]
            share = (x * dx + y * dy) / max(dx * dx + dy * dy, 1e-9)
            share = min(max(share, 0.0), 1.0)
            x -= share * dx
            y -= share * dy
            along[call, i] = share
            last = best[i]  # still of the call before
            same = last if call == 0 or share >= along[call - 1, i] else np.inf
            if same <= earlier:
                before[call, i] = i
                best[i] = x * x + y * y + same
            else:
                before[call, i] = from_segment
                best[i] = x * x + y * y + earlier
            if last < earlier:
                earlier, from_segment = last, i
    segment = np.empty(n_calls, np.int64)
    segment[-1] = np.argmin(best)
    for call in range(n_calls - 1, 0, -1):
        segment[call - 1] = before[call, segment[call]]
    away, place = np.empty(n_calls), np.empty(n_calls)
    for call in range(n_calls):
        i = segment[call]
        place[call] = along[call, i]
        x = calls[call, 0] - shape[i, 0] - place[call] * (shape[i + 1, 0] - shape[i, 0])
        y = calls[call, 1] - shape[i, 1] - place[call] * (shape[i + 1, 1] - shape[i, 1])
        away[call] = x * x + y * y
    return segment, place, away
