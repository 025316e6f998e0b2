"""Walks inside stations: pathways.txt between platforms, halls and entrances."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from feeds.gtfs_schema import ABSENT
from feeds.issues import IssueLog
from feeds.tables import GtfsFeed
from graph_build.transfer_rules import BOARDABLE, StopNumbers, count_rows
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

# Seconds along a pathway that states neither a time nor a length, by pathway_mode: a walkway,
# stairs, a moving pavement, an escalator, a lift, and the gates in and out. Our assumptions.
_PATHWAY_S: Final = {1: 60, 2: 30, 3: 60, 4: 30, 5: 60, 6: 10, 7: 5}
_STEPPED: Final = (2, 4)  # stairs and escalators
_STAIR_S: Final = 0.5  # per step of a staircase


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
    count_rows(issues, "pathway_with_unknown_stop", feed, int((~known).sum()), "dropped")
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
