"""Rules of a trip's times, each from a feed's text to an itinerary (checklist A)."""

from __future__ import annotations

from feed_text import draw_feed
from small_town import fed_town, issues_of

RIDE = "A     B\n8:00  8:10"


def ride(answer):
    """`T1 of 03-25: A 03-25T08:00+0100 B 03-25T08:10+0100` of each itinerary's only leg."""
    return [
        f"{leg.trip_id} of {leg.service_date:%m-%d}: {leg.origin.name} {leg.start:%m-%dT%H:%M%z} "
        f"{leg.destination.name} {leg.end:%m-%dT%H:%M%z}"
        for itinerary in answer.itineraries
        for (leg,) in [itinerary.legs]
    ]


# --- A10: frequencies.txt


def frequencies(*rows):
    return "\n".join(
        ["# frequencies.txt", "trip_id,start_time,end_time,headway_secs,exact_times", *rows, ""]
    )


def departures_of(town, at, **options):
    answer = town.ask("stop A", "stop B", at, window_s=3600, **options)
    return [
        f"{way.start:%H:%M}" + f" every {leg.headway} s" * bool(leg.headway)
        for way in answer.itineraries
        for (leg,) in [way.legs]
    ]


def test_A10_exact_times_are_departures_like_any_other(tmp_path):
    """The trip's own time is a template; the end of a window is no departure."""
    feed = draw_feed(RIDE, frequencies("T1,06:00:00,06:30:00,600,1", "T1,06:30:00,07:00:00,900,1"))
    town = fed_town(tmp_path, feed)
    assert departures_of(town, "6:00", at_least=9) == [
        "06:00", "06:10", "06:20", "06:30", "06:45",
    ]  # fmt: skip
    assert ride(town.ask("stop A", "stop B", "6:01")) == [
        "T1 of 03-25: A 03-25T06:10+0100 B 03-25T06:20+0100"
    ]


def test_A10_a_headway_is_declared_in_the_answer(tmp_path):
    town = fed_town(tmp_path, draw_feed(RIDE, frequencies("T1,06:00:00,07:00:00,1200,0")))
    assert departures_of(town, "6:00")[:3] == [
        "06:00 every 1200 s",
        "06:20 every 1200 s",
        "06:40 every 1200 s",
    ]


def test_A10_a_window_past_midnight_runs_into_the_next_day(tmp_path):
    town = fed_town(tmp_path, draw_feed(RIDE, frequencies("T1,23:30:00,25:00:00,1800,1")))
    assert ride(town.ask("stop A", "stop B", "0:10")) == [
        "T1 of 03-24: A 03-25T00:30+0100 B 03-25T00:40+0100"
    ]


# --- A11, A13: times left blank, times that can't be, and seconds


def test_A11_blank_times_lie_between_by_distance(tmp_path):
    """B is a third of the way from A to D."""
    places = {"A": (48.80, 2.3), "B": (48.81, 2.3), "D": (48.83, 2.3)}
    town = fed_town(tmp_path, draw_feed("A     B  D\n8:00  .  8:15", places=places))
    assert town.rides(town.ask("stop B", "stop D")) == ["B 8:05 R1 D 8:15"]


def test_A11_times_that_restart_at_midnight_are_the_next_days(tmp_path):
    feed = draw_feed("A      B          C\n23:50  23:58/0:01  0:05")
    town = fed_town(tmp_path, feed)
    assert ride(town.ask("stop A", "stop C", "23:45")) == [
        "T1 of 03-25: A 03-25T23:50+0100 C 03-26T00:05+0100"
    ]
    assert ride(town.ask("stop B", "stop C", "0:00")) == [
        "T1 of 03-24: B 03-25T00:01+0100 C 03-25T00:05+0100"
    ]
    assert issues_of(town) == {"time_restarts_at_midnight": 1}


def test_A11_a_trip_that_goes_back_in_time_is_dropped(tmp_path):
    town = fed_town(tmp_path, draw_feed("A     B     C\n8:00  7:50  8:10\n9:00  9:10  9:20"))
    assert town.rides(town.ask("stop A", "stop C", "7:00")) == ["A 9:00 R1 C 9:20"]
    assert issues_of(town) == {"negative_hop_time": 1}


def test_A11_no_time_for_kilometres_is_counted_and_kept(tmp_path):
    places = {"B": (48.85, 2.27)}  # three kilometres north
    town = fed_town(tmp_path, draw_feed("A     B     C\n8:00  8:00  8:10", places=places))
    assert town.rides(town.ask("stop A", "stop B", "7:00")) == ["A 8:00 R1 B 8:00"]
    assert issues_of(town) == {"hop_zero_time": 1}


def test_A13_half_a_minute_late_is_late(tmp_path):
    town = fed_town(tmp_path, draw_feed("A     B\n5:40  5:55\n5:50  6:05:26"))
    ask = "stop A", "stop B"
    assert town.rides(town.ask(*ask, "6:05", arrive_by=True)) == ["A 5:40 R1 B 5:55"]
    assert town.rides(town.ask(*ask, "6:05:25", arrive_by=True)) == ["A 5:40 R1 B 5:55"]
    assert town.rides(town.ask(*ask, "6:05:26", arrive_by=True)) == ["A 5:50 R1 B 6:05:26"]
    assert town.rides(town.ask(*ask, "2026-03-25T05:50:00.5+01:00")) != ["A 5:50 R1 B 6:05:26"]
