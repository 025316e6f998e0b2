"""The slow and obvious answers that the planner's searches are compared with.

The time-expanded view of a timetable: a *ride* is one way of sitting in a vehicle, from a call to
a later one, and every ride is listed. A journey is a walk to the first ride, rides joined by one
change each, and a walk from the last. `Oracle` follows all of them: no label, no pattern, no
pruning. What a question means is told by what it does with the table of arrivals by departure.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property

NEVER = 2**30


@dataclass(frozen=True)
class Vehicle:
    """One trip on one day: calls are (point, arrival, departure, may board, may alight)."""

    calls: tuple[tuple[int, int, int, bool, bool], ...]


def list_rides(vehicles, onward=()):
    """Every (point, departure, point, arrival) that the vehicles offer, each once.

    onward: pairs (i, j) where riders of vehicles[i] may stay seated while it goes on as
    vehicles[j], and so on. Nobody boards at the last call of vehicles[i] to ride on, as one
    boards at the first call of vehicles[j]; and nobody who stayed gets off only there.
    """
    following = {}
    for i, j in onward:
        following.setdefault(i, []).append(j)

    def calls_ahead(i, position):
        yield from vehicles[i].calls[position:]
        for j in following.get(i, ()):
            yield from calls_ahead(j, 1)

    return sorted(
        {
            (point, leaves, there, arrives)
            for i, vehicle in enumerate(vehicles)
            for position, (point, _, leaves, may_board, _) in enumerate(vehicle.calls[:-1])
            if may_board
            for there, arrives, _, _, may_alight in calls_ahead(i, position + 1)
            if may_alight
        }
    )


def wished_changes(footpaths, guaranteed, *, min_s=0, extra_s=0, factor=1.0):
    """{(from, to): seconds} of a traveller who asks for more time; guaranteed ones stay."""
    return {
        pair: seconds if pair in guaranteed else max(min_s, math.ceil(seconds * factor)) + extra_s
        for pair, seconds in footpaths.items()
    }


@dataclass(frozen=True)
class Oracle:
    """All questions between one origin and one destination.

    rides: of `list_rides`. footpaths: {(from, to): seconds}, each point's own change time
    included, where it can be changed at all. access, egress: seconds by point.
    """

    rides: list[tuple[int, int, int, int]]
    footpaths: dict[tuple[int, int], int]
    access: dict[int, int]
    egress: dict[int, int]
    max_rides: int

    def by_rides(self, departure):
        """For exactly 1, 2, ... rides: {point: earliest arrival by vehicle} of who leaves then."""
        ready = {point: departure + seconds for point, seconds in self.access.items()}
        rounds = []
        for _ in range(self.max_rides):
            alighted = {}
            for point, leaves, there, arrives in self.rides:
                if ready.get(point, NEVER) <= leaves:
                    alighted[there] = min(alighted.get(there, NEVER), arrives)
            rounds.append(alighted)
            ready = {}
            for (a, b), seconds in self.footpaths.items():
                if a in alighted:
                    ready[b] = min(ready.get(b, NEVER), alighted[a] + seconds)
        return rounds

    def arrivals(self, departure):
        """Earliest arrival at the destination by exactly 1, 2, ... rides, NEVER without."""
        return [
            min(
                (t + self.egress[p] for p, t in alighted.items() if p in self.egress), default=NEVER
            )
            for alighted in self.by_rides(departure)
        ]

    @cached_property
    def departures(self):
        """Every second at which somebody may leave to catch some vehicle, the latest first."""
        caught = {leaves - self.access[p] for p, leaves, _, _ in self.rides if p in self.access}
        return sorted(caught, reverse=True)

    @cached_property
    def table(self):
        """(departure, arrival, rides) of every useful departure with its earliest arrivals."""
        return [
            (departure, arrival, rides)
            for departure in self.departures
            for rides, arrival in enumerate(self.arrivals(departure), start=1)
            if arrival < NEVER
        ]

    def pareto_set(self, departure):
        """Best of those leaving at or after `departure`, fewest rides first.

        One for each number of rides that brings an earlier arrival, and of all its equals, those
        with fewer rides included, the one that leaves latest.
        """
        found = []
        for rides in range(1, self.max_rides + 1):
            possible = [(a, -d) for d, a, n in self.table if d >= departure and n <= rides]
            if possible:
                arrival, latest = min(possible)
                if not found or arrival < found[-1][1]:
                    found.append((-latest, arrival, rides))
        return found

    def reversed_pareto_set(self, arrival):
        """Best of those arriving at or before `arrival`: the latest departures, by rides."""
        found = []
        for rides in range(1, self.max_rides + 1):
            possible = [(d, -a) for d, a, n in self.table if a <= arrival and n <= rides]
            if possible:
                departure, soonest = max(possible)
                if not found or departure > found[-1][0]:
                    found.append((departure, -soonest, rides))
        return found

    def profile(self):
        """Every journey that no other beats on departure, arrival and rides, by departure."""
        return undominated(self.table)

    def day_profile(self, first, last):
        """Those of the profile that leave from `first` to `last`."""
        return [one for one in self.profile() if first <= one[0] <= last]

    def range_set(self, time, window, *, arrive_by):
        """Those of the profile whose departure (arrival) is at most `window` s after (before)."""
        if arrive_by:
            return [one for one in self.profile() if time - window <= one[1] <= time]
        return self.day_profile(time, time + window)

    def reached(self, departure):
        """{point: earliest arrival}: from the origin at once, by vehicle, or walking on from it."""
        soonest = {point: departure + seconds for point, seconds in self.access.items()}
        for alighted in self.by_rides(departure):
            walked = [
                (b, alighted[a] + seconds)
                for (a, b), seconds in self.footpaths.items()
                if a in alighted
            ]
            for point, t in [*alighted.items(), *walked]:
                soonest[point] = min(soonest.get(point, NEVER), t)
        return soonest

    def must_leave(self, arrival, point):
        """Latest departure from a point to be there by `arrival`, -NEVER without any way."""
        times = [arrival - self.egress[point]] if point in self.egress else []
        walks = {b: seconds for (a, b), seconds in self.footpaths.items() if a == point}
        for access in ({point: 0}, walks):
            there = replace(self, access=access)
            times += [departure for departure, comes, _ in there.table if comes <= arrival]
        return max(times, default=-NEVER)


def undominated(journeys):
    """Of (departure, arrival, rides), each that no other beats or equals in all three; sorted."""
    different = sorted(set(journeys))
    return [
        one
        for one in different
        if not any(
            other != one and other[0] >= one[0] and other[1] <= one[1] and other[2] <= one[2]
            for other in different
        )
    ]


def percentile(travel_times, q):
    """Smallest travel time within which at least q % arrive; NEVER counts as infinite."""
    return next(
        t
        for t in sorted(travel_times)
        if sum(other <= t for other in travel_times) * 100 >= q * len(travel_times)
    )
