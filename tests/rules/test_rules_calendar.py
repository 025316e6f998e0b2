"""Rules of dates and clocks, each from a feed's text to an itinerary (checklist A)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from click.testing import CliRunner
from feed_text import draw_feed
from small_town import fed_town, issues_of

from planner.itinerary import Reason
from planner.request import RequestError
from web.api.health import describe
from web.city import City
from web.command import trajets
from web.settings import Settings

WEEK = "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date"
DATES = "service_id,date,exception_type"
RIDE = "A     B\n8:00  8:10"
LEFT_OUT = "# calendar.txt\n"
MONDAY, TUESDAY, WEDNESDAY = date(2026, 3, 23), date(2026, 3, 24), date(2026, 3, 25)
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)  # Europe/Paris moves its clocks


def calendar(*rows):
    return "\n".join(["# calendar.txt", WEEK, *rows, ""])


def dates(*rows):
    return "\n".join(["# calendar_dates.txt", DATES, *rows, ""])


def ride(answer):
    """`T1 of 03-25: A 03-25T08:00+0100 B 03-25T08:10+0100` of each itinerary's only leg."""
    return [
        f"{leg.trip_id} of {leg.service_date:%m-%d}: {leg.origin.name} {leg.start:%m-%dT%H:%M%z} "
        f"{leg.destination.name} {leg.end:%m-%dT%H:%M%z}"
        for itinerary in answer.itineraries
        for (leg,) in [itinerary.legs]
    ]


def reasons(answer):
    return [(one.reason, one.message) for one in answer.shortfalls]


# --- A1: every service day that reaches into the question


def test_A1_a_trip_after_midnight_belongs_to_the_day_before(tmp_path):
    town = fed_town(tmp_path, draw_feed("A      B\n24:30  25:10"))
    assert ride(town.ask("stop A", "stop B", "0:15")) == [
        "T1 of 03-24: A 03-25T00:30+0100 B 03-25T01:10+0100"
    ]


def test_A1_a_trip_of_two_days_ago_is_still_on_its_way(tmp_path):
    """node-gtfs met times up to 52:00."""
    town = fed_town(tmp_path, draw_feed("A      B      C\n23:00  47:30  52:00"))
    answer = town.ask("stop B", "stop C", "3:00", on=WEDNESDAY)
    assert ride(answer) == ["T1 of 03-24: B 03-25T23:30+0100 C 03-26T04:00+0100"]
    answer = town.ask("stop B", "stop C", "23:00", on=MONDAY)
    assert ride(answer) == ["T1 of 03-22: B 03-23T23:30+0100 C 03-24T04:00+0100"]
    arrived = town.ask("stop B", "stop C", "5:00", on=WEDNESDAY, arrive_by=True)
    assert ride(arrived) == ["T1 of 03-23: B 03-24T23:30+0100 C 03-25T04:00+0100"]


def test_A1_after_the_last_service_day_its_late_trips_still_run(tmp_path):
    only_monday = dates("once,20260323,1")
    feed = draw_feed("A      B\n50:00  51:00  on=once", LEFT_OUT, only_monday)
    town = fed_town(tmp_path, feed)
    assert ride(town.ask("stop A", "stop B", "1:00", on=WEDNESDAY)) == [
        "T1 of 03-23: A 03-25T02:00+0100 B 03-25T03:00+0100"
    ]


def test_A1_a_late_question_finds_the_next_days_first_trip(tmp_path):
    town = fed_town(tmp_path, draw_feed("A     B\n5:12  5:30"))
    assert ride(town.ask("stop A", "stop B", "23:30")) == [
        "T1 of 03-26: A 03-26T05:12+0100 B 03-26T05:30+0100"
    ]


# --- A2: seconds since noon minus 12 h, whatever the clocks do


NIGHT = """
    A      B
    2:30   3:30   trip=night
    12:00  12:10  trip=noon
    26:30  27:30  trip=late
    """


def test_A2_on_the_day_of_23_hours_0230_is_an_hour_after_half_past_midnight(tmp_path):
    town = fed_town(tmp_path, draw_feed(NIGHT))
    ask = "stop A", "stop B"
    # Noon minus 12 h is 23:00 of the 28th: 2:30 is 1:30, and the night loses its 2:30.
    assert ride(town.ask(*ask, "2026-03-29T01:00+01:00")) == [
        "night of 03-29: A 03-29T01:30+0100 B 03-29T03:30+0200"
    ]
    assert ride(town.ask(*ask, "12:00", on=SPRING)) == [
        "noon of 03-29: A 03-29T12:00+0200 B 03-29T12:10+0200"
    ]
    # Saturday's trip keeps Saturday's clock: 26:30 is 2:30 by winter time, 3:30 on the wall.
    assert ride(town.ask(*ask, "2026-03-29T03:10+02:00")) == [
        "late of 03-28: A 03-29T03:30+0200 B 03-29T04:30+0200"
    ]


def test_A2_on_the_day_of_25_hours_0230_is_summer_times_second(tmp_path):
    town = fed_town(tmp_path, draw_feed(NIGHT))
    ask = "stop A", "stop B"
    # Noon minus 12 h is 1:00 summer time: 2:30 is the second 2:30, by winter time.
    assert ride(town.ask(*ask, "2026-10-25T02:45+02:00")) == [
        "night of 10-25: A 10-25T02:30+0100 B 10-25T03:30+0100"
    ]
    assert ride(town.ask(*ask, "2026-10-25T02:00+02:00")) == [
        "late of 10-24: A 10-25T02:30+0200 B 10-25T02:30+0100"
    ]
    assert ride(town.ask(*ask, "12:00", on=AUTUMN)) == [
        "noon of 10-25: A 10-25T12:00+0100 B 10-25T12:10+0100"
    ]


def test_A2_arrive_by_holds_on_both_changes(tmp_path):
    town = fed_town(tmp_path, draw_feed(NIGHT))
    ask = "stop A", "stop B"
    assert ride(town.ask(*ask, "2026-03-29T03:45+02:00", arrive_by=True)) == [
        "night of 03-29: A 03-29T01:30+0100 B 03-29T03:30+0200"
    ]
    assert ride(town.ask(*ask, "2026-10-25T02:30+01:00", arrive_by=True)) == [
        "late of 10-24: A 10-25T02:30+0200 B 10-25T02:30+0100"
    ]


# --- A3, A4, A12: which days a service runs


def days_of_march(town):
    """Days of March on which A is left at all, each asked by itself."""
    return [
        day
        for day in range(1, 32)
        for answer in [town.ask("stop A", "stop B", "8:00", on=date(2026, 3, day))]
        if any(leg.start.day == day for way in answer.itineraries for leg in way.legs)
    ]


def test_A3_calendar_dates_alone_is_a_whole_calendar(tmp_path):
    days = dates("daily,20260302,1", "daily,20260325,1", "daily,20260326,2")
    town = fed_town(tmp_path, draw_feed(RIDE, LEFT_OUT, days))
    assert days_of_march(town) == [2, 25]


def test_A3_a_calendar_without_rows_is_none(tmp_path):
    town = fed_town(tmp_path, draw_feed(RIDE, calendar(), dates("daily,20260325,1")))
    assert days_of_march(town) == [25]


def test_A3_a_service_that_is_only_removed_never_runs(tmp_path):
    feed = draw_feed(
        RIDE + "  on=gone\n9:00  9:10",
        dates("gone,20260325,2"),
    )
    town = fed_town(tmp_path, feed)
    assert town.rides(town.ask("stop A", "stop B", "7:00")) == ["A 9:00 R1 B 9:10"]
    assert issues_of(town) == {"service_never_runs": 1, "trip_never_runs": 1}


def test_A4_a_trip_whose_service_is_nowhere_is_dropped_and_counted(tmp_path):
    town = fed_town(tmp_path, draw_feed(RIDE + "  on=missing\n9:00  9:10"))
    assert town.rides(town.ask("stop A", "stop B", "7:00")) == ["A 9:00 R1 B 9:10"]
    assert issues_of(town)["trip_without_service"] == 1


def test_A12_school_and_holidays_go_by_date_not_by_weekday(tmp_path):
    """Spring holidays are taken out of the school's weeks; the 19th runs like a Sunday."""
    services = calendar("school,1,1,1,1,1,0,0,20260309,20260331")
    holidays = dates(*(f"school,202603{day},2" for day in range(23, 28)), "school,20260322,1")
    town = fed_town(tmp_path, draw_feed(RIDE + "  on=school", services, holidays))
    assert days_of_march(town) == [9, 10, 11, 12, 13, 16, 17, 18, 19, 20, 22, 30, 31]


# --- A5: a timetable that is over is said aloud


@pytest.fixture
def expired(tmp_path):
    feed = draw_feed(RIDE, calendar("daily,1,1,1,1,1,1,1,20190301,20190331"))
    return fed_town(tmp_path, feed)


def test_A5_the_answer_says_which_dates_there_are(expired):
    answer = expired.ask("stop A", "stop B")
    assert reasons(answer) == [
        (
            Reason.NO_SERVICE_DATE,
            "There is no timetable for 2026-03-25: the feeds cover 2019-03-01 to 2019-03-31.",
        )
    ]
    assert answer.itineraries == ()


def test_A5_ready_says_that_it_is_over(expired):
    city = City(
        network=expired.network, settings=Settings(), plan=None,
        now=lambda: datetime(2026, 3, 25, tzinfo=UTC),
    )  # fmt: skip
    state = describe(city)
    assert state.expired
    assert [(feed.name, feed.expired) for feed in state.feeds] == [("a", True)]


def test_A5_the_build_and_info_say_that_it_is_over(expired, tmp_path):
    run = CliRunner()
    built = run.invoke(
        trajets, ["build", "--gtfs", str(tmp_path / "a.zip"), "--out", str(tmp_path / "again")]
    )
    assert built.exit_code == 0, built.output
    assert "a: its timetable ended on 2019-03-31" in built.stderr
    told = run.invoke(trajets, ["info", str(tmp_path / "again")])
    assert "2019-03-01 to 2019-03-31, which is over" in told.stdout
    assert "feed_expired" in told.stdout


def test_A5_a_feed_that_never_runs_beside_one_that_does(tmp_path):
    never = draw_feed("A  B\n8:00  8:10", calendar("daily,0,0,0,0,0,0,0,20260101,20261231"))
    town = fed_town(tmp_path, draw_feed(RIDE), never)
    assert town.network.manifest["feeds"][1]["first_date"] is None
    city = City(
        network=town.network, settings=Settings(), plan=None,
        now=lambda: datetime(2026, 3, 25, tzinfo=UTC),
    )  # fmt: skip
    assert [(feed.name, feed.expired) for feed in describe(city).feeds] == [
        ("a", False),
        ("b", True),
    ]


# --- A6: one feed in two versions


OLD = calendar("daily,1,1,1,1,1,1,1,20260301,20260331")
NEW = calendar("daily,1,1,1,1,1,1,1,20260325,20260430")


def test_A6_of_two_versions_the_newer_alone_holds_where_both_do(tmp_path):
    old = draw_feed("A     B\n8:00  8:10\n8:30  8:40", OLD)
    new = draw_feed("A     B\n8:05  8:15\n8:30  8:40", NEW)
    town = fed_town(tmp_path, old, new)
    ends = "stop a:A", "stop a:B"

    def departures(day):
        answer = town.ask(*ends, "7:59", on=day, window_s=3600)
        return [f"{ride_.start:%H:%M} {ride_.legs[0].feed}" for ride_ in answer.itineraries
                if ride_.start.date() == day]  # fmt: skip

    assert departures(TUESDAY) == ["08:00 a", "08:30 a"]
    assert departures(WEDNESDAY) == ["08:05 b", "08:30 b"]
    assert departures(date(2026, 4, 1)) == ["08:05 b", "08:30 b"]
    (issue,) = (one for one in town.network.manifest["issues"] if one["kind"] == "feeds_overlap")
    assert issue["examples"] == [
        {
            "where": "a and b",
            "done": "trips of b alone on 7 dates",
            "detail": "two versions of one feed, both valid 2026-03-25 to 2026-03-31",
        }
    ]


def test_A6_two_operators_at_the_same_poles_are_no_versions(tmp_path):
    one = draw_feed("A     B\n8:00  8:10", agency="one")
    lines = "# routes.txt\nroute_id,route_short_name,route_type\nR1,R1,3\nX,X,3\nY,Y,3\n"
    two = draw_feed("A     B\n8:05  8:15", lines, agency="two")
    town = fed_town(tmp_path, one, two)
    answer = town.ask("stop a:A", "stop a:B", "7:59", window_s=1800)
    assert [way.legs[0].feed for way in answer.itineraries][:2] == ["a", "b"]
    assert "feeds_overlap" not in issues_of(town)


def test_A6_numbers_that_coincide_are_no_versions(tmp_path):
    """Stops 1 to n and lines 1 to m are what many feeds call theirs."""
    here = draw_feed(RIDE)
    there = draw_feed(RIDE, places={"A": (48.90, 2.27), "B": (48.90, 2.28)})
    assert "feeds_overlap" not in issues_of(fed_town(tmp_path, here, there))


# --- A7, A8, A9: zones, instants and dates


def test_A7_each_agencys_times_are_of_its_own_zone(tmp_path):
    paris = draw_feed("A     B     C\n8:00  8:10  8:20", agency="ratp")
    london = draw_feed("X     Y\n8:00  8:10", zone="Europe/London", agency="tfl")
    town = fed_town(tmp_path, paris, london, timezone="Europe/Paris")
    assert ride(town.ask("stop X", "stop Y", "8:00")) == [
        "T1 of 03-25: X 03-25T09:00+0100 Y 03-25T09:10+0100"
    ]
    assert ride(town.ask("stop A", "stop C", "7:00")) == [
        "T1 of 03-25: A 03-25T08:00+0100 C 03-25T08:20+0100"
    ]


def test_A7_two_agencies_of_one_feed_may_have_two_zones(tmp_path):
    agencies = """
        # agency.txt
        agency_id,agency_name,agency_url,agency_timezone
        bus,Bus,https://example.org,Europe/Paris
        star,Eurostar,https://example.org,Europe/London
        # routes.txt
        route_id,agency_id,route_short_name,route_type
        R1,bus,R1,3
        R2,star,R2,2
        """
    town = fed_town(tmp_path, draw_feed("A  B\n8:00  8:20\n--\nB  C\n8:00  10:00", agencies))
    assert town.network.manifest["timezone"] in {"Europe/Paris", "Europe/London"}
    # The bus is there at 8:20 in Paris; the train leaves at 8:00 in London, 9:00 in Paris.
    (way,) = town.ask("stop A", "stop C", "2026-03-25T07:30+01:00").itineraries
    assert [leg.start.astimezone(UTC).strftime("%H:%M") for leg in way.legs] == ["07:00", "08:00"]


def test_A7_an_alias_is_the_zone_it_names(tmp_path):
    one = draw_feed("A     B\n8:00  8:10", zone="US/Pacific")
    other = draw_feed("C     D\n8:00  8:10", zone="america/los angeles")
    town = fed_town(tmp_path, one, other, timezone="America/Los_Angeles")
    for ends in (("stop A", "stop B"), ("stop C", "stop D")):
        (found,) = ride(town.ask(*ends, "7:00"))
        assert "03-25T08:00-0700" in found


def test_A7_an_unknown_zone_costs_the_feed_nothing_else(tmp_path):
    agencies = """
        # agency.txt
        agency_id,agency_name,agency_url,agency_timezone
        bus,Bus,https://example.org,Europe/Paris
        mars,Mars,https://example.org,Mars/Olympus
        # routes.txt
        route_id,agency_id,route_short_name,route_type
        R1,mars,R1,3
        """
    town = fed_town(tmp_path, draw_feed(RIDE, agencies))
    assert town.rides(town.ask("stop A", "stop B", "7:00")) == ["A 8:00 R1 B 8:10"]
    assert issues_of(town) == {"unknown_timezone": 1}


def test_A8_a_time_without_offset_is_refused_and_any_offset_is_one_instant(tmp_path):
    town = fed_town(tmp_path, draw_feed(RIDE))
    with pytest.raises(RequestError, match="offset"):
        town.ask("stop A", "stop B", "2026-03-25T08:00")
    paris, tokyo = (
        town.ask("stop A", "stop B", at)
        for at in ("2026-03-25T07:30+01:00", "2026-03-25T15:30+09:00")
    )
    assert ride(paris) == ride(tokyo) == ["T1 of 03-25: A 03-25T08:00+0100 B 03-25T08:10+0100"]


def test_A9_an_itinerary_has_both_the_service_date_and_the_instant(tmp_path):
    town = fed_town(tmp_path, draw_feed("A      B\n25:30  26:00"))
    (way,) = town.ask("stop A", "stop B", "2026-04-01T01:00+02:00").itineraries
    assert way.legs[0].service_date == date(2026, 3, 31)
    assert way.start == datetime.fromisoformat("2026-04-01T01:30+02:00")
