"""What transfers.txt says about changes, by pair of stops."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from feeds.issues import Issue, IssueLog
from feeds.tables import GtfsFeed
from planner.network.shape import Stops

NO_RULE: Final = -1
RECOMMENDED: Final = 0  # transfers.txt transfer_type
TIMED: Final = 1
MINIMUM: Final = 2
FORBIDDEN: Final = 3

BOARDABLE: Final = (0, 4)  # stops.txt location_type: platforms and their boarding areas
_STATION: Final = 1


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
    count_rows(issues, "transfer_of_route_or_trip", feed, int(special.sum()), "ignored")
    origin = numbers.of(index, table["from_stop_id"])
    destination = numbers.of(index, table["to_stop_id"])
    unknown = ~special & ((origin < 0) | (destination < 0))
    count_rows(issues, "transfer_with_unknown_stop", feed, int(unknown.sum()), "dropped")
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


def count_rows(issues: IssueLog, kind: str, feed: GtfsFeed, count: int, done: str) -> None:
    """Log how many of a feed's rows have one fault; nothing for none."""
    if count:
        issues.add(Issue(kind, f"feed {feed.name}", done, f"{count} rows"), count)
