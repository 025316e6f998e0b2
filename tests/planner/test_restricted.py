"""The restricted Pareto set with a third criterion: drawn, and against every journey there is."""

from __future__ import annotations

import math
import random
import tomllib
from dataclasses import replace
from datetime import timedelta
from importlib.resources import files

import naive_restricted as slow
import numpy as np
import pytest
from generated_town import any_town, generated_town, reach, towns
from test_oracle import assert_possible
from timetable_text import FIRST_DATE, seconds, timetable

from planner.co2 import factor_of, list_factors, source
from planner.itinerary import SearchTooLongError
from planner.kernels import mc_bounds, mc_raptor, raptor
from planner.network.store import frozen
from planner.transit.criteria import Criterion, criterion_of
from planner.transit.restricted import Limits, OnFoot, restricted_range, restricted_set
from planner.transit.search import pareto_set
from planner.transit.service_day import service_day


def clock(t):
    return f"{t // 3600}:{t % 3600 // 60:02}"


def journeys(net, at="8:00", *, name="walk", origin="A", destination="D", **options):
    """Each journey as one string: its ends, its stops and its cost."""
    stops = list(net.stops.stop_id.list_all())
    day = service_day(net, FIRST_DATE)
    preferred = options.pop("preferred", frozenset())
    found = restricted_set(
        day, reach({stops.index(origin): 0}), reach({stops.index(destination): 0}), seconds(at),
        **({"arrive_by": False, "max_rides": 4} | options),
        criterion=criterion_of(net, day, name, preferred),
    )  # fmt: skip
    return [
        f"{clock(j.journey.departure)} "
        + " ".join(stops[r.board_stop] + stops[r.alight_stop] for r in j.journey.rides)
        + f" {clock(j.journey.arrival)}, {j.cost}"
        for j in found
    ]


TWO_WAYS = """
    A     B
    8:00  8:10
    --
    C     D
    8:20  8:30
    --
    B     D
    8:12  {}
    """


def test_less_walking_for_a_few_minutes_more():
    net = timetable(TWO_WAYS.format("8:40"), walks="B 5m C")
    assert journeys(net) == ["8:00 AB CD 8:30, 300", "8:00 AB BD 8:40, 0"]


def test_what_comes_later_than_the_slack_is_left_out():
    net = timetable(TWO_WAYS.format("8:41"), walks="B 5m C")
    assert journeys(net) == ["8:00 AB CD 8:30, 300"]
    both = ["8:00 AB CD 8:30, 300", "8:00 AB BD 8:41, 0"]
    assert journeys(net, limits=Limits(slack_s=660)) == both
    assert journeys(net, limits=Limits(slack_share=0.37)) == both  # 11 minutes of 30


def test_to_arrive_by_a_time_the_slack_is_before_the_latest_departure():
    text = """
        A     B
        8:20  8:25
        --
        C     D
        8:40  8:50
        --
        A     E
        {}    8:20
        --
        E     D
        8:22  8:55
        """
    both = ["8:20 AB CD 8:50, 300", "8:10 AE ED 8:55, 0"]
    walks = "B 5m C"
    assert journeys(timetable(text.format("8:10"), walks), "9:00", arrive_by=True) == both
    assert journeys(timetable(text.format("8:09"), walks), "9:00", arrive_by=True) == both[:1]


THREE_LEGS = """
    A     D
    8:05  8:30
    --
    A     B
    8:05  8:10
    --
    B     C
    8:15  8:20
    --
    C     D
    8:25  8:35
    """


def test_more_rides_than_the_slack_are_left_out():
    options = {"name": "preferred", "preferred": frozenset({1, 2, 3})}
    net = timetable(THREE_LEGS)
    assert journeys(net, **options) == ["8:05 AD 8:30, 1500"]
    options["limits"] = Limits(slack_rides=2)
    assert journeys(net, **options) == ["8:05 AD 8:30, 1500", "8:05 AB BC CD 8:35, 0"]
    assert journeys(net, **options, max_rides=2) == ["8:05 AD 8:30, 1500"]


def test_without_slack_there_are_the_anchors_each_at_the_least_cost():
    net = timetable(
        """
        A     B
        8:00  8:10
        --
        C     D
        8:20  8:30
        --
        A     E
        8:00  8:15
        --
        E     D
        8:20  8:30
        --
        A     D
        8:00  8:50
        """,
        walks="B 5m C",
    )
    none = Limits(slack_s=0, slack_share=0, slack_rides=0)
    assert journeys(net, limits=none) == ["8:00 AE ED 8:30, 0", "8:00 AD 8:50, 0"]


def test_changing_at_one_stop_is_not_walking():
    net = timetable(
        """
        A     B
        8:00  8:10
        --
        B     D
        8:20  8:30
        """,
        transfer_time=120,
    )
    assert journeys(net) == ["8:00 AB BD 8:30, 0"]


def test_who_may_not_walk_far_takes_what_is_slower_by_far():
    net = timetable(TWO_WAYS.format("11:30"), walks="B 5m C")
    assert journeys(net, max_walk_s=300) == ["8:00 AB CD 8:30, 300"]
    assert journeys(net, max_walk_s=299) == ["8:00 AB BD 11:30, 0"]
    assert journeys(timetable("A  B\n8:00  8:10"), destination="B", max_walk_s=0) == [
        "8:00 AB 8:10, 0"
    ]


def test_who_has_walked_less_may_go_on_though_it_cost_more():
    net = timetable(
        """
        A     B
        8:00  8:10
        --
        A     C
        8:00  8:15
        --
        C     D
        8:20  8:30
        --
        E     F
        8:40  8:50
        """,
        walks="B 5m C, D 5m E",
    )
    options = {"name": "preferred", "preferred": frozenset({0, 2, 3}), "destination": "F"}
    assert journeys(net, **options) == ["8:00 AB CD EF 8:50, 0"]
    assert journeys(net, **options, max_walk_s=300) == ["8:00 AC CD EF 8:50, 900"]


def test_ways_to_the_stops_count_unless_they_are_cycled():
    net = timetable("A     D\n8:05  8:30")
    day = service_day(net, FIRST_DATE)

    def walked(on_foot):
        return restricted_set(
            day, reach({0: 200}), reach({1: 30}), seconds("8:00"), arrive_by=False, max_rides=4,
            criterion=criterion_of(net, day, "walk"), on_foot=on_foot,
        )[0].walked  # fmt: skip

    assert walked(OnFoot()) == 230
    assert walked(OnFoot(access=np.zeros(1, np.int32))) == 30
    assert walked(OnFoot(np.array([50], np.int32), np.array([0], np.int32))) == 50


def test_rides_are_as_late_as_they_can_be_caught():
    net = timetable("""
        A     B
        8:00  8:10
        8:10  8:20
        8:20  8:30
        --
        B     D
        8:25  8:40
        """)
    assert journeys(net) == ["8:10 AB BD 8:40, 0"]


def test_rides_are_as_early_as_they_can_be_caught_to_arrive_by_a_time():
    net = timetable("""
        A     B
        8:00  8:10
        --
        B     D
        8:15  8:25
        8:25  8:35
        """)
    assert journeys(net, "9:00", arrive_by=True) == ["8:00 AB BD 8:25, 0"]


def test_a_range_asks_again_after_each_departure():
    net = timetable(
        """
        A     B
        8:00  8:10
        8:30  8:40
        --
        C     D
        8:20  8:30
        8:50  9:00
        --
        B     D
        8:12  8:40
        8:42  9:10
        """,
        walks="B 5m C",
    )
    day = service_day(net, FIRST_DATE)
    found, last = restricted_range(
        day, reach({0: 0}), reach({3: 0}), seconds("7:50"),
        arrive_by=False, max_rides=4, window=3600, at_least=1,
        criterion=criterion_of(net, day, "walk"),
    )  # fmt: skip
    assert last == seconds("8:50")
    assert [(clock(j.journey.departure), clock(j.journey.arrival), j.cost) for j in found] == [
        ("8:00", "8:30", 300), ("8:00", "8:40", 0), ("8:30", "9:00", 300), ("8:30", "9:10", 0),
    ]  # fmt: skip


def test_a_range_counts_those_that_the_criterion_is_not_needed_for():
    net = timetable(
        """
        A     B     D
        8:09  8:10  8:40
        8:19  8:20  8:50
        8:29  8:30  9:00
        --
        A     D
        8:12  8:30
        8:22  8:40
        8:32  8:50
        """
    )
    day = service_day(net, FIRST_DATE)

    def leaving(at_least):
        found, _ = restricted_range(
            day, reach({0: 0}), reach({2: 0}), seconds("8:00"),
            arrive_by=False, max_rides=4, window=60, at_least=at_least,
            criterion=criterion_of(net, day, "preferred", frozenset({0})),
        )  # fmt: skip
        return [clock(one.journey.departure) for one in found]

    assert leaving(0) == []
    assert leaving(1) == ["8:09", "8:12"]
    assert leaving(2) == ["8:09", "8:12", "8:19", "8:22"]
    assert leaving(3) == ["8:09", "8:12", "8:19", "8:22", "8:29", "8:32"]


def test_a_search_that_is_too_long_is_given_up(monkeypatch):
    net = timetable(TWO_WAYS.format("8:40"), walks="B 5m C")
    monkeypatch.setattr("planner.transit.restricted.MAX_POSITIONS", 1)
    with pytest.raises(SearchTooLongError):
        journeys(net)


def test_nothing_runs_nothing_is_found():
    net = timetable("A     D\n8:05  8:30")
    assert journeys(net, origin="D", destination="A") == []
    assert journeys(net, origin="D", destination="A", max_walk_s=100) == []


def test_H8_factors_are_those_of_the_source_by_route_type():
    usage = {0: 3.8, 1: 4.2, 2: 6.6, 3: 113.5, 11: 9.5, 101: 2.3, 106: 22.9, 401: 4.2, 715: 113.5}
    assert {kind: factor_of(kind).usage for kind in usage} == usage
    assert factor_of(1).total == pytest.approx(4.44)
    assert factor_of(9999) == list_factors()["other"]
    assert all(factor.assumed for factor in (factor_of(4), factor_of(7), factor_of(1501)))
    assert "ADEME" in source().name
    assert source().url.startswith("https://")
    assert source().date.year == 2026


def test_each_route_type_has_one_factor():
    text = (files("planner") / "co2.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    types = [one for row in table.values() for one in row.get("route_types", [])]
    kinds = [n for one in types for n in range(int(one.split("-")[0]), int(one.split("-")[-1]) + 1)]
    assert len(kinds) == len(set(kinds))


def test_co2_is_tenths_of_a_gram_by_straight_kilometres_of_each_line():
    net = timetable("""
        A     B     C
        8:05  8:15  8:30
        --
        A     C
        8:05  8:40
        """)
    # 0.01 degrees of longitude between stops, at 48.82 degrees north.
    metres = 6_371_008.8 * math.radians(0.02) * math.cos(math.radians(48.82))
    bus = round(metres / 1000 * 113.5 * 10)
    metro = round(metres / 1000 * 4.2 * 10)
    types = frozen(np.array([3, 1]), np.int32)
    net = replace(net, routes=net.routes._replace(route_type=types))
    assert journeys(net, name="co2", destination="C") == [
        f"8:05 AC 8:30, {bus}", f"8:05 AC 8:40, {metro}",
    ]  # fmt: skip
    unknown = replace(net, stops=net.stops._replace(lat=frozen(np.full(3, np.nan), np.float64)))
    assert journeys(unknown, name="co2", destination="C") == ["8:05 AC 8:30, 0"]


def test_days_that_share_their_patterns_share_their_costs():
    net = timetable("A     D\n8:05  8:30\n--\nA  D\n8:05  8:40")
    day = service_day(net, FIRST_DATE)
    masked = service_day(net, FIRST_DATE, routes=frozenset({0}))
    assert criterion_of(net, day, "co2") is criterion_of(net, masked, "co2")
    other = service_day(net, FIRST_DATE + timedelta(days=1))
    assert criterion_of(net, day, "co2") is not criterion_of(net, other, "co2")


class Question:
    """A generated town, what its rides cost, and every journey in it."""

    def __init__(self, seed):
        self.town = generated_town(seed)
        self.rng = random.Random(seed)
        self.costly = self.rng.random() < 0.7
        self.weight = self.rng.choice([0, 1, 1, 3])
        self.max_rides = min(self.town.max_rides, 3)
        slack_s = self.rng.choice([0, 600, 3600, 7200])
        share = self.rng.choice([0, 0.25]) if slack_s else 0
        self.limits = Limits(slack_s, share, self.rng.choice([0, 1, 1, 2]))
        self.max_walk_s = self.rng.choice([None, None, 0, 60, 400, 800])
        self.day = self.town.service_day()
        self.ends = reach(self.town.access), reach(self.town.egress)
        self.hops = {}

    def hop(self, route, position):
        """What it costs to come to a call of a route's trips; 0 for one that follows in-seat."""
        if not self.costly:
            return 0
        return self.hops.setdefault((route, position), self.rng.choice([0, 0, 1, 30, 100, 500]))

    def criterion(self):
        """The hops summed up along the patterns of the day."""
        day = self.day
        costs = []
        for pattern, run in enumerate(day.forward.run_first.tolist()):
            first, end = day.forward.stop_offset[pattern : pattern + 2].tolist()
            routes = day.call_route[first:end].tolist()
            begins = day.runs.first_call[day.runs.part_offset[run] : day.runs.part_offset[run + 1]]
            total, position = 0, -1
            for call in range(end - first):
                position = 0 if call in begins else position + 1
                total += self.hop(routes[call], position) if call else 0
                costs.append(total)
        return Criterion.of(day, np.array(costs, np.int32), self.weight)

    def rides(self):
        """Every way of sitting in a vehicle, with what it costs."""
        instances = self.town.instances()
        following = {}
        for i, j in self.town.onward(instances):
            following.setdefault(i, []).append(j)
        routes = [self.town.trips[i]["route"] for _, i, _ in instances]
        vehicles = [vehicle for _, _, vehicle in instances]

        def ahead(i, position, cost):
            for n, (point, arrives, _, _, may_alight) in enumerate(vehicles[i].calls):
                if n >= position:
                    cost += self.hop(routes[i], n)
                    if may_alight and n > 0:
                        yield point, arrives, cost
            for j in following.get(i, ()):
                yield from ahead(j, 0, cost)

        return sorted({
            slow.Ride(point, leaves, *there)
            for i, vehicle in enumerate(vehicles)
            for position, (point, _, leaves, may_board, _) in enumerate(vehicle.calls)
            if may_board and position < len(vehicle.calls) - 1
            for there in ahead(i, position + 1, 0)
        })  # fmt: skip

    def journeys(self):
        town = self.town
        return slow.all_journeys(
            self.rides(), town.changes(), town.at_points(town.access), town.at_points(town.egress),
            self.max_rides, weight=self.weight,
            # The slack that the traveller wants is waited.
            on_foot=lambda a, b: (
                0 if town.point_stop[a] == town.point_stop[b] else town.footpaths[a, b]
            ),
        )  # fmt: skip

    def options(self):
        return {
            "max_rides": self.max_rides, "criterion": self.criterion(), "limits": self.limits,
            "max_walk_s": self.max_walk_s,
        }  # fmt: skip


def criteria(costed):
    return slow.Trip(
        costed.journey.departure, costed.journey.arrival,
        len(costed.journey.rides), costed.cost, costed.walked,
    )  # fmt: skip


@pytest.mark.jit
@towns()
@any_town
def test_agrees_with_every_journey_of_generated_towns(seed):
    question = Question(seed)
    every, options = question.journeys(), question.options()
    limits = question.limits
    for arrive_by, at in ((False, question.town.at), (True, question.town.by)):
        found = restricted_set(question.day, *question.ends, at, arrive_by=arrive_by, **options)
        trips = [criteria(one) for one in found]
        assert {(t.departure if arrive_by else t.arrival, t.rides, t.cost) for t in trips} == (
            slow.restricted(
                every, at, arrive_by=arrive_by,
                slack=limits.slack, slack_rides=limits.slack_rides, max_walk=question.max_walk_s,
            )
        )  # fmt: skip
        assert len(trips) == len(set(trips))
        assert set(trips) <= every
        assert [t.arrival for t in trips] == sorted(t.arrival for t in trips)
        for one in found:
            assert_possible(question.town, one.journey)


@pytest.mark.jit
@towns(0.25)
@any_town
def test_ranges_hold_the_best_of_every_second_of_generated_towns(seed):
    question = Question(seed)
    most = 2**30 if question.max_walk_s is None else question.max_walk_s
    every = {trip for trip in question.journeys() if trip.walked <= most}
    options, limits = question.options(), question.limits
    window = 60 * (seed % 60)
    for arrive_by, at in ((False, question.town.at), (True, question.town.by)):
        found, last = restricted_range(
            question.day, *question.ends, at,
            arrive_by=arrive_by, window=window, at_least=0, **options,
        )  # fmt: skip
        assert abs(last - at) == window
        trips = [criteria(one) for one in found]
        assert set(trips) <= every
        assert not any(beats(a, b) for a in trips for b in trips if a is not b)
        allowed = set()
        for second in slow.asked(every, at, window, arrive_by=arrive_by):
            able = [trip for trip in every if leaves_in_time(trip, second, arrive_by=arrive_by)]
            kept = slow.restricted(
                able, second, arrive_by=arrive_by,
                slack=limits.slack, slack_rides=limits.slack_rides,
            )  # fmt: skip
            wanted = [trip for trip in able if ends(trip, arrive_by=arrive_by) in kept]
            allowed |= {ends(trip, arrive_by=arrive_by) for trip in wanted}
            # Each is found, or one that is as good; this one may lie beyond the window.
            beyond = [trip for trip in able if leaves_in_time(trip, last, arrive_by=arrive_by)]
            shown = [trip for trip in trips if leaves_in_time(trip, second, arrive_by=arrive_by)]
            for end in kept:
                assert any(as_good(trip, end, arrive_by=arrive_by) for trip in shown + beyond)
        assert {ends(trip, arrive_by=arrive_by) for trip in trips} <= allowed


def beats(one, other):
    """No worse in all four, walking aside."""
    return (
        one.departure >= other.departure
        and one.arrival <= other.arrival
        and one.rides <= other.rides
        and one.cost <= other.cost
    )


def leaves_in_time(trip, second, *, arrive_by):
    return trip.arrival <= second if arrive_by else trip.departure >= second


def ends(trip, *, arrive_by):
    return trip.departure if arrive_by else trip.arrival, trip.rides, trip.cost


def as_good(trip, end, *, arrive_by):
    time, rides, cost = end
    soon = trip.departure >= time if arrive_by else trip.arrival <= time
    return soon and trip.rides <= rides and trip.cost <= cost


@pytest.mark.jit
@towns(0.1)
@any_town
def test_without_slack_and_cost_it_is_the_plain_pareto_set(seed):
    question = Question(seed)
    day, max_rides = question.day, question.town.max_rides
    free = Criterion.of(day, np.zeros(len(day.forward.stop), np.int32), 0)
    for arrive_by, at in ((False, question.town.at), (True, question.town.by)):
        plain = pareto_set(day, *question.ends, at, arrive_by=arrive_by, max_rides=max_rides)
        found = restricted_set(
            day, *question.ends, at, arrive_by=arrive_by, max_rides=max_rides, criterion=free
        )
        key = "departure" if arrive_by else "arrival"
        assert {(getattr(one.journey, key), len(one.journey.rides)) for one in found} == {
            (getattr(one, key), len(one.rides)) for one in plain
        }


@pytest.mark.jit
def test_generated_towns_have_more_to_find_than_anchors():
    more = 0
    for seed in range(300):
        question = Question(seed)
        found = restricted_set(
            question.day, *question.ends, question.town.at, arrive_by=False, **question.options()
        )
        anchors = {(one.journey.arrival, len(one.journey.rides)) for one in found}
        more += any(
            other[0] <= one[0] and other[1] <= one[1] and other != one
            for one in anchors
            for other in anchors
        )
    assert more >= 15


@pytest.mark.jit
def test_each_kernel_has_one_signature_whatever_is_asked():
    for seed in range(20):
        question = Question(seed)
        for arrive_by in (False, True):
            restricted_set(
                question.day, *question.ends, question.town.at,
                arrive_by=arrive_by, **question.options(),
            )  # fmt: skip
    for kernel in (raptor.search, mc_raptor.search, mc_bounds.find_bounds):
        assert len(kernel.signatures) == 1
