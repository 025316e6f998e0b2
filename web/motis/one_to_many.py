"""MOTIS' `one-to-many`: its parameters, in a URL or a body, and its answer."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Annotated, Any, Final, Literal

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from planner.network.profiles import adjusted, get_profile
from planner.network.store import Network
from planner.request import Coordinate
from planner.streets.many import REASONS, street_matrix
from planner.streets.path import StreetPath
from planner.streets.points import MAX_SNAP_M
from planner.streets.route import route
from web.city import City
from web.motis.modes import STREET_MODES
from web.motis.query import Count, Query, Text, Words
from web.motis.riding import HILLS
from web.problems import ProblemError

MAX_MANY: Final = 128  # as MOTIS' onetomany_max_many
_NUMBER: Final = r"[+-]?\d{1,3}(?:\.\d{0,20})?"
_PLACE: Final = re.compile(rf"\s*({_NUMBER})\s*;\s*({_NUMBER})\s*", re.ASCII)


class OneToManyQuery(Query):
    """Parameters of `one-to-many`."""

    one: Text = Field(description="`lat;lon` in degrees.")
    many: Words = Field(description=f"As `one`, at most {MAX_MANY}.")
    mode: Literal["WALK", "BIKE", "CAR"] = Field(description="How one goes.")
    max: Count = Field(description="Seconds of the longest way.")
    max_matching_distance: Annotated[float, Field(ge=0)] = Field(
        MAX_SNAP_M, description=f"Metres to the nearest street, at most {MAX_SNAP_M:g}."
    )
    arrive_by: bool = Field(default=False, description="Many to one.")
    with_distance: bool = Field(default=False, description="Tell the metres too.")
    elevation_costs: Literal["NONE", "LOW", "HIGH"] | None = Field(
        None, description="What climbing by bicycle feels like: the weight `hills` of 0, 1 or 3."
    )


class OneToManyRequest(OneToManyQuery):
    """The same as JSON."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="ignore")


def one_to_many_response(query: OneToManyQuery, city: City) -> list[dict[str, Any]]:
    """The JSON array of the answer; raises ProblemError."""
    if len(query.many) > MAX_MANY:
        detail = f"The parameter many has {len(query.many)} places, over {MAX_MANY}."
        raise ProblemError(HTTPStatus.BAD_REQUEST, detail, parameter="many")
    one = [_read_place(query.one, "one")]
    many = [_read_place(text, "many") for text in query.many]
    profile, max_s = _profile_of(query), min(query.max, city.settings.max_direct_s)
    found = street_matrix(
        city.network, *((many, one) if query.arrive_by else (one, many)), profile,
        max_s=max_s, max_snap_m=min(query.max_matching_distance, MAX_SNAP_M),
    )  # fmt: skip
    answers: list[dict[str, Any]] = [
        {} if REASONS[reason] else {"duration": seconds}
        for seconds, reason in zip(
            found.duration.ravel().tolist(), found.reason.ravel().tolist(), strict=True
        )
    ]
    if query.with_distance:
        for place, answer in zip(many, answers, strict=True):
            if answer:
                ends = (place, one[0]) if query.arrive_by else (one[0], place)
                answer.update(_distance(city.network, *ends, profile, max_s))
    return answers


def _distance(
    network: Network, origin: Coordinate, destination: Coordinate, profile: str, max_s: int
) -> dict[str, float]:
    way = route(network, origin, destination, profile, max_s=max_s)
    return {"distance": round(way.length_m, 1)} if isinstance(way, StreetPath) else {}


def _profile_of(query: OneToManyQuery) -> str:
    name = STREET_MODES[query.mode]
    if query.mode != "BIKE" or query.elevation_costs is None:
        return name
    return adjusted(get_profile(name), {"hills": HILLS[query.elevation_costs]}).name


def _read_place(text: str, parameter: str) -> Coordinate:
    match = _PLACE.fullmatch(text)
    place = Coordinate(float(match[1]), float(match[2])) if match else None
    if place is None or not (abs(place.lat) <= 90 and abs(place.lon) <= 180):  # noqa: PLR2004 - degrees
        detail = f"The parameter {parameter} is wrong: {text[:40]!r} is not lat;lon in degrees."
        raise ProblemError(HTTPStatus.BAD_REQUEST, detail, parameter=parameter)
    return place
