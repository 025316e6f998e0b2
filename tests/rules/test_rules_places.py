"""Rules of stops and places, each from a feed's text and a map to an itinerary (checklist C)."""

from __future__ import annotations

import math

import pytest
from feed_text import draw_feed
from small_town import fed_town, issues_of
from street_drawing import METRES_PER_DEGREE, letter_places

from planner.itinerary import Reason, TransitLeg
from planner.request import Coordinate

FOOT = {"highway": "footway"}
ROAD = {"highway": "residential"}
FAR = (48.90, 2.40)  # where no street of these towns leads
PACE = 3.6 / 5.1  # seconds for a metre on foot


def town_of(folder, drawing, ways, timetable, *files, at=None, **options):
    """Stops stand on the letters of the same name, Z far away, others where `at` says."""
    spots = letter_places(drawing, options.get("step_m", 50.0)) | {"Z": FAR} | (at or {})
    feed = draw_feed(timetable, *files, places=spots)
    return fed_town(folder, feed, drawing=drawing, ways=ways, **options)


def aside(place, north_m=0.0, east_m=0.0):
    lat, lon = place
    shrink = math.cos(math.radians(lat))
    return (lat + north_m / METRES_PER_DEGREE, lon + east_m / METRES_PER_DEGREE / shrink)


def walk_s(leg):
    return (leg.end - leg.start).total_seconds()


def reasons(answer):
    return [one.reason for one in answer.shortfalls]


# --- C1, C2, C3: islands


BESIDE_AN_ISLAND = """
    A---B---C---D   P-Q
    |   |   |   |
    E---F---G---H
    """
GRID = {"ABCD": ROAD, "EFGH": ROAD, "AE": ROAD, "BF": ROAD, "CG": ROAD, "DH": ROAD}


def test_C1_a_stop_on_an_island_is_walked_to_from_the_town(tmp_path):
    ways = {**GRID, "PQ": FOOT}
    town = town_of(tmp_path, BESIDE_AN_ISLAND, ways, "P     Z\n8:30  8:50")
    assert issues_of(town)["island_for_walk"] == 1
    (way,) = town.ask("A", "stop Z").itineraries
    walk, ride = way.legs
    assert (town.name(ride.origin), f"{ride.start:%H:%M}") == ("P", "08:30")
    # 600 m along the street to D, and 200 m straight from its end to the stop, which are charged.
    assert walk_s(walk) == pytest.approx(800 * PACE, abs=2)


@pytest.mark.parametrize("way", ["XG", "GX"])
def test_C2_a_place_that_cars_can_only_leave_or_enter_is_none_for_them(tmp_path, way):
    drawing = """
    A---B---C X-Y
    |   |   |/
    E---F---G
    """
    ways = {"ABC": ROAD, "EFG": ROAD, "AE": ROAD, "BF": ROAD, "CG": ROAD, "XY": ROAD}
    one_way = {"highway": "residential", "oneway": "yes"}
    town = town_of(tmp_path, drawing, {**ways, way: one_way}, "A     Z\n8:30  8:50")
    for ends in (("Y", "A"), ("A", "Y")):
        (car,) = (
            one
            for one in town.ask(*ends, modes=frozenset({"car", "transit"})).direct
            if one.legs[0].mode == "car"
        )
        # From A to C on the street and straight on to Y, neither way by X.
        assert car.legs[0].length_m == pytest.approx(400 + 200, abs=3)


def test_C3_a_stop_from_which_one_cannot_walk_ten_minutes_is_told(tmp_path):
    (tmp_path / "short").mkdir()
    (tmp_path / "long").mkdir()
    short = town_of(tmp_path / "short", "A--B", {"AB": FOOT}, "A     Z\n8:30  8:50")
    assert issues_of(short)["stop_on_island"] == 1
    (issue,) = (one for one in short.network.manifest["issues"] if one["kind"] == "stop_on_island")
    assert issue["examples"][0]["where"] == "stop A"
    drawing = "A" + "-" * 20 + "B"
    long = town_of(tmp_path / "long", drawing, {"AB": FOOT}, "A     Z\n8:30  8:50")
    assert "stop_on_island" not in issues_of(long)
    assert town_rides(short) == town_rides(long) == ["A 8:30 R1 Z 8:50"]


def town_rides(town):
    return town.rides(town.ask("stop A", "stop Z"))


# --- C4, C5, C6: coordinates


STREET = "a----A"


def test_C4_the_way_to_the_street_is_walked_too(tmp_path):
    places = letter_places(STREET)
    off = aside(places["A"], north_m=200)
    town = town_of(tmp_path, STREET, {"aA": FOOT}, "A     Z\n8:30  8:50", at={"A": off})
    (way,) = town.ask("a", "stop Z").itineraries
    assert walk_s(way.legs[0]) == pytest.approx((250 + 200) * PACE, abs=2)
    doorstep = Coordinate(*aside(places["a"], north_m=-100))
    (way,) = town.ask(doorstep, "stop Z").itineraries
    assert walk_s(way.legs[0]) == pytest.approx((100 + 250 + 200) * PACE, abs=2)


def test_C4_a_stop_too_far_from_any_street_is_reached_by_an_estimate_or_not(tmp_path):
    places = letter_places(STREET)
    town = town_of(
        tmp_path, STREET, {"aA": FOOT}, "A     B     Z\n8:30  8:40  8:50",
        at={"A": aside(places["A"], north_m=400), "B": aside(places["A"], north_m=900)},
    )  # fmt: skip
    assert issues_of(town)["stop_not_linked"] == 3
    (way,) = town.ask("A", "stop Z").itineraries
    assert way.legs[0].estimated
    assert walk_s(way.legs[0]) == pytest.approx(400 * 1.3 * PACE, abs=2)
    assert way.legs[1].origin.name == "A"


def test_C4_from_a_place_to_itself_is_no_time(tmp_path):
    town = town_of(tmp_path, STREET, {"aA": FOOT}, "A     Z\n8:30  8:50")
    (way,) = town.ask("a", "a", modes=frozenset({"walk"})).direct
    assert way.end == way.start


@pytest.mark.parametrize("null", [(0.0, 0.0), (49.7668, -7.5572), (2.265, 48.82)])
def test_C5_a_stop_on_null_island_is_ridden_to_and_walked_to_by_nobody(tmp_path, null):
    spots = {"B": null}
    town = town_of(tmp_path, STREET, {"aA": FOOT}, "A     B     Z\n8:30  8:40  8:50", at=spots)
    assert sum(issues_of(town).get(k, 0) for k in ("null_island", "swapped_coordinates")) == 1
    assert "stop_far_from_neighbours" not in issues_of(town)  # it has no place to be far from
    assert town.rides(town.ask("stop A", "stop B")) == ["A 8:30 R1 B 8:40"]
    assert town.rides(town.ask("stop B", "stop Z")) == ["B 8:40 R1 Z 8:50"]
    assert reasons(town.ask(Coordinate(*null), "stop Z")) == [Reason.OUTSIDE_AREA]
    (way,) = town.ask("a", "stop Z").itineraries
    assert all(abs(lat - 48.85) < 0.1 for lat, _ in way.legs[1].points)


def test_C6_a_stop_no_vehicle_can_come_to_is_ridden_to_and_walked_to_by_nobody(tmp_path):
    """B is drawn 60 km north: its trip could neither come there in ten minutes nor go on."""
    line = "A     B     C\n8:30  8:40  8:50\n9:30  9:40  9:50"
    wrong = (49.36, 2.27)
    town = town_of(tmp_path, STREET, {"aA": FOOT}, line, at={"B": wrong, "C": FAR})
    assert issues_of(town)["stop_far_from_neighbours"] == 1
    assert issues_of(town)["hop_speed_fast"] == 4
    assert town.rides(town.ask("stop A", "stop B")) == ["A 8:30 R1 B 8:40"]
    assert reasons(town.ask(Coordinate(*wrong), "stop C")) == [Reason.OUTSIDE_AREA]
    (way,) = town.ask("a", "stop C").itineraries
    assert all(lat < 49 for lat, _ in way.legs[1].points)


def test_C6_one_wrong_time_moves_no_stop(tmp_path):
    """Of three trips one is said to fly: its time is wrong, not the place of its stop."""
    line = "A     B     C\n8:30  8:31  8:32\n9:30  9:50  10:10\n10:30  10:50  11:10"
    town = town_of(
        tmp_path, STREET, {"aA": FOOT}, line, at={"B": (48.95, 2.40), "C": (48.82, 2.45)}
    )
    assert issues_of(town)["hop_speed_fast"] == 2
    assert "stop_far_from_neighbours" not in issues_of(town)


# --- C7: one pole in two feeds


def test_C7_a_pole_of_two_feeds_is_one_station_and_both_are_ridden(tmp_path):
    here = {"A": (48.80, 2.20), "B": (48.82, 2.27)}
    there = {"B": aside(here["B"], north_m=5), "C": (48.84, 2.33)}
    town = fed_town(
        tmp_path,
        draw_feed("A     B\n8:00  8:10", places=here),
        draw_feed("B     C\n8:11  8:30\n8:12  8:31", places=there, agency="other"),
    )
    stations = town.network.stops.station
    assert stations[1] == stations[2]
    (way,) = town.ask("stop A", "stop C").itineraries
    first, between, last = way.legs
    assert (first.feed, last.feed, f"{last.start:%H:%M}") == ("a", "b", "08:12")
    assert (between.length_m, walk_s(between)) == (pytest.approx(5, abs=1), 120)
    for pole in ("a:B", "b:B"):
        assert town.rides(town.ask(f"stop {pole}", "stop C")) == ["B 8:11 R1 C 8:30"]


# --- C9, C10, C14: where a place meets the streets


def test_C9_a_park_beside_a_motorway_is_left_by_its_paths(tmp_path):
    """The motorway is nearer than the path, and an unconnected path nearer still."""
    drawing = """
    M-----------N
      p-q
    A---B---C---D
    |   |   |   |
    E---F---G---H
    """
    ways = {**GRID, "MN": {"highway": "motorway"}, "pq": FOOT}
    town = town_of(tmp_path, drawing, ways, "A     Z\n8:30  8:50")
    middle = Coordinate(*aside(town.places["p"], north_m=30))
    (way,) = town.ask(middle, "stop Z").itineraries
    # 80 m straight to the street, where the motorway is 20 away and the loose path 30.
    assert walk_s(way.legs[0]) == pytest.approx((80 + 100) * PACE, abs=3)


@pytest.mark.parametrize("bearing", range(0, 360, 45))
def test_C10_a_metre_aside_the_answer_is_the_same(tmp_path, bearing):
    drawing = "a----A----b\n|         |\nd---------c"
    town = town_of(tmp_path, drawing, {"aAbcda": FOOT}, "A     Z\n8:30  8:50")
    north, east = math.cos(math.radians(bearing)), math.sin(math.radians(bearing))
    for letter in "abcd":
        (exact,) = town.ask(letter, "stop Z").itineraries
        near = Coordinate(*aside(town.places[letter], north, east))
        (jittered,) = town.ask(near, "stop Z").itineraries
        assert len(jittered.legs) == len(exact.legs) == 2
        assert walk_s(jittered.legs[0]) == pytest.approx(walk_s(exact.legs[0]), abs=2)
        assert jittered.end == exact.end


def test_C10_stops_a_metre_aside_are_ridden_alike(tmp_path):
    drawing = "a----A----B----b"
    found = []
    for number, (north, east) in enumerate([(0, 0), (1, 0), (0, 1), (-1, 0), (0, -1)]):
        places = letter_places(drawing)
        spots = {stop: aside(places[stop], north, east) for stop in "AB"}
        folder = tmp_path / str(number)
        folder.mkdir()
        town = town_of(folder, drawing, {"aABb": FOOT}, "A     B\n8:30  8:31", at=spots)
        (way,) = town.ask("a", "b").itineraries
        found.append([(leg.start.replace(second=0), type(leg).__name__) for leg in way.legs])
    assert all(one == found[0] for one in found)


def test_C14_a_stop_between_two_carriageways_is_reached_from_both(tmp_path):
    """The crossing is far: who is on the south side doesn't go round by it."""
    drawing = "A--------B--x\n            |\nD--------C--y"
    ways = {"ABx": ROAD, "DCy": ROAD, "xy": FOOT}
    middle = aside(letter_places(drawing, 10)["D"], north_m=10, east_m=45)
    town = town_of(tmp_path, drawing, ways, "S     Z\n8:30  8:50", at={"S": middle}, step_m=10)
    for corner in "AD":
        (way,) = town.ask(corner, "stop Z").itineraries
        assert walk_s(way.legs[0]) == pytest.approx((45 + 10) * PACE, abs=2)


def test_C14_a_stop_across_the_road_is_walked_to_by_the_crossing(tmp_path):
    """Two carriageways 100 m apart, joined at one end alone."""
    drawing = "a----A----x\n          |\nB---------y"
    ways = {"aAx": ROAD, "By": ROAD, "xy": FOOT}
    town = town_of(tmp_path, drawing, ways, "B     Z\n8:30  8:50", step_m=50)
    (way,) = town.ask("a", "stop Z").itineraries
    assert walk_s(way.legs[0]) == pytest.approx((500 + 100 + 500) * PACE, abs=2)


# --- C12: shapes


SHAPED = """
    # trips.txt
    route_id,service_id,trip_id,shape_id
    R1,daily,T1,s
    # shapes.txt
    shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence,shape_dist_traveled
    """


def ride_points(town):
    (way,) = town.ask("stop A", "stop C").itineraries
    (leg,) = way.legs
    assert isinstance(leg, TransitLeg)
    return leg.points


def test_C12_a_shape_elsewhere_gives_straight_lines(tmp_path):
    shape = SHAPED + "s,48.90,2.27,1,0\n    s,48.90,2.30,2,9\n"
    town = fed_town(tmp_path, draw_feed("A     B     C\n8:00  8:10  8:20", shape))
    calls = [(48.82, pytest.approx(2.27 + 0.01366 * i)) for i in range(3)]
    assert list(ride_points(town)) == calls


@pytest.mark.parametrize("distances", [("9", "5", "0"), ("x", "", "-1"), ("0", "0", "0")])
def test_C12_bogus_distances_along_a_shape_do_no_harm(tmp_path, distances):
    rows = zip((2.27, 2.283, 2.29732), distances, strict=True)
    shape = SHAPED + "".join(
        f"s,{48.82 if n != 1 else 48.821},{lon},{n},{distance}\n    "
        for n, (lon, distance) in enumerate(rows)
    )
    town = fed_town(tmp_path, draw_feed("A     B     C\n8:00  .  8:20", shape))
    points = ride_points(town)
    assert (48.821, 2.283) in points
    assert town.rides(town.ask("stop B", "stop C")) == ["B 8:10 R1 C 8:20"]
