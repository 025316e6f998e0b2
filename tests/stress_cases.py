"""One street whose facts a test states in words, and what the rules say of it."""

from __future__ import annotations

import numpy as np
from street_drawing import draw_extract

from graph_build.streets.compile import compile_streets
from graph_build.stress.label import label_streets, stress_rules
from planner.network import shape
from planner.network.store import frozen

_MARKS = {
    "centreline": shape.CENTRELINE, "cycle_street": shape.CYCLE_STREET, "signals": shape.SIGNALS,
    "island": shape.ISLAND, "one_way": shape.ONE_WAY, "calm_parking": shape.CALM_PARKING,
    "central_lane": shape.CENTRAL_LANE, "r5_lane": shape.R5_LANE,
}  # fmt: skip
_ASSUMED = {"speed": shape.SPEED_ASSUMED, "lanes": shape.LANES_ASSUMED}


def compiled(drawing, ways, nodes=None, *, step_m=50.0):
    """Streets and facts of a drawing, through the real compiler."""
    extract = draw_extract(drawing, ways, nodes=nodes, step_m=step_m)
    made = compile_streets([extract], island_nodes=0)
    return made.streets, made.road_facts


def street(
    road_class="tertiary",
    infrastructure="none",
    *,
    back="none",
    cars=True,
    cars_back=True,
    speed=50,
    volume=1000,
    lanes=1,
    facility=0.0,
    parking=0.0,
    parking_back=0.0,
    width=0.0,
    stated=0,
    roundabout=False,
    unknown=(),
    **marks,
):
    """(streets, facts) of one street A-B; edge 0 leads from A to B, and it is what is asked."""
    streets, facts = compiled("A---B", {"AB": {"highway": "tertiary"}})
    driving = np.array([cars, cars_back]) * shape.CAR
    bits = sum(bit for name, bit in _MARKS.items() if marks.pop(name, False))
    assert not marks
    assumed = sum(bit for name, bit in _ASSUMED.items() if name in unknown)

    def both(value, dtype=np.uint8):
        return frozen(np.broadcast_to(np.asarray(value, dtype), 2).copy(), dtype)

    streets = streets._replace(
        road_class=both(shape.ROAD_CLASSES.index(road_class)),
        infrastructure=both([shape.INFRASTRUCTURES.index(word) for word in (infrastructure, back)]),
        access=both(driving | shape.BIKE),
        speed_kmh=both(speed),
        flags=both(shape.ROUNDABOUT if roundabout else 0),
    )
    facts = shape.RoadFacts(
        lanes=both(np.array([lanes * cars, lanes * cars_back])),
        volume=both(volume, np.int32),
        facility_dm=both(round(facility * 10)),
        parking_dm=both([round(parking * 10), round(parking_back * 10)]),
        width_dm=both(round(width * 10)),
        marks=both(bits),
        assumed=both(assumed),
        stated_level=both(stated),
    )
    return streets, facts


def having(**facts):
    """The facts of a street, to be given to `street`."""
    return facts


def say(streets, facts, edge=0, rules="furth"):
    """(level, rule) of an edge."""
    stress, names = label_streets(streets, facts)[rules], stress_rules()[rules]
    return int(stress.level[edge]), names[stress.rule[edge]]


def say_crossing(streets, facts, edge, rules="furth"):
    """(level, rule) of what is crossed where an edge ends."""
    stress, names = label_streets(streets, facts)[rules], stress_rules()[rules]
    return int(stress.crossing[edge]), names[stress.crossing_rule[edge]]


def edge_between(streets, first, last):
    """The edge from the OSM node of one letter to that of another."""
    ids = streets.node_osm_id
    ends = [ord(letter) - ord("A") + 1 for letter in (first, last)]
    found = (ids[streets.tail] == ends[0]) & (ids[streets.head] == ends[1])
    (edge,) = np.flatnonzero(found & (streets.length_m > 0))
    return int(edge)
