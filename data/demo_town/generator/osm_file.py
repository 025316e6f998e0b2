"""Writes the town as OpenStreetMap data, the same bytes each time."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import osmium
from osmium.osm.mutable import Node, Way

from generator.addresses import Spot
from generator.buildings import Building
from generator.fill import without_holes
from generator.plane import Point, distance, to_degrees
from generator.sketch import read
from generator.town import Town

GENERATOR: Final = "trajets demo town (a model, not OpenStreetMap data)"
SIGNAL_CLASSES: Final = {"primary", "secondary"}
CROSSING_CLASSES: Final = SIGNAL_CLASSES | {"tertiary"}


class OsmFile:
    """Collects nodes and ways and numbers them in the order they come."""

    def __init__(self) -> None:
        self._at: dict[Point, int] = {}
        self._nodes: list[tuple[Point, dict[str, str]]] = []
        self._ways: list[tuple[list[int], dict[str, str]]] = []

    def shared(self, point: Point) -> int:
        """The id of the node at this point, which every way through it shares."""
        if point not in self._at:
            self._at[point] = self.node(point, {})
        return self._at[point]

    def node(self, point: Point, tags: dict[str, str]) -> int:
        """The id of a new node."""
        self._nodes.append((point, tags))
        return len(self._nodes)

    def tag(self, point: Point, tags: dict[str, str]) -> None:
        """Tag the shared node at this point."""
        self._nodes[self.shared(point) - 1][1].update(tags)

    def street(self, points: list[Point], tags: dict[str, str]) -> None:
        """A way that shares its nodes."""
        self._ways.append(([self.shared(point) for point in points], tags))

    def outline(self, points: list[Point], tags: dict[str, str]) -> None:
        """A closed way with nodes of its own."""
        ring = points[:-1] if points[0] == points[-1] else points
        ids = [self.node(point, {}) for point in ring]
        self._ways.append(([*ids, ids[0]], tags))

    def line(self, points: list[Point], tags: dict[str, str]) -> None:
        """An open way with nodes of its own."""
        self._ways.append(([self.node(point, {}) for point in points], tags))

    def write(self, path: Path) -> None:
        """Save as PBF (or what the suffix says), overwriting."""
        header = osmium.io.Header()
        header.set("generator", GENERATOR)
        path.unlink(missing_ok=True)
        with osmium.SimpleWriter(str(path), header=header) as writer:
            for number, (point, tags) in enumerate(self._nodes, 1):
                lat, lon = to_degrees(point)
                writer.add_node(Node(id=number, version=1, location=(lon, lat), tags=tags))
            for number, (nodes, tags) in enumerate(self._ways, 1):
                writer.add_way(Way(id=number, version=1, nodes=nodes, tags=tags))


def write(town: Town, houses: list[Building], spots: list[Spot], path: Path) -> None:
    """Everything the map holds, streets first, so that their ids stay as the rest changes."""
    file = OsmFile()
    for street in town.streets:
        tags = dict(street.tags)
        if street.name:
            tags["name"] = street.name
        file.street(street.points, tags)
    _crossings(file, town)
    for track in read("tracks.txt"):
        file.line(track.points, {"railway": track.kind, "name": track.name, **track.tags})
    _areas(file, town)
    for house in houses:
        tags = {"building": house.kind, "building:levels": str(house.levels)}
        file.outline(house.points, tags)
    for spot in spots:
        file.node(spot.point, spot.tags)
    file.write(path)


def _crossings(file: OsmFile, town: Town) -> None:
    """Signals where large streets meet, zebra crossings where others meet one of them."""
    meeting: dict[Point, set[str]] = {}
    count: dict[Point, int] = {}
    for street in town.streets:
        if street.level != "ground" or "junction" in street.tags:
            continue
        for index, point in enumerate(street.points):
            meeting.setdefault(point, set()).add(street.tags["highway"])
            inner = 0 < index < len(street.points) - 1
            count[point] = count.get(point, 0) + (2 if inner else 1)
    signals: list[Point] = []
    for point, classes in meeting.items():
        if count[point] < 3:  # arms of a junction
            continue
        large = classes & SIGNAL_CLASSES
        busy = large and (len(classes & CROSSING_CLASSES) > 1 or count[point] > 3)
        if busy and all(distance(point, other) > 60.0 for other in signals):
            signals.append(point)
            file.tag(point, {"highway": "traffic_signals", "crossing": "traffic_signals"})
        elif classes & CROSSING_CLASSES:
            file.tag(point, {"highway": "crossing", "crossing": "marked"})


def _areas(file: OsmFile, town: Town) -> None:
    for area in town.areas:
        role = area.words.get("role")
        if role == "island" or (area.tags and area.tags.get("natural") != "water"):
            file.outline(area.points, {"name": area.name, **area.tags})
    for part in [ring for one in town.water() for ring in without_holes(one)]:
        file.outline(
            [(round(x, 1), round(y, 1)) for x, y in part.exterior.coords],
            {"natural": "water", "water": "river", "name": "la Seine"},
        )
