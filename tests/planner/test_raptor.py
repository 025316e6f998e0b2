"""Journeys by transit, drawn; test_oracle.py has thousands of generated ones."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
from generated_town import reach
from timetable_text import FIRST_DATE, network, seconds, timetable

from planner.transit.search import pareto_set, range_set
from planner.transit.service_day import day_zero, service_day

WEDNESDAY = FIRST_DATE + timedelta(days=2)


def departures(day):
    """Every departure of a day's runs, the patterns one after another."""
    return day.forward.events[len(day.forward.events) // 2 :]


def clock(t):
    return f"{t // 3600}:{t % 3600 // 60:02}"


def journeys(net, origin="A", destination="D", at="8:00", *, arrive_by=False, day=WEDNESDAY):
    """Each journey as one string: `8:05 A R1 B 8:15 | 8:20 B R2 C 8:30`."""
    stops = list(net.stops.stop_id.list_all())
    routes = list(net.routes.short_name.list_all())
    tt = net.timetable
    found = pareto_set(
        service_day(net, day),
        reach({stops.index(origin): 0}),
        reach({stops.index(destination): 0}),
        seconds(at),
        arrive_by=arrive_by,
        max_rides=4,
    )

    def route(trip):
        sequence = np.searchsorted(tt.sequence_trip_offset, trip, "right") - 1
        return routes[tt.sequence_route[sequence]]

    return [
        " | ".join(
            f"{clock(r.departure)} {stops[r.board_stop]} {route(r.segments[0].trip)} "
            f"{stops[r.alight_stop]} {clock(r.arrival)}"
            for r in journey.rides
        )
        for journey in found
    ]


def test_one_change_beats_the_slow_direct_line():
    net = timetable("""
        A     B
        8:05  8:15
        --
              B     D
              8:20  8:30
        --
        A           D
        8:02        9:00
        """)
    assert journeys(net) == ["8:02 A R3 D 9:00", "8:05 A R1 B 8:15 | 8:20 B R2 D 8:30"]


def test_the_wait_moves_to_the_start_of_the_trip():
    net = timetable("""
        A     B
        8:05  8:15
        8:25  8:35
        --
              B     D
              8:40  8:50
        """)
    assert journeys(net) == ["8:25 A R1 B 8:35 | 8:40 B R2 D 8:50"]


def test_arrive_by_takes_the_latest_departure():
    net = timetable("""
        A     B     D
        8:05  8:15  8:25
        8:25  8:35  8:45
        8:45  8:55  9:05
        """)
    assert journeys(net, at="9:00", arrive_by=True) == ["8:25 A R1 D 8:45"]


def test_a_walk_never_follows_a_walk():
    net = timetable(
        """
        A     B
        8:05  8:15
        --
        E     D
        8:30  8:40
        """,
        walks="B 4m C, C 4m E",
    )
    assert journeys(net) == []


def test_a_walk_does_not_hide_the_ride_that_others_walk_on_from():
    # C is reached on foot at 8:16 and by vehicle at 8:18; only the ride may be walked on from.
    net = timetable(
        """
        A     B     C
        8:05  8:15  8:18
        --
        E     D
        8:30  8:40
        """,
        walks="B 1m C, C 5m E",
    )
    assert journeys(net) == ["8:05 A R1 C 8:18 | 8:30 E R2 D 8:40"]


def test_A1_trip_of_the_day_before_runs_after_midnight():
    net = timetable("A      D\n25:30  25:50")
    assert journeys(net, at="1:00", day=WEDNESDAY) == ["1:30 A R1 D 1:50"]


def test_A1_late_question_sees_tomorrows_first_trip():
    net = timetable("A     D\n5:12  5:40")
    assert journeys(net, at="23:50") == ["29:12 A R1 D 29:40"]


def test_A2_dst_change_uses_noon_minus_12h():
    # On 2026-03-29 Paris goes from 2:00 to 3:00. Noon minus 12 h is 23:00 of the 28th, so the
    # feed's 4:00 is the wall clock's 4:00, two real hours after the wall clock's 1:00.
    sunday = FIRST_DATE + timedelta(days=6)
    assert day_zero(sunday, "Europe/Paris") == day_zero(sunday, "UTC") - 2 * 3600
    net = timetable("A     D\n4:00  4:10", service_days=[[0, 0, 0, 0, 0, 0, 1]])
    day = service_day(net, sunday)
    assert day.instant(int(departures(day)[0])).isoformat() == "2026-03-29T02:00:00+00:00"


def test_A2_trip_of_saturday_night_keeps_its_own_clock_across_the_change():
    # Saturday's 26:30 is Saturday noon plus 14.5 h: 1:30 UTC, shown as 3:30 on Sunday's wall.
    saturday = FIRST_DATE + timedelta(days=5)
    net = timetable("A      D\n26:30  26:40", service_days=[[0, 0, 0, 0, 0, 1, 0]])
    sunday = service_day(net, saturday + timedelta(days=1))
    assert sunday.instant(int(departures(sunday)[0])).isoformat() == ("2026-03-29T01:30:00+00:00")


def test_A7_two_zones_in_one_network():
    trips = [
        {"calls": [(0, 28800, 28800, True, True), (1, 30000, 30000, True, True)], "zone": zone}
        for zone in (0, 1)
    ]
    net = network(trips, {}, n_stops=2, zones=("Europe/Paris", "Europe/London"))
    day = service_day(net, WEDNESDAY)
    assert sorted({t for t in departures(day)[::2].tolist() if 0 <= t < 86400}) == [
        28800,
        32400,
    ]


def test_B1_overtaking_trips_are_never_one_pattern():
    net = timetable("""
        A     B     D
        8:05  8:30  9:30
        8:10  8:20  8:40
        """)
    assert journeys(net) == ["8:10 A R1 D 8:40"]
    day = service_day(net, WEDNESDAY).forward
    assert len(day.stop_offset) - 1 == 2


def test_B2_loop_boards_the_later_visit():
    net = timetable("""
        A     B     C     B     D
        8:00  8:10  8:20  8:30  8:40
        --
        E     B
        8:05  8:15
        """)
    assert journeys(net, origin="E") == ["8:05 E R2 B 8:15 | 8:30 B R1 D 8:40"]


def test_B13_pick_up_and_drop_off_are_respected():
    net = timetable("""
        A      B      D
        8:05-  8:10   8:20
        8:25   8:30+  8:40
        8:45   8:50   9:00+
        9:05   9:10   9:20
        """)
    assert journeys(net) == ["8:25 A R1 D 8:40"]
    assert journeys(net, at="8:30") == ["9:05 A R1 D 9:20"]


def test_change_needs_its_time():
    text = """
        A     B
        8:05  8:15
        --
              B     D
              8:16  8:30
              8:17  8:40
        """
    assert journeys(timetable(text, transfer_time=60))[0].endswith("8:16 B R2 D 8:30")
    assert journeys(timetable(text, transfer_time=61))[0].endswith("8:17 B R2 D 8:40")


def test_midnight_is_a_time_like_any_other():
    net = timetable("A     D\n0:00  0:10")
    assert journeys(net, at="0:00") == ["0:00 A R1 D 0:10"]


def test_a_service_that_does_not_run_is_not_ridden():
    net = timetable("A     D\n8:05  8:30  on=0\n8:10  8:20  on=1", service_days=[[1] * 7, [0] * 7])
    assert journeys(net) == ["8:05 A R1 D 8:30"]


def test_range_lists_each_departure_once():
    net = timetable("""
        A     B     D
        8:05  8:15  8:25
        8:25  8:35  8:45
        8:30  |     8:45
        8:45  8:55  9:05
        """)
    found, _ = range_set(
        service_day(net, WEDNESDAY),
        reach({0: 0}),
        reach({2: 0}),
        seconds("8:00"),
        arrive_by=False,
        max_rides=4,
        window=3600,
        at_least=1,
    )
    assert [(clock(j.departure), clock(j.arrival)) for j in found] == [
        ("8:05", "8:25"),
        ("8:30", "8:45"),
        ("8:45", "9:05"),
    ]


def test_range_goes_on_from_the_first_of_several_departures():
    # The question at 8:00 finds 8:03 by one ride and 8:06 by two; 8:04 lies between them.
    net = timetable("""
        A     B
        8:06  8:15
        --
              B     D
              8:20  8:30
        --
        A           D
        8:03        8:50
        8:04        8:55
        """)
    day = service_day(net, WEDNESDAY)
    found, _ = range_set(
        day, reach({0: 0}), reach({2: 0}), seconds("8:00"),
        arrive_by=False, max_rides=4, window=3600, at_least=1,
    )  # fmt: skip
    assert [clock(j.departure) for j in found] == ["8:03", "8:04", "8:06"]
