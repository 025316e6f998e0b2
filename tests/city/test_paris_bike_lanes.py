"""The west of Paris: its facilities written out, redrawn badly, read back and found again.

No official file is at hand here; the map's own facilities stand in for one, so that the truth is
known to the metre.
"""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from lane_drawing import line_feature, read_features, reversed_feature

from feeds.issues import IssueLog
from feeds.osm import read_osm
from graph_build.bike_lanes.features import list_bike_lanes
from graph_build.bike_lanes.lay import lay_bike_lanes
from graph_build.streets.compile import compile_streets
from planner.network import shape
from planner.network.store import Network

pytestmark = pytest.mark.city

EAST_M, NORTH_M = 73_190.0, 111_195.0  # metres of a degree at 48.8 degrees north
MOST_JOINED = 5
# Facilities that the schema can tell apart: buffered lanes are lanes, paths beside streets tracks.
SAME = np.array([{"path": 2, "buffered": 4, "shared_lane": 7}.get(name, code)
                 for code, name in enumerate(shape.INFRASTRUCTURES)])  # fmt: skip


@pytest.fixture(scope="module")
def west(city_data):
    extract = read_osm(city_data / "paris" / "issy-west-partial.osm.pbf")
    compiled = compile_streets([extract], issues=IssueLog())
    nothing = dict.fromkeys(("stops", "routes", "timetable", "footpaths"))
    manifest = {"name": "west"}
    return Network(manifest, **nothing, streets=compiled.streets, road_facts=compiled.road_facts)


def test_facilities_written_and_read_again_differ_nowhere(west):
    lanes = read_features(list_bike_lanes(west))
    issues = IssueLog()
    laid = lay_bike_lanes(west.streets, west.road_facts, [lanes], issues=issues)
    assert laid.differences == []
    assert dict(issues.counts) == {}
    assert laid.counts["bike_lanes_matched"] == laid.counts["bike_lanes_read"] > 6_000
    for name in ("infrastructure", "access", "flags", "surface", "speed_kmh"):
        assert np.array_equal(getattr(laid.streets, name), getattr(west.streets, name)), name


@pytest.mark.parametrize(
    ("metres", "precision", "recall"), [(0, 0.999, 0.995), (5, 0.996, 0.99), (8, 0.99, 0.985)]
)
def test_badly_drawn_lanes_find_their_streets(west, metres, precision, recall):
    """Without ids, joined, cut, half of them reversed, and moved by up to so many metres."""
    streets = west.streets
    bare = streets._replace(infrastructure=np.zeros_like(streets.infrastructure))
    features = redraw(list_bike_lanes(west), metres, random.Random(7))
    laid = lay_bike_lanes(bare, west.road_facts, [read_features(features)])
    there, found = SAME[written(west)], SAME[laid.streets.infrastructure]
    length = streets.length_m.astype(np.float64)
    right = length[(there > 0) & (found == there)].sum()
    assert right / length[found > 0].sum() > precision
    assert right / length[there > 0].sum() > recall


def written(west):
    """What of the map's facilities the schema has words for, where somebody rides."""
    streets, marks = west.streets, west.road_facts.marks
    ridden = (streets.access & shape.BIKE > 0) & (streets.flags & shape.PUSH == 0)
    shared = streets.infrastructure == shape.INFRASTRUCTURES.index("shared_lane")
    named = marks & (shape.CYCLE_STREET | shape.CENTRAL_LANE) > 0
    against = (streets.access & shape.CAR == 0) & (streets.access[streets.reverse] & shape.CAR > 0)
    return np.where(ridden & (~shared | named | against), streets.infrastructure, 0)


def redraw(features, metres, chance):
    """Join lines that go on as others, cut some, move each as a whole and its points a little."""
    starts = {}
    for number, one in enumerate(features):
        starts.setdefault((*one["geometry"]["coordinates"][0], told(one)), []).append(number)
    used, drawn = set(), []
    for number, one in enumerate(features):
        if number in used:
            continue
        used.add(number)
        points = list(one["geometry"]["coordinates"])
        for _ in range(MOST_JOINED - 1):
            following = starts.get((*points[-1], told(one)), ())
            later = next((other for other in following if other not in used), None)
            if later is None:
                break
            used.add(later)
            points += features[later]["geometry"]["coordinates"][1:]
        for part in cut(points, chance):
            properties = {k: v for k, v in one["properties"].items() if k != "id_osm"}
            moved = line_feature(
                move(part, metres, chance), properties | {"id_local": str(len(drawn))}
            )
            drawn.append(reversed_feature(moved) if chance.random() < 0.5 else moved)
    return drawn


def told(one):
    return str(sorted((k, v) for k, v in one["properties"].items() if not k.startswith("id_")))


def cut(points, chance):
    """Half of the lines in two, anywhere."""
    if chance.random() < 0.5:
        return [points]
    at = chance.randrange(len(points) - 1)
    (x0, y0), (x1, y1) = points[at : at + 2]
    share = chance.uniform(0.2, 0.8)
    middle = [x0 + share * (x1 - x0), y0 + share * (y1 - y0)]
    return [[*points[: at + 1], middle], [middle, *points[at + 1 :]]]


def move(points, metres, chance):
    angle, far, near = chance.uniform(0, math.tau), chance.uniform(0, metres), min(metres, 1)
    east, north = far * math.cos(angle), far * math.sin(angle)
    return [
        [x + (east + chance.uniform(-near, near)) / EAST_M,
         y + (north + chance.uniform(-near, near)) / NORTH_M]
        for x, y in points
    ]  # fmt: skip
