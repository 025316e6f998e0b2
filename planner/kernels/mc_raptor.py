"""McRAPTOR between bounds: arrival, rides and a cost (Delling, Dibbelt, Pajor, ALENEX 2019).

Where RAPTOR keeps one time, each point keeps a bag of labels none of which is as good as another
in time and cost. As in `raptor`, there are two bags: one of arrivals by vehicle, one of being
ready to board, for footpaths need not be transitive. Backward searches tell beforehand how late
one may be anywhere with so many rides taken; what is later than that never enters a bag, and
this is what makes the search fast.

The same code answers arrive-by: the mirrored timetable runs the day backwards.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from planner.kernels.day_timetable import DayTimetable, FootpathTable
from planner.kernels.mc_bags import (
    ALIGHT,
    BOARD,
    COST,
    LABEL_COLUMNS,
    NEXT,
    PARENT,
    PATTERN,
    RUN,
    TIME,
    WALK,
    add_label,
    is_as_good,
    is_no_better,
    with_room,
)
from planner.kernels.mc_bounds import Bounds
from planner.kernels.raptor import (
    Workspace,
    _collect_patterns,
    _earliest_run,
    _mark,
    new_workspace,
)
from planner.network.shape import NONE, UNREACHED

Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]

ROUNDS, PATTERNS, VISITS, LABELS, ARRIVALS = range(5)  # places in Found.counts
# Columns of Found.arrivals: the last ride's label, its number of rides, and its criteria.
LAST, RIDES, ARRIVAL, TOTAL, WALKED = range(5)
ARRIVAL_COLUMNS = 5
# Columns of the labels aboard while a pattern is scanned: the first three compare as those of
# Found.labels do.
_RUN, _OFFSET, _WALK, _BOARD, _FROM = range(5)
_ABOARD_COLUMNS = 5
_FIRST_ROOM = 1024  # rows; a table that is full is doubled


class Costs(NamedTuple):
    """What is weighed beside time; nothing costs less than 0.

    A ride costs what `ride` grows by between boarding and alighting, a second on foot
    `walk_weight`. walk_limit: seconds on foot that are too many, UNREACHED for no limit.
    """

    ride: Int32  # aligned with DayTimetable.stop
    footpath_walk: Int32  # aligned with FootpathTable.to, seconds of it on foot
    walk_weight: int
    walk_limit: int


class Found(NamedTuple):
    """Labels, and those that are at the destination; these may still beat one another."""

    labels: Int32  # (n_labels, LABEL_COLUMNS)
    arrivals: Int32  # (n_arrivals, ARRIVAL_COLUMNS)
    counts: Int64  # (5,) rounds, patterns scanned, labels carried past positions, labels, arrivals


class _State(NamedTuple):
    """What a search writes, but for the tables that grow."""

    ride_head: Int32  # (n_points,) newest label of each bag, NONE where it is empty
    ready_head: Int32
    work: Workspace
    counts: Int64


@njit(cache=True, nogil=True)
def search(
    day: DayTimetable,
    footpaths: FootpathTable,
    costs: Costs,
    bounds: Bounds,
    access_point: Int32,
    access_seconds: Int32,
    access_walk: Int32,
    time: int,
    egress: Int32,
    egress_walk: Int32,
    max_visits: int,
) -> Found:
    """Pareto set of arrival, rides and cost among the journeys that keep the bounds.

    access_point, access_seconds, access_walk: (n_access,) points at hand, how long after `time` one
    can board there, and the seconds of that on foot. egress, egress_walk: (n_points,) seconds
    from each point to the destination, UNREACHED where too far, and those of them on foot.
    max_visits: give up once more labels than that were carried past positions; counts[VISITS]
    tells.
    """
    n_points = day.call_offset.size - 1
    state = _State(
        np.full(n_points, NONE, np.int32),
        np.full(n_points, NONE, np.int32),
        new_workspace(0, day),
        np.zeros(5, np.int64),
    )
    counts = state.counts
    labels = np.empty((_FIRST_ROOM + access_point.size, LABEL_COLUMNS), np.int32)
    aboard = np.empty((_FIRST_ROOM, _ABOARD_COLUMNS), np.int32)
    arrivals = np.empty((_FIRST_ROOM, ARRIVAL_COLUMNS), np.int32)
    limited = bool(costs.walk_limit < UNREACHED)
    n_marked = 0
    for i in range(access_point.size):
        point, walk, ready = access_point[i], access_walk[i], time + access_seconds[i]
        if ready > bounds.ready_by[0, point] or walk > costs.walk_limit:
            continue
        cost = costs.walk_weight * walk
        new = counts[LABELS]
        if add_label(labels, state.ready_head, point, ready, cost, walk, limited, new):
            counts[LABELS] += 1
            labels[new, PARENT] = NONE
            n_marked = _mark(state.work, point, n_marked)
    fresh = 0
    for k in range(1, bounds.goal.size):
        n_queued = _collect_patterns(day, state.work, n_marked)
        if n_queued == 0 or counts[VISITS] > max_visits:
            break
        counts[ROUNDS] = k
        counts[PATTERNS] += n_queued
        ridden = counts[LABELS]
        n_marked = 0
        for q in range(n_queued):
            labels, aboard, arrivals, n_marked = _scan(
                day, costs, bounds, state, k, state.work.queue[q], fresh,
                egress, egress_walk, labels, aboard, arrivals, n_marked,
            )  # fmt: skip
            if counts[VISITS] > max_visits:
                break
        fresh = counts[LABELS]
        labels, n_marked = _walk(
            footpaths, costs, bounds, state, k, ridden, labels, arrivals, n_marked
        )
    return Found(labels[: counts[LABELS]].copy(), arrivals[: counts[ARRIVALS]].copy(), counts)


@njit(cache=True, nogil=True)
def _is_beaten(arrivals: Int32, n_arrivals: int, time: int, cost: int) -> bool:
    """Whether some journey found, of no more rides, is there as soon and costs as little."""
    for i in range(n_arrivals):
        if arrivals[i, ARRIVAL] <= time and arrivals[i, TOTAL] <= cost:
            return True
    return False


@njit(cache=True, nogil=True)
def _scan(
    day: DayTimetable,
    costs: Costs,
    bounds: Bounds,
    state: _State,
    k: int,
    pattern: int,
    fresh: int,
    egress: Int32,
    egress_walk: Int32,
    labels: Int32,
    aboard: Int32,
    arrivals: Int32,
    n_marked: int,
) -> tuple[Int32, Int32, Int32, int]:
    """Ride `pattern` from its first marked position on, on every run that is worth it.

    Alights before it boards, so that nobody rides from a position to itself. Boards with the
    labels from `fresh` on, those of the last round. Returns the tables and the number of marks.
    """
    stops = day.stop_offset[pattern]
    n_calls = day.stop_offset[pattern + 1] - stops
    sign = day.sign
    arrival_at = sign * day.event_first[pattern] + (0 if sign > 0 else day.events.size - 1)
    limited = bool(costs.walk_limit < UNREACHED)
    n_aboard = 0
    position = state.work.first[pattern]
    last = state.work.last[pattern]
    while position < n_calls and (n_aboard > 0 or position <= last):
        call = stops + position
        point = day.stop[call]
        if day.alight[call] and n_aboard > 0:
            state.counts[VISITS] += n_aboard
            labels = with_room(labels, state.counts[LABELS] + n_aboard)
            arrivals = with_room(arrivals, state.counts[ARRIVALS] + n_aboard)
            for i in range(n_aboard):
                run = aboard[i, _RUN]
                time = sign * day.events[arrival_at + sign * (run * n_calls + position)]
                cost = aboard[i, _OFFSET] + costs.ride[call]
                if time > bounds.ride_by[k, point] or _is_beaten(
                    arrivals, state.counts[ARRIVALS], time, cost
                ):
                    continue
                new = state.counts[LABELS]
                if not add_label(
                    labels, state.ride_head, point, time, cost, aboard[i, _WALK], limited, new
                ):
                    continue
                state.counts[LABELS] += 1
                labels[new, PARENT], labels[new, PATTERN] = aboard[i, _FROM], pattern
                labels[new, RUN], labels[new, BOARD] = run, aboard[i, _BOARD]
                labels[new, ALIGHT] = position
                n_marked = _mark(state.work, point, n_marked)
                if egress[point] < UNREACHED:
                    _arrive(
                        costs, bounds, k, labels, new, arrivals,
                        egress[point], egress_walk[point], state.counts,
                    )  # fmt: skip
        if position <= last and day.board[call]:
            aboard, n_aboard = _board(
                day, costs, bounds, state, k, pattern, position, fresh, labels, aboard, n_aboard
            )
        position += 1
    state.work.first[pattern] = NONE
    return labels, aboard, arrivals, n_marked


@njit(cache=True, nogil=True)
def _board(
    day: DayTimetable,
    costs: Costs,
    bounds: Bounds,
    state: _State,
    k: int,
    pattern: int,
    position: int,
    fresh: int,
    labels: Int32,
    aboard: Int32,
    n_aboard: int,
) -> tuple[Int32, int]:
    """Take with each fresh label of a point the earliest run, unless one aboard is as good.

    A label aboard is its run and its offset, the cost but for that of the position it is at:
    as runs never overtake, it stays as good as another all the way.
    """
    call = day.stop_offset[pattern] + position
    n_calls = day.stop_offset[pattern + 1] - day.stop_offset[pattern]
    n_runs = day.n_runs[pattern]
    point = day.stop[call]
    sign = day.sign
    half = day.events.size // 2
    column = sign * (day.event_first[pattern] + position) + (half if sign > 0 else half - 1)
    last_leaves = sign * day.events[column + sign * (n_runs - 1) * n_calls]
    limited = bool(costs.walk_limit < UNREACHED)
    label = state.ready_head[point]
    while label >= fresh:  # the newest come first; NONE is less than any
        ready = labels[label, TIME]
        run = -1
        if ready <= last_leaves:
            run = _earliest_run(day, pattern, column, n_calls, call, n_runs, ready)
        if run >= 0 and (
            sign * day.events[column + sign * run * n_calls] <= bounds.ready_by[k - 1, point]
        ):
            offset = labels[label, COST] - costs.ride[call]
            walk = labels[label, WALK]
            kept, beaten = 0, False
            for i in range(n_aboard):
                beaten |= is_as_good(aboard, i, run, offset, walk, limited)
            for i in range(0 if beaten else n_aboard):
                if not is_no_better(aboard, i, run, offset, walk, limited):
                    aboard[kept] = aboard[i]
                    kept += 1
            if not beaten:
                aboard = with_room(aboard, kept + 1)
                aboard[kept, _RUN], aboard[kept, _OFFSET], aboard[kept, _WALK] = run, offset, walk
                aboard[kept, _BOARD], aboard[kept, _FROM] = position, label
                n_aboard = kept + 1
        label = labels[label, NEXT]
    return aboard, n_aboard


@njit(cache=True, nogil=True)
def _arrive(
    costs: Costs,
    bounds: Bounds,
    k: int,
    labels: Int32,
    last: int,
    arrivals: Int32,
    seconds: int,
    walk: int,
    counts: Int64,
) -> None:
    """List the journey that goes from label `last` to the destination, unless one is as good."""
    time = labels[last, TIME] + seconds
    cost = labels[last, COST] + costs.walk_weight * walk
    walked = labels[last, WALK] + walk
    if time > bounds.goal[k] or walked > costs.walk_limit:
        return
    n = counts[ARRIVALS]
    if _is_beaten(arrivals, n, time, cost):
        return
    arrivals[n, LAST], arrivals[n, RIDES] = last, k
    arrivals[n, ARRIVAL], arrivals[n, TOTAL], arrivals[n, WALKED] = time, cost, walked
    counts[ARRIVALS] += 1


@njit(cache=True, nogil=True)
def _walk(
    footpaths: FootpathTable,
    costs: Costs,
    bounds: Bounds,
    state: _State,
    k: int,
    ridden: int,
    labels: Int32,
    arrivals: Int32,
    n_marked: int,
) -> tuple[Int32, int]:
    """Change on foot with every label of round k, those from `ridden` on; mark where one can board.

    The marks of points reached by vehicle are replaced; returns the labels and their number.
    """
    limited = bool(costs.walk_limit < UNREACHED)
    reached = state.work.marked[:n_marked].copy()
    for point in reached:
        state.work.is_marked[point] = False
    n_marked = 0
    for point in reached:
        label = state.ride_head[point]
        while label >= ridden:
            time, cost, walk = labels[label, TIME], labels[label, COST], labels[label, WALK]
            start, end = footpaths.offset[point], footpaths.offset[point + 1]
            labels = with_room(labels, state.counts[LABELS] + end - start)
            for f in range(start, end):
                there, seconds = footpaths.to[f], costs.footpath_walk[f]
                ready = time + footpaths.duration[f]
                total = cost + costs.walk_weight * seconds
                if (
                    ready > bounds.ready_by[k, there]
                    or walk + seconds > costs.walk_limit
                    or _is_beaten(arrivals, state.counts[ARRIVALS], ready, total)
                ):
                    continue
                new = state.counts[LABELS]
                if add_label(
                    labels, state.ready_head, there, ready, total, walk + seconds, limited, new
                ):
                    state.counts[LABELS] += 1
                    labels[new, PARENT] = label
                    n_marked = _mark(state.work, there, n_marked)
            label = labels[label, NEXT]
    return labels, n_marked
