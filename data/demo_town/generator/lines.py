"""The lines of lines.toml, and where each of their stops and courses lies in the plane."""

from __future__ import annotations

import itertools
import re
import tomllib
import unicodedata
from dataclasses import dataclass
from typing import Final

from shapely.geometry import LineString
from shapely.geometry import Point as Dot
from shapely.ops import substring

from generator.plane import Point, distance, rounded, to_plane
from generator.roads import Roads
from generator.sketch import HERE, read

DAYS: Final = ("weekday", "saturday", "sunday")
ROUTE_TYPE: Final = {"metro": 1, "rer": 2, "tram": 0, "bus": 3, "night": 3}
STATIONS: Final = {"metro", "rer", "tram"}  # their platforms lie in the middle, for both ways
NEAR_TRACK_M: Final = 160.0


@dataclass(frozen=True, slots=True)
class Call:
    """One line's stop in one direction: public id, name, where, metres from the start."""

    stop_id: str
    name: str
    point: Point
    along_m: float


@dataclass(frozen=True, slots=True)
class Course:
    """A line's one direction: its calls, its shape and where it's bound."""

    calls: tuple[Call, ...]
    shape: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A line as lines.toml has it, with both of its courses."""

    line_id: str
    name: str
    title: str
    kind: str
    agency: str
    colour: str
    text: str
    wheelchair: bool
    kmh: float
    headways: dict[str, str]
    courses: tuple[Course, Course]


def slug(name: str) -> str:
    """The name in plain capitals, for ids: "Mairie d'Issy" is "MAIRIE_D_ISSY"."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Z0-9]+", "_", plain.upper()).strip("_")


def read_lines(roads: Roads) -> list[Line]:
    """Every line, in the file's order; buses run along the roads."""
    tracks = {track.name: track.points for track in read("tracks.txt")}
    table = tomllib.loads((HERE / "lines.toml").read_text(encoding="utf-8"))
    return [_line(entry, tracks, roads) for entry in table["line"]]


def _line(entry: dict[str, str], tracks: dict[str, list[Point]], roads: Roads) -> Line:
    kind = entry["kind"]
    stops = []
    for row in entry["stops"].strip().splitlines():
        name, place = (part.strip() for part in row.split("|"))
        stops.append((name, to_plane(*map(float, place.split(",")))))
    if kind in STATIONS:
        track = tracks.get(entry.get("track", ""), [])
        courses = _rail_courses(entry["id"], stops, track)
    else:
        courses = _bus_course(stops, roads), _bus_course(stops[::-1], roads)
    return Line(
        entry["id"], entry["name"], entry["title"], kind, entry["agency"], entry["colour"],
        entry.get("text", "FFFFFF"), bool(entry.get("wheelchair", kind in {"bus", "night"})),
        float(entry["kmh"]), {day: entry[day] for day in DAYS if day in entry}, courses,
    )  # fmt: skip


def _rail_courses(
    line_id: str, stops: list[tuple[str, Point]], track: list[Point]
) -> tuple[Course, Course]:
    """Both ways over one platform for each line and station, named after both."""
    course = LineString(track) if track else None
    shape: list[Point] = []
    calls: list[Call] = []
    along = 0.0
    for index, (name, point) in enumerate(stops):
        foot = point
        if course is not None and course.distance(Dot(point)) < NEAR_TRACK_M:
            dot = course.interpolate(course.project(Dot(point)))
            foot = rounded((dot.x, dot.y))
        leg = _leg(shape[-1], foot, course) if index else [foot]
        along += sum(distance(a, b) for a, b in itertools.pairwise(leg))
        shape += leg[1:] if index else leg
        calls.append(Call(f"{slug(name)}:{line_id}", name, foot, along))
    back = tuple(
        Call(call.stop_id, call.name, call.point, along - call.along_m) for call in calls[::-1]
    )
    return Course(tuple(calls), tuple(shape)), Course(back, tuple(shape[::-1]))


def _leg(start: Point, end: Point, track: LineString | None) -> list[Point]:
    """From stop to stop: along the track where both lie on it, else straight."""
    if track is None or max(track.distance(Dot(start)), track.distance(Dot(end))) > 0.5:
        return [start, end]
    part = substring(track, track.project(Dot(start)), track.project(Dot(end)))
    inner = [rounded((x, y)) for x, y in part.coords][1:-1]
    return [start, *inner, end]


def _bus_course(stops: list[tuple[str, Point]], roads: Roads) -> Course:
    """Along the roads, each stop on the right-hand side of where the bus drives."""
    shape: list[Point] = []
    calls: list[Call] = []
    along = 0.0
    ways = roads.through([point for _, point in stops])
    for index, (name, _) in enumerate(stops):
        leg = ways[index]
        along += sum(distance(a, b) for a, b in itertools.pairwise(leg))
        shape += leg[1:] if shape else leg
        here = leg[-1]
        ahead = next((p for p in (ways[index + 1] if index + 1 < len(ways) else [])
                      if distance(p, here) > 0.5), None)  # fmt: skip
        behind = next((p for p in leg[::-1] if distance(p, here) > 0.5), None)
        kerb, side = _kerb(here, ahead or here, behind or here, is_end=ahead is None)
        calls.append(Call(f"{slug(name)}:BUS:{side}", name, kerb, along))
    return Course(tuple(calls), tuple(shape))


def _kerb(here: Point, ahead: Point, behind: Point, *, is_end: bool) -> tuple[Point, str]:
    """The kerb on the right, and the side's name: the compass way the bus drives."""
    a, b = (behind, here) if is_end else (here, ahead)
    length = distance(a, b) or 1.0
    ux, uy = (b[0] - a[0]) / length, (b[1] - a[1]) / length
    side = "E" if abs(ux) > abs(uy) and ux > 0 else "W" if abs(ux) > abs(uy) else ""
    side = side or ("N" if uy > 0 else "S")
    return rounded((here[0] + 6.0 * uy, here[1] - 6.0 * ux)), side
