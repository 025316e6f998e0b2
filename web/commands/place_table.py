"""Tables of places that commands read, and the table of times between them that they write."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TextIO

import click

from planner.network.shape import UNREACHED
from planner.request import Coordinate
from planner.streets.many import REASONS, StreetMatrix

COLUMNS: Final = ("origin", "destination", "mode", "seconds", "status")
FOUND: Final = "ok"
MAX_BYTES: Final = 100_000_000  # of a table of places
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would work out


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A row of a table of places."""

    name: str
    place: Coordinate


def read_places(path: Path) -> list[NamedPlace]:
    """The rows of a CSV file with the columns id, lat, lon, others passed over.

    Raises click.UsageError, with the file and the line, for a row that can't be used.
    """
    if path.stat().st_size > MAX_BYTES:
        msg = f"{path} has over {MAX_BYTES // 1_000_000} MB, too many for a table of places"
        raise click.UsageError(msg)
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return list(_rows(path, stream))
    except UnicodeDecodeError:
        msg = f"{path} isn't a text file in UTF-8"
        raise click.UsageError(msg) from None
    except csv.Error as error:
        msg = f"{path} isn't a CSV file: {error}"
        raise click.UsageError(msg) from None


def _rows(path: Path, stream: TextIO) -> Iterator[NamedPlace]:
    reader = csv.DictReader(stream)
    missing = [name for name in ("id", "lat", "lon") if name not in (reader.fieldnames or ())]
    if missing:
        msg = f"{path}: the first line names no column {missing[0]!r}: it needs id, lat and lon"
        raise click.UsageError(msg)
    lines: dict[str, int] = {}
    for row in reader:
        where = f"{path}, line {reader.line_num}"
        name = (row["id"] or "").strip()
        if not name:
            msg = f"{where}: it has no id"
            raise click.UsageError(msg)
        if name in lines:
            msg = f"{where}: the id {name!r} is that of line {lines[name]} too"
            raise click.UsageError(msg)
        lines[name] = reader.line_num
        yield NamedPlace(name, _read_place(where, row["lat"] or "", row["lon"] or ""))
    if not lines:
        msg = f"{path} has no row with a place"
        raise click.UsageError(msg)


def _read_place(where: str, lat: str, lon: str) -> Coordinate:
    try:
        place = Coordinate(float(lat), float(lon))
    except ValueError:
        msg = f"{where}: {lat!r}, {lon!r} aren't two numbers"
        raise click.UsageError(msg) from None
    inside = abs(place.lat) <= 90 and abs(place.lon) <= 180  # noqa: PLR2004 - degrees
    if not (inside and math.isfinite(place.lat + place.lon)):
        msg = f"{where}: {lat}, {lon} is no place on Earth: write degrees, latitude first"
        raise click.UsageError(msg)
    return place


def write_times(
    stream: TextIO,
    mode: str,
    origins: Sequence[NamedPlace],
    destinations: Sequence[NamedPlace],
    found: StreetMatrix,
) -> None:
    """One row for each pair, whether there is a way or not, the origins in their order."""
    writer = csv.writer(stream, lineterminator="\n")
    to = [harmless(one.name) for one in destinations]
    words = [reason.value if reason else FOUND for reason in REASONS]
    for i, origin in enumerate(origins):
        name = harmless(origin.name)
        seconds, reasons = found.duration[i].tolist(), found.reason[i].tolist()
        writer.writerows(
            (name, there, mode, "" if value >= UNREACHED else value, words[why])
            for there, value, why in zip(to, seconds, reasons, strict=True)
        )


def harmless(text: str) -> str:
    """`text` for a cell that a spreadsheet won't take for a formula; numbers stay as they are."""
    if not text.startswith(_FORMULA):
        return text
    try:
        float(text)
    except ValueError:
        return f"'{text}"
    return text
