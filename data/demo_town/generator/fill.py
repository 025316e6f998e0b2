"""Fills the land between the sketched axes with streets: blocks halved until they are small."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random
from typing import Final

from shapely.geometry import LineString, MultiPolygon, Polygon
from shapely.geometry import Point as Dot
from shapely.ops import split, unary_union

from generator.plane import Point, corners, distance, rounded

NARROWEST: Final = 62.0  # metres: a block is never cut thinner than about half of this
SNAP: Final = 34.0  # metres: a new street prefers to meet one that ends nearby on the other side
SLIVER_M2: Final = 40.0
RAGGED: Final = 0.22  # radians: how far from square a cut may stand


@dataclass(frozen=True, slots=True)
class Cut:
    """A street that halves a block, and how deep in the halving it came."""

    points: tuple[Point, ...]
    depth: int


class Filler:
    """Halves blocks, remembering where streets already meet so that crossroads form."""

    def __init__(self, dice: Random, junctions: list[Point]) -> None:
        self._dice = dice
        self._cells: dict[tuple[int, int], list[Point]] = {}
        for junction in junctions:
            self._remember(junction)

    def fill(self, land: Polygon, area: float) -> list[Cut]:
        """Streets that cut the land into blocks of about `area` square metres."""
        return self._halve(land, area, 1)

    def _halve(self, land: Polygon, area: float, depth: int) -> list[Cut]:
        limit = area * (1.15 + 0.9 * self._dice.random())
        if land.area < limit or depth > 9:  # a guard, 2**9 blocks
            return []
        for attempt in range(4):
            cut = self._cut(land, attempt)
            if cut is None:
                continue
            halves = [half for half in _split(land, cut) if half.area > SLIVER_M2]
            if len(halves) < 2 or min(half.area for half in halves) < 0.22 * area:
                continue
            points = tuple(rounded((x, y)) for x, y in cut.coords)
            ends = (points[0], points[-1])
            for end in ends:
                self._remember(end)
            inner = [one for half in halves for one in self._halve(half, area, depth + 1)]
            return [Cut(points, depth), *inner]
        return []

    def _cut(self, land: Polygon, attempt: int) -> LineString | None:
        """A line across the land, square to its long side, somewhere in the middle."""
        box = land.minimum_rotated_rectangle
        if not isinstance(box, Polygon):
            return None
        around = corners(box.exterior.coords)
        long = max((around[0:2], around[1:3]), key=lambda side: distance(*side))
        short = min((around[0:2], around[1:3]), key=lambda side: distance(*side))
        if distance(*long) < 1.7 * NARROWEST or distance(*short) < NARROWEST * 0.5:
            return None
        share = 0.5 + (self._dice.random() - 0.5) * (0.16 + 0.12 * attempt)
        angle = math.atan2(long[1][1] - long[0][1], long[1][0] - long[0][0]) + math.pi / 2
        angle += (self._dice.random() - 0.5) * RAGGED
        middle = _middle_at(land, long, share)
        far = distance(*long) + distance(*short)
        ray = LineString(
            [
                (middle[0] - far * math.cos(angle), middle[1] - far * math.sin(angle)),
                (middle[0] + far * math.cos(angle), middle[1] + far * math.sin(angle)),
            ]
        )
        inside = land.intersection(ray)
        pieces = [inside] if isinstance(inside, LineString) else list(getattr(inside, "geoms", []))
        pieces = [piece for piece in pieces if isinstance(piece, LineString)]
        if not pieces:
            return None
        piece = max(pieces, key=lambda one: one.length)
        return self._settle(land, piece)

    def _settle(self, land: Polygon, piece: LineString) -> LineString | None:
        """The cut with its ends on nearby junctions, a bend in it where it is long."""
        first, last = (self._pull(land, (x, y)) for x, y in (piece.coords[0], piece.coords[-1]))
        points = [first, last]
        length = distance(first, last)
        if length > 90.0:  # metres; a short street stands straight
            swing = (self._dice.random() - 0.5) * 0.09 * length
            nx, ny = (last[1] - first[1]) / length, (first[0] - last[0]) / length
            at = 0.35 + 0.3 * self._dice.random()
            points.insert(
                1,
                (
                    first[0] + at * (last[0] - first[0]) + swing * nx,
                    first[1] + at * (last[1] - first[1]) + swing * ny,
                ),
            )
        cut = LineString(points)
        return cut if land.buffer(0.3).covers(cut) and length > NARROWEST * 0.5 else None

    def _pull(self, land: Polygon, end: Point) -> Point:
        """The junction on the land's edge nearest to the end, if one is close; else the end."""
        column, row = int(end[0] // 100), int(end[1] // 100)
        best, gap = end, SNAP
        for key in ((column + dx, row + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)):
            for junction in self._cells.get(key, ()):
                here = distance(junction, end)
                if here < gap and land.exterior.distance(Dot(junction)) < 0.2:
                    best, gap = junction, here
        return best

    def _remember(self, point: Point) -> None:
        self._cells.setdefault((int(point[0] // 100), int(point[1] // 100)), []).append(point)


def _split(land: Polygon, cut: LineString) -> list[Polygon]:
    """The land on either side of a cut, which is made a little longer so that it surely crosses."""
    points = list(cut.coords)
    for end, inner in ((0, 1), (-1, -2)):
        (x, y), (ix, iy) = points[end], points[inner]
        share = 0.6 / distance((x, y), (ix, iy))
        points[end] = (x + share * (x - ix), y + share * (y - iy))
    return [part for part in split(land, LineString(points)).geoms if isinstance(part, Polygon)]


def without_holes(land: Polygon) -> list[Polygon]:
    """The land cut straight across each of its holes, so that every piece is one ring."""
    pieces = [land]
    for hole in land.interiors:
        left, bottom, right, top = hole.bounds
        middle = (left + right) / 2
        knife = LineString([(middle, bottom - 5000.0), (middle, top + 5000.0)])
        pieces = [part for piece in pieces for part in polygons(split(piece, knife))]
    return pieces


def _middle_at(land: Polygon, long: list[Point], share: float) -> Point:
    """The land's middle, moved along its long side from 0.5 to `share`."""
    middle = land.centroid
    shift = share - 0.5
    return (
        middle.x + shift * (long[1][0] - long[0][0]),
        middle.y + shift * (long[1][1] - long[0][1]),
    )


def polygons(geometry: object) -> list[Polygon]:
    """The polygons of whatever shapely gives back."""
    if isinstance(geometry, Polygon):
        return [geometry] if geometry.area > 1.0 else []
    return [part for one in getattr(geometry, "geoms", []) for part in polygons(one)]


def free_land(faces: list[Polygon], taken: list[Polygon]) -> list[Polygon]:
    """The faces between axes without the areas that keep streets out."""
    out = unary_union(taken)
    if isinstance(out, (Polygon, MultiPolygon)):
        faces = [part for face in faces for part in polygons(face.difference(out))]
    return [piece for face in faces for piece in without_holes(face)]
