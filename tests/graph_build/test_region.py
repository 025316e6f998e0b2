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
    (tmp_path / "lanes.geojson").touch()
    inputs = read_region(write_town(tmp_path, region=ALL_KEYS))
    assert inputs.osm == (tmp_path / "street.osm",)
    assert inputs.gtfs == (
        GtfsInput(tmp_path / "line.zip"),
        GtfsInput(tmp_path / "line.zip", "again"),
    )
    assert inputs.gbfs == ("https://example.org/gbfs.json", str(tmp_path / "gbfs"))
    assert inputs.date_range == (date(2026, 11, 2), date(2026, 11, 29))
    assert inputs.transfer_time == 90
    assert set(inputs.not_compiled) == {"gbfs", "opportunities", "places"}
    assert inputs.bike_lanes == (tmp_path / "lanes.geojson",)


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


def test_bike_lanes_need_streets(tmp_path):
    (tmp_path / "lanes.geojson").touch()
    path = write_town(tmp_path, region='gtfs = "line.zip"\nbike_lanes = "lanes.geojson"')
    with pytest.raises(RegionError, match=r"give a map \(osm\) too"):
        read_region(path)


def test_a_region_that_is_not_there(tmp_path):
    with pytest.raises(RegionError, match="can't be read: No such file"):
        read_region(tmp_path / "region.toml")


def test_one_day_is_a_range():
    assert parse_date_range("2026-11-02") == (date(2026, 11, 2), date(2026, 11, 2))


TRIPS = """
[[trip]]
when = "2026-11-24T08:30:00"
from = { name = "Mairie", lat = 48.8244, lon = 2.2737 }
to = { name = "Fort", lat = 48.8177, lon = 2.2687 }
shows = { fr = "Une montée", en = "A climb" }
"""


def test_examples_become_the_parameters_of_a_page(tmp_path):
    (tmp_path / "trips.toml").write_text(TRIPS)
    (tmp_path / "region.toml").write_text(
        'examples = "trips.toml"\nview = [48.8, 2.2, 48.9, 2.3]\nosm = "map.osm.pbf"\n'
    )
    (tmp_path / "map.osm.pbf").touch()
    inputs = read_region(tmp_path / "region.toml")
    assert inputs.view == (48.8, 2.2, 48.9, 2.3)
    assert inputs.examples == (
        {
            "from": "Mairie",
            "from_at": "48.8244,2.2737",
            "to": "Fort",
            "to_at": "48.8177,2.2687",
            "when": "depart",
            "date": "2026-11-24",
            "time": "08:30",
            "title": "",
            "about": {"fr": "Une montée", "en": "A climb"},
        },
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (TRIPS.replace("to = ", "too = "), "trip 1 has no 'to'"),
        (TRIPS.replace("48.8177", '"north"'), "trip 1 can't be read"),
        (TRIPS.replace("08:30:00", "8 h"), "trip 1 can't be read"),
        ("[[trip", "can't be read"),
    ],
)
def test_examples_that_can_not_be_read_are_named(tmp_path, text, words):
    (tmp_path / "trips.toml").write_text(text)
    (tmp_path / "region.toml").write_text('examples = "trips.toml"')
    with pytest.raises(RegionError, match=words):
        read_region(tmp_path / "region.toml")


def test_view_upside_down_is_refused(tmp_path):
    (tmp_path / "region.toml").write_text("view = [48.9, 2.2, 48.8, 2.3]")
    with pytest.raises(RegionError, match="south, west, north, east"):
        read_region(tmp_path / "region.toml")
