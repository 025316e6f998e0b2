"""How fast bicycles go at each grade: worked values, caps, and what must hold of all of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.network.bike_speed import Rider, look_up, solve_speed, speed_table
from planner.network.profiles import list_profiles

CITY = Rider(mass_kg=90, drag=0.225, rolling=0.010, human_w=100)
MOTOR = Rider(mass_kg=100, drag=0.225, rolling=0.010, human_w=75, motor_w=200)
CARGO = Rider(mass_kg=190, drag=0.35, rolling=0.012, human_w=75, motor_w=250)

# km/h by grade in per cent: worked by hand from S v^3 + m g (C_r + i) v = P
WORKED = {
    "city 100 W": (CITY, {0: 21.4, 1: 16.2, 2: 12.4, 3: 9.7, 4: 8.0, 5: 6.7, 6: 5.8}),
    "motor": (MOTOR, {2: 24.7, 3: 21.1, 4: 18.1, 5: 15.7, 6: 13.8, 8: 11.0}),
    "cargo": (CARGO, {0: 25.0, 2: 17.3, 4: 11.6, 6: 8.6, 8: 6.8}),
}


@pytest.mark.parametrize(
    ("rider", "percent", "kmh"),
    [(rider, i, v) for rider, values in WORKED.values() for i, v in values.items()],
)
def test_the_worked_speeds(rider: Rider, percent: int, kmh: float) -> None:
    assert solve_speed(rider, np.array([percent / 100]))[0] == pytest.approx(kmh, abs=0.0501)


@pytest.mark.parametrize(
    ("profile", "percent", "kmh"),
    [
        ("cargo", 0, 20.0),  # 25 by its power
        ("ebike", 0, 23.0),
        ("bike", 0, 19.7),  # 85 W don't reach the cap
        ("bike", -10, 30.0),  # 69 by weight alone
        ("bike", 20, 4.0),  # pushed: 1.6 by its power
        ("family", 12, 3.5),
    ],
)
def test_caps_and_the_floor(profile: str, percent: int, kmh: float) -> None:
    assert speed_of(profile, percent / 100) == pytest.approx(kmh, abs=0.05)


def test_a_motor_gives_nothing_above_25_kmh() -> None:
    downhill = np.array([-0.02])
    assert solve_speed(MOTOR, downhill) == solve_speed(replace(MOTOR, motor_w=0.0), downhill)
    assert solve_speed(MOTOR, np.array([0.0]))[0] == 25.0


def speed_of(name: str, grade: float) -> float:
    profile = list_profiles()[name]
    assert profile.rider is not None
    speeds = (profile.speed_kmh, profile.down_speed_kmh, profile.push_speed_kmh)
    return float(look_up(speed_table(profile.rider, *speeds), np.array([grade]))[0])


grades = st.floats(-0.4, 0.4)
riders = st.builds(
    Rider,
    mass_kg=st.floats(40, 300),
    drag=st.floats(0.1, 0.6),
    rolling=st.floats(0.003, 0.03),
    human_w=st.floats(30, 400),
    motor_w=st.sampled_from([0.0, 180.0, 400.0]),
)


@given(riders, grades, grades)
def test_steeper_is_never_faster(rider: Rider, one: float, other: float) -> None:
    table = speed_table(rider, 20.0, 30.0, 4.0)
    low, high = look_up(table, np.array(sorted((one, other))))
    assert low >= high
    assert 4.0 <= high <= low <= 30.0


@given(riders, grades)
def test_the_speed_balances_the_power(rider: Rider, grade: float) -> None:
    rider = replace(rider, motor_w=0.0)
    v = solve_speed(rider, np.array([grade]))[0] / 3.6
    pull = rider.mass_kg * 9.81 * (rider.rolling + grade)
    assert v > 0
    assert rider.drag * v**3 + pull * v == pytest.approx(rider.human_w, rel=1e-6, abs=1e-5)
