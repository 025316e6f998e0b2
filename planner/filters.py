"""What is taken out of the answer again, one small named filter each, and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from planner.itinerary import Dropped, FilterReport, Itinerary, TransitLeg, seconds_between
from planner.request import Request


class Filtered(NamedTuple):
    """What a filter leaves, in its order, and what it says of it."""

    kept: list[Itinerary]
    report: FilterReport


Filter = Callable[[Sequence[Itinerary], Sequence[Itinerary]], Filtered]

_ALIKE: Final = "the same lines between the same stations, and a vehicle in common"
LONGER: Final = 3  # times as long as the best from the moment asked for, and
MUCH_S: Final = 3600  # so much more, is much longer
SPARED: Final = 0.5  # who walks less than this share of another's metres has a reason to ride


def drop_slower_than_walking(
    itineraries: Sequence[Itinerary], direct: Sequence[Itinerary]
) -> Filtered:
    """Without those that take as long as the direct walk or longer.

    Whoever can't walk so far still needs the vehicle: a ride that spares more than half of the
    walking stays.
    """
    name = "drop_slower_than_walking"
    walks = [one for one in direct if all(leg.mode == "walk" for leg in one.legs)]  # type: ignore[union-attr]
    if not walks:
        return Filtered(list(itineraries), FilterReport(name=name))
    walk = walks[0]
    kept, dropped = [], []
    for one in itineraries:
        if one.seconds < walk.seconds or one.walk_m < SPARED * walk.walk_m:
            kept.append(one)
        else:
            reason = f"{one.seconds} s, and {walk.seconds} s on foot"
            dropped.append(Dropped(itinerary=brief(one), reason=reason, by=brief(walk)))
    return Filtered(kept, FilterReport(name=name, dropped=tuple(dropped)))


def group_near_duplicates(
    itineraries: Sequence[Itinerary], _direct: Sequence[Itinerary]
) -> Filtered:
    """One of those that differ by trifles, with the departures of the others in `also_at`.

    Two are alike that ride the same lines between the same stations and share a vehicle: they
    differ in another vehicle or in a walk. A later departure of the same lines shares none, and
    stays. The best leaves and arrives with the fewest seconds between; of equals, it walks less;
    one that spares more than half of its walking stays beside it.
    """
    groups: dict[int, list[int]] = {}  # the best of each, by place, and the others
    by_quality = sorted(
        range(len(itineraries)), key=lambda i: (itineraries[i].seconds, itineraries[i].walk_s)
    )
    for i in by_quality:
        best = next((b for b in groups if _alike(itineraries[i], itineraries[b])), i)
        groups.setdefault(best, [])
        if best != i:
            groups[best].append(i)
    dropped = tuple(
        Dropped(itinerary=brief(itineraries[i]), reason=_ALIKE, by=brief(itineraries[best]))
        for best, others in sorted(groups.items())
        for i in others
    )
    kept = [
        replace(itineraries[best], also_at=tuple(itineraries[i].start for i in sorted(others)))
        for best, others in sorted(groups.items())
    ]
    changed = sum(bool(others) for others in groups.values())
    report = FilterReport(name="group_near_duplicates", changed=changed, dropped=dropped)
    return Filtered(kept, report)


def drop_much_longer(request: Request) -> Filter:
    """The filter of who asks about one moment; with a window, all that it holds are wanted.

    Fewer changes alone make an itinerary good, even one that leaves in the evening. Out are those
    that are over LONGER times as long after the moment asked for as the soonest, and MUCH_S more;
    for arrivals, that begin so long before it.
    """
    name = "drop_much_longer"

    def away(one: Itinerary) -> int:
        ends = (one.start, request.time) if request.arrive_by else (request.time, one.end)
        return seconds_between(*ends)

    def keep(itineraries: Sequence[Itinerary], _direct: Sequence[Itinerary]) -> Filtered:
        if not itineraries or request.window_s:
            return Filtered(list(itineraries), FilterReport(name=name))
        best = min(itineraries, key=away)
        most = LONGER * away(best) + MUCH_S
        side = "before the arrival" if request.arrive_by else "after the departure"
        dropped = tuple(
            Dropped(
                itinerary=brief(one),
                reason=f"{away(one)} s {side} asked for, and {away(best)} s the best",
                by=brief(best),
            )
            for one in itineraries
            if away(one) > most
        )
        kept = [one for one in itineraries if away(one) <= most]
        return Filtered(kept, FilterReport(name=name, dropped=dropped))

    return keep


FILTERS: Final[tuple[Filter, ...]] = (group_near_duplicates, drop_slower_than_walking)


def brief(itinerary: Itinerary) -> str:
    """An itinerary in a few words: `08:05 12, N 08:40`, or `08:05 walk 08:40`."""
    rides = [leg for leg in itinerary.legs if isinstance(leg, TransitLeg)]
    by = [leg.route_short_name or leg.route_long_name or leg.route_id for leg in rides]
    if not by:
        by = [leg.mode for leg in itinerary.legs if not isinstance(leg, TransitLeg)]
    return f"{itinerary.start:%H:%M} {', '.join(by)} {itinerary.end:%H:%M}"


def _alike(one: Itinerary, best: Itinerary) -> bool:
    if _way(one) != _way(best) or not _vehicles(one) & _vehicles(best):
        return False
    return one.walk_s >= SPARED * best.walk_s


def _way(itinerary: Itinerary) -> tuple[object, ...]:
    """The lines, and the stations between which they are ridden."""
    return tuple(
        (leg.feed, leg.route_id, *(place.station_id or place.stop_id for place in (
            leg.origin, leg.destination)))
        for leg in itinerary.legs
        if isinstance(leg, TransitLeg)
    )  # fmt: skip


def _vehicles(itinerary: Itinerary) -> set[tuple[object, ...]]:
    """Trips and when they are boarded: a trip of which the headway is published runs often."""
    return {
        (leg.feed, leg.trip_id, leg.start) for leg in itinerary.legs if isinstance(leg, TransitLeg)
    }
