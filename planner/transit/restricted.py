"""Journeys that cost less without taking much longer: the restricted Pareto set.

The full Pareto set of arrival, rides and cost holds hours of absurd detours. The restricted one
(Delling, Dibbelt, Pajor, "Fast and Exact Public Transit Routing with Restricted Pareto Sets",
ALENEX 2019) keeps a journey of it iff it is hardly worse than one of the *anchors*, the Pareto
set of arrival and rides alone: see `Limits`. The search is exact, and fast for the same reason: a
search back from each anchor's latest arrival tells how late one may be anywhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from operator import le
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.itinerary import SearchTooLongError
from planner.kernels import mc_raptor
from planner.kernels.day_timetable import DayTimetable, FootpathTable
from planner.kernels.mc_bags import PARENT, PATTERN, TIME
from planner.kernels.mc_bounds import Bounds, find_bounds
from planner.kernels.raptor import POSITIONS, search
from planner.network.shape import NONE, UNREACHED, Int32
from planner.network.store import frozen
from planner.transit.criteria import Criterion
from planner.transit.search import LONGEST_WINDOW, MAX_POSITIONS, Journey, Reach, Ride, make_ride
from planner.transit.service_day import ServiceDay

Anchor = tuple[int, int]  # arrival on the search's own clock, rides


@dataclass(frozen=True, slots=True)
class Limits:
    """How much worse than an anchor A a journey that costs less may be.

    A journey of the full Pareto set of arrival, rides and cost is kept iff for some anchor A it
    takes at most A's rides and `slack_rides` more, and arrives at most max(slack_s,
    slack_share * d) after A, rounded down, where d is the seconds from the time asked for to A's
    arrival. To arrive by a time, it leaves at most so long before A does, and d is the seconds
    from A's departure to that time.
    """

    slack_s: int = 600
    slack_share: float = 0.25
    slack_rides: int = 1

    def slack(self, seconds: int) -> int:
        """Seconds that a journey may take more than an anchor of `seconds`."""
        return max(self.slack_s, int(self.slack_share * seconds))


DEFAULT_LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True)
class CostedJourney:
    """A journey, its cost by the criterion asked for, and its seconds on foot."""

    journey: Journey
    cost: int
    walked: int

    def dominates(self, other: CostedJourney) -> bool:
        """Is no worse than the other in departure, arrival, rides and cost."""
        return self.cost <= other.cost and self.journey.dominates(other.journey)


class OnFoot(NamedTuple):
    """Seconds of each entry of a reach that are walked; None where all of them are."""

    access: Int32 | None = None
    egress: Int32 | None = None


ALL_ON_FOOT: Final = OnFoot()


def restricted_set(
    day: ServiceDay,
    access: Reach,
    egress: Reach,
    time: int,
    *,
    arrive_by: bool,
    max_rides: int,
    criterion: Criterion,
    limits: Limits = DEFAULT_LIMITS,
    max_walk_s: int | None = None,
    on_foot: OnFoot = ALL_ON_FOOT,
) -> list[CostedJourney]:
    """The restricted Pareto set of who leaves at `time` or later (arrives by it), by arrival.

    One journey for each value of arrival (departure), rides and cost; its rides are as late
    (early) as they can be caught on their own patterns. max_walk_s: there are only journeys with
    no more seconds on foot, anchors too. Raises SearchTooLongError.
    """
    question = _Question.of(
        day, access, egress, on_foot, criterion,
        arrive_by=arrive_by, max_rides=max_rides, limits=limits, max_walk_s=max_walk_s,
    )  # fmt: skip
    journeys = question.ask(day, time)
    return sorted(journeys, key=lambda j: (j.journey.arrival, len(j.journey.rides), j.cost))


def restricted_range(
    day: ServiceDay,
    access: Reach,
    egress: Reach,
    time: int,
    *,
    arrive_by: bool,
    max_rides: int,
    window: int,
    at_least: int,
    criterion: Criterion,
    limits: Limits = DEFAULT_LIMITS,
    max_walk_s: int | None = None,
    on_foot: OnFoot = ALL_ON_FOOT,
) -> tuple[list[CostedJourney], int]:
    """The restricted Pareto sets of every second in a window, as `range_set` has the plain ones.

    Without journeys that others beat in departure, arrival, rides and cost; `at_least` counts
    those that none beats in departure, arrival and rides alone. Returns them by departure, and the
    second up to which departures (from which arrivals) were looked at.
    Raises SearchTooLongError.
    """
    sign = -1 if arrive_by else 1

    def distance(costed: CostedJourney) -> int:
        journey = costed.journey
        return sign * ((journey.arrival if arrive_by else journey.departure) - time)

    question = _Question.of(
        day, access, egress, on_foot, criterion,
        arrive_by=arrive_by, max_rides=max_rides, limits=limits, max_walk_s=max_walk_s,
    )  # fmt: skip
    found: list[CostedJourney] = []
    looked = 0  # below this distance, every journey is found
    while looked <= LONGEST_WINDOW and (
        looked <= window or sum(distance(one) < looked for one in _soonest(found)) < at_least
    ):
        fresh = question.ask(day, time + sign * looked)
        if not fresh:
            looked = LONGEST_WINDOW + 1
            break
        found = _undominated(found, fresh)
        looked = min(distance(one) for one in fresh) + 1
    if looked <= LONGEST_WINDOW:  # who leaves after the window may beat who leaves in it
        found = _undominated(found, question.ask(day, time + sign * looked))
    distances = sorted(distance(one) for one in _soonest(found))
    # What lies beyond the last one wanted is the next page's: it mustn't count as looked at.
    last = min(looked - 1, LONGEST_WINDOW)
    if len(distances) >= at_least:
        last = min(last, max(window, distances[at_least - 1] if at_least else 0))
    kept = [one for one in found if distance(one) <= last]
    by_departure = sorted(kept, key=lambda j: (j.journey.departure, j.journey.arrival, j.cost))
    return by_departure, time + sign * last


def _undominated(
    found: Iterable[CostedJourney], fresh: Iterable[CostedJourney]
) -> list[CostedJourney]:
    """Those that no other dominates, the first of equals, in their order.

    None of `found` dominates another of them.
    """
    kept = list(found)
    for one in fresh:
        if not any(other.dominates(one) for other in kept):
            kept = [other for other in kept if not one.dominates(other)]
            kept.append(one)
    return kept


def _soonest(journeys: Iterable[CostedJourney]) -> list[CostedJourney]:
    """Journeys that the criterion isn't needed for: no other is better but in cost."""
    rows = list(journeys)
    plain = [(one.journey.departure, -one.journey.arrival, -len(one.journey.rides)) for one in rows]
    return [
        one
        for one, mine in zip(rows, plain, strict=True)
        if not any(mine != its and all(map(le, mine, its)) for its in plain)
    ]


class _Side(NamedTuple):
    """One direction of the question: the day, the end that it starts from, and what rides cost."""

    day: DayTimetable
    footpaths: FootpathTable
    ride_cost: Int32
    point: Int32
    seconds: Int32
    walk: Int32  # of `seconds`, those on foot

    @classmethod
    def of(  # noqa: PLR0917 - what one side is made of
        cls,
        day: DayTimetable,
        footpaths: FootpathTable,
        ride_cost: Int32,
        point_stop: Int32,
        reach: Reach,
        on_foot: Int32 | None,
    ) -> _Side:
        at_points = reach.at_points(point_stop)
        walk = at_points.duration
        if on_foot is not None:
            walk = Reach(reach.stop, on_foot).at_points(point_stop).duration
        return cls(day, footpaths, ride_cost, at_points.stop, at_points.duration, walk)

    @property
    def n_points(self) -> int:
        return len(self.day.call_offset) - 1

    def by_point(self, seconds: Int32) -> Int32:
        """Seconds of each point at hand, UNREACHED elsewhere."""
        return Reach(self.point, seconds).by_point(self.n_points)


class _Question(NamedTuple):
    """From one side to the other; times are on the clock of the side that it starts from."""

    there: _Side
    back: _Side
    footpath_walk: Int32  # beside there.footpaths.to
    walk_weight: int
    walk_limit: int
    max_rides: int
    limits: Limits

    @classmethod
    def of(
        cls,
        day: ServiceDay,
        access: Reach,
        egress: Reach,
        on_foot: OnFoot,
        criterion: Criterion,
        *,
        arrive_by: bool,
        max_rides: int,
        limits: Limits,
        max_walk_s: int | None,
    ) -> _Question:
        there = _Side.of(
            day.forward, day.footpaths, criterion.ride, day.point_stop, access, on_foot.access
        )
        back = _Side.of(
            day.mirrored, day.mirrored_footpaths, criterion.mirrored_ride,
            day.point_stop, egress, on_foot.egress,
        )  # fmt: skip
        if arrive_by:
            there, back = back, there
        return cls(
            there=there,
            back=back,
            footpath_walk=day.mirrored_walked if arrive_by else day.walked,
            walk_weight=criterion.walk_weight,
            walk_limit=int(UNREACHED) if max_walk_s is None else max_walk_s,
            max_rides=max_rides,
            limits=limits,
        )

    def ask(self, day: ServiceDay, time: int) -> list[CostedJourney]:
        """The restricted Pareto set for one time, of the day's own clock."""
        time *= self.there.day.sign
        anchors = self.anchors(time)
        found = self.search_near(anchors, time)
        if not set(anchors) <= {(arrival, rides) for arrival, rides, _ in _criteria(found)}:
            # An anchor walks too far: others take its place.
            able = _criteria(self.search_all(time))
            found = self.search_near([(arrival, rides) for arrival, rides, _ in able], time)
        return [
            CostedJourney(
                _unpack(day, self.there.day, found.labels, row, time),
                int(row[mc_raptor.TOTAL]),
                int(row[mc_raptor.WALKED]),
            )
            for row in _criteria(found).values()
        ]

    def anchors(self, time: int) -> list[Anchor]:
        """The Pareto set of arrival and rides, however far it walks."""
        there, back = self.there, self.back
        labels = search(
            there.day, there.footpaths, there.point, there.seconds, time,
            back.by_point(back.seconds), int(UNREACHED), self.max_rides, MAX_POSITIONS,
        )  # fmt: skip
        _check(int(labels.counts[POSITIONS]))
        return [(goal, k) for k, goal in enumerate(labels.target.tolist()) if goal < UNREACHED]

    def search_near(self, anchors: list[Anchor], time: int) -> mc_raptor.Found:
        """Journeys that are hardly worse than some of `anchors`."""
        goals = [goal + self.limits.slack(goal - time) for goal, _ in anchors]
        rides = [min(n + self.limits.slack_rides, self.max_rides) for _, n in anchors]
        back = self.back
        bounds, visited = find_bounds(
            back.day, back.footpaths, back.point, back.seconds, time,
            frozen(np.array(goals), np.int64), frozen(np.array(rides), np.int64), MAX_POSITIONS,
        )  # fmt: skip
        _check(visited)
        return self._search(bounds, time, self.there.ride_cost, self.walk_weight)

    def search_all(self, time: int) -> mc_raptor.Found:
        """The best in arrival and rides among journeys that don't walk too far."""
        shape = (self.max_rides + 1, self.there.n_points)
        ever = np.full(shape, UNREACHED, np.int32)
        bounds = Bounds(ever, ever, np.full(shape[0], UNREACHED, np.int32))
        free = frozen(np.zeros(len(self.there.ride_cost)), np.int32)
        return self._search(bounds, time, free, 0)

    def _search(
        self, bounds: Bounds, time: int, ride_cost: Int32, walk_weight: int
    ) -> mc_raptor.Found:
        there, back = self.there, self.back
        costs = mc_raptor.Costs(ride_cost, self.footpath_walk, walk_weight, self.walk_limit)
        found = mc_raptor.search(
            there.day, there.footpaths, costs, bounds,
            there.point, there.seconds, there.walk, time,
            back.by_point(back.seconds), back.by_point(back.walk), MAX_POSITIONS,
        )  # fmt: skip
        _check(int(found.counts[mc_raptor.VISITS]))
        return found


def _check(visited: int) -> None:
    if visited > MAX_POSITIONS:
        raise SearchTooLongError


def _criteria(found: mc_raptor.Found) -> dict[tuple[int, int, int], NDArray[np.int32]]:
    """The Pareto set of arrival, rides and cost among the journeys found, with their rows."""
    rows = {
        (int(row[mc_raptor.ARRIVAL]), int(row[mc_raptor.RIDES]), int(row[mc_raptor.TOTAL])): row
        for row in found.arrivals
    }
    return {
        one: row
        for one, row in rows.items()
        if not any(
            all(mine >= its for mine, its in zip(one, other, strict=True))
            for other in rows
            if other != one
        )
    }


def _unpack(
    day: ServiceDay, table: DayTimetable, labels: Int32, row: NDArray[np.int32], time: int
) -> Journey:
    """Follow the labels back from the last ride; each ride is moved as late as it can be caught."""
    label = int(row[mc_raptor.LAST])
    arrival, latest = int(row[mc_raptor.ARRIVAL]), int(UNREACHED)
    rides: list[Ride] = []
    while label != NONE:
        ride = labels[label]
        ready = labels[ride[PARENT]]
        label = int(ready[PARENT])
        walked_from = time if label == NONE else int(labels[label, TIME])
        pattern, run, board, alight = ride[PATTERN:].tolist()
        if rides:
            arrivals = _times(table, pattern, alight).arrival
            run = int(np.searchsorted(arrivals, latest, "right")) - 1
        leaves = int(_times(table, pattern, board).departure[run])
        latest = leaves - (int(ready[TIME]) - walked_from)
        rides.append(make_ride(day, pattern, run, board, alight, mirrored=table.sign < 0))
    if table.sign < 0:
        return Journey(-arrival, -latest, tuple(rides))
    return Journey(latest, arrival, tuple(reversed(rides)))


class _Times(NamedTuple):
    """Arrivals and departures of a pattern's runs at one position, (n_runs,) each."""

    arrival: Int32
    departure: Int32


def _times(day: DayTimetable, pattern: int, position: int) -> _Times:
    n_calls = day.stop_offset[pattern + 1] - day.stop_offset[pattern]
    half = len(day.events) // 2
    event = day.event_first[pattern] + position + n_calls * np.arange(day.n_runs[pattern])
    if day.sign > 0:
        return _Times(day.events[event], day.events[half + event])
    return _Times(-day.events[2 * half - 1 - event], -day.events[half - 1 - event])
