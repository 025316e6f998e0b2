"""Ways on foot between stops: through the streets, along pathways.txt, or straight."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from feeds.issues import Issue, IssueLog
from feeds.progress import Progress
from graph_build.pathways import Pathways, walk_inside
from graph_build.transfer_rules import BOARDABLE
from planner.kernels.stop_walks import StopsAtNodes, walk_between_stops
from planner.kernels.street_ends import ends_of_stops
from planner.kernels.street_search import adjacency_of, make_workspace
from planner.network.profiles import Profile
from planner.network.shape import (
    PUBLISHED,
    STRAIGHT,
    UNREACHED,
    WALKED,
    Metric,
    StopLinks,
    Stops,
    Streets,
)
from planner.network.store import frozen
from planner.network.straight_walk import (
    DETOUR,
    EARTH_M,
    MAX_STRAIGHT_M,
    beelines_m,
    straight_walk_s,
)

_NOWHERE_DS: Final = 6000  # a stop from which one can't walk for ten minutes stands on an island
_BATCH: Final = 64  # stops per call, between two reports of progress


class Walks(NamedTuple):
    """Ways on foot between different stops, each pair once, sorted by key."""

    key: NDArray[np.int64]  # from_stop * n_stops + to_stop
    seconds: NDArray[np.int32]
    length_m: NDArray[np.float32]
    kind: NDArray[np.uint8]  # WALKED, STRAIGHT, or PUBLISHED along pathways.txt


class Way(NamedTuple):
    """The streets as one walker sees them."""

    streets: Streets
    metric: Metric
    links: StopLinks
    walker: Profile
    max_walk_s: int


def walk_through_streets(stops: Stops, way: Way, issues: IssueLog, progress: Progress) -> Walks:
    """Walks between boardable stops, as the streets run."""
    streets, metric, links, walker, max_walk_s = way
    boardable = np.isin(stops.location_type, BOARDABLE)
    left = np.repeat(np.arange(len(boardable)), np.diff(links.stop_offset))
    left = np.unique(left[links.leave_s < UNREACHED])  # the stops that one can leave
    origins = left[boardable[left]].astype(np.int32)
    near = _stops_at_nodes(streets, links, boardable)
    adjacency, work = adjacency_of(streets, backward=False), make_workspace(len(streets.node_lat))
    ends = ends_of_stops(stops.lat, stops.lon, links)
    pace = 36.0 / walker.speed_kmh
    progress.phase("Walking between stops", total=len(origins))
    found = []
    for start in range(0, len(origins), _BATCH):
        batch = origins[start : start + _BATCH]
        found.append(
            walk_between_stops(
                streets, adjacency, metric, ends, near, batch, 10 * max_walk_s, pace, work
            )
        )
        progress.advance(len(batch))
    if not found:
        return _no_walks()
    columns = [np.concatenate(column) for column in zip(*found, strict=True)]
    from_stop, to_stop, tenths, length_m, farthest = columns
    _report_islands(stops, origins[farthest < min(_NOWHERE_DS, 10 * max_walk_s)], issues)
    progress.note(f"{len(from_stop):,} walks")
    key = from_stop.astype(np.int64) * len(stops.station) + to_stop
    return _walks(key, (tenths + 9) // 10, length_m, WALKED)


def _stops_at_nodes(
    streets: Streets, links: StopLinks, boardable: NDArray[np.bool_]
) -> StopsAtNodes:
    """Boardable stops by the end nodes of the streets they are linked to."""
    stop = np.repeat(np.arange(len(boardable)), np.diff(links.stop_offset))
    wanted = boardable[stop]
    stop, edge = stop[wanted], links.edge[wanted]
    n_stops = max(len(boardable), 1)
    nodes = np.concatenate((streets.tail[edge], streets.head[edge])).astype(np.int64)
    node, stop = np.divmod(np.unique(nodes * n_stops + np.tile(stop, 2)), n_stops)
    offset = np.searchsorted(node, np.arange(len(streets.node_lat) + 1))
    return StopsAtNodes(frozen(offset, np.int32), frozen(stop, np.int32))


def walk_straight(
    stops: Stops, way: Way, on_pathways: NDArray[np.bool_], issues: IssueLog
) -> Walks:
    """Straight lines from and to the stops that no street reaches, with a detour factor.

    Never between two stops of a station of which pathways tell.
    """
    located = np.isfinite(stops.lat) & np.isfinite(stops.lon)
    usable = np.flatnonzero(located & np.isin(stops.location_type, BOARDABLE))
    lonely = usable[np.diff(way.links.stop_offset)[usable] == 0]
    if not len(lonely):
        return _no_walks()
    metre = np.radians(EARTH_M)
    shrink = np.cos(np.radians(stops.lat[usable].mean()))
    points = shapely.points(stops.lon * metre * shrink, stops.lat * metre)
    # A wide catch on one plane for all; the distances are then taken pair by pair.
    tree = shapely.STRtree(points[usable])
    found = tree.query(points[lonely], predicate="dwithin", distance=1.2 * MAX_STRAIGHT_M)
    a, b = lonely[found[0]], usable[found[1]]
    length_m = stop_beelines_m(stops, a, b)
    seconds = straight_walk_s(length_m, way.walker.speed_kmh)
    near = (a != b) & (seconds <= way.max_walk_s)
    near &= ~(on_pathways[a] & on_pathways[b] & (stops.station[a] == stops.station[b]))
    a, b, length_m, seconds = a[near], b[near], DETOUR * length_m[near], seconds[near]
    lines = f"straight lines times {DETOUR}, at most {MAX_STRAIGHT_M:.0f} m"
    detail = f"{len(lonely)} stops; changes are {lines}"
    issues.add(Issue("stops_beyond_streets", "footpaths", "estimated", detail), len(lonely))
    n = len(stops.station)
    key, first = np.unique(np.concatenate((a * n + b, b * n + a)), return_index=True)
    return _walks(key, np.tile(seconds, 2)[first], np.tile(length_m, 2)[first], STRAIGHT)


def walk_along_pathways(stops: Stops, pathways: Pathways, max_walk_s: int) -> Walks:
    """Ways inside stations; their length is not published as a whole, so it is the beeline's."""
    key, seconds = walk_inside(pathways, stops, max_walk_s)
    return _walks(key, seconds, stop_beelines_m(stops, *stop_pairs(stops, key)), PUBLISHED)


def quickest_walks(walks: list[Walks]) -> Walks:
    """Each pair once, by its quickest walk; an estimate never beats a survey."""
    key, seconds, length_m, kind = (np.concatenate(column) for column in zip(*walks, strict=True))
    order = np.lexsort((seconds, kind == STRAIGHT, key))
    first = np.append(True, key[order][1:] != key[order][:-1])[: len(key)]
    best = order[first]
    return Walks(key[best], seconds[best], length_m[best], kind[best])


def _report_islands(stops: Stops, islands: NDArray[np.int32], issues: IssueLog) -> None:
    for stop in islands.tolist():
        where = f"stop {stops.stop_id.get(stop)}"
        issues.add(Issue("stop_on_island", where, "kept", "no walk of 10 minutes leads from it"))


def stop_pairs(stops: Stops, key: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The two stops of each key."""
    a, b = np.divmod(key, max(len(stops.station), 1))
    return a, b


def stop_beelines_m(
    stops: Stops, a: NDArray[np.int64], b: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Straight metres between pairs of stops; 0 where a coordinate is unknown."""
    metres = beelines_m(stops.lat[a], stops.lon[a], stops.lat[b], stops.lon[b])
    return np.nan_to_num(metres).astype(np.float32)


def _walks(
    key: NDArray[np.int64],
    seconds: NDArray[np.int32] | NDArray[np.float64],
    length_m: NDArray[np.float32] | NDArray[np.float64],
    kind: int,
) -> Walks:
    kinds = np.full(len(key), kind, np.uint8)
    return Walks(key, seconds.astype(np.int32), length_m.astype(np.float32), kinds)


def _no_walks() -> Walks:
    return _walks(np.empty(0, np.int64), np.empty(0, np.int32), np.empty(0, np.float32), WALKED)
