"""The compiled index of places: open it, read its words, dress its rows as hits."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

from planner.network.store import NetworkError
from planner.places.match import Vocabulary
from planner.places.numbers import HousePoint, Precision

Kind = Literal["stop", "address", "street", "poi", "place"]
KINDS: Final[frozenset[str]] = frozenset({"stop", "address", "street", "poi", "place"})
# The three kinds of the MOTIS API, in ours.
MOTIS_KINDS: Final[Mapping[str, frozenset[str]]] = MappingProxyType({
    "STOP": frozenset({"stop"}),
    "ADDRESS": frozenset({"address", "street"}),
    "PLACE": frozenset({"poi", "place"}),
})  # fmt: skip
FILE: Final = "places.sqlite"
MAX_LIMIT: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceHit:
    """A place found.

    stop_id: as the API gives it, of a stop only. precision: "exact" is the place itself;
    an address may be "interpolated" between its neighbours, or the "nearest" number known
    (`house_number` then says which that is); "street" where the street has no numbers at all.
    score: comparable within one answer, the best first. distance_m: from the focus or the point
    of a reverse search, None without one.
    """

    kind: Kind
    name: str
    lat: float
    lon: float
    stop_id: str | None = None
    house_number: str = ""
    street: str = ""
    city: str = ""
    postcode: str = ""
    category: str = ""  # a stop's vehicles ("subway,bus"), else OSM key=value
    importance: float = 0.0
    score: float = 0.0
    precision: Precision = "exact"
    distance_m: float | None = None
    source_id: str = ""


class PlaceRecord(NamedTuple):
    """A row of the table `place`, written by graph_build/places/write.py."""

    id: int
    kind: Kind
    name: str
    category: str
    lat: float
    lon: float
    stop_id: str | None
    house_number: str
    street: str
    city: str
    postcode: str
    importance: float
    source_id: str
    name_words: str
    context_words: str
    houses: int  # how many numbers a street has

    def as_hit(self) -> PlaceHit:
        """The place itself."""
        return PlaceHit(
            kind=self.kind, name=self.name, category=self.category, lat=self.lat, lon=self.lon,
            stop_id=self.stop_id, house_number=self.house_number, street=self.street,
            city=self.city, postcode=self.postcode, importance=self.importance,
            source_id=self.source_id,
        )  # fmt: skip


COLUMNS: Final = ", ".join(f"place.{column}" for column in PlaceRecord._fields)


def open_index(folder: Path) -> sqlite3.Connection:
    """A read-only connection of one call; raises NetworkError where there is no index."""
    path = (folder / FILE).resolve()
    try:
        return sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)
    except sqlite3.OperationalError:
        msg = f"{folder} has no place index ({FILE}). Build the network again."
        raise NetworkError(msg) from None


def get_vocabulary(folder: Path) -> Vocabulary:
    """The words of the index, read once for each state of its file."""
    stat = (folder / FILE).stat()
    return _read_vocabulary(folder, (stat.st_ino, stat.st_mtime_ns, stat.st_size))


@lru_cache(maxsize=4)
def _read_vocabulary(folder: Path, _stamp: tuple[int, int, int]) -> Vocabulary:
    with closing(open_index(folder)) as connection:
        counts = dict(connection.execute("SELECT word, places FROM word"))
        (places,) = connection.execute("SELECT coalesce(max(id), 0) FROM place").fetchone()
    return Vocabulary(counts, places)


def at_house(street: PlaceHit, house: HousePoint) -> PlaceHit:
    """The address of a house number in the street that was found."""
    return replace(
        street, kind="address", name=f"{house.label} {street.name}", lat=house.lat, lon=house.lon,
        street=street.name, house_number=house.label, postcode=house.postcode or street.postcode,
        precision=house.precision, category="",
    )  # fmt: skip


def select_kinds(kinds: frozenset[str] | None) -> frozenset[str]:
    """The kinds meant by our own or by MOTIS' names; every kind for None."""
    if kinds is None:
        return KINDS
    own: frozenset[str] = frozenset()
    return own.union(*(MOTIS_KINDS.get(kind, {kind}) for kind in kinds)) & KINDS


def cap_limit(limit: int) -> int:
    """A number of hits between 1 and MAX_LIMIT."""
    return max(1, min(limit, MAX_LIMIT))


def is_on_earth(lat: float, lon: float) -> bool:
    """False for NaN and for degrees out of range."""
    return abs(lat) <= 90.0 and abs(lon) <= 180.0  # noqa: PLR2004 - degrees
