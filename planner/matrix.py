"""Travel times from many places to many by one mode: by the streets alone, or with vehicles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from planner.ends import Side, StopAccess, resolve
from planner.itinerary import Reason, SearchTooLongError, Shortfall
from planner.network.shape import UNREACHED, Int32
from planner.network.store import Network
from planner.question import access_of, day_of, egress_of, profile_by, rides_of
from planner.request import Coordinate, Request
from planner.streets.many import REASONS, StreetMatrix, street_matrix
from planner.transit.one_to_all import travel_time_percentiles, window_arrivals
from planner.transit.service_day import ServiceDay

MINUTE = 60
_MEDIAN = (50.0,)


def find_matrix(
    network: Network,
    origins: Sequence[Coordinate],
    destinations: Sequence[Coordinate],
    request: Request,
    mode: str,
    *,
    max_s: int,
    advance: Callable[[int], None] = lambda _: None,
) -> StreetMatrix:
    """Seconds of `mode` from every origin to every destination, none of more than `max_s`.

    request: how one travels and when; its own places don't matter. With "transit" and a window,
    the median over its minutes, each one's wait at the start included; one may walk all the way.
    advance: told how many more origins are done.
    """
    ahead = profile_by(network, request, mode)
    if mode != "transit":
        return street_matrix(
            network, origins, destinations, ahead,
            max_s=max_s, at=request.time, advance=advance,
        )  # fmt: skip
    on_foot = street_matrix(network, origins, destinations, ahead, max_s=max_s, at=request.time)
    day = day_of(network, request)
    if isinstance(day, Shortfall):
        advance(len(origins))
        return _without_vehicles(on_foot, day.reason)
    leave = [_at_hand(network, request, place, "destination") for place in destinations]
    duration, reason = on_foot.duration.copy(), on_foot.reason.copy()
    for i, place in enumerate(origins):
        near = _at_hand(network, request, place, "origin")
        try:
            times, arrivals = _arrivals(network, day, request, near, max_s)
        except SearchTooLongError:
            reason[i][duration[i] >= UNREACHED] = REASONS.index(Reason.TIMEOUT)
        else:
            ridden = _to_places(times, arrivals, leave, on_foot.duration[i])
            found = ridden <= max_s
            duration[i] = np.where(found, ridden, UNREACHED)
            reason[i][found] = 0
            reason[i][~found & (reason[i] == 0)] = REASONS.index(Reason.TOO_FAR)
        advance(1)
    return StreetMatrix(duration=duration, reason=reason)


def _without_vehicles(on_foot: StreetMatrix, why: Reason) -> StreetMatrix:
    """Where one can't walk there is nothing to ride either."""
    reason = np.where(on_foot.reason > 0, REASONS.index(why), 0).astype(np.uint8)
    return StreetMatrix(duration=on_foot.duration, reason=reason)


def _at_hand(
    network: Network, request: Request, place: Coordinate, side: Side
) -> StopAccess | None:
    """The stops near a place; None where it lies in the open."""
    end = resolve(network, place, side)
    if isinstance(end, Shortfall):
        return None
    asked = replace(request, origin=place, destination=place)
    return (access_of if side == "origin" else egress_of)(network, asked, end)


def _arrivals(
    network: Network, day: ServiceDay, request: Request, near: StopAccess | None, max_s: int
) -> tuple[Int32, Int32]:
    """The departures, and when each of them is at every stop, (n_times, n_stops)."""
    begin = day.clock(request.time)
    times = np.arange(begin, begin + request.window_s + 1, MINUTE, dtype=np.int32)
    if near is None or not near.reach.stop.size:
        return times, np.full((len(times), len(network.stops.lat)), UNREACHED, np.int32)
    return times, window_arrivals(
        day, near.reach, times, longest_s=max_s, max_rides=rides_of(request)
    )


def _to_places(
    times: Int32, arrivals: Int32, leave: Sequence[StopAccess | None], on_foot: Int32
) -> NDArray[np.int32]:
    """Median seconds to each place: by the stops near it, or on foot all the way."""
    there = np.empty((len(times), len(leave)), np.int32)
    for j, near in enumerate(leave):
        there[:, j] = times + np.minimum(on_foot[j], UNREACHED - times)
        if near is not None and near.reach.stop.size:
            by_stop = arrivals[:, near.reach.stop].astype(np.int64) + near.reach.duration
            there[:, j] = np.minimum(there[:, j], by_stop.min(axis=1))
    median: Int32 = travel_time_percentiles(there, times, _MEDIAN)[0]
    return median
