"""How one rides, as a query says it: the kind of bicycle, one's own weights, and slopes."""

from __future__ import annotations

from typing import Final

from planner.network.profiles import BIKE_KINDS, WeightError, adjusted, get_profile
from web.motis.query import Wishes

HILLS: Final = {"NONE": 0.0, "LOW": 1.0, "HIGH": 3.0}  # MOTIS' elevationCosts as our weight


def read_bike_profile(query: Wishes) -> str:
    """The name of the profile that rides, weights and all. Raises ValueError."""
    weights = parse_weights(query.bike_weights)
    if query.elevation_costs is not None:
        weights = {"hills": HILLS[query.elevation_costs]} | weights
    return bike_profile(query.bike_profile, weights)


def bike_profile(kind: str, weights: dict[str, float]) -> str:
    """The name of the profile of a kind of bicycle under such weights. Raises ValueError."""
    try:
        return adjusted(get_profile(BIKE_KINDS[kind]), weights).name
    except WeightError as error:
        raise ValueError(str(error)) from None


def parse_weights(words: list[str]) -> dict[str, float]:
    """`stress:2` and `stress=2` alike, by name. Raises ValueError."""
    weights: dict[str, float] = {}
    for word in words:
        name, _, value = word.replace("=", ":").partition(":")
        try:
            weights[name.strip()] = float(value)
        except ValueError:
            msg = f"{word[:40]!r} is not a weight such as hills:1.5"
            raise ValueError(msg) from None
    return weights
