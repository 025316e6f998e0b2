"""The timetable of one date: which trips run on it, and around its midnights.

All times are seconds since noon minus 12 h of the date in the network's own zone, so that a day
of 23 or 25 hours and agencies in other zones need no special case: a trip's shift is the distance
between its service day's zero, in its agency's zone, and this one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from threading import Condition
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from cachetools import LRUCache, cached
from numpy.typing import NDArray

from planner.kernels.day_timetable import DayTimetable, FootpathTable
from planner.network.shape import Int32
from planner.network.store import Network, frozen
from planner.transit.blocks import RunningTrips, link_runs
from planner.transit.changes import ChangeTables, ChangeWishes, change_tables
from planner.transit.day_patterns import DayRuns, compile_patterns, mirror, sequence_of

DAY: Final = 86_400
BEFORE: Final = -DAY // 2  # a day's slice begins at noon of the day before
AFTER: Final = DAY + DAY // 2  # and ends at noon of the day after
KEPT_BYTES: Final = 256 * 2**20  # slices in memory at once; one is kept whatever its size
KEPT_DAYS: Final = 16  # and as many of them; each keeps its network open


@dataclass(frozen=True, slots=True, eq=False)
class ServiceDay:
    """What a search on `date` reads.

    zero: POSIX second of the day's clock. forward and mirrored are the same day; the mirror runs
    it backwards, with its patterns, runs, positions and footpaths turned round.
    runs: the trips of each of the forward day's runs; call_route: the route of each of its calls.
    walked, mirrored_walked: beside the footpaths, as `ChangeTables` has them; they say nothing of
    the rows that layers add (planner/transit/layers.py).
    """

    date: date
    zero: int
    forward: DayTimetable
    mirrored: DayTimetable
    footpaths: FootpathTable
    mirrored_footpaths: FootpathTable
    runs: DayRuns
    call_route: Int32
    point_stop: Int32
    walked: Int32
    mirrored_walked: Int32

    def clock(self, instant: datetime) -> int:
        """Seconds on this day's clock, rounded down."""
        return int(instant.timestamp() // 1) - self.zero

    def instant(self, seconds: int) -> datetime:
        """The instant of a second on this day's clock, in UTC."""
        return datetime.fromtimestamp(self.zero + seconds, UTC)

    def with_changes(self, changes: ChangeTables) -> ServiceDay:
        """The same day for a traveller with other changes."""
        return replace(
            self,
            footpaths=changes.forward,
            mirrored_footpaths=changes.mirrored,
            walked=changes.walked,
            mirrored_walked=changes.mirrored_walked,
        )

    @property
    def nbytes(self) -> int:
        """Bytes of the arrays that are this day's own."""
        own = (*self.forward, *self.mirrored, *self.runs, self.call_route)
        arrays = {id(part): part.nbytes for part in own if isinstance(part, np.ndarray)}
        return sum(arrays.values())


def day_zero(day: date, zone: str) -> int:
    """POSIX second of noon minus 12 h, the zero of GTFS times; not midnight when clocks change."""
    return int(datetime.combine(day, time(12), ZoneInfo(zone)).timestamp()) - DAY // 2


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
    to take bicycles alone. Slices are kept, the latest used up to KEPT_BYTES.
    """
    whole = _slice(network, day, step_free, bikes_on_board, None)
    if routes is None:
        return whole
    allowed = np.isin(whole.call_route, list(routes))
    offset = whole.forward.stop_offset[:-1]
    if not len(offset):
        return whole
    usable = np.logical_and.reduceat(allowed, offset)
    if (np.logical_or.reduceat(allowed, offset) != usable).any():
        # A vehicle goes on as another line: its runs are cut where they change to a banned one.
        return _slice(network, day, step_free, bikes_on_board, routes)
    return replace(
        whole,
        forward=whole.forward._replace(usable=frozen(usable, np.uint8)),
        mirrored=whole.mirrored._replace(usable=frozen(usable[::-1], np.uint8)),
    )


def _share_of_memory(day: ServiceDay) -> int:
    """What a slice counts for."""
    return min(max(day.nbytes, KEPT_BYTES // KEPT_DAYS), KEPT_BYTES)


# Whoever asks for a slice that is being made waits for it.
@cached(LRUCache(KEPT_BYTES, getsizeof=_share_of_memory), condition=Condition())
def _slice(
    network: Network,
    day: date,
    step_free: bool,  # noqa: FBT001 - the cache's key
    bikes_on_board: bool,  # noqa: FBT001
    routes: frozenset[int] | None,
) -> ServiceDay:
    timetable = network.timetable
    zero = day_zero(day, network.manifest["timezone"])
    running = _running_trips(network, day, zero)
    usable = np.ones(len(running.trip), np.bool_)
    if step_free:
        usable &= timetable.trip_step_free[running.trip] >= 0
    if bikes_on_board:
        usable &= timetable.trip_bikes[running.trip] == 1
    if routes is not None:
        route = timetable.sequence_route[sequence_of(timetable, running.trip)]
        usable &= np.isin(route, list(routes))
    runs = link_runs(timetable, network.stops, running, usable)
    stepped = (network.stops.step_free < 0) & step_free
    patterns = compile_patterns(timetable, running, runs, stepped)
    changes = change_tables(network, step_free=step_free, wishes=ChangeWishes())
    return ServiceDay(
        date=day,
        zero=zero,
        forward=patterns.forward,
        mirrored=mirror(patterns.forward),
        footpaths=changes.forward,
        mirrored_footpaths=changes.mirrored,
        runs=patterns.runs,
        call_route=patterns.call_route,
        point_stop=timetable.point_stop,
        walked=changes.walked,
        mirrored_walked=changes.mirrored_walked,
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


def _running_trips(network: Network, day: date, zero: int) -> RunningTrips:
    """Trips with a call in the slice and their shifts."""
    timetable = network.timetable
    n_trips = len(timetable.trip_service)
    if n_trips == 0:
        nothing = np.empty(0, np.int32)
        return RunningTrips(nothing, nothing, nothing, nothing, nothing)
    begin = timetable.departure[timetable.trip_event_offset[:-1]]
    end = timetable.arrival[timetable.trip_event_offset[1:] - 1]
    longest = int(end.max())
    zones = network.manifest["zones"]
    trips: list[NDArray[np.int64]] = [np.empty(0, np.int64)]
    shifts: list[Int32] = [np.empty(0, np.int32)]
    days: list[Int32] = [np.empty(0, np.int32)]
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
        days.append(np.full(len(chosen), ahead, np.int32))
    trip, shift = np.concatenate(trips).astype(np.int32), np.concatenate(shifts)
    return RunningTrips(trip, shift, np.concatenate(days), begin[trip] + shift, end[trip] + shift)
