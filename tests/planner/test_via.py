"""Stops on the way: rules drawn, and searches compared with the slow answer."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from generated_town import any_town, generated_town, reach, towns
from naive_via import ViaOracle, list_rides_past
from test_plan import asked, drawn
from timetable_text import timetable

from planner.itinerary import Reason
from planner.layers import Layers, ViaPoints, layered_day
from planner.request import RequestError, StopRef, Via
from planner.transit import pareto_set, range_set
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
