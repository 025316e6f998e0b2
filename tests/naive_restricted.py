"""Every journey there is, and the restricted Pareto sets among them: slow and obvious.

Nothing is pruned: a journey is kept only if it differs from all others in what is asked about.
"""

from __future__ import annotations

from typing import NamedTuple


class Trip(NamedTuple):
    """A journey by its criteria; `walked` is in seconds, `cost` in whatever is weighed."""

    departure: int
    arrival: int
    rides: int
    cost: int
    walked: int


class Ride(NamedTuple):
    """One way of sitting in a vehicle."""

    point: int
    departure: int
    there: int
    arrival: int
    cost: int


def all_journeys(rides, changes, access, egress, max_rides, *, weight, on_foot):
    """The set of `Trip`s that join the ends by up to `max_rides` of `rides`.

    changes: {(from, to): seconds}; access, egress: {point: seconds}. A second on foot costs
    `weight`; on_foot(a, b) tells how many seconds of a change between two points are walked.
    """
    states = {  # (departure, ready, point, cost, walked)
        (ride.departure - seconds, ride.departure, point, weight * seconds, seconds)
        for point, seconds in access.items()
        for ride in rides
        if ride.point == point
    }
    found = set()
    for n in range(1, max_rides + 1):
        aboard = {
            (left, ride.arrival, ride.there, cost + ride.cost, walked)
            for left, ready, point, cost, walked in states
            for ride in rides
            # The first ride is the one that the departure was made for.
            if ride.point == point
            and (ready == ride.departure if n == 1 else ready <= ride.departure)
        }
        for left, time, point, cost, walked in aboard:
            if point in egress:
                on = egress[point]
                found.add(Trip(left, time + on, n, cost + weight * on, walked + on))
        states = set()
        for left, time, point, cost, walked in aboard:
            for (a, b), seconds in changes.items():
                if a == point:
                    on = on_foot(a, b)
                    states.add((left, time + seconds, b, cost + weight * on, walked + on))
    return found


def restricted(journeys, time, *, arrive_by, slack, slack_rides, max_walk=None):
    """{(arrival or departure, rides, cost)} of the restricted Pareto set.

    slack(seconds): how much later than an anchor one may be, by the anchor's seconds since `time`.
    """
    sign = -1 if arrive_by else 1

    def lateness(trip):
        return sign * ((trip.departure if arrive_by else trip.arrival) - time)

    able = [
        trip
        for trip in journeys
        if sign * ((trip.arrival if arrive_by else trip.departure) - time) >= 0
        and (max_walk is None or trip.walked <= max_walk)
    ]
    anchors = pareto({(lateness(trip), trip.rides) for trip in able})
    full = pareto({(lateness(trip), trip.rides, trip.cost) for trip in able})
    return {
        (time + sign * late, rides, cost)
        for late, rides, cost in full
        if any(late <= a + slack(a) and rides <= n + slack_rides for a, n in anchors)
    }


def asked(journeys, time, window, *, arrive_by):
    """The seconds of a window at which an answer may change."""
    sign = -1 if arrive_by else 1
    ends = {trip.arrival if arrive_by else trip.departure for trip in journeys}
    seconds = {time} | {end + after for end in ends for after in (0, sign)}
    return sorted(second for second in seconds if 0 <= sign * (second - time) <= window)


def pareto(points):
    """Those that no other is at least as good as in everything."""
    return {
        p
        for p in points
        if not any(q != p and all(x <= y for x, y in zip(q, p, strict=True)) for q in points)
    }
