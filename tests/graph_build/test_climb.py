"""Metres climbed: on slopes, over bridges, through tunnels and where nothing is known."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from street_drawing import SOUTH_WEST, draw_town

from graph_build.streets.elevation import coverage

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


def test_D11_a_long_viaduct_of_many_edges_climbs_evenly() -> None:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    ways = {pair: STREET | {"bridge": "viaduct"} for pair in map("".join, pairwise(letters))}
    ways["AB"] = ways["yz"] = STREET
    valley = Hill(lambda east: np.where((east > 90) & (east < 2450), -50.0, east / 100))
    town = draw_town("-".join(letters), ways, elevation=valley)
    first, last = (float(town.streets.node_elevation_m[town.node(c)]) for c in "By")
    for place, letter in enumerate(letters[1:-1]):
        height = float(town.streets.node_elevation_m[town.node(letter)])
        assert height == pytest.approx(first + (last - first) * place / 49, abs=0.01)


def test_D11_a_gate_on_a_bridge_is_not_on_the_ground() -> None:
    ditch = Hill(lambda east: np.where(np.abs(east - 500) < 250, -20.0, 5.0))
    bridge = STREET | {"bridge": "yes"}
    town = draw_town(
        "A---B-----C---------D---E",
        {"AB": STREET, "BC": bridge, "CD": bridge, "DE": STREET},
        nodes={"C": {"barrier": "gate", "access": "private"}},
        elevation=ditch,
    )
    assert climbs("BC", town) == climbs("CD", town) == (0, 0)
    assert (np.abs(town.streets.node_elevation_m - 5) < 0.01).all()


def test_D11_a_bridge_that_hangs_from_nothing_known_stays_unknown() -> None:
    unknown = Hill(lambda east: np.where(east > 100, np.nan, 7.0))
    bridge = STREET | {"bridge": "yes"}
    town = draw_town(
        "A--B---C---D---E",
        {"AB": STREET, "BC": STREET, "CD": bridge, "DE": bridge},
        elevation=unknown,
    )
    assert np.isnan(town.streets.node_elevation_m[[town.node(c) for c in "CDE"]]).all()


@pytest.mark.parametrize(("edge_m", "share"), [(300, 1.0), (110, 0.5), (-100, 0.0)])
def test_D11_the_share_of_streets_with_heights_is_told(edge_m: float, share: float) -> None:
    model = Hill(lambda east: np.where(east > edge_m, np.nan, 7.0))
    town = draw_town("A-B-C", {"AB": STREET, "BC": STREET}, elevation=model)
    assert coverage(town.streets) == pytest.approx(share)
    assert town.issues.counts["little_elevation"] == (share < 1)


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
