"""Streets that open and close by the clock (D15): from conditional tags to Conditions."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest
from asked_streets import FOOT, NO_LEFT, ROAD, asked
from street_drawing import draw_town, say_modes

from graph_build.streets.timed_access import WEEK, list_spans, read_clauses
from planner.network import shape
from planner.request import Coordinate
from planner.streets.route import route

DAYS = {day: number for number, day in enumerate(("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"))}


def minute(text):
    """Minutes since Monday of "Tu 7:30"."""
    day, clock = text.split()
    hours, minutes = clock.split(":")
    return DAYS[day] * 1440 + int(hours) * 60 + int(minutes)


def open_at(town, word, when):
    """Who may go along an edge then."""
    edge = town.edge(word)
    return say_modes(access_at(town, edge, when), pushed=town.pushed(word))


def access_at(town, edge, when):
    found = [town.streets.access[edge]]
    timed = town.conditions
    for row in () if timed is None else np.flatnonzero(timed.edge == edge).tolist():
        spans = range(timed.span_offset[row], timed.span_offset[row + 1])
        if any(timed.begin[i] <= minute(when) < timed.end[i] for i in spans):
            found.append(timed.access[row])
    assert len(found) <= 2  # no two of an edge hold at once
    return int(found[-1])


def one_way_street(tags):
    return draw_town("A--B--C", {"AB": {**ROAD, **tags}, "BC": ROAD})


HOURS = [
    # tags of a residential street                                  then        who           else
    ({"motor_vehicle:conditional": "no @ (Mo,Tu,Th,Fr 08:15-08:45,16:15-16:45)"},
     "Tu 8:30", "walk bike", "walk bike car"),                                 # a school street
    ({"access:conditional": "no @ (Tu,Fr 07:00-14:30)"},
     "Fr 9:00", "", "walk bike car"),                                          # a market street
    ({"vehicle:conditional": "no @ (We 06:00-16:00)", "bicycle": "yes"},
     "We 12:00", "walk bike", "walk bike car"),
    ({"motor_vehicle": "no", "motor_vehicle:conditional": "delivery @ (Mo-Sa 06:00-11:00)"},
     "Sa 10:59", "walk bike car*", "walk bike"),                               # deliveries
    ({"motor_vehicle": "private", "motor_vehicle:conditional": "yes @ (Su)"},
     "Su 0:00", "walk bike car", "walk bike car*"),
    ({"access": "no", "access:conditional": "yes @ (08:00-20:00)"},
     "Mo 8:00", "walk bike car", ""),
    ({"access:conditional": "no @ (22:00-06:00)"},
     "Mo 0:30", "", "walk bike car"),                                          # over Sunday night
    ({"motor_vehicle:conditional": "no @ Su 10:00-18:00"},
     "Su 17:59", "walk bike", "walk bike car"),                                # without brackets
    ({"motor_vehicle:conditional": "destination @ (Mo-Fr 07:00-19:00); no @ (We 07:00-19:00)"},
     "We 12:00", "walk bike", "walk bike car"),                                # the last one wins
    ({"foot:conditional": "no @ (23:00-24:00)"},
     "Th 23:30", "bike car", "walk bike car"),
]  # fmt: skip


@pytest.mark.parametrize(("tags", "then", "who", "at_other_times"), HOURS)
def test_D15_who_may_go_at_some_hours(tags, then, who, at_other_times):
    town = one_way_street(tags)
    assert open_at(town, "AB", then) == open_at(town, "BA", then) == who
    assert open_at(town, "AB", "Sa 21:00") == at_other_times
    assert open_at(town, "BC", then) == "walk bike car"
    assert town.issues.counts == {}


SCHOOL = """
A--B----C--D
   |    |
   E----F
"""


@pytest.mark.parametrize(
    ("at", "profile", "metres"),
    [
        ("2026-11-03T08:30+01:00", "car", 750),  # a Tuesday: around by E and F
        ("2026-11-03T08:45+01:00", "car", 550),
        ("2026-11-03T07:30+00:00", "car", 750),  # the same half past eight
        ("2026-11-04T08:30+01:00", "car", 550),  # no school on Wednesdays
        ("2026-11-03T08:30+01:00", "bike", 550),
    ],
)
def test_D15_a_car_goes_round_a_school_street_when_children_come(at, profile, metres):
    closed = {"motor_vehicle:conditional": "no @ (Mo,Tu,Th,Fr 08:15-08:45)"}
    ways = {"AB": ROAD, "BC": ROAD | closed, "CD": ROAD, "BEFC": ROAD}
    town = asked(SCHOOL, ways)
    network = replace(town.network, manifest={"timezone": "Europe/Paris"})
    ends = (Coordinate(*town.places[letter]) for letter in "AD")
    path = route(network, *ends, profile, max_s=7200, at=datetime.fromisoformat(at))
    assert path.length_m == pytest.approx(metres, rel=0.02)


def test_D15_a_street_that_is_one_way_at_some_hours():
    town = one_way_street({"oneway:conditional": "yes @ (07:30-20:00)"})
    assert open_at(town, "BA", "Mo 7:29") == "walk bike car"
    assert open_at(town, "BA", "Mo 7:30") == "walk"  # to be ridden or not is told for all times
    assert open_at(town, "AB", "Mo 7:30") == "walk bike car"


def test_D15_a_park_that_closes_at_night_is_closed_to_bicycles_too():
    path = {"highway": "path", "access:conditional": "no @ (20:00-08:00)"}
    town = draw_town("A--B", {"AB": path})
    assert open_at(town, "AB", "Mo 12:00") == "walk bike"
    assert open_at(town, "AB", "Mo 21:00") == ""


def test_D15_a_rising_bollard_lets_deliveries_in_until_eleven():
    bollard = {"barrier": "bollard", "motor_vehicle:conditional": "delivery @ (06:00-11:00)"}
    town = draw_town("A--B--C", {"ABC": ROAD}, nodes={"B": bollard})
    (there, back) = np.flatnonzero(town.streets.length_m == 0).tolist()
    for gate in (there, back):
        assert say_modes(access_at(town, gate, "Mo 10:00"), pushed=False) == "walk bike car*"
        assert say_modes(access_at(town, gate, "Mo 11:00"), pushed=False) == "walk bike"


def test_D15_a_gate_on_a_timed_street_keeps_nobody_out_whom_the_street_lets_in():
    ways = {"ABC": ROAD | {"motor_vehicle": "no", "motor_vehicle:conditional": "yes @ (Su)"}}
    town = draw_town("A--B--C", ways, nodes={"B": {"barrier": "gate", "foot": "private"}})
    gates = np.flatnonzero(town.streets.length_m == 0)
    assert [say_modes(a, pushed=False) for a in town.streets.access[gates].tolist()] == [
        "walk* bike car", "walk* bike car",
    ]  # fmt: skip


CROSSING = """
    E
    |
A---B---C
"""


def test_D15_a_turn_that_is_forbidden_at_the_rush_hours():
    when = {"restriction:conditional": "no_left_turn @ (Mo-Fr 07:00-09:00,17:00-19:00)"}
    ways = {"AB": ROAD, "BC": ROAD, "BE": ROAD}
    town = draw_town(CROSSING, ways, turns={("AB", "B", "BE"): when})
    streets = town.streets
    turn = np.flatnonzero(streets.flags & shape.TURN)
    closing = np.unique(town.conditions.edge)
    assert len(closing) == 1
    assert closing[0] in turn
    (edge,) = closing.tolist()
    assert streets.tail[edge] == streets.head[town.edge("AB")]
    assert streets.head[edge] == streets.tail[town.edge("BE")]
    assert say_modes(access_at(town, edge, "Fr 8:00"), pushed=False) == "walk"
    assert say_modes(access_at(town, edge, "Sa 8:00"), pushed=False) == "walk bike car"


def test_D15_the_keys_that_told_hours_before_conditional_ones():
    hours = {"day_on": "Monday", "day_off": "Friday", "hour_on": "07:00", "hour_off": "09:00"}
    ways = {"AB": ROAD, "BC": ROAD, "BE": ROAD}
    town = draw_town(CROSSING, ways, turns={("AB", "B", "BE"): NO_LEFT | hours})
    assert set(town.conditions.begin.tolist()) == {minute(f"{day} 7:00") for day in list(DAYS)[:5]}


NOT_EVERY_WEEK = [
    "no @ (2024 Jul 01-2024 Jul 31)",
    "no @ (Jul-Aug Su 10:00-18:00)",
    "no @ (sunset-sunrise)",
    "no @ (Nov-Mar)",
    "no @ (Su[2] 10:00-17:00)",
    "no @ (Mo-Fr 7-9)",
    "no @ (PH)",
    "no@(((",
    "@",
]


@pytest.mark.parametrize("text", NOT_EVERY_WEEK)
def test_D15_what_is_no_weekly_rule_is_counted_and_leaves_the_street_as_it_is(text):
    town = one_way_street({"access:conditional": text})
    assert town.conditions is None
    assert town.modes("AB") == "walk bike car"
    assert town.issues.counts == {"unknown_condition": 1}
    assert f"access:conditional={text}" in town.issues.examples["unknown_condition"][0].where


@pytest.mark.parametrize(
    "text",
    ["no @ (weight>3.5)", "no @ (length>12 AND Su 08:00-10:00)", "yes @ delivery", "no"],
)
def test_D15_conditions_of_weight_and_purpose_say_nothing_of_time(text):
    town = one_way_street({"motor_vehicle:conditional": text})
    assert town.conditions is None
    assert town.issues.counts == {}


def test_D15_minutes_of_the_week():
    assert list_spans("Mo 08:00-09:00") == ((480, 540),)
    assert list_spans("Su 22:00-06:00") == ((0, 360), (6 * 1440 + 1320, WEEK))
    assert list_spans("24/7") == ((0, WEEK),)
    assert read_clauses({"access:conditional": "no @ (Mo 08:00-09:00)"}) == (
        [("access", "no", ((480, 540),))], [],
    )  # fmt: skip


def test_D15_what_one_leaves_at_some_hours_only_is_no_island():
    gate = {"highway": "service", "access": "no", "access:conditional": "yes @ (08:00-20:00)"}
    ways = {"ABC": ROAD, "BG": ROAD, "CD": gate, "DEF": FOOT}
    drawing = "A--B--C--D--E--F\n   |\n   G"
    town = draw_town(drawing, ways, island_nodes=4)
    assert town.modes("DF") == "walk push"
    assert town.modes("CD") == ""
    assert open_at(town, "CD", "Mo 12:00") == "walk bike car"
    ways["CD"] = gate | {"access:conditional": "no"}
    shut = draw_town(drawing, ways, island_nodes=4)
    assert shut.modes("DF") == ""
