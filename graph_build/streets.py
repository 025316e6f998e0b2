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
from graph_build.elevation import climb_edges, sample_nodes
from graph_build.islands import remove_islands
from graph_build.plazas import cross_plazas
from graph_build.segments import Segments, cut_segments, hang_gates
from graph_build.street_ways import StreetWays, gather_ways
from planner.network import shape
from planner.network.store import frozen
from planner.network.strings import Strings

ISLAND_NODES = 50  # a part of the streets with fewer nodes is an island to its mode


@dataclass(frozen=True, slots=True)
class CompiledStreets:
    """The streets, and the names that their edges index."""

    streets: shape.Streets
    names: Strings


def compile_streets(
    extracts: Sequence[OsmExtract],
    *,
    elevation: ElevationModel | None = None,
    issues: IssueLog | None = None,
    progress: Progress | None = None,
    island_nodes: int = ISLAND_NODES,
) -> CompiledStreets:
    """Streets of all `extracts`; what several of them hold is taken once.

    island_nodes: parts with fewer nodes lose their mode's access, but never the largest part.
    """
    issues = IssueLog() if issues is None else issues
    progress = progress or Silent()
    progress.phase("Compiling streets")
    ways = cross_plazas(gather_ways(extracts, issues))
    segments = hang_gates(cut_segments(ways), ways)
    streets = _lay_edges(segments, ways)
    if island_nodes > 1:
        streets = remove_islands(streets, island_nodes, issues)
    if elevation is not None:
        node_elevation = sample_nodes(streets, elevation, issues)
        streets = streets._replace(node_elevation_m=frozen(node_elevation, np.float32))
        streets = streets._replace(climb_m=frozen(climb_edges(streets, elevation), np.float32))
    progress.note(f"{len(streets.node_lat):,} nodes, {len(streets.tail):,} edges")
    return CompiledStreets(streets, Strings.of(ways.names))


def _lay_edges(segments: Segments, ways: StreetWays) -> shape.Streets:
    """Two directed edges for each segment, sorted by tail, nodes renumbered along a curve."""
    used = np.unique(np.concatenate([segments.first, segments.last]))
    used = used[
        np.argsort(_curve_key(segments.node_lat[used], segments.node_lon[used]), kind="stable")
    ]
    number = np.empty(len(segments.node_lat), np.int32)
    number[used] = np.arange(len(used), dtype=np.int32)
    count = len(segments.first)
    tail = number[np.concatenate([segments.first, segments.last])]
    head = number[np.concatenate([segments.last, segments.first])]
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
    return freeze_streets(columns)


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
