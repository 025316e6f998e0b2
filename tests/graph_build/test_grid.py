"""The grid over the streets: every street stands in every cell it touches."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from street_drawing import METRES_PER_DEGREE, draw_town

from graph_build.streets.grid import make_grid
from planner.network import shape

STREET = {"highway": "residential"}


def edges_at(grid: shape.StreetGrid, lat: float, lon: float) -> set[int]:
    south, west, height, width = grid.origin
    rows, columns = grid.size
    row = min(int((lat - south) / height), rows - 1)
    column = min(int((lon - west) / width), columns - 1)
    cell = row * columns + column
    return set(grid.edge[grid.cell_offset[cell] : grid.cell_offset[cell + 1]].tolist())


def test_a_long_street_stands_in_each_cell_on_its_way() -> None:
    town = draw_town("A-------------------B", {"AB": STREET})  # 1 km
    grid = make_grid(town.streets)
    edge = town.edge("AB")
    assert grid.size.tolist() == [1, 11]
    assert grid.edge.tolist() == [edge] * grid.size[1] or grid.edge.tolist() == [edge] * 10
    assert grid.cell_offset[-1] == len(grid.edge)


def test_only_the_direction_of_the_way_is_kept_and_gates_are_left_out() -> None:
    town = draw_town("A--B--C", {"ABC": STREET}, nodes={"B": {"barrier": "bollard"}})
    grid = make_grid(town.streets)
    kept = set(grid.edge.tolist())
    assert kept == {town.edge("AB"), town.edge("BC")}


@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=2, max_size=6, unique=True)
)
def test_every_point_of_a_street_finds_it(points: list[tuple[int, int]]) -> None:
    drawing = [[" "] * 21 for _ in range(21)]
    letters = "ABCDEF"[: len(points)]
    for letter, (row, column) in zip(letters, points, strict=True):
        drawing[row][column] = letter
    town = draw_town("\n".join("".join(line) for line in drawing), {letters: STREET})
    grid = make_grid(town.streets, cell_m=100.0)
    (edge,) = np.flatnonzero(town.streets.direction > 0).tolist()
    lat, lon = town.streets.shape_lat, town.streets.shape_lon
    for i in range(len(lat) - 1):
        for t in np.linspace(0, 1, 41):
            at = (lat[i] + t * (lat[i + 1] - lat[i]), lon[i] + t * (lon[i + 1] - lon[i]))
            assert edge in near(grid, *at)


def near(grid: shape.StreetGrid, lat: float, lon: float) -> set[int]:
    """The edges of the cell, and of its neighbours within a millimetre (rounding)."""
    tiny = 0.001 / METRES_PER_DEGREE
    return set().union(*(edges_at(grid, lat + d, lon + e) for d in (0, tiny) for e in (0, tiny)))


def test_no_streets_make_an_empty_grid() -> None:
    grid = make_grid(draw_town("A", {}).streets)
    assert grid.size.tolist() == [1, 1]
    assert grid.cell_offset.tolist() == [0, 0]
