"""The line a vehicle drives between two calls, cut from its shape."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

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
    away, along = _projections(shape * scale, calls * scale)
    segment = _monotone_assignment(away, along)
    ends = segment[[board, alight]]
    if not away[[board, alight], ends].max() <= FARTHEST_CALL_M**2:
        return straight
    start = _at(shape, ends[0], along[board, ends[0]])
    end = _at(shape, ends[1], along[alight, ends[1]])
    inner = shape[ends[0] + 1 : ends[1] + 1]
    points = [straight[0], start, *((float(lat), float(lon)) for lat, lon in inner), end]
    return _without_repeats([*points, straight[-1]])


def _projections(
    shape: NDArray[np.float64], calls: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Squared distance of each call to each segment and the place on it, (n_calls, n_segments)."""
    # Coordinate by coordinate: a third axis of two makes every sum over it crawl.
    (x, y), (dx, dy) = shape[:-1].T, np.diff(shape, axis=0).T
    length = np.maximum(dx * dx + dy * dy, 1e-9)
    off_x, off_y = calls[:, :1] - x, calls[:, 1:] - y
    along = np.clip((off_x * dx + off_y * dy) / length, 0.0, 1.0)
    off_x -= along * dx
    off_y -= along * dy
    return off_x * off_x + off_y * off_y, along


def _monotone_assignment(
    away: NDArray[np.float64], along: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Segment of each call, of least total `away`, so that calls never go back along the shape.

    Dynamic programming; two calls in a row share a segment only in the order of their `along`.
    """
    n_calls, n_segments = away.shape
    best = np.empty((n_calls, n_segments))
    best[0] = away[0]
    stays = np.zeros((n_calls, n_segments), np.bool_)  # the call before is best on this segment too
    for call in range(1, n_calls):
        earlier = np.full(n_segments, np.inf)
        earlier[1:] = np.minimum.accumulate(best[call - 1])[:-1]
        same = np.where(along[call] >= along[call - 1], best[call - 1], np.inf)
        stays[call] = same <= earlier
        best[call] = away[call] + np.minimum(same, earlier)
    segment = np.empty(n_calls, np.int64)
    segment[-1] = np.argmin(best[-1])
    for call in range(n_calls - 1, 0, -1):
        last = segment[call]
        segment[call - 1] = last if stays[call, last] else np.argmin(best[call - 1, :last])
    return segment


def _at(shape: NDArray[np.float64], segment: int, along: float) -> tuple[float, float]:
    lat, lon = shape[segment] + along * (shape[segment + 1] - shape[segment])
    return float(lat), float(lon)


def _without_repeats(points: list[tuple[float, float]]) -> Points:
    return tuple(p for i, p in enumerate(points) if i == 0 or p != points[i - 1])
