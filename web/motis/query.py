"""What MOTIS' clients may ask of `plan`: its parameters, and both ways they write lists."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from planner.request import Coordinate
from web.motis.modes import KNOWN_MODES

_YEARS: Final = range(1970, 2200)
_NUMBER: Final = r"[+-]?\d{1,3}(?:\.\d{0,20})?"
_COORDINATE: Final = re.compile(
    rf"\s*({_NUMBER}),\s*({_NUMBER})(?:,\s*-?\d+(?:\.\d+)?)?\s*", re.ASCII
)
_CURSOR: Final = re.compile(r"(EARLIER|LATER)\|(\d{1,10})", re.ASCII)
_LOST_PLUS: Final = re.compile(r"(T[\d:.]+) (\d\d:?\d\d)", re.ASCII)  # `+` unescaped in a URL


def split_list(value: object) -> object:
    """`a=1&a=2` and `a=1,2` alike; empty words drop out, so that `a=` is the empty list."""
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, Sequence):
        return value
    return [word.strip() for text in texts for word in str(text).split(",") if word.strip()]


def _known_modes(names: list[str]) -> list[str]:
    for name in names:
        if name not in KNOWN_MODES:
            msg = f"{name[:40]!r} is not a mode"
            raise ValueError(msg)
    return names


Words = Annotated[list[str], BeforeValidator(split_list)]
Modes = Annotated[Words, AfterValidator(_known_modes)]
Stays = Annotated[list[Annotated[int, Field(ge=0, le=1440)]], BeforeValidator(split_list)]
BikeKind = Literal["everyday", "fast", "calm", "flat", "family", "ebike", "cargo"]
Text = Annotated[str, Field(max_length=200)]
Count = Annotated[int, Field(ge=0)]
Minutes = Annotated[float, Field(ge=0, le=120)]


class Query(BaseModel):
    """Parameters of a GET; unknown ones are passed over, and named in the answer."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="ignore")


class Wishes(Query):
    """What a traveller puts up with; every question about transit may say it.

    Lists are written `a=1&a=2` or `a=1,2`.
    """

    transit_modes: Modes = Field(
        default=["TRANSIT"],
        description="Vehicles allowed; empty for none. A part of them is applied after the search.",
    )
    pre_transit_modes: Modes = Field(
        default=["WALK"], description="To the first stop: WALK, BIKE, CAR."
    )
    post_transit_modes: Modes = Field(
        default=["WALK"], description="From the last stop: WALK, BIKE."
    )
    max_transfers: Count | None = Field(
        None, description="Changes of vehicle; one less up to v2, where 0 means no transit."
    )
    max_pre_transit_time: Count = Field(900, description="Seconds to the first stop.")
    max_post_transit_time: Count = Field(900, description="Seconds from the last stop.")
    pedestrian_profile: Literal["FOOT", "WHEELCHAIR"] = Field(
        "FOOT", description="WHEELCHAIR: nothing known to have steps; what is unknown passes."
    )
    require_bike_transport: bool = Field(
        default=False,
        description="Only vehicles known to take bicycles. Who comes to the first stop by BIKE"
        " rides between vehicles too, where that is quicker than walking.",
    )
    require_car_transport: bool = Field(
        default=False, description="No vehicle here takes cars: true means no transit."
    )
    min_transfer_time: Minutes = Field(0, description="Minutes that every change takes at least.")
    additional_transfer_time: Minutes = Field(0, description="Minutes added to every change.")
    transfer_time_factor: float = Field(
        1, ge=1, le=10, description="What the time of every change is multiplied by."
    )
    pedestrian_speed: float | None = Field(
        None, ge=0.3, le=2.7, description="Metres per second on foot, on changes too."
    )
    cycling_speed: float | None = Field(
        None, ge=1.4, le=11.1, description="Metres per second by bicycle."
    )
    banned_routes: Words = Field(
        default=[], description="Trajets: lines not to be ridden, by routeId or FEED:routeId."
    )
    banned_agencies: Words = Field(
        default=[], description="Trajets: agencies not to be ridden with, by agencyId."
    )
    elevation_costs: Literal["NONE", "LOW", "HIGH"] | None = Field(
        None,
        description="What climbing by bicycle feels like beside its time: the weight `hills` of"
        " 0, 1 or 3; the profile's own by default.",
    )
    bike_profile: BikeKind = Field("everyday", description="Trajets: the kind of bicycle.")
    bike_weights: Words = Field(
        default=[],
        description="Trajets: one's own weights, such as `stress:2,hills:1.5`, within bounds.",
    )


class PlanQuery(Wishes):
    """Parameters of `plan`."""

    from_place: Text = Field(description="`lat,lon[,level]` in degrees, or a stop id.")
    to_place: Text = Field(description="`lat,lon[,level]` in degrees, or a stop id.")
    time: Text | None = Field(
        None, description="ISO 8601; local to the network without an offset. Now by default."
    )
    arrive_by: bool = Field(default=False, description="`time` is the arrival.")
    direct_modes: Modes = Field(
        default=["WALK"], description="Trips without transit: WALK, BIKE, CAR."
    )
    max_travel_time: Count | None = Field(
        None, description="Minutes; longer itineraries are left out."
    )
    search_window: Count = Field(900, description="Seconds of departures (arrivals) looked at.")
    timetable_view: bool = Field(
        default=True, description="Every good departure of the window, not just the next."
    )
    num_itineraries: Count = Field(
        5, description="Itineraries wanted: the window grows until it has so many."
    )
    max_itineraries: int | None = Field(
        None, ge=1, description="Itineraries at most; the cursors lead to those that are cut."
    )
    max_direct_time: Count = Field(1800, description="Seconds of a direct trip.")
    page_cursor: Text = Field(
        "", description="`previousPageCursor` or `nextPageCursor` of an answer to this question."
    )
    detailed_legs: bool = Field(default=True, description="With geometry and steps.")
    detailed_transfers: bool | None = Field(
        None, description="The same for changes on foot; as `detailedLegs` by default."
    )
    language: Words = Field(
        default=[], description="Accepted; names are those of the data in every language."
    )
    via: Words = Field(default=[], description="Stops to call at, by id, in this order; 2 at most.")
    via_minimum_stay: Stays = Field(
        default=[], description="Minutes at each of them; 0, the default, lets one ride through."
    )
    preferred_routes: Words = Field(
        default=[], description="Trajets: lines better ridden, by routeId or FEED:routeId."
    )
    preferred_agencies: Words = Field(
        default=[], description="Trajets: agencies better ridden with, by agencyId."
    )
    preferred_modes: Modes = Field(default=[], description="Trajets: vehicles better ridden.")
    max_walking_time: Count | None = Field(
        None, le=21_600, description="Trajets: seconds on foot on the whole trip."
    )
    criterion: Literal["", "walk", "co2", "preferred"] = Field(
        "",
        description="Trajets: what is weighed beside time and changes. Slower trips that cost "
        "less by it are answered too; `preferred` where lines are preferred.",
    )
    with_fares: bool = Field(default=False, description="Not supported: see `unsupported`.")


class Cursor(BaseModel):
    """Where a page begins: departures or arrivals after (LATER) or before an instant."""

    later: bool
    instant: int  # POSIX seconds

    @classmethod
    def read(cls, text: str) -> Self:
        """The cursor in `EARLIER|1764000000`; raises ValueError for anything else."""
        match = _CURSOR.fullmatch(text)
        if match is None:
            msg = "it is not a cursor of an earlier answer"
            raise ValueError(msg)
        return cls(later=match[1] == "LATER", instant=int(match[2]))


def read_time(text: str, zone: ZoneInfo) -> datetime:
    """An instant in ISO 8601; without an offset it is local to `zone`. Raises ValueError."""
    restored = _LOST_PLUS.sub(r"\1+\2", text.strip())
    try:
        time = datetime.fromisoformat(restored)
    except ValueError:
        time = None
    if time is None or "T" not in restored.upper() or time.year not in _YEARS:
        msg = "it is not a date and time such as 2026-11-23T08:00:00+01:00"
        raise ValueError(msg)
    return time if time.tzinfo is not None else time.replace(tzinfo=zone)


def read_coordinate(text: str) -> Coordinate | None:
    """The point of `lat,lon[,level]`; None for anything else, such as a stop id.

    Raises ValueError where it is written so and lies outside the globe.
    """
    match = _COORDINATE.fullmatch(text)
    if match is None:
        return None
    lat, lon = float(match[1]), float(match[2])
    if abs(lat) > 90 or abs(lon) > 180:  # noqa: PLR2004 - degrees
        msg = "latitude lies between -90 and 90, longitude between -180 and 180"
        raise ValueError(msg)
    return Coordinate(lat, lon)
