"""Compile places.sqlite: what a traveller may type, found by its words or by its position.

Read by planner/places/search.py. One table of places whose row numbers fall with importance, so
that the text index, which answers in the order of row numbers, gives the weightiest first; the
house numbers of streets; points for the reverse search by cell; the words with their frequency.
The same inputs give the same bytes (with one version of SQLite).
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

import numpy as np

from feeds.issues import Issue, IssueLog
from feeds.progress import Progress, Silent
from feeds.tables import OsmExtract
from graph_build.places.localities import Localities
from graph_build.places.pois import list_poi_rows
from graph_build.places.rows import PlaceRow
from graph_build.places.streets import compile_street_rows
from graph_build.timetable.stop_use import VEHICLES, count_departures, list_stations, place_stations
from planner.network.place_cells import cell_of, wide_tag
from planner.network.place_text import ARTICLES, fold
from planner.network.shape import Routes, Stops, Streets, Timetable
from planner.network.strings import Strings

FILE: Final = "places.sqlite"

# The text index takes words that are folded already: "ascii" splits at blanks and leaves every
# letter of other scripts alone, where "unicode61" would split by its own, older tables.
_SCHEMA: Final = """
CREATE TABLE place (
    id INTEGER PRIMARY KEY, kind TEXT, name TEXT, category TEXT, lat REAL, lon REAL, stop_id TEXT,
    house_number TEXT, street TEXT, city TEXT, postcode TEXT, importance REAL, source_id TEXT,
    name_words TEXT, context_words TEXT, houses INTEGER
);
CREATE TABLE house (
    street INTEGER, number INTEGER, suffix TEXT, label TEXT, lat REAL, lon REAL, postcode TEXT,
    cell INTEGER, PRIMARY KEY (street, number, suffix)
) WITHOUT ROWID;
CREATE TABLE spot (
    cell INTEGER, place INTEGER, lat REAL, lon REAL, PRIMARY KEY (cell, place, lat, lon)
) WITHOUT ROWID;
CREATE TABLE word (word TEXT PRIMARY KEY, places INTEGER) WITHOUT ROWID;
CREATE VIRTUAL TABLE place_text USING fts5(
    name, context, tags, content='', detail=column, columnsize=0, prefix='1 2 3', tokenize='ascii'
);
"""


def write_places(
    folder: Path,
    *,
    streets: Streets | None,
    street_names: Strings,
    extracts: Sequence[OsmExtract],
    stops: Stops,
    timetable: Timetable,
    routes: Routes,
    public_ids: Sequence[str],
    issues: IssueLog,
    progress: Progress | None = None,
) -> None:
    """Write places.sqlite into `folder`.

    extracts: for their places alone; ways and nodes are not looked at.
    public_ids: the id of each stop as the outside sees it, in the order of `stops`.
    Places that can't be searched (no name, no position) are recorded in `issues`.
    """
    progress = progress or Silent()
    progress.phase("places")
    localities = Localities([place for extract in extracts for place in extract.places])
    rows = _list_stop_rows(stops, routes, timetable, public_ids, issues)
    rows += list_poi_rows(extracts, rows)
    _locate(rows, localities)
    rows += compile_street_rows(streets, street_names, extracts, localities, issues)
    rows.sort(key=_importance_order)
    _write(folder / FILE, rows)
    houses = sum(len(row.houses) for row in rows)
    progress.note(f"{len(rows):,} places, {houses:,} house numbers")


def _list_stop_rows(
    stops: Stops,
    routes: Routes,
    timetable: Timetable,
    public_ids: Sequence[str],
    issues: IssueLog,
) -> list[PlaceRow]:
    departures = count_departures(stops, routes, timetable)
    total = departures.sum(axis=1)
    busiest = float(np.log1p(total.max(initial=0.0))) or 1.0
    all_lat, all_lon = place_stations(stops)
    rows = []
    for stop in list_stations(stops).tolist():
        lat, lon, name = float(all_lat[stop]), float(all_lon[stop]), stops.name.get(stop)
        if np.isnan(lat) or not fold(name):
            detail = "it has no position" if np.isnan(lat) else "it has no name"
            issues.add(Issue("stop_not_searchable", f"stop {public_ids[stop]}", "kept", detail))
            continue
        vehicles = [VEHICLES[v] for v in np.flatnonzero(departures[stop])]
        importance = 0.3 + 0.6 * float(np.log1p(total[stop])) / busiest if vehicles else 0.1
        rows.append(
            PlaceRow(
                kind="stop", name=name, lat=lat, lon=lon, importance=importance,
                category=",".join(vehicles), stop_id=public_ids[stop],
            )
        )  # fmt: skip
    return rows


def _locate(rows: list[PlaceRow], localities: Localities) -> None:
    """Say in which settlement each row lies that doesn't say so itself."""
    lat = np.array([row.lat for row in rows], np.float64)
    lon = np.array([row.lon for row in rows], np.float64)
    for row, found in zip(rows, localities.find(lat, lon).tolist(), strict=True):
        if not row.city and found >= 0 and row.kind != "place":
            row.city = localities.names[found]


def _importance_order(row: PlaceRow) -> tuple[object, ...]:
    return (-round(row.importance, 9), row.kind, row.name, row.city, row.lat, row.lon,
            row.stop_id or "", row.source_id)  # fmt: skip


def _write(path: Path, rows: Sequence[PlaceRow]) -> None:
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA page_size = 4096")
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.executescript(_SCHEMA)
        connection.execute("BEGIN")
        _fill(connection, rows)
        connection.execute("COMMIT")
        connection.execute("INSERT INTO place_text(place_text) VALUES ('optimize')")
        connection.execute("CREATE INDEX house_cell ON house (cell)")
        connection.execute("ANALYZE")


def _fill(connection: sqlite3.Connection, rows: Sequence[PlaceRow]) -> None:
    places, texts, houses = [], [], []
    spots: set[tuple[int, int, float, float]] = set()
    frequency: Counter[str] = Counter()
    for number, row in enumerate(rows, 1):
        name_words = fold(f"{row.name} {row.other_names}")
        context_words = fold(f"{row.street} {row.city} {row.postcode}")
        frequency.update(set(name_words.split()) | set(context_words.split()))
        places.append(
            (number, row.kind, row.name, row.category, row.lat, row.lon, row.stop_id,
             row.house_number, row.street, row.city, row.postcode, row.importance, row.source_id,
             name_words, context_words, len(row.houses))
        )  # fmt: skip
        tags = f"kind{row.kind} {wide_tag(row.lat, row.lon)}"
        texts.append((number, name_words, context_words, tags))
        at = row.spots or [(row.lat, row.lon)]
        spots.update((cell_of(lat, lon), number, lat, lon) for lat, lon in at)
        houses += [
            (number, house.number, house.suffix, house.label, house.lat, house.lon, house.postcode,
             cell_of(house.lat, house.lon))
            for house in row.houses
        ]  # fmt: skip
    connection.executemany(f"INSERT INTO place VALUES ({_marks(16)})", places)  # noqa: S608
    connection.executemany(
        "INSERT INTO place_text (rowid, name, context, tags) VALUES (?, ?, ?, ?)", texts
    )
    # Of two points with one number the first is kept: an entrance and its building, mostly.
    statement = f"INSERT OR IGNORE INTO house VALUES ({_marks(8)})"  # noqa: S608 - only marks
    connection.executemany(statement, sorted(houses))
    connection.executemany("INSERT INTO spot VALUES (?, ?, ?, ?)", sorted(spots))
    words = ((word, count) for word, count in sorted(frequency.items()) if word not in ARTICLES)
    connection.executemany("INSERT INTO word VALUES (?, ?)", words)


def _marks(count: int) -> str:
    return ", ".join("?" * count)
