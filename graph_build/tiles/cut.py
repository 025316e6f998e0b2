"""Cut a layer into the tiles of one zoom: join, simplify, clip, round to the tile's grid."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from graph_build.tiles.layers import MAX_ZOOM, Attributes, Geometries, MapLayer

EXTENT: Final = 4096  # units of a tile's side (Mapbox Vector Tile Specification 2.1, section 4.1)
BUFFER: Final = 64  # units drawn beyond the side, so that a stroke doesn't end there
_LINE, _AREA = 1, 2  # shapely.get_dimensions
_FINEST: Final = 1.0  # units a line may move at the deepest zoom: about half a metre
_COARSE: Final = 4.0  # and at the others, where it is half a pixel
_LEAST_AREA: Final = 16.0  # square units of an area at the deepest zoom
_LEAST_AREA_COARSE: Final = 256.0  # and at the others: four pixels


class TileFeature(NamedTuple):
    """One feature of a tile: whole-number geometry in its grid, y downwards."""

    attributes: Attributes
    geometry: shapely.Geometry


class _Pieces(NamedTuple):
    """Geometries with the number of their attributes."""

    geometry: Geometries
    attribute: NDArray[np.int32]

    def take(self, which: NDArray[np.bool_] | NDArray[np.int64]) -> _Pieces:
        return _Pieces(self.geometry[which], self.attribute[which])


def cut_layer(layer: MapLayer, zoom: int) -> Iterator[tuple[tuple[int, int], list[TileFeature]]]:
    """The layer's features of each tile (column, row) at `zoom`; tiles without any are left out.

    Features of the same attributes in one tile are one feature of many parts.
    """
    pieces, facts = _select(layer, zoom)
    pieces = _simplify(_scale(pieces, zoom), facts, zoom, directed=layer.directed)
    tile, piece = _list_pairs(pieces.geometry, zoom)
    order = np.lexsort((piece, tile[:, 1], tile[:, 0]))
    tile, piece = tile[order], piece[order]
    starts = np.flatnonzero(np.any(np.diff(tile, axis=0, prepend=-1) != 0, axis=1))
    for start, end in pairwise([*starts.tolist(), len(tile)]):
        column, row = tile[start].tolist()
        cut = _clip(pieces.take(piece[start:end]), column * EXTENT, row * EXTENT)
        features = [TileFeature(facts[number], shape) for number, shape in _join(cut)]
        if features:
            yield (column, row), features


def _select(layer: MapLayer, zoom: int) -> tuple[_Pieces, list[Attributes]]:
    """What is shown at `zoom`, with the attributes it has there, equal ones numbered alike."""
    shown = layer.min_zoom <= zoom
    wanted = layer.attributes
    if layer.plain is not None and zoom < layer.named_zoom:
        wanted = layer.plain
    facts = sorted(set(wanted), key=repr)
    number = {fact: i for i, fact in enumerate(facts)}
    renumber = np.array([number[fact] for fact in wanted], np.int32)
    return _Pieces(layer.geometry[shown], renumber[layer.attribute[shown]]), facts


def _scale(pieces: _Pieces, zoom: int) -> _Pieces:
    side = float(EXTENT << zoom)
    return pieces._replace(geometry=shapely.transform(pieces.geometry, lambda at: at * side))


def _simplify(pieces: _Pieces, facts: list[Attributes], zoom: int, *, directed: bool) -> _Pieces:
    """Lines of equal attributes joined at their ends, then all thinned; specks left out."""
    deepest = zoom == MAX_ZOOM
    tolerance = _FINEST if deepest else _COARSE
    dimension = shapely.get_dimensions(pieces.geometry)
    points, areas = pieces.take(dimension < _LINE), pieces.take(dimension == _AREA)
    lines = _merge_lines(pieces.take(dimension == _LINE), facts, directed=directed)
    lines = lines._replace(geometry=shapely.simplify(lines.geometry, tolerance))
    areas = areas.take(
        shapely.area(areas.geometry) >= (_LEAST_AREA if deepest else _LEAST_AREA_COARSE)
    )
    areas = areas._replace(geometry=shapely.simplify(areas.geometry, tolerance))
    kinds = (areas, lines, points)
    return _Pieces(
        np.concatenate([kind.geometry for kind in kinds]),
        np.concatenate([kind.attribute for kind in kinds]),
    )


def _merge_lines(lines: _Pieces, facts: list[Attributes], *, directed: bool) -> _Pieces:
    """One-way streets keep their direction where `directed`; others may be turned around."""
    if not len(lines.geometry):
        return lines
    parts, owner = shapely.get_parts(lines.geometry, return_index=True)
    attribute = lines.attribute[owner]
    order = np.argsort(attribute, kind="stable")
    present, group = np.unique(attribute[order], return_inverse=True)
    bundles = np.asarray(shapely.multilinestrings(parts[order], indices=group), np.object_)
    one_way = np.array([directed and "oneway" in dict(facts[number]) for number in present])
    bundles[one_way] = shapely.line_merge(bundles[one_way], directed=True)
    bundles[~one_way] = shapely.line_merge(bundles[~one_way])
    joined, source = shapely.get_parts(bundles, return_index=True)
    return _Pieces(joined, present[source].astype(np.int32))


def _list_pairs(geometry: Geometries, zoom: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Every tile (column, row) that a geometry's box touches: (n, 2), and the geometry (n,)."""
    if not len(geometry):
        return np.empty((0, 2), np.int64), np.empty(0, np.int64)
    reach = shapely.bounds(geometry) + np.array([-BUFFER, -BUFFER, BUFFER, BUFFER])
    box = np.clip(np.floor(reach / EXTENT).astype(np.int64), 0, (1 << zoom) - 1)
    wide, high = box[:, 2] - box[:, 0] + 1, box[:, 3] - box[:, 1] + 1
    count = wide * high
    piece = np.repeat(np.arange(len(geometry)), count)
    within = np.arange(len(piece)) - np.repeat(np.cumsum(count) - count, count)
    column = box[piece, 0] + within % wide[piece]
    row = box[piece, 1] + within // wide[piece]
    return np.column_stack([column, row]), piece


def _clip(pieces: _Pieces, west: int, north: int) -> _Pieces:
    """Pieces inside the tile and its buffer, from its corner, on whole numbers."""
    low = (west - BUFFER, north - BUFFER)
    high = (west + EXTENT + BUFFER, north + EXTENT + BUFFER)
    box = shapely.bounds(pieces.geometry)
    crossing = np.any(box[:, :2] < low, axis=1) | np.any(box[:, 2:] > high, axis=1)
    shapes = pieces.geometry.copy()
    areas = shapely.get_dimensions(shapes) == _AREA
    shapes[crossing & ~areas] = shapely.clip_by_rect(shapes[crossing & ~areas], *low, *high)
    frame = shapely.box(*low, *high)
    shapes[crossing & areas] = shapely.intersection(shapes[crossing & areas], frame)
    corner = np.array([west, north], np.float64)
    shapes = shapely.transform(shapes, lambda at: np.rint(at - corner))
    shapes[areas] = _tidy(shapes[areas])
    shapes, owner = shapely.get_parts(shapes, return_index=True)
    whole = _Pieces(shapes, pieces.attribute[owner])
    dimension = shapely.get_dimensions(shapes)
    size = np.where(dimension == _AREA, shapely.area(shapes), shapely.length(shapes))
    return whole.take((size > 0.0) | (dimension == 0))


def _tidy(areas: Geometries) -> Geometries:
    """Areas whose rounded outlines cross or touch themselves, made valid and turned clockwise."""
    wrong = ~shapely.is_valid(areas)
    areas[wrong] = shapely.make_valid(areas[wrong], method="structure", keep_collapsed=False)
    areas[wrong] = shapely.set_precision(areas[wrong], 1.0)
    return np.asarray(shapely.orient_polygons(areas), np.object_)


def _join(pieces: _Pieces) -> Iterator[tuple[int, shapely.Geometry]]:
    """Pieces of equal attributes and dimension as one geometry, in the order of attributes."""
    dimension = shapely.get_dimensions(pieces.geometry)
    makers: tuple[Callable[..., Any], ...] = (
        shapely.multipoints,
        shapely.multilinestrings,
        shapely.multipolygons,
    )
    for kind, maker in enumerate(makers):
        mine = pieces.take(np.flatnonzero(dimension == kind))
        order = np.argsort(mine.attribute, kind="stable")
        present, group = np.unique(mine.attribute[order], return_inverse=True)
        if len(present):
            joined = maker(mine.geometry[order], indices=group)
            yield from zip(present.tolist(), joined, strict=True)
