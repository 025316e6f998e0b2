"""Points of interest and settlements to search for, each once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from feeds.tables import NamedPlace, OsmExtract
from graph_build.places.rows import PlaceRow
from planner.network.place_cells import cell_of, distance_m, list_cell_rows
from planner.network.place_text import street_key

_SAME_PLACE_M: Final = 250.0  # two places of one name so near are one
_SAME_STOP_M: Final = 100.0  # a stop on the map so near to one of the timetable is that one
_PLAIN_IMPORTANCE: Final = 0.25  # where the reader gives none
_STATION_KEYS: Final = ("railway=", "public_transport=", "highway=bus_stop")
_PLAIN_STOPS: Final = frozenset({
    "railway=tram_stop", "railway=subway_entrance", "highway=bus_stop",
    "public_transport=stop_position", "public_transport=platform",
})  # fmt: skip


class _StopsNear:
    """The timetable's stops by cell, to tell which of the map's are the same."""

    def __init__(self, stop_rows: Iterable[PlaceRow]) -> None:
        self._by_cell: defaultdict[int, list[PlaceRow]] = defaultdict(list)
        for row in stop_rows:
            for first, last in list_cell_rows(row.lat, row.lon, _SAME_PLACE_M):
                for cell in range(first, last + 1):
                    self._by_cell[cell].append(row)

    def has(self, place: NamedPlace) -> bool:
        """True where `place` is a stop of the timetable.

        Of one name with it, or a stop on the map whose name says less or more ("Duomo" and
        "Duomo M1 M3"), or a plain stop beside it under whatever name.
        """
        words = set(street_key(place.name).split())
        for row in self._by_cell.get(cell_of(place.lat, place.lon), ()):
            away = distance_m(place.lat, place.lon, row.lat, row.lon)
            theirs = set(street_key(row.name).split())
            if away < _SAME_STOP_M and place.category in _PLAIN_STOPS:
                return True
            alike = words == theirs
            if place.category.startswith(_STATION_KEYS):
                alike = words <= theirs or theirs <= words
            if away < _SAME_PLACE_M and alike:
                return True
        return False


def list_poi_rows(
    extracts: Sequence[OsmExtract], stop_rows: Iterable[PlaceRow]
) -> Iterator[PlaceRow]:
    """Every named point of interest and settlement, the weightiest of several alike.

    Those that are a stop of the timetable are left to it.
    """
    stops = _StopsNear(stop_rows)
    seen: defaultdict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    for place in _in_order(extracts):
        key = street_key(place.name)
        if not key or (place.kind == "poi" and stops.has(place)):
            continue
        twins = seen[place.kind, key]
        if any(distance_m(place.lat, place.lon, *at) < _SAME_PLACE_M for at in twins):
            continue
        twins.append((place.lat, place.lon))
        yield PlaceRow(
            kind=place.kind, name=place.name, lat=place.lat, lon=place.lon,
            importance=place.importance or _PLAIN_IMPORTANCE, category=place.category,
            street=place.street, house_number=place.house_number, city=place.city,
            postcode=place.postcode, source_id=place.source_id,
        )  # fmt: skip


def _in_order(extracts: Sequence[OsmExtract]) -> list[NamedPlace]:
    places = [p for extract in extracts for p in extract.places if p.kind in ("poi", "place")]
    return sorted(places, key=lambda p: (-p.importance, p.name, p.source_id, p.lat, p.lon))
