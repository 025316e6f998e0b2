"""GeoJSON (RFC 7946) of what the planner finds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from planner.streets.isochrone import Isochrone


def isochrone_features(mode: str, found: Sequence[Isochrone]) -> list[dict[str, Any]]:
    """One feature for each time, the longest first, so that a map draws the shorter above it."""
    return [
        {
            "type": "Feature",
            "properties": {"mode": mode, "minutes": one.limit_s / 60},
            "geometry": {
                "type": "MultiPolygon",
                "coordinates": [[ring.tolist() for ring in rings] for rings in one.polygons],
            },
        }
        for one in reversed(found)
    ]


def feature_collection(features: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Features as a document."""
    return {"type": "FeatureCollection", "features": list(features)}
