"""What is around a point: the reverse of a search by words."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

from planner.network.place_cells import distance_m, list_cell_rows
from planner.places.index import (
    COLUMNS,
    PlaceHit,
    PlaceRecord,
    at_house,
    cap_limit,
    is_on_earth,
    open_index,
    select_kinds,
)
from planner.places.numbers import HousePoint

MAX_RADIUS_M: Final = 5_000.0
_DRESSED: Final = 200  # of the nearest points, so many are looked at closely


class _Spot(NamedTuple):
    """A point of a place, or of one of its house numbers."""

    away_m: float
    place: int
    lat: float
    lon: float
    house: HousePoint | None


def reverse(
    folder: Path,
    lat: float,
    lon: float,
    *,
    limit: int = 5,
    max_m: float = 500,
    kinds: frozenset[str] | None = None,
) -> list[PlaceHit]:
    """What is around a point, the nearest first: at most `limit` places within `max_m` metres.

    A street counts where it is passed, not at its middle, and only where no number of it is near.
    kinds: as in find_places. Raises NetworkError where the folder has no place index.
    """
    if not is_on_earth(lat, lon) or not max_m > 0:  # NaN is no radius
        return []
    wanted, radius = select_kinds(kinds), min(float(max_m), MAX_RADIUS_M)
    hits: list[PlaceHit] = []
    with closing(open_index(folder)) as connection:
        for ring in (radius / 8, radius / 2, radius):
            spots = _list_spots(connection, lat, lon, ring, wanted)
            hits = _dress(connection, spots, wanted)
            if len(hits) >= limit:
                break
    return hits[: cap_limit(limit)]


def _list_spots(
    connection: sqlite3.Connection, lat: float, lon: float, radius: float, kinds: frozenset[str]
) -> list[_Spot]:
    """The points of the wanted kinds within `radius` metres, the nearest first."""
    spots = []
    for cells in list_cell_rows(lat, lon, radius):
        if kinds - {"address"}:
            points = connection.execute(
                "SELECT place, lat, lon FROM spot WHERE cell BETWEEN ? AND ?", cells
            )
            spots += [
                _Spot(distance_m(lat, lon, y, x), place, y, x, None) for place, y, x in points
            ]
        if "address" in kinds:
            houses = connection.execute(
                "SELECT street, label, lat, lon, postcode FROM house WHERE cell BETWEEN ? AND ?",
                cells,
            )
            for street, label, y, x, postcode in houses:
                house = HousePoint(label, y, x, postcode, "exact")
                spots.append(_Spot(distance_m(lat, lon, y, x), street, y, x, house))
    return sorted((spot for spot in spots if spot.away_m <= radius), key=_order)


def _order(spot: _Spot) -> tuple[float, int, str]:
    return spot.away_m, spot.place, spot.house.label if spot.house else ""


def _dress(
    connection: sqlite3.Connection, spots: list[_Spot], kinds: frozenset[str]
) -> list[PlaceHit]:
    """The places of the points, each once; a street gives way to its numbers."""
    numbered = {spot.place for spot in spots if spot.house}
    hits: dict[tuple[int, str], PlaceHit] = {}
    statement = f"SELECT {COLUMNS} FROM place WHERE id = ?"  # noqa: S608 - column names
    for spot in spots:
        key = (spot.place, spot.house.label if spot.house else "")
        if key in hits or (spot.house is None and spot.place in numbered):
            continue
        record = PlaceRecord(*connection.execute(statement, (spot.place,)).fetchone())
        if spot.house is None and record.kind not in kinds:
            continue
        hit = at_house(record.as_hit(), spot.house) if spot.house else record.as_hit()
        hits[key] = replace(hit, lat=spot.lat, lon=spot.lon, distance_m=spot.away_m)
        if len(hits) == _DRESSED:
            break
    return list(hits.values())
