"""Paths of the parks: one round each, a few across, and gates to the streets beside it."""

from __future__ import annotations

import math
from random import Random
from typing import Final

from shapely import STRtree
from shapely.geometry import LineString, Polygon
from shapely.geometry import Point as Dot

from generator.fill import polygons
from generator.plane import Point, distance, rounded
from generator.sketch import Sketch, Street

GATE_REACH_M: Final = 75.0
GATE_EVERY_M: Final = 140.0
INSET_M: Final = 7.0


def paths(streets: list[Street], areas: list[Sketch], chance: Random) -> list[Street]:
    """Every park's paths; the round one may be cycled on in the large parks."""
    drawn: list[Street] = []
    open_streets = [
        street for street in streets if street.level == "ground" and not _bridge(street)
    ]
    for area in areas:
        if area.words.get("paths") == "yes":
            drawn += _of_park(area.polygon, open_streets, chance)
    return drawn


def _bridge(street: Street) -> bool:
    return street.name.startswith("pont ")


def _of_park(park: Polygon, streets: list[Street], chance: Random) -> list[Street]:
    inner = max(polygons(park.buffer(-INSET_M)), key=lambda part: part.area)
    steps = max(8, round(inner.exterior.length / 45.0))
    ring = [
        rounded((dot.x, dot.y))
        for dot in (inner.exterior.interpolate(k / steps, normalized=True) for k in range(steps))
    ]
    tags = {"highway": "footway", "surface": "fine_gravel"}
    if park.area > 60_000:  # square metres: room for bicycles
        tags = {
            "highway": "path", "foot": "designated", "bicycle": "designated", "segregated": "no",
            "designation": "greenway", "surface": "compacted",
        }  # fmt: skip
    drawn = [Street("", tags, [*ring, ring[0]])]
    drawn += _across(ring, inner, chance)
    drawn += _gates(ring, park, streets)
    return drawn


def _across(ring: list[Point], inner: Polygon, chance: Random) -> list[Street]:
    """Curved paths between opposite points of the ring, through near the middle."""
    middle = inner.representative_point()
    drawn = []
    for turn in range(2 if inner.area < 20_000 else 3):  # square metres
        start = int((turn + chance.random() * 0.5) * len(ring) / 6) % len(ring)
        end = (start + len(ring) // 2) % len(ring)
        by = (
            middle.x + (chance.random() - 0.5) * 0.2 * math.sqrt(inner.area),
            middle.y + (chance.random() - 0.5) * 0.2 * math.sqrt(inner.area),
        )
        a, b = ring[start], ring[end]
        points = [
            rounded(
                (
                    (1 - t) ** 2 * a[0] + 2 * t * (1 - t) * by[0] + t**2 * b[0],
                    (1 - t) ** 2 * a[1] + 2 * t * (1 - t) * by[1] + t**2 * b[1],
                )
            )
            for t in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
        ]
        if inner.buffer(2.0).covers(LineString(points)):
            drawn.append(Street("", {"highway": "footway", "surface": "fine_gravel"}, points))
    return drawn


def _gates(ring: list[Point], park: Polygon, streets: list[Street]) -> list[Street]:
    """Short footways from the ring to the nearest streets, some way apart."""
    lines = [LineString(street.points) for street in streets]
    tree = STRtree(lines)
    drawn: list[Street] = []
    placed: list[Point] = []
    for point in ring:
        if any(distance(point, other) < GATE_EVERY_M for other in placed):
            continue
        near = sorted(int(i) for i in tree.query(Dot(point).buffer(GATE_REACH_M)))
        feet = [(lines[i].distance(Dot(point)), i) for i in near]
        feet = [(gap, i) for gap, i in feet if 1.0 < gap < GATE_REACH_M]
        if not feet:
            continue
        _, index = min(feet)
        foot = lines[index].interpolate(lines[index].project(Dot(point)))
        landing = rounded((foot.x, foot.y))
        if park.buffer(-2 * INSET_M).intersects(LineString([point, landing])):
            continue
        placed.append(point)
        drawn.append(Street("", {"highway": "footway", "surface": "asphalt"}, [point, landing]))
    return drawn
