"""Times of a trip: what the feed leaves blank is interpolated, what can't be is judged."""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

BLANK: Final = -(2**31)  # as tables.BLANK_TIME

# A trip's verdict.
RUNS: Final = 0
TOO_FEW_STOPS: Final = 1
NO_END_TIMES: Final = 2  # its first or last time is blank
NEGATIVE_HOP: Final = 3  # it arrives before it has left the stop before
RESTARTS: Final = 4  # runs, once 24 h were added to its times after midnight

_DAY_S: Final = 86_400
_HALF_DAY_S: Final = 43_200

_DEGREE_M: Final = 111_195.0  # of a great circle on a sphere of 6,371 km

_Int32 = NDArray[np.int32]
_Float64 = NDArray[np.float64]


@njit(cache=True, nogil=True)
def _measure_gap(
    first: int,
    last: int,
    stop: _Int32,
    lat: _Float64,
    lon: _Float64,
    distance: NDArray[np.float32],
    along: _Float64,
) -> None:
    """Write the way from event `first` to each event up to `last` into along[: last - first + 1].

    By shape_dist_traveled where it is there and rises, else by straight lines between the stops,
    else by their number.
    """
    n = last - first
    measured = distance[last] > distance[first]  # False with NaN
    located = True
    for i in range(n):
        measured = measured and distance[first + i + 1] >= distance[first + i]
        located = located and not np.isnan(lat[stop[first + i]] + lat[stop[first + i + 1]])
    along[0] = 0.0
    for i in range(n):
        if measured:
            step = float(distance[first + i + 1] - distance[first + i])
        elif located:
            a = stop[first + i]
            b = stop[first + i + 1]
            north = lat[b] - lat[a]
            east = (lon[b] - lon[a]) * np.cos(np.radians((lat[a] + lat[b]) / 2))
            step = _DEGREE_M * np.sqrt(north * north + east * east)
        else:
            step = 1.0
        along[i + 1] = along[i] + step
    if along[n] <= 0.0:  # every stop at one place
        for i in range(n + 1):
            along[i] = float(i)


@njit(cache=True, nogil=True)
def _unwrap(first: int, last: int, arrival: _Int32, departure: _Int32) -> bool:
    """Add 24 h to the times of events `first` to `last` after a fall of half a day: 23:58, 0:03.

    Once only: times that fall again are no clock's. Returns whether any was changed.
    """
    before = BLANK
    late = 0
    for event in range(first, last + 1):
        for column in (arrival, departure):
            if column[event] == BLANK:
                continue
            time = column[event] + late
            if late == 0 and before != BLANK and before - time > _HALF_DAY_S:
                late = _DAY_S
                time += _DAY_S
            column[event] = time
            before = time
    return late != 0


@njit(cache=True, nogil=True)
def fill_times(
    offset: NDArray[np.int64],
    stop: _Int32,
    lat: _Float64,
    lon: _Float64,
    distance: NDArray[np.float32],
    arrival: _Int32,
    departure: _Int32,
) -> tuple[NDArray[np.bool_], NDArray[np.uint8], int]:
    """Complete `arrival` and `departure` in place, and judge each trip.

    offset: int64 (n_trips + 1,) -> events. stop, arrival, departure: int32 (n_events,), BLANK
    where the feed gives no time. distance: float32 (n_events,), NaN where absent.
    lat, lon: float64 (n_stops,), NaN where unknown.
    An arrival or departure alone stands for both; a departure before its arrival becomes it.
    Times that restart at midnight, 23:58 and then 0:03, go on after it, if that sets them right.
    Returns bool (n_events,), True where interpolated; uint8 (n_trips,), RUNS..RESTARTS (times of
    trips that don't run mean nothing); and the number of departures moved to their arrivals.
    """
    n_trips = offset.size - 1
    interpolated = np.zeros(stop.size, np.bool_)
    verdict = np.zeros(n_trips, np.uint8)
    along = np.empty(64)
    clamped = 0
    for trip in range(n_trips):
        first = offset[trip]
        last = offset[trip + 1] - 1
        if last <= first:
            verdict[trip] = TOO_FEW_STOPS
            continue
        if _unwrap(first, last, arrival, departure):
            verdict[trip] = RESTARTS
        for event in range(first, last + 1):
            if arrival[event] == BLANK:
                arrival[event] = departure[event]
            elif departure[event] == BLANK:
                departure[event] = arrival[event]
            elif departure[event] < arrival[event]:
                departure[event] = arrival[event]
                clamped += 1
        if arrival[first] == BLANK or arrival[last] == BLANK:
            verdict[trip] = NO_END_TIMES
            continue
        known = first
        for event in range(first + 1, last + 1):
            if arrival[event] == BLANK:
                continue
            if arrival[event] < departure[known]:
                verdict[trip] = NEGATIVE_HOP
                break
            if event > known + 1:
                if along.size < event - known + 1:
                    along = np.empty(2 * (event - known + 1))
                _measure_gap(known, event, stop, lat, lon, distance, along)
                span = arrival[event] - departure[known]
                whole = along[event - known]
                for i in range(1, event - known):
                    time = departure[known] + int(span * (along[i] / whole) + 0.5)
                    arrival[known + i] = time
                    departure[known + i] = time
                    interpolated[known + i] = True
            known = event
    return interpolated, verdict, clamped
