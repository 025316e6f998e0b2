"""Class, speed and surface of a street, read from dirty tags by total parsers (D12)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal

Direction = Literal["forward", "backward"]
Tags = Mapping[str, str]

_CLASSES: Final[Mapping[str, str]] = {
    **{f"{name}{link}": name for name in ("motorway", "trunk", "primary", "secondary", "tertiary")
       for link in ("", "_link")},
    **{name: name for name in (
        "unclassified", "residential", "living_street", "service", "track", "pedestrian",
        "cycleway", "footway", "path", "steps", "corridor", "elevator", "platform", "bridleway",
        "busway", "road")},
    "crossing": "footway", "services": "service", "rest_area": "service", "minor": "unclassified",
    "byway": "track", "footpath": "footway", "traffic_island": "footway",
}  # fmt: skip

# km/h for a car where no limit is mapped: urban limits, as most signed cities have them.
_DEFAULT_KMH: Final[Mapping[str, int]] = {
    "motorway": 110, "trunk": 80, "primary": 50, "secondary": 50, "tertiary": 50,
    "unclassified": 50, "residential": 50, "living_street": 20, "service": 20, "track": 15,
    "pedestrian": 6, "ferry": 10, "busway": 50, "road": 50,
}  # fmt: skip
_LINK_KMH: Final = 50  # slip roads are curved
_OTHER_KMH: Final = 6

_WORDS_KMH: Final[Mapping[str, int]] = {
    "walk": 6, "urban": 50, "nsl_single": 97, "nsl_dual": 113, "none": 130, "signals": 50,
    "rural": 80, "trunk": 110, "motorway": 130, "living_street": 20, "bicycle_road": 30,
    "school": 30, "pedestrian_zone": 6, "zone": 30,
}  # fmt: skip
_MPH: Final = 1.609344
_KNOT: Final = 1.852
_NUMBER: Final = re.compile(r"(\d+(?:[.,]\d+)?)\s*(mph|knots|km/?h|kph)?", re.IGNORECASE)

_LENGTH: Final = re.compile(r"(\d+(?:[.,]\d+)?)\s*(m|cm)?")
_FEET: Final = re.compile(r"(\d+)'\s*(?:(\d+)\")?")
_FOOT_M: Final = 0.3048

_ISO_DURATION: Final = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?")
_CLOCK: Final = re.compile(r"(\d{1,4})(?::(\d{1,2}))?(?::(\d{1,2}))?")

_SURFACES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("paved", "asphalt", "concrete", "paving_stones", "chipseal", "metal", "wood",
                     "rubber", "tartan", "bricks", "brick", "concrete:plates", "concrete:lanes",
                     "acrylic", "tiles", "plastic", "grass_paver"), "paved"),
    **dict.fromkeys(("compacted", "fine_gravel", "stabilized"), "compacted"),
    **dict.fromkeys(("sett", "cobblestone", "unhewn_cobblestone", "cobblestone:flattened",
                     "stone"), "cobbles"),
    **dict.fromkeys(("unpaved", "gravel", "dirt", "ground", "earth", "grass", "sand", "mud",
                     "pebblestone", "rock", "woodchips", "clay", "soil"), "unpaved"),
}  # fmt: skip
_TRACKTYPES: Final[Mapping[str, str]] = {
    "grade1": "paved", "grade2": "compacted", "grade3": "unpaved", "grade4": "unpaved",
    "grade5": "unpaved",
}  # fmt: skip


def find_road_class(tags: Tags) -> str | None:
    """The street's class in planner.network.shape.ROAD_CLASSES; None for none of ours."""
    highway = tags.get("highway", "")
    if highway in _CLASSES:
        return _CLASSES[highway]
    if tags.get("route") == "ferry":
        return "ferry"
    if "platform" in (tags.get("railway"), tags.get("public_transport")):
        return "platform"
    return "road" if highway else None


def find_speed_kmh(tags: Tags, road_class: str, direction: Direction) -> int:
    """Limit for cars in 1..255 km/h: signed, else of the zone, else the class's default."""
    speed = stated_speed_kmh(tags, direction)
    if speed is not None:
        return max(1, min(255, round(speed)))
    if tags.get("highway", "").endswith("_link"):
        return min(_LINK_KMH, _DEFAULT_KMH.get(road_class, _OTHER_KMH))
    return _DEFAULT_KMH.get(road_class, _OTHER_KMH)


def stated_speed_kmh(tags: Tags, direction: Direction) -> float | None:
    """The limit that a sign or a zone sets, km/h; None where no tag says it."""
    keys = (f"maxspeed:{direction}", "maxspeed", "zone:maxspeed", "maxspeed:type",
            "source:maxspeed", "zone:traffic")  # fmt: skip
    speeds = (parse_speed_kmh(tags.get(key, "")) for key in keys)
    return next((speed for speed in speeds if speed is not None), None)


def parse_speed_kmh(text: str) -> float | None:
    """km/h of "50", "30 mph", "50;30" (the lowest counts), "FR:urban", "DE:zone:30", "walk"."""
    speeds = [speed for part in text.split(";") if (speed := _parse_one(part.strip())) is not None]
    return min(speeds, default=None)


def _parse_one(text: str) -> float | None:
    word = text.rpartition(":")[2].lower()
    if word in _WORDS_KMH:
        return float(_WORDS_KMH[word])
    found = _NUMBER.fullmatch(word) or _NUMBER.fullmatch(word.removeprefix("zone"))
    if found is None:
        return None
    factor = {"mph": _MPH, "knots": _KNOT}.get((found[2] or "").lower(), 1.0)
    return float(found[1].replace(",", ".")) * factor or None


def parse_duration_s(text: str) -> float | None:
    """Seconds of "20", "0:20", "01:30:00" or "PT20M"; a plain number is minutes."""
    iso = _ISO_DURATION.fullmatch(text.strip())
    if iso is not None and any(iso.groups()):
        hours, minutes, seconds = (float(part or 0) for part in iso.groups())
        return hours * 3600 + minutes * 60 + seconds or None
    clock = _CLOCK.fullmatch(text.strip())
    if clock is None:
        return None
    first, second, third = clock.groups()
    if second is None:
        return float(first) * 60 or None
    return float(first) * 3600 + float(second) * 60 + float(third or 0) or None


def parse_metres(text: str) -> float | None:
    """Metres of "0.9", "0,9 m", "90 cm" or "3'" (feet); the least of several values."""
    found = [one for part in text.split(";") if (one := _parse_length(part.strip())) is not None]
    return min(found, default=None)


def _parse_length(text: str) -> float | None:
    if feet := _FEET.fullmatch(text):
        return float(feet[1]) * _FOOT_M + float(feet[2] or 0) * _FOOT_M / 12
    found = _LENGTH.fullmatch(text)
    if found is None:
        return None
    return float(found[1].replace(",", ".")) * (0.01 if found[2] == "cm" else 1.0) or None


def find_surface(tags: Tags) -> str:
    """The street's surface in planner.network.shape.SURFACES; the worst of several values."""
    found = {_SURFACES.get(value.strip().lower()) for value in tags.get("surface", "").split(";")}
    for surface in ("unpaved", "cobbles", "compacted", "paved"):
        if surface in found:
            return surface
    return _TRACKTYPES.get(tags.get("tracktype", ""), "unknown")


def knows_surface(values: str) -> bool:
    """True where at least one of the values of a surface tag means something to us."""
    return any(value.strip().lower() in _SURFACES for value in values.split(";"))
