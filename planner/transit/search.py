"""Journeys by transit: the Pareto set of arrival and rides, with no waiting that can be avoided.

The kernel planner/kernels/ping_pong.py finds them; here its arrays become journeys. Arrive-by
swaps the two sides of the day and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.itinerary import SearchTooLongError
from planner.kernels.ping_pong import Journeys, Side, search_window
from planner.kernels.raptor import POSITIONS
from planner.network.shape import UNREACHED, Int32, Int64
from planner.network.store import frozen
from planner.transit.service_day import ServiceDay

MAX_POSITIONS: Final = 200_000_000  # visits of a search that is given up, some seconds of work
LONGEST_WINDOW: Final = 12 * 3600  # seconds; what a window that grows covers at most


class Reach(NamedTuple):
    """Stops at hand from one end of a trip and the seconds to them, each stop once."""

    stop: NDArray[np.int32]
    duration: NDArray[np.int32]

    def at_points(self, point_stop: Int32) -> Reach:
        """The same by transfer point: whoever comes from outside may take any of a stop's."""
        n_points = len(point_stop)
        seconds = np.full(n_points, UNREACHED, np.int32)
        seconds[self.stop] = self.duration
        seconds = seconds[point_stop]
        point = np.flatnonzero(seconds < UNREACHED)
        return Reach(frozen(point, np.int32), frozen(seconds[point], np.int32))

    def by_point(self, n_points: int) -> Int32:
        """Seconds of every point, UNREACHED where it isn't at hand; of a reach by point."""
        seconds = np.full(n_points, UNREACHED, np.int32)
        seconds[self.stop] = self.duration
        return seconds


@dataclass(frozen=True, slots=True)
class Segment:
    """One trip of a ride: riders may stay seated from one to the next.

    trip: of the network's timetable; shift: from the trip's own clock to the day's, seconds.
    board, alight: positions in the trip.
    """

    trip: int
    shift: int
    board: int
    alight: int


@dataclass(frozen=True, slots=True)
class Ride:
    """One vehicle, from a call to a later one; mostly on one trip.

    board_point, alight_point: the transfer points of the two calls; the stops they lie at.
    pattern, run: of the forward day, the run by its place in the pattern; board, alight:
    positions in the pattern.
    stay_s: seconds one stays where it is left, before walking on (a stop on the way).
    """

    pattern: int
    run: int
    board: int
    alight: int
    segments: tuple[Segment, ...]
    board_point: int
    alight_point: int
    board_stop: int
    alight_stop: int
    departure: int
    arrival: int
    stay_s: int = 0


@dataclass(frozen=True, slots=True)
class Journey:
    """Rides from one end to the other; departure and arrival are the trip's own, door to door."""

    departure: int
    arrival: int
    rides: tuple[Ride, ...]

    def dominates(self, other: Journey) -> bool:
        """Leaves no earlier, is there no later, and takes no more vehicles."""
        return (
            self.departure >= other.departure
            and self.arrival <= other.arrival
            and len(self.rides) <= len(other.rides)
        )


class DayProfile(NamedTuple):
    """Every journey of a time span that no other beats in departure, arrival and rides.

    By departure. counts: rounds, patterns scanned, positions visited, labels improved.
    """

    departure: Int32
    arrival: Int32
    rides: Int32
    counts: Int64


def pareto_set(
    day: ServiceDay, access: Reach, egress: Reach, time: int, *, arrive_by: bool, max_rides: int
) -> list[Journey]:
    """Best journeys leaving at or after `time`, or arriving at or before it, fewest rides first.

    One for each number of rides that brings an earlier arrival (a later departure), and among
    its equals the one that leaves latest (arrives earliest). Raises SearchTooLongError.
    """
    found = find_journeys(day, access, egress, time, arrive_by=arrive_by, max_rides=max_rides)
    return unpack_journeys(day, found, mirrored=not arrive_by)


def range_set(
    day: ServiceDay,
    access: Reach,
    egress: Reach,
    time: int,
    *,
    arrive_by: bool,
    max_rides: int,
    window: int,
    at_least: int,
) -> tuple[list[Journey], int]:
    """Pareto set of departure, arrival and rides over a window of departures (arrivals).

    The window grows until `at_least` journeys are found or LONGEST_WINDOW ends. Returns the
    journeys, by departure, and the second up to which departures (from which arrivals) were
    looked at.
    """
    found = find_journeys(
        day, access, egress, time,
        arrive_by=arrive_by, max_rides=max_rides,
        window=window, at_least=at_least, longest=LONGEST_WINDOW,
    )  # fmt: skip
    sign = -1 if arrive_by else 1
    distance = found.departure.astype(np.int64) - sign * time
    # What lies beyond the last one wanted is the next page's: it mustn't count as looked at.
    last = min(found.looked - 1, LONGEST_WINDOW)
    if len(distance) >= at_least:
        wanted = int(np.sort(distance)[at_least - 1]) if at_least else 0
        last = min(last, max(window, wanted))
    kept = distance <= last
    journeys = unpack_journeys(day, _select(found, kept), mirrored=not arrive_by)
    return sorted(journeys, key=lambda j: (j.departure, j.arrival)), time + sign * last


def day_profile(
    day: ServiceDay, access: Reach, egress: Reach, first: int, last: int, *, max_rides: int
) -> DayProfile:
    """Every best journey that leaves from second `first` to second `last`, by departure.

    Raises SearchTooLongError.
    """
    found = find_journeys(
        day, access, egress, first,
        arrive_by=False, max_rides=max_rides,
        window=last - first, at_least=0, longest=last - first,
    )  # fmt: skip
    kept = np.flatnonzero(found.departure <= last)
    order = kept[np.lexsort((found.arrival[kept], found.departure[kept]))]
    return DayProfile(
        found.departure[order], found.arrival[order], found.n_rides[order], found.counts
    )


def find_journeys(
    day: ServiceDay,
    access: Reach,
    egress: Reach,
    time: int,
    *,
    arrive_by: bool,
    max_rides: int,
    window: int = 0,
    at_least: int = 0,
    longest: int = 0,
) -> Journeys:
    """The kernel's answer, on the clock of the side that it starts from.

    Raises SearchTooLongError.
    """
    start, end = access.at_points(day.point_stop), egress.at_points(day.point_stop)
    there = Side(day.forward, day.footpaths, *start)
    back = Side(day.mirrored, day.mirrored_footpaths, *end)
    if arrive_by:
        there, back = back, there
        time = -time
    found = search_window(there, back, time, window, at_least, longest, max_rides, MAX_POSITIONS)
    if found.counts[POSITIONS] > MAX_POSITIONS:
        raise SearchTooLongError
    return found


def undominated(journeys: Iterable[Journey]) -> list[Journey]:
    """Journeys that no other dominates, the first of equals, in their order."""
    kept: list[Journey] = []
    for journey in journeys:
        if not any(other.dominates(journey) for other in kept):
            kept = [other for other in kept if not journey.dominates(other)]
            kept.append(journey)
    return kept


def unpack_journeys(day: ServiceDay, found: Journeys, *, mirrored: bool) -> list[Journey]:
    """The journeys that the kernel found; mirrored: its way back was on the mirrored day."""
    journeys = []
    for i in range(len(found.departure)):
        n_rides = int(found.n_rides[i])
        rides = [
            make_ride(day, *row, mirrored=mirrored) for row in found.ride[i, :n_rides].tolist()
        ]
        # The kernel follows the labels of its way back from where that ends.
        ends = int(found.departure[i]), int(found.arrival[i])
        if mirrored:
            journeys.append(Journey(*ends, tuple(rides)))
        else:
            journeys.append(Journey(-ends[1], -ends[0], tuple(reversed(rides))))
    return journeys


def make_ride(
    day: ServiceDay, pattern: int, run: int, board: int, alight: int, *, mirrored: bool
) -> Ride:
    """A ride as a kernel has it: pattern, run in the pattern, and two positions."""
    table = day.forward
    if mirrored:
        pattern = len(table.run_first) - 1 - pattern
        run = int(table.n_runs[pattern]) - 1 - run
    stops, end = (int(bound) for bound in table.stop_offset[pattern : pattern + 2])
    n_calls = end - stops
    if mirrored:
        board, alight = n_calls - 1 - alight, n_calls - 1 - board
    row = int(table.event_first[pattern]) + run * n_calls
    board_point, alight_point = int(table.stop[stops + board]), int(table.stop[stops + alight])
    return Ride(
        pattern=pattern,
        run=run,
        board=board,
        alight=alight,
        segments=_segments(day, int(table.run_first[pattern]) + run, board, alight),
        board_point=board_point,
        alight_point=alight_point,
        board_stop=int(day.point_stop[board_point]),
        alight_stop=int(day.point_stop[alight_point]),
        departure=int(table.events[len(table.events) // 2 + row + board]),
        arrival=int(table.events[row + alight]),
    )


def _segments(day: ServiceDay, run: int, board: int, alight: int) -> tuple[Segment, ...]:
    """The trips of a run between two of its positions."""
    first, end = (int(bound) for bound in day.runs.part_offset[run : run + 2])
    begins = day.runs.first_call[first:end].tolist()
    ends = [*(begin - 1 for begin in begins[1:]), alight]
    return tuple(
        Segment(
            int(day.runs.trip[first + i]),
            int(day.runs.shift[first + i]),
            max(board, begin) - begin,
            min(alight, last) - begin,
        )
        for i, (begin, last) in enumerate(zip(begins, ends, strict=True))
        if begin < alight and board < last
    )


def _select(found: Journeys, kept: NDArray[np.bool_]) -> Journeys:
    return found._replace(
        departure=found.departure[kept],
        arrival=found.arrival[kept],
        n_rides=found.n_rides[kept],
        ride=found.ride[kept],
    )
