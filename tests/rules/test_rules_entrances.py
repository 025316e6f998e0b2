"""Rules of stations whose pathways.txt leads from entrances to platforms (checklist B10, C8, C13).

A---E-M-F---B    a street; platforms P and Q lie under M, entrances E and F 100 m aside
"""

from __future__ import annotations

import pytest
from feed_text import draw_feed
from small_town import fed_town, issues_of
from street_drawing import letter_places

from planner.itinerary import Reason, TransitLeg
from planner.request import StopRef, Via

STREET = "A---E-M-F---B"
WAYS = {"AEMFB": {"highway": "footway"}}
PACE = 3.6 / 5.1  # seconds for a metre on foot
ROLLING = 1.0  # in a wheelchair
WALKWAY, STAIRS, ESCALATOR, LIFT, EXIT = 1, 2, 4, 5, 7
OUTWARD, HOMEWARD = "P     Z\n8:30  8:50", "Z     P\n8:30  8:50"


def pathways(*rows):
    """(from, to, mode, both ways, seconds), with stairs where a sixth is given."""
    header = "pathway_id,from_stop_id,to_stop_id,pathway_mode,is_bidirectional,traversal_time"
    lines = [
        f"w{i},{','.join(map(str, row[:5]))},{row[5] if len(row) > 5 else ''}"
        for i, row in enumerate(rows)
    ]
    return "\n".join(["# pathways.txt", f"{header},stair_count", *lines, ""])


def town_of(folder, timetable, *files, wheelchairs=(), more=(), ways=WAYS, **options):
    """A town with the station S; `wheelchairs` gives wheelchair_boarding, `more` rows of stops."""
    spots = letter_places(STREET)
    boarding = dict(wheelchairs)
    under = f"{spots['M'][0]:.6f},{spots['M'][1]:.6f}"
    rows = [f"S,Station,{under},1,,0"]
    rows += [f"{stop},{stop},{under},0,S,{boarding.get(stop, 0)}" for stop in "PQ"]
    rows += [
        f"{stop},Door {stop},{spots[stop][0]:.6f},{spots[stop][1]:.6f},2,S,{boarding.get(stop, 0)}"
        for stop in "EF"
    ]
    rows += [
        "Z,Z,48.9,2.4,0,,0",
        "Y,Y,48.9,2.5,0,,0",
        f"B,B,{spots['B'][0]:.6f},{spots['B'][1]:.6f},0,,0",
    ]
    header = "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station,wheelchair_boarding"
    stops = "\n".join(["# stops.txt", header, *rows, *more, ""])
    feed = draw_feed(timetable, stops, *files)
    return fed_town(folder, feed, drawing=STREET, ways=ways, **options)


def walks(town, origin, destination, at="8:00", **options):
    """Seconds and streets of each way on foot of the first itinerary, or why there is none."""
    answer = town.ask(origin, destination, at, **options)
    if not answer.itineraries:
        return answer.shortfalls[0].reason
    return [
        (round((leg.end - leg.start).total_seconds()), [step.street for step in leg.steps])
        for leg in answer.itineraries[0].legs
        if not isinstance(leg, TransitLeg)
    ]


def about(seconds):
    return pytest.approx(seconds, abs=2)


@pytest.mark.parametrize("arrive_by", [False, True])
def test_C8_a_platform_is_entered_and_left_through_its_entrance_alone(tmp_path, arrive_by):
    ways = pathways(("E", "P", WALKWAY, 0, 90), ("P", "E", WALKWAY, 0, 70))
    town = town_of(tmp_path, f"{OUTWARD}\n--\n{HOMEWARD}", ways)
    at = "9:30" if arrive_by else "8:00"
    # 100 m to the door and 90 s inside, though the platform lies under one's feet.
    assert walks(town, "M", "stop Z", at, arrive_by=arrive_by) == [
        (about(100 * PACE + 90), ["", "Door E"])
    ]
    assert walks(town, "stop Z", "M", at, arrive_by=arrive_by) == [
        (about(100 * PACE + 70), ["Door E", ""])
    ]


def test_C8_the_way_inside_is_a_step_of_its_own(tmp_path):
    town = town_of(tmp_path, OUTWARD, pathways(("E", "P", WALKWAY, 1, 150)))
    leg, _ = town.ask("M", "stop Z").itineraries[0].legs
    outside, inside = leg.steps
    assert (inside.street, inside.road_class, inside.duration) == ("Door E", "corridor", 150)
    assert outside.duration + inside.duration == (leg.end - leg.start).total_seconds()
    assert inside.points[0] == outside.points[-1]
    assert leg.length_m == pytest.approx(200, abs=1)  # to the door, and back below


def test_C8_of_two_entrances_the_one_is_taken_that_is_the_quicker_door_to_door(tmp_path):
    ways = pathways(("E", "P", WALKWAY, 1, 100), ("F", "P", WALKWAY, 1, 180))
    town = town_of(tmp_path, OUTWARD, ways)
    assert walks(town, "M", "stop Z") == [(about(100 * PACE + 100), ["", "Door E"])]
    assert walks(town, "B", "stop Z") == [(about(200 * PACE + 180), ["", "Door F"])]


@pytest.mark.parametrize("gate", [("P", "F", EXIT, 1, 70), ("P", "F", WALKWAY, 0, 70)])
def test_C8_an_exit_is_no_way_in(tmp_path, gate):
    ways = pathways(("E", "P", WALKWAY, 1, 60), gate)
    town = town_of(tmp_path, f"{OUTWARD}\n--\n{HOMEWARD}", ways)
    assert walks(town, "F", "stop Z") == [(about(200 * PACE + 60), ["", "Door E"])]
    ((seconds, streets),) = walks(town, "stop Z", "F")
    assert (seconds, streets[0]) == (about(70), "Door F")


def test_C8_changes_through_the_street_pay_for_the_way_inside(tmp_path):
    ways = pathways(("E", "P", WALKWAY, 0, 90), ("P", "F", WALKWAY, 0, 70))
    bus_first = "Z     B\n8:00  8:10\n--\nP     Y\n9:00  9:30"
    metro_first = "\n--\nY      P\n10:00  10:10\n--\nB      Z\n11:00  11:10"
    town = town_of(tmp_path, bus_first + metro_first, ways, transfer_time=0)
    assert walks(town, "stop Z", "stop Y", "7:50") == [(about(400 * PACE + 90), ["", "Door E"])]
    assert walks(town, "stop Y", "stop Z", "9:50") == [(about(200 * PACE + 70), ["Door F", ""])]


def test_C8_a_platform_that_one_can_only_leave_or_only_enter_is_told(tmp_path):
    ways = pathways(("P", "E", WALKWAY, 0, 60), ("E", "Q", WALKWAY, 0, 60))
    town = town_of(tmp_path, f"{OUTWARD}\n--\n{HOMEWARD}", ways)
    found = issues_of(town)
    assert (found["stop_without_way_in"], found["stop_without_way_out"]) == (1, 1)
    assert walks(town, "E", "stop Z") is Reason.WINDOW_EXHAUSTED
    assert walks(town, "stop Z", "E") == [(about(60), ["Door E"])]


def test_C8_a_platform_that_no_entrance_leads_to_keeps_the_street_above_and_is_told(tmp_path):
    town = town_of(tmp_path, OUTWARD, pathways(("E", "Q", WALKWAY, 1, 60)))
    assert issues_of(town)["stop_without_entrance"] == 1
    ((seconds, _),) = walks(town, "E", "stop Z")
    assert seconds == about(100 * PACE)
    assert town.network.stop_links_step_free is None


def test_C8_without_pathways_entrances_change_nothing(tmp_path):
    town = town_of(tmp_path, OUTWARD)
    assert "stop_without_entrance" not in issues_of(town)
    ((seconds, _),) = walks(town, "E", "stop Z")
    assert seconds == about(100 * PACE)


def test_C8_boarding_areas_are_their_platforms(tmp_path):
    town = town_of(tmp_path, OUTWARD, pathways(("E", "P", WALKWAY, 1, 60)))
    files = (tmp_path / "with_area", OUTWARD, pathways(("E", "P1", WALKWAY, 1, 60)))
    (tmp_path / "with_area").mkdir()
    town_with_area = town_of(*files, more=["P1,Front of P,,,4,P,0"])
    assert walks(town, "M", "stop Z") == walks(town_with_area, "M", "stop Z")


@pytest.mark.parametrize(
    ("ways", "both"),
    [(WAYS, 0), ({}, 1)],
    ids=["one-way gates under a street", "two halls without a map"],
)
def test_C8_platforms_without_a_pathway_between_them_are_no_change(tmp_path, ways, both):
    """OTP#7072: a station alone joins nobody where its pathways are known."""
    rows = ("E", "P", WALKWAY, both, 60), ("Q", "F", WALKWAY, both, 60)
    trains = "Z     P\n8:00  8:10\n--\nQ     B\n8:20  8:30"
    town = town_of(tmp_path, trains, pathways(*rows), ways=ways)
    assert town.rides(town.ask("stop Z", "stop B", at="7:50")) == []
    (tmp_path / "told").mkdir()
    transfers = "# transfers.txt\nfrom_stop_id,to_stop_id,transfer_type\nP,Q,0\n"
    town = town_of(tmp_path / "told", trains, pathways(*rows), transfers, ways=ways)
    assert len(town.ask("stop Z", "stop B", at="7:50").itineraries) == 1


# --- C13, B16: levels and steps


def test_C13_without_steps_one_takes_the_lift(tmp_path):
    ways = pathways(("E", "P", STAIRS, 1, 60), ("F", "P", LIFT, 1, 120))
    town = town_of(tmp_path, OUTWARD, ways)
    assert walks(town, "E", "stop Z", step_free=False)[0][0] == about(60)
    assert walks(town, "E", "stop Z", step_free=True) == [
        (about(200 * ROLLING + 120), ["", "Door F"])
    ]


@pytest.mark.parametrize(
    "only",
    [("E", "P", STAIRS, 1, 60), ("E", "P", ESCALATOR, 1, 60), ("E", "P", WALKWAY, 1, 60, 12)],
    ids=["stairs", "escalator", "stairs on a walkway"],
)
def test_C13_a_platform_behind_steps_is_out_of_reach_without_them(tmp_path, only):
    town = town_of(tmp_path, OUTWARD, pathways(only))
    assert walks(town, "M", "stop Z", step_free=False)
    assert walks(town, "M", "stop Z", step_free=True) is Reason.WINDOW_EXHAUSTED
    # Not from the station's name either: who stands before it stands in the street.
    assert walks(town, "stop S", "stop Z", step_free=True) is Reason.WINDOW_EXHAUSTED
    assert len(town.ask("stop P", "stop Z", step_free=True).itineraries) == 1  # who is there


def test_C13_an_entrance_closed_to_wheelchairs_is_none(tmp_path):
    ways = pathways(("E", "P", WALKWAY, 1, 60), ("F", "P", WALKWAY, 1, 90))
    town = town_of(tmp_path, OUTWARD, ways, wheelchairs={"E": 2})
    assert walks(town, "E", "stop Z", step_free=True) == [
        (about(200 * ROLLING + 90), ["", "Door F"])
    ]


# --- B10: stations and entrances as places


def test_B10_from_an_entrance_one_walks_through_it(tmp_path):
    ways = pathways(("E", "P", WALKWAY, 1, 60), ("F", "P", WALKWAY, 1, 70))
    town = town_of(tmp_path, f"{OUTWARD}\n--\n{HOMEWARD}", ways)
    assert walks(town, "stop E", "stop Z")[0][0] == about(60)
    assert walks(town, "stop F", "stop Z")[0][0] == about(70)
    assert walks(town, "stop Z", "stop E")[0][0] == about(60)
    # On the way, an entrance is its station.
    answer = town.ask("stop Z", "A", via=(Via(StopRef("E")),))
    assert town.draw(answer.itineraries[0]).startswith("Z 8:30 R2 P 8:50")
    answer = town.ask("stop E", "A")
    assert answer.direct[0].legs[0].length_m == pytest.approx(200, abs=1)


def test_B10_from_a_station_its_platforms_are_at_hand(tmp_path):
    town = town_of(tmp_path, OUTWARD, pathways(("E", "P", WALKWAY, 1, 60)))
    assert walks(town, "stop S", "stop Z") == []
    assert walks(town, "stop P", "stop Z") == []


def test_B10_on_foot_from_a_platform_one_leaves_by_the_entrance(tmp_path):
    town = town_of(tmp_path, OUTWARD, pathways(("P", "E", WALKWAY, 0, 60)))
    (way,) = town.ask("stop P", "M", modes=frozenset({"walk"})).direct
    assert (way.end - way.start).total_seconds() == about(100 * PACE + 60)
    (way,) = town.ask("stop P", "stop P", modes=frozenset({"walk"})).direct
    assert way.start == way.end
