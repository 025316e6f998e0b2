"""What a page draws of a way through the streets: its heights, and how calm it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from planner.itinerary import Comfort, StreetLeg

WIDTH: Final = 1000  # of a chart in its own units
HEIGHT: Final = 100
LEAST_CLIMB_M: Final = 10.0  # up and down together; a flatter way needs no chart
LEAST_SPAN_M: Final = 20.0  # a flat way isn't drawn as if it were steep


@dataclass(frozen=True, slots=True)
class HeightChart:
    """The heights of a way as the outline of a hill; `ground`: an SVG path."""

    ground: str
    low_m: int
    high_m: int


@dataclass(frozen=True, slots=True)
class CalmPart:
    """A part of a ride: where its bar begins and how wide it is, in hundredths of the whole."""

    kind: str  # "1" to "4" for levels of stress, "pushed", "unknown"
    x: float
    width: float


def height_chart(leg: StreetLeg) -> HeightChart | None:
    """The chart of a leg's heights; None where they aren't known or hardly change."""
    if len(leg.heights) < 2 or leg.climb_m + leg.descent_m < LEAST_CLIMB_M:  # noqa: PLR2004 - a line
        return None
    metres, heights = zip(*leg.heights, strict=True)
    low, high = min(heights), max(heights)
    span = max(high - low, LEAST_SPAN_M)
    across = WIDTH / max(metres[-1], 1.0)
    points = [
        f"{at * across:.0f} {HEIGHT - (height - low) / span * (HEIGHT - 10):.1f}"
        for at, height in leg.heights
    ]
    ground = f"M0 {HEIGHT}L{'L'.join(points)}L{WIDTH} {HEIGHT}Z"
    return HeightChart(ground, round(low), round(high))


def calm_parts(comfort: Comfort) -> tuple[CalmPart, ...]:
    """The parts of a ride from the calmest to the most stressful, then the pushed; none empty."""
    metres = {
        "1": comfort.level_m[0],
        "2": comfort.level_m[1],
        "unknown": comfort.unknown_m,
        "3": comfort.level_m[2],
        "4": comfort.level_m[3],
        "pushed": comfort.pushed_m,
    }
    total = sum(metres.values())
    parts = []
    x = 0.0
    for kind, length in metres.items():
        width = round(100.0 * length / total, 2) if total else 0.0
        if width > 0.0:
            parts.append(CalmPart(kind, round(x, 2), width))
        x += width
    return tuple(parts)
