"""What transfers.txt says about changes: between stops, between calls, and within one vehicle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from feeds.issues import Issue, IssueLog
from feeds.tables import GtfsFeed
from planner.network.shape import NONE, Routes, Stops, Timetable

NO_RULE: Final = -1
RECOMMENDED: Final = 0  # transfers.txt transfer_type
TIMED: Final = 1
MINIMUM: Final = 2
FORBIDDEN: Final = 3
STAY: Final = 4  # in one vehicle, from a trip to the next
LEAVE: Final = 5  # the same, but riders must get out

BOARDABLE: Final = (0, 4)  # stops.txt location_type: platforms and their boarding areas
_STATION: Final = 1
_ANY_STOP, _OF_STATION, _THIS_STOP = range(3)  # how exactly one end of a rule names its stop
_EXACTNESS: Final = 8  # more than two ends can have: routes and trips count before stops
_BY_STOP, _BY_ROUTE, _BY_TRIP = range(3)  # what one end of a rule names beside its stop
_STOPS: Final = ("from_stop_id", "to_stop_id")
_ROUTES: Final = ("from_route_id", "to_route_id")
_TRIPS: Final = ("from_trip_id", "to_trip_id")
_NUMBERS: Final = ("transfer_type", "min_transfer_time")

# How specific a rule is by what both its ends name (GTFS reference, transfers.txt): both trips,
# a trip and a route, a trip, both routes, a route, stops alone.
_SPECIFICITY: Final = np.array([[0, 1, 3], [1, 2, 4], [3, 4, 5]])


class Rules(NamedTuple):
    """What transfers.txt says of pairs of stops, each pair once, sorted by key."""

    key: NDArray[np.int64]  # from_stop * n_stops + to_stop
    type: NDArray[np.int8]  # RECOMMENDED .. FORBIDDEN
    min_s: NDArray[np.int32]  # min_transfer_time, ABSENT where blank


class Calls(NamedTuple):
    """The calls that one end of a rule is about.

    stops: those it names, a station's being its platforms; None for any. route: NONE where none
    is named. trips: None where none is named, () where it never runs.
    """

    stops: tuple[int, ...] | None
    route: int
    trips: tuple[int, ...] | None


class CallRule(NamedTuple):
    """A rule for the changes from some trips or routes, or to some; the highest rank holds."""

    arriving: Calls
    departing: Calls
    type: int
    min_s: int
    rank: int


class Links(NamedTuple):
    """Pairs of trips of one vehicle: riders may stay in it (type 4), or must leave it (5)."""

    stay: NDArray[np.int64]  # (n, 2) trips
    leave: NDArray[np.int64]


class StopNumbers:
    """Internal stop indices of a feed's stop ids."""

    def __init__(self, stops: Stops) -> None:
        self.count = len(stops.station)
        pairs = zip(stops.feed.tolist(), stops.stop_id.list_all(), strict=True)
        self._number = {pair: i for i, pair in enumerate(pairs)}

    def one(self, feed: int, stop_id: str) -> int:
        """Its index, -1 for an unknown id."""
        return self._number.get((feed, stop_id), -1)

    def of(self, feed: int, stop_ids: pd.Series) -> NDArray[np.int64]:
        """Their indices, -1 for an unknown id."""
        return np.array([self.one(feed, stop_id) for stop_id in stop_ids], np.int64)


class RideNumbers:
    """Internal indices of a feed's routes, and of its trips as they run."""

    def __init__(self, routes: Routes, timetable: Timetable) -> None:
        pairs = zip(routes.feed.tolist(), routes.route_id.list_all(), strict=True)
        self._route = {pair: i for i, pair in enumerate(pairs)}
        runs = np.diff(timetable.sequence_trip_offset)
        feed = np.repeat(routes.feed[timetable.sequence_route], runs)
        self._trips: dict[tuple[int, str], list[int]] = {}
        for i, pair in enumerate(zip(feed.tolist(), timetable.trip_id.list_all(), strict=True)):
            self._trips.setdefault(pair, []).append(i)

    def route(self, feed: int, route_id: str) -> int:
        """Its index, NONE for "" or an unknown id."""
        return self._route.get((feed, route_id), int(NONE))

    def trips(self, feed: int, trip_id: str) -> tuple[int, ...]:
        """Its runs: several where frequencies.txt repeats it, () where it doesn't run."""
        return tuple(self._trips.get((feed, trip_id), ()))


def read_rules(stops: Stops, feeds: Sequence[GtfsFeed], issues: IssueLog) -> Rules:
    """The rules between stops; a station's holds for its stops that have none of their own."""
    numbers, members = StopNumbers(stops), _find_members(stops)
    rows: list[tuple[int, int, int, int]] = []
    for index, feed in enumerate(feeds):
        table = _rows_of(feed)
        table = table[~_names_rides(table) & (table["transfer_type"] <= FORBIDDEN)]
        ends = [numbers.of(index, table[f"{end}_stop_id"]) for end in ("from", "to")]
        unknown = (ends[0] < 0) | (ends[1] < 0)
        count_rows(issues, "transfer_with_unknown_stop", feed, int(unknown.sum()), "dropped")
        columns = (*ends, table["transfer_type"].to_numpy(), table["min_transfer_time"].to_numpy())
        for a, b, kind, min_s in np.stack(columns)[:, ~unknown].T.tolist():
            froms, tos = members.get(a, (a,)), members.get(b, (b,))
            rank = (a not in members) + (b not in members)
            rows += [(i * numbers.count + j, kind, min_s, rank) for i in froms for j in tos]
    key, kinds, seconds, ranks = np.array(rows, np.int64).reshape(-1, 4).T
    order = np.lexsort((ranks, key))
    last = np.append(key[order][1:] != key[order][:-1], True)[: len(key)]  # the most specific
    best = order[last]
    return Rules(key[best], kinds[best].astype(np.int8), seconds[best].astype(np.int32))


def read_call_rules(
    stops: Stops,
    routes: Routes,
    timetable: Timetable,
    feeds: Sequence[GtfsFeed],
    issues: IssueLog,
) -> list[CallRule]:
    """The rules of routes and trips, in the order of the files.

    One that names a stop, a route or a trip that the feed doesn't have is dropped and counted.
    """
    tables = [_rows_of(feed) for feed in feeds]
    tables = [t[_names_rides(t) & (t["transfer_type"] <= FORBIDDEN)] for t in tables]
    if not any(map(len, tables)):
        return []
    reader = _EndReader(stops, routes, timetable)
    found = []
    for index, (feed, table) in enumerate(zip(feeds, tables, strict=True)):
        known = _with_known_rides(feed, table, issues)
        unknown = 0
        for row in _list_rows(known):
            arriving, departing = reader.read(index, row.origin), reader.read(index, row.onward)
            if arriving is None or departing is None:
                unknown += 1
                continue
            rank = int(_SPECIFICITY[arriving.named, departing.named])
            rank = _EXACTNESS * rank + arriving.exact + departing.exact
            found.append(CallRule(arriving.calls, departing.calls, row.type, row.min_s, rank))
        count_rows(issues, "transfer_with_unknown_stop", feed, unknown, "dropped")
    return found


def read_links(
    stops: Stops,
    routes: Routes,
    timetable: Timetable,
    feeds: Sequence[GtfsFeed],
    issues: IssueLog,
) -> Links:
    """Trips between which one may stay in the vehicle, and those between which one must leave it.

    Dropped and counted are links without two trips, of trips that frequencies.txt repeats, which
    name no one vehicle, and those that don't join the last stop of the one trip to the first of
    the other.
    """
    tables = [_rows_of(feed) for feed in feeds]
    tables = [table[table["transfer_type"] > FORBIDDEN] for table in tables]
    pairs: dict[int, list[tuple[int, int]]] = {STAY: [], LEAVE: []}
    reader = _EndReader(stops, routes, timetable) if any(map(len, tables)) else None
    for index, (feed, table) in enumerate(zip(feeds, tables, strict=True)):
        if reader is None or table.empty:
            continue
        astray = 0
        known = _keep_links(feed, _with_known_rides(feed, table, issues), issues)
        for row in _list_rows(known):
            origin = reader.rides.trips(index, row.origin.trip)
            onward = reader.rides.trips(index, row.onward.trip)
            ends = (
                *(reader.calls_at(trip, -1, index, row.origin.stop) for trip in origin),
                *(reader.calls_at(trip, 0, index, row.onward.stop) for trip in onward),
            )
            astray += not all(ends)
            if all(ends):
                pairs[row.type] += [(a, b) for a in origin for b in onward]
        count_rows(issues, "stay_in_vehicle_elsewhere", feed, astray, "dropped")
    columns = (np.array(pairs[kind], np.int64).reshape(-1, 2) for kind in (STAY, LEAVE))
    return Links(*(np.unique(column, axis=0) for column in columns))


class _Ids(NamedTuple):
    """What a row says of one end, "" where it says nothing."""

    stop: str
    route: str
    trip: str


class _Row(NamedTuple):
    """A row of transfers.txt."""

    origin: _Ids
    onward: _Ids
    type: int
    min_s: int


class _End(NamedTuple):
    """One end of a rule, what it names beside its stop, and how exactly it names that."""

    calls: Calls
    named: int  # _BY_STOP .. _BY_TRIP
    exact: int  # _ANY_STOP .. _THIS_STOP


class _EndReader:
    """Reads the ends of rules; a trip named comes before its route."""

    def __init__(self, stops: Stops, routes: Routes, timetable: Timetable) -> None:
        self.rides = RideNumbers(routes, timetable)
        self._stops, self._timetable = stops, timetable
        self._numbers, self._members = StopNumbers(stops), _find_members(stops)

    def read(self, feed: int, ids: _Ids) -> _End | None:
        """The end that `ids` name, None for an unknown stop, or none where one is needed."""
        named = _BY_TRIP if ids.trip else _BY_ROUTE if ids.route else _BY_STOP
        stop = self._numbers.one(feed, ids.stop)
        if stop < 0 and (ids.stop or named == _BY_STOP):
            return None
        members = self._members.get(stop, (stop,))
        calls = Calls(
            stops=members if ids.stop else None,
            route=self.rides.route(feed, ids.route),
            trips=self.rides.trips(feed, ids.trip) if ids.trip else None,
        )
        exact = _ANY_STOP if not ids.stop else _OF_STATION if stop in self._members else _THIS_STOP
        return _End(calls, named, exact)

    def calls_at(self, trip: int, position: int, feed: int, stop_id: str) -> bool:
        """Whether a trip's call (0 the first, -1 the last) is at that station; "" is anywhere."""
        table, station = self._timetable, self._stops.station
        sequence = int(np.searchsorted(table.sequence_trip_offset, trip, "right")) - 1
        bounds = slice(*table.sequence_stop_offset[sequence : sequence + 2].tolist())
        stop = self._numbers.one(feed, stop_id)
        here = int(table.sequence_stop[bounds][position])
        return not stop_id or (stop >= 0 and bool(station[stop] == station[here]))


def _rows_of(feed: GtfsFeed) -> pd.DataFrame:
    """The rows of transfers.txt, none where there is no such file."""
    table = feed.tables.get("transfers")
    columns = [*_STOPS, *_ROUTES, *_TRIPS, *_NUMBERS]
    return pd.DataFrame(columns=columns) if table is None else table


def _list_rows(table: pd.DataFrame) -> Iterator[_Row]:
    """Its rows, one after another."""
    froms, tos = (
        map(_Ids, *(table[column[end]].tolist() for column in (_STOPS, _ROUTES, _TRIPS)))
        for end in (0, 1)
    )
    yield from map(_Row, froms, tos, *(table[name].tolist() for name in _NUMBERS))


def _names_rides(table: pd.DataFrame) -> pd.Series:
    """Which rows name a route or a trip."""
    return (table[[*_ROUTES, *_TRIPS]] != "").any(axis=1)


def _with_known_rides(feed: GtfsFeed, table: pd.DataFrame, issues: IssueLog) -> pd.DataFrame:
    """The rows whose routes and trips the feed has."""
    known = np.ones(len(table), bool)
    for names, file, key in ((_ROUTES, "routes", "route_id"), (_TRIPS, "trips", "trip_id")):
        ids = pd.Index(feed.tables[file][key])
        for name in names:
            named = (table[name] != "").to_numpy()
            if named.any():
                known[named] &= ids.get_indexer(pd.Index(table.loc[named, name])) >= 0
    lost = int((~known).sum())
    count_rows(issues, "transfer_with_unknown_route_or_trip", feed, lost, "dropped")
    return table[known]


def _keep_links(feed: GtfsFeed, table: pd.DataFrame, issues: IssueLog) -> pd.DataFrame:
    """The rows that link two trips, each of one vehicle."""
    alone = (table[list(_TRIPS)] == "").any(axis=1)
    count_rows(issues, "stay_in_vehicle_without_trips", feed, int(alone.sum()), "dropped")
    frequencies = feed.tables.get("frequencies")
    repeated = pd.Series(data=False, index=table.index)
    if frequencies is not None:
        repeated = ~alone & table[list(_TRIPS)].isin(set(frequencies["trip_id"])).any(axis=1)
    count_rows(issues, "stay_in_repeated_trip", feed, int(repeated.sum()), "dropped")
    return table[~alone & ~repeated]


def _find_members(stops: Stops) -> dict[int, tuple[int, ...]]:
    """The platforms of each station, by the stop that stands for it."""
    boardable = np.flatnonzero(np.isin(stops.location_type, BOARDABLE))
    members: dict[int, list[int]] = {}
    for stop, station in zip(boardable.tolist(), stops.station[boardable].tolist(), strict=True):
        members.setdefault(station, []).append(stop)
    stations = np.flatnonzero(stops.location_type == _STATION).tolist()
    return {one: tuple(members.get(int(stops.station[one]), ())) for one in stations}


def count_rows(issues: IssueLog, kind: str, feed: GtfsFeed, count: int, done: str) -> None:
    """Log how many of a feed's rows have one fault; nothing for none."""
    if count:
        issues.add(Issue(kind, f"feed {feed.name}", done, f"{count} rows"), count)
