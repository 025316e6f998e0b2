"""Compile feeds into the Network's stops, routes and timetable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from feeds.issues import FeedError, IssueLog
from feeds.progress import Progress, Silent
from feeds.tables import GtfsFeed
from graph_build.timetable.calendar import DateRange, choose_dates, find_validity
from graph_build.timetable.feed_versions import find_counting_days
from graph_build.timetable.headsigns import compile_signs
from graph_build.timetable.stations import compile_stops
from graph_build.timetable.trips import Runs, compile_runs, pack_calls
from planner.network.shape import NONE, Int32, Int64, Routes, Stops, Timetable
from planner.network.store import frozen
from planner.network.strings import Strings

_YES_NO: Final = np.array([0, 1, -1], np.int8)  # by wheelchair_accessible and bikes_allowed


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledTimetable:
    """What `compile_timetable` makes, and what the manifest says of it.

    zones: IANA names that Timetable.trip_zone indexes. feed_facts: one dict per feed, in the order
    of Stops.feed: name, sha256, agencies, first_date, last_date (ISO, None where nothing ever
    runs), licence, attribution, url.
    """

    stops: Stops
    routes: Routes
    timetable: Timetable
    zones: list[str]
    first_date: date
    last_date: date
    feed_facts: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class _Base:
    """Where one feed's rows begin in the tables of all feeds."""

    stop: int
    route: int
    agency: int
    service: int
    shape: int
    block: int


def compile_timetable(
    feeds: Sequence[GtfsFeed],
    *,
    date_range: DateRange | None = None,
    issues: IssueLog,
    progress: Progress | None = None,
) -> CompiledTimetable:
    """Compile the stops, routes and trips of all feeds for the dates in `date_range`.

    date_range: first and last date; all that the feeds cover unless given. Trips that don't run
    then are dropped and counted in `issues`, and so are those that a newer version of the feed
    replaces.
    Raises FeedError where two feeds have one name, or nothing runs.
    """
    progress = progress or Silent()
    if len({feed.name for feed in feeds}) < len(feeds):
        msg = f"Two feeds have the same name: {', '.join(feed.name for feed in feeds)}."
        raise FeedError(msg)
    progress.phase("Compiling the timetable", len(feeds))
    first, last = choose_dates(feeds, date_range, issues)
    zones = sorted({zone for feed in feeds for zone in feed.tables["agency"]["agency_timezone"]})
    base = _Base(0, 0, 0, 0, 0, 0)
    parts = []
    counting = find_counting_days(feeds, first, last, issues)
    for feed, counts_on in zip(feeds, counting, strict=True):
        runs = compile_runs(feed, first, last, counts_on, issues)
        part = _compile_feed(feed, runs, base, zones)
        base = _advance(base, feed, runs, part)
        parts.append(part)
        progress.advance()
    timetable = _join(feeds, parts)
    progress.note(f"{len(timetable.trip_service):,} trips, {len(timetable.arrival):,} stop times")
    return CompiledTimetable(
        stops=compile_stops(feeds),
        routes=compile_routes(feeds),
        timetable=timetable,
        zones=zones,
        first_date=first,
        last_date=last,
        feed_facts=[_describe(feed) for feed in feeds],
    )


def compile_routes(feeds: Sequence[GtfsFeed]) -> Routes:
    """The routes and agencies of all feeds, one feed after another."""
    routes = pd.concat([feed.tables["routes"] for feed in feeds], ignore_index=True)
    agencies = pd.concat([feed.tables["agency"] for feed in feeds], ignore_index=True)
    sizes = [len(feed.tables["routes"]) for feed in feeds]
    agency_sizes = [len(feed.tables["agency"]) for feed in feeds]
    agency_base = np.repeat(np.cumsum([0, *agency_sizes[:-1]]), sizes)
    agency = np.concatenate([_find_agency(feed) for feed in feeds]) + agency_base
    return Routes(
        route_id=Strings.of(routes["route_id"]),
        short_name=Strings.of(routes["route_short_name"]),
        long_name=Strings.of(routes["route_long_name"]),
        color=Strings.of(_check_colors(routes["route_color"])),
        text_color=Strings.of(_check_colors(routes["route_text_color"])),
        route_type=frozen(routes["route_type"].to_numpy(), np.int32),
        agency=frozen(agency, np.int32),
        feed=frozen(np.repeat(np.arange(len(feeds)), sizes), np.int32),
        agency_id=Strings.of(agencies["agency_id"]),
        agency_name=Strings.of(agencies["agency_name"]),
        agency_url=Strings.of(agencies["agency_url"]),
    )


def _find_agency(feed: GtfsFeed) -> Int64:
    """Row of each route's agency in the feed's own agencies."""
    agency_id = pd.Index(feed.tables["agency"]["agency_id"])
    return np.asarray(agency_id.get_indexer(pd.Index(feed.tables["routes"]["agency_id"])))


def _check_colors(colors: pd.Series) -> pd.Series:
    """Six hex digits or ""."""
    plain = colors.str.removeprefix("#").str.upper()
    return plain.where(plain.str.fullmatch("[0-9A-F]{6}"), "")


def _compile_feed(
    feed: GtfsFeed, runs: Runs, base: _Base, zones: Sequence[str]
) -> dict[str, NDArray[Any]]:
    """The Timetable's columns of one feed; offsets still as counts, text still as rows."""
    times = feed.stop_times
    trips = feed.tables["trips"].iloc[runs.trip]
    first_run = np.flatnonzero(np.diff(runs.sequence, prepend=-1))
    calls = pack_calls(times)[spread(runs.first_event[first_run], runs.n_events[first_run])]
    events = spread(runs.first_event, runs.n_events)
    shift = np.repeat(runs.shift, runs.n_events) if runs.unfolded.any() else np.int32(0)
    route = pd.Index(feed.tables["routes"]["route_id"]).get_indexer(pd.Index(trips["route_id"]))
    agency = feed.tables["agency"]
    zone = pd.Index(zones).get_indexer(pd.Index(agency["agency_timezone"]))[_find_agency(feed)]
    shape = pd.Index(feed.shapes.shape_id).get_indexer(pd.Index(trips["shape_id"]))
    return {
        "sequence_calls": runs.n_events[first_run],
        "sequence_stop": (calls >> 4).astype(np.int32) + base.stop,
        "sequence_pickup_type": calls >> 2 & 3,
        "sequence_drop_off_type": calls & 3,
        "sequence_route": route[first_run] + base.route,
        "sequence_trips": np.bincount(runs.sequence, minlength=len(first_run)),
        "trip_events": runs.n_events,
        "trip_first_event": runs.first_event,
        "arrival": times.arrival[events] + shift,
        "departure": times.departure[events] + shift,
        "trip_service": runs.service + base.service,
        "trip_zone": zone[route],
        "trip_headway": runs.headway,
        "trip_direction": trips["direction_id"].to_numpy(),
        "trip_step_free": _read_yes_no(trips["wheelchair_accessible"]),
        "trip_bikes": _read_yes_no(trips["bikes_allowed"]),
        "trip_block": _number_blocks(trips, runs, base.block),
        "trip_shape": np.where(shape < 0, NONE, shape + base.shape),
        "trip_row": runs.trip,
        "service_days": runs.service_days,
    }


def _advance(base: _Base, feed: GtfsFeed, runs: Runs, part: Mapping[str, NDArray[Any]]) -> _Base:
    return _Base(
        stop=base.stop + len(feed.tables["stops"]),
        route=base.route + len(feed.tables["routes"]),
        agency=base.agency + len(feed.tables["agency"]),
        service=base.service + len(runs.service_days),
        shape=base.shape + len(feed.shapes.shape_id),
        block=max(base.block, int(part["trip_block"].max(initial=-1)) + 1),
    )


def spread(start: Int64, length: Int32 | Int64) -> Int64:
    """start[0], start[0] + 1, ... for length[0] numbers, then the same from start[1], ..."""
    before = np.cumsum(length, dtype=np.int64) - length
    numbers: Int64 = np.arange(length.sum(dtype=np.int64)) + np.repeat(start - before, length)
    return numbers


def _read_yes_no(column: pd.Series) -> NDArray[np.int8]:
    """GTFS 0 unknown, 1 yes, 2 no as 0, 1, -1; other values as unknown."""
    value = column.to_numpy()
    return _YES_NO[np.where((value >= 0) & (value < len(_YES_NO)), value, 0)]


def _number_blocks(trips: pd.DataFrame, runs: Runs, base: int) -> Int32:
    """One number per block_id; NONE without, or where only a headway is known.

    Which of its trips follow one another depends on the date: planner/transit/blocks.py links them.
    """
    given = (trips["block_id"] != "").to_numpy() & ~runs.unfolded
    block = np.full(len(trips), NONE, np.int32)
    block[given] = pd.factorize(trips.loc[given, "block_id"])[0] + base
    return block


def _join(feeds: Sequence[GtfsFeed], parts: list[dict[str, NDArray[Any]]]) -> Timetable:
    """One Timetable of all feeds; empties `parts` on the way, to hold each column once."""

    def column(name: str, dtype: type) -> NDArray[Any]:
        return frozen(np.concatenate([part.pop(name) for part in parts]), dtype)

    def offset(name: str, dtype: type) -> NDArray[Any]:
        counts = column(name, np.int64)
        return frozen(np.concatenate([[0], np.cumsum(counts)]), dtype)

    rows = [part.pop("trip_row") for part in parts]
    sequence_stop = column("sequence_stop", np.int32)
    n_stops = sum(len(feed.tables["stops"]) for feed in feeds)
    none = frozen(np.empty(0), np.int32)
    headsign, headsigns = pd.factorize(_read_trips(feeds, rows, "trip_headsign"))
    signs = compile_signs(feeds, parts, headsign, list(headsigns))
    shape_sizes = [np.diff(feed.shapes.offset) for feed in feeds]
    return Timetable(
        sequence_stop_offset=offset("sequence_calls", np.int32),
        sequence_stop=sequence_stop,
        sequence_point=sequence_stop,
        sequence_pickup_type=column("sequence_pickup_type", np.uint8),
        sequence_drop_off_type=column("sequence_drop_off_type", np.uint8),
        sequence_route=column("sequence_route", np.int32),
        sequence_trip_offset=offset("sequence_trips", np.int32),
        point_stop=frozen(np.arange(n_stops), np.int32),
        trip_event_offset=offset("trip_events", np.int64),
        arrival=column("arrival", np.int32),
        departure=column("departure", np.int32),
        trip_service=column("trip_service", np.int32),
        trip_zone=column("trip_zone", np.int32),
        trip_headsign=frozen(headsign, np.int32),
        trip_headway=column("trip_headway", np.int32),
        trip_direction=column("trip_direction", np.int8),
        trip_step_free=column("trip_step_free", np.int8),
        trip_bikes=column("trip_bikes", np.int8),
        trip_block=column("trip_block", np.int32),
        trip_shape=column("trip_shape", np.int32),
        stay_from=none,
        stay_to=none,
        leave_from=none,
        leave_to=none,
        trip_id=Strings.of(_read_trips(feeds, rows, "trip_id")),
        trip_short_name=Strings.of(_read_trips(feeds, rows, "trip_short_name")),
        headsign=Strings.of(signs.headsigns),
        signed_trip=signs.trip,
        signed_row=signs.row,
        sign_offset=signs.offset,
        sign=signs.sign,
        service_days=column("service_days", np.uint8),
        shape_offset=frozen(np.cumsum(np.concatenate([[0], *shape_sizes])), np.int64),
        shape_lat=frozen(np.concatenate([feed.shapes.lat for feed in feeds]), np.float64),
        shape_lon=frozen(np.concatenate([feed.shapes.lon for feed in feeds]), np.float64),
    )


def _read_trips(feeds: Sequence[GtfsFeed], rows: Sequence[Int32], name: str) -> pd.Series:
    """A text column of trips.txt for every trip of the Timetable."""
    parts = [feed.tables["trips"][name].iloc[row] for feed, row in zip(feeds, rows, strict=True)]
    return pd.concat(parts, ignore_index=True)


def _describe(feed: GtfsFeed) -> dict[str, Any]:
    """What the manifest says of a feed."""
    validity = find_validity(feed)
    agency = feed.tables["agency"]
    first, last = (day.isoformat() for day in validity) if validity else (None, None)
    return {
        "name": feed.name,
        "sha256": feed.sha256,
        "agencies": agency["agency_name"].tolist(),
        "first_date": first,
        "last_date": last,
        "licence": feed.licence,
        "attribution": feed.attribution,
        "url": agency["agency_url"].iloc[0],
    }
