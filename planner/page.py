"""One page of what was found: so many itineraries, and where the next page begins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from planner.filters import brief
from planner.itinerary import Dropped, FilterReport, Itinerary

_NAME: Final = "leave_to_another_page"


class Found(NamedTuple):
    """An itinerary, and how far from the time asked for it leaves (arrives), in seconds."""

    distance: int
    itinerary: Itinerary


class Page(NamedTuple):
    """What is shown, in its order; the first and last distances that count as looked at."""

    found: list[Found]
    first: int
    last: int
    report: FilterReport


def cut_page(found: Sequence[Found], looked: int, *, most: int, keep_far: bool) -> Page:
    """At most `most` of `found`; all within distance `looked` were found.

    Those farthest from the time asked for are cut, or, where `keep_far`, the nearest. A page ends
    at the last one kept, so those of one second stay together: the next page begins after it. But
    where more than `most` are of the very first second, the best of them are all there is to see.
    """
    sign = -1 if keep_far else 1
    ranked = sorted(found, key=lambda one: sign * one.distance)
    if len(ranked) <= most:
        return Page(list(found), 0, looked, FilterReport(name=_NAME))
    beyond = ranked[most].distance
    kept = [one for one in ranked if sign * one.distance < sign * beyond]
    if not kept:
        alike = [one for one in ranked if one.distance == beyond]
        kept = sorted(alike, key=lambda one: one.itinerary.seconds)[:most]
    edge = kept[-1].distance
    shown = [one for one in found if one in kept]
    dropped = tuple(
        Dropped(
            itinerary=brief(one.itinerary),
            reason=f"an answer has {most} itineraries at most",
            by=brief(kept[-1].itinerary),
        )
        for one in found
        if one not in kept
    )
    report = FilterReport(name=_NAME, dropped=dropped)
    first, last = (edge, looked) if keep_far else (0, edge)
    return Page(shown, first, last, report)
