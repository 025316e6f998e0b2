"""Simple houses along the streets, so that the map looks like a town."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Final

from shapely.geometry import LineString, Polygon
from shapely.ops import polygonize, unary_union

from generator.fill import polygons
from generator.plane import Point, corners, distance, rounded
from generator.sketch import read

if TYPE_CHECKING:
    from generator.town import Town

# Metres from a street's middle to the houses, by OSM class.
SETBACK: Final = {
    "motorway": 26.0, "motorway_link": 12.0, "trunk": 26.0, "primary": 14.0, "secondary": 11.5,
    "tertiary": 9.5, "residential": 7.5, "unclassified": 8.0, "living_street": 6.5,
}  # fmt: skip
PATH_SETBACK: Final = 5.0
RIVERSIDE_M: Final = 34.0  # banks and quays stay open


@dataclass(slots=True)
class Building:
    """The outline of a house and what it's for."""

    points: list[Point]
    kind: str
    levels: int


@dataclass(frozen=True, slots=True)
class Habit:
    """How a quarter builds, in metres: front lengths, depth, gaps between houses."""

    short: float
    long: float
    depth: float
    gap: float
    kind: str
    levels: tuple[int, int]


TOWN: Final = Habit(12.0, 27.0, 12.0, 0.18, "apartments", (4, 8))
HILL: Final = Habit(9.0, 16.0, 9.5, 0.5, "house", (1, 3))
OFFICES: Final = Habit(28.0, 58.0, 19.0, 0.3, "office", (6, 12))
AROUND: Final = Habit(24.0, 52.0, 13.0, 0.22, "apartments", (5, 9))


def build(town: Town, chance: Random) -> list[Building]:
    """Houses along the edges of every block of the model's extent, none overlapping."""
    extent = town.role("extent")[0].polygon
    lines = [LineString(street.points) for street in town.streets]
    blocks = polygonize(unary_union([*lines, extent.exterior]))
    kept_free = [
        line.buffer(SETBACK.get(street.tags["highway"], PATH_SETBACK), quad_segs=4)
        for line, street in zip(lines, town.streets, strict=True)
    ]
    kept_free += [
        LineString(track.points).buffer(9.0) for track in read("tracks.txt")
        if track.kind != "subway"
    ]  # fmt: skip
    kept_free += [one.buffer(6.0) for one in town.no_streets()]
    kept_free += [river.buffer(RIVERSIDE_M) for river in town.water()]
    free = unary_union(kept_free)
    houses: list[Building] = []
    for block in sorted(blocks, key=lambda one: one.bounds):
        if extent.covers(block.representative_point()):
            for land in polygons(block.difference(free)):
                for plain in polygons(land.simplify(0.8)):
                    houses += _along(plain, _habit(town, land), chance)
    return houses


def _habit(town: Town, land: Polygon) -> Habit:
    middle = land.representative_point()
    point = (middle.x, middle.y)
    if town.commune(point)[0] != "Issy-les-Moulineaux":
        return AROUND
    if town.ground.at(point) < 33.5 and point[1] > 250.0:  # Val de Seine
        return OFFICES
    return HILL if town.ground.at(point) > 52.0 else TOWN  # metres: the slope


def _along(land: Polygon, habit: Habit, chance: Random) -> list[Building]:
    """Houses with their fronts on the land's edge, going round it."""
    if land.area < 160.0:  # square metres: too small to build on
        return []
    houses: list[Building] = []
    stood: list[Polygon] = []
    ring = corners(land.exterior.coords)
    if not land.exterior.is_ccw:
        ring.reverse()
    for a, b in itertools.pairwise(ring):
        length = distance(a, b)
        at = 1.0 + 2.0 * chance.random()
        while at + habit.short < length:
            front = min(
                habit.short + (habit.long - habit.short) * chance.random(), length - at - 0.5
            )
            depth = habit.depth * (0.85 + 0.35 * chance.random())
            outline = _box(a, b, at, front, depth)
            shape = Polygon(outline)
            if land.buffer(0.5).covers(shape) and not any(shape.intersects(s) for s in stood):
                stood.append(shape.buffer(0.6))
                low, high = habit.levels
                levels = low + int((high - low + 1) * chance.random())
                houses.append(Building([rounded(p) for p in outline], habit.kind, levels))
            pause = habit.depth * chance.random() if chance.random() < habit.gap else 0.8
            at += front + pause
    return houses


def _box(a: Point, b: Point, at: float, front: float, depth: float) -> list[Point]:
    """A rectangle on the left of the line from a to b, closed."""
    angle = math.atan2(b[1] - a[1], b[0] - a[0])
    ux, uy = math.cos(angle), math.sin(angle)
    x, y = a[0] + at * ux, a[1] + at * uy
    ring = [
        (x, y),
        (x + front * ux, y + front * uy),
        (x + front * ux - depth * uy, y + front * uy + depth * ux),
        (x - depth * uy, y - depth * ux * -1),
    ]
    return [*ring, ring[0]]
