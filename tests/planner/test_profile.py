"""When to leave: profiles of drawn timetables, and what single questions say of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from timetable_text import network, timetable

from planner.network.shape import UNREACHED
from planner.plan import plan
from planner.profile import best_departure, shifts, spread, trip_profile
from planner.request import Coordinate, Request, RequestError, StopRef

PARIS = ZoneInfo("Europe/Paris")
LINE = """
    A     B
    8:00  8:20
    8:30  8:45
    9:00  9:20
    """


def at(clock, day=25):
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 3, day, hour, minute, tzinfo=PARIS)


def ask(drawing, first="7:30", minutes=120, **wishes):
    request = Request(
        origin=StopRef("A"), destination=StopRef("B"), time=at(first), window_s=minutes * 60,
        modes=frozenset({"walk", "transit"}),
    )  # fmt: skip
    city = timetable(drawing) if isinstance(drawing, str) else drawing
    return trip_profile(city, replace(request, **wishes))


def clocks(instants):
    return [f"{datetime.fromtimestamp(int(t), PARIS):%H:%M}" for t in instants]


def departures(profile):
    return clocks(profile.departure[: profile.n_inside])


def minutes_at(profile, *times):
    seconds = profile.travel_s(np.array([int(at(t).timestamp()) for t in times], np.int64))
    return [None if s >= UNREACHED else s // 60 for s in seconds.tolist()]


def test_every_departure_of_the_window_is_there():
    found = ask(LINE)
    assert departures(found) == ["08:00", "08:30", "09:00"]
    assert clocks(found.arrival[:3]) == ["08:20", "08:45", "09:20"]
    assert found.transfers.tolist()[:3] == [0, 0, 0]
    assert (found.origin.name, found.destination.name) == ("A", "B")


def test_who_sets_out_between_two_departures_waits():
    assert minutes_at(ask(LINE), "7:50", "8:00", "8:10", "8:30", "8:40") == [30, 20, 35, 15, 40]


def test_after_the_last_departure_there_is_no_way():
    today_only = timetable(LINE, service_days=[[0, 0, 1, 0, 0, 0, 0]])
    assert minutes_at(ask(today_only), "9:00", "9:01") == [20, None]


def test_who_misses_the_last_departure_waits_for_tomorrows_first():
    assert minutes_at(ask(LINE), "9:10") == [(23 * 60) + 10]


def test_who_leaves_at_the_windows_end_takes_what_leaves_after_it():
    found = ask(LINE, first="7:50", minutes=20)
    assert departures(found) == ["08:00"]
    assert minutes_at(found, "8:10") == [35]


def test_a_departure_that_a_later_one_overtakes_is_left_out():
    slow = "A B\n8:00 9:00\n8:10 8:30"
    assert departures(ask(slow)) == ["08:10"]


def test_a_departure_that_one_after_the_window_overtakes_is_left_out():
    slow = "A B\n8:00 9:00\n8:20 8:40"
    assert departures(ask(slow, first="8:00", minutes=10)) == []
    assert minutes_at(ask(slow, first="8:00", minutes=10), "8:00") == [40]


def test_the_best_the_worst_and_the_median_minute():
    found = spread(ask(LINE, first="8:00", minutes=60))
    assert clocks([found.best_at, found.worst_at]) == ["08:30", "08:31"]
    assert (found.best_s, found.worst_s) == (15 * 60, 49 * 60)
    # 8:00 takes 20; 8:01 to 8:30 take 44 down to 15; 8:31 to 9:00 take 49 down to 20.
    assert found.median_s // 60 == sorted([20, *range(15, 45), *range(20, 50)])[30]
    assert found.unreached == 0


def test_what_is_won_by_leaving_earlier_or_later():
    found = shifts(ask(LINE), at("8:10"), (-30, -10, 20, 50, 200))
    told = [(s.minutes, s.travel_s // 60, s.gain_s // 60) for s in found]
    assert told == [(-30, 40, -5), (-10, 20, 15), (20, 15, 20), (50, 20, 15)]


def test_a_shift_out_of_the_window_is_not_told():
    assert [s.minutes for s in shifts(ask(LINE), at("7:40"), (-30, 30))] == [30]


def test_the_best_departure_is_the_shortest_trip_nearby():
    found = ask(LINE)
    assert clocks([found.departure[best_departure(found, at("8:05"), 3600)]]) == ["08:30"]
    assert clocks([found.departure[best_departure(found, at("8:05"), 600)]]) == ["08:00"]
    assert best_departure(found, at("7:30"), 600) is None


def test_transfers_are_limited_as_asked():
    by_change = """
        A     C     B
        8:00  8:05  |
        --
        C     B
        8:06  8:10
        --
        A     B
        8:00  8:40
        """
    assert ask(by_change).transfers.tolist()[:2] == [1, 0]
    assert ask(by_change, max_transfers=0).transfers.tolist()[:1] == [0]


def test_A2_the_day_the_clocks_change_has_its_own_length():
    """On 29 March at 2:00 it is 3:00: 04:00 is four hours of the clock, three after midnight."""
    night = timetable("A B\n4:00 5:00\n23:30 24:10", service_days=[[1] * 14])
    found = ask(night, time=at("0:00", day=29), window_s=23 * 3600)
    assert departures(found) == ["04:00", "23:30"]
    assert found.last == datetime(2026, 3, 30, tzinfo=PARIS)
    assert (found.arrival - found.departure).tolist()[:2] == [3600, 2400]


def test_reasons_come_instead_of_departures():
    nowhere = ask(LINE, destination=StopRef("Z"))
    assert [short.reason for short in nowhere.shortfalls] == ["unknown_stop"]
    over = ask(LINE, time=datetime(2030, 1, 1, 8, tzinfo=PARIS))
    assert [short.reason for short in over.shortfalls] == ["no_service_date"]
    assert len(over.departure) == 0
    assert spread(over) is None
    off = ask(LINE, origin=Coordinate(48.8, 2.2))
    assert [short.reason for short in off.shortfalls] == ["outside_area"]


def test_arrivals_have_no_profile():
    with pytest.raises(RequestError):
        ask(LINE, arrive_by=True)


TRIPS = st.lists(
    st.tuples(st.permutations(range(4)), st.integers(0, 90), st.lists(st.integers(1, 20),
              min_size=3, max_size=3)),
    max_size=8,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(TRIPS, st.integers(0, 100))
def test_each_minute_takes_as_long_as_the_planner_says(rows, minute):
    """The slow twin: one question per departure."""
    trips = []
    for number, (order, start, hops) in enumerate(rows):
        times = [8 * 3600 + 60 * (start + sum(hops[:i])) for i in range(4)]
        calls = [(stop, t, t, True, True) for stop, t in zip(order, times, strict=True)]
        trips.append({"route": number, "calls": calls})
    town = network(trips, {}, n_stops=4, stop_ids=["A", "B", "C", "D"])
    profile = ask(town, first="8:00", minutes=100)
    leaving = at("8:00") + timedelta(minutes=minute)
    answer = plan(town, Request(origin=StopRef("A"), destination=StopRef("B"), time=leaving))
    arrivals = [trip.end.timestamp() for trip in answer.itineraries]
    expected = round(min(arrivals) - leaving.timestamp()) if arrivals else None
    seconds = int(profile.travel_s(np.array([int(leaving.timestamp())], np.int64))[0])
    assert (None if seconds >= UNREACHED else seconds) == expected
