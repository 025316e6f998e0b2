"""Cutting the line between two calls out of a trip's shape."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from planner.kernels.shape_fit import fit_calls
from planner.shapes import cut_shape, fit_shape

# A hundredth of a degree is about a kilometre; the shape runs east, north, and back west.
SHAPE = np.array([[0.0, 0.00], [0.0, 0.02], [0.01, 0.02], [0.01, 0.0]])


def drawn(shape, calls, board, alight):
    return cut_shape(shape, calls, fit_shape(shape, calls), board, alight)


def cut(calls, board, alight):
    points = drawn(SHAPE, np.array(calls), board, alight)
    return [(round(lat, 4), round(lon, 4)) for lat, lon in points]


def test_cut_follows_the_corner_between_two_calls():
    assert cut([[0, 0.01], [0.01, 0.01]], 0, 1) == [
        (0.0, 0.01),
        (0.0, 0.02),
        (0.01, 0.02),
        (0.01, 0.01),
    ]


def test_B2_stop_passed_twice_is_cut_at_the_visit_meant():
    there_and_back = np.array([[0.0, 0.0], [0.0, 0.02], [0.0, 0.0]])
    calls = np.array([[0, 0.0], [0, 0.01], [0, 0.02], [0, 0.01], [0, 0.0]])
    points = drawn(there_and_back, calls, 1, 3)
    assert [round(lon, 4) for _, lon in points] == [0.01, 0.02, 0.01]


def test_C12_shape_too_far_from_the_stops_gives_straight_lines():
    far = [[0.5, 0.01], [0.5, 0.02]]
    assert cut(far, 0, 1) == [(0.5, 0.01), (0.5, 0.02)]


def test_trip_without_a_shape_gives_straight_lines():
    points = drawn(np.empty((0, 2)), np.array([[0.0, 0.0], [0.0, 1.0]]), 0, 1)
    assert points == ((0.0, 0.0), (0.0, 1.0))


def test_the_line_begins_and_ends_at_the_calls_themselves():
    points = cut([[0.001, 0.01], [0.011, 0.01]], 0, 1)
    assert points[0] == (0.001, 0.01)
    assert points[-1] == (0.011, 0.01)


def _least_total(away, along, so_far=()):
    """The least sum of `away` over all ways to go along the shape, by trying every one."""
    call = len(so_far)
    if call == len(away):
        return 0.0
    last, place = so_far[-1] if so_far else (0, 0.0)
    return min(
        (
            away[call][i] + _least_total(away, along, (*so_far, (i, along[call][i])))
            for i in range(last, len(away[call]))
            if i > last or along[call][i] >= place
        ),
        default=np.inf,
    )


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=6),
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=5),
)
def test_calls_follow_one_another_at_the_least_distance(shape, calls):
    shape, calls = np.array(shape, float), np.array(calls, float)
    step, off = np.diff(shape, axis=0), calls[:, None] - shape[:-1]
    length = np.maximum((step**2).sum(axis=1), 1e-9)
    share = np.clip((off * step).sum(axis=2) / length, 0.0, 1.0)
    away = ((off - share[..., None] * step) ** 2).sum(axis=2)
    least = _least_total(away, share)
    assume(least < np.inf)  # no order fits calls that go back along the only segment
    segment, along, found = fit_calls(shape, calls)
    on_it = list(zip(segment.tolist(), along.tolist(), strict=True))
    assert on_it == sorted(on_it)
    assert found == pytest.approx(away[np.arange(len(calls)), segment])
    assert found.sum() == pytest.approx(least)
