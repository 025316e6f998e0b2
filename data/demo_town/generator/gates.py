"""Where streets cross without meeting: bridges, and the ramps of the boulevard périphérique."""

from __future__ import annotations

import itertools
from typing import Final

from shapely.geometry import LineString
from shapely.geometry import Point as Dot
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from generator.joining import copy_of, parts, put_point
from generator.plane import Point, distance, rounded
from generator.sketch import Street

RAMP_M: Final = 210.0
APART_M: Final = 420.0  # gates stand at least this far apart
GATE_ROADS: Final = {"primary", "secondary", "tertiary"}


def links(streets: list[Street]) -> list[Street]:
    """Ramps between the motorway's carriageways and the larger streets that cross it."""
    ways = [street for street in streets if street.tags["highway"] == "motorway"]
    roads = [street for street in streets if street.tags["highway"] in GATE_ROADS]
    ramps: list[Street] = []
    for way in ways:
        line = LineString(way.points)
        used: list[float] = []
        for road in roads:
            for spot in _crossings(line, LineString(road.points)):
                at = line.project(spot)
                if RAMP_M < at < line.length - RAMP_M and all(
                    abs(at - other) > APART_M for other in used
                ):
                    used.append(at)
                    ramps += _ramps(way, line, road, at)
    return ramps


def _crossings(a: LineString, b: LineString) -> list[Dot]:
    crossing = a.intersection(b)
    dots = [crossing] if isinstance(crossing, Dot) else list(getattr(crossing, "geoms", []))
    return [dot for dot in dots if isinstance(dot, Dot) and not dot.is_empty]


def _ramps(way: Street, line: LineString, road: Street, at: float) -> list[Street]:
    """Off and on again: both on the carriageway's right side, meeting the road 30 m away."""
    course = LineString(road.points)
    spot = line.interpolate(at)
    along = course.project(spot)
    sides = [course.interpolate(along + step) for step in (-32.0, 32.0)]
    right = line.offset_curve(-10.0)
    side = min(sides, key=lambda dot: float(right.distance(dot)))
    landing = rounded((side.x, side.y))
    near = min(road.points, key=lambda p: distance(p, landing))
    if distance(near, landing) < 12.0:  # metres: an existing point will do
        landing = near
    ramps = []
    for sign, joining_it in ((-1.0, False), (1.0, True)):
        merge = line.interpolate(at + sign * RAMP_M)
        bend = line.offset_curve(-16.0).interpolate(at + sign * RAMP_M * 0.4)
        points = [rounded((merge.x, merge.y)), rounded((bend.x, bend.y)), landing]
        put_point(way, points[0])
        put_point(road, landing)
        tags = {"highway": "motorway_link", "oneway": "yes", "maxspeed": "50"}
        ramps.append(Street("", tags, points[::-1] if joining_it else points, "link"))
    return ramps


def with_bridges(streets: list[Street], water: BaseGeometry) -> list[Street]:
    """The streets with their stretches over water and over the motorway made bridges."""
    deep = water.buffer(-7.0)
    motorway = unary_union(
        [
            LineString(street.points).buffer(9.0)
            for street in streets
            if street.tags["highway"] == "motorway"
        ]
    )
    crossed = []
    for street in streets:
        line = LineString(street.points)
        zone = water.buffer(5.0) if line.intersects(deep) else None
        if zone is None and street.level == "ground" and line.crosses(motorway):
            zone = motorway.buffer(8.0)
        crossed += [street] if zone is None else _bridged(street, line, zone)
    return crossed


def _bridged(street: Street, line: LineString, zone: BaseGeometry) -> list[Street]:
    """The street in pieces: each stretch within the zone is a bridge of its own."""
    cuts = {0.0, line.length}
    for part in parts(line.intersection(zone)):
        for place in (part.coords[0], part.coords[-1]):
            cuts.add(line.project(Dot(place)))
    stops = sorted(cuts)
    kept = [stops[0]] + [b for a, b in itertools.pairwise(stops) if b - a > 1.0]
    pieces = []
    for start, end in itertools.pairwise(kept):
        points = _between(street.points, line, start, end)
        piece = copy_of(street, points)
        middle = line.interpolate((start + end) / 2)
        if zone.covers(middle):
            piece.tags |= {"bridge": "yes", "layer": "1"}
            piece.numbers = None
        elif street.numbers:
            low, high = street.numbers
            piece.numbers = (
                round(low + (high - low) * start / line.length),
                round(low + (high - low) * end / line.length),
            )
        pieces.append(piece)
    return pieces


def _between(points: list[Point], line: LineString, start: float, end: float) -> list[Point]:
    """The street's own points between two distances, with the cut points at the ends."""
    along = 0.0
    inner: list[Point] = []
    for index, point in enumerate(points):
        if index:
            along += distance(points[index - 1], point)
        if start + 0.5 < along < end - 0.5:
            inner.append(point)
    ends = [line.interpolate(start), line.interpolate(end)]
    first, last = (rounded((dot.x, dot.y)) for dot in ends)
    if start < 0.5:  # metres
        first = points[0]
    if end > line.length - 0.5:
        last = points[-1]
    return [first, *inner, last]
