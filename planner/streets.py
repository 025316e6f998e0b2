"""Questions to the streets: from point to point, from a point to every stop near, and the leg."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, NamedTuple

import numpy as np

from planner.instructions import describe
from planner.itinerary import Place, Reason, SearchTooLongError, StreetLeg
from planner.kernels.snap import CANDIDATES, SPREAD_M, snap
from planner.kernels.street_ends import (
    BACKWARD,
    FORWARD,
    NO_VIA,
    Ends,
    Snaps,
    ends_of_stops,
    finish,
    finish_all,
    seeds_at,
)
from planner.kernels.street_search import (
    NO_SEEDS,
    SETTLED,
    STATE,
    Seeds,
    Workspace,
    adjacency_of,
    make_workspace,
    search,
    trace,
)
from planner.network.profiles import get_profile
from planner.network.shape import NONE, UNREACHED, Float64, Int32, Metric, StopLinks, Streets
from planner.network.store import Network, frozen
from planner.request import Coordinate
from planner.street_path import StreetPath, joined, lines_of, shares_of

Endpoint = Coordinate | int  # a point on the ground, or a stop by its index

MAX_SNAP_M: Final = 250.0  # a street farther than this is no answer to "where am I"
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
    snaps = _snap(network, coordinate, network.metrics[profile], max_m, count)
    columns = (snaps.edge.tolist(), snaps.fraction.tolist(), snaps.distance_m.tolist())
    return tuple(map(Snap, *columns))


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
    metric, pace = network.metrics[profile], _pace(profile)
    start, end = _end(network, origin, metric), _end(network, destination, metric)
    seeds = seeds_at(streets, metric, *start, FORWARD, pace)
    targets = seeds_at(streets, metric, *end, BACKWARD, pace)
    work = make_workspace(len(streets.node_lat))
    adjacency = adjacency_of(streets, backward=False)
    settled = search(adjacency, metric, seeds, targets, 10 * max_s, max_settled, work)
    if settled >= max_settled:
        raise SearchTooLongError
    last = finish(work.labels, streets, metric, *start, *end, FORWARD, pace)
    found = _Found(*map(int, last))
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
    streets, links = network.streets, network.stop_links
    if streets is None or links is None:
        return ReachedStops(np.empty(0, np.int32), np.empty(0, np.int32))
    metric, pace = network.metrics[profile], _pace(profile)
    direction = BACKWARD if backward else FORWARD
    start = _end(network, place, metric)
    seeds = seeds_at(streets, metric, *start, direction, pace)
    work = make_workspace(len(streets.node_lat))
    adjacency = adjacency_of(streets, backward=backward)
    settled = search(adjacency, metric, seeds, NO_SEEDS, 10 * max_s, max_settled, work)
    if settled >= max_settled:
        raise SearchTooLongError
    stops = ends_of_stops(network.stops.lat, network.stops.lon, links)
    durations = finish_all(work.labels, streets, metric, *start, stops, direction, pace)
    stop = np.flatnonzero(durations <= 10 * max_s).astype(np.int32)
    return ReachedStops(stop, (durations[stop] + 9) // 10)


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
        origin=origin,
        destination=destination,
        start=start,
        end=start + timedelta(seconds=path.duration),
        length_m=path.length_m,
        points=path.points,
        steps=describe(network, path),
        climb_m=path.climb_m,
        descent_m=path.descent_m,
    )


class _Found(NamedTuple):
    """What `finish` returns."""

    cost: int
    duration: int
    gate: int
    via: int


class _End(NamedTuple):
    """An endpoint as the kernels take it: points, and which of them it is."""

    ends: Ends
    number: int

    def gate(self, streets: Streets, snap: int, side: int) -> tuple[int, float]:
        """The edge of one of its snaps' gates, and where on it the snap lies."""
        at = self.ends.snap_offset[self.number] + snap
        edge, fraction = int(self.ends.snaps.edge[at]), float(self.ends.snaps.fraction[at])
        return (int(streets.reverse[edge]), 1.0 - fraction) if side else (edge, fraction)

    def distance_m(self, snap: int) -> float:
        """Metres from the point to one of its snaps."""
        return float(self.ends.snaps.distance_m[self.ends.snap_offset[self.number] + snap])

    @property
    def n_snaps(self) -> int:
        """How many snaps it has."""
        offset = self.ends.snap_offset
        return int(offset[self.number + 1] - offset[self.number])

    @property
    def coordinate(self) -> Coordinate:
        """Where it lies."""
        return Coordinate(float(self.ends.lat[self.number]), float(self.ends.lon[self.number]))


def _lead_on(streets: Streets, metric: Metric, seeds: Seeds, work: Workspace) -> bool:
    """Whether open streets lead on from where a forward search stopped."""
    settled = work.labels[:, STATE] == SETTLED
    outward = settled[streets.tail] & ~settled[streets.head] & (metric.cost < UNREACHED)
    waiting = seeds.node[seeds.cost < UNREACHED]
    return bool(outward.any() or not settled[waiting].all())


class _Chain(NamedTuple):
    """Edges in travel order, where the first begins and the last ends, the straight lines."""

    edges: Int32
    begin: float
    stop: float
    start_m: float
    end_m: float


def _path(  # noqa: PLR0917 - what the search was given and what it left
    streets: Streets, profile: str, start: _End, end: _End, found: _Found, work: Workspace
) -> StreetPath:
    """The path that `finish` found, put together from the labels."""
    if found.gate == NO_VIA:
        straight_m = found.duration / _pace(profile)
        chain = _Chain(np.empty(0, np.int32), 0.0, 1.0, straight_m, 0.0)
    else:
        chain = _without_trifles(streets, _chain(streets, start, end, found, work))
    edges = chain.edges
    shares = shares_of(len(edges), chain.begin, chain.stop)
    lines = lines_of(streets, edges, chain.begin, chain.stop)
    return StreetPath(
        profile=profile,
        origin=start.coordinate,
        destination=end.coordinate,
        edges=frozen(edges, np.int32),
        start_fraction=chain.begin,
        end_fraction=chain.stop,
        start_m=chain.start_m,
        end_m=chain.end_m,
        duration=-(-found.duration // 10),
        cost=found.cost / 10,
        length_m=float(shares @ streets.length_m[edges]) + chain.start_m + chain.end_m,
        climb_m=float(shares @ streets.climb_m[edges]),
        descent_m=float(shares @ streets.climb_m[streets.reverse[edges]]),
        points=joined(lines, start.coordinate, end.coordinate),
    )


def _chain(streets: Streets, start: _End, end: _End, found: _Found, work: Workspace) -> _Chain:
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
    return _Chain(edges, begin, stop, start.distance_m(start_snap), end.distance_m(end_snap))


def _without_trifles(streets: Streets, chain: _Chain) -> _Chain:
    """Without an end edge of which next to nothing is travelled."""
    edges, begin, stop, *straight = chain
    if len(edges) > 1 and (1.0 - begin) * streets.length_m[edges[0]] < _TRIFLE_M:
        edges, begin = edges[1:], 0.0
    if len(edges) > 1 and stop * streets.length_m[edges[-1]] < _TRIFLE_M:
        edges, stop = edges[:-1], 1.0
    return _Chain(edges, begin, stop, *straight)


def _end(network: Network, endpoint: Endpoint, metric: Metric) -> _End:
    """The endpoint with its snaps: a stop's links, if any of them is open here."""
    stops, streets, links = network.stops, network.streets, network.stop_links
    if isinstance(endpoint, Coordinate):
        place = endpoint
    elif streets is not None and links is not None and _is_open(streets, links, metric, endpoint):
        return _End(ends_of_stops(stops.lat, stops.lon, links), endpoint)
    else:
        place = Coordinate(float(stops.lat[endpoint]), float(stops.lon[endpoint]))
    snaps = _snap(network, place, metric, MAX_SNAP_M, CANDIDATES)
    offset = frozen(np.array([0, len(snaps.edge)]), np.int32)
    return _End(Ends(*_columns(place), offset, snaps), 0)


def _is_open(streets: Streets, links: StopLinks, metric: Metric, stop: int) -> bool:
    """Whether the profile may use one of a stop's links, which were made for walking."""
    edge = links.edge[links.stop_offset[stop] : links.stop_offset[stop + 1]]
    both = np.concatenate((edge, streets.reverse[edge]))
    return bool((metric.cost[both] < UNREACHED).any())


def _snap(network: Network, place: Coordinate, metric: Metric, max_m: float, count: int) -> Snaps:
    """The snaps of one point, without the rows' empty ends."""
    streets, grid = network.streets, network.grid
    if streets is None or grid is None:
        return Snaps(*(frozen(np.empty(0), dtype) for dtype in (np.int32, np.float32, np.float32)))
    rows = snap(streets, grid, metric.cost, *_columns(place), count, max_m, SPREAD_M)
    found = rows[0][0] != NONE
    return Snaps(*(frozen(row[0][found], row.dtype) for row in rows))


def _columns(place: Coordinate) -> tuple[Float64, Float64]:
    """A point as columns of one row."""
    return frozen(np.array([place.lat]), np.float64), frozen(np.array([place.lon]), np.float64)


def _pace(profile: str) -> float:
    """Tenths of a second for a metre off the streets, walked whatever the profile rides."""
    own = get_profile(profile)
    walker = own if own.mode == "walk" else get_profile("walk")
    return 36.0 / walker.speed_kmh
