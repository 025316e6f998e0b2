"""What must hold of a way through the streets, however it was found, and another way to find it."""

import math
from itertools import pairwise

import numpy as np

from planner.itinerary import Reason
from planner.kernels.street_ends import NO_VIA
from planner.kernels.street_way import Way, find_way
from planner.network import shape
from planner.network.metrics import ENDS_PENALTY_S
from planner.streets.approach import approach
from planner.streets.searched import MAX_SETTLED, Limits, search_way
from planner.streets.weighted import weighted

FAR = int(shape.UNREACHED)
FOREVER = Limits(10**8, MAX_SETTLED)
NOWHERE = (FAR, FAR)


def both_ways(network, origin, destination, profile):
    """The way through the hierarchy, and the one of a search: both with an end and its seeds."""
    weights = weighted(network, profile)
    ends = [approach(network, place, profile) for place in (origin, destination)]
    common = (network.hierarchy, weights.slopes, network.streets, weights.metric)
    found = find_way(*common, *ends[0].point, *ends[1].point, weights.pace)
    searched = search_way(network.streets, weights.metric, weights.pace, *ends, FOREVER)
    return found, None if isinstance(searched, Reason) else searched, ends


def check_way(network, profile, way, ends):
    """A way's edges join each other, are open, and cost what it costs: whole numbers, added up."""
    streets, weights = network.streets, weighted(network, profile)
    metric = weights.metric
    edges = way.edges.tolist()
    if way.end == NO_VIA:
        assert not edges
        assert way.cost == way.duration
        return
    assert (metric.cost[way.edges] < FAR).all()
    assert (streets.head[edges[:-1]] == streets.tail[edges[1:]]).all()
    begin, stop = ends[0].share(way.start), ends[1].share(way.end)
    aside = [_aside_ds(ends[0], way.start, "leave_s", weights.pace)]
    aside.append(_aside_ds(ends[1], way.end, "enter_s", weights.pace))
    if len(edges) == 1:
        share, straight = stop - begin, sum(aside)
        assert share >= 0.0
        parts = [(_cost(metric, edges[0], share, 0), share * metric.duration_ds[edges[0]])]
        assert (way.cost, way.duration) == tuple(int(p + straight + 0.5) for p in parts[0])
        return
    first, last = edges[0], edges[-1]
    penalty = _penalty(metric, last)
    cost = [_cost(metric, first, 1.0 - begin, 0), _cost(metric, last, stop, penalty)]
    time = [(1.0 - begin) * metric.duration_ds[first], stop * metric.duration_ds[last]]
    for total, ends_of_it, column in ((way.cost, cost, 1), (way.duration, time, 0)):
        between = int(metric[column][edges[1:-1]].sum(dtype=np.int64))
        assert total == between + sum(
            int(a + b + 0.5) for a, b in zip(ends_of_it, aside, strict=True)
        )


def _aside_ds(end, seed, inside, pace):
    at = int(end.ends.snap_offset[end.number]) + seed // 2
    snaps = end.ends.snaps
    return float(snaps.distance_m[at]) * pace + 10.0 * int(getattr(snaps, inside)[at])


def _penalty(metric, edge):
    extra = int(metric.cost[edge]) - int(metric.duration_ds[edge])
    return 10 * int(ENDS_PENALTY_S) if extra >= 10 * ENDS_PENALTY_S else 0


def _cost(metric, edge, share, entering):
    return share * (int(metric.cost[edge]) - _penalty(metric, edge)) + entering


def compare(network, profile, pairs):
    """Every pair's way equals the search's in cost and duration -> how many pairs have one."""
    joined = 0
    for origin, destination in pairs:
        found, searched, ends = both_ways(network, origin, destination, profile)
        expected = NOWHERE if searched is None else (searched.cost, searched.duration)
        assert (found.cost, found.duration) == expected, (origin, destination)
        if searched is not None:
            joined += 1
            check_way(network, profile, Way(*found), ends)
            check_way(network, profile, searched, ends)
    return joined


def slow_line(streets, edges, begin, stop):
    """The points of each edge in travel order, the first and the last edge cut to their shares."""
    lines = []
    for i, edge in enumerate(edges):
        first = streets.shape_offset[edge]
        part = slice(first, first + streets.shape_count[edge])
        points = list(zip(streets.shape_lat[part], streets.shape_lon[part], strict=True))
        points = points[:: int(streets.direction[edge])]
        start, end = begin if i == 0 else 0.0, stop if i == len(edges) - 1 else 1.0
        lines.append(_cut(points, start, end) if start > 0.0 or end < 1.0 else points)
    return lines


def _cut(points, start, end):
    east = math.cos(math.radians(points[0][0]))
    along = [0.0]
    for (lat, lon), (then_lat, then_lon) in pairwise(points):
        along.append(along[-1] + math.hypot(then_lat - lat, (then_lon - lon) * east))
    lat, lon = zip(*points, strict=True)
    ends = [start * along[-1], end * along[-1]]
    inner = [at for at in along if ends[0] < at < ends[1]]
    wanted = [ends[0], *inner, ends[1]]
    return list(zip(np.interp(wanted, along, lat), np.interp(wanted, along, lon), strict=True))
