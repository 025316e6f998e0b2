"""A region's file: paths beside it, and every mistake named."""

from datetime import date

import pytest
from small_town import write_town

from graph_build.region import GtfsInput, RegionError, parse_date_range, read_region

ALL_KEYS = """
name = "Town"
timezone = "Europe/Paris"
osm = ["street.osm"]
gtfs = ["line.zip", {path = "line.zip", name = "again"}]
gbfs = ["https://example.org/gbfs.json", "gbfs"]
bike_lanes = "lanes.geojson"
opportunities = ["jobs.csv"]
places = ["addresses.csv"]
transfer_time = 90
date_range = [2026-11-02, 2026-11-29]
"""


def test_paths_are_relative_to_the_file(tmp_path):
    inputs = read_region(write_town(tmp_path, region=ALL_KEYS))
    assert inputs.osm == (tmp_path / "street.osm",)
    assert inputs.gtfs == (
        GtfsInput(tmp_path / "line.zip"),
        GtfsInput(tmp_path / "line.zip", "again"),
    )
    assert inputs.gbfs == ("https://example.org/gbfs.json", str(tmp_path / "gbfs"))
    assert inputs.date_range == (date(2026, 11, 2), date(2026, 11, 29))
    assert inputs.transfer_time == 90
    assert set(inputs.not_compiled) == {"bike_lanes", "gbfs", "opportunities", "places"}


def test_a_region_without_a_name_has_its_files(tmp_path):
    assert read_region(write_town(tmp_path, region='osm = "street.osm"')).name == "region"


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("gtsf = 'a.zip'", "'gtsf'"),
        ("osm = 3", "'osm'"),
        ("gtfs = [{file = 'line.zip'}]", "'gtfs'"),
        ("osm = 'nowhere.osm.pbf'", "nowhere.osm.pbf doesn't exist"),
        ("transfer_time = '2 min'", "'transfer_time'"),
        ("transfer_time = -1", "transfer_time is -1"),
        ("date_range = [2026-11-29, 2026-11-02]", "before it begins"),
        ("date_range = '2026-11-31..2026-12-02'", "'2026-11-31..2026-12-02'"),
        ("date_range = 3", "'date_range'"),
        ("timezone = 'Europe/Issy'", "'Europe/Issy' isn't a time zone"),
        ("name = 3", "'name'"),
        ("name = ", "isn't TOML"),
        ("", "nothing to build from"),
    ],
)
def test_a_mistake_is_named_with_its_file_and_key(tmp_path, line, named):
    path = write_town(tmp_path, region=line)
    with pytest.raises(RegionError) as error:
        read_region(path)
    assert str(path) in str(error.value)
    assert named in str(error.value)


def test_a_region_that_is_not_there(tmp_path):
    with pytest.raises(RegionError, match="can't be read: No such file"):
        read_region(tmp_path / "region.toml")


def test_one_day_is_a_range():
    assert parse_date_range("2026-11-02") == (date(2026, 11, 2), date(2026, 11, 2))
