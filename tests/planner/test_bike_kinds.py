"""Kinds of bicycles in questions: which way each goes, how it is told, and one's own weights."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest
from drawn_town import drawn_town
from street_networks import near_corner, network_of, walk

from planner.network.profiles import (
    WeightError,
    adjusted,
    compiled_profiles,
    get_profile,
    list_profiles,
    list_weights,
    profile_at,
    profile_of,
)
from planner.network.shape import ROAD_CLASSES, Stress
from planner.network.store import frozen
from planner.request import Request, RequestError
from planner.streets.instructions import describe

MAIN_ROAD = """
A---------B
|         |
C---------D
"""
WAYS = {
    "AB": {"highway": "primary", "maxspeed": "50"},
    "AC": {"highway": "residential"},
    "CD": {"highway": "cycleway"},
    "DB": {"highway": "residential"},
}
HERE, THERE = near_corner(0, 100), near_corner(500, 100)


def network_with(level):
    """The drawing above; its main road has that level of stress, and all else the lowest."""
    network = network_of(MAIN_ROAD, WAYS, step_m=50)
    main = network.streets.road_class == ROAD_CLASSES.index("primary")
    levels = frozen(np.where(main, level, 1), np.uint8)
    return replace(
        network,
        metrics={name: network.metrics[name] for name in compiled_profiles()},
        stress={"furth": Stress(levels, *[frozen(np.zeros_like(levels), np.uint8)] * 3)},
    )


# Along the main road it is 500 m, and 700 m round by the cycleway.
@pytest.mark.parametrize(
    ("profile", "level", "way"),
    [
        ("bike_fast", 4, "primary"),
        ("bike", 4, "cycleway"),  # 500 m feel like 684, and 700 like 620
        ("bike+traffic=0", 4, "primary"),
        ("bike+facility=0+traffic=0", 4, "primary"),
        ("bike_calm", 4, "cycleway"),
        ("family", 2, "cycleway"),
        ("bike+facility=0+max_stress=2+traffic=0", 2, "primary"),
        ("bike+facility=0+max_stress=2+traffic=0", 3, "cycleway"),
        ("bike+facility=0+stress=0.5+traffic=0", 2, "primary"),
        ("bike+facility=0+stress=0.5+traffic=0", 3, "cycleway"),
    ],
)
def test_each_kind_takes_its_own_way(profile, level, way):
    network = network_with(level)
    path = walk(network, HERE, THERE, profile)
    taken = {ROAD_CLASSES[c] for c in network.streets.road_class[path.edges].tolist()}
    assert way in taken
    assert len(taken & {"primary", "cycleway"}) == 1


def test_where_there_is_no_calm_way_one_is_told_to_push():
    network = network_of("A-------B", {"AB": {"highway": "primary", "name": "Grande Rue"}})
    levels = frozen(np.full(2, 4), np.uint8)
    network = replace(network, stress={"furth": Stress(levels, levels, levels, levels)}, metrics={})
    path = walk(network, near_corner(0, 0), near_corner(400, 0), "family")
    (step,) = describe(network, path)
    assert step.push
    assert path.duration == pytest.approx(400 * 3.6 / 3.5, abs=2)
    (ridden,) = describe(network, walk(network, near_corner(0, 0), near_corner(400, 0), "bike"))
    assert not ridden.push


@pytest.mark.parametrize(("profile", "classes"), [("bike", {"footway", "steps"}), ("cargo", set())])
def test_D8_a_cargo_bike_waits_outside_a_court_that_only_steps_lead_to(profile, classes):
    network = network_of(
        """
        A---B---E
            C
            D
        """,
        {"AB": {"highway": "residential"}, "BE": {"highway": "residential"},
         "BC": {"highway": "steps", "ramp:bicycle": "yes"}, "CD": {"highway": "footway"}},
    )  # fmt: skip
    network = replace(network, metrics={})
    path = walk(network, near_corner(602, 10), near_corner(400, 100), profile)
    taken = {ROAD_CLASSES[c] for c in network.streets.road_class[path.edges].tolist()}
    assert taken - {"residential"} == classes


TIMETABLE = "A     B\n8:10  8:30"


@pytest.fixture(scope="module")
def hilly():
    """1.6 km at 5 %."""
    town = drawn_town("a-A-------------------------------B-b", {"aABb": {"highway": "tertiary"}},
                      TIMETABLE)  # fmt: skip
    streets = town.network.streets
    climb = np.where(streets.direction > 0, 0.05 * streets.length_m, 0.0)
    streets = streets._replace(climb_m=frozen(climb, np.float32))
    return town._replace(network=replace(town.network, streets=streets, metrics={}))


@pytest.mark.parametrize(
    ("asked", "kmh"),
    [
        ({"modes": {"bike"}}, 5.7),
        ({"modes": {"ebike"}}, 15.7),
        ({"modes": {"cargo"}}, 9.9),
        ({"modes": {"bike"}, "bike_profile": "bike_fast"}, 10.1),
        ({"modes": {"bike"}, "bike_profile": "bike+power=120"}, 8.2),
    ],
)
def test_each_kind_climbs_at_its_own_speed(hilly, asked, kmh):
    answer = hilly.ask("A", "B", **asked | {"modes": frozenset(asked["modes"])})
    trip = next(t for t in answer.direct if t.legs[0].mode == "bike")
    leg = trip.legs[0]
    assert leg.length_m / leg.seconds * 3.6 == pytest.approx(kmh, rel=0.03)
    assert leg.profile == asked.get("bike_profile", next(iter(asked["modes"])))


@pytest.mark.parametrize("profile", ["walk", "car", "no_such", "bike+hills=9", "bike+colour=1", ""])
def test_only_cyclists_profiles_ride(profile):
    here = near_corner(0, 0)
    with pytest.raises(RequestError, match="is not a profile of cyclists"):
        Request(origin=here, destination=here, bike_profile=profile,
                time=datetime.fromisoformat("2026-11-23T08:00+01:00"))  # fmt: skip


def test_an_adjusted_profile_has_one_name_that_reads_back():
    bike = get_profile("bike")
    own = adjusted(bike, {"stress": 1.234, "hills": 2, "traffic": 1.0})
    assert own.name == "bike+hills=2+stress=1.23"  # traffic is 1 already
    assert get_profile(own.name) == own
    assert adjusted(own, {"hills": 1}).name == "bike+stress=1.23"
    assert adjusted(bike, {}) is bike
    assert not own.compiled


@pytest.mark.parametrize(
    ("profile", "weights", "sentence"),
    [
        ("bike", {"hills": 5.5}, "the weight 'hills' must lie between 0 and 5, not 5.5"),
        ("bike", {"power": 20}, "the weight 'power' must lie between 40 and 300, not 20"),
        ("bike", {"hills": float("nan")}, "between 0 and 5, not nan"),
        (
            "walk",
            {"hills": 1},
            "'hills' is not a weight of the profile 'walk': take speed, max_grade",
        ),
        ("car", {"speed": 20}, "'speed' is not a weight of the profile 'car': take signals"),
    ],
)
def test_a_weight_out_of_bounds_is_named_with_them(profile, weights, sentence):
    with pytest.raises(WeightError, match=re.escape(sentence)):
        adjusted(get_profile(profile), weights)


@pytest.mark.parametrize("weight", list_weights().values(), ids=list_weights())
def test_every_weight_holds_at_both_bounds(weight):
    for profile in list_profiles().values():
        if profile.mode in weight.modes and (profile.rider or weight.name != "power"):
            for value in (weight.least, weight.most):
                own = adjusted(profile, {weight.name: value})
                assert get_profile(own.name) == own


@pytest.mark.parametrize(
    ("local", "name"),
    [
        ("2026-11-23T08:00", "car_peak"),  # Monday
        ("2026-11-23T09:29", "car_peak"),
        ("2026-11-23T09:30", "car"),
        ("2026-11-23T17:00", "car_peak"),
        ("2026-11-23T22:00", "car_night"),
        ("2026-11-23T05:59", "car_night"),
        ("2026-11-22T08:00", "car"),  # Sunday
    ],
)
def test_cars_have_hours(local, name):
    assert profile_at("car", datetime.fromisoformat(local)) == name
    assert profile_at("bike", datetime.fromisoformat(local)) == "bike"


def test_modes_have_their_profiles():
    assert profile_of("walk", step_free=False) == "walk"
    assert profile_of("walk", step_free=True) == "wheelchair"
    assert profile_of("bike", step_free=True, bike="bike_calm") == "bike_calm"
    assert profile_of("cargo", step_free=False, bike="bike_calm") == "cargo"
