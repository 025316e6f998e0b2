"""Ways between stops: through the streets, on foot or ridden, along pathways.txt, or straight."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from feeds.issues import Issue, IssueLog
from feeds.progress import Progress
from graph_build.pathways import Pathways, walk_inside
from graph_build.timetable.transfer_rules import BOARDABLE
from planner.kernels.stop_ways import StopsAtNodes, StopWays, ways_between_stops
from planner.kernels.street_ends import ends_of_stops
from planner.kernels.street_search import adjacency_of, make_workspace
from planner.network.profiles import Profile, pace_aside
from planner.network.shape import (
    BIKE_HANDLING_S,
    PUBLISHED,
    RIDDEN,
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
    """Ways between different stops, each pair once."""

    key: NDArray[np.int64]  # from_stop * n_stops + to_stop
    seconds: NDArray[np.int32]
    length_m: NDArray[np.float32]
    kind: NDArray[np.uint8]  # WALKED, RIDDEN, STRAIGHT, or PUBLISHED along pathways.txt


class Way(NamedTuple):
    """The streets as one profile sees them, and how long it may be on them between two stops."""

    streets: Streets
    metric: Metric
    links: StopLinks
    profile: Profile
    max_s: int


def walk_through_streets(stops: Stops, way: Way, issues: IssueLog, progress: Progress) -> Walks:
    """Walks between boardable stops, as the streets run."""
    boardable = np.isin(stops.location_type, BOARDABLE)
    origins = _origins(stops, way.links, boardable)
    progress.phase("Walking between stops", total=len(origins))
    found = _ways_between(stops, way, origins, boardable, progress)
    _report_islands(stops, origins[found.farthest < min(_NOWHERE_DS, 10 * way.max_s)], issues)
    progress.note(f"{len(found.to_stop):,} walks")
    return _walks(_keys(stops, found), (found.duration + 9) // 10, found.length_m, WALKED)


def ride_through_streets(
    stops: Stops, way: Way, on_board: NDArray[np.bool_], progress: Progress
) -> Walks:
    """Rides between the stops where bicycles are taken on board, the time to handle them included.

    on_board: bool (n_stops,). A stop with links to streets that bicycles keep off is walked to.
    """
    origins = _origins(stops, way.links, on_board)
    progress.phase("Cycling between stops", total=len(origins))
    found = _ways_between(stops, way, origins, on_board, progress)
    progress.note(f"{len(found.to_stop):,} rides")
    seconds = (found.duration + 9) // 10 + BIKE_HANDLING_S
    return _walks(_keys(stops, found), seconds, found.length_m, RIDDEN)


def _origins(stops: Stops, links: StopLinks, wanted: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Those of the `wanted` stops that one can leave for a street."""
    stop = np.repeat(np.arange(len(stops.station)), np.diff(links.stop_offset))
    left = np.unique(stop[links.leave_s < UNREACHED])
    return np.asarray(left[wanted[left]].astype(np.int32))


def _ways_between(
    stops: Stops,
    way: Way,
    origins: NDArray[np.int32],
    wanted: NDArray[np.bool_],
    progress: Progress,
) -> StopWays:
    """Ways from `origins` to the `wanted` stops, as the streets run."""
    streets, metric, links, profile, max_s = way
    near = _stops_at_nodes(streets, links, wanted)
    adjacency, work = adjacency_of(streets, backward=False), make_workspace(len(streets.node_lat))
    ends = ends_of_stops(stops.lat, stops.lon, links)
    found = [_no_ways()]
    for start in range(0, len(origins), _BATCH):
        batch = origins[start : start + _BATCH]
        found.append(
            ways_between_stops(
                streets, adjacency, metric, ends, near, batch, 10 * max_s, pace_aside(profile), work
            )
        )
        progress.advance(len(batch))
    return StopWays._make(np.concatenate(column) for column in zip(*found, strict=True))


def _no_ways() -> StopWays:
    none = np.empty(0, np.int32)
    return StopWays(none, none, none, np.empty(0, np.float32), none)


def _keys(stops: Stops, found: StopWays) -> NDArray[np.int64]:
    return np.asarray(found.from_stop.astype(np.int64) * len(stops.station) + found.to_stop)


def _stops_at_nodes(streets: Streets, links: StopLinks, wanted: NDArray[np.bool_]) -> StopsAtNodes:
    """The `wanted` stops by the end nodes of the streets they are linked to."""
    stop = np.repeat(np.arange(len(wanted)), np.diff(links.stop_offset))
    among = wanted[stop]
    stop, edge = stop[among], links.edge[among]
    n_stops = max(len(wanted), 1)
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
    seconds = straight_walk_s(length_m, way.profile.speed_kmh)
    near = (a != b) & (seconds <= way.max_s)
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
