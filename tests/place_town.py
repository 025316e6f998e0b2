"""A town said in sentences, to search in.

    town.street("Rue d'Andrésy")
    assert town.search("andresy") == ["Rue d'Andrésy"]

Places without `at` stand in one row, 300 m apart from west to east, in the order in which they
are said. The index is written by the real compiler when something is first searched.
"""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
from timetable_text import network

from feeds.issues import IssueLog
from feeds.osm_ways import StreetCollector
from feeds.tables import MapFeatures, NamedPlace, OsmExtract
from graph_build.places.write import write_places
from graph_build.streets.compile import compile_streets
from planner.network.store import frozen
from planner.network.strings import Strings
from planner.places.search import PlaceHit, find_places, reverse

CENTRE = (48.82, 2.26)
METRE = 1 / 111_195.0  # degrees of latitude

At = tuple[float, float]


class PlaceTown:
    """What is said about the town, and its index in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.issues = IssueLog()
        self._ways = StreetCollector()
        self._places: list[NamedPlace] = []
        self._stops: list[tuple[str, str, At, int, int]] = []
        self._said = 0
        self._written = False

    def street(self, name: str, *, at: At | None = None, length_m: float = 200, **tags) -> At:
        lat, lon = at = self._at(at)
        ids = [2 * self._said, 2 * self._said + 1]
        points = struct.pack("<dddd", lon, lat, lon + length_m * METRE, lat)
        tags = {"highway": "residential", "name": name} | tags
        self._ways.add_way(1000 + self._said, ids, points, tags)
        return at

    def house(self, number: str, street: str, *, at: At | None = None, **facts) -> At:
        return self._place("address", f"{number} {street}", at, house_number=number, street=street,
                           **facts)  # fmt: skip

    def poi(
        self, name: str, category: str = "amenity=school", *, at: At | None = None, **facts
    ) -> At:
        return self._place("poi", name, at, category=category, **facts)

    def settlement(self, name: str, rank: str = "town", *, at: At | None = None) -> At:
        return self._place("place", name, at, category=f"place={rank}", importance=0.9)

    def stop(
        self, name: str, *, at: At | None = None, stop_id: str = "", departures: int = 1,
        route_type: int = 3,
    ) -> At:  # fmt: skip
        at = self._at(at)
        stop_id = stop_id or f"S{len(self._stops)}"
        self._stops.append((stop_id, name, at, departures, route_type))
        return at

    def find(self, text: str, **options) -> list[PlaceHit]:
        self.write()
        return find_places(self.folder, text, **options)

    def search(self, text: str, **options) -> list[str]:
        return [hit.name for hit in self.find(text, **options)]

    def around(self, at: At, **options) -> list[str]:
        self.write()
        return [hit.name for hit in reverse(self.folder, *at, **options)]

    def write(self) -> Path:
        """The index, written once."""
        if not self._written:
            self._write()
            self._written = True
        return self.folder / "places.sqlite"

    def _write(self) -> None:
        nodes, ways = self._ways.finish()
        extract = OsmExtract(
            name="said", sha256="", nodes=nodes, ways=ways, places=self._places,
            features=MapFeatures(), issues=IssueLog(),
        )  # fmt: skip
        trips = [
            {"route": stop, "calls": [(stop, 0, 0, True, True), (stop, 60, 60, True, True)]}
            for stop, (*_, departures, _) in enumerate(self._stops)
            for _ in range(departures)
        ]
        ids = [stop_id for stop_id, *_ in self._stops]
        drawn = network(trips, {}, n_stops=len(ids), stop_ids=ids)
        where = np.array([at for *_, at, _, _ in self._stops]).reshape(-1, 2)
        stops = drawn.stops._replace(
            name=Strings.of(name for _, name, *_ in self._stops),
            lat=frozen(where[:, 0], np.float64), lon=frozen(where[:, 1], np.float64),
        )  # fmt: skip
        types = frozen(np.array([kind for *_, kind in self._stops]), np.int32)
        routes = drawn.routes._replace(route_type=types) if ids else drawn.routes
        compiled = compile_streets([extract], elevation=None, issues=IssueLog(), island_nodes=0)
        write_places(
            self.folder, streets=compiled.streets, street_names=compiled.names,
            extracts=[extract], stops=stops, timetable=drawn.timetable, routes=routes,
            public_ids=ids, issues=self.issues,
        )  # fmt: skip

    def _place(self, kind: str, name: str, at: At | None, **facts) -> At:
        at = self._at(at)
        self._places.append(
            NamedPlace(kind=kind, name=name, lat=at[0], lon=at[1], source_id=f"node/{self._said}",
                       **facts)
        )  # fmt: skip
        return at

    def _at(self, at: At | None) -> At:
        self._said += 1
        return at or (CENTRE[0], CENTRE[1] + 300 * METRE * self._said)


def east(metres: float, *, north: float = 0.0) -> At:
    """A point so many metres east of the town's centre, measured in degrees of latitude."""
    return CENTRE[0] + north * METRE, CENTRE[1] + metres * METRE
