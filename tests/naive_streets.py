"""The slow and obvious answers about streets: relax until nothing changes, measure everything."""

import math

import numpy as np
import shapely
from hypothesis import strategies as st

from planner.kernels.street_ends import Ends, Snaps
from planner.network import shape
from planner.network.store import frozen

EARTH_M = 6_371_008.8
FAR = int(shape.UNREACHED)


def all_costs(streets, metric, seeds, *, backward=False):
    """Least (cost, duration) from the seeds {node: (cost, duration)} to every node."""
    best = [(FAR, FAR)] * len(streets.node_lat)
    for node, label in seeds.items():
        best[node] = min(best[node], label)
    tails, heads = streets.tail.tolist(), streets.head.tolist()
    if backward:
        tails, heads = heads, tails
    edges = list(zip(tails, heads, metric.cost.tolist(), metric.duration_ds.tolist(), strict=True))
    changed = True
    while changed:
        changed = False
        for tail, head, cost, duration in edges:
            label = (best[tail][0] + cost, best[tail][1] + duration)
            if label[0] < FAR and label < best[head]:
                best[head], changed = label, True
    return best


def nearest_streets(streets, cost, lat, lon):
    """(metres, edge) of every street that is open one way at least, by shapely, nearest first."""
    x = math.radians(EARTH_M) * math.cos(math.radians(lat))
    y = math.radians(EARTH_M)
    found = []
    for edge in np.flatnonzero((streets.direction > 0) & (streets.length_m > 0)).tolist():
        if min(cost[edge], cost[streets.reverse[edge]]) < FAR:
            first = streets.shape_offset[edge]
            part = slice(first, first + streets.shape_count[edge])
            line = np.column_stack(
                ((streets.shape_lon[part] - lon) * x, (streets.shape_lat[part] - lat) * y)
            )
            found.append((shapely.LineString(line).distance(shapely.Point(0, 0)), edge))
    return sorted(found)


def least_way(streets, metric, start, end, pace):
    """(cost, duration) of the best way over streets between two points.

    Each is a list of its snaps [(edge, fraction, metres, seconds to it from there, and back)].
    """
    best = (FAR, FAR)
    start = [(*snap, m * pace + 10 * leave_s) for *snap, m, _, leave_s in start if leave_s < FAR]
    end = [(*snap, m * pace + 10 * enter_s) for *snap, m, enter_s, _ in end if enter_s < FAR]
    for edge, fraction, away in start:
        for gate, at in ((edge, fraction), (streets.reverse[edge], 1.0 - fraction)):
            if metric.cost[gate] >= FAR:
                continue
            seed = _part(metric, gate, 1.0 - at, away)
            costs = all_costs(streets, metric, {int(streets.head[gate]): seed})
            for other, share, away_too in end:
                for last, to in ((other, share), (streets.reverse[other], 1.0 - share)):
                    if metric.cost[last] >= FAR:
                        continue
                    before = costs[streets.tail[last]]
                    part = _part(metric, last, to, away_too)
                    best = min(best, (before[0] + part[0], before[1] + part[1]))
                    if last == gate and to >= at:
                        best = min(best, _part(metric, gate, to - at, away + away_too))
    return best


def _part(metric, edge, share, straight):
    return tuple(
        int(share * column[edge] + straight + 0.5) for column in (metric.cost, metric.duration_ds)
    )


def ends_of(points, snaps):
    """Ends for the kernels: points [(lat, lon)] and for each its snaps, as in `least_way`."""
    lat, lon = np.array(points, np.float64).reshape(-1, 2).T
    rows = [row for of_point in snaps for row in of_point]
    columns = np.array(rows, np.float64).reshape(-1, 5).T
    return Ends(
        frozen(lat, np.float64),
        frozen(lon, np.float64),
        frozen(np.cumsum([0, *map(len, snaps)]), np.int32),
        Snaps(*map(frozen, columns, (np.int32, np.float32, np.float32, np.int32, np.int32))),
    )


@st.composite
def street_drawings(draw):
    """A drawing of a small town and its ways: crooked, one way, closed to cars, on steps."""
    rows, columns = draw(st.integers(2, 4)), draw(st.integers(2, 4))
    letters = iter("ABCDEFGHIJKLMNOP")
    grid = [[next(letters) for _ in range(columns)] for _ in range(rows)]
    gap = draw(st.integers(0, 2))
    text = "\n".join((" " * gap).join(row) for row in grid)
    sides = [(r, c, r, c + 1) for r in range(rows) for c in range(columns - 1)]
    sides += [(r, c, r + 1, c) for r in range(rows - 1) for c in range(columns)]
    kinds = st.sampled_from([
        {"highway": "residential"}, {"highway": "footway"}, {"highway": "steps"},
        {"highway": "residential", "oneway": "yes", "oneway:foot": "yes"},
        {"highway": "primary", "oneway": "yes"}, {"highway": "service", "access": "private"},
        None,
    ])  # fmt: skip
    ways = {}
    for r, c, r2, c2 in sides:
        tags = draw(kinds)
        if tags is not None:
            ends = (grid[r][c], grid[r2][c2])
            ways["".join(ends if draw(st.booleans()) else ends[::-1])] = tags
    if not ways:
        ways[grid[0][0] + grid[0][1]] = {"highway": "residential"}
    return text, ways
