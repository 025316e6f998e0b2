"""The form of MOTIS 2's answers, as far as we fill it, and our own additions to it.

Field meanings follow MOTIS' published OpenAPI document (motis-project/motis, openapi.yaml, v6).
Members that MOTIS has not are marked "Trajets"; its clients pass over them.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel, WithJsonSchema
from pydantic.alias_generators import to_camel

Instant = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
MatchType = Literal["ADDRESS", "PLACE", "STOP"]


def _camel_case(name: str) -> str:
    """MOTIS' name of a field; `from_` is ours for what Python can't name so."""
    return to_camel(name.rstrip("_"))


class Form(BaseModel):
    """JSON with MOTIS' camelCase names; what is None is left out."""

    model_config = ConfigDict(alias_generator=_camel_case, populate_by_name=True, extra="forbid")


class Polyline(Form):
    """A line in Google's polyline encoding."""

    points: str = Field(description="The encoded points.")
    precision: int = Field(description="Decimal places: 7 in v1, 6 since v2.")
    length: int = Field(description="Number of points.")


class Place(Form):
    """A stop, an address or a point; times where a vehicle calls there."""

    name: str
    stop_id: str | None = None
    parent_id: str | None = Field(None, description="The station, where the stop belongs to one.")
    lat: float
    lon: float
    level: float | None = Field(None, description="0 up to v5; left out since v6.")
    tz: str | None = Field(None, description="IANA timezone.")
    arrival: Instant | None = None
    departure: Instant | None = None
    scheduled_arrival: Instant | None = None
    scheduled_departure: Instant | None = None
    scheduled_track: str | None = None
    track: str | None = None
    vertex_type: Literal["NORMAL", "TRANSIT"]
    pickup_type: Literal["NORMAL", "NOT_ALLOWED"] | None = None
    dropoff_type: Literal["NORMAL", "NOT_ALLOWED"] | None = None
    pickup_arrangement: Literal["PHONE_AGENCY", "ASK_DRIVER"] | None = Field(
        None, description="Trajets: whom to tell beforehand, to be picked up here."
    )
    dropoff_arrangement: Literal["PHONE_AGENCY", "ASK_DRIVER"] | None = Field(
        None, description="Trajets: whom to tell beforehand, to be let off here."
    )


class Step(Form):
    """A stretch of one street."""

    relative_direction: str
    distance: float = Field(description="Metres.")
    from_level: float = 0
    to_level: float = 0
    polyline: Polyline
    street_name: str
    osm_way: int | None = Field(None, description="The OSM way of most of it.")
    exit: str = ""
    stay_on: bool = False
    area: bool = False
    elevation_up: int | None = Field(None, description="Metres uphill.")
    elevation_down: int | None = Field(None, description="Metres downhill.")
    duration: int = Field(description="Trajets: seconds.")
    road_class: str = Field(description="Trajets: class of road.")
    push: bool = Field(description="Trajets: the bicycle is walked.")
    contraflow: bool = Field(description="Trajets: ridden against the one-way of cars.")
    infrastructure: str = Field(description="Trajets: what a cyclist finds there.")
    stress: int | None = Field(
        None, description="Trajets: level of traffic stress for cyclists, 1 to 4."
    )


class Comfort(Form):
    """Trajets: how a ride by bicycle feels, in metres."""

    level: list[float] = Field(description="At levels of traffic stress 1, 2, 3 and 4.")
    unknown: float = Field(description="Where the level isn't known.")
    pushed: float = Field(description="Beside the bicycle.")
    facility: dict[str, float] = Field(description="By what keeps cars away.")
    calm_share: float = Field(description="Share at levels 1 and 2 of what is ridden.")


class Leg(Form):
    """A ride on one vehicle, or a way through the streets."""

    mode: str
    from_: Place
    to: Place
    duration: int = Field(description="Seconds.")
    start_time: Instant
    end_time: Instant
    scheduled_start_time: Instant
    scheduled_end_time: Instant
    real_time: bool = False
    scheduled: bool = True
    distance: float | None = Field(None, description="Metres.")
    interline_with_previous_leg: bool | None = Field(
        None, description="The same vehicle as on the leg before: one stays seated."
    )
    headsign: str | None = None
    route_id: str | None = None
    route_color: str | None = Field(None, description="Six hex digits.")
    route_text_color: str | None = Field(None, description="Six hex digits.")
    route_type: int | None = None
    agency_name: str | None = None
    agency_url: str | None = None
    agency_id: str | None = None
    trip_id: str | None = None
    route_short_name: str | None = Field(None, description="The display name up to v3.")
    route_long_name: str | None = None
    trip_short_name: str | None = None
    display_name: str | None = Field(None, description="Since v4.")
    cancelled: bool | None = None
    source: str | None = Field(None, description="The feed.")
    intermediate_stops: list[Place] = Field(default_factory=list)
    leg_geometry: Polyline
    steps: list[Step] | None = None
    bikes_allowed: bool | None = Field(None, description="Left out where unknown.")
    wheelchair_accessible: Literal["ACCESSIBLE", "NOT_ACCESSIBLE"] | None = Field(
        None, description="Left out where unknown."
    )
    service_date: str | None = Field(None, description="Trajets: the trip's service day.")
    headway: int | None = Field(
        None, description="Trajets: seconds between vehicles; the times are then typical ones."
    )
    climb: float | None = Field(None, description="Trajets: metres uphill.")
    descent: float | None = Field(None, description="Trajets: metres downhill.")
    heights: list[tuple[float, float]] | None = Field(
        None,
        description="Trajets: metres from the leg's start and above the sea; left out if unknown.",
    )
    comfort: Comfort | None = Field(None, description="Trajets: of a ride by bicycle.")
    estimated: bool | None = Field(
        None,
        description="Trajets: a straight line with a detour factor, not a way through streets.",
    )


class Itinerary(Form):
    """One way to make the trip."""

    duration: int = Field(description="Seconds.")
    start_time: Instant
    end_time: Instant
    transfers: int
    id: str = Field(description="Opaque; the same for the same itinerary.")
    legs: list[Leg]
    also_at: list[Instant] = Field(
        default_factory=list,
        description="Trajets: departures of others that differ by trifles and were left out.",
    )


class Shortfall(Form):
    """Trajets: why something that was asked for is missing."""

    reason: str = Field(description="One of planner.itinerary.Reason.")
    message: str = Field(description="A sentence.")
    facts: dict[str, str] = Field(description="The values the sentence is made of.")


class Unsupported(Form):
    """Trajets: a parameter that was not, or not fully, followed."""

    parameter: str
    message: str = Field(description="What was done instead, in one sentence.")


class Dropped(Form):
    """Trajets: an itinerary that a filter took out."""

    itinerary: str = Field(description="In a few words.")
    reason: str = Field(description="Why, in a few words.")
    by: str = Field(description="The one that beat it, in a few words.")


class FilterReport(Form):
    """Trajets: what one filter did to the journeys that were found."""

    name: str
    changed: int = Field(description="How many it made better, or left for others too.")
    dropped: list[Dropped]


class PlanResponse(Form):
    """Answer to `plan`; `direct` and `itineraries` are arrays always, empty where none is found."""

    request_parameters: dict[str, str]
    debug_output: dict[str, int]
    from_: Place
    to: Place
    direct: list[Itinerary]
    itineraries: list[Itinerary]
    previous_page_cursor: str
    next_page_cursor: str
    shortfalls: list[Shortfall]
    unsupported: list[Unsupported]
    filters: list[FilterReport] = Field(description="Trajets: in their order.")


class ReachedPlace(Form):
    """A stop that is reached."""

    place: Place
    duration: int = Field(description="Minutes, rounded up.")
    k: int = Field(description="Fewest vehicles with which it takes no longer; 0 on foot.")


class Reachable(Form):
    """Answer to `one-to-all`; `all` is empty where no stop is reached."""

    one: Place
    all: list[ReachedPlace]
    shortfalls: list[Shortfall]
    unsupported: list[Unsupported]


class Area(Form):
    """An administrative area."""

    name: str
    admin_level: int
    matched: bool
    default: bool | None = None


class Match(Form):
    """A place found by text or by position; `plan` takes a stop's `id`, else `lat,lon`."""

    type: MatchType
    category: str | None = None
    tokens: list[tuple[int, int]] = Field(description="Matched ranges of the name: start, length.")
    name: str
    id: str
    lat: float
    lon: float
    street: str | None = None
    house_number: str | None = None
    country: str | None = None
    zip: str | None = None
    tz: str | None = None
    areas: list[Area]
    score: float
    importance: float | None = Field(None, description="Of a stop, 0 to 1.")


class Matches(RootModel[list[Match]]):
    """A list of matches, the best first."""


class Duration(Form):
    """How long a way takes; empty where there is none."""

    duration: int | None = Field(None, description="Seconds.")
    distance: float | None = Field(None, description="Metres.")


class Durations(RootModel[list[Duration]]):
    """Answer to `one-to-many`, in the order of `many`."""


class Problem(Form):
    """RFC 9457 problem document; `error` repeats `detail` for MOTIS' clients."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    error: str
    parameter: str | None = Field(None, description="The parameter at fault.")
