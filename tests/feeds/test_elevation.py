"""Rasters of heights: between cells, outside, and where there is no data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine

from feeds.elevation import read_elevation
from feeds.issues import FeedError

NO_DATA = -32768


def write_raster(
    path: Path,
    heights: list[list[float]],
    *,
    crs: str | None = "EPSG:4326",
    cell: float = 1.0,
    west: float = 10.0,
    north: float = 50.0,
) -> Path:
    array = np.array(heights, np.float32)
    with rasterio.open(
        path, "w", driver="GTiff", height=array.shape[0], width=array.shape[1], count=1,
        dtype="float32", crs=crs, transform=Affine(cell, 0, west, 0, -cell, north), nodata=NO_DATA,
    ) as raster:  # fmt: skip
        raster.write(array, 1)
    return path


def heights_at(path: Path, *places: tuple[float, float]) -> list[float]:
    lat, lon = np.array(places, float).T
    return read_elevation([path]).sample(lat, lon).tolist()


def test_heights_between_the_centres_of_cells(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "h.tif", [[10, 20], [30, 40]])
    found = heights_at(path, (49.5, 10.5), (49.5, 11.0), (49.0, 11.0), (48.5, 11.5))
    assert found == pytest.approx([10, 15, 25, 40])


def test_the_rim_takes_the_nearest_cell_and_outside_is_unknown(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "h.tif", [[10, 20], [30, 40]])
    found = heights_at(path, (49.99, 10.01), (50.5, 10.5), (49.0, 9.0))
    assert found[0] == pytest.approx(10)
    assert np.isnan(found[1:]).all()


def test_D11_no_data_is_not_zero(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "h.tif", [[10, NO_DATA], [30, 40]])
    found = heights_at(path, (49.5, 10.5), (49.5, 11.4), (49.0, 11.0))
    assert found[0] == pytest.approx(10)
    assert np.isnan(found[1:]).all()


def test_the_second_raster_answers_where_the_first_cannot(tmp_path: Path) -> None:
    first = write_raster(tmp_path / "a.tif", [[10, 10], [10, 10]])
    second = write_raster(tmp_path / "b.tif", [[99, 99], [99, 99]], west=11.0)
    model = read_elevation([first, second])
    assert model.sample(np.array([49.0, 49.0]), np.array([10.5, 12.5])).tolist() == [10, 99]


def test_a_raster_in_metres(tmp_path: Path) -> None:
    path = write_raster(
        tmp_path / "lambert.tif", [[7, 7], [7, 7]], crs="EPSG:2154", cell=1000.0,
        west=645_000.0, north=6_859_000.0,
    )  # fmt: skip
    assert heights_at(path, (48.823, 2.265)) == [7]


def test_files_that_are_no_elevation_are_refused(tmp_path: Path) -> None:
    text = tmp_path / "text.tif"
    text.write_text("no raster")
    with pytest.raises(FeedError, match=r"text\.tif.*[^.]\.$"):
        read_elevation([text])
    with pytest.raises(FeedError, match=r"missing\.tif"):
        read_elevation([tmp_path / "missing.tif"])
    nowhere = write_raster(tmp_path / "nowhere.tif", [[1, 1], [1, 1]], crs=None)
    with pytest.raises(FeedError, match=r"nowhere\.tif"):
        read_elevation([nowhere])


@pytest.mark.city
def test_porto_alegre_lies_between_river_and_hills(city_data: Path) -> None:
    path = city_data / "porto-alegre" / "poa_elevation.tif"
    river, hill = heights_at(path, (-30.03, -51.235), (-30.07, -51.18))
    assert 0 <= river < 20 < hill < 320


def test_D11_no_data_that_the_file_does_not_tell_of_is_not_a_pit(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "h.tif", [[10, -9999], [30, 40]])
    found = heights_at(path, (49.5, 10.5), (49.5, 11.5), (49.5, 11.2), (48.5, 11.5))
    assert (found[0], found[3]) == (10, 40)
    assert np.isnan(found[1:3]).all()
