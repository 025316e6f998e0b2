"""What a line is called and painted: kind of vehicle from route_type, badge colours that read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from planner.itinerary import TransitLeg
from planner.network.store import Network

ENOUGH_CONTRAST: Final = 4.5  # WCAG 2.2, success criterion 1.4.3
NEUTRAL: Final = "3C4A63"  # a line without a published colour

# GTFS route types, the basic and the extended ("hierarchical vehicle type") ones.
_BASIC: Final = {
    0: "tram", 1: "metro", 2: "train", 3: "bus", 4: "ferry", 5: "tram", 6: "cable",
    7: "funicular", 11: "bus", 12: "metro",
}  # fmt: skip
_EXTENDED: Final = (
    (100, 199, "train"), (200, 299, "coach"), (300, 399, "train"), (400, 499, "metro"),
    (500, 699, "metro"), (700, 899, "bus"), (900, 999, "tram"), (1000, 1099, "ferry"),
    (1200, 1299, "ferry"), (1300, 1399, "cable"), (1400, 1499, "funicular"),
)  # fmt: skip
_HEX: Final = re.compile(r"[0-9A-Fa-f]{6}")
_RER: Final = re.compile(r"\bRER\b")


@dataclass(frozen=True, slots=True)
class Badge:
    """A line's sign. `kind` names its icon and word; colours are six hex digits."""

    kind: str
    name: str
    color: str
    ink: str

    @property
    def css(self) -> str:
        """Name of the class that carries the two colours."""
        return f"c-{self.color}-{self.ink}"


def vehicle_kind(route_type: int) -> str:
    """Of "metro", "train", "tram", "bus", "coach", "ferry", "cable", "funicular"."""
    if route_type in _BASIC:
        return _BASIC[route_type]
    for first, last, kind in _EXTENDED:
        if first <= route_type <= last:
            return kind
    return "bus"


def line_kind(route_type: int, names: str) -> str:
    """`vehicle_kind`, or "rer" for a train whose line or agency is named so."""
    kind = vehicle_kind(route_type)
    return "rer" if kind == "train" and _RER.search(names) else kind


def routes_without(network: Network, kinds: Iterable[str]) -> frozenset[int] | None:
    """Lines of `network`, by index, that are of none of `kinds`; None where that is all of them."""
    unwanted = set(kinds)
    if not unwanted:
        return None
    routes = network.routes
    kept = frozenset(
        route
        for route, route_type in enumerate(routes.route_type.tolist())
        if line_kind(
            route_type,
            f"{routes.long_name.get(route)} {routes.agency_name.get(int(routes.agency[route]))}",
        )
        not in unwanted
    )
    return None if len(kept) == routes.route_type.size else kept


def make_badge(leg: TransitLeg) -> Badge:
    """The sign of the leg's line: its short name, or what else it is called."""
    kind = line_kind(leg.route_type, f"{leg.route_long_name} {leg.agency_name}")
    name = leg.route_short_name or leg.route_long_name or leg.trip_short_name
    color, ink = badge_colors(leg.route_color, leg.route_text_color)
    return Badge(kind, name.strip(), color, ink)


def badge_colors(color: str, ink: str) -> tuple[str, str]:
    """Published colours, the text's replaced by black or white where it couldn't be read."""
    color, ink = color.removeprefix("#"), ink.removeprefix("#")
    painted = color.upper() if _HEX.fullmatch(color) else NEUTRAL
    if _HEX.fullmatch(ink) and contrast(painted, ink) >= ENOUGH_CONTRAST:
        return painted, ink.upper()
    return painted, max("FFFFFF", "000000", key=lambda other: contrast(painted, other))


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: str) -> float:
    """Relative luminance of an sRGB colour (WCAG 2.2, "relative luminance")."""
    red, green, blue = (_linear(int(color[i : i + 2], 16) / 255) for i in (0, 2, 4))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)  # noqa: PLR2004 - the sRGB curve
