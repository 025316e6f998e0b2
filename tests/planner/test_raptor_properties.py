"""What must hold of any town's journeys, whatever the town (B3, B4, I1)."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from generated_town import (
    DAY,
    Features,
    Wishes,
    any_town,
    generated_town,
    reach,
    towns,
)
from numba import types
from timetable_text import FIRST_DATE

from planner.kernels import day_timetable, one_to_all, ping_pong, raptor
from planner.network.shape import UNREACHED
from planner.transit.one_to_all import earliest_arrivals, travel_time_percentiles, window_arrivals
from planner.transit.search import day_profile, pareto_set, range_set, undominated
from planner.transit.service_day import service_day

quickly = towns(0.1)


def ask(town, *, day=None, at=None, arrive_by=False, max_rides=None):
    """The town's own question, but for what is given."""
    time = (town.by if arrive_by else town.at) if at is None else at
    return pareto_set(
        day or town.service_day(), reach(town.access), reach(town.egress), time,
        arrive_by=arrive_by, max_rides=max_rides or town.max_rides,
    )  # fmt: skip


def as_set(journeys):
    """(departure, arrival, rides) of each."""
    return [(j.departure, j.arrival, len(j.rides)) for j in journeys]


def both_ways(town, day=None):
    """The answers to who leaves then and to who must be there then."""
    day = day or town.service_day()
    return as_set(ask(town, day=day)), as_set(ask(town, day=day, arrive_by=True))


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


def assert_as_good(town, now, then):
    """The day `now` serves the town's traveller at least as well as `then`, both ways."""
    assert_as_soon(ask(town, day=now), ask(town, day=then))
    assert_as_late(ask(town, day=now, arrive_by=True), ask(town, day=then, arrive_by=True))


# What is asked


@quickly
@any_town
def test_who_leaves_later_never_arrives_earlier(seed):
    town = generated_town(seed)
    day = town.service_day()
    assert_as_soon(ask(town, day=day), ask(town, day=day, at=town.at + 1 + seed % 7200))


@quickly
@any_town
def test_who_must_arrive_earlier_never_leaves_later(seed):
    town = generated_town(seed)
    day = town.service_day()
    earlier = ask(town, day=day, at=town.by - 1 - seed % 7200, arrive_by=True)
    assert_as_late(ask(town, day=day, arrive_by=True), earlier)


@quickly
@any_town
def test_B4_depart_at_and_arrive_by_are_one_question_from_both_ends(seed):
    """Duality: a journey found from one end is an answer from its other end.

    Where leaving at t finds a journey (d, a, n), arriving by a with up to n rides finds (d, a, n)
    as the latest departure of all; and where arriving by t finds (d, a, n), leaving at d with up
    to n rides finds (d, a, n) as the earliest arrival, the latest departure among its equals.
    """
    town = generated_town(seed)
    day = town.service_day()
    for journey in ask(town, day=day):
        back = ask(town, day=day, at=journey.arrival, arrive_by=True, max_rides=len(journey.rides))
        assert max(as_set(back)) == as_set([journey])[0]
    for journey in ask(town, day=day, arrive_by=True):
        there = ask(town, day=day, at=journey.departure, max_rides=len(journey.rides))
        soonest = min(there, key=lambda j: (j.arrival, -j.departure))
        assert as_set([soonest]) == as_set([journey])


@quickly
@any_town
def test_B4_nobody_waits_at_the_first_stop_nor_idles_at_the_door(seed):
    town = generated_town(seed)
    for arrive_by in (False, True):
        for journey in ask(town, arrive_by=arrive_by):
            first, last = journey.rides[0], journey.rides[-1]
            assert journey.departure + town.access[first.board_stop] == first.departure
            assert last.arrival + town.egress[last.alight_stop] == journey.arrival


@quickly
@any_town
@pytest.mark.parametrize("arrive_by", [False, True])
def test_a_range_is_the_union_of_its_single_questions(arrive_by, seed):
    town = generated_town(seed)
    day = town.service_day()
    at, window = (town.by if arrive_by else town.at), 60 * (seed % 90)
    found, last = range_set(
        day, reach(town.access), reach(town.egress), at,
        arrive_by=arrive_by, max_rides=town.max_rides, window=window, at_least=0,
    )  # fmt: skip
    first, end = sorted((at, at - window if arrive_by else at + window))
    assert last == (first if arrive_by else end)
    singles = [
        journey
        for time in seconds_that_matter(town, at, arrive_by=arrive_by)
        if first <= time <= end
        for journey in ask(town, day=day, at=time, arrive_by=arrive_by)
    ]
    inside = [
        journey
        for journey in undominated(singles)
        if first <= (journey.arrival if arrive_by else journey.departure) <= end
    ]
    assert sorted(as_set(found)) == sorted(as_set(inside))


@quickly
@any_town
def test_a_days_profile_is_the_union_of_its_single_questions(seed):
    town = generated_town(seed)
    day = town.service_day()
    found = day_profile(
        day, reach(town.access), reach(town.egress), 0, DAY, max_rides=town.max_rides
    )
    singles = [
        journey
        for time in seconds_that_matter(town, 0, arrive_by=False)
        if 0 <= time <= DAY
        for journey in ask(town, day=day, at=time)
    ]
    inside = [journey for journey in undominated(singles) if 0 <= journey.departure <= DAY]
    columns = (found.departure.tolist(), found.arrival.tolist(), found.rides.tolist())
    assert list(zip(*columns, strict=True)) == sorted(as_set(inside))


def seconds_that_matter(town, at, *, arrive_by):
    """When some vehicle can be caught, or has brought one there; and the time asked for."""
    calls = [call for _, _, vehicle in town.instances() for call in vehicle.calls]
    if arrive_by:
        ends = town.at_points(town.egress)
        return sorted({t + ends[point] for point, t, _, _, _ in calls if point in ends} | {at})
    ends = town.at_points(town.access)
    return sorted({t - ends[point] for point, _, t, _, _ in calls if point in ends} | {at})


@quickly
@any_town
def test_one_to_all_is_the_earliest_of_single_questions(seed):
    town = generated_town(seed, Features(points=False))
    day, longest = town.service_day(), 12 * 3600
    everywhere = earliest_arrivals(
        day, reach(town.access), town.at, latest=town.at + longest, max_rides=town.max_rides
    )
    for stop, found in enumerate(everywhere.tolist()):
        walks = {a: seconds for (a, b), seconds in town.changes().items() if b == stop}
        single = ask(town.with_(egress=walks | {stop: 0}), day=day)
        times = [journey.arrival for journey in single if journey.arrival <= town.at + longest]
        times += [town.at + town.access[stop]] if stop in town.access else []
        assert found == min(times, default=int(UNREACHED))


@quickly
@any_town
def test_percentiles_rise_with_the_share_and_lie_among_the_travel_times(seed):
    town = generated_town(seed)
    times = list(range(town.at, town.at + 1800, 60 * (1 + seed % 5)))
    arrivals = window_arrivals(
        town.service_day(), reach(town.access), times, longest_s=7200, max_rides=town.max_rides
    )
    percentiles = travel_time_percentiles(arrivals, times, (0, 5, 25, 50, 75, 95, 100))
    assert (percentiles[1:] >= percentiles[:-1]).all()
    for stop, column in enumerate(percentiles.T.tolist()):
        taken = {
            int(UNREACHED) if arrival >= UNREACHED else arrival - time
            for arrival, time in zip(arrivals[:, stop].tolist(), times, strict=True)
        }
        assert set(column) <= taken
        assert (column[0], column[-1]) == (min(taken), max(taken))


@quickly
@any_town
def test_by_way_of_another_stop_is_never_quicker(seed):
    """The triangle inequality: who changes at a stop has no better way through it than at all."""
    town = generated_town(seed, Features(points=False))
    day = town.service_day()
    middle = seed % town.n_stops
    walks = {b: seconds for (a, b), seconds in town.changes().items() if a == middle}
    for first in ask(town.with_(egress={middle: 0}), day=day, max_rides=2):
        onward = town.with_(access=walks, at=first.arrival)
        for second in ask(onward, day=day, max_rides=2) if walks else []:
            rides = len(first.rides) + len(second.rides)
            direct = ask(town, day=day, max_rides=rides)
            assert min(j.arrival for j in direct) <= second.arrival


# What is allowed


@quickly
@any_town
def test_fewer_rides_allowed_only_leave_out_those_with_more(seed):
    town = generated_town(seed)
    day = town.service_day()
    for arrive_by in (False, True):
        every = ask(town, day=day, arrive_by=arrive_by, max_rides=4)
        for most in range(1, 4):
            few = ask(town, day=day, arrive_by=arrive_by, max_rides=most)
            assert as_set(few) == as_set(j for j in every if len(j.rides) <= most)


@quickly
@any_town
def test_B6_more_slack_is_never_better(seed):
    town, rng = generated_town(seed), random.Random(seed)
    less = Wishes(rng.choice([0, 60]), rng.choice([0, 30]), rng.choice([1.0, 1.2]))
    more = Wishes(
        less.min_s + rng.choice([0, 60, 240]),
        less.extra_s + rng.choice([0, 60]),
        less.factor + rng.choice([0.0, 0.5]),
    )
    days = [town.with_(wishes=wishes).service_day() for wishes in (less, more)]
    assert_as_good(town, *days)


@quickly
@any_town
def test_fewer_routes_are_never_better_and_allowing_all_is_no_filter(seed):
    town, rng = generated_town(seed), random.Random(seed)
    net = town.network()
    routes = sorted({trip["route"] for trip in town.trips})
    some = rng.sample(routes, rng.randint(0, len(routes)))
    few = rng.sample(some, rng.randint(0, len(some)))
    town = town.with_(wishes=Wishes())
    everything, *nested = (
        service_day(net, town.date, routes=None if allowed is None else frozenset(allowed))
        for allowed in (None, routes, some, few)
    )
    assert both_ways(town, nested[0]) == both_ways(town, everything)
    assert_as_good(town, nested[0], nested[1])
    assert_as_good(town, nested[1], nested[2])


@quickly
@any_town
def test_banned_routes_are_as_if_they_did_not_run(seed):
    town, rng = generated_town(seed, Features(in_seat=False, wishes=False)), random.Random(seed)
    routes = sorted({trip["route"] for trip in town.trips})
    allowed = frozenset(rng.sample(routes, rng.randint(1, len(routes))))
    found = both_ways(town, service_day(town.network(), town.date, routes=allowed))
    kept = [trip for trip in town.trips if trip["route"] in allowed]
    assert found == both_ways(town.with_(trips=kept))


# What the town is like


@quickly
@any_town
def test_B3_removing_trips_that_no_answer_uses_changes_nothing(seed):
    town, rng = generated_town(seed, Features(in_seat=False)), random.Random(seed)
    day, names = town.service_day(), town.network().timetable.trip_id
    journeys = ask(town, day=day) + ask(town, day=day, arrive_by=True)
    used = {names.get(s.trip) for j in journeys for r in j.rides for s in r.segments}
    kept = [t for t in town.trips if t["trip_id"] in used or rng.random() < 0.5]
    assert both_ways(town.with_(trips=kept)) == both_ways(town, day)


@quickly
@any_town
def test_I1_another_trip_never_makes_it_worse(seed):
    town, rng = generated_town(seed), random.Random(seed)
    model = rng.choice(town.trips)
    later = rng.choice([-3600, -60, 0, 60, 3600])
    calls = [(s, a + later, d + later, board, x) for s, a, d, board, x in model["calls"]]
    another = model | {"trip_id": "another", "block": -1, "calls": calls}
    richer = town.with_(trips=[*town.trips, another])
    assert_as_good(town, richer.service_day(), town.service_day())


@quickly
@any_town
def test_walks_a_second_longer_or_shorter_stay_between_the_two(seed):
    """Jitter is bounded: rounding walks up or down can't do more than rounding all of them."""
    town, rng = generated_town(seed), random.Random(seed)

    def longer(seconds_of):
        paths = {
            pair: None if seconds is None else seconds + seconds_of()
            for pair, seconds in town.footpaths.items()
        }
        return town.with_(footpaths=paths).service_day()

    shortest, jittered, longest = (
        longer(lambda: 0),
        longer(lambda: rng.randint(0, 1)),
        longer(lambda: 1),
    )
    assert_as_good(town, shortest, jittered)
    assert_as_good(town, jittered, longest)


@quickly
@any_town
def test_names_and_numbers_of_stops_points_trips_and_routes_mean_nothing(seed):
    town, rng = generated_town(seed), random.Random(seed)
    found = both_ways(town)
    n_stops, n_points = town.n_stops, town.n_points
    stop = rng.sample(range(n_stops), n_stops)
    point = stop + rng.sample(range(n_stops, n_points), n_points - n_stops)
    route, order = rng.sample(range(20), 20), rng.sample(range(len(town.trips)), len(town.trips))
    trips = [
        trip
        | {
            "route": route[trip["route"]],
            "trip_id": f"other {i}",
            "calls": [(stop[call[0]], *call[1:]) for call in trip["calls"]],
            "points": [point[p] for p in trip["points"]],
        }
        for i, trip in enumerate(town.trips)
    ]
    place = {i: n for n, i in enumerate(order)}
    other = town.with_(
        trips=[trips[i] for i in order],
        stays=[(place[a], place[b]) for a, b in town.stays],
        leaves=[(place[a], place[b]) for a, b in town.leaves],
        point_stop=moved({point[p]: stop[s] for p, s in enumerate(town.point_stop)}),
        lon=moved({stop[s]: lon for s, lon in enumerate(town.lon)}),
        footpaths={(point[a], point[b]): t for (a, b), t in town.footpaths.items()},
        guaranteed=frozenset((point[a], point[b]) for a, b in town.guaranteed),
        access={stop[s]: t for s, t in town.access.items()},
        egress={stop[s]: t for s, t in town.egress.items()},
    )
    assert both_ways(other) == found


def moved(by_number):
    return [by_number[number] for number in range(len(by_number))]


@quickly
@any_town
def test_A12_a_week_later_all_is_the_same(seed):
    town = generated_town(seed)
    weeks = [row[:7] * 2 for row in town.service_days]
    friday = FIRST_DATE + timedelta(days=4)  # late enough for trips of two days before
    town = town.with_(service_days=weeks, date=friday)
    later = town.with_(date=friday + timedelta(days=7))
    assert both_ways(later) == both_ways(town)


@quickly
@any_town
def test_A1_trips_of_the_day_before_24_hours_later_are_the_same_trips(seed):
    town = generated_town(seed).with_(date=FIRST_DATE + timedelta(days=10))
    trips = [
        trip | {"calls": [(s, a + DAY, d + DAY, b, x) for s, a, d, b, x in trip["calls"]]}
        for trip in town.trips
    ]
    days = [[*row[1:], 0] for row in town.service_days]
    assert both_ways(town.with_(trips=trips, service_days=days)) == both_ways(town)


# What is compiled


def signatures_of(kernel):
    """Those that arguments made; a kernel that passes another a number of 32 or 64 bits aside.

    With a cold cache numba also lists those it inferred where a kernel passes another a literal.
    """
    plain = [tuple(map(types.unliteral, signature)) for signature in kernel.signatures]
    return {tuple(types.int64 if isinstance(t, types.Integer) else t for t in one) for one in plain}


@pytest.mark.jit
def test_each_kernel_has_one_signature_whatever_is_asked():
    for seed in range(20):
        town = generated_town(seed)
        day = town.service_day()
        both_ways(town, day)
        window_arrivals(day, reach(town.access), [town.at], longest_s=3600, max_rides=4)
    both_ways(generated_town(0).with_(trips=[], stays=[], leaves=[]))
    for room in (raptor, ping_pong, one_to_all, day_timetable):
        for name, kernel in vars(room).items():
            if hasattr(kernel, "signatures"):
                found = signatures_of(kernel)
                assert len(found) <= 1, (name, found)  # 0: called inside
    for kernel in (
        ping_pong.search_window,
        one_to_all.search_all,
        day_timetable.assign_chains,
        day_timetable.copy_events,
    ):
        assert len(kernel.signatures) == 1
