"""Gives the filled-in streets their OSM tags: what each is, how fast, one-way or not."""

from __future__ import annotations

from random import Random
from typing import Final

from generator.fill import Cut
from generator.ground import Ground
from generator.plane import distance
from generator.sketch import Street

STEEP: Final = 0.105  # rise over run: from here on a street becomes steps
HILLY: Final = 0.082  # and from here on perhaps a footpath
SHORT_M: Final = 130.0

# What a filled-in street may be, with its share: the shares of a commune add up to 1.
ISSY: Final = (
    (0.34, {"highway": "residential", "maxspeed": "30", "zone:maxspeed": "FR:30"}),
    (0.22, {"highway": "residential", "maxspeed": "30", "zone:maxspeed": "FR:30",
            "oneway": "yes", "oneway:bicycle": "no"}),
    (0.06, {"highway": "residential", "maxspeed": "30", "zone:maxspeed": "FR:30",
            "oneway": "yes", "oneway:bicycle": "no", "cycleway": "opposite_lane"}),
    (0.12, {"highway": "residential", "maxspeed": "30", "oneway": "yes"}),
    (0.09, {"highway": "living_street"}),
    (0.05, {"highway": "residential", "surface": "sett", "maxspeed": "30"}),
    (0.04, {"highway": "residential", "maxspeed": "30", "cycleway:right": "lane"}),
    (0.04, {"highway": "pedestrian", "bicycle": "yes", "surface": "paving_stones"}),
    (0.04, {"highway": "unclassified", "maxspeed": "50"}),
)  # fmt: skip
ELSEWHERE: Final = (
    (0.44, {"highway": "residential", "maxspeed": "30"}),
    (0.30, {"highway": "residential", "maxspeed": "30", "oneway": "yes", "oneway:bicycle": "no"}),
    (0.12, {"highway": "residential", "maxspeed": "50"}),
    (0.05, {"highway": "living_street"}),
    (0.05, {"highway": "unclassified", "maxspeed": "50"}),
    (0.04, {"highway": "tertiary", "maxspeed": "30", "cycleway": "lane"}),
)  # fmt: skip


def dress(cut: Cut, commune: str, ground: Ground, dice: Random) -> Street:
    """The street that a cut becomes in this commune; flipped at random, so one-ways alternate."""
    points = list(cut.points)
    if dice.random() < 0.5:  # a coin
        points.reverse()
    length = distance(points[0], points[-1])
    grade = ground.grade(points[0], points[-1])
    draw = dice.random()
    if abs(grade) > STEEP and length < SHORT_M:
        tags = {"highway": "steps", "incline": "up" if grade > 0 else "down", "surface": "concrete"}
        if draw < 0.4:  # a share: a channel for pushing a bicycle
            tags |= {"ramp": "yes", "ramp:bicycle": "yes"}
        return Street("", tags, points, rank=cut.depth)
    if abs(grade) > HILLY and draw < 0.6 and length < SHORT_M:  # a share
        tags = {"highway": "footway", "surface": "asphalt", "incline": f"{round(100 * grade)}%"}
        return Street("", tags, points, rank=cut.depth)
    return Street("", _draw(ISSY if commune == "Issy-les-Moulineaux" else ELSEWHERE, draw), points,
                  rank=cut.depth)  # fmt: skip


def _draw(choices: tuple[tuple[float, dict[str, str]], ...], draw: float) -> dict[str, str]:
    for share, tags in choices:
        draw -= share
        if draw < 0:
            return dict(tags)
    return dict(choices[0][1])
