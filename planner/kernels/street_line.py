"""The line of a way along streets, and what adds up along it, in one pass.

What draws a single edge is given the few columns that it reads: a call with all of Streets counts
references to each of its arrays, and that takes longer than drawing.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from planner.network.shape import Float64, Int32, Streets


class DrawnWay(NamedTuple):
    """A way along streets, cut to what is travelled of its first and its last edge."""

    first: int  # of the edges given, the first that isn't a trifle
    end: int  # and after the last
    begin: float  # share of the first edge at which it begins
    stop: float  # and of the last at which it ends
    line: NDArray[np.float64]  # (n, 2) lat, lon
    offset: NDArray[np.int64]  # (edges + 1,) where on it each edge begins, and the last ends
    length_m: float
    climb_m: float
    descent_m: float


@njit(cache=True, nogil=True)
def draw_way(
    streets: Streets, edges: Int32, begin: float, stop: float, trifle_m: float
) -> DrawnWay:
    """The way along `edges`, from share `begin` of the first to share `stop` of the last.

    An end edge of which less than `trifle_m` is travelled isn't part of it, if others are left. An
    edge has both its ends in the line, so the nodes between edges are there twice.
    """
    first, end = 0, edges.size
    if end - first > 1 and (1.0 - begin) * streets.length_m[edges[first]] < trifle_m:
        first, begin = first + 1, 0.0
    if end - first > 1 and stop * streets.length_m[edges[end - 1]] < trifle_m:
        end, stop = end - 1, 1.0
    offset = np.zeros(end - first + 1, np.int64)
    room = 2
    for i in range(first, end):
        room += streets.shape_count[edges[i]]
    line = np.empty((room, 2))
    length_m = climb_m = descent_m = 0.0
    lat, lon = streets.shape_lat, streets.shape_lon
    count = 0
    for i in range(first, end):
        edge = edges[i]
        start, last = (begin if i == first else 0.0), (stop if i == end - 1 else 1.0)
        share = last - start
        length_m += share * float(streets.length_m[edge])
        climb_m += share * float(streets.climb_m[edge])
        descent_m += share * float(streets.climb_m[streets.reverse[edge]])
        n_points = int(streets.shape_count[edge])
        step = int(streets.direction[edge])  # +1 or -1, as its points are stored
        at = streets.shape_offset[edge] + (0 if step > 0 else n_points - 1)
        if start <= 0.0 and last >= 1.0:
            for k in range(n_points):
                line[count + k, 0] = lat[at + k * step]
                line[count + k, 1] = lon[at + k * step]
            count += n_points
        else:
            count = _add(lat, lon, at, step, n_points, start, last, line, count)
        offset[i - first + 1] = count
    return DrawnWay(first, end, begin, stop, line[:count], offset, length_m, climb_m, descent_m)


@njit(cache=True, nogil=True)
def _add(
    lat: Float64,
    lon: Float64,
    at: int,
    step: int,
    n_points: int,
    start: float,
    last: float,
    line: NDArray[np.float64],
    count: int,
) -> int:
    """Put the points of the shape from `at` in `line`, from share `start` of its length to `last`.

    It has `n_points`, and is stored that way (step: 1) or the other one (-1).
    """
    east = math.cos(math.radians(lat[at]))
    length = 0.0
    for i in range(1, n_points):
        length += _apart(lat, lon, at + (i - 1) * step, at + i * step, east)
    begin, stop = start * length, last * length
    line[count] = _point(lat, lon, at, step, n_points, east, begin)
    count += 1
    along = 0.0
    for i in range(1, n_points):
        along += _apart(lat, lon, at + (i - 1) * step, at + i * step, east)
        if begin < along < stop:
            line[count, 0] = lat[at + i * step]
            line[count, 1] = lon[at + i * step]
            count += 1
    line[count] = _point(lat, lon, at, step, n_points, east, stop)
    return count + 1


@njit(cache=True, nogil=True)
def _apart(lat: Float64, lon: Float64, one: int, other: int, east: float) -> float:
    """Degrees of latitude between two points of shapes."""
    return math.hypot(
        lat[other] - lat[one],
        (lon[other] - lon[one]) * east,
    )


@njit(cache=True, nogil=True)
def _point(
    lat: Float64, lon: Float64, at: int, step: int, n_points: int, east: float, wanted: float
) -> tuple[float, float]:
    """The point so far along the shape that begins at `at`, in degrees of latitude."""
    along = 0.0
    for i in range(1, n_points):
        one, other = at + (i - 1) * step, at + i * step
        length = _apart(lat, lon, one, other, east)
        if along + length > wanted or i == n_points - 1:
            share = min(max((wanted - along) / length, 0.0), 1.0) if length > 0.0 else 0.0
            return (
                lat[one] + share * (lat[other] - lat[one]),
                lon[one] + share * (lon[other] - lon[one]),
            )
        along += length
    return lat[at], lon[at]
