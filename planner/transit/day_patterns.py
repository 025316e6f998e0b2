"""From the trips that run on a day to the patterns that RAPTOR scans, and their mirror."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.kernels.day_timetable import DayTimetable, assign_chains, copy_events
from planner.network.shape import NOT_ALLOWED, Int32, Int64, Timetable
from planner.network.store import frozen
from planner.transit.blocks import RunningTrips, Runs

Bools = NDArray[np.bool_]


class DayRuns(NamedTuple):
    """The trips of each run of a day, which the kernels needn't know."""

    part_offset: Int64  # (n_runs + 1,) -> trip, shift, first_call
    trip: Int32  # of the network's timetable
    shift: Int32  # seconds from the trip's own service day to this day's clock
    first_call: Int32  # position in the run of the trip's first call


class DayPatterns(NamedTuple):
    """A day's patterns, what runs on them, and which route each of their calls belongs to."""

    forward: DayTimetable
    runs: DayRuns
    call_route: Int32  # (n_calls,) beside forward.stop: the route one leaves that call with


def compile_patterns(
    timetable: Timetable, running: RunningTrips, runs: Runs, stepped: Bools
) -> DayPatterns:
    """Group runs into patterns of one stop sequence that never overtake.

    stepped: (n_stops,) where nobody may get on or off.
    """
    sequence, rows = _sequences(timetable, running, runs)
    begin, end = _ends(running, runs)
    runs, sequence = _reorder(runs, sequence, np.lexsort((end, begin, sequence)))
    offset, arrival, departure = _events(timetable, running, runs)
    chain = assign_chains(offset, arrival, departure, frozen(sequence, np.int32))
    if chain.any():
        order = np.lexsort((chain, sequence))  # stable: runs stay sorted in their chain
        runs, sequence = _reorder(runs, sequence, order)
        chain = chain[order]
        offset, arrival, departure = _events(timetable, running, runs)
    starts = np.ones(len(sequence), np.bool_)
    starts[1:] = (np.diff(sequence) != 0) | (np.diff(chain) != 0)
    first = np.flatnonzero(starts)
    calls = _calls_of(timetable, [rows[number] for number in sequence[first].tolist()], stepped)
    n_runs = np.diff(np.append(first, len(sequence)))
    n_calls = np.diff(calls.offset)
    middle = offset[first + n_runs // 2]
    event = np.arange(calls.offset[-1]) + np.repeat(middle - calls.offset[:-1], n_calls)
    forward = _with_calls(
        len(timetable.point_stop),
        stop_offset=frozen(calls.offset, np.int32),
        stop=frozen(calls.point, np.int32),
        board=frozen(calls.board, np.uint8),
        alight=frozen(calls.alight, np.uint8),
        since_start=frozen(departure[event] - np.repeat(departure[middle], n_calls), np.int32),
        event_first=frozen(offset[first], np.int64),
        events=frozen(np.concatenate([arrival, departure]), np.int32),
        run_first=frozen(first, np.int32),
        n_runs=frozen(n_runs, np.int32),
        starts=frozen(np.concatenate([departure[offset[:-1]], arrival[offset[1:] - 1]]), np.int32),
        usable=frozen(np.ones(len(first)), np.uint8),
        sign=1,
    )
    return DayPatterns(forward, _describe(timetable, running, runs), frozen(calls.route, np.int32))


def mirror(day: DayTimetable) -> DayTimetable:
    """The same day run backwards: the latest departure becomes the earliest arrival.

    Boarding and alighting change places, and every row is read from its end; the events are those
    of the day itself.
    """
    n_calls = np.diff(day.stop_offset)
    n_events, n_runs = len(day.events) // 2, len(day.starts) // 2
    middle = day.event_first + day.n_runs // 2 * n_calls.astype(np.int64)
    event = np.arange(len(day.stop)) + np.repeat(middle - day.stop_offset[:-1], n_calls)
    last = np.repeat(day.events[middle + n_calls - 1], n_calls)
    return _with_calls(
        len(day.call_offset) - 1,
        stop_offset=frozen(day.stop_offset[-1] - day.stop_offset[::-1], np.int32),
        stop=frozen(day.stop[::-1], np.int32),
        board=frozen(day.alight[::-1], np.uint8),
        alight=frozen(day.board[::-1], np.uint8),
        since_start=frozen((last - day.events[event])[::-1], np.int32),
        event_first=frozen((n_events - day.event_first - day.n_runs * n_calls)[::-1], np.int64),
        events=day.events,
        run_first=frozen((n_runs - day.run_first - day.n_runs)[::-1], np.int32),
        n_runs=frozen(day.n_runs[::-1], np.int32),
        starts=day.starts,
        usable=frozen(day.usable[::-1], np.uint8),
        sign=-day.sign,
    )


def sequence_of(timetable: Timetable, trip: Int32) -> Int64:
    """Stop sequence of each of these trips."""
    return np.searchsorted(timetable.sequence_trip_offset, trip, "right") - 1


def _sequences(
    timetable: Timetable, running: RunningTrips, runs: Runs
) -> tuple[Int64, dict[int, tuple[int, ...]]]:
    """A number for each run's row of stop sequences, and the row that a number stands for."""
    part = sequence_of(timetable, running.trip[runs.part])
    number = part[runs.part_offset[:-1]]
    rows: dict[int, tuple[int, ...]] = {one: (one,) for one in np.unique(number).tolist()}
    known: dict[tuple[int, ...], int] = {}
    for run in np.flatnonzero(np.diff(runs.part_offset) > 1).tolist():
        row = tuple(part[runs.part_offset[run] : runs.part_offset[run + 1]].tolist())
        number[run] = known.setdefault(row, len(timetable.sequence_route) + len(known))
    rows |= {one: row for row, one in known.items()}
    return number, rows


def _ends(running: RunningTrips, runs: Runs) -> tuple[Int32, Int32]:
    """First departure and last arrival of each run."""
    begin = running.begin[runs.part[runs.part_offset[:-1]]]
    return begin, running.end[runs.part[runs.part_offset[1:] - 1]]


def _reorder(runs: Runs, sequence: Int64, order: Int64) -> tuple[Runs, Int64]:
    index, offset = _rows(runs.part_offset, order)
    return Runs(offset, runs.part[index]), sequence[order]


def _events(timetable: Timetable, running: RunningTrips, runs: Runs) -> tuple[Int64, Int32, Int32]:
    """Where each run's events begin, (n_runs + 1,), and their arrivals and departures."""
    trip = frozen(running.trip[runs.part], np.int32)
    shift = frozen(running.shift[runs.part], np.int32)
    own = timetable.trip_event_offset
    part_offset = frozen(_offsets(np.diff(own)[trip]), np.int64)
    arrival, departure = (
        frozen(copy_events(own, times, trip, shift, part_offset), np.int32)
        for times in (timetable.arrival, timetable.departure)
    )
    return frozen(part_offset[runs.part_offset], np.int64), arrival, departure


class _Calls(NamedTuple):
    """Calls of patterns, one pattern after another."""

    offset: Int64
    point: Int32
    board: Bools
    alight: Bools
    route: Int32


def _calls_of(timetable: Timetable, rows: list[tuple[int, ...]], stepped: Bools) -> _Calls:
    """The calls of each pattern's row of stop sequences.

    Where one trip follows another in a run, riders leave at the last call of the first and board
    at the first call of the second, and not the other way round.
    """
    sequence = np.array([one for row in rows for one in row], np.int64)
    row_offset = _offsets(np.array([len(row) for row in rows], np.int64))
    index, offset = _rows(timetable.sequence_stop_offset, sequence)
    ends_pattern = np.zeros(len(sequence), np.bool_)
    ends_pattern[row_offset[1:] - 1] = True
    board = timetable.sequence_pickup_type[index] != NOT_ALLOWED
    alight = timetable.sequence_drop_off_type[index] != NOT_ALLOWED
    board[offset[1:][~ends_pattern] - 1] = False
    alight[offset[1:][~ends_pattern]] = False
    free = ~stepped[timetable.sequence_stop[index]]
    route = np.repeat(timetable.sequence_route[sequence], np.diff(offset))
    point = timetable.sequence_point[index]
    return _Calls(offset[row_offset], point, board & free, alight & free, route)


def _describe(timetable: Timetable, running: RunningTrips, runs: Runs) -> DayRuns:
    trip = running.trip[runs.part]
    counts = np.diff(timetable.trip_event_offset)[trip]
    before = _offsets(counts)[:-1]
    run_first = np.repeat(before[runs.part_offset[:-1]], np.diff(runs.part_offset))
    return DayRuns(
        frozen(runs.part_offset, np.int64),
        frozen(trip, np.int32),
        frozen(running.shift[runs.part], np.int32),
        frozen(before - run_first, np.int32),
    )


def _with_calls(
    n_points: int,
    *,
    stop_offset: Int32,
    stop: Int32,
    board: NDArray[np.uint8],
    alight: NDArray[np.uint8],
    since_start: Int32,
    event_first: Int64,
    events: Int32,
    run_first: Int32,
    n_runs: Int32,
    starts: Int32,
    usable: NDArray[np.uint8],
    sign: int,
) -> DayTimetable:
    """Add who can be boarded at each point; at its last call, a vehicle can't."""
    counts = np.diff(stop_offset)
    pattern = np.repeat(np.arange(len(counts)), counts)
    position = np.arange(len(pattern)) - np.repeat(stop_offset[:-1], counts)
    boarded = np.flatnonzero((board == 1) & (position < counts[pattern] - 1))
    boarded = boarded[np.argsort(stop[boarded], kind="stable")]
    offset = _offsets(np.bincount(stop[boarded], minlength=n_points))
    return DayTimetable(
        stop_offset=stop_offset,
        stop=stop,
        board=board,
        alight=alight,
        since_start=since_start,
        event_first=event_first,
        events=events,
        run_first=run_first,
        n_runs=n_runs,
        starts=starts,
        call_offset=frozen(offset, np.int32),
        call_pattern=frozen(pattern[boarded], np.int32),
        call_position=frozen(position[boarded], np.int32),
        usable=usable,
        sign=sign,
    )


def _offsets(counts: NDArray[np.integer]) -> Int64:
    """0 and the running sums of `counts`."""
    offset = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=offset[1:])
    return offset


def _rows(offset: NDArray[np.integer], owners: NDArray[np.integer]) -> tuple[Int64, Int64]:
    """Indices of all things of `owners`, one owner after another, and their new offsets."""
    counts = np.diff(offset)[owners]
    new_offset = _offsets(counts)
    index = np.arange(new_offset[-1]) + np.repeat(offset[owners] - new_offset[:-1], counts)
    return index, new_offset
