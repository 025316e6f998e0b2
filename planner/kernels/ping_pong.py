"""All best journeys of a window of departures: forward for the arrival, back for the departure.

A search forward finds the earliest arrivals by number of rides. A search back from each of them
finds the latest departure that still makes it; it need only look where the forward one came by
in time. The next forward search leaves a second after the first of these departures.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from planner.kernels.day_timetable import DayTimetable, FootpathTable
from planner.kernels.raptor import (
    BOARD,
    PATTERN,
    POSITIONS,
    Int32,
    Int64,
    Labels,
    Limits,
    new_labels,
    new_workspace,
    no_limits,
    run_rounds,
    seed,
)
from planner.network.shape import UNREACHED


class Side(NamedTuple):
    """One direction of the question: its clock, and the end that it starts from."""

    day: DayTimetable
    footpaths: FootpathTable
    point: Int32  # (n,) points at hand at this end
    seconds: Int32  # (n,) to them


class Journeys(NamedTuple):
    """Journeys on the forward side's clock, in the order in which they were found.

    ride: places PATTERN..ALIGHT of Labels.ride_by on the back side's day, the last ride first;
    rows beyond n_rides are empty.
    """

    departure: Int32  # (n,)
    arrival: Int32  # (n,)
    n_rides: Int32  # (n,)
    ride: Int32  # (n, max_rides, 4)
    looked: int  # every journey that leaves less than so many seconds after `first` is there
    counts: Int64  # (4,) as Labels.counts, over all searches


@njit(cache=True, nogil=True)
def search_window(
    there: Side,
    back: Side,
    first: int,
    window: int,
    at_least: int,
    longest: int,
    max_rides: int,
    max_positions: int,
) -> Journeys:
    """Pareto set of departure, arrival and rides of journeys that leave from second `first` on.

    window: departures up to so many seconds later are wanted; more, up to `longest`, until
    `at_least` journeys are found. Journeys that leave later still may be among them.
    max_positions: give up once more positions than that were visited; counts[POSITIONS] tells.
    """
    n_points = there.day.call_offset.size - 1
    to_end = np.full(n_points, UNREACHED, np.int32)
    to_end[back.point] = back.seconds
    to_start = np.full(n_points, UNREACHED, np.int32)
    to_start[there.point] = there.seconds
    # By rides: the departure of the best journey known, and its arrival.
    leaves = np.full(max_rides + 1, -UNREACHED, np.int32)
    arrives = np.full(max_rides + 1, UNREACHED, np.int32)
    found = _no_journeys(max_rides)
    n_found = 0
    looked = 0
    while looked <= longest and (
        looked <= window or _count_before(found, n_found, first + looked) < at_least
    ):
        time = first + looked
        allowed = max_positions - found.counts[POSITIONS]
        forward = _ping(there, to_end, time, leaves, arrives, max_rides, allowed)
        found.counts[:] += forward.counts
        limits = _limits_of(forward, time)
        for k in range(1, max_rides + 1):
            if found.counts[POSITIONS] > max_positions or forward.target[k] >= UNREACHED:
                continue
            allowed = max_positions - found.counts[POSITIONS]
            labels = _pong(back, to_start, -forward.target[k], limits, k, allowed)
            found.counts[:] += labels.counts
            if labels.target[k] >= UNREACHED:
                continue  # the search was given up
            leaves[k], arrives[k] = -labels.target[k], forward.target[k]
            found = _with_room(found, n_found, max_rides)
            found.departure[n_found] = leaves[k]
            found.arrival[n_found] = arrives[k]
            found.n_rides[n_found] = k
            _unpack(back.day, labels, k, found.ride[n_found])
            n_found += 1
        if found.counts[POSITIONS] > max_positions:
            break
        soonest = int(UNREACHED)
        for k in range(1, max_rides + 1):
            if leaves[k] >= time:
                soonest = min(soonest, leaves[k])
        looked = soonest - first + 1 if soonest < UNREACHED else longest + 1
    return Journeys(
        found.departure[:n_found],
        found.arrival[:n_found],
        found.n_rides[:n_found],
        found.ride[:n_found],
        looked,
        found.counts,
    )


@njit(cache=True, nogil=True)
def _ping(
    there: Side,
    to_end: Int32,
    time: int,
    leaves: Int32,
    arrives: Int32,
    max_rides: int,
    max_positions: int,
) -> Labels:
    """Earliest arrivals by rides, where they are earlier than of journeys known to leave later."""
    labels = new_labels(max_rides, to_end.size)
    work = new_workspace(1, there.day)
    limits = no_limits(max_rides, to_end.size)
    for k in range(1, max_rides + 1):
        if leaves[k] >= time:
            limits.bound[k:] = np.minimum(limits.bound[k:], arrives[k] - 1)
    n_marked = seed(labels, work, there.point, there.seconds, time, int(UNREACHED))
    run_rounds(
        there.day, there.footpaths, to_end, limits, max_rides, max_positions,
        labels, work, n_marked, False,
    )  # fmt: skip
    return labels


@njit(cache=True, nogil=True)
def _limits_of(forward: Labels, time: int) -> Limits:
    """What a search back from any arrival of `forward` needs not look at; reuses its labels."""
    for k in range(1, forward.ride.shape[0]):
        for point in range(forward.ride.shape[1]):
            forward.ride[k, point] = min(forward.ride[k, point], forward.ride[k - 1, point])
            forward.ready[k, point] = min(forward.ready[k, point], forward.ready[k - 1, point])
    bound = np.full(forward.ride.shape[0], -time, np.int32)
    return Limits(bound, forward.ride, forward.ready)


@njit(cache=True, nogil=True)
def _pong(
    back: Side, to_start: Int32, time: int, limits: Limits, rides: int, max_positions: int
) -> Labels:
    """The latest departure, on the mirrored clock the earliest arrival, for one arrival."""
    labels = new_labels(rides, to_start.size)
    work = new_workspace(1, back.day)
    n_marked = seed(labels, work, back.point, back.seconds, time, limits.bound[0])
    run_rounds(
        back.day, back.footpaths, to_start, limits, rides, max_positions,
        labels, work, n_marked, False,
    )  # fmt: skip
    return labels


@njit(cache=True, nogil=True)
def _unpack(day: DayTimetable, labels: Labels, rides: int, out: Int32) -> None:
    """Follow the labels from the target to the origin; fills a row of `out` per ride."""
    stop = labels.target_stop[rides]
    for k in range(rides, 0, -1):
        out[rides - k] = labels.ride_by[k, stop]
        call = day.stop_offset[labels.ride_by[k, stop, PATTERN]] + labels.ride_by[k, stop, BOARD]
        stop = labels.ready_from[k - 1, day.stop[call]]


@njit(cache=True, nogil=True)
def _no_journeys(max_rides: int) -> Journeys:
    return Journeys(
        np.empty(16, np.int32),
        np.empty(16, np.int32),
        np.empty(16, np.int32),
        np.zeros((16, max_rides, 4), np.int32),
        0,
        np.zeros(4, np.int64),
    )


@njit(cache=True, nogil=True)
def _with_room(found: Journeys, n_found: int, max_rides: int) -> Journeys:
    """`found` with a free place at `n_found`."""
    if n_found < found.departure.size:
        return found
    more = np.empty(n_found, np.int32)
    return Journeys(
        np.concatenate((found.departure, more)),
        np.concatenate((found.arrival, more)),
        np.concatenate((found.n_rides, more)),
        np.concatenate((found.ride, np.zeros((n_found, max_rides, 4), np.int32))),
        found.looked,
        found.counts,
    )


@njit(cache=True, nogil=True)
def _count_before(found: Journeys, n_found: int, time: int) -> int:
    count = 0
    for i in range(n_found):
        if found.departure[i] < time:
            count += 1
    return count
