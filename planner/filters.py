"""What is taken out of the answer again, one small named filter each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from planner.itinerary import Itinerary

Filter = Callable[[Sequence[Itinerary], Sequence[Itinerary]], list[Itinerary]]


def drop_slower_than_walking(
    itineraries: Sequence[Itinerary], direct: Sequence[Itinerary]
) -> list[Itinerary]:
    """Without those that take as long as the direct walk or longer.

    Whoever can't walk so far still needs the vehicle: a ride that spares more than half of the
    walking stays.
    """
    walks = [one for one in direct if all(leg.mode == "walk" for leg in one.legs)]  # type: ignore[union-attr]
    if not walks:
        return list(itineraries)
    walk = walks[0]
    return [
        one
        for one in itineraries
        if one.end - one.start < walk.end - walk.start or one.walk_m < walk.walk_m / 2
    ]


FILTERS: Final[tuple[Filter, ...]] = (drop_slower_than_walking,)
