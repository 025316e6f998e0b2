"""Streets drawn in ASCII: letters are OSM nodes at their place on paper, ways are words of them.

    town = draw_town(
        '''
        A---B---C
            |
            D
        ''',
        {"ABC": {"highway": "residential"}, "BD": {"highway": "footway"}},
    )

Only the letters count (lines between them are for the reader); a character is 50 m wide and a
line 50 m high unless said otherwise. Turns are relations, {("AB", "B", "BC"): tags}, from a way
through a node or a way into a way; ferries are {("AB", "BC"): tags}, of ways. Node ids are 1, 2,
3, ... in the alphabet's order (A-Z, a-z, 0-9), way ids 101, 102, ... in the table's order. A way
drawn in two words of its name ("AB", "BC") is two ways. The streets come out of the real compile.
"""

from __future__ import annotations

import math
import string
import struct
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from feeds.elevation import ElevationModel
from feeds.issues import IssueLog
from feeds.osm_relations import RelationCollector
from feeds.osm_ways import StreetCollector
from feeds.tables import MapFeatures, OsmExtract
from graph_build.streets.compile import compile_streets
from planner.network import shape
from planner.network.strings import Strings

LETTERS = string.ascii_uppercase + string.ascii_lowercase + string.digits
SOUTH_WEST = (48.82, 2.26)  # near Issy-les-Moulineaux
METRES_PER_DEGREE = 111_195.0

Tags = Mapping[str, str]
Turns = Mapping[tuple[str, str, str], Tags]


class Town(NamedTuple):
    """A drawing compiled."""

    extract: OsmExtract
    streets: shape.Streets
    names: Strings
    issues: IssueLog
    places: dict[str, tuple[float, float]]  # letter -> lat, lon
    conditions: shape.Conditions | None = None

    def node(self, letter: str) -> int:
        """The street node of a letter (the first, where a barrier has copies)."""
        return int(np.flatnonzero(self.streets.node_osm_id == node_id(letter))[0])

    def edges(self, word: str) -> list[int]:
        """The edges from a word's first letter to its last; gates aren't counted."""
        s = self.streets
        ids = s.node_osm_id
        found = (ids[s.tail] == node_id(word[0])) & (ids[s.head] == node_id(word[-1]))
        return np.flatnonzero(found & (s.length_m > 0)).tolist()

    def edge(self, word: str) -> int:
        """The one edge from a word's first letter to its last."""
        (edge,) = self.edges(word)
        return edge

    def modes(self, word: str) -> str:
        """Who may use that edge: "walk bike push car", private ones with a star."""
        return say_modes(int(self.streets.access[self.edge(word)]), pushed=self.pushed(word))

    def pushed(self, word: str) -> bool:
        """True where a bicycle is pushed along that edge."""
        return bool(self.streets.flags[self.edge(word)] & shape.PUSH)


def draw_town(
    drawing: str,
    ways: Mapping[str, Tags],
    *,
    nodes: Mapping[str, Tags] | None = None,
    step_m: float = 50.0,
    elevation: ElevationModel | None = None,
    island_nodes: int = 0,
    turns: Turns | None = None,
    ferries: Mapping[tuple[str, ...], Tags] | None = None,
    contraflow_in_zones_30: bool = False,
) -> Town:
    """Compile a drawing; `nodes` gives tags to letters."""
    extract = draw_extract(drawing, ways, nodes=nodes, step_m=step_m, turns=turns, ferries=ferries)
    issues = IssueLog()
    issues.merge(extract.issues)
    compiled = compile_streets(
        [extract],
        elevation=elevation,
        issues=issues,
        island_nodes=island_nodes,
        contraflow_in_zones_30=contraflow_in_zones_30,
    )
    places = letter_places(drawing, step_m)
    streets, names = compiled.streets, compiled.names
    return Town(extract, streets, names, issues, places, compiled.conditions)


def streets(drawing: str, ways: Mapping[str, Tags], **options: object) -> shape.Streets:
    """The streets of a drawing alone; options as for `draw_town`."""
    return draw_town(drawing, ways, **options).streets  # type: ignore[arg-type]


def draw_extract(
    drawing: str,
    ways: Mapping[str, Tags],
    *,
    nodes: Mapping[str, Tags] | None = None,
    step_m: float = 50.0,
    turns: Turns | None = None,
    ferries: Mapping[tuple[str, ...], Tags] | None = None,
) -> OsmExtract:
    """An extract as a reader would give it."""
    places = letter_places(drawing, step_m)
    collector = StreetCollector()
    for letter, tags in (nodes or {}).items():
        collector.add_node_tags(node_id(letter), dict(tags))
    for number, (word, tags) in enumerate(ways.items()):
        lon_lat = b"".join(struct.pack("<dd", places[c][1], places[c][0]) for c in word)
        collector.add_way(101 + number, [node_id(c) for c in word], lon_lat, tags)
    node_table, way_table = collector.finish()
    relations = RelationCollector(IssueLog())
    way_id = {word: 101 + number for number, word in enumerate(ways)}
    for number, ((origin, via, end), tags) in enumerate((turns or {}).items()):
        through = ("n", node_id(via)) if len(via) == 1 else ("w", way_id[via])
        members = [("w", way_id[origin], "from"), (*through, "via"), ("w", way_id[end], "to")]
        relations.add(901 + number, {"type": "restriction", **tags}, members)
    for number, (words, tags) in enumerate((ferries or {}).items()):
        members = [("w", way_id.get(word, 999), "") for word in words]
        relations.add(951 + number, {"type": "route", "route": "ferry", **tags}, members)
    return OsmExtract(
        name="drawing", sha256="", nodes=node_table, ways=way_table, places=[],
        features=MapFeatures(), issues=relations.issues,
        restrictions=tuple(relations.restrictions), ferries=tuple(relations.ferries),
    )  # fmt: skip


def draw_osm(
    drawing: str, ways: Mapping[str, Tags], *, step_m: float = 50.0, turns: Turns | None = None
) -> str:
    """The drawing as an OSM file that a reader reads."""
    places = letter_places(drawing, step_m)
    lines = [
        f'<node id="{node_id(letter)}" version="1" lat="{lat:.7f}" lon="{lon:.7f}"/>'
        for letter, (lat, lon) in sorted(places.items(), key=lambda item: node_id(item[0]))
    ]
    for number, (word, tags) in enumerate(ways.items()):
        nodes = "".join(f'<nd ref="{node_id(letter)}"/>' for letter in word)
        said = "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
        lines.append(f'<way id="{101 + number}" version="1">{nodes}{said}</way>')
    way_id = {word: 101 + number for number, word in enumerate(ways)}
    for number, ((origin, via, end), tags) in enumerate((turns or {}).items()):
        members = (
            f'<member type="way" ref="{way_id[origin]}" role="from"/>'
            f'<member type="node" ref="{node_id(via)}" role="via"/>'
            f'<member type="way" ref="{way_id[end]}" role="to"/>'
        )
        said = "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
        said += '<tag k="type" v="restriction"/>'
        lines.append(f'<relation id="{901 + number}" version="1">{members}{said}</relation>')
    return '<osm version="0.6">' + "\n".join(lines) + "</osm>"


def letter_places(drawing: str, step_m: float = 50.0) -> dict[str, tuple[float, float]]:
    """Latitude and longitude of each letter; the drawing's last line is the southernmost."""
    lines = [line for line in drawing.splitlines() if line.strip()]
    south, west = SOUTH_WEST
    places = {}
    for row, line in enumerate(reversed(lines)):
        for column, letter in enumerate(line):
            if letter in LETTERS:
                lat = south + row * step_m / METRES_PER_DEGREE
                width = METRES_PER_DEGREE * math.cos(math.radians(south))
                places[letter] = (lat, west + column * step_m / width)
    return places


def node_id(letter: str) -> int:
    """The OSM id of a letter's node."""
    return LETTERS.index(letter) + 1


def say_modes(access: int, *, pushed: bool) -> str:
    """Access bits in words: "walk", "bike" or "push", "car"; a star marks the ends-only ones."""
    modes = (
        ("walk", shape.WALK, shape.WALK_ENDS),
        ("push" if pushed else "bike", shape.BIKE, shape.BIKE_ENDS),
        ("car", shape.CAR, shape.CAR_ENDS),
    )
    return " ".join(name + "*" * bool(access & ends) for name, own, ends in modes if access & own)
