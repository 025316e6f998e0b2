"""Trips by one street mode alone, from door to door, past the stops on the way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from planner.ends import End
from planner.itinerary import (
    Itinerary,
    Reason,
    SearchTooLongError,
    Shortfall,
    StreetLeg,
    later,
)
from planner.network.profiles import get_profile, profile_at, profile_of
from planner.network.store import Network
from planner.question import pace_of
from planner.request import Request
from planner.streets import route as streets
from planner.via import Stopover


def direct_trips(
    network: Network,
    request: Request,
    origin: End,
    destination: End,
    stopovers: Sequence[Stopover] = (),
) -> tuple[tuple[Itinerary, ...], tuple[Shortfall, ...]]:
    """One way by each street mode asked for, walking always among them to compare with."""
    if network.streets is None:
        return (), ()
    modes = ("walk", *sorted(request.modes - {"walk", "transit"}))
    ways = {
        mode: direct_way(network, request, mode, origin, destination, stopovers) for mode in modes
    }
    found = tuple(way for way in ways.values() if isinstance(way, Itinerary))
    missing = tuple(
        _no_way(reason, mode, request)
        for mode, reason in ways.items()
        if isinstance(reason, Reason) and mode in request.modes
    )
    return found, missing


def direct_way(  # noqa: PLR0917 - a question and its places
    network: Network,
    request: Request,
    mode: str,
    origin: End,
    destination: End,
    stopovers: Sequence[Stopover] = (),
) -> Itinerary | Reason:
    """The trip by one street mode alone, or why there is none.

    With stops on the way it is one leg to each, and `max_direct_s` covers all legs and stays. The
    streets are those open when one sets off, or, for who wants to arrive by a time, at that time.
    """
    start = request.time.astimezone(ZoneInfo(network.manifest["timezone"]))
    places = (origin, *(stopover.end for stopover in stopovers), destination)
    stays = (0, *(stopover.stay_s for stopover in stopovers))
    legs: list[StreetLeg] = []
    seconds = 0
    for ends, stay_s in zip(pairwise(places), stays, strict=True):
        seconds += stay_s
        leg = _leg(
            network, request, mode, ends, later(start, seconds), request.max_direct_s - seconds
        )
        if isinstance(leg, Reason):
            return leg
        legs.append(leg)
        seconds += leg.seconds
    if request.arrive_by:
        legs = [leg.starting(later(leg.start, -seconds)) for leg in legs]
    return Itinerary(tuple(legs))


def _leg(  # noqa: PLR0917 - a question and one part of it
    network: Network,
    request: Request,
    mode: str,
    ends: tuple[End, End],
    start: datetime,
    max_s: int,
) -> StreetLeg | Reason:
    if max_s < 0:
        return Reason.TOO_FAR
    profile = profile_of(mode, step_free=request.step_free, bike=request.bike_profile)
    profile, pace = profile_at(profile, start), pace_of(request)
    here, there = ends
    limit = pace.usual_s(profile, max_s)
    try:
        path = streets.route(network, here.endpoint, there.endpoint, profile, max_s=limit, at=start)
    except SearchTooLongError:
        return Reason.TIMEOUT
    if isinstance(path, Reason):
        return path
    moves = get_profile(profile).mode
    leg = streets.street_leg(network, path, moves, here.place, there.place, start)
    return pace.of_leg(leg, profile)


def _no_way(reason: Reason, mode: str, request: Request) -> Shortfall:
    minutes = request.max_direct_s // 60
    message = {
        Reason.SNAPPED_TOO_FAR: f"No street near one of the places is open to {mode}.",
        Reason.NOT_CONNECTED: f"No {mode} route joins the two places.",
        Reason.TOO_FAR: f"No {mode} route of at most {minutes} minutes joins the two places.",
        Reason.TIMEOUT: f"The search for a {mode} route took too long and was given up.",
    }[reason]
    return Shortfall(reason=reason, message=message, facts={"mode": mode, "minutes": str(minutes)})
