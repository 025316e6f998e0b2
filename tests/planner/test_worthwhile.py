"""What a criterion has to win for a trip that is beaten by all else (B12), and what is walked."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest
from drawn_town import drawn_town
from hypothesis import given
from hypothesis import strategies as st
from test_filters import reports, walk
from test_plan import asked, drawn
from timetable_text import timetable

from planner.itinerary import Itinerary
from planner.network.store import frozen
from planner.request import Request, StopRef
from planner.transit.criteria import DECIGRAMS, criterion_of
from planner.transit.service_day import service_day
from planner.worthwhile import (
    SECONDS_PER_SPARED,
    WALK_SPARED_S,
    WALK_SPARED_SHARE,
    drop_hardly_better,
    grams,
)

EIGHT = datetime.fromisoformat("2026-03-25T08:00+01:00")
BUS, METRO = 3, 1


def ways(answer):
    return [drawn(itinerary) for itinerary in answer.itineraries]


def dropped(answer):
    return [one.reason for one in reports(answer)["drop_hardly_better"].dropped]


def with_types(net, *types):
    types = frozen(np.array(types), np.int32)
    return replace(net, routes=net.routes._replace(route_type=types))


# --- the slack of a change isn't walked ---------------------------------------------------------

ISLANDS = """
    a--A     B----C     D---d
    """
FOOT = {"highway": "footway"}
STREETS = {"aA": FOOT, "BC": FOOT, "Dd": FOOT}
RIDES = """
    A     B
    8:05  8:10
    --
    C     D
    8:30  8:35
    """


@pytest.mark.parametrize("arrive_by", [False, True])
@pytest.mark.parametrize(
    "wishes",
    [{}, {"extra_transfer_s": 300}, {"min_transfer_s": 900}, {"transfer_factor": 3.0}],
)
def test_B6_the_slack_of_a_change_is_not_walked(wishes, arrive_by):
    town = drawn_town(ISLANDS, STREETS, RIDES)
    wishes = {"arrive_by": arrive_by, "at": "9:00" if arrive_by else "8:00"} | wishes
    (plain,) = town.ask("a", "d", **wishes).itineraries
    assert (plain.transfers, plain.walk_s) == (1, 425)
    for most, found in ((600, 1), (425, 1), (424, 0)):
        answer = town.ask("a", "d", max_walk_s=most, **wishes)
        assert len(answer.itineraries) == found
        assert town.rides(answer) == [town.draw(plain)] * found


def test_B6_who_walks_slowly_walks_longer():
    town = drawn_town(ISLANDS, STREETS, RIDES)
    wishes = {"walk_speed_kmh": 2.55, "extra_transfer_s": 60}
    (slow,) = town.ask("a", "d", max_walk_s=852, **wishes).itineraries
    assert 849 <= slow.walk_s <= 852  # twice as long, every way rounded up
    assert not town.ask("a", "d", max_walk_s=slow.walk_s - 1, **wishes).itineraries


# --- B12: less walking --------------------------------------------------------------------------

TWO_WALKS = """
    A     B
    8:00  8:05
    --
    C        D
    8:15:30  8:21:49
    --
    A     E
    8:00  8:05
    --
    F        D
    8:15:30  {}
    """


@pytest.mark.parametrize(
    ("walked", "arrives", "shown"),
    [
        (532, "8:21:52", 1),  # 57 s less
        (529, "8:21:52", 2),  # a minute less
        (529, "8:26:49", 2),  # for five minutes more
        (529, "8:26:50", 1),  # and a second
        (300, "8:26:50", 2),
    ],
)
def test_B12_less_walking_must_be_worth_its_time(walked, arrives, shown):
    net = timetable(TWO_WALKS.format(arrives), walks=f"B 589s C, E {walked}s F")
    for window in (0, 60):
        answer = asked(net, criterion="walk", window_s=window, at_least=1)
        assert len(answer.itineraries) == shown
        hours, minutes, seconds = map(int, arrives.split(":"))
        more = 3600 * (hours - 8) + 60 * minutes + seconds - 1309
        reason = f"{589 - walked} s less on foot, for {more} s more"
        assert dropped(answer) == [reason] * (2 - shown)


def test_B12_a_tenth_of_a_long_walk_must_be_spared():
    text = TWO_WALKS.replace("8:15:30", "8:40").replace("8:21:49", "8:50").format("8:51")
    net = timetable(text, walks="B 1800s C, E 1621s F")
    assert len(asked(net, criterion="walk").itineraries) == 1
    net = timetable(text, walks="B 1800s C, E 1620s F")
    assert len(asked(net, criterion="walk").itineraries) == 2


def test_B12_a_later_departure_is_no_worse_however_far_it_walks():
    net = timetable("A     B\n8:00  8:05\n8:10  8:15", walks="B 300s D")
    answer = asked(net, criterion="walk", window_s=900, at_least=1)
    assert len(answer.itineraries) == 2
    assert dropped(answer) == []


# --- B12: less CO2 ------------------------------------------------------------------------------

LINE = """
    A     B     C     D
    8:00  8:02  8:03  8:10
    8:05  8:07  8:08  8:15
    """


@pytest.mark.parametrize(
    ("kind", "reason"),
    [(BUS, "the same lines, and more on foot"), (METRO, "the same lines, and more on foot")],
)
def test_B12_nobody_gets_out_a_stop_early_to_walk_and_board_the_same_line_again(kind, reason):
    net = with_types(timetable(LINE, walks="B 340s C"), kind)
    assert ways(asked(net, criterion="co2")) == ["A 08:00 R1 D 08:10"]
    assert dropped(asked(net, criterion="co2")) == [reason]
    window = asked(net, criterion="co2", window_s=360, at_least=1)
    assert ways(window) == ["A 08:00 R1 D 08:10", "A 08:05 R1 D 08:15"]


def test_B12_co2_must_be_spared_by_20_grams_and_a_tenth():
    text = "A     D\n8:00  8:30\n--\nA     D\n8:00  8:35"
    two = timetable(text)
    (quick,) = asked(two).itineraries
    far = 20 / (113.5 - 4.2) / (grams(quick) / 113.5)  # times its way, a metro spares 20 g
    for share, shown in ((0.99 * far, 1), (1.01 * far, 2)):
        net = with_types(timetable(text, lon=[2.27, 2.27 + 0.01 * share]), BUS, METRO)
        answer = asked(net, criterion="co2")
        assert len(answer.itineraries) == shown
        assert dropped(answer) == ["20 g less of 21 g"] * (2 - shown)
    # From 5.8 grams a kilometre to 4.2 is a quarter less, from 4.2 to 3.8 not a tenth.
    for kind, other, shown in ((102, METRO, 2), (METRO, 0, 1)):
        net = with_types(timetable(text, lon=[2.27, 4.27]), kind, other)
        assert len(asked(net, criterion="co2").itineraries) == shown


def test_B12_grams_are_those_of_the_criterion():
    net = timetable("A     B     D\n8:00  8:10  8:30")
    day = service_day(net, EIGHT.date())
    (one,) = asked(net).itineraries
    cost = criterion_of(net, day, "co2").ride
    assert round(DECIGRAMS * grams(one)) == cost[2] - cost[0] > 0


# --- B12: preferred lines -----------------------------------------------------------------------


def test_B12_who_prefers_a_tram_that_can_not_help_is_not_made_to_walk():
    tram = "\n--\nX     Y\n8:00  8:10"
    net = timetable(LINE + tram, walks="B 340s C")
    for window in (0, 360):
        answer = asked(
            net, criterion="preferred", preferred=frozenset({1}), window_s=window, at_least=1
        )
        assert ways(answer) == ["A 08:00 R1 D 08:10", "A 08:05 R1 D 08:15"][: 1 + (window > 0)]
        assert set(dropped(answer)) == {"0 s more on preferred lines"}


@pytest.mark.parametrize(("leaves", "shown"), [("8:20:00", 2), ("8:20:01", 1)])
def test_B12_a_preferred_line_is_ridden_for_a_minute_at_least(leaves, shown):
    net = timetable(
        f"""
        A     B        D
        8:00  8:18     8:20
        --
        B        D
        {leaves}  8:21:00
        """
    )
    answer = asked(net, criterion="preferred", preferred=frozenset({1}))
    assert len(answer.itineraries) == shown


# --- B12: against whom, and in whatever order ---------------------------------------------------


def test_B12_what_leaves_after_the_window_beats_what_leaves_in_it():
    net = timetable(
        """
        A     B
        8:09  8:10
        --
        C     D
        8:35  8:40
        --
        A     D
        8:12  8:30
        --
        X     Y
        8:00  8:10
        """,
        walks="B 10m C",
    )
    wishes = {"criterion": "preferred", "preferred": frozenset({3}), "window_s": 600}
    answer = asked(net, at_least=1, **wishes)
    # It doesn't count as one of those wanted either: the window grows until there is one.
    assert ways(answer) == ["A 08:12 R3 D 08:30"]
    assert dropped(answer) == ["0 s more on preferred lines"]
    answer = asked(net, at_least=0, **wishes)
    assert ways(answer) == []
    assert dropped(answer) == ["0 s more on preferred lines"]


def test_no_criterion_no_filter():
    assert "drop_hardly_better" not in reports(asked(timetable(LINE)))


rows = st.lists(
    st.tuples(*[st.integers(0, 1800)] * 2, st.sampled_from([0, 59, 60, 300, 600, 700])),
    max_size=8,
)


def made(rows):
    """Itineraries from their second of departure, seconds and seconds on foot."""
    found = []
    for leaves, seconds, on_foot in rows:
        start = EIGHT + timedelta(seconds=leaves)
        end = start + timedelta(seconds=on_foot + seconds)
        found.append(Itinerary((walk(start, on_foot / 60), walk(end, 0))))
    return found


def enough(one, other):
    """The rule in the words of the documentation."""
    spared, longer = other.walk_s - one.walk_s, one.seconds - other.seconds
    return (
        spared >= WALK_SPARED_S
        and spared >= WALK_SPARED_SHARE * other.walk_s
        and longer <= SECONDS_PER_SPARED * spared
    )


def beaten(one, other):
    return (
        other.start >= one.start
        and other.end <= one.end
        and (other.start, other.end) != (one.start, one.end)
    )


@given(rows, st.randoms(use_true_random=False))
def test_B12_everything_kept_is_worth_it_and_the_order_does_not_matter(rows, rng):
    request = Request(
        origin=StopRef("A"), destination=StopRef("D"), time=EIGHT, window_s=3600, criterion="walk"
    )
    keep = drop_hardly_better(timetable(LINE), request, ())
    trips = made(sorted(rows))
    kept, report = keep(trips, ())
    assert kept == [one for one in trips if one in kept]
    assert len(kept) + len(report.dropped) == len(trips)
    for one in trips:
        worth_it = all(enough(one, other) for other in kept if beaten(one, other))
        assert (one in kept) == worth_it
    shuffled = random.Random(rng.random()).sample(trips, len(trips))
    again = keep(shuffled, ()).kept
    assert sorted(again, key=trips.index) == sorted(kept, key=trips.index)
