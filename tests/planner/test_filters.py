"""What is made better and left out after the search, and what is said about it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from generated_town import any_town, generated_town, reach, towns
from test_plan import asked, drawn
from timetable_text import timetable

from planner.filters import drop_slower_than_walking, group_near_duplicates
from planner.itinerary import Itinerary, Place, StreetLeg
from planner.transit.search import range_set
from planner.transit.transfer_points import TransferPoints

STREET = Place(name="street", lat=48.82, lon=2.27)


def walk(start, minutes, metres=None):
    return StreetLeg(
        mode="walk", origin=STREET, destination=STREET, start=start,
        end=start + timedelta(minutes=minutes),
        length_m=80 * minutes if metres is None else metres, points=((48.82, 2.27), (48.82, 2.27)),
    )  # fmt: skip


def reports(answer):
    return {report.name: report for report in answer.debug.filters}


# --- B11: better transfer points ----------------------------------------------------------------

SHARED = """
    A     B     C     D
    8:00  8:10  8:15  8:20
    --
          B     C     D     E
          8:30  8:35  8:40  8:50
    """


def test_B11_two_vehicles_with_stops_in_common_are_changed_where_there_is_most_time():
    # All three changes take no walk and the same wait: the first the search took could be any.
    (way,) = asked(timetable(SHARED), destination="E").itineraries
    assert way.transfers == 1
    late = SHARED.replace("8:30  8:35  8:40  8:50", "8:32  8:34  8:35  8:50")
    (way,) = asked(timetable(late), destination="E").itineraries
    assert drawn(way) == "A 08:00 R1 B 08:10 | B 08:32 R2 E 08:50"


def test_B11_nobody_gets_off_early_to_walk_to_a_platform_that_the_vehicle_passes():
    # From B one would be at P earlier, in the same station.
    text = "A     B     P\n8:00  8:10  8:17\n--\nP     D\n8:20  8:30"
    answer = asked(timetable(text, walks="B 3m P", station=[0, 1, 2, 1]))
    assert drawn(answer.itineraries[0]) == "A 08:00 R1 P 08:17 | P 08:20 R2 D 08:30"


def test_B11_nobody_walks_to_a_farther_platform_of_the_next_vehicle():
    # The second vehicle passes C, then B, where the first one comes to.
    text = "A     B\n8:00  8:10\n--\nC     B     D\n8:20  8:22  8:30"
    answer = asked(timetable(text, walks="B 5m C"))
    assert drawn(answer.itineraries[0]) == "A 08:00 R1 B 08:10 | B 08:22 R2 D 08:30"


def test_B11_nobody_rides_past_the_change_and_comes_back():
    text = "A     B     C\n8:00  8:10  8:20\n--\nC     B     D\n8:25  8:35  8:45"
    answer = asked(timetable(text))
    assert drawn(answer.itineraries[0]) == "A 08:00 R1 B 08:10 | B 08:35 R2 D 08:45"


def test_B11_the_change_stays_in_the_station_where_both_are_as_far():
    text = "A     B     C\n8:00  8:10  8:12\n--\nX     Y     D\n8:30  8:31  8:40"
    net = timetable(text, walks="B 3m X, C 3m Y", station=[0, 1, 2, 3, 4, 2])
    answer = asked(net)
    assert "C 08:12 walk Y" in drawn(answer.itineraries[0])


@pytest.mark.parametrize("arrive_by", [False, True])
def test_B11_nobody_walks_past_the_nearer_stop_to_be_there_at_the_same_second(arrive_by):
    at = f"2026-03-25T08:{30 if arrive_by else 0:02}+01:00"
    # Left at B or at C one is in D at 8:19; C is nearer, and so is E, but it is later.
    text = "A     B     C     E\n8:00  8:10  8:14  8:20"
    net = timetable(text, walks="B 9m D, C 5m D, E 1m D")
    (way,) = asked(net, at=at, arrive_by=arrive_by).itineraries
    assert drawn(way) == "A 08:00 R1 C 08:14 | C 08:14 walk D 08:19"
    # Out of D one leaves at 8:05 for B or for C.
    text = "E     C     B     A\n8:07  8:10  8:14  8:20"
    net = timetable(text, walks="D 9m B, D 5m C, D 3m E")
    (way,) = asked(net, origin="D", destination="A", at=at, arrive_by=arrive_by).itineraries
    assert drawn(way) == "D 08:05 walk C 08:10 | C 08:10 R1 A 08:20"


@towns(0.25)
@any_town
def test_B11_a_moved_change_keeps_vehicles_times_and_every_rule(seed):
    town = generated_town(seed)
    day = town.service_day()
    access, egress = reach(town.access), reach(town.egress)
    journeys, _ = range_set(
        day, access, egress, town.at,
        arrive_by=False, max_rides=town.max_rides, window=3600, at_least=0,
    )  # fmt: skip
    n_points = len(day.point_stop)
    better = TransferPoints(
        day=day,
        access=access.at_points(day.point_stop).by_point(n_points),
        egress=egress.at_points(day.point_stop).by_point(n_points),
        point_stop=day.point_stop,
        station=town.network().stops.station,
    )
    rides = set(town.oracle().rides)
    changes = town.changes()
    for journey in journeys:
        moved = better.improve(journey)
        assert (moved.departure, moved.arrival) == (journey.departure, journey.arrival)
        assert [(r.pattern, r.run) for r in moved.rides] == [
            (r.pattern, r.run) for r in journey.rides
        ]
        ends = moved.rides[0], moved.rides[-1]
        assert moved.departure + town.access[ends[0].board_stop] == ends[0].departure
        assert ends[1].arrival + town.egress[ends[1].alight_stop] == moved.arrival
        for ride in moved.rides:
            assert (ride.board_point, ride.departure, ride.alight_point, ride.arrival) in rides
        for ride, following in zip(moved.rides, moved.rides[1:], strict=False):
            seconds = changes[ride.alight_point, following.board_point]
            assert ride.arrival + seconds <= following.departure
        assert walked(moved, changes) <= walked(journey, changes)
        assert better.improve(moved).departure == moved.departure


def walked(journey, changes):
    return sum(
        changes[ride.alight_point, following.board_point]
        for ride, following in zip(journey.rides, journey.rides[1:], strict=False)
        if ride.alight_stop != following.board_stop
    )


# --- B12: near-duplicates -----------------------------------------------------------------------

LINE = "A     B     D\n8:05  8:15  8:30\n8:15  8:25  8:40"


def test_B12_a_later_departure_of_the_line_is_no_duplicate():
    answer = asked(timetable(LINE), window_s=3600)
    assert [f"{one.start:%H:%M}" for one in answer.itineraries][:2] == ["08:05", "08:15"]
    assert reports(answer)["group_near_duplicates"].dropped == ()


def with_walk(itinerary, minutes):
    """The same vehicles, and a walk of some minutes to the first."""
    first = itinerary.legs[0].start - timedelta(minutes=minutes)
    return Itinerary((walk(first, minutes), *itinerary.legs))


def test_B12_of_those_that_differ_by_a_walk_the_best_is_kept_with_the_times_of_the_others():
    early, late = asked(timetable(LINE), window_s=1800).itineraries[:2]
    trips = [with_walk(early, 5), with_walk(early, 4), with_walk(late, 4)]
    kept, report = group_near_duplicates(trips, ())
    assert [drawn(one) for one in kept] == [drawn(trips[1]), drawn(trips[2])]
    assert [one.also_at for one in kept] == [(trips[0].start,), ()]
    (dropped,) = report.dropped
    assert (dropped.itinerary, dropped.by) == ("08:00 R1 08:30", "08:01 R1 08:30")
    assert (report.name, report.changed) == ("group_near_duplicates", 1)


def test_B12_who_walks_less_than_half_has_a_reason_to_be_shown_too():
    early = asked(timetable(LINE)).itineraries[0]
    slow = Itinerary((*with_walk(early, 2).legs, walk(early.end, 9)))
    quick = Itinerary((*with_walk(early, 2).legs, walk(early.end, 3)))
    assert len(group_near_duplicates([slow, quick], ()).kept) == 1
    idle = Itinerary((*early.legs, walk(early.end, 1), walk(early.end + timedelta(minutes=9), 1)))
    assert len(group_near_duplicates([quick, idle], ()).kept) == 2


# --- B15: dominated by walking ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minutes", "metres", "kept"),
    [(26, 0, 1), (25, 0, 0), (24, 0, 0), (24, 100, 1)],
)
def test_B15_a_ride_as_slow_as_walking_stays_only_if_it_spares_half_of_the_walk(
    minutes, metres, kept
):
    ride = asked(timetable("A  D\n8:05  8:30")).itineraries[0]  # 25 minutes
    direct = Itinerary((walk(ride.start, minutes, metres),))
    itineraries, report = drop_slower_than_walking([ride], [direct])
    assert len(itineraries) == kept
    if not kept:
        assert report.dropped[0].reason.endswith("s on foot")
        assert report.dropped[0].by == f"08:05 walk {direct.end:%H:%M}"


# --- much longer than the best --------------------------------------------------------------------

EVENING = """
    A     B
    8:10  8:20
    --
    B     D
    8:25  8:40
    --
    A     D
    {late}
    """


@pytest.mark.parametrize(
    ("late", "n_kept"),
    [("20:00  20:30", 1), ("10:00  11:00", 2), ("10:00  11:01", 1)],  # 3 times 40 minutes and 60
)
def test_fewer_changes_are_not_worth_waiting_for_the_evening(late, n_kept):
    net = timetable(EVENING.format(late=late))
    answer = asked(net, at="2026-03-25T08:00+01:00")
    assert len(answer.itineraries) == n_kept
    dropped = reports(answer)["drop_much_longer"].dropped
    assert [(one.itinerary[6:8], one.by) for one in dropped] == [
        ("R3", "08:10 R1, R2 08:40"),
    ] * (2 - n_kept)


@pytest.mark.parametrize(("early", "n_kept"), [("8:00  8:30", 1), ("17:30  17:50", 2)])
def test_fewer_changes_are_not_worth_leaving_in_the_morning(early, n_kept):
    text = f"A     B\n19:20 19:30\n--\nB     D\n19:35 19:50\n--\nA     D\n{early}"
    answer = asked(timetable(text), at="2026-03-25T20:00+01:00", arrive_by=True)
    assert len(answer.itineraries) == n_kept


def test_what_is_much_longer_stays_where_it_is_all_there_is_or_a_window_holds_it():
    only = asked(timetable("A  D\n20:00  23:30"), at="2026-03-25T08:00+01:00")
    assert len(only.itineraries) == 1
    net = timetable(EVENING.format(late="20:00  20:30"))
    window = asked(net, at="2026-03-25T08:00+01:00", window_s=43_200)
    assert len(window.itineraries) == 2


def test_the_answer_tells_of_every_filter_in_order():
    answer = asked(timetable(LINE))
    assert [report.name for report in answer.debug.filters] == [
        "better_transfer_points",
        "group_near_duplicates",
        "drop_slower_than_walking",
        "drop_much_longer",
        "leave_to_another_page",
    ]
    assert (answer.debug.journeys, answer.debug.kept) == (1, 1)
