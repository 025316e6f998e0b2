"""Bicycles on board, and how far one goes between vehicles: from feed and map to itinerary."""

from __future__ import annotations

import pytest
from feed_text import draw_feed, split_files
from small_town import fed_town
from street_drawing import letter_places

from planner.question import day_of
from planner.request import Request
from planner.transit.changes import ChangeWishes, change_tables
from planner.transit.one_to_all import earliest_arrivals
from planner.transit.search import Reach

ROAD = {"highway": "residential"}
# Two lines that end 2.1 km apart: 8 minutes by bicycle, 25 on foot.
VALLEY = "a--A" + 20 * " " + "B--------------------C" + 20 * " " + "D--d"
WAYS = {"aA": ROAD, "BC": ROAD, "Dd": ROAD}
LINES = """
    A     B
    8:00  8:10
    --
    C     D
    8:15  8:25  trip=early
    8:22  8:32  trip=good
    8:36  8:46  trip=late
    """
BIKE = {"bikes_on_board": True, "access": frozenset({"bike"}), "egress": frozenset({"bike"})}


def valley(folder, bikes=None, ways=WAYS, **options):
    """The town; `bikes` by trip: 1 taken, 2 not, unknown otherwise."""
    folder.mkdir(exist_ok=True)
    feed = draw_feed(LINES, places=letter_places(VALLEY, 100.0))
    files = split_files(feed)
    if bikes is not None:
        head, *rows = files["trips.txt"].strip().split("\n")
        rows = [f"{row},{bikes.get(row.split(',')[2], 0)}" for row in rows]
        files["trips.txt"] = "\n".join([f"{head},bikes_allowed", *rows, ""])
    text = "".join(f"# {name}\n{content}" for name, content in files.items())
    return fed_town(folder, text, drawing=VALLEY, ways=ways, step_m=100.0, **options)


ALL_TAKE = {"T1": 1, "early": 1, "good": 1, "late": 1}


def asked(town, **options):
    (way,) = town.ask("a", "d", "7:55", **options).itineraries
    return way


def test_E8_a_change_too_far_to_walk_in_time_is_ridden(tmp_path):
    town = valley(tmp_path, ALL_TAKE)
    ridden, walked = asked(town, **BIKE), asked(town)
    # 2.1 km take 6:25 by bicycle, and a minute to handle it; on foot 24:43.
    assert town.draw(ridden).split(" | ")[1:4] == [
        "A 8:00 R1 B 8:10", "B 8:10 bike C 8:16:25", "C 8:22 R2 D 8:32",
    ]  # fmt: skip
    assert town.draw(walked).split(" | ")[1:4] == [
        "A 8:00 R1 B 8:10", "B 8:10 walk C 8:34:43", "C 8:36 R2 D 8:46",
    ]  # fmt: skip
    leg = ridden.legs[2]
    assert leg.length_m == pytest.approx(2100, abs=1)
    assert [step.road_class for step in leg.steps] == ["residential"]
    assert ridden.walk_m == 0


def test_E8_so_it_is_backwards_and_in_a_window(tmp_path):
    town = valley(tmp_path, ALL_TAKE)
    (back,) = town.ask("a", "d", "8:40", arrive_by=True, **BIKE).itineraries
    assert back == asked(town, **BIKE)
    assert asked(town, window_s=3600, **BIKE) == back


@pytest.mark.parametrize(
    ("bikes", "options", "seconds"),
    [
        (ALL_TAKE, BIKE | {"access": frozenset({"walk"})}, "8:34:43"),  # it isn't with them
        (ALL_TAKE, BIKE | {"step_free": True}, None),  # 35 minutes in a wheelchair
        (ALL_TAKE | {"good": 2}, BIKE, "8:16:25"),  # the next train takes it
        (ALL_TAKE, BIKE | {"bike_speed_kmh": 20.0}, "8:16:20"),
        (ALL_TAKE, BIKE | {"bike_speed_kmh": 12.0}, None),  # 10:32, more than ten minutes
    ],
)
def test_E8_how_one_changes_depends_on_traveller_and_vehicle(tmp_path, bikes, options, seconds):
    answer = valley(tmp_path, bikes).ask("a", "d", "7:55", **options)
    changes = [one.legs[2] for one in answer.itineraries]
    assert [f"{leg.end:%-H:%M:%S}" for leg in changes] == ([seconds] if seconds else [])


def test_E8_a_minute_of_handling_counts_before_the_slack(tmp_path):
    town = valley(tmp_path, ALL_TAKE)
    tight = {"bikes_on_board": True, "access": frozenset({"bike"})}
    # Ridden by 8:16:25; ready at 8:17:25, 445 s after it arrived, and 720 s after that R2 leaves.
    assert asked(town, **tight, transfer_factor=1.61).legs[3].start.minute == 22
    assert asked(town, **tight, transfer_factor=1.62).legs[3].start.minute == 36
    assert asked(town, **tight, extra_transfer_s=275).legs[3].start.minute == 22
    assert asked(town, **tight, extra_transfer_s=276).legs[3].start.minute == 36


def test_E8_riding_is_not_walking(tmp_path):
    town = valley(tmp_path, ALL_TAKE)
    for options in ({"max_walk_s": 60}, {"criterion": "walk"}):
        for arrive_by in (False, True):
            at = "8:40" if arrive_by else "7:55"
            answer = town.ask("a", "d", at, arrive_by=arrive_by, **BIKE, **options)
            assert {one.walk_s for one in answer.itineraries} == {0}
    on_foot = {"access": frozenset({"walk"}), "max_walk_s": 1400}
    assert town.ask("a", "d", "7:55", **on_foot).itineraries == ()


def test_where_no_vehicle_is_known_to_take_bicycles_nothing_is_compiled(tmp_path):
    assert valley(tmp_path / "a").network.footpaths_bike is None
    assert valley(tmp_path / "b", {"T1": 2}).network.footpaths_bike is None
    assert valley(tmp_path / "c", {"T1": 1}).network.footpaths_bike is not None


def test_where_bicycles_are_kept_off_one_walks_beside_it(tmp_path):
    town = valley(tmp_path, ALL_TAKE, {**WAYS, "BC": {"highway": "footway", "bicycle": "no"}})
    assert [leg.mode for leg in asked(town, **BIKE).legs[2:3]] == ["walk"]


@pytest.mark.parametrize(
    ("options", "arrives"),
    [({"max_transfer_ride": 385}, "8:32"), ({"max_transfer_ride": 384}, "8:46")],
)
def test_the_longest_ride_between_vehicles_is_a_choice_of_the_build(tmp_path, options, arrives):
    town = valley(tmp_path, ALL_TAKE, **options)
    assert f"{asked(town, **BIKE).legs[3].end:%-H:%M}" == arrives


@pytest.mark.parametrize(("most", "found"), [(1483, 1), (1482, 0), (1800, 1), (0, 0)])
def test_the_longest_walk_between_vehicles_is_one_too(tmp_path, most, found):
    town = valley(tmp_path, max_transfer_walk=most)
    assert len(town.ask("a", "d", "7:55").itineraries) == found
    assert town.network.manifest["max_transfer_walk"] == most


@pytest.mark.parametrize(("speed", "found"), [(6.4, 1), (4.3, 1), (4.2, 0)])
def test_who_walks_slowly_walks_no_longer_between_vehicles(tmp_path, speed, found):
    """2.1 km take 30 minutes and a second at 4.2 km/h; who is faster walks no farther."""
    town = valley(tmp_path)
    assert len(town.ask("a", "d", "7:55", walk_speed_kmh=speed).itineraries) == found
    tables = change_tables(town.network, step_free=False, wishes=ChangeWishes(walk_speed_kmh=speed))
    assert len(tables.forward.to) == len(tables.mirrored.to) == 4 + 2 * found


def test_everywhere_is_reached_by_riding_between_vehicles(tmp_path):
    town = valley(tmp_path, ALL_TAKE)
    options = {**BIKE, "time": town.instant("7:55")}
    request = Request(origin=town.end("a"), destination=town.end("d"), **options)
    day = day_of(town.network, request)
    time = day.clock(request.time)
    stops = [*town.network.stops.stop_id.list_all()]
    at_a = Reach(*(day.point_stop[:1] * 0 + n for n in (stops.index("A"), 0)))
    arrivals = earliest_arrivals(day, at_a, time, latest=time + 7200, max_rides=8)
    assert arrivals[stops.index("C")] - time == 15 * 60 + 385 + 60
    assert arrivals[stops.index("D")] - time == 37 * 60
