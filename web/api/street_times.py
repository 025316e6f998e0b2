"""MOTIS' one-to-many, and our isochrone: travel times through the streets."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any, Final, Literal

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from flask_openapi3.types import ResponseDict
from pydantic import BaseModel, BeforeValidator, Field

from planner.areas import MAX_LIMITS, find_areas
from planner.itinerary import Reason, SearchTooLongError, Shortfall
from planner.request import Request
from web.api.parameters import list_unknown
from web.city import current_city
from web.geojson import feature_collection, isochrone_features
from web.motis import schema
from web.motis.modes import STREET_MODES
from web.motis.one_to_all import MINUTE, refuse_over
from web.motis.one_to_many import OneToManyQuery, OneToManyRequest, one_to_many_response
from web.motis.query import Query, Text, read_time, split_list
from web.motis.request import read_place, refusing
from web.problems import ProblemError

_PROBLEMS: Final[ResponseDict] = {
    "400": schema.Problem,
    "404": schema.Problem,
    "504": schema.Problem,
}

Limits = Annotated[
    list[Annotated[int, Field(ge=1)]],
    Field(min_length=1, max_length=MAX_LIMITS),
    BeforeValidator(split_list),
]


class IsochroneQuery(Query):
    """Parameters of `isochrone`."""

    one: Text = Field(description="`lat,lon[,level]` in degrees, or a stop id.")
    minutes: Limits = Field(description="Times, such as `10,20,30`.")
    mode: Literal["WALK", "BIKE", "CAR", "TRANSIT"] = Field(
        "WALK", description="TRANSIT walks at both ends."
    )
    time: Text | None = Field(
        None, description="For TRANSIT: ISO 8601, local without an offset. Now by default."
    )
    arrive_by: bool = Field(default=False, description="From where one gets to `one` in time.")
    pedestrian_profile: Literal["FOOT", "WHEELCHAIR"] = Field(
        "FOOT", description="WHEELCHAIR: nothing known to have steps."
    )


class Feature(BaseModel):
    """What is reached in a time, as GeoJSON."""

    type: Literal["Feature"]
    properties: dict[str, Any] = Field(description="`mode` and `minutes`.")
    geometry: dict[str, Any] = Field(description="A MultiPolygon.")


class Areas(BaseModel):
    """GeoJSON: one feature for each time, the longest first."""

    type: Literal["FeatureCollection"]
    features: list[Feature]
    shortfalls: list[schema.Shortfall] = Field(description="Why there is no feature.")
    unsupported: list[schema.Unsupported]


def make_street_times_blueprint() -> APIBlueprint:
    """The routes about ways through the streets from one place."""
    api = APIBlueprint("api_street_times", __name__, abp_tags=[Tag(name="streets")])
    about = "MOTIS' one-to-many: an object for each of `many`, in their order, empty for no way."

    @api.get(
        "/api/v1/one-to-many",
        summary="Find how long it takes through the streets to many places",
        description=about,
        operation_id="one_to_many",
        responses={"200": schema.Durations, **_PROBLEMS},
    )
    def one_to_many(query: OneToManyQuery) -> Response:
        list_unknown(OneToManyQuery)
        return _unshared(one_to_many_response(query, current_city()))

    @api.post(
        "/api/v1/one-to-many",
        summary="Find how long it takes through the streets to many places",
        description=about,
        operation_id="one_to_many_post",
        responses={"200": schema.Durations, **_PROBLEMS},
    )
    def one_to_many_post(body: OneToManyRequest) -> Response:
        return _unshared(one_to_many_response(body, current_city()))

    @api.get(
        "/api/trajets/v1/isochrone",
        summary="Draw where one gets to in so many minutes",
        operation_id="isochrone",
        responses={"200": Areas, **_PROBLEMS},
    )
    def isochrone(query: IsochroneQuery) -> Response:
        response = _unshared(_areas(query, list_unknown(IsochroneQuery)))
        response.mimetype = "application/geo+json"
        return response

    return api


def _areas(query: IsochroneQuery, unknown: dict[str, str]) -> dict[str, Any]:
    """The document that answers `query`; raises ProblemError."""
    city = current_city()
    refuse_over("minutes", max(query.minutes) * MINUTE, city.settings.max_isochrone_s)
    place = read_place(query.one, "one", city.network)
    asked = query.time
    time = city.now() if asked is None else refusing("time", lambda: read_time(asked, city.zone))
    mode = "transit" if query.mode == "TRANSIT" else STREET_MODES[query.mode]
    request = Request(
        origin=place, destination=place, time=time, arrive_by=query.arrive_by,
        modes=frozenset({mode}), step_free=query.pedestrian_profile == "WHEELCHAIR",
    )  # fmt: skip
    limits = sorted({one * MINUTE for one in query.minutes})
    try:
        found = find_areas(city.network, request, mode, limits)
    except SearchTooLongError:
        detail = "The area is too large to draw: ask for a shorter time."
        raise ProblemError(HTTPStatus.BAD_REQUEST, detail, parameter="minutes") from None
    missing = [found] if isinstance(found, Shortfall) else []
    if missing and missing[0].reason == Reason.TIMEOUT:
        raise ProblemError(HTTPStatus.GATEWAY_TIMEOUT, missing[0].message)
    features = [] if isinstance(found, Shortfall) else isochrone_features(mode, found)
    return feature_collection(features) | {
        "shortfalls": [
            {"reason": short.reason, "message": short.message, "facts": dict(short.facts)}
            for short in missing
        ],
        "unsupported": [
            {"parameter": parameter, "message": message} for parameter, message in unknown.items()
        ],
    }


def _unshared(body: object) -> Response:
    response = jsonify(body)
    response.headers["Cache-Control"] = "no-store"  # it says where somebody is
    return response
