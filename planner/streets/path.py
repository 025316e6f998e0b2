"""A way through the streets as the searches return it: edges, and how much of the two end ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.network.shape import Int32
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
    line: of its edges alone, (n, 2) lat, lon; the first and last edge cut to what is travelled. An
    edge has both its ends, so the line has the nodes between edges twice.
    at: the time whose streets it takes; None: as they are outside the hours of all conditions.
    line_offset: where on it each edge begins and the last ends, (n_edges + 1,).
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
    line: Line
    line_offset: NDArray[np.int64]
    at: datetime | None = None
    start_inside: Inside | None = None
    end_inside: Inside | None = None

    @property
    def outdoors(self) -> tuple[Coordinate, Coordinate]:
        """Where it comes out into the open, and where it leaves it."""
        return (
            self.start_inside.place if self.start_inside else self.origin,
            self.end_inside.place if self.end_inside else self.destination,
        )

    @property
    def points(self) -> tuple[tuple[float, float], ...]:
        """(lat, lon) from origin to destination, at 1e-6 degrees, no point twice in a row."""
        lines = [self.line]
        if self.start_inside is not None:
            lines.insert(0, point_line(self.start_inside.place))
        if self.end_inside is not None:
            lines.append(point_line(self.end_inside.place))
        return joined(lines, self.origin, self.destination)


def shares_of(n_edges: int, start_fraction: float, end_fraction: float) -> NDArray[np.float64]:
    """How much of each edge of a path is travelled, 0..1."""
    shares = np.ones(n_edges)
    if n_edges:
        shares[0] -= start_fraction
        shares[-1] -= 1.0 - end_fraction
    return shares


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
