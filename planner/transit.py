"""Journeys by transit: the Pareto set of arrival and rides, with no waiting that can be avoided.

A search finds the earliest arrivals by number of rides; a second one, run the other way from each
of them, finds the latest departure that still makes it ("ping-pong": the return stroke removes
the slack of the first). Arrive-by swaps the two timetables and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.itinerary import SearchTooLongError
from planner.kernels import raptor
from planner.kernels.day_timetable import DayTimetable, FootpathTable
from planner.network.shape import NONE, UNREACHED
from planner.service_day import ServiceDay

MAX_POSITIONS = 200_000_000  # visits of a search that is given up, some seconds of work


class Reach(NamedTuple):
    """Stops at hand from one end of a trip and the seconds to them, each stop once."""

    stop: NDArray[np.int32]
    duration: NDArray[np.int32]

    def by_stop(self, n_stops: int) -> NDArray[np.int32]:
        """Seconds for every stop, UNREACHED where it isn't at hand, (n_stops,) int32."""
        seconds = np.full(n_stops, UNREACHED, np.int32)
        seconds[self.stop] = self.duration
        return seconds


@dataclass(frozen=True, slots=True)
class Ride:
    """One vehicle, from a call to a later one.

    trip: of the network's timetable; shift: from the trip's own clock to the day's, seconds.
    board, alight: positions in the trip; the stops and times are those of these calls.
    """

    trip: int
    shift: int
    board: int
    alight: int
    board_stop: int
    alight_stop: int
    departure: int
    arrival: int


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


def pareto_set(
    day: ServiceDay, access: Reach, egress: Reach, time: int, *, arrive_by: bool, max_rides: int
) -> list[Journey]:
    """Best journeys leaving at or after `time`, or arriving at or before it, fewest rides first.

    One for each number of rides that brings an earlier arrival (a later departure), and among
    its equals the one that leaves latest (arrives earliest). Raises SearchTooLongError.
    """
    there = _Side(day.forward, day.footpaths, access, mirrored=False)
    back = _Side(day.mirrored, day.mirrored_footpaths, egress, mirrored=True)
    if arrive_by:
        there, back = back, there
        time = -time
    first = _search(there, back, time, latest=int(UNREACHED), max_rides=max_rides)
    journeys = []
    for rides in range(1, max_rides + 1):
        goal = int(first.target[rides])
        if goal >= UNREACHED:
            continue
        # One second past `time` on the way back: leaving exactly then is allowed.
        found = _search(back, there, -goal, latest=1 - time, max_rides=rides)
        journeys.append(_journey(back, found, rides, goal))
    return journeys


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

    The window grows until `at_least` journeys are found or the day's slice ends. Returns the
    journeys, by departure, and the second up to which departures (from which arrivals) were
    looked at.
    """
    found: list[Journey] = []
    sign = -1 if arrive_by else 1

    def distance(journey: Journey) -> int:
        """Seconds from `time` to the journey's departure (from its arrival to `time`)."""
        return sign * ((journey.arrival if arrive_by else journey.departure) - time)

    looked = 0  # below this distance, every journey is found
    while looked <= LONGEST_WINDOW and (
        looked <= window or sum(distance(journey) < looked for journey in found) < at_least
    ):
        fresh = pareto_set(
            day, access, egress, time + sign * looked, arrive_by=arrive_by, max_rides=max_rides
        )
        if not fresh:
            looked = LONGEST_WINDOW + 1
            break
        found = undominated([*found, *fresh])
        looked = min(distance(journey) for journey in fresh) + 1
    # What lies beyond the last one wanted is the next page's: it mustn't count as looked at.
    found.sort(key=distance)
    last = min(looked - 1, LONGEST_WINDOW)
    if len(found) >= at_least:
        last = min(last, max(window, distance(found[at_least - 1]) if at_least else 0))
    kept = [journey for journey in found if distance(journey) <= last]
    return sorted(kept, key=lambda j: (j.departure, j.arrival)), time + sign * last


LONGEST_WINDOW = 12 * 3600  # seconds; what a grown window covers at most


def undominated(journeys: Iterable[Journey]) -> list[Journey]:
    """Journeys that no other dominates, the first of equals, in their order."""
    kept: list[Journey] = []
    for journey in journeys:
        if not any(other.dominates(journey) for other in kept):
            kept = [other for other in kept if not journey.dominates(other)]
            kept.append(journey)
    return kept


class _Side(NamedTuple):
    """One direction of the day: where it starts, and whether its clock runs backwards."""

    timetable: DayTimetable
    footpaths: FootpathTable
    reach: Reach
    mirrored: bool


def _search(start: _Side, goal: _Side, time: int, *, latest: int, max_rides: int) -> raptor.Labels:
    n_stops = len(start.timetable.call_offset) - 1
    labels = raptor.search(
        start.timetable,
        start.footpaths,
        start.reach.stop,
        (start.reach.duration + np.int32(time)).astype(np.int32),
        goal.reach.by_stop(n_stops),
        latest,
        max_rides,
        MAX_POSITIONS,
    )
    if labels.counts[raptor.POSITIONS] > MAX_POSITIONS:
        raise SearchTooLongError
    return labels


def _journey(side: _Side, labels: raptor.Labels, n_rides: int, goal: int) -> Journey:
    """Unpack the labels of the return stroke; `goal` is what the first stroke found."""
    rides = []
    stop = int(labels.target_stop[n_rides])
    for k in range(n_rides, 0, -1):
        pattern = int(labels.ride_pattern[k, stop])
        board, alight = int(labels.ride_board[k, stop]), int(labels.ride_alight[k, stop])
        rides.append(_ride(side, pattern, int(labels.ride_trip[k, stop]), board, alight))
        boarded = int(side.timetable.stop[side.timetable.stop_offset[pattern] + board])
        stop = int(labels.ready_from[k - 1, boarded])
    assert stop == NONE, "the first ride is boarded from the origin"  # noqa: S101 - an invariant
    other_end = int(labels.target[n_rides])
    if side.mirrored:
        return Journey(-other_end, goal, tuple(rides))
    return Journey(-goal, other_end, tuple(reversed(rides)))


def _ride(side: _Side, pattern: int, trip: int, board: int, alight: int) -> Ride:
    table = side.timetable
    n_calls = int(table.stop_offset[pattern + 1] - table.stop_offset[pattern])
    row = int(table.event_offset[pattern]) + trip * n_calls
    stops = int(table.stop_offset[pattern])
    instance = int(table.trip_offset[pattern]) + trip
    departure, arrival = int(table.departure[row + board]), int(table.arrival[row + alight])
    board_stop, alight_stop = int(table.stop[stops + board]), int(table.stop[stops + alight])
    if side.mirrored:
        board, alight = n_calls - 1 - alight, n_calls - 1 - board
        board_stop, alight_stop = alight_stop, board_stop
        departure, arrival = -arrival, -departure
    return Ride(
        trip=int(table.trip[instance]),
        shift=int(table.trip_shift[instance]),
        board=board,
        alight=alight,
        board_stop=board_stop,
        alight_stop=alight_stop,
        departure=departure,
        arrival=arrival,
    )
