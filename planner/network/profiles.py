"""Profiles: how each kind of traveller moves, read from profiles.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One traveller. Speeds in km/h, penalties in seconds; factors multiply perceived time.

    avoid: road class -> factor in mixed traffic; prefer: infrastructure -> factor;
    rough: surface -> factor on both time and cost. steps: stairs may be taken.
    """

    name: str
    mode: Literal["walk", "bike", "car"]
    help: str
    speed_kmh: float
    steps: bool = True
    steps_speed_kmh: float = 0.0
    push_speed_kmh: float = 0.0
    mount_penalty_s: float = 0.0
    speed_factor: float = 1.0
    grade_model: Literal["none", "tobler", "linear"] = "none"
    avoid: Mapping[str, float] = field(default_factory=dict)
    prefer: Mapping[str, float] = field(default_factory=dict)
    rough: Mapping[str, float] = field(default_factory=dict)


@cache
def list_profiles() -> Mapping[str, Profile]:
    """Every profile that comes with the planner, by name."""
    table = tomllib.loads(files(__package__).joinpath("profiles.toml").read_text(encoding="utf-8"))
    return MappingProxyType({name: Profile(name=name, **keys) for name, keys in table.items()})


def profile_of(mode: str, *, step_free: bool) -> str:
    """Name of the profile that moves by `mode`; on foot without steps it is the wheelchair's."""
    return "wheelchair" if step_free and mode == "walk" else mode


def pace_aside(profile: Profile) -> float:
    """Tenths of a second for a metre off the streets, walked whatever the profile rides."""
    walker = profile if profile.mode == "walk" else get_profile("walk")
    return 36.0 / walker.speed_kmh


def get_profile(name: str) -> Profile:
    """The profile of that name; KeyError where there is none."""
    return list_profiles()[name]
