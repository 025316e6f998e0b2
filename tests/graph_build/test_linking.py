import math
from itertools import pairwise

import numpy as np
import pytest
from street_drawing import draw_town
from street_networks import near_corner, stops_at

from feeds.issues import IssueLog
from graph_build.linking import link_stops
from graph_build.streets.grid import make_grid

FOOT = {"highway": "footway"}


def links_of(drawing, ways, *stops, **options):
    """Per stop at (east_m, north_m) [(way, metres along it, metres away)], and the issues."""
    town = draw_town(drawing, ways, **options)
    places = [near_corner(*stop) for stop in stops]
    table = stops_at([(place.lat, place.lon) for place in places])
    issues = IssueLog()
    links = link_stops(town.streets, make_grid(town.streets), table, issues)
    words = list(ways)
    rows = [
        (
            words[int(town.streets.way_id[edge]) - 101],
            round(float(fraction * town.streets.length_m[edge])),
            round(float(metres)),
        )
        for edge, fraction, metres in zip(links.edge, links.fraction, links.distance_m, strict=True)
    ]
    offset = links.stop_offset.tolist()
    return [rows[a:b] for a, b in pairwise(offset)], issues


def test_C14_a_stop_between_two_carriageways_is_linked_to_both():
    ways = {"AB": FOOT, "DC": FOOT}
    (links,), _ = links_of("A----B\nD----C", ways, (100, 20))
    assert links == [("DC", 100, 20), ("AB", 100, 30)]


def test_C4_the_distance_to_the_street_is_kept_and_capped():
    links, issues = links_of("A----B", {"AB": FOOT}, (100, 290), (100, 310))
    assert links == [[("AB", 100, 290)], []]
    assert issues.counts == {"stop_not_linked": 1}
    assert issues.examples["stop_not_linked"][0].where == "stop b"


def test_C5_a_stop_without_coordinates_has_no_link_and_no_second_report():
    links, issues = links_of("A----B", {"AB": FOOT}, (math.nan, math.nan))
    assert links == [[]]
    assert not issues.counts


@pytest.mark.parametrize("kind", [{"highway": "motorway"}, {"highway": "footway", "foot": "no"}])
def test_C9_a_stop_is_linked_only_where_one_may_walk(kind):
    links, _ = links_of("A----B\nC----D", {"AB": kind, "CD": FOOT}, (100, 45))
    assert links == [[("CD", 100, 45)]]


def test_C1_a_stop_is_not_linked_to_an_island():
    main = dict.fromkeys(("AB", "BC", "CD"), FOOT)
    links, _ = links_of("E-F\n|\nA-B-C-D", {**main, "EF": FOOT}, (50, 95), island_nodes=3)
    assert {word for word, *_ in links[0]} == {"AB", "BC"}


def test_at_most_four_candidates():
    ways = dict.fromkeys(("AB", "AC", "AD", "AE", "AF"), FOOT)
    links, _ = links_of("C-B-D\n|\nE-A-F", ways, (100, 2))
    assert len(links[0]) == 4
    assert np.all(np.diff([metres for *_, metres in links[0]]) >= 0)
