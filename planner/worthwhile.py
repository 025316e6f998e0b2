"""What a criterion has to win for a trip that is beaten by all else (checklist B12).

The restricted Pareto set keeps a trip that wins a second on foot, or a gram. Nobody wants to
read of it: here is how much makes a difference. The numbers are our assumption.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import le
from types import MappingProxyType
from typing import Final, NamedTuple

import numpy as np

from planner.co2 import factor_of
from planner.filters import Filter, Filtered, brief
from planner.itinerary import Dropped, FilterReport, Itinerary, Place, TransitLeg, seconds_between
from planner.network.store import Network
from planner.network.straight_walk import beelines_m
from planner.request import Request

WALK_SPARED_S: Final = 60  # at least so much less walking,
WALK_SPARED_SHARE: Final = 0.1  # and this share of the other's,
SECONDS_PER_SPARED: Final = 5  # for at most so many seconds more for each of them
CO2_SPARED_G: Final = 20.0  # at least so much less,
CO2_SPARED_SHARE: Final = 0.1  # and this share of the other's
PREFERRED_WON_S: Final = 60  # at least so much longer on preferred lines

Line = tuple[str, str]  # feed, route_id


class _Trip(NamedTuple):
    """An itinerary, and what is asked about it often.

    worth: its time and changes, each the smaller the better. amount: what the criterion looks
    at, grams or seconds on preferred lines; 0 where that is the time on foot.
    """

    itinerary: Itinerary
    worth: tuple[float, ...]
    seconds: int
    walk_s: int
    lines: frozenset[Line]
    amount: float

    def beats(self, other: _Trip) -> bool:
        """Is no worse in time and changes, and better in one of them."""
        return self.worth != other.worth and all(map(le, self.worth, other.worth))


class Gain(NamedTuple):
    """What one itinerary wins over another, in words, and whether that is worth its time."""

    enough: bool
    words: str


def drop_hardly_better(network: Network, request: Request, beyond: Sequence[Itinerary]) -> Filter:
    """The filter of a request that has a criterion, or a limit on walking.

    An itinerary is beaten by another that leaves no earlier, arrives no later and has no more
    changes. Who is beaten by none stays, as without a criterion. Who is stays only if it wins
    enough over each itinerary kept that beats it. beyond: itineraries after the window, which
    may beat some in it. Without a window only the end that was asked for counts.
    """
    weigh = _WEIGH[request.criterion]

    def keep(itineraries: Sequence[Itinerary], _direct: Sequence[Itinerary]) -> Filtered:
        trips = _trips(network, request, itineraries)
        later = _trips(network, request, beyond)
        kept: dict[int, _Trip] = {}
        dropped: dict[int, Dropped] = {}
        # Whoever beats another comes before it, so that nothing depends on the order given.
        for i in sorted(range(len(trips)), key=lambda i: (sum(trips[i].worth), trips[i].worth)):
            one = trips[i]
            gains = ((by, weigh(one, by)) for by in (*kept.values(), *later) if by.beats(one))
            fault = next(((by, gain) for by, gain in gains if not gain.enough), None)
            if fault is None:
                kept[i] = one
            else:
                by, gain = fault
                names = brief(one.itinerary), brief(by.itinerary)
                dropped[i] = Dropped(itinerary=names[0], reason=gain.words, by=names[1])
        report = FilterReport(
            name="drop_hardly_better", dropped=tuple(dropped[i] for i in sorted(dropped))
        )
        return Filtered([kept[i].itinerary for i in sorted(kept)], report)

    return keep


def _trips(network: Network, request: Request, itineraries: Sequence[Itinerary]) -> list[_Trip]:
    lines = _preferred_lines(network, request)
    found = []
    for one in itineraries:
        start, end = -one.start.timestamp(), one.end.timestamp()
        times = (start, end) if request.window_s else (start if request.arrive_by else end,)
        amount = 0.0
        if request.criterion == "co2":
            amount = grams(one)
        elif request.criterion == "preferred":
            amount = _seconds_on(one, lines)
        worth = (*times, float(one.transfers))
        found.append(_Trip(one, worth, one.seconds, one.walk_s, _lines(one), amount))
    return found


def _less_walking(one: _Trip, other: _Trip) -> Gain:
    spared, longer = other.walk_s - one.walk_s, one.seconds - other.seconds
    enough = spared >= max(WALK_SPARED_S, WALK_SPARED_SHARE * other.walk_s)
    words = f"{spared} s less on foot, for {longer} s more"
    return Gain(enough and longer <= SECONDS_PER_SPARED * spared, words)


def _less_co2(one: _Trip, other: _Trip) -> Gain:
    if one.walk_s > other.walk_s and one.lines == other.lines:
        return Gain(enough=False, words="the same lines, and more on foot")
    spared = other.amount - one.amount
    enough = spared >= max(CO2_SPARED_G, CO2_SPARED_SHARE * other.amount)
    return Gain(enough, f"{spared:.0f} g less of {other.amount:.0f} g")


def _more_preferred(one: _Trip, other: _Trip) -> Gain:
    won = one.amount - other.amount
    return Gain(won >= PREFERRED_WON_S, f"{won:.0f} s more on preferred lines")


_WEIGH: Final[Mapping[str, Callable[[_Trip, _Trip], Gain]]] = MappingProxyType({
    "": _less_walking, "walk": _less_walking, "co2": _less_co2, "preferred": _more_preferred,
})  # fmt: skip


def grams(itinerary: Itinerary) -> float:
    """Grams of CO2 equivalent, as the criterion counts them: straight from call to call, in use."""
    return sum(
        _straight_m([call.place for call in leg.calls]) / 1000 * factor_of(leg.route_type).usage
        for leg in _rides(itinerary)
    )


def _straight_m(places: Sequence[Place]) -> float:
    """Straight metres along places; 0 from or to one that isn't known."""
    lat, lon = np.array([(place.lat, place.lon) for place in places]).T
    return float(np.nan_to_num(beelines_m(lat[:-1], lon[:-1], lat[1:], lon[1:]), nan=0.0).sum())


def _preferred_lines(network: Network, request: Request) -> frozenset[Line]:
    routes, feeds = network.routes, network.manifest["feeds"]
    return frozenset(
        (str(feeds[int(routes.feed[route])]["name"]), routes.route_id.get(route))
        for route in request.preferred
    )


def _seconds_on(itinerary: Itinerary, lines: frozenset[Line]) -> int:
    return sum(
        seconds_between(leg.start, leg.end)
        for leg in _rides(itinerary)
        if (leg.feed, leg.route_id) in lines
    )


def _lines(itinerary: Itinerary) -> frozenset[Line]:
    return frozenset((leg.feed, leg.route_id) for leg in _rides(itinerary))


def _rides(itinerary: Itinerary) -> list[TransitLeg]:
    return [leg for leg in itinerary.legs if isinstance(leg, TransitLeg)]
