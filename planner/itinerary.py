"""What the planner answers: itineraries of legs, or a typed reason why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum


def later(instant: datetime, seconds: int) -> datetime:
    """So many seconds after `instant`, in its zone, whose clock may be moved in between."""
    return (instant.astimezone(UTC) + timedelta(seconds=seconds)).astimezone(instant.tzinfo)


def seconds_between(start: datetime, end: datetime) -> int:
    """The seconds that pass; `end - start` would ignore that their zone's clock is moved."""
    return round(end.timestamp() - start.timestamp())


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An end of a leg: an address, a point or a stop. `name` is "" for a bare coordinate.

    step_free: of a stop, 1 yes, 0 unknown, -1 no.
    """

    name: str
    lat: float
    lon: float
    stop_id: str | None = None  # as the API gives it: FEED:STOP_ID where several feeds share ids
    station_id: str | None = None
    platform: str | None = None
    step_free: int = 0


class Arrangement(StrEnum):
    """How riders get on, or off, at a call: as anywhere, not at all, or by telling somebody."""

    REGULAR = "regular"
    NOT_ALLOWED = "not_allowed"
    PHONE_AGENCY = "phone_agency"
    ASK_DRIVER = "ask_driver"


@dataclass(frozen=True, slots=True, kw_only=True)
class StopCall:
    """A vehicle's call at a stop on a transit leg."""

    place: Place
    arrival: datetime
    departure: datetime
    pickup: Arrangement = Arrangement.REGULAR
    drop_off: Arrangement = Arrangement.REGULAR


class Turn(StrEnum):
    """What to do at the start of a step; the words of MOTIS' `relativeDirection`."""

    DEPART = "DEPART"
    CONTINUE = "CONTINUE"
    SLIGHTLY_LEFT = "SLIGHTLY_LEFT"
    SLIGHTLY_RIGHT = "SLIGHTLY_RIGHT"
    LEFT = "LEFT"
    RIGHT = "RIGHT"
    HARD_LEFT = "HARD_LEFT"
    HARD_RIGHT = "HARD_RIGHT"
    CIRCLE_CLOCKWISE = "CIRCLE_CLOCKWISE"
    CIRCLE_COUNTERCLOCKWISE = "CIRCLE_COUNTERCLOCKWISE"
    STAIRS = "STAIRS"
    ELEVATOR = "ELEVATOR"
    UTURN_LEFT = "UTURN_LEFT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A stretch of one street without a decision in it.

    points: (lat, lon) in travel order. push: the bicycle is walked. contraflow: ridden against
    the one-way of cars. road_class: of planner.network.shape.ROAD_CLASSES. way_id: the OSM way of
    most of it, 0 where there is none. stress: the level of traffic stress of most of it, 1..4, 0
    where it isn't known.
    """

    turn: Turn
    street: str
    road_class: str
    length_m: float
    duration: int
    points: tuple[tuple[float, float], ...]
    push: bool = False
    contraflow: bool = False
    infrastructure: str = "none"
    way_id: int = 0
    stress: int = 0
    climb_m: float = 0.0
    descent_m: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Comfort:
    """How a ride feels: metres by level of traffic stress, and by what keeps cars away.

    level_m: at levels 1 (for children) to 4 (for the strong). pushed_m: beside the bicycle.
    facility_m: of planner.network.shape.INFRASTRUCTURES, "none" left out.
    """

    level_m: tuple[float, ...]
    unknown_m: float
    pushed_m: float
    facility_m: Mapping[str, float] = field(default_factory=dict)

    @property
    def calm_share(self) -> float:
        """How much of what is ridden most adults would ride with ease, 0..1: levels 1 and 2."""
        ridden = sum(self.level_m) + self.unknown_m
        return sum(self.level_m[:2]) / ridden if ridden else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StreetLeg:
    """A way through the streets, or a change on foot.

    estimated: the streets don't reach here, so it is a straight line; its metres and seconds
    have a detour in them (planner/network/straight_walk.py).
    heights: (metres from its start, metres above the sea), () where they aren't known.
    comfort: of a ride by bicycle, None where it isn't known.
    profile: name of the one that goes, "" for a straight line.
    """

    mode: str  # "walk", "bike", "car"
    origin: Place
    destination: Place
    start: datetime
    end: datetime
    length_m: float
    points: tuple[tuple[float, float], ...]
    steps: tuple[Step, ...] = ()
    climb_m: float = 0.0
    descent_m: float = 0.0
    estimated: bool = False
    heights: tuple[tuple[float, float], ...] = ()
    comfort: Comfort | None = None
    profile: str = ""

    @property
    def seconds(self) -> int:
        """How long it takes."""
        return seconds_between(self.start, self.end)

    def starting(self, start: datetime) -> StreetLeg:
        """The same way at another time."""
        return replace(self, start=start, end=later(start, self.seconds))


@dataclass(frozen=True, slots=True, kw_only=True)
class TransitLeg:
    """A ride on one vehicle.

    headsign: as it is shown where it is boarded.
    headway: seconds between vehicles where only that is published (times are then typical).
    calls: every call from boarding to alighting, both included.
    step_free and bikes: 1 yes, 0 unknown, -1 no.
    stay_seated: the same vehicle as on the leg before; nobody changes.
    """

    route_type: int
    route_id: str
    route_short_name: str
    route_long_name: str
    route_color: str
    route_text_color: str
    agency_id: str
    agency_name: str
    agency_url: str
    headsign: str
    trip_id: str
    trip_short_name: str
    service_date: date
    feed: str
    calls: tuple[StopCall, ...]
    points: tuple[tuple[float, float], ...]
    length_m: float
    headway: int = 0
    step_free: int = 0
    bikes: int = 0
    stay_seated: bool = False

    @property
    def origin(self) -> Place:
        """Where it is boarded."""
        return self.calls[0].place

    @property
    def destination(self) -> Place:
        """Where it is left."""
        return self.calls[-1].place

    @property
    def start(self) -> datetime:
        """Departure of the vehicle."""
        return self.calls[0].departure

    @property
    def end(self) -> datetime:
        """Arrival of the vehicle."""
        return self.calls[-1].arrival

    @property
    def surely_step_free(self) -> bool:
        """Whether vehicle and both stops are known to have no steps."""
        return min(self.step_free, self.origin.step_free, self.destination.step_free) > 0


Leg = StreetLeg | TransitLeg


@dataclass(frozen=True, slots=True)
class Itinerary:
    """One way to make the trip: legs that touch in place and follow in time.

    also_at: departures of others that differ by trifles and were left out for it.
    """

    legs: tuple[Leg, ...]
    also_at: tuple[datetime, ...] = ()

    @property
    def start(self) -> datetime:
        """When one leaves."""
        return self.legs[0].start

    @property
    def end(self) -> datetime:
        """When one is there."""
        return self.legs[-1].end

    @property
    def seconds(self) -> int:
        """From door to door."""
        return seconds_between(self.start, self.end)

    @property
    def transfers(self) -> int:
        """Changes of vehicle."""
        vehicles = sum(isinstance(leg, TransitLeg) and not leg.stay_seated for leg in self.legs)
        return max(0, vehicles - 1)

    @property
    def walk_m(self) -> float:
        """Metres on foot."""
        walks = (leg for leg in self.legs if isinstance(leg, StreetLeg) and leg.mode == "walk")
        return sum(leg.length_m for leg in walks)

    @property
    def walk_s(self) -> int:
        """Seconds on foot."""
        walks = (leg for leg in self.legs if isinstance(leg, StreetLeg) and leg.mode == "walk")
        return sum(leg.seconds for leg in walks)

    @property
    def surely_step_free(self) -> bool:
        """Whether every vehicle taken and stop used is known to have no steps."""
        return all(leg.surely_step_free for leg in self.legs if isinstance(leg, TransitLeg))


class Reason(StrEnum):
    """Why there is no itinerary, or none by transit."""

    OUTSIDE_AREA = "outside_area"
    SNAPPED_TOO_FAR = "snapped_too_far"
    UNKNOWN_STOP = "unknown_stop"
    NO_SERVICE_DATE = "no_service_date"
    NO_TIMETABLE = "no_timetable"  # streets only: no vehicle on any day
    NO_STOP_IN_REACH = "no_stop_in_reach"
    WINDOW_EXHAUSTED = "window_exhausted"
    LINES_LEFT_OUT = "lines_left_out"  # the lines one may ride don't join the places; others do
    WALK_LIMIT = "walk_limit"  # every trip has more on foot than wished
    TRANSFER_LIMIT = "transfer_limit"  # every trip has more changes than wished
    TIME_LIMIT = "time_limit"  # every trip takes longer than wished
    NEXT_LATER = "next_later"  # there are itineraries, and a long wait before the first
    ONLY_WALK = "only_walk"  # vehicles join the places, and none spares time or walking
    NOT_CONNECTED = "not_connected"  # every street one could come to was looked at
    TOO_FAR = "too_far"  # the streets lead on, beyond what was asked for
    TIMEOUT = "timeout"


class SearchTooLongError(Exception):
    """A search was given up because it would have taken too long: the answer's TIMEOUT."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortfall:
    """A reason with its sentence for a human, and the values the sentence is made of."""

    reason: Reason
    message: str  # English; the pages say it in French from `reason` and `facts`
    facts: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """An itinerary that a filter took out. `itinerary` and `by` are short forms of two of them."""

    itinerary: str
    reason: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterReport:
    """What one filter did: how many it changed, and what it took out."""

    name: str
    changed: int = 0
    dropped: tuple[Dropped, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchReport:
    """How many journeys were found, what each filter did to them, in order, and how many stayed."""

    journeys: int = 0
    kept: int = 0
    filters: tuple[FilterReport, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The planner's answer.

    itineraries: with transit, by departure (by latest departure first where arrive-by).
    direct: one per mode asked for, and walking wherever it is possible.
    shortfalls: why something asked for is missing; `itineraries` and `direct` may both be empty.
    searched: first and last instant whose departures (arrivals) were looked at.
    """

    origin: Place
    destination: Place
    itineraries: tuple[Itinerary, ...]
    direct: tuple[Itinerary, ...]
    shortfalls: tuple[Shortfall, ...]
    searched: tuple[datetime, datetime]
    debug: SearchReport
