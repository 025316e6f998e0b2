"""Which OSM keys matter, as data: for the streets, for search and for the base map."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

# Keys of a way that decide who may use it, how fast and how it is called.
WAY_KEYS: Final = (
    "highway", "route", "railway", "public_transport", "man_made", "area", "junction",
    "access", "foot", "bicycle", "vehicle", "motor_vehicle", "motorcar", "psv", "bus",
    "foot:forward", "foot:backward", "bicycle:forward", "bicycle:backward",
    "vehicle:forward", "vehicle:backward", "motor_vehicle:forward", "motor_vehicle:backward",
    "access:forward", "access:backward", "motorcar:forward", "motorcar:backward",
    "oneway", "oneway:bicycle", "oneway:foot", "oneway:motor_vehicle",
    "cycleway", "cycleway:left", "cycleway:right", "cycleway:both",
    "cycleway:left:oneway", "cycleway:right:oneway", "cycleway:both:oneway",
    "cycleway:buffer", "cycleway:left:buffer", "cycleway:right:buffer", "cycleway:both:buffer",
    "cycleway:lane", "cycleway:left:lane", "cycleway:right:lane", "cycleway:both:lane",
    "busway", "busway:left", "busway:right", "bicycle_road", "cyclestreet",
    "motorroad", "toll", "service", "sidewalk", "sidewalk:left", "sidewalk:right",
    "sidewalk:both", "segregated", "ramp:bicycle", "footway", "crossing", "conveying",
    "maxspeed", "maxspeed:forward", "maxspeed:backward", "maxspeed:type", "source:maxspeed",
    "zone:maxspeed", "zone:traffic", "surface", "tracktype", "smoothness", "duration",
    "lanes:forward", "lanes:backward", "lane_markings", "lts",
    "cycleway:width", "cycleway:left:width", "cycleway:right:width", "cycleway:both:width",
    "parking:left", "parking:right", "parking:both",
    "parking:left:width", "parking:right:width", "parking:both:width",
    "parking:lane:left", "parking:lane:right", "parking:lane:both",
    "bridge", "tunnel", "covered", "layer", "level", "indoor", "lit", "lanes", "width",
    "construction", "maxwidth", "access:conditional",
    "foot:conditional", "bicycle:conditional", "vehicle:conditional", "motor_vehicle:conditional",
    "motorcar:conditional", "oneway:conditional", "oneway:bicycle:conditional", "name", "ref",
)  # fmt: skip

# Keys of a node on a way that decide who may pass it.
NODE_KEYS: Final = (
    "barrier", "highway", "crossing", "entrance", "railway", "locked", "access", "foot",
    "bicycle", "vehicle", "motor_vehicle", "motorcar", "maxwidth", "traffic_calming",
    "traffic_signals:direction", "stop", "crossing:island",
    "access:conditional", "foot:conditional", "bicycle:conditional", "vehicle:conditional",
    "motor_vehicle:conditional", "motorcar:conditional",
)  # fmt: skip

# A node is looked at because of one of these; the rest of NODE_KEYS only tell more about it.
NODE_TRIGGERS: Final = ("barrier", "highway", "entrance", "crossing")

# Keys of a relation that forbid a turn to somebody that we know.
RESTRICTION_KEYS: Final = (
    "restriction", "restriction:conditional",
    "restriction:vehicle", "restriction:motor_vehicle", "restriction:motorcar",
    "restriction:bicycle", "restriction:vehicle:conditional",
    "restriction:motor_vehicle:conditional", "restriction:motorcar:conditional",
    "restriction:bicycle:conditional",
)  # fmt: skip

# Keys that make a named object a point of interest, the most telling first.
POI_KEYS: Final = (
    "railway", "aeroway", "amenity", "shop", "tourism", "leisure", "office", "healthcare",
    "historic", "craft", "emergency", "public_transport", "sport",
)  # fmt: skip

# Values that say nothing to a traveller who searches for a name.
POI_NOISE: Final[Mapping[str, frozenset[str]]] = {
    "railway": frozenset(
        {
            "rail", "switch", "signal", "level_crossing", "crossing", "buffer_stop", "milestone",
            "abandoned", "disused", "razed", "platform", "platform_edge", "railway_crossing",
        }
    ),
    "amenity": frozenset({"bench", "waste_basket", "parking_space", "vending_machine"}),
    "public_transport": frozenset({"platform", "stop_position", "stop_area"}),
    "leisure": frozenset({"picnic_table"}),
    "emergency": frozenset({"fire_hydrant", "phone"}),
}  # fmt: skip

# Settlements and quarters: importance for search, most important 1.
PLACE_IMPORTANCE: Final[Mapping[str, float]] = {
    "city": 1.0, "town": 0.9, "borough": 0.8, "suburb": 0.75, "village": 0.7, "quarter": 0.65,
    "neighbourhood": 0.6, "hamlet": 0.5, "square": 0.5, "island": 0.5, "islet": 0.3,
    "locality": 0.3, "isolated_dwelling": 0.3,
}  # fmt: skip

POI_IMPORTANCE: Final[Mapping[str, float]] = {
    "railway=station": 0.85, "aeroway=aerodrome": 0.85, "amenity=townhall": 0.75,
    "amenity=hospital": 0.75, "amenity=university": 0.7, "railway=halt": 0.7,
    "railway=tram_stop": 0.5, "tourism=museum": 0.65, "tourism=attraction": 0.6,
    "leisure=stadium": 0.65, "leisure=park": 0.55, "amenity=school": 0.5,
    "amenity=library": 0.5, "amenity=theatre": 0.5, "shop=mall": 0.6,
}  # fmt: skip
POI_DEFAULT_IMPORTANCE: Final = 0.35
ADDRESS_IMPORTANCE: Final = 0.2

# The base map: layer -> key -> values (None: every value but "no").
AREA_LAYERS: Final[Mapping[str, Mapping[str, frozenset[str] | None]]] = {
    "water": {
        "natural": frozenset({"water", "bay"}),
        "waterway": frozenset({"riverbank", "dock", "canal", "basin"}),
        "landuse": frozenset({"basin", "reservoir"}),
        "leisure": frozenset({"swimming_pool"}),
    },
    "green": {
        "leisure": frozenset(
            {
                "park", "garden", "pitch", "playground", "golf_course", "nature_reserve",
                "dog_park", "common", "recreation_ground",
            }
        ),
        "landuse": frozenset(
            {
                "forest", "grass", "meadow", "cemetery", "recreation_ground", "village_green",
                "allotments", "orchard", "vineyard", "flowerbed", "greenfield",
            }
        ),
        "natural": frozenset({"wood", "grassland", "scrub", "heath", "wetland"}),
        "amenity": frozenset({"grave_yard"}),
    },
    "building": {"building": None},
}  # fmt: skip

LINE_LAYERS: Final[Mapping[str, Mapping[str, frozenset[str] | None]]] = {
    "waterway": {"waterway": frozenset({"river", "stream", "canal", "drain", "ditch"})},
    "rail": {
        "railway": frozenset(
            {"rail", "subway", "light_rail", "tram", "narrow_gauge", "monorail", "funicular"}
        )
    },
}  # fmt: skip

AREA_KEYS: Final = ("building", "landuse", "leisure", "natural", "waterway", "amenity", "highway")

# What the reader hands to Python at all: everything else stays in C++.
FILTER_KEYS: Final = tuple(
    dict.fromkeys(
        (
            "highway", "route", "railway", "public_transport", "place", "addr:housenumber",
            *NODE_TRIGGERS, *POI_KEYS, *AREA_KEYS, *RESTRICTION_KEYS,
        )
    )
)  # fmt: skip


def is_street(tags: Mapping[str, str]) -> bool:
    """True for a way that a traveller may use: a road, path, ferry or platform."""
    return (
        "highway" in tags
        or tags.get("route") == "ferry"
        or tags.get("railway") == "platform"
        or tags.get("public_transport") == "platform"
    )


def find_layer(
    tags: Mapping[str, str], layers: Mapping[str, Mapping[str, frozenset[str] | None]]
) -> tuple[str, str] | None:
    """The base map's layer for these tags and the value that chose it, if any."""
    for layer, keys in layers.items():
        for key, values in keys.items():
            value = tags.get(key)
            if value is None or value == "no":
                continue
            if values is None or value in values:
                return layer, value
    return None
