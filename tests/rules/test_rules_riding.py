"""Rules of riding, each from a feed's text to an itinerary (checklist B)."""

from __future__ import annotations

from datetime import date
from itertools import combinations

import pytest
from feed_text import EVERY_DAY, draw_feed, split_files
from small_town import fed_town, issues_of
from street_drawing import letter_places

from planner.itinerary import Reason, TransitLeg
from web.motis.modes import transit_mode

FOOT = {"highway": "footway"}


def town_of(folder, drawing, *files, **options):
    return fed_town(folder, draw_feed(drawing, *files, **options))


def with_lines(drawing, *files, **changes):
    """A drawn feed with some lines of its files replaced: `{"stop_times.txt": (old, new)}`."""
    made = split_files(draw_feed(drawing, *files))
    for name, (old, new) in changes.items():
        file = f"{name}.txt"
        assert old in made[file], (old, made[file])
        made[file] = made[file].replace(old, new)
    return "".join(f"# {name}\n{content}" for name, content in made.items())


def reasons(answer):
    return [one.reason for one in answer.shortfalls]


# --- B1: trips that overtake


OVERTAKING = """
    A     B     C     D
    8:00  8:10  8:40  8:50
    8:05  8:15  8:25  8:35
    8:12  8:20  8:45  8:48
    """


def test_B1_a_trip_that_overtakes_is_found_at_every_stop(tmp_path):
    town = town_of(tmp_path, OVERTAKING)
    assert town.rides(town.ask("stop A", "stop D", "7:55")) == ["A 8:05 R1 D 8:35"]
    assert town.rides(town.ask("stop A", "stop B", "7:55")) == ["A 8:00 R1 B 8:10"]
    assert town.rides(town.ask("stop C", "stop D", "8:30")) == ["C 8:45 R1 D 8:48"]
    assert town.rides(town.ask("stop A", "stop D", "8:49", arrive_by=True)) == ["A 8:12 R1 D 8:48"]
    assert town.rides(town.ask("stop A", "stop D", "8:47", arrive_by=True)) == ["A 8:05 R1 D 8:35"]


def test_B1_overtaking_between_the_ends_alone_counts_too(tmp_path):
    """First and last calls are in order; in the middle the second is ahead."""
    town = town_of(tmp_path, "A     B     C\n8:00  8:30  8:50\n8:05  8:20  8:55")
    assert town.rides(town.ask("stop A", "stop B", "7:55")) == ["A 8:05 R1 B 8:20"]
    assert town.rides(town.ask("stop B", "stop C", "8:25")) == ["B 8:30 R1 C 8:50"]


# --- B2: a stop visited twice


LOOP = """
    A     B     C     B     D
    8:00  8:10  8:20  8:30  8:40
    """


def test_B2_a_loop_is_boarded_and_left_at_the_visit_meant(tmp_path):
    town = town_of(tmp_path, LOOP)
    assert town.rides(town.ask("stop A", "stop B")) == ["A 8:00 R1 B 8:10"]
    assert town.rides(town.ask("stop B", "stop C")) == ["B 8:10 R1 C 8:20"]
    assert town.rides(town.ask("stop C", "stop B")) == ["C 8:20 R1 B 8:30"]
    # Who waits for the second visit doesn't ride the loop.
    assert town.rides(town.ask("stop B", "stop D")) == ["B 8:30 R1 D 8:40"]
    assert town.rides(town.ask("stop B", "stop D", "8:40", arrive_by=True)) == ["B 8:30 R1 D 8:40"]


def test_B2_a_ring_line_goes_past_its_beginning(tmp_path):
    town = town_of(tmp_path, "A     B     C     A     B\n8:00  8:10  8:20  8:30  8:40")
    assert town.rides(town.ask("stop C", "stop B")) == ["C 8:20 R1 B 8:40"]
    (way,) = town.ask("stop C", "stop B").itineraries
    assert [call.place.name for call in way.legs[0].calls] == ["C", "A", "B"]


def test_B2_a_change_is_made_at_the_visit_in_time(tmp_path):
    town = fed_town(
        tmp_path,
        draw_feed(
            "A     B     C     B\n8:00  8:10  8:20  8:30\n--\nB     E\n8:15  8:25\n8:35  8:45"
        ),
    )
    assert town.rides(town.ask("stop A", "stop E")) == ["A 8:00 R1 B 8:10 | B 8:15 R2 E 8:25"]
    assert town.rides(town.ask("stop C", "stop E")) == ["C 8:20 R1 B 8:30 | B 8:35 R2 E 8:45"]


def test_B2_two_calls_in_a_row_at_one_stop(tmp_path):
    town = town_of(tmp_path, "A     B     B     C\n8:00  8:10  8:15  8:30")
    assert town.rides(town.ask("stop A", "stop B")) == ["A 8:00 R1 B 8:10"]
    assert town.rides(town.ask("stop B", "stop C")) == ["B 8:15 R1 C 8:30"]


# --- B3: what nobody rides changes nothing


NETWORK = """
    A     B     C
    8:00  8:10  8:20
    8:15  8:25  8:35
    --
          B     D
          8:14  8:30
          8:29  8:45
    """


def test_B3_trips_that_do_not_run_that_day_change_no_answer(tmp_path):
    sundays = EVERY_DAY + "sundays,0,0,0,0,0,0,1,20260101,20261231\n"
    more = NETWORK.replace("8:10  8:20", "8:10  8:20\n    8:01  8:04  8:06  on=sundays").replace(
        "8:14  8:30", "8:14  8:30\n          8:11  8:12  on=sundays"
    )
    (tmp_path / "less").mkdir()
    (tmp_path / "more").mkdir()
    less, much = town_of(tmp_path / "less", NETWORK), town_of(tmp_path / "more", more, sundays)
    for ends in (("stop A", "stop C"), ("stop A", "stop D"), ("stop B", "stop D")):
        for options in ({}, {"window_s": 3600}, {"arrive_by": True}):
            at = "8:46" if options.get("arrive_by") else "7:50"
            answers = [town.rides(town.ask(*ends, at, **options)) for town in (less, much)]
            assert answers[0] == answers[1] != []
    assert much.rides(much.ask("stop A", "stop C", "8:00", on=date(2026, 3, 29))) == [
        "A 29 8:01 R1 C 29 8:06"
    ]


# --- B4: arriving by a time


def test_B4_arriving_by_the_arrival_found_leaves_no_earlier(tmp_path):
    town = town_of(tmp_path, NETWORK)
    for ends in (("stop A", "stop C"), ("stop A", "stop D")):
        (there,) = town.ask(*ends, "7:50").itineraries
        (back,) = town.ask(*ends, f"{there.end:%H:%M}", arrive_by=True).itineraries
        assert town.draw(back) == town.draw(there)
        assert not town.ask(*ends, "8:19", arrive_by=True).itineraries


def test_B4_a_trip_across_midnight_is_there_by_the_deadline(tmp_path):
    town = town_of(tmp_path, "A      B\n23:40  24:10\n23:55  24:25")
    ask = "stop A", "stop B"
    assert town.rides(town.ask(*ask, "0:20", arrive_by=True)) == ["A 24 23:40 R1 B 0:10"]
    assert town.rides(town.ask(*ask, "0:25", arrive_by=True)) == ["A 24 23:55 R1 B 0:25"]


def test_B4_the_latest_departures_of_a_window_are_all_there(tmp_path):
    town = town_of(tmp_path, "A     B\n8:00  8:10\n8:20  8:30\n8:40  8:50\n9:00  9:10")
    answer = town.ask("stop A", "stop B", "8:55", arrive_by=True, window_s=1800)
    found = [ride for ride in town.rides(answer) if not ride.startswith("A 24")]
    assert sorted(found) == ["A 8:00 R1 B 8:10", "A 8:20 R1 B 8:30", "A 8:40 R1 B 8:50"]


def test_B4_both_ways_give_the_same_reason(tmp_path):
    town = town_of(tmp_path, "A     B\n8:00  8:10\n--\nC     D\n8:00  8:10")
    for arrive_by in (False, True):
        answer = town.ask("stop A", "stop D", "8:30", arrive_by=arrive_by)
        assert reasons(answer) == [Reason.WINDOW_EXHAUSTED]
        assert answer.shortfalls[0].message.startswith("No vehicle joins the two places between ")


# --- B9, B10: stops at one place, and stations


def test_B9_two_poles_at_one_place_are_one_change_apart(tmp_path):
    """With streets and without them; the poles have different names."""
    drawing = "a--B--d"
    spots = letter_places(drawing) | {"C": letter_places(drawing)["B"]}
    spots |= {"A": (48.80, 2.20), "D": (48.86, 2.33)}
    feed = draw_feed("A     B\n8:00  8:10\n--\nC     D\n8:11  8:30\n8:20  8:40", places=spots)
    town = fed_town(tmp_path, feed, drawing=drawing, ways={"aBd": FOOT}, transfer_time=120)
    (way,) = town.ask("stop A", "stop D", max_access_s=60, max_egress_s=60).itineraries
    first, *walk, last = way.legs
    assert (f"{first.end:%H:%M}", f"{last.start:%H:%M}") == ("08:10", "08:11")
    assert all(leg.length_m == 0 for leg in walk)
    assert "C" in {leg.origin.name for leg in way.legs}


STATION = """
    # stops.txt
    stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station
    A,A,48.80,2.20,0,
    S,Station,48.82,2.27,1,
    1,Quay 1,48.8201,2.2701,0,S
    2,Quay 2,48.8202,2.2702,0,S
    2a,Quay 2 front,48.8202,2.2702,4,2
    E,Entrance,48.8205,2.2705,2,S
    Z,Z,48.84,2.33,0,
    """
QUAYS = """
    A     1
    8:00  8:10
    --
    A     2
    8:05  8:12
    --
    2     Z
    8:20  8:30
    --
    1     Z
    8:15  8:35
    """


@pytest.mark.parametrize("stop", ["S", "1", "2", "2a", "E"])
def test_B10_a_station_its_quays_areas_and_entrances_mean_the_same(tmp_path, stop):
    town = town_of(tmp_path, QUAYS, STATION)
    there = town.ask("stop A", f"stop {stop}", "7:55", window_s=900)
    assert town.rides(there)[:2] == ["A 8:00 R1 Quay 1 8:10", "A 8:05 R2 Quay 2 8:12"]
    on = town.ask(f"stop {stop}", "stop Z", "8:13", window_s=600)
    assert "Quay 2 8:20 R3 Z 8:30" in town.rides(on)
    assert town.rides(on)[0] in {"Quay 1 8:15 R4 Z 8:35", "Quay 2 8:20 R3 Z 8:30"}


def test_B10_a_change_in_the_station_takes_its_time_once(tmp_path):
    town = fed_town(tmp_path, draw_feed(QUAYS, STATION), transfer_time=300)
    assert town.rides(town.ask("stop A", "stop Z", "7:55")) == [
        "A 8:05 R2 Quay 2 8:12 | Quay 2 8:20 R3 Z 8:30"
    ]


def test_B10_from_a_station_to_itself_nobody_rides(tmp_path):
    ring = "1     A     2\n8:00  8:10  8:20"
    town = town_of(tmp_path, ring, STATION)
    assert town.ask("stop S", "stop S").itineraries == ()
    assert town.ask("stop 1", "stop 2").itineraries == ()


# --- B13, B14: where one may get on and off


def test_B13_who_may_only_get_off_is_not_boarded(tmp_path):
    town = town_of(tmp_path, "A     B      C\n8:00  8:10-  8:20\n9:00  9:10   9:20")
    assert town.rides(town.ask("stop A", "stop B", "7:55")) == ["A 8:00 R1 B 8:10"]
    assert town.rides(town.ask("stop B", "stop C", "7:55")) == ["B 9:10 R1 C 9:20"]


def test_B13_inside_a_town_the_coach_carries_nobody(tmp_path):
    """Cabotage: from a stop of the first town to one of the second alone."""
    town = town_of(tmp_path, "A      B      C      D\n8:00+  8:05+  9:00-  9:05-")
    assert town.rides(town.ask("stop A", "stop C")) == ["A 8:00 R1 C 9:00"]
    assert town.rides(town.ask("stop B", "stop D")) == ["B 8:05 R1 D 9:05"]
    for ends in (("stop A", "stop B"), ("stop C", "stop D")):
        assert reasons(town.ask(*ends)) == [Reason.WINDOW_EXHAUSTED]


def test_B13_rules_turned_round_at_the_ends_are_never_used(tmp_path):
    """Board-only at the last stop, alight-only at the first: nobody rides there."""
    town = town_of(tmp_path, "A      B     C\n8:00-  8:10  8:20+")
    assert not town.ask("stop A", "stop C").itineraries
    assert not town.ask("stop A", "stop B").itineraries
    assert not town.ask("stop B", "stop C").itineraries


@pytest.mark.parametrize("rule", ["2", "3"])
def test_B13_a_stop_on_request_is_a_stop(tmp_path, rule):
    """Phoning ahead (2) or waving to the driver (3) is for the rider to do."""
    feed = with_lines(
        "A     B     C\n8:00  8:10  8:20",
        stop_times=("8:10:00,B,2,0,0", f"8:10:00,B,2,{rule},{rule}"),
    )
    town = fed_town(tmp_path, feed)
    assert town.rides(town.ask("stop A", "stop B")) == ["A 8:00 R1 B 8:10"]
    assert town.rides(town.ask("stop B", "stop C")) == ["B 8:10 R1 C 8:20"]


def test_B13_stopping_anywhere_is_ignored_and_counted(tmp_path):
    lines = "# routes.txt\nroute_id,route_short_name,route_type,continuous_pickup\nR1,R1,3,0\n"
    town = town_of(tmp_path, "A     B\n8:00  8:10", lines)
    assert town.rides(town.ask("stop A", "stop B")) == ["A 8:00 R1 B 8:10"]
    assert issues_of(town) == {"continuous_stopping": 1}


def test_B13_zones_on_demand_are_left_out_and_counted(tmp_path):
    """GTFS-Flex: a bus that leaves its way for a zone, and a trip that is nothing but zones."""
    flex = """
        # stop_times.txt
        trip_id,arrival_time,departure_time,stop_id,location_id,location_group_id,stop_sequence,start_pickup_drop_off_window,end_pickup_drop_off_window
        T1,8:00:00,8:00:00,A,,,1,,
        T1,,,,zone,,2,8:01:00,8:09:00
        T1,8:10:00,8:10:00,B,,,3,,
        T2,,,,zone,,1,8:00:00,18:00:00
        T2,,,,,group,2,8:00:00,18:00:00
        # locations.geojson
        {"type": "FeatureCollection", "features": []}
        # location_groups.txt
        location_group_id,location_group_name
        group,Group
        # location_group_stops.txt
        location_group_id,stop_id
        group,A
        # booking_rules.txt
        booking_rule_id,booking_type
        b,0
        """
    town = town_of(tmp_path, "A     B\n8:00  8:10\n9:00  9:10", flex)
    assert town.rides(town.ask("stop A", "stop B")) == ["A 8:00 R1 B 8:10"]
    assert issues_of(town) == {"flexible_stop_time": 3}


@pytest.mark.parametrize(("first", "last"), [*combinations("ABCD", 2)])
def test_B14_every_stop_of_a_pattern_is_boarded_and_left(tmp_path, first, last):
    town = town_of(tmp_path, "A     B     C     D\n8:00  8:10  8:20  8:30")
    times = dict(zip("ABCD", ("8:00", "8:10", "8:20", "8:30"), strict=True))
    drawn = [f"{first} {times[first]} R1 {last} {times[last]}"]
    ends = f"stop {first}", f"stop {last}"
    assert town.rides(town.ask(*ends, times[first])) == drawn
    assert town.rides(town.ask(*ends, times[last], arrive_by=True)) == drawn
    assert not town.ask(f"stop {last}", f"stop {first}").itineraries


# --- B16, B17: windows


def test_B16_at_night_the_window_grows_to_the_first_departure(tmp_path):
    town = town_of(tmp_path, "A     B\n5:12  5:30\n5:42  6:00")
    for options in ({}, {"window_s": 900}):
        answer = town.ask("stop A", "stop B", "1:00", **options)
        assert town.rides(answer)[0] == "A 5:12 R1 B 5:30"
    assert answer.searched[0] == town.instant("1:00")
    assert answer.searched[1] >= town.instant("5:12")  # what was looked at is said


def test_B16_late_in_the_evening_arriving_by_goes_back_to_the_last(tmp_path):
    town = town_of(tmp_path, "A     B\n5:12  5:30\n19:42  20:00")
    answer = town.ask("stop A", "stop B", "23:50", arrive_by=True, window_s=900, at_least=1)
    assert town.rides(answer) == ["A 19:42 R1 B 20:00"]


def test_B17_later_trips_of_other_patterns_are_found(tmp_path):
    """The slow line leaves first; the quick ones, by other stops, come later."""
    town = town_of(
        tmp_path,
        """
        A     B     C     D
        8:00  8:20  8:40  9:00
        8:30  8:50  9:10  9:30
        --
        A     E     D
        8:20  8:30  9:05
        --
        A     D
        8:25  9:10
        8:45  9:20
        """,
    )
    answer = town.ask("stop A", "stop D", "7:59", window_s=3600)
    found = [ride for ride in town.rides(answer) if "26" not in ride]
    assert found == [
        "A 8:00 R1 D 9:00",
        "A 8:20 R2 D 9:05",
        "A 8:25 R3 D 9:10",
        "A 8:45 R3 D 9:20",
    ]


# --- B18: what kind of vehicle it is


@pytest.mark.parametrize(
    ("route_type", "mode"),
    [
        ("0", "TRAM"), ("1", "SUBWAY"), ("2", "REGIONAL_RAIL"), ("3", "BUS"), ("4", "FERRY"),
        ("5", "TRAM"), ("6", "AERIAL_LIFT"), ("7", "FUNICULAR"), ("11", "BUS"), ("12", "SUBWAY"),
        ("100", "REGIONAL_RAIL"), ("101", "HIGHSPEED_RAIL"), ("102", "LONG_DISTANCE"),
        ("105", "NIGHT_RAIL"), ("109", "SUBURBAN"), ("200", "COACH"), ("401", "SUBWAY"),
        ("700", "BUS"), ("704", "BUS"), ("800", "BUS"), ("900", "TRAM"), ("1000", "FERRY"),
        ("1100", "AIRPLANE"), ("1300", "AERIAL_LIFT"), ("1400", "FUNICULAR"), ("1700", "OTHER"),
        ("1702", "OTHER"), ("99", "BUS"), ("1900", "BUS"), ("-5", "BUS"), ("", "BUS"),
    ],
)  # fmt: skip
def test_B18_every_route_type_is_ridden(tmp_path, route_type, mode):
    lines = f"# routes.txt\nroute_id,route_short_name,route_type\nR1,R1,{route_type}\n"
    town = town_of(tmp_path, "A     B\n8:00  8:10", lines)
    (way,) = town.ask("stop A", "stop B").itineraries
    (leg,) = way.legs
    assert isinstance(leg, TransitLeg)
    assert transit_mode(leg) == mode
    unknown = route_type in {"99", "1900", "-5", ""}
    assert issues_of(town) == ({"unknown_route_type": 1} if unknown else {})
