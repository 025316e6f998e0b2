"""Makes streets meet: roundabouts cut in, loose ends caught, a shared node at every crossing."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

from shapely import STRtree
from shapely.geometry import LineString, Polygon
from shapely.geometry import Point as Dot
from shapely.ops import substring

from generator.plane import Point, distance, rounded
from generator.sketch import Street

REACH_M: Final = 170.0  # how far a loose end is led on to the next street
SAME_PLACE: Final = 4.0  # metres: two crossings nearer than this are one


def parts(geometry: object) -> list[LineString]:
    """The lines of whatever shapely gives back."""
    if isinstance(geometry, LineString):
        return [geometry] if geometry.length else []
    return [part for one in getattr(geometry, "geoms", []) for part in parts(one)]


def roundabout(middle: Point, radius: float) -> list[Point]:
    """A ring of 16 points, driven anticlockwise (right-hand traffic), closed."""
    ring = [
        rounded(
            (
                middle[0] + radius * math.cos(math.tau * step / 16),
                middle[1] + radius * math.sin(math.tau * step / 16),
            )
        )
        for step in range(16)
    ]
    return [*ring, ring[0]]


def cut_at_ring(street: Street, ring: list[Point]) -> list[Street]:
    """The street without what lies inside the ring; its ends are moved onto ring points."""
    disc = Dot(_middle(ring)).buffer(distance(_middle(ring), ring[0]) * 0.96)
    line = LineString(street.points)
    if not line.intersects(disc):
        return [street]
    pieces = []
    for piece in parts(line.difference(disc)):
        points = [rounded((x, y)) for x, y in piece.coords]
        for end in (0, -1):
            nearest = min(ring, key=lambda p, end=end: distance(p, points[end]))  # type: ignore[misc]
            if distance(nearest, points[end]) < 12.0:  # metres, a ring step
                points[end] = nearest
        pieces.append(copy_of(street, points))
    if street.numbers and len(pieces) > 1:
        _share_numbers(street.numbers, pieces)
    return pieces


def copy_of(street: Street, points: list[Point]) -> Street:
    """The same street along other points."""
    return Street(street.name, dict(street.tags), points, street.level, street.numbers, street.rank)


def _share_numbers(numbers: tuple[int, int], pieces: list[Street]) -> None:
    lengths = [LineString(piece.points).length for piece in pieces]
    first, last = numbers
    done = 0.0
    for piece, length in zip(pieces, lengths, strict=True):
        low = first + (last - first) * done / sum(lengths)
        done += length
        piece.numbers = round(low), round(first + (last - first) * done / sum(lengths))


def _middle(ring: list[Point]) -> Point:
    return sum(p[0] for p in ring[:-1]) / 16, sum(p[1] for p in ring[:-1]) / 16


def catch_ends(streets: Iterable[Street], others: list[Street], reach: float) -> None:
    """Move each loose end onto the nearest of the others within reach (metres), in place."""
    lines = [LineString(street.points) for street in others]
    tree = STRtree(lines)
    for street in streets:
        for end in (0, -1):
            dot = Dot(street.points[end])
            best: tuple[float, Point] | None = None
            for index in sorted(int(i) for i in tree.query(dot.buffer(reach))):
                if others[index] is street:
                    continue
                line = lines[index]
                gap = line.distance(dot)
                if gap <= reach and (best is None or gap < best[0] - 1e-6):
                    best = gap, _landing(others[index], line, dot)
            if best is not None:
                street.points[end] = best[1]


def _landing(street: Street, line: LineString, dot: Dot) -> Point:
    """Where on the street an end lands: one of its points if one is close, else on the line."""
    foot = line.interpolate(line.project(dot))
    place = rounded((foot.x, foot.y))
    nearest = min(street.points, key=lambda p: distance(p, place))
    return nearest if distance(nearest, place) < 3 * SAME_PLACE else place


def reach_out(streets: list[Street], others: list[Street], taken: list[Polygon]) -> None:
    """Lengthen loose ends straight on to the next street within REACH_M, in place.

    `taken` is land that no street may enter.
    """
    lines = [LineString(street.points) for street in others]
    tree = STRtree(lines)
    barred = STRtree(taken)
    for street in streets:
        for end, inner in ((0, 1), (-1, -2)):
            (x, y), (ix, iy) = street.points[end], street.points[inner]
            if any(
                others[i] is not street and lines[i].distance(Dot(x, y)) < 0.5
                for i in tree.query(Dot(x, y).buffer(1.0))
            ):
                continue
            share = REACH_M / distance((x, y), (ix, iy))
            ray = LineString([(x, y), (x + share * (x - ix), y + share * (y - iy))])
            hits = [
                dot
                for i in sorted(int(i) for i in tree.query(ray))
                if others[i] is not street
                for dot in _dots(ray.intersection(lines[i]))
            ]
            if not hits:
                continue
            hit = min(hits, key=lambda dot, ray=ray: float(ray.project(dot)))  # type: ignore[misc]
            straight = LineString([(x, y), hit.coords[0]])
            if not any(taken[i].intersects(straight) for i in barred.query(straight)):
                street.points.insert(0 if end == 0 else len(street.points), rounded((hit.x, hit.y)))


def put_point(street: Street, point: Point) -> None:
    """Make the point one of the street's, at the segment it lies on."""
    if point in street.points:
        return
    best, gap = 1, math.inf
    for index in range(1, len(street.points)):
        segment = LineString(street.points[index - 1 : index + 1])
        here = segment.distance(Dot(point))
        if here < gap:
            best, gap = index, here
    street.points.insert(best, point)


def join(streets: list[Street]) -> None:
    """Give streets of one level a shared point wherever they cross or touch, in place."""
    lines = [LineString(street.points) for street in streets]
    tree = STRtree(lines)
    for index, street in enumerate(streets):
        for other_index in sorted(int(i) for i in tree.query(lines[index])):
            other = streets[other_index]
            if other_index <= index or other.level != street.level:
                continue
            for place in _crossings(lines[index], lines[other_index]):
                shared = _shared(street, other, place)
                put_point(street, shared)
                put_point(other, shared)
    for street in streets:
        street.points = _without_repeats(street.points)


def _crossings(a: LineString, b: LineString) -> list[Point]:
    if a.distance(b) > 0.2:  # metres: the rounding of points
        return []
    places = [rounded((dot.x, dot.y)) for dot in _dots(a.intersection(b)) if not math.isnan(dot.x)]
    for line, other in ((a, b), (b, a)):
        for x, y in (line.coords[0], line.coords[-1]):
            if other.distance(Dot(x, y)) <= 0.2:
                places.append((x, y))
    return places


def _dots(geometry: object) -> list[Dot]:
    if isinstance(geometry, Dot):
        return [geometry] if not geometry.is_empty else []
    if isinstance(geometry, LineString):
        return [Dot(geometry.coords[0]), Dot(geometry.coords[-1])] if geometry.length else []
    return [dot for one in getattr(geometry, "geoms", []) for dot in _dots(one)]


def _shared(street: Street, other: Street, place: Point) -> Point:
    """The point both streets shall have: an end first, then any point close by."""
    ends = [street.points[0], street.points[-1], other.points[0], other.points[-1]]
    for points in (ends, street.points, other.points):
        nearest = min(points, key=lambda p: distance(p, place))
        if distance(nearest, place) < SAME_PLACE:
            return nearest
    return place


def _without_repeats(points: list[Point]) -> list[Point]:
    kept = [points[0]]
    for point in points[1:]:
        if point != kept[-1]:
            kept.append(point)
    return kept


def offset(points: list[Point], metres: float) -> list[Point]:
    """The line moved to its right (or left, if negative), the same way round."""
    moved = LineString(points).offset_curve(-metres, join_style="mitre")
    return [rounded((x, y)) for x, y in max(parts(moved), key=lambda part: part.length).coords]


def piece(points: list[Point], start: float, end: float) -> list[Point]:
    """The part of a line between two distances along it, in metres."""
    line = substring(LineString(points), start, end)
    return [rounded((x, y)) for x, y in line.coords]
