"""What must hold of any town's journeys, whatever the town (B3, B4, I1)."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numba import types
from test_raptor import WEDNESDAY, as_set, ends, generated_town, reach, vehicles_around
from timetable_text import network

from planner.kernels import day_timetable, raptor
from planner.service_day import service_day
from planner.transit import pareto_set, range_set, undominated

RIDES = 4
ZONES = ("Europe/Paris", "Europe/London")

any_town = given(st.integers(0, 2**32))
quickly = settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))


class Town:
    """A generated town and a question to it."""

    def __init__(self, seed):
        self.rng = random.Random(seed)
        net, trips, self.paths, days = generated_town(self.rng)
        self.trips = [trip | {"trip_id": f"T{i}"} for i, trip in enumerate(trips)]
        self.days = [(week * 2)[:14] for week in (row[:7] for row in days)]  # each week the same
        self.n_stops = len(net.stops.lat)
        self.access, self.egress = ends(self.rng, self.n_stops), ends(self.rng, self.n_stops)
        self.at = self.rng.choice([0, 7, 8, 9, 23]) * 3600 + self.rng.randint(0, 60) * 60
        self.net = self.build()
        self.day = service_day(self.net, WEDNESDAY)

    def build(self, **changed):
        parts = {"trips": self.trips, "footpaths": self.paths} | changed
        return network(**parts, n_stops=self.n_stops, service_days=self.days, zones=ZONES)

    def ask(self, day=None, *, at=None, arrive_by=False, max_rides=RIDES):
        return pareto_set(
            day or self.day, reach(self.access), reach(self.egress),
            self.at if at is None else at, arrive_by=arrive_by, max_rides=max_rides,
        )  # fmt: skip

    def every_second_that_matters(self, *, arrive_by):
        """When some vehicle can be caught, or has brought one there; and the time asked for."""
        vehicles = vehicles_around(self.trips, self.days, WEDNESDAY)
        calls = [call for vehicle in vehicles for call in vehicle.calls]
        if arrive_by:
            there = {t + self.egress[stop] for stop, t, _, _, _ in calls if stop in self.egress}
        else:
            there = {t - self.access[stop] for stop, _, t, _, _ in calls if stop in self.access}
        return there | {self.at}


def criteria(journeys):
    """(departure, arrival, rides) of each, in order."""
    return sorted(as_set(journeys))


def assert_as_soon(now, then):
    """Each of `then` has one of `now` that is there as soon by as few rides."""
    for journey in then:
        assert any(n.arrival <= journey.arrival and len(n.rides) <= len(journey.rides) for n in now)


def assert_as_late(now, then):
    """Each of `then` has one of `now` that leaves as late and takes as few rides."""
    for journey in then:
        assert any(
            n.departure >= journey.departure and len(n.rides) <= len(journey.rides) for n in now
        )


@quickly
@any_town
def test_who_leaves_later_never_arrives_earlier(seed):
    town = Town(seed)
    assert_as_soon(town.ask(), town.ask(at=town.at + town.rng.randint(1, 7200)))


@quickly
@any_town
def test_who_must_arrive_earlier_never_leaves_later(seed):
    town = Town(seed)
    earlier = town.ask(at=town.at - town.rng.randint(1, 7200), arrive_by=True)
    assert_as_late(town.ask(arrive_by=True), earlier)


@quickly
@any_town
def test_B4_depart_at_and_arrive_by_are_one_question_from_both_ends(seed):
    town = Town(seed)
    for journey in town.ask():
        back = town.ask(at=journey.arrival, arrive_by=True, max_rides=len(journey.rides))
        assert max(as_set(back)) == as_set([journey])[0]
    for journey in town.ask(arrive_by=True):
        there = town.ask(at=journey.departure, max_rides=len(journey.rides))
        soonest = min(there, key=lambda j: (j.arrival, -j.departure))
        assert as_set([soonest]) == as_set([journey])


@quickly
@any_town
def test_B4_nobody_waits_at_the_first_stop_nor_idles_at_the_door(seed):
    town = Town(seed)
    for arrive_by in (False, True):
        for journey in town.ask(arrive_by=arrive_by):
            first, last = journey.rides[0], journey.rides[-1]
            assert journey.departure + town.access[first.board_stop] == first.departure
            assert last.arrival + town.egress[last.alight_stop] == journey.arrival


@quickly
@any_town
@pytest.mark.parametrize("arrive_by", [False, True])
def test_a_range_is_the_union_of_its_single_questions(arrive_by, seed):
    town = Town(seed)
    window = town.rng.choice([0, 1800, 5400])
    found, last = range_set(
        town.day, reach(town.access), reach(town.egress), town.at,
        arrive_by=arrive_by, max_rides=RIDES, window=window, at_least=0,
    )  # fmt: skip
    first, end = sorted((town.at, town.at - window if arrive_by else town.at + window))
    assert last == (first if arrive_by else end)
    times = town.every_second_that_matters(arrive_by=arrive_by)
    singles = [
        journey
        for time in sorted(times)
        if first <= time <= end
        for journey in town.ask(at=time, arrive_by=arrive_by)
    ]
    inside = [
        journey
        for journey in undominated(singles)
        if first <= (journey.arrival if arrive_by else journey.departure) <= end
    ]
    assert criteria(found) == criteria(inside)


@quickly
@any_town
def test_B3_removing_trips_that_no_answer_uses_changes_nothing(seed):
    town = Town(seed)
    found = town.ask() + town.ask(arrive_by=True)
    used = {town.net.timetable.trip_id.get(s.trip) for j in found for r in j.rides for s in r.segments}
    kept = [t for t in town.trips if t["trip_id"] in used or town.rng.random() < 0.5]
    smaller = service_day(town.build(trips=kept), WEDNESDAY)
    assert criteria(town.ask(smaller) + town.ask(smaller, arrive_by=True)) == criteria(found)


@quickly
@any_town
def test_I1_another_trip_never_makes_it_worse(seed):
    town = Town(seed)
    before = service_day(town.build(trips=town.trips[1:]), WEDNESDAY)
    assert_as_soon(town.ask(), town.ask(before))
    assert_as_late(town.ask(arrive_by=True), town.ask(before, arrive_by=True))


@quickly
@any_town
def test_fewer_rides_allowed_only_leave_out_those_with_more(seed):
    town = Town(seed)
    for arrive_by in (False, True):
        every = town.ask(arrive_by=arrive_by)
        for most in range(1, RIDES):
            few = town.ask(arrive_by=arrive_by, max_rides=most)
            assert criteria(few) == criteria(j for j in every if len(j.rides) <= most)


@quickly
@any_town
def test_names_and_numbers_of_stops_and_trips_mean_nothing(seed):
    town = Town(seed)
    found = criteria(town.ask()), criteria(town.ask(arrive_by=True))
    number = town.rng.sample(range(town.n_stops), town.n_stops)
    route = town.rng.sample(range(10), 10)
    trips = [
        trip | {"route": route[trip["route"]], "trip_id": f"other {i}",
                "calls": [(number[call[0]], *call[1:]) for call in trip["calls"]]}
        for i, trip in enumerate(town.trips)
    ]  # fmt: skip
    paths = {(number[a], number[b]): t for (a, b), t in town.paths.items()}
    town.access = {number[s]: t for s, t in town.access.items()}
    town.egress = {number[s]: t for s, t in town.egress.items()}
    town.rng.shuffle(trips)
    day = service_day(town.build(trips=trips, footpaths=paths), WEDNESDAY)
    assert (criteria(town.ask(day)), criteria(town.ask(day, arrive_by=True))) == found


@quickly
@any_town
def test_A12_a_week_later_all_is_the_same(seed):
    town = Town(seed)
    later = service_day(town.net, WEDNESDAY + timedelta(days=7))
    for arrive_by in (False, True):
        found = town.ask(arrive_by=arrive_by)
        assert criteria(town.ask(later, arrive_by=arrive_by)) == criteria(found)


def signatures_of(kernel):
    """Those that arguments made.

    With a cold cache numba also lists those it inferred where a kernel passes another a literal.
    """
    return {tuple(map(types.unliteral, signature)) for signature in kernel.signatures}


@pytest.mark.jit
def test_each_kernel_has_one_signature_whatever_is_asked():
    for seed in range(20):
        town = Town(seed)
        for arrive_by in (False, True):
            town.ask(arrive_by=arrive_by)
    town.ask(service_day(town.build(trips=[]), WEDNESDAY))
    for room in (raptor, day_timetable):
        for name, kernel in vars(room).items():
            if hasattr(kernel, "signatures"):
                found = signatures_of(kernel)
                assert len(found) <= 1, (name, found)  # 0: called inside
    for kernel in (raptor.search, day_timetable.assign_chains, day_timetable.copy_events):
        assert len(kernel.signatures) == 1
