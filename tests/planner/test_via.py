"""Stops on the way: rules drawn, and searches compared with the slow answer."""

from __future__ import annotations

import random

import pytest
from generated_town import any_town, generated_town, reach, towns
from naive_via import ViaOracle, list_rides_past
from test_plan import asked, drawn
from timetable_text import timetable

from planner.itinerary import Reason
from planner.request import RequestError, StopRef, Via
from planner.transit.layers import Layers, ViaPoints, layered_day
from planner.transit.search import pareto_set, range_set
from planner.via import ViaDay


def via_question(seed):
    """A generated town's day past one or two stops, and the slow answers to its question."""
    town = generated_town(seed)
    rng = random.Random(seed)
    stops = rng.sample(range(town.n_stops), rng.choice([1, 1, 2]))
    vias = []
    for stop in stops:
        points = frozenset(p for p, s in enumerate(town.point_stop) if s == stop)
        vias.append((points, rng.choice([0, 0, 60, 300])))
    instances = town.instances()
    rides = list_rides_past([v for _, _, v in instances], town.onward(instances))
    access, egress = town.at_points(town.access), town.at_points(town.egress)
    oracle = ViaOracle(rides, town.changes(), access, egress, town.max_rides, tuple(vias))
    day = town.service_day()
    layers = Layers(town.n_points, tuple(ViaPoints(*via) for via in vias))
    return town, ViaDay(day, layered_day(day, layers), layers), oracle


def criteria(journeys):
    return [(j.departure, j.arrival, len(j.rides)) for j in journeys]


@towns(0.5)
@any_town
def test_every_question_past_stops_has_the_slow_answer(seed):
    town, past, oracle = via_question(seed)
    access, egress = (
        past.access(reach(town.at_points(town.access))),
        past.egress(reach(town.at_points(town.egress))),
    )
    ask = {"max_rides": town.max_rides}
    there = pareto_set(past.layered, access, egress, town.at, arrive_by=False, **ask)
    assert criteria(there) == oracle.pareto_set(town.at)
    back = pareto_set(past.layered, access, egress, town.by, arrive_by=True, **ask)
    assert criteria(back) == oracle.reversed_pareto_set(town.by)
    found, _ = range_set(
        past.layered, access, egress, town.at,
        arrive_by=False, window=1200, at_least=0, **ask,
    )  # fmt: skip
    assert sorted(criteria(found)) == oracle.range_set(town.at, 1200, arrive_by=False)
    found, _ = range_set(
        past.layered, access, egress, town.by,
        arrive_by=True, window=1200, at_least=0, **ask,
    )  # fmt: skip
    assert sorted(criteria(found)) == oracle.range_set(town.by, 1200, arrive_by=True)


LINES = """
    A     B     C     D
    8:00  8:10  8:20  8:30
    9:00  9:10  9:20  9:30
    --
    A     D
    8:05  8:15
    --
    B     D
    8:40  8:50
    """


def past(text_or_net, *vias, **question):
    net = timetable(text_or_net) if isinstance(text_or_net, str) else text_or_net
    return asked(net, via=tuple(Via(StopRef(stop), stay_s) for stop, stay_s in vias), **question)


def ways(answer):
    return [drawn(one) for one in answer.itineraries]


def test_one_may_ride_through_a_stop_on_the_way():
    assert ways(past(LINES)) == ["A 08:05 R2 D 08:15"]
    assert ways(past(LINES, ("B", 0))) == ["A 08:00 R1 D 08:30"]
    assert ways(past(LINES, ("B", 0), ("C", 0))) == ["A 08:00 R1 D 08:30"]
    assert ways(past(LINES, ("C", 0), ("B", 0))) == []


def test_who_stays_leaves_the_vehicle_and_takes_one_after_the_stay():
    assert ways(past(LINES, ("B", 1800))) == ["A 08:00 R1 B 08:10 | B 08:40 R3 D 08:50"]
    assert ways(past(LINES, ("B", 1801))) == ["A 08:00 R1 B 08:10 | B 09:10 R1 D 09:30"]


@pytest.mark.parametrize("arrive_by", [False, True])
def test_a_stop_on_the_way_is_any_of_its_station(arrive_by):
    text = "A     X     D\n8:00  8:10  8:20\n--\nA     D\n8:05  8:15\n--\nB     D\n1:00  1:10"
    net = timetable(text, station=[0, 3, 2, 3])
    at = "2026-03-25T08:30+01:00" if arrive_by else "2026-03-25T08:00+01:00"
    assert ways(past(net, ("B", 0), at=at, arrive_by=arrive_by)) == ["A 08:00 R1 D 08:20"]


def test_walking_to_a_stop_on_the_way_is_a_call_and_the_stay_comes_before_going_on():
    text = "A     B\n8:00  8:10\n--\nC     D\n8:20  8:30\n8:26  8:36"
    net = timetable(text, walks="B 4m C")
    assert ways(past(net, ("C", 300)))[0].endswith("walk C 08:14 | C 08:20 R2 D 08:30")
    assert ways(past(net, ("C", 600)))[0].endswith("walk C 08:14 | C 08:26 R2 D 08:36")
    # From B one walks on once the stay is over.
    assert ways(past(net, ("B", 600)))[0].endswith("B 08:20 walk C 08:24 | C 08:26 R2 D 08:36")


def test_inside_the_station_the_stay_and_the_change_are_one():
    text = "A     B\n8:00  8:10\n--\nC     D\n8:15  8:30\n8:20  8:36"
    net = timetable(text, walks="B 4m C", station=[0, 1, 1, 3])
    assert ways(past(net, ("B", 300)))[0].endswith("C 08:15 R2 D 08:30")
    assert ways(past(net, ("B", 301)))[0].endswith("C 08:20 R2 D 08:36")


def test_the_stay_comes_before_the_walk_to_the_door():
    net = timetable("A     B\n8:00  8:10", walks="B 3m D")
    (way,) = past(net, ("B", 900)).itineraries
    assert drawn(way) == "A 08:00 R1 B 08:10 | B 08:25 walk D 08:28"


def test_the_ends_of_the_trip_are_calls_and_a_stop_named_twice_is_one():
    assert ways(past(LINES, ("A", 0), ("D", 0))) == ["A 08:05 R2 D 08:15"]
    assert ways(past(LINES, ("B", 0), ("B", 1800))) == ways(past(LINES, ("B", 1800)))


def test_a_stay_where_the_trip_begins_or_ends_comes_before_it_or_after():
    text = "A     D\n8:00  8:20\n8:04  8:24\n8:05  8:25"
    net = timetable(text)
    staying = past(net, ("A", 300), ("D", 60))
    assert ways(staying) == ["A 08:05 R1 D 08:25"]
    # What was looked at begins where it was asked for, so that pages touch.
    (first, _), asked_at = staying.searched, past(net).searched[0]
    assert first == asked_at
    by = {"at": "2026-03-25T08:25+01:00", "arrive_by": True}
    assert ways(past(net, ("D", 60), **by)) == ["A 08:04 R1 D 08:24"]
    assert ways(past(net, ("A", 300), ("D", 120), **by)) == ["A 08:00 R1 D 08:20"]


def test_H1_an_unknown_stop_on_the_way_is_named():
    (short,) = past(LINES, ("X", 0)).shortfalls
    assert (short.reason, short.facts) == (Reason.UNKNOWN_STOP, {"side": "via", "stop": "X"})


def test_what_does_not_go_together_with_stops_on_the_way_is_refused():
    with pytest.raises(RequestError, match="stops on the way"):
        past(LINES, ("B", 0), criterion="walk")


def test_layers_share_the_events_of_the_day():
    past_b = via_question(1)[1]
    for whole, layered in (
        (past_b.own.forward, past_b.layered.forward),
        (past_b.own.mirrored, past_b.layered.mirrored),
    ):
        assert layered.events is whole.events
        assert layered.starts is whole.starts
        assert all(
            getattr(layered, name).dtype == getattr(whole, name).dtype
            and not getattr(layered, name).flags.writeable
            for name in whole._fields
            if name != "sign"
        )
