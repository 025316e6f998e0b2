"""How soon one is everywhere: for one departure, and over a window of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from planner.itinerary import SearchTooLongError
from planner.kernels.one_to_all import search_all
from planner.kernels.raptor import POSITIONS
from planner.network.shape import UNREACHED, Int32
from planner.network.store import frozen
from planner.transit.search import MAX_POSITIONS, Reach
from planner.transit.service_day import ServiceDay


def earliest_arrivals(
    day: ServiceDay,
    access: Reach,
    time: int,
    *,
    latest: int,
    max_rides: int,
    arrive_by: bool = False,
) -> Int32:
    """When one who leaves at `time` is at each stop, (n_stops,) int32, UNREACHED where not.

    latest: arrivals after this second don't count. arrive_by: when one must leave each stop to be
    at the end by `time`, with `access` the way to that end, and not before `latest`.
    Raises SearchTooLongError.
    """
    return arrivals_and_rides(
        day, access, time, latest=latest, max_rides=max_rides, arrive_by=arrive_by
    )[0]


def arrivals_and_rides(
    day: ServiceDay,
    access: Reach,
    time: int,
    *,
    latest: int,
    max_rides: int,
    arrive_by: bool = False,
) -> tuple[Int32, Int32]:
    """`earliest_arrivals`, and the fewest rides that bring them, (n_stops,) int32 each.

    0 rides on foot, and where a stop isn't reached. Raises SearchTooLongError.
    """
    sign = -1 if arrive_by else 1
    out, rides = _search(
        day, access, np.array([sign * time]), sign * (latest - time), max_rides, arrive_by=arrive_by
    )
    arrival = np.where(out[0] < UNREACHED, sign * out[0], UNREACHED).astype(np.int32)
    return arrival, np.where(out[0] < UNREACHED, rides, 0).astype(np.int32)


def window_arrivals(
    day: ServiceDay, access: Reach, times: Sequence[int] | Int32, *, longest_s: int, max_rides: int
) -> Int32:
    """Arrivals at each stop for each of `times`, (n_times, n_stops) int32.

    times: rising departures. longest_s: what takes longer is UNREACHED. Raises
    SearchTooLongError.
    """
    return _search(day, access, np.array(times), longest_s, max_rides, arrive_by=False)[0]


def travel_time_percentiles(
    arrivals: Int32, times: Sequence[int] | Int32, percents: Sequence[float]
) -> Int32:
    """Seconds within which so many percent of the departures arrive, (n_percents, n_stops).

    arrivals: (n_times, n_stops) from window_arrivals. The percentile is the smallest travel time
    such that at least that share of the departures takes no longer; a departure that never
    arrives takes forever (UNREACHED).
    """
    seconds = np.where(
        arrivals < UNREACHED, arrivals - np.asarray(times, np.int32)[:, None], UNREACHED
    )
    ranked = np.sort(seconds, axis=0)
    n_times = len(ranked)
    rank = [max(1, int(np.ceil(percent * n_times / 100))) - 1 for percent in percents]
    return ranked[rank].astype(np.int32)


def _search(
    day: ServiceDay,
    access: Reach,
    times: NDArray[np.integer],
    longest: int,
    max_rides: int,
    *,
    arrive_by: bool,
) -> tuple[Int32, Int32]:
    start = access.at_points(day.point_stop)
    table, footpaths = (
        (day.mirrored, day.mirrored_footpaths) if arrive_by else (day.forward, day.footpaths)
    )
    out, rides, counts = search_all(
        table,
        footpaths,
        start.stop,
        start.duration,
        frozen(times, np.int32),
        longest,
        max_rides,
        MAX_POSITIONS,
    )
    if counts[POSITIONS] > MAX_POSITIONS:
        raise SearchTooLongError
    return _by_stop(out, rides, day.point_stop)


def _by_stop(out: Int32, rides: Int32, point_stop: Int32) -> tuple[Int32, Int32]:
    """The earliest of each stop's transfer points, and its rides. The first are the stops."""
    n_stops = int(point_stop.max(initial=-1)) + 1
    by_stop, fewest = out[:, :n_stops].copy(), rides[:n_stops].copy()
    for point in range(n_stops, len(point_stop)):
        stop = point_stop[point]
        if (out[0, point], rides[point]) < (by_stop[0, stop], fewest[stop]):
            fewest[stop] = rides[point]
        np.minimum(by_stop[:, stop], out[:, point], out=by_stop[:, stop])
    return by_stop, fewest
