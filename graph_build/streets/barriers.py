"""Barriers: who may pass a node, and the short gates that stand for them in the graph (D5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from graph_build.streets.access import find_right, is_narrow
from graph_build.streets.timed_access import Spans, has_conditions, read_clauses, states_of_week
from planner.network import shape

# Barrier -> who passes where no access tag says otherwise: w(alk), b(ike ridden), c(ar).
# "p" lets a bicycle through pushed. After the OSM wiki, "Key:barrier", as of 2025.
_PASSES: Final[Mapping[str, str]] = {
    "bollard": "wb", "block": "wb", "planter": "wb", "jersey_barrier": "wb", "bus_trap": "wb",
    "sump_buster": "wb", "motorcycle_barrier": "wb", "log": "wp", "debris": "wp", "chain": "wp",
    "rope": "wp", "cycle_barrier": "wp", "chicane": "wp", "swing_gate": "wbc",
    "kissing_gate": "w", "stile": "w", "turnstile": "w", "full-height_turnstile": "w",
    "horse_stile": "w", "squeeze": "w", "wicket_gate": "wp", "horse_jump": "w",
    "wall": "", "fence": "", "hedge": "", "city_wall": "", "retaining_wall": "",
    "guard_rail": "", "ditch": "", "cable_barrier": "",
}  # fmt: skip
# Where a cargo bike or a trailer gets stuck, unless a width says otherwise.
_NARROW: Final = frozenset({"cycle_barrier", "chicane", "kissing_gate", "squeeze", "wicket_gate"})
_OPEN: Final = "wbc"  # gates, kerbs, toll booths, cattle grids and all we don't know
EVERYONE: Final = shape.WALK | shape.BIKE | shape.CAR
_ENDS_OF: Final = ((shape.WALK, shape.WALK_ENDS), (shape.BIKE, shape.BIKE_ENDS),
                   (shape.CAR, shape.CAR_ENDS))  # fmt: skip


def find_passage(tags: Mapping[str, str]) -> tuple[int, bool] | None:
    """Access bits of a node and whether bicycles must be pushed; None where all may pass."""
    barrier = tags.get("barrier")
    if barrier is None:
        return None
    letters = _PASSES.get(barrier, _OPEN)
    if tags.get("locked") == "yes":
        letters = ""
    walk = find_right(tags, ("foot", "access")) or ("yes" if "w" in letters else "no")
    ride = find_right(tags, ("bicycle", "vehicle", "access")) or ("yes" if "b" in letters else "no")
    car_tags = ("motorcar", "motor_vehicle", "vehicle", "access")
    car = find_right(tags, car_tags) or ("yes" if "c" in letters else "no")
    if "foot" not in tags and "bicycle" not in tags and barrier == "bollard":
        walk, ride = "yes", "yes"  # access=no on a bollard means motor vehicles
    may_push = walk in {"yes", "ends"} and letters != "w"
    pushed = ride not in {"yes", "ends"} and may_push
    access = _bits(walk, shape.WALK) | _bits(car, shape.CAR)
    access |= _bits(walk if pushed else ride, shape.BIKE)
    if access & shape.BIKE and (is_narrow(tags) or (barrier in _NARROW and "maxwidth" not in tags)):
        access |= shape.NARROW
    return None if access == EVERYONE and not pushed else (access, pushed)


def find_passage_times(tags: Mapping[str, str]) -> list[tuple[int, Spans]]:
    """Access bits of a node in the hours in which others hold than `find_passage` gives.

    Who may ride at some times only is kept out at those at which he would have to push.
    """
    if "barrier" not in tags or not has_conditions(tags):
        return []
    always = find_passage(tags) or (EVERYONE, False)

    def read(at_that_time: Mapping[str, str]) -> int:
        access, pushed = find_passage(at_that_time) or (EVERYONE, False)
        return access & ~(shape.BIKE | shape.BIKE_ENDS) if pushed and not always[1] else access

    return [
        (access, spans)
        for access, spans in states_of_week(tags, read_clauses(tags)[0], read)
        if access != always[0]
    ]


def _bits(right: str, mode: int) -> int:
    if right == "yes":
        return mode
    return mode | dict(_ENDS_OF)[mode] if right == "ends" else 0


def pass_through(street: int, gate: int) -> int:
    """Access bits left where a street of `street` bits runs through a gate of `gate` bits."""
    access = 0
    for own, ends in _ENDS_OF:
        if street & gate & own:
            access |= own | ((street | gate) & ends)
    if access & shape.BIKE:
        access |= (street | gate) & (shape.HARD_PUSH | shape.NARROW)
    return access
