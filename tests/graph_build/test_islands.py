"""Islands: found by what can be left and come back to, for each mode."""

from __future__ import annotations

from street_drawing import draw_town

STREET = {"highway": "residential"}
ONE_WAY = {"highway": "residential", "oneway": "yes", "foot": "no"}

TOWN = """
A---B---C---D   P---Q
|   |   |   |
E---F---G---H
"""
MAIN = {"ABCD": STREET, "EFGH": STREET, "AE": STREET, "BF": STREET, "CG": STREET, "DH": STREET}


def test_C1_a_small_part_is_closed_and_counted() -> None:
    town = draw_town(TOWN, {**MAIN, "PQ": STREET}, island_nodes=5)
    assert town.modes("PQ") == town.modes("QP") == ""
    assert town.modes("BC") == "walk bike car"
    assert town.issues.counts == {"island_for_walk": 1, "island_for_bike": 1, "island_for_car": 1}


def test_C1_the_largest_part_stays_however_small() -> None:
    town = draw_town("A--B  P", {"AB": STREET}, island_nodes=50)
    assert town.modes("AB") == "walk bike car"
    assert not town.issues.counts


def test_C1_a_part_large_enough_stays() -> None:
    town = draw_town(TOWN, {**MAIN, "PQ": STREET}, island_nodes=2)
    assert town.modes("PQ") == "walk bike car"


def test_C2_a_street_that_can_only_be_left_or_entered_is_an_island_to_cars() -> None:
    drawing = """
    A---B---C   X---Y
    |   |   |  /     \\
    E---F---G-+-------Z
    """
    grid = {"ABC": STREET, "EFG": STREET, "AE": STREET, "BF": STREET, "CG": STREET}
    leave_only = draw_town(drawing, {**grid, "XG": ONE_WAY, "XY": STREET}, island_nodes=5)
    assert leave_only.modes("XY") == leave_only.modes("XG") == ""
    enter_only = draw_town(drawing, {**grid, "GX": ONE_WAY, "XY": STREET}, island_nodes=5)
    assert enter_only.modes("XY") == enter_only.modes("GX") == ""
    both = draw_town(drawing, {**grid, "GX": STREET, "XY": STREET}, island_nodes=5)
    assert both.modes("XY") == "walk bike car"


def test_an_island_to_cars_may_be_none_to_walkers() -> None:
    path = {"highway": "footway"}
    town = draw_town(TOWN, {**MAIN, "DP": path, "PQ": STREET}, island_nodes=5)
    assert town.modes("PQ") == "walk bike"
    assert town.modes("DP") == "walk push"
    assert town.issues.counts == {"island_for_car": 1}
