"""How fast a bicycle goes at a grade: the power of legs and motor against drag, rolling and weight.

S v^3 + m g (C_r + i) v = P, as BRouter's StdPath.computeKinematic has it (abrensch/brouter).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.network.store import frozen

STEEPEST: Final = 0.25  # streets that seem steeper are faults of the elevation
GRADE_STEP: Final = 0.001
_GRAVITY: Final = 9.81
_FULL_DOWN: Final = -0.03  # grade at which a rider lets it roll; our assumption
_START_MS: Final = 60.0  # above every answer, so that Newton's steps come down to it
_STEPS: Final = 60
Kmh = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rider:
    """A bicycle with who and what is on it.

    drag: half the density of air times the area it meets (kg/m); rolling: C_r. The motor gives
    `motor_w` up to `motor_until_kmh`, by law 25 km/h in Europe (EN 15194), and nothing above.
    """

    mass_kg: float
    drag: float
    rolling: float
    human_w: float
    motor_w: float = 0.0
    motor_until_kmh: float = 25.0


def solve_speed(rider: Rider, grade: Kmh) -> Kmh:
    """km/h at which each grade (rise over run, + uphill) balances the rider's power."""
    alone = _balance(rider, grade, rider.human_w)
    if not rider.motor_w:
        return alone
    helped = _balance(rider, grade, rider.human_w + rider.motor_w)
    return np.maximum(alone, np.minimum(helped, rider.motor_until_kmh))


@lru_cache(maxsize=1024)
def flat_speed(rider: Rider) -> float:
    """km/h that the rider's power gives on the flat."""
    return float(solve_speed(rider, np.zeros(1))[0])


def _balance(rider: Rider, grade: Kmh, watts: float) -> Kmh:
    """The largest root of the cubic by Newton's method, in km/h.

    From above it the function is convex and rises, so every step comes nearer and none too far.
    """
    pull = rider.mass_kg * _GRAVITY * (rider.rolling + np.asarray(grade, np.float64))
    v = np.full(pull.shape, _START_MS)
    for _ in range(_STEPS):
        v -= (rider.drag * v**3 + pull * v - watts) / (3.0 * rider.drag * v**2 + pull)
    return v * 3.6


@cache
def speed_table(rider: Rider, flat_kmh: float, down_kmh: float, push_kmh: float) -> Kmh:
    """km/h at the grades -STEEPEST, ..., STEEPEST by GRADE_STEP; read-only.

    At most `flat_kmh` on the flat and uphill, and up to `down_kmh` the steeper it goes down; at
    least `push_kmh`, for who is slower gets off.
    """
    steps = round(STEEPEST / GRADE_STEP)
    grade = np.arange(-steps, steps + 1, dtype=np.float64) * GRADE_STEP
    most = np.interp(grade, [_FULL_DOWN, 0.0], [max(down_kmh, flat_kmh), flat_kmh])
    speed = np.maximum(np.minimum(solve_speed(rider, grade), most), push_kmh)
    return frozen(speed, np.float64)


def look_up(table: Kmh, grade: Kmh) -> Kmh:
    """The speeds of `speed_table` at these grades, which are held within its bounds."""
    middle = len(table) // 2
    place = np.rint(np.clip(grade, -STEEPEST, STEEPEST) / GRADE_STEP).astype(np.int64)
    return np.asarray(table[place + middle])
