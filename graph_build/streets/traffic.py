"""What traffic stress is read from: lanes, volume, widths and parking, from a street's OSM tags.

What no tag says is assumed, and marked as assumed. The assumptions are the tables below; those of
volume and width follow the French practice that docs/reference/stress.md names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from graph_build.streets.access import StreetFacts
from graph_build.streets.cycling import closed_direction
from graph_build.streets.road_facts import Direction, Tags, parse_metres, stated_speed_kmh
from planner.network import shape
from planner.network.store import frozen

# Motor vehicles a day, both directions together, where nobody has counted.
_VOLUME: Final[Mapping[str, int]] = {
    "motorway": 40_000, "trunk": 25_000, "primary": 15_000, "secondary": 9_000, "tertiary": 4_500,
    "unclassified": 2_000, "road": 2_000, "residential": 800, "living_street": 200,
    "service": 200, "track": 200, "pedestrian": 200,
}  # fmt: skip

# Widths in metres, where none is tagged: those that the French schema of cycling facilities gives.
_LANE_M: Final = 1.5
_BUFFERED_M: Final = 2.0
_TRACK_M: Final = 2.0
_TWO_WAY_TRACK_M: Final = 3.0
_PARKING_M: Final = 2.0

_SPEED_BY_CLASS: Final = frozenset({"living_street", "pedestrian"})  # the class is the limit
_TWO_LANES_ONE_WAY: Final = frozenset({"primary", "secondary", "trunk", "motorway"})
_LINED: Final = frozenset({"motorway", "trunk", "primary", "secondary", "tertiary"})
_CALM: Final = frozenset({"residential", "living_street"})  # where few park anew each hour
_MOST_LANES: Final = 20  # a digger's typing error, not a street
_WIDEST_DM: Final = 255

_PARKED: Final = frozenset(
    {
        "lane", "street_side", "on_kerb", "half_on_kerb", "shoulder", "yes", "separate", "parallel",
        "diagonal", "perpendicular", "marked", "on_street", "half_on_street",
    }
)  # fmt: skip
_COUNT: Final = re.compile(r"\s*(\d+)(?:[.,]\d+)?\s*")
_R5_BACKWARD: Final = (
    ("cycleway", "lane"), ("cycleway:left", "lane"), ("cycleway", "opposite"),
    ("cycleway:right", "opposite"),
)  # fmt: skip
_R5_FORWARD: Final = (
    ("cycleway", "lane"), ("cycleway:left", "opposite"), ("cycleway:right", "lane"),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficFacts:
    """One direction of a street, in the units of planner.network.shape.RoadFacts."""

    lanes: int
    volume: int
    facility_dm: int
    parking_dm: int
    width_dm: int
    marks: int
    assumed: int
    stated_level: int


def read_traffic(tags: Tags, street: StreetFacts) -> tuple[TrafficFacts, TrafficFacts]:
    """The facts of a street's two directions, forward and backward."""
    road_class = shape.ROAD_CLASSES[street.road_class]

    def read(direction: Direction) -> TrafficFacts:
        own = street.forward if direction == "forward" else street.backward
        infrastructure = shape.INFRASTRUCTURES[own.infrastructure]
        return _read_direction(
            tags, road_class, direction, infrastructure, cars=bool(own.access & shape.CAR)
        )

    return read("forward"), read("backward")


def _read_direction(
    tags: Tags, road_class: str, direction: Direction, infrastructure: str, *, cars: bool
) -> TrafficFacts:
    """`cars` tells whether any may drive that way."""
    lanes, lanes_known = _count_lanes(tags, road_class, direction, cars=cars)
    facility, facility_known = _measure_facility(tags, direction, infrastructure)
    parking, parking_known = _measure_parking(tags, direction)
    width = _read_dm(tags.get("width", ""))
    speed_known = road_class in _SPEED_BY_CLASS or stated_speed_kmh(tags, direction) is not None
    width_known = facility_known if facility else width is not None
    assumed = (
        (shape.SPEED_ASSUMED, speed_known), (shape.LANES_ASSUMED, lanes_known),
        (shape.VOLUME_ASSUMED, False), (shape.WIDTH_ASSUMED, width_known),
        (shape.PARKING_ASSUMED, parking_known),
    )  # fmt: skip
    return TrafficFacts(
        lanes=lanes,
        volume=_VOLUME.get(road_class, 0),
        facility_dm=facility,
        parking_dm=parking,
        width_dm=width or 0,
        marks=_find_marks(tags, road_class, direction),
        assumed=sum(bit for bit, known in assumed if not known),
        stated_level=_read_level(tags.get("lts", "")),
    )


def gather_facts(rows: Sequence[tuple[TrafficFacts, TrafficFacts]]) -> dict[str, np.ndarray]:
    """Columns of RoadFacts, each (n, 2): forward and backward."""
    names = shape.RoadFacts._fields
    return {
        name: np.array([[getattr(f, name) for f in row] for row in rows], dtype).reshape(-1, 2)
        for name, dtype in zip(names, _DTYPES, strict=True)
    }


_DTYPES: Final = (np.uint8, np.int32, *(np.uint8,) * 6)


def freeze_facts(columns: Mapping[str, np.ndarray]) -> shape.RoadFacts:
    """RoadFacts with every column read-only and of its own dtype."""
    pairs = zip(shape.RoadFacts._fields, _DTYPES, strict=True)
    return shape.RoadFacts(**{name: frozen(columns[name], dtype) for name, dtype in pairs})


def _count_lanes(
    tags: Tags, road_class: str, direction: Direction, *, cars: bool
) -> tuple[int, bool]:
    """Lanes for cars in this direction, and whether the map says it."""
    if not cars:
        return 0, "lanes" in tags
    own = _read_count(tags.get(f"lanes:{direction}", ""))
    if own is not None:
        return own, True
    total = _read_count(tags.get("lanes", ""))
    one_way = closed_direction(tags) is not None
    if total is None:
        return (2 if one_way and road_class in _TWO_LANES_ONE_WAY else 1), False
    if one_way:
        return total, True
    other = "backward" if direction == "forward" else "forward"
    theirs = _read_count(tags.get(f"lanes:{other}", ""))
    if theirs is not None:
        return max(total - theirs, 1), True
    return max((total + (direction == "forward")) // 2, 1), True


def _read_count(text: str) -> int | None:
    """The most of several numbers, such as "2;3"; a part of a lane is none."""
    found = [_COUNT.fullmatch(part) for part in text.split(";")]
    best = max((int(one[1]) for one in found if one), default=0)
    return min(best, _MOST_LANES) if best >= 1 else None


def _read_dm(text: str) -> int | None:
    metres = parse_metres(text)
    return min(round(metres * 10), _WIDEST_DM) if metres else None


def _measure_facility(tags: Tags, direction: Direction, infrastructure: str) -> tuple[int, bool]:
    """Decimetres of the cyclists' own space, and whether the map says it."""
    if infrastructure not in ("path", "track", "buffered", "lane"):
        return 0, False
    side = _side_served(tags, direction)
    keys = [f"cycleway:{side}:width", "cycleway:both:width", "cycleway:width"]
    if infrastructure == "path":
        keys = ["width"]
    for key in keys:
        width = _read_dm(tags.get(key, ""))
        if width is not None:
            return width, True
    two_way = (
        closed_direction(tags) is None
        if infrastructure == "path"
        else tags.get(f"cycleway:{side}:oneway") == "no"
    )
    return usual_width_dm(infrastructure, two_way=two_way), False


def usual_width_dm(infrastructure: str, *, two_way: bool) -> int:
    """Decimetres of the cyclists' own space where nobody says how wide it is; 0 without any."""
    track = _TWO_WAY_TRACK_M if two_way else _TRACK_M
    metres = {"lane": _LANE_M, "buffered": _BUFFERED_M, "track": track, "path": track}
    return round(metres.get(infrastructure, 0.0) * 10)


def _side_of(tags: Tags, direction: Direction) -> str:
    """The side that cyclists keep to: right, but left where only there is something for them."""
    if closed_direction(tags) is None:
        return "right" if direction == "forward" else "left"
    if closed_direction(tags) == direction:
        return "left" if direction == "backward" else "right"
    along, across = ("right", "left") if direction == "forward" else ("left", "right")
    has = {
        side: tags.get(f"cycleway:{side}", "no") not in {"no", "none"} for side in (along, across)
    }
    return across if has[across] and not has[along] else along


def _side_served(tags: Tags, direction: Direction) -> str:
    """The side of the facility for this direction, which may be one for both directions."""
    own = _side_of(tags, direction)
    other = "left" if own == "right" else "right"
    shared = tags.get(f"cycleway:{other}:oneway") == "no" and f"cycleway:{own}" not in tags
    return other if shared else own


def _measure_parking(tags: Tags, direction: Direction) -> tuple[int, bool]:
    """Decimetres of parked cars on the side that cyclists keep to, and whether the map says it."""
    side = _side_of(tags, direction)
    keys = [
        f"{scheme}:{place}" for scheme in ("parking", "parking:lane") for place in (side, "both")
    ]
    said = next((tags[key] for key in keys if key in tags), None)
    if said is None:
        return 0, False
    if said not in _PARKED:
        return 0, True
    width = _read_dm(tags.get(f"parking:{side}:width", tags.get("parking:both:width", "")))
    return width or round(_PARKING_M * 10), True


def _find_marks(tags: Tags, road_class: str, direction: Direction) -> int:
    one_way = closed_direction(tags) is not None
    calm = road_class in _CALM
    r5 = _R5_FORWARD if direction == "forward" else _R5_BACKWARD
    found = (
        (shape.CENTRELINE, not one_way and _has_centreline(tags, road_class)),
        (shape.CYCLE_STREET, "yes" in (tags.get("cyclestreet"), tags.get("bicycle_road"))),
        (shape.ONE_WAY, one_way),
        (shape.CALM_PARKING, calm),
        (shape.CENTRAL_LANE, _has_central_lane(tags, direction)),
        (shape.R5_LANE, any(tags.get(key) == value for key, value in r5)),
    )
    return sum(bit for bit, here in found if here)


def _has_centreline(tags: Tags, road_class: str) -> bool:
    """Paint between the directions: tagged, or usual on such a road with so many lanes."""
    marked = tags.get("lane_markings", "")
    if marked in {"yes", "no"}:
        return marked == "yes"
    lanes = _read_count(tags.get("lanes", ""))
    if road_class in _LINED:
        return lanes is None or lanes > 1
    return lanes is not None and lanes > (1 if road_class == "unclassified" else 2)


def _has_central_lane(tags: Tags, direction: Direction) -> bool:
    """A lane that cars may use to pass each other (French CVCB, Dutch suggestion lane)."""
    side = _side_of(tags, direction)
    places = (f"cycleway:{side}", "cycleway:both", "cycleway")
    return any(
        tags.get(place) == "soft_lane"
        or (tags.get(place) == "lane" and tags.get(f"{place}:lane") == "advisory")
        for place in places
    )


def _read_level(text: str) -> int:
    """1..4 of the tag `lts`, which some files have as "2.0"; 0 for none."""
    try:
        level = int(float(text))
    except (ValueError, OverflowError):
        return 0
    return level if 1 <= level <= 4 else 0  # noqa: PLR2004 - the levels there are
