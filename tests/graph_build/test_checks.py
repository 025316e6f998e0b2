"""A network that breaks a promise of planner/network/shape.py isn't published."""

from dataclasses import replace

import numpy as np
import pytest
from street_networks import network_of
from stress_cases import compiled
from timetable_text import timetable

from feeds.progress import Silent
from graph_build.checks import find_faults
from graph_build.stop_tables import compile_stop_tables
from graph_build.stress.label import label_streets, stress_rules
from planner.network.store import frozen

STREET = {"highway": "residential"}
LINES = """
    A     B     C
    8:05  8:15  8:30
    8:25  8:35  8:50
    --
          B     D
          8:20  8:40
    """


@pytest.fixture
def town():
    """The drawn lines, and a drawn street."""
    street = network_of("A---B---C", {"ABC": {"highway": "residential"}})
    drawn, facts = compiled("A---B---C", {"ABC": {"highway": "residential"}})
    lines = timetable(LINES, walks="C 4m D")
    return replace(
        lines,
        streets=street.streets,
        grid=street.grid,
        street_names=street.street_names,
        metrics=street.metrics,
        road_facts=facts,
        stress=label_streets(drawn, facts),
        manifest={**lines.manifest, "stress_rules": stress_rules()},
    )


def test_a_sound_network_has_no_fault(town):
    assert find_faults(town) == []


def broken(network, section, field, change):
    part = getattr(network, section)
    return replace(network, **{section: part._replace(**{field: changed_of(part, field, change)})})


def changed_of(part, field, change):
    """A column of `part` after `change`, which alters its copy or gives another one."""
    values = getattr(part, field).copy()
    changed = change(values)
    values = values if changed is None else changed
    return frozen(values, values.dtype)


def put(index, value):
    def change(values):
        values[index] = value

    return change


@pytest.mark.parametrize(
    ("section", "field", "change", "fault"),
    [
        ("stops", "lat", put(0, 91), "stops.lat"),
        ("stops", "lat", put(0, np.nan), "latitude without a longitude"),
        ("stops", "station", put(0, 99), "stops.station"),
        ("stops", "station", lambda v: v[1:], "stops.lat: has 4 entries, not 3"),
        ("timetable", "departure", put(0, 2**30), "beyond every search"),
        ("timetable", "departure", put(1, 0), "leaves before it arrives"),
        ("timetable", "arrival", put(1, 0), "arrives before it left"),
        ("timetable", "arrival", lambda v: v.astype(np.int64), "is int64, not int32"),
        ("timetable", "sequence_stop", put(0, -1), "timetable.sequence_stop"),
        ("timetable", "sequence_stop_offset", put(1, 0), "calls than its stop sequence"),
        ("timetable", "trip_event_offset", put(1, 9), "trip_event_offset: must rise"),
        ("timetable", "trip_service", put(0, 5), "timetable.trip_service"),
        ("timetable", "trip_zone", put(0, 5), "timetable.trip_zone"),
        ("timetable", "trip_headsign", put(0, 500), "timetable.trip_headsign"),
        ("footpaths", "to_point", put(0, 99), "footpaths.to_point"),
        ("footpaths", "duration", put(0, -1), "footpaths.duration"),
        ("footpaths", "duration", put(2, 10_000), "isn't sorted"),
        ("streets", "head", put(0, 99), "streets.head"),
        ("streets", "tail", put(0, 1), "aren't sorted by tail"),
        ("streets", "reverse", put(0, 0), "doesn't come back"),
        ("streets", "in_tail", put(0, 2), "in_tail"),
        ("streets", "length_m", put(0, np.nan), "streets.length_m"),
        ("streets", "shape_count", put(0, 99), "streets.shape_offset"),
        ("streets", "name", put(0, 9), "streets.name"),
        ("grid", "edge", put(0, 99), "grid.edge"),
        ("road_facts", "lanes", lambda v: v[1:], "road_facts.lanes: has"),
        ("road_facts", "volume", put(0, -1), "road_facts.volume"),
        ("road_facts", "stated_level", put(0, 5), "road_facts.stated_level"),
    ],
)
def test_a_broken_promise_is_found(town, section, field, change, fault):
    faults = find_faults(broken(town, section, field, change))
    assert any(fault in found for found in faults), faults


@pytest.mark.parametrize(
    ("field", "change", "fault"),
    [
        ("level", put(0, 5), "stress-furth.level"),
        ("rule", put(0, 254), "stress-furth.rule"),
        ("crossing", lambda v: v[1:], "stress-furth.crossing: has"),
        ("crossing_rule", lambda v: v.astype(np.int16), "is int16, not uint8"),
    ],
)
def test_broken_levels_of_stress_are_found(town, field, change, fault):
    furth = town.stress["furth"]
    stress = {**town.stress, "furth": furth._replace(**{field: changed_of(furth, field, change)})}
    faults = find_faults(replace(town, stress=stress))
    assert any(fault in found for found in faults), faults


SIGNS = {"signed_trip": [0, 1], "signed_row": [0, 0], "sign_offset": [0, 3], "sign": [0, 0, -1]}


def signed(network, **changed):
    """A network whose first two trips show a headsign of their own at two calls."""
    columns = {name: frozen(column, np.int32) for name, column in (SIGNS | changed).items()}
    return replace(network, timetable=network.timetable._replace(**columns))


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"signed_trip": [1, 0]}, "signed_trip: must rise"),
        ({"signed_trip": [0, 99]}, "timetable.signed_trip"),
        ({"signed_trip": [0]}, "timetable.signed_row"),
        ({"signed_row": [0, 1]}, "timetable.signed_row"),
        ({"sign_offset": [0, 2], "sign": [0, 0]}, "more or fewer signs than calls"),
        ({"sign": [0, 99, -1]}, "timetable.sign"),
    ],
)
def test_a_broken_promise_of_signs_is_found(town, changed, fault):
    assert find_faults(signed(town)) == []
    assert any(fault in one for one in find_faults(signed(town, **changed)))


def test_an_array_that_may_be_written_to_is_found(town):
    writable = town.stops._replace(lat=town.stops.lat.copy())
    assert find_faults(replace(town, stops=writable)) == [
        "stops.lat: must be contiguous and read-only"
    ]


def test_a_metric_that_is_not_of_these_streets_is_found(town):
    walk = town.metrics["walk"]
    shorter = walk._replace(cost=frozen(walk.cost[1:].copy(), np.int32))
    assert any(
        "metric-walk.cost" in f for f in find_faults(replace(town, metrics={"walk": shorter}))
    )


@pytest.fixture
def ordered_town(town):
    """The drawn lines on a drawn crossing, whose hierarchy stops are looked up in."""
    cross = network_of(" A \nBCD\n E ", {"ACE": STREET, "BCD": STREET}, stops=[(50, 60)] * 4)
    streets = ("streets", "grid", "street_names", "metrics", "stop_links")
    of_cross = {name: getattr(cross, name) for name in (*streets, "road_facts", "stress")}
    town = replace(town, stops=cross.stops, **of_cross)
    ordered = compile_stop_tables(town, Silent())
    assert find_faults(ordered) == []
    return ordered


@pytest.mark.parametrize(
    ("section", "field", "change", "fault"),
    [
        ("hierarchy", "rank", put(0, 1), "hierarchy.rank: must count"),
        ("hierarchy", "depth", put(0, 4), "one step nearer to the root"),
        ("hierarchy", "parent", put(0, 0), "hierarchy.parent: must be higher"),
        ("hierarchy", "up_to", put(0, 99), "hierarchy.up_to"),
        ("hierarchy", "edge_arc", put(0, 99), "hierarchy.edge_arc"),
        ("slopes", "out_depth", put(0, 99), "slopes.out_depth: must be an ancestor's"),
        ("slopes", "in_weight", lambda values: values[1:], "slopes.in_weight"),
        ("slopes", "in_offset", put(-1, 99), "slopes.in_offset"),
        ("stop_buckets", "to_stop", put(0, 99), "stop_buckets.to_stop"),
        ("stop_buckets", "from_offset", lambda values: values[1:], "stop_buckets.from_offset"),
        ("stop_buckets", "street_stop", put(0, 99), "stop_buckets.street_stop"),
        ("stop_buckets", "by_lat", put(0, -1), "stop_buckets.by_lat"),
    ],
)
def test_a_broken_hierarchy_is_found(ordered_town, section, field, change, fault):
    whole = getattr(ordered_town, section)
    part = whole if section == "hierarchy" else whole["walk"]
    values = getattr(part, field).copy()
    changed = change(values)
    part = part._replace(**{field: frozen(values if changed is None else changed, values.dtype)})
    wrong = replace(ordered_town, **{section: part if section == "hierarchy" else {"walk": part}})
    assert any(fault in f for f in find_faults(wrong))
