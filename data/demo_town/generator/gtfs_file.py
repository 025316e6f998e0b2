"""Writes the model's timetable as GTFS, the same bytes each time."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from generator.lines import ROUTE_TYPE, Line, slug
from generator.plane import Point, distance, to_degrees
from generator.timetable import CALENDAR, FIRST_DAY, LAST_DAY, departures, exceptions, run

NOTE: Final = "maquette, horaires inventés / a model, invented times"
SOURCES: Final = "stations : RATP, SNCF, IDFM, Ville d'Issy-les-Moulineaux"
AGENCIES: Final = (
    ("RATP", "RATP (maquette / model)", "https://www.ratp.fr"),
    ("SNCF", "SNCF Transilien (maquette / model)", "https://www.transilien.com"),
    ("GPSO", "Grand Paris Seine Ouest (maquette / model)", "https://www.seineouest.fr"),
)
STEP_FREE: Final = {
    "Issy-Val de Seine", "Montparnasse-Bienvenüe", "Châtelet - Les Halles", "Gare du Nord",
    "Aéroport Charles-de-Gaulle 1", "Aéroport Charles-de-Gaulle 2", "Issy", "Clamart",
    "Pont du Garigliano", "Invalides", "Musée d'Orsay",
}  # fmt: skip
# Changes that take longer than walking between the platforms' points would tell: two lines of one
# station, seconds.
CHANGES: Final = (
    ("Porte de Versailles", "M12", "T2", 240), ("Porte de Versailles", "M12", "T3a", 200),
    ("Porte de Versailles", "T2", "T3a", 180), ("Issy-Val de Seine", "RERC", "T2", 150),
    ("Montparnasse-Bienvenüe", "M12", "M4", 240), ("Montparnasse-Bienvenüe", "M12", "N", 480),
    ("Montparnasse-Bienvenüe", "M4", "N", 420), ("Châtelet", "M4", "M14", 270),
    ("Saint-Lazare", "M12", "M14", 210), ("Madeleine", "M12", "M14", 210),
    ("Gare du Nord", "M4", "RERB", 300), ("Saint-Michel", "M4", "RERB", 240),
    ("Saint-Michel", "RERB", "RERC", 240), ("Denfert-Rochereau", "M4", "RERB", 240),
    ("Pont du Garigliano", "RERC", "T3a", 180), ("Porte d'Orléans", "M4", "T3a", 180),
)  # fmt: skip

Rows = Iterable[tuple[object, ...]]


def write(lines: list[Line], path: Path) -> None:
    """The whole feed as one zip, its members dated 2026-01-01."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, header, rows in _tables(lines):
            text = io.StringIO(newline="")
            out = csv.writer(text, lineterminator="\n")
            out.writerow(header.split())
            out.writerows(rows)
            info = zipfile.ZipInfo(f"{name}.txt", (2026, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, text.getvalue(), compresslevel=9)


def _tables(lines: list[Line]) -> Iterable[tuple[str, str, Rows]]:
    yield "agency", "agency_id agency_name agency_url agency_timezone agency_lang", [
        (*agency, "Europe/Paris", "fr") for agency in AGENCIES
    ]  # fmt: skip
    yield (
        "feed_info",
        (
            "feed_publisher_name feed_publisher_url feed_lang feed_start_date feed_end_date "
            "feed_version"
        ),
        [("Trajets, maquette d'Issy-les-Moulineaux (modèle)", "https://example.org/trajets", "fr",
          f"{FIRST_DAY:%Y%m%d}", f"{LAST_DAY:%Y%m%d}", "maquette-1")],
    )  # fmt: skip
    yield (
        "attributions",
        "attribution_id organization_name is_producer attribution_url",
        [("maquette", f"Trajets ({NOTE})", 1, "https://example.org/trajets"),
         ("sources", SOURCES, 1, "https://www.issy.com")],
    )  # fmt: skip
    yield (
        "calendar",
        "service_id monday tuesday wednesday thursday friday saturday sunday start_date end_date",
        [(name, *week, f"{FIRST_DAY:%Y%m%d}", f"{LAST_DAY:%Y%m%d}")
         for name, week in CALENDAR.items()],
    )  # fmt: skip
    yield "calendar_dates", "service_id date exception_type", [
        (service, f"{day:%Y%m%d}", kind) for service, day, kind in exceptions()
    ]  # fmt: skip
    yield "stops", (
        "stop_id stop_name stop_lat stop_lon location_type parent_station wheelchair_boarding"
    ), _stops(lines)  # fmt: skip
    yield "routes", (
        "route_id agency_id route_short_name route_long_name route_desc route_type route_color "
        "route_text_color route_sort_order"
    ), [
        (line.line_id, line.agency, line.name, line.title, NOTE, ROUTE_TYPE[line.kind],
         line.colour, line.text, order)
        for order, line in enumerate(lines, 1)
    ]  # fmt: skip
    yield "trips", (
        "route_id service_id trip_id trip_headsign direction_id shape_id wheelchair_accessible "
        "bikes_allowed"
    ), _trips(lines)  # fmt: skip
    yield "stop_times", (
        "trip_id arrival_time departure_time stop_id stop_sequence shape_dist_traveled timepoint"
    ), _stop_times(lines)  # fmt: skip
    yield "shapes", "shape_id shape_pt_lat shape_pt_lon shape_pt_sequence shape_dist_traveled", (
        _shapes(lines)
    )  # fmt: skip
    yield "transfers", "from_stop_id to_stop_id transfer_type min_transfer_time", [
        (f"{slug(name)}:{a}", f"{slug(name)}:{b}", 2, seconds)
        for name, one, other, seconds in CHANGES
        for a, b in ((one, other), (other, one))
    ]  # fmt: skip


def _stops(lines: list[Line]) -> Rows:
    """Platforms and kerbs by name, each name under one station."""
    by_name: dict[str, dict[str, tuple[Point, int]]] = {}
    for line in lines:
        for course in line.courses:
            for call in course.calls:
                step_free = line.wheelchair or call.name in STEP_FREE
                wheelchair = 1 if step_free and not _stairs(line, call.name) else 2
                found = by_name.setdefault(call.name, {})
                found.setdefault(call.stop_id, (call.point, wheelchair))
    for name, stops in by_name.items():
        points = [point for point, _ in stops.values()]
        rail = [point for stop_id, (point, _) in stops.items() if ":BUS:" not in stop_id]
        middle = _middle(rail or points)
        if max(distance(middle, point) for point in points) < 900.0:  # metres
            yield (slug(name), name, *_degrees(middle), 1, "", 0)
        for stop_id, (point, wheelchair) in stops.items():
            yield (stop_id, name, *_degrees(point), 0, slug(name), wheelchair)


def _stairs(line: Line, name: str) -> bool:
    """Metro platforms of the model are reached by stairs, but for line 14."""
    return line.kind == "metro" and line.line_id != "M14" and name != "Porte de Saint-Cloud"


def _middle(points: list[Point]) -> Point:
    return (
        sum(point[0] for point in points) / len(points),
        sum(point[1] for point in points) / len(points),
    )


def _degrees(point: Point) -> tuple[str, str]:
    lat, lon = to_degrees(point)
    return f"{lat:.6f}", f"{lon:.6f}"


def _runs(line: Line) -> Iterable[tuple[str, str, int, int]]:
    """(trip_id, service, direction, start) of every trip of a line."""
    for service, headways in line.headways.items():
        for direction in (0, 1):
            shift = 0 if direction == 0 else 120
            for number, start in enumerate(departures(headways, shift), 1):
                yield (
                    f"{line.line_id}-{service[:2]}-{direction}-{number}",
                    service,
                    direction,
                    start,
                )


def _trips(lines: list[Line]) -> Rows:
    for line in lines:
        for trip_id, service, direction, _ in _runs(line):
            course = line.courses[direction]
            yield (
                line.line_id, service, trip_id, course.calls[-1].name, direction,
                f"{line.line_id}-{direction}", 1 if line.wheelchair else 2,
                1 if line.kind == "rer" else 2,
            )  # fmt: skip


def _stop_times(lines: list[Line]) -> Rows:
    for line in lines:
        for trip_id, _, direction, start in _runs(line):
            calls = line.courses[direction].calls
            times = run(line, calls, start)
            for sequence, (call, (arrive, leave)) in enumerate(zip(calls, times, strict=True)):
                yield (
                    trip_id, _clock(arrive), _clock(leave), call.stop_id, sequence,
                    round(call.along_m), 1,
                )  # fmt: skip


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _shapes(lines: list[Line]) -> Rows:
    for line in lines:
        for direction, course in enumerate(line.courses):
            along = 0.0
            for sequence, point in enumerate(course.shape):
                if sequence:
                    along += distance(course.shape[sequence - 1], point)
                yield (
                    f"{line.line_id}-{direction}", *_degrees(point), sequence, round(along)
                )  # fmt: skip
