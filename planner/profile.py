"""When to leave: how long one trip takes through a day, by the minute one sets out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.direct import direct_way
from planner.ends import End, resolve
from planner.itinerary import Itinerary, Place, SearchTooLongError, Shortfall
from planner.network.shape import UNREACHED
from planner.network.store import Network
from planner.question import (
    access_of,
    day_of,
    egress_of,
    out_of_reach,
    rides_of,
    took_too_long,
)
from planner.request import Request, RequestError
from planner.transit.search import Reach, day_profile, pareto_set
from planner.transit.service_day import AFTER, ServiceDay

MINUTE: Final = 60

_Departures = NDArray[np.int32]  # (3, n): departure, arrival and rides, by departure


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TripProfile:
    """Every departure of a window that is worth taking, and the walk to compare with.

    first, last: the window of departures, both ends included.
    departure, arrival: POSIX seconds, (n,) int64, by departure and then arrival; transfers:
    (n,) int32. No journey leaves no later than another that is there no later with no more
    transfers. The last ones may leave after `last`: it is what who leaves then waits for.
    walk_s: seconds of the whole way on foot, None where it is too far or not known.
    """

    origin: Place
    destination: Place
    first: datetime
    last: datetime
    departure: NDArray[np.int64]
    arrival: NDArray[np.int64]
    transfers: NDArray[np.int32]
    walk_s: int | None
    shortfalls: tuple[Shortfall, ...] = ()

    @property
    def n_inside(self) -> int:
        """How many of the departures lie in the window."""
        return int(np.searchsorted(self.departure, int(self.last.timestamp()), "right"))

    def minutes(self, step: int = 1) -> NDArray[np.int64]:
        """POSIX seconds of every `step` minutes of the window, (n,) int64."""
        first, last = int(self.first.timestamp()), int(self.last.timestamp())
        return np.arange(first, last + 1, step * MINUTE, dtype=np.int64)

    def by_transit(self, at: NDArray[np.int64]) -> NDArray[np.int32]:
        """Seconds from each instant (POSIX) to the earliest arrival, waiting included.

        (n,) int32, UNREACHED where no vehicle brings one there.
        """
        earliest = np.minimum.accumulate(self.arrival[::-1])[::-1]
        following = np.searchsorted(self.departure, at, "left")
        seconds = np.full(len(at), UNREACHED, np.int32)
        some = following < len(earliest)
        seconds[some] = earliest[following[some]] - at[some]
        return seconds

    def travel_s(self, at: NDArray[np.int64]) -> NDArray[np.int32]:
        """The same by whatever is quicker, vehicles or the whole way on foot."""
        seconds = self.by_transit(at)
        return seconds if self.walk_s is None else np.minimum(seconds, np.int32(self.walk_s))


@dataclass(frozen=True, slots=True)
class Shift:
    """Leaving `minutes` later (earlier where negative): when, how long, and what is won by it.

    travel_s and gain_s are None where nothing brings one there, then or at the time compared to.
    """

    minutes: int
    departure: datetime
    travel_s: int | None
    gain_s: int | None


@dataclass(frozen=True, slots=True)
class Spread:
    """The shortest, longest and middle travel time of a window, of all its minutes alike.

    best_at, worst_at: when one sets out, POSIX seconds; the first such moment. unreached: minutes
    from which nothing brings one there.
    """

    best_at: int
    best_s: int
    worst_at: int
    worst_s: int
    median_s: int
    unreached: int


def trip_profile(network: Network, request: Request) -> TripProfile:
    """All departures of `request`'s window: from its time on, `window_s` seconds of them.

    The wishes of `request` on vehicles, changes and walking are followed, but not its stops on
    the way, its criterion and its limit on walking, which are about single journeys. Like `plan`
    it raises nothing for what the network can't serve: there is a shortfall then. Raises
    RequestError where the request is about arrivals.
    """
    if request.arrive_by:
        msg = "a profile is about departures"
        raise RequestError(msg)
    origin = resolve(network, request.origin, "origin")
    destination = resolve(network, request.destination, "destination")
    if isinstance(origin, Shortfall) or isinstance(destination, Shortfall):
        missing = tuple(end for end in (origin, destination) if isinstance(end, Shortfall))
        nowhere = Place(name="", lat=0.0, lon=0.0)
        places = tuple(nowhere if isinstance(end, Shortfall) else end.place
                       for end in (origin, destination))  # fmt: skip
        return _profile(request, places, None, None, missing)
    walk = direct_way(network, request, "walk", origin, destination) if network.streets else None
    walk_s = _seconds(walk) if isinstance(walk, Itinerary) else None
    found, missing = _search(network, request, origin, destination)
    return _profile(request, (origin.place, destination.place), walk_s, found, missing)


def _search(
    network: Network, request: Request, origin: End, destination: End
) -> tuple[tuple[ServiceDay, _Departures] | None, tuple[Shortfall, ...]]:
    day = day_of(network, request)
    if isinstance(day, Shortfall):
        return None, (day,)
    try:
        access = access_of(network, request, origin)
        egress = egress_of(network, request, destination)
        missing = out_of_reach(request, access, egress)
        if missing:
            return None, missing
        return (day, _departures(day, request, access.reach, egress.reach)), ()
    except SearchTooLongError:
        return None, (took_too_long(),)


def _departures(day: ServiceDay, request: Request, access: Reach, egress: Reach) -> _Departures:
    """Those of the window and, by number of rides, the next ones after it."""
    first = day.clock(request.time)
    last = min(first + request.window_s, AFTER - 1)
    rides = rides_of(request)
    inside = day_profile(day, access, egress, first, last, max_rides=rides)
    after = pareto_set(day, access, egress, last + 1, arrive_by=False, max_rides=rides)
    after.sort(key=lambda journey: (journey.departure, journey.arrival))
    following = np.array([(j.departure, j.arrival, len(j.rides)) for j in after], np.int32)
    # What one after the window overtakes isn't inside: its arrival was traced to the later one.
    columns = np.stack([inside.departure, inside.arrival, inside.rides])
    return np.concatenate([columns, following.reshape(-1, 3).T], axis=1)


def _profile(
    request: Request,
    places: tuple[Place, ...],
    walk_s: int | None,
    found: tuple[ServiceDay, _Departures] | None,
    missing: tuple[Shortfall, ...],
) -> TripProfile:
    departure, arrival = np.empty(0, np.int64), np.empty(0, np.int64)
    transfers = np.empty(0, np.int32)
    if found is not None:
        day, journeys = found
        departure = journeys[0].astype(np.int64) + day.zero
        arrival = journeys[1].astype(np.int64) + day.zero
        transfers = (journeys[2] - 1).astype(np.int32)
    end = request.time.astimezone(UTC) + timedelta(seconds=request.window_s)
    return TripProfile(
        origin=places[0],
        destination=places[1],
        first=request.time,
        last=end.astimezone(request.time.tzinfo),
        departure=departure,
        arrival=arrival,
        transfers=transfers,
        walk_s=walk_s,
        shortfalls=missing,
    )


def _seconds(trip: Itinerary) -> int:
    return round(trip.end.timestamp() - trip.start.timestamp())


def shifts(profile: TripProfile, around: datetime, minutes: tuple[int, ...]) -> list[Shift]:
    """What is won by leaving so many minutes later than `around`, within the profile's window."""
    begin = int(around.timestamp())
    at = np.array([begin, *(begin + shift * MINUTE for shift in minutes)], np.int64)
    travel = profile.travel_s(at)
    now, *then = (None if seconds >= UNREACHED else int(seconds) for seconds in travel)
    inside = (at[1:] >= int(profile.first.timestamp())) & (at[1:] <= int(profile.last.timestamp()))
    return [
        Shift(
            minutes=shift,
            departure=datetime.fromtimestamp(int(instant), around.tzinfo),
            travel_s=seconds,
            gain_s=None if now is None or seconds is None else now - seconds,
        )
        for shift, instant, seconds, kept in zip(minutes, at[1:], then, inside, strict=True)
        if kept
    ]


def spread(profile: TripProfile) -> Spread | None:
    """How much the travel time depends on the departure; None where one never gets there."""
    minutes = profile.minutes()
    travel = profile.travel_s(minutes)
    reached = travel < UNREACHED
    if not reached.any():
        return None
    minutes, travel = minutes[reached], travel[reached]
    # The shortest time is that of who leaves just in time, which needn't be on a full minute.
    moments = np.sort(np.concatenate([minutes, profile.departure[: profile.n_inside]]))
    shortest = profile.travel_s(moments)
    best, worst = int(shortest.argmin()), int(travel.argmax())
    return Spread(
        best_at=int(moments[best]),
        best_s=int(shortest[best]),
        worst_at=int(minutes[worst]),
        worst_s=int(travel[worst]),
        median_s=int(np.sort(travel)[(len(travel) - 1) // 2]),
        unreached=int((~reached).sum()),
    )


def next_departure(profile: TripProfile, at: datetime) -> int | None:
    """Which departure who is ready at `at` takes: the first to arrive, of equals the last to leave.

    None where there is none any more.
    """
    first = int(np.searchsorted(profile.departure, int(at.timestamp()), "left"))
    if first == len(profile.departure):
        return None
    arrival = profile.arrival[first:]
    return first + int(np.flatnonzero(arrival == arrival.min())[-1])


def best_departure(
    profile: TripProfile, around: datetime, within_s: int, *, since: datetime | None = None
) -> int | None:
    """Which departure makes the shortest trip at most `within_s` seconds from `around`.

    Of equals the nearest; None where there is none. since: those before aren't looked at.
    """
    departure = profile.departure[: profile.n_inside]
    away = np.abs(departure - int(around.timestamp()))
    near = away <= within_s
    if since is not None:
        near &= departure >= int(since.timestamp())
    inside = np.flatnonzero(near)
    if not inside.size:
        return None
    duration = profile.arrival[inside] - profile.departure[inside]
    return int(inside[np.lexsort((away[inside], duration))[0]])
