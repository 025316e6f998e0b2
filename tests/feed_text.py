"""Whole feeds as text in a test: a story first, then `# file.txt` and its lines.

    write_feed(folder, LINE + '''
        # transfers.txt
        from_stop_id,to_stop_id,transfer_type
        A,B,2
        ''')

A file given twice is taken as it is given last. `draw_feed` writes such a text from a drawing:

    draw_feed('''
        A     B     C
        8:05  8:15  8:30  trip=early on=week
        --
              B     D
              8:20  8:40
        ''')

A row of stops, then a row per trip; `--` parts the lines R1, R2, ...; trips are T1, T2, ... of the
service `daily`, which runs every day of 2026, unless their row's end says otherwise. `8:05/8:07`
arrives and departs, `8:05+` may only be boarded, `8:05-` only alighted, `.` gives no time and `|`
doesn't call. The stops stand a kilometre apart, in the order of their names from west to east. A
file given empty is left out.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from textwrap import dedent
from typing import Any, NamedTuple

# Bus 1 runs from A by B to C every day of 2026, at eight and, by night, at 24:30.
LINE = """
# agency.txt
agency_id,agency_name,agency_url,agency_timezone
ratp,RATP,https://www.ratp.fr,Europe/Paris
# stops.txt
stop_id,stop_name,stop_lat,stop_lon
A,Mairie d'Issy,48.8240,2.2730
B,Corentin-Celton,48.8270,2.2790
C,Porte de Versailles,48.8320,2.2880
# routes.txt
route_id,agency_id,route_short_name,route_long_name,route_type,route_color
12,ratp,12,Issy - Aubervilliers,1,007852
# calendar.txt
service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date
daily,1,1,1,1,1,1,1,20260101,20261231
# trips.txt
route_id,service_id,trip_id
12,daily,morning
12,daily,night
# stop_times.txt
trip_id,arrival_time,departure_time,stop_id,stop_sequence
morning,08:00:00,08:00:00,A,1
morning,08:02:00,08:02:30,B,2
morning,08:05:00,08:05:00,C,3
night,24:30:00,24:30:00,A,1
night,24:32:00,24:32:30,B,2
night,24:35:00,24:35:00,C,3
"""


def split_files(*texts: str) -> dict[str, str]:
    """File name -> content, of texts with `# file.txt` lines."""
    files: dict[str, str] = {}
    for text in texts:
        parts = re.split(r"^# (\S+)\n", dedent(text).lstrip("\n"), flags=re.MULTILINE)
        files.update(zip(parts[1::2], parts[2::2], strict=True))
    return files


def write_feed(path: Path, *texts: str, without: tuple[str, ...] = ()) -> Path:
    """Write a feed as a folder, or as a zip where `path` ends so; later texts replace files."""
    files = {k: v for k, v in split_files(*texts).items() if k not in without}
    return write_files(path, {name: text.encode() for name, text in files.items()})


def write_files(path: Path, files: dict[str, bytes]) -> Path:
    """Write files, whatever they hold, into a folder or a zip."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        return path
    for name, content in files.items():
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return path


class DrawnTrip(NamedTuple):
    """A row of a drawing: its line's number from 1, (stop, cell) pairs, and its end's options."""

    line: int
    cells: list[tuple[str, str]]
    options: dict[str, str]


EVERY_DAY = """
# calendar.txt
service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date
daily,1,1,1,1,1,1,1,20260101,20261231
"""


def draw_feed(
    drawing: str,
    *files: str,
    zone: str = "Europe/Paris",
    agency: str = "bus",
    places: Mapping[str, tuple[float, float]] | None = None,
) -> str:
    """GTFS text of a drawing; `files` replace or add to what it makes, `places` moves stops."""
    trips = list(read_drawing(drawing))
    stops = sorted({stop for trip in trips for stop, _ in trip.cells})
    spots = {stop: (48.82, 2.27 + 0.01366 * i) for i, stop in enumerate(stops)} | (places or {})
    ids = [trip.options.get("trip", f"T{i}") for i, trip in enumerate(trips, start=1)]
    tables: dict[str, list[Any]] = {
        "agency": ["agency_id,agency_name,agency_url,agency_timezone",
                   f"{agency},{agency.title()},https://example.org,{zone}"],
        "stops": ["stop_id,stop_name,stop_lat,stop_lon",
                  *(f"{stop},{stop},{spots[stop][0]:.6f},{spots[stop][1]:.6f}" for stop in stops)],
        "routes": ["route_id,agency_id,route_short_name,route_long_name,route_type",
                   *(f"R{n},{agency},R{n},,3" for n in sorted({trip.line for trip in trips}))],
        "trips": ["route_id,service_id,trip_id,trip_headsign",
                  *(f"R{trip.line},{trip.options.get('on', 'daily')},{name},{trip.cells[-1][0]}"
                    for trip, name in zip(trips, ids, strict=True))],
        "stop_times": [
            "trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type,drop_off_type",
            *(f"{name},{write_cell(stop, number, cell)}"
              for trip, name in zip(trips, ids, strict=True)
              for number, (stop, cell) in enumerate(trip.cells, start=1))],
    }  # fmt: skip
    drawn = "".join(f"# {name}.txt\n" + "\n".join(rows) + "\n" for name, rows in tables.items())
    made = split_files(drawn, EVERY_DAY, *files)
    return "".join(f"# {name}\n{content}" for name, content in made.items() if content.strip())


def read_drawing(drawing: str) -> Iterator[DrawnTrip]:
    """The trips of a drawing, row by row."""
    blocks = re.split(r"\n\s*--\s*\n", dedent(drawing).strip())
    for line, block in enumerate(blocks, start=1):
        heads, *rows = [row.split() for row in block.strip().splitlines()]
        for row in rows:
            cells = [cell for cell in row if "=" not in cell]
            options = dict(cell.split("=") for cell in row if "=" in cell)
            calls = [pair for pair in zip(heads, cells, strict=True) if pair[1] != "|"]
            yield DrawnTrip(line, calls, options)


def write_cell(stop: str, number: int, cell: str) -> str:
    """`8:05+` at A as the end of a row of stop_times.txt."""
    arrival, _, departure = cell.rstrip("+-.").partition("/")
    times = [f"{time}:00" if time.count(":") == 1 else time for time in (arrival, departure)]
    rules = int(cell.endswith("-")), int(cell.endswith("+"))
    return f"{times[0]},{times[1] or times[0]},{stop},{number},{rules[0]},{rules[1]}"
