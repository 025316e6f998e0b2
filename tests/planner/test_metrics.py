"""What profiles make of streets: seconds and perceived seconds of drawn edges."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from street_drawing import Town, draw_town

from planner.network import shape
from planner.network.bike_speed import Rider
from planner.network.metrics import ENDS_PENALTY_S, profile_metric, pushed_edges
from planner.network.profiles import Profile, list_profiles
from planner.network.shape import (
    BIKE_ENDS,
    CYCLE_STREET,
    INFRASTRUCTURES,
    ROAD_CLASSES,
    SIGNALS,
    UNREACHED,
    WALK_ENDS,
    RoadFacts,
    Stress,
)

STREET = {"highway": "residential"}
WALK = Profile(name="walk", mode="walk", help="", speed_kmh=3.6, steps_speed_kmh=1.8)
BIKE = Profile(
    name="bike", mode="bike", help="", speed_kmh=18, push_speed_kmh=3.6, mount_penalty_s=5
)
CAR = Profile(name="car", mode="car", help="", speed_kmh=100, speed_factor=0.5)


def seconds(
    town: Town,
    profile: Profile,
    word: str,
    facts: RoadFacts | None = None,
    stress: Stress | None = None,
) -> tuple[float, float] | None:
    """Duration and cost of an edge; None where the profile may not go."""
    metric = profile_metric(town.streets, profile, facts, stress)
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


def facts_of(town: Town, *, volume: int, marks: int) -> RoadFacts:
    """The same facts for every edge."""
    n = len(town.streets.tail)
    columns = {name: np.zeros(n, np.uint8) for name in RoadFacts._fields}
    columns |= {"volume": np.full(n, volume, np.int32), "marks": np.full(n, marks, np.uint8)}
    return RoadFacts(**columns)


def stress_of(town: Town, level: int) -> Stress:
    """The same level for every edge."""
    levels = np.full(len(town.streets.tail), level, np.uint8)
    return Stress(levels, *(np.zeros_like(levels),) * 3)


def with_climb(town: Town, up: float, word: str = "AB") -> Town:
    climb = np.array(town.streets.climb_m)
    climb[town.edge(word)] = up
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


@pytest.mark.parametrize(
    ("climb", "kmh", "down_kmh"),
    [(0, 20.0, 20.0), (4, 14.27, 26.67), (10, 7.92, 30.0), (40, 4, 30)],
)
def test_D11_a_bicycle_climbs_by_its_power(climb: float, kmh: float, down_kmh: float) -> None:
    town = with_climb(street(), climb)  # 200 m: 0, 2, 5 and 20 %
    rider = Rider(mass_kg=90, drag=0.225, rolling=0.01, human_w=119)
    bike = replace(BIKE, speed_kmh=20, down_speed_kmh=30, push_speed_kmh=4, rider=rider)
    assert seconds(town, bike, "AB")[0] == pytest.approx(720 / kmh, rel=0.01)
    assert seconds(town, bike, "BA")[0] == pytest.approx(720 / down_kmh, rel=0.01)


def test_D11_over_a_hill_one_climbs_and_falls() -> None:
    town = with_climb(with_climb(street(), 5), 5, "BA")  # 100 m up at 5 %, 100 m down
    bike = replace(BIKE, rider=Rider(mass_kg=90, drag=0.225, rolling=0.01, human_w=85))
    up, down = (seconds(with_climb(street(), 10), bike, word)[0] for word in ("AB", "BA"))
    assert seconds(town, bike, "AB")[0] == pytest.approx((up + down) / 2, rel=0.01)
    assert seconds(town, bike, "BA")[0] == pytest.approx((up + down) / 2, rel=0.01)


@pytest.mark.parametrize(
    ("climb", "extra"), [(3, 0), (5, 0.371), (9, 1.203), (13, 3.239), (20, 3.239)]
)
def test_a_climb_feels_longer_by_broachs_figures(climb: float, extra: float) -> None:
    bike = replace(BIKE, hills=1.0)  # of constant speed: 40 s for the 200 m
    town = with_climb(street(), climb)
    assert seconds(town, bike, "AB") == near(40, 40 * (1 + extra))
    assert seconds(town, bike, "BA") == near(40, 40)
    assert seconds(town, replace(bike, hills=2.0), "AB") == near(40, 40 * (1 + 2 * extra))


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


@pytest.mark.parametrize(
    ("tags", "volume", "marks", "factor"),
    [
        ({"highway": "residential"}, 10_000, 0, 1.0),
        ({"highway": "primary"}, 10_001, 0, 1.368),
        ({"highway": "primary"}, 20_001, 0, 2.40),
        ({"highway": "primary", "foot": "no"}, 30_001, 0, 8.157),
        ({"highway": "primary", "cycleway": "lane"}, 30_001, 0, 1.0),
        ({"highway": "primary", "cycleway": "track"}, 30_001, 0, 0.84),
        ({"highway": "cycleway"}, 0, 0, 0.84),
        ({"highway": "residential"}, 500, CYCLE_STREET, 0.892),
    ],
)
def test_a_metre_feels_as_broach_measured(
    tags: dict[str, str], volume: int, marks: int, factor: float
) -> None:
    bike = replace(BIKE, traffic=1.0, prefer={"path": 0.84, "track": 0.84}, cycle_street=0.892)
    town = street(**tags)
    facts = facts_of(town, volume=volume, marks=marks)
    assert seconds(town, bike, "AB", facts) == near(40, 40 * factor)


def test_without_facts_a_class_has_its_usual_traffic() -> None:
    bike = replace(BIKE, traffic=1.0)
    assert seconds(street(highway="primary"), bike, "AB") == near(40, 40 * 1.368)
    assert seconds(street(highway="residential"), bike, "AB") == near(40, 40)
    one_side = street(highway="primary", cycleway__right="track")
    assert seconds(one_side, bike, "AB") == near(40, 40)
    assert seconds(one_side, bike, "BA") == near(40, 40 * 1.368)


def test_traffic_lights_are_waited_for_where_they_stand() -> None:
    town = draw_town("A---B---C", {"AB": STREET, "BC": STREET})
    facts = facts_of(town, volume=0, marks=0)
    marks = np.array(facts.marks)
    marks[town.edge("AB")] = SIGNALS
    facts = facts._replace(marks=marks)
    for profile in (replace(BIKE, signal_s=12.0), replace(CAR, signal_s=12.0, speed_kmh=18)):
        assert seconds(town, profile, "AB", facts) == near(52, 52)
        assert seconds(town, profile, "BA", facts) == near(40, 40)


# Where the level of traffic stress is 3: who bears level 2 gets off, who can't is turned away.
OVER_LEVEL = {
    "short, with a pavement": ("A-B", {}, (72, 72)),  # 80 m at 4 km/h
    "long, with a pavement": ("A---B", {}, (144, 288)),
    "short, nobody may walk": ("A-B", {"foot": "no"}, (16, 64)),
    "long, nobody may walk": ("A---B", {"foot": "no"}, None),
}


@pytest.mark.parametrize(("drawing", "tags", "expected"), OVER_LEVEL.values(), ids=OVER_LEVEL)
def test_streets_over_ones_level_are_pushed_along(
    drawing: str, tags: dict[str, str], expected: tuple[float, float] | None
) -> None:
    town = draw_town(drawing, {"AB": {"highway": "primary"} | tags}, step_m=40)
    calm = replace(BIKE, push_speed_kmh=4.0, max_stress=2, mount_penalty_s=0.0)
    found = seconds(town, calm, "AB", None, stress_of(town, 3))
    assert found == (expected if expected is None else near(*expected))
    on_level = seconds(town, calm, "AB", None, stress_of(town, 2))
    assert on_level == seconds(town, replace(calm, max_stress=0), "AB")
    pushed = pushed_edges(town.streets, calm, stress_of(town, 3))
    assert pushed[town.edge("AB")] == ("foot" not in tags)


def test_stress_weighs_by_level() -> None:
    rider = replace(BIKE, stress=0.5)
    for level, factor in ((1, 1.0), (2, 1.0), (3, 1.5), (4, 2.0)):
        assert seconds(street(), rider, "AB", None, stress_of(street(), level)) == near(
            40, 40 * factor
        )


def test_among_people_on_foot_one_rides_slowly() -> None:
    bike = list_profiles()["bike"]
    square = street(highway="pedestrian", bicycle="yes")
    pavement = street(highway="footway", bicycle="yes")
    assert seconds(square, bike, "AB")[0] == pytest.approx(200 * 3.6 / 6, abs=0.3)
    assert seconds(pavement, bike, "AB")[0] == pytest.approx(200 * 3.6 / 12, abs=0.3)


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


@pytest.mark.parametrize(
    ("name", "takes"),
    [("wheelchair", False), ("cargo", False), ("family", False), ("walk", True), ("bike", True)],
)
def test_D8_steps(name: str, *, takes: bool) -> None:
    town = draw_town(
        "A--B--C", {"AB": {"highway": "footway"}, "BC": {"highway": "steps", "ramp:bicycle": "yes"}}
    )
    duration = profile_metric(town.streets, list_profiles()[name]).duration_ds
    assert duration[town.edge("AB")] < UNREACHED
    assert (duration[town.edge("BC")] < UNREACHED) == takes


def test_wheelchairs_shun_steep_streets_and_may_close_them() -> None:
    wheelchair = list_profiles()["wheelchair"]
    level, steep = street(), with_climb(street(), 20)
    for word in ("AB", "BA"):
        duration, cost = seconds(steep, wheelchair, word)
        assert duration == cost
        assert duration >= 3 * seconds(level, wheelchair, word)[0]
        assert seconds(steep, replace(wheelchair, max_grade=0.09), word) is None
        assert seconds(steep, replace(wheelchair, max_grade=0.11), word) is not None


@cache
def three_streets() -> Town:
    """What the properties below lay their attributes upon."""
    return draw_town("A---B---C---D", {"AB": STREET, "BC": STREET, "CD": STREET})


@st.composite
def edges_of_any_kind(draw: st.DrawFn) -> tuple[Town, RoadFacts, Stress]:
    """A few streets whose every attribute is drawn."""
    town = three_streets()
    n = len(town.streets.tail)

    def column(values: st.SearchStrategy[float], dtype: type) -> np.ndarray:
        return np.array(draw(st.lists(values, min_size=n, max_size=n)), dtype)

    streets = town.streets._replace(
        length_m=column(st.floats(0, 200_000), np.float32),
        climb_m=column(st.floats(0, 3000), np.float32),
        access=column(st.integers(0, 63), np.uint8),
        road_class=column(st.integers(0, len(ROAD_CLASSES) - 1), np.uint8),
        infrastructure=column(st.integers(0, len(INFRASTRUCTURES) - 1), np.uint8),
        surface=column(st.integers(0, 4), np.uint8),
        speed_kmh=column(st.integers(0, 130), np.uint8),
        flags=column(st.integers(0, 127), np.uint8),
    )
    facts = facts_of(town, volume=0, marks=0)._replace(
        volume=column(st.integers(0, 100_000), np.int32),
        marks=column(st.integers(0, 63), np.uint8),
    )
    stress = Stress(column(st.integers(0, 4), np.uint8), *(np.zeros(n, np.uint8),) * 3)
    return town._replace(streets=streets), facts, stress


@given(edges_of_any_kind(), st.sampled_from(sorted(list_profiles())))
@settings(max_examples=200)
def test_every_metric_is_within_its_bounds(
    drawn: tuple[Town, RoadFacts, Stress], name: str
) -> None:
    town, facts, stress = drawn
    profile = list_profiles()[name]
    metric = profile_metric(town.streets, profile, facts, stress)
    is_open = metric.cost < UNREACHED
    assert ((metric.duration_ds < UNREACHED) == is_open).all()
    assert (metric.cost >= 0).all()
    assert (metric.cost[is_open] <= UNREACHED // 4).all()
    # At best a metre feels like a quarter of itself; for who walks or drives, as it is.
    least = 0.25 if profile.mode == "bike" else 1.0
    assert (metric.cost[is_open] >= least * metric.duration_ds[is_open] - 1).all()


@given(edges_of_any_kind(), st.sampled_from(["bike", "bike_calm", "family", "cargo"]))
@settings(max_examples=100)
def test_what_is_made_calmer_never_costs_more(
    drawn: tuple[Town, RoadFacts, Stress], name: str
) -> None:
    """Fewer cars, less stress, a track instead of nothing, and nobody kept out."""
    town, facts, stress = drawn
    # Where somebody may walk nothing is closed for its traffic: what opens has new ways in.
    town = town._replace(
        streets=town.streets._replace(access=town.streets.access | np.uint8(shape.WALK))
    )
    profile = replace(list_profiles()[name], mount_penalty_s=0.0)
    before = profile_metric(town.streets, profile, facts, stress).cost
    track = np.full_like(town.streets.infrastructure, INFRASTRUCTURES.index("track"))
    ends = np.uint8(BIKE_ENDS | WALK_ENDS)
    calmer = (
        (town.streets, facts._replace(volume=facts.volume // 2), stress),
        (town.streets, facts, stress._replace(level=np.minimum(stress.level, 1))),
        (town.streets._replace(infrastructure=track), facts, stress),
        (town.streets._replace(access=town.streets.access & ~ends), facts, stress),
    )
    for streets, own_facts, own_stress in calmer:
        assert (profile_metric(streets, profile, own_facts, own_stress).cost <= before).all()


def test_crossing_a_larger_street_feels_like_81_metres() -> None:
    town, bike = street(), replace(BIKE, traffic=1.0)
    for level, extra in ((0, 0), (2, 0), (3, 81), (4, 81)):
        stress = stress_of(town, 1)._replace(crossing=stress_of(town, level).level)
        assert seconds(town, bike, "AB", None, stress) == near(40, 40 * (200 + extra) / 200)
