"""The changes of one traveller: the network's own, at their own pace and with their own slack.

The network says how long a change takes (graph_build.footpaths.change_times); here, and nowhere
else, the traveller's wishes are laid upon it, once. Where the feed guarantees a change, the
vehicle waits, and nothing is laid upon it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.kernels.day_timetable import FootpathTable
from planner.network.profiles import get_profile, profile_of
from planner.network.shape import GUARANTEED, STRAIGHT, WALKED, Footpaths
from planner.network.store import Network, frozen

TABLES_KEPT: Final = 8  # pairs of tables in memory at once


@dataclass(frozen=True, slots=True)
class ChangeWishes:
    """What a traveller wants of changes.

    min_s: every change takes at least so long; extra_s: seconds added to each; factor: times its
    own time, >= 1; walk_speed_kmh: one's own speed, None for the profile's. The factor counts in
    hundredths and the speed in tenths of km/h, so that alike wishes share their tables.
    """

    min_s: int = 0
    extra_s: int = 0
    factor: float = 1.0
    walk_speed_kmh: float | None = None

    def rounded(self) -> ChangeWishes:
        """The same wishes, as exact as they are kept."""
        speed = self.walk_speed_kmh
        return ChangeWishes(
            self.min_s,
            self.extra_s,
            round(self.factor, 2),
            None if speed is None else round(speed, 1),
        )


class ChangeTables(NamedTuple):
    """Changes out of each transfer point, and into it."""

    forward: FootpathTable
    mirrored: FootpathTable


class Change(NamedTuple):
    """One change: all of its seconds, those spent walking, metres, and Footpaths.kind."""

    seconds: int
    walk_s: int
    length_m: float
    kind: int


def footpaths_for(network: Network, *, step_free: bool) -> Footpaths:
    """The changes on foot of whoever can take steps, or of whoever can't."""
    if step_free and network.footpaths_step_free is not None:
        return network.footpaths_step_free
    return network.footpaths


def change_tables(network: Network, *, step_free: bool, wishes: ChangeWishes) -> ChangeTables:
    """Every change as `wishes` have it; the same on every day. Rows are sorted by duration."""
    return _tables(network, step_free, wishes.rounded())


def find_change(
    network: Network, origin: int, destination: int, *, step_free: bool, wishes: ChangeWishes
) -> Change | None:
    """The change between two transfer points, None where there is none."""
    footpaths = footpaths_for(network, step_free=step_free)
    first, end = (int(bound) for bound in footpaths.point_offset[origin : origin + 2])
    found = np.flatnonzero(footpaths.to_point[first:end] == destination)
    if not len(found):
        return None
    row = slice(first + int(found[0]), first + int(found[0]) + 1)
    duration, kind = footpaths.duration[row], footpaths.kind[row]
    speed = _walker_kmh(network, step_free=step_free)
    return Change(
        seconds=int(wished_seconds(duration, kind, wishes.rounded(), speed)[0]),
        walk_s=int(_walking(duration, kind, wishes.rounded(), speed)[0]),
        length_m=float(footpaths.length_m[row.start]),
        kind=int(kind[0]),
    )


def wished_seconds(
    duration: NDArray[np.int32], kind: NDArray[np.uint8], wishes: ChangeWishes, walker_kmh: float
) -> NDArray[np.int32]:
    """Seconds that changes take as (rounded) `wishes` have it; `walker_kmh` made `duration`.

    Walks through the streets and straight lines are walked at one's own speed; the time at one
    stop and a published one stay. That times the factor, rounded up, or `min_s` if it is more,
    plus `extra_s`. A guaranteed change stays as it is.
    """
    walk = _walking(duration, kind, wishes, walker_kmh).astype(np.int64)
    scaled = -(-walk * round(100 * wishes.factor) // 100)
    seconds = np.maximum(scaled, wishes.min_s) + wishes.extra_s
    return np.where(kind == GUARANTEED, duration, seconds).astype(np.int32)


def _walking(
    duration: NDArray[np.int32], kind: NDArray[np.uint8], wishes: ChangeWishes, walker_kmh: float
) -> NDArray[np.int32]:
    """The seconds at one's own speed, rounded up, before any slack."""
    if wishes.walk_speed_kmh is None:
        return duration
    tenths = round(10 * wishes.walk_speed_kmh)
    walked = (kind == WALKED) | (kind == STRAIGHT)
    own = -(-duration.astype(np.int64) * round(10 * walker_kmh) // tenths)
    return np.where(walked, own, duration).astype(np.int32)


def _walker_kmh(network: Network, *, step_free: bool) -> float:
    """The speed at which the network's footpaths were walked."""
    without_steps = step_free and network.footpaths_step_free is not None
    return get_profile(profile_of("walk", step_free=without_steps)).speed_kmh


@lru_cache(maxsize=TABLES_KEPT)
def _tables(network: Network, step_free: bool, wishes: ChangeWishes) -> ChangeTables:  # noqa: FBT001 - lru_cache keys by position
    footpaths = footpaths_for(network, step_free=step_free)
    speed = _walker_kmh(network, step_free=step_free)
    duration = wished_seconds(footpaths.duration, footpaths.kind, wishes, speed)
    to = footpaths.to_point
    if (duration != footpaths.duration).any():
        counts = np.diff(footpaths.point_offset)
        order = np.lexsort((duration, np.repeat(np.arange(len(counts)), counts)))
        to, duration = to[order], duration[order]
    table = FootpathTable(
        frozen(footpaths.point_offset, np.int32), frozen(to, np.int32), frozen(duration, np.int32)
    )
    return ChangeTables(table, _transposed(table))


def _transposed(footpaths: FootpathTable) -> FootpathTable:
    """Changes into each point; rows stay sorted by duration."""
    counts = np.diff(footpaths.offset)
    origin = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    order = np.lexsort((footpaths.duration, footpaths.to))
    offset = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(np.bincount(footpaths.to, minlength=len(counts)), out=offset[1:])
    return FootpathTable(
        frozen(offset, np.int32),
        frozen(origin[order], np.int32),
        frozen(footpaths.duration[order], np.int32),
    )
