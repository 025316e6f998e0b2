"""A traveller's own speeds, on foot and by bicycle, beside those of the profiles."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from planner.itinerary import StreetLeg, later
from planner.network.profiles import get_profile

Seconds = TypeVar("Seconds", int, NDArray[np.int32])


@dataclass(frozen=True, slots=True)
class Pace:
    """Speeds in km/h, None for the profile's own; they count in tenths.

    A way is the same at every speed, and its seconds are the profile's times a factor: uphill, on
    steps, where a bicycle is pushed and inside a station alike. So the search needs no other
    metric, and the seconds to a stop are those of the leg that leads there.
    """

    walk_kmh: float | None = None
    bike_kmh: float | None = None

    def own_s(self, profile: str, seconds: Seconds) -> Seconds:
        """What `profile` does in so many seconds, at one's own speed; rounded up."""
        usual, own = self._tenths(profile)
        return seconds if usual == own else -(-seconds * usual // own)

    def usual_s(self, profile: str, seconds: int) -> int:
        """Most seconds of `profile` that `own_s` makes at most `seconds` of."""
        usual, own = self._tenths(profile)
        return seconds * own // usual

    def of_leg(self, leg: StreetLeg, profile: str) -> StreetLeg:
        """A leg of `profile`, with its steps, at one's own speed."""
        usual, own = self._tenths(profile)
        if usual == own:
            return leg
        return replace(
            leg,
            end=later(leg.start, self.own_s(profile, leg.seconds)),
            steps=tuple(
                replace(step, duration=self.own_s(profile, step.duration)) for step in leg.steps
            ),
        )

    def _tenths(self, profile: str) -> tuple[int, int]:
        """Tenths of km/h: the profile's, and one's own."""
        usual = get_profile(profile)
        own = {"walk": self.walk_kmh, "bike": self.bike_kmh}.get(usual.mode)
        tenths = round(10 * usual.flat_kmh)
        return tenths, tenths if own is None else round(10 * own)


USUAL = Pace()
