"""Answers a sheet of questions with Trajets: `python -m web.bench.answer_trajets SHEET ANSWERS`.

Its own process, like every other system's, so that time and memory are those of serving alone.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

import numpy as np

from planner.ends import End, resolve, stops_at_hand
from planner.itinerary import Shortfall
from planner.network.profiles import get_profile
from planner.network.shape import UNREACHED
from planner.network.store import Network, open_network
from planner.network.straight_walk import beelines_m
from planner.plan import plan
from planner.request import Coordinate, Request
from planner.stop_ids import parse_stop_ref
from planner.streets import route as streets
from planner.streets.path import StreetPath
from planner.transit.one_to_all import earliest_arrivals, window_arrivals
from planner.transit.search import (
    LONGEST_WINDOW,
    Journey,
    Reach,
    day_profile,
    find_journeys,
    pareto_set,
    range_set,
)
from planner.transit.service_day import AFTER, ServiceDay, service_day
from web.bench.machine import resident_mb
from web.bench.sheet import WARM_UP, Answers, JobAnswers, Question, TimetableSheet, read_sheet

HOUR: Final = 3600
MINUTES: Final = 60  # departures of one_to_all_60, one minute apart
LONGEST_S: Final = 2 * HOUR  # trips that one_to_all_60 follows
DAY_S: Final = 24 * HOUR
_COUNTS: Final = ("rounds", "patterns_scanned", "positions_visited", "labels_improved")


@dataclass(frozen=True, slots=True)
class Town:
    """What is asked, and how."""

    network: Network
    day: ServiceDay
    sheet: TimetableSheet


@dataclass(frozen=True, slots=True)
class StopTrip:
    """A question from stop to stop, its ends resolved before the clock starts."""

    access: Reach
    egress: Reach
    time: int


@dataclass(frozen=True, slots=True)
class PlaceTrip:
    """A question from door to door, of which nothing is known before the clock starts."""

    origin: Coordinate
    destination: Coordinate
    time: int


Trip = TypeVar("Trip", StopTrip, PlaceTrip)


def one_departure(town: Town, trip: StopTrip) -> int | None:
    """The Pareto set of arrival and rides; its earliest arrival."""
    found = pareto_set(
        town.day, trip.access, trip.egress, trip.time,
        arrive_by=False, max_rides=town.sheet.max_rides,
    )  # fmt: skip
    return _earliest(found)


def range_1h(town: Town, trip: StopTrip) -> int | None:
    """All journeys that leave within an hour; how many."""
    return _range(town, trip, HOUR)


def range_2h(town: Town, trip: StopTrip) -> int | None:
    """All journeys that leave within two hours; how many."""
    return _range(town, trip, 2 * HOUR)


def profile_of_day(town: Town, trip: StopTrip) -> int | None:
    """All journeys that leave on the day; how many."""
    profile = day_profile(
        town.day, trip.access, trip.egress, 0, DAY_S, max_rides=town.sheet.max_rides
    )
    return len(profile.departure) or None


def one_to_all(town: Town, trip: StopTrip) -> int | None:
    """The earliest arrival at every stop; at how many."""
    arrival = earliest_arrivals(
        town.day, trip.access, trip.time, latest=AFTER, max_rides=town.sheet.max_rides
    )
    return int((arrival < UNREACHED).sum()) or None


def one_to_all_60(town: Town, trip: StopTrip) -> int | None:
    """The earliest arrival at every stop for each minute of an hour; at how many, ever."""
    times = trip.time + 60 * np.arange(MINUTES, dtype=np.int32)
    arrivals = window_arrivals(
        town.day, trip.access, times, longest_s=LONGEST_S, max_rides=town.sheet.max_rides
    )
    return int((arrivals < UNREACHED).any(axis=0).sum()) or None


def door_to_door(town: Town, trip: PlaceTrip) -> int | None:
    """The planner's whole answer: the Pareto set with its legs and lines, and the walk."""
    zone = ZoneInfo(town.network.manifest["timezone"])
    sheet = town.sheet
    request = Request(
        origin=trip.origin, destination=trip.destination,
        time=town.day.instant(trip.time).astimezone(zone),
        modes=frozenset({"walk", "transit"}), max_transfers=sheet.max_rides - 1,
        max_access_s=sheet.max_walk_s, max_egress_s=sheet.max_walk_s,
    )  # fmt: skip
    answer = plan(town.network, request)
    ends = [town.day.clock(one.end) for one in (*answer.itineraries, *answer.direct)]
    return min(ends, default=None)


def door_to_door_search(town: Town, trip: PlaceTrip) -> int | None:
    """The Pareto set without its legs, and the walk where that could be quicker."""
    network, day, sheet = town.network, town.day, town.sheet
    origin = resolve(network, trip.origin, "origin")
    destination = resolve(network, trip.destination, "destination")
    if isinstance(origin, Shortfall) or isinstance(destination, Shortfall):
        return None
    arrival = _by_transit(day, network, sheet, origin, destination, trip.time)
    return _walked_sooner(network, trip, arrival)


STOP_JOBS: Final[dict[str, Callable[[Town, StopTrip], int | None]]] = {
    "one_departure": one_departure,
    "range_1h": range_1h,
    "range_2h": range_2h,
    "day_profile": profile_of_day,
    "one_to_all": one_to_all,
    "one_to_all_60": one_to_all_60,
}
PLACE_JOBS: Final[dict[str, Callable[[Town, PlaceTrip], int | None]]] = {
    "door_to_door": door_to_door,
    "door_to_door_search": door_to_door_search,
}


def answer(sheet: TimetableSheet) -> Answers:
    """Open the network, cut the day and answer every job."""
    start = perf_counter()
    network = open_network(Path(sheet.network))
    opened = perf_counter() - start
    date_asked = date.fromisoformat(sheet.date)
    service_day(network, date_asked - timedelta(days=1))  # loads the kernels
    start = perf_counter()
    day = service_day(network, date_asked)
    sliced = perf_counter() - start
    town = Town(network, day, sheet)
    jobs = {}
    for name, asked in sheet.jobs.items():
        if name in STOP_JOBS:
            trips = [_stop_trip(network, day, question) for question in asked]
            jobs[name] = _time(town, STOP_JOBS[name], trips)
            if name in _WINDOWS:
                jobs[name].counts.update(_count(town, trips, _WINDOWS[name]))
        else:
            places = [_place_trip(question) for question in asked]
            jobs[name] = _time(town, PLACE_JOBS[name], places)
    about = {
        "open_s": round(opened, 3), "slice_s": round(sliced, 3),
        "stops": len(network.stops.lat), "patterns": len(day.forward.n_runs),
        "trips": len(day.runs.trip), "events": len(day.forward.events) // 2,
    }  # fmt: skip
    return Answers(version("trajets"), opened + sliced, resident_mb(), about, jobs)


# Seconds of departures of the jobs whose work can be counted.
_WINDOWS: Final = {"one_departure": 0, "range_1h": HOUR, "range_2h": 2 * HOUR}


def _count(town: Town, trips: list[StopTrip], window: int) -> dict[str, float]:
    """The work of a search, on average: what tells one algorithm from another on any machine."""
    counts = np.zeros(len(_COUNTS))
    for trip in trips:
        counts += find_journeys(
            town.day, trip.access, trip.egress, trip.time, arrive_by=False,
            max_rides=town.sheet.max_rides, window=window, longest=LONGEST_WINDOW,
        ).counts  # fmt: skip
    return dict(zip(_COUNTS, (counts / len(trips)).round(1).tolist(), strict=True))


def _time(town: Town, ask: Callable[[Town, Trip], int | None], trips: list[Trip]) -> JobAnswers:
    """Ask one after another, the first ones once more before the clock runs."""
    for trip in trips[:WARM_UP]:
        ask(town, trip)
    spent, arrivals = [], []
    for trip in trips:
        start = perf_counter()
        arrivals.append(ask(town, trip))
        spent.append(1000 * (perf_counter() - start))
    return JobAnswers(spent, arrivals)


def _range(town: Town, trip: StopTrip, window: int) -> int | None:
    found, _ = range_set(
        town.day, trip.access, trip.egress, trip.time,
        arrive_by=False, max_rides=town.sheet.max_rides, window=window, at_least=0,
    )  # fmt: skip
    return len(found) or None


def _earliest(journeys: list[Journey]) -> int | None:
    return min((journey.arrival for journey in journeys), default=None)


def _by_transit(  # noqa: PLR0917 - a question and where it is asked
    day: ServiceDay,
    network: Network,
    sheet: TimetableSheet,
    origin: End,
    destination: End,
    time: int,
) -> int | None:
    walk = frozenset({"walk"})
    access = stops_at_hand(
        network, origin, day.footpaths,
        modes=walk, step_free=False, max_s=sheet.max_walk_s, backward=False,
    )  # fmt: skip
    egress = stops_at_hand(
        network, destination, day.mirrored_footpaths,
        modes=walk, step_free=False, max_s=sheet.max_walk_s, backward=True,
    )  # fmt: skip
    found = pareto_set(
        day, access.reach, egress.reach, time, arrive_by=False, max_rides=sheet.max_rides
    )
    return _earliest(found)


def _walked_sooner(network: Network, trip: PlaceTrip, arrival: int | None) -> int | None:
    """The arrival on foot where that is earlier, which is searched only where it may be."""
    longest = 4 * HOUR if arrival is None else arrival - trip.time
    ends = (trip.origin, trip.destination)
    (lat, other_lat), (lon, other_lon) = np.array([(end.lat, end.lon) for end in ends]).T
    straight_s = beelines_m(lat, lon, other_lat, other_lon) * 3.6 / get_profile("walk").speed_kmh
    if straight_s > longest:
        return arrival
    path = streets.route(network, *ends, "walk", max_s=longest)
    return trip.time + path.duration if isinstance(path, StreetPath) else arrival


def _stop_trip(network: Network, day: ServiceDay, question: Question) -> StopTrip:
    """From the quays of one station to those of the other, and what feeds say is at hand there."""
    reaches = []
    for stop_id, backward in ((question.from_stop, False), (question.to_stop, True)):
        end = resolve(
            network, parse_stop_ref(network, stop_id), "destination" if backward else "origin"
        )
        assert isinstance(end, End), f"the sheet names stop {stop_id!r}"  # noqa: S101 - an invariant
        footpaths = day.mirrored_footpaths if backward else day.footpaths
        near = stops_at_hand(
            network, end, footpaths, modes=frozenset(), step_free=False, max_s=HOUR,
            backward=backward,
        )  # fmt: skip
        reaches.append(near.reach)
    return StopTrip(reaches[0], reaches[1], question.time)


def _place_trip(question: Question) -> PlaceTrip:
    return PlaceTrip(
        Coordinate(question.from_lat, question.from_lon),
        Coordinate(question.to_lat, question.to_lon),
        question.time,
    )


if __name__ == "__main__":
    answer(read_sheet(Path(sys.argv[1]), TimetableSheet)).write(Path(sys.argv[2]))
