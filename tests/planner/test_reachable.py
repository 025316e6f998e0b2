"""Where one gets to: drawn timetables, and what the planner says of each stop."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from timetable_text import timetable

from planner.network.shape import UNREACHED
from planner.reachable import reach_all, reach_percentiles
from planner.request import Request, RequestError, StopRef

PARIS = ZoneInfo("Europe/Paris")
TOWN = """
    A     B     C
    8:05  8:15  8:30
    --
          B     D
          8:20  8:40
    --
    A     D
    8:05  8:40
    """


def ask(one="A", clock="8:00", *, arrive_by=False, **wishes):
    hour, minute = map(int, clock.split(":"))
    request = Request(
        origin=StopRef(one), destination=StopRef(one), arrive_by=arrive_by,
        time=datetime(2026, 3, 25, hour, minute, tzinfo=PARIS),
    )  # fmt: skip
    return replace(request, **wishes)


def told(found):
    """`A 0/0 B 15/1`: minutes and rides of each stop."""
    return " ".join(
        f"{'ABCDEF'[stop]} {seconds // 60}/{rides}"
        for stop, seconds, rides in zip(found.stop, found.duration, found.rides, strict=True)
    )


def test_every_stop_in_time_with_the_fewest_vehicles_that_take_no_longer():
    # D is reached at 8:40 with one vehicle and with two: one is enough.
    assert told(reach_all(timetable(TOWN), ask(), longest_s=3600)) == "A 0/0 B 15/1 C 30/1 D 40/1"


def test_what_takes_longer_is_left_out():
    assert told(reach_all(timetable(TOWN), ask(), longest_s=30 * 60)) == "A 0/0 B 15/1 C 30/1"


def test_a_quicker_way_with_a_change_counts_its_change():
    town = TOWN.replace("8:05  8:40", "8:05  8:50")
    assert told(reach_all(timetable(town), ask(), longest_s=3600)).endswith("D 40/2")
    direct = reach_all(timetable(town), ask(max_transfers=0), longest_s=3600)
    assert told(direct).endswith("D 50/1")


def test_all_to_one_counts_back_from_the_arrival():
    found = reach_all(timetable(TOWN), ask("D", "8:45", arrive_by=True), longest_s=3600)
    assert told(found) == "A 40/1 B 25/1 D 0/0"


def test_one_may_walk_on():
    found = reach_all(timetable(TOWN, walks="C 4m E"), ask(), longest_s=3600)
    assert "E 34/1" in told(found)


def test_no_vehicle_at_all_leaves_what_is_on_foot():
    town = timetable(TOWN, walks="A 4m B")
    assert told(reach_all(town, ask(routes=frozenset()), longest_s=3600)) == "A 0/0 B 4/0"


def test_percentiles_are_of_the_minutes_of_the_window():
    town = timetable("A B\n8:00 8:10\n8:30 8:40")
    # Leaving at 8:00 takes 10 minutes, at 8:01 39, then a minute less each, down to 10 at 8:30.
    found = reach_percentiles(town, ask(window_s=30 * 60), (0, 50, 100), longest_s=3600)
    assert found.stop.tolist() == [0, 1]
    assert (found.duration[:, 0] // 60).tolist() == [0, 0, 0]
    assert (found.duration[:, 1] // 60).tolist() == [10, 24, 39]


def test_a_percentile_that_is_too_long_is_not_reached():
    town = timetable("A B\n8:00 8:10\n8:30 8:40")
    found = reach_percentiles(town, ask(window_s=30 * 60), (5, 95), longest_s=20 * 60)
    # Of 31 minutes the two best, 8:00 and 8:30, take 10; the second worst takes 38.
    assert found.duration[:, 1].tolist() == [10 * 60, UNREACHED]


def test_reasons_come_instead_of_stops():
    found = reach_all(timetable(TOWN), ask("Z"), longest_s=3600)
    assert [short.reason for short in found.shortfalls] == ["unknown_stop"]
    assert found.stop.size == 0
    over = ask(time=datetime(2030, 1, 1, 8, tzinfo=PARIS))
    reasons = reach_all(timetable(TOWN), over, longest_s=3600).shortfalls
    assert [short.reason for short in reasons] == ["no_service_date"]


def test_percentiles_of_arrivals_are_refused():
    with pytest.raises(RequestError):
        reach_percentiles(timetable(TOWN), ask(arrive_by=True), (50,), longest_s=3600)


def test_one_is_at_a_station_as_soon_as_at_the_first_of_its_platforms():
    """S is the station of P and Q, and lies 20 minutes from P on foot."""
    net = timetable("A     P     Q\n8:05  8:15  8:17", walks="P 20m S", station=[0, 3, 3, 3])
    found = reach_all(net, ask(), longest_s=3600)
    assert told(found).replace("B", "P").replace("C", "Q").replace("D", "S") == (
        "A 0/0 P 15/1 Q 17/1 S 15/1"
    )
    spread = reach_percentiles(net, ask(window_s=60), (50,), longest_s=3600)
    assert spread.duration[0].tolist()[3] == spread.duration[0].tolist()[1]
    back = reach_all(net, ask("Q", "8:30", arrive_by=True), longest_s=3600)
    assert dict(zip(back.stop.tolist(), back.duration.tolist(), strict=True))[3] == 0
