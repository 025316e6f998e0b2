"""Who may use a street, in which direction and how well it rides: from its OSM tags.

The tables follow the OSM wiki's "OSM tags for routing/Access restrictions" and "Bicycle" pages;
each rule that travellers were hurt by has its test in tests/graph_build/test_access.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from graph_build.streets.cycling import find_contraflow, find_infrastructure
from graph_build.streets.road_facts import (
    find_road_class,
    find_speed_kmh,
    find_surface,
    parse_metres,
)
from graph_build.streets.timed_access import Spans, has_conditions, read_clauses, states_of_week
from planner.network import shape

Direction = Literal["forward", "backward"]
Right = Literal["yes", "no", "ends", "dismount"]
Tags = Mapping[str, str]

_SKIPPED: Final = frozenset(
    {
        "construction", "proposed", "planned", "abandoned", "disused", "razed", "demolished",
        "no", "raceway", "bus_guideway", "escape", "emergency_bay", "via_ferrata", "dismantled",
    }
)  # fmt: skip

# Road class -> who may use it where no tag says otherwise: w(alk), b(ike), c(ar).
_DEFAULTS: Final[Mapping[str, str]] = {
    "motorway": "c", "trunk": "bc", "primary": "wbc", "secondary": "wbc", "tertiary": "wbc",
    "unclassified": "wbc", "residential": "wbc", "living_street": "wbc", "service": "wbc",
    "track": "wbc", "road": "wbc", "pedestrian": "w", "footway": "w", "path": "wb",
    "cycleway": "wb", "steps": "w", "corridor": "w", "elevator": "w", "platform": "w",
    "bridleway": "w", "ferry": "wb", "busway": "",
}  # fmt: skip

# What a value of an access tag means. Words that aren't here mean nothing and are skipped.
_RIGHTS: Final[Mapping[str, Right]] = {
    "yes": "yes", "designated": "yes", "permissive": "yes", "official": "yes", "public": "yes",
    "allowed": "yes", "permit": "ends", "unknown": "yes", "discouraged": "yes",
    "private": "ends", "destination": "ends", "customers": "ends", "delivery": "ends",
    "residents": "ends", "employees": "ends", "students": "ends",
    "dismount": "dismount", "use_sidepath": "no", "no": "no", "agricultural": "no",
    "forestry": "no", "agricultural;forestry": "no", "emergency": "no", "military": "no",
    "restricted": "no", "psv": "no", "bus": "no", "none": "no",
}  # fmt: skip
_GENEROSITY: Final = ("yes", "ends", "dismount", "no")  # the best of several values counts

# Mode -> the keys that speak about it, the most special first.
_HIERARCHY: Final[Mapping[str, tuple[str, ...]]] = {
    "walk": ("foot", "access"),
    "bike": ("bicycle", "vehicle", "access"),
    "car": ("motorcar", "motor_vehicle", "vehicle", "access"),
}
_MODE_BITS: Final[Mapping[str, tuple[int, int]]] = {
    "walk": (shape.WALK, shape.WALK_ENDS),
    "bike": (shape.BIKE, shape.BIKE_ENDS),
    "car": (shape.CAR, shape.CAR_ENDS),
}

CARGO_BIKE_M: Final = 1.0  # what a cargo bike needs to pass, our assumption: most are 0.9 m wide


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectionFacts:
    """One direction of a street, in the codes of planner.network.shape."""

    access: int
    infrastructure: int
    speed_kmh: int
    flags: int


class TimedAccess(NamedTuple):
    """Access bits in some hours of the week."""

    spans: Spans
    forward: int
    backward: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StreetFacts:
    """What a street's tags say; `timed` holds the hours in which other access holds."""

    road_class: int
    surface: int
    forward: DirectionFacts
    backward: DirectionFacts
    timed: tuple[TimedAccess, ...] = ()


def read_street(tags: Tags) -> StreetFacts | None:
    """The facts of a way; None where nobody may use it at any time (yet, or any more)."""
    if tags.get("highway", "") in _SKIPPED or tags.get("area") == "no-access":
        return None
    road_class = find_road_class(tags)
    if road_class is None:
        return None
    forward = _read_direction(tags, road_class, "forward")
    backward = _read_direction(tags, road_class, "backward")
    timed = _read_times(tags, road_class, forward, backward) if has_conditions(tags) else ()
    if forward.access == 0 and backward.access == 0 and not timed:
        return None
    return StreetFacts(
        road_class=shape.ROAD_CLASSES.index(road_class),
        surface=shape.SURFACES.index(find_surface(tags)),
        forward=forward,
        backward=backward,
        timed=timed,
    )


def _read_times(
    tags: Tags, road_class: str, forward: DirectionFacts, backward: DirectionFacts
) -> tuple[TimedAccess, ...]:
    """The hours in which its conditional tags open or close a street."""

    def read(at_that_time: Tags) -> tuple[int, int]:
        return (
            _access_at(forward, _read_direction(at_that_time, road_class, "forward")),
            _access_at(backward, _read_direction(at_that_time, road_class, "backward")),
        )

    states = states_of_week(tags, read_clauses(tags)[0], read)
    always = (forward.access, backward.access)
    return tuple(TimedAccess(spans, *access) for access, spans in states if access != always)


def _access_at(always: DirectionFacts, then: DirectionFacts) -> int:
    """The access of a time. Where one rides else, a bicycle that must be pushed is kept out."""
    pushed_only_then = then.flags & ~always.flags & shape.PUSH and always.access & shape.BIKE
    return without_bikes(then.access) if pushed_only_then else then.access


def without_bikes(access: int) -> int:
    """Access bits without all that is said of bicycles."""
    return access & ~(shape.BIKE | shape.BIKE_ENDS | shape.HARD_PUSH | shape.NARROW)


def find_right(
    tags: Tags, keys: tuple[str, ...], direction: Direction | None = None
) -> Right | None:
    """What the most special of `keys` says; None where none is there or understood."""
    for key in keys:
        values = tags.get(f"{key}:{direction}") if direction else None
        right = _parse_right(values or tags.get(key, ""))
        if right is not None:
            return right
    return None


def knows_right(values: str) -> bool:
    """True where at least one of the values of an access tag means something to us."""
    return _parse_right(values) is not None


def _parse_right(values: str) -> Right | None:
    """The most generous of several values: "private;delivery" lets deliveries in."""
    found = {_RIGHTS.get(value.strip().lower()) for value in values.split(";")}
    for right in _GENEROSITY:
        if right in found:
            return _RIGHTS_BY_NAME[right]
    return None


_RIGHTS_BY_NAME: Final[Mapping[str, Right]] = {
    "yes": "yes", "no": "no", "ends": "ends", "dismount": "dismount",
}  # fmt: skip


def _read_direction(tags: Tags, road_class: str, direction: Direction) -> DirectionFacts:
    walk = _find_walk(tags, road_class, direction)
    ride = _find_ride(tags, road_class, direction)
    car = _find_car(tags, road_class, direction)
    access = _bits("walk", walk) | _bits("car", car)
    flags = _find_flags(tags)
    if ride in ("yes", "ends"):
        access |= _bits("bike", ride)
    elif walk in ("yes", "ends") and road_class not in ("elevator", "corridor"):
        access |= _bits("bike", walk)  # whoever may walk may push a bicycle
        flags |= shape.PUSH
        if _is_hard_push(tags, road_class, direction):
            access |= shape.HARD_PUSH
    if access & shape.BIKE and is_narrow(tags):
        access |= shape.NARROW
    contraflow = find_contraflow(tags, direction) and car == "no"
    infrastructure = find_infrastructure(tags, road_class, direction, contraflow=contraflow)
    return DirectionFacts(
        access=access,
        infrastructure=shape.INFRASTRUCTURES.index(infrastructure),
        speed_kmh=find_speed_kmh(tags, road_class, direction),
        flags=flags,
    )


def _is_hard_push(tags: Tags, road_class: str, direction: Direction) -> bool:
    """True where a sign keeps bicycles out, or where one is carried up or down."""
    if road_class == "steps":
        return tags.get("ramp:bicycle", "no") == "no"
    return find_right(tags, ("bicycle",), direction) == "no"


def is_narrow(tags: Tags) -> bool:
    """True where a published width doesn't let a cargo bike pass (D5)."""
    width = parse_metres(tags.get("maxwidth", ""))
    return width is not None and width < CARGO_BIKE_M


def _bits(mode: str, right: Right) -> int:
    own, ends = _MODE_BITS[mode]
    return {"yes": own, "ends": own | ends}.get(right, 0)


def _default(road_class: str, letter: str) -> Right:
    return "yes" if letter in _DEFAULTS[road_class] else "no"


def _find_walk(tags: Tags, road_class: str, direction: Direction) -> Right:
    right = find_right(tags, _HIERARCHY["walk"], direction)
    own = find_right(tags, ("foot",), direction)
    if road_class == "motorway" or (_is_motorroad(tags) and own is None):
        return "no"
    if right is None:
        has_sidewalk = road_class == "trunk" and _has_sidewalk(tags)
        right = "yes" if has_sidewalk else _default(road_class, "w")
    elif own is None and right == "yes" and road_class in ("trunk", "busway"):
        right = _default(road_class, "w")  # access=yes doesn't make pavements
    if tags.get("oneway:foot") == "yes" and direction == "backward":
        return "no"
    if road_class in ("footway", "steps", "elevator") and _runs_one_way(
        tags, "conveying", direction
    ):
        return "no"
    return "no" if right == "dismount" else right


def _runs_one_way(tags: Tags, key: str, direction: Direction) -> bool:
    """True where an escalator carries the other way."""
    return tags.get(key) in {"forward", "backward"} and tags[key] != direction


def _find_ride(tags: Tags, road_class: str, direction: Direction) -> Right:
    """May a bicycle be ridden? "dismount" and "no" may still allow pushing it."""
    own = find_right(tags, ("bicycle",), direction)
    if own is None and (_is_motorroad(tags) or road_class == "motorway"):
        return "no"
    right = own or find_right(tags, _HIERARCHY["bike"], direction)
    if own is None and _default(road_class, "b") == "no":
        right = "no"  # access=yes on a footway opens it to walkers
    right = right or _default(road_class, "b")
    if road_class == "busway" and own is None and "share_busway" in tags.get("cycleway", ""):
        right = "yes"
    if tags.get("bicycle_road") == "yes" or tags.get("cyclestreet") == "yes":
        right = right if own else "yes"
    if road_class == "steps":
        return "no"
    if right in ("yes", "ends") and _against_bikes(tags, direction):
        return "no"
    return right


def _find_car(tags: Tags, road_class: str, direction: Direction) -> Right:
    own = find_right(tags, ("motorcar", "motor_vehicle"), direction)
    if own is None and _default(road_class, "c") == "no":
        return "no"
    right = own or find_right(tags, _HIERARCHY["car"], direction) or "yes"
    if right == "dismount" or road_class in ("steps", "corridor", "elevator", "footway"):
        return "no"
    oneway = tags.get("oneway:motor_vehicle") or _oneway(tags, road_class)
    closed = {"yes": "backward", "-1": "forward"}.get(oneway)
    return "no" if closed == direction else right


def _oneway(tags: Tags, road_class: str) -> str:
    """Which way vehicles run: "yes", "-1" or "no"."""
    value = tags.get("oneway", "").lower()
    if value in {"yes", "true", "1"}:
        return "yes"
    if value in {"-1", "reverse"}:
        return "-1"
    if value in {"no", "false", "0", "reversible", "alternating"}:
        return "no"
    round_about = tags.get("junction") in {"roundabout", "circular"}
    return "yes" if round_about or road_class == "motorway" else "no"


def _against_bikes(tags: Tags, direction: Direction) -> bool:
    """True where riding this way would be against a one-way that binds bicycles (D1, D2)."""
    road_class = find_road_class(tags) or "road"
    own = tags.get("oneway:bicycle", "").lower()
    oneway = {"yes": "yes", "1": "yes", "-1": "-1", "no": "no"}.get(own) or _oneway(
        tags, road_class
    )
    closed = {"yes": "backward", "-1": "forward"}.get(oneway)
    if closed != direction:
        return False
    if own:
        return True
    return not find_contraflow(tags, direction)


def _is_motorroad(tags: Tags) -> bool:
    return tags.get("motorroad") == "yes"


def _has_sidewalk(tags: Tags) -> bool:
    keys = ("sidewalk", "sidewalk:both", "sidewalk:left", "sidewalk:right")
    return any(tags.get(key) in {"yes", "both", "left", "right"} for key in keys)


def _find_flags(tags: Tags) -> int:
    flags = 0
    if tags.get("bridge", "no") != "no":
        flags |= shape.BRIDGE
    if tags.get("tunnel", "no") not in {"no", "building_passage"}:
        flags |= shape.TUNNEL
    if tags.get("junction") in {"roundabout", "circular"}:
        flags |= shape.ROUNDABOUT
    if tags.get("lit", "no") not in {"no", "disused"}:
        flags |= shape.LIT
    if "crossing" in (tags.get("footway"), tags.get("cycleway"), tags.get("path")):
        flags |= shape.CROSSING
    return flags
