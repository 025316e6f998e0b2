"""Thin roads to the stations that lie beyond the drawn town, so that each can be walked from."""

from __future__ import annotations

import tomllib
from typing import Final

from shapely.geometry import LineString
from shapely.geometry import Point as Dot

from generator.plane import Point, distance, rounded, to_plane
from generator.sketch import HERE, Street

NEAR_M: Final = 90.0  # a stop this close to a street needs no road of its own
COURT_M: Final = 75.0
TAGS: Final = {"highway": "tertiary", "maxspeed": "50", "cycleway": "lane"}


def stops() -> list[tuple[str, Point]]:
    """Name and place of every stop of every line, each place once."""
    table = tomllib.loads((HERE / "lines.toml").read_text(encoding="utf-8"))
    rows = [row for line in table["line"] for row in line["stops"].strip().splitlines()]
    found: dict[Point, str] = {}
    for row in rows:
        name, place = (part.strip() for part in row.split("|"))
        found.setdefault(to_plane(*map(float, place.split(","))), name)
    return [(name, point) for point, name in found.items()]


def roads(streets: list[Street], inside: list[Point]) -> list[Street]:
    """One road from each far stop to the nearest street or earlier road, the closest stop first.

    `inside` are the stops that the town's own streets will serve.
    """
    lines = [
        LineString(street.points)
        for street in streets
        if street.level == "ground" and len(street.points) > 1
    ]
    left = {point: name for name, point in stops() if point not in set(inside)}
    gap = {point: min(line.distance(Dot(point)) for line in lines) for point in left}
    made: list[Street] = []
    while left:
        point = min(left, key=lambda one: (gap[one], one))
        name = left.pop(point)
        if gap[point] < NEAR_M:
            continue
        line = min(lines, key=lambda one: one.distance(Dot(point)))
        foot = line.interpolate(line.project(Dot(point)))
        landing = rounded((foot.x, foot.y))
        made.append(Street(f"vers {name}", dict(TAGS), [landing, point]))
        lines.append(LineString([landing, point]))
        for other in left:
            gap[other] = min(gap[other], lines[-1].distance(Dot(other)))
    return [*made, *_forecourts(lines, set(inside))]


def _forecourts(lines: list[LineString], inside: set[Point]) -> list[Street]:
    """A short street across the road at each far stop, so that it isn't alone on a bare road."""
    made = []
    for name, point in stops():
        if point in inside:
            continue
        line = min(lines, key=lambda one: one.distance(Dot(point)))
        along = line.project(Dot(point))
        foot = line.interpolate(along)
        behind = line.interpolate(max(along - 5.0, 0.0))
        ahead = line.interpolate(min(along + 5.0, line.length))
        length = distance((behind.x, behind.y), (ahead.x, ahead.y))
        dx, dy = (ahead.x - behind.x) / length, (ahead.y - behind.y) / length
        ends = [
            rounded((foot.x - side * COURT_M * dy, foot.y + side * COURT_M * dx))
            for side in (-1.0, 1.0)
        ]
        middle = rounded((foot.x, foot.y))
        tags = {"highway": "residential", "maxspeed": "30"}
        made.append(Street(f"abords de {name}", tags, [ends[0], middle, ends[1]]))
    return made
