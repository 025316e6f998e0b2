"""An answer arranged for the page: cards, their ribbons on one time scale, and the map's lines."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from planner.itinerary import (
    Answer,
    Itinerary,
    Leg,
    Place,
    StreetLeg,
    TransitLeg,
    seconds_between,
)
from web.line_names import Badge, make_badge
from web.wording.trip_times import find_end, find_start, to_minute
from web.wording.words import say_duration, say_mode, say_vehicle

RIBBON: Final = 1000  # width of a ribbon in its own units
ALSO: Final = 5  # further times shown with a way
WAIT_WORTH_SAYING_S: Final = 60
SAFE_SCHEMES: Final = ("http://", "https://")


@dataclass(frozen=True, slots=True, kw_only=True)
class LegView:
    """A leg and what the page adds to it.

    change: a walk between two vehicles. wait_s: idle time before the vehicle leaves.
    goes_on: nobody gets out at its end, as the vehicle becomes the next leg's.
    """

    leg: Leg
    badge: Badge | None
    change: bool
    wait_s: int
    goes_on: bool = False

    @property
    def seconds(self) -> int:
        """How long it takes; of a ride, the difference of the two times that are shown."""
        start, end = self.leg.start, self.leg.end
        if self.badge:
            start, end = to_minute(start), to_minute(end)
        return max(60, seconds_between(start, end))

    @property
    def mode(self) -> str:
        """One of "walk", "bike", "car", "transit"."""
        return "transit" if isinstance(self.leg, TransitLeg) else self.leg.mode

    @property
    def icon(self) -> str:
        """Name of the symbol in icons.svg."""
        return self.badge.kind if self.badge else self.mode


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of a ribbon; `style` is "walk", "bike", "car" or "line"."""

    x: float
    width: float
    style: str
    color: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One way to go on the page. `number` counts over the whole page, from 1."""

    number: int
    itinerary: Itinerary
    legs: tuple[LegView, ...]
    ribbon: tuple[Bar, ...]
    also: tuple[Itinerary, ...] = ()  # the same way at other times

    @property
    def start(self) -> datetime:
        """When one leaves, as it is shown."""
        return find_start(self.itinerary)

    @property
    def end(self) -> datetime:
        """When one is there, as it is shown."""
        return find_end(self.itinerary)

    @property
    def seconds(self) -> int:
        """Door to door: the difference of the two times that are shown."""
        return seconds_between(self.start, self.end)

    @property
    def mode(self) -> str:
        """What it is made with: "transit", or the only mode of a trip without vehicle."""
        modes = [view.mode for view in self.legs]
        return "transit" if "transit" in modes else next((m for m in modes if m != "walk"), "walk")

    @property
    def profile(self) -> str:
        """The profile of who rides, "" where nobody does."""
        legs = (view.leg for view in self.legs if view.mode not in ("walk", "transit"))
        return next((leg.profile for leg in legs if isinstance(leg, StreetLeg)), "")

    @property
    def walk_s(self) -> int:
        """Seconds on foot."""
        return sum(view.seconds for view in self.legs if view.mode == "walk")

    @property
    def estimated(self) -> bool:
        """Whether a part of the way is only a straight line."""
        return any(isinstance(v.leg, StreetLeg) and v.leg.estimated for v in self.legs)

    @property
    def headway(self) -> int:
        """The longest published headway in seconds, 0 where times are published."""
        return max((v.leg.headway for v in self.legs if isinstance(v.leg, TransitLeg)), default=0)

    @property
    def length_m(self) -> float:
        """Metres on the ground."""
        return sum(view.leg.length_m for view in self.legs)

    @property
    def climb_m(self) -> float:
        """Metres climbed."""
        return sum(v.leg.climb_m for v in self.legs if isinstance(v.leg, StreetLeg))

    @property
    def summary(self) -> str:
        """The trip in one breath, for the accessible name: « À pied 4 min, Métro 12, … »."""
        return ", ".join(
            say_vehicle(view.badge.kind, view.badge.name)
            if view.badge
            else f"{say_mode(view.mode)} {say_duration(view.seconds)}"
            for view in self.legs
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerView:
    """The cards of an answer, and the fastest of each kind."""

    transit: tuple[Card, ...]
    direct: tuple[Card, ...]

    @property
    def cards(self) -> tuple[Card, ...]:
        """All of them in page order."""
        return self.transit + self.direct

    @property
    def fastest(self) -> Card | None:
        """The shortest trip by transit, where there is a choice."""
        if len(self.transit) < 2:  # noqa: PLR2004 - a choice takes two
            return None
        return min(self.transit, key=lambda card: card.seconds)

    @property
    def fastest_s(self) -> int | None:
        """Seconds of the shortest trip by transit."""
        return min((card.seconds for card in self.transit), default=None)

    @property
    def walking_s(self) -> int | None:
        """The comparison: seconds for the whole way on foot."""
        return next((card.seconds for card in self.direct if card.mode == "walk"), None)

    @property
    def badges(self) -> tuple[Badge, ...]:
        """Every sign painted on the page, once per pair of colours."""
        badges = {
            view.badge.css: view.badge for card in self.cards for view in card.legs if view.badge
        }
        return tuple(badges.values())


def view_answer(answer: Answer) -> AnswerView:
    """Cards for `answer`; their ribbons share one scale, so that their lengths compare."""
    ways: dict[tuple[object, ...], list[Itinerary]] = {}
    for trip in answer.itineraries:
        ways.setdefault(_way(trip), []).append(trip)
    groups = [*ways.values(), *([trip] for trip in answer.direct)]
    longest = max((first.seconds for first, *_ in groups), default=0)
    scale = RIBBON / max(1, longest)
    cards = tuple(_card(number, group, scale) for number, group in enumerate(groups, 1))
    return AnswerView(transit=cards[: len(ways)], direct=cards[len(ways) :])


def map_data(answer: Answer, view: AnswerView) -> dict[str, Any]:
    """What the map draws, as JSON: places and, per card, legs with their points (lon, lat)."""
    return {
        "origin": _map_place(answer.origin),
        "destination": _map_place(answer.destination),
        "trips": [
            {"number": card.number, "legs": [_map_leg(leg) for leg in card.legs]}
            for card in view.cards
        ],
    }


def safe_link(url: str) -> str:
    """`url` if it is a web address, else "": feeds are not to be trusted with links."""
    stripped = url.strip()
    return stripped if stripped.lower().startswith(SAFE_SCHEMES) else ""


def _way(trip: Itinerary) -> tuple[object, ...]:
    """What trips have in common that differ in time only: the lines, and where one changes."""
    return tuple(
        (leg.feed, leg.route_id, leg.origin.name, leg.destination.name)
        if isinstance(leg, TransitLeg)
        else leg.mode
        for leg in trip.legs
    )


def _card(number: int, group: Sequence[Itinerary], scale: float) -> Card:
    """The first of a group as a card; the others are its further times."""
    trip = group[0]
    legs = tuple(_views(trip.legs))
    ribbon = tuple(_bar(view, trip.start, scale) for view in legs)
    return Card(
        number=number, itinerary=trip, legs=legs, ribbon=ribbon, also=tuple(group[1 : ALSO + 1])
    )


def _views(legs: Sequence[Leg]) -> Iterable[LegView]:
    for index, leg in enumerate(legs):
        ride = isinstance(leg, TransitLeg)
        before = legs[index - 1].end if index else leg.start
        wait = seconds_between(before, leg.start) if ride and not _stays(leg) else 0
        yield LegView(
            leg=leg,
            badge=make_badge(leg) if isinstance(leg, TransitLeg) else None,
            change=not ride
            and 0 < index < len(legs) - 1
            and isinstance(legs[index - 1], TransitLeg)
            and isinstance(legs[index + 1], TransitLeg),
            wait_s=wait if wait >= WAIT_WORTH_SAYING_S else 0,
            goes_on=index + 1 < len(legs) and _stays(legs[index + 1]),
        )


def _stays(leg: Leg) -> bool:
    """Whether one sits in its vehicle already."""
    return isinstance(leg, TransitLeg) and leg.stay_seated


def _bar(view: LegView, start: datetime, scale: float) -> Bar:
    return Bar(
        x=round(seconds_between(start, view.leg.start) * scale, 1),
        width=round(max(6.0, view.seconds * scale), 1),
        style="line" if view.badge else view.mode,
        color=view.badge.color if view.badge else "",
    )


def _map_leg(view: LegView) -> dict[str, Any]:
    leg = view.leg
    stops = leg.calls if isinstance(leg, TransitLeg) else ()
    return {
        "mode": view.mode,
        "color": f"#{view.badge.color}" if view.badge else "",
        "name": view.badge.name if view.badge else "",
        "points": [[round(lon, 5), round(lat, 5)] for lat, lon in leg.points if math.isfinite(lat)],
        "stops": [_map_place(call.place) for call in stops if math.isfinite(call.place.lat)],
    }


def _map_place(place: Place) -> dict[str, Any] | None:
    """None for a stop without position, and for one that is none (the planner puts it at 0, 0)."""
    if not math.isfinite(place.lat) or place.lat == place.lon == 0.0:
        return None
    return {"name": place.name, "at": [round(place.lon, 5), round(place.lat, 5)]}
