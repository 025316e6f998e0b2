"""A network with a fault that its shape doesn't show must not be published."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from street_networks import network_of
from timetable_text import timetable

from feeds.progress import Silent
from graph_build.stop_tables import compile_stop_tables
from planner import canary
from planner.canary import CanaryError, ask_canaries
from planner.itinerary import Answer
from planner.network.store import frozen
from planner.plan import plan
from planner.streets.reweight import edited

LINE = """
    A     B     C
    8:05  8:15  8:30
    8:25  8:35  8:50
    """


def test_a_sound_network_answers():
    ask_canaries(timetable(LINE))


def test_a_network_without_trips_is_not_asked():
    town = timetable(LINE)
    stops = town.timetable._replace(trip_service=frozen(np.zeros(0), np.int32))
    ask_canaries(replace(town, timetable=stops))


def late(answer: Answer) -> Answer:
    def shift(leg):
        moved = [
            replace(call, arrival=call.arrival + timedelta(hours=1),
                    departure=call.departure + timedelta(hours=1))
            for call in leg.calls
        ]  # fmt: skip
        return replace(leg, calls=tuple(moved))

    itineraries = tuple(replace(i, legs=tuple(map(shift, i.legs))) for i in answer.itineraries)
    return replace(answer, itineraries=itineraries)


def nothing(answer: Answer) -> Answer:
    return replace(answer, itineraries=(), direct=())


def only_backward(change):
    return lambda network, request: (change if request.arrive_by else lambda a: a)(
        plan(network, request)
    )


@pytest.mark.parametrize(
    ("planner", "sentence"),
    [
        (lambda network, request: late(plan(network, request)), r"from A at .* one isn't in C by"),
        (lambda network, request: nothing(plan(network, request)), r"one isn't in C by"),
        (only_backward(nothing), r"from A one can't leave at .* for C by"),
    ],
)
def test_a_wrong_answer_is_told(monkeypatch, planner, sentence):
    monkeypatch.setattr(canary, "plan", planner)
    with pytest.raises(CanaryError, match=sentence):
        ask_canaries(timetable(LINE))


def test_a_line_that_only_comes_round_is_not_asked():
    ask_canaries(timetable("A\n8:05"))


def test_a_hierarchy_that_costs_other_than_the_streets_is_found(monkeypatch):
    words = ("ABCD", "EFGH", "IJKL", "MNOP", "AEIM", "BFJN", "CGKO", "DHLP")
    roads = {word: {"highway": "residential"} for word in words}
    town = network_of("A-B-C-D\n| | | |\nE-F-G-H\n| | | |\nI-J-K-L\n| | | |\nM-N-O-P", roads)
    town = compile_stop_tables(town, Silent())
    town = replace(town, manifest={"first_date": "2026-11-02"})
    monkeypatch.setattr(canary, "plan", lambda *_: None)
    canary._ask_for_street(town, town.streets, "car")
    dearer = {
        name: slopes._replace(
            out_weight=frozen(slopes.out_weight + (1 << 32), np.int64),
            in_weight=frozen(slopes.in_weight + (1 << 32), np.int64),
        )
        for name, slopes in town.slopes.items()
    }
    with pytest.raises(CanaryError, match=r"elsewhere by car costs"):
        canary._ask_for_street(replace(town, slopes=dearer), town.streets, "car")


def test_an_edit_in_part_that_is_none_as_a_whole_is_found(monkeypatch):
    roads = {"ABC": {"highway": "residential"}, "BD": {"highway": "residential"}}
    town = compile_stop_tables(network_of("A-B-C\n  |\n  D", roads), Silent())
    canary._ask_after_an_edit(town, town.streets)

    def forgetful(network, edits, profiles):
        return replace(edited(network, edits, profiles=profiles), slopes=network.slopes)

    monkeypatch.setattr(canary, "edited", forgetful)
    with pytest.raises(CanaryError, match="in part"):
        canary._ask_after_an_edit(town, town.streets)
