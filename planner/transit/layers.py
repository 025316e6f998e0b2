"""A day seen in layers: whoever has passed one more stop on the way is one layer further up.

With n stops to pass there are n + 1 layers, each with every transfer point and every pattern of
the day: point p of layer v is `v * n_points + p`. One rises where one calls at the stop that the
layer waits for. The ordinary kernels search such a day as any other; events and runs are shared
with the day itself, so that little is copied. (MOTIS' core nigiri keeps a label per stop passed
in its kernel; here it is the timetable that has the dimension.)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.kernels.day_timetable import DayTimetable, FootpathTable
from planner.network.shape import Int32
from planner.network.store import frozen
from planner.transit.service_day import ServiceDay

Array = NDArray[Any]
Row = list[tuple[int, int]]  # (seconds, point) of changes, the shortest first


class ViaPoints(NamedTuple):
    """A stop on the way: its station's transfer points, and how long one stays there."""

    points: frozenset[int]
    stay_s: int


class Layers(NamedTuple):
    """The layers of a day: what each but the last waits for."""

    n_points: int
    vias: tuple[ViaPoints, ...]

    def point(self, layer: int, point: int) -> int:
        """A point of a layer as the layered day numbers it."""
        return layer * self.n_points + point

    def waits_for(self, layer: int, point: int) -> bool:
        """Whether one rises from `layer` by calling at `point`."""
        return layer < len(self.vias) and point in self.vias[layer].points

    def change(self, layer: int, origin: int, destination: int, seconds: int) -> tuple[int, int]:
        """Where a change on foot leads, left by a vehicle's arrival in `layer`, and its seconds.

        Within the station, staying and changing are one; a way out of it begins after the stay.
        Whoever walks to a stop on the way stays there before boarding.
        """
        if self.waits_for(layer, origin):
            via = self.vias[layer]
            within = destination in via.points
            seconds = max(seconds, via.stay_s) if within else seconds + via.stay_s
            layer += 1
        if self.waits_for(layer, destination):
            seconds += self.vias[layer].stay_s
            layer += 1
        return layer, seconds


def layered_day(day: ServiceDay, layers: Layers) -> ServiceDay:
    """`day` in layers. Its points stand for themselves: a Reach into it is by point."""
    crossings = list(_crossings(day.forward, layers))
    n_points = layers.n_points * (len(layers.vias) + 1)
    out, into = _rows_out(day, layers), _rows_into(day, layers)
    return replace(
        day,
        forward=_layered(day.forward, layers, crossings),
        mirrored=_layered(day.mirrored, layers, [_reversed(day, one) for one in crossings[::-1]]),
        footpaths=_with_rows(day.footpaths, layers, out),
        mirrored_footpaths=_with_rows(day.mirrored_footpaths, layers, into),
        point_stop=frozen(np.arange(n_points), np.int32),
    )


class _Crossing(NamedTuple):
    """A pattern's ride through a stop where nobody need get out: it begins and ends in layers.

    point, board, alight: (n_calls,) as in the layered day.
    """

    pattern: int
    point: Int32
    board: NDArray[np.uint8]
    alight: NDArray[np.uint8]


def _crossings(day: DayTimetable, layers: Layers) -> Iterable[_Crossing]:
    """Every ride through stops on the way, from the layer before them to the one behind.

    One boards before a call at such a stop and after the last such call before it, and alights
    behind it; where the next stop on the way is passed too, there is a crossing to that layer.
    """
    for layer, via in enumerate(layers.vias):
        if via.stay_s == 0:
            for pattern, positions in _calls_at(day, via.points).items():
                begin = 0
                for position in positions:
                    yield from _crossing(day, layers, pattern, layer, begin, position)
                    begin = position


def _calls_at(day: DayTimetable, points: frozenset[int]) -> dict[int, list[int]]:
    """Positions of the calls at `points`, by pattern, in order, boarded or not."""
    calls = np.flatnonzero(np.isin(day.stop, list(points)))
    patterns = np.searchsorted(day.stop_offset, calls, "right") - 1
    found: dict[int, list[int]] = {}
    for pattern, call in zip(patterns.tolist(), calls.tolist(), strict=True):
        found.setdefault(pattern, []).append(call - int(day.stop_offset[pattern]))
    return found


def _crossing(  # noqa: PLR0917 - a pattern and three places on it
    day: DayTimetable, layers: Layers, pattern: int, layer: int, begin: int, via: int
) -> Iterable[_Crossing]:
    """Boarded from position `begin` on and before `via`; behind it, as far up as one comes."""
    row = slice(int(day.stop_offset[pattern]), int(day.stop_offset[pattern + 1]))
    stops = day.stop[row]
    position = np.arange(len(stops))
    board = day.board[row] * ((position >= begin) & (position < via))
    if not board.any():
        return
    above, last = layer, via
    while last < len(stops):
        above += 1
        alight = day.alight[row] * (position > last)
        if alight.any():
            at = np.where(position <= via, layer, above) * layers.n_points + stops
            yield _Crossing(pattern, at.astype(np.int32), board, alight)
        if above == len(layers.vias) or layers.vias[above].stay_s:
            return
        further = np.isin(stops, list(layers.vias[above].points)) & (position > last)
        last = int(further.argmax()) if further.any() else len(stops)


def _reversed(day: ServiceDay, crossing: _Crossing) -> _Crossing:
    """The same ride on the mirrored day."""
    return _Crossing(
        len(day.forward.run_first) - 1 - crossing.pattern,
        crossing.point[::-1],
        crossing.alight[::-1],
        crossing.board[::-1],
    )


def _layered(day: DayTimetable, layers: Layers, crossings: Sequence[_Crossing]) -> DayTimetable:
    """Every pattern once in each layer, and the crossings: behind them, in the mirror before.

    So the mirror of a pattern stands where `planner.transit.day_patterns.mirror` puts it.
    """
    order = range(len(layers.vias) + 1)[:: day.sign]
    n_patterns = len(day.run_first)
    rows = [slice(*day.stop_offset[one.pattern : one.pattern + 2]) for one in crossings]

    def joined(whole: Iterable[Array], own: Iterable[Array]) -> Array:
        parts = [*whole, *own] if day.sign > 0 else [*own, *whole]
        return np.concatenate(parts)

    def by_pattern(values: Array) -> Array:
        return frozen(
            joined([values] * len(order), [values[c.pattern : c.pattern + 1] for c in crossings]),
            values.dtype,
        )

    n_calls = joined(
        [np.diff(day.stop_offset)] * len(order), [np.array([len(c.point)]) for c in crossings]
    )
    points = [day.stop + np.int32(layers.point(layer, 0)) for layer in order]
    first_copy = 0 if day.sign > 0 else len(crossings)
    first_crossing = n_patterns * len(order) if day.sign > 0 else 0
    listed = _boarded(
        day, layers, [first_copy + n_patterns * order.index(layer) for layer in sorted(order)],
        crossings, first_crossing,
    )  # fmt: skip
    return day._replace(
        stop_offset=frozen(_offsets(n_calls), np.int32),
        stop=frozen(joined(points, [c.point for c in crossings]), np.int32),
        board=frozen(joined([day.board] * len(order), [c.board for c in crossings]), np.uint8),
        alight=frozen(joined([day.alight] * len(order), [c.alight for c in crossings]), np.uint8),
        since_start=frozen(
            joined([day.since_start] * len(order), [day.since_start[row] for row in rows]), np.int32
        ),
        event_first=by_pattern(day.event_first),
        run_first=by_pattern(day.run_first),
        n_runs=by_pattern(day.n_runs),
        usable=by_pattern(day.usable),
        call_offset=listed[0],
        call_pattern=listed[1],
        call_position=listed[2],
    )


def _boarded(
    day: DayTimetable,
    layers: Layers,
    first_copies: Sequence[int],
    crossings: Sequence[_Crossing],
    first_crossing: int,
) -> tuple[Int32, Int32, Int32]:
    """Who may be boarded at each point of each layer: call_offset, call_pattern, call_position.

    first_copies: the first pattern of each layer; first_crossing: that of the first crossing.
    """
    boarded = [np.flatnonzero(one.board[:-1]) for one in crossings]
    nothing = np.empty(0, np.int64)
    point = np.concatenate(
        [nothing, *(one.point[at] for one, at in zip(crossings, boarded, strict=True))]
    )
    position = np.concatenate([nothing, *boarded])
    pattern = np.repeat(first_crossing + np.arange(len(crossings)), [len(at) for at in boarded])
    by_point = np.argsort(point, kind="stable")
    n_points = layers.n_points * len(first_copies)
    counts = np.tile(np.diff(day.call_offset), len(first_copies))
    offset = _offsets(counts + np.bincount(point, minlength=n_points))
    # A crossing stands at the end of its point's row.
    behind = np.cumsum(counts)[point[by_point]] + np.arange(len(point))
    copied = np.ones(offset[-1], np.bool_)
    copied[behind] = False

    def listed(copies: Array, own: Array) -> Int32:
        values = np.empty(offset[-1], np.int32)
        values[copied], values[behind] = copies, own[by_point]
        return frozen(values, np.int32)

    copies = np.concatenate([day.call_pattern + np.int32(first) for first in first_copies])
    return (
        frozen(offset, np.int32),
        listed(copies, pattern),
        listed(np.tile(day.call_position, len(first_copies)), position),
    )


def _rows_out(day: ServiceDay, layers: Layers) -> dict[int, Row]:
    """Changes out of points whose rows are not those of one layer alone."""
    table = day.footpaths
    rows = {}
    for layer, via in enumerate(layers.vias):
        for point in via.points | _neighbours(day.mirrored_footpaths, via.points):
            row = []
            for there, seconds in _row(table, point):
                above, needed = layers.change(layer, point, there, seconds)
                row.append((needed, layers.point(above, there)))
            rows[layers.point(layer, point)] = sorted(row)
    return rows


def _rows_into(day: ServiceDay, layers: Layers) -> dict[int, Row]:
    """Changes into points whose rows are not those of one layer alone."""
    table = day.mirrored_footpaths
    rows = {}
    for number, via in enumerate(layers.vias):
        near = via.points | _neighbours(day.footpaths, via.points)
        for above, point in product((number, number + 1), near):
            row = []
            for origin, seconds in _row(table, point):
                for layer in range(above + 1):
                    there, needed = layers.change(layer, origin, point, seconds)
                    if there == above:
                        row.append((needed, layers.point(layer, origin)))
            rows[layers.point(above, point)] = sorted(row)
    return rows


def _row(table: FootpathTable, point: int) -> list[tuple[int, int]]:
    """(point, seconds) of each change in a point's row."""
    row = slice(table.offset[point], table.offset[point + 1])
    return list(zip(table.to[row].tolist(), table.duration[row].tolist(), strict=True))


def _neighbours(table: FootpathTable, points: Iterable[int]) -> frozenset[int]:
    """Every point in the rows of `points`."""
    return frozenset(there for point in points for there, _ in _row(table, point))


def _with_rows(table: FootpathTable, layers: Layers, rows: Mapping[int, Row]) -> FootpathTable:
    """The table once in each layer, with some `rows` put in the place of their own."""
    counts = np.tile(np.diff(table.offset), len(layers.vias) + 1)
    to, duration = [], []
    begin, layer = 0, 0  # what is copied next

    def copy(end: int) -> None:
        to.append(table.to[begin:end] + np.int32(layers.point(layer, 0)))
        duration.append(table.duration[begin:end])

    for number in [*sorted(rows), len(counts)]:
        while layer < number // layers.n_points:
            copy(len(table.to))
            begin, layer = 0, layer + 1
        if number == len(counts):
            break
        row, point = rows[number], number % layers.n_points
        copy(int(table.offset[point]))
        to.append(np.array([there for _, there in row], np.int32))
        duration.append(np.array([seconds for seconds, _ in row], np.int32))
        counts[number] = len(row)
        begin = int(table.offset[point + 1])
    return FootpathTable(
        frozen(_offsets(counts), np.int32),
        frozen(np.concatenate(to), np.int32),
        frozen(np.concatenate(duration), np.int32),
    )


def _offsets(counts: Array) -> Array:
    """0 and the running sums of `counts`."""
    offset = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=offset[1:])
    return offset
