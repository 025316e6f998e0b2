"""MOTIS' one-to-many and our isochrone, over a drawn town."""

from __future__ import annotations

import itertools
from http import HTTPStatus
from urllib.parse import quote

import pytest
import shapely
from shapely.geometry import shape
from small_town import write_town

from graph_build.build import build_network
from graph_build.region import read_region
from planner.network.store import open_network
from planner.request import Coordinate
from planner.streets.route import route
from web.api.street_times import Areas
from web.app import create_app
from web.motis.one_to_many import MAX_MANY
from web.motis.schema import Durations
from web.settings import Settings

A, C, NOWHERE = "48.8240;2.2730", "48.8320;2.2880", "10;10"
MORNING = "time=2026-03-24T07:50"


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    folder = tmp_path_factory.mktemp("town")
    build_network(read_region(write_town(folder / "files")), folder / "network")
    return open_network(folder / "network")


@pytest.fixture
def client(network):
    return create_app(network, Settings()).test_client()


def place(text):
    return Coordinate(*map(float, text.split(";")))


def many(client, **parameters):
    defaults = {"one": A, "many": f"{A},{C},{NOWHERE}", "mode": "WALK", "max": 3600}
    given = {key: value for key, value in (defaults | parameters).items() if value is not None}
    return client.get("/api/v1/one-to-many", query_string=given)


@pytest.mark.parametrize("arrive_by", [False, True])
@pytest.mark.parametrize("mode", ["WALK", "BIKE", "CAR"])
def test_one_to_many_says_what_a_route_does(client, network, mode, arrive_by):
    response = many(client, mode=mode, arriveBy=str(arrive_by).lower(), withDistance="true")
    body = response.get_json()
    Durations.model_validate(body)
    assert response.headers["Cache-Control"] == "no-store"
    ends = (C, A) if arrive_by else (A, C)
    way = route(network, *map(place, ends), mode.lower(), max_s=3600)
    assert body == [
        {"duration": 0, "distance": 0.0},
        {"duration": way.duration, "distance": round(way.length_m, 1)},
        {},
    ]


def test_npm_and_spec_write_the_list_in_two_ways(client):
    # As the npm client sends it, and as MOTIS' own description says.
    npm = (
        "one=48.8240%3B2.2730&many=48.8320%3B2.2880&many=48.8240%3B2.2730&mode=WALK&max=1800"
        "&maxMatchingDistance=250&arriveBy=false"
    )
    spec = f"one={A}&many={quote(C)},{quote(A)}&mode=WALK&max=1800&arriveBy=false"
    found = [client.get(f"/api/v1/one-to-many?{one}").get_json() for one in (npm, spec)]
    assert found[0] == found[1]
    assert len(found[0]) == 2


def test_rule_15_one_to_many_takes_json(client):
    body = {"one": A, "many": [C, A], "mode": "BIKE", "max": 1800,
            "maxMatchingDistance": 250, "arriveBy": False}  # fmt: skip
    posted = client.post("/api/v1/one-to-many", json=body).get_json()
    assert posted == many(client, many=f"{C},{A}", mode="BIKE", max=1800).get_json()


def test_a_way_longer_than_max_and_a_street_too_far_are_no_way(client):
    assert many(client, max=5).get_json() == [{"duration": 0}, {}, {}]
    assert many(client, many="48.8325;2.2870", maxMatchingDistance=5).get_json() == [{}]


@pytest.mark.parametrize(
    ("parameters", "parameter"),
    [
        ({"one": None}, "one"),
        ({"one": "48.8;x"}, "one"),
        ({"many": "91;2"}, "many"),
        ({"many": ",".join([A] * (MAX_MANY + 1))}, "many"),
        ({"mode": "TRANSIT"}, "mode"),
        ({"max": -1}, "max"),
    ],
)
def test_one_to_many_refuses_what_means_nothing(client, parameters, parameter):
    response = many(client, **parameters)
    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert response.get_json()["parameter"] == parameter


def areas(client, query):
    response = client.get(f"/api/trajets/v1/isochrone?{query}")
    assert response.status_code == HTTPStatus.OK, response.text
    assert response.mimetype == "application/geo+json"
    body = response.get_json()
    Areas.model_validate(body)
    return body


@pytest.mark.parametrize("mode", ["WALK", "BIKE", "CAR", "TRANSIT"])
def test_H5_areas_hold_each_other_and_the_place(client, mode):
    body = areas(client, f"one=48.8240,2.2730&minutes=2,20,10&mode={mode}&{MORNING}")
    assert [one["properties"]["minutes"] for one in body["features"]] == [20, 10, 2]
    found = [shape(one["geometry"]) for one in body["features"]]
    for longer, shorter in itertools.pairwise(found):
        assert longer.is_valid
        assert shorter.difference(longer).area < 1e-12
    assert found[-1].distance(shapely.Point(2.2730, 48.8240)) < 3e-5


def test_transit_reaches_farther_than_walking(client):
    query = "one=48.8240,2.2730&minutes=10&time=2026-03-24T07:58"
    walked, ridden = (
        shape(areas(client, f"{query}&mode={mode}")["features"][0]["geometry"])
        for mode in ("WALK", "TRANSIT")
    )
    assert walked.difference(ridden).area < 1e-12
    assert ridden.area > 1.2 * walked.area


def test_a_place_off_the_streets_has_no_area_and_a_reason(client):
    body = areas(client, "one=10,10&minutes=10")
    assert body["features"] == []
    assert body["shortfalls"][0]["reason"] == "outside_area"


@pytest.mark.parametrize(
    ("query", "status", "parameter"),
    [
        ("minutes=10", HTTPStatus.BAD_REQUEST, "one"),
        ("one=Z&minutes=10", HTTPStatus.NOT_FOUND, "one"),
        ("one=48.8,2.2", HTTPStatus.BAD_REQUEST, "minutes"),
        ("one=48.8,2.2&minutes=61", HTTPStatus.BAD_REQUEST, "minutes"),
        ("one=48.8,2.2&minutes=0", HTTPStatus.BAD_REQUEST, "minutes"),
        ("one=48.8,2.2&minutes=10&time=noon", HTTPStatus.BAD_REQUEST, "time"),
        ("one=48.8,2.2&minutes=10&mode=SLEIGH", HTTPStatus.BAD_REQUEST, "mode"),
    ],
)
def test_isochrone_refuses_what_means_nothing(client, query, status, parameter):
    response = client.get(f"/api/trajets/v1/isochrone?{query}")
    assert response.status_code == status
    assert response.get_json()["parameter"] == parameter
