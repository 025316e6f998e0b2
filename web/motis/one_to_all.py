"""MOTIS' `one-to-all`: its parameters, the planner's request of them, and its answer."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, timedelta
from http import HTTPStatus
from typing import Any, Final

from pydantic import Field

from planner.ends import stop_place
from planner.itinerary import Place
from planner.network.store import Network
from planner.reachable import Reached
from planner.request import Request
from web.city import City
from web.motis import schema
from web.motis.query import Count, Text, Wishes, read_time
from web.motis.request import list_not_followed, read_place, refusing, with_wishes
from web.motis.response import Detail, Writer
from web.problems import ProblemError

MINUTE: Final = 60


class ReachWishes(Wishes):
    """What one may ask about one place and all the stops."""

    one: Text = Field(description="`lat,lon[,level]` in degrees, or a stop id.")
    time: Text | None = Field(
        None, description="ISO 8601; local to the network without an offset. Now by default."
    )
    max_travel_time: Count = Field(90, description="Minutes of the longest trip.")


class OneToAllQuery(ReachWishes):
    """Parameters of `one-to-all`."""

    arrive_by: bool = Field(default=False, description="All to one: `time` is the arrival there.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachQuestion:
    """A query understood; unsupported: parameter -> what was done instead."""

    request: Request
    longest_s: int
    unsupported: dict[str, str] = field(default_factory=dict)


def read_reach(
    query: ReachWishes, city: City, *, unknown: Mapping[str, str], arrive_by: bool = False
) -> ReachQuestion:
    """What `query` asks of the planner; raises ProblemError (400, 404).

    unknown: parameter -> what was done instead, for what `query` doesn't have.
    """
    longest_s = query.max_travel_time * MINUTE
    refuse_over("maxTravelTime", longest_s, city.settings.max_reach_s)
    one = read_place(query.one, "one", city.network)
    asked = query.time
    time = city.now() if asked is None else refusing("time", lambda: read_time(asked, city.zone))
    unsupported = list_not_followed(query) | dict(unknown)
    request = Request(
        origin=one, destination=one, time=time, arrive_by=arrive_by, modes=frozenset({"transit"}),
        max_transfers=None if query.max_transfers is None else min(query.max_transfers, 20),
    )  # fmt: skip
    request = with_wishes(request, query, city, unsupported)
    if query.require_car_transport:
        request = replace(request, routes=frozenset())
    return ReachQuestion(request=request, longest_s=longest_s, unsupported=unsupported)


def refuse_over(parameter: str, seconds: int, most_s: int) -> None:
    """Raise ProblemError where a parameter in minutes is over what the operator allows."""
    if seconds > most_s:
        detail = f"The parameter {parameter} is over {most_s // MINUTE} minutes."
        raise ProblemError(HTTPStatus.BAD_REQUEST, detail, parameter=parameter)


def refuse_too_many(found: Reached, most: int) -> None:
    """Raise ProblemError where more stops are reached than the operator allows."""
    if found.stop.size > most:
        detail = f"{found.stop.size} stops are reached, over {most}: ask for a shorter time."
        raise ProblemError(HTTPStatus.BAD_REQUEST, detail)


def one_to_all_response(
    found: Reached, question: ReachQuestion, network: Network, version: int
) -> dict[str, Any]:
    """The JSON object of MOTIS' `one-to-all`."""
    request = question.request
    writer = Writer(Detail(version=version), network.manifest["timezone"])

    def place(where: Place, seconds: int, *, leaving: bool) -> schema.Place:
        time = request.time.astimezone(UTC) + timedelta(seconds=seconds)
        if leaving:
            return writer.place(where, departure=time, bare="ONE")
        return writer.place(where, arrival=time, bare="ONE")

    sign = -1 if request.arrive_by else 1
    response = schema.Reachable(
        one=place(found.one, 0, leaving=not request.arrive_by),
        all=[
            schema.ReachedPlace(
                place=place(stop_place(network, stop), sign * seconds, leaving=request.arrive_by),
                duration=math.ceil(seconds / MINUTE),
                k=rides,
            )
            for stop, seconds, rides in zip(
                found.stop.tolist(), found.duration.tolist(), found.rides.tolist(), strict=True
            )
        ],
        **write_notes(found, question.unsupported),
    )
    return response.model_dump(by_alias=True, exclude_none=True)


def write_notes(found: Reached, unsupported: dict[str, str]) -> dict[str, Any]:
    """The members `shortfalls` and `unsupported` of an answer."""
    return {
        "shortfalls": [
            schema.Shortfall(reason=short.reason, message=short.message, facts=short.facts)
            for short in found.shortfalls
        ],
        "unsupported": [
            schema.Unsupported(parameter=parameter, message=message)
            for parameter, message in unsupported.items()
        ],
    }
