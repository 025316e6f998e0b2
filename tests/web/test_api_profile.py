"""GET /api/trajets/v1/profile over a drawn line."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from drawn_answers import client_of
from timetable_text import timetable

import planner.profile
from planner.itinerary import SearchTooLongError
from web.api.profile_form import ProfileResponse

LINE = """
    A     B
    8:00  8:20
    8:30  8:45
    9:00  9:20
    """
ASK = "/api/trajets/v1/profile?fromPlace=A&toPlace=B"


def ask(query="", drawing=LINE):
    client, _ = client_of(network=timetable(drawing))
    day = "" if "date=" in query else "&date=2026-03-25"
    return client.get(ASK + day + query)


def refused(query):
    response = ask(query)
    body = response.get_json()
    assert response.mimetype == "application/problem+json"
    assert body["error"] == body["detail"]
    return response.status_code, body["parameter"]


def test_every_departure_of_the_day_in_one_answer():
    body = ask("&around=08:10&step=30&firstDeparture=07:30&lastDeparture=09:00").get_json()
    ProfileResponse.model_validate(body)
    assert [trip["departure"][11:16] for trip in body["journeys"]] == ["07:00", "07:30", "08:00"]
    assert [trip["duration"] for trip in body["journeys"]] == [1200, 900, 1200]
    assert [time["duration"] // 60 for time in body["travelTimes"]] == [50, 20, 15, 20]
    assert body["best"] == {"departure": "2026-03-25T07:30:00Z", "duration": 900}
    assert body["worst"]["duration"] == 50 * 60
    gains = {shift["minutes"]: shift["gain"] // 60 for shift in body["shifts"]}
    assert gains == {-30: -5, -15: 10, 15: 15, 30: 35 - 40}
    assert (body["shortfalls"], body["unsupported"]) == ([], [])


def test_the_day_is_from_four_to_midnight_unless_asked():
    body = ask().get_json()
    assert (body["first"], body["last"]) == ("2026-03-25T03:00:00Z", "2026-03-25T23:00:00Z")
    assert len(body["travelTimes"]) == 20 * 6 + 1
    assert body["shifts"] == []


def test_nobody_keeps_an_answer_on_the_way():
    assert ask().headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("&date=tomorrow", "date"),
        ("&firstDeparture=8", "firstDeparture"),
        ("&lastDeparture=31:00", "lastDeparture"),
        ("&firstDeparture=09:00&lastDeparture=09:00", "lastDeparture"),
        ("&firstDeparture=00:00&lastDeparture=24:01", "lastDeparture"),
        ("&around=x", "around"),
        ("&step=0", "step"),
        ("&transitModes=BOAT", "transitModes"),
    ],
)
def test_nonsense_is_refused_by_name(query, parameter):
    assert refused(query) == (HTTPStatus.BAD_REQUEST, parameter)


def test_an_unknown_stop_is_not_found():
    client, _ = client_of(network=timetable(LINE))
    missing = client.get("/api/trajets/v1/profile?fromPlace=A&toPlace=Z")
    assert missing.status_code == HTTPStatus.NOT_FOUND


def test_a_day_without_timetable_is_an_answer_with_its_reason():
    client, _ = client_of(network=timetable(LINE))
    body = client.get("/api/trajets/v1/profile?fromPlace=A&toPlace=B&date=2030-01-01").get_json()
    assert [short["reason"] for short in body["shortfalls"]] == ["no_service_date"]
    assert body["journeys"] == []
    assert "best" not in body


def test_a_search_that_is_given_up_is_a_gateway_timeout(monkeypatch):
    def give_up(*_, **__):
        raise SearchTooLongError

    monkeypatch.setattr(planner.profile, "day_profile", give_up)
    assert ask().status_code == HTTPStatus.GATEWAY_TIMEOUT


def test_wishes_of_a_trip_alone_are_told_not_to_be_followed():
    notes = ask("&via=B&criterion=walk").get_json()["unsupported"]
    assert [note["parameter"] for note in notes] == ["via", "criterion"]
    assert refused("&fromPlace=B") == (400, "fromPlace")
