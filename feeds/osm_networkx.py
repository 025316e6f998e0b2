"""Streets through OSMnx: a city by its name, recorded Overpass answers and saved graphs.

All give the table of nodes and ways that an extract gives. None of them holds addresses or a base
map: for those, take an extract (feeds/osm.py).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from xml.parsers.expat import ExpatError, ParserCreate

import networkx as nx
import numpy as np
import osmnx

from feeds.issues import FeedError, Issue, IssueLog
from feeds.osm_relations import RelationCollector
from feeds.osm_tags import NODE_KEYS, NODE_TRIGGERS, WAY_KEYS, is_street
from feeds.osm_ways import StreetCollector
from feeds.tables import MapFeatures, OsmExtract

# A way's own order, where OSMnx turned it round for its one-way tag.
_TURNED: Final = frozenset({"-1", "reverse", "T"})
Location = tuple[float, float]  # longitude, latitude


def read_place(query: str) -> OsmExtract:
    """Streets of a place by its name, such as "Issy-les-Moulineaux, France".

    Asks Nominatim and Overpass through OSMnx, which keeps their answers in its cache folder.
    Raises FeedError where there is no such place or no answer.
    """
    try:
        with _settings(
            useful_tags_way=list(WAY_KEYS), useful_tags_node=list(NODE_KEYS), all_oneway=True
        ):
            graph = osmnx.graph.graph_from_place(
                query, network_type="all", simplify=False, retain_all=True, truncate_by_edge=True
            )
    except (OSError, ValueError, TypeError, osmnx._errors.InsufficientResponseError) as error:  # noqa: SLF001 - OSMnx publishes its errors nowhere else
        msg = f"The streets of {query!r} can't be had from OpenStreetMap: {error}."
        raise FeedError(msg) from None
    return read_graph(graph, name=query)


def read_graphml(path: Path) -> OsmExtract:
    """Streets of a graph that OSMnx saved, simplified or not; raises FeedError for another file."""
    try:
        _refuse_entities(path)
        types = {"osmid": _parse_osmid, "oneway": _parse_oneway, "reversed": str}
        graph = osmnx.io.load_graphml(path, edge_dtypes=types)
        return read_graph(graph, name=path.name, sha256=_hash(path))
    except (OSError, ValueError, KeyError, SyntaxError, ExpatError, nx.NetworkXError) as error:
        msg = f"{path} can't be read as a street graph of OSMnx: {error!s}."
        raise FeedError(msg) from None


def read_overpass(paths: Sequence[Path]) -> OsmExtract:
    """Streets of recorded Overpass answers (JSON), as OSMnx caches them; repeats count once."""
    locations: dict[int, Location] = {}
    ways: dict[int, tuple[list[int], dict[str, str]]] = {}
    collector, issues = StreetCollector(), IssueLog()
    relations = RelationCollector(issues)
    for path in paths:
        for element in _read_elements(path):
            if element.get("type") == "node":
                locations[element["id"]] = (element["lon"], element["lat"])
                _add_node_tags(collector, element["id"], element.get("tags", {}))
            elif element.get("type") == "way" and is_street(element.get("tags", {})):
                ways[element["id"]] = (element["nodes"], element["tags"])
            elif element.get("type") == "relation":
                members = [(m["type"][:1], m["ref"], m["role"]) for m in element.get("members", ())]
                relations.add(element["id"], element.get("tags", {}), members)
    for way_id, (refs, tags) in ways.items():
        runs = _list_runs(refs, locations)
        if sum(map(len, runs)) < len(refs):
            issues.add(
                Issue("way_with_missing_nodes", f"way {way_id}", "cut" if runs else "dropped")
            )
        for run in runs:
            collector.add_way(way_id, run, _pack(run, locations), tags)
    digest = hashlib.sha256("".join(_hash(path) for path in paths).encode()).hexdigest()
    extract = _extract(collector, ", ".join(path.name for path in paths), digest, issues)
    return replace(
        extract, restrictions=tuple(relations.restrictions), ferries=tuple(relations.ferries)
    )


def read_graph(graph: nx.MultiDiGraph[int], *, name: str, sha256: str = "") -> OsmExtract:
    """The streets of an OSMnx graph in degrees (EPSG:4326), one-way streets in their own order."""
    locations: dict[int, Location] = {
        n: (data["x"], data["y"]) for n, data in graph.nodes(data=True)
    }
    collector = StreetCollector()
    for node, data in graph.nodes(data=True):
        _add_node_tags(collector, node, {k: v for k, v in data.items() if isinstance(v, str)})
    pieces: dict[int, list[list[int]]] = {}
    way_tags: dict[int, dict[str, str]] = {}
    for data, refs in _list_edges(graph, locations):
        way_id = _first(data["osmid"])
        tags: dict[str, str] = {key: str(_first(data[key])) for key in WAY_KEYS if key in data}
        turned = tags.get("oneway") in _TURNED
        pieces.setdefault(way_id, []).append(refs[::-1] if turned else refs)
        way_tags.setdefault(way_id, _say_oneway(tags))
    for way_id, parts in pieces.items():
        for run in _chain(parts):
            collector.add_way(way_id, run, _pack(run, locations), way_tags[way_id])
    return _extract(collector, name, sha256, IssueLog())


@contextmanager
def _settings(**wanted: Any) -> Iterator[None]:  # noqa: ANN401 - settings are of any type
    """OSMnx's settings are global: set, and put back as they were."""
    before = {key: getattr(osmnx.settings, key) for key in wanted}
    try:
        for key, value in wanted.items():
            setattr(osmnx.settings, key, value)
        yield
    finally:
        for key, value in before.items():
            setattr(osmnx.settings, key, value)


def _list_edges(
    graph: nx.MultiDiGraph[int], locations: dict[int, Location]
) -> Iterator[tuple[dict[str, Any], list[int]]]:
    """Each street once, with its nodes; points of a simplified edge get negative ids."""
    seen: set[tuple[frozenset[int], str, float]] = set()
    edges = sorted(graph.edges(data=True), key=lambda edge: str(edge[2].get("reversed")) == "True")
    for u, v, data in edges:
        line = data.get("geometry")
        points = [] if line is None else list(line.coords)[1:-1]
        key = (frozenset((u, v)), str(data["osmid"]), round(data.get("length", 0.0), 1))
        if str(data.get("reversed")) != "False" and key in seen:
            continue
        seen.add(key)
        inner = [-len(locations) - 1 - i for i in range(len(points))]
        locations.update(zip(inner, points, strict=True))
        yield data, [u, *inner, v]


def _chain(parts: list[list[int]]) -> list[list[int]]:
    """Join pieces of one way end to start, as far as they go without a choice."""
    starts: dict[int, list[list[int]]] = {}
    for part in parts:
        starts.setdefault(part[0], []).append(part)
    ends = {part[-1] for part in parts}
    first = [part for part in parts if part[0] not in ends]
    chains = []
    for part in (*first, *parts):  # a ring begins anywhere
        if part not in starts[part[0]]:
            continue
        chain = list(part)
        starts[part[0]].remove(part)
        while follower := starts.get(chain[-1]):
            chain.extend(follower.pop()[1:])
        chains.append(chain)
    return chains


def _parse_osmid(text: str) -> int | list[int]:
    """One way id, or the list of a simplified edge."""
    numbers = [int(number) for number in text.strip("[]").split(",")]
    return numbers if len(numbers) > 1 else numbers[0]


def _parse_oneway(text: str) -> str:
    """The tag, or what OSMnx made of it: "True" or "False"."""
    return text.strip("[]").split(",")[0].strip("' ")


def _say_oneway(tags: dict[str, str]) -> dict[str, str]:
    """OSMnx's False stands for a missing tag too, so it says nothing."""
    value = tags.get("oneway", "")
    if value == "False":
        return {key: text for key, text in tags.items() if key != "oneway"}
    return {**tags, "oneway": "yes"} if value == "True" else tags


def _first(value: Any) -> Any:  # noqa: ANN401 - a tag or a list of tags
    return value[0] if isinstance(value, list) else value


def _list_runs(refs: Iterable[int], locations: Mapping[int, Location]) -> list[list[int]]:
    """The parts of a way between nodes that aren't there."""
    runs: list[list[int]] = [[]]
    for ref in refs:
        if ref in locations:
            runs[-1].append(ref)
        else:
            runs.append([])
    return [run for run in runs if len(run) > 1]


def _pack(refs: Iterable[int], locations: Mapping[int, Location]) -> bytes:
    return np.array([locations[ref][:2] for ref in refs], "<f8").tobytes()


def _add_node_tags(collector: StreetCollector, node_id: int, tags: Mapping[str, str]) -> None:
    if any(key in tags for key in NODE_TRIGGERS):
        collector.add_node_tags(node_id, {key: tags[key] for key in NODE_KEYS if key in tags})


def _read_elements(path: Path) -> list[dict[str, Any]]:
    try:
        answer = json.loads(path.read_text(encoding="utf-8"))
        elements: list[dict[str, Any]] = answer["elements"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        msg = f"{path} can't be read as an Overpass answer: {error!r}."
        raise FeedError(msg) from None
    return elements


def _refuse_entities(path: Path) -> None:
    """XML that defines entities of its own is no graph of OSMnx's, and may be an attack."""

    def refuse(*_: object) -> None:
        msg = "it defines XML entities"
        raise ValueError(msg)

    parser = ParserCreate()
    parser.EntityDeclHandler = refuse
    with path.open("rb") as stream:
        parser.ParseFile(stream)


def _hash(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _extract(collector: StreetCollector, name: str, sha256: str, issues: IssueLog) -> OsmExtract:
    nodes, ways = collector.finish()
    if not sha256:
        columns = (nodes.osm_id, nodes.lat, nodes.lon, ways.way_id, ways.node)
        sha256 = hashlib.sha256(b"".join(column.tobytes() for column in columns)).hexdigest()
    return OsmExtract(
        name=name, sha256=sha256, nodes=nodes, ways=ways, places=[], features=MapFeatures(),
        issues=issues,
    )  # fmt: skip
