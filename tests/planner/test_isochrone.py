"""Isochrones: a point is inside exactly when its way is within the time."""

import itertools

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from naive_streets import street_drawings
from street_networks import near_corner, network_of, with_hierarchy

from planner.itinerary import Reason
from planner.kernels.isochrone import outline
from planner.network.shape import UNREACHED
from planner.request import Coordinate
from planner.streets import isochrone as module
from planner.streets.isochrone import isochrones
from planner.streets.route import find_snaps, route

LIMIT, BEYOND = 100, 30
STREET = {"highway": "residential"}


def area_of(polygons):
    return shapely.MultiPolygon([(rings[0], rings[1:]) for rings in polygons])


def polygons_of(lines):
    """What the kernel draws, as rings of (column, row), the outer one of each part first."""
    parts = {}
    for i, part in enumerate(lines.part.tolist()):
        line = slice(lines.offset[i], lines.offset[i + 1])
        ring = shapely.LinearRing(np.column_stack((lines.column[line], lines.row[line])))
        parts.setdefault(part, []).insert(0 if ring.is_ccw else 99, ring)
    for rings in parts.values():
        assert [ring.is_ccw for ring in rings] == [True] + [False] * (len(rings) - 1)
    return list(parts.values())


@st.composite
def lattices(draw):
    """Times at a few lattice points, with the place in the middle of them."""
    rows, columns = draw(st.integers(2, 5)), draw(st.integers(2, 5))
    time = st.sampled_from([0, 60, 95, 100, 101, 120, 130, 160, 240, int(UNREACHED)])
    inner = draw(st.lists(time, min_size=rows * columns, max_size=rows * columns))
    times = np.full((rows + 2, columns + 2), UNREACHED, np.int32)
    times[1:-1, 1:-1] = np.array(inner).reshape(rows, columns)
    share = st.sampled_from([0.0, 0.02, 0.3, 0.5, 0.99])
    row = draw(st.integers(1, rows - 1)) + draw(share)
    column = draw(st.integers(1, columns - 1)) + draw(share)
    return times, row, column


def side_point(times, limit, one, other):
    """Where the border crosses between two lattice points (column, row), of which one is inside."""
    if times[one[::-1]] > limit:
        one, other = other, one
    near, far = int(times[one[::-1]]), min(int(times[other[::-1]]), limit + BEYOND)
    share = min(max((limit - near) / (far - near), 1 / 16), 15 / 16)
    return tuple(a + share * (b - a) for a, b in zip(one, other, strict=True))


def drawn_by_squares(times, limit, without):
    """The area as the sum of every square's own, but for one square."""
    pieces = []
    for r, c in itertools.product(*(range(n - 1) for n in times.shape)):
        if (r, c) == without:
            continue
        corners = [(c, r), (c + 1, r), (c + 1, r + 1), (c, r + 1)]
        inside = [int(times[corner[::-1]]) <= limit for corner in corners]
        middle = sum(int(times[corner[::-1]]) for corner in corners) / 4 <= limit
        rings = [[]]
        for k in range(4):
            one, other = corners[k], corners[(k + 1) % 4]
            if inside[k]:
                rings[-1].append(one)
            if inside[k] != inside[(k + 1) % 4]:
                rings[-1].append(side_point(times, limit, one, other))
                if inside[k] and sum(inside) == 2 and inside[(k + 2) % 4] and not middle:
                    rings.append([])
        if len(rings) == 3:  # two corners apart: what is left over belongs to the first of them
            rings = [rings[2] + rings[0], rings[1]]
        pieces += [shapely.Polygon(ring) for ring in rings if len(ring) > 2]
    return shapely.union_all(pieces)


@settings(max_examples=300, deadline=None)
@given(lattices())
def test_outlines_are_those_of_all_squares_together(drawn):
    times, row, column = drawn
    area = area_of(polygons_of(outline(times, row, column, LIMIT, BEYOND)))
    assert area.is_valid, shapely.is_valid_reason(area)
    home = (int(row), int(column))
    square = shapely.box(home[1], home[0], home[1] + 1, home[0] + 1)
    expected = drawn_by_squares(times, LIMIT, home)
    assert area.difference(square).symmetric_difference(expected).area < 1e-9
    for r, c in np.ndindex(times.shape):
        assert area.contains(shapely.Point(c, r)) == (times[r, c] <= LIMIT)
    assert area.distance(shapely.Point(column, row)) <= 1 / 64


@settings(max_examples=300, deadline=None)
@given(lattices(), st.lists(st.integers(0, 260), min_size=2, max_size=5))
def test_H5_outlines_of_longer_times_hold_those_of_shorter(drawn, limits):
    areas = [area_of(polygons_of(outline(*drawn, limit, BEYOND))) for limit in sorted(limits)]
    for shorter, longer in itertools.pairwise(areas):
        assert longer.is_valid
        assert shorter.difference(longer).area < 1e-9


@pytest.mark.parametrize(("beside", "n_parts"), [(120, 1), (121, 2)])
def test_opposite_corners_are_joined_where_the_middle_is_within_the_limit(beside, n_parts):
    times = np.full((6, 6), UNREACHED, np.int32)
    times[1:3, 1:3] = [[60, 120], [beside, 100]]
    times[3, 2] = 90  # the place is between it and the second corner, far from the first
    area = area_of(polygons_of(outline(times, 2.5, 2.5, LIMIT, BEYOND)))
    assert len(area.geoms) == n_parts


def test_a_time_far_beyond_the_limit_is_as_good_as_any_other():
    times = np.full((5, 5), UNREACHED, np.int32)
    times[2, 2] = 50
    known = times.copy()
    known[1, 1:4] = LIMIT + BEYOND + 1
    lines, other = (outline(one, 2.5, 2.5, LIMIT, BEYOND) for one in (times, known))
    assert lines.row.tolist() == other.row.tolist()
    assert lines.column.tolist() == other.column.tolist()


@settings(max_examples=60, deadline=None)
@given(street_drawings(), st.sampled_from(["walk", "wheelchair", "bike", "car"]), st.booleans(),
       st.data())  # fmt: skip
def test_H5_a_point_is_inside_when_a_route_leads_there_in_time(drawing, profile, backward, data):
    step_m = data.draw(st.sampled_from([50.0, 400.0]))
    along = st.floats(-0.5, 4.0).map(lambda steps: steps * step_m)
    place = near_corner(data.draw(along), data.draw(along))
    searched = network_of(*drawing, step_m=step_m)
    order = data.draw(st.permutations(range(len(searched.streets.node_lat))))
    network = with_hierarchy(searched, order)
    limits = data.draw(st.lists(st.integers(1, 900), min_size=1, max_size=3, unique=True))
    found = isochrones(network, place, profile, limits, backward=backward)
    if found is Reason.SNAPPED_TOO_FAR:
        assert find_snaps(searched, place, profile) == ()
        return
    assert [one.limit_s for one in found] == sorted(limits)
    areas = [area_of(one.polygons) for one in found]
    lattice = module.make_lattice(
        network.grid,
        network.metrics[profile],
        module.STEP_M[{"wheelchair": "walk"}.get(profile, profile)],
    )
    rows = data.draw(st.lists(st.tuples(st.integers(-6, 40), st.integers(-6, 40)), max_size=8))
    for row, column in rows:
        point = Coordinate(
            lattice.south + row * lattice.step_lat, lattice.west + column * lattice.step_lon
        )
        ends = (point, place) if backward else (place, point)
        path = route(searched, *ends, profile, max_s=10**6)
        for limit, area in zip(sorted(limits), areas, strict=True):
            within = not isinstance(path, Reason) and path.duration <= limit
            assert area.contains(shapely.Point(point.lon, point.lat)) == within
    for shorter, longer in itertools.pairwise(areas):
        assert shorter.is_valid
        assert shorter.difference(longer).area < 1e-12
    assert areas[0].distance(shapely.Point(place.lon, place.lat)) < lattice.step_lon / 60
