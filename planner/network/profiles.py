"""Profiles: how each kind of traveller moves, read from profiles.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache, lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final, Literal

from planner.network.bike_speed import Rider, flat_speed

# What travellers call their bicycle, and the profile that rides it.
BIKE_KINDS: Final[Mapping[str, str]] = {
    "everyday": "bike", "fast": "bike_fast", "calm": "bike_calm", "flat": "bike_flat",
    "family": "family", "ebike": "ebike", "cargo": "cargo",
}  # fmt: skip
_WEIGHTED: Final = "+"  # before each weight in the name of an adjusted profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One traveller. Speeds in km/h, delays in seconds; factors multiply time, or what it feels.

    compiled: stored with every network; others are worked out when they are first asked for.
    speed_kmh: on the flat; for a bicycle with a `rider` and for a car the most it does there.
    down_speed_kmh: the most that a bicycle does downhill. signal_s: expected wait at lights.
    caps: road class -> most km/h where it is ridden. rough: surface -> factor on time.
    steep: grade -> factor on a walker's time, from that grade on, up and down alike.
    max_grade: steeper streets are closed; 0 for no limit.
    class_factor: road class -> factor on a car's speed, beside `speed_factor`, of the limit.
    What a way feels like (planner/network/perceived.py): prefer: infrastructure -> factor;
    cycle_street: factor where cars are guests; facility, traffic, hills: how much of these gains
    and of Broach's penalties counts; stress: how much more a metre costs at level 3, and twice
    that at level 4; max_stress: pushes along streets of a higher level, 0 rides everywhere.
    instead_of, weekdays, hours: the profile that this one stands in for at those local times.
    """

    name: str
    mode: Literal["walk", "bike", "car"]
    help: str
    speed_kmh: float
    compiled: bool = False
    steps: bool = True
    wide: bool = False
    steps_speed_kmh: float = 0.0
    push_speed_kmh: float = 0.0
    mount_penalty_s: float = 0.0
    down_speed_kmh: float = 0.0
    signal_s: float = 0.0
    speed_factor: float = 1.0
    grade_model: Literal["none", "tobler", "power"] = "none"
    rider: Rider | None = None
    caps: Mapping[str, float] = field(default_factory=dict)
    rough: Mapping[str, float] = field(default_factory=dict)
    class_factor: Mapping[str, float] = field(default_factory=dict)
    steep: tuple[tuple[float, float], ...] = ()
    max_grade: float = 0.0
    prefer: Mapping[str, float] = field(default_factory=dict)
    cycle_street: float = 1.0
    facility: float = 1.0
    traffic: float = 0.0
    hills: float = 0.0
    stress: float = 0.0
    max_stress: int = 0
    instead_of: str = ""
    weekdays: str = "0123456"
    hours: tuple[tuple[float, float], ...] = ()

    @property
    def flat_kmh(self) -> float:
        """The speed on the flat: a cyclist's legs may be too weak for `speed_kmh`."""
        if self.rider is None:
            return self.speed_kmh
        return min(self.speed_kmh, flat_speed(self.rider))

    @property
    def closes_streets(self) -> bool:
        """Whether it takes less than its mode may."""
        return not self.steps or self.wide or self.max_grade > 0.0 or self.max_stress > 0

    def __hash__(self) -> int:
        """Equal profiles have equal names; a name alone is quick to hash."""
        return hash(self.name)


@cache
def list_profiles() -> Mapping[str, Profile]:
    """Every profile that comes with the planner, by name."""
    table = tomllib.loads(files(__package__).joinpath("profiles.toml").read_text(encoding="utf-8"))
    profiles: dict[str, Profile] = {}
    settled: dict[str, dict[str, Any]] = {}
    for name, own in table.items():
        settled[name] = settled.get(own.pop("like", ""), {}) | {"compiled": False} | own
        profiles[name] = _profile(name, settled[name])
    return MappingProxyType(profiles)


def compiled_profiles() -> Mapping[str, Profile]:
    """Those of them that are stored with every network, by name."""
    return {name: profile for name, profile in list_profiles().items() if profile.compiled}


def _profile(name: str, keys: Mapping[str, Any]) -> Profile:
    """A profile of one table of the file."""
    typed = dict(keys)
    if "rider" in typed:
        typed["rider"] = Rider(**typed["rider"])
    for key in ("steep", "hours"):
        typed[key] = tuple(map(tuple, typed.get(key, ())))
    return Profile(name=name, **typed)


@lru_cache(maxsize=1024)
def get_profile(name: str) -> Profile:
    """The profile of that name, which may be one that `adjusted` gave.

    Raises KeyError where there is none, WeightError for a weight that `adjusted` wouldn't take.
    """
    base, weights = _parts(name)
    return adjusted(list_profiles()[base], weights) if weights else list_profiles()[base]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """What travellers may set for themselves, within bounds; weights.toml gives the meaning."""

    name: str
    help: str
    modes: tuple[str, ...]
    least: float
    most: float


class WeightError(ValueError):
    """A weight that a profile doesn't take; the sentence names it and its bounds."""


@cache
def list_weights() -> Mapping[str, Weight]:
    """Every weight that `adjusted` knows, by name."""
    table = tomllib.loads(files(__package__).joinpath("weights.toml").read_text(encoding="utf-8"))
    weights = {
        name: Weight(name=name, **(keys | {"modes": tuple(keys["modes"])}))
        for name, keys in table.items()
    }
    return MappingProxyType(weights)


def adjusted(profile: Profile, weights: Mapping[str, float]) -> Profile:
    """`profile` with a traveller's own weights, each rounded to hundredths.

    Its name says which, in one order, and `get_profile` reads it back; weights that change nothing
    are left out. Raises WeightError for one that is unknown or out of bounds.
    """
    plain, known = _parts(profile.name)
    base = list_profiles()[plain]
    merged: dict[str, float] = {}
    result = base
    for name, value in sorted((known | dict(weights)).items()):
        _check_weight(base, name, value)
        rounded = round(value) if name == "max_stress" else round(value, 2)
        changed = replace(result, **_changes(result, name, rounded))
        if changed != result:
            result, merged[name] = changed, rounded
    if not merged:
        return base
    told = (f"{name}={value:g}" for name, value in merged.items())
    return replace(result, name=_WEIGHTED.join([plain, *told]), compiled=False)


def base_name(name: str) -> str:
    """The name of the profile that comes with the planner, without the weights laid upon it."""
    return _parts(name)[0]


def _parts(name: str) -> tuple[str, dict[str, float]]:
    """The name of the profile that comes with the planner, and the weights laid upon it."""
    base, *weights = name.split(_WEIGHTED)
    pairs = (weight.partition("=") for weight in weights)
    return base, {key: float(value) for key, _, value in pairs}


def _check_weight(profile: Profile, name: str, value: float) -> None:
    fitting = [weight.name for weight in list_weights().values() if profile.mode in weight.modes]
    if profile.rider is None:
        fitting = [one for one in fitting if one != "power"]
    if name not in fitting:
        taken = f"take {', '.join(fitting)}" if fitting else "it takes none"
        msg = f"{name!r} is not a weight of the profile {profile.name!r}: {taken}"
        raise WeightError(msg)
    weight = list_weights()[name]
    if not weight.least <= value <= weight.most:
        bounds = f"between {weight.least:g} and {weight.most:g}"
        msg = f"the weight {name!r} must lie {bounds}, not {value:g}"
        raise WeightError(msg)


def _changes(profile: Profile, name: str, value: float) -> dict[str, Any]:
    """The fields of a profile that a weight sets."""
    match name:
        case "power":
            assert profile.rider is not None, "checked before"  # noqa: S101 - an invariant
            return {"rider": replace(profile.rider, human_w=value)}
        case "speed":
            return {"speed_kmh": value}
        case "max_stress":
            return {"max_stress": int(value) % 4}  # there is no level above 4
        case "max_grade":
            return {"max_grade": value / 100}
        case "signals":
            return {"signal_s": value}
        case _:
            return {name: value}


def profile_of(mode: str, *, step_free: bool, bike: str = "bike", walk: str = "walk") -> str:
    """Name of the profile that moves by `mode`; on foot without steps it is the wheelchair's.

    bike, walk: the profiles of those who ride and walk by themselves.
    """
    if mode == "walk":
        return "wheelchair" if step_free else walk
    return bike if mode == "bike" else mode


def profile_at(name: str, local: datetime) -> str:
    """The profile that stands in for `name` at that local time, by its hours; else `name`."""
    hour = local.hour + local.minute / 60
    for other in list_profiles().values():
        if other.instead_of != name or str(local.weekday()) not in other.weekdays:
            continue
        if any(begin <= hour < end for begin, end in other.hours):
            return other.name
    return name


def pace_aside(profile: Profile) -> float:
    """Tenths of a second for a metre off the streets, walked whatever the profile rides."""
    walker = profile if profile.mode == "walk" else get_profile("walk")
    return 36.0 / walker.speed_kmh
