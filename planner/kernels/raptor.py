"""RAPTOR: one pass over the patterns per vehicle boarded (Delling, Pajor, Werneck 2012).

Footpaths need not be transitive, so each stop keeps two labels a round: when one is there by
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


class Labels(NamedTuple):
    """What a search found; row k is about journeys of exactly k rides.

    ride: arrival by vehicle, UNREACHED where it doesn't improve on fewer rides.
    ride_pattern, ride_trip, ride_board, ride_alight: the ride of that label: pattern, trip in
    the pattern, and the positions where it is boarded and left.
    ready: when one is ready to board; ready_from: the stop walked from, NONE from the origin.
    target: arrival at the destination; target_stop: the last stop. Row 0 is never reached.
    """

    ride: Int32  # (max_rides + 1, n_stops) seconds
    ride_pattern: Int32
    ride_trip: Int32
    ride_board: Int32
    ride_alight: Int32
    ready: Int32  # (max_rides + 1, n_stops) seconds
    ready_from: Int32
    target: Int32  # (max_rides + 1,) seconds
    target_stop: Int32  # (max_rides + 1,)
    counts: Int64  # (4,) rounds, patterns scanned, positions visited, labels improved


@njit(cache=True, nogil=True)
def search(
    day: DayTimetable,
    footpaths: FootpathTable,
    access_stop: Int32,
    access_time: Int32,
    egress: Int32,
    latest: int,
    max_rides: int,
    max_positions: int,
) -> Labels:
    """Earliest arrivals from an origin, one row per number of rides.

    access_stop, access_time: (n_access,) stops at hand and when one can board there.
    egress: (n_stops,) seconds from each stop to the destination, UNREACHED where too far; all
    UNREACHED asks for every stop. latest: nothing at or after this second is of use.
    max_positions: give up once more positions than that were visited; counts[POSITIONS] tells.
    """
    n_stops = day.call_offset.size - 1
    labels = _new_labels(max_rides, n_stops)
    best_ride = np.full(n_stops, UNREACHED, np.int32)
    best_ready = np.full(n_stops, UNREACHED, np.int32)
    first = np.full(day.stop_offset.size - 1, NONE, np.int32)  # earliest boarding position
    queue = np.empty(day.stop_offset.size - 1, np.int32)
    marked = np.empty(n_stops, np.int32)
    is_marked = np.zeros(n_stops, np.bool_)
    bound = latest
    n_marked = 0
    for i in range(access_stop.size):
        stop = access_stop[i]
        if access_time[i] < best_ready[stop] and access_time[i] < bound:
            best_ready[stop] = access_time[i]
            labels.ready[0, stop] = access_time[i]
            n_marked = _mark(stop, marked, is_marked, n_marked)
    for k in range(1, max_rides + 1):
        n_queued = _collect_patterns(day, marked, is_marked, n_marked, first, queue)
        if n_queued == 0:
            break
        labels.counts[ROUNDS] = k
        labels.counts[PATTERNS] += n_queued
        n_marked = 0
        for q in range(n_queued):
            pattern = queue[q]
            n_marked, bound = _scan(
                day, labels, k, pattern, first[pattern], best_ride, egress, bound,
                marked, is_marked, n_marked,
            )  # fmt: skip
            first[pattern] = NONE
        if labels.counts[POSITIONS] > max_positions:
            return labels
        n_marked = _walk(footpaths, labels, k, best_ready, bound, marked, is_marked, n_marked)
    return labels


@njit(cache=True, nogil=True)
def _new_labels(max_rides: int, n_stops: int) -> Labels:
    shape = (max_rides + 1, n_stops)
    return Labels(
        np.full(shape, UNREACHED, np.int32),
        np.empty(shape, np.int32),
        np.empty(shape, np.int32),
        np.empty(shape, np.int32),
        np.empty(shape, np.int32),
        np.full(shape, UNREACHED, np.int32),
        np.full(shape, NONE, np.int32),
        np.full(max_rides + 1, UNREACHED, np.int32),
        np.full(max_rides + 1, NONE, np.int32),
        np.zeros(4, np.int64),
    )


@njit(cache=True, nogil=True)
def _mark(stop: int, marked: Int32, is_marked: NDArray[np.bool_], n_marked: int) -> int:
    """Put `stop` on the list once; return the list's new length."""
    if is_marked[stop]:
        return n_marked
    is_marked[stop] = True
    marked[n_marked] = stop
    return n_marked + 1


@njit(cache=True, nogil=True)
def _collect_patterns(
    day: DayTimetable,
    marked: Int32,
    is_marked: NDArray[np.bool_],
    n_marked: int,
    first: Int32,
    queue: Int32,
) -> int:
    """Queue the patterns that call at marked stops, from their earliest such position on.

    Fills `first` and `queue`, clears the marks; returns the number queued.
    """
    n_queued = 0
    for m in range(n_marked):
        stop = marked[m]
        is_marked[stop] = False
        for call in range(day.call_offset[stop], day.call_offset[stop + 1]):
            pattern = day.call_pattern[call]
            position = day.call_position[call]
            if first[pattern] == NONE:
                first[pattern] = position
                queue[n_queued] = pattern
                n_queued += 1
            elif position < first[pattern]:
                first[pattern] = position
    return n_queued


@njit(cache=True, nogil=True)
def _scan(
    day: DayTimetable,
    labels: Labels,
    k: int,
    pattern: int,
    start: int,
    best_ride: Int32,
    egress: Int32,
    bound: int,
    marked: Int32,
    is_marked: NDArray[np.bool_],
    n_marked: int,
) -> tuple[int, int]:
    """Ride `pattern` from position `start` to its end, always on the earliest trip caught.

    Alights before it boards, so that nobody rides from a position to itself. Lowers labels of
    round k in place; returns the number of marked stops and the bound on useful arrivals.
    """
    stops = day.stop_offset[pattern]
    n_calls = day.stop_offset[pattern + 1] - stops
    events = day.event_offset[pattern]
    n_trips = day.trip_offset[pattern + 1] - day.trip_offset[pattern]
    trip = n_trips  # none boarded yet
    boarded = -1
    labels.counts[POSITIONS] += n_calls - start
    for position in range(start, n_calls):
        stop = day.stop[stops + position]
        if trip < n_trips and day.alight[stops + position]:
            arrival = day.arrival[events + trip * n_calls + position]
            if arrival < best_ride[stop] and arrival < bound:
                best_ride[stop] = arrival
                labels.ride[k, stop] = arrival
                labels.ride_pattern[k, stop] = pattern
                labels.ride_trip[k, stop] = trip
                labels.ride_board[k, stop] = boarded
                labels.ride_alight[k, stop] = position
                labels.counts[IMPROVED] += 1
                n_marked = _mark(stop, marked, is_marked, n_marked)
                if egress[stop] < UNREACHED and arrival + egress[stop] < bound:
                    bound = arrival + egress[stop]
                    labels.target[k] = bound
                    labels.target_stop[k] = stop
        if day.board[stops + position]:
            ready = labels.ready[k - 1, stop]
            if ready < UNREACHED:
                caught = _earliest_trip(day.departure, events + position, n_calls, trip, ready)
                if caught < trip:
                    trip = caught
                    boarded = position
    return n_marked, bound


@njit(cache=True, nogil=True)
def _earliest_trip(departure: Int32, event: int, stride: int, before: int, ready: int) -> int:
    """First trip departing at or after `ready`, or `before` where none precedes that one.

    departure[event + trip * stride] is sorted by trip; looked for among trips 0..before - 1.
    """
    low, high = 0, before
    while low < high:
        middle = (low + high) // 2
        if departure[event + middle * stride] < ready:
            low = middle + 1
        else:
            high = middle
    return low


@njit(cache=True, nogil=True)
def _walk(
    footpaths: FootpathTable,
    labels: Labels,
    k: int,
    best_ready: Int32,
    bound: int,
    marked: Int32,
    is_marked: NDArray[np.bool_],
    n_marked: int,
) -> int:
    """Change on foot from every stop reached by vehicle in round k; mark where one can board.

    The marks of stops reached by vehicle are replaced; returns how many are marked.
    """
    reached = marked[:n_marked].copy()
    for stop in reached:
        is_marked[stop] = False
    n_marked = 0
    for stop in reached:
        for f in range(footpaths.offset[stop], footpaths.offset[stop + 1]):
            there = footpaths.to[f]
            ready = labels.ride[k, stop] + footpaths.duration[f]
            if ready >= bound:
                break  # a row is sorted by duration
            if ready < best_ready[there]:
                best_ready[there] = ready
                labels.ready[k, there] = ready
                labels.ready_from[k, there] = stop
                n_marked = _mark(there, marked, is_marked, n_marked)
    return n_marked
