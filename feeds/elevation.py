"""Ground elevation from GeoTIFF or HGT rasters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from feeds.issues import FeedError

_WGS84: Final = "EPSG:4326"
_PLAUSIBLE_M: Final = (-500.0, 9_000.0)  # from the Dead Sea to Everest; all else marks no data
_HALF_CELL: Final = 0.5  # a cell's height is that of its centre


@dataclass(frozen=True, slots=True)
class _Raster:
    """One file's heights: row 0 is the north; NaN where it has none."""

    heights: NDArray[np.float32]
    inverse: tuple[float, ...]  # affine: column = a x + b y + c, row = d x + e y + f
    crs: str
    name: str


@dataclass(frozen=True, slots=True)
class ElevationModel:
    """Heights of one or several rasters; the first that has a point answers for it."""

    rasters: tuple[_Raster, ...]

    def sample(self, lat: NDArray[np.float64], lon: NDArray[np.float64]) -> NDArray[np.float32]:
        """Bilinear height in metres at each point; NaN where no raster has one."""
        heights = np.full(len(lat), np.nan, np.float32)
        for raster in self.rasters:
            missing = np.isnan(heights)
            heights[missing] = _sample(raster, lat[missing], lon[missing])
        return heights


def read_elevation(paths: Sequence[Path]) -> ElevationModel:
    """Read rasters whole; raises FeedError for one that can't be used.

    What the file marks as no data is unknown, and so is a height that no land has: some files mark
    with -9999 or -32768 without saying so.
    """
    return ElevationModel(tuple(_read(path) for path in paths))


def _read(path: Path) -> _Raster:
    import rasterio  # noqa: PLC0415 - imports GDAL, which takes a second and is rarely needed
    from rasterio.errors import RasterioError  # noqa: PLC0415

    try:
        with rasterio.open(path) as raster:
            band = raster.read(1, masked=True)
            if raster.crs is None:
                msg = f"{path} can't be used as elevation: it doesn't say its coordinate system."
                raise FeedError(msg)
            heights = band.astype(np.float32).filled(np.nan)
            lowest, highest = _PLAUSIBLE_M
            heights[(heights < lowest) | (heights > highest)] = np.nan
            inverse = tuple(~raster.transform)[:6]
            return _Raster(heights, inverse, raster.crs.to_string(), path.name)
    except (RasterioError, OSError) as error:
        msg = f"{path} can't be read as an elevation raster: {str(error).rstrip('.')}."
        raise FeedError(msg) from None


def _sample(
    raster: _Raster, lat: NDArray[np.float64], lon: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Weighted mean of the four cells around each point; NaN where one that counts has no data."""
    x, y = lon, lat
    if raster.crs != _WGS84:
        from rasterio.warp import transform  # noqa: PLC0415 - as above

        moved = transform(_WGS84, raster.crs, lon.tolist(), lat.tolist())
        x, y = np.array(moved[0]), np.array(moved[1])
    a, b, c, d, e, f = raster.inverse
    column = a * x + b * y + c - _HALF_CELL
    row = d * x + e * y + f - _HALF_CELL
    rows, columns = raster.heights.shape
    inside = (np.abs(column - (columns - 1) / 2) <= columns / 2) & (
        np.abs(row - (rows - 1) / 2) <= rows / 2
    )
    heights = np.full(len(lat), np.nan, np.float32)
    column = np.clip(column[inside], 0, columns - 1)
    row = np.clip(row[inside], 0, rows - 1)
    left = np.minimum(column.astype(int), max(columns - 2, 0))
    top = np.minimum(row.astype(int), max(rows - 2, 0))
    right, below = np.minimum(left + 1, columns - 1), np.minimum(top + 1, rows - 1)
    u, v = column - left, row - top
    total = np.zeros(len(row))
    for at_row, at_column, weight in (
        (top, left, (1 - u) * (1 - v)),
        (top, right, u * (1 - v)),
        (below, left, (1 - u) * v),
        (below, right, u * v),
    ):
        total += np.where(weight > 0, raster.heights[at_row, at_column] * weight, 0.0)
    heights[inside] = total
    return heights
