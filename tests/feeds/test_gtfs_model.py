"""The feed as gtfs-kit's model: it says the same of itself as we do."""

from datetime import date

import gtfs_kit
import numpy as np
import pytest
from feed_text import LINE, write_feed

from feeds.gtfs import read_gtfs
from feeds.gtfs_model import format_times, model
from feeds.tables import BLANK_TIME

TODAY = date(2026, 3, 24)
CITIES = [
    "milan/milano_small_gtfs.zip",
    "porto-alegre/poa_eptc.zip",
    "porto-alegre/poa_trensurb.zip",
    "helsinki/helsinki_gtfs.zip",
    "sao-paulo/spo.zip",
    "melun/melun-eqasim-2023.gtfs.zip",
]


def test_times_are_written_as_gtfs_writes_them():
    seconds = np.array([0, 29_105, 90_600, BLANK_TIME, 360_000], np.int32)
    assert format_times(seconds).tolist() == ["00:00:00", "08:05:05", "25:10:00", None, "100:00:00"]


def test_a_feed_survives_its_model_and_the_export(tmp_path):
    frequencies = """
        # frequencies.txt
        trip_id,start_time,end_time,headway_secs,exact_times
        morning,06:00:00,09:30:00,600,1
        # shapes.txt
        shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence
        s,48.8,2.2,4
        s,48.9,2.3,9
        """
    feed = read_gtfs(write_feed(tmp_path / "feed", LINE, frequencies), today=TODAY)
    model(feed).to_file(tmp_path / "again.zip")
    again = read_gtfs(tmp_path / "again.zip", name="feed", today=TODAY)
    for name, frame in feed.tables.items():
        assert frame.equals(again.tables[name]), name
    for a, b in zip(feed.stop_times, again.stop_times, strict=True):
        np.testing.assert_array_equal(a, b)
    assert again.shapes.shape_id == ["s"]
    np.testing.assert_array_equal(feed.shapes.lat, again.shapes.lat)
    assert not again.issues.counts


@pytest.mark.city
@pytest.mark.parametrize("file", CITIES)
def test_gtfs_kit_computes_with_the_real_feeds(city_data, file):
    kit = model(read_gtfs(city_data / file))
    day = next(day for day in kit.get_dates() if kit.get_active_services(day))
    assert isinstance(kit, gtfs_kit.Feed)
    assert len(kit.get_trips(day, "12:00:00")) > 0
