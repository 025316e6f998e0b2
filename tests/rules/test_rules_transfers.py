"""Rules of changing vehicle, each from a feed's text to an itinerary (checklist B)."""

from __future__ import annotations

import pytest
from feed_text import draw_feed
from small_town import fed_town, issues_of
from street_drawing import letter_places

from planner.itinerary import TransitLeg

FOOT = {"highway": "footway"}
FAR = {"A": (48.70, 2.10), "Z": (48.90, 2.40)}  # where no street of these towns leads
HEAD = "from_stop_id,to_stop_id,from_route_id,to_route_id,from_trip_id,to_trip_id"

# T1 comes to B at 8:10, T2 .. T6 leave it.
CHANGE = """
    A     B
    8:00  8:10
    --
          B     C
          8:10  8:20
          8:11  8:21
          8:12  8:22
          8:15  8:25
          8:30  8:40
    """

# Two lines come to B at the same time, T1 of R1 and T2 of R2; T3 .. T6 of R3 leave it.
FORK = """
    A     B
    8:00  8:10
    --
    D     B
    8:00  8:10
    --
          B     C
          8:10  8:20
          8:12  8:22
          8:15  8:25
          8:30  8:40
    """


def transfers(*rows):
    """`from_stop,to_stop,from_route,to_route,from_trip,to_trip,type,seconds` each."""
    return "\n".join([f"# transfers.txt\n{HEAD},transfer_type,min_transfer_time", *rows, ""])


def town_of(folder, drawing, *files, **options):
    folder.mkdir(exist_ok=True)
    return fed_town(folder, draw_feed(drawing, *files), **options)


def leaves(town, origin="A", destination="C", at="7:55", **options):
    """When the second vehicle of the only itinerary leaves; None without an itinerary."""
    ways = town.ask(f"stop {origin}", f"stop {destination}", at, **options).itineraries
    if not ways:
        return None
    (way,) = ways
    first, *_, last = way.legs
    assert isinstance(first, TransitLeg)
    assert isinstance(last, TransitLeg)
    return f"{last.start:%-H:%M}"


# --- B6: how long a change takes


def test_B6_at_one_stop_a_change_takes_what_the_build_was_told(tmp_path):
    assert leaves(town_of(tmp_path / "a", CHANGE)) == "8:12"
    assert leaves(town_of(tmp_path / "b", CHANGE, transfer_time=60)) == "8:11"
    assert leaves(town_of(tmp_path / "c", CHANGE, transfer_time=0)) == "8:10"


@pytest.mark.parametrize(
    ("row", "expected"),
    [("B,B,,,,,2,0", "8:10"), ("B,B,,,,,2,60", "8:11"), ("B,B,,,,,2,300", "8:15"),
     ("B,B,,,,,0,", "8:12"), ("B,B,,,,,1,", "8:10"), ("B,B,,,,,1,60", "8:11"),
     ("B,B,,,,,3,", None)],
)  # fmt: skip
def test_B6_the_feed_says_otherwise_and_nothing_is_added(tmp_path, row, expected):
    assert leaves(town_of(tmp_path, CHANGE, transfers(row))) == expected


SLACK = [
    ({}, "8:12"),
    ({"min_transfer_s": 60}, "8:12"),  # the change takes longer anyway
    ({"min_transfer_s": 300}, "8:15"),
    ({"extra_transfer_s": 180}, "8:15"),  # 120 s and 180 s
    ({"extra_transfer_s": 181}, "8:30"),
    ({"transfer_factor": 2.5}, "8:15"),
    ({"transfer_factor": 2.51}, "8:30"),
    ({"min_transfer_s": 200, "extra_transfer_s": 100, "transfer_factor": 1.5}, "8:15"),
]


@pytest.mark.parametrize(("wishes", "expected"), SLACK)
def test_B6_ones_own_slack_counts_once_whichever_way_one_asks(tmp_path, wishes, expected):
    town = town_of(tmp_path, CHANGE)
    assert leaves(town, **wishes) == expected
    arrival = {"8:12": "8:22", "8:15": "8:25", "8:30": "8:40"}[expected]
    (way,) = town.ask("stop A", "stop C", arrival, arrive_by=True, **wishes).itineraries
    assert f"{way.legs[0].start:%-H:%M} {way.legs[-1].end:%-H:%M}" == f"8:00 {arrival}"
    (way,) = town.ask("stop A", "stop C", "7:55", window_s=600, **wishes).itineraries
    assert f"{way.legs[-1].start:%-H:%M}" == expected


def test_B6_a_guaranteed_change_needs_no_slack(tmp_path):
    town = town_of(tmp_path, CHANGE, transfers("B,B,,,T1,T2,1,"))
    assert leaves(town) == "8:10"
    assert leaves(town, min_transfer_s=600, extra_transfer_s=60, transfer_factor=3.0) == "8:10"


def test_B6_a_guarantee_is_for_its_two_trips_alone(tmp_path):
    town = town_of(tmp_path, FORK, transfers("B,B,,,T1,T3,1,"))
    assert leaves(town, "A") == "8:10"
    assert leaves(town, "D") == "8:12"


# B and C lie 500 m apart, which takes 353 s; A and Z are far away.
WALK = "B---------C"
ACROSS = """
    A     B
    8:00  8:10
    --
    C     Z
    8:15  8:25
    8:16  8:26
    8:18  8:28
    8:21  8:31
    8:30  8:40
    """


def walked_town(folder, *files, drawing=WALK, ways=None, **options):
    feed = draw_feed(ACROSS, *files, places=letter_places(drawing) | FAR)
    return fed_town(folder, feed, drawing=drawing, ways=ways or {"BC": FOOT}, **options)


@pytest.mark.parametrize(
    ("wishes", "expected"),
    [({}, "8:16"), ({"extra_transfer_s": 120}, "8:18"), ({"min_transfer_s": 600}, "8:21"),
     ({"transfer_factor": 2.0}, "8:30"), ({"walk_speed_kmh": 3.4}, "8:21"),
     ({"walk_speed_kmh": 6.3}, "8:15")],
)  # fmt: skip
def test_B6_through_streets_slack_is_waited_at_the_end_of_the_walk(tmp_path, wishes, expected):
    town = walked_town(tmp_path)
    assert leaves(town, "A", "Z", **wishes) == expected
    (way,) = town.ask("stop A", "stop Z", "7:55", **wishes).itineraries
    _, walk, _ = way.legs
    pace = 3.6 / wishes.get("walk_speed_kmh", 5.1)
    assert f"{walk.start:%-H:%M}" == "8:10"
    assert (walk.end - walk.start).total_seconds() == pytest.approx(500 * pace, abs=3)


def test_B6_a_guarantee_holds_across_the_street_too(tmp_path):
    town = walked_town(tmp_path, transfers("B,C,,,T1,T2,1,300"))
    assert leaves(town, "A", "Z", min_transfer_s=900) == "8:15"


# --- B7: changes that transfers.txt doesn't list


def test_B7_a_list_of_changes_takes_no_other_away(tmp_path):
    town = walked_town(tmp_path, transfers("A,A,,,,,2,60"))
    assert leaves(town, "A", "Z") == "8:16"


def test_B7_platforms_of_a_station_are_changed_between_unasked(tmp_path):
    drawing = "A     P\n8:00  8:10\n--\nQ     C\n8:11  8:21\n8:12  8:22"
    stops = """
        # stops.txt
        stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station
        A,A,48.80,2.20,0,
        S,S,48.82,2.27,1,
        P,P,48.82,2.27,0,S
        Q,Q,48.82,2.27,0,S
        C,C,48.86,2.33,0,
        """
    assert leaves(town_of(tmp_path / "a", drawing, stops)) == "8:12"
    other = town_of(tmp_path / "b", drawing, stops, transfers("P,P,,,,,2,600"))
    assert leaves(other) == "8:12"
    station = town_of(tmp_path / "c", drawing, stops, transfers("S,S,R1,R2,,,2,60"))
    assert leaves(station) == "8:11"


# --- B8: changes that nobody can make


def test_B8_a_river_is_crossed_by_its_bridge(tmp_path):
    """100 m across the water, 1100 m by the bridge, which take 13 minutes."""
    drawing = "B---------x\n          |\nC---------y"
    town = walked_town(tmp_path, drawing=drawing, ways={"BxyC": FOOT})
    assert leaves(town, "A", "Z") == "8:30"


def test_B8_a_river_without_a_bridge_at_hand_is_not_crossed(tmp_path):
    drawing = f"B{39 * '-'}x\n{40 * ' '}|\nC{39 * '-'}y"
    town = walked_town(tmp_path, drawing=drawing, ways={"BxyC": FOOT})
    assert leaves(town, "A", "Z") is None


def test_B8_a_published_change_that_nobody_can_walk_is_told(tmp_path):
    drawing = "A     B\n8:00  8:10\n--\nC     D\n8:12  8:22"  # B and C are 1 km apart
    town = town_of(tmp_path, drawing, transfers("B,C,,,,,2,60", "A,D,,,T1,T2,2,30"))
    assert issues_of(town)["transfer_too_fast"] == 2


def test_B8_streets_are_believed_before_a_hasty_feed(tmp_path):
    town = walked_town(tmp_path, transfers("B,C,,,,,2,60", "B,C,R1,R2,,,2,30"))
    assert leaves(town, "A", "Z") == "8:16"


# --- rules of routes and trips


def test_a_minimum_for_one_route_only(tmp_path):
    town = town_of(tmp_path, FORK, transfers("B,B,R1,R3,,,2,240"))
    assert leaves(town, "A") == "8:15"
    assert leaves(town, "D") == "8:12"


def test_a_minimum_for_one_trip_only(tmp_path):
    town = town_of(tmp_path, FORK, transfers("B,B,,,,T4,2,240"))
    assert leaves(town, "A") == leaves(town, "D") == "8:15"  # not T4, which leaves at 8:12


def test_forbidden_for_one_route_only(tmp_path):
    town = town_of(tmp_path, FORK, transfers("B,B,R1,R3,,,3,"))
    assert leaves(town, "A") is None
    assert leaves(town, "D") == "8:12"


def test_allowed_for_one_route_where_all_others_are_forbidden(tmp_path):
    town = town_of(tmp_path, FORK, transfers("B,B,,,,,3,", "B,B,R1,,,,0,"))
    assert leaves(town, "A") == "8:12"
    assert leaves(town, "D") is None


def test_a_rule_of_trips_beats_one_of_routes_and_that_one_of_stops(tmp_path):
    rows = ["B,B,,,,,2,300", "B,B,R1,R3,,,2,120", "B,B,,,T1,T3,2,0"]
    for number, expected in ((1, "8:15"), (2, "8:12"), (3, "8:10")):
        town = town_of(tmp_path / str(number), FORK, transfers(*rows[:number][::-1]))
        assert leaves(town, "A") == expected
        assert leaves(town, "D") == "8:15"


def test_whoever_comes_from_outside_boards_any_vehicle(tmp_path):
    town = town_of(tmp_path, FORK, transfers("B,B,R1,R3,,,3,", "B,B,,,T2,T4,1,"))
    assert leaves_first(town, "B", "C", "8:11") == "8:12"
    assert town.rides(town.ask("stop A", "stop B", "7:55")) == ["A 8:00 R1 B 8:10"]


def leaves_first(town, origin, destination, at):
    (way,) = town.ask(f"stop {origin}", f"stop {destination}", at).itineraries
    return f"{way.legs[0].start:%-H:%M}"


def test_a_rule_of_a_repeated_trip_holds_for_each_of_its_runs(tmp_path):
    repeated = """
        # frequencies.txt
        trip_id,start_time,end_time,headway_secs,exact_times
        T1,08:00:00,09:00:00,1200,1
        """
    town = town_of(tmp_path, FORK, repeated, transfers("B,B,,,T1,,2,0"))
    assert leaves(town, "A") == "8:10"
    assert leaves(town, "A", at="8:05") == "8:30"  # arrives at 8:30


# --- B5: staying in the vehicle


ONWARD = "A     B\n8:00  8:10\n--\nB     C\n8:10  8:20\n8:20  8:30"


def test_B5_riders_stay_in_the_vehicle_where_the_feed_says_so(tmp_path):
    town = town_of(tmp_path, ONWARD, transfers(",,,,T1,T2,4,"))
    (way,) = town.ask("stop A", "stop C", "7:55", max_transfers=0).itineraries
    assert town.draw(way) == "A 8:00 R1 B 8:10 | B 8:10 R2 C 8:20"
    assert way.transfers == 0
    assert [leg.stay_seated for leg in way.legs] == [False, True]


def test_B5_and_leave_it_where_the_feed_says_so(tmp_path):
    trips = """
        # trips.txt
        route_id,service_id,trip_id,block_id
        R1,daily,T1,one
        R2,daily,T2,one
        R2,daily,T3,
        """
    stay = town_of(tmp_path / "a", ONWARD, trips)
    assert leaves(stay, max_transfers=0) == "8:10"
    leave = town_of(tmp_path / "b", ONWARD, trips, transfers("B,B,,,T1,T2,5,"))
    assert leaves(leave) == "8:20"
