"""Compile OSM ways into directed street edges: split at junctions, measured, sorted by tail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from feeds.elevation import ElevationModel
from feeds.issues import IssueLog
from feeds.progress import Progress, Silent
from feeds.tables import OsmExtract
from graph_build.streets.conditions import Hours, compile_conditions
from graph_build.streets.elevation import climb_edges, sample_nodes
from graph_build.streets.enclaves import enclosed, find_enclaves
from graph_build.streets.islands import remove_islands
from graph_build.streets.plazas import cross_plazas
from graph_build.streets.road_ends import mark_ends
from graph_build.streets.segments import Segments, cut_segments, hang_gates
from graph_build.streets.traffic import freeze_facts
from graph_build.streets.turn_bans import group_rules
from graph_build.streets.turn_rules import read_turn_rules
from graph_build.streets.turns import Ends, expand_junctions
from graph_build.streets.ways import StreetWays, gather_ways
from planner.kernels.components import ISLAND_NODES
from planner.network import shape
from planner.network.store import frozen
from planner.network.strings import Strings


@dataclass(frozen=True, slots=True)
class CompiledStreets:
    """The streets, the names that their edges index, and what depends on the time, if anything."""

    streets: shape.Streets
    road_facts: shape.RoadFacts
    names: Strings
    conditions: shape.Conditions | None = None


def compile_streets(
    extracts: Sequence[OsmExtract],
    *,
    elevation: ElevationModel | None = None,
    issues: IssueLog | None = None,
    progress: Progress | None = None,
    island_nodes: int = ISLAND_NODES,
    contraflow_in_zones_30: bool = False,
) -> CompiledStreets:
    """Streets of all `extracts`; what several of them hold is taken once.

    island_nodes: parts with fewer nodes lose their mode's access, but never the largest part; and
    public parts with fewer behind private ground are private too.
    contraflow_in_zones_30: bicycles may go against one-way traffic where the limit is 30 km/h.
    """
    issues = IssueLog() if issues is None else issues
    progress = progress or Silent()
    progress.phase("Compiling streets")
    ways = gather_ways(extracts, issues, contraflow_in_zones_30=contraflow_in_zones_30)
    ways = cross_plazas(ways)
    rules = group_rules(ways, read_turn_rules(extracts, issues), issues)
    segments = hang_gates(cut_segments(ways, also_at=rules), ways)
    segments, ends = expand_junctions(segments, ways, rules, issues)
    streets, road_facts, edge_of = _lay_edges(segments, ends, ways)
    road_facts = mark_ends(streets, road_facts, ways)
    hours = [
        (int(edge_of[side, one.segment]), one.spans, access)
        for one in segments.hours
        for side, access in enumerate((one.forward, one.backward))
    ]
    if island_nodes > 1:
        streets, hours = _remove_islands(streets, hours, island_nodes, issues)
        streets, hours = _close_enclaves(streets, hours, island_nodes)
    conditions = compile_conditions(hours, streets.access)
    if elevation is not None:
        node_elevation = sample_nodes(streets, elevation, issues)
        streets = streets._replace(node_elevation_m=frozen(node_elevation, np.float32))
        streets = streets._replace(climb_m=frozen(climb_edges(streets, elevation), np.float32))
    progress.note(f"{len(streets.node_lat):,} nodes, {len(streets.tail):,} edges")
    return CompiledStreets(
        streets, road_facts, Strings.of(ways.names), conditions if len(conditions.edge) else None
    )


def _remove_islands(
    streets: shape.Streets, hours: list[Hours], island_nodes: int, issues: IssueLog
) -> tuple[shape.Streets, list[Hours]]:
    """No island is what can be left and come back to at one time or another."""
    ever = streets.access.copy()
    for edge, _, access in hours:
        ever[edge] |= access
    left = remove_islands(
        streets._replace(access=frozen(ever, np.uint8)), island_nodes, issues
    ).access
    hours = [(edge, spans, access & int(left[edge])) for edge, spans, access in hours]
    return streets._replace(access=frozen(streets.access & left, np.uint8)), hours


def _close_enclaves(
    streets: shape.Streets, hours: list[Hours], below: int
) -> tuple[shape.Streets, list[Hours]]:
    """What is public behind private ground alone counts as private, at all hours."""
    bits = find_enclaves(streets, [(edge, access) for edge, _, access in hours], below)
    hours = [
        (edge, spans, int(enclosed(np.uint8(access), bits[edge]))) for edge, spans, access in hours
    ]
    return streets._replace(access=frozen(enclosed(streets.access, bits), np.uint8)), hours


def _lay_edges(
    segments: Segments, ends: Ends, ways: StreetWays
) -> tuple[shape.Streets, shape.RoadFacts, np.ndarray]:
    """Two directed edges for each segment, sorted by tail, nodes renumbered along a curve.

    And the edges of each segment, (2, n_segments): forward and backward.
    """
    used = np.unique(np.concatenate([ends.tail, ends.head]))
    used = used[
        np.argsort(_curve_key(segments.node_lat[used], segments.node_lon[used]), kind="stable")
    ]
    number = np.empty(len(segments.node_lat), np.int32)
    number[used] = np.arange(len(used), dtype=np.int32)
    count = len(segments.first)
    tail, head = number[ends.tail.T.ravel()], number[ends.head.T.ravel()]
    order = np.lexsort((head, tail))
    place = np.empty(2 * count, np.int32)
    place[order] = np.arange(2 * count, dtype=np.int32)
    twin = (order + count) % (2 * count)
    segment = order % count
    backward = order >= count
    facts = segments.facts[segment]
    tail, head = tail[order], head[order]
    in_edge = np.argsort(head, kind="stable")
    pick = np.where(backward, 1, 0)
    columns: dict[str, Any] = {
        "node_lat": segments.node_lat[used],
        "node_lon": segments.node_lon[used],
        "node_osm_id": segments.node_osm_id[used],
        "node_elevation_m": np.full(len(used), np.nan),
        "first_out": _row_starts(tail, len(used)),
        "tail": tail,
        "head": head,
        "reverse": place[twin],
        "first_in": _row_starts(head, len(used)),
        "in_edge": in_edge,
        "in_tail": tail[in_edge],
        "length_m": segments.length_m[segment],
        "access": segments.access[segment, pick],
        "flags": segments.flags[segment, pick],
        "road_class": ways.road_class[facts],
        "infrastructure": ways.infrastructure[facts, pick],
        "surface": ways.surface[facts],
        "speed_kmh": ways.speed_kmh[facts, pick],
        "climb_m": np.zeros(2 * count),
        "way_id": segments.way_id[segment],
        "direction": np.where(backward, -1, 1),
        "name": segments.name[segment],
        "shape_offset": segments.shape_offset[segment],
        "shape_count": segments.shape_count[segment],
        "shape_lat": segments.shape_lat,
        "shape_lon": segments.shape_lon,
    }
    road_facts = {name: column[facts, pick] for name, column in ways.traffic.items()}
    return freeze_streets(columns), freeze_facts(road_facts), place.reshape(2, count)


def freeze_streets(columns: dict[str, Any]) -> shape.Streets:
    """Streets with every column read-only and of its own dtype."""
    dtypes = _DTYPES
    return shape.Streets(**{key: frozen(value, dtypes[key]) for key, value in columns.items()})


_DTYPES: dict[str, type] = {
    **dict.fromkeys(("node_lat", "node_lon", "shape_lat", "shape_lon"), np.float64),
    **dict.fromkeys(("node_osm_id", "way_id"), np.int64),
    **dict.fromkeys(("node_elevation_m", "length_m", "climb_m"), np.float32),
    **dict.fromkeys(("first_out", "tail", "head", "reverse", "first_in", "in_edge", "in_tail",
                     "name", "shape_offset", "shape_count"), np.int32),
    **dict.fromkeys(("access", "road_class", "infrastructure", "surface", "speed_kmh", "flags"),
                    np.uint8),
    "direction": np.int8,
}  # fmt: skip


def _row_starts(row: np.ndarray, rows: int) -> np.ndarray:
    starts = np.zeros(rows + 1, np.int64)
    np.cumsum(np.bincount(row, minlength=rows), out=starts[1:])
    return starts


def _curve_key(lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
    """Morton order: neighbours on the map get neighbouring numbers, so memory is read in order."""
    key = np.zeros(len(lat), np.uint64)
    for shift, angle in enumerate((lon, lat)):
        low = angle.min() if len(angle) else 0.0
        span = max(np.ptp(angle), 1e-9) if len(angle) else 1.0
        part = ((angle - low) / span * (2**21 - 1)).astype(np.uint64)
        for bit in range(21):
            key |= ((part >> np.uint64(bit)) & np.uint64(1)) << np.uint64(2 * bit + shift)
    return key
