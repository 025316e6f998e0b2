"""GET /api/vN/plan: the requests real clients send, what the planner is asked, and errors."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from drawn_answers import (
    NETWORK,
    NO_SERVICE,
    answer,
    at,
    client_of,
)
from timetable_text import timetable

from planner.itinerary import Reason, Shortfall
from planner.network.strings import Strings
from planner.plan import plan
from planner.request import Coordinate, RequestError, StopRef, Via
from web.app import create_app
from web.settings import Settings

ENDS = "fromPlace=48.823,2.270&toPlace=48.853,2.349"

# Query strings as the clients write them, with their own ways to write lists and times.
NPM_CLIENT = (
    "fromPlace=48.823%2C2.270%2C0&toPlace=48.853%2C2.349&time=2026-03-25T08%3A00%3A00%2B01%3A00"
    "&arriveBy=false&timetableView=true&withFares=true&pedestrianProfile=FOOT&transitModes=TRANSIT"
    "&preTransitModes=WALK&preTransitModes=BIKE&postTransitModes=WALK&directModes=WALK"
    "&directModes=BIKE&directModes=CAR&language=fr&language=en"
)
KDE = (
    "fromPlace=48.823,2.27,0&toPlace=48.853,2.349,0&time=2026-03-25T07:00:00Z"
    "&transitModes=TRANSIT&directModes=WALK,BIKE,CAR,RENTAL&preTransitModes=WALK,RENTAL,BIKE"
    "&preTransitRentalFormFactors=BICYCLE&postTransitModes=WALK,RENTAL,BIKE&numItineraries=12"
    "&arriveBy=false"
)
FPTF = (
    "fromPlace=A&toPlace=48.853%2C2.349&time=2026-03-25T07%3A00%3A00.000Z&maxTransfers=2"
    "&detailedTransfers=false&transitModes=HIGHSPEED_RAIL%2CLONG_DISTANCE%2CNIGHT_RAIL"
    "%2CREGIONAL_FAST_RAIL%2CREGIONAL_RAIL%2CMETRO%2CFERRY%2CSUBURBAN%2CTRAM%2CSUBWAY%2CBUS"
    "%2CCOACH%2CFUNICULAR%2CAREAL_LIFT%2CODM&numItineraries=3&arriveBy=false"
    "&requireBikeTransport=false&pedestrianProfile=FOOT"
)


def ask(query, version=6, says=None, **options):
    """The response to `query` and the request that the planner got, None where it got none."""
    client, planner = client_of(says, **options)
    response = client.get(f"/api/v{version}/plan?{query}")
    return response, planner.asked[0] if planner.asked else None


def refused(query, **options):
    response, request = ask(query, **options)
    assert request is None
    body = response.get_json()
    assert response.mimetype == "application/problem+json"
    assert body["status"] == response.status_code
    assert body["error"] == body["detail"]
    return response.status_code, body.get("parameter"), body["error"]


@pytest.mark.parametrize("version", range(1, 7))
def test_rule_1_plan_is_served_in_six_versions(version):
    response, _ = ask(ENDS, version)
    assert response.status_code == 200
    assert len(response.get_json()["itineraries"]) == 1


def test_rule_1_there_is_no_seventh_version():
    response, _ = ask(ENDS, 7)
    assert (response.status_code, response.mimetype) == (404, "application/problem+json")
    assert response.get_json()["error"]


@pytest.mark.parametrize("query", [NPM_CLIENT, KDE, FPTF], ids=["npm", "KDE", "FPTF"])
def test_rule_2_real_clients_requests_are_understood(query):
    response, request = ask(query)
    assert response.status_code == 200, response.get_json()
    assert request.time == datetime(2026, 3, 25, 7, tzinfo=UTC)
    assert "transit" in request.modes


def test_rule_2_lists_are_read_in_both_encodings():
    _, repeated = ask(NPM_CLIENT)
    assert repeated.modes == {"walk", "bike", "car", "transit"}
    assert repeated.access == {"walk", "bike"}
    _, comma = ask(KDE)
    assert comma.modes == {"walk", "bike", "car", "transit"}
    assert (comma.access, comma.egress) == ({"walk", "bike"}, {"walk", "bike"})


def test_a_mode_without_data_is_named_and_the_rest_answered():
    response, _ = ask(KDE)
    notes = {note["parameter"]: note["message"] for note in response.get_json()["unsupported"]}
    assert notes.keys() == {
        "directModes", "preTransitModes", "postTransitModes", "preTransitRentalFormFactors",
    }  # fmt: skip
    assert "RENTAL" in notes["directModes"]


def test_defaults_are_those_of_motis():
    _, request = ask(ENDS)
    assert request.origin == Coordinate(48.823, 2.270)
    assert request.modes == {"walk", "transit"}
    assert (request.window_s, request.at_least, request.max_transfers) == (900, 5, None)
    assert (request.max_access_s, request.max_direct_s) == (900, 1800)
    assert abs(request.time - datetime.now(UTC)).total_seconds() < 60


def test_rule_4_max_transfers_is_one_less_up_to_v2():
    query = f"{ENDS}&maxTransfers=2"
    assert [ask(query, v)[1].max_transfers for v in range(1, 7)] == [1, 1, 2, 2, 2, 2]


def test_rule_4_no_transfer_means_no_transit_up_to_v2():
    query = f"{ENDS}&maxTransfers=0"
    assert ["transit" in ask(query, v)[1].modes for v in (1, 2, 3)] == [False, False, True]


def test_rule_13_empty_transit_modes_mean_no_transit():
    assert "transit" not in ask(f"{ENDS}&transitModes=")[1].modes


def test_rule_14_errors_carry_error():
    assert refused("fromPlace=48.823,2.27")[0] == 400


def test_rule_15_any_web_page_may_ask():
    client, _ = client_of()
    asked = client.get(f"/api/v6/plan?{ENDS}", headers={"Origin": "https://example.org"})
    assert asked.headers["Access-Control-Allow-Origin"] == "*"
    failed = client.get("/api/v6/plan", headers={"Origin": "https://example.org"})
    assert failed.headers["Access-Control-Allow-Origin"] == "*"
    page = client.get("/live", headers={"Origin": "https://example.org"})
    assert "Access-Control-Allow-Origin" not in page.headers


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("toPlace=48.8,2.3", "fromPlace"),
        ("fromPlace=98.8,2.3&toPlace=48.8,2.3", "fromPlace"),
        (f"{ENDS}&time=yesterday", "time"),
        (f"{ENDS}&time=2026-03-25", "time"),
        (f"{ENDS}&time=0001-01-01T00:00:00%2B23:00", "time"),
        (f"{ENDS}&transitModes=HOVERCRAFT", "transitModes"),
        (f"{ENDS}&maxTransfers=-1", "maxTransfers"),
        (f"{ENDS}&searchWindow=long", "searchWindow"),
        (f"{ENDS}&arriveBy=perhaps", "arriveBy"),
        (f"{ENDS}&pedestrianProfile=SWIMMER", "pedestrianProfile"),
        (f"{ENDS}&pageCursor=NEXT", "pageCursor"),
        (f"fromPlace={'a' * 300}&toPlace=48.8,2.3", "fromPlace"),
    ],
)
def test_H1_a_wrong_parameter_is_named_in_one_sentence(query, parameter):
    status, named, sentence = refused(query)
    assert (status, named) == (400, parameter)
    assert parameter in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence


def test_H1_an_unknown_stop_is_404():
    status, parameter, sentence = refused("fromPlace=Nowhere&toPlace=48.8,2.3")
    assert (status, parameter) == (404, "fromPlace")
    assert "'Nowhere'" in sentence


def test_a_stop_is_named_alone_or_with_its_feed():
    assert ask("fromPlace=A&toPlace=drawing:B")[1].origin == StopRef("A")
    assert ask("fromPlace=A&toPlace=drawing:B")[1].destination == StopRef("B", "drawing")


def test_stops_on_the_way_reach_the_planner_with_their_stays():
    assert ask(f"{ENDS}&via=A,B&viaMinimumStay=0,5")[1].via == (
        Via(StopRef("A")),
        Via(StopRef("B"), 300),
    )
    assert ask(f"{ENDS}&via=A&via=drawing:B")[1].via == (
        Via(StopRef("A")),
        Via(StopRef("B", "drawing")),
    )


@pytest.mark.parametrize(
    ("wish", "status", "parameter"),
    [
        ("via=A,B,D", 400, "via"),
        ("via=Nowhere", 404, "via"),
        ("via=A&viaMinimumStay=1,2", 400, "viaMinimumStay"),
        ("via=A&criterion=co2", 501, "via"),
        ("bannedRoutes=R1,R9", 404, "bannedRoutes"),
        ("preferredAgencies=nobody", 404, "preferredAgencies"),
    ],
)
def test_a_wish_that_means_nothing_is_refused_by_its_name(wish, status, parameter):
    assert refused(f"{ENDS}&{wish}")[:2] == (status, parameter)


def test_lines_are_banned_and_preferred_by_their_ids():
    assert ask(f"{ENDS}&bannedRoutes=R1")[1].routes == {1}
    assert ask(f"{ENDS}&bannedRoutes=drawing:R1")[1].routes == {1}
    assert ask(f"{ENDS}&bannedAgencies=agency")[1].routes == set()
    request = ask(f"{ENDS}&preferredRoutes=R2")[1]
    assert (request.routes, request.preferred, request.criterion) == (None, {1}, "preferred")
    assert ask(f"{ENDS}&preferredModes=SUBWAY&criterion=walk")[1].criterion == "walk"
    assert ask(f"{ENDS}&preferredModes=SUBWAY")[1].preferred == {0}


@pytest.mark.parametrize(
    ("asked", "profile"),
    [
        ("", "bike"),
        ("bikeProfile=calm", "bike_calm"),
        ("bikeProfile=cargo&bikeWeights=speed:15", "cargo+speed=15"),
        ("bikeWeights=stress:2,hills:1.5", "bike+hills=1.5+stress=2"),
        ("elevationCosts=NONE", "bike+hills=0"),
        ("elevationCosts=LOW", "bike"),
        ("elevationCosts=HIGH", "bike+hills=3"),
        ("elevationCosts=HIGH&bikeWeights=hills:2", "bike+hills=2"),
    ],
)
def test_a_bicycle_and_ones_own_weights_reach_the_planner(asked, profile):
    assert ask(f"{ENDS}&{asked}")[1].bike_profile == profile


@pytest.mark.parametrize(
    ("asked", "parameter", "said"),
    [
        ("bikeProfile=unicycle", "bikeProfile", "everyday"),
        ("elevationCosts=SOME", "elevationCosts", "HIGH"),
        ("bikeWeights=hills:9", "bikeWeights", "'hills' must lie between 0 and 5, not 9"),
        ("bikeWeights=colour:1", "bikeWeights", "'colour' is not a weight"),
        ("bikeWeights=hills", "bikeWeights", "not a weight such as hills:1.5"),
        ("bikeWeights=hills:inf", "bikeWeights", "between 0 and 5, not inf"),
    ],
)
def test_a_weight_out_of_bounds_is_refused_with_them(asked, parameter, said):
    status, named, sentence = refused(f"{ENDS}&{asked}")
    assert (status, named) == (400, parameter)
    assert said in sentence


def test_changes_and_speeds_as_the_traveller_wants_them_reach_the_planner():
    request = ask(
        f"{ENDS}&minTransferTime=5&additionalTransferTime=1.5&transferTimeFactor=1.25"
        "&pedestrianSpeed=1&cyclingSpeed=5&maxWalkingTime=600&criterion=walk"
    )[1]
    assert (request.min_transfer_s, request.extra_transfer_s) == (300, 90)
    assert (request.transfer_factor, request.criterion) == (1.25, "walk")
    assert (request.walk_speed_kmh, request.bike_speed_kmh) == pytest.approx((3.6, 18))
    assert request.max_walk_s == 600


def test_unknown_parameters_are_passed_over_and_named():
    response, _ = ask(f"{ENDS}&luggage=3&algorithm=PONG&somethingNew=1")
    assert response.status_code == 200
    notes = [note["parameter"] for note in response.get_json()["unsupported"]]
    assert notes == ["luggage", "algorithm", "somethingNew"]


def test_H1_no_answer_is_200_with_its_reason():
    response, _ = ask(ENDS, says=answer(itineraries=(), direct=(), shortfalls=(NO_SERVICE,)))
    body = response.get_json()
    assert (response.status_code, body["itineraries"], body["direct"]) == (200, [], [])
    assert "2026-04-05" in body["shortfalls"][0]["message"]


@pytest.mark.parametrize(("reason", "status"), [(Reason.TIMEOUT, 504), (Reason.UNKNOWN_STOP, 404)])
def test_H1_a_search_cut_off_is_an_error(reason, status):
    short = Shortfall(reason=reason, message="It took too long.", facts={})
    response, _ = ask(ENDS, says=answer(itineraries=(), direct=(), shortfalls=(short,)))
    assert (response.status_code, response.get_json()["error"]) == (status, "It took too long.")


def test_a_request_the_planner_refuses_is_400():
    response, _ = ask(ENDS, says=RequestError("the window is empty"))
    assert (response.status_code, response.get_json()["error"]) == (400, "The window is empty.")


@pytest.mark.parametrize(
    ("time", "instant"),
    [
        ("2026-03-25T08:00:00%2B01:00", "2026-03-25T07:00:00Z"),
        ("2026-03-25T08:00:00+01:00", "2026-03-25T07:00:00Z"),  # an unescaped plus is a blank
        ("2026-03-25T07:00:00Z", "2026-03-25T07:00:00Z"),
        ("2026-03-25T08:00", "2026-03-25T07:00:00Z"),
        ("2026-03-29T08:00", "2026-03-29T06:00:00Z"),  # summer time since that night
    ],
)
def test_A8_a_time_without_offset_is_local_and_the_instant_is_echoed(time, instant):
    response, request = ask(f"{ENDS}&time={time}")
    assert response.get_json()["requestParameters"]["time"] == instant
    assert request.time.astimezone(UTC).isoformat().replace("+00:00", "Z") == instant


def test_the_question_is_echoed_without_what_we_do_not_know():
    response, _ = ask(f"{KDE}&secret=1")
    echoed = response.get_json()["requestParameters"]
    assert echoed["directModes"] == "WALK,BIKE,CAR,RENTAL"
    assert "secret" not in echoed


def test_wishes_beyond_the_limits_are_cut():
    query = f"{ENDS}&searchWindow=999999&numItineraries=500&maxPreTransitTime=99999"
    _, request = ask(f"{query}&maxDirectTime=999999&maxTransfers=99")
    assert (request.window_s, request.at_least, request.max_itineraries) == (4 * 3600, 20, 20)
    assert (request.max_access_s, request.max_direct_s) == (3600, 6 * 3600)
    assert request.max_transfers == 20


def test_without_timetable_view_the_next_departure_is_enough():
    assert ask(f"{ENDS}&timetableView=false")[1].window_s == 0


def test_direct_trips_are_those_asked_for():
    def modes(query):
        return [trip["legs"][0]["mode"] for trip in ask(query)[0].get_json()["direct"]]

    assert modes(ENDS) == ["WALK"]
    assert modes(f"{ENDS}&directModes=BIKE") == ["BIKE"]
    assert modes(f"{ENDS}&directModes=") == []


def test_only_modes_asked_for_are_missing():
    far = Shortfall(reason=Reason.TOO_FAR, message="Too far.", facts={"mode": "walk"})
    says = answer(shortfalls=(far, NO_SERVICE))

    def reasons(query):
        return [short["reason"] for short in ask(query, says=says)[0].get_json()["shortfalls"]]

    assert reasons(ENDS) == ["too_far", "no_service_date"]
    assert reasons(f"{ENDS}&directModes=BIKE") == ["no_service_date"]


def itineraries(query, **options):
    return len(ask(query, **options)[0].get_json()["itineraries"])


def test_longer_itineraries_than_max_travel_time_are_left_out():
    assert itineraries(f"{ENDS}&maxTravelTime=30") == 0
    assert itineraries(f"{ENDS}&maxTravelTime=31") == 1


TWO_LINES = replace(
    NETWORK,
    routes=NETWORK.routes._replace(
        route_type=np.array([2, 1], np.int32),
        long_name=Strings.of(["RER C", "Métro 12"]),
        agency=np.zeros(2, np.int32),
    ),
)


@pytest.mark.parametrize(
    ("modes", "routes"),
    [
        ("SUBURBAN,SUBWAY", None),
        ("METRO,SUBWAY", None),
        ("TRANSIT", None),
        ("RAIL", None),
        ("SUBWAY", {1}),
        ("SUBURBAN", {0}),
        ("BUS", set()),
    ],
)
def test_only_lines_of_the_wanted_modes_are_searched(modes, routes):
    response, request = ask(f"{ENDS}&transitModes={modes}", network=TWO_LINES)
    assert request.routes == routes
    assert response.get_json()["unsupported"] == []


def test_required_bicycles_reach_the_planner():
    assert ask(f"{ENDS}&requireBikeTransport=true")[1].bikes_on_board
    assert not ask(ENDS)[1].bikes_on_board


def test_each_end_has_its_own_limit():
    request = ask(f"{ENDS}&maxPreTransitTime=600&maxPostTransitTime=60")[1]
    assert (request.max_access_s, request.max_egress_s) == (600, 60)


def test_step_free_reaches_the_planner():
    response, request = ask(f"{ENDS}&pedestrianProfile=WHEELCHAIR")
    assert request.step_free
    assert response.get_json()["unsupported"] == []
    assert not ask(ENDS)[1].step_free


@pytest.mark.parametrize(
    ("wish", "parameter"),
    [
        ("withFares=true", "withFares"),
    ],
)
def test_a_wish_that_is_not_followed_is_named(wish, parameter):
    body = ask(f"{ENDS}&{wish}")[0].get_json()
    assert [note["parameter"] for note in body["unsupported"]] == [parameter]


def test_pages_follow_each_other_without_gap_or_overlap():
    searched = {"EARLIER": "08:00:00", "LATER": "08:15:00"}

    def page(direction, extra=""):
        cursor = f"{direction}%7C{int(at(searched[direction]).timestamp())}"
        request = ask(f"{ENDS}&pageCursor={cursor}{extra}")[1]
        return request.time, request.window_s, request.at_least

    assert page("LATER") == (at("08:15:01"), 900, 5)
    assert page("EARLIER", "&arriveBy=true") == (at("07:59:59"), 900, 5)
    # Against the search's direction: a longer window, and no growing into pages already seen.
    assert page("EARLIER") == (at("06:59:59"), 3600, 0)
    assert page("LATER", "&arriveBy=true") == (at("09:15:01"), 3600, 0)


def test_direct_trips_are_on_the_first_page_only():
    response, _ = ask(f"{ENDS}&pageCursor=LATER|1774422000")
    assert response.get_json()["direct"] == []


def test_an_answer_is_never_stored():
    assert ask(ENDS)[0].headers["Cache-Control"] == "no-store"


TEN_MINUTES = timetable(
    """
    A     D
    8:00  8:30
    8:10  8:40
    8:20  8:50
    8:30  9:00
    8:40  9:10
    """
)


def follow(query, cursor, pages, network=TEN_MINUTES):
    """Departures, in UTC, of `pages` pages of the real planner's answers."""
    client = create_app(network, Settings(), planner=plan).test_client()
    url, seen, page = f"/api/v6/plan?fromPlace=A&toPlace=D&{query}", [], ""
    for _ in range(pages):
        body = client.get(url + page).get_json()
        seen.append([trip["startTime"][8:16] for trip in body["itineraries"]])
        page = f"&pageCursor={body[cursor]}"
    return seen


def flat(pages):
    return [time for page in pages for time in page]


@pytest.mark.parametrize("wanted", [0, 1, 2])
def test_following_pages_hold_every_departure_once(wanted):
    query = f"time=2026-03-25T08:00&searchWindow=900&numItineraries={wanted}"
    pages = follow(query, "nextPageCursor", 3)
    assert pages[0] == ["25T07:00", "25T07:10"]
    assert flat(pages)[:5] == [f"25T07:{minute}0" for minute in range(5)]


def test_a_late_direct_train_hides_no_earlier_departure_from_the_pages():
    with_change_or_late = timetable(
        """
        A     B     D
        8:05  8:15  |
        8:15  8:25  |
        8:25  8:35  |
        8:50  |     9:30
        --
        B     D
        8:17  8:30
        8:27  8:40
        8:37  8:50
        """
    )
    query = "time=2026-03-25T08:00&searchWindow=60&numItineraries=2"
    pages = follow(query, "nextPageCursor", 2, with_change_or_late)
    assert pages == [["25T07:05", "25T07:15"], ["25T07:25", "25T07:50"]]


def test_pages_grow_over_the_night_to_what_is_wanted():
    query = "time=2026-03-25T08:00&searchWindow=900&numItineraries=3"
    pages = follow(query, "nextPageCursor", 4)
    assert pages[:2] == [["25T07:00", "25T07:10", "25T07:20"], ["25T07:30", "25T07:40"]]
    assert flat(pages)[5] == "26T07:00"


@pytest.mark.parametrize("arrive", ["", "&arriveBy=true"])
def test_preceding_pages_hold_every_departure_once(arrive):
    query = f"time=2026-03-25T09:10&searchWindow=900&numItineraries=1{arrive}"
    seen = flat(follow(query, "previousPageCursor", 8))
    day = [time for time in seen if time.startswith("25T07")]
    assert sorted(day) == [f"25T07:{minute}0" for minute in range(5)]


CHANGING_OR_SLOW = timetable(
    """
    A     B     D
    8:00  8:10  |
    8:20  8:30  |
    8:40  8:50  |
    --
    B     D
    8:12  8:20
    8:32  8:40
    8:52  9:00
    --
    A     D
    8:00  8:30
    8:20  8:50
    8:40  9:10
    """
)


@pytest.mark.parametrize("most", [2, 3, 4])
@pytest.mark.parametrize("cursor", ["nextPageCursor", "previousPageCursor"])
@pytest.mark.parametrize("arrive", ["", "&arriveBy=true"])
def test_pages_of_at_most_so_many_hold_every_trip_once(most, cursor, arrive):
    """Of each departure there is a slow trip, and a quick one with a change."""
    at = "08:00" if cursor == "nextPageCursor" else "10:00"
    query = f"time=2026-03-25T{at}&searchWindow=14400&maxItineraries={most}{arrive}"
    pages = follow(query, cursor, 6, CHANGING_OR_SLOW)
    assert all(len(page) <= most for page in pages)
    seen = [time for time in flat(pages) if time.startswith("25T")]
    assert sorted(seen) == sorted(f"25T07:{minute}0" for minute in (0, 2, 4) for _ in range(2))


def test_the_operator_limits_the_itineraries_of_an_answer():
    client = create_app(TEN_MINUTES, Settings(max_itineraries=3), planner=plan).test_client()
    url = "/api/v6/plan?fromPlace=A&toPlace=D&time=2026-03-25T08:00&searchWindow=14400"
    body = client.get(f"{url}&maxItineraries=4").get_json()
    assert [trip["startTime"][11:16] for trip in body["itineraries"]] == ["07:00", "07:10", "07:20"]
    (told,) = [one for one in body["filters"] if one["name"] == "leave_to_another_page"]
    assert [one["itinerary"][:5] for one in told["dropped"]] == ["08:30", "08:40"]
    assert body["nextPageCursor"] == "LATER|1774423200"  # 08:20


def test_trips_that_all_take_too_long_are_said_to():
    client = create_app(TEN_MINUTES, Settings(), planner=plan).test_client()
    url = "/api/v6/plan?fromPlace=A&toPlace=D&time=2026-03-25T08:00"
    body = client.get(f"{url}&maxTravelTime=29").get_json()
    assert body["itineraries"] == []
    assert [(short["reason"], short["facts"]) for short in body["shortfalls"]] == [
        ("time_limit", {"minutes": "29"})
    ]
    assert client.get(f"{url}&maxTravelTime=30").get_json()["shortfalls"] == []


def test_a_name_that_is_no_parameter_is_told():
    notes = ask(f"{ENDS}&maxTransfer=1")[0].get_json()["unsupported"]
    assert [note["parameter"] for note in notes] == ["maxTransfer"]


@pytest.mark.parametrize("twice", ["fromPlace=48.8,2.27", "time=2026-03-25T09:00&time=2026-03-25"])
def test_a_parameter_of_one_value_is_there_once(twice):
    status, parameter, _ = refused(f"{ENDS}&{twice}")
    assert (status, parameter) == (400, twice.split("=")[0])


def test_no_itineraries_at_most_is_refused():
    assert refused(f"{ENDS}&maxItineraries=0")[0] == 400


def test_the_page_after_the_next_departures_repeats_none_of_them():
    query = "time=2026-03-25T08:01&timetableView=false"
    first, second = follow(query, "nextPageCursor", 2)
    assert (first, second[0]) == (["25T07:10"], "25T07:20")
    # The quick trip with its change and the slow one are both there, and not again.
    first, second = follow(query, "nextPageCursor", 2, CHANGING_OR_SLOW)
    assert (first, second) == (["25T07:20"] * 2, ["25T07:40"] * 2)


def test_A5_a_date_without_timetable_says_so_with_the_real_planner():
    client = create_app(TEN_MINUTES, Settings(), planner=plan).test_client()
    body = client.get("/api/v6/plan?fromPlace=A&toPlace=D&time=2031-03-25T08:00").get_json()
    assert body["itineraries"] == []
    assert body["shortfalls"][0]["reason"] == "no_service_date"
    assert "2026-04-05" in body["shortfalls"][0]["message"]
