"""OpenStreetMap extracts: streets, places and the base map in one pass of pyosmium."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import osmium
import osmium.filter
import osmium.geom
import shapely

from feeds.issues import FeedError, Issue, IssueLog
from feeds.osm_places import list_places
from feeds.osm_relations import RelationCollector
from feeds.osm_tags import (
    AREA_KEYS,
    AREA_LAYERS,
    FILTER_KEYS,
    LINE_LAYERS,
    NODE_KEYS,
    NODE_TRIGGERS,
    PLACE_IMPORTANCE,
    find_layer,
    is_street,
)
from feeds.osm_ways import StreetCollector
from feeds.progress import Progress, Silent
from feeds.tables import MapFeatures, NamedPlace, OsmExtract

_WKB_HEADER_HEX: Final = 18  # a byte order, a type and a count, as hexadecimal digits
_ADVANCE_EVERY: Final = 20_000


def read_osm(path: Path, *, progress: Progress | None = None) -> OsmExtract:
    """Read an extract: .osm.pbf, .osm(.gz, .bz2), OSMnx's .graphml or Overpass .json.

    Raises FeedError where the file is missing, cut short or no such thing.
    """
    progress = progress or Silent()
    if path.suffix in {".graphml", ".json"}:
        from feeds import osm_networkx  # noqa: PLC0415 - OSMnx imports for seconds

        if path.suffix == ".graphml":
            return osm_networkx.read_graphml(path)
        return osm_networkx.read_overpass([path])
    progress.phase(f"Reading {path.name}")
    sha256 = _hash(path)
    reader = _Reader()
    try:
        reader.read(path, progress)
    except (RuntimeError, ValueError, UnicodeDecodeError) as error:
        msg = f"{path} can't be read as an OpenStreetMap file: {error}."
        raise FeedError(msg) from None
    extract = reader.finish(path.name, sha256)
    if len(extract.ways.way_id) == 0:
        extract.issues.add(Issue("osm_without_streets", path.name, "kept"))
    progress.note(f"{len(extract.ways.way_id):,} streets, {len(extract.places):,} places")
    return extract


def _hash(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        msg = f"{path} can't be read: {error.strerror}."
        raise FeedError(msg) from None


@dataclass(slots=True)
class _Reader:
    """One pass over a file; each kind of object has its method."""

    streets: StreetCollector = field(default_factory=StreetCollector)
    places: list[NamedPlace] = field(default_factory=list)
    features: MapFeatures = field(default_factory=MapFeatures)
    issues: IssueLog = field(default_factory=IssueLog)
    wkb: Any = field(default_factory=osmium.geom.WKBFactory)
    relations: RelationCollector = field(init=False)

    def __post_init__(self) -> None:
        self.relations = RelationCollector(self.issues)

    def read(self, path: Path, progress: Progress) -> None:
        areas = osmium.filter.KeyFilter(*AREA_KEYS)
        objects = (
            osmium.FileProcessor(path)
            .with_locations()
            .with_areas(areas)
            .with_filter(osmium.filter.KeyFilter(*FILTER_KEYS))
        )
        take: dict[str, Callable[[Any, dict[str, str]], None]] = {
            "n": self._take_node, "w": self._take_way, "a": self._take_area,
            "r": self._take_relation,
        }  # fmt: skip
        for number, item in enumerate(objects):
            if not getattr(item, "deleted", False):  # an edited file keeps what was removed
                take[item.type_str()](item, dict(item.tags))
            if number % _ADVANCE_EVERY == 0:
                progress.advance(_ADVANCE_EVERY)

    def finish(self, name: str, sha256: str) -> OsmExtract:
        nodes, ways = self.streets.finish()
        return OsmExtract(
            name=name, sha256=sha256, nodes=nodes, ways=ways, places=self.places,
            features=self.features, issues=self.issues,
            restrictions=tuple(self.relations.restrictions), ferries=tuple(self.relations.ferries),
        )  # fmt: skip

    def _take_node(self, node: Any, tags: dict[str, str]) -> None:  # noqa: ANN401 - osmium has no types
        if any(key in tags for key in NODE_TRIGGERS):
            self.streets.add_node_tags(node.id, {k: tags[k] for k in NODE_KEYS if k in tags})
        if "name" not in tags and "addr:housenumber" not in tags:
            return
        lat, lon = node.lat, node.lon
        self.places.extend(list_places(tags, lat, lon, f"node/{node.id}"))
        if tags.get("place") in PLACE_IMPORTANCE:
            point = struct.pack("<BIdd", 1, 1, lon, lat)  # a WKB point
            self._add_feature("place", tags["place"], tags.get("name", ""), point)

    def _take_way(self, way: Any, tags: dict[str, str]) -> None:  # noqa: ANN401 - osmium has no types
        layer = find_layer(tags, LINE_LAYERS)
        street = is_street(tags)
        if layer is None and not street:
            return
        try:
            line = self.wkb.create_linestring(way, osmium.geom.use_nodes.ALL)
        except (osmium.InvalidLocationError, RuntimeError):
            if street:
                self._take_cut_way(way, tags)
            return
        if layer is not None:
            self._add_feature(*layer, tags.get("name", ""), bytes.fromhex(line))
        if street:
            refs = [node.ref for node in way.nodes]
            self.streets.add_way(way.id, refs, bytes.fromhex(line[_WKB_HEADER_HEX:]), tags)

    def _take_cut_way(self, way: Any, tags: dict[str, str]) -> None:  # noqa: ANN401 - osmium has no types
        """Keep the runs of a way between nodes that the extract lacks."""
        runs: list[list[Any]] = [[]]
        for node in way.nodes:
            if node.location.valid():
                runs[-1].append((node.ref, node.location.lon, node.location.lat))
            else:
                runs.append([])
        kept = [run for run in runs if len(run) > 1]
        for run in kept:
            lon_lat = b"".join(struct.pack("<dd", lon, lat) for _, lon, lat in run)
            self.streets.add_way(way.id, [ref for ref, _, _ in run], lon_lat, tags)
        done = "cut" if kept else "dropped"
        kind = "way_with_missing_nodes" if len(runs) > 1 else "way_too_short"
        self.issues.add(Issue(kind, f"way {way.id}", done))

    def _take_relation(self, relation: Any, tags: dict[str, str]) -> None:  # noqa: ANN401 - osmium has no types
        if tags.get("type") == "restriction" or tags.get("route") == "ferry":
            members = [(member.type, member.ref, member.role) for member in relation.members]
            self.relations.add(relation.id, tags, members)

    def _take_area(self, area: Any, tags: dict[str, str]) -> None:  # noqa: ANN401 - osmium has no types
        layer = find_layer(tags, AREA_LAYERS)
        searchable = "name" in tags or "addr:housenumber" in tags
        plaza = not area.from_way() and "highway" in tags
        if layer is None and not searchable and not plaza:
            return
        if plaza:
            self._take_plaza(area, tags)
        wkb = bytes.fromhex(self.wkb.create_multipolygon(area))
        if layer is not None:
            self._add_feature(*layer, tags.get("name", ""), wkb)
        if searchable:
            source = f"{'way' if area.from_way() else 'relation'}/{area.orig_id()}"
            centre = shapely.from_wkb(wkb).centroid
            self.places.extend(list_places(tags, centre.y, centre.x, source))

    def _take_plaza(self, area: Any, tags: dict[str, str]) -> None:  # noqa: ANN401 - osmium has no types
        """A square drawn as a relation has no way of its own: walk its outlines."""
        rings = [ring for outer in area.outer_rings() for ring in (outer, *area.inner_rings(outer))]
        for ring in rings:
            nodes = [(node.ref, node.lon, node.lat) for node in ring]
            lon_lat = b"".join(struct.pack("<dd", lon, lat) for _, lon, lat in nodes)
            self.streets.add_way(-area.orig_id(), [ref for ref, _, _ in nodes], lon_lat, tags)

    def _add_feature(self, layer: str, kind: str, name: str, wkb: bytes) -> None:
        self.features.layer.append(layer)
        self.features.kind.append(kind)
        self.features.name.append(name)
        self.features.geometry.append(wkb)
