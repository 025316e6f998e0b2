"""The timetable of one date: which trips run on it, and around its midnights.

All times are seconds since noon minus 12 h of the date in the network's own zone, so that a day
of 23 or 25 hours and agencies in other zones need no special case: a trip's shift is the distance
between its service day's zero, in its agency's zone, and this one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from planner.changes import ChangeWishes, change_tables
from planner.kernels.day_timetable import (
    DayTimetable,
    FootpathTable,
    assign_chains,
    copy_events,
)
from planner.network.shape import Timetable
from planner.network.store import Network, frozen

DAY: Final = 86_400
BEFORE: Final = -DAY // 2  # a day's slice begins at noon of the day before
AFTER: Final = DAY + DAY // 2  # and ends at noon of the day after
DAYS_KEPT: Final = 16  # slices in memory at once


@dataclass(frozen=True, slots=True, eq=False)
class ServiceDay:
    """What a search on `date` reads.

    zero: POSIX second of the day's clock. forward and mirrored are the same day; the mirror runs
    it backwards, with its patterns, trips, positions and footpaths turned round.
    """

    date: date
    zero: int
    forward: DayTimetable
    mirrored: DayTimetable
    footpaths: FootpathTable
    mirrored_footpaths: FootpathTable

    def clock(self, instant: datetime) -> int:
        """Seconds on this day's clock, rounded down."""
        return int(instant.timestamp() // 1) - self.zero

    def instant(self, seconds: int) -> datetime:
        """The instant of a second on this day's clock, in UTC."""
        return datetime.fromtimestamp(self.zero + seconds, UTC)


def day_zero(day: date, zone: str) -> int:
    """POSIX second of noon minus 12 h, the zero of GTFS times; not midnight when clocks change."""
    return int(datetime.combine(day, time(12), ZoneInfo(zone)).timestamp()) - DAY // 2


@lru_cache(maxsize=DAYS_KEPT)
def service_day(
    network: Network,
    day: date,
    *,
    step_free: bool = False,
    routes: frozenset[int] | None = None,
    bikes_on_board: bool = False,
) -> ServiceDay:
    """The slice of `network` for `day`: trips of every service day that reach into it.

    step_free: without the trips and stops known to have steps (those unknown stay), and with the
    changes of whoever can't take any. routes: trips of these alone; bikes_on_board: trips known
    to take bicycles alone.
    """
    timetable = network.timetable
    zero = day_zero(day, network.manifest["timezone"])
    trip, shift = _running_trips(network, day, zero)
    usable = np.ones(len(trip), np.bool_)
    if step_free:
        usable &= timetable.trip_step_free[trip] >= 0
    if bikes_on_board:
        usable &= timetable.trip_bikes[trip] == 1
    if routes is not None:
        route = timetable.sequence_route[_sequence_of(timetable)[trip]]
        usable &= np.isin(route, list(routes))
    trip, shift = trip[usable], shift[usable]
    forward = _compile(timetable, len(network.stops.lat), trip, shift)
    if step_free:
        forward = _without_stepped_stops(forward, network.stops.step_free)
    changes = change_tables(network, step_free=step_free, wishes=ChangeWishes())
    return ServiceDay(
        date=day,
        zero=zero,
        forward=forward,
        mirrored=mirror(forward),
        footpaths=changes.forward,
        mirrored_footpaths=changes.mirrored,
    )


def service_date(day: ServiceDay, zone: str, shift: int) -> date:
    """The service day, in its agency's `zone`, of a trip that runs `shift` seconds later here."""
    noon = day.zero + shift + DAY // 2
    return datetime.fromtimestamp(noon, ZoneInfo(zone)).date()


def services_on(network: Network, day: date) -> NDArray[np.bool_]:
    """Which services run on the service day `day`, (n_services,) bool."""
    days = network.timetable.service_days
    column = (day - date.fromisoformat(network.manifest["first_date"])).days
    if not 0 <= column < days.shape[1]:
        return np.zeros(days.shape[0], np.bool_)
    return days[:, column].astype(np.bool_)


def _running_trips(
    network: Network, day: date, zero: int
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Trips with a call in the slice and their shifts, sorted by stop sequence and departure."""
    timetable = network.timetable
    n_trips = len(timetable.trip_service)
    if n_trips == 0:
        return np.empty(0, np.int32), np.empty(0, np.int32)
    begin = timetable.departure[timetable.trip_event_offset[:-1]]
    end = timetable.arrival[timetable.trip_event_offset[1:] - 1]
    longest = int(end.max())
    zones = network.manifest["zones"]
    trips, shifts = [], []
    # A zone may be a day away from the network's own, hence one day more on either side.
    for ahead in range(-((longest - BEFORE) // DAY) - 1, 3):
        service_date = day + timedelta(days=ahead)
        running = services_on(network, service_date)
        if not running.any():
            continue
        zone_shift = np.array([day_zero(service_date, zone) - zero for zone in zones], np.int32)
        shift = zone_shift[timetable.trip_zone]
        inside = (begin + shift < AFTER) & (end + shift >= BEFORE)
        chosen = np.flatnonzero(inside & running[timetable.trip_service])
        trips.append(chosen)
        shifts.append(shift[chosen])
    trip = np.concatenate(trips) if trips else np.empty(0, np.int64)
    shift = np.concatenate(shifts) if shifts else np.empty(0, np.int32)
    order = np.lexsort((end[trip] + shift, begin[trip] + shift, _sequence_of(timetable)[trip]))
    return trip[order].astype(np.int32), shift[order].astype(np.int32)


def _sequence_of(timetable: Timetable) -> NDArray[np.int32]:
    """Stop sequence of each trip."""
    counts = np.diff(timetable.sequence_trip_offset)
    return np.repeat(np.arange(len(counts), dtype=np.int32), counts)


def _compile(
    timetable: Timetable, n_stops: int, trip: NDArray[np.int32], shift: NDArray[np.int32]
) -> DayTimetable:
    """Group running trips into patterns that never overtake."""
    trip, shift = frozen(trip, np.int32), frozen(shift, np.int32)
    sequence = frozen(_sequence_of(timetable)[trip], np.int32)
    events = timetable.trip_event_offset
    chain = assign_chains(events, timetable.arrival, timetable.departure, trip, shift, sequence)
    order = np.lexsort((chain, sequence))  # stable: trips stay sorted in their chain
    trip, shift = frozen(trip[order], np.int32), frozen(shift[order], np.int32)
    sequence, chain = sequence[order], chain[order]
    starts = np.ones(len(trip), np.bool_)
    starts[1:] = (np.diff(sequence) != 0) | (np.diff(chain) != 0)
    first = np.flatnonzero(starts)
    pattern_sequence = sequence[first]
    trip_event = frozen(_offsets(np.diff(events)[trip]), np.int64)
    bounds = np.append(first, len(trip))
    stop_index, stop_offset = _rows(timetable.sequence_stop_offset, pattern_sequence)
    return _with_calls(
        n_stops,
        stop_offset=frozen(stop_offset, np.int32),
        stop=frozen(timetable.sequence_stop[stop_index], np.int32),
        board=frozen(timetable.sequence_pickup[stop_index], np.uint8),
        alight=frozen(timetable.sequence_drop_off[stop_index], np.uint8),
        event_offset=frozen(trip_event[bounds], np.int64),
        arrival=frozen(copy_events(events, timetable.arrival, trip, shift, trip_event), np.int32),
        departure=frozen(
            copy_events(events, timetable.departure, trip, shift, trip_event), np.int32
        ),
        trip_offset=frozen(bounds, np.int32),
        trip=trip,
        trip_shift=shift,
    )


def _without_stepped_stops(day: DayTimetable, step_free: NDArray[np.int8]) -> DayTimetable:
    """Nobody gets on or off where there are steps."""
    usable = step_free[day.stop] >= 0
    return day._replace(
        board=frozen(day.board & usable, np.uint8), alight=frozen(day.alight & usable, np.uint8)
    )


def mirror(day: DayTimetable) -> DayTimetable:
    """The same day run backwards: the latest departure becomes the earliest arrival.

    Times change sign, boarding and alighting change places, and every row is read from its end.
    """
    n_stops = len(day.call_offset) - 1
    return _with_calls(
        n_stops,
        stop_offset=frozen(day.stop_offset[-1] - day.stop_offset[::-1], np.int32),
        stop=frozen(day.stop[::-1], np.int32),
        board=frozen(day.alight[::-1], np.uint8),
        alight=frozen(day.board[::-1], np.uint8),
        event_offset=frozen(day.event_offset[-1] - day.event_offset[::-1], np.int64),
        arrival=frozen(-day.departure[::-1], np.int32),
        departure=frozen(-day.arrival[::-1], np.int32),
        trip_offset=frozen(day.trip_offset[-1] - day.trip_offset[::-1], np.int32),
        trip=frozen(day.trip[::-1], np.int32),
        trip_shift=frozen(day.trip_shift[::-1], np.int32),
    )


def _with_calls(n_stops: int, **parts: NDArray[Any]) -> DayTimetable:
    """Add who calls at each stop."""
    counts = np.diff(parts["stop_offset"])
    pattern = np.repeat(np.arange(len(counts)), counts)
    position = np.arange(len(pattern)) - np.repeat(parts["stop_offset"][:-1], counts)
    order = np.argsort(parts["stop"], kind="stable")
    offset = _offsets(np.bincount(parts["stop"], minlength=n_stops))
    return DayTimetable(
        **parts,
        call_offset=frozen(offset, np.int32),
        call_pattern=frozen(pattern[order], np.int32),
        call_position=frozen(position[order], np.int32),
    )


def _offsets(counts: NDArray[np.integer]) -> NDArray[np.int64]:
    """0 and the running sums of `counts`."""
    offset = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=offset[1:])
    return offset


def _rows(
    offset: NDArray[np.int32], owners: NDArray[np.integer]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Indices of all things of `owners`, one owner after another, and their new offsets."""
    counts = np.diff(offset)[owners]
    new_offset = _offsets(counts)
    index = np.arange(new_offset[-1]) + np.repeat(offset[owners] - new_offset[:-1], counts)
    return index, new_offset
