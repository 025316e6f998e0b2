"""What the map shows: every feature with its layer, attributes and first zoom.

Roads come from the compiled streets, not from the tags again, so that the map shows the classes
and the cycling infrastructure that the planner rides on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from feeds.tables import OsmExtract
from graph_build.timetable.stop_use import VEHICLES, count_departures, list_stations, place_stations
from planner.network.shape import (
    ACROSS,
    BRIDGE,
    CAR,
    INFRASTRUCTURES,
    ROAD_CLASSES,
    TUNNEL,
    Routes,
    Stops,
    Streets,
    Stress,
    Timetable,
)
from planner.network.strings import Strings

MIN_ZOOM: Final = 8
MAX_ZOOM: Final = 14
_ROAD_ZOOM: Final = {
    "motorway": 8, "trunk": 8, "primary": 9, "ferry": 9, "secondary": 10, "tertiary": 11,
    "unclassified": 12, "residential": 12, "living_street": 12, "road": 12, "pedestrian": 13,
    "cycleway": 12, "busway": 13, "service": 13, "track": 13,
}  # fmt: skip
_CYCLED_ZOOM: Final = 12  # from here on a lane or track is shown, whatever road has it
_NAMED_ZOOM: Final = 13  # from here on roads carry their names
_PLACE_ZOOM: Final = {
    "city": 8, "town": 9, "borough": 11, "suburb": 11, "village": 11, "quarter": 12, "hamlet": 12,
    "neighbourhood": 13,
}  # fmt: skip
_RAIL_ZOOM: Final = {"rail": 10, "subway": 12, "light_rail": 12, "tram": 13}
_WATER_ZOOM: Final = {"river": 9, "canal": 11, "stream": 13, "ditch": 14, "drain": 14}
_STOP_ZOOM: Final = {"rail": 10, "subway": 11, "tram": 13, "bus": 13}

Attributes = tuple[tuple[str, str | int], ...]
Geometries = NDArray[np.object_]


class MapLayer(NamedTuple):
    """Features of one layer; geometry in Web Mercator, 0..1 from west to east, north to south.

    attribute[i] indexes `attributes` at zooms from `named_zoom` on, and `plain` below it.
    """

    name: str
    geometry: Geometries
    attribute: NDArray[np.int32]
    attributes: list[Attributes]
    min_zoom: NDArray[np.uint8]
    plain: list[Attributes] | None = None
    named_zoom: int = MIN_ZOOM
    directed: bool = False  # the order of a line's points says something


def mercator(lat: NDArray[np.float64], lon: NDArray[np.float64]) -> NDArray[np.float64]:
    """Web Mercator (EPSG:3857) scaled to 0..1, y from north to south: float64 (n, 2)."""
    sine = np.clip(np.sin(np.radians(lat)), -0.9999, 0.9999)
    return np.column_stack([lon / 360.0 + 0.5, 0.5 - np.arctanh(sine) / (2.0 * np.pi)])


def list_layers(
    *,
    streets: Streets | None,
    street_names: Strings,
    stress: Stress | None = None,
    extracts: Sequence[OsmExtract],
    stops: Stops,
    routes: Routes,
    timetable: Timetable,
) -> list[MapLayer]:
    """Every layer that has a feature, in drawing order."""
    layers = [*_list_base_layers(extracts)]
    if streets is not None:
        layers.append(_make_roads(streets, street_names, stress))
    layers.append(_make_stops(stops, routes, timetable))
    return [layer for layer in layers if len(layer.geometry)]


def _list_base_layers(extracts: Sequence[OsmExtract]) -> Iterator[MapLayer]:
    """Water, green, buildings, rails and settlements, from the extracts."""
    layer, kind, name = (
        np.array([value for e in extracts for value in getattr(e.features, column)], np.object_)
        for column in ("layer", "kind", "name")
    )
    wkb = [value for extract in extracts for value in extract.features.geometry]
    shapes = shapely.from_wkb(wkb, on_invalid="ignore") if wkb else np.empty(0, np.object_)
    known = ~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)
    for target, sources, zooms, otherwise in (
        ("green", ("green",), {}, 10),
        ("water", ("water", "waterway"), _WATER_ZOOM, MIN_ZOOM),
        ("buildings", ("building",), {}, MAX_ZOOM),
        ("rail", ("rail",), _RAIL_ZOOM, 13),
        ("places", ("place",), _PLACE_ZOOM, MAX_ZOOM),
    ):
        mine = known & np.isin(layer, sources)
        shown = np.array([target != "buildings"] * int(mine.sum()), np.bool_)
        facts: list[Attributes] = [
            _attributes(kind=k if keep else "", name=n)
            for k, n, keep in zip(kind[mine], name[mine], shown, strict=True)
        ]
        first = np.array([zooms.get(k, otherwise) for k in kind[mine]], np.uint8)
        yield _gather(target, _project(_repair(shapes[mine])), facts, first)


def _make_roads(streets: Streets, names: Strings, stress: Stress | None) -> MapLayer:
    """One line per street, whatever its directions.

    It has the better cycling facility of the two, and the higher traffic stress: a map that shows
    one line mustn't call calm what is calm one way only.
    """
    mapped = ((streets.flags & ACROSS) == 0) & (streets.length_m > 0)  # gates have no length
    forward = np.flatnonzero((streets.direction == 1) & mapped)
    back = streets.reverse[forward]
    level = np.zeros(streets.head.size, np.uint8) if stress is None else stress.level
    by_car = streets.access[forward] & CAR, streets.access[back] & CAR
    facts = np.column_stack([
        streets.road_class[forward],
        _best(streets.infrastructure[forward], streets.infrastructure[back]),
        np.maximum(level[forward], level[back]),
        (streets.flags[forward] & BRIDGE) != 0,
        (streets.flags[forward] & TUNNEL) != 0,
        (by_car[0] != 0).astype(np.int8) - (by_car[1] != 0),
        streets.name[forward],
    ])  # fmt: skip
    unique, attribute = np.unique(facts, axis=0, return_inverse=True)
    first = np.array([_ROAD_ZOOM.get(word, MAX_ZOOM) for word in ROAD_CLASSES], np.uint8)[
        facts[:, 0]
    ]
    first = np.where(facts[:, 1] > 0, np.minimum(first, _CYCLED_ZOOM), first)
    count = streets.shape_count[forward]
    owner = np.repeat(np.arange(len(forward)), count)
    within = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    point = np.repeat(streets.shape_offset[forward], count) + within
    along = mercator(streets.shape_lat[point], streets.shape_lon[point])
    lines = np.asarray(shapely.linestrings(along, indices=owner), np.object_)
    rows = unique.tolist()
    return MapLayer(
        "roads", lines, attribute.astype(np.int32).ravel(),
        [_road_attributes(row, names) for row in rows], first.astype(np.uint8),
        plain=[_road_attributes([*row[:3], 0, 0, 0, -1], names) for row in rows],
        named_zoom=_NAMED_ZOOM, directed=True,
    )  # fmt: skip


def _best(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The better infrastructure: INFRASTRUCTURES has "none" first, then the best first.

    In uint8 "none" less 1 is the greatest number, and that plus 1 is "none" again.
    """
    best: NDArray[np.uint8] = np.minimum(one - np.uint8(1), other - np.uint8(1)) + np.uint8(1)
    return best


def _road_attributes(row: Sequence[int], names: Strings) -> Attributes:
    road_class, infrastructure, stress, bridge, tunnel, oneway, name = row
    return _attributes(
        **{"class": ROAD_CLASSES[road_class]},
        infrastructure=INFRASTRUCTURES[infrastructure] if infrastructure else "",
        stress=stress, bridge=bridge, tunnel=tunnel, oneway=oneway,
        name=names.get(name) if name >= 0 else "",
    )  # fmt: skip


def _make_stops(stops: Stops, routes: Routes, timetable: Timetable) -> MapLayer:
    """Stations and lone stops, with the greatest vehicle that calls there."""
    lat, lon = place_stations(stops)
    departures = count_departures(stops, routes, timetable)
    shown = list_stations(stops)
    shown = shown[~np.isnan(lat[shown]) & (departures[shown].sum(axis=1) > 0)]
    vehicles = [VEHICLES[v] for v in (departures[shown] > 0).argmax(axis=1).tolist()]
    facts = [
        _attributes(mode=vehicle, name=stops.name.get(stop))
        for stop, vehicle in zip(shown.tolist(), vehicles, strict=True)
    ]
    first = np.array([_STOP_ZOOM.get(vehicle, 12) for vehicle in vehicles], np.uint8)
    points = np.asarray(shapely.points(mercator(lat[shown], lon[shown])), np.object_)
    return _gather("stops", points, facts, first)


def _gather(
    name: str, geometry: Geometries, facts: Iterable[Attributes], min_zoom: NDArray[np.uint8]
) -> MapLayer:
    numbers: dict[Attributes, int] = {}
    attribute = np.array([numbers.setdefault(fact, len(numbers)) for fact in facts], np.int32)
    return MapLayer(name, geometry, attribute, list(numbers), min_zoom)


def _attributes(**facts: str | int) -> Attributes:
    """The facts worth a byte: those that aren't empty or 0."""
    return tuple((key, value) for key, value in facts.items() if value)


def _repair(shapes: Geometries) -> Geometries:
    """Areas that cross themselves, made valid; the rest as it is."""
    wrong = ~shapely.is_valid(shapes)
    if wrong.any():
        shapes = shapes.copy()
        shapes[wrong] = shapely.make_valid(shapes[wrong], method="structure", keep_collapsed=False)
    return shapes


def _project(shapes: Geometries) -> Geometries:
    projected: Any = shapely.transform(shapes, lambda at: mercator(at[:, 1], at[:, 0]))
    return np.asarray(projected, np.object_)


def describe_fields(layer: MapLayer) -> Mapping[str, str]:
    """Attribute -> "String" or "Number", as a TileJSON's vector_layers tells."""
    fields = {key: value for facts in layer.attributes for key, value in facts}
    return {k: "String" if isinstance(v, str) else "Number" for k, v in sorted(fields.items())}
