"""What is asked: random stops and times with a fixed seed, or the pairs of a file."""

from __future__ import annotations

import csv
import math
import random
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import click
import numpy as np

from planner.network.shape import BIKE, CAR, WALK
from planner.network.store import Network
from planner.stop_ids import find_stop, parse_stop_ref, public_stop_id
from planner.transit.service_day import services_on
from web.bench.sheet import Question

SEED: Final = 1
EARLIEST, LATEST = 6 * 3600, 22 * 3600  # random departures lie between
SATURDAY: Final = 5
_EVERYBODY: Final = WALK | BIKE | CAR
_ASIDE_M: Final = 40.0  # random places lie up to so far from a street's node, to each side
DEGREE_M: Final = 111_195.0  # of latitude
# Columns of a file of places: as Trajets names them, or shorter.
_ENDS: Final = {
    "from_lat": "olat", "from_lon": "olon", "to_lat": "dlat", "to_lon": "dlon",
}  # fmt: skip


def busiest_weekday(network: Network) -> date:
    """The day from Monday to Friday with the most trips, the first of equals."""
    timetable = network.timetable
    first = date.fromisoformat(network.manifest["first_date"])
    services = np.bincount(timetable.trip_service, minlength=len(timetable.service_days))
    trips = (services @ timetable.service_days).tolist()
    days = [first + timedelta(days=number) for number in range(len(trips))]
    working = [i for i, day in enumerate(days) if day.weekday() < SATURDAY and trips[i]]
    if not working:
        msg = "nothing runs on any weekday of this network: name another day with --date"
        raise click.UsageError(msg)
    return days[max(working, key=lambda i: trips[i])]


def random_stop_pairs(network: Network, day: date, count: int) -> list[Question]:
    """Pairs of stops where something calls on `day`, departing between 6:00 and 22:00."""
    called = _called_stops(network, day)
    if not called:
        msg = f"nothing runs on {day}: name another day with --date"
        raise click.UsageError(msg)
    rng = random.Random(SEED)  # noqa: S311 - the same pairs each time, which is the point
    return [
        _stop_question(network, str(i), rng.choice(called), rng.choice(called),
                       rng.randrange(EARLIEST, LATEST))
        for i in range(count)
    ]  # fmt: skip


def random_place_pairs(network: Network, count: int) -> list[Question]:
    """Pairs of places near streets where everybody may go, leaving at 0."""
    streets = network.streets
    if streets is None:
        msg = "this network has no streets"
        raise click.UsageError(msg)
    for_all = (streets.access & _EVERYBODY) == _EVERYBODY
    nodes = np.unique(streets.tail[for_all if for_all.any() else slice(None)]).tolist()
    rng = random.Random(SEED)  # noqa: S311 - the same pairs each time, which is the point

    def place() -> tuple[float, float]:
        node = rng.choice(nodes)
        north, east = (rng.uniform(-_ASIDE_M, _ASIDE_M) / DEGREE_M for _ in range(2))
        lat = float(streets.node_lat[node])
        width = math.cos(math.radians(lat))
        return round(lat + north, 6), round(float(streets.node_lon[node]) + east / width, 6)

    ends = [(*place(), *place()) for _ in range(count)]
    return [
        Question(id=str(i), time=0, from_lat=a, from_lon=b, to_lat=c, to_lon=d)
        for i, (a, b, c, d) in enumerate(ends)
    ]


def read_stop_pairs(network: Network, path: Path, time: int) -> list[Question]:
    """The pairs of a CSV file with the columns from, to (stop ids) and perhaps id and departure."""
    questions = []
    for where, row in _rows(path, ("from", "to")):
        stops = [find_stop(network, parse_stop_ref(network, row[end])) for end in ("from", "to")]
        if stops[0] is None or stops[1] is None:
            unknown = row["from"] if stops[0] is None else row["to"]
            msg = f"{where}: there is no stop {unknown!r} in this network"
            raise click.UsageError(msg)
        departure = _departure(where, row, time)
        questions.append(_stop_question(network, row["id"], stops[0], stops[1], departure))
    return questions


def read_place_pairs(path: Path, time: int) -> list[Question]:
    """The pairs of a CSV file with the columns from_lat, from_lon, to_lat, to_lon in degrees.

    olat, olon, dlat, dlon mean the same; id and departure (ISO 8601 or HH:MM, of which the time of
    day counts) may be there.
    """
    questions = []
    for where, row in _rows(path, tuple(_ENDS)):
        try:
            ends = {name: float(row[name]) for name in _ENDS}
        except ValueError:
            msg = f"{where}: the coordinates aren't numbers"
            raise click.UsageError(msg) from None
        if not all(math.isfinite(degrees) and abs(degrees) <= 180 for degrees in ends.values()):  # noqa: PLR2004
            msg = f"{where}: the coordinates aren't degrees"
            raise click.UsageError(msg)
        question = Question(
            id=row["id"], time=_departure(where, row, time),
            from_lat=ends["from_lat"], from_lon=ends["from_lon"],
            to_lat=ends["to_lat"], to_lon=ends["to_lon"],
        )  # fmt: skip
        questions.append(question)
    return questions


def parse_clock(text: str) -> int | None:
    """Seconds of a time of day, HH:MM or HH:MM:SS, alone or after a date; None for other text."""
    parts = text.strip()[-8:].rpartition("T")[2].split(":")
    if len(parts) not in {2, 3} or not all(part.isdigit() for part in parts):
        return None
    hours, minutes, seconds = (*map(int, parts), 0)[:3]
    return hours * 3600 + minutes * 60 + seconds if minutes < 60 > seconds else None  # noqa: PLR2004


def _called_stops(network: Network, day: date) -> list[int]:
    """Stops with a place on the map where a trip of the service day calls."""
    timetable = network.timetable
    running = np.flatnonzero(services_on(network, day)[timetable.trip_service])
    sequence = np.unique(np.searchsorted(timetable.sequence_trip_offset, running, "right") - 1)
    counts = np.diff(timetable.sequence_stop_offset)
    of_call = np.repeat(np.arange(len(counts)), counts)
    stop = np.unique(timetable.sequence_stop[np.isin(of_call, sequence)])
    located = ~np.isnan(network.stops.lat[stop] + network.stops.lon[stop])
    return [int(one) for one in stop[located]]


def _stop_question(
    network: Network, name: str, origin: int, destination: int, time: int
) -> Question:
    stops = network.stops
    return Question(
        id=name, time=time,
        from_stop=public_stop_id(network, origin), to_stop=public_stop_id(network, destination),
        from_lat=float(stops.lat[origin]), from_lon=float(stops.lon[origin]),
        to_lat=float(stops.lat[destination]), to_lon=float(stops.lon[destination]),
    )  # fmt: skip


def _departure(where: str, row: Mapping[str, str], time: int) -> int:
    text = row.get("departure") or ""
    seconds = parse_clock(text) if text else time
    if seconds is None:
        msg = f"{where}: the departure {text!r} isn't a time"
        raise click.UsageError(msg)
    return seconds


def _rows(path: Path, needed: tuple[str, ...]) -> Iterator[tuple[str, dict[str, str]]]:
    """Rows of a CSV file by the names we know, and where each stands."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (UnicodeDecodeError, csv.Error):
        msg = f"{path} isn't a CSV file in UTF-8"
        raise click.UsageError(msg) from None
    if not rows:
        msg = f"{path} holds no pairs"
        raise click.UsageError(msg)
    for number, told in enumerate(rows, 2):
        row = {name: (told.get(name) or told.get(_ENDS.get(name, "")) or "") for name in needed}
        missing = [name for name, text in row.items() if not text]
        if missing:
            msg = f"{path}, line {number}: there is no {missing[0]}"
            raise click.UsageError(msg)
        optional = {name: told.get(name) or "" for name in ("id", "departure")}
        yield f"{path}, line {number}", {**row, **optional, "id": optional["id"] or str(number - 2)}
