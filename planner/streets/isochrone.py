"""Where one gets to in so many minutes, as areas on the map.

A lattice of points lies over the network, the same one whatever is asked. Every point of it is
inside exactly when `route` leads there in time; between its points a border is off by half a step
at most, unless what bars the way is narrower than that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.itinerary import Reason, SearchTooLongError
from planner.kernels.isochrone import (
    Outlines,
    Sources,
    extent,
    outline,
    seeds_of,
    time_points,
)
from planner.kernels.stop_buckets import nearby_of
from planner.kernels.street_ends import BACKWARD, FORWARD, Ends
from planner.kernels.sweep import SweepOrder, order_sweep, sweep
from planner.network.kept import kept_by_network
from planner.network.profiles import get_profile
from planner.network.shape import UNREACHED, Int32
from planner.network.store import Network, frozen
from planner.request import Coordinate
from planner.streets.lattice import PATCH, Lattice, Window, make_lattice, patches_of, window_around
from planner.streets.points import MAX_SNAP_M, ends_of_points, joined_ends
from planner.streets.timed import network_at
from planner.streets.weighted import Weighted, weighted

STEP_M: Final = {"walk": 50.0, "bike": 100.0, "car": 200.0}  # between lattice points, our choice
MAX_POINTS: Final = 1_000_000  # of the lattice in one answer: some seconds, and what is kept

Ring = NDArray[np.float64]  # (n, 2) lon, lat in degrees; the last point is the first


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Isochrone:
    """What is reached in a time: valid polygons, apart from each other.

    Each is its outer ring, counter-clockwise, and then its holes, clockwise (RFC 7946).
    """

    limit_s: int
    polygons: tuple[tuple[Ring, ...], ...]


def isochrones(
    network: Network,
    place: Coordinate,
    profile: str,
    limits_s: Sequence[int],
    *,
    backward: bool = False,
    at: datetime | None = None,
    others: tuple[Ends, Int32] | None = None,
) -> tuple[Isochrone, ...] | Reason:
    """Where `profile` gets to from `place` within each limit in seconds, the shortest first.

    The area of a longer time holds that of a shorter one, whichever are asked together.
    backward: from where one gets to `place`. at: with the streets that are open then, as `route`
    takes them. others: points where one is too, such as stops, and
    after how many seconds. SNAPPED_TOO_FAR: no street of the profile lies near the place, nor any
    of the others. Raises SearchTooLongError where the area is too large.
    """
    network = network_at(network, profile, at)
    grid = network.grid
    if grid is None or network.hierarchy is None:
        return Reason.NOT_CONNECTED
    weights = weighted(network, profile)
    direction = BACKWARD if backward else FORWARD
    sources = _sources(network, weights, place, others)
    if not len(sources.street):
        return Reason.SNAPPED_TOO_FAR
    lattice = make_lattice(grid, weights.metric, STEP_M[get_profile(profile).mode])
    beyond = round(lattice.step_m * weights.pace)  # tenths, to walk from a point to the next
    times, window = _times(
        network, weights, sources, lattice, direction, 10 * max(limits_s) + beyond
    )
    home = lattice.find(window, place.lat, place.lon)
    return tuple(
        Isochrone(
            limit_s=limit,
            polygons=_polygons(outline(times, *home, 10 * limit, beyond), lattice, window),
        )
        for limit in sorted(limits_s)
    )


def _times(  # noqa: PLR0917 - what the kernels take
    network: Network,
    weights: Weighted,
    sources: Sources,
    lattice: Lattice,
    direction: int,
    most: int,
) -> tuple[Int32, Window]:
    """Tenths of a second to the lattice points wherever a way of at most `most` may end."""
    streets, metric, pace = network.streets, weights.metric, weights.pace
    if streets is None or network.hierarchy is None or weights.slopes is None:
        msg = "this network has no hierarchy"
        raise ValueError(msg)
    seeds = seeds_of(streets, metric, sources, direction, pace)
    labels = sweep(network.hierarchy, weights.slopes, _sweep_order(network), seeds, direction)
    around = extent(labels, streets, metric, sources, most)
    window = window_around(lattice, around, MAX_SNAP_M)
    if window.rows * window.columns > MAX_POINTS:
        raise SearchTooLongError
    times = np.full((window.rows, window.columns), UNREACHED, np.int32)
    for patch, row, column in patches_of(network, lattice, window):
        time_points(
            labels, streets, metric, sources, patch, PATCH, direction, pace, times, row, column
        )
    return times, window


def _sources(
    network: Network, weights: Weighted, place: Coordinate, others: tuple[Ends, Int32] | None
) -> Sources:
    """The place, and the others."""
    ends = ends_of_points(network, weights.metric, np.array([place.lat]), np.array([place.lon]))
    delay = np.zeros(1, np.int32)
    if others is not None:
        ends = joined_ends(ends, others[0])
        delay = np.concatenate((delay, 10 * others[1]))
    near = nearby_of(ends)
    return Sources(ends, frozen(delay, np.int32), near.street, near.street_stop)


@kept_by_network(1)
def _sweep_order(network: Network) -> SweepOrder:
    if network.hierarchy is None:
        msg = "this network has no hierarchy"
        raise ValueError(msg)
    return SweepOrder(*(frozen(column, np.int32) for column in order_sweep(network.hierarchy)))


def _polygons(lines: Outlines, lattice: Lattice, window: Window) -> tuple[tuple[Ring, ...], ...]:
    """The rings of each part in degrees, at 1e-6 of them, the outer one first."""
    lat = lattice.south + lattice.step_lat * (window.row + lines.row)
    lon = lattice.west + lattice.step_lon * (window.column + lines.column)
    points = np.asarray(np.round(np.column_stack((lon, lat)), 6), np.float64)
    polygons: dict[int, list[Ring]] = {}
    for i, part in enumerate(lines.part.tolist()):
        line = points[lines.offset[i] : lines.offset[i + 1]]
        # GeoJSON wants four points, even of a place that one hardly leaves.
        ring = np.concatenate((line, np.repeat(line[:1], max(1, 4 - len(line)), axis=0)))
        rings = polygons.setdefault(part, [])
        if _turns_left(ring):
            rings.insert(0, ring)
        else:
            rings.append(ring)
    return tuple(map(tuple, polygons.values()))


def _turns_left(ring: Ring) -> bool:
    """Whether a ring goes round counter-clockwise."""
    x, y = (ring - ring[0]).T
    return bool((x[:-1] * y[1:] - x[1:] * y[:-1]).sum() > 0.0)
