"""GET /api/v1/geocode and /reverse-geocode: places by text and by position, as MOTIS gives them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Final

from flask import Response, jsonify, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from flask_openapi3.types import ResponseDict
from pydantic import BeforeValidator, Field

from planner.network.place_text import fold
from planner.network.store import NetworkError
from planner.places.search import PlaceHit, find_places, reverse
from planner.request import Coordinate
from web.city import City, current_city
from web.motis import schema
from web.motis.query import Query, Text, Words, read_coordinate, split_list
from web.problems import ProblemError

_WORD: Final = re.compile(r"\w+")
_TYPE_OF_KIND: Final[dict[str, schema.MatchType]] = {
    "stop": "STOP", "address": "ADDRESS", "street": "ADDRESS", "poi": "PLACE", "place": "PLACE",
}  # fmt: skip
_COMMUNE_LEVEL: Final = 8  # OSM admin_level of a French commune
_RESPONSES: Final[ResponseDict] = {
    "200": schema.Matches,
    "400": schema.Problem,
    "503": schema.Problem,
}

Types = Annotated[list[schema.MatchType], BeforeValidator(split_list)]


class GeocodeQuery(Query):
    """Parameters of `geocode`."""

    text: Text = Field(description="What was typed so far.")
    type: Types = Field(default=[], description="Kinds wanted; all by default.")
    place: Text = Field("", description="`lat,lon` that the traveller looks at: near is better.")
    place_bias: float = Field(1, ge=0, description="0 turns `place` off; else it counts as it is.")
    num_results: int = Field(10, ge=1, description="Places at most.")
    language: Words = Field(default=[], description="Accepted; names are those of the data.")


class ReverseQuery(Query):
    """Parameters of `reverse-geocode`."""

    place: Text = Field(description="`lat,lon` in degrees.")
    type: Types = Field(default=[], description="Kinds wanted; all by default.")
    num_results: int = Field(5, ge=1, description="Places at most.")
    language: Words = Field(default=[], description="Accepted; names are those of the data.")


def make_geocode_blueprint() -> APIBlueprint:
    """Both search routes."""
    api = APIBlueprint("api_geocode", __name__, abp_tags=[Tag(name="geocode")])

    @api.get(
        "/api/v1/geocode",
        summary="Find places by text",
        operation_id="geocode",
        responses=dict(_RESPONSES),
    )
    def geocode(query: GeocodeQuery) -> Response:
        city = current_city()
        focus = _read_point(query.place) if query.place and query.place_bias else None
        hits = find_places(
            _folder(city),
            query.text,
            focus=(focus.lat, focus.lon) if focus is not None else None,
            limit=min(query.num_results, city.settings.max_geocode_results),
            kinds=_kinds(query.type),
        )
        return _answer(hits, city, query.text)

    @api.get(
        "/api/v1/reverse-geocode",
        summary="Find places around a position",
        operation_id="reverseGeocode",
        responses=dict(_RESPONSES),
    )
    def reverse_geocode(query: ReverseQuery) -> Response:
        city = current_city()
        point = _read_point(query.place)
        limit = min(query.num_results, city.settings.max_geocode_results)
        hits = reverse(_folder(city), point.lat, point.lon, limit=limit, kinds=_kinds(query.type))
        return _answer(hits, city, "")

    return api


def as_match(hit: PlaceHit, text: str, timezone: str) -> schema.Match:
    """A place found for `text`; only a stop's id is one that `plan` takes."""
    area = schema.Area(name=hit.city, admin_level=_COMMUNE_LEVEL, matched=False, default=True)
    return schema.Match(
        type=_TYPE_OF_KIND[hit.kind],
        category=hit.category or None,
        tokens=list_tokens(hit.name, text),
        name=hit.name,
        id=hit.stop_id or _id_of(hit),
        lat=hit.lat,
        lon=hit.lon,
        street=hit.street or None,
        house_number=hit.house_number or None,
        zip=hit.postcode or None,
        tz=timezone,
        areas=[area] if hit.city else [],
        score=hit.score,
        importance=hit.importance if hit.kind == "stop" else None,
    )


def _id_of(hit: PlaceHit) -> str:
    """A name that no other place of the answer has: a shop and its address share their source."""
    source = hit.source_id or f"{hit.lat:.6f},{hit.lon:.6f}"
    return "/".join(part for part in (hit.kind, source, hit.house_number) if part)


def list_tokens(name: str, text: str) -> list[tuple[int, int]]:
    """Start and length of the parts of `name` that the words of `text` begin."""
    asked = [fold(word) for word in _WORD.findall(text)]
    tokens = []
    for word in _WORD.finditer(name):
        folded = fold(word[0])
        lengths = [len(begin) for begin in asked if begin and folded.startswith(begin)]
        if lengths:
            tokens.append((word.start(), min(max(lengths), len(word[0]))))
    return tokens


def _answer(hits: Sequence[PlaceHit], city: City, text: str) -> Response:
    """The matches; private, because the question may tell where somebody is."""
    timezone = city.network.manifest["timezone"]
    matches = [as_match(hit, text, timezone) for hit in hits]
    response = jsonify([match.model_dump(by_alias=True, exclude_none=True) for match in matches])
    response.headers["Cache-Control"] = "private, max-age=300"
    response.add_etag()
    response.make_conditional(request)
    return response


def _folder(city: City) -> Path:
    if city.network.folder is None:
        msg = "This network lives in memory and has no place index."
        raise NetworkError(msg)
    return city.network.folder


def _kinds(types: Sequence[str]) -> frozenset[str] | None:
    return frozenset(types) or None


def _read_point(text: str) -> Coordinate:
    try:
        point = read_coordinate(text)
    except ValueError as error:
        detail = f"The parameter place is wrong: {error}."
        raise ProblemError(HTTPStatus.BAD_REQUEST, detail, parameter="place") from None
    if point is None:
        detail = "The parameter place is wrong: it is not lat,lon in degrees."
        raise ProblemError(HTTPStatus.BAD_REQUEST, detail, parameter="place")
    return point
