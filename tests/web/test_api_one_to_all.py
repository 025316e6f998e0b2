"""MOTIS' one-to-all and our reachable, over a drawn town."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from drawn_answers import client_of
from timetable_text import timetable

import planner.reachable
from planner.itinerary import SearchTooLongError
from web.api.one_to_all import Spread
from web.motis.schema import Reachable
from web.settings import Settings

TOWN = """
    A     B     C
    8:05  8:15  8:30
    --
          B     D
          8:20  8:40
    """
AT = "time=2026-03-25T08:00:00%2B01:00"
# What MOTIS' own clients send.
NPM = f"one=A&{AT}&maxTravelTime=30&transitModes=SUBWAY&transitModes=BUS"
FPTF = (
    f"one=A&{AT}&maxTravelTime=60&maxTransfers=5&transitModes=TRANSIT&pedestrianProfile=WHEELCHAIR"
)


def ask(query, path="/api/v6/one-to-all", **options):
    client, _ = client_of(network=timetable(TOWN), **options)
    return client.get(f"{path}?{query}")


def told(response):
    body = response.get_json()
    Reachable.model_validate(body)
    return " ".join(f"{one['place']['name']} {one['duration']}/{one['k']}" for one in body["all"])


@pytest.mark.parametrize("name", ["v1", "v6", "experimental"])
def test_rule_1_one_to_all_is_served_under_three_names(name):
    response = ask(f"one=A&{AT}&maxTravelTime=60", f"/api/{name}/one-to-all")
    assert told(response) == "A 0/0 B 15/1 C 30/1 D 40/2"


@pytest.mark.parametrize("query", [NPM, FPTF], ids=["npm", "FPTF"])
def test_rule_2_real_clients_requests_are_understood(query):
    assert told(ask(query)).startswith("A 0/0 B 15/1 C 30/1")


def test_rule_7_the_level_is_0_up_to_v5():
    old, new = (ask(NPM, f"/api/{v}/one-to-all").get_json()["all"][0] for v in ("v1", "v6"))
    assert old["place"]["level"] == 0
    assert "level" not in new["place"]


def test_places_have_the_time_one_is_there():
    body = ask(NPM).get_json()
    assert body["one"]["departure"] == "2026-03-25T07:00:00Z"
    assert body["all"][1]["place"]["arrival"] == "2026-03-25T07:15:00Z"
    back = ask("one=D&time=2026-03-25T08:45:00%2B01:00&maxTravelTime=60&arriveBy=true")
    assert told(back) == "A 40/2 B 25/1 D 0/0"
    assert back.get_json()["all"][0]["place"]["departure"] == "2026-03-25T07:05:00Z"


def test_rule_13_no_transit_modes_is_no_transit():
    assert told(ask(f"one=A&{AT}&maxTravelTime=60&transitModes=")) == "A 0/0"
    assert told(ask(f"one=A&{AT}&maxTravelTime=60&transitModes=SUBWAY")) == "A 0/0"


@pytest.mark.parametrize(
    ("query", "status", "parameter"),
    [
        (AT, HTTPStatus.BAD_REQUEST, "one"),
        ("one=Z", HTTPStatus.NOT_FOUND, "one"),
        ("one=A&time=noon", HTTPStatus.BAD_REQUEST, "time"),
        ("one=A&maxTravelTime=121", HTTPStatus.BAD_REQUEST, "maxTravelTime"),
        ("one=A&maxTransfers=-1", HTTPStatus.BAD_REQUEST, "maxTransfers"),
    ],
)
@pytest.mark.parametrize("path", ["/api/v6/one-to-all", "/api/trajets/v1/reachable"])
def test_rule_14_errors_are_problems_that_name_the_parameter(path, query, status, parameter):
    response = ask(query, path)
    body = response.get_json()
    assert (response.status_code, body["parameter"]) == (status, parameter)
    assert response.mimetype == "application/problem+json"
    assert body["error"] == body["detail"]


def test_more_stops_than_the_operator_allows_are_refused():
    response = ask(NPM, settings=Settings(max_reached=2))
    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert "3 stops" in response.get_json()["error"]


@pytest.mark.parametrize(
    ("path", "search"),
    [
        ("/api/v6/one-to-all", "arrivals_and_rides"),
        ("/api/trajets/v1/reachable", "window_arrivals"),
    ],
)
def test_a_search_that_is_given_up_is_a_gateway_timeout(monkeypatch, path, search):
    def give_up(*_, **__):
        raise SearchTooLongError

    monkeypatch.setattr(planner.reachable, search, give_up)
    assert ask(f"one=A&{AT}", path).status_code == HTTPStatus.GATEWAY_TIMEOUT


def test_percentiles_over_the_minutes_of_a_window():
    query = f"one=A&{AT}&window=10&percentiles=0,50,100&maxTravelTime=60"
    body = ask(query, "/api/trajets/v1/reachable").get_json()
    Spread.model_validate(body)
    assert (body["departures"], body["percentiles"]) == (11, [0, 50, 100])
    by_name = {one["place"]["name"]: one["durations"] for one in body["all"]}
    # From 8:00 to 8:05 it takes 15 to 10 minutes to B; the vehicle is gone from 8:06 on.
    assert by_name == {
        "A": [0, 0, 0], "B": [10, 15, None], "C": [25, 30, None], "D": [35, 40, None],
    }  # fmt: skip


@pytest.mark.parametrize("query", ["window=121", "percentiles=101", "percentiles=", "window=x"])
def test_nonsense_about_the_window_is_refused_by_name(query):
    response = ask(f"one=A&{query}", "/api/trajets/v1/reachable")
    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert response.get_json()["parameter"] == query.partition("=")[0]


@pytest.mark.parametrize(
    ("path", "unknown"),
    [("/api/v6/one-to-all", "nonsense"), ("/api/trajets/v1/reachable", "arriveBy")],
)
def test_a_name_that_is_no_parameter_here_is_told(path, unknown):
    body = ask(f"one=A&{AT}&maxTravelTime=30&{unknown}=true", path).get_json()
    assert [note["parameter"] for note in body["unsupported"]] == [unknown]
    assert ask(f"one=A&one=B&{AT}&maxTravelTime=30", path).status_code == 400
