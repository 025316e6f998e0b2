"""Feeds to the Network's timetable, read back as text."""

from datetime import date

import numpy as np
import pytest
from feed_text import LINE, write_feed
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.gtfs import read_gtfs
from feeds.gtfs_model import model
from feeds.issues import FeedError, IssueLog
from graph_build.timetable import trips as timetable_trips
from graph_build.timetable.compile import compile_timetable
from planner.network.shape import Routes, Stops, Timetable
from planner.network.strings import Strings

TODAY = date(2026, 3, 24)
TRIPS = "# trips.txt\nroute_id,service_id,trip_id"
TIMES = "# stop_times.txt\ntrip_id,arrival_time,departure_time,stop_id,stop_sequence"


def read(folder, *texts, name="feed", **options):
    return read_gtfs(write_feed(folder, LINE, *texts, **options), name=name, today=TODAY)


def compiled(*feeds, days=None):
    issues = IssueLog()
    return compile_timetable(feeds, date_range=days, issues=issues), issues


MARKS = {(0, 0): "", (0, 1): "^", (1, 0): "v", (1, 1): "x"}


def drawing(result):
    """Each stop sequence as "route: stops", then a line per trip.

    A stop with ^ may only be boarded, with v only alighted at; other types stand beside it.
    """
    tt, stops, routes = result.timetable, result.stops, result.routes
    lines = []
    for sequence in range(len(tt.sequence_route)):
        calls = slice(*tt.sequence_stop_offset[sequence : sequence + 2])
        heads = [
            stops.stop_id.get(int(stop)) + MARKS.get(rule, str(rule))
            for stop, *rule in zip(
                tt.sequence_stop[calls],
                tt.sequence_pickup_type[calls].tolist(),
                tt.sequence_drop_off_type[calls].tolist(),
                strict=True,
            )
            for rule in [tuple(rule)]
        ]
        route = routes.route_id.get(int(tt.sequence_route[sequence]))
        lines.append(f"{route}: {' '.join(heads)}")
        for trip in range(*tt.sequence_trip_offset[sequence : sequence + 2]):
            events = slice(*tt.trip_event_offset[trip : trip + 2])
            pairs = zip(tt.arrival[events], tt.departure[events], strict=True)
            cells = [clock(a) if a == d else f"{clock(a)}/{clock(d)}" for a, d in pairs]
            lines.append(f"  {tt.trip_id.get(trip)} {' '.join(cells)}")
    return lines


def clock(seconds):
    minutes = f"{seconds // 3600}:{seconds // 60 % 60:02}"
    return minutes if seconds % 60 == 0 else f"{minutes}:{seconds % 60:02}"


def test_A1_the_morning_and_the_night_trip(tmp_path):
    result, issues = compiled(read(tmp_path))
    assert drawing(result) == [
        "12: A B C",
        "  morning 8:00 8:02/8:02:30 8:05",
        "  night 24:30 24:32/24:32:30 24:35",
    ]
    assert (result.first_date, result.last_date) == (date(2026, 1, 1), date(2026, 12, 31))
    assert result.timetable.service_days.shape == (1, 365)
    assert result.zones == ["Europe/Paris"]
    assert not issues.counts
    assert result.feed_facts == [
        {
            "name": "feed",
            "sha256": result.feed_facts[0]["sha256"],
            "agencies": ["RATP"],
            "first_date": "2026-01-01",
            "last_date": "2026-12-31",
            "licence": "",
            "attribution": "RATP",
            "url": "https://www.ratp.fr",
        }
    ]


def test_B13_trips_are_grouped_by_stops_and_rules_and_sorted_by_departure(tmp_path):
    feed = read(
        tmp_path,
        f"{TRIPS}\n12,daily,late\n12,daily,early\n12,daily,back\n12,daily,rules\n12,daily,call\n",
        f"""{TIMES},pickup_type,drop_off_type
late,9:00:00,9:00:00,A,1,,
late,9:05:00,9:05:00,B,2,,
back,8:30:00,8:30:00,B,1,,
back,8:35:00,8:35:00,A,2,,
rules,8:00:00,8:00:00,A,1,0,1
rules,8:05:00,8:05:00,B,2,1,0
call,8:10:00,8:10:00,A,1,2,3
call,8:15:00,8:15:00,B,2,3,2
early,7:00:00,7:00:00,A,10,,
early,7:06:00,7:06:00,B,20,,
""",
    )
    assert drawing(compiled(feed)[0]) == [
        "12: A B",
        "  early 7:00 7:06",
        "  late 9:00 9:05",
        "12: B A",
        "  back 8:30 8:35",
        "12: A^ Bv",
        "  rules 8:00 8:05",
        "12: A(2, 3) B(3, 2)",
        "  call 8:10 8:15",
    ]


def test_B2_a_stop_visited_twice_keeps_both_calls(tmp_path):
    times = f"""{TIMES}
morning,8:00:00,8:00:00,A,1
morning,8:05:00,8:05:00,B,2
morning,8:09:00,8:09:00,A,3
"""
    assert drawing(compiled(read(tmp_path, times))[0]) == ["12: A B A", "  morning 8:00 8:05 8:09"]


def test_A10_headways_are_unfolded_and_their_end_is_exclusive(tmp_path):
    feed = read(
        tmp_path,
        """
        # frequencies.txt
        trip_id,start_time,end_time,headway_secs,exact_times
        morning,06:00:00,06:20:00,600,1
        morning,06:20:00,06:35:00,900,0
        """,
    )
    result, issues = compiled(feed)
    assert drawing(result) == [
        "12: A B C",
        "  morning 6:00 6:02/6:02:30 6:05",
        "  morning 6:10 6:12/6:12:30 6:15",
        "  morning 6:20 6:22/6:22:30 6:25",
        "  night 24:30 24:32/24:32:30 24:35",
    ]
    assert result.timetable.trip_headway.tolist() == [0, 0, 900, 0]
    assert not issues.counts


def test_A10_a_flood_of_departures_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(timetable_trips, "MAX_FREQUENCY_RUNS", 1000)
    feed = read(
        tmp_path,
        """
        # frequencies.txt
        trip_id,start_time,end_time,headway_secs,exact_times
        morning,06:00:00,23:00:00,1,1
        """,
    )
    with pytest.raises(FeedError, match=r"frequencies\.txt asks for 61,200 departures"):
        compiled(feed)


WEEK = "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date"
WEEK_AND_SUNDAY = f"""# calendar.txt
{WEEK}
week,1,1,1,1,1,0,0,20260101,20261231
sun,0,0,0,0,0,0,1,20260101,20261231
"""


def test_A4_trips_that_never_run_in_the_range_are_dropped_and_counted(tmp_path):
    feed = read(tmp_path, WEEK_AND_SUNDAY, f"{TRIPS}\n12,week,morning\n12,sun,night\n")
    result, issues = compiled(feed, days=(date(2026, 3, 23), date(2026, 3, 27)))
    assert drawing(result) == ["12: A B C", "  morning 8:00 8:02/8:02:30 8:05"]
    assert result.timetable.service_days.tolist() == [[1, 1, 1, 1, 1]]
    assert (result.first_date, result.last_date) == (date(2026, 3, 23), date(2026, 3, 27))
    assert issues.counts == {"trip_never_runs": 1}
    assert result.feed_facts[0]["last_date"] == "2026-12-31"


def test_A7_two_feeds_with_two_zones_make_one_timetable(tmp_path):
    london = """
        # agency.txt
        agency_id,agency_name,agency_url,agency_timezone
        tfl,TfL,https://tfl.gov.uk,Europe/London
        # routes.txt
        route_id,agency_id,route_short_name,route_type,route_color,route_text_color
        X,tfl,X,3,#ff00aa,white
        # trips.txt
        route_id,service_id,trip_id,trip_headsign,direction_id,wheelchair_accessible,bikes_allowed
        X,daily,morning,Town,1,1,2
        """
    a, b = read(tmp_path / "a", name="a"), read(tmp_path / "b", london, name="b")
    result, _ = compiled(a, b)
    tt, routes = result.timetable, result.routes
    assert result.zones == ["Europe/London", "Europe/Paris"]
    assert tt.trip_zone.tolist() == [1, 1, 0]
    assert tt.sequence_route.tolist() == [0, 1]
    assert tt.sequence_stop.tolist() == [0, 1, 2, 3, 4, 5]
    assert tt.trip_service.tolist() == [0, 0, 1]
    assert routes.agency.tolist() == [0, 1]
    assert list(routes.agency_name.list_all()) == ["RATP", "TfL"]
    assert list(routes.color.list_all()) == ["007852", "FF00AA"]
    assert list(routes.text_color.list_all()) == ["", ""]
    assert routes.feed.tolist() == [0, 1]
    assert [tt.headsign.get(i) for i in tt.trip_headsign] == ["", "", "Town"]
    assert tt.trip_direction.tolist() == [-1, -1, 1]
    assert tt.trip_step_free.tolist() == [0, 0, 1]
    assert tt.trip_bikes.tolist() == [0, 0, -1]
    with pytest.raises(FeedError, match="Two feeds have the same name: a, a"):
        compiled(a, a)


def test_B5_blocks_and_shapes_are_numbered_by_feed(tmp_path):
    blocks = """
        # trips.txt
        route_id,service_id,trip_id,block_id,shape_id
        12,week,morning,7,s
        12,week,noon,7,unknown
        12,sun,night,7,
        12,sun,dawn,,t
        """
    times = TIMES + "".join(
        f"\n{trip},{hour}:00:00,{hour}:00:00,A,1\n{trip},{hour}:05:00,{hour}:05:00,B,2"
        for trip, hour in (("dawn", 5), ("morning", 8), ("noon", 12), ("night", 22))
    )
    shapes = """
        # shapes.txt
        shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence
        t,48.7,2.7,1
        s,48.9,2.3,9
        s,48.8,2.2,4
        """
    feed = read(tmp_path, WEEK_AND_SUNDAY, blocks, times + "\n", shapes, name="a")
    tt = compiled(feed)[0].timetable
    assert list(tt.trip_id.list_all()) == ["dawn", "morning", "noon", "night"]
    assert tt.trip_block.tolist() == [-1, 0, 0, 0]
    assert tt.trip_shape.tolist() == [0, 1, -1, -1]
    assert tt.shape_offset.tolist() == [0, 1, 3]
    assert tt.shape_lat.tolist() == [48.7, 48.8, 48.9]
    elsewhere = """
        # stops.txt
        stop_id,stop_name,stop_lat,stop_lon
        A,a,45.75,4.85
        B,b,45.76,4.85
        """
    again = read(tmp_path, WEEK_AND_SUNDAY, blocks, times + "\n", shapes, elsewhere, name="b")
    both = compiled(feed, again)[0].timetable
    assert both.trip_block.tolist() == [-1, 0, 0, 0, -1, 1, 1, 1]
    assert both.trip_shape.tolist() == [0, 1, -1, -1, 2, 3, -1, -1]


def test_every_array_is_read_only_and_of_its_type(tmp_path):
    result, _ = compiled(read(tmp_path))
    types = {
        "sequence_pickup_type": "uint8", "sequence_drop_off_type": "uint8",
        "trip_event_offset": "int64",
        "trip_direction": "int8", "trip_step_free": "int8", "trip_bikes": "int8",
        "service_days": "uint8", "shape_offset": "int64", "shape_lat": "float64",
        "shape_lon": "float64", "lat": "float64", "lon": "float64", "step_free": "int8",
        "location_type": "uint8",
    }  # fmt: skip
    for part, kind in (
        (result.timetable, Timetable), (result.stops, Stops), (result.routes, Routes)
    ):  # fmt: skip
        assert type(part) is kind
        for name, value in part._asdict().items():
            arrays = (value.blob, value.offset) if isinstance(value, Strings) else (value,)
            assert not any(array.flags.writeable for array in arrays), name
            assert all(array.flags.c_contiguous for array in arrays), name
            if not isinstance(value, Strings):
                assert str(value.dtype) == types.get(name, "int32"), name


routes = st.sampled_from(["12", "13"])
call = st.tuples(st.sampled_from("ABC"), st.sampled_from([0, 0, 0, 1, 2]), st.integers(0, 1))
trips = st.lists(
    st.tuples(routes, st.integers(0, 5), st.lists(call, min_size=2, max_size=4)),
    min_size=1, max_size=9,
)  # fmt: skip


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(trips, st.booleans())
def test_sequences_hold_exactly_the_trips_with_their_calls(tmp_path, monkeypatch, trips, collide):
    """Against grouping in a dict; also where all hashes of the first seed collide."""
    honest = timetable_trips._hash_sequences
    with monkeypatch.context() as patch:
        if collide:
            patch.setattr(
                timetable_trips,
                "_hash_sequences",
                lambda calls, offset, seed: honest(calls, offset, seed) * np.uint64(seed > 0),
            )
        text = f"{TRIPS}\n" + "".join(f"{r},daily,t{i}\n" for i, (r, _, _) in enumerate(trips))
        text += f"{TIMES},pickup_type,drop_off_type\n"
        for i, (_, start, calls) in enumerate(trips):
            for k, (stop, pickup, drop_off) in enumerate(calls):
                time = f"{8 + start}:{k:02}:00"
                text += f"t{i},{time},{time},{stop},{k},{pickup},{drop_off}\n"
        text += "# routes.txt\nroute_id,route_type\n12,1\n13,1\n"
        tt = compiled(read(tmp_path, text))[0].timetable
    groups = {}
    for i, (route, start, calls) in enumerate(trips):
        key = route, *calls
        groups.setdefault(key, []).append((start, i))
    expected = [
        (["12", "13"].index(key[0]), list(key[1:]), [f"t{i}" for _, i in sorted(group)])
        for key, group in sorted(
            groups.items(), key=lambda item: (item[0][0], min(i for _, i in item[1]))
        )
    ]
    found = []
    for s in range(len(tt.sequence_route)):
        calls = slice(*tt.sequence_stop_offset[s : s + 2])
        rules = zip(
            ["ABC"[stop] for stop in tt.sequence_stop[calls]],
            tt.sequence_pickup_type[calls].tolist(),
            tt.sequence_drop_off_type[calls].tolist(),
            strict=True,
        )
        ids = [tt.trip_id.get(t) for t in range(*tt.sequence_trip_offset[s : s + 2])]
        found.append((int(tt.sequence_route[s]), list(rules), ids))
    assert found == expected


# file, (routes, stops, trips and stop_times as published), compiled (trips, events, sequences)
CITIES = [
    ("milan/milano_small_gtfs.zip", (15, 516, 10_608, 248_555), (10_608, 248_555, 60)),
    ("porto-alegre/poa_eptc.zip", (115, 3_986, 2_374, 130_019), (2_374, 130_019, 201)),
    ("porto-alegre/poa_trensurb.zip", (2, 24, 1_248, 14_855), (1_248, 14_855, 25)),
    ("helsinki/helsinki_gtfs.zip", (200, 1_388, 3_195, 62_485), (12_788, 226_011, 407)),
    ("sao-paulo/spo.zip", (19, 654, 36, 860), (7_948, 151_051, 36)),
    ("melun/melun-eqasim-2023.gtfs.zip", (33, 379, 1_508, 22_611), (1_508, 22_611, 76)),
    ("paris/ratp-metro-2019.gtfs.zip", (39, 763, 126_548, 3_032_700), None),
    ("paris/transilien-2016-shifted.gtfs.zip", (26, 1_007, 15_891, 248_941), None),
]
SHORT_TRIPS = {"helsinki_gtfs": 8, "transilien-2016-shifted": 1}  # of one stop only, dropped


@pytest.mark.city
@pytest.mark.parametrize(("file", "published", "compiled_counts"), CITIES)
def test_real_feeds_keep_every_row(city_data, file, published, compiled_counts):
    feed = read_gtfs(city_data / file)
    tables = feed.tables
    short = SHORT_TRIPS.get(feed.name, 0)
    assert feed.issues.counts["trip_with_fewer_than_two_stops"] == short
    read_rows = len(tables["routes"]), len(tables["stops"]), len(tables["trips"])
    assert (*read_rows, len(feed.stop_times.trip) + short) == published
    if compiled_counts:
        tt = compiled(feed)[0].timetable
        assert (
            len(tt.trip_service),
            len(tt.arrival),
            len(tt.sequence_route),
        ) == compiled_counts


@pytest.mark.city
def test_A11_most_times_of_porto_alegre_are_interpolated(city_data):
    times = read_gtfs(city_data / "porto-alegre" / "poa_eptc.zip").stop_times
    assert int(times.interpolated.sum()) == 125_271
    assert (times.departure >= times.arrival).all()
    same = times.trip[1:] == times.trip[:-1]
    assert (times.arrival[1:] >= times.departure[:-1])[same].all()


@pytest.mark.city
def test_paris_compiles_whole_and_13213_metro_trips_run_on_a_tuesday(city_data):
    metro = read_gtfs(city_data / "paris" / "ratp-metro-2019.gtfs.zip")
    train = read_gtfs(city_data / "paris" / "transilien-2016-shifted.gtfs.zip")
    result, issues = compiled(metro, train)
    tt = result.timetable
    assert result.zones == ["CET", "Europe/Paris"]
    assert (result.first_date, result.last_date) == (date(2019, 2, 5), date(2019, 9, 4))
    assert len(tt.trip_service) == 126_548 + 15_890
    assert len(tt.arrival) == 3_032_700 + 248_940
    assert not issues.counts
    day = (date(2019, 3, 19) - result.first_date).days
    running = tt.service_days[tt.trip_service, day] == 1
    assert int((running & (tt.trip_zone == 0)).sum()) == 13_213
    assert len(model(metro, stop_times=False).get_trips("20190319")) == 13_213
    assert len(model(train, stop_times=False).get_trips("20190319")) == int(
        (running & (tt.trip_zone == 1)).sum()
    )
