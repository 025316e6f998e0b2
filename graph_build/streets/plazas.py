"""Ways across squares: straight lines between the places where streets meet their rim (C11).

OSM draws a square as the outline of an area. People cross it, so each two of its entries that see
each other within it get a street of their own, with the square's tags.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from graph_build.streets.ways import StreetWays

_MAX_ENTRIES: Final = 24  # of one square: at most 276 lines; a larger square is walked by its rim
_TOUCH: Final = 1e-7  # degrees by which a line may leave the area (the grain of OSM's coordinates)


def cross_plazas(ways: StreetWays) -> StreetWays:
    """Add the pairs that cross squares; `crossing` tells them from what was mapped."""
    plaza_pair = np.flatnonzero(ways.is_area[ways.way])
    if len(plaza_pair) == 0:
        return ways
    visits = np.bincount(np.concatenate([ways.first, ways.last]), minlength=len(ways.node_lat))
    # squares: the pairs of one OSM object; a relation's rings are ways of one id
    key = ways.way_id[ways.way[plaza_pair]]
    order = np.argsort(key, kind="stable")
    bounds = np.flatnonzero(np.diff(key[order])) + 1
    found = [_cross(ways, pairs, visits) for pairs in np.split(plaza_pair[order], bounds.tolist())]
    lines = np.concatenate([np.zeros((3, 0), np.int32), *found], axis=1)
    return ways._replace(
        first=np.concatenate([ways.first, lines[0]]),
        last=np.concatenate([ways.last, lines[1]]),
        way=np.concatenate([ways.way, lines[2]]),
        crossing=np.concatenate([ways.crossing, np.ones(lines.shape[1], bool)]),
    )


def _cross(
    ways: StreetWays, pairs: NDArray[np.int64], visits: NDArray[np.int64]
) -> NDArray[np.int32]:
    """(3, n): first node, last node and way of the lines across one square."""
    nothing = np.zeros((3, 0), np.int32)
    nodes = np.unique(ways.first[pairs])
    entries = nodes[visits[nodes] > 2]  # noqa: PLR2004 - more than the rim's own two pairs
    if not 2 <= len(entries) <= _MAX_ENTRIES:  # noqa: PLR2004 - a line has two ends
        return nothing
    area = _draw_area(ways, pairs)
    a, b = np.triu_indices(len(entries), 1)
    first, last = entries[a], entries[b]
    rim = {
        frozenset(p)
        for p in zip(ways.first[pairs].tolist(), ways.last[pairs].tolist(), strict=True)
    }
    seen = shapely.covers(area, _draw_lines(ways, first, last))
    seen &= [frozenset(p) not in rim for p in zip(first.tolist(), last.tolist(), strict=True)]
    way = np.full(int(seen.sum()), ways.way[pairs[0]])
    return np.stack([first[seen], last[seen], way]).astype(np.int32)


def _draw_area(ways: StreetWays, pairs: NDArray[np.int64]) -> shapely.Geometry:
    """The square's area, fountains and all other holes left out."""
    sides = _draw_lines(ways, ways.first[pairs], ways.last[pairs])
    area = shapely.build_area(shapely.GeometryCollection(list(sides)))
    grown = shapely.buffer(area, _TOUCH)
    shapely.prepare(grown)
    return grown


def _draw_lines(
    ways: StreetWays, first: NDArray[np.int32], last: NDArray[np.int32]
) -> NDArray[np.object_]:
    lon = np.stack([ways.node_lon[first], ways.node_lon[last]], axis=1)
    lat = np.stack([ways.node_lat[first], ways.node_lat[last]], axis=1)
    return np.asarray(shapely.linestrings(np.stack([lon, lat], axis=2)))
