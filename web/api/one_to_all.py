"""GET /api/…/one-to-all as MOTIS has it, and our reachable: travel times to every stop."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Annotated, Final

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from flask_openapi3.types import ResponseDict
from pydantic import BeforeValidator, Field

from planner.ends import stop_place
from planner.itinerary import Reason
from planner.network.shape import UNREACHED
from planner.reachable import Reached, reach_all, reach_percentiles
from web.api.parameters import list_unknown
from web.city import City, current_city
from web.motis import schema
from web.motis.one_to_all import (
    MINUTE,
    OneToAllQuery,
    ReachQuestion,
    ReachWishes,
    one_to_all_response,
    read_reach,
    refuse_over,
    refuse_too_many,
    write_notes,
)
from web.motis.query import Count, split_list
from web.motis.response import NEWEST, Detail, Writer
from web.problems import ProblemError

_VERSIONS: Final = {"v1": 1, "v6": NEWEST, "experimental": NEWEST}
_PROBLEMS: Final[ResponseDict] = {
    "400": schema.Problem,
    "404": schema.Problem,
    "504": schema.Problem,
}
_PERCENTILES: Final = (5, 25, 50, 75, 95)

Percentiles = Annotated[
    list[Annotated[float, Field(ge=0, le=100)]],
    Field(min_length=1, max_length=20),
    BeforeValidator(split_list),
]


class ReachableQuery(ReachWishes):
    """Parameters of `reachable`."""

    window: Count = Field(60, description="Minutes of departures from `time` on, one a minute.")
    percentiles: Percentiles = Field(
        default=list(_PERCENTILES), description="Of the travel times, 0 to 100."
    )


class SpreadPlace(schema.Form):
    """A stop, and how long it takes to get there, from a good minute to a bad one."""

    place: schema.Place
    durations: list[int | None] = Field(
        description="Minutes, rounded up, one for each percentile; null where it isn't reached."
    )


class Spread(schema.Form):
    """Answer to `reachable`: a stop is among `all` if the best of the percentiles reaches it."""

    one: schema.Place
    percentiles: list[float]
    departures: int = Field(description="How many minutes were looked at.")
    all: list[SpreadPlace]
    shortfalls: list[schema.Shortfall]
    unsupported: list[schema.Unsupported]


def make_one_to_all_blueprint() -> APIBlueprint:
    """The routes about one place and all the stops."""
    api = APIBlueprint("api_one_to_all", __name__, abp_tags=[Tag(name="one-to-all")])
    for name, version in _VERSIONS.items():
        api.get(
            f"/api/{name}/one-to-all",
            summary="Find how long it takes to every stop",
            description="MOTIS' one-to-all. Stops reached on foot alone are there, with k 0.",
            operation_id=f"one_to_all_{name}",
            responses={"200": schema.Reachable, **_PROBLEMS},
            deprecated=name != "v6",
        )(_make_view(name, version))

    @api.get(
        "/api/trajets/v1/reachable",
        summary="Find how long it takes to every stop, over a window of departures",
        operation_id="reachable",
        responses={"200": Spread, **_PROBLEMS},
    )
    def reachable(query: ReachableQuery) -> Response:
        city = current_city()
        refuse_over("window", query.window * MINUTE, city.settings.max_reach_window_s)
        question = read_reach(query, city, unknown=list_unknown(ReachableQuery))
        request = replace(question.request, window_s=query.window * MINUTE)
        q = tuple(query.percentiles)
        found = reach_percentiles(city.network, request, q, longest_s=question.longest_s)
        _refuse(found, city)
        return _unshared(_spread(found, question, query, city))

    return api


def _make_view(name: str, version: int) -> Callable[[OneToAllQuery], Response]:
    def view(query: OneToAllQuery) -> Response:
        city = current_city()
        unknown = list_unknown(OneToAllQuery)
        question = read_reach(query, city, unknown=unknown, arrive_by=query.arrive_by)
        found = reach_all(city.network, question.request, longest_s=question.longest_s)
        _refuse(found, city)
        return _unshared(one_to_all_response(found, question, city.network, version))

    view.__name__ = f"one_to_all_{name}"
    return view


def _refuse(found: Reached, city: City) -> None:
    """Raise for what is an error rather than an answer."""
    for short in found.shortfalls:
        if short.reason == Reason.TIMEOUT:
            raise ProblemError(HTTPStatus.GATEWAY_TIMEOUT, short.message)
    refuse_too_many(found, city.settings.max_reached)


def _spread(
    found: Reached, question: ReachQuestion, query: ReachableQuery, city: City
) -> dict[str, object]:
    writer = Writer(Detail(), city.network.manifest["timezone"])
    response = Spread(
        one=writer.place(found.one, departure=question.request.time, bare="ONE"),
        percentiles=query.percentiles,
        departures=query.window + 1,
        all=[
            SpreadPlace(
                place=writer.place(stop_place(city.network, stop)),
                durations=[_minutes(seconds) for seconds in column],
            )
            for stop, column in zip(found.stop.tolist(), found.duration.T.tolist(), strict=True)
        ],
        **write_notes(found, question.unsupported),
    )
    return response.model_dump(by_alias=True, exclude_none=True)


def _minutes(seconds: int) -> int | None:
    return None if seconds >= UNREACHED else math.ceil(seconds / MINUTE)


def _unshared(body: dict[str, object]) -> Response:
    response = jsonify(body)
    response.headers["Cache-Control"] = "no-store"  # it says where somebody is
    return response
