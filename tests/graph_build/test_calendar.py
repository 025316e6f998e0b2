"""Which service runs on which date, against gtfs-kit's answer on every date."""

from datetime import date, timedelta

import pytest
from feed_text import LINE, write_feed
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.gtfs import read_gtfs
from feeds.gtfs_model import model
from feeds.issues import FeedError, IssueLog
from graph_build.timetable.calendar import (
    MAX_DAYS,
    choose_dates,
    compile_service_days,
    find_validity,
)

TODAY = date(2026, 3, 24)
WEEK = "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date"
DAYS = "service_id,date,exception_type"


def read(folder, calendar=(), calendar_dates=(), name="feed"):
    services = {line.split(",")[0] for line in (*calendar, *calendar_dates)} or {"none"}
    trips = "".join(f"12,{service},{service}\n" for service in sorted(services))
    times = "".join(f"{s},8:00:00,8:00:00,A,1\n{s},8:05:00,8:05:00,B,2\n" for s in services)
    text = f"# trips.txt\nroute_id,service_id,trip_id\n{trips}"
    text += f"# stop_times.txt\ntrip_id,arrival_time,departure_time,stop_id,stop_sequence\n{times}"
    if calendar_dates:
        text += "# calendar_dates.txt\n" + "\n".join([DAYS, *calendar_dates, ""])
    text += "# calendar.txt\n" + "\n".join([WEEK, *calendar, ""])
    without = () if calendar else ("calendar.txt",)
    return read_gtfs(write_feed(folder, LINE, text, without=without), name=name, today=TODAY)


def runs(feed, first, last):
    """service_id -> its days as "x" and "."."""
    ids = sorted(feed.tables["trips"]["service_id"].unique())
    matrix = compile_service_days(feed.tables, ids, first, last)
    return {
        service: "".join("x" if day else "." for day in row)
        for service, row in zip(ids, matrix, strict=True)
    }


def test_A3_weekdays_and_exceptions(tmp_path):
    feed = read(
        tmp_path,
        ["week,1,1,1,1,1,0,0,20260323,20260403", "sun,0,0,0,0,0,0,1,20260101,20261231"],
        ["week,20260325,2", "sun,20260325,1", "week,20260328,1", "week,20260326,1",
         "week,20260326,2"],
    )  # fmt: skip
    assert runs(feed, date(2026, 3, 22), date(2026, 4, 5)) == {
        #        SMTWTFSSMTWTFSS
        "week": ".xx..xx.xxxxx..",
        "sun":  "x..x...x......x",
    }  # fmt: skip


def test_A3_calendar_dates_only(tmp_path):
    feed = read(tmp_path, [], ["fair,20260714,1", "fair,20260716,1", "off,20260715,2"])
    assert runs(feed, date(2026, 7, 13), date(2026, 7, 17)) == {"fair": ".x.x.", "off": "....."}
    assert find_validity(feed) == (date(2026, 7, 14), date(2026, 7, 16))


def test_A3_an_empty_calendar_beside_calendar_dates(tmp_path):
    feed = read(tmp_path, [], ["fair,20260714,1"])
    again = read_gtfs(write_feed(tmp_path, f"# calendar.txt\n{WEEK}\n"), today=TODAY)
    assert runs(again, date(2026, 7, 14), date(2026, 7, 14)) == {"fair": "x"}
    assert feed.issues.counts == again.issues.counts


def test_several_rows_of_one_service_add_up(tmp_path):
    feed = read(
        tmp_path, ["s,1,0,0,0,0,0,0,20260301,20260331", "s,0,1,0,0,0,0,0,20260301,20260331"]
    )
    assert runs(feed, date(2026, 3, 23), date(2026, 3, 29)) == {"s": "xx....."}


def test_dates_are_those_of_all_feeds_or_of_the_range(tmp_path):
    a = read(tmp_path / "a", ["s,1,1,1,1,1,1,1,20260301,20260331"], name="a")
    b = read(tmp_path / "b", ["s,1,1,1,1,1,1,1,20260315,20260430"], name="b")
    issues = IssueLog()
    assert choose_dates([a, b], None, issues) == (date(2026, 3, 1), date(2026, 4, 30))
    wanted = date(2026, 4, 2), date(2026, 12, 31)
    assert not issues.counts
    assert choose_dates([a, b], wanted, issues) == (date(2026, 4, 2), date(2026, 4, 30))
    assert issues.as_json()[0]["kind"] == "feed_outside_dates"
    assert issues.as_json()[0]["examples"][0]["where"] == "a"


def test_A5_nothing_in_the_range_is_said_with_the_validity(tmp_path):
    feed = read(tmp_path, ["s,1,1,1,1,1,1,1,20260301,20260331"])
    message = "No service of feed runs from 2027-01-01 to 2027-02-01: .* 2026-03-01 to 2026-03-31"
    with pytest.raises(FeedError, match=message):
        choose_dates([feed], (date(2027, 1, 1), date(2027, 2, 1)), IssueLog())


def test_A5_a_feed_that_never_runs_is_refused(tmp_path):
    feed = read(tmp_path, [], ["s,20260714,2"])
    assert feed.issues.counts["feed_without_service"] == 1
    with pytest.raises(FeedError, match="No service of feed ever runs"):
        choose_dates([feed], None, IssueLog())


@pytest.mark.parametrize("typo", ["s,19260714,1", "s,21260714,1"])
def test_a_mistyped_century_does_not_fill_the_memory(tmp_path, typo):
    feed = read(tmp_path, ["s,1,1,1,1,1,1,1,20260301,20260331"], [typo, "s,20260201,1"])
    issues = IssueLog()
    first, last = choose_dates([feed], None, issues)
    assert (last - first).days + 1 == MAX_DAYS
    assert first <= date(2026, 2, 1)
    assert last >= date(2026, 3, 31)
    assert issues.counts == {"calendar_too_long": 1}


def assert_equals_gtfs_kit(feed):
    first, last = find_validity(feed)
    kit = model(feed, stop_times=False)
    ids = sorted(feed.tables["trips"]["service_id"].unique())
    matrix = compile_service_days(feed.tables, ids, first, last)
    for day in range((last - first).days + 1):
        expected = set(kit.get_active_services(f"{first + timedelta(days=day):%Y%m%d}"))
        ours = {service for service, row in zip(ids, matrix, strict=True) if row[day]}
        assert ours == expected & set(ids)


def day_text(offset):
    return f"{date(2026, 3, 1) + timedelta(days=offset):%Y%m%d}"


services = st.sampled_from(["a", "b", "c"])
weekly = st.tuples(services, st.lists(st.integers(0, 1), min_size=7, max_size=7),
                   st.integers(0, 40), st.integers(0, 40))  # fmt: skip
exceptions = st.tuples(services, st.integers(0, 40), st.integers(1, 2))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(weekly, max_size=4), st.lists(exceptions, max_size=8))
def test_A12_services_by_date_are_those_of_gtfs_kit(tmp_path, weeks, others):
    weeks = [("always", [1] * 7, 0, 3), *weeks]
    feed = read(
        tmp_path,
        [f"{s},{','.join(map(str, w))},{day_text(a)},{day_text(b)}" for s, w, a, b in weeks],
        [f"{s},{day_text(day)},{kind}" for s, day, kind in others],
    )
    assert_equals_gtfs_kit(feed)


@pytest.mark.city
@pytest.mark.parametrize(
    "file",
    [
        "milan/milano_small_gtfs.zip",
        "porto-alegre/poa_eptc.zip",
        "porto-alegre/poa_trensurb.zip",
        "helsinki/helsinki_gtfs.zip",
        "sao-paulo/spo.zip",
        "melun/melun-eqasim-2023.gtfs.zip",
        "paris/ratp-metro-2019.gtfs.zip",
        "paris/transilien-2016-shifted.gtfs.zip",
    ],
)
def test_A12_real_services_by_date_are_those_of_gtfs_kit(city_data, file):
    assert_equals_gtfs_kit(read_gtfs(city_data / file))
