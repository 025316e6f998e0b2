"""A traveller's wishes laid upon the network's changes, once."""

from dataclasses import replace
from fractions import Fraction
from math import ceil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from timetable_text import timetable

from planner.network.profiles import get_profile
from planner.network.shape import (
    BIKE_HANDLING_S,
    GUARANTEED,
    PUBLISHED,
    RIDDEN,
    SAME_STOP,
    STRAIGHT,
    WALKED,
    Footpaths,
)
from planner.network.store import frozen
from planner.transit.changes import (
    TABLES_KEPT,
    ChangeWishes,
    change_tables,
    find_change,
    footpaths_for,
    wished_seconds,
)

WALKER = 5.1
KINDS = {"same": SAME_STOP, "walked": WALKED, "straight": STRAIGHT, "published": PUBLISHED,
         "guaranteed": GUARANTEED, "ridden": RIDDEN}  # fmt: skip


def wished(seconds, kind, **wishes):
    duration, kinds = np.array([seconds], np.int32), np.array([KINDS[kind]], np.uint8)
    return int(wished_seconds(duration, kinds, ChangeWishes(**wishes).rounded(), WALKER)[0])


TABLE = [
    # seconds, kind, wishes, what the change then takes
    (120, "same", {}, 120),
    (120, "same", {"min_s": 119}, 120),
    (120, "same", {"min_s": 300}, 300),
    (120, "same", {"extra_s": 60}, 180),
    (120, "same", {"min_s": 300, "extra_s": 60}, 360),
    (121, "same", {"factor": 1.5}, 182),  # 181.5, rounded up
    (100, "same", {"factor": 1.1}, 110),  # 110.00000000000001 in binary
    (120, "same", {"walk_speed_kmh": 2.55}, 120),  # nobody walks here
    (100, "walked", {"walk_speed_kmh": 5.1}, 100),
    (100, "walked", {"walk_speed_kmh": 2.5}, 204),
    (100, "straight", {"walk_speed_kmh": 2.5}, 204),
    (101, "walked", {"walk_speed_kmh": 10.0}, 52),  # 51.51, rounded up
    (100, "published", {"walk_speed_kmh": 2.5}, 100),
    (100, "walked", {"walk_speed_kmh": 2.5, "factor": 2.0, "min_s": 300, "extra_s": 1}, 409),
    (0, "walked", {"min_s": 60}, 60),
    (260, "ridden", {}, 260),
    (260, "ridden", {"bike_speed_kmh": 8.0}, 553),  # but for the minute of handling the bicycle
    (261, "ridden", {"bike_speed_kmh": 20.0}, 258),  # 197.98, rounded up
    (260, "ridden", {"walk_speed_kmh": 2.0}, 260),
    (260, "walked", {"bike_speed_kmh": 8.0}, 260),
    (260, "ridden", {"bike_speed_kmh": 8.0, "factor": 1.5, "extra_s": 1}, 831),
    (30, "guaranteed", {"min_s": 900, "extra_s": 60, "factor": 3.0, "walk_speed_kmh": 1.0}, 30),
]


@pytest.mark.parametrize(("seconds", "kind", "wishes", "expected"), TABLE)
def test_B6_one_function_makes_a_change_of_ones_own(seconds, kind, wishes, expected):
    assert wished(seconds, kind, **wishes) == expected


@given(
    st.integers(0, 7200), st.sampled_from([*KINDS]), st.integers(0, 7200), st.integers(0, 7200),
    st.integers(100, 1000), st.integers(10, 100) | st.none(),
)  # fmt: skip
def test_B6_it_counts_as_one_would_by_hand(seconds, kind, min_s, extra_s, percent, tenths):
    speed = None if tenths is None else tenths / 10
    own = Fraction(seconds)
    if speed is not None and kind in {"walked", "straight"}:
        own = Fraction(ceil(own * 51 / tenths))
    expected = max(ceil(own * percent / 100), min_s) + extra_s
    got = wished(seconds, kind, min_s=min_s, extra_s=extra_s, factor=percent / 100,
                 walk_speed_kmh=speed)  # fmt: skip
    assert got == (seconds if kind == "guaranteed" else expected)


def town(rows):
    """A network whose changes are {(from, to): (seconds, kind)}, of the stops A to D."""
    made = timetable("A     B     C     D\n8:00  8:05  8:10  8:15")
    order = sorted(rows, key=lambda pair: (pair[0], rows[pair][0]))
    counts = np.bincount([a for a, _ in order], minlength=4)
    footpaths = Footpaths(
        point_offset=frozen(np.concatenate([[0], np.cumsum(counts)]), np.int32),
        to_point=frozen(np.array([b for _, b in order]), np.int32),
        duration=frozen(np.array([rows[pair][0] for pair in order]), np.int32),
        length_m=frozen(np.array([rows[pair][0] for pair in order]), np.float32),
        kind=frozen(np.array([KINDS[rows[pair][1]] for pair in order]), np.uint8),
    )
    return replace(made, footpaths=footpaths)


def read_table(table):
    found = {}
    for point, (first, end) in enumerate(zip(table.offset, table.offset[1:], strict=False)):
        assert np.all(np.diff(table.duration[first:end]) >= 0)
        for to, seconds in zip(table.to[first:end], table.duration[first:end], strict=True):
            found[point, int(to)] = int(seconds)
    return found


def read_beside(table, seconds):
    """What stands beside the rows of a table."""
    origin = np.repeat(np.arange(len(table.offset) - 1), np.diff(table.offset)).tolist()
    return dict(zip(zip(origin, table.to.tolist(), strict=True), seconds.tolist(), strict=True))


changes = st.dictionaries(
    st.tuples(st.integers(0, 3), st.integers(0, 3)),
    st.tuples(st.integers(0, 900), st.sampled_from([*KINDS])),
)
some_wishes = st.builds(
    ChangeWishes, st.sampled_from([0, 60, 300]), st.sampled_from([0, 60]),
    st.sampled_from([1.0, 1.5]), st.sampled_from([None, 3.0, 7.5]),
)  # fmt: skip


@settings(deadline=None, max_examples=100)
@given(changes, some_wishes)
def test_B6_both_directions_have_the_same_changes_sorted_by_what_they_take(rows, wishes):
    network = town(rows)
    forward, mirrored, walked, mirrored_walked = change_tables(
        network, step_free=False, wishes=wishes
    )
    expected = {
        pair: wished(*row, min_s=wishes.min_s, extra_s=wishes.extra_s, factor=wishes.factor,
                     walk_speed_kmh=wishes.walk_speed_kmh)
        for pair, row in rows.items()
    }  # fmt: skip
    assert read_table(forward) == expected
    assert read_table(mirrored) == {(b, a): seconds for (a, b), seconds in expected.items()}
    on_foot = read_beside(forward, walked)
    assert read_beside(mirrored, mirrored_walked) == {
        (b, a): seconds for (a, b), seconds in on_foot.items()
    }
    for (a, b), (seconds, kind) in rows.items():
        change = find_change(network, a, b, step_free=False, wishes=wishes)
        assert change is not None
        assert (change.seconds, change.kind) == (expected[a, b], KINDS[kind])
        walked = kind in {"walked", "straight"}
        speed = wishes.walk_speed_kmh if walked else None
        handling = BIKE_HANDLING_S if kind == "ridden" else 0
        assert change.way_s == wished(seconds, kind, walk_speed_kmh=speed) - handling
        assert on_foot[a, b] == (0 if a == b or kind == "ridden" else change.way_s)


def test_there_is_no_change_that_the_network_does_not_have():
    network = town({(0, 1): (60, "walked")})
    assert find_change(network, 1, 0, step_free=False, wishes=ChangeWishes()) is None


def test_without_steps_ones_speed_is_held_against_that_walkers():
    """Walks without steps were walked by wheelchair, at another speed."""
    network = town({(0, 1): (100, "walked")})
    network = replace(network, footpaths_step_free=network.footpaths)
    slow = get_profile("wheelchair").speed_kmh
    wishes = ChangeWishes(walk_speed_kmh=slow)
    table = change_tables(network, step_free=True, wishes=wishes).forward
    assert read_table(table) == {(0, 1): 100}
    table = change_tables(network, step_free=False, wishes=wishes).forward
    assert read_table(table) == {(0, 1): ceil(100 * WALKER / slow)}


def test_tables_of_alike_wishes_are_shared_and_few_are_kept():
    network = town({(0, 1): (100, "walked")})

    def tables(**wishes):
        return change_tables(network, step_free=False, wishes=ChangeWishes(**wishes))

    first = tables(factor=1.5)
    assert tables(factor=1.501) is first
    for number in range(TABLES_KEPT):
        tables(extra_s=number)
    assert tables(factor=1.5) is not first


def test_step_free_changes_are_taken_where_there_are_some():
    network = town({(0, 1): (100, "walked")})
    assert footpaths_for(network, step_free=True) is network.footpaths
    other = replace(network, footpaths_step_free=town({}).footpaths)
    assert footpaths_for(other, step_free=True) is other.footpaths_step_free
    assert footpaths_for(other, step_free=False) is network.footpaths
