"""The planner's answer in MOTIS' words, version by version: rules 3 to 11 of its clients."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from drawn_answers import BY_TRANSIT, METRO, NETWORK, NO_SERVICE, RER, answer, at, ride, stop
from hypothesis import given
from hypothesis import strategies as st

from planner.itinerary import Itinerary, StreetLeg
from web.motis.modes import allowed_modes, mode_of_type, transit_mode
from web.motis.polyline import encode_polyline
from web.motis.response import Detail, itinerary_id, plan_response
from web.motis.schema import PlanResponse


def written(version=6, says=None, **detail):
    return plan_response(says or answer(), NETWORK, Detail(version=version, **detail))


def legs(version=6, **detail):
    return written(version, **detail)["itineraries"][0]["legs"]


def places(value):
    """Every MOTIS Place in an answer."""
    if isinstance(value, dict):
        if "vertexType" in value:
            yield value
        for part in value.values():
            yield from places(part)
    elif isinstance(value, list):
        for part in value:
            yield from places(part)


def test_every_version_keeps_its_own_schema_and_is_json():
    for version in range(1, 7):
        PlanResponse.model_validate(json.loads(json.dumps(written(version))))


def test_the_ends_of_the_trip_are_named_as_motis_does_and_others_by_their_stop():
    ways = [(leg["mode"], leg["from"]["name"], leg["to"]["name"]) for leg in legs()]
    assert ways == [
        ("WALK", "START", "Stop 1"),
        ("SUBURBAN", "Stop 1", "Stop 3"),
        ("WALK", "Stop 3", "Stop 4"),
        ("SUBWAY", "Stop 4", "Stop 5"),
        ("WALK", "Stop 5", "END"),
    ]


def test_rule_3_polylines_have_seven_decimals_in_v1_and_six_since():
    assert [legs(v)[0]["legGeometry"]["precision"] for v in range(1, 7)] == [7, 6, 6, 6, 6, 6]
    geometry = legs(1)[0]["legGeometry"]
    assert decode(geometry["points"], 7)[0] == (48.8231111, 2.2701111)
    assert decode(legs(6)[0]["legGeometry"]["points"], 6)[0] == (48.823111, 2.270111)
    assert geometry["length"] == 2


def test_rule_5_the_display_name_moves_to_its_own_member_in_v4():
    metro = {v: legs(v)[3] for v in (3, 4)}
    assert (metro[3]["routeShortName"], metro[3].get("displayName")) == ("Métro 12", None)
    # A line without a short name keeps a name that clients can show.
    assert (metro[4]["routeShortName"], metro[4]["displayName"]) == ("Métro 12", "Métro 12")


def test_rule_6_an_rer_is_metro_up_to_v4_and_suburban_since():
    assert [transit_mode(RER, v) for v in range(1, 7)] == ["METRO"] * 4 + ["SUBURBAN"] * 2
    gondola = ride([(stop(1), "08:00:00", "08:00:00")], route_type=6)
    assert [transit_mode(gondola, v) for v in (4, 5)] == ["AREAL_LIFT", "AERIAL_LIFT"]


@pytest.mark.parametrize(
    ("route_type", "mode"),
    [
        (0, "TRAM"), (1, "SUBWAY"), (2, "REGIONAL_RAIL"), (3, "BUS"), (4, "FERRY"),
        (7, "FUNICULAR"), (11, "BUS"), (101, "HIGHSPEED_RAIL"), (105, "NIGHT_RAIL"),
        (109, "SUBURBAN"), (200, "COACH"), (401, "SUBWAY"), (704, "BUS"), (900, "TRAM"),
        (1200, "FERRY"), (1501, "OTHER"), (99999, "OTHER"),
    ],
)  # fmt: skip
def test_rule_6_route_types_have_motis_names(route_type, mode):
    assert mode_of_type(route_type) == mode


def test_rule_6_filters_understand_old_names_and_groups():
    assert allowed_modes(["METRO", "AREAL_LIFT"]) == {"SUBURBAN", "AERIAL_LIFT"}
    assert allowed_modes(["REGIONAL_FAST_RAIL"]) == {"REGIONAL_RAIL"}
    assert "SUBWAY" in allowed_modes(["RAIL"])
    assert allowed_modes(["TRANSIT"]) > allowed_modes(["RAIL", "BUS"])


def test_rule_7_level_is_zero_up_to_v5_and_left_out_in_v6():
    assert all(place["level"] == 0 for place in places(written(5)))
    assert not any("level" in place for place in places(written(6)))


def test_rule_8_both_lists_are_there_when_nothing_was_found():
    body = written(says=answer(itineraries=(), direct=(), shortfalls=(NO_SERVICE,)))
    assert (body["itineraries"], body["direct"]) == ([], [])
    assert body["shortfalls"][0]["reason"] == "no_service_date"
    assert body["shortfalls"][0]["facts"]["last"] == "2026-04-05"


def test_rule_9_every_leg_lists_its_stops_between():
    body = written()
    every = [leg for trip in body["itineraries"] + body["direct"] for leg in trip["legs"]]
    assert [len(leg["intermediateStops"]) for leg in every] == [0, 1, 0, 0, 0, 0, 0]
    between = every[1]["intermediateStops"][0]
    assert (between["arrival"], between["departure"]) == (
        "2026-03-25T07:10:00Z",
        "2026-03-25T07:11:00Z",
    )


def test_rule_10_v1_says_no_turn_its_clients_fail_on():
    def turns(version):
        return [s["relativeDirection"] for s in written(version)["direct"][1]["legs"][0]["steps"]]

    assert turns(1) == ["DEPART", "RIGHT", "HARD_LEFT"]
    assert turns(2) == ["DEPART", "SLIGHTLY_RIGHT", "UTURN_LEFT"]


def test_rule_11_colours_have_no_hash_and_times_are_utc():
    rer = legs()[1]
    assert (rer["routeColor"], rer["routeTextColor"]) == ("FFCD00", "000000")
    assert (rer["startTime"], rer["scheduledStartTime"]) == ("2026-03-25T07:05:26Z",) * 2
    assert (rer["realTime"], rer["scheduled"], rer["cancelled"]) == (False, True, False)


def test_A13_seconds_are_kept():
    rer = legs()[1]
    assert rer["startTime"] == "2026-03-25T07:05:26Z"
    assert rer["duration"] == 9 * 60 + 34
    assert written()["itineraries"][0]["duration"] == 30 * 60 + 34


def test_A9_a_ride_carries_its_service_date():
    assert legs()[1]["serviceDate"] == "2026-03-25"


def test_track_and_parent_are_told_where_known():
    start, end = legs()[1]["from"], legs()[1]["to"]
    assert (start["track"], start["scheduledTrack"], start["parentId"]) == ("2B", "2B", "IDFM:10")
    assert not {"track", "parentId"} & end.keys()


def test_what_is_unknown_is_left_out_and_what_is_known_is_told():
    rer, metro = legs()[1], legs()[3]
    assert not {"bikesAllowed", "wheelchairAccessible", "headway"} & rer.keys()
    assert (metro["bikesAllowed"], metro["wheelchairAccessible"]) == (False, "NOT_ACCESSIBLE")


def test_a_feeds_url_is_of_the_web_or_left_out():
    assert legs()[1]["agencyUrl"] == "https://example.org"
    assert "agencyUrl" not in legs()[3]


def test_every_ride_has_the_strings_that_clients_split():
    for leg in (legs(v)[i] for v in range(1, 7) for i in (1, 3)):
        assert isinstance(leg["tripId"], str)
        assert isinstance(leg["routeShortName"], str)


def test_detailed_legs_off_leaves_empty_geometry_and_no_steps():
    for leg in legs(legs=False, transfers=False):
        assert (leg["legGeometry"]["points"], leg["legGeometry"]["length"]) == ("", 0)
        assert "steps" not in leg


def test_detailed_transfers_off_touches_ways_between_vehicles_only():
    shown = ["steps" in leg for leg in legs(transfers=False) if leg["mode"] == "WALK"]
    assert shown == [True, False, True]


def test_cursors_are_the_ends_of_what_was_searched():
    body = written()
    assert body["previousPageCursor"] == f"EARLIER|{int(at('08:00:00').timestamp())}"
    assert body["nextPageCursor"] == f"LATER|{int(at('08:15:00').timestamp())}"


def test_an_itinerarys_id_is_its_own_and_tells_no_place():
    same = replace(BY_TRANSIT, legs=tuple(BY_TRANSIT.legs))
    other = Itinerary((*BY_TRANSIT.legs[:3], replace(METRO, trip_id="T3"), BY_TRANSIT.legs[4]))
    assert itinerary_id(same) == itinerary_id(BY_TRANSIT) != itinerary_id(other)
    assert "48.8" not in itinerary_id(BY_TRANSIT)


def test_an_estimated_way_says_so():
    legs_ = tuple(
        replace(leg, estimated=True) if isinstance(leg, StreetLeg) else leg
        for leg in BY_TRANSIT.legs
    )
    body = written(says=answer(itineraries=(Itinerary(legs_),)))
    assert body["itineraries"][0]["legs"][0]["estimated"] is True
    assert written()["itineraries"][0]["legs"][0]["estimated"] is False


def test_polyline_of_the_published_example():
    # developers.google.com/maps/documentation/utilities/polylinealgorithm
    points = [(38.5, -120.2), (40.7, -120.95), (43.252, -126.453)]
    assert encode_polyline(points, 5) == "_p~iF~ps|U_ulLnnqC_mqNvxq`@"


@given(st.lists(st.tuples(st.floats(-90, 90), st.floats(-180, 180))), st.sampled_from([6, 7]))
def test_polylines_decode_to_what_was_encoded(points, precision):
    found = decode(encode_polyline(points, precision), precision)
    assert found == [(round(a, precision), round(b, precision)) for a, b in points]


def decode(text, precision):
    numbers, value, shift = [], 0, 0
    for letter in text:
        chunk = ord(letter) - 63
        value |= (chunk & 31) << shift
        shift += 5
        if chunk < 32:
            numbers.append(~(value >> 1) if value & 1 else value >> 1)
            value = shift = 0
    points, lat, lon = [], 0, 0
    for north, east in zip(numbers[::2], numbers[1::2], strict=True):
        lat, lon = lat + north, lon + east
        points.append(
            (round(lat / 10**precision, precision), round(lon / 10**precision, precision))
        )
    return points
