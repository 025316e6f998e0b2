"""RAPTOR: one pass over the patterns per vehicle boarded (Delling, Pajor, Werneck 2012).

Footpaths need not be transitive, so each point keeps two labels a round: when one is there by
vehicle, and when one is ready to board. Only arrivals by vehicle are walked on from; with one
label a walk could follow a walk, or a walk hide a ride that others walk on from.

The same code answers arrive-by: the mirrored timetable runs the day backwards.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from planner.kernels.day_timetable import DayTimetable, FootpathTable
from planner.network.shape import NONE, UNREACHED

Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]

ROUNDS, PATTERNS, POSITIONS, IMPROVED = range(4)  # places in Labels.counts
PATTERN, RUN, BOARD, ALIGHT = range(4)  # places in Labels.ride_by


class Labels(NamedTuple):
    """What a search found; row k is about journeys of exactly k rides.

    ride: arrival by vehicle, UNREACHED where it doesn't improve on fewer rides.
    ride_by: the ride of that label: pattern, run in the pattern, and the positions where it is
    boarded and left.
    ready: when one is ready to board; ready_from: the point walked from, NONE from the origin.
    target: arrival at the destination; target_stop: the last point. Row 0 is never reached.
    """

    ride: Int32  # (max_rides + 1, n_points) seconds
    ride_by: Int32  # (max_rides + 1, n_points, 4) PATTERN..ALIGHT
    ready: Int32  # (max_rides + 1, n_points) seconds
    ready_from: Int32
    target: Int32  # (max_rides + 1,) seconds
    target_stop: Int32  # (max_rides + 1,)
    counts: Int64  # (4,) rounds, patterns scanned, positions visited, labels improved


class Workspace(NamedTuple):
    """What a search writes on; one can serve many searches of a day, one after another.

    best_ride, best_ready: row k holds the best labels of up to k rides; where there is one row
    only, of any number so far.
    """

    best_ride: Int32  # (1 or max_rides + 1, n_points)
    best_ready: Int32
    first: Int32  # (n_patterns,) earliest position to board at, NONE where not queued
    last: Int32  # (n_patterns,) and the latest
    queue: Int32  # (n_patterns,)
    marked: Int32  # (n_points,)
    is_marked: NDArray[np.bool_]


class Limits(NamedTuple):
    """What is known before a search, to leave out what can't lead to anything new.

    bound: nothing later than bound[k] is of use with k rides or more.
    others_ride, others_ready: the labels that a search the other way found for up to k rides, on
    its own clock: with k rides left, one that arrives by vehicle must be ready there in the other
    search, and one who boards there must have come by vehicle in the other. One row of the
    lowest number says nothing.
    """

    bound: Int32  # (max_rides + 1,) seconds
    others_ride: Int32  # (1 or max_rides + 1, n_points)
    others_ready: Int32


@njit(cache=True, nogil=True)
def search(
    day: DayTimetable,
    footpaths: FootpathTable,
    access_stop: Int32,
    access_seconds: Int32,
    time: int,
    egress: Int32,
    latest: int,
    max_rides: int,
    max_positions: int,
) -> Labels:
    """Earliest arrivals from an origin, one row per number of rides.

    access_stop, access_seconds: (n_access,) points at hand, and how long after `time` one can
    board there. egress: (n_points,) seconds from each point to the destination, UNREACHED where
    too far; all UNREACHED asks for every point. latest: nothing at or after this second is of use.
    max_positions: give up once more positions than that were visited; counts[POSITIONS] tells.
    """
    n_points = day.call_offset.size - 1
    labels = new_labels(max_rides, n_points)
    work = new_workspace(1, day)
    limits = no_limits(max_rides, n_points)
    limits.bound[:] = latest - 1
    n_marked = seed(labels, work, access_stop, access_seconds, time, latest - 1)
    to_end = egress.copy()  # writeable, as for the other searches: one signature
    run_rounds(
        day, footpaths, to_end, limits, max_rides, max_positions, labels, work, n_marked, False
    )
    return labels


@njit(cache=True, nogil=True)
def new_labels(max_rides: int, n_points: int) -> Labels:
    """Labels of a search that hasn't begun."""
    shape = (max_rides + 1, n_points)
    return Labels(
        np.full(shape, UNREACHED, np.int32),
        np.empty((max_rides + 1, n_points, 4), np.int32),
        np.full(shape, UNREACHED, np.int32),
        np.full(shape, NONE, np.int32),
        np.full(max_rides + 1, UNREACHED, np.int32),
        np.full(max_rides + 1, NONE, np.int32),
        np.zeros(4, np.int64),
    )


@njit(cache=True, nogil=True)
def new_workspace(rows: int, day: DayTimetable) -> Workspace:
    """A clean workspace for searches on `day`."""
    n_points = day.call_offset.size - 1
    n_patterns = day.run_first.size
    return Workspace(
        np.full((rows, n_points), UNREACHED, np.int32),
        np.full((rows, n_points), UNREACHED, np.int32),
        np.full(n_patterns, NONE, np.int32),
        np.empty(n_patterns, np.int32),
        np.empty(n_patterns, np.int32),
        np.empty(n_points, np.int32),
        np.zeros(n_points, np.bool_),
    )


@njit(cache=True, nogil=True)
def no_limits(max_rides: int, n_points: int) -> Limits:
    """Limits that leave nothing out."""
    return Limits(
        np.full(max_rides + 1, UNREACHED - 1, np.int32),
        np.full((1, n_points), -UNREACHED, np.int32),
        np.full((1, n_points), -UNREACHED, np.int32),
    )


@njit(cache=True, nogil=True)
def seed(
    labels: Labels, work: Workspace, stop: Int32, seconds: Int32, time: int, bound: int
) -> int:
    """Be ready at the points `stop` so many seconds after `time`; return how many are marked."""
    n_marked = 0
    rows = work.best_ready.shape[0]
    for i in range(stop.size):
        point = stop[i]
        ready = time + seconds[i]
        if ready < work.best_ready[0, point] and ready <= bound:
            for row in range(rows):
                if ready >= work.best_ready[row, point]:
                    break
                work.best_ready[row, point] = ready
            labels.ready[0, point] = ready
            labels.ready_from[0, point] = NONE
            n_marked = _mark(work, point, n_marked)
    return n_marked


@njit(cache=True, nogil=True)
def run_rounds(
    day: DayTimetable,
    footpaths: FootpathTable,
    egress: Int32,
    limits: Limits,
    max_rides: int,
    max_positions: int,
    labels: Labels,
    work: Workspace,
    n_marked: int,
    walk_last: bool,
) -> None:
    """Ride and walk from the marked points until nothing improves; fills `labels`.

    walk_last: after the last ride too, for whoever wants to know where one comes on foot.
    """
    goal = int(UNREACHED)  # an arrival at the destination counts if it is earlier
    for k in range(1, max_rides + 1):
        n_queued = _collect_patterns(day, work, n_marked)
        if n_queued == 0:
            break
        goal = min(goal, limits.bound[k] + 1)
        labels.counts[ROUNDS] = max(labels.counts[ROUNDS], k)
        labels.counts[PATTERNS] += n_queued
        n_marked = 0
        for q in range(n_queued):
            n_marked, goal = _scan(
                day, labels, work, limits, k, max_rides - k, work.queue[q], egress, goal, n_marked
            )
            work.first[work.queue[q]] = NONE
        if k < max_rides or walk_last:
            bound = min(goal, limits.bound[k])
            n_marked = _walk(footpaths, labels, work, limits, k, max_rides - k, bound, n_marked)
        if labels.counts[POSITIONS] > max_positions:
            break
    for m in range(n_marked):
        work.is_marked[work.marked[m]] = False


@njit(cache=True, nogil=True)
def _mark(work: Workspace, point: int, n_marked: int) -> int:
    """Put `point` on the list once; return the list's new length."""
    if work.is_marked[point]:
        return n_marked
    work.is_marked[point] = True
    work.marked[n_marked] = point
    return n_marked + 1


@njit(cache=True, nogil=True)
def _collect_patterns(day: DayTimetable, work: Workspace, n_marked: int) -> int:
    """Queue the patterns that call at marked points, with their first and last such position.

    Clears the marks; returns the number queued.
    """
    n_queued = 0
    for m in range(n_marked):
        point = work.marked[m]
        work.is_marked[point] = False
        for call in range(day.call_offset[point], day.call_offset[point + 1]):
            pattern = day.call_pattern[call]
            if not day.usable[pattern]:
                continue
            position = day.call_position[call]
            if work.first[pattern] == NONE:
                work.first[pattern] = position
                work.last[pattern] = position
                work.queue[n_queued] = pattern
                n_queued += 1
            else:
                work.first[pattern] = min(work.first[pattern], position)
                work.last[pattern] = max(work.last[pattern], position)
    return n_queued


@njit(cache=True, nogil=True)
def _scan(
    day: DayTimetable,
    labels: Labels,
    work: Workspace,
    limits: Limits,
    k: int,
    rides_left: int,
    pattern: int,
    egress: Int32,
    goal: int,
    n_marked: int,
) -> tuple[int, int]:
    """Ride `pattern` from its first marked position, always on the earliest run caught.

    Alights before it boards, so that nobody rides from a position to itself. Lowers labels of
    round k in place; returns the number of marked points and the best arrival at the destination.
    What comes as late as that one is kept: the way back may leave later from there.
    """
    bound = min(goal, limits.bound[k])
    stops = day.stop_offset[pattern]
    n_calls = day.stop_offset[pattern + 1] - stops
    n_events = day.events.size // 2
    sign = day.sign
    arrival_at = sign * day.event_first[pattern] + (0 if sign > 0 else 2 * n_events - 1)
    departure_at = sign * day.event_first[pattern] + (n_events if sign > 0 else n_events - 1)
    row = min(k, work.best_ride.shape[0] - 1)
    other = min(rides_left, limits.others_ready.shape[0] - 1)
    run = int(day.n_runs[pattern])  # only those before this one are of interest
    riding = False
    boarded = -1
    position = work.first[pattern]
    last = work.last[pattern]
    labels.counts[POSITIONS] -= position
    while position < n_calls and (riding or position <= last):
        stop = day.stop[stops + position]
        if riding:
            arrival = sign * day.events[arrival_at + sign * (run * n_calls + position)]
            if arrival > bound:
                riding = False
            elif (
                day.alight[stops + position]
                and arrival < work.best_ride[row, stop]
                and -arrival >= limits.others_ready[other, stop]
            ):
                _lower(work.best_ride, row, stop, arrival)
                labels.ride[k, stop] = arrival
                labels.ride_by[k, stop, PATTERN] = pattern
                labels.ride_by[k, stop, RUN] = run
                labels.ride_by[k, stop, BOARD] = boarded
                labels.ride_by[k, stop, ALIGHT] = position
                labels.counts[IMPROVED] += 1
                n_marked = _mark(work, stop, n_marked)
                if egress[stop] < UNREACHED and arrival + egress[stop] < goal:
                    goal = bound = arrival + egress[stop]
                    labels.target[k] = goal
                    labels.target_stop[k] = stop
        if position <= last and run > 0 and day.board[stops + position]:
            ready = int(labels.ready[k - 1, stop])
            column = departure_at + sign * position
            if ready <= bound and sign * day.events[column + sign * (run - 1) * n_calls] >= ready:
                run = _earliest_run(day, pattern, column, n_calls, stops + position, run, ready)
                riding = True
                boarded = position
        position += 1
    labels.counts[POSITIONS] += position
    return n_marked, goal


@njit(cache=True, nogil=True)
def _lower(best: Int32, row: int, stop: int, time: int) -> None:
    """Lower the best label of this row, and of those with more rides."""
    while row < best.shape[0] and time < best[row, stop]:
        best[row, stop] = time
        row += 1


@njit(cache=True, nogil=True)
def _earliest_run(
    day: DayTimetable,
    pattern: int,
    column: int,
    n_calls: int,
    call: int,
    before: int,
    ready: int,
) -> int:
    """First run departing at or after `ready`, of those before `before`, the last of which does.

    The first departures of a pattern lie side by side, those at one position far apart: it is
    guessed from the first departures, and mended at the position.
    """
    sign = day.sign
    starts = sign * day.run_first[pattern] + (0 if sign > 0 else day.starts.size - 1)
    leaving = ready - day.since_start[call]
    low, high = 0, before - 1
    while low < high:
        middle = (low + high) // 2
        if sign * day.starts[starts + sign * middle] < leaving:
            low = middle + 1
        else:
            high = middle
    while low > 0 and sign * day.events[column + sign * (low - 1) * n_calls] >= ready:
        low -= 1
    while sign * day.events[column + sign * low * n_calls] < ready:
        low += 1
    return low


@njit(cache=True, nogil=True)
def _walk(
    footpaths: FootpathTable,
    labels: Labels,
    work: Workspace,
    limits: Limits,
    k: int,
    rides_left: int,
    bound: int,
    n_marked: int,
) -> int:
    """Change on foot from every point reached by vehicle in round k; mark where one can board.

    The marks of points reached by vehicle are replaced; returns how many are marked.
    """
    row = min(k, work.best_ready.shape[0] - 1)
    other = min(rides_left, limits.others_ride.shape[0] - 1)
    reached = work.marked[:n_marked].copy()
    for stop in reached:
        work.is_marked[stop] = False
    n_marked = 0
    for stop in reached:
        arrival = labels.ride[k, stop]
        for f in range(footpaths.offset[stop], footpaths.offset[stop + 1]):
            there = footpaths.to[f]
            ready = arrival + footpaths.duration[f]
            if ready > bound:
                break  # a row is sorted by duration
            if ready < work.best_ready[row, there] and -ready >= limits.others_ride[other, there]:
                _lower(work.best_ready, row, there, ready)
                labels.ready[k, there] = ready
                labels.ready_from[k, there] = stop
                n_marked = _mark(work, there, n_marked)
    return n_marked
