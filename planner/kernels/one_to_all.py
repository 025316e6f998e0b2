"""Earliest arrivals everywhere, for one departure or many (rRAPTOR; Delling et al. 2012).

Departures are taken from the last to the first and the labels are kept: leaving earlier can only
improve on leaving later, and only what improves is looked at.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from planner.kernels.day_timetable import DayTimetable, FootpathTable
from planner.kernels.raptor import (
    POSITIONS,
    Int32,
    Int64,
    Labels,
    Workspace,
    new_labels,
    new_workspace,
    no_limits,
    run_rounds,
    seed,
)
from planner.network.shape import UNREACHED


@njit(cache=True, nogil=True)
def search_all(
    day: DayTimetable,
    footpaths: FootpathTable,
    access_stop: Int32,
    access_seconds: Int32,
    times: Int32,
    longest: int,
    max_rides: int,
    max_positions: int,
) -> tuple[Int32, Int32, Int64]:
    """Earliest arrivals at every point for each departure, rides, and counts.

    Arrivals: (n_times, n_points) int32. Rides: (n_points,) int32, the fewest that bring the
    earliest arrival of the first departure.
    times: (n_times,) rising departures. longest: arrivals more than so many seconds after their
    departure are UNREACHED, as are those without any way. One arrives by vehicle, by walking on
    from it, or at once where the origin has the point at hand.
    max_positions: give up once more positions than that were visited; counts[POSITIONS] tells.
    """
    n_points = day.call_offset.size - 1
    out = np.full((times.size, n_points), UNREACHED, np.int32)
    nowhere = np.full(n_points, UNREACHED, np.int32)
    labels = new_labels(max_rides, n_points)
    # A label of a later departure with more rides must not hide one with fewer.
    work = new_workspace(1 if times.size == 1 else max_rides + 1, day)
    top = work.best_ride.shape[0] - 1
    limits = no_limits(max_rides, n_points)
    for i in range(times.size - 1, -1, -1):
        time = int(times[i])
        limits.bound[:] = time + longest
        n_marked = seed(labels, work, access_stop, access_seconds, time, time + longest)
        run_rounds(
            day, footpaths, nowhere, limits, max_rides, max_positions,
            labels, work, n_marked, True,
        )  # fmt: skip
        if labels.counts[POSITIONS] > max_positions:
            break
        for point in range(n_points):
            arrival = min(work.best_ride[top, point], work.best_ready[top, point])
            if arrival <= time + longest:
                out[i, point] = arrival
    return out, _fewest_rides(labels, work), labels.counts


@njit(cache=True, nogil=True)
def _fewest_rides(labels: Labels, work: Workspace) -> Int32:
    """The first number of rides whose label is the best of all, (n_points,) int32."""
    rides = np.zeros(work.best_ride.shape[1], np.int32)
    top = work.best_ride.shape[0] - 1
    for point in range(rides.size):
        best = min(work.best_ride[top, point], work.best_ready[top, point])
        while min(labels.ride[rides[point], point], labels.ready[rides[point], point]) > best:
            rides[point] += 1
    return rides
