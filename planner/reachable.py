"""Where one gets to: travel times between one place and every stop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from planner.ends import ENTRANCE, Side, StopAccess, resolve
from planner.itinerary import Place, Reason, SearchTooLongError, Shortfall
from planner.network.shape import UNREACHED
from planner.network.store import Network
from planner.question import access_of, day_of, egress_of, rides_of, took_too_long
from planner.request import Request, RequestError
from planner.transit.one_to_all import (
    arrivals_and_rides,
    travel_time_percentiles,
    window_arrivals,
)
from planner.transit.service_day import ServiceDay

MINUTE: Final = 60
_RIDES: Final = 64  # more than anyone takes

Integer = TypeVar("Integer", np.int32, np.int64)
_Found = tuple[NDArray[np.int32], NDArray[np.int32]]  # seconds and rides, by stop


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reached:
    """The stops that are reached, by index, and how long it takes.

    one: the place it is about. stop: (n,) int32. duration: seconds, (n,) int32, or (len(q), n)
    where they are percentiles, UNREACHED where less often reached than that. rides: vehicles
    taken, (n,) int32; 0 on foot alone; empty for percentiles.
    """

    one: Place
    stop: NDArray[np.int32]
    duration: NDArray[np.int32]
    rides: NDArray[np.int32]
    shortfalls: tuple[Shortfall, ...] = ()


def reach_all(network: Network, request: Request, *, longest_s: int) -> Reached:
    """Stops reached from `request.origin` within `longest_s` seconds, leaving at its time.

    Where `arrive_by`, stops from which `request.destination` is reached by its time. Whatever is
    missing has its shortfall; nothing is raised for what the network can't serve.
    """
    return _reach(
        network, request, lambda day, near: _by_rides(network, day, near, request, longest_s)
    )


def reach_percentiles(
    network: Network, request: Request, q: tuple[float, ...], *, longest_s: int
) -> Reached:
    """Percentiles `q` of the travel times from `request.origin`, leaving at each minute.

    The minutes are those of `request`'s window. Raises RequestError where it is about arrivals.
    """
    if request.arrive_by:
        msg = "percentiles are about departures"
        raise RequestError(msg)

    def search(day: ServiceDay, near: StopAccess) -> _Found:
        begin = day.clock(request.time)
        times = np.arange(begin, begin + request.window_s + 1, MINUTE, dtype=np.int32)
        arrivals = window_arrivals(
            day, near.reach, times, longest_s=longest_s, max_rides=rides_of(request)
        )
        seconds = travel_time_percentiles(_with_stations(network, arrivals), times, q)
        return np.where(seconds <= longest_s, seconds, UNREACHED), np.empty(0, np.int32)

    return _reach(network, request, search)


def _reach(
    network: Network, request: Request, search: Callable[[ServiceDay, StopAccess], _Found]
) -> Reached:
    """What `search` finds on the request's day, around its one place."""
    side: Side = "destination" if request.arrive_by else "origin"
    end = resolve(network, request.destination if request.arrive_by else request.origin, side)
    if isinstance(end, Shortfall):
        return _nothing(Place(name="", lat=0.0, lon=0.0), end)
    day = day_of(network, request)
    if isinstance(day, Shortfall):
        return _nothing(end.place, day)
    try:
        near = (egress_of if request.arrive_by else access_of)(network, request, end)
        if not near.reach.stop.size:
            return _nothing(end.place, _no_stop(request, side))
        duration, rides = search(day, near)
    except SearchTooLongError:
        return _nothing(end.place, took_too_long())
    stop = np.flatnonzero((np.atleast_2d(duration) < UNREACHED).any(axis=0)).astype(np.int32)
    return Reached(
        one=end.place,
        stop=stop,
        duration=duration[..., stop],
        rides=rides[stop] if rides.size else rides,
    )


def _by_rides(
    network: Network, day: ServiceDay, near: StopAccess, request: Request, longest_s: int
) -> _Found:
    """The shortest time to every stop, and the fewest vehicles that it takes."""
    time = day.clock(request.time)
    sign = -1 if request.arrive_by else 1
    found, rides = arrivals_and_rides(
        day, near.reach, time,
        latest=time + sign * longest_s, max_rides=rides_of(request), arrive_by=request.arrive_by,
    )  # fmt: skip
    seconds = np.int32(sign) * (found - np.int32(time))
    there = (found < UNREACHED) & (seconds <= longest_s)
    # One number of both: of a station's platforms the nearest counts, then the one of fewest rides.
    both = np.where(there, seconds.astype(np.int64) * _RIDES + rides, int(UNREACHED) * _RIDES)
    best, fewest = np.divmod(_with_stations(network, both), _RIDES)
    return best.astype(np.int32), fewest.astype(np.int32)


def _with_stations(network: Network, seconds: NDArray[Integer]) -> NDArray[Integer]:
    """Times by stop, (..., n_stops), with a station's the least of its platforms'.

    Its own is that of the walk to where it lies, while `plan` takes its id for any platform. Who
    is at an entrance isn't there yet.
    """
    stops = network.stops
    apart = stops.station != np.arange(len(stops.station))
    member = np.flatnonzero(apart & (stops.location_type != ENTRANCE))
    least = seconds.copy()
    np.minimum.at(least.T, stops.station[member], seconds.T[member])
    return least


def _no_stop(request: Request, side: Side) -> Shortfall:
    seconds = request.max_egress_s if request.arrive_by else request.max_access_s
    return Shortfall(
        reason=Reason.NO_STOP_IN_REACH,
        message=f"No stop lies within {seconds // MINUTE} minutes of the {side}.",
        facts={"side": side, "minutes": str(seconds // MINUTE)},
    )


def _nothing(one: Place, shortfall: Shortfall) -> Reached:
    none = np.empty(0, np.int32)
    return Reached(one=one, stop=none, duration=none, rides=none, shortfalls=(shortfall,))
