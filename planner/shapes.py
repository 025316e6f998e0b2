"""The line a vehicle drives between two calls, cut from its shape."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.kernels.shape_fit import fit_calls

Points = tuple[tuple[float, float], ...]

FARTHEST_CALL_M: Final = 250.0  # a shape that passes a stop farther than this isn't the trip's
METRES_PER_DEGREE: Final = 111_195.0


def cut_shape(
    shape: NDArray[np.float64], calls: NDArray[np.float64], board: int, alight: int
) -> Points:
    """Points (lat, lon) driven from call `board` to call `alight`.

    shape: (n_points, 2) lat, lon; calls: (n_calls, 2), every call of the trip in order, so that
    a loop is followed round. Each call is put on the shape's segment nearest to it under the
    rule that calls follow one another along the shape; the sum of squared distances is least.
    Straight lines between the calls where the shape is too far from one of them.
    """
    straight = tuple((float(lat), float(lon)) for lat, lon in calls[board : alight + 1])
    if len(shape) < 2 or np.isnan(calls).any():  # noqa: PLR2004 - a segment has two ends
        return tuple(point for point in straight if not math.isnan(point[0]))
    scale = np.array([1.0, np.cos(np.radians(shape[0, 0]))]) * METRES_PER_DEGREE
    segment, along, away = fit_calls(shape * scale, calls * scale)
    if not max(away[board], away[alight]) <= FARTHEST_CALL_M**2:
        return straight
    start, end = (_at(shape, int(segment[call]), along[call]) for call in (board, alight))
    inner = shape[segment[board] + 1 : segment[alight] + 1]
    points = np.concatenate((calls[board : board + 1], start, inner, end, calls[alight][None]))
    moves = np.concatenate(((True,), (points[1:] != points[:-1]).any(axis=1)))
    lat, lon = points[moves].T.tolist()
    return tuple(zip(lat, lon, strict=True))


def _at(shape: NDArray[np.float64], segment: int, along: float) -> NDArray[np.float64]:
    """The point at a share of a segment, (1, 2)."""
    here = shape[segment : segment + 2]
    return here[:1] + along * np.diff(here, axis=0)
