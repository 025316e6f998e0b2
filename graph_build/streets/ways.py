"""Street ways of all extracts in one table, with what their tags say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from feeds.issues import Issue, IssueLog
from feeds.osm_tags import WAY_KEYS
from feeds.tables import OsmExtract, Ways
from graph_build.streets.access import StreetFacts, TimedAccess, read_street
from graph_build.streets.cycling import assume_contraflow
from graph_build.streets.dirty_tags import count_unknown_tags
from graph_build.streets.ferries import time_ferries
from graph_build.streets.traffic import TrafficFacts, gather_facts, read_traffic
from planner.network import shape

_NAMING_KEYS: Final = ("name", "ref")
_SQUARES: Final = frozenset({"pedestrian", "footway", "path", "platform", "corridor"})
_FACT_KEYS: Final = tuple(key for key in WAY_KEYS if key not in _NAMING_KEYS)


class StreetWays(NamedTuple):
    """Pairs of neighbouring nodes on the usable ways, in the ways' own order.

    Pair i runs from node first[i] to node last[i] (rows of node_*) on way row way[i]. Facts are
    kept once for each distinct combination of tags: facts[way row] -> road_class, ...; columns of
    two values hold the forward and the backward direction.
    """

    node_osm_id: NDArray[np.int64]
    node_lat: NDArray[np.float64]
    node_lon: NDArray[np.float64]
    node_tags: dict[int, dict[str, str]]
    first: NDArray[np.int32]
    last: NDArray[np.int32]
    way: NDArray[np.int32]
    crossing: NDArray[np.bool_]  # a line across a square that nobody mapped
    is_area: NDArray[np.bool_]  # (n_ways,) the outline of a square that can be walked across
    way_id: NDArray[np.int64]  # (n_ways,)
    facts: NDArray[np.int32]  # (n_ways,)
    name: NDArray[np.int32]  # (n_ways,) -> names, NONE for unnamed
    names: list[str]
    road_class: NDArray[np.uint8]  # (n_facts,)
    surface: NDArray[np.uint8]  # (n_facts,)
    access: NDArray[np.uint8]  # (n_facts, 2)
    ever: NDArray[np.uint8]  # (n_facts, 2) access at one time or another
    timed: list[tuple[TimedAccess, ...]]  # (n_facts,) the hours in which other access holds
    infrastructure: NDArray[np.uint8]  # (n_facts, 2)
    speed_kmh: NDArray[np.uint8]  # (n_facts, 2)
    flags: NDArray[np.uint8]  # (n_facts, 2)
    traffic: dict[str, NDArray[Any]]  # columns of shape.RoadFacts, (n_facts, 2)


def gather_ways(
    extracts: Sequence[OsmExtract], issues: IssueLog, *, contraflow_in_zones_30: bool = False
) -> StreetWays:
    """The usable ways of `extracts`; what a later extract repeats is left out."""
    all_ids = np.concatenate([extract.nodes.osm_id for extract in extracts])
    osm_id, first_row, row_of = np.unique(all_ids, return_index=True, return_inverse=True)
    lat = np.concatenate([extract.nodes.lat for extract in extracts])[first_row]
    lon = np.concatenate([extract.nodes.lon for extract in extracts])[first_row]
    node_tags: dict[int, dict[str, str]] = {}
    names: dict[str, int] = {}
    facts: list[StreetFacts] = []
    traffic: list[tuple[TrafficFacts, TrafficFacts]] = []  # of the same rows
    pairs: list[NDArray[np.int64]] = []
    columns: list[tuple[NDArray[Any], ...]] = []
    nodes_before = ways_before = 0
    for extract in extracts:
        rows = row_of[nodes_before : nodes_before + len(extract.nodes.osm_id)]
        nodes_before += len(rows)
        node_tags.update({int(rows[row]): tags for row, tags in extract.nodes.tags.items()})
        fact, assumed = _read_facts(extract.ways, facts, traffic, contraflow=contraflow_in_zones_30)
        traffic += [traffic[row] for row in time_ferries(extract, fact, facts)]
        count_unknown_tags(extract, issues)
        for kind, done, count in (
            ("street_closed_to_all", "dropped", int((fact == shape.NONE).sum())),
            ("contraflow_assumed", "opened to bicycles", assumed),
        ):
            if count:
                issues.add(Issue(kind, extract.name, done), count)
        pairs.append(_list_pairs(extract.ways, fact, rows, ways_before))
        names_of = _number_names(extract.ways, names)
        columns.append((extract.ways.way_id, fact, names_of, _find_areas(extract.ways)))
        ways_before += len(fact)
    way_id, way_facts, name, is_area = (
        np.concatenate(column) for column in zip(*columns, strict=True)
    )
    first, last, way = _drop_repeats(np.concatenate(pairs, axis=1), way_id, len(extracts)).astype(
        np.int32
    )
    forward, backward = [f.forward for f in facts], [f.backward for f in facts]

    def both(attribute: str) -> NDArray[np.uint8]:
        values = [[getattr(facts_, attribute) for facts_ in side] for side in (forward, backward)]
        return np.array(values, np.uint8).reshape(2, -1).T

    return StreetWays(
        osm_id, lat, lon, node_tags, first, last, way, np.zeros(len(way), bool), is_area, way_id,
        way_facts, name, list(names),
        road_class=np.array([f.road_class for f in facts], np.uint8),
        surface=np.array([f.surface for f in facts], np.uint8),
        access=both("access"),
        ever=_find_ever(facts),
        timed=[f.timed for f in facts],
        infrastructure=both("infrastructure"),
        speed_kmh=both("speed_kmh"),
        flags=both("flags"),
        traffic=gather_facts(traffic),
    )  # fmt: skip


def _find_ever(facts: Sequence[StreetFacts]) -> NDArray[np.uint8]:
    """(n_facts, 2): who may go at one time or another."""
    ever = np.zeros((len(facts), 2), np.uint8)
    for row, one in enumerate(facts):
        states = [(one.forward.access, one.backward.access), *(timed[1:] for timed in one.timed)]
        ever[row] = np.bitwise_or.reduce(np.array(states, np.uint8))
    return ever


def _find_areas(ways: Ways) -> NDArray[np.bool_]:
    """True for outlines of squares: areas for walkers, and rings of relations (negative ids)."""
    words = ways.vocabulary["highway"]
    walked = np.array([word in _SQUARES for word in words])[ways.tags["highway"]]
    area = np.array([word == "yes" for word in ways.vocabulary["area"]])[ways.tags["area"]]
    return np.asarray(walked & (area | (ways.way_id < 0)))


def _read_facts(
    ways: Ways,
    facts: list[StreetFacts],
    traffic: list[tuple[TrafficFacts, TrafficFacts]],
    *,
    contraflow: bool,
) -> tuple[NDArray[np.int32], int]:
    """For each way its row of `facts` and `traffic` (which grow) or NONE.

    And how many ways got contraflow cycling that their tags don't tell.
    """
    code = np.zeros(len(ways.way_id), np.int64)
    for key in _FACT_KEYS:
        if ways.tags[key].any():
            code = code * len(ways.vocabulary[key]) + ways.tags[key]
            code = np.unique(code, return_inverse=True)[1]  # small again: no overflow
    _, sample, inverse = np.unique(code, return_index=True, return_inverse=True)
    row = np.full(len(sample), shape.NONE, np.int32)
    assumed = np.zeros(len(sample), bool)
    for number, way in enumerate(sample.tolist()):
        tags = tags_of(ways, way)
        opened = assume_contraflow(tags) if contraflow else None
        found = read_street(opened or tags)
        if found is not None:
            row[number] = len(facts)
            assumed[number] = opened is not None
            facts.append(found)
            traffic.append(read_traffic(opened or tags, found))
    return row[inverse], int(assumed[inverse].sum())


def tags_of(ways: Ways, way: int) -> dict[str, str]:
    """The tags of way row `way`, but for its names."""
    numbers = {key: int(ways.tags[key][way]) for key in _FACT_KEYS}
    return {key: ways.vocabulary[key][number] for key, number in numbers.items() if number}


def _list_pairs(
    ways: Ways, fact: NDArray[np.int32], rows: NDArray[np.int64], ways_before: int
) -> NDArray[np.int64]:
    """(3, n): first node, last node and way of each pair of usable ways."""
    node = rows[ways.node]
    way = np.repeat(np.arange(len(ways.way_id)), np.diff(ways.offset))
    same_way = (way[1:] == way[:-1]) & (fact[way[1:]] != shape.NONE) & (node[1:] != node[:-1])
    return np.stack([node[:-1], node[1:], way[:-1] + ways_before])[:, same_way]


def _drop_repeats(
    pairs: NDArray[np.int64], way_id: NDArray[np.int64], extracts: int
) -> NDArray[np.int64]:
    """Extracts overlap: the same pair of the same OSM way counts once."""
    if extracts == 1:
        return pairs
    first, last, way = pairs
    order = np.lexsort((np.arange(len(way)), last, first, way_id[way]))
    keys = np.stack([way_id[way], first, last])[:, order]
    fresh = np.ones(len(way), bool)
    fresh[order[1:]] = (keys[:, 1:] != keys[:, :-1]).any(axis=0)
    return pairs[:, fresh]


def _number_names(ways: Ways, names: dict[str, int]) -> NDArray[np.int32]:
    """Each way's name, else its ref, as a number in `names` (which grows)."""
    result = np.full(len(ways.way_id), shape.NONE, np.int32)
    for key in reversed(_NAMING_KEYS):
        words = ways.vocabulary[key]
        number = [shape.NONE, *(names.setdefault(word, len(names)) for word in words[1:])]
        column = ways.tags[key]
        result = np.where(column > 0, np.array(number, np.int32)[column], result)
    return result
