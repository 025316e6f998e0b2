"""Whole feeds: what is read, what is repaired, what is dropped, and what is refused."""

from datetime import date

import numpy as np
import pytest
from feed_text import LINE, split_files, write_feed, write_files

from feeds.gtfs import feed_name, read_gtfs
from feeds.gtfs_checks import find_zone
from feeds.issues import FeedError

TODAY = date(2026, 3, 24)


def read(tmp_path, *texts, without=()):
    return read_gtfs(write_feed(tmp_path / "feed", LINE, *texts, without=without), today=TODAY)


def counts(feed):
    return dict(feed.issues.counts)


def calls(feed):
    """trip_id -> "A 8:00:00 B 8:02:00/8:02:30 ..."."""
    times, stops, trips = feed.stop_times, feed.tables["stops"], feed.tables["trips"]
    said = {}
    for i in range(len(times.trip)):
        trip_id = trips["trip_id"].iloc[times.trip[i]]
        a, d = clock(times.arrival[i]), clock(times.departure[i])
        call = f"{stops['stop_id'].iloc[times.stop[i]]} {a if a == d else f'{a}/{d}'}"
        said[trip_id] = f"{said[trip_id]} {call}" if trip_id in said else call
    return said


def clock(seconds):
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def test_A1_a_plain_feed_is_read_whole(tmp_path):
    feed = read(tmp_path)
    assert calls(feed) == {
        "morning": "A 8:00:00 B 8:02:00/8:02:30 C 8:05:00",
        "night": "A 24:30:00 B 24:32:00/24:32:30 C 24:35:00",
    }
    assert counts(feed) == {}
    assert feed.name == "feed"
    assert feed.attribution == "RATP"
    dtypes = {name: str(t) for name, t in feed.tables["calendar"].dtypes.items()}
    assert dtypes["service_id"] == "str"
    assert dtypes["monday"] == "int32"
    assert dtypes["start_date"] == "datetime64[s]"
    assert feed.tables["stops"]["platform_code"].tolist() == ["", "", ""]
    assert feed.tables["trips"]["direction_id"].tolist() == [-1, -1]


def scruffy(text):
    """The same feed as Windows, a spreadsheet and a zip tool would leave it."""
    for name, content in split_files(text).items():
        head, *lines = content.splitlines()
        head = ",".join(f" {column} " for column in [*head.split(","), "own_column"])
        rows = [",".join(f'"{cell}"' for cell in [*line.split(","), "x"]) for line in lines]
        scruffy_text = "\r\n".join([head, *rows])
        yield f"My Feed/{name.upper()}", b"\xef\xbb\xbf" + scruffy_text.encode()
    yield "My Feed/readme.pdf", b"\0\1\2"
    yield "My Feed/fares_v9.txt", b"not,a\ntable"


@pytest.mark.parametrize("kind", ["feed", "feed.zip"])
def test_a_scruffy_feed_is_the_same_feed(tmp_path, kind):
    feed = read_gtfs(write_files(tmp_path / kind, dict(scruffy(LINE))), today=TODAY)
    plain = read(tmp_path / "plain")
    for name, frame in plain.tables.items():
        assert frame.equals(feed.tables[name])
    for a, b in zip(plain.stop_times, feed.stop_times, strict=True):
        np.testing.assert_array_equal(a, b)
    assert counts(feed) == {}


def test_ids_that_other_readers_take_for_nothing_are_kept(tmp_path):
    text = LINE.replace("A,", "NA,").replace(",A,", ",NA,").replace("morning", "null")
    feed = read_gtfs(write_feed(tmp_path / "feed", text), today=TODAY)
    assert feed.tables["stops"]["stop_id"].tolist()[0] == "NA"
    assert calls(feed)["null"].startswith("NA 8:00:00")
    assert counts(feed) == {}


def test_A11_blank_times_are_interpolated_by_distance(tmp_path):
    """B lies a third of the way; with shape_dist_traveled, half."""
    stops = """
        # stops.txt
        stop_id,stop_name,stop_lat,stop_lon
        A,a,48.80,2.0
        B,b,48.81,2.0
        C,c,48.83,2.0
        """
    times = """
        # stop_times.txt
        trip_id,arrival_time,departure_time,stop_id,stop_sequence
        morning,8:00:00,,A,5
        morning,,,B,10
        morning,,08:06:00,C,20
        """
    feed = read(tmp_path, stops, times)
    assert calls(feed) == {"morning": "A 8:00:00 B 8:02:00 C 8:06:00"}
    assert feed.stop_times.interpolated.tolist() == [False, True, False]
    measured = """
        # stop_times.txt
        trip_id,arrival_time,departure_time,stop_id,stop_sequence,shape_dist_traveled
        morning,8:00:00,,A,5,10
        morning,,,B,10,10.5
        morning,,08:06:00,C,20,11
        """
    feed = read(tmp_path / "measured", stops, measured)
    assert calls(feed) == {"morning": "A 8:00:00 B 8:03:00 C 8:06:00"}


def test_A11_without_coordinates_the_stops_share_the_time(tmp_path):
    stops = """
        # stops.txt
        stop_id,stop_name
        A,a
        B,b
        C,c
        D,d
        """
    times = """
        # stop_times.txt
        trip_id,arrival_time,departure_time,stop_id,stop_sequence
        morning,08:00:00,08:00:00,A,1
        morning,,,B,2
        morning,,,C,3
        morning,08:10:00,08:10:00,D,4
        """
    feed = read(tmp_path, stops, times)
    assert calls(feed) == {"morning": "A 8:00:00 B 8:03:20 C 8:06:40 D 8:10:00"}


def test_stop_times_come_in_any_order(tmp_path):
    head, *rows = split_files(LINE)["stop_times.txt"].splitlines()
    mixed = "\n".join(["# stop_times.txt", head, *(rows[i] for i in (4, 2, 0, 5, 1, 3)), ""])
    assert calls(read(tmp_path, mixed)) == calls(read(tmp_path / "plain"))


def table(name, *rows):
    """One file of a few rows, the header first."""
    return "\n".join([f"# {name}.txt", *rows, ""])


HEAD = "trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type"
MORNING = ["morning,8:00:00,8:00:00,A,1,0", "morning,8:05:00,8:05:00,C,3,0"]
STOPS = "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station"
TRIPS = "route_id,service_id,trip_id"
DAYS = "service_id,date,exception_type"
FREQUENCIES = "trip_id,start_time,end_time,headway_secs,exact_times"
TRANSFERS = "from_stop_id,to_stop_id,transfer_type,min_transfer_time"
ROUTES = "route_id,agency_id,route_short_name,route_type"
AGENCY = "agency_id,agency_name,agency_url,agency_timezone"
A, B, C = "A,a,48.824,2.273,0,", "B,b,48.827,2.279,0,", "C,c,48.832,2.288,0,"


@pytest.mark.parametrize(
    ("text", "issues"),
    [
        (table("stop_times", HEAD, *MORNING, "ghost,9:00:00,9:00:00,A,1,0"),
         {"stop_time_without_trip": 1}),
        (table("stop_times", HEAD, *MORNING, "morning,8:03:00,8:03:00,Z,2,0"),
         {"stop_time_without_stop": 1}),
        (table("stop_times", HEAD, *MORNING, "morning,8:03:00,8:03:00,B,,0"), {"missing_value": 1}),
        (table("stop_times", HEAD, *MORNING, "morning,8:03:00,8:03:00,B,x,0"),
         {"unreadable_value": 1}),
        (table("stop_times", HEAD, *MORNING, "morning,8:03:00,8:03:00,B,3,0"),
         {"duplicate_stop_sequence": 1}),
        (table("stop_times", HEAD, *MORNING, "morning,8h03,8:03:00,B,2,9"),
         {"unreadable_value": 1, "unknown_value": 1}),
        (table("stop_times", HEAD, *MORNING, "morning,8:03:00,8:02:00,B,2,0"),
         {"negative_dwell_time": 1}),
        (table("stop_times", HEAD, *MORNING, "night,8:03:00,8:03:00,B,2,0"),
         {"trip_with_fewer_than_two_stops": 1}),
        (table("stop_times", HEAD, *MORNING, "night,8:03:00,8:03:00,B,2,0", "night,,,C,3,0"),
         {"trip_without_end_times": 1}),
        (table("stop_times", HEAD, *MORNING, "night,8:03:00,8:03:00,B,2,0",
               "night,8:02:00,8:03:00,C,3,0"), {"negative_hop_time": 1}),
        (table("stops", STOPS, A, B, C, A), {"duplicate_id": 1}),
        (table("stops", STOPS, A, B, C, ",no id,48.8,2.2,0,"), {"missing_value": 1}),
        (table("stops", STOPS, A, B, C, "D,d,,,0,"), {"stop_without_coordinates": 1}),
        (table("stops", STOPS, A, B, C, "D,d,48.8,x,0,"),
         {"unreadable_value": 1, "stop_without_coordinates": 1}),
        (table("stops", STOPS, A, B, C, "D,d,,,3,A"), {}),
        (table("stops", STOPS, A, B, C, "D,d,48.824,2.273,7,"), {"unknown_value": 1}),
        (table("stops", STOPS, A, B, C, "D,d,48.824,2.273,0,Z"), {"unknown_parent_station": 1}),
        (table("stops", STOPS, A, B, C, "D,d,48.824,2.273,0,D"), {"unknown_parent_station": 1}),
        (table("routes", ROUTES, "12,ratp,12,99"), {"unknown_route_type": 1}),
        (table("routes", ROUTES, "12,ratp,12,"), {"unknown_route_type": 1}),
        (table("routes", ROUTES, "12,ratp,12,702"), {}),
        (table("routes", ROUTES, "12,sncf,12,1"), {"route_without_agency": 1}),
        (table("routes", ROUTES, "12,,12,1"), {}),
        (table("routes", ROUTES, "12,ratp,12,1", "12,ratp,13,1"), {"duplicate_id": 1}),
        (table("trips", TRIPS, "12,daily,morning", "12,daily,night", "99,daily,x"),
         {"trip_without_route": 1}),
        (table("trips", TRIPS, "12,daily,morning", "12,daily,night", "12,never,x"),
         {"trip_without_service": 1}),
        (table("calendar_dates", DAYS, "daily,20260714,3"), {"unknown_value": 1}),
        (table("calendar_dates", DAYS, "daily,20260231,2"), {"unreadable_value": 1}),
        (table("calendar_dates", DAYS, "off,20260714,2"), {"service_never_runs": 1}),
        (table("frequencies", FREQUENCIES, "ghost,06:00:00,09:00:00,600,0"),
         {"frequency_without_trip": 1}),
        (table("frequencies", FREQUENCIES, "morning,06:00:00,09:00:00,0,0",
               "morning,06:00:00,06:00:00,60,0", "morning,06:00:00,09:00:00,600,2"),
         {"invalid_frequency": 3}),
        (table("frequencies", FREQUENCIES, "morning,06:00:00,,600,0"), {"missing_value": 1}),
        (table("frequencies", FREQUENCIES, "morning,06:00:00,23:00:00,40000,0"), {}),
        (table("transfers", TRANSFERS, "A,Z,2,60", "A,B,2,60"), {"transfer_without_stop": 1}),
        (table("transfers", "from_trip_id,to_trip_id,transfer_type", "morning,night,4",
               "morning,,4"), {"transfer_without_stop": 1}),
        (table("transfers", TRANSFERS, "A,B,9,", "A,B,2,-60"), {"invalid_transfer": 2}),
        (table("agency", AGENCY, "ratp,RATP,u,Europe/Paris", "x,X,u,Mars/Olympus"),
         {"unknown_timezone": 1}),
        (table("shapes", "shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence",
               "s,48.8,2.2,1", "s,148.8,2.2,2"), {"shape_point_outside_the_earth": 1}),
        (table("shapes", "shape_id,lat", "s,48.8"), {"unusable_file": 1}),
        (table("levels", "nothing", "0"), {"unusable_file": 1}),
        (table("pathways",
               "pathway_id,from_stop_id,to_stop_id,pathway_mode,is_bidirectional",
               "p,A,Z,1,1", "q,A,B,1,1"), {"pathway_without_stop": 1}),
    ],
)  # fmt: skip
def test_A4_faults_are_counted_and_the_morning_trip_runs(tmp_path, text, issues):
    feed = read(tmp_path, text)
    assert counts(feed) == issues
    assert calls(feed)["morning"].startswith("A 8:00:00")
    assert calls(feed)["morning"].endswith("C 8:05:00")
    assert all(list(frame.index) == list(range(len(frame))) for frame in feed.tables.values())


@pytest.mark.parametrize(
    ("lat", "lon", "kind"),
    [
        ("0", "0", "null_island"),
        ("0.001", "-0.002", "null_island"),
        ("49.7668", "-7.5572", "null_island"),
        ("2.273", "48.824", "swapped_coordinates"),
        ("248.8", "2.2", "coordinates_out_of_range"),
        ("48.8", "-200", "coordinates_out_of_range"),
        ("48.8", "12.2", "coordinates_out_of_range"),
    ],
)
def test_C5_wormholes_lose_their_coordinates_and_keep_their_trips(tmp_path, lat, lon, kind):
    feed = read(tmp_path, table("stops", STOPS, A, f"B,b,{lat},{lon},0,", C))
    assert counts(feed) == {kind: 1}
    stops = feed.tables["stops"]
    assert np.isnan(stops["stop_lat"]).tolist() == [False, True, False]
    assert np.isnan(stops["stop_lon"]).tolist() == [False, True, False]
    assert calls(feed)["morning"] == "A 8:00:00 B 8:02:00/8:02:30 C 8:05:00"


def test_C6_a_hop_no_vehicle_can_make_is_said(tmp_path):
    feed = read(tmp_path, table("stops", STOPS, A, "B,b,49.3,2.3,0,", C))
    assert counts(feed) == {"hop_speed_fast": 4, "stop_far_from_neighbours": 1}
    assert np.isnan(feed.tables["stops"]["stop_lat"]).tolist() == [False, True, False]
    assert feed.issues.examples["hop_speed_fast"][0].where == "stops.txt stop_id A to B"


def test_A3_calendar_dates_only(tmp_path):
    text = table("calendar_dates", DAYS, "daily,20260714,1")
    feed = read(tmp_path, text, without=("calendar.txt",))
    assert "calendar" not in feed.tables
    assert counts(feed) == {}
    assert len(calls(feed)) == 2


def test_A5_an_expired_feed_is_said(tmp_path):
    path = write_feed(tmp_path / "feed", LINE)
    assert counts(read_gtfs(path, today=date(2026, 12, 31))) == {}
    feed = read_gtfs(path, today=date(2027, 1, 1))
    assert feed.issues.examples["feed_expired"][0].detail == "its last day is 2026-12-31"


@pytest.mark.parametrize(
    ("given", "known"),
    [
        ("Europe/Paris", "Europe/Paris"),
        ("CET", "CET"),
        ("US/Pacific", "US/Pacific"),
        ("europe/paris", "Europe/Paris"),
        ("America/New York", "America/New_York"),
        ("", None),
        ("Mars/Olympus", None),
        ("../../etc/passwd", None),
        ("/etc/localtime", None),
        ("Europe", None),
    ],
)
def test_A7_time_zones_and_their_aliases(given, known):
    assert find_zone(given) == known


@pytest.mark.parametrize("missing", ["agency", "stops", "routes", "trips", "stop_times"])
def test_a_feed_without_a_required_file_is_refused(tmp_path, missing):
    with pytest.raises(FeedError, match=rf"feed holds no {missing}\.txt"):
        read(tmp_path, without=(f"{missing}.txt",))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (table("stops", STOPS), r"stops\.txt has no row"),
        (table("trips", TRIPS), r"trips\.txt has no row"),
        (table("trips", TRIPS, "99,daily,morning"), r"trips\.txt has no row"),
        (table("stop_times", HEAD), r"stop_times\.txt has no row"),
        (table("stop_times", HEAD, MORNING[0]), r"stop_times\.txt leaves no trip that can run"),
        (table("stop_times", HEAD.replace("stop_id", "stop")), r"stop_times\.txt has no column"),
        (table("agency", AGENCY, "ratp,RATP,u,Mars"), "no known time zone .'Mars'."),
        ("# routes.txt\n", r"routes\.txt is empty"),
    ],
)
def test_a_feed_that_leaves_nothing_is_refused(tmp_path, text, message):
    with pytest.raises(FeedError, match=message) as refused:
        read(tmp_path, text)
    assert str(tmp_path / "feed") in str(refused.value)


def test_a_feed_without_any_calendar_is_refused(tmp_path):
    with pytest.raises(FeedError, match=r"neither calendar\.txt nor calendar_dates\.txt"):
        read(tmp_path, without=("calendar.txt",))


@pytest.mark.parametrize(
    ("file", "name"),
    [("metro.zip", "metro"), ("metro.gtfs.zip", "metro"), ("metro-2.1.zip", "metro-2.1")],
)
def test_a_feed_is_named_after_its_file(tmp_path, file, name):
    assert feed_name(tmp_path / file) == name
