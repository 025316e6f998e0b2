"""Cutting the line between two calls out of a trip's shape."""

from __future__ import annotations

import numpy as np

from planner.shapes import cut_shape

# A hundredth of a degree is about a kilometre; the shape runs east, north, and back west.
SHAPE = np.array([[0.0, 0.00], [0.0, 0.02], [0.01, 0.02], [0.01, 0.0]])


def cut(calls, board, alight):
    points = cut_shape(SHAPE, np.array(calls), board, alight)
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
    points = cut_shape(there_and_back, calls, 1, 3)
    assert [round(lon, 4) for _, lon in points] == [0.01, 0.02, 0.01]


def test_C12_shape_too_far_from_the_stops_gives_straight_lines():
    far = [[0.5, 0.01], [0.5, 0.02]]
    assert cut(far, 0, 1) == [(0.5, 0.01), (0.5, 0.02)]


def test_trip_without_a_shape_gives_straight_lines():
    points = cut_shape(np.empty((0, 2)), np.array([[0.0, 0.0], [0.0, 1.0]]), 0, 1)
    assert points == ((0.0, 0.0), (0.0, 1.0))


def test_the_line_begins_and_ends_at_the_calls_themselves():
    points = cut([[0.001, 0.01], [0.011, 0.01]], 0, 1)
    assert points[0] == (0.001, 0.01)
    assert points[-1] == (0.011, 0.01)
