"""One day's timetable as RAPTOR reads it, cut from every service's trips, and its mirror.

Patterns are trips with one stop sequence that never overtake one another (Delling, Pajor,
Werneck, "Round-Based Public Transit Routing", 2012, call them routes).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
UInt8 = NDArray[np.uint8]


class DayTimetable(NamedTuple):
    """Patterns of one day.

    Pattern p calls at n stops and has m trips, trip-major: trip t is at its call number i at
    arrival[event_offset[p] + t * n + i]. At every position both arrivals and departures are
    sorted by trip. Times are seconds since noon minus 12 h of the day's own date in the network's
    zone; in the mirror, their negatives.
    """

    stop_offset: Int32  # (n_patterns + 1,) -> stop, board, alight
    stop: Int32
    board: UInt8  # 1 where a rider may get on
    alight: UInt8  # 1 where a rider may get off
    event_offset: Int64  # (n_patterns + 1,) -> arrival, departure
    arrival: Int32
    departure: Int32
    trip_offset: Int32  # (n_patterns + 1,) -> trip, trip_shift
    trip: Int32  # trip of the network's timetable
    trip_shift: Int32  # seconds from the trip's own service day to this day's clock
    call_offset: Int32  # (n_stops + 1,) -> call_pattern, call_position: who calls at a stop
    call_pattern: Int32
    call_position: Int32


class FootpathTable(NamedTuple):
    """Changes out of each stop, the stop's own change time included; never chained."""

    offset: Int32  # (n_stops + 1,) -> to, duration
    to: Int32
    duration: Int32  # seconds


@njit(cache=True, nogil=True)
def assign_chains(
    trip_event_offset: Int64,
    arrival: Int32,
    departure: Int32,
    trip: Int32,
    shift: Int32,
    sequence: Int32,
) -> Int32:
    """Split the trips of each stop sequence into chains that never overtake.

    trip, shift, sequence: (n,) sorted by sequence, then by first departure. First fit: a trip
    joins the first chain whose last trip it follows at every call, arrivals and departures both.
    Returns the chain of each trip, counted from 0 in its sequence, (n,) int32.
    """
    n = trip.size
    chain = np.zeros(n, np.int32)
    last = np.zeros(n, np.int32)  # last[c] is the last trip of chain c of the current sequence
    n_chains = 0
    for i in range(n):
        if i == 0 or sequence[i] != sequence[i - 1]:
            n_chains = 0
        first = trip_event_offset[trip[i]]
        n_calls = trip_event_offset[trip[i] + 1] - first
        c = 0
        while c < n_chains:
            other = trip_event_offset[trip[last[c]]]
            behind = shift[i] - shift[last[c]]
            follows = True
            for k in range(n_calls):
                if (
                    arrival[first + k] + behind < arrival[other + k]
                    or departure[first + k] + behind < departure[other + k]
                ):
                    follows = False
                    break
            if follows:
                break
            c += 1
        chain[i] = c
        last[c] = i
        n_chains = max(n_chains, c + 1)
    return chain


@njit(cache=True, nogil=True)
def copy_events(
    trip_event_offset: Int64, times: Int32, trip: Int32, shift: Int32, out_offset: Int64
) -> Int32:
    """Times of each trip, shifted, one trip after another -> (out_offset[-1],) int32.

    out_offset: (n + 1,) where trip i's events start in the result.
    """
    out = np.empty(out_offset[-1], np.int32)
    for i in range(trip.size):
        first = trip_event_offset[trip[i]]
        for k in range(out_offset[i + 1] - out_offset[i]):
            out[out_offset[i] + k] = times[first + k] + shift[i]
    return out
