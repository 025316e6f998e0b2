"""Where one gets to by one mode in so many minutes: by the streets alone, or with vehicles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from planner.ends import End, Side, resolve
from planner.itinerary import Reason, SearchTooLongError, Shortfall
from planner.kernels.street_ends import Ends, ends_of_stops
from planner.network.shape import UNREACHED, Int32
from planner.network.store import Network
from planner.question import access_of, day_of, egress_of, profile_by, rides_of, took_too_long
from planner.request import Coordinate, Request
from planner.streets.approach import links_of
from planner.streets.isochrone import Isochrone, isochrones
from planner.streets.points import some_of
from planner.transit.one_to_all import earliest_arrivals

MAX_LIMITS: Final = 10  # in one answer


def find_areas(
    network: Network, request: Request, mode: str, limits_s: Sequence[int]
) -> tuple[Isochrone, ...] | Shortfall:
    """The areas reached from `request.origin` in each limit, the shortest first, or why none is.

    Where `request.arrive_by`, those from which `request.destination` is reached. mode: "walk",
    "bike", "car", or "transit", which leaves (arrives) at `request.time` and walks at both ends,
    at the profile's own speed. Streets are those open at that time, cars as quick as then. Raises
    SearchTooLongError where an area is too large.
    """
    side: Side = "destination" if request.arrive_by else "origin"
    end = resolve(network, request.destination if request.arrive_by else request.origin, side)
    if isinstance(end, Shortfall):
        return end
    profile = profile_by(network, request, mode)
    others = None
    if mode == "transit":
        stops = _stops_reached(network, request, end, profile, max(limits_s))
        if isinstance(stops, Shortfall):
            return stops
        others = stops
    place = Coordinate(end.place.lat, end.place.lon)
    found = isochrones(
        network, place, profile, limits_s,
        backward=request.arrive_by, at=request.time, others=others,
    )  # fmt: skip
    if not isinstance(found, Reason):
        return found
    return Shortfall(
        reason=found,
        message=f"No street near the {side} is open to {mode}.",
        facts={"side": side, "mode": mode},
    )


def _stops_reached(
    network: Network, request: Request, end: End, profile: str, longest_s: int
) -> tuple[Ends, Int32] | Shortfall:
    """The stops that vehicles reach, and after how many seconds."""
    day, links = day_of(network, request), links_of(network, profile)
    if isinstance(day, Shortfall):
        return day
    if links is None:
        message = "This network has no streets: it can't tell what lies around a stop."
        return Shortfall(reason=Reason.OUTSIDE_AREA, message=message, facts={})
    try:
        near = (egress_of if request.arrive_by else access_of)(network, request, end)
        time, sign = day.clock(request.time), -1 if request.arrive_by else 1
        arrival = earliest_arrivals(
            day, near.reach, time,
            latest=time + sign * longest_s, max_rides=rides_of(request),
            arrive_by=request.arrive_by,
        )  # fmt: skip
    except SearchTooLongError:
        return took_too_long()
    seconds = np.where(arrival < UNREACHED, sign * (arrival - time), UNREACHED)
    reached = np.flatnonzero(seconds <= longest_s).astype(np.int32)
    stops = ends_of_stops(network.stops.lat, network.stops.lon, links)
    return some_of(stops, reached), seconds[reached].astype(np.int32)
