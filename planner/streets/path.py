"""A way through the streets as the searches return it: edges, and how much of the two end ones."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.network.shape import Int32, Streets
from planner.request import Coordinate

Line = NDArray[np.float64]  # (n, 2) lat, lon in degrees


class Inside(NamedTuple):
    """The way between a platform and the entrance of its station where a path meets the streets."""

    entrance: int  # the stop that stands for it
    place: Coordinate  # of the entrance
    seconds: int
    length_m: float  # straight: the pathways' own lengths aren't all published


@dataclass(frozen=True, slots=True, kw_only=True)
class StreetPath:
    """The least-cost way of one profile from `origin` to `destination`.

    edges: in travel order; empty where both ends lie in the open with no street between.
    start_fraction, end_fraction: where on the first edge it begins and on the last it ends, as a
    share of that edge from its own tail.
    start_m, end_m: the straight lines from the origin to the street and from it to the destination.
    start_inside, end_inside: where a platform lies behind an entrance, the way between; the
    straight line is then the entrance's.
    duration: seconds, rounded up; cost: perceived seconds; both include straight lines and insides.
    points: (lat, lon) from origin to destination.
    line, line_offset: of its edges alone, as `line_of`.
    """

    profile: str
    origin: Coordinate
    destination: Coordinate
    edges: Int32
    start_fraction: float
    end_fraction: float
    start_m: float
    end_m: float
    duration: int
    cost: float
    length_m: float
    climb_m: float
    descent_m: float
    points: tuple[tuple[float, float], ...]
    line: Line
    line_offset: NDArray[np.int64]
    start_inside: Inside | None = None
    end_inside: Inside | None = None

    @property
    def outdoors(self) -> tuple[Coordinate, Coordinate]:
        """Where it comes out into the open, and where it leaves it."""
        return (
            self.start_inside.place if self.start_inside else self.origin,
            self.end_inside.place if self.end_inside else self.destination,
        )


def shares_of(n_edges: int, start_fraction: float, end_fraction: float) -> NDArray[np.float64]:
    """How much of each edge of a path is travelled, 0..1."""
    shares = np.ones(n_edges)
    if n_edges:
        shares[0] -= start_fraction
        shares[-1] -= 1.0 - end_fraction
    return shares


def line_of(
    streets: Streets, edges: Int32, start_fraction: float, end_fraction: float
) -> tuple[Line, NDArray[np.int64]]:
    """The line of a path's edges, the first and last cut to what is travelled.

    And where on it each edge begins and the last ends, (n_edges + 1,): an edge has both its ends,
    so the line has the nodes between edges twice.
    """
    count = streets.shape_count[edges].astype(np.int64)
    offset = np.zeros(len(edges) + 1, np.int64)
    np.cumsum(count, out=offset[1:])
    step = streets.direction[edges].astype(np.int64)  # +1 or -1, as its points are stored
    first = streets.shape_offset[edges] + np.where(step < 0, count - 1, 0)
    nth = np.arange(offset[-1]) - np.repeat(offset[:-1], count)
    at = np.repeat(first, count) + nth * np.repeat(step, count)
    line = np.column_stack((streets.shape_lat[at], streets.shape_lon[at]))
    if not len(edges) or (start_fraction <= 0.0 and end_fraction >= 1.0):
        return line, offset
    one = len(edges) == 1
    head = _cut(line[: offset[1]], start_fraction, end_fraction if one else 1.0)
    tail = [] if one else [_cut(line[offset[-2] :], 0.0, end_fraction)]
    between = line[offset[1] : offset[-2]] if not one else line[:0]
    offset[1:] += len(head) - offset[1]
    offset[-1] = offset[-2] + len(tail[0]) if tail else len(head)
    return np.concatenate((head, between, *tail)), offset


def _cut(line: Line, start: float, end: float) -> Line:
    """A line from share `start` to share `end` of its length."""
    if start <= 0.0 and end >= 1.0:
        return line
    points = line.tolist()
    east = math.cos(math.radians(points[0][0]))
    along = [0.0]
    for (lat, lon), (then_lat, then_lon) in pairwise(points):
        along.append(along[-1] + math.hypot(then_lat - lat, (then_lon - lon) * east))
    first, last = start * along[-1], end * along[-1]
    inside = [point for point, at in zip(points, along, strict=True) if first < at < last]
    return np.array([_point_at(points, along, first), *inside, _point_at(points, along, last)])


def _point_at(points: list[list[float]], along: list[float], at: float) -> list[float]:
    """The point of a line so far along it; `along`: how far its points are."""
    i = min(max(bisect_right(along, at), 1), len(along) - 1)
    length = along[i] - along[i - 1]
    share = min(max((at - along[i - 1]) / length, 0.0), 1.0) if length else 0.0
    return [a + share * (b - a) for a, b in zip(points[i - 1], points[i], strict=True)]


def point_line(place: Coordinate) -> Line:
    """The line of one point."""
    return np.array([(place.lat, place.lon)])


def joined(
    lines: list[Line], origin: Coordinate, destination: Coordinate
) -> tuple[tuple[float, float], ...]:
    """Through `lines` from origin to destination, at 1e-6 degrees, no point twice in a row."""
    points = np.round(np.concatenate([point_line(origin), *lines, point_line(destination)]), 6)
    kept = np.concatenate(((True,), np.any(np.diff(points, axis=0) != 0.0, axis=1)))
    lat, lon = points[kept].T.tolist()
    return tuple(zip(lat, lon, strict=True))
