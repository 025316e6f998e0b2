"""What the pages say of a way through the streets: how calm a ride is, and how it climbs."""

from __future__ import annotations

from typing import Final

from planner.itinerary import Comfort, StreetLeg
from web.wording.language import gettext
from web.wording.words import say_distance

_WORTH_SAYING_M: Final = 20.0
_PUSHED_FIRST: Final = 1 / 3  # of a way; where more is pushed, that is the news


def say_comfort(comfort: Comfort) -> str:
    """How calm a ride is: « Au calme sur 72 % du trajet, 300 m dans un trafic soutenu. ».

    What is pushed is no ride: it comes first, and calm is of the rest, where it is much.
    """
    ridden = sum(comfort.level_m) + comfort.unknown_m
    if comfort.unknown_m > sum(comfort.level_m) + comfort.pushed_m:
        return gettext("Le niveau de trafic de ce trajet n’est pas connu.")
    percent = int(100 * comfort.calm_share)
    pushes_much = comfort.pushed_m > _PUSHED_FIRST * (ridden + comfort.pushed_m)
    parts = []
    if pushes_much:
        length = say_distance(comfort.pushed_m)
        parts.append(gettext("Vélo à la main sur %(length)s", length=length))
        if ridden >= _WORTH_SAYING_M:
            parts.append(gettext("au calme sur %(percent)d %% du reste", percent=percent))
    elif comfort.pushed_m >= _WORTH_SAYING_M:
        parts.append(gettext("Au calme sur %(percent)d %% de ce qui se roule", percent=percent))
    else:
        parts.append(gettext("Au calme sur %(percent)d %% du trajet", percent=percent))
    *_, busy, dense = comfort.level_m
    if busy >= _WORTH_SAYING_M:
        parts.append(gettext("%(length)s dans un trafic soutenu", length=say_distance(busy)))
    if dense >= _WORTH_SAYING_M:
        parts.append(gettext("%(length)s dans un trafic dense", length=say_distance(dense)))
    if comfort.pushed_m >= _WORTH_SAYING_M and not pushes_much:
        parts.append(gettext("%(length)s vélo à la main", length=say_distance(comfort.pushed_m)))
    return ", ".join(parts) + "."


def say_heights(leg: StreetLeg, low_m: int, high_m: int) -> str:
    """The text of a chart of heights: « Montée 40 m, descente 10 m, entre 32 m et 78 m … »."""
    return gettext(
        "Montée %(up)s, descente %(down)s, entre %(low)d m et %(high)d m d’altitude.",
        up=say_distance(leg.climb_m),
        down=say_distance(leg.descent_m),
        low=low_m,
        high=high_m,
    )
