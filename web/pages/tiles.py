"""The map: its style, and tiles from one PMTiles archive in the network's folder, tile by tile."""

from __future__ import annotations

import mmap
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from flask import Blueprint, Response, abort, current_app, jsonify, request, url_for
from pmtiles.reader import Reader
from pmtiles.tile import Compression

from web.city import current_city
from web.pages.map_style import THEMES, map_style

FILE: Final = "tiles.pmtiles"
MEDIA_TYPE: Final = "application/vnd.mapbox-vector-tile"
DEEPEST: Final = 22
_KEY: Final = "trajets.tiles"

tiles = Blueprint("tiles", __name__)


class TileArchive:
    """An open PMTiles archive; the file is mapped, so threads and workers share its pages."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as stream:
            self._map = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        reader: Any = Reader  # pmtiles publishes no types
        self._reader = reader(self._read)
        header = self._reader.header()
        self.gzipped: bool = header["tile_compression"] == Compression.GZIP
        self.min_zoom: int = header["min_zoom"]
        self.max_zoom: int = header["max_zoom"]
        stamp = path.stat()
        self.version = (
            f"{stamp.st_mtime_ns:x}-{stamp.st_size:x}"  # a network is never changed in place
        )

    def get(self, z: int, x: int, y: int) -> bytes | None:
        """The tile as stored (gzipped where `gzipped`), None where the archive has none."""
        found: bytes | None = self._reader.get(z, x, y)
        return found

    def _read(self, offset: int, length: int) -> bytes:
        return self._map[offset : offset + length]


def find_archive() -> TileArchive | None:
    """The served network's archive, opened once per application; None where it has none."""
    opened: dict[Path, TileArchive] = current_app.extensions.setdefault(_KEY, {})
    folder = current_city().network.folder
    path = folder / FILE if folder else None
    if path is None or not path.is_file():
        return None
    if path not in opened:
        opened[path] = TileArchive(path)
    return opened[path]


@tiles.get("/tiles/<int:z>/<int:x>/<int:y>.mvt")
def get_tile(z: int, x: int, y: int) -> Response:
    """One vector tile; 204 where the map is empty, 404 where there is no such tile."""
    archive = find_archive()
    if archive is None or z > DEEPEST or max(x, y) >= 1 << z:
        return Response(status=HTTPStatus.NOT_FOUND)
    data = archive.get(z, x, y)
    response = Response(data or b"", HTTPStatus.OK if data else HTTPStatus.NO_CONTENT)
    response.mimetype = MEDIA_TYPE
    if data and archive.gzipped:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Cache-Control"] = "public, max-age=3600"
    response.set_etag(f"{archive.version}-{z}-{x}-{y}")
    response.make_conditional(request)
    return response


@tiles.get("/map/style.json")
def map_style_document() -> Response:
    """MapLibre's style in the theme asked for."""
    theme = request.args.get("theme", "light")
    if theme not in THEMES:
        abort(HTTPStatus.NOT_FOUND)
    archive = find_archive()
    if archive is None:
        return jsonify(map_style(theme, tiles=None))
    # A root-relative template: the script completes it, whatever proxy stands in between.
    template = url_for("tiles.get_tile", z=0, x=0, y=0).replace("0/0/0.mvt", "{z}/{x}/{y}.mvt")
    zooms = {"min_zoom": archive.min_zoom, "max_zoom": archive.max_zoom}
    stress = bool(current_city().network.stress)
    style = map_style(theme, tiles=template, stress=stress, **zooms)
    return jsonify(style)
