"""Rules of transfers.txt for routes and trips, compiled, and compared with a slow reading of it."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from timetable_text import network as make_network

from feeds.gtfs_schema import ABSENT
from feeds.issues import IssueLog
from feeds.progress import Silent
from graph_build.checks import find_faults
from graph_build.footpaths import compile_footpaths
from graph_build.timetable import call_points
from graph_build.timetable.compile import CompiledTimetable
from graph_build.timetable.transfer_points import compile_transfer_points
from planner.network.store import frozen

KINDS = ("same", "walked", "straight", "published", "guaranteed")
DAY = date(2026, 3, 24)
COLUMNS = (
    "from_stop_id", "to_stop_id", "from_route_id", "to_route_id", "from_trip_id", "to_trip_id",
    "transfer_type", "min_transfer_time",
)  # fmt: skip


class Rule(NamedTuple):
    """A row of transfers.txt."""

    from_stop: str = ""
    to_stop: str = ""
    from_route: str = ""
    to_route: str = ""
    from_trip: str = ""
    to_trip: str = ""
    type: int = 2
    min_s: int = ABSENT


def rule(text, **ids):
    """`A B 2 300` between stops, `-` for none; routes and trips by name."""
    from_stop, to_stop, kind, *min_s = text.replace("-", "").split(" ")
    return Rule(from_stop, to_stop, type=int(kind), min_s=int(*min_s or [ABSENT]), **ids)


class Compiled(NamedTuple):
    """A network with its rules compiled."""

    network: object
    before: object
    issues: IssueLog

    def change(self, arriving, departing):
        """(seconds, kind) of the change from one trip's call to another's, `T1@B`; None without."""
        a, b = (self.point(call) for call in (arriving, departing))
        footpaths = self.network.footpaths
        row = slice(*footpaths.point_offset[a : a + 2].tolist())
        found = np.flatnonzero(footpaths.to_point[row] == b)
        assert len(found) <= 1
        if not len(found):
            return None
        at = row.start + found[0]
        return int(footpaths.duration[at]), KINDS[footpaths.kind[at]]

    def point(self, call):
        trip, stop = call.split("@")
        table = self.network.timetable
        number = [*table.trip_id.list_all()].index(trip)
        sequence = int(np.searchsorted(table.sequence_trip_offset, number, "right")) - 1
        row = slice(*table.sequence_stop_offset[sequence : sequence + 2].tolist())
        position = table.sequence_stop[row].tolist().index(self.stops.index(stop))
        return int(table.sequence_point[row][position])

    @property
    def stops(self):
        return [*self.network.stops.stop_id.list_all()]

    @property
    def n_points(self):
        return len(self.network.timetable.point_stop)


def compiled(lines, rules, *, stations=(), repeated=()):
    """Compile trips given as {"R1": "A B C, A B C"} (T1, T2, ...) under `rules`.

    stations: "SAB" is a station S of the stops A and B. repeated: trips of frequencies.txt.
    """
    calls = [(int(line[1:]) - 1, trip.split()) for line, text in lines.items()
             for trip in text.split(",")]  # fmt: skip
    ids = sorted({stop for _, stops in calls for stop in stops} | set("".join(stations)))
    trips = [
        {"route": route, "trip_id": f"T{n}", "calls": [
            (ids.index(stop), 600 * i + 60 * n, 600 * i + 60 * n, True, True)
            for i, stop in enumerate(stops)]}
        for n, (route, stops) in enumerate(calls, start=1)
    ]  # fmt: skip
    station, kinds = np.arange(len(ids)), np.zeros(len(ids))
    for name, *members in stations:
        station[[ids.index(member) for member in members]] = ids.index(name)
        kinds[ids.index(name)] = 1
    made = make_network(trips, {}, n_stops=len(ids), stop_ids=ids, station=station)
    stops = made.stops._replace(location_type=frozen(kinds, np.uint8))
    numbers = {"transfer_type": int, "min_transfer_time": int}
    tables = {
        "transfers": pd.DataFrame(rules, columns=COLUMNS).astype(numbers),
        "routes": pd.DataFrame({"route_id": [*made.routes.route_id.list_all()]}),
        "trips": pd.DataFrame({"trip_id": [trip["trip_id"] for trip in trips]}),
        "frequencies": pd.DataFrame({"trip_id": [*repeated]}),
    }
    feed, issues = SimpleNamespace(name="feed", tables=tables), IssueLog()
    before = CompiledTimetable(
        stops=stops, routes=made.routes, timetable=made.timetable, zones=["Europe/Paris"],
        first_date=DAY, last_date=DAY, feed_facts=[],
    )  # fmt: skip
    table, points = compile_transfer_points(before, [feed], issues)
    footpaths = compile_footpaths(
        stops, [SimpleNamespace(name="feed", tables={})], None, None, None,
        points=points, issues=issues, progress=Silent(),
    )  # fmt: skip
    after = replace(made, stops=stops, timetable=table, footpaths=footpaths)
    assert find_faults(after) == []
    return Compiled(after, made, issues)


CROSSING = {"R1": "A B C, A B C", "R2": "D B E, D B E"}  # T1, T2 and T3, T4 meet at B


def test_a_rule_of_two_routes_holds_for_these_routes_alone():
    town = compiled(CROSSING, [rule("B B 2 300", from_route="R1", to_route="R2")])
    assert town.change("T1@B", "T3@B") == (300, "published")
    assert town.change("T3@B", "T1@B") == (120, "same")
    assert town.change("T1@B", "T2@B") == (120, "same")
    assert town.n_points == 5 + 2


def test_a_rule_of_one_route_holds_for_every_change_from_it():
    town = compiled(CROSSING, [rule("B B 2 300", from_route="R1")])
    assert town.change("T1@B", "T3@B") == town.change("T1@B", "T2@B") == (300, "published")
    assert town.change("T3@B", "T1@B") == town.change("T3@B", "T4@B") == (120, "same")


def test_a_guarantee_for_two_trips_splits_their_stop_sequences():
    town = compiled(CROSSING, [rule("B B 1", from_trip="T1", to_trip="T4")])
    assert town.change("T1@B", "T4@B") == (0, "guaranteed")
    for pair in (("T1@B", "T3@B"), ("T2@B", "T4@B"), ("T4@B", "T1@B")):
        assert town.change(*pair) == (120, "same")
    assert len(town.network.timetable.sequence_route) == 4


def test_forbidden_for_one_route_only():
    town = compiled(CROSSING, [rule("B B 3", from_route="R1", to_route="R2")])
    assert town.change("T1@B", "T3@B") is None
    assert town.change("T3@B", "T1@B") == (120, "same")


# Each row alone would give its own time; the first that applies should win over all after it.
RANKING = [
    ("both trips", rule("B B 2 100", from_trip="T1", to_trip="T3")),
    ("a trip and a route", rule("B B 2 200", from_trip="T1", to_route="R2")),
    ("one trip", rule("B B 2 300", to_trip="T3")),
    ("both routes", rule("B B 2 400", from_route="R1", to_route="R2")),
    ("one route", rule("B B 2 500", from_route="R1")),
    ("the stops", rule("B B 2 600")),
    ("their station", rule("S S 2 700")),
]


@pytest.mark.parametrize("first", range(len(RANKING)), ids=[name for name, _ in RANKING])
@pytest.mark.parametrize("backwards", [False, True], ids=["in order", "backwards"])
def test_the_most_specific_rule_holds_in_any_order(first, backwards):
    rules = [one for _, one in RANKING[first:]]
    town = compiled(CROSSING, rules[::-1] if backwards else rules, stations=["SB"])
    assert town.change("T1@B", "T3@B") == (100 * (first + 1), "published")


def test_a_trip_counts_before_a_stop_and_a_stop_before_its_station():
    rules = [rule("S S 2 100", from_trip="T1", to_trip="T3"), rule("B B 2 200", from_trip="T1")]
    town = compiled(CROSSING, rules, stations=["SB"])
    assert town.change("T1@B", "T3@B") == (100, "published")
    assert town.change("T1@B", "T4@B") == (200, "published")


def test_without_stops_a_rule_holds_where_one_can_change_anyway():
    town = compiled(CROSSING, [rule("- - 2 300", from_route="R1", to_route="R2")])
    assert town.change("T1@B", "T3@B") == (300, "published")
    assert town.change("T1@A", "T3@D") is None  # another place: no rule makes a way there


def test_with_both_stops_a_rule_adds_a_change():
    town = compiled(CROSSING, [rule("C D 2 400", from_trip="T1", to_route="R2")])
    assert town.change("T1@C", "T3@D") == town.change("T1@C", "T4@D") == (400, "published")
    assert town.change("T2@C", "T3@D") is None


def test_without_stops_a_rule_holds_where_a_less_specific_one_makes_a_way():
    rules = [
        rule("C D 2 400", from_route="R1", to_route="R2"),
        rule("- - 2 200", from_trip="T1", to_route="R2"),
    ]
    town = compiled(CROSSING, rules)
    assert town.change("T1@C", "T3@D") == (200, "published")
    assert town.change("T2@C", "T3@D") == (400, "published")


def test_without_such_rules_nothing_is_set_apart():
    town = compiled(CROSSING, [rule("B B 2 300")])
    assert town.network.timetable.sequence_point is town.before.timetable.sequence_point
    assert town.change("T1@B", "T3@B") == (300, "published")


def test_a_rule_that_can_never_apply_sets_nothing_apart():
    rules = [rule("A B 2 300", from_route="R2", to_route="R1")]  # R2 doesn't call at A
    assert compiled(CROSSING, rules).n_points == 5


def test_rules_of_unknown_routes_and_trips_are_dropped_and_counted():
    rules = [
        rule("B B 3", from_route="R9"),
        rule("B B 3", to_trip="T9"),
        rule("X B 3", to_trip="T1"),
    ]
    town = compiled(CROSSING, rules)
    assert town.issues.counts == {
        "transfer_with_unknown_route_or_trip": 2, "transfer_with_unknown_stop": 1,
    }  # fmt: skip
    assert town.n_points == 5


def links(town):
    table, ids = town.network.timetable, [*town.network.timetable.trip_id.list_all()]
    return tuple(
        [(ids[a], ids[b]) for a, b in zip(*pair, strict=True)]
        for pair in ((table.stay_from, table.stay_to), (table.leave_from, table.leave_to))
    )


ONWARD = {"R1": "A B C, A B C", "R2": "C D E, C D E"}


def test_B5_who_may_stay_and_who_must_leave_is_compiled():
    rules = [
        rule("- - 4", from_trip="T1", to_trip="T3"),
        rule("C C 5", from_trip="T2", to_trip="T4"),
        rule("B B 1", from_trip="T1", to_route="R1"),  # its stop sequence is split
    ]
    town = compiled(ONWARD, rules)
    assert links(town) == ([("T1", "T3")], [("T2", "T4")])
    assert not town.issues.counts


def test_B5_links_that_name_no_two_vehicles_are_dropped_and_counted():
    rules = [
        rule("C C 4", from_route="R1", to_route="R2"),
        rule("- - 4", from_trip="T1", to_trip="T3"),
        rule("B C 4", from_trip="T2", to_trip="T4"),
        rule("- - 5", from_trip="T9", to_trip="T4"),
    ]
    town = compiled(ONWARD, rules, repeated=["T1"])
    assert links(town) == ([], [])
    assert town.issues.counts == {
        "stay_in_vehicle_without_trips": 1, "stay_in_repeated_trip": 1,
        "stay_in_vehicle_elsewhere": 1, "transfer_with_unknown_route_or_trip": 1,
    }  # fmt: skip


def test_too_many_rules_of_trips_are_left_out_aloud(monkeypatch):
    monkeypatch.setattr(call_points, "_HANDFUL", 0)
    monkeypatch.setattr(call_points, "MAX_GROWTH", 3)
    lines = {"R1": ", ".join(["A B C"] * 6), "R2": "D B E"}
    rules = [rule(f"B B 2 {n}00", from_trip=f"T{n}", to_trip="T7") for n in range(1, 7)]
    rules.append(rule("B B 2 900", from_route="R1", to_route="R2"))
    town = compiled(lines, rules)
    assert town.issues.counts == {"transfer_rules_left_out": 6}
    assert town.change("T1@B", "T7@B") == (900, "published")
    monkeypatch.setattr(call_points, "MAX_GROWTH", 1)
    town = compiled(lines, rules)
    assert town.issues.counts == {"transfer_rules_left_out": 7}
    assert town.change("T1@B", "T7@B") == (120, "same")


# --- the slow twin: for each pair of calls, every row is read


def names(row, end, trip, route):
    """How an end names a ride: 2 its trip, 1 its route, 0 none; None where it means others."""
    if named := getattr(row, f"{end}_trip"):
        return 2 if named == trip else None
    if named := getattr(row, f"{end}_route"):
        return 1 if named == route else None
    return 0


def places(row, end, stop, members):
    """How an end names a stop: 2 itself, 1 its station, 0 none; None where it means others."""
    named = getattr(row, f"{end}_stop")
    if not named:
        return 0
    if named in members:
        return 1 if stop in members[named] else None
    return 2 if named == stop else None


def slow_change(arriving, departing, rules, members):
    """The change between two calls (trip, route, stop), by the words of the reference."""
    (trip, route, stop), (to_trip, to_route, to_stop) = arriving, departing
    found = []
    for number, row in enumerate(rules):
        rides = (names(row, "from", trip, route), names(row, "to", to_trip, to_route))
        stops = (places(row, "from", stop, members), places(row, "to", to_stop, members))
        if None not in (*rides, *stops):
            order = [(0, 0), (0, 1), (1, 1), (0, 2), (1, 2), (2, 2)].index(tuple(sorted(rides)))
            found.append((order, sum(stops), number, 0 not in stops, row))
    one_station = any({stop, to_stop} <= set(inside) for inside in members.values())
    anyway = stop == to_stop or one_station
    between_stops = [row for row in found if row[0] == 0]
    if not (anyway or between_stops or any(stated for *_, stated, _ in found)):
        return None
    if not found:
        return 120, "same"
    row = max(found)[-1]
    if row.type == 3:
        return None
    if row.type == 1:
        return max(row.min_s, 0), "guaranteed"
    return (120, "same") if row.min_s == ABSENT else (row.min_s, "published")


STOPS, STATIONS = "ABCD", ("SAB",)


@st.composite
def towns(draw):
    """Up to three lines of up to three trips, and rules of all kinds between them."""
    stops = st.lists(st.sampled_from(STOPS), min_size=2, max_size=3, unique=True).map(" ".join)
    lines = {
        f"R{n}": ",".join(draw(st.lists(stops, min_size=1, max_size=3)))
        for n in range(1, draw(st.integers(1, 3)) + 1)
    }
    trips = [f"T{n}" for n in range(1, sum(len(text.split(",")) for text in lines.values()) + 1)]
    end = st.tuples(
        st.sampled_from(["", "S", *STOPS]),
        st.sampled_from(["", "", *lines]),
        st.sampled_from(["", "", *trips]),
    ).filter(any)
    rules = st.builds(
        lambda a, b, kind, min_s: Rule(a[0], b[0], a[1], b[1], a[2], b[2], kind, min_s),
        end, end, st.integers(0, 3), st.sampled_from([ABSENT, 0, 60, 300, 900]),
    )  # fmt: skip
    return lines, draw(st.lists(rules, max_size=6))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(towns())
def test_every_pair_of_calls_has_the_rule_that_reading_all_rows_finds(town):
    lines, rules = town
    made = compiled(lines, rules, stations=STATIONS)
    members = {name: inside for name, *inside in STATIONS}
    calls, number = [], 0
    for line, text in lines.items():
        for trip in text.split(","):
            number += 1
            calls += [(f"T{number}", line, stop) for stop in trip.split()]
    for a in calls:
        for b in calls:
            expected = slow_change(a, b, rules, members)
            assert made.change(f"{a[0]}@{a[2]}", f"{b[0]}@{b[2]}") == expected, (a, b)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(towns())
def test_trips_stay_what_they_were_wherever_they_are_moved(town):
    made = compiled(*town, stations=STATIONS)
    assert told(made.network.timetable) == told(made.before.timetable)


def told(table):
    """All that is told of each trip, by its id."""
    found = {}
    for number, trip in enumerate(table.trip_id.list_all()):
        sequence = int(np.searchsorted(table.sequence_trip_offset, number, "right")) - 1
        row = slice(*table.sequence_stop_offset[sequence : sequence + 2].tolist())
        events = slice(*table.trip_event_offset[number : number + 2].tolist())
        found[trip] = (
            int(table.sequence_route[sequence]), int(table.trip_service[number]),
            table.sequence_stop[row].tolist(), table.sequence_pickup_type[row].tolist(),
            table.arrival[events].tolist(), table.departure[events].tolist(),
        )  # fmt: skip
    return found
