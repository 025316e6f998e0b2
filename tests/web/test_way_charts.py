"""What the pages draw and say of a way: its hills, and how calm it is to ride."""

from datetime import UTC, datetime

import pytest
from drawn_answers import client_of
from flask_babel import force_locale
from hypothesis import given
from hypothesis import strategies as st

from planner.itinerary import Comfort, Place, StreetLeg
from web.pages.way_charts import calm_parts, height_chart
from web.wording.way_words import say_comfort

HERE = Place(name="", lat=48.82, lon=2.26)
METRES = st.floats(0.0, 5000.0)


def leg(*heights, climb=20.0, descent=0.0):
    return StreetLeg(
        mode="bike", origin=HERE, destination=HERE, start=datetime(2026, 3, 2, tzinfo=UTC),
        end=datetime(2026, 3, 2, 1, tzinfo=UTC), length_m=heights[-1][0] if heights else 0.0,
        points=(), climb_m=climb, descent_m=descent, heights=heights,
    )  # fmt: skip


def felt(one=0.0, two=0.0, three=0.0, four=0.0, unknown=0.0, pushed=0.0):
    return Comfort(level_m=(one, two, three, four), unknown_m=unknown, pushed_m=pushed)


def plain(text):
    """With ordinary spaces."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_a_hill_is_drawn_from_its_lowest_to_its_highest_point():
    chart = height_chart(leg((0.0, 30.0), (500.0, 50.0), (1000.0, 30.0)))
    assert (chart.low_m, chart.high_m) == (30, 50)
    assert chart.ground == "M0 100L0 100.0L500 10.0L1000 100.0L1000 100Z"


def test_a_flat_way_and_one_without_heights_have_no_chart():
    assert height_chart(leg((0.0, 30.0), (900.0, 33.0), climb=3.0)) is None
    assert height_chart(leg()) is None


def test_a_small_rise_does_not_look_like_a_mountain():
    chart = height_chart(leg((0.0, 30.0), (900.0, 35.0), climb=10.0))
    assert "L1000 77.5L" in chart.ground  # a quarter of the least span


@given(st.builds(felt, METRES, METRES, METRES, METRES, METRES, METRES))
def test_the_parts_of_a_ride_fill_its_bar(comfort):
    parts = calm_parts(comfort)
    assert all(part.width > 0.0 for part in parts)
    if parts:
        assert sum(part.width for part in parts) == pytest.approx(100.0, abs=0.1)


def test_what_is_pushed_stands_apart_from_the_calm_parts():
    parts = calm_parts(felt(one=100, four=100, pushed=200))
    assert [part.kind for part in parts] == ["1", "4", "pushed"]


@pytest.mark.parametrize(
    ("comfort", "french", "english"),
    [
        (felt(one=720, three=280), "Au calme sur 72 % du trajet, 280 m dans un trafic soutenu.",
         "Calm on 72% of the way, 280 m in busy traffic."),
        (felt(two=900, pushed=100), "Au calme sur 100 % de ce qui se roule, 100 m vélo à la main.",
         "Calm on 100% of what is ridden, 100 m walking the bicycle."),
        (felt(two=300, three=300, pushed=4100),
         "Vélo à la main sur 4,1 km, au calme sur 50 % du reste, 300 m dans un trafic soutenu.",
         "Walking the bicycle for 4.1 km, calm on 50% of the rest, 300 m in busy traffic."),
        (felt(pushed=800), "Vélo à la main sur 800 m.", "Walking the bicycle for 800 m."),
        (felt(one=999, four=30), "Au calme sur 97 % du trajet, 30 m dans un trafic dense.",
         "Calm on 97% of the way, 30 m in heavy traffic."),
        (felt(unknown=500), "Le niveau de trafic de ce trajet n’est pas connu.",
         "How busy this way is isn’t known."),
    ],
)  # fmt: skip
def test_how_calm_a_ride_is_in_words(comfort, french, english):
    app = client_of()[0].application
    with app.test_request_context("/"):
        assert plain(say_comfort(comfort)) == french
        with force_locale("en"):
            assert plain(say_comfort(comfort)) == english
