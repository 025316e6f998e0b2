"""Metres climbed: on slopes, over bridges, through tunnels and where nothing is known."""

from __future__ import annotations

import numpy as np
import pytest
from street_drawing import SOUTH_WEST, draw_town

STREET = {"highway": "residential"}
WEST = SOUTH_WEST[1]


class Hill:
    """Heights as a function of metres east of the drawing's corner."""

    def __init__(self, height) -> None:
        self.height = height

    def sample(self, lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
        east = (lon - WEST) * 111_195.0 * np.cos(np.radians(SOUTH_WEST[0]))
        return np.asarray(self.height(east), np.float32)


def climbs(word: str, town) -> tuple[float, float]:
    streets = town.streets
    return tuple(round(float(streets.climb_m[town.edge(w)]), 1) for w in (word, word[::-1]))


def test_D11_a_slope_is_climbed_one_way() -> None:
    town = draw_town("A---------B", {"AB": STREET}, elevation=Hill(lambda east: 100 + east / 10))
    assert climbs("AB", town) == pytest.approx((50, 0), abs=0.2)
    assert town.streets.node_elevation_m[town.node("A")] == pytest.approx(100, abs=0.2)


def test_D11_a_hill_in_the_middle_is_climbed_both_ways() -> None:
    hill = Hill(lambda east: np.where(east < 500, east, 1000 - east) / 20)
    town = draw_town("A-------------------B", {"AB": STREET}, elevation=hill)  # 1 km
    assert climbs("AB", town) == pytest.approx((25, 25), abs=1.5)


def test_D11_bridges_and_tunnels_go_straight() -> None:
    hill = Hill(lambda east: np.where(np.abs(east - 500) < 300, 80.0, 0.0))
    for tag in ("bridge", "tunnel"):
        town = draw_town("A-------------------B", {"AB": STREET | {tag: "yes"}}, elevation=hill)
        assert climbs("AB", town) == (0, 0)


def test_D11_a_node_in_the_middle_of_a_bridge_hangs_between_its_ends() -> None:
    valley = Hill(lambda east: np.where(np.abs(east - 500) < 300, 0.0, east / 100))
    town = draw_town(
        "A---B-----C---------D---E",
        {"AB": STREET, "BC": STREET | {"bridge": "yes"}, "CD": STREET | {"bridge": "viaduct"},
         "DE": STREET},
        elevation=valley,
    )  # fmt: skip
    heights = [float(town.streets.node_elevation_m[town.node(c)]) for c in "BCD"]
    assert heights == pytest.approx([2.0, 2.0 + 8.0 * 6 / 16, 10.0], abs=0.5)
    assert climbs("BC", town)[1] == 0


def test_D11_unknown_heights_are_flat_and_reported() -> None:
    unknown = Hill(lambda east: np.where(east > 100, np.nan, 7.0))
    town = draw_town("A--B------C", {"AB": STREET, "BC": STREET}, elevation=unknown)
    assert climbs("BC", town) == (0, 0)
    assert np.isnan(town.streets.node_elevation_m[town.node("C")])
    assert town.issues.counts["node_without_elevation"] == 2


def test_heights_are_as_read_only_as_all_else() -> None:
    town = draw_town("A---------B", {"AB": STREET}, elevation=Hill(lambda east: east))
    assert not town.streets.node_elevation_m.flags.writeable
    assert not town.streets.climb_m.flags.writeable
    assert town.streets.climb_m.dtype == np.float32


def test_no_elevation_is_no_climb() -> None:
    town = draw_town("A--B", {"AB": STREET})
    assert climbs("AB", town) == (0, 0)
    assert np.isnan(town.streets.node_elevation_m).all()
