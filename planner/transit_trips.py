"""Itineraries with transit: the search, what is made better of it, and what is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final, NamedTuple

from planner.ends import End, StopAccess
from planner.filters import FILTERS, Filter, drop_much_longer, drop_slower_than_walking
from planner.itinerary import (
    FilterReport,
    Itinerary,
    Reason,
    SearchReport,
    SearchTooLongError,
    Shortfall,
    seconds_between,
)
from planner.legs import LegMaker
from planner.network.store import Network
from planner.page import Found, Page, cut_page
from planner.question import (
    access_of,
    change_mode,
    day_of,
    egress_of,
    no_service,
    out_of_reach,
    pace_of,
    rides_of,
    took_too_long,
    wishes_of,
)
from planner.request import Request
from planner.too_strict import too_strict
from planner.transit.criteria import criterion_of
from planner.transit.restricted import (
    CostedJourney,
    Limits,
    OnFoot,
    restricted_range,
    restricted_set,
)
from planner.transit.search import Journey, Reach, pareto_set, range_set
from planner.transit.service_day import AFTER, BEFORE, ServiceDay, services_on
from planner.transit.transfer_points import TransferPoints
from planner.via import Stopover, ViaDay
from planner.worthwhile import drop_hardly_better

SOON_S: Final = 3600  # a longer wait for the first vehicle is said aloud


@dataclass(frozen=True, slots=True)
class TransitTrips:
    """Itineraries with transit, why there are none, and the times that were looked at."""

    itineraries: tuple[Itinerary, ...] = ()
    shortfalls: tuple[Shortfall, ...] = ()
    searched: tuple[datetime, datetime] | None = None
    report: SearchReport = field(default_factory=SearchReport)


class _Found(NamedTuple):
    """Journeys, the last second looked at, and how many got better transfer points.

    beyond: where a criterion was asked for, the best just after the window, to compare with.
    """

    journeys: list[Journey]
    last: int
    improved: int
    beyond: list[Journey]


def transit_trips(  # noqa: PLR0917 - a question and its places
    network: Network,
    request: Request,
    origin: End,
    destination: End,
    stopovers: Sequence[Stopover],
    direct: Sequence[Itinerary],
) -> TransitTrips:
    """Itineraries with transit; `direct` are the trips without, to compare with."""

    def joins(other: Request) -> bool:
        return bool(_trips(network, other, origin, destination, stopovers, ()).itineraries)

    trips = _trips(network, request, origin, destination, stopovers, direct)
    if [short.reason for short in trips.shortfalls] != [Reason.WINDOW_EXHAUSTED]:
        return trips
    strict = too_strict(request, joins)
    return trips if strict is None else replace(trips, shortfalls=(strict,))


def _trips(  # noqa: PLR0917 - a question and its places
    network: Network,
    request: Request,
    origin: End,
    destination: End,
    stopovers: Sequence[Stopover],
    direct: Sequence[Itinerary],
) -> TransitTrips:
    if not stopovers and set(origin.stops) & set(destination.stops):
        message = "Both places are one station: no vehicle is needed."
        return TransitTrips(
            shortfalls=(Shortfall(reason=Reason.ONLY_WALK, message=message, facts={}),)
        )
    day = day_of(network, request)
    if isinstance(day, Shortfall):
        return TransitTrips(shortfalls=(day,))
    try:
        access = access_of(network, request, origin)
        egress = egress_of(network, request, destination)
        missing = out_of_reach(request, access, egress)
        if missing:
            return TransitTrips(shortfalls=missing)
        found = _search(network, request, day, access, egress, stopovers)
        maker = LegMaker(
            network, day, access, egress,
            request.step_free, wishes_of(request), change_mode(request), pace_of(request),
            request.bike_profile,
        )  # fmt: skip
        itineraries = [maker.itinerary(journey) for journey in found.journeys]
        filters = (*FILTERS, drop_much_longer(request))
        if _has_cost(request):
            beyond = [maker.itinerary(journey) for journey in found.beyond]
            filters = (drop_hardly_better(network, request, beyond), *filters)
    except SearchTooLongError:
        return TransitTrips(shortfalls=(took_too_long(),))
    return _filtered(network, request, day, found, itineraries, direct, filters)


def _filtered(  # noqa: PLR0917 - a question and what was found
    network: Network,
    request: Request,
    day: ServiceDay,
    found: _Found,
    itineraries: list[Itinerary],
    direct: Sequence[Itinerary],
    filters: Sequence[Filter],
) -> TransitTrips:
    reports = [FilterReport(name="better_transfer_points", changed=found.improved)]
    journey_of = {
        id(one.legs): journey for one, journey in zip(itineraries, found.journeys, strict=True)
    }
    for keep in filters:
        itineraries, report = keep(itineraries, direct)
        reports.append(report)
    page = _page(request, day, found.last, [(journey_of[id(one.legs)], one) for one in itineraries])
    shown = tuple(one.itinerary for one in page.found)
    sign, zero = (-1 if request.arrive_by else 1), _time_of(request, day)
    searched = sorted(
        request.time.astimezone(UTC) if distance == 0 else day.instant(zero + sign * distance)
        for distance in (page.first, page.last)
    )
    wait = (_long_wait(request, shown) if shown else
            _none_left(network, day, request, reports))  # fmt: skip
    return TransitTrips(
        itineraries=shown,
        shortfalls=() if wait is None else (wait,),
        searched=(searched[0], searched[1]),
        report=SearchReport(
            journeys=len(found.journeys), kept=len(shown), filters=(*reports, page.report)
        ),
    )


def _page(
    request: Request, day: ServiceDay, last: int, pairs: Sequence[tuple[Journey, Itinerary]]
) -> Page:
    """What of the journeys and their itineraries one answer shows.

    Of who asked about one moment all that leaves until the last one shown was looked at, and is
    no better than what is shown. A journey may be over later than its itinerary: with what the
    feed wants for the way from a stop to another.
    """
    time = _time_of(request, day)
    found = [
        Found(time - one.arrival if request.arrive_by else one.departure - time, itinerary)
        for one, itinerary in pairs
    ]
    looked = abs(last - time)
    if not request.window_s:
        looked = max((one.distance for one in found), default=0)
    return cut_page(found, looked, most=request.max_itineraries, keep_far=request.keep_far)


def _search(  # noqa: PLR0917 - a question and the day it is asked on
    network: Network,
    request: Request,
    day: ServiceDay,
    access: StopAccess,
    egress: StopAccess,
    stopovers: Sequence[Stopover],
) -> _Found:
    """The journeys of a request, each with its best transfer points."""
    via = ViaDay.of(day, stopovers) if stopovers else None
    start, end = access.reach.at_points(day.point_stop), egress.reach.at_points(day.point_stop)
    searched = day
    if via is not None:
        searched, start, end = via.layered, via.access(start), via.egress(end)
    beyond: list[Journey] = []
    if _has_cost(request):
        journeys, last, beyond = _restricted(network, request, day, access, egress)
    else:
        journeys, last = _fastest(searched, request, start, end)
    better = TransferPoints(
        day=searched,
        access=start.by_point(len(searched.point_stop)),
        egress=end.by_point(len(searched.point_stop)),
        point_stop=day.point_stop if via is None else via.point_stop,
        station=network.stops.station,
    )
    improved = journeys
    if request.criterion not in _BY_LINE:
        improved = [better.improve(journey) for journey in journeys]
        beyond = [better.improve(journey) for journey in beyond]
    changed = sum(one != other for one, other in zip(journeys, improved, strict=True))
    if via is not None:
        improved = [via.journey(journey) for journey in improved]
    return _Found(improved, last, changed, beyond)


def _has_cost(request: Request) -> bool:
    """Whether journeys are weighed by more than time and changes."""
    return bool(request.criterion) or request.max_walk_s is not None


_BY_LINE: Final = ("co2", "preferred")  # criteria for which it counts where one changes


def _time_of(request: Request, day: ServiceDay) -> int:
    """Rounded outwards: who arrives at 06:05:26 isn't there by 06:05 (A13)."""
    round_up = not request.arrive_by and request.time.microsecond > 0
    return day.clock(request.time) + int(round_up)


def _fastest(
    day: ServiceDay, request: Request, access: Reach, egress: Reach
) -> tuple[list[Journey], int]:
    """Journeys of the window, and the last second of it that was looked at."""
    time, rides = _time_of(request, day), rides_of(request)
    if request.window_s == 0:
        found = pareto_set(day, access, egress, time, arrive_by=request.arrive_by, max_rides=rides)
        return sorted(found, key=lambda j: (j.departure, j.arrival)), time
    return range_set(
        day,
        access,
        egress,
        time,
        arrive_by=request.arrive_by,
        max_rides=rides,
        window=request.window_s,
        at_least=request.at_least,
    )


def _restricted(
    network: Network, request: Request, day: ServiceDay, access: StopAccess, egress: StopAccess
) -> tuple[list[Journey], int, list[Journey]]:
    """The same with journeys that cost less by the request's criterion, or walk little enough.

    And the best that leave (arrive) after the window, which may beat some in it.
    """
    time, rides = _time_of(request, day), rides_of(request)
    criterion = criterion_of(network, day, request.criterion, request.preferred)
    on_foot = OnFoot(access.on_foot, egress.on_foot)
    beyond: list[CostedJourney] = []
    if request.window_s == 0:
        found = restricted_set(
            day, access.reach, egress.reach, time,
            arrive_by=request.arrive_by, max_rides=rides,
            criterion=criterion, max_walk_s=request.max_walk_s, on_foot=on_foot,
        )  # fmt: skip
        last = time
    else:
        found, last = restricted_range(
            day, access.reach, egress.reach, time,
            arrive_by=request.arrive_by, max_rides=rides,
            window=request.window_s, at_least=request.at_least,
            criterion=criterion, max_walk_s=request.max_walk_s, on_foot=on_foot,
        )  # fmt: skip
        beyond = restricted_set(
            day, access.reach, egress.reach, last + (-1 if request.arrive_by else 1),
            arrive_by=request.arrive_by, max_rides=rides, limits=Limits(0, 0.0, 0),
            criterion=criterion, max_walk_s=request.max_walk_s, on_foot=on_foot,
        )  # fmt: skip
    journeys = [costed.journey for costed in found]
    by_departure = sorted(journeys, key=lambda j: (j.departure, j.arrival))
    return by_departure, last, [costed.journey for costed in beyond]


def _none_left(
    network: Network, day: ServiceDay, request: Request, reports: Sequence[FilterReport]
) -> Shortfall:
    """Why no itinerary with transit is shown."""
    if any(
        report.dropped for report in reports if report.name == drop_slower_than_walking.__name__
    ):
        message = "Walking takes no longer than any vehicle."
        return Shortfall(reason=Reason.ONLY_WALK, message=message, facts={})
    if not services_on(network, day.date).any():
        return no_service(network, day.date)
    return _exhausted(day, request)


def _exhausted(day: ServiceDay, request: Request) -> Shortfall:
    zone = request.time.tzinfo
    end = day.instant(BEFORE if request.arrive_by else AFTER).astimezone(zone)
    first, last = sorted((request.time, end), key=datetime.timestamp)
    facts = {"from": first.isoformat("T", "minutes"), "to": last.isoformat("T", "minutes")}
    message = f"No vehicle joins the two places between {facts['from']} and {facts['to']}."
    return Shortfall(reason=Reason.WINDOW_EXHAUSTED, message=message, facts=facts)


def _long_wait(request: Request, itineraries: Sequence[Itinerary]) -> Shortfall | None:
    """That nothing leaves (arrives) within the window and the hour, and when something does."""
    span = max(request.window_s, SOON_S)
    if request.arrive_by:
        nearest, verb = max((one.end for one in itineraries), key=datetime.timestamp), "arrives"
        late = seconds_between(nearest, request.time) > span
    else:
        nearest, verb = min((one.start for one in itineraries), key=datetime.timestamp), "leaves"
        late = seconds_between(request.time, nearest) > span
    if not late:
        return None
    when = nearest.astimezone(request.time.tzinfo).isoformat("T", "minutes")
    message = f"Nothing {verb} within {span // 60} minutes of the time asked for, but at {when}."
    facts = {"minutes": str(span // 60), "next": when}
    return Shortfall(reason=Reason.NEXT_LATER, message=message, facts=facts)
