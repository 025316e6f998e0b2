"""What a feed says about changes: transfers.txt by pair of stops, and walks along pathways.txt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from feeds.gtfs_schema import ABSENT
from feeds.issues import Issue, IssueLog
from feeds.tables import GtfsFeed
from planner.kernels.street_search import (
    DURATION,
    NO_SEEDS,
    Adjacency,
    Seeds,
    make_workspace,
    reset,
    search,
)
from planner.network.profiles import Profile
from planner.network.shape import Metric, Stops
from planner.network.store import frozen

NO_RULE: Final = -1
RECOMMENDED: Final = 0  # transfers.txt transfer_type
TIMED: Final = 1
MINIMUM: Final = 2
FORBIDDEN: Final = 3

BOARDABLE: Final = (0, 4)  # stops.txt location_type: platforms and their boarding areas
_STATION: Final = 1

# Seconds along a pathway that states neither a time nor a length, by pathway_mode: a walkway,
# stairs, a moving pavement, an escalator, a lift, and the gates in and out. Our assumptions.
_PATHWAY_S: Final = {1: 60, 2: 30, 3: 60, 4: 30, 5: 60, 6: 10, 7: 5}
_STEPPED: Final = (2, 4)  # stairs and escalators
_STAIR_S: Final = 0.5  # per step of a staircase


class Rules(NamedTuple):
    """What transfers.txt says of pairs of stops, each pair once, sorted by key."""

    key: NDArray[np.int64]  # from_stop * n_stops + to_stop
    type: NDArray[np.int8]  # RECOMMENDED .. FORBIDDEN
    min_s: NDArray[np.int32]  # min_transfer_time, ABSENT where blank


class StopNumbers:
    """Internal stop indices of a feed's stop ids."""

    def __init__(self, stops: Stops) -> None:
        self.count = len(stops.station)
        pairs = zip(stops.feed.tolist(), stops.stop_id.list_all(), strict=True)
        self._number = {pair: i for i, pair in enumerate(pairs)}

    def of(self, feed: int, stop_ids: pd.Series) -> NDArray[np.int64]:
        """Their indices, -1 for an unknown id."""
        found = [self._number.get((feed, stop_id), -1) for stop_id in stop_ids]
        return np.array(found, np.int64)


def read_rules(stops: Stops, feeds: Sequence[GtfsFeed], issues: IssueLog) -> Rules:
    """The rules between stops; a station's holds for its stops that have none of their own."""
    numbers = StopNumbers(stops)
    columns = [_rules_of(numbers, stops, i, feed, issues) for i, feed in enumerate(feeds)]
    if not columns:
        columns = [np.zeros((4, 0), np.int64)]
    key, kind, min_s, rank = np.concatenate(columns, axis=1)
    order = np.lexsort((rank, key))
    key, kind, min_s = key[order], kind[order], min_s[order]
    last = np.append(key[1:] != key[:-1], True)[: len(key)]  # the most specific of each pair
    return Rules(key[last], kind[last].astype(np.int8), min_s[last].astype(np.int32))


def _rules_of(
    numbers: StopNumbers, stops: Stops, index: int, feed: GtfsFeed, issues: IssueLog
) -> NDArray[np.int64]:
    """One feed's rows as columns: key, type, seconds, and how specific they are."""
    table = feed.tables.get("transfers")
    if table is None or table.empty:
        return np.zeros((4, 0), np.int64)
    special = np.zeros(len(table), bool)
    for column in ("from_route_id", "to_route_id", "from_trip_id", "to_trip_id"):
        if column in table:
            special |= (table[column].fillna("") != "").to_numpy()
    special |= (table["transfer_type"] > FORBIDDEN).to_numpy()  # 4 and 5: in one vehicle
    _count(issues, "transfer_of_route_or_trip", feed, int(special.sum()), "ignored")
    origin = numbers.of(index, table["from_stop_id"])
    destination = numbers.of(index, table["to_stop_id"])
    unknown = ~special & ((origin < 0) | (destination < 0))
    _count(issues, "transfer_with_unknown_stop", feed, int(unknown.sum()), "dropped")
    kind = table["transfer_type"].to_numpy(np.int64)
    min_s = table["min_transfer_time"].to_numpy(np.int64)
    rows: list[tuple[int, int, int, int]] = []
    for i in np.flatnonzero(~special & ~unknown).tolist():
        froms, tos = (_members(stops, int(end[i])) for end in (origin, destination))
        rank = int(froms == [origin[i]]) + int(tos == [destination[i]])
        rows += [(a * numbers.count + b, kind[i], min_s[i], rank) for a in froms for b in tos]
    return np.array(rows, np.int64).reshape(-1, 4).T


def _members(stops: Stops, stop: int) -> list[int]:
    """The boardable stops of a station, or the stop itself."""
    if stops.location_type[stop] != _STATION:
        return [stop]
    inside = (stops.station == stops.station[stop]) & np.isin(stops.location_type, BOARDABLE)
    return [int(member) for member in np.flatnonzero(inside)]


def read_pathways(
    stops: Stops, feeds: Sequence[GtfsFeed], walker: Profile, max_s: int, issues: IssueLog
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """The quickest ways along pathways.txt between boardable stops, up to `max_s` seconds.

    Returns the keys of the pairs, each once and sorted, and the seconds.
    """
    numbers = StopNumbers(stops)
    parts = [_pathways_of(numbers, i, feed, walker, issues) for i, feed in enumerate(feeds)]
    tail, head, tenths = np.concatenate([np.zeros((3, 0), np.int64), *parts], axis=1)
    order = np.argsort(tail, kind="stable")
    adjacency = Adjacency(
        frozen(np.searchsorted(tail[order], np.arange(numbers.count + 1)), np.int32),
        frozen(np.empty(0), np.int32),
        frozen(head[order], np.int32),
    )
    metric = Metric(frozen(tenths[order], np.int32), frozen(tenths[order], np.int32))
    work = make_workspace(numbers.count)
    boardable = np.isin(stops.location_type, BOARDABLE)
    keys, seconds = [np.empty(0, np.int64)], [np.empty(0, np.int32)]
    for stop in np.unique(tail)[boardable[np.unique(tail)]].tolist():
        seeds = Seeds(*(np.array([value], np.int32) for value in (stop, 0, 0)))
        settled = search(adjacency, metric, seeds, NO_SEEDS, 10 * max_s, numbers.count, work)
        others = np.sort(work.order[:settled])
        times = -(-work.labels[others, DURATION] // 10)
        wanted = boardable[others] & (others != stop) & (times <= max_s)
        keys.append(stop * numbers.count + others[wanted].astype(np.int64))
        seconds.append(times[wanted])
        reset(work, settled)
    return np.concatenate(keys), np.concatenate(seconds)


def _pathways_of(
    numbers: StopNumbers, index: int, feed: GtfsFeed, walker: Profile, issues: IssueLog
) -> NDArray[np.int64]:
    """One feed's pathways as columns: tail, head, tenths of a second; two for one both ways."""
    table = feed.tables.get("pathways")
    if table is None or table.empty:
        return np.zeros((3, 0), np.int64)
    tail, head = (numbers.of(index, table[f"{end}_stop_id"]) for end in ("from", "to"))
    known = (tail >= 0) & (head >= 0)
    _count(issues, "pathway_with_unknown_stop", feed, int((~known).sum()), "dropped")
    if not walker.steps:
        known &= ~table["pathway_mode"].isin(_STEPPED).to_numpy()
    tenths = np.rint(10 * _pathway_seconds(table, walker)).astype(np.int64)
    there = np.stack((tail, head, tenths))[:, known]
    back = there[:, (table["is_bidirectional"].to_numpy() == 1)[known]]
    return np.concatenate((there, back[[1, 0, 2]]), axis=1)


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


def _count(issues: IssueLog, kind: str, feed: GtfsFeed, count: int, done: str) -> None:
    if count:
        issues.add(Issue(kind, f"feed {feed.name}", done, f"{count} rows"), count)
