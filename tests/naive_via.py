"""The slow and obvious answers to questions with stops on the way, one vehicle after another."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from naive import NEVER, Oracle


@dataclass(frozen=True)
class ViaOracle(Oracle):
    """All questions between one origin and one destination, past `vias` in their order.

    rides: of `list_rides_past`. vias: (points of the station, seconds one stays).
    """

    vias: tuple[tuple[frozenset[int], int], ...] = ()

    def at_via(self, passed, point):
        return passed < len(self.vias) and point in self.vias[passed][0]

    def walk_in(self, passed, point):
        """Stations passed, and seconds stayed, by who comes to a point on foot."""
        if self.at_via(passed, point):
            return passed + 1, self.vias[passed][1]
        return passed, 0

    def ride_past(self, passed, points):
        """Stations passed by who rides through these points."""
        for point in points:
            if self.at_via(passed, point) and self.vias[passed][1] == 0:
                passed += 1
        return passed

    def walk_on(self, passed, point, there, seconds):
        """Stations passed, and seconds needed, by who left a vehicle at `point` to go `there`."""
        if self.at_via(passed, point):
            station, stay = self.vias[passed]
            passed += 1
            seconds = max(stay, seconds) if there in station else stay + seconds
        passed, stay = self.walk_in(passed, there)
        return passed, seconds + stay

    def arrivals(self, departure):
        ready = {}
        for point, seconds in self.access.items():
            passed, stay = self.walk_in(0, point)
            ready[passed, point] = departure + seconds + stay
        found = []
        for _ in range(self.max_rides):
            alighted = {}
            for point, leaves, there, arrives, past in self.rides:
                for passed in range(len(self.vias) + 1):
                    if ready.get((passed, point), NEVER) <= leaves:
                        state = self.ride_past(passed, past), there
                        alighted[state] = min(alighted.get(state, NEVER), arrives)
            found.append(min((self.at_the_end(*one) for one in alighted.items()), default=NEVER))
            ready = {}
            for (passed, point), arrives in alighted.items():
                for (a, b), seconds in self.footpaths.items():
                    if a == point:
                        above, needed = self.walk_on(passed, a, b, seconds)
                        ready[above, b] = min(ready.get((above, b), NEVER), arrives + needed)
        return found

    def at_the_end(self, state, arrives):
        passed, point = state
        if point not in self.egress:
            return NEVER
        stay = 0
        if self.at_via(passed, point):
            passed, stay = passed + 1, self.vias[passed][1]
        return arrives + stay + self.egress[point] if passed == len(self.vias) else NEVER

    @cached_property
    def departures(self):
        caught = {
            leaves - self.access[point] - self.walk_in(0, point)[1]
            for point, leaves, *_ in self.rides
            if point in self.access
        }
        return sorted(caught, reverse=True)


def list_rides_past(vehicles, onward=()):
    """Every (point, departure, point, arrival, points between) that the vehicles offer."""
    return sorted(
        {
            (point, leaves, way[n][0], way[n][1], tuple(call[0] for call in way[:n]))
            for i, vehicle in enumerate(vehicles)
            for position, (point, _, leaves, may_board, _) in enumerate(vehicle.calls[:-1])
            if may_board
            for way in _ways_ahead(vehicles, onward, i, position + 1)
            for n in range(len(way))
            if way[n][4]
        }
    )


def _ways_ahead(vehicles, onward, i, position):
    """Every row of calls that a rider may see ahead: the vehicle may go on in several ways."""
    rest = vehicles[i].calls[position:]
    following = [b for a, b in onward if a == i]
    for j in following:
        begin = (*vehicles[j].calls[0][:4], False)  # nobody who stayed gets off only there
        for further in _ways_ahead(vehicles, onward, j, 1):
            yield (*rest, begin, *further)
    if not following:
        yield rest
