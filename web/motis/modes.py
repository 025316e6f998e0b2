"""MOTIS' names for modes: of a GTFS route type, through the API's versions, and in a filter."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from planner.itinerary import TransitLeg
from planner.network.store import Network
from web.line_names import line_kind

STREET_MODES: Final = {"WALK": "walk", "BIKE": "bike", "CAR": "car"}  # MOTIS' -> ours
RENAMED_IN_V5: Final = {"SUBURBAN": "METRO", "AERIAL_LIFT": "AREAL_LIFT"}  # new -> up to v4

# GTFS route types, basic ones and the extended ones that differ from their hundred.
_MODE_OF_TYPE: Final = {
    0: "TRAM", 1: "SUBWAY", 2: "REGIONAL_RAIL", 3: "BUS", 4: "FERRY", 5: "TRAM",
    6: "AERIAL_LIFT", 7: "FUNICULAR", 11: "BUS", 12: "SUBWAY",
    101: "HIGHSPEED_RAIL", 102: "LONG_DISTANCE", 105: "NIGHT_RAIL", 109: "SUBURBAN",
}  # fmt: skip
_MODE_OF_HUNDRED: Final = {
    1: "REGIONAL_RAIL", 2: "COACH", 3: "SUBURBAN", 4: "SUBWAY", 5: "SUBWAY", 6: "SUBWAY",
    7: "BUS", 8: "BUS", 9: "TRAM", 10: "FERRY", 11: "AIRPLANE", 12: "FERRY",
    13: "AERIAL_LIFT", 14: "FUNICULAR",
}  # fmt: skip

# What a group in a filter stands for. CABLE_CAR once named cable trams and gondolas alike.
_RAIL: Final = frozenset(
    {"HIGHSPEED_RAIL", "LONG_DISTANCE", "NIGHT_RAIL", "REGIONAL_RAIL", "SUBURBAN", "SUBWAY"}
)
_EVERY: Final = _RAIL | {
    "TRAM", "FERRY", "AIRPLANE", "BUS", "COACH", "ODM", "RIDE_SHARING", "FUNICULAR",
    "AERIAL_LIFT", "OTHER",
}  # fmt: skip
_GROUPS: Final = {
    "TRANSIT": _EVERY,
    "RAIL": _RAIL,
    "METRO": frozenset({"SUBURBAN"}),
    "REGIONAL_FAST_RAIL": frozenset({"REGIONAL_RAIL"}),
    "AREAL_LIFT": frozenset({"AERIAL_LIFT"}),
    "CABLE_CAR": frozenset({"TRAM", "AERIAL_LIFT"}),
}
_OTHER_STREET: Final = frozenset(
    {"RENTAL", "HGV", "CAR_PARKING", "CAR_DROPOFF", "FLEX", "BIKE_SHARING", "BIKE_TO_PARK",
     "CAR_TO_PARK", "CAR_SHARING", "ODM", "RIDE_SHARING",
     "DEBUG_BUS_ROUTE", "DEBUG_RAILWAY_ROUTE", "DEBUG_FERRY_ROUTE"}
)  # fmt: skip
KNOWN_MODES: Final = _EVERY | _GROUPS.keys() | STREET_MODES.keys() | _OTHER_STREET


def mode_of_type(route_type: int) -> str:
    """MOTIS' mode, in its newest naming, of a basic or extended GTFS route type."""
    return _MODE_OF_TYPE.get(route_type) or _MODE_OF_HUNDRED.get(route_type // 100, "OTHER")


def transit_mode(leg: TransitLeg, version: int = 6) -> str:
    """MOTIS' mode of a ride, as version `version` of the API names it; an RER is SUBURBAN."""
    mode = _mode_of_line(leg.route_type, leg.route_long_name, leg.agency_name)
    return mode if version >= 5 else RENAMED_IN_V5.get(mode, mode)  # noqa: PLR2004 - v5 renamed


def allowed_modes(names: Iterable[str]) -> frozenset[str]:
    """The transit modes that a filter lets pass, in their newest naming; groups are opened."""
    allowed: set[str] = set()
    for name in names:
        allowed |= _GROUPS.get(name, frozenset({name} & _EVERY))
    return frozenset(allowed)


def routes_of(network: Network, allowed: frozenset[str]) -> frozenset[int]:
    """Lines of `network` whose mode is among `allowed`, by index."""
    routes = network.routes
    return frozenset(
        route
        for route, route_type in enumerate(routes.route_type.tolist())
        if _mode_of_line(
            route_type,
            routes.long_name.get(route),
            routes.agency_name.get(int(routes.agency[route])),
        )
        in allowed
    )


def _mode_of_line(route_type: int, long_name: str, agency_name: str) -> str:
    """MOTIS' mode in its newest naming; an RER, a railway known by its name, is SUBURBAN."""
    kind = line_kind(route_type, f"{long_name} {agency_name}")
    return "SUBURBAN" if kind == "rer" else mode_of_type(route_type)
