"""The planner's door: a request in, itineraries or typed reasons out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from planner import streets
from planner.ends import End, StopAccess, resolve, stops_at_hand
from planner.filters import FILTERS
from planner.itinerary import Answer, Itinerary, Place, Reason, SearchTooLongError, Shortfall
from planner.legs import LegMaker
from planner.network.profiles import profile_of
from planner.network.store import Network
from planner.request import PlaceRef, Request, StopRef
from planner.service_day import AFTER, BEFORE, ServiceDay, service_day, services_on
from planner.transit import Journey, pareto_set, range_set

MAX_RIDES: Final = 8  # vehicles on one journey, where the request sets no limit


@dataclass(frozen=True, slots=True)
class _TransitAnswer:
    itineraries: tuple[Itinerary, ...] = ()
    shortfalls: tuple[Shortfall, ...] = ()
    searched: tuple[datetime, datetime] | None = None
    debug: dict[str, int] | None = None


def plan(network: Network, request: Request) -> Answer:
    """Itineraries for `request`: with transit by departure, and direct ones by each mode.

    Whatever was asked for and isn't there has its reason in `shortfalls`; nothing is raised for
    a request that the network can't serve.
    """
    origin = resolve(network, request.origin, "origin")
    destination = resolve(network, request.destination, "destination")
    unresolved = tuple(end for end in (origin, destination) if isinstance(end, Shortfall))
    if isinstance(origin, Shortfall) or isinstance(destination, Shortfall):
        return _nothing(request, unresolved)
    direct, missing = _direct(network, request, origin, destination)
    transit = _TransitAnswer()
    if "transit" in request.modes:
        transit = _transit(network, request, origin, destination, direct)
    return Answer(
        origin=origin.place,
        destination=destination.place,
        itineraries=transit.itineraries,
        direct=direct,
        shortfalls=(*transit.shortfalls, *missing),
        searched=transit.searched or (request.time, request.time),
        debug=transit.debug or {},
    )


def _nothing(request: Request, shortfalls: tuple[Shortfall, ...]) -> Answer:
    return Answer(
        origin=_bare_place(request.origin),
        destination=_bare_place(request.destination),
        itineraries=(),
        direct=(),
        shortfalls=shortfalls,
        searched=(request.time, request.time),
        debug={},
    )


def _bare_place(ref: PlaceRef) -> Place:
    """A place as the request gives it, where the network knows no better."""
    if isinstance(ref, StopRef):
        return Place(name=ref.stop_id, lat=0.0, lon=0.0, stop_id=ref.stop_id)
    return Place(name="", lat=ref.lat, lon=ref.lon)


def _direct(
    network: Network, request: Request, origin: End, destination: End
) -> tuple[tuple[Itinerary, ...], tuple[Shortfall, ...]]:
    """One way by each street mode asked for, walking always among them to compare with."""
    if network.streets is None:
        return (), ()
    modes = ("walk", *sorted(request.modes - {"walk", "transit"}))
    ways = {mode: direct_way(network, request, mode, origin, destination) for mode in modes}
    found = tuple(way for way in ways.values() if isinstance(way, Itinerary))
    missing = tuple(
        _no_way(reason, mode, request)
        for mode, reason in ways.items()
        if isinstance(reason, Reason) and mode in request.modes
    )
    return found, missing


def direct_way(
    network: Network, request: Request, mode: str, origin: End, destination: End
) -> Itinerary | Reason:
    """The trip by one street mode alone, or why there is none."""
    profile = profile_of(mode, step_free=request.step_free)
    ends = (origin.endpoint, destination.endpoint)
    try:
        path = streets.route(network, *ends, profile, max_s=request.max_direct_s)
    except SearchTooLongError:
        return Reason.TIMEOUT
    if isinstance(path, Reason):
        return path
    start = request.time.astimezone(ZoneInfo(network.manifest["timezone"]))
    if request.arrive_by:
        start -= timedelta(seconds=path.duration)
    leg = streets.street_leg(network, path, mode, origin.place, destination.place, start)
    return Itinerary((leg,))


def _no_way(reason: Reason, mode: str, request: Request) -> Shortfall:
    minutes = request.max_direct_s // 60
    message = {
        Reason.SNAPPED_TOO_FAR: f"No street near one of the places is open to {mode}.",
        Reason.NOT_CONNECTED: f"No {mode} route joins the two places.",
        Reason.TOO_FAR: f"No {mode} route of at most {minutes} minutes joins the two places.",
        Reason.TIMEOUT: f"The search for a {mode} route took too long and was given up.",
    }[reason]
    return Shortfall(reason=reason, message=message, facts={"mode": mode, "minutes": str(minutes)})


def _transit(
    network: Network, request: Request, origin: End, destination: End, direct: tuple[Itinerary, ...]
) -> _TransitAnswer:
    day = day_of(network, request)
    if isinstance(day, Shortfall):
        return _TransitAnswer(shortfalls=(day,))
    try:
        return _search(network, request, day, origin, destination, direct)
    except SearchTooLongError:
        return _TransitAnswer(shortfalls=(took_too_long(),))


def took_too_long() -> Shortfall:
    """Why there is no answer where SearchTooLongError was raised."""
    message = "The search took too long and was given up: ask for a shorter trip or window."
    return Shortfall(reason=Reason.TIMEOUT, message=message, facts={})


def day_of(network: Network, request: Request) -> ServiceDay | Shortfall:
    """The timetable that `request` is searched on; the dates that feeds cover where none runs."""
    local_date = request.time.astimezone(ZoneInfo(network.manifest["timezone"])).date()
    around = (local_date + timedelta(days=offset) for offset in (-1, 0, 1))
    if not any(services_on(network, near).any() for near in around):
        return _no_service(network, local_date)
    return service_day(
        network, local_date,
        step_free=request.step_free, routes=request.routes, bikes_on_board=request.bikes_on_board,
    )  # fmt: skip


def access_of(network: Network, request: Request, day: ServiceDay, origin: End) -> StopAccess:
    """The stops at hand from `origin`, as `request` goes to them. Raises SearchTooLongError."""
    return stops_at_hand(
        network, origin, day.footpaths,
        modes=request.access, step_free=request.step_free,
        max_s=request.max_access_s, backward=False,
    )  # fmt: skip


def egress_of(network: Network, request: Request, day: ServiceDay, destination: End) -> StopAccess:
    """The stops that have `destination` at hand. Raises SearchTooLongError."""
    return stops_at_hand(
        network, destination, day.mirrored_footpaths,
        modes=request.egress, step_free=request.step_free,
        max_s=request.max_egress_s, backward=True,
    )  # fmt: skip


def _search(  # noqa: PLR0917 - a question and the day it is asked on
    network: Network,
    request: Request,
    day: ServiceDay,
    origin: End,
    destination: End,
    direct: tuple[Itinerary, ...],
) -> _TransitAnswer:
    """Itineraries with transit on `day`; raises SearchTooLongError."""
    access = access_of(network, request, day, origin)
    egress = egress_of(network, request, day, destination)
    missing = out_of_reach(request, access, egress)
    if missing:
        return _TransitAnswer(shortfalls=missing)
    journeys, last = _journeys(day, request, access, egress)
    maker = LegMaker(network, day, access, egress, request.step_free)
    itineraries = [maker.itinerary(journey) for journey in journeys]
    for keep in FILTERS:
        itineraries = keep(itineraries, direct)
    searched = sorted((request.time.astimezone(UTC), day.instant(last)))
    return _TransitAnswer(
        itineraries=tuple(itineraries),
        shortfalls=() if itineraries else (_none_left(network, day, request, journeys),),
        searched=(searched[0], searched[1]),
        debug={"journeys": len(journeys), "kept": len(itineraries)},
    )


def _none_left(
    network: Network, day: ServiceDay, request: Request, journeys: Sequence[Journey]
) -> Shortfall:
    """Why no itinerary with transit is shown."""
    if journeys:
        message = "Walking takes no longer than any vehicle."
        return Shortfall(reason=Reason.ONLY_WALK, message=message, facts={})
    if not services_on(network, day.date).any():
        return _no_service(network, day.date)
    return _exhausted(day, request)


def _journeys(
    day: ServiceDay, request: Request, access: StopAccess, egress: StopAccess
) -> tuple[list[Journey], int]:
    """Journeys of the window, and the last second of it that was looked at."""
    # Rounded outwards: who arrives at 06:05:26 isn't there by 06:05 (A13).
    time = day.clock(request.time)
    if not request.arrive_by and request.time.microsecond:
        time += 1
    rides = rides_of(request)
    if request.window_s == 0:
        found = pareto_set(
            day, access.reach, egress.reach, time, arrive_by=request.arrive_by, max_rides=rides
        )
        return sorted(found, key=lambda j: (j.departure, j.arrival)), time
    return range_set(
        day,
        access.reach,
        egress.reach,
        time,
        arrive_by=request.arrive_by,
        max_rides=rides,
        window=request.window_s,
        at_least=request.max_itineraries,
    )


def rides_of(request: Request) -> int:
    """Most vehicles on one journey."""
    transfers = MAX_RIDES - 1 if request.max_transfers is None else request.max_transfers
    return min(transfers, MAX_RIDES - 1) + 1


def _no_service(network: Network, day: date) -> Shortfall:
    """Nothing runs on `day`; the dates that the feeds cover (A5)."""
    first, last = network.manifest["first_date"], network.manifest["last_date"]
    message = f"There is no timetable for {day}: the feeds cover {first} to {last}."
    facts = {"date": day.isoformat(), "first": first, "last": last}
    return Shortfall(reason=Reason.NO_SERVICE_DATE, message=message, facts=facts)


def out_of_reach(request: Request, access: StopAccess, egress: StopAccess) -> tuple[Shortfall, ...]:
    """Which end has no stop at hand."""
    ends = (("origin", access, request.max_access_s), ("destination", egress, request.max_egress_s))
    return tuple(
        Shortfall(
            reason=Reason.NO_STOP_IN_REACH,
            message=f"No stop lies within {seconds // 60} minutes of the {side}.",
            facts={"side": side, "minutes": str(seconds // 60)},
        )
        for side, reached, seconds in ends
        if not reached.reach.stop.size
    )


def _exhausted(day: ServiceDay, request: Request) -> Shortfall:
    zone = request.time.tzinfo
    end = day.instant(BEFORE if request.arrive_by else AFTER).astimezone(zone)
    first, last = sorted((request.time, end))
    facts = {"from": first.isoformat("T", "minutes"), "to": last.isoformat("T", "minutes")}
    message = f"No vehicle joins the two places between {facts['from']} and {facts['to']}."
    return Shortfall(reason=Reason.WINDOW_EXHAUSTED, message=message, facts=facts)
