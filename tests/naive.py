"""The slow and obvious answers that kernels are compared with."""

from __future__ import annotations

from dataclasses import dataclass

NEVER = 2**30


@dataclass(frozen=True)
class Vehicle:
    """One vehicle on one day: calls are (stop, arrival, departure, may board, may alight)."""

    calls: tuple[tuple[int, int, int, bool, bool], ...]


def earliest_arrivals(vehicles, footpaths, access, egress, departure, max_rides):
    """Earliest arrival at the destination by exactly 1, 2, ... rides, NEVER where there is none.

    Every way of riding is followed: no label, no pruning. `footpaths` maps (from, to) to seconds
    and holds each stop's own change time; access and egress map stops to seconds.
    """
    ready = {stop: departure + seconds for stop, seconds in access.items()}
    best = []
    for _ in range(max_rides):
        alighted = {}
        for vehicle in vehicles:
            for i, (stop, _, leaves, may_board, _) in enumerate(vehicle.calls):
                if may_board and ready.get(stop, NEVER) <= leaves:
                    for there, arrives, _, _, may_alight in vehicle.calls[i + 1 :]:
                        if may_alight:
                            alighted[there] = min(alighted.get(there, NEVER), arrives)
        best.append(min((t + egress[s] for s, t in alighted.items() if s in egress), default=NEVER))
        ready = {}
        for (a, b), seconds in footpaths.items():
            if a in alighted:
                ready[b] = min(ready.get(b, NEVER), alighted[a] + seconds)
    return best


def pareto_set(vehicles, footpaths, access, egress, departure, max_rides):
    """(departure, arrival, rides) of the best journeys leaving at or after `departure`.

    The departure is the latest that still makes that arrival with that many rides: every second
    at which some vehicle could be caught is tried.
    """
    arrivals = earliest_arrivals(vehicles, footpaths, access, egress, departure, max_rides)
    tries = sorted(
        {
            leaves - access[stop]
            for vehicle in vehicles
            for stop, _, leaves, may_board, _ in vehicle.calls
            if may_board and stop in access and leaves - access[stop] >= departure
        },
        reverse=True,
    )
    found = []
    for rides, arrival in enumerate(arrivals, start=1):
        if arrival < min(arrivals[: rides - 1], default=NEVER):
            latest = next(
                t
                for t in tries
                if min(earliest_arrivals(vehicles, footpaths, access, egress, t, rides)) <= arrival
            )
            found.append((latest, arrival, rides))
    return found


def reversed_pareto_set(vehicles, footpaths, access, egress, arrival, max_rides):
    """(departure, arrival, rides) of the best journeys arriving at or before `arrival`.

    Every second at which some vehicle could be caught is tried as a departure, the latest first;
    for each number of rides the latest that makes it, if it beats those with fewer rides.
    """
    tries = sorted(
        {
            leaves - access[stop]
            for vehicle in vehicles
            for stop, _, leaves, may_board, _ in vehicle.calls
            if may_board and stop in access
        },
        reverse=True,
    )
    found = []
    for rides in range(1, max_rides + 1):
        for t in tries:
            arrivals = earliest_arrivals(vehicles, footpaths, access, egress, t, rides)
            if min(arrivals) <= arrival:
                if all(t > other for other, _, _ in found):
                    found.append((t, min(arrivals), rides))
                break
    return found
