"""From a `plan` query to the planner's request, and the wishes the planner doesn't know yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Final, NamedTuple, TypeVar

from planner.itinerary import Answer, Itinerary, Reason, Shortfall, StreetLeg
from planner.network.store import Network
from planner.question import has_timetable
from planner.request import MAX_ITINERARIES, PlaceRef, Request
from planner.stop_ids import find_stop, parse_stop_ref
from web.city import City
from web.motis.modes import STREET_MODES, allowed_modes, routes_of
from web.motis.query import Cursor, PlanQuery, Wishes, read_coordinate, read_time
from web.motis.riding import read_bike_profile
from web.motis.wishes import in_kmh, not_here, read_lines, read_vias, read_weighed
from web.problems import ProblemError

T = TypeVar("T")

_OFF_BY_ONE: Final = 2  # last version in which maxTransfers=0 means no transit
_BACK_S: Final = 3600  # what a page against the search's direction holds at least
_ANYWHERE: Final = ("WALK", "BIKE", "CAR")
_AT_THE_END: Final = ("WALK", "BIKE")  # no car waits at the last stop
_MOST_TRANSFERS: Final = 20  # what Request accepts

# Wishes that change an answer's meaning and are not followed: default, and what is done instead.
_NOT_YET: Final[dict[str, tuple[object, str]]] = {
    "with_fares": (False, "This network has no fares."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A plan query understood: the planner's request, and what is done to its answer.

    direct: the planner's names of the modes wanted without transit.
    unsupported: parameter -> sentence on what was done instead.
    """

    request: Request
    direct: frozenset[str]
    max_travel_s: int | None
    unsupported: dict[str, str] = field(default_factory=dict)

    def narrow(self, answer: Answer) -> Answer:
        """`answer` without what was not asked for."""
        late = self._too_long(answer)
        return replace(
            answer,
            itineraries=tuple(filter(self._in_time, answer.itineraries)),
            direct=tuple(trip for trip in answer.direct if self._wanted(trip)),
            # Walking is always tried; who didn't ask for it needn't know that it is too far.
            shortfalls=tuple(
                short
                for short in (*late, *answer.shortfalls)
                if short.facts.get("mode", "") in self.direct | {""}
            ),
        )

    def _too_long(self, answer: Answer) -> tuple[Shortfall, ...]:
        """That there are itineraries, and all take longer than wished."""
        if not answer.itineraries or any(map(self._in_time, answer.itineraries)):
            return ()
        minutes = str((self.max_travel_s or 0) // 60)
        message = f"No trip takes at most {minutes} minutes."
        return (Shortfall(reason=Reason.TIME_LIMIT, message=message, facts={"minutes": minutes}),)

    def _in_time(self, itinerary: Itinerary) -> bool:
        return self.max_travel_s is None or _duration(itinerary) <= self.max_travel_s

    def _wanted(self, trip: Itinerary) -> bool:
        modes = {leg.mode for leg in trip.legs if isinstance(leg, StreetLeg)}
        return self._in_time(trip) and (modes - {"walk"} or modes) <= self.direct


class _Modes(NamedTuple):
    """What may be used where, in the planner's names."""

    direct: frozenset[str]
    transit: bool
    max_transfers: int | None


class _Window(NamedTuple):
    """When to look: from `time` on (back from it where arrive-by), and for how many itineraries.

    against: the window ends where an earlier page began.
    """

    time: datetime
    length_s: int
    at_least: int
    most: int
    against: bool = False


def read_question(query: PlanQuery, version: int, city: City) -> Question:
    """What `query`, sent to version `version` of the API, asks of the planner.

    Raises ProblemError: 400 for a value that means nothing, 404 for a stop that isn't there,
    501 for wishes that can't be followed together.
    """
    origin = read_place(query.from_place, "fromPlace", city.network)
    destination = read_place(query.to_place, "toPlace", city.network)
    window = _read_window(query, city)
    unsupported = list_not_followed(query)
    modes = _read_modes(query, version, unsupported)
    asked = "transit_modes" in query.model_fields_set or has_timetable(city.network)
    request = Request(
        origin=origin,
        destination=destination,
        time=window.time,
        arrive_by=query.arrive_by,
        modes=modes.direct | ({"transit"} if modes.transit and asked else set()),
        window_s=window.length_s,
        at_least=window.at_least,
        max_itineraries=window.most,
        keep_far=window.against,
        max_transfers=modes.max_transfers,
        max_direct_s=min(query.max_direct_time, city.settings.max_direct_s),
        via=read_vias(query, city.network),
        **read_weighed(query, city.network),
    )
    request = with_wishes(request, query, city, unsupported)
    return Question(
        request=request,
        direct=modes.direct,
        max_travel_s=None if query.max_travel_time is None else query.max_travel_time * 60,
        unsupported=unsupported,
    )


def with_wishes(
    request: Request, query: Wishes, city: City, unsupported: dict[str, str]
) -> Request:
    """`request` with all that `query` wishes but its transfers, which versions count differently.

    What isn't followed is noted in `unsupported`: parameter -> what was done instead.
    """
    access = _street_modes(query.pre_transit_modes, "preTransitModes", _ANYWHERE, unsupported)
    egress = _street_modes(query.post_transit_modes, "postTransitModes", _AT_THE_END, unsupported)
    routes = routes_of(city.network, allowed_modes(query.transit_modes))
    routes -= read_lines(query.banned_routes, "bannedRoutes", city.network)
    routes -= read_lines(query.banned_agencies, "bannedAgencies", city.network)
    return replace(
        request,
        access=access or frozenset({"walk"}),
        egress=egress or frozenset({"walk"}),
        max_access_s=min(query.max_pre_transit_time, city.settings.max_access_s),
        max_egress_s=min(query.max_post_transit_time, city.settings.max_access_s),
        step_free=query.pedestrian_profile == "WHEELCHAIR",
        routes=None if len(routes) == city.network.routes.route_type.size else routes,
        bikes_on_board=query.require_bike_transport,
        min_transfer_s=round(60 * query.min_transfer_time),
        extra_transfer_s=round(60 * query.additional_transfer_time),
        transfer_factor=query.transfer_time_factor,
        walk_speed_kmh=in_kmh(query.pedestrian_speed),
        bike_speed_kmh=in_kmh(query.cycling_speed),
        bike_profile=refusing("bikeWeights", lambda: read_bike_profile(query)),
    )


def read_place(text: str, parameter: str, network: Network) -> PlaceRef:
    """A coordinate, or a stop of `network`; raises ProblemError where it is neither."""
    coordinate = refusing(parameter, lambda: read_coordinate(text))
    if coordinate is not None:
        return coordinate
    ref = parse_stop_ref(network, text)
    if find_stop(network, ref) is None:
        raise not_here(text, "stop", parameter)
    return ref


def _read_window(query: PlanQuery, city: City) -> _Window:
    """The request's time and window, of the page asked for; pages touch and never overlap.

    The planner looks further in its own direction where a window holds too little. A page against
    that direction would then run into the pages seen before: it gets a longer window instead.
    """
    length_s = min(query.search_window, city.settings.max_window_s)
    most = min(query.max_itineraries or MAX_ITINERARIES, city.settings.max_itineraries)
    wanted = min(query.num_itineraries, most)
    if not query.page_cursor:
        asked = query.time
        time = (
            city.now() if asked is None else refusing("time", lambda: read_time(asked, city.zone))
        )
        return _Window(time, length_s if query.timetable_view else 0, wanted, most)
    cursor = refusing("pageCursor", lambda: Cursor.read(query.page_cursor))
    against = cursor.later == query.arrive_by
    if against:
        length_s, wanted = max(length_s, _BACK_S), 0
    first = cursor.instant + 1 if cursor.later else cursor.instant - 1 - length_s
    begin = datetime.fromtimestamp(max(first, 0), UTC)
    time = begin + timedelta(seconds=length_s) if query.arrive_by else begin
    return _Window(time, length_s, wanted, most, against)


def _read_modes(query: PlanQuery, version: int, unsupported: dict[str, str]) -> _Modes:
    """What may be used where; without a way to the stops or from them there is no transit."""
    direct = _street_modes(query.direct_modes, "directModes", _ANYWHERE, unsupported)
    access, egress = set(query.pre_transit_modes), set(query.post_transit_modes)
    transfers = query.max_transfers
    if transfers is not None:
        transfers = min(transfers, _MOST_TRANSFERS) - (1 if version <= _OFF_BY_ONE else 0)
    at_ends = access & set(_ANYWHERE) and egress & set(_AT_THE_END)
    wanted = bool(query.transit_modes and at_ends) and not query.require_car_transport
    possible = transfers is None or transfers >= 0
    return _Modes(
        direct=frozenset() if query.page_cursor else direct,  # they were on the first page
        transit=wanted and possible,
        max_transfers=transfers if possible else None,
    )


def _street_modes(
    names: Iterable[str], parameter: str, known: tuple[str, ...], unsupported: dict[str, str]
) -> frozenset[str]:
    """The planner's names of street modes; others are noted in `unsupported`."""
    names = list(names)
    others = [name for name in names if name not in known]
    if others:
        unsupported[parameter] = f"Left out, for want of data or support: {', '.join(others)}."
    return frozenset(STREET_MODES[name] for name in names if name in known)


def list_not_followed(query: Wishes) -> dict[str, str]:
    """Wishes that the planner doesn't know: parameter -> what was done instead."""
    fields = type(query).model_fields
    return {
        str(fields[name].alias): sentence
        for name, (default, sentence) in _NOT_YET.items()
        if name in fields and getattr(query, name) != default
    }


def refusing(parameter: str, read: Callable[[], T]) -> T:
    """What `read` gives; its ValueError becomes a 400 that names the parameter."""
    try:
        return read()
    except ValueError as error:
        detail = f"The parameter {parameter} is wrong: {error}."
        raise ProblemError(HTTPStatus.BAD_REQUEST, detail, parameter=parameter) from None


def _duration(itinerary: Itinerary) -> float:
    return itinerary.end.timestamp() - itinerary.start.timestamp()
