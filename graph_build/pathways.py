"""Ways inside stations: pathways.txt between platforms, halls and entrances."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from feeds.gtfs_schema import ABSENT
from feeds.issues import Issue, IssueLog
from feeds.tables import GtfsFeed
from graph_build.timetable.transfer_rules import BOARDABLE, StopNumbers, count_rows
from planner.kernels.street_search import (
    DURATION,
    NO_SEEDS,
    Adjacency,
    Seeds,
    Workspace,
    make_workspace,
    reset,
    search,
)
from planner.network.profiles import Profile
from planner.network.shape import UNREACHED, Int32, Metric, Stops
from planner.network.store import frozen

# Seconds along a pathway that states neither a time nor a length, by pathway_mode: a walkway,
# stairs, a moving pavement, an escalator, a lift, and the gates in and out. Our assumptions.
_PATHWAY_S: Final = {1: 60, 2: 30, 3: 60, 4: 30, 5: 60, 6: 10, 7: 5}
_STEPPED: Final = (2, 4)  # stairs and escalators
_LIFT: Final = 5
_EXIT_GATE: Final = 7  # one way, whatever the feed says (GTFS reference, pathways.txt)
_STAIR_S: Final = 0.5  # per step of a staircase
_ENTRANCE: Final = 2  # stops.txt location_type
_BOARDING_AREA: Final = 4
MAX_INSIDE_S: Final = 1800  # from an entrance to a platform; longer is a mistake of the feed


class Pathways(NamedTuple):
    """pathways.txt of all feeds as one walker may take it: a graph whose nodes are the stops."""

    ahead: Adjacency
    back: Adjacency
    metric: Metric  # tenths of a second, for the edges of both
    touched: NDArray[np.bool_]  # (n_stops,) whether any pathway, open or not, begins or ends there


class Doors(NamedTuple):
    """The entrances through which each platform is entered and left, by stop, then entrance."""

    stop: Int32
    entrance: Int32  # the stop that stands for it
    enter_s: Int32  # seconds from the entrance to the platform; UNREACHED where no way leads
    leave_s: Int32  # and from the platform to the entrance


def read_pathways(
    stops: Stops, feeds: Sequence[GtfsFeed], walker: Profile, issues: IssueLog
) -> Pathways:
    """The pathways that `walker` may take; `feeds` in the order of `stops.feed`.

    Whoever takes no steps takes no stairs, no escalator, no way with stairs in it, and no
    entrance known to be closed to wheelchairs.
    """
    numbers = StopNumbers(stops)
    parts = [_pathways_of(numbers, i, feed, walker, issues) for i, feed in enumerate(feeds)]
    tail, head, tenths, is_open = np.concatenate([np.zeros((4, 0), np.int64), *parts], axis=1)
    touched = np.zeros(numbers.count, bool)
    touched[tail] = touched[head] = True
    barred = (stops.location_type == _ENTRANCE) & (stops.step_free < 0) & (not walker.steps)
    kept = (is_open != 0) & ~barred[tail] & ~barred[head]
    tail, head, tenths = tail[kept], head[kept], frozen(tenths[kept], np.int32)
    return Pathways(
        ahead=_adjacency(tail, head, numbers.count),
        back=_adjacency(head, tail, numbers.count),
        metric=Metric(tenths, tenths),
        touched=touched,
    )


def _adjacency(tail: NDArray[np.int64], head: NDArray[np.int64], n_stops: int) -> Adjacency:
    order = np.argsort(tail, kind="stable")
    first = np.searchsorted(tail[order], np.arange(n_stops + 1))
    return Adjacency(*(frozen(column, np.int32) for column in (first, order, head[order])))


def walk_inside(
    pathways: Pathways, stops: Stops, max_s: int
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """The quickest ways along `pathways` between boardable stops, up to `max_s` seconds.

    Returns the keys of the pairs (from * n_stops + to), each once and sorted, and the seconds.
    """
    boardable = np.isin(stops.location_type, BOARDABLE)
    keys, seconds = [np.empty(0, np.int64)], [np.empty(0, np.int32)]
    work = make_workspace(len(boardable))
    for stop in np.flatnonzero(boardable & pathways.touched).tolist():
        others, times = _around(pathways.ahead, pathways.metric, stop, max_s, work)
        wanted = boardable[others] & (others != stop)
        keys.append(stop * len(boardable) + others[wanted].astype(np.int64))
        seconds.append(times[wanted])
    return np.concatenate(keys), np.concatenate(seconds)


def find_doors(stops: Stops, pathways: Pathways) -> Doors:
    """Every entrance from which a platform is reached along `pathways`, or that is reached."""
    entrance = stops.location_type == _ENTRANCE
    boardable = np.isin(stops.location_type, BOARDABLE)
    work = make_workspace(len(boardable))
    rows = [np.empty((4, 0), np.int32)]
    for stop in np.flatnonzero(boardable & pathways.touched).tolist():
        ways = []
        for adjacency in (pathways.back, pathways.ahead):
            others, times = _around(adjacency, pathways.metric, stop, MAX_INSIDE_S, work)
            ways.append((others[entrance[others]], times[entrance[others]]))
        doors = np.union1d(ways[0][0], ways[1][0])
        columns = np.full((4, len(doors)), UNREACHED, np.int32)
        columns[0], columns[1] = stop, doors
        for column, (others, times) in zip(columns[2:], ways, strict=True):
            # A second at least: an entrance is never the platform itself.
            column[np.searchsorted(doors, others)] = np.maximum(times, 1)
        rows.append(columns)
    return Doors(*(frozen(column, np.int32) for column in np.concatenate(rows, axis=1)))


def report_doorless(stops: Stops, pathways: Pathways, doors: Doors, issues: IssueLog) -> None:
    """Tell which platforms no entrance leads to, or none one way, though there are pathways."""
    n_feeds = int(stops.feed.max(initial=0)) + 1
    station = stops.station.astype(np.int64) * n_feeds + stops.feed
    described = np.isin(station, station[pathways.touched])
    described &= np.isin(stops.location_type, BOARDABLE)
    described[doors.stop] = False

    def report(kind: str, found: NDArray[np.bool_], done: str, detail: str) -> None:
        for stop in np.flatnonzero(found).tolist():
            issues.add(Issue(kind, f"stop {stops.stop_id.get(stop)}", done, detail))

    detail = "its station has pathways, but none leads to it from an entrance"
    report("stop_without_entrance", described, "entered from the street", detail)
    for kind, seconds in (
        ("stop_without_way_in", doors.enter_s),
        ("stop_without_way_out", doors.leave_s),
    ):
        one_way = np.isin(np.arange(len(station)), doors.stop)
        one_way[doors.stop[seconds < UNREACHED]] = False
        report(kind, one_way, "kept", "pathways lead the other way alone")


def _around(
    adjacency: Adjacency, metric: Metric, stop: int, max_s: int, work: Workspace
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The stops up to `max_s` seconds along pathways from one, sorted, and the seconds."""
    seeds = Seeds(*(np.array([value], np.int32) for value in (stop, 0, 0)))
    settled = search(adjacency, metric, seeds, NO_SEEDS, 10 * max_s, len(work.order), work)
    others = np.sort(work.order[:settled])
    times = -(-work.labels[others, DURATION] // 10)
    reset(work, settled)
    return others[times <= max_s], times[times <= max_s]


def _pathways_of(
    numbers: StopNumbers, index: int, feed: GtfsFeed, walker: Profile, issues: IssueLog
) -> NDArray[np.int64]:
    """One feed's pathways as columns: tail, head, tenths of a second, 1 where `walker` may go.

    Two for one that leads both ways. A platform and its boarding areas are one place.
    """
    table = feed.tables.get("pathways")
    if table is None or table.empty:
        return np.zeros((4, 0), np.int64)
    tail, head = (numbers.of(index, table[f"{end}_stop_id"]) for end in ("from", "to"))
    known = (tail >= 0) & (head >= 0)
    count_rows(issues, "pathway_with_unknown_stop", feed, int((~known).sum()), "dropped")
    mode = table["pathway_mode"].to_numpy()
    is_open = np.ones(len(table), bool) if walker.steps else ~_has_steps(table, mode)
    tenths = np.rint(10 * _pathway_seconds(table, walker)).astype(np.int64)
    there = np.stack((tail, head, tenths, is_open))[:, known]
    both = (table["is_bidirectional"].to_numpy() == 1) & (mode != _EXIT_GATE)
    back = there[:, both[known]][[1, 0, 2, 3]]
    return np.concatenate((there, back, _areas(numbers, index, feed, there[:2])), axis=1)


def _areas(
    numbers: StopNumbers, index: int, feed: GtfsFeed, ends: NDArray[np.int64]
) -> NDArray[np.int64]:
    """No time between a platform and those of its boarding areas that pathways lead to."""
    table = feed.tables.get("stops")
    if table is None:
        return np.zeros((4, 0), np.int64)
    areas = table[table["location_type"] == _BOARDING_AREA]
    area, platform = (numbers.of(index, areas[name]) for name in ("stop_id", "parent_station"))
    joined = (platform >= 0) & np.isin(area, ends)
    area, platform = area[joined], platform[joined]
    rows = np.stack((area, platform, np.zeros_like(area), np.ones_like(area)))
    return np.concatenate((rows, rows[[1, 0, 2, 3]]), axis=1)


def _has_steps(table: pd.DataFrame, mode: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Which pathways can't be taken without steps: a lift's stairs are the way round it."""
    stepped = np.isin(mode, _STEPPED)
    if "stair_count" in table:
        stairs = table["stair_count"].fillna(0).to_numpy()
        stepped |= (stairs != 0) & (mode != _LIFT)
    return stepped


def _pathway_seconds(table: pd.DataFrame, walker: Profile) -> NDArray[np.float64]:
    """Seconds along each pathway: as stated, by its length, by its stairs, or by its mode."""
    seconds = table["pathway_mode"].map(_PATHWAY_S).fillna(60).to_numpy(np.float64)
    if "stair_count" in table:
        stairs = np.abs(table["stair_count"].fillna(0).to_numpy(np.float64))
        seconds = np.where(stairs > 0, stairs * _STAIR_S, seconds)
    if "length" in table:
        length = table["length"].to_numpy(np.float64)
        speed = walker.speed_kmh / 3.6
        seconds = np.where(length > 0, length / speed, seconds)
    if "traversal_time" in table:
        stated = table["traversal_time"].to_numpy(np.int64)
        seconds = np.where(stated != ABSENT, np.maximum(stated, 0), seconds)
    return np.asarray(seconds, np.float64)
