"""Changes between stops: through the streets, by transfers.txt and pathways.txt, or straight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from feeds.gtfs_schema import ABSENT
from feeds.issues import Issue, IssueLog
from feeds.progress import Progress
from feeds.tables import GtfsFeed
from graph_build.pathways import Pathways, read_pathways, walk_inside
from graph_build.transfer_rules import (
    BOARDABLE,
    FORBIDDEN,
    NO_RULE,
    TIMED,
    Rules,
    read_rules,
)
from planner.kernels.stop_walks import StopsAtNodes, walk_between_stops
from planner.kernels.street_ends import ends_of_stops
from planner.kernels.street_search import adjacency_of, make_workspace
from planner.network.profiles import Profile, get_profile
from planner.network.shape import (
    PUBLISHED,
    SAME_STOP,
    STRAIGHT,
    UNREACHED,
    WALKED,
    Footpaths,
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

TRANSFER_TIME_S: Final = 120  # between two vehicles at one stop, where the feed says nothing
MAX_WALK_S: Final = 900
MAX_PUBLISHED_M: Final = 5000.0  # a published change farther than this is a mistake
_RUN_MS: Final = 2 * 5.0 / 3.6  # twice a walker's speed: a published change faster is suspect
_NEAR_M: Final = 100.0  # below this, coordinates are too rough to judge a speed
_NOWHERE_DS: Final = 6000  # a stop from which one can't walk for ten minutes stands on an island
_BATCH: Final = 64  # stops per call, between two reports of progress


class Walks(NamedTuple):
    """Ways on foot between different stops, each pair once, sorted by key."""

    key: NDArray[np.int64]  # from_stop * n_stops + to_stop
    seconds: NDArray[np.int32]
    length_m: NDArray[np.float32]
    kind: NDArray[np.uint8]  # WALKED, STRAIGHT, or PUBLISHED along pathways.txt


class Changes(NamedTuple):
    """All that is known of pairs of stops before one time is made of it; columns of one length."""

    walk_s: NDArray[np.int32]  # UNREACHED where no walk is known
    walk_kind: NDArray[np.uint8]
    same_stop: NDArray[np.bool_]
    same_station: NDArray[np.bool_]
    rule: NDArray[np.int8]  # NO_RULE, or transfers.txt transfer_type
    min_s: NDArray[np.int32]  # min_transfer_time, ABSENT where blank


def compile_footpaths(
    stops: Stops,
    feeds: Sequence[GtfsFeed],
    streets: Streets | None,
    metric: Metric | None,
    links: StopLinks | None,
    *,
    profile: str = "walk",
    transfer_time: int = TRANSFER_TIME_S,
    max_walk_s: int = MAX_WALK_S,
    issues: IssueLog,
    progress: Progress,
) -> Footpaths:
    """Every change of vehicle on foot, the one at a stop itself included.

    feeds: in the order of `stops.feed`. metric: that of `profile`, who walks. Without streets,
    changes are those of transfers.txt, pathways.txt and the same stop or station.
    transfer_time: seconds for a change at one stop or station where the feed doesn't say.
    max_walk_s: the longest walk through the streets.
    """
    walker = get_profile(profile)
    pathways = read_pathways(stops, feeds, walker, issues)
    walks = [_along_pathways(stops, pathways, max_walk_s)]
    if streets is not None and metric is not None and links is not None:
        way = _Way(streets, metric, links, walker, max_walk_s)
        walks.append(_through_streets(stops, way, issues, progress))
        walks.append(_straight(stops, way, pathways.touched, issues))
    walk = _quickest(walks)
    rules = read_rules(stops, feeds, issues)
    key = np.unique(np.concatenate((walk.key, rules.key, _at_stations(stops))))
    changes, length_m = _gather(stops, key, walk, rules, pathways.touched)
    duration, kind = change_times(changes, transfer_time)
    kept = duration < UNREACHED
    kept &= ~_report_published(stops, key, duration, kind, issues)
    return _rows(len(stops.station), key[kept], duration[kept], length_m[kept], kind[kept])


def change_times(
    changes: Changes, transfer_time: int
) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """Seconds and kind of each change; UNREACHED where it is forbidden or no way is known.

    At one stop it takes `transfer_time`, at one station at least that. transfers.txt adds, forbids
    and lengthens: a minimum holds if it is longer than the walk; it also holds where the streets
    say nothing, instead of a straight line. At a timed change the vehicle waits, so its time
    holds as it is published, 0 where blank.
    """
    walk_s, walk_kind, same_stop, same_station, rule, min_s = changes
    seconds, kind = walk_s.copy(), walk_kind.copy()
    floor = same_station & ((walk_s < transfer_time) | (walk_s == UNREACHED))
    floor |= same_stop | ((rule != NO_RULE) & (walk_s == UNREACHED))
    seconds[floor], kind[floor] = transfer_time, SAME_STOP
    stated = (rule != NO_RULE) & (min_s != ABSENT)
    surveyed = (walk_s < UNREACHED) & (walk_kind != STRAIGHT) & ~same_stop
    holds = stated & (~surveyed | (min_s >= walk_s))
    seconds[holds], kind[holds] = min_s[holds], PUBLISHED
    longer = stated & ~holds  # the walk, even where it is shorter than `transfer_time`
    seconds[longer], kind[longer] = walk_s[longer], walk_kind[longer]
    timed = rule == TIMED
    seconds[timed], kind[timed] = np.maximum(min_s[timed], 0), PUBLISHED
    seconds[rule == FORBIDDEN] = UNREACHED
    return seconds, kind


class _Way(NamedTuple):
    """The streets as one walker sees them."""

    streets: Streets
    metric: Metric
    links: StopLinks
    walker: Profile
    max_walk_s: int


def _through_streets(stops: Stops, way: _Way, issues: IssueLog, progress: Progress) -> Walks:
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


def _straight(stops: Stops, way: _Way, on_pathways: NDArray[np.bool_], issues: IssueLog) -> Walks:
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
    length_m = _beelines_m(stops, a, b)
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


def _along_pathways(stops: Stops, pathways: Pathways, max_walk_s: int) -> Walks:
    """Ways inside stations; their length is not published as a whole, so it is the beeline's."""
    key, seconds = walk_inside(pathways, stops, max_walk_s)
    return _walks(key, seconds, _beelines_m(stops, *_pair(stops, key)), PUBLISHED)


def _quickest(walks: list[Walks]) -> Walks:
    """Each pair once, by its quickest walk; an estimate never beats a survey."""
    key, seconds, length_m, kind = (np.concatenate(column) for column in zip(*walks, strict=True))
    order = np.lexsort((seconds, kind == STRAIGHT, key))
    first = np.append(True, key[order][1:] != key[order][:-1])[: len(key)]
    best = order[first]
    return Walks(key[best], seconds[best], length_m[best], kind[best])


def _at_stations(stops: Stops) -> NDArray[np.int64]:
    """Keys of every stop with itself, and of the boardable stops of one station with each other."""
    n = len(stops.station)
    alone = np.arange(n, dtype=np.int64)
    keys = [alone * n + alone]
    inside = np.flatnonzero(np.isin(stops.location_type, BOARDABLE))
    inside = inside[np.argsort(stops.station[inside], kind="stable")]
    groups = np.split(inside, np.flatnonzero(np.diff(stops.station[inside])) + 1)
    keys += [(m[:, None] * n + m[None, :]).ravel() for m in groups if len(m) > 1]
    return np.concatenate(keys)


def _gather(
    stops: Stops,
    key: NDArray[np.int64],
    walk: Walks,
    rules: Rules,
    on_pathways: NDArray[np.bool_],
) -> tuple[Changes, NDArray[np.float32]]:
    """The columns of `Changes` for each key, and metres: the walk's, or the beeline's.

    Where pathways lead to two stops of a station but not from one to the other, the station
    alone doesn't join them.
    """
    walk_s = np.full(len(key), UNREACHED, np.int32)
    walk_kind = np.full(len(key), SAME_STOP, np.uint8)
    a, b = _pair(stops, key)
    length_m = _beelines_m(stops, a, b)
    at = np.searchsorted(key, walk.key)
    walk_s[at], walk_kind[at], length_m[at] = walk.seconds, walk.kind, walk.length_m
    rule = np.full(len(key), NO_RULE, np.int8)
    min_s = np.full(len(key), ABSENT, np.int32)
    at = np.searchsorted(key, rules.key)
    rule[at], min_s[at] = rules.type, rules.min_s
    apart = on_pathways[a] & on_pathways[b] & (a != b) & (walk_s == UNREACHED)
    same_station = (stops.station[a] == stops.station[b]) & ~apart
    return Changes(walk_s, walk_kind, a == b, same_station, rule, min_s), length_m


def _report_published(
    stops: Stops,
    key: NDArray[np.int64],
    duration: NDArray[np.int32],
    kind: NDArray[np.uint8],
    issues: IssueLog,
) -> NDArray[np.bool_]:
    """Report published changes that nobody can walk; True for those too far to be kept."""
    a, b = _pair(stops, key)
    length_m = _beelines_m(stops, a, b)
    given = (kind == PUBLISHED) & (duration < UNREACHED)
    far: NDArray[np.bool_] = given & (length_m > MAX_PUBLISHED_M)
    fast = given & ~far & (length_m > _NEAR_M) & (duration * _RUN_MS < length_m)
    for name, rows, done in (
        ("transfer_too_far", far, "dropped"),
        ("transfer_too_fast", fast, "kept"),
    ):
        for i in np.flatnonzero(rows).tolist():
            pair = f"{stops.stop_id.get(int(a[i]))} to {stops.stop_id.get(int(b[i]))}"
            detail = f"{length_m[i]:.0f} m in {duration[i]} s"
            issues.add(Issue(name, f"transfer {pair}", done, detail))
    return far


def _report_islands(stops: Stops, islands: NDArray[np.int32], issues: IssueLog) -> None:
    for stop in islands.tolist():
        where = f"stop {stops.stop_id.get(stop)}"
        issues.add(Issue("stop_on_island", where, "kept", "no walk of 10 minutes leads from it"))


def _rows(
    n_stops: int,
    key: NDArray[np.int64],
    duration: NDArray[np.int32],
    length_m: NDArray[np.float32],
    kind: NDArray[np.uint8],
) -> Footpaths:
    """Rows by stop, each sorted by duration, the stop itself first among equals."""
    stop, to_stop = np.divmod(key, max(n_stops, 1))
    order = np.lexsort((to_stop, to_stop != stop, duration, stop))
    return Footpaths(
        point_offset=frozen(np.searchsorted(stop, np.arange(n_stops + 1)), np.int32),
        to_point=frozen(to_stop[order], np.int32),
        duration=frozen(duration[order], np.int32),
        length_m=frozen(length_m[order], np.float32),
        kind=frozen(kind[order], np.uint8),
    )


def _pair(stops: Stops, key: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The two stops of each key."""
    a, b = np.divmod(key, max(len(stops.station), 1))
    return a, b


def _beelines_m(stops: Stops, a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.float32]:
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
