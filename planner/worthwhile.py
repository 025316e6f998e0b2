"""What a criterion has to win for a trip that is beaten by all else (checklist B12).

The restricted Pareto set keeps a trip that wins a second on foot, or a gram. Nobody wants to
read of it: here is how much makes a difference. The numbers are our assumption.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import numpy as np

from planner.co2 import factor_of
from planner.filters import Filter, Filtered, brief
from planner.itinerary import Dropped, FilterReport, Itinerary, Place, TransitLeg
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


class Gain(NamedTuple):
    """What one itinerary wins over another, in words, and whether that is worth its time."""

    enough: bool
    words: str


Weigh = Callable[[Itinerary, Itinerary], Gain]  # what the first wins over the second


def drop_hardly_better(network: Network, request: Request, beyond: Sequence[Itinerary]) -> Filter:
    """The filter of a request that has a criterion, or a limit on walking.

    An itinerary is beaten by another that leaves no earlier, arrives no later and has no more
    changes. Who is beaten by none stays, as without a criterion. Who is stays only if it wins
    enough over each itinerary kept that beats it. beyond: itineraries after the window, which
    may beat some in it. Without a window only the end that was asked for counts.
    """
    weigh = _weigh_of(network, request)

    def keep(itineraries: Sequence[Itinerary], _direct: Sequence[Itinerary]) -> Filtered:
        def rank(i: int) -> tuple[float, int]:
            one = itineraries[i]
            return _lateness(one, request), one.transfers

        kept: dict[int, Itinerary] = {}
        dropped: dict[int, Dropped] = {}
        # Whoever beats another comes before it, so that nothing depends on the order given.
        for i in sorted(range(len(itineraries)), key=rank):
            one = itineraries[i]
            quicker = (by for by in (*kept.values(), *beyond) if _beats(by, one, request))
            too_little = ((by, weigh(one, by)) for by in quicker)
            fault = next(((by, gain) for by, gain in too_little if not gain.enough), None)
            if fault is None:
                kept[i] = one
            else:
                by, gain = fault
                dropped[i] = Dropped(itinerary=brief(one), reason=gain.words, by=brief(by))
        report = FilterReport(
            name="drop_hardly_better", dropped=tuple(dropped[i] for i in sorted(dropped))
        )
        return Filtered([kept[i] for i in sorted(kept)], report)

    return keep


def _lateness(one: Itinerary, request: Request) -> float:
    """Smaller is better; of two that beat each other in nothing else."""
    if request.window_s:
        return one.seconds
    return -one.start.timestamp() if request.arrive_by else one.end.timestamp()


def _beats(one: Itinerary, other: Itinerary, request: Request) -> bool:
    """Is no worse in time and changes, and better in something of both."""

    def worth(itinerary: Itinerary) -> tuple[float, ...]:
        start, end = -itinerary.start.timestamp(), itinerary.end.timestamp()
        if request.window_s:
            return start, end, itinerary.transfers
        return (start if request.arrive_by else end), itinerary.transfers

    ours, theirs = worth(one), worth(other)
    return ours != theirs and all(a <= b for a, b in zip(ours, theirs, strict=True))


def _weigh_of(network: Network, request: Request) -> Weigh:
    if request.criterion == "co2":
        return _less_co2
    if request.criterion == "preferred":
        routes, feeds = network.routes, network.manifest["feeds"]
        lines = {
            (str(feeds[int(routes.feed[route])]["name"]), routes.route_id.get(route))
            for route in request.preferred
        }
        return lambda one, other: _more_preferred(one, other, lines)
    return _less_walking


def _less_walking(one: Itinerary, other: Itinerary) -> Gain:
    spared, longer = other.walk_s - one.walk_s, one.seconds - other.seconds
    enough = spared >= max(WALK_SPARED_S, WALK_SPARED_SHARE * other.walk_s)
    words = f"{spared} s less on foot, for {longer} s more"
    return Gain(enough and longer <= SECONDS_PER_SPARED * spared, words)


def _less_co2(one: Itinerary, other: Itinerary) -> Gain:
    if one.walk_s > other.walk_s and _lines(one) == _lines(other):
        return Gain(enough=False, words="the same lines, and more on foot")
    theirs = grams(other)
    spared = theirs - grams(one)
    enough = spared >= max(CO2_SPARED_G, CO2_SPARED_SHARE * theirs)
    return Gain(enough, f"{spared:.0f} g less of {theirs:.0f} g")


def _more_preferred(one: Itinerary, other: Itinerary, lines: set[Line]) -> Gain:
    won = _seconds_on(one, lines) - _seconds_on(other, lines)
    return Gain(won >= PREFERRED_WON_S, f"{won} s more on preferred lines")


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


def _seconds_on(itinerary: Itinerary, lines: set[Line]) -> int:
    return sum(
        round(leg.end.timestamp() - leg.start.timestamp())
        for leg in _rides(itinerary)
        if (leg.feed, leg.route_id) in lines
    )


def _lines(itinerary: Itinerary) -> set[Line]:
    return {(leg.feed, leg.route_id) for leg in _rides(itinerary)}


def _rides(itinerary: Itinerary) -> list[TransitLeg]:
    return [leg for leg in itinerary.legs if isinstance(leg, TransitLeg)]
