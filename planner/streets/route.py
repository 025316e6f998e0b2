"""Questions to the streets: from point to point, from a point to every stop near, and the leg."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

import numpy as np

from planner.itinerary import Place, Reason, SearchTooLongError, StreetLeg, later
from planner.kernels.snap import CANDIDATES
from planner.kernels.stop_buckets import reach_by_buckets
from planner.kernels.stop_ways import reach_by_search
from planner.kernels.street_ends import (
    BACKWARD,
    FORWARD,
    NO_VIA,
    Ends,
    ends_of_stops,
    finish,
    seeds_at,
)
from planner.kernels.street_search import (
    SETTLED,
    STATE,
    Seeds,
    Workspace,
    adjacency_of,
    make_workspace,
    search,
    trace,
)
from planner.network.profiles import get_profile, pace_aside
from planner.network.shape import (
    UNREACHED,
    Int32,
    Metric,
    Streets,
)
from planner.network.store import Network, frozen
from planner.request import Coordinate
from planner.streets.approach import (
    MAX_SNAP_M,
    Approach,
    Aside,
    Endpoint,
    approach,
    links_of,
    snap_point,
)
from planner.streets.comfort import comfort_of, heights_along
from planner.streets.instructions import describe
from planner.streets.path import StreetPath, joined, line_of, point_line, shares_of
from planner.streets.weighted import weighted

MAX_SETTLED: Final = 4_000_000  # nodes one search may settle before it gives up: about a second
_TRIFLE_M: Final = 0.05  # of an end edge that isn't worth telling


class Snap(NamedTuple):
    """Where a point meets the streets."""

    edge: int  # direction +1
    fraction: float  # along that edge, from its tail
    distance_m: float  # straight line from the point


class ReachedStops(NamedTuple):
    """Stops within reach of a place, each once, by stop index."""

    stop: Int32
    duration: Int32  # seconds, rounded up


def find_snaps(
    network: Network,
    coordinate: Coordinate,
    profile: str,
    *,
    max_m: float = MAX_SNAP_M,
    count: int = CANDIDATES,
) -> tuple[Snap, ...]:
    """The streets nearest to a point that `profile` may use, the nearest first; () where none."""
    if network.streets is None:
        return ()
    columns = snap_point(network, coordinate, weighted(network, profile).metric, max_m, count)
    return tuple(map(Snap, *(column.tolist() for column in columns)))


def route(
    network: Network,
    origin: Endpoint,
    destination: Endpoint,
    profile: str,
    *,
    max_s: int,
    max_settled: int = MAX_SETTLED,
) -> StreetPath | Reason:
    """The least-cost way of `profile`, of at most `max_s` seconds, or why there is none.

    SNAPPED_TOO_FAR: no street that `profile` may use lies near an end. TOO_FAR: every way found
    takes longer, and streets lead on. NOT_CONNECTED: they don't. Raises SearchTooLongError once
    `max_settled` nodes were looked at. From a place to itself it takes no time; a stop is left and
    reached through its StopLinks.
    """
    streets = network.streets
    if streets is None:
        return Reason.NOT_CONNECTED
    metric, pace = weighted(network, profile).metric, pace_aside(get_profile(profile))
    start, end = approach(network, origin, profile), approach(network, destination, profile)
    seeds = seeds_at(streets, metric, *start.point, FORWARD, pace)
    targets = seeds_at(streets, metric, *end.point, BACKWARD, pace)
    work = make_workspace(len(streets.node_lat))
    adjacency = adjacency_of(streets, backward=False)
    settled = search(adjacency, metric, seeds, targets, 10 * max_s, max_settled, work)
    if settled >= max_settled:
        raise SearchTooLongError
    last = finish(work.labels, streets, metric, *start.point, *end.point, FORWARD, pace)
    found = _Found(*map(int, last))
    if origin == destination and start.n_snaps:
        found = _Found(0, 0, NO_VIA, NO_VIA)  # nobody leaves a platform to come back to it
    if found.cost >= UNREACHED and not (start.n_snaps and end.n_snaps):
        return Reason.SNAPPED_TOO_FAR
    if found.cost >= UNREACHED and not _lead_on(streets, metric, seeds, work):
        return Reason.NOT_CONNECTED
    if found.cost >= UNREACHED or found.duration > 10 * max_s:
        return Reason.TOO_FAR
    return _path(streets, profile, start, end, found, work)


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
    metric, pace = weighted(network, profile).metric, pace_aside(get_profile(profile))
    direction = BACKWARD if backward else FORWARD
    start = approach(network, place, profile)
    stops = ends_of_stops(network.stops.lat, network.stops.lon, links)
    durations = _looked_up(network, profile, start, stops, direction, 10 * max_s)
    if durations is None:
        work = make_workspace(len(streets.node_lat))
        adjacency = adjacency_of(streets, backward=backward)
        durations, settled = reach_by_search(
            streets,
            adjacency,
            metric,
            *start.point,
            stops,
            direction,
            10 * max_s,
            max_settled,
            pace,
            work,
        )
        if settled >= max_settled:
            raise SearchTooLongError
    stop = np.flatnonzero(durations <= 10 * max_s).astype(np.int32)
    return ReachedStops(stop, (durations[stop] + 9) // 10)


def _looked_up(  # noqa: PLR0917 - what the kernel takes
    network: Network, profile: str, start: Approach, stops: Ends, direction: int, max_ds: int
) -> Int32 | None:
    """Durations to (BACKWARD: from) every stop by the hierarchy; None where it can't tell."""
    hierarchy, streets = network.hierarchy, network.streets
    buckets = network.stop_buckets.get(profile)
    if hierarchy is None or streets is None or buckets is None or max_ds > buckets.max_ds[0]:
        return None
    durations, certain = reach_by_buckets(
        hierarchy,
        network.slopes[profile],
        buckets,
        streets,
        weighted(network, profile).metric,
        *start.point,
        stops,
        direction,
        max_ds,
        pace_aside(get_profile(profile)),
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


class _Found(NamedTuple):
    """What `finish` returns."""

    cost: int
    duration: int
    gate: int
    via: int


def _lead_on(streets: Streets, metric: Metric, seeds: Seeds, work: Workspace) -> bool:
    """Whether open streets lead on from where a forward search stopped."""
    settled = work.labels[:, STATE] == SETTLED
    outward = settled[streets.tail] & ~settled[streets.head] & (metric.cost < UNREACHED)
    waiting = seeds.node[seeds.cost < UNREACHED]
    return bool(outward.any() or not settled[waiting].all())


class _Chain(NamedTuple):
    """Edges in travel order, where the first begins and the last ends, what lies aside of them."""

    edges: Int32
    begin: float
    stop: float
    start: Aside
    end: Aside


def _path(  # noqa: PLR0917 - what the search was given and what it left
    streets: Streets, profile: str, start: Approach, end: Approach, found: _Found, work: Workspace
) -> StreetPath:
    """The path that `finish` found, put together from the labels."""
    if found.gate == NO_VIA:
        straight = Aside(found.duration / pace_aside(get_profile(profile)))
        chain = _Chain(np.empty(0, np.int32), 0.0, 1.0, straight, Aside(0.0))
    else:
        chain = _without_trifles(streets, _chain(streets, start, end, found, work))
    edges, left, entered = chain.edges, chain.start.inside, chain.end.inside
    shares = shares_of(len(edges), chain.begin, chain.stop)
    line, line_offset = line_of(streets, edges, chain.begin, chain.stop)
    lines = [line]
    origin, destination = start.coordinate, end.coordinate
    if left is not None:
        lines.insert(0, point_line(left.place))
    if entered is not None:
        lines.append(point_line(entered.place))
    return StreetPath(
        profile=profile,
        origin=origin,
        destination=destination,
        edges=frozen(edges, np.int32),
        start_fraction=chain.begin,
        end_fraction=chain.stop,
        start_m=chain.start.straight_m,
        end_m=chain.end.straight_m,
        start_inside=left,
        end_inside=entered,
        duration=-(-found.duration // 10),
        cost=found.cost / 10,
        length_m=float(shares @ streets.length_m[edges])
        + chain.start.length_m
        + chain.end.length_m,
        climb_m=float(shares @ streets.climb_m[edges]),
        descent_m=float(shares @ streets.climb_m[streets.reverse[edges]]),
        points=joined(lines, origin, destination),
        line=line,
        line_offset=line_offset,
    )


def _chain(
    streets: Streets, start: Approach, end: Approach, found: _Found, work: Workspace
) -> _Chain:
    """The edges of a way that takes a street."""
    end_snap, side = divmod(found.gate, 2)
    last, stop = end.gate(streets, end_snap, side)
    if found.via != NO_VIA:
        start_snap = found.via
        begin = start.gate(streets, start_snap, side)[1]
        edges = np.array([last], np.int32)
    else:
        back, seed = trace(work.labels, streets.tail, streets.tail[last])
        start_snap, side = divmod(seed, 2)
        first, begin = start.gate(streets, start_snap, side)
        edges = np.concatenate(([first], back[::-1], [last])).astype(np.int32)
    left, entered = start.aside(start_snap, entering=False), end.aside(end_snap, entering=True)
    return _Chain(edges, begin, stop, left, entered)


def _without_trifles(streets: Streets, chain: _Chain) -> _Chain:
    """Without an end edge of which next to nothing is travelled."""
    edges, begin, stop, *aside = chain
    if len(edges) > 1 and (1.0 - begin) * streets.length_m[edges[0]] < _TRIFLE_M:
        edges, begin = edges[1:], 0.0
    if len(edges) > 1 and stop * streets.length_m[edges[-1]] < _TRIFLE_M:
        edges, stop = edges[:-1], 1.0
    return _Chain(edges, begin, stop, *aside)
