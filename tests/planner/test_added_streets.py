from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from naive_streets import street_drawings
from street_drawing import draw_town
from street_networks import near_corner, walk
from test_reweight import ordered, same, stored, ways_from

from planner.kernels.hierarchy import slopes_of
from planner.network.metrics import profile_metric
from planner.network.profiles import get_profile
from planner.streets import reweight
from planner.streets.added import AddedStreet, with_added_streets

RESIDENTIAL = {"access": 7, "road_class": 6, "speed_kmh": 50}
PROFILES = ("walk", "wheelchair", "bike", "car")


def played_elimination_game(streets, rank):
    upper = [set() for _ in rank]
    for a, b in zip(rank[streets.tail].tolist(), rank[streets.head].tolist(), strict=True):
        if a != b:
            upper[min(a, b)].add(max(a, b))
    for ends in upper:
        for end in ends:
            upper[end] |= {other for other in ends if other > end}
    return [sorted(ends) for ends in upper]


def check_rows(streets):
    """Everything that holds of the rows of Streets."""
    n_nodes, n_edges = len(streets.node_lat), len(streets.tail)
    assert (
        streets.first_out.tolist() == np.searchsorted(streets.tail, np.arange(n_nodes + 1)).tolist()
    )
    assert (np.diff(streets.tail) >= 0).all()
    heads = streets.head[streets.in_edge]
    assert sorted(streets.in_edge.tolist()) == list(range(n_edges))
    assert streets.first_in.tolist() == np.searchsorted(heads, np.arange(n_nodes + 1)).tolist()
    assert (np.diff(heads) >= 0).all()
    assert np.array_equal(streets.in_tail, streets.tail[streets.in_edge])
    assert np.array_equal(streets.reverse[streets.reverse], np.arange(n_edges))
    assert np.array_equal(streets.tail[streets.reverse], streets.head)
    assert np.array_equal(streets.direction[streets.reverse], -streets.direction)
    first = np.where(streets.direction > 0, streets.tail, streets.head)
    assert np.array_equal(streets.shape_lat[streets.shape_offset], streets.node_lat[first])
    last = np.where(streets.direction > 0, streets.head, streets.tail)
    end = streets.shape_offset + streets.shape_count - 1
    assert np.array_equal(streets.shape_lon[end], streets.node_lon[last])


def added_streets(n_nodes):
    node = st.integers(0, n_nodes - 1)
    columns = st.fixed_dictionaries(
        {"access": st.sampled_from([0, 1, 3, 7, 7 + 8]), "road_class": st.sampled_from([2, 6, 14])},
        optional={"speed_kmh": st.integers(5, 50), "infrastructure": st.integers(0, 4)},
    )
    street = st.builds(AddedStreet, node, node, columns, st.none() | columns)
    return st.lists(street.filter(lambda s: s.tail != s.head), max_size=4)


@settings(max_examples=150, deadline=None)
@given(street_drawings(), st.sampled_from(PROFILES), st.data())
def test_added_streets_are_closed_and_weighed_as_if_all_were_made_anew(drawing, profile, data):
    n_nodes = len(draw_town(*drawing).streets.node_lat)
    network = stored(ordered(drawing, data.draw(st.permutations(range(n_nodes)))), profile)
    added = data.draw(added_streets(n_nodes))
    with patch.object(reweight, "PART_SHARE", data.draw(st.sampled_from([9.0, 9.0, -1.0]))):
        grown, number, new = with_added_streets(network, added, profiles=[profile])
    assert (grown is network) == (not added)
    streets, hierarchy = grown.streets, grown.hierarchy
    check_rows(streets)
    assert streets.tail[new[::2]].tolist() == [street.tail for street in added]
    assert streets.head[new[::2]].tolist() == [street.head for street in added]
    assert not set(new.tolist()) & set(number.tolist())
    for name in ("tail", "head", "length_m", "access", "way_id", "shape_offset", "direction"):
        assert np.array_equal(getattr(streets, name)[number], getattr(network.streets, name))
    rows = np.split(hierarchy.up_to, hierarchy.up_offset[1:-1])
    assert [row.tolist() for row in rows] == played_elimination_game(streets, hierarchy.rank)
    for rank, row in enumerate(rows):
        parent = hierarchy.parent[rank]
        assert parent == (row[0] if row.size else -1)
        assert hierarchy.depth[rank] == (hierarchy.depth[parent] + 1 if row.size else 0)
        below = hierarchy.down_to[hierarchy.down_offset[rank] : hierarchy.down_offset[rank + 1]]
        assert below.tolist() == [low for low, ends in enumerate(rows) if rank in ends]
    ends = np.sort(hierarchy.rank[np.stack((streets.tail, streets.head))], axis=0)
    low = np.repeat(np.arange(n_nodes), np.diff(hierarchy.up_offset))
    assert np.array_equal(low[hierarchy.edge_arc], ends[0])
    assert np.array_equal(hierarchy.up_to[hierarchy.edge_arc], ends[1])
    metric = profile_metric(streets, get_profile(profile), grown.road_facts)
    assert same(grown.metrics[profile], metric)
    assert same(grown.slopes[profile], slopes_of(hierarchy, streets, metric))


def test_an_added_bridge_costs_what_it_costs_in_a_network_that_has_it():
    drawing = "A--B--C\n|     |\n|     |\n|     |\nD--E--F"
    ways = {"ABC": {"highway": "residential"}, "DEF": {"highway": "residential"},
            "AD": {"highway": "residential"}, "CF": {"highway": "residential"}}  # fmt: skip
    # B and E are junctions in both: a stub leads on from each.
    drawing = drawing.replace("A--B", "  g   \nA--B").replace("D--E--F", "D--E--F\n  h   ")
    ways |= {"Bg": {"highway": "footway"}, "Eh": {"highway": "footway"}}
    without = ordered((drawing, ways))
    having = ordered((drawing, ways | {"BE": {"highway": "residential"}}))
    town = draw_town(drawing, ways)
    node, twin = {}, {}
    for letter in "ABCDEFgh":
        for of, network in ((node, without), (twin, having)):
            lat, lon = town.places[letter]
            s = network.streets
            near = np.hypot(s.node_lat - lat, s.node_lon - lon)
            of[letter] = int(near.argmin()) if near.min() < 1e-6 else None
    bridge = AddedStreet(node["B"], node["E"], RESIDENTIAL)
    grown = with_added_streets(without, [bridge], profiles=PROFILES).network
    for profile in PROFILES:
        for letter in "BEgh":
            found = ways_from(grown, profile, node[letter])
            expected = ways_from(having, profile, twin[letter])
            for end in "BEgh":
                assert found[node[end]] == expected[twin[end]]
        assert ways_from(without, profile, node["B"]) != ways_from(grown, profile, node["B"])


def test_a_point_snaps_to_an_added_street():
    drawing = "A-----B\n|\n|\n|\n|\nC-----D"
    street = {"highway": "residential"}
    network = stored(ordered((drawing, {"AB": street, "AC": street, "CD": street})), "walk")
    s = network.streets
    corner = np.flatnonzero(s.node_lon > s.node_lon.mean())  # B and D, if they are nodes
    assert len(corner) == 2
    bow = near_corner(400, 125)  # the new street goes round by the east
    bend = AddedStreet(int(corner[0]), int(corner[1]), RESIDENTIAL, line=((bow.lat, bow.lon),))
    grown = with_added_streets(network, [bend], profiles=["walk"]).network
    start, end = near_corner(300, 5), near_corner(390, 125)
    before, after = walk(network, start, end), walk(grown, start, end)
    assert not len(before.edges)  # straight over the open
    assert after.end_m < 15
    assert 140 < after.length_m < 180
    assert grown.streets.way_id[after.edges[-1]] == -1


@pytest.mark.parametrize(
    ("street", "fault"),
    [
        (AddedStreet(0, 99, RESIDENTIAL), "to 99 of"),
        (AddedStreet(1, 1, RESIDENTIAL), "to itself"),
        (AddedStreet(0, 1, {"way_id": 3}), "way_id"),
    ],
)
def test_a_street_that_cannot_be_added_says_why(street, fault):
    network = ordered(("A-B-C", {"ABC": {"highway": "residential"}}))
    with pytest.raises(ValueError, match=fault):
        with_added_streets(network, [street])
    with pytest.raises(ValueError, match="without streets"):
        with_added_streets(replace(network, streets=None), [street])
