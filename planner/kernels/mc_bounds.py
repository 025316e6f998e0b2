"""How late one may be where, with so many rides taken: what keeps McRAPTOR small.

One search back from each anchor's latest arrival (Delling, Dibbelt, Pajor, "Fast and Exact Public
Transit Routing with Restricted Pareto Sets", ALENEX 2019, call this the tight variant).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from planner.kernels.day_timetable import DayTimetable, FootpathTable
from planner.kernels.raptor import POSITIONS, Int32, Int64, search
from planner.network.shape import UNREACHED


class Bounds(NamedTuple):
    """The latest seconds that are of use, by rides taken; -UNREACHED where none is."""

    ride_by: Int32  # (rides + 1, n_points) arriving by vehicle
    ready_by: Int32  # (rides + 1, n_points) ready to board
    goal: Int32  # (rides + 1,) arriving at the destination


@njit(cache=True, nogil=True)
def find_bounds(
    day: DayTimetable,
    footpaths: FootpathTable,
    point: Int32,
    seconds: Int32,
    time: int,
    goals: Int64,
    rides: Int64,
    max_positions: int,
) -> tuple[Bounds, int]:
    """Bounds within which lie, for each i, all journeys of `rides[i]` rides there by `goals[i]`.

    day, footpaths, point, seconds: the other way round, from the destination. time: nobody leaves
    before it. goals, rides: (n,) on the clock of the search that they bound. Also returns the
    positions visited; above `max_positions` the search was given up.
    """
    n_points = day.call_offset.size - 1
    everywhere = np.full(n_points, UNREACHED, np.int32)
    most = 0
    for i in range(rides.size):
        most = max(most, rides[i])
    bounds = Bounds(
        np.full((most + 1, n_points), -UNREACHED, np.int32),
        np.full((most + 1, n_points), -UNREACHED, np.int32),
        np.full(most + 1, -UNREACHED, np.int32),
    )
    visited = 0
    for i in range(rides.size):
        labels = search(
            day, footpaths, point, seconds, -goals[i], everywhere,
            1 - time, rides[i], max_positions - visited,
        )  # fmt: skip
        visited += labels.counts[POSITIONS]
        if visited > max_positions:
            break
        _widen(bounds, labels.ride, labels.ready, rides[i], goals[i])
    return bounds, visited


@njit(cache=True, nogil=True)
def _widen(bounds: Bounds, ride: Int32, ready: Int32, rides: int, goal: int) -> None:
    """Let `bounds` hold what a search back from `goal` found: where it boards, one alights.

    ride, ready: (rides + 1, n_points) labels on the mirrored clock, UNREACHED in a round that
    didn't improve a point.
    """
    n_points = ride.shape[1]
    ride_by = np.full(n_points, -UNREACHED, np.int32)
    ready_by = np.full(n_points, -UNREACHED, np.int32)
    for left in range(rides + 1):
        taken = rides - left
        bounds.goal[taken] = max(bounds.goal[taken], goal)
        for point in range(n_points):
            ride_by[point] = max(ride_by[point], -ready[left, point])
            ready_by[point] = max(ready_by[point], -ride[left, point])
            bounds.ride_by[taken, point] = max(bounds.ride_by[taken, point], ride_by[point])
            bounds.ready_by[taken, point] = max(bounds.ready_by[taken, point], ready_by[point])
