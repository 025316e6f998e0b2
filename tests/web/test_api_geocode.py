"""GET /api/v1/geocode and /reverse-geocode: MOTIS' Match form and parameters."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from drawn_answers import NETWORK, client_of

from planner.places.search import PlaceHit
from web.api import geocode as api_geocode
from web.api.geocode import as_match, list_tokens
from web.motis.schema import Match

STATION = PlaceHit(
    kind="stop", name="Mairie d'Issy", lat=48.8241, lon=2.2736, stop_id="IDFM:22148",
    city="Issy-les-Moulineaux", category="subway,bus", importance=0.7, score=3.5,
)  # fmt: skip
HOUSE = PlaceHit(
    kind="address", name="12 Rue Ernest Renan", lat=48.8231234, lon=2.2701234, house_number="12",
    street="Rue Ernest Renan", city="Issy-les-Moulineaux", postcode="92130", score=2.0,
)  # fmt: skip


@pytest.fixture
def search(monkeypatch):
    """A client of a network with two places, and what the index was asked."""
    asked = []

    def find(folder, text, **options):
        asked.append((text, options))
        return [STATION, HOUSE]

    def around(folder, lat, lon, **options):
        asked.append(((lat, lon), options))
        return [HOUSE]

    monkeypatch.setattr(api_geocode, "find_places", find)
    monkeypatch.setattr(api_geocode, "reverse", around)
    client, _ = client_of(network=replace(NETWORK, folder=Path("network")))
    return client, asked


def test_matches_have_motis_form(search):
    client, _ = search
    station, house = client.get("/api/v1/geocode?text=mairie%20d%27issy").get_json()
    assert Match.model_validate(station)
    assert (station["type"], station["id"], station["category"]) == (
        "STOP",
        "IDFM:22148",
        "subway,bus",
    )
    assert (house["type"], house["street"], house["houseNumber"], house["zip"]) == (
        "ADDRESS", "Rue Ernest Renan", "12", "92130",
    )  # fmt: skip
    area = {"name": "Issy-les-Moulineaux", "adminLevel": 8, "matched": False, "default": True}
    assert house["areas"] == [area]
    assert house["tz"] == "Europe/Paris"


def test_places_at_one_spot_have_ids_of_their_own():
    shop = replace(HOUSE, kind="poi", house_number="", source_id="node/7")
    spots = [shop, replace(HOUSE, source_id="node/7"), HOUSE, STATION]
    assert [as_match(hit, "", "Europe/Paris").id for hit in spots] == [
        "poi/node/7",
        "address/node/7/12",
        "address/48.823123,2.270123/12",
        "IDFM:22148",
    ]


@pytest.mark.parametrize("types", ["type=STOP&type=ADDRESS", "type=STOP,ADDRESS"])
def test_rule_2_types_are_read_in_both_encodings(search, types):
    client, asked = search
    client.get(
        f"/api/v1/geocode?text=issy&{types}&place=48.82,2.27&placeBias=2&numResults=3&language=fr"
    )
    text, options = asked[0]
    assert text == "issy"
    assert options == {"focus": (48.82, 2.27), "limit": 3, "kinds": frozenset({"STOP", "ADDRESS"})}


def test_without_bias_place_is_ignored(search):
    client, asked = search
    client.get("/api/v1/geocode?text=issy&place=48.82,2.27&placeBias=0")
    assert asked[0][1] == {"focus": None, "limit": 10, "kinds": None}


def test_reverse_geocode_asks_for_what_is_around(search):
    client, asked = search
    (house,) = client.get("/api/v1/reverse-geocode?place=48.823,2.27").get_json()
    assert asked == [((48.823, 2.27), {"limit": 5, "kinds": None})]
    assert house["name"] == "12 Rue Ernest Renan"
    assert house["tokens"] == []


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("geocode", "text"),
        ("geocode?text=issy&type=HOUSE", "type"),
        ("geocode?text=issy&place=here", "place"),
        ("geocode?text=issy&place=98,2", "place"),
        ("geocode?text=issy&numResults=0", "numResults"),
        (f"geocode?text={'x' * 201}", "text"),
        ("reverse-geocode", "place"),
        ("reverse-geocode?place=48.8", "place"),
    ],
)
def test_H1_a_wrong_parameter_is_named(search, path, parameter):
    client, asked = search
    response = client.get(f"/api/v1/{path}")
    body = response.get_json()
    assert (response.status_code, body["parameter"], asked) == (400, parameter, [])
    assert parameter in body["error"]


def test_answers_may_be_kept_for_a_while_by_the_client_alone(search):
    client, _ = search
    first = client.get("/api/v1/geocode?text=issy")
    assert first.headers["Cache-Control"] == "private, max-age=300"
    again = client.get(
        "/api/v1/geocode?text=issy", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert again.status_code == 304


def test_a_network_without_place_index_is_503():
    client, _ = client_of()
    response = client.get("/api/v1/geocode?text=issy")
    assert (response.status_code, response.mimetype) == (503, "application/problem+json")


@pytest.mark.parametrize(
    ("name", "text", "parts"),
    [
        ("Mairie d'Issy", "mairie d'iss", ["Mairie", "d", "Iss"]),
        ("Église Sainte-Lucie", "eglise", ["Église"]),
        ("Rue Ernest Renan", "REN ern", ["Ern", "Ren"]),
        ("Cœur de Ville", "coeur", ["Cœur"]),
        ("Corentin Celton", "gare", []),
        ("Corentin Celton", "", []),
    ],
)
def test_tokens_are_the_matched_parts_of_the_name(name, text, parts):
    assert [name[start : start + length] for start, length in list_tokens(name, text)] == parts


@pytest.mark.parametrize(
    ("kind", "motis"),
    [
        ("stop", "STOP"),
        ("address", "ADDRESS"),
        ("street", "ADDRESS"),
        ("poi", "PLACE"),
        ("place", "PLACE"),
    ],
)
def test_kinds_are_motis_types(kind, motis):
    assert as_match(replace(HOUSE, kind=kind), "", "Europe/Paris").type == motis
