"""Changes between stops: through the streets, by transfers.txt and pathways.txt, or straight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from feeds.gtfs_schema import ABSENT
from feeds.issues import Issue, IssueLog
from feeds.progress import Progress
from feeds.tables import GtfsFeed
from graph_build.linking import shut_stops
from graph_build.pathways import Pathways, read_pathways
from graph_build.timetable.compile import spread
from graph_build.timetable.transfer_points import TransferPoints, stops_as_points
from graph_build.timetable.transfer_rules import BOARDABLE, FORBIDDEN, NO_RULE, TIMED, Rules
from graph_build.walks import (
    Walks,
    Way,
    quickest_walks,
    stop_beelines_m,
    stop_pairs,
    walk_along_pathways,
    walk_straight,
    walk_through_streets,
)
from planner.network.profiles import get_profile
from planner.network.shape import (
    GUARANTEED,
    PUBLISHED,
    SAME_STOP,
    STRAIGHT,
    UNREACHED,
    Footpaths,
    Metric,
    StopLinks,
    Stops,
    Streets,
)
from planner.network.store import frozen

TRANSFER_TIME_S: Final = 120  # between two vehicles at one stop, where the feed says nothing
MAX_WALK_S: Final = 1800
MAX_PUBLISHED_M: Final = 5000.0  # a published change farther than this is a mistake
_RUN_MS: Final = 2 * 5.0 / 3.6  # twice a walker's speed: a published change faster is suspect
_NEAR_M: Final = 100.0  # below this, coordinates are too rough to judge a speed


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
    points: TransferPoints | None = None,
    profile: str = "walk",
    transfer_time: int = TRANSFER_TIME_S,
    max_walk_s: int = MAX_WALK_S,
    rides: Walks | None = None,
    issues: IssueLog,
    progress: Progress,
) -> Footpaths:
    """Every change of vehicle, the one at a stop itself included.

    feeds: in the order of `stops.feed`. metric: that of `profile`, who walks. Without streets,
    changes are those of transfers.txt, pathways.txt and the same stop or station.
    points: what is changed between, with the rules of transfers.txt; None where it has none.
    transfer_time: seconds for a change at one stop or station where the feed doesn't say.
    max_walk_s: the longest walk through the streets.
    rides: what is ridden where it is quicker than walking.
    """
    points = points or stops_as_points(len(stops.station))
    walker = get_profile(profile)
    pathways = read_pathways(stops, feeds, walker, issues)
    walks = [walk_along_pathways(stops, pathways, max_walk_s)]
    if streets is not None and metric is not None and links is not None:
        way = Way(streets, metric, links, walker, max_walk_s)
        walks.append(walk_through_streets(stops, way, issues, progress))
        walks.append(walk_straight(stops, way, pathways.touched, issues))
    if rides is not None:
        walks.append(rides)
    walk = quickest_walks(walks)
    stated = _stop_keys(points, points.pairs.rules.key[points.pairs.stated])
    key = np.unique(np.concatenate((walk.key, points.rules.key, _at_stations(stops), stated)))
    apart = _apart(stops, key, pathways, links)
    changes, length_m = _gather(stops, key, walk, points.rules, apart)
    at, pair = _spread_to_points(points, key)
    changes = _with_pair_rules(changes, at, pair, points)
    duration, kind = change_times(changes, transfer_time)
    kept = duration < UNREACHED
    kept &= ~_report_published(stops, key[at], duration, kind, issues)
    at = at[kept]
    return _rows(len(points.stop), pair[kept], duration[kept], length_m[at], kind[kept])


def change_times(
    changes: Changes, transfer_time: int
) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """Seconds and kind of each change; UNREACHED where it is forbidden or no way is known.

    At one stop it takes `transfer_time`, at one station at least that. transfers.txt adds, forbids
    and lengthens: a minimum holds if it is longer than the walk; it also holds where the streets
    say nothing, instead of a straight line. At a timed change the vehicle waits, so its time
    holds as it is published, 0 where blank, and is guaranteed.
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
    seconds[timed], kind[timed] = np.maximum(min_s[timed], 0), GUARANTEED
    seconds[rule == FORBIDDEN] = UNREACHED
    return seconds, kind


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


def _apart(
    stops: Stops, key: NDArray[np.int64], pathways: Pathways, links: StopLinks | None
) -> NDArray[np.bool_]:
    """Pairs that their station alone doesn't join, where no walk does: more is known of them.

    Pathways lead to both; or this walker gets out of the one, or into the other, nowhere.
    """
    a, b = stop_pairs(stops, key)
    apart = pathways.touched[a] & pathways.touched[b]
    if links is not None:
        no_way_in, no_way_out = shut_stops(links)
        apart |= no_way_out[a] | no_way_in[b]
    return np.asarray(apart & (a != b))


def _gather(
    stops: Stops,
    key: NDArray[np.int64],
    walk: Walks,
    rules: Rules,
    apart: NDArray[np.bool_],
) -> tuple[Changes, NDArray[np.float32]]:
    """The columns of `Changes` for each key, and metres: the walk's, or the beeline's."""
    walk_s = np.full(len(key), UNREACHED, np.int32)
    walk_kind = np.full(len(key), SAME_STOP, np.uint8)
    a, b = stop_pairs(stops, key)
    length_m = stop_beelines_m(stops, a, b)
    at = np.searchsorted(key, walk.key)
    walk_s[at], walk_kind[at], length_m[at] = walk.seconds, walk.kind, walk.length_m
    rule = np.full(len(key), NO_RULE, np.int8)
    min_s = np.full(len(key), ABSENT, np.int32)
    at = np.searchsorted(key, rules.key)
    rule[at], min_s[at] = rules.type, rules.min_s
    same_station = (stops.station[a] == stops.station[b]) & ~(apart & (walk_s == UNREACHED))
    return Changes(walk_s, walk_kind, a == b, same_station, rule, min_s), length_m


def _stop_keys(points: TransferPoints, pair: NDArray[np.int64]) -> NDArray[np.int64]:
    """The keys of the stops of pairs of points."""
    n_stops = int(points.stop.max(initial=0)) + 1
    a, b = np.divmod(pair, max(len(points.stop), 1))
    return points.stop[a].astype(np.int64) * n_stops + points.stop[b]


def _spread_to_points(
    points: TransferPoints, key: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Every pair of points of each pair of stops: which key it has, and its own."""
    n_stops = int(points.stop.max(initial=0)) + 1
    by_stop = np.argsort(points.stop, kind="stable")
    first = np.searchsorted(points.stop[by_stop], np.arange(n_stops + 1))
    count = np.diff(first)
    a, b = np.divmod(key, n_stops)
    pairs = count[a] * count[b]
    at = np.repeat(np.arange(len(key)), pairs)
    there, here = np.divmod(spread(np.zeros(len(key), np.int64), pairs), count[a[at]])
    origin, onward = by_stop[first[a[at]] + here], by_stop[first[b[at]] + there]
    return at, origin * len(points.stop) + onward


def _with_pair_rules(
    changes: Changes, at: NDArray[np.int64], pair: NDArray[np.int64], points: TransferPoints
) -> Changes:
    """The changes of pairs of points: those of their stops, or by a rule of their own.

    A rule that isn't stated of these stops holds where there is a change without it.
    """
    changes = Changes._make(column[at] for column in changes)
    rules, stated = points.pairs
    place = np.minimum(np.searchsorted(rules.key, pair), max(len(rules.key) - 1, 0))
    own = np.zeros(len(pair), bool)
    if len(rules.key):
        known = changes.same_stop | changes.same_station | (changes.rule != NO_RULE)
        known |= changes.walk_s < UNREACHED
        own = (rules.key[place] == pair) & (stated[place] | known)
    changes.rule[own], changes.min_s[own] = rules.type[place[own]], rules.min_s[place[own]]
    return changes


def _report_published(
    stops: Stops,
    key: NDArray[np.int64],
    duration: NDArray[np.int32],
    kind: NDArray[np.uint8],
    issues: IssueLog,
) -> NDArray[np.bool_]:
    """Report published changes that nobody can walk; True for those too far to be kept.

    Points of the same stops that change alike are told once.
    """
    a, b = stop_pairs(stops, key)
    length_m = stop_beelines_m(stops, a, b)
    given = ((kind == PUBLISHED) | (kind == GUARANTEED)) & (duration < UNREACHED)
    far: NDArray[np.bool_] = given & (length_m > MAX_PUBLISHED_M)
    fast = given & ~far & (length_m > _NEAR_M) & (duration * _RUN_MS < length_m)
    for name, rows, done in (
        ("transfer_too_far", np.flatnonzero(far), "dropped"),
        ("transfer_too_fast", np.flatnonzero(fast), "kept"),
    ):
        _, first = np.unique(np.stack((key, duration))[:, rows], axis=1, return_index=True)
        for i in rows[first].tolist():
            pair = f"{stops.stop_id.get(int(a[i]))} to {stops.stop_id.get(int(b[i]))}"
            detail = f"{length_m[i]:.0f} m in {duration[i]} s"
            issues.add(Issue(name, f"transfer {pair}", done, detail))
    return far


def _rows(
    n_points: int,
    pair: NDArray[np.int64],
    duration: NDArray[np.int32],
    length_m: NDArray[np.float32],
    kind: NDArray[np.uint8],
) -> Footpaths:
    """Rows by point, each sorted by duration, the point itself first among equals."""
    point, to_point = np.divmod(pair, max(n_points, 1))
    order = np.lexsort((to_point, to_point != point, duration, point))
    counts = np.bincount(point, minlength=n_points)
    return Footpaths(
        point_offset=frozen(np.concatenate(([0], np.cumsum(counts))), np.int32),
        to_point=frozen(to_point[order], np.int32),
        duration=frozen(duration[order], np.int32),
        length_m=frozen(length_m[order], np.float32),
        kind=frozen(kind[order], np.uint8),
    )
