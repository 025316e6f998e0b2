"""Questions to the streets: from point to point, from a point to every stop near, and the leg."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final, NamedTuple

import numpy as np

from planner.itinerary import Place, Reason, SearchTooLongError, StreetLeg, later
from planner.kernels.stop_buckets import reach_by_buckets
from planner.kernels.stop_ways import reach_by_search
from planner.kernels.street_ends import BACKWARD, FORWARD, NO_VIA, Ends, ends_of_stops
from planner.kernels.street_line import DrawnWay, draw_way
from planner.kernels.street_search import adjacency_of, make_workspace
from planner.kernels.street_way import Way, find_way
from planner.network.shape import UNREACHED, Int32, Streets
from planner.network.store import Network, frozen
from planner.request import Coordinate
from planner.streets.approach import Approach, Aside, Endpoint, approach, links_of
from planner.streets.comfort import comfort_of, heights_along
from planner.streets.instructions import describe
from planner.streets.path import StreetPath
from planner.streets.searched import MAX_SETTLED, Limits, search_way
from planner.streets.timed import network_at
from planner.streets.weighted import Weighted, weighted

_TRIFLE_M: Final = 0.05  # of an end edge that isn't worth telling
_STAY: Final = Way(0, 0, NO_VIA, NO_VIA, frozen(np.empty(0), np.int32))


class Snap(NamedTuple):
    """Where a point meets the streets."""

    edge: int  # direction +1
    fraction: float  # along that edge, from its tail
    distance_m: float  # straight line from the point


class ReachedStops(NamedTuple):
    """Stops within reach of a place, each once, by stop index."""

    stop: Int32
    duration: Int32  # seconds, rounded up


def find_snaps(network: Network, coordinate: Coordinate, profile: str) -> tuple[Snap, ...]:
    """The streets nearest to a point that `profile` may use, the nearest first; () where none."""
    if network.streets is None:
        return ()
    snaps = approach(network, coordinate, profile).ends.snaps
    columns = (snaps.edge, snaps.fraction, snaps.distance_m)
    return tuple(map(Snap, *(column.tolist() for column in columns)))


def route(
    network: Network,
    origin: Endpoint,
    destination: Endpoint,
    profile: str,
    *,
    max_s: int,
    at: datetime | None = None,
    max_settled: int = MAX_SETTLED,
) -> StreetPath | Reason:
    """The least-cost way of `profile`, of at most `max_s` seconds, or why there is none.

    SNAPPED_TOO_FAR: no street that `profile` may use lies near an end. TOO_FAR: the way takes
    longer. NOT_CONNECTED: there is none, however long. From a place to itself it takes no time; a
    stop is left and reached through its StopLinks.

    at: when one sets off. A street that is closed at that time isn't part of the way, whenever one
    would get there. None: streets are as open as outside the hours of their conditions.

    The way goes through the network's hierarchy. Where there is none it is searched for: a search
    that ends at `max_s` while streets lead on says TOO_FAR, and one that has looked at
    `max_settled` nodes raises SearchTooLongError.
    """
    network = network_at(network, profile, at)
    streets, hierarchy = network.streets, network.hierarchy
    if streets is None:
        return Reason.NOT_CONNECTED
    weights = weighted(network, profile)
    start, end = approach(network, origin, profile), approach(network, destination, profile)
    limits = Limits(max_s, max_settled)
    way: Way | Reason
    if origin == destination and start.n_snaps:
        way = _STAY  # nobody leaves a platform to come back to it
    elif hierarchy is not None and weights.slopes is not None:
        common = (hierarchy, weights.slopes, streets, weights.metric)
        way = Way(*find_way(*common, *start.point, *end.point, weights.pace))
    else:
        way = search_way(streets, weights.metric, weights.pace, start, end, limits)
    if isinstance(way, Reason) or way.cost >= UNREACHED:
        if not (start.n_snaps and end.n_snaps):
            return Reason.SNAPPED_TOO_FAR
        return way if isinstance(way, Reason) else Reason.NOT_CONNECTED
    if way.duration > 10 * max_s:
        return Reason.TOO_FAR
    return replace(_path(streets, weights, start, end, way), at=at)


def reach_stops(
    network: Network,
    place: Endpoint,
    profile: str,
    *,
    max_s: int,
    backward: bool,
    max_settled: int = MAX_SETTLED,
) -> ReachedStops:
    """Stops that `profile` reaches from `place` in `max_s` seconds; `backward`: that reach it.

    Raises SearchTooLongError once `max_settled` nodes were looked at.
    """
    streets, links = network.streets, links_of(network, profile)
    if streets is None or links is None:
        return ReachedStops(np.empty(0, np.int32), np.empty(0, np.int32))
    weights = weighted(network, profile)
    direction = BACKWARD if backward else FORWARD
    start = approach(network, place, profile)
    stops = ends_of_stops(network.stops.lat, network.stops.lon, links)
    durations = _looked_up(network, weights, start, stops, direction, 10 * max_s)
    if durations is None:
        work = make_workspace(len(streets.node_lat))
        adjacency = adjacency_of(streets, backward=backward)
        durations, settled = reach_by_search(
            streets,
            adjacency,
            weights.metric,
            *start.point,
            stops,
            direction,
            10 * max_s,
            max_settled,
            weights.pace,
            work,
        )
        if settled >= max_settled:
            raise SearchTooLongError
    stop = np.flatnonzero(durations <= 10 * max_s).astype(np.int32)
    return ReachedStops(stop, (durations[stop] + 9) // 10)


def _looked_up(  # noqa: PLR0917 - what the kernel takes
    network: Network, weights: Weighted, start: Approach, stops: Ends, direction: int, max_ds: int
) -> Int32 | None:
    """Durations to (BACKWARD: from) every stop by the hierarchy; None where it can't tell."""
    hierarchy, streets = network.hierarchy, network.streets
    buckets, slopes = network.stop_buckets.get(weights.profile), weights.slopes
    if hierarchy is None or streets is None or slopes is None or buckets is None:
        return None
    if max_ds > buckets.max_ds[0]:
        return None
    durations, certain = reach_by_buckets(
        hierarchy,
        slopes,
        buckets,
        streets,
        weights.metric,
        *start.point,
        stops,
        direction,
        max_ds,
        weights.pace,
    )
    return durations if certain else None


def street_leg(  # noqa: PLR0917 - a leg is these five
    network: Network,
    path: StreetPath,
    mode: str,
    origin: Place,
    destination: Place,
    start: datetime,
) -> StreetLeg:
    """The leg of an itinerary that follows `path` from `start` on, with its steps."""
    network = network_at(network, path.profile, path.at)
    return StreetLeg(
        mode=mode,
        profile=path.profile,
        origin=origin,
        destination=destination,
        start=start,
        end=later(start, path.duration),
        length_m=path.length_m,
        points=path.points,
        steps=describe(network, path),
        climb_m=path.climb_m,
        descent_m=path.descent_m,
        heights=() if network.streets is None else heights_along(network.streets, path),
        comfort=comfort_of(network, path) if mode == "bike" else None,
    )


def _path(
    streets: Streets, weights: Weighted, start: Approach, end: Approach, way: Way
) -> StreetPath:
    """The way that was found, with its line and what adds up along it."""
    begin, stop = 0.0, 1.0
    left, entered = Aside(way.duration / weights.pace), Aside(0.0)  # straight across
    if way.end != NO_VIA:
        begin, stop = start.share(way.start), end.share(way.end)
        left = start.aside(way.start // 2, entering=False)
        entered = end.aside(way.end // 2, entering=True)
    drawn = DrawnWay(*draw_way(streets, frozen(way.edges, np.int32), begin, stop, _TRIFLE_M))
    return StreetPath(
        profile=weights.profile,
        origin=start.coordinate,
        destination=end.coordinate,
        edges=frozen(way.edges[drawn.first : drawn.end], np.int32),
        start_fraction=drawn.begin,
        end_fraction=drawn.stop,
        start_m=left.straight_m,
        end_m=entered.straight_m,
        start_inside=left.inside,
        end_inside=entered.inside,
        duration=-(-way.duration // 10),
        cost=way.cost / 10,
        length_m=drawn.length_m + left.length_m + entered.length_m,
        climb_m=drawn.climb_m,
        descent_m=drawn.descent_m,
        line=drawn.line,
        line_offset=drawn.offset,
    )
