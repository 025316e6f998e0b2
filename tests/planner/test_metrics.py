"""What profiles make of streets: seconds and perceived seconds of drawn edges."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from street_drawing import Town, draw_town

from planner.network.metrics import ENDS_PENALTY_S, profile_metric
from planner.network.profiles import Profile, list_profiles
from planner.network.shape import UNREACHED

STREET = {"highway": "residential"}
WALK = Profile(name="walk", mode="walk", help="", speed_kmh=3.6, steps_speed_kmh=1.8)
BIKE = Profile(
    name="bike", mode="bike", help="", speed_kmh=18, push_speed_kmh=3.6, mount_penalty_s=5
)
CAR = Profile(name="car", mode="car", help="", speed_kmh=100, speed_factor=0.5)


def seconds(town: Town, profile: Profile, word: str) -> tuple[float, float] | None:
    """Duration and cost of an edge; None where the profile may not go."""
    metric = profile_metric(town.streets, profile)
    edge = town.edge(word)
    if metric.duration_ds[edge] == UNREACHED:
        assert metric.cost[edge] == UNREACHED
        return None
    return metric.duration_ds[edge] / 10, metric.cost[edge] / 10


def street(**tags: str) -> Town:
    """200 m of a street."""
    return draw_town("A---B", {"AB": STREET | {k.replace("__", ":"): v for k, v in tags.items()}})


def near(*expected: float) -> object:
    return pytest.approx(expected, abs=0.3)


def with_climb(town: Town, up: float) -> Town:
    climb = np.array(town.streets.climb_m)
    climb[town.edge("AB")] = up
    return town._replace(streets=town.streets._replace(climb_m=climb))


def test_each_mode_at_its_own_speed() -> None:
    assert seconds(street(), WALK, "AB") == near(200, 200)
    assert seconds(street(), BIKE, "AB") == near(40, 40)
    assert seconds(street(maxspeed="36"), CAR, "AB") == near(40, 40)
    assert seconds(street(maxspeed="none"), replace(CAR, speed_kmh=36), "AB") == near(20, 20)


def test_forbidden_edges_are_unreached() -> None:
    one_way = street(oneway="yes", foot="no", bicycle="no")
    assert seconds(one_way, CAR, "BA") is None
    assert seconds(one_way, WALK, "AB") is None


def test_steps_and_rough_ground_are_slower() -> None:
    assert seconds(street(highway="steps"), WALK, "AB") == near(400, 400)
    rough = replace(WALK, rough={"cobbles": 1.5})
    assert seconds(street(surface="sett"), rough, "AB") == near(300, 300)


@pytest.mark.parametrize(
    ("climb", "factor"), [(0, 1), (20, 1.419), (-10, 0.839), (-40, 1.419 / 0.839 * 0.839)]
)
def test_tobler_walks_slower_uphill_and_a_little_faster_down(climb: float, factor: float) -> None:
    walker = replace(WALK, grade_model="tobler")
    town = street()
    if climb >= 0:
        assert seconds(with_climb(town, climb), walker, "AB") == pytest.approx(
            (200 * factor,) * 2, rel=0.01
        )
    else:
        sloped = with_climb(town, -climb)
        back = seconds(sloped, walker, "BA")
        expected = 200 * np.exp(3.5 * (abs(climb / 200 + 0.05) - 0.05))
        assert back == pytest.approx((expected, expected), rel=0.01)


def test_a_bicycle_loses_speed_uphill_but_never_all_of_it() -> None:
    rider = replace(BIKE, grade_model="linear")
    assert seconds(with_climb(street(), 10), rider, "AB") == near(40 / 0.7, 40 / 0.7)
    assert seconds(with_climb(street(), 100), rider, "AB") == near(40 / 0.3, 40 / 0.3)
    assert seconds(with_climb(street(), 10), rider, "BA") == near(40, 40)


def test_D3_D4_pushing_is_slow_and_costs_a_dismount_once() -> None:
    town = draw_town(
        "A---B---C---D",
        {"AB": STREET, "BC": {"highway": "footway"}, "CD": {"highway": "pedestrian"}},
    )
    assert seconds(town, BIKE, "AB") == near(40, 40)
    assert seconds(town, BIKE, "BC") == near(205, 205)  # from the saddle
    assert seconds(town, BIKE, "CD") == near(200, 200)  # already on foot
    assert seconds(town, BIKE, "CB") == near(200, 200)


def test_D6_private_streets_cost_their_entry_once() -> None:
    town = draw_town(
        "A---B---C---D",
        {"AB": STREET, "BC": STREET | {"access": "private"}, "CD": STREET | {"access": "private"}},
    )
    assert seconds(town, WALK, "BC") == near(200, 200 + ENDS_PENALTY_S)
    assert seconds(town, WALK, "CD") == near(200, 200)
    assert seconds(town, WALK, "CB") == near(200, 200)
    assert seconds(town, WALK, "AB") == near(200, 200)


def test_D5_D6_a_private_gate_costs_its_entry() -> None:
    gate = {"barrier": "gate", "access": "private"}
    town = draw_town("A--B--C", {"ABC": STREET}, nodes={"B": gate})
    metric = profile_metric(town.streets, WALK)
    at_gate = town.streets.length_m == 0
    assert (metric.cost[at_gate] == ENDS_PENALTY_S * 10).all()
    assert (metric.duration_ds[at_gate] == 0).all()


def test_traffic_is_avoided_unless_a_lane_keeps_it_away() -> None:
    rider = replace(BIKE, avoid={"primary": 2.0}, prefer={"track": 0.5})
    assert seconds(street(highway="primary"), rider, "AB") == near(40, 80)
    assert seconds(street(highway="primary", cycleway="track"), rider, "AB") == near(40, 20)
    assert seconds(street(highway="primary", cycleway__right="track"), rider, "BA") == near(40, 80)


def test_D7_a_ferry_sails_at_its_own_speed_after_a_wait() -> None:
    town = draw_town("A-----------B---C", {"AB": {"route": "ferry", "duration": "3"}, "BC": STREET})
    for profile in (WALK, BIKE):
        duration, _ = seconds(town, profile, "BA")
        assert duration == pytest.approx(180 + 300, abs=1)


def test_the_profiles_that_come_with_the_planner_all_work() -> None:
    town = street()
    for profile in list_profiles().values():
        metric = profile_metric(town.streets, profile)
        assert metric.cost.dtype == metric.duration_ds.dtype == np.int32
        assert not metric.cost.flags.writeable
        assert (metric.cost > 0).all()
        assert (metric.cost < UNREACHED).all()


def test_wheelchair_takes_no_steps():
    town = draw_town("A--B--C", {"AB": {"highway": "footway"}, "BC": {"highway": "steps"}})
    duration = profile_metric(town.streets, list_profiles()["wheelchair"]).duration_ds
    assert duration[town.edge("AB")] < UNREACHED
    assert duration[town.edge("BC")] == UNREACHED
