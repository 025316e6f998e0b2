"""From door to door, drawn: streets and a timetable in one picture, and the trips through it.

On foot 100 m take 71 s (5.1 km/h), by bicycle 22.5 s (16 km/h). Every leg of every answer is
checked for touching the next in place and time (certificate.check_legs).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from drawn_town import DrawnTown, drawn_town
from street_networks import near_corner

from planner.itinerary import Reason, SearchTooLongError
from planner.network.store import frozen
from planner.streets import route as streets

FOOT = {"highway": "footway"}
ROAD = {"highway": "residential"}
STEPS = {"highway": "steps"}

# a and b are doors, 300 m from the stops A and B; the stops are 1,200 m apart.
STREET = drawn_town(
    "a--A-----------B--b",
    {"aABb": ROAD},
    """
    A     B
    8:10  8:13
    8:30  8:33
    """,
    step_m=100,
)


def reasons(answer):
    return [(s.reason, s.facts.get("mode") or s.facts.get("side", "")) for s in answer.shortfalls]


def test_on_foot_to_the_stop_and_from_it():
    answer = STREET.ask("a", "b")
    assert STREET.rides(answer) == [
        "a 8:06:28 walk A 8:10 | A 8:10 R1 B 8:13 | B 8:13 walk b 8:16:32"
    ]
    assert answer.shortfalls == ()


def test_B4_arrive_by_is_the_same_trip_seen_from_its_end():
    trip = "a 8:06:28 walk A 8:10 | A 8:10 R1 B 8:13 | B 8:13 walk b 8:16:32"
    assert STREET.rides(STREET.ask("a", "b", at="8:16:32", arrive_by=True)) == [trip]
    assert STREET.rides(STREET.ask("a", "b", at="8:36:31", arrive_by=True)) == [trip]
    later = STREET.ask("a", "b", at="8:36:32", arrive_by=True)
    assert STREET.rides(later)[0].startswith("a 8:26:28 walk A 8:30")


def test_one_second_late_the_vehicle_is_gone():
    assert STREET.rides(STREET.ask("a", "b", at="8:06:28"))[0].startswith("a 8:06:28")
    assert STREET.rides(STREET.ask("a", "b", at="8:06:29"))[0].startswith("a 8:26:28")


def test_B4_by_bicycle_to_the_stop_and_from_it():
    answer = STREET.ask("a", "b", access=frozenset({"bike"}), egress=frozenset({"bike"}))
    assert STREET.rides(answer) == [
        "a 8:09:05 bike A 8:10 | A 8:10 R1 B 8:13 | B 8:13 bike b 8:13:55"
    ]
    back = STREET.ask(
        "a", "b", at="8:13:55", arrive_by=True,
        access=frozenset({"walk", "bike"}), egress=frozenset({"bike"}),
    )  # fmt: skip
    assert STREET.rides(back) == STREET.rides(answer)


def test_B15_foot_bicycle_and_car_are_compared_with_the_vehicle():
    answer = STREET.ask("a", "b", modes=frozenset({"walk", "bike", "car", "transit"}))
    assert [STREET.draw(way) for way in answer.direct] == [
        "a 8:00 walk b 8:21:11",
        "a 8:00 bike b 8:05:30",
        "a 8:00 car b 8:02:50",  # 50 km/h, of which one drives 0.85, and 0.9 of that at 8 o'clock
    ]
    late = STREET.ask("a", "b", at="8:30", arrive_by=True)
    assert [STREET.draw(way) for way in late.direct] == [
        "a 8:08:49 walk b 8:30",
        "a 8:24:30 bike b 8:30",
    ]


def test_B15_where_walking_is_quicker_no_vehicle_is_shown():
    answer = STREET.ask("a", "stop A", modes=frozenset({"transit"}))
    assert answer.itineraries == ()
    assert [STREET.draw(way) for way in answer.direct] == ["a 8:00 walk A 8:03:32"]
    assert reasons(answer) == [(Reason.ONLY_WALK, "")]


def test_B15_a_slow_ride_stays_for_whoever_walks_little():
    town = drawn_town("A-----------B", {"AB": ROAD}, "A     B\n8:10  8:40", step_m=100)
    assert town.rides(town.ask("stop A", "stop B")) == ["A 8:10 R1 B 8:40"]


# From B one walks round two corners to C, 300 m, although it lies 60 m away.
CORNERS = drawn_town(
    """
    A-------B---x
                |
    D-------C---y
    """,
    {"ABxyCD": FOOT},
    """
    A     B
    8:05  8:15
    --
    C     D
    8:17  8:27
    8:20  8:30
    """,
    step_m=30,
)


def test_B8_a_change_goes_round_the_corner_as_the_streets_do():
    answer = CORNERS.ask("stop A", "stop D", max_access_s=60, max_egress_s=60)
    assert CORNERS.rides(answer) == ["A 8:05 R1 B 8:15 | B 8:15 walk C 8:18:32 | C 8:20 R2 D 8:30"]


# --- Doors and stops off the streets -----------------------------------------------------------

# The stop B stands 400 m from the street's end.
OFF = drawn_town("a--A------e---B--b", {"aAe": ROAD}, "A     B\n8:10  8:13", step_m=100)


def test_a_stop_beyond_the_streets_is_left_straight_and_the_leg_says_so():
    answer = OFF.ask("a", "b", modes=frozenset({"transit"}))
    (trip,) = answer.itineraries
    assert OFF.draw(trip).endswith("A 8:10 R1 B 8:13 | B 8:13 walk b 8:17:36")  # 300 m times 1.3
    first, _, last = trip.legs
    assert (first.estimated, last.estimated) == (False, True)
    assert last.length_m == pytest.approx(390, abs=1)
    assert reasons(answer) == []


def test_B4_beyond_the_streets_arrive_by_is_the_same_trip():
    there = OFF.ask("a", "b", modes=frozenset({"transit"}))
    back = OFF.ask("a", "b", at="8:17:36", arrive_by=True, modes=frozenset({"transit"}))
    assert OFF.rides(back) == OFF.rides(there)
    away = OFF.ask("a", "b", at="8:17:35", arrive_by=True, modes=frozenset({"transit"}))
    assert OFF.rides(away) == []


def test_B8_straight_walks_are_short():
    near, far = near_corner(1400 + 598, 0), near_corner(1400 + 602, 0)
    assert OFF.ask("a", near, modes=frozenset({"transit"})).itineraries
    assert reasons(OFF.ask("a", far)) == [(Reason.OUTSIDE_AREA, "destination")]


def test_step_free_straight_walks_take_a_wheelchairs_time():
    answer = OFF.ask("a", "b", modes=frozenset({"transit"}), step_free=True)
    last = answer.itineraries[0].legs[-1]
    assert (last.end - last.start).total_seconds() == pytest.approx(390, abs=1)  # at 3.6 km/h


def test_H1_snapped_too_far_outside_and_no_stop_in_reach():
    field = drawn_town(
        "A---------B\n|\n|\n|\n|\n|\n|\n|\n|\nC---------D",
        {"AB": ROAD, "CD": ROAD},
        "A     B\n8:10  8:13",
        step_m=100,
    )
    middle, outside = near_corner(500, 450), near_corner(500, -2000)
    assert reasons(field.ask("A", middle)) == [(Reason.SNAPPED_TOO_FAR, "destination")]
    assert reasons(field.ask(middle, "A")) == [(Reason.SNAPPED_TOO_FAR, "origin")]
    assert reasons(field.ask(outside, "A")) == [(Reason.OUTSIDE_AREA, "origin")]
    assert reasons(field.ask(outside, middle)) == [
        (Reason.OUTSIDE_AREA, "origin"),
        (Reason.SNAPPED_TOO_FAR, "destination"),
    ]
    here = field.ask("A", "C", modes=frozenset({"transit", "walk", "car"}))
    assert reasons(here) == [
        (Reason.NO_STOP_IN_REACH, "destination"),
        (Reason.NOT_CONNECTED, "walk"),
        (Reason.NOT_CONNECTED, "car"),
    ]


def test_a_door_just_beyond_the_last_street_is_not_outside():
    answer = STREET.ask(near_corner(-20, 15), "b", at="8:00")
    assert answer.itineraries


def test_H1_too_far_and_only_for_what_was_asked():
    limited = STREET.ask("a", "b", max_direct_s=600)
    assert reasons(limited) == [(Reason.TOO_FAR, "walk")]
    assert [way.legs[0].mode for way in limited.direct] == ["bike"]
    unasked = STREET.ask("a", "b", max_direct_s=600, modes=frozenset({"bike", "transit"}))
    assert reasons(unasked) == []


def test_H1_a_stop_within_no_reach_because_the_limit_is_short():
    answer = STREET.ask("a", "b", max_access_s=211)
    assert reasons(answer) == [(Reason.NO_STOP_IN_REACH, "origin")]
    assert STREET.ask("a", "b", max_access_s=212).itineraries


def test_H1_a_search_given_up_is_a_timeout_whichever_it_is(monkeypatch):
    route = streets.route
    monkeypatch.setattr(streets, "route", lambda *a, **k: route(*a, **k, max_settled=1))
    answer = STREET.ask("a", "b", modes=frozenset({"walk"}))
    assert reasons(answer) == [(Reason.TIMEOUT, "walk")]
    monkeypatch.undo()

    def give_up(*_, **__):
        raise SearchTooLongError

    monkeypatch.setattr(streets, "reach_stops", give_up)
    assert reasons(STREET.ask("a", "b")) == [(Reason.TIMEOUT, "")]


# --- One-ways, pushing, steps ------------------------------------------------------------------

# By the one-way street it is 400 m from A to B, round the block 800 m.
BLOCK = drawn_town(
    """
    c---d
    |   |
    A---B
    """,
    {"AB": ROAD | {"oneway": "yes"}, "BdcA": ROAD},
    "A     B\n8:10  8:13",
    step_m=100,
)


def bike_way(town, origin, destination, **options):
    answer = town.ask(origin, destination, modes=frozenset({"bike"}), **options)
    return next(way.legs[0] for way in answer.direct if way.legs[0].mode == "bike")


def test_D2_against_a_one_way_the_bicycle_goes_round_the_block_and_the_walker_does_not():
    assert bike_way(BLOCK, "A", "B").length_m == pytest.approx(400, abs=1)
    back = bike_way(BLOCK, "B", "A")
    assert back.length_m == pytest.approx(800, abs=1)
    assert not any(step.push for step in back.steps)
    walks = BLOCK.ask("B", "A", modes=frozenset({"walk"})).direct
    assert walks[0].legs[0].length_m == pytest.approx(400, abs=1)


def test_D3_a_footway_is_pushed_along_and_the_step_says_so():
    town = drawn_town("A-x-B", {"Ax": ROAD, "xB": FOOT}, "A     B\n8:10  8:13", step_m=100)
    leg = bike_way(town, "A", "B")
    assert [step.push for step in leg.steps] == [False, True]
    # 200 m ridden at 19.7 km/h, 5 s to get off, 200 m at 4 km/h.
    assert (leg.end - leg.start).total_seconds() == pytest.approx(37 + 5 + 180, abs=1)


# A stands below the steps; by the ramp it is 1,000 m instead of 200.
STEPPED = drawn_town(
    """
    r---s
    |   |
    a-A-B---------C
    """,
    {"aA": STEPS, "arsB": ROAD, "ABC": ROAD},
    """
    A     C
    8:05  8:10
    8:17  8:22
    """,
    step_m=100,
)


def test_step_free_goes_round_the_steps_and_takes_the_next_vehicle():
    def ride(**options):
        return STEPPED.rides(STEPPED.ask("a", "C", **options))

    assert ride() == ["a 8:00:12 walk A 8:05 | A 8:05 R1 C 8:10"]  # 200 m of steps at 2.5 km/h
    assert ride(step_free=True) == ["a 8:00:20 walk A 8:17 | A 8:17 R1 C 8:22"]  # at 3.6 km/h
    assert ride(step_free=True, at="8:22", arrive_by=True) == ride(step_free=True)
    assert ride(step_free=True, at="8:21", arrive_by=True)[0].startswith("a 7:48:20")


# --- Stations and stops as ends ----------------------------------------------------------------


def test_B10_a_station_is_its_stops_and_its_entrance_no_stop_to_wait_at():
    # P is the station, A its stop, E its entrance; E is 100 m nearer to nothing that rides.
    town = drawn_town("P-A-E-------B", {"PAEB": ROAD}, "A     B\n8:10  8:13\n--\nE  P\n1:00 1:01")
    stops = town.network.stops._replace(
        station=frozen(np.array([3, 1, 3, 3]), np.int32),
        location_type=frozen(np.array([0, 0, 2, 1]), np.uint8),
    )
    town = DrawnTown(replace(town.network, stops=stops), town.places)
    for place in ("stop P", "stop E", "stop A"):
        assert town.rides(town.ask(place, "stop B")) == ["A 8:10 R1 B 8:13"], place


@pytest.mark.parametrize("places", [("stop A", "stop A"), ("A", "A"), ("stop A", "A")])
def test_B10_from_a_place_to_itself_no_vehicle_goes_round(places):
    town = drawn_town("A---------B", {"AB": ROAD}, "A     B     A\n8:10  8:13  8:16", step_m=100)
    answer = town.ask(*places)
    assert answer.itineraries == ()
    assert {way.end - way.start for way in answer.direct} == {timedelta(0)}
    assert reasons(answer) == [(Reason.ONLY_WALK, "")]


def test_from_a_stop_one_may_walk_or_ride_to_a_farther_one():
    # Nothing leaves from C; A is 17 minutes on foot from there, and a footpath has 15 at most.
    town = drawn_town(
        "C-------------A----------------B",
        {"CAB": ROAD},
        "A  B\n8:30  8:33\n--\nC  A\n3:00 3:01",
        step_m=100,
    )
    (walked,) = town.rides(town.ask("stop C", "stop B"))
    assert walked == "C 8:13:31 walk A 8:30 | A 8:30 R1 B 8:33"
    (ridden,) = town.rides(town.ask("stop C", "stop B", access=frozenset({"bike"})))
    assert ridden == "C 8:25:43 bike A 8:30 | A 8:30 R1 B 8:33"


def unlocated(town, *names):
    ids = list(town.network.stops.stop_id.list_all())
    lat, lon = (np.array(x) for x in (town.network.stops.lat, town.network.stops.lon))
    for name in names:
        lat[ids.index(name)] = lon[ids.index(name)] = np.nan
    stops = town.network.stops._replace(lat=frozen(lat, np.float64), lon=frozen(lon, np.float64))
    empty = town.network.stop_links._replace(
        stop_offset=frozen(np.zeros(len(ids) + 1), np.int32),
    )
    return DrawnTown(replace(town.network, stops=stops, stop_links=empty), town.places)


def test_C5_a_stop_without_coordinates_is_ridden_to_and_drawn_between_its_neighbours():
    text = "A     B     C\n8:10  8:13  8:16"
    town = unlocated(drawn_town("A-----B-----C-------x", {"ABCx": ROAD}, text, step_m=100), "B")
    (leg,) = town.ask("stop A", "stop C").itineraries[0].legs
    at = [call.place for call in leg.calls]
    assert at[1].lon == pytest.approx((at[0].lon + at[2].lon) / 2)
    (leg,) = town.ask("stop A", "stop B").itineraries[0].legs
    assert leg.points[-1] == (at[1].lat, at[1].lon)
    assert np.isfinite(leg.length_m)
    answer = town.ask("stop B", "stop C")
    assert np.isfinite(answer.origin.lat + answer.origin.lon)
    assert answer.itineraries[0].legs[0].calls[0].place.name == "B"


# --- All of it, on any pair of places ----------------------------------------------------------


@pytest.mark.parametrize("town", [STREET, CORNERS, OFF, BLOCK, STEPPED])
def test_every_leg_touches_the_next_from_anywhere_to_anywhere(town):
    """The legs are checked in `ask`; here, that they begin and end at the doors."""
    asked = 0
    for origin in town.places:
        for destination in town.places:
            for arrive_by in (False, True):
                answer = town.ask(
                    origin, destination, at="8:40" if arrive_by else "7:50",
                    arrive_by=arrive_by, window_s=1800, access=frozenset({"walk", "bike"}),
                )  # fmt: skip
                for one in (*answer.itineraries, *answer.direct):
                    asked += 1
                    first, last = one.legs[0].points[0], one.legs[-1].points[-1]
                    assert first == pytest.approx(town.places[origin], abs=1e-5)
                    assert last == pytest.approx(town.places[destination], abs=1e-5)
    assert asked > len(town.places)
