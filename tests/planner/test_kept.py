"""What is remembered of a network goes with it."""

import gc
import weakref

import pytest
from timetable_text import timetable

from planner.network.kept import kept_by_network

DRAWING = "A     B\n8:00  8:10"


@pytest.fixture
def asked():
    return []


@pytest.fixture
def name_of(asked):
    @kept_by_network(2)
    def name_of(network, stop, *, loud=False):
        asked.append(stop)
        name = network.stops.name.get(stop)
        return name + "!" if loud else name

    return name_of


def test_an_answer_is_made_once_for_each_network_and_question(asked, name_of):
    one, other = timetable(DRAWING), timetable("X     Y\n8:00  8:10")
    assert [name_of(one, 0), name_of(one, 0), name_of(other, 0)] == ["A", "A", "X"]
    assert name_of(one, 0, loud=True) == "A!"
    assert asked == [0, 0, 0]


def test_the_answers_used_last_are_kept(asked, name_of):
    network = timetable("A     B     C\n8:00  8:10  8:20")
    for stop in (0, 1, 0, 2, 0, 1):
        name_of(network, stop)
    assert asked == [0, 1, 2, 1]


def test_a_network_that_nobody_holds_is_let_go(name_of):
    network = timetable(DRAWING)
    name_of(network, 0)
    gone = weakref.ref(network)
    del network
    gc.collect()
    assert gone() is None
