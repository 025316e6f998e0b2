"""Official bike lanes drawn along the letters of a street drawing.

    lanes = draw_lanes(places, lane("AB", d="BANDE CYCLABLE", beside_m=4))

A lane runs through the letters of its word, in their order, `beside_m` metres to the right of
them; `d` and `g` are its right and left side. Other fields are named as in the French schema.
"""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from feeds.bike_lanes import read_bike_lanes
from feeds.tables import BikeLanes

METRES_PER_DEGREE = 111_195.0
Places = Mapping[str, tuple[float, float]]
_SIDED = ("code_com", "ame", "regime", "sens", "largeur", "local", "statut", "revet")


def lane(word: str, *, d: str = "AUCUN", g: str = "AUCUN", beside_m: float = 0, **fields: Any):
    """A feature whose places are letters still."""
    given = {"id_local": word, "code_com_d": "92040", "code_com_g": "92040", "ame_d": d, "ame_g": g}
    return {"word": word, "beside_m": beside_m, "properties": given | fields}


def feature(places: Places, drawn: Mapping[str, Any]) -> dict[str, Any]:
    """The GeoJSON feature of a lane."""
    points = [places[letter] for letter in drawn["word"]]
    (south, west), (north, east) = points[0], points[-1]
    scale = math.cos(math.radians(south))
    up, right = north - south, (east - west) * scale
    length = math.hypot(up, right)
    degrees = drawn["beside_m"] / METRES_PER_DEGREE
    lat, lon = -right / length * degrees, up / length * degrees / scale
    coordinates = [[round(x + lon, 7), round(y + lat, 7)] for y, x in points]
    return line_feature(coordinates, drawn["properties"])


def line_feature(coordinates: list[list[float]], properties: Mapping[str, Any]) -> dict[str, Any]:
    geometry = {"type": "LineString", "coordinates": coordinates}
    return {"type": "Feature", "geometry": geometry, "properties": dict(properties)}


def draw_lanes(places: Places, *lanes: Mapping[str, Any]) -> BikeLanes:
    """The lanes as the reader gives them."""
    return read_features([feature(places, one) for one in lanes])


def read_features(features: list[Any], **members: Any) -> BikeLanes:
    """What the reader makes of a file of these features."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lanes.geojson"
        document = {"type": "FeatureCollection", "features": features, **members}
        path.write_text(json.dumps(document), encoding="utf-8")
        return read_bike_lanes(path)


def reversed_feature(one: Mapping[str, Any]) -> dict[str, Any]:
    """The same lane drawn the other way: its sides change places."""
    other = {"d": "g", "g": "d"}
    properties = {}
    for name, value in one["properties"].items():
        base, _, side = name.rpartition("_")
        properties[f"{base}_{other[side]}" if base in _SIDED else name] = value
    return line_feature(one["geometry"]["coordinates"][::-1], properties)
