"""The planner's door, on drawn timetables: what is answered, and why not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np
import pytest
from timetable_text import FIRST_DATE, timetable

from planner.itinerary import Reason, TransitLeg
from planner.network.store import frozen
from planner.plan import plan
from planner.request import Coordinate, Request, RequestError, StopRef
from planner.stop_ids import find_stop, parse_stop_ref, public_stop_id

LINE = """
    A     B          D
    8:05  8:15/8:17  8:30
    9:05  9:15/9:17  9:30
    """


def asked(net, origin="A", destination="D", at="2026-03-25T08:00+01:00", **options):
    request = Request(
        origin=StopRef(origin), destination=StopRef(destination),
        time=datetime.fromisoformat(at), **options,
    )  # fmt: skip
    return plan(net, request)


def drawn(itinerary):
    """`A 08:05 R1 D 08:30`, with `walk` for a way on foot."""
    return " | ".join(
        f"{leg.origin.name} {leg.start:%H:%M} "
        f"{leg.route_short_name if isinstance(leg, TransitLeg) else leg.mode} "
        f"{leg.destination.name} {leg.end:%H:%M}"
        for leg in itinerary.legs
    )


def test_itinerary_names_its_line_stops_and_local_times():
    (itinerary,) = asked(timetable(LINE)).itineraries
    assert drawn(itinerary) == "A 08:05 R1 D 08:30"
    (leg,) = itinerary.legs
    assert [call.place.name for call in leg.calls] == ["A", "B", "D"]
    assert [f"{call.arrival:%H:%M} {call.departure:%H:%M}" for call in leg.calls] == [
        "08:05 08:05",
        "08:15 08:17",
        "08:30 08:30",
    ]
    assert leg.start.utcoffset() == timedelta(hours=1)


def test_A9_service_date_of_a_trip_after_midnight_is_the_day_before():
    (itinerary,) = asked(timetable("A  D\n25:10  25:30"), at="2026-03-26T01:00+01:00").itineraries
    assert itinerary.legs[0].service_date == date(2026, 3, 25)
    assert f"{itinerary.start:%d %H:%M}" == "26 01:10"


def test_a_change_on_foot_is_a_leg_of_its_own():
    net = timetable(
        """
        A     B
        8:05  8:15
        --
        C     D
        8:20  8:30
        """,
        walks="B 4m C",
    )
    (itinerary,) = asked(net).itineraries
    assert drawn(itinerary) == "A 08:05 R1 B 08:15 | B 08:15 walk C 08:19 | C 08:20 R2 D 08:30"


def test_footpaths_lead_to_the_first_stop_and_from_the_last():
    net = timetable("B  C\n8:05  8:30", walks="A 2m B, C 3m D")
    (itinerary,) = asked(net).itineraries
    assert drawn(itinerary) == "A 08:03 walk B 08:05 | B 08:05 R1 C 08:30 | C 08:30 walk D 08:33"


def test_B10_any_quay_of_the_station_will_do():
    # A and B are one station; the trip leaves from B.
    net = timetable("B  D\n8:05  8:30\n--\nA  C\n8:00 8:01", station=[0, 0, 2, 3])
    (itinerary,) = asked(net).itineraries
    assert drawn(itinerary) == "B 08:05 R1 D 08:30"


def test_window_lists_later_departures():
    answer = asked(timetable(LINE), window_s=7200)
    assert [drawn(one) for one in answer.itineraries][:2] == [
        "A 08:05 R1 D 08:30",
        "A 09:05 R1 D 09:30",
    ]


def test_arrive_by_leaves_as_late_as_possible():
    (itinerary,) = asked(
        timetable(LINE), at="2026-03-25T09:29:59+01:00", arrive_by=True
    ).itineraries
    assert drawn(itinerary) == "A 08:05 R1 D 08:30"


def test_A13_departure_in_the_next_second_is_not_caught():
    net = timetable("A  D\n8:05:00  8:30")
    answer = asked(net, at="2026-03-25T08:05:00.5+01:00")
    assert f"{answer.itineraries[0].start:%d %H:%M}" == "26 08:05"


def test_max_transfers_is_kept():
    net = timetable("""
        A     B
        8:05  8:15
        --
              B     D
              8:20  8:30
        --
        A           D
        8:02        9:00
        """)
    assert [one.transfers for one in asked(net).itineraries] == [0, 1]
    assert [one.transfers for one in asked(net, max_transfers=0).itineraries] == [0]


@pytest.mark.parametrize(
    ("reason", "words", "question"),
    [
        (Reason.UNKNOWN_STOP, "no stop 'X'", {"origin": "X"}),
        (Reason.NO_SERVICE_DATE, "2026-03-23 to 2026-04-05", {"at": "2027-01-01T08:00+01:00"}),
        (Reason.WINDOW_EXHAUSTED, "and 2026-04-06T12:00", {"at": "2026-04-05T09:10+02:00"}),
        (Reason.WINDOW_EXHAUSTED, "2026-03-25T08:00", {"origin": "D", "destination": "A"}),
    ],
)
def test_H1_no_answer_has_its_reason(reason, words, question):
    answer = asked(timetable(LINE), **question)
    assert answer.itineraries == ()
    assert [shortfall.reason for shortfall in answer.shortfalls] == [reason]
    assert words in answer.shortfalls[0].message


def test_A5_day_without_service_gives_the_valid_dates():
    net = timetable("A  D\n8:05  8:30", service_days=[[1, 1, 1, 0, 0, 0, 0, 1]])
    answer = asked(net, at="2026-03-26T08:00+01:00")
    assert [s.reason for s in answer.shortfalls] == [Reason.NO_SERVICE_DATE]


def test_a_point_needs_streets():
    request = Request(
        origin=Coordinate(48.82, 2.27), destination=StopRef("D"),
        time=datetime.fromisoformat("2026-03-25T08:00+01:00"),
    )  # fmt: skip
    assert [s.reason for s in plan(timetable(LINE), request).shortfalls] == [Reason.OUTSIDE_AREA]


def test_A8_time_without_offset_is_refused():
    with pytest.raises(RequestError, match="offset"):
        asked(timetable(LINE), at="2026-03-25T08:00")


def test_mode_that_does_not_exist_is_refused_with_those_that_do():
    with pytest.raises(RequestError, match="'boat' is not a mode: take walk, bike"):
        asked(timetable(LINE), modes=frozenset({"boat"}))


def test_stop_ids_shared_by_feeds_are_told_apart():
    net = timetable(LINE)
    assert public_stop_id(net, 0) == "A"
    assert find_stop(net, StopRef("A", "drawing")) == 0
    assert find_stop(net, StopRef("A", "other")) is None
    assert parse_stop_ref(net, "drawing:A") == StopRef("A", "drawing")
    assert parse_stop_ref(net, "else:A") == StopRef("else:A")
    assert FIRST_DATE.isoformat() == net.manifest["first_date"]


def test_step_free_leaves_out_trips_and_stops_known_to_have_steps():
    text = """
        A     B     D
        8:05  8:15  8:30
        --
        A           D
        8:10        8:40
        """
    net = timetable(text)
    stepped = net.timetable._replace(trip_step_free=frozen(np.array([-1, 0]), np.int8))
    net = replace(net, timetable=stepped)
    assert drawn(asked(net).itineraries[0]) == "A 08:05 R1 D 08:30"
    assert drawn(asked(net, step_free=True).itineraries[0]) == "A 08:10 R2 D 08:40"
    barred = net.stops._replace(step_free=frozen(np.array([0, 0, -1]), np.int8))
    answer = asked(replace(net, stops=barred), step_free=True)
    assert answer.itineraries == ()


@pytest.mark.parametrize(
    ("trip", "stops", "sure"),
    [(1, [1, 0, 1], True), (0, [1, 1, 1], False), (1, [0, 1, 1], False), (1, [1, 1, 0], False)],
)
def test_a_ride_is_surely_step_free_where_vehicle_and_both_stops_are(trip, stops, sure):
    net = timetable("A     B     D\n8:05  8:15  8:30")
    net = replace(
        net,
        timetable=net.timetable._replace(trip_step_free=frozen(np.array([trip]), np.int8)),
        stops=net.stops._replace(step_free=frozen(np.array(stops), np.int8)),
    )
    assert asked(net, step_free=True).itineraries[0].surely_step_free is sure


def test_step_free_changes_take_the_way_without_steps():
    text = """
        A     B
        8:05  8:15
        --
        C     D
        8:17  8:30
        8:25  8:40
        """
    net = timetable(text, walks="B 1m C")
    slow = timetable(text, walks="B 9m C").footpaths
    net = replace(net, footpaths_step_free=slow)
    assert drawn(asked(net).itineraries[0]).endswith("C 08:17 R2 D 08:30")
    assert drawn(asked(net, step_free=True).itineraries[0]).endswith("C 08:25 R2 D 08:40")


def test_only_the_routes_and_bicycle_carriers_asked_for_are_ridden():
    net = timetable("""
        A     D
        8:05  8:30
        --
        A     D
        8:10  8:40
        """)
    assert drawn(asked(net, routes=frozenset({1})).itineraries[0]) == "A 08:10 R2 D 08:40"
    assert asked(net, routes=frozenset()).itineraries == ()
    carried = net.timetable._replace(trip_bikes=frozen(np.array([0, 1]), np.int8))
    answer = asked(replace(net, timetable=carried), bikes_on_board=True)
    assert [drawn(one) for one in answer.itineraries] == ["A 08:10 R2 D 08:40"]


# --- Wishes: changes, speeds, lines, criteria ---------------------------------------------------

CHANGE = """
    A     B
    8:00  8:10
    --
    C     D
    8:14  8:20
    8:16  8:22
    8:25  8:35
    """


@pytest.mark.parametrize(
    ("wishes", "leaves"),
    [
        ({}, "08:14"),
        ({"min_transfer_s": 240}, "08:14"),
        ({"min_transfer_s": 360}, "08:16"),
        ({"extra_transfer_s": 120}, "08:16"),
        ({"transfer_factor": 1.5}, "08:16"),
        ({"walk_speed_kmh": 2.5}, "08:25"),  # 5.1 km/h is the profile's: 8.2 minutes
        ({"transfer_factor": 2.0, "extra_transfer_s": 420}, "08:25"),
    ],
)
def test_B6_a_change_takes_what_the_traveller_wants_it_to(wishes, leaves):
    net = timetable(CHANGE, walks="B 4m C")
    way = asked(net, **wishes).itineraries[0]
    assert f"{way.legs[-1].start:%H:%M}" == leaves
    # The walk takes its own time at one's own speed; what is wished for beside it is waited.
    minutes = -(-240 * 51 // 25) if "walk_speed_kmh" in wishes else 240
    assert way.legs[1].seconds == minutes


def test_B6_nobody_waits_longer_for_a_change_that_is_guaranteed_or_at_the_ends_of_the_trip():
    net = timetable(CHANGE, walks="B 4m C", guaranteed={(1, 2)})
    assert f"{asked(net, min_transfer_s=900).itineraries[0].legs[-1].start:%H:%M}" == "08:14"
    net = timetable("B  C\n8:05  8:30", walks="A 2m B, C 3m D")
    (itinerary,) = asked(net, min_transfer_s=900).itineraries
    assert drawn(itinerary) == "A 08:03 walk B 08:05 | B 08:05 R1 C 08:30 | C 08:30 walk D 08:33"


TWO_LINES = """
    A     D
    8:05  8:30
    --
    A     D
    8:05  8:35
    """


def test_a_slower_trip_on_preferred_lines_is_answered_too():
    assert len(asked(timetable(TWO_LINES)).itineraries) == 1
    answer = asked(timetable(TWO_LINES), preferred=frozenset({1}), criterion="preferred")
    assert [drawn(one) for one in answer.itineraries] == [
        "A 08:05 R1 D 08:30",
        "A 08:05 R2 D 08:35",
    ]
    window = asked(
        timetable(TWO_LINES), preferred=frozenset({1}), criterion="preferred", window_s=600
    )
    assert [drawn(one) for one in window.itineraries][:2] == [
        drawn(one) for one in answer.itineraries
    ]


def test_nobody_walks_longer_than_they_can():
    net = timetable("A     B\n8:05  8:15\n--\nA     D\n8:05  8:30", walks="B 4m D")
    assert drawn(asked(net).itineraries[0]).endswith("B 08:15 walk D 08:19")
    assert drawn(asked(net, max_walk_s=239).itineraries[0]) == "A 08:05 R2 D 08:30"
    assert drawn(asked(net, max_walk_s=240).itineraries[0]).endswith("walk D 08:19")


@pytest.mark.parametrize(
    ("wish", "reason"),
    [
        ({"routes": frozenset()}, Reason.LINES_LEFT_OUT),
        ({"routes": frozenset({1})}, Reason.LINES_LEFT_OUT),
        ({"max_walk_s": 120}, Reason.WALK_LIMIT),
        ({"max_transfers": 0}, Reason.TRANSFER_LIMIT),
        ({"max_transfers": 0, "routes": frozenset({1})}, Reason.WINDOW_EXHAUSTED),  # both
        ({"max_walk_s": 180, "at": "2026-03-25T09:00+01:00"}, Reason.WINDOW_EXHAUSTED),  # neither
    ],
)
def test_the_wish_that_leaves_no_trip_is_named(wish, reason):
    net = timetable("A     B\n8:05  8:15\n--\nC     D\n8:25  8:30", walks="B 3m C")
    answer = asked(net, **{"window_s": 900, **wish})
    assert [short.reason for short in answer.shortfalls] == [reason]


# --- B16: a long wait is said aloud -------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ({"at": "2026-03-25T03:00+01:00"}, "leaves within 60 minutes"),
        ({"at": "2026-03-25T03:00+01:00", "window_s": 7200}, "leaves within 120 minutes"),
        ({"at": "2026-03-25T14:00+01:00", "arrive_by": True}, "arrives within 60 minutes"),
        ({"at": "2026-03-25T07:05+01:00"}, ""),
        ({"at": "2026-03-25T10:30+01:00", "arrive_by": True}, ""),
    ],
)
def test_B16_where_nothing_runs_for_long_the_nearest_is_told(question, said):
    answer = asked(timetable(LINE), **question)
    assert answer.itineraries
    assert [short.reason for short in answer.shortfalls] == [Reason.NEXT_LATER] * bool(said)
    if said:
        assert said in answer.shortfalls[0].message
        nearest = answer.itineraries[-1].end if "arrive_by" in question else (
            answer.itineraries[0].start)  # fmt: skip
        assert datetime.fromisoformat(answer.shortfalls[0].facts["next"]) == nearest
