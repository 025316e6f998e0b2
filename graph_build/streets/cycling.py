"""What a cyclist finds in each direction of a street: lanes, tracks and contraflow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from graph_build.streets.road_facts import parse_speed_kmh

Direction = Literal["forward", "backward"]
Tags = Mapping[str, str]

# Value of a cycleway tag -> planner.network.shape.INFRASTRUCTURES.
_KINDS: Final[Mapping[str, str]] = {
    "track": "track", "opposite_track": "track", "sidepath": "track",
    "lane": "lane", "opposite_lane": "lane",
    "share_busway": "bus_lane", "opposite_share_busway": "bus_lane",
    "shared_lane": "shared_lane", "shared": "shared_lane", "soft_lane": "shared_lane",
}  # fmt: skip
_BEST_FIRST: Final = ("track", "buffered", "lane", "bus_lane", "shared_lane")
_OPPOSITE: Final = frozenset(
    {"opposite", "opposite_lane", "opposite_track", "opposite_share_busway"}
)
_SLOW_STREETS: Final = frozenset({"residential", "unclassified", "tertiary", "secondary"})
_SLOW_KMH: Final = 30


def find_contraflow(tags: Tags, direction: Direction) -> bool:
    """True where bicycles may ride `direction` although it is against the one-way traffic.

    A lane or track beside a one-way street alone doesn't say so: it most often runs with it (D2).
    """
    if closed_direction(tags) != direction:
        return False
    own = tags.get("oneway:bicycle", "").lower()
    if own:
        return own in {"no", "false", "0"} or (own == "-1") != (tags.get("oneway") == "-1")
    sides = ("cycleway", "cycleway:left", "cycleway:right", "cycleway:both")
    if any(tags.get(key) in _OPPOSITE for key in sides):
        return True
    return any(
        tags.get(side) in _KINDS and tags.get(f"{side}:oneway") in {"no", "-1"}
        for side in sides[1:]
    )


def assume_contraflow(tags: Tags) -> Tags | None:
    """The tags with contraflow cycling where French law gives it; None where they say it already.

    One-way streets with a limit of 30 km/h or less are two-way for bicycles unless a sign says
    otherwise (Code de la route, R412-28-1, since 2015; R110-2 for zones). Few who map a street
    look for that sign, so this is an assumption that a region declares.
    """
    slow = tags.get("highway") == "living_street" or (
        tags.get("highway") in _SLOW_STREETS and _is_signed_slow(tags)
    )
    silent = "oneway:bicycle" not in tags and "bicycle" not in tags
    circle = tags.get("junction") in {"roundabout", "circular"}
    closed = closed_direction(tags)
    if not slow or not silent or circle or closed is None or find_contraflow(tags, closed):
        return None
    return {**tags, "oneway:bicycle": "no"}


def _is_signed_slow(tags: Tags) -> bool:
    """True where the limit is mapped, and at most 30 km/h."""
    keys = ("maxspeed", "zone:maxspeed", "maxspeed:type", "source:maxspeed", "zone:traffic")
    found = (parse_speed_kmh(tags.get(key, "")) for key in keys)
    return next((speed <= _SLOW_KMH for speed in found if speed is not None), False)


def closed_direction(tags: Tags) -> Direction | None:
    """The direction that a one-way street's traffic may not take."""
    value = tags.get("oneway", "").lower()
    if value in {"-1", "reverse"}:
        return "forward"
    one_way = value in {"yes", "true", "1"}
    round_about = tags.get("junction") in {"roundabout", "circular"} and value not in {"no", "0"}
    motorway = tags.get("highway", "").startswith("motorway") and value != "no"
    return "backward" if one_way or round_about or motorway else None


def find_infrastructure(
    tags: Tags, road_class: str, direction: Direction, *, contraflow: bool
) -> str:
    """The best facility in this direction; traffic keeps to the right."""
    if road_class in {"cycleway", "path", "footway", "pedestrian", "bridleway", "track"}:
        own = road_class == "cycleway" or tags.get("bicycle") == "designated"
        return "path" if own else "none"
    kinds = {_kind_of_side(tags, side) for side in _list_sides(tags, direction, contraflow)}
    for kind in _BEST_FIRST:
        if kind in kinds:
            return kind
    if tags.get("bicycle_road") == "yes" or tags.get("cyclestreet") == "yes":
        return "shared_lane"
    return "contraflow" if contraflow else "none"


def _list_sides(tags: Tags, direction: Direction, contraflow: bool) -> list[str]:  # noqa: FBT001 - internal
    """The keys whose facility serves `direction`."""
    closed = closed_direction(tags)
    right, left = ("right", "left") if direction == "forward" else ("left", "right")
    sides = [f"cycleway:{right}"]
    if f"cycleway:{left}:oneway" in tags and tags[f"cycleway:{left}:oneway"] == "no":
        sides.append(f"cycleway:{left}")  # a two-way facility serves both directions
    if closed is None:
        return [*sides, "cycleway:both", "cycleway"]
    if contraflow:
        opposite = [k for k in ("cycleway", "cycleway:left", "cycleway:right", "cycleway:both")
                    if tags.get(k) in _OPPOSITE or tags.get(f"{k}:oneway") == "-1"]  # fmt: skip
        return [*opposite, *sides, "cycleway:both"]
    if closed == direction:
        return []
    along = ["cycleway", "cycleway:left", "cycleway:right", "cycleway:both"]
    return [k for k in along if tags.get(k) not in _OPPOSITE and tags.get(f"{k}:oneway") != "-1"]


def _kind_of_side(tags: Tags, side: str) -> str | None:
    kind = _KINDS.get(tags.get(side, ""))
    if kind == "lane":
        if tags.get(f"{side}:buffer", "no") not in {"no", "none"}:
            return "buffered"
        if tags.get(f"{side}:lane") == "advisory":
            return "shared_lane"
    return kind
