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
from planner.network.shape import (
    BIKE_HANDLING_S,
    GUARANTEED,
    RIDDEN,
    STRAIGHT,
    UNREACHED,
    WALKED,
    Footpaths,
    Int32,
)
from planner.network.store import Network, frozen

TABLES_KEPT: Final = 8  # pairs of tables in memory at once


@dataclass(frozen=True, slots=True)
class ChangeWishes:
    """What a traveller wants of changes.

    min_s: every change takes at least so long; extra_s: seconds added to each; factor: times its
    own time, >= 1; walk_speed_kmh, bike_speed_kmh: one's own speeds, None for the profiles'. The
    factor counts in hundredths and speeds in tenths of km/h, so that alike wishes share tables.
    """

    min_s: int = 0
    extra_s: int = 0
    factor: float = 1.0
    walk_speed_kmh: float | None = None
    bike_speed_kmh: float | None = None

    def rounded(self) -> ChangeWishes:
        """The same wishes, as exact as they are kept."""
        walk, bike = (
            None if speed is None else round(speed, 1)
            for speed in (self.walk_speed_kmh, self.bike_speed_kmh)
        )
        return ChangeWishes(self.min_s, self.extra_s, round(self.factor, 2), walk, bike)


class ChangeTables(NamedTuple):
    """Changes out of each transfer point, and into it.

    walked, mirrored_walked: beside them, the seconds on foot of each. All of its way between two
    stops, and never the slack; nothing at one stop or by bicycle. Of a time that the feed or the
    station gives nobody knows how much is walked: all of it counts.
    """

    forward: FootpathTable
    mirrored: FootpathTable
    walked: Int32
    mirrored_walked: Int32


class Change(NamedTuple):
    """One change: all of its seconds, those spent on the way, metres, and Footpaths.kind."""

    seconds: int
    way_s: int
    length_m: float
    kind: int


def footpaths_for(network: Network, *, step_free: bool, mode: str = "walk") -> Footpaths:
    """The changes of whoever can take steps, or of whoever can't; `mode` "bike": with a bicycle.

    Who can't take steps has those on foot, whatever the mode.
    """
    if step_free:
        return network.footpaths_step_free or network.footpaths
    if mode == "bike":
        return network.footpaths_bike or network.footpaths
    return network.footpaths


def change_tables(
    network: Network, *, step_free: bool, wishes: ChangeWishes, mode: str = "walk"
) -> ChangeTables:
    """Every change as `wishes` have it; the same on every day. Rows are sorted by duration.

    mode: as `footpaths_for`. Ways through the streets that take longer at one's own speed than
    the network was compiled for are left out; it knows no longer ones for who is faster.
    """
    return _tables(network, step_free, wishes.rounded(), mode)


def find_change(
    network: Network,
    origin: int,
    destination: int,
    *,
    step_free: bool,
    wishes: ChangeWishes,
    mode: str = "walk",
) -> Change | None:
    """The change between two transfer points, None where there is none."""
    footpaths = footpaths_for(network, step_free=step_free, mode=mode)
    first, end = (int(bound) for bound in footpaths.point_offset[origin : origin + 2])
    found = np.flatnonzero(footpaths.to_point[first:end] == destination)
    if not len(found):
        return None
    row = slice(first + int(found[0]), first + int(found[0]) + 1)
    duration, kind = footpaths.duration[row], footpaths.kind[row]
    speed = _walker_kmh(network, step_free=step_free)
    return Change(
        seconds=int(wished_seconds(duration, kind, wishes.rounded(), speed)[0]),
        way_s=int(_way_s(duration, kind, wishes.rounded(), speed)[0]),
        length_m=float(footpaths.length_m[row.start]),
        kind=int(kind[0]),
    )


def wished_seconds(
    duration: NDArray[np.int32], kind: NDArray[np.uint8], wishes: ChangeWishes, walker_kmh: float
) -> NDArray[np.int32]:
    """Seconds that changes take as (rounded) `wishes` have it; `walker_kmh` made `duration`.

    Ways through the streets and straight lines are taken at one's own speed; the time at one
    stop and a published one stay. That times the factor, rounded up, or `min_s` if it is more,
    plus `extra_s`. A guaranteed change stays as it is.
    """
    handling = np.where(kind == RIDDEN, BIKE_HANDLING_S, 0)
    own = _way_s(duration, kind, wishes, walker_kmh).astype(np.int64) + handling
    scaled = -(-own * round(100 * wishes.factor) // 100)
    seconds = np.maximum(scaled, wishes.min_s) + wishes.extra_s
    return np.where(kind == GUARANTEED, duration, seconds).astype(np.int32)


def _way_s(
    duration: NDArray[np.int32], kind: NDArray[np.uint8], wishes: ChangeWishes, walker_kmh: float
) -> NDArray[np.int32]:
    """The seconds on the way at one's own speed, rounded up, before any slack."""
    walked, ridden = (kind == WALKED) | (kind == STRAIGHT), kind == RIDDEN
    seconds = duration - np.where(ridden, np.int32(BIKE_HANDLING_S), np.int32(0))
    for chosen, usual, own in (
        (walked, walker_kmh, wishes.walk_speed_kmh),
        (ridden, get_profile("bike").flat_kmh, wishes.bike_speed_kmh),
    ):
        if own is not None:
            slower = -(-seconds.astype(np.int64) * round(10 * usual) // round(10 * own))
            seconds = np.where(chosen, slower, seconds).astype(np.int32)
    return seconds


def _walker_kmh(network: Network, *, step_free: bool) -> float:
    """The speed at which the network's footpaths were walked."""
    without_steps = step_free and network.footpaths_step_free is not None
    return get_profile(profile_of("walk", step_free=without_steps)).speed_kmh


@lru_cache(maxsize=TABLES_KEPT)
def _tables(network: Network, step_free: bool, wishes: ChangeWishes, mode: str) -> ChangeTables:  # noqa: FBT001 - lru_cache keys by position
    footpaths = footpaths_for(network, step_free=step_free, mode=mode)
    offset, to, kind = footpaths.point_offset, footpaths.to_point, footpaths.kind
    speed = _walker_kmh(network, step_free=step_free)
    duration = wished_seconds(footpaths.duration, kind, wishes, speed)
    walked = _walked_s(network, footpaths, wishes, speed)
    if (duration != footpaths.duration).any():
        origin = _origins(offset)
        kept = np.flatnonzero(~_too_long(network, footpaths, wishes, speed))
        order = kept[np.lexsort((duration[kept], origin[kept]))]
        offset = frozen(np.searchsorted(origin[order], np.arange(len(offset))), np.int32)
        to, duration, walked = to[order], duration[order], walked[order]
    table = FootpathTable(
        frozen(offset, np.int32), frozen(to, np.int32), frozen(duration, np.int32)
    )
    by_destination = np.lexsort((duration, to))
    return ChangeTables(
        table,
        _transposed(table, by_destination),
        frozen(walked, np.int32),
        frozen(walked[by_destination], np.int32),
    )


def _walked_s(
    network: Network, footpaths: Footpaths, wishes: ChangeWishes, walker_kmh: float
) -> NDArray[np.int32]:
    """Seconds on foot of each change, as `ChangeTables` has them."""
    point_stop = network.timetable.point_stop
    origin = point_stop[_origins(footpaths.point_offset)]
    still = (origin == point_stop[footpaths.to_point]) | (footpaths.kind == RIDDEN)
    way_s = _way_s(footpaths.duration, footpaths.kind, wishes, walker_kmh)
    return np.where(still, np.int32(0), way_s)


def _too_long(
    network: Network, footpaths: Footpaths, wishes: ChangeWishes, walker_kmh: float
) -> NDArray[np.bool_]:
    """Ways that one's own speed draws out beyond what was compiled."""
    way_s = _way_s(footpaths.duration, footpaths.kind, wishes, walker_kmh)
    longest = np.full(len(way_s), UNREACHED, np.int32)
    for kind, name in ((WALKED, "walk"), (STRAIGHT, "walk"), (RIDDEN, "ride")):
        most = network.manifest.get(f"max_transfer_{name}", UNREACHED)
        longest[footpaths.kind == kind] = most
    return np.asarray(way_s > longest)


def _origins(offset: Int32) -> Int32:
    """The point that each row belongs to."""
    counts = np.diff(offset)
    return np.repeat(np.arange(len(counts), dtype=np.int32), counts)


def _transposed(footpaths: FootpathTable, order: NDArray[np.int64]) -> FootpathTable:
    """Changes into each point, their rows in `order`: by that point, then by duration."""
    n_points = len(footpaths.offset) - 1
    offset = np.zeros(n_points + 1, np.int64)
    np.cumsum(np.bincount(footpaths.to, minlength=n_points), out=offset[1:])
    return FootpathTable(
        frozen(offset, np.int32),
        frozen(_origins(footpaths.offset)[order], np.int32),
        frozen(footpaths.duration[order], np.int32),
    )
