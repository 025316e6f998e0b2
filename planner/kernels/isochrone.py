"""Where one gets to in so many minutes: times at the points of a lattice, and their outlines.

The outlines are marching squares (Lorensen and Cline, "Marching Cubes", 1987, in the plane): a line
crosses a side between two lattice points exactly where one is reached in time and the other isn't.
They never touch nor cross, every hole lies in the outline of its own part, and a longer time's hold
a shorter one's, for what a corner adds to its square only grows with the time. The place that it is
all about is a point of its own: its square is cut into triangles around it, so it is never lost.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from planner.kernels.snap import FERRY
from planner.kernels.street_ends import Ends, along_a_street, finish, seeds_at
from planner.kernels.street_search import DURATION, SETTLED, STATE, Seeds
from planner.network.shape import UNREACHED, Float64, Int32, Metric, Streets
from planner.network.straight_walk import EARTH_M

_DEGREE_M: Final = math.radians(EARTH_M)  # of latitude
# A line keeps so far from the lattice points, as a share of the side that it crosses.
_LEAST_SHARE: Final = 1 / 16
_LEAST_ASIDE: Final = 1 / 64  # and the place, from the sides of its square, in steps


class Sources(NamedTuple):
    """Where ways begin: a place, and perhaps points that one is at later, such as stops."""

    ends: Ends  # the place first
    delay: Int32  # (n,) tenths of a second until one is there; the place's is 0
    street: Int32  # the streets that they meet, rising
    on_street: Int32  # and which of them does


class Outlines(NamedTuple):
    """Closed lines with what is reached on their left: outer ones turn left, holes right.

    Coordinates are in steps of the lattice from its first point. A line's first point isn't
    repeated at its end.
    """

    offset: Int32  # (n_lines + 1,) -> row, column
    part: Int32  # (n_lines,) lines of one part are its outer line and its holes
    row: Float64  # northwards
    column: Float64  # eastwards


@njit(cache=True, nogil=True)
def seeds_of(
    streets: Streets, metric: Metric, sources: Sources, direction: int, pace: float
) -> Seeds:
    """The seeds of all sources together."""
    n_seeds = 2 * sources.ends.snap_offset[-1]
    node = np.empty(n_seeds, np.int32)
    cost = np.full(n_seeds, UNREACHED, np.int32)
    duration = np.full(n_seeds, UNREACHED, np.int32)
    count = 0
    for i in range(sources.delay.size):
        seeds = seeds_at(streets, metric, sources.ends, i, direction, pace)
        for k in range(seeds.node.size):
            node[count] = seeds.node[k]
            if seeds.cost[k] < UNREACHED:
                cost[count] = seeds.cost[k] + sources.delay[i]
                duration[count] = seeds.duration[k] + sources.delay[i]
            count += 1
    return Seeds(node, cost, duration)


@njit(cache=True, nogil=True)
def extent(
    labels: NDArray[np.int32], streets: Streets, metric: Metric, sources: Sources, most: int
) -> tuple[float, float, float, float]:
    """South, west, north and east ends of the streets on which a way of at most `most` may end.

    labels: of a search or sweep from the sources. Ferries are left out: no way ends on one.
    """
    south, west = sources.ends.lat[0], sources.ends.lon[0]
    north, east = south, west
    n_snaps = sources.ends.snap_offset[-1]
    lat, lon = streets.shape_lat, streets.shape_lon
    for i in range(-n_snaps, streets.node_lat.size):
        if i >= 0 and (labels[i, STATE] != SETTLED or labels[i, DURATION] > most):
            continue
        edge = sources.ends.snaps.edge[i + n_snaps] if i < 0 else streets.first_out[i]
        end = edge + 1 if i < 0 else streets.first_out[i + 1]
        if i >= 0:  # most nodes lie so deep inside that no street of theirs leads out
            longest = np.float64(streets.length_m[edge:end].max()) if edge < end else 0.0
            up = (1.0 + 1.01 * longest) / _DEGREE_M
            if south + up <= streets.node_lat[i] <= north - up:
                right = up / min(math.cos(math.radians(south)), math.cos(math.radians(north)))
                if west + right <= streets.node_lon[i] <= east - right:
                    continue
        for one in range(edge, end):
            cost = min(metric.cost[one], metric.cost[streets.reverse[one]])
            if cost >= UNREACHED or streets.road_class[one] == FERRY:
                continue
            begin = streets.shape_offset[one]
            for k in range(begin, begin + streets.shape_count[one]):
                south, north = min(south, lat[k]), max(north, lat[k])
                west, east = min(west, lon[k]), max(east, lon[k])
    return south, west, north, east


@njit(cache=True, nogil=True)
def time_points(
    labels: NDArray[np.int32],
    streets: Streets,
    metric: Metric,
    sources: Sources,
    points: Ends,
    width: int,
    direction: int,
    pace: float,
    times: NDArray[np.int32],
    row: int,
    column: int,
) -> None:
    """Write tenths of a second to each of `points` into the part of `times` that they cover.

    labels: of a search or sweep from the sources. points: rows of `width`; the first lies at `row`
    and `column` of `times`, and those that lie beside `times` are left out.
    """
    for i in range(points.lat.size):
        r, c = row + i // width, column + i % width
        if 0 <= r < times.shape[0] and 0 <= c < times.shape[1]:
            times[r, c] = UNREACHED
            if points.snap_offset[i] < points.snap_offset[i + 1]:
                cost, time, _, _ = finish(
                    labels, streets, metric, sources.ends, 0, points, i, direction, pace
                )
                if sources.delay.size > 1:
                    time = _beside(streets, metric, sources, points, i, direction, pace, cost, time)
                times[r, c] = time


@njit(cache=True, nogil=True)
def _beside(
    streets: Streets,
    metric: Metric,
    sources: Sources,
    points: Ends,
    point: int,
    direction: int,
    pace: float,
    cost: int,
    time: int,
) -> int:
    """The time of the cheapest way: of that cost and time, or from a source on the same street."""
    for snap in range(points.snap_offset[point], points.snap_offset[point + 1]):
        edge = points.snaps.edge[snap]
        at = np.searchsorted(sources.street, edge)
        while at < sources.street.size and sources.street[at] == edge:
            source = sources.on_street[at]
            way = along_a_street(
                streets, metric, sources.ends, source, points, point, direction, pace
            )
            if way[0] < UNREACHED and way[0] + sources.delay[source] < cost:
                cost = way[0] + sources.delay[source]
                time = way[1] + sources.delay[source]
            at += 1
    return time


@njit(cache=True, nogil=True)
def outline(
    times: NDArray[np.int32], row: float, column: float, limit: int, beyond: int
) -> Outlines:
    """The outlines of where `times` is at most `limit`, by lattice point, and of one's own place.

    times: (rows, columns) tenths of a second, the outermost ones above `limit`. row, column: the
    place, not on the outermost squares. Where a line crosses a side is interpolated; there a point
    that takes more than `beyond` longer than the limit counts as one that takes so much. So times
    above `limit + beyond` needn't be known.
    """
    width = times.shape[1]
    home = int(row) * width + int(column)  # its square
    place_row = int(row) + min(max(row - int(row), _LEAST_ASIDE), 1.0 - _LEAST_ASIDE)
    place_column = int(column) + min(max(column - int(column), _LEAST_ASIDE), 1.0 - _LEAST_ASIDE)
    # By side, the one where its line goes on; the last four join the place and the corners round it
    following = np.full(2 * times.size + 4, -1, np.int32)
    for r in range(times.shape[0] - 1):
        for c in range(width - 1):
            if r * width + c == home:
                _link_around(times, limit, home, following)
            else:
                _link(times, limit, r, c, following)
    parts = _parts(times, home, limit)
    found = Outlines(
        np.zeros(following.size // 4 + 2, np.int32),
        np.empty(following.size // 4 + 1, np.int32),
        np.empty(following.size),
        np.empty(following.size),
    )
    count = 0
    n_lines = 0
    for first in range(following.size):
        side = first
        while following[side] >= 0:
            inside, outside = _ends_of(times, limit, home, side)
            share = _share(times, limit, beyond, inside, outside)
            y: float = place_row if inside == times.size else inside // width
            x: float = place_column if inside == times.size else inside % width
            found.row[count] = y + share * (outside // width - y)
            found.column[count] = x + share * (outside % width - x)
            found.part[n_lines] = parts[inside]
            count += 1
            after = following[side]
            following[side] = -1
            side = after
        if count > found.offset[n_lines]:
            n_lines += 1
            found.offset[n_lines] = count
    return Outlines(
        found.offset[: n_lines + 1], found.part[:n_lines], found.row[:count], found.column[:count]
    )


@njit(cache=True, nogil=True)
def _link(
    times: NDArray[np.int32], limit: int, row: int, column: int, following: NDArray[np.int32]
) -> None:
    """Lay the lines through the square whose south-west corner is at (row, column).

    Corner k and side k, from corner k on, go round from the south-west to the left. Side 2 n goes
    east from lattice point n, side 2 n + 1 north. A line goes in by a side whose first corner is
    inside and its second outside, and out by one where it is the other way.
    """
    width = times.shape[1]
    low = row * width + column
    inside = (
        times[row, column] <= limit,
        times[row, column + 1] <= limit,
        times[row + 1, column + 1] <= limit,
        times[row + 1, column] <= limit,
    )
    if inside[0] == inside[1] and inside[1] == inside[2] and inside[2] == inside[3]:
        return
    sides = (2 * low, 2 * low + 3, 2 * (low + width), 2 * low + 1)
    step = 1 if _joined(times, limit, row, column) else 3  # round the outside, or the inside
    for one in range(4):
        if inside[one] and not inside[(one + 1) % 4]:
            other = (one + step) % 4
            while inside[other] or not inside[(other + 1) % 4]:
                other = (other + step) % 4
            following[sides[one]] = sides[other]


@njit(cache=True, nogil=True)
def _link_around(
    times: NDArray[np.int32], limit: int, home: int, following: NDArray[np.int32]
) -> None:
    """Lay the lines through the triangles that a square's sides make with a place inside it."""
    width = times.shape[1]
    sides = (2 * home, 2 * home + 3, 2 * (home + width), 2 * home + 1)
    for one in range(4):
        other = (one + 1) % 4
        inside = times.ravel()[_corner(home, one, width)] <= limit
        then_inside = times.ravel()[_corner(home, other, width)] <= limit
        if inside and not then_inside:
            following[sides[one]] = 2 * times.size + other
        elif then_inside and not inside:
            following[2 * times.size + one] = sides[one]
        elif not inside:
            following[2 * times.size + one] = 2 * times.size + other


@njit(cache=True, nogil=True)
def _corner(low: int, number: int, width: int) -> int:
    """The lattice point at a corner of the square whose south-west one is `low`."""
    east = 1 if 0 < number < 3 else 0
    return low + east + (width if number >= 2 else 0)


@njit(cache=True, nogil=True)
def _joined(times: NDArray[np.int32], limit: int, row: int, column: int) -> bool:
    """Whether corners of a square that lie opposite belong together: its middle is inside."""
    total = np.int64(times[row, column]) + times[row, column + 1]
    return bool(total + times[row + 1, column] + times[row + 1, column + 1] <= 4 * limit)


@njit(cache=True, nogil=True)
def _parts(times: NDArray[np.int32], home: int, limit: int) -> Int32:
    """By lattice point, the first of the part that it is in; the last one is the place in `home`.

    A point that isn't inside is a part of its own.
    """
    rows, width = times.shape
    first = np.arange(times.size + 1, dtype=np.int32)
    for number in range(4):
        corner = _corner(home, number, width)
        if times.ravel()[corner] <= limit:
            _join(first, corner, times.size)
    for r in range(rows - 1):
        for c in range(width - 1):
            low = r * width + c
            here, east = times[r, c] <= limit, times[r, c + 1] <= limit
            north, across = times[r + 1, c] <= limit, times[r + 1, c + 1] <= limit
            if here and east:
                _join(first, low, low + 1)
            if here and north:
                _join(first, low, low + width)
            if here != east and here == across and north == east and _joined(times, limit, r, c):
                one, other = (low, low + width + 1) if here else (low + 1, low + width)
                _join(first, one, other)
    for point in range(first.size):
        first[point] = first[first[point]]
    return first


@njit(cache=True, nogil=True)
def _join(first: NDArray[np.int32], one: int, other: int) -> None:
    """Let two points be of one part, under the lesser of their first points."""
    while first[one] != one:
        first[one] = first[first[one]]
        one = first[one]
    while first[other] != other:
        first[other] = first[first[other]]
        other = first[other]
    first[max(one, other)] = min(one, other)


@njit(cache=True, nogil=True)
def _ends_of(times: NDArray[np.int32], limit: int, home: int, side: int) -> tuple[int, int]:
    """The points of a side that a line crosses: the one inside, the one outside."""
    width = times.shape[1]
    if side >= 2 * times.size:
        return times.size, _corner(home, side - 2 * times.size, width)
    one = side // 2
    other = one + 1 if side % 2 == 0 else one + width
    if times[one // width, one % width] <= limit:
        return one, other
    return other, one


@njit(cache=True, nogil=True)
def _share(times: NDArray[np.int32], limit: int, beyond: int, inside: int, outside: int) -> float:
    """Where a line crosses a side, as a share of it from the point inside."""
    width = times.shape[1]
    # Who is at the place is there at once: were it counted so, the line would be near the corner.
    near = max(limit - beyond, 0)
    if inside < times.size:
        near = times[inside // width, inside % width]
    far = min(times[outside // width, outside % width], limit + beyond)
    return float(min(max((limit - near) / (far - near), _LEAST_SHARE), 1.0 - _LEAST_SHARE))
