"""GET /api/trajets/v1/streets: the streets of a box with their traffic stress, as GeoJSON."""

from __future__ import annotations

import math
from http import HTTPStatus
from typing import Annotated, Any, Final, Literal, NamedTuple

import numpy as np
from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from flask_openapi3.types import ResponseDict
from pydantic import BeforeValidator, Field

from graph_build.stress.label import NORMS, cerema_norm
from planner.network.shape import (
    INFRASTRUCTURES,
    LANES_ASSUMED,
    PARKING_ASSUMED,
    ROAD_CLASSES,
    SPEED_ASSUMED,
    VOLUME_ASSUMED,
    WIDTH_ASSUMED,
    RoadFacts,
    Streets,
    Stress,
)
from planner.network.store import Network
from planner.network.strings import Strings
from planner.streets.within import Box, streets_within
from web.api.parameters import list_unknown
from web.city import current_city
from web.motis import schema
from web.motis.query import Query, split_list
from web.problems import ProblemError

MAX_KM2: Final = 25.0
MAX_FEATURES: Final = 10_000
_KM_PER_DEGREE: Final = 111.32
_DECIMALS: Final = 6  # of a degree: a tenth of a metre
_MEDIA_TYPE: Final = "application/geo+json"
_ASSUMED: Final = {
    "speed": SPEED_ASSUMED, "lanes": LANES_ASSUMED, "volume": VOLUME_ASSUMED,
    "width": WIDTH_ASSUMED, "parking": PARKING_ASSUMED,
}  # fmt: skip

_Degrees = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]


class StreetsQuery(Query):
    """Parameters of `streets`."""

    bbox: Annotated[
        list[_Degrees],
        Field(min_length=4, max_length=4, description="West, south, east, north, in degrees."),
        BeforeValidator(split_list),
    ]
    rules: Literal["furth", "r5", "bna"] = Field("furth", description="The rule set.")
    limit: int = Field(MAX_FEATURES, ge=1, le=MAX_FEATURES, description="Most features answered.")


class Facts(schema.Form):
    """One direction of a street that one may cycle along."""

    way: int = Field(description="The OpenStreetMap way.")
    direction: Literal["forward", "backward"] = Field(description="Of the way.")
    name: str | None = None
    road_class: str
    infrastructure: str = Field(description="What cyclists find in this direction.")
    level: int | None = Field(
        None, description="1, for children, to 4, for the strong; none where the rules give none."
    )
    rule: str = Field(description="The rule that gave the level: see the reference on stress.")
    crossing: int | None = Field(
        None, description="Level of crossing the larger street where this direction ends."
    )
    crossing_rule: str | None = None
    norm: Literal["ok", "watch", "fails"] = Field(description="What CEREMA (2020) asks for.")
    speed: int = Field(description="Limit for cars, km/h.")
    volume: int = Field(description="Motor vehicles a day, both directions together.")
    lanes: int = Field(description="Lanes for cars in this direction.")
    assumptions: list[str] = Field(
        description="Those of speed, lanes, volume, width and parking that no source tells."
    )
    length: float = Field(description="Metres.")


class Line(schema.Form):
    """GeoJSON: longitude, latitude; in the direction of travel."""

    type: Literal["LineString"] = "LineString"
    coordinates: list[tuple[float, float]]


class Feature(schema.Form):
    """GeoJSON."""

    type: Literal["Feature"] = "Feature"
    geometry: Line
    properties: Facts


class StreetStress(schema.Form):
    """A GeoJSON FeatureCollection, with members of our own beside."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[Feature]
    rules: str
    attributions: list[str]
    shortfalls: list[schema.Shortfall]
    unsupported: list[schema.Unsupported]


_RESPONSES: Final[ResponseDict] = {
    "200": StreetStress,
    "400": schema.Problem,
    "404": schema.Problem,
}


def make_streets_blueprint() -> APIBlueprint:
    """The route of the streets and their stress."""
    api = APIBlueprint("api_streets", __name__, abp_tags=[Tag(name="streets")])

    @api.get(
        "/api/trajets/v1/streets",
        summary="List the streets of a box, with how calm they are to cycle along and why",
        operation_id="streets",
        responses=dict(_RESPONSES),
    )
    def streets(query: StreetsQuery) -> Response:
        network = current_city().network
        unknown = list_unknown(StreetsQuery)
        answer = _answer(network, query, _read_box(query.bbox))
        answer.unsupported = [
            schema.Unsupported(parameter=name, message=text) for name, text in unknown.items()
        ]
        response = jsonify(answer.model_dump(by_alias=True, exclude_none=True))
        response.mimetype = _MEDIA_TYPE
        response.headers["Cache-Control"] = "public, max-age=300"
        return response

    return api


def _read_box(numbers: list[float]) -> Box:
    """The box asked for; raises ProblemError where it is none, or too large."""
    box = Box(*numbers)
    if box.west >= box.east or box.south >= box.north or max(abs(box.south), abs(box.north)) > 90:  # noqa: PLR2004 - degrees
        detail = "The bbox must be west,south,east,north, in degrees."
        raise ProblemError(HTTPStatus.BAD_REQUEST, detail, parameter="bbox")
    middle = math.radians((box.south + box.north) / 2)
    height = (box.north - box.south) * _KM_PER_DEGREE
    area = height * (box.east - box.west) * _KM_PER_DEGREE * math.cos(middle)
    if area > MAX_KM2:
        detail = f"The bbox covers {area:,.0f} km², more than the {MAX_KM2:g} that one answer may."
        raise ProblemError(HTTPStatus.BAD_REQUEST, detail, parameter="bbox")
    return box


class _Labelled(NamedTuple):
    """What a feature is written from."""

    streets: Streets
    facts: RoadFacts
    stress: Stress
    rules: list[str]
    names: Strings


def _answer(network: Network, query: StreetsQuery, box: Box) -> StreetStress:
    streets, facts, grid = network.streets, network.road_facts, network.grid
    stress = network.stress.get(query.rules)
    if streets is None or facts is None or grid is None or stress is None:
        detail = f"This network has no streets labelled by the rules {query.rules}."
        raise ProblemError(HTTPStatus.NOT_FOUND, detail, parameter="rules")
    forward = streets_within(streets, grid, box)
    both = np.stack([forward, streets.reverse[forward]], axis=1).ravel()
    cycled = both[stress.rule[both] > 0]
    shown = cycled[: query.limit]
    norm = cerema_norm(streets, facts, shown).tolist()
    rules = network.manifest["stress_rules"][query.rules]
    labelled = _Labelled(streets, facts, stress, rules, network.street_names)
    features = [
        _feature(labelled, edge, NORMS[one]) for edge, one in zip(shown.tolist(), norm, strict=True)
    ]
    return StreetStress(
        features=features,
        rules=query.rules,
        attributions=list(network.manifest.get("attributions", [])),
        shortfalls=_shortfalls(len(cycled), len(shown)),
        unsupported=[],
    )


def _shortfalls(found: int, shown: int) -> list[schema.Shortfall]:
    if found == shown:
        return []
    text = f"There are {found:,} directions of streets in the box, and {shown:,} are in the answer."
    facts = {"found": str(found), "shown": str(shown)}
    return [schema.Shortfall(reason="too_many_streets", message=text, facts=facts)]


def _feature(
    labelled: _Labelled,
    edge: int,
    norm: Any,  # noqa: ANN401 - one of NORMS, which pydantic looks at
) -> Feature:
    streets, facts, stress, rules, names = labelled
    first, count = int(streets.shape_offset[edge]), int(streets.shape_count[edge])
    lon = streets.shape_lon[first : first + count].round(_DECIMALS).tolist()
    lat = streets.shape_lat[first : first + count].round(_DECIMALS).tolist()
    forward = bool(streets.direction[edge] > 0)
    points = list(zip(lon, lat, strict=True))
    name, level, crossing = (int(c[edge]) for c in (streets.name, stress.level, stress.crossing))
    properties = Facts(
        way=int(streets.way_id[edge]),
        direction="forward" if forward else "backward",
        name=names.get(name) if name >= 0 else None,
        road_class=ROAD_CLASSES[streets.road_class[edge]],
        infrastructure=INFRASTRUCTURES[streets.infrastructure[edge]],
        level=level or None,
        rule=rules[stress.rule[edge]],
        crossing=crossing or None,
        crossing_rule=rules[stress.crossing_rule[edge]] if crossing else None,
        norm=norm,
        speed=int(streets.speed_kmh[edge]),
        volume=int(facts.volume[edge]),
        lanes=int(facts.lanes[edge]),
        assumptions=[word for word, bit in _ASSUMED.items() if facts.assumed[edge] & bit],
        length=round(float(streets.length_m[edge]), 1),
    )
    return Feature(
        geometry=Line(coordinates=points if forward else points[::-1]), properties=properties
    )
