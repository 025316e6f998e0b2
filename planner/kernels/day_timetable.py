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
    """Patterns of one day, forward or mirrored; both share `events` and `starts`.

    A run is what one vehicle does without its riders getting out: a trip, or several. Pattern p
    calls at n stops and has n_runs[p] of them, the earliest first; run t is at its call number i
    at event e = event_first[p] + t * n + i. At every position both arrivals and departures are
    sorted by run. Times are seconds since noon minus 12 h of the day's own date in the network's
    zone; in the mirror (sign -1) their negatives, and every row is read from its end:

        forward                     mirrored
        arrival(e)    events[e]         -events[2 n_events - 1 - e]
        departure(e)  events[n_events + e]  -events[n_events - 1 - e]
        start(r)      starts[r]         -starts[2 n_runs - 1 - r]

    Several patterns may share their events: a view of the day doesn't copy them.
    """

    stop_offset: Int32  # (n_patterns + 1,) -> stop, board, alight, since_start
    stop: Int32  # transfer points
    board: UInt8  # 1 where a rider may get on
    alight: UInt8  # 1 where a rider may get off
    since_start: Int32  # seconds from the first departure to this one, of the pattern's middle run
    event_first: Int64  # (n_patterns,)
    events: Int32  # (2 n_events,) arrivals, then departures
    run_first: Int32  # (n_patterns,) -> the day's runs
    n_runs: Int32  # (n_patterns,)
    starts: Int32  # (2 n_runs,) first departures by run, then last arrivals
    call_offset: Int32  # (n_points + 1,) -> call_pattern, call_position: who may be boarded there
    call_pattern: Int32
    call_position: Int32
    usable: UInt8  # (n_patterns,) 1 where the question allows it
    sign: int  # 1, or -1 in the mirror


class FootpathTable(NamedTuple):
    """Changes out of each transfer point, its own change time included; never chained."""

    offset: Int32  # (n_points + 1,) -> to, duration
    to: Int32
    duration: Int32  # seconds


@njit(cache=True, nogil=True)
def assign_chains(event_offset: Int64, arrival: Int32, departure: Int32, sequence: Int32) -> Int32:
    """Split the runs of each stop sequence into chains that never overtake.

    event_offset: (n + 1,) where each run's events are; sequence: (n,); runs are sorted by
    sequence, then by first departure. First fit: a run joins the first chain whose last run it
    follows at every call, arrivals and departures both.
    Returns the chain of each run, counted from 0 in its sequence, (n,) int32.
    """
    n = sequence.size
    chain = np.zeros(n, np.int32)
    last = np.zeros(n, np.int32)  # last[c] is the last run of chain c of the current sequence
    n_chains = 0
    for i in range(n):
        if i == 0 or sequence[i] != sequence[i - 1]:
            n_chains = 0
        first = event_offset[i]
        n_calls = event_offset[i + 1] - first
        c = 0
        while c < n_chains:
            other = event_offset[last[c]]
            follows = True
            for k in range(n_calls):
                if arrival[first + k] < arrival[other + k] or (
                    departure[first + k] < departure[other + k]
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
    event_offset: Int64, times: Int32, owner: Int32, shift: Int32, out_offset: Int64
) -> Int32:
    """Times of each owner, shifted, one owner after another -> (out_offset[-1],) int32.

    event_offset: where an owner's times are in `times`; out_offset: (n + 1,) where the times of
    owner[i] start in the result.
    """
    out = np.empty(out_offset[-1], np.int32)
    for i in range(owner.size):
        first = event_offset[owner[i]]
        for k in range(out_offset[i + 1] - out_offset[i]):
            out[out_offset[i] + k] = times[first + k] + shift[i]
    return out
