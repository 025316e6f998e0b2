"""GET /api/trajets/v1/streets over two drawn streets."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus

import pytest
from drawn_answers import client_of
from stress_cases import compiled
from timetable_text import timetable

from graph_build.streets.grid import make_grid
from graph_build.stress.label import label_streets, stress_rules
from planner.network.strings import Strings
from web.api.streets import MAX_FEATURES, StreetStress

ADDRESS = "/api/trajets/v1/streets"
BOX = "bbox=2.25,48.81,2.28,48.83"
# B is 48.8200 N and 2.2627 E.
DRAWING = "A---B---C\n    |\n    D"
WAYS = {
    "ABC": {"highway": "primary", "maxspeed": "50", "lanes": "4", "cycleway:right": "lane"},
    "BD": {"highway": "residential", "maxspeed": "30", "oneway": "yes"},
}


@pytest.fixture(scope="module")
def client():
    streets, facts = compiled(DRAWING, WAYS)
    names = ["Avenue", "Rue"]
    streets = streets._replace(name=(streets.way_id == 102).astype("int32"))
    drawn = timetable("A B\n8:00 8:10")
    network = replace(
        drawn,
        streets=streets,
        grid=make_grid(streets),
        street_names=Strings.of(names),
        road_facts=facts,
        stress=label_streets(streets, facts),
        manifest={**drawn.manifest, "stress_rules": stress_rules(), "attributions": ["© us"]},
    )
    return client_of(network=network)[0]


def features(client, query=BOX):
    response = client.get(f"{ADDRESS}?{query}")
    assert response.status_code == HTTPStatus.OK
    assert response.mimetype == "application/geo+json"
    body = response.get_json()
    StreetStress.model_validate(body)
    return body


def test_every_direction_that_may_be_cycled_is_a_feature(client):
    body = features(client)
    found = {
        (f["properties"]["way"], f["properties"]["direction"]): f["properties"]
        for f in body["features"]
    }
    assert len(body["features"]) == 5  # AB, BC both ways, and BD one way
    assert set(found) == {(101, "forward"), (101, "backward"), (102, "forward")}
    assert found[101, "forward"] == {
        "way": 101, "direction": "forward", "name": "Avenue", "roadClass": "primary",
        "infrastructure": "lane", "level": 2, "rule": "lane-2-lanes-1.5m-50", "norm": "fails",
        "speed": 50, "volume": 15_000, "lanes": 2, "length": pytest.approx(200, abs=1),
        "assumptions": ["volume", "width", "parking"],
    }  # fmt: skip
    assert found[101, "backward"]["level"] == 4
    assert found[102, "forward"]["level"] == 2
    assert (body["rules"], body["attributions"], body["shortfalls"]) == ("furth", ["© us"], [])


def test_lines_run_in_the_direction_of_travel(client):
    lines = {
        f["properties"]["direction"]: f["geometry"]["coordinates"]
        for f in features(client)["features"]
        if f["properties"]["way"] == 101
    }
    assert lines["forward"] == lines["backward"][::-1]
    assert lines["forward"][0][0] < lines["forward"][-1][0]  # longitude first, eastward


def test_other_rules(client):
    levels = {f["properties"]["level"] for f in features(client, BOX + "&rules=bna")["features"]}
    assert levels == {1, 3}
    assert features(client, BOX + "&rules=r5")["rules"] == "r5"


def test_what_lies_outside_the_box_is_not_there(client):
    south = features(client, "bbox=2.25,48.81,2.28,48.8203")["features"]
    assert {f["properties"]["way"] for f in south} == {102}
    assert features(client, "bbox=2.30,48.81,2.31,48.83")["features"] == []
    assert features(client, "bbox=-10.01,-10.01,-10,-10")["features"] == []


def test_a_short_answer_says_what_is_missing(client):
    body = features(client, BOX + "&limit=2&colour=red")
    assert len(body["features"]) == 2
    (short,) = body["shortfalls"]
    assert short["reason"] == "too_many_streets"
    assert short["facts"] == {"found": "5", "shown": "2"}
    (passed_over,) = body["unsupported"]
    assert passed_over["parameter"] == "colour"


@pytest.mark.parametrize(
    ("query", "parameter", "says"),
    [
        ("", "bbox", "missing"),
        ("bbox=1,2,3", "bbox", "4 items"),
        ("bbox=a,b,c,d", "bbox", "number"),
        ("bbox=nan,1,2,3", "bbox", "finite"),
        ("bbox=2,48,1,49", "bbox", "west,south,east,north"),
        ("bbox=2,95,2.01,96", "bbox", "west,south,east,north"),
        ("bbox=2,48,3,49", "bbox", "more than the 25"),
        (BOX + "&rules=mine", "rules", "furth"),
        (BOX + "&limit=0", "limit", "greater"),
        (BOX + f"&limit={MAX_FEATURES + 1}", "limit", "less"),
    ],
)
def test_what_cannot_be_answered_is_said(client, query, parameter, says):
    response = client.get(f"{ADDRESS}?{query}")
    body = response.get_json()
    assert (response.status_code, body["parameter"]) == (HTTPStatus.BAD_REQUEST, parameter)
    assert says in body["detail"]


def test_a_timetable_alone_has_no_streets():
    client, _ = client_of(network=timetable("A B\n8:00 8:10"))
    response = client.get(f"{ADDRESS}?{BOX}")
    assert response.status_code == HTTPStatus.NOT_FOUND
