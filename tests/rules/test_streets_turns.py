"""Turns that the map forbids (D10): from relation to way, for those whom they bind."""

from __future__ import annotations

from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pytest
from asked_streets import FOOT, NO_LEFT, NO_RIGHT, ROAD, asked
from hypothesis import given, settings
from hypothesis import strategies as st
from street_drawing import draw_town
from street_networks import with_hierarchy

from planner.network import shape
from planner.network.metrics import profile_metric
from planner.network.profiles import get_profile
from planner.network.store import frozen
from planner.streets.instructions import describe
from planner.streets.reweight import metric_after

# From A one may turn left at B, to E, or go straight on and around the block.
BLOCK = """
    E-------K
    |       |
A---B---C---D
    |
    H
"""
WAYS = {"AB": ROAD, "BC": ROAD, "CD": ROAD, "BE": ROAD, "EKD": ROAD, "BH": ROAD}
LEFT_AT_B = ("AB", "B", "BE")


def block(tags=NO_LEFT, turn=LEFT_AT_B, **options):
    return asked(BLOCK, WAYS, turns={turn: tags}, **options)


def test_D10_a_car_goes_round_the_block_where_it_may_not_turn():
    assert asked(BLOCK, WAYS).way("AE", "car") == "A-B-E"
    one_way = {"oneway": "yes"}  # so that nobody turns round in C
    ways = WAYS | {"BC": ROAD | one_way, "CD": ROAD | one_way, "EKD": ROAD}
    ways["BH"] = ROAD | one_way
    town = asked(BLOCK, ways, turns={LEFT_AT_B: NO_LEFT})
    assert town.way("AE", "car") == "A-B-C-D-E"
    assert town.way("EA", "car") == "E-B-A"  # the other way is no left turn


def test_D10_nobody_turns_round_behind_the_junction_to_make_a_forbidden_turn():
    drawing = """
        E-------K
        |       |
    A---B-C-----D
          |
          F
    """
    ways = {"AB": ROAD, "BC": ROAD, "CD": ROAD, "BE": ROAD, "EKD": ROAD}
    ways["CF"] = ways["CD"] = ROAD | {"oneway": "yes"}
    town = asked(drawing, ways, turns={LEFT_AT_B: NO_LEFT})
    assert town.way("AE", "car") == "A-B-C-D-E"
    del ways["CF"], ways["CD"], ways["EKD"]
    dead_end = asked(drawing, ways, turns={LEFT_AT_B: NO_LEFT})
    assert dead_end.way("AE", "car") == "A-B-C-B-E"  # there is no other way


def test_D10_walkers_turn_as_they_like():
    free, bound = asked(BLOCK, WAYS), block()
    for ends in ("AE", "EA", "AH", "HE", "AK"):
        assert bound.way(ends, "walk") == free.way(ends, "walk")
        assert bound.cost(ends, "walk") == free.cost(ends, "walk")


def test_D10_a_bicycle_is_bound_unless_the_sign_excepts_it():
    assert block().way("AE") == "A-B~E" or block().way("AE") == "A-B-E"
    free = asked(BLOCK, WAYS)
    excepted = block(NO_LEFT | {"except": "psv;bicycle"})
    assert excepted.cost("AE") == free.cost("AE")
    assert excepted.way("AE", "car") != "A-B-E"


def test_D4_pushing_round_a_forbidden_turn_costs_getting_off():
    free, bound = asked(BLOCK, WAYS), block()
    # Off before the turn and on after it is one mount_penalty_s.
    assert bound.seconds("AE") == free.seconds("AE") + 5


def test_D10_where_nobody_walks_a_bicycle_takes_no_forbidden_turn():
    trunk = {"highway": "trunk", "oneway": "yes"}
    ways = {"AB": trunk, "BC": trunk, "CD": trunk, "BE": trunk, "DKE": trunk, "BH": trunk}
    assert asked(BLOCK, ways).way("AE") == "A-B-E"
    assert asked(BLOCK, ways, turns={LEFT_AT_B: NO_LEFT}).way("AE") == "A-B-C-D-E"


RULES = [
    # tags                                                          bicycle  car
    ({"restriction": "no_left_turn"},                                True,  True),
    ({"restriction": "no_left_turn", "except": "bicycle"},           False, True),
    ({"restriction": "no_left_turn", "except": "motorcar"},          True,  False),
    ({"restriction": "no_left_turn", "except": "psv;motor_vehicle"}, True,  False),
    ({"restriction:motorcar": "no_left_turn"},                       False, True),
    ({"restriction:motor_vehicle": "no_left_turn"},                  False, True),
    ({"restriction:bicycle": "no_left_turn"},                        True,  False),
    ({"restriction:hgv": "no_left_turn"},                            False, False),
    ({"restriction": "no_left_turn_on_red"},                         False, False),
    ({"restriction": "no_entry"},                                    True,  True),
    ({"restriction": "only_straight_on"},                            False, False),  # that is BE
    ({"restriction": "sometimes"},                                   False, False),
    ({"restriction": "no_left_turn", "restriction:bicycle": "only_left_turn"}, False, True),
]  # fmt: skip


@pytest.mark.parametrize(("tags", "bicycle", "car"), RULES)
def test_D10_whom_a_restriction_binds(tags, bicycle, car):
    town, free = block(tags), asked(BLOCK, WAYS)
    assert (town.cost("AE") > free.cost("AE")) == bicycle
    assert (town.cost("AE", "car") > free.cost("AE", "car")) == car


def test_D10_only_straight_on_forbids_all_other_turns():
    town = block({"restriction": "only_straight_on"}, ("AB", "B", "BC"))
    assert town.way("AC", "car") == "A-B-C"
    assert town.way("AE", "car") == "A-B-C-B-E"  # past it and back: nothing forbids turning round
    assert town.way("AH", "car") == "A-B-C-B-H"
    assert town.way("HE", "car") == "H-B-E"  # who comes from elsewhere isn't bound


def test_D10_two_only_rules_of_one_street_allow_both():
    only = {"restriction": "only_straight_on"}, {"restriction": "only_right_turn"}
    turns = {("AB", "B", "BC"): only[0], ("AB", "B", "BH"): only[1]}
    town = asked(BLOCK, WAYS, turns=turns)
    assert (town.way("AC", "car"), town.way("AH", "car")) == ("A-B-C", "A-B-H")
    assert town.way("AE", "car") != "A-B-E"


def test_D10_no_u_turn_between_the_two_sides_of_an_avenue():
    drawing = """
    A---B---C
        |
    D---E---F
    """
    east, west = ROAD | {"oneway": "yes"}, ROAD | {"oneway": "-1"}
    ways = {"AB": west, "BC": west, "DE": east, "EF": east, "EB": ROAD}
    turn = ("DE", "E", "EB")
    assert asked(drawing, ways).way("DA", "car") == "D-E-B-A"
    assert asked(drawing, ways, turns={turn: {"restriction": "no_u_turn"}}).way("DA", "car") == ""


BROKEN = [
    # from, via, to                    kind
    (("AB", "K", "BE"),                "turn_restriction_broken"),  # no junction of theirs
    (("CD", "B", "BE"),                "turn_restriction_broken"),  # doesn't come there
    (("AB", "BC", "CD"),               "turn_restriction_over_ways"),
]  # fmt: skip


@pytest.mark.parametrize(("turn", "kind"), BROKEN)
def test_D10_a_restriction_that_fits_nowhere_is_counted(turn, kind):
    town = draw_town(BLOCK, WAYS, turns={turn: NO_LEFT})
    assert town.issues.counts == {kind: 1}
    assert not (town.streets.flags & shape.TURN).any()


def test_D10_a_way_that_runs_through_its_junction_is_ambiguous():
    ways = WAYS | {"ABC": ROAD}
    del ways["AB"], ways["BC"]
    town = draw_town(BLOCK, ways, turns={("ABC", "B", "BE"): NO_LEFT})
    assert town.issues.counts == {"turn_restriction_broken": 1}
    ways["ABC"] = ROAD | {"oneway": "yes"}  # now vehicles come by one of its sides alone
    town = draw_town(BLOCK, ways, turns={("ABC", "B", "BE"): NO_LEFT})
    assert (town.streets.flags & shape.TURN).any()


def test_D10_who_may_not_turn_round_at_a_junction_turns_round_behind_it():
    drawing = """
    A---B---C---D
        |   |
        E   F
    """
    ways = {"AB": ROAD, "BC": ROAD, "CD": ROAD, "BE": ROAD, "CF": ROAD}
    no_right = {("AB", "B", "BE"): NO_RIGHT}
    assert asked(drawing, ways, turns=no_right).way("AE", "car") == "A-B-C-B-E"
    no_turning = {("BC", "C", "BC"): {"restriction": "no_u_turn", "except": "bicycle"}}
    town = asked(drawing, ways, turns=no_right | no_turning)
    assert town.way("AE", "car") == "A-B-C-F-C-B-E"
    assert town.way("AF", "car") == "A-B-C-F"


def test_D10_a_turn_is_no_step_and_no_street():
    named = {word: tags | {"name": "Rue Haute"} for word, tags in WAYS.items()}
    town = asked(BLOCK, named, turns={LEFT_AT_B: NO_LEFT})
    path = town.path("AC", "car")
    assert (town.network.streets.flags[path.edges] & shape.TURN).any()
    steps = describe(town.network, path)
    assert [(step.street, step.road_class) for step in steps] == [("Rue Haute", "residential")]
    assert sum(step.length_m for step in steps) == pytest.approx(400, rel=0.01)
    streets, grid = town.network.streets, town.network.grid
    turn = (streets.flags & shape.TURN) != 0
    assert not turn[grid.edge].any()
    assert (streets.length_m[turn] == 0).all()
    assert (streets.way_id[turn] == 0).all()
    assert (streets.name[turn] == shape.NONE).all()


def test_D10_a_barrier_at_the_junction_stays_one():
    nodes = {"B": {"barrier": "gate", "motor_vehicle": "private"}}
    town = block(nodes=nodes)
    assert town.way("AH", "walk") == "A-B-H"
    assert town.way("AE", "car") != "A-B-E"


LETTERS = "ABCDEFGHK"
GRID = """
A---B---C
|   |   |
D---E---F
|   |   |
G---H---K
"""
STREETS = ("AB", "BC", "DE", "EF", "GH", "HK", "AD", "DG", "BE", "EH", "CF", "FK")
KINDS = st.sampled_from(
    [
        ROAD,
        ROAD | {"oneway": "yes"},
        ROAD | {"access": "private"},
        FOOT,
        {"highway": "steps"},
        {"highway": "cycleway"},
    ]
)


@st.composite
def restricted_grids(draw):
    ways = {word: draw(KINDS) for word in STREETS}
    junction = [(a, v, b) for a in STREETS for b in STREETS for v in set(a) & set(b) if a != b]
    chosen = draw(st.lists(st.sampled_from(sorted(junction)), max_size=6, unique=True))
    kinds = st.sampled_from(["no_left_turn", "only_straight_on", "no_entry"])
    return ways, {turn: {"restriction": draw(kinds)} for turn in chosen}


@settings(max_examples=40, deadline=None)
@given(restricted_grids(), st.permutations(LETTERS))
def test_D10_walks_are_the_same_with_and_without_restrictions(grid, letters):
    ways, turns = grid
    free, bound = asked(GRID, ways), asked(GRID, ways, turns=turns)
    for ends in zip(letters[::2], letters[1::2], strict=False):
        for profile in ("walk", "wheelchair"):
            before, after = free.path(ends, profile), bound.path(ends, profile)
            assert (before is None) == (after is None)
            if before is not None and after is not None:
                assert after.cost == before.cost
        for profile in ("bike", "car"):
            before, after = free.path(ends, profile), bound.path(ends, profile)
            assert after is None or (before is not None and after.cost >= before.cost)


@settings(max_examples=20, deadline=None)
@given(restricted_grids(), st.permutations(LETTERS))
def test_D10_the_hierarchy_knows_turns_too(grid, letters):
    ways, turns = grid
    town = asked(GRID, ways, turns=turns)
    quick = town._replace(network=with_hierarchy(town.network))
    for ends in zip(letters[::2], letters[1::2], strict=False):
        for profile in ("car", "bike"):
            searched, climbed = town.path(ends, profile), quick.path(ends, profile)
            assert (searched is None) == (climbed is None)
            assert searched is None or searched.cost == climbed.cost


def test_D10_right_turns_are_restricted_as_left_ones_are():
    town = block(NO_RIGHT, ("AB", "B", "BH"))
    assert not town.way("AH", "car").endswith("A-B-H")


@settings(max_examples=40, deadline=None)
@given(restricted_grids(), st.data())
def test_D10_an_edit_beside_a_restricted_turn_weighs_the_whole_junction_anew(grid, data):
    ways, turns = grid
    network = asked(GRID, ways, turns=turns).network
    streets = network.streets
    edge = data.draw(st.sampled_from(np.flatnonzero(streets.length_m > 0).tolist()))
    access = streets.access.copy()
    access[edge] = data.draw(st.sampled_from([0, 7, 7 | shape.WALK_ENDS | shape.BIKE_ENDS]))
    flags = streets.flags.copy()
    flags[edge] ^= data.draw(st.sampled_from([0, shape.PUSH]))
    edited = streets._replace(access=frozen(access, np.uint8), flags=frozen(flags, np.uint8))
    bare = replace(network, streets=edited, metrics={})
    for name in ("walk", "wheelchair", "bike", "car"):
        profile = get_profile(name)
        old, new = (profile_metric(one, profile) for one in (streets, edited))
        with patch("planner.streets.reweight._WHOLE_METRIC", 0):  # however small the town
            found, _ = metric_after(bare, profile, old, frozen(np.array([edge]), np.int32))
        assert np.array_equal(found.cost, new.cost)
        assert np.array_equal(found.duration_ds, new.duration_ds)
