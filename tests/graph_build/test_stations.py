"""Which stops are one station."""

import numpy as np
import pytest
from feed_text import LINE, write_feed
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.gtfs import read_gtfs
from graph_build.timetable.stations import (
    SAME_STATION_M,
    compile_stops,
    find_stations,
    normalise_name,
)

DEGREE_M = 111_195.0
NOWHERE = (float("nan"), float("nan"))


def stations(*stops):
    """stops: (name, metres east, metres north, parent index or -1, location_type)."""
    names, east, north, parent, kind = zip(*stops, strict=True)
    lat = 48.82 + np.array(north, float) / DEGREE_M
    lon = 2.27 + np.array(east, float) / DEGREE_M / np.cos(np.radians(48.82))
    found = find_stations(names, lat, lon, np.array(parent, np.int32), np.array(kind, np.uint8))
    assert found.dtype == np.int32
    return found.tolist()


def test_C7_quays_of_one_name_near_each_other_are_one_station():
    assert stations(
        ("Mairie d'Issy", 0, 0, -1, 0),
        ("MAIRIE D ISSY", 100, 0, -1, 0),
        ("Corentin-Celton", 0, 50, -1, 0),
        ("Mairie d'Issy", 0, 100, -1, 0),
        ("Mairie d'Issy", 0, 900, -1, 0),
    ) == [0, 0, 2, 0, 4]  # fmt: skip


@pytest.mark.parametrize("east", [-100, 0, 100])
@pytest.mark.parametrize("north", [-100, 0, 100])
def test_C7_two_quays_are_one_station_wherever_they_lie(east, north):
    for shift in range(0, 300, 7):  # across every border of the cells they are sought in
        a, b = (shift, 2 * shift), (shift + east, 2 * shift + north)
        assert stations(("Gare", *a, -1, 0), ("Gare", *b, -1, 0)) == [0, 0]
        assert stations(("Gare", *a, -1, 0), ("Gare", b[0] * 3 + 900, b[1], -1, 0)) == [0, 1]


def test_C7_a_chain_of_near_quays_is_one_station():
    quays = [("Gare", 120 * i, 0, -1, 0) for i in (3, 0, 2, 1)]
    assert stations(*quays) == [0, 0, 0, 0]


def test_the_published_station_stands_for_its_stops_and_those_near_them():
    assert stations(
        ("Issy Val de Seine", 300, 0, 2, 0),  # a platform, far from its station's point
        ("issy val-de-seine", 400, 0, -1, 0),  # a tram stop near the platform
        ("ISSY VAL DE SEINE", 0, 0, -1, 1),
        ("Sortie 2", 0, 0, 2, 2),
        ("Quai A", 300, 0, 0, 4),
    ) == [2, 2, 2, 2, 2]  # fmt: skip


def test_parents_in_a_circle_are_left_alone():
    assert stations(("a", 0, 0, 1, 1), ("b", 0, 0, 2, 1), ("c", 0, 0, 0, 1)) == [0, 1, 2]
    assert stations(("a", 0, 0, 1, 1), ("b", 0, 0, 0, 1)) == [0, 1]


def test_stops_without_name_or_place_stay_alone():
    nan = float("nan")
    assert stations(
        ("", 0, 0, -1, 0), ("", 0, 0, -1, 0), ("x", nan, nan, -1, 0), ("x", nan, nan, -1, 0),
        ("...", 0, 0, -1, 0), ("!", 0, 0, -1, 0),
    ) == [0, 1, 2, 3, 4, 5]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.integers(-400, 400), st.integers(-400, 400)),
        min_size=1, max_size=12,
    ),
    st.sampled_from([0.0, 48.82, -60.0]),
    st.sampled_from([0.0, 2.27, 139.7]),
)  # fmt: skip
def test_stations_are_those_that_pairs_one_by_one_make(stops, lat0, lon0):
    """No grid, no vectors: merge any two of one name within reach, until none is left."""
    lat = np.array([lat0 + n / DEGREE_M for _, _, n in stops])
    lon = np.array([lon0 + e / DEGREE_M / np.cos(np.radians(lat0)) for _, e, _ in stops])
    group = list(range(len(stops)))
    for i in range(len(stops)):
        for j in range(len(stops)):
            north = (lat[j] - lat[i]) * DEGREE_M
            east = (lon[j] - lon[i]) * DEGREE_M * np.cos(np.radians(lat[i]))
            if stops[i][0] == stops[j][0] and np.hypot(north, east) <= SAME_STATION_M:
                a, b = sorted((group[i], group[j]))
                group = [a if g == b else g for g in group]
    n = len(stops)
    found = find_stations(
        [s[0] for s in stops], lat, lon, np.full(n, -1, np.int32), np.zeros(n, np.uint8)
    )
    assert found.tolist() == group


@pytest.mark.parametrize(
    "name", ["Hôtel-de-Ville", "HOTEL DE VILLE", "hôtel  de ville", "Hotel.de.Ville "]
)
def test_names_are_compared_without_case_accents_and_dashes(name):
    assert normalise_name(name) == "hotel de ville"


def test_names_in_other_scripts_keep_their_letters():
    assert normalise_name("東京駅") == "東京駅"
    assert normalise_name("Sacré-Cœur") == normalise_name("SACRE COEUR")


def test_stops_of_two_feeds_form_one_table(tmp_path):
    train = """
        # stops.txt
        stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station,wheelchair_boarding,platform_code
        S,MAIRIE D'ISSY,48.8241,2.2731,1,,1,
        A,MAIRIE D'ISSY,48.8242,2.2732,0,S,,2
        B,Far,48.7,2.2,0,,2,
        C,Farther,,,0,,0,
        """
    feeds = [
        read_gtfs(write_feed(tmp_path / "metro", LINE)),
        read_gtfs(write_feed(tmp_path / "train", LINE, train)),
    ]
    stops = compile_stops(feeds)
    assert list(stops.stop_id.list_all()) == ["A", "B", "C", "S", "A", "B", "C"]
    assert stops.feed.tolist() == [0, 0, 0, 1, 1, 1, 1]
    assert stops.station.tolist() == [3, 1, 2, 3, 3, 5, 6]
    assert stops.step_free.tolist() == [0, 0, 0, 1, 1, -1, 0]
    assert list(stops.platform.list_all()) == ["", "", "", "", "2", "", ""]
    assert stops.location_type.tolist() == [0, 0, 0, 1, 0, 0, 0]
    assert np.isnan(stops.lat).tolist() == [False] * 6 + [True]
    assert not stops.station.flags.writeable


@pytest.mark.city
def test_the_metro_and_the_trains_of_paris_share_stations(city_data):
    feeds = [
        read_gtfs(city_data / "paris" / "ratp-metro-2019.gtfs.zip"),
        read_gtfs(city_data / "paris" / "transilien-2016-shifted.gtfs.zip"),
    ]
    stops = compile_stops(feeds)
    names, ids = list(stops.name.list_all()), list(stops.stop_id.list_all())
    by_name = {}
    for i, name in enumerate(names):
        by_name.setdefault(name, set()).add(int(stops.station[i]))
    assert len(by_name["Mairie d'Issy"]) == 1
    assert len(by_name["ISSY VAL DE SEINE"]) == 1
    assert {ids[i] for i in by_name["Nation"] | by_name["NATION"]} == {"StopArea:DUA8775810"}
    assert len(np.unique(stops.station)) == 786
