"""The pages without a browser: what they say, what they escape, what their links keep."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from drawn_answers import (
    BY_TRANSIT,
    METRO,
    NETWORK,
    NO_SERVICE,
    RER,
    answer,
    at,
    client_of,
    walk,
)
from werkzeug.datastructures import MultiDict

from planner.itinerary import Itinerary, Place, Reason, Shortfall
from planner.request import Coordinate, StopRef, Via
from web.pages.query import End, Question, read_ref

HERE = "from=Ici&from_at=48.82311,2.27011&to=L%C3%A0&to_at=48.85311,2.34911"
WHEN = "when=depart&date=2026-03-25&time=08:00"
PLAN = f"/plan?{HERE}&{WHEN}"
PAGES = (
    "/",
    PLAN,
    PLAN.replace("/plan", "/when"),
    "/plan?from=x",
    "/sources",
    "/accessibility",
    "/no-such-page",
)


def read(path, says=None, **headers):
    client, _ = client_of(says)
    return client.get(path, headers=headers)


class Outline(HTMLParser):
    """Ids, headings, links and inline handlers of a page."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.headings, self.links, self.handlers, self.styled = [], [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        facts = dict(attrs)
        if "id" in facts:
            self.ids.append(facts["id"])
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if "href" in facts:
            self.links.append(facts["href"])
        self.handlers += [name for name in facts if name.startswith("on")]
        if "style" in facts or (tag in ("style", "script") and "nonce" not in facts):
            self.styled.append(tag)


# --- The address line -------------------------------------------------------------------------

QUESTIONS = (
    Question(),
    Question(
        origin=End("Mairie d’Issy", StopRef("IDFM:22148")),
        destination=End("12 rue Renan & fils", Coordinate(48.82391, 2.27)),
    ),
    Question(
        origin=End("a", Coordinate(-1.5, -0.00001)), destination=End("b"), when="arrive",
        day=at("08:00:00").date(), clock=at("23:59:00").time(), modes=("car", "transit"),
        step_free=True,
    ),
    Question(
        via=End("Corentin Celton", StopRef("M:1")), stay=15, slack=10, pace="fast", max_walk=20,
        prefer="co2", avoid=("metro", "bus"),
    ),
    Question(pace="slow", prefer="walk", slack=2, avoid=("rail", "tram")),
)  # fmt: skip


@pytest.mark.parametrize("question", QUESTIONS)
def test_H3_every_parameter_survives_a_shared_link(question):
    params = MultiDict(question.params())
    assert Question.read(params, params.getlist("modes"), params.getlist("avoid")) == question


def test_H3_the_shared_link_asks_the_planner_the_same():
    client, planner = client_of()
    wishes = "via_at=stop:S1&via=S1&stay=5&slack=2&pace=slow&avoid=metro"
    page = client.get(f"{PLAN}&modes=car&modes=transit&step_free=1&{wishes}").text
    share = re.search(r'href="([^"]*)"[^>]*data-share', page)[1].replace("&amp;", "&")
    client.get(share)
    assert planner.asked[0] == planner.asked[1]


@pytest.mark.parametrize(
    ("query", "field", "value"),
    [
        ("slack=5", "extra_transfer_s", 300),
        ("slack=6", "extra_transfer_s", 0),
        ("pace=slow", "walk_speed_kmh", 3.0),
        ("pace=fast", "walk_speed_kmh", 6.0),
        ("pace=run", "walk_speed_kmh", None),
        ("max_walk=20", "max_walk_s", 1200),
        ("max_walk=-1", "max_walk_s", None),
        ("prefer=co2", "criterion", "co2"),
        ("prefer=price", "criterion", ""),
        ("via=S1&via_at=stop:S1&stay=10", "via", (Via(StopRef("S1"), 600),)),
        ("avoid=metro", "routes", frozenset({1})),  # the drawing has a metro and a train
        ("avoid=rail&avoid=metro", "routes", frozenset()),
        ("avoid=tram", "routes", None),
        ("avoid=boat", "routes", None),
    ],
)
def test_the_forms_options_are_asked_of_the_planner(query, field, value):
    client, planner = client_of()
    assert client.get(f"{PLAN}&{query}").status_code == 200
    assert getattr(planner.asked[0], field) == value


def test_one_goes_through_stops_alone():
    client, planner = client_of()
    page = client.get(f"{PLAN}&via=48.8,2.2")
    assert page.status_code == 400
    assert "Choisissez un arrêt" in page.text
    assert planner.asked == []


def test_a_stop_on_the_way_goes_with_no_preference():
    client, planner = client_of()
    page = client.get(f"{PLAN}&via=S1&via_at=stop:S1&prefer=co2")
    assert page.status_code == 400
    assert "exclut la préférence" in page.text
    assert planner.asked == []


def test_the_options_are_told_in_the_folds_line():
    client, _ = client_of()
    query = "via=S1&via_at=stop:S1&slack=5&pace=slow&max_walk=20&prefer=walk&avoid=rail"
    assert (
        "par S1 · 5 min de plus par correspondance · marche lente · 20 min à pied au plus"
        " · moins de marche · sans RER et train"
    ) in text_of(client.get(f"{PLAN}&{query}").text)
    assert "via S1 · 5 min more per change · slow walking" in text_of(
        client.get(f"{PLAN}&{query}&lang=en").text
    )


def test_now_is_shared_as_the_hour_it_was():
    page = read(f"/plan?{HERE}").text
    share = re.search(r'href="([^"]*)"[^>]*data-share', page)[1]
    assert "when=depart" in share
    assert "date=20" in share


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("48.8239,2.27", Coordinate(48.8239, 2.27)),
        (" 48.8239 , 2.27 ", Coordinate(48.8239, 2.27)),
        ("stop:IDFM:1", StopRef("IDFM:1")),
        ("91,2", None),
        ("48.8,181", None),
        ("stop:", None),
        ("nan,nan", None),
        ("Mairie", None),
    ],
)
def test_places_as_the_url_writes_them(text, place):
    assert read_ref(text) == place


def test_a_reference_made_for_another_text_is_dropped():
    args = {"from": "Corentin", "from_at": "48.82,2.27", "from_for": "Mairie"}
    assert Question.read(args, []).origin == End("Corentin", None)


@pytest.mark.parametrize(
    "query",
    ["date=2026-02-30&when=depart", "time=25:00&when=arrive", "when=never", "modes=boat",
     "from_at=stop:", "date=x", "time=08:00%2B05:00&when=depart", "lang=xx", "endpoint=a&self=b"],
)  # fmt: skip
def test_nonsense_in_the_url_is_never_an_error_of_ours(query):
    assert read(f"/plan?{HERE}&{query}").status_code in (200, 400)
    assert read(f"/?{query}").status_code == 200


# --- Languages --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "accepted", "language"),
    [
        ("/", "", "fr"),
        ("/", "en-GB,en;q=0.9", "en"),
        ("/", "de", "fr"),
        ("/?lang=en", "fr", "en"),
        ("/?lang=fr", "en", "fr"),
    ],
)
def test_the_language_is_the_urls_then_the_browsers_then_french(path, accepted, language):
    page = read(path, **{"Accept-Language": accepted})
    assert f'<html lang="{language}">' in page.text
    assert page.headers["Content-Language"] == language
    assert "Accept-Language" in page.headers["Vary"]


def test_the_switch_keeps_the_question():
    link = re.search(r'href="([^"]*)"[^>]*data-language-switch', read(PLAN).text)[1]
    assert "from_at=48.82311%2C2.27011" in link
    assert link.endswith("lang=en")


# --- What the pages say -----------------------------------------------------------------------


def text_of(page):
    """Words on the page, without tags and with plain spaces."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page)).replace("\u00a0", " ")


def test_H4_the_text_holds_all_that_the_map_shows():
    words = text_of(read(PLAN).text)
    for stop in ("Stop 1", "Stop 2", "Stop 3", "Stop 4", "Stop 5"):
        assert stop in words
    for said in (
        "Départ 08:00 , arrivée 08:31",
        "RER C",
        "direction Pontoise",
        "quai 2B",
        "08:11 Stop 2",
        "Correspondance à pied : 2 min",
        "Attente 3 min",
        "Marchez 5 min (400 m)",
    ):
        assert said in words


def test_walking_all_the_way_is_compared():
    assert "Tout à pied : 40 min, soit 9 min de plus" in text_of(read(PLAN).text)
    assert "Walking all the way: 40 min, 9 min more" in text_of(read(f"{PLAN}&lang=en").text)


@pytest.mark.parametrize(
    ("modes", "opened"),
    [("modes=bike", "bike"), ("modes=walk&modes=bike", "walk"), ("modes=car", "walk")],
)
def test_the_first_trip_that_was_asked_for_is_open(modes, opened):
    page = read(f"{PLAN}&{modes}", answer(itineraries=())).text
    assert re.findall(r'class="card card--(\w+)"[^>]* open>', page) == [opened]


@pytest.mark.parametrize(("feeds", "said"), [([], False), ([{"name": "bus"}], True)])
def test_days_bind_only_where_there_are_timetables(feeds, said):
    client, _ = client_of(network=replace(NETWORK, manifest=NETWORK.manifest | {"feeds": feeds}))
    page = client.get("/").text
    assert ('min="2026-03-23"' in page) == said
    assert ("Horaires connus" in page) == said


@pytest.mark.parametrize(
    ("language", "said"),
    [("fr", "à contresens des voitures"), ("en", "against the cars")],
)
def test_H6_steps_name_what_is_unusual(language, said):
    leg = BY_TRANSIT.legs[0]
    steps = tuple(
        replace(step, **change)
        for step in [answer().direct[1].legs[0].steps[0]]
        for change in (
            {"infrastructure": "none"},
            {"push": True, "contraflow": False},
            {"road_class": "steps", "street": "", "contraflow": False},
        )
    )
    way = Itinerary((replace(leg, mode="bike", steps=steps),))
    words = text_of(read(f"{PLAN}&lang={language}", answer(itineraries=(), direct=(way,))).text)
    assert said in words
    for french, english in (
        ("vélo à la main", "push the bike"),
        ("Prenez l’escalier", "Take the stairs"),
    ):
        assert (french if language == "fr" else english) in words


def test_H1_a_missing_timetable_is_said_with_the_dates_there_are():
    nothing = answer(itineraries=(), direct=(), shortfalls=(NO_SERVICE,))
    assert "du 23 mars 2026 au 5 avril 2026" in text_of(read(PLAN, nothing).text)
    link = re.search(r'href="([^"]*)"[^>]*>Chercher le', read(PLAN, nothing).text)[1]
    assert "date=2026-04-05" in link  # the nearest day that has one
    assert "from 23 March 2026 to 5 April 2026" in text_of(read(f"{PLAN}&lang=en", nothing).text)


@pytest.mark.parametrize("reason", list(Reason))
@pytest.mark.parametrize("language", ["fr", "en"])
def test_H1_every_reason_has_its_sentence(reason, language):
    short = Shortfall(reason=reason, message="internal", facts={"side": "origin", "mode": "bike"})
    page = read(f"{PLAN}&lang={language}", answer(itineraries=(), direct=(), shortfalls=(short,)))
    said = text_of(page.text)
    assert page.status_code == 200
    assert "internal" not in said
    assert ("Vélo :" if language == "fr" else "Bike:") in said


def test_headway_and_estimates_are_marked():
    rough = replace(BY_TRANSIT.legs[0], estimated=True)
    often = replace(METRO, headway=360)
    words = text_of(read(PLAN, answer(itineraries=(Itinerary((rough, often)),))).text)
    assert "Un passage toutes les 6 min environ" in words
    assert "marche estimée" in words
    assert "Horaires théoriques" in words


SURE = (
    replace(METRO, step_free=1, calls=tuple(
        replace(call, place=replace(call.place, step_free=1)) for call in METRO.calls
    )),
)  # fmt: skip
UNSURE = (
    replace(SURE[0], step_free=0),
    replace(SURE[0], calls=(METRO.calls[0], SURE[0].calls[1])),
    replace(SURE[0], calls=(SURE[0].calls[0], METRO.calls[1])),
)


@pytest.mark.parametrize(
    ("leg", "query", "said"),
    [(leg, "&step_free=1", False) for leg in SURE]
    + [(leg, "&step_free=1", True) for leg in UNSURE]
    + [(leg, "", False) for leg in UNSURE],
)
def test_what_is_not_known_to_be_step_free_is_to_be_confirmed(leg, query, said):
    words = text_of(read(f"{PLAN}{query}", answer(itineraries=(Itinerary((leg,)),))).text)
    assert ("accès sans escalier à confirmer" in words) is said
    assert ("à confirmer auprès du transporteur" in words) is said


@pytest.mark.parametrize(("language", "said"), [("fr", "sans escalier"), ("en", "step-free")])
def test_step_free_is_a_box_that_stays_ticked(language, said):
    def form(query):
        page = read(f"{PLAN}&lang={language}{query}").text
        box = re.search(r'<input type="checkbox" name="step_free" value="1"( checked)?>', page)
        return bool(box[1]), text_of(re.search(r"data-options-text>([^<]*)<", page)[1])

    assert form("")[0] is False
    assert said not in form("")[1]
    ticked, options = form("&step_free=1")
    assert ticked
    assert options.endswith(f" · {said}")


def test_trips_that_differ_in_time_only_are_one_card():
    later = Itinerary(
        (walk(BY_TRANSIT.legs[0].origin, RER.origin, "08:20:00", 5), *BY_TRANSIT.legs[1:])
    )
    page = read(PLAN, answer(itineraries=(BY_TRANSIT, later), direct=())).text
    assert page.count("data-trip=") == 1
    assert re.search(r'href="[^"]*time=08(?::|%3A)20[^"]*"[^>]*><time', page)


def test_shown_times_and_durations_agree():
    page = text_of(read(PLAN).text)  # 08:00:26 to 08:31
    assert "08:00" in page
    assert "31 min" in page


def test_a_text_that_nothing_matches_is_named():
    page = read("/plan?from=Atlantide&to=48.82,2.27")
    assert page.status_code == 400
    assert "Aucun lieu ne correspond à « Atlantide »" in text_of(page.text)
    assert 'aria-invalid="true"' in page.text


def test_the_same_place_twice_is_refused():
    page = read("/plan?from=48.82,2.27&to=48.82,2.27")
    assert "au même endroit" in text_of(page.text)


# --- Nothing of a feed is trusted -------------------------------------------------------------

EVIL = '<script>alert(1)</script>"onload="alert(2)'


def test_text_of_feeds_and_urls_is_escaped():
    bad = replace(
        METRO, headsign=EVIL, route_short_name=EVIL, agency_name=EVIL, route_color="red;}*{x",
        calls=tuple(
            replace(call, place=Place(name=EVIL, lat=48.8, lon=2.3, platform=EVIL))
            for call in METRO.calls
        ),
    )  # fmt: skip
    page = read(
        f"/plan?from={EVIL}&from_at=48.8,2.2&to=b&to_at=48.9,2.3",
        answer(itineraries=(Itinerary((bad,)),)),
    )
    outline = Outline(page.text)
    assert "<script>alert" not in page.text
    assert outline.handlers == []
    assert "red;" not in page.text
    assert not [link for link in outline.links if link.lower().startswith("javascript")]


def test_links_to_agencies_are_web_addresses_only():
    page = read(PLAN).text
    assert 'href="https://example.org"' in page
    assert "javascript:" not in page


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_each_page_is_sound(path, language):
    join = "&" if "?" in path else "?"
    page = read(f"{path}{join}lang={language}")
    outline = Outline(page.text)
    assert page.mimetype == "text/html"
    assert len(outline.ids) == len(set(outline.ids))
    assert outline.headings[0] == 1
    assert outline.headings.count(1) == 1
    assert all(b - a <= 1 for a, b in zip(outline.headings, outline.headings[1:], strict=False))
    assert outline.styled == []  # the content policy lets no style attribute pass
    assert "Set-Cookie" not in page.headers
    assert not re.search(r'(?:src|href)="(?:https?:)?//(?!example\.org)', page.text)


def test_the_content_policy_carries_the_pages_nonce():
    page = read(PLAN)
    nonces = set(re.findall(r'nonce="([^"]+)"', page.text))
    assert len(nonces) == 1
    assert f"'nonce-{nonces.pop()}'" in page.headers["Content-Security-Policy"]


def test_a_bug_of_ours_is_told_in_words():
    page = read(PLAN, RuntimeError("secret"))
    assert page.status_code == 500
    assert "secret" not in page.text
    assert "Une erreur s’est produite" in page.text


def test_a_page_that_is_not_there_is_said_so():
    page = read("/no-such-page", **{"Accept-Language": "en"})
    assert page.status_code == 404
    assert "There is no such page" in page.text


def test_the_api_keeps_its_own_errors():
    assert read("/api/v9/nothing").mimetype == "application/problem+json"
