"""Write the base map as vector tiles in one PMTiles archive, from the extract that was compiled.

The page needs no tile server and no other map: zooms 8 to 14, and MapLibre enlarges beyond.
The same inputs give the same bytes.
"""

from __future__ import annotations

import gzip
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import mapbox_vector_tile
import numpy as np
import shapely
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from feeds.progress import Progress, Silent
from feeds.tables import OsmExtract
from graph_build.tiles.cut import EXTENT, TileFeature, cut_layer
from graph_build.tiles.layers import MAX_ZOOM, MIN_ZOOM, MapLayer, describe_fields, list_layers
from planner.network.shape import Routes, Stops, Streets, Stress, Timetable
from planner.network.strings import Strings

FILE: Final = "tiles.pmtiles"
_OPTIONS: Final = {"y_coord_down": True, "extents": EXTENT, "check_winding_order": False}
_GZIP_LEVEL: Final = 6

Bounds = tuple[float, float, float, float]  # west, south, east, north


def write_tiles(
    folder: Path,
    *,
    streets: Streets | None,
    street_names: Strings,
    stress: Stress | None = None,
    extracts: Sequence[OsmExtract],
    stops: Stops,
    routes: Routes,
    timetable: Timetable,
    progress: Progress | None = None,
) -> None:
    """Write tiles.pmtiles into `folder`; no file where there is nothing to show.

    Layers: roads (class, infrastructure, stress 1 to 4 of the more stressful direction, bridge,
    tunnel, oneway 1 along and -1 against the line, name), water, green, buildings, rail, places
    (kind, name), stops (mode, name).
    """
    progress = progress or Silent()
    layers = list_layers(
        streets=streets, street_names=street_names, stress=stress, extracts=extracts, stops=stops,
        routes=routes, timetable=timetable,
    )  # fmt: skip
    path = folder / FILE
    path.unlink(missing_ok=True)
    if not layers:
        return
    progress.phase("map tiles", MAX_ZOOM - MIN_ZOOM + 1)
    with path.open("wb") as stream:
        writer: Any = Writer(stream)  # type: ignore[no-untyped-call]  # pmtiles has no types
        for zoom in range(MIN_ZOOM, MAX_ZOOM + 1):
            _write_zoom(writer, layers, zoom)
            progress.advance()
        attribution = ", ".join(dict.fromkeys(extract.attribution for extract in extracts))
        writer.finalize(_header(layers), _metadata(layers, attribution))
    progress.note(f"{path.stat().st_size / 1e6:.1f} MB")


def _write_zoom(writer: Any, layers: Sequence[MapLayer], zoom: int) -> None:  # noqa: ANN401 - pmtiles has no types
    tiles: defaultdict[tuple[int, int], list[dict[str, Any]]] = defaultdict(list)
    for layer in layers:
        for tile, features in cut_layer(layer, zoom):
            tiles[tile].append(_as_mvt_layer(layer.name, features))
    for number, tile in sorted((zxy_to_tileid(zoom, *tile), tile) for tile in tiles):
        encoded = mapbox_vector_tile.encode(tiles[tile], default_options=_OPTIONS)
        writer.write_tile(number, gzip.compress(encoded, _GZIP_LEVEL, mtime=0))


def _as_mvt_layer(name: str, features: Iterable[TileFeature]) -> dict[str, Any]:
    listed = [{"geometry": f.geometry, "properties": dict(f.attributes)} for f in features]
    return {"name": name, "features": listed}


def _header(layers: Sequence[MapLayer]) -> dict[str, Any]:
    west, south, east, north = (round(degrees * 1e7) for degrees in _bounds(layers))
    return {
        "tile_type": TileType.MVT, "tile_compression": Compression.GZIP,
        "min_lon_e7": west, "min_lat_e7": south, "max_lon_e7": east, "max_lat_e7": north,
        "center_zoom": 12, "center_lon_e7": (west + east) // 2,
        "center_lat_e7": (south + north) // 2,
    }  # fmt: skip


def _metadata(layers: Sequence[MapLayer], attribution: str) -> dict[str, Any]:
    return {
        "name": "Trajets", "type": "baselayer", "format": "pbf", "attribution": attribution,
        "bounds": ",".join(f"{degrees:.6f}" for degrees in _bounds(layers)),
        "vector_layers": [
            {
                "id": layer.name, "fields": dict(describe_fields(layer)),
                "minzoom": int(layer.min_zoom.min()), "maxzoom": MAX_ZOOM,
            }
            for layer in layers
        ],
    }  # fmt: skip


def _bounds(layers: Sequence[MapLayer]) -> Bounds:
    """West, south, east, north of everything shown, degrees."""
    boxes = np.array([shapely.total_bounds(layer.geometry) for layer in layers])
    west, north = boxes[:, :2].min(axis=0).tolist()
    east, south = boxes[:, 2:].max(axis=0).tolist()
    return _longitude(west), _latitude(south), _longitude(east), _latitude(north)


def _longitude(x: float) -> float:
    return (x - 0.5) * 360.0


def _latitude(y: float) -> float:
    return math.degrees(math.atan(math.sinh(math.pi * (1.0 - 2.0 * y))))
