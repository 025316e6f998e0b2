"""What kind of streets a network has: OSMnx's statistics, and kilometres by kind."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import osmnx
import shapely
from numpy.typing import NDArray

from graph_build.streets.graph import street_graph
from planner.network import shape
from planner.network.store import Network

_EVERYBODY: Final = shape.WALK | shape.BIKE | shape.CAR
_METRES_PER_DEGREE: Final = 111_195.0  # of latitude, on a sphere of 6,371.0088 km
STRESS: Final = ("nobody cycles", "1", "2", "3", "4")


def street_statistics(network: Network) -> dict[str, Any]:
    """Statistics of the streets; raises `NoStreetsError` where there are none.

    osmnx: what `osmnx.stats.basic_stats` gives (metres; densities per square kilometre of the
    hull's area), each crossing counted once. area_km2: of the nodes' convex hull.
    km: street kilometres, a street of two directions counted once, in all, by highway, by
    infrastructure (half of each direction, so that both make one), by stress (a one-way street has
    its only level) and by mode that may use it in a direction at least.
    """
    graph = street_graph(network, simple=True)
    hull_m2 = _hull_m2(np.array([(data["y"], data["x"]) for _, data in graph.nodes(data=True)]))
    streets = network.streets
    assert streets is not None, "street_graph has looked"  # noqa: S101 - an invariant
    return {
        "osmnx": osmnx.stats.basic_stats(graph, area=hull_m2 or None),
        "area_km2": round(hull_m2 / 1e6, 3),
        "km": _kilometres(network, streets),
    }


def _kilometres(network: Network, streets: shape.Streets) -> dict[str, Any]:
    is_open = (streets.access & _EVERYBODY) > 0
    km = np.where(is_open, streets.length_m, 0.0) / 1000
    once = np.where(is_open[streets.reverse], km / 2, km)  # a street of two directions, once
    either = streets.access | streets.access[streets.reverse]
    told: dict[str, Any] = {
        "streets": round(float(once.sum()), 1),
        "by_highway": _sums(streets.road_class, once, shape.ROAD_CLASSES),
        "by_infrastructure": _sums(
            streets.infrastructure,
            np.where((streets.access & shape.BIKE) > 0, streets.length_m / 2000, 0.0),
            shape.INFRASTRUCTURES,
        ),
        "by_mode": {
            mode: round(float(once[(either & bit) > 0].sum()), 1)
            for mode, bit in (("walk", shape.WALK), ("bike", shape.BIKE), ("car", shape.CAR))
        },
    }
    if "furth" in network.stress:
        level = network.stress["furth"].level
        told["by_stress"] = _sums(np.where(level, level, level[streets.reverse]), once, STRESS)
    return told


def _sums(
    kind: NDArray[np.uint8], km: NDArray[np.floating[Any]], names: tuple[str, ...]
) -> dict[str, float]:
    """Kilometres by name, those that there are."""
    sums = np.bincount(kind, weights=km, minlength=len(names)).round(1).tolist()
    return {name: total for name, total in zip(names, sums, strict=True) if total}


def _hull_m2(places: NDArray[np.float64]) -> float:
    """Square metres of the convex hull of places (lat, lon), in a plane around their middle."""
    lat, lon = places.T
    east = lon * np.cos(np.radians(lat.mean())) * _METRES_PER_DEGREE
    points = np.column_stack((east, lat * _METRES_PER_DEGREE))
    return float(shapely.MultiPoint(points).convex_hull.area)
