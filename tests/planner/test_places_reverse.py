"""What is around a point."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from place_town import PlaceTown, east

from planner.network.place_cells import cell_of, distance_m, list_cell_rows
from planner.network.store import NetworkError
from planner.places.search import reverse


@pytest.fixture
def town(tmp_path: Path) -> PlaceTown:
    town = PlaceTown(tmp_path)
    town.street("Rue Longue", at=east(0), length_m=2_000)
    town.house("7", "Rue Longue", at=east(1_500, north=5))
    town.stop("Pont", at=east(1_500, north=60))
    town.poi("Lycée", at=east(1_500, north=200))
    return town


def test_the_nearest_goes_first_and_a_street_gives_way_to_its_numbers(town):
    assert town.around(east(1_500)) == ["7 Rue Longue", "Pont", "Lycée"]


def test_a_street_is_met_all_along(town):
    assert town.around(east(200), max_m=60) == ["Rue Longue"]


def test_nothing_beyond_the_radius(town):
    assert town.around(east(1_500, north=260), max_m=70) == ["Lycée"]
    assert town.around(east(1_500, north=9_000)) == []


@pytest.mark.parametrize(
    ("kinds", "names"),
    [
        ({"STOP"}, ["Pont"]),
        ({"ADDRESS"}, ["7 Rue Longue"]),
        ({"street"}, ["Rue Longue"]),
        ({"PLACE"}, ["Lycée"]),
    ],
)
def test_only_the_wanted_kinds(town, kinds, names):
    assert town.around(east(1_500), kinds=frozenset(kinds)) == names


def test_the_limit_holds(town):
    assert town.around(east(1_500), limit=1) == ["7 Rue Longue"]


@pytest.mark.parametrize("at", [(float("nan"), 2.0), (0.0, float("inf")), (-91.0, 0.0)])
def test_what_is_no_point_has_nothing_around(town, at):
    assert town.around(at) == []


@pytest.mark.parametrize("max_m", [-5.0, 0.0, float("nan"), float("inf")])
def test_any_radius_is_answered(town, max_m):
    assert len(town.around(east(1_500), max_m=max_m)) <= 5


def test_a_folder_without_an_index_is_refused(tmp_path):
    with pytest.raises(NetworkError, match="no place index"):
        reverse(tmp_path, 48.8, 2.2)


@settings(deadline=None)
@given(
    lat=st.floats(-85, 85), lon=st.floats(-179, 179),
    north=st.floats(-500, 500), beside=st.floats(-500, 500),
)  # fmt: skip
def test_the_cells_around_a_point_hold_every_point_in_the_circle(lat, lon, north, beside):
    other = lat + north / 111_195, lon + beside / 111_195 / math.cos(math.radians(lat))
    if distance_m(lat, lon, *other) <= 490:
        cell = cell_of(*other)
        assert any(first <= cell <= last for first, last in list_cell_rows(lat, lon, 500))
