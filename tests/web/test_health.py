"""What a supervisor and a reader of the API's description are told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from drawn_answers import NETWORK, client_of
from flask import Flask
from openapi_spec_validator import validate

from web.api.health import describe
from web.city import City, serve
from web.settings import Settings


def city(day: str, **manifest) -> City:
    network = replace(NETWORK, manifest=NETWORK.manifest | manifest)
    now = datetime.fromisoformat(f"{day}T23:30:00+00:00")
    return City(network=network, settings=Settings(), plan=None, now=lambda: now)


def test_live_answers_whatever_is_served():
    client, _ = client_of()
    assert client.get("/live").get_json() == {"status": "live"}


def test_ready_tells_the_network_its_dates_and_feeds():
    client, _ = client_of()
    body = client.get("/ready").get_json()
    assert (body["status"], body["network"]) == ("ready", "drawing")
    assert (body["firstDate"], body["lastDate"]) == ("2026-03-23", "2026-04-05")
    assert body["feeds"][0]["name"] == "drawing"


def test_A5_ready_says_when_the_timetable_is_over():
    assert not describe(city("2026-03-25")).expired
    assert describe(city("2026-04-06")).expired
    assert describe(city("2026-01-01")).expired


def test_A5_today_is_the_networks_own():
    # 23:30 UTC on 5 April is already the 6th in Paris.
    assert describe(city("2026-04-05")).expired
    assert not describe(city("2026-04-05", timezone="America/New_York")).expired


def test_streets_alone_never_expire():
    found = describe(city("2026-05-01", feeds=[]))
    assert (found.expired, found.first_date, found.last_date) == (False, None, None)


def test_A5_each_feed_has_its_own_dates():
    old = {"name": "old", "first_date": "2026-03-01", "last_date": "2026-03-24"}
    found = describe(city("2026-03-25", feeds=[{"name": "new"}, old]))
    assert [(feed.name, feed.expired) for feed in found.feeds] == [("new", False), ("old", True)]
    assert not found.expired


def test_ready_follows_the_clock_of_the_city():
    client, _ = client_of()
    app: Flask = client.application
    serve(app, city("2026-05-01"))
    assert client.get("/ready").get_json()["expired"] is True
    assert datetime.now(UTC).tzinfo is UTC


def test_the_api_describes_itself_in_valid_openapi_3_1():
    client, _ = client_of(settings=Settings(contact="plan@example.org"))
    response = client.get("/openapi.json")
    spec = response.get_json()
    validate(spec)
    assert spec["openapi"].startswith("3.1")
    assert spec["info"]["contact"] == {"email": "plan@example.org"}
    again = client.get("/openapi.json", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304


def test_every_api_route_is_described_with_summary_parameters_and_responses():
    client, _ = client_of()
    spec = client.get("/openapi.json").get_json()
    rules = {
        rule.rule
        for rule in client.application.url_map.iter_rules()
        if rule.rule.startswith(("/api/", "/live", "/ready"))
    }
    assert rules == spec["paths"].keys()
    for path in rules:
        operation = spec["paths"][path]["get"]
        assert operation["summary"], path
        assert "200" in operation["responses"], path
        for parameter in operation.get("parameters", []):
            assert parameter["description"], (path, parameter["name"])
    assert [spec["paths"][f"/api/v{v}/plan"]["get"].get("deprecated") for v in (5, 6)] == [
        True,
        False,
    ]


def test_an_answer_fits_its_own_description():
    client, _ = client_of()
    components = client.get("/openapi.json").get_json()["components"]["schemas"]
    body = client.get("/api/v6/plan?fromPlace=48.8,2.3&toPlace=48.9,2.3").get_json()
    assert components["PlanResponse"]["required"]
    assert set(components["PlanResponse"]["required"]) <= body.keys()
    leg = body["itineraries"][0]["legs"][1]
    assert (
        set(components["Leg"]["required"]) <= leg.keys() <= components["Leg"]["properties"].keys()
    )
