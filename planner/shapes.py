"""The line a vehicle drives between two calls, cut from its shape."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.kernels.shape_fit import fit_calls

Points = tuple[tuple[float, float], ...]

FARTHEST_CALL_M: Final = 250.0  # a shape that passes a stop farther than this isn't the trip's
METRES_PER_DEGREE: Final = 111_195.0


class Fit(NamedTuple):
    """The calls of a trip on its shape, (n_calls,) each."""

    segment: NDArray[np.int64]
    along: NDArray[np.float64]  # where on the segment, 0..1
    near: NDArray[np.bool_]  # whether that is at most FARTHEST_CALL_M from the call


def fit_shape(shape: NDArray[np.float64], calls: NDArray[np.float64]) -> Fit | None:
    """Each call on the shape's segment nearest to it; None where a line or a call is missing.

    shape: (n_points, 2) lat, lon; calls: (n_calls, 2), every call of the trip in order, so that
    a loop is followed round: calls follow one another along the shape, and the sum of squared
    distances is least.
    """
    if len(shape) < 2 or np.isnan(calls).any():  # noqa: PLR2004 - a segment has two ends
        return None
    scale = np.array([1.0, np.cos(np.radians(shape[0, 0]))]) * METRES_PER_DEGREE
    segment, along, away = fit_calls(shape * scale, calls * scale)
    return Fit(segment, along, away <= FARTHEST_CALL_M**2)


def cut_shape(
    shape: NDArray[np.float64], calls: NDArray[np.float64], fit: Fit | None, board: int, alight: int
) -> Points:
    """Points (lat, lon) driven from call `board` to call `alight`; `fit` is `fit_shape`'s.

    Straight lines between the calls where the shape is too far from one of the two.
    """
    if fit is None or not (fit.near[board] and fit.near[alight]):
        straight = calls[board : alight + 1].tolist()
        return tuple((lat, lon) for lat, lon in straight if not math.isnan(lat))
    start, end = (_at(shape, int(fit.segment[at]), fit.along[at]) for at in (board, alight))
    inner = shape[fit.segment[board] + 1 : fit.segment[alight] + 1]
    points = np.concatenate((calls[board : board + 1], start, inner, end, calls[alight][None]))
    moves = np.concatenate(((True,), (points[1:] != points[:-1]).any(axis=1)))
    lat, lon = points[moves].T.tolist()
    return tuple(zip(lat, lon, strict=True))


def _at(shape: NDArray[np.float64], segment: int, along: float) -> NDArray[np.float64]:
    """The point at a share of a segment, (1, 2)."""
    here = shape[segment : segment + 2]
    return here[:1] + along * np.diff(here, axis=0)
