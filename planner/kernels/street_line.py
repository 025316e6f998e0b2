"""The line of a way along streets, and what adds up along it, in one pass."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from planner.network.shape import Int32, Streets


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
    count = 0
    for i in range(first, end):
        start, last = (begin if i == first else 0.0), (stop if i == end - 1 else 1.0)
        share = last - start
        length_m += share * float(streets.length_m[edges[i]])
        climb_m += share * float(streets.climb_m[edges[i]])
        descent_m += share * float(streets.climb_m[streets.reverse[edges[i]]])
        count = _add(streets, edges[i], start, last, line, count)
        offset[i - first + 1] = count
    return DrawnWay(first, end, begin, stop, line[:count], offset, length_m, climb_m, descent_m)


@njit(cache=True, nogil=True)
def _add(
    streets: Streets, edge: int, start: float, last: float, line: NDArray[np.float64], count: int
) -> int:
    """Put an edge's points in `line`, from share `start` of its length to share `last`."""
    n_points = int(streets.shape_count[edge])
    step = int(streets.direction[edge])  # +1 or -1, as its points are stored
    at = streets.shape_offset[edge] + (0 if step > 0 else n_points - 1)
    if start <= 0.0 and last >= 1.0:
        for i in range(n_points):
            line[count + i, 0] = streets.shape_lat[at + i * step]
            line[count + i, 1] = streets.shape_lon[at + i * step]
        return count + n_points
    east = math.cos(math.radians(streets.shape_lat[at]))
    length = 0.0
    for i in range(1, n_points):
        length += _apart(streets, at + (i - 1) * step, at + i * step, east)
    begin, stop = start * length, last * length
    line[count] = _point(streets, at, step, n_points, east, begin)
    count += 1
    along = 0.0
    for i in range(1, n_points):
        along += _apart(streets, at + (i - 1) * step, at + i * step, east)
        if begin < along < stop:
            line[count, 0] = streets.shape_lat[at + i * step]
            line[count, 1] = streets.shape_lon[at + i * step]
            count += 1
    line[count] = _point(streets, at, step, n_points, east, stop)
    return count + 1


@njit(cache=True, nogil=True)
def _apart(streets: Streets, one: int, other: int, east: float) -> float:
    """Degrees of latitude between two points of shapes."""
    return math.hypot(
        streets.shape_lat[other] - streets.shape_lat[one],
        (streets.shape_lon[other] - streets.shape_lon[one]) * east,
    )


@njit(cache=True, nogil=True)
def _point(
    streets: Streets, at: int, step: int, n_points: int, east: float, wanted: float
) -> tuple[float, float]:
    """The point so far along the shape that begins at `at`, in degrees of latitude."""
    along = 0.0
    for i in range(1, n_points):
        one, other = at + (i - 1) * step, at + i * step
        length = _apart(streets, one, other, east)
        if along + length > wanted or i == n_points - 1:
            share = min(max((wanted - along) / length, 0.0), 1.0) if length > 0.0 else 0.0
            lat, lon = streets.shape_lat[one], streets.shape_lon[one]
            return (
                lat + share * (streets.shape_lat[other] - lat),
                lon + share * (streets.shape_lon[other] - lon),
            )
        along += length
    return streets.shape_lat[at], streets.shape_lon[at]
