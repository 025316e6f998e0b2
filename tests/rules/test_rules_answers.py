"""Rules of what is answered, from a feed's text and a map to the itinerary and the API's words.

Checklist B10 to B12, B15 and B16, stops on the way, and a traveller's own pace and changes.
"""

from __future__ import annotations

import pytest
from feed_text import draw_feed
from small_town import fed_town

from planner.itinerary import Reason
from planner.request import StopRef, Via
from web.motis.response import plan_response

FOOT = {"highway": "footway"}

# A line along a street of 1,800 m, and one that crosses it at B and C.
STREET = "a--A-----------B-----C--c"
WAYS = {"aABCc": FOOT}
TOWN = """
    A     B     C
    8:00  8:04  8:06
    8:10  8:14  8:16
    --
    C     B     D
    8:08  8:10  8:20
    8:18  8:20  8:30
    """


def town_of(folder, drawing=TOWN, **options):
    return fed_town(folder, draw_feed(drawing), drawing=STREET, ways=WAYS, step_m=100.0, **options)


def past(*vias):
    return {"via": tuple(Via(StopRef(stop), stay_s) for stop, stay_s in vias)}


def test_a_stop_on_the_way_is_called_at_by_riding_through_by_changing_or_on_foot(tmp_path):
    town = town_of(tmp_path)
    ask = {"modes": frozenset({"transit"})}
    through = town.ask("stop A", "stop C", "7:55", **past(("B", 0)), **ask)
    assert town.rides(through) == ["A 8:00 R1 C 8:06"]
    ask["max_access_s"] = 60
    stayed = town.ask("stop A", "stop C", "7:55", **past(("B", 600)), **ask)
    assert town.rides(stayed) == ["A 8:00 R1 B 8:04 | B 8:14 R1 C 8:16"]
    # The way back along the line: C is passed in neither direction between A and B.
    back = town.ask("stop A", "stop B", "7:55", **past(("C", 60)), **ask)
    assert town.rides(back) == ["A 8:00 R1 C 8:06 | C 8:08 R2 B 8:10"]


@pytest.mark.parametrize("arrive_by", [False, True])
def test_direct_trips_lead_past_the_stops_on_the_way_and_stay(tmp_path, arrive_by):
    town = town_of(tmp_path)
    whole = town.ask("a", "c", arrive_by=arrive_by).direct[0]
    (walk,) = town.ask("a", "c", arrive_by=arrive_by, **past(("B", 600))).direct[:1]
    assert [(town.name(leg.origin), town.name(leg.destination)) for leg in walk.legs] == [
        ("a", "B"),
        ("B", "c"),
    ]
    assert (walk.legs[1].start - walk.legs[0].end).total_seconds() == 600
    assert 600 <= walk.seconds - whole.seconds <= 602
    assert (walk.end if arrive_by else walk.start) == town.instant("8:00")


def test_B11_the_change_is_where_there_is_most_time(tmp_path):
    text = "A     B     C\n8:00  8:04  8:06\n--\nB     C     D\n8:10  8:11  8:20"
    town = town_of(tmp_path, text)
    answer = town.ask("stop A", "stop D", "7:55", max_access_s=60)
    assert town.rides(answer) == ["A 8:00 R1 B 8:04 | B 8:10 R2 D 8:20"]
    names = [report.name for report in answer.debug.filters]
    assert plan_response(answer, town.network)["debugOutput"].keys() >= {"journeys", *names}


def test_B12_departures_of_one_line_are_answered_each(tmp_path):
    town = town_of(tmp_path)
    answer = town.ask("stop A", "stop C", "7:55", window_s=1800, at_least=2)
    assert town.rides(answer)[:2] == ["A 8:00 R1 C 8:06", "A 8:10 R1 C 8:16"]


def test_B15_what_walking_beats_is_left_out_and_said(tmp_path):
    # It is 300 m from a to A and 1,200 m to B; the vehicle takes 30 minutes.
    town = town_of(tmp_path, "A     B\n8:10  8:40")
    answer = town.ask("a", "B")
    assert answer.itineraries == ()
    assert [short.reason for short in answer.shortfalls] == [Reason.ONLY_WALK]
    filters = {one["name"]: one for one in plan_response(answer, town.network)["filters"]}
    (told,) = filters["drop_slower_than_walking"]["dropped"]
    assert told["by"].startswith("08:00 walk")


def test_B16_a_long_wait_for_the_first_departure_is_said(tmp_path):
    town = town_of(tmp_path, "A     B\n5:12  5:30")
    answer = town.ask("stop A", "stop B", "1:00", modes=frozenset({"transit"}))
    (short,) = answer.shortfalls
    assert (short.reason, short.facts["next"][11:16]) == (Reason.NEXT_LATER, "05:12")


@pytest.mark.parametrize("kmh", [2.0, 3.7, 6.4])
@pytest.mark.parametrize("arrive_by", [False, True])
def test_every_way_is_walked_at_ones_own_speed(tmp_path, kmh, arrive_by):
    """To the first stop and on the whole way alike; changes are in tests/planner/test_plan.py."""
    town = town_of(tmp_path, "A     D\n9:00  9:04")
    at = {"at": "10:00" if arrive_by else "8:00", "arrive_by": arrive_by, "max_access_s": 1400}
    usual = town.ask("a", "stop D", **at).itineraries[0].legs[0]
    own = town.ask("a", "stop D", **at, walk_speed_kmh=kmh).itineraries[0]
    assert own.legs[0].seconds == -(-usual.seconds * 51 // round(10 * kmh))
    assert own.legs[0].end == own.legs[1].start  # nobody waits who needn't
    steps = own.legs[0].steps
    assert abs(sum(step.duration for step in steps) - own.legs[0].seconds) <= 2 + len(steps)
    direct = town.ask("a", "c").direct[0], town.ask("a", "c", walk_speed_kmh=kmh).direct[0]
    assert direct[1].seconds == -(-direct[0].seconds * 51 // round(10 * kmh))


def test_who_walks_slowly_comes_less_far(tmp_path):
    town = town_of(tmp_path)
    legs = town.ask("a", "c", walk_speed_kmh=1.0, max_direct_s=1800)
    assert legs.direct == ()
    assert {short.reason for short in legs.shortfalls} >= {Reason.TOO_FAR}
    # 300 m at 1 km/h are 18 minutes.
    near = town.ask("a", "stop D", walk_speed_kmh=1.0, max_access_s=1000)
    assert [short.reason for short in near.shortfalls if "mode" not in short.facts] == [
        Reason.NO_STOP_IN_REACH
    ]


def test_staying_seated_is_motis_interline(tmp_path):
    rule = "# transfers.txt\nfrom_trip_id,to_trip_id,transfer_type\nT1,T2,4\n"
    town = fed_town(
        tmp_path, draw_feed("A     B\n8:00  8:10\n--\nB     C\n8:10  8:20", rule)
    )  # fmt: skip
    answer = town.ask("stop A", "stop C", "7:55")
    legs = plan_response(answer, town.network)["itineraries"][0]["legs"]
    assert [leg["interlineWithPreviousLeg"] for leg in legs] == [False, True]
