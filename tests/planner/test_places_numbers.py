"""House numbers: where they stand, and what is said where they don't."""

from __future__ import annotations

from pathlib import Path

import pytest
from place_town import PlaceTown, east

from planner.network.place_text import parse_house_number


@pytest.fixture
def town(tmp_path: Path) -> PlaceTown:
    return PlaceTown(tmp_path)


@pytest.fixture
def leclerc(town):
    """Odd numbers 1, 5 on one side and even ones 60, 64 on the other; 3 km of street."""
    town.street("Rue du Général Leclerc", at=east(0), length_m=900)
    for number, metres in (("1", 0), ("5", 40), ("60", 500), ("64", 540), ("64 bis", 545)):
        town.house(number, "Rue du Général Leclerc", at=east(metres), postcode="92130")
    return town


@pytest.mark.parametrize(
    "typed",
    [
        "60 rue du Général Leclerc",
        "60, r. du gal Leclerc",
        "rue du general leclerc 60",
        "60 general lecl",
        "60 genral leclerc",
        "60 rue du general leclerc 92130",
    ],
)
def test_a_house_number_is_found_before_or_behind_the_street(leclerc, typed):
    hit = leclerc.find(typed)[0]
    assert (hit.kind, hit.name, hit.street, hit.house_number, hit.postcode, hit.precision) == (
        "address", "60 Rue du Général Leclerc", "Rue du Général Leclerc", "60", "92130", "exact",
    )  # fmt: skip
    assert (hit.lat, hit.lon) == pytest.approx(east(500))


@pytest.mark.parametrize("typed", ["64 bis rue leclerc", "64bis rue leclerc", "64 B rue leclerc"])
def test_a_suffix_is_part_of_the_number(leclerc, typed):
    assert leclerc.find(typed)[0].house_number == "64 bis"


@pytest.mark.parametrize(
    ("number", "house_number", "precision", "metres"),
    [
        ("62", "62", "interpolated", 520),  # halfway between 60 and 64
        ("3", "3", "interpolated", 20),  # between 1 and 5: its own side
        ("70", "64", "nearest", 540),  # beyond the last
        ("7", "5", "nearest", 40),
        ("60 ter", "60", "nearest", 500),
    ],
)
def test_a_number_that_is_not_there_is_put_where_it_should_be(
    leclerc, number, house_number, precision, metres
):
    hit = leclerc.find(f"{number} rue du general leclerc")[0]
    assert (hit.house_number, hit.precision) == (house_number, precision)
    assert hit.lon == pytest.approx(east(metres)[1])


def test_a_street_without_numbers_says_that_it_stands_for_the_house(town):
    town.street("Rue Neuve")
    (hit,) = town.find("12 rue neuve")
    assert (hit.kind, hit.name, hit.precision) == ("street", "Rue Neuve", "street")


def test_a_number_in_a_name_is_no_house_number(town):
    town.street("Rue du 8 Mai 1945", at=east(0))
    town.house("8", "Rue du 8 Mai 1945", at=east(10))
    town.house("12", "Rue du 8 Mai 1945", at=east(20))
    assert town.search("rue du 8 mai 1945") == ["Rue du 8 Mai 1945"]
    assert town.search("12 rue du 8 mai 1945")[0] == "12 Rue du 8 Mai 1945"
    assert town.search("8 rue du 8 mai 1945")[0] == "8 Rue du 8 Mai 1945"


def test_a_house_stands_on_the_nearest_street_of_its_name(town):
    town.settlement("Vanves", at=east(0))
    town.settlement("Meudon", at=east(8_000))
    town.street("Rue Barbès", at=east(100))
    town.street("Rue Barbès", at=east(8_100))
    town.house("5", "rue barbès", at=east(8_150))
    assert [(hit.name, hit.city) for hit in town.find("5 rue barbes")] == [
        ("5 Rue Barbès", "Meudon"),
        ("Rue Barbès", "Vanves"),
    ]


def test_a_number_that_is_there_goes_before_one_on_a_greater_street(town):
    town.street("Rue Barbès", at=east(0), highway="primary", length_m=5_000)
    town.house("3", "Rue Barbès", at=east(0))
    town.street("Rue Barbès", at=east(30_000), highway="track")
    town.house("4", "Rue Barbès", at=east(30_000))
    assert [(hit.house_number, hit.precision) for hit in town.find("4 rue barbes")] == [
        ("4", "exact"),
        ("3", "nearest"),
    ]


def test_addresses_of_a_street_that_is_not_on_the_map_make_it(town):
    town.house("3", "Allée Cachée", city="Clamart")
    assert [(hit.name, hit.city) for hit in town.find("3 allee cachee")] == [
        ("3 Allée Cachée", "Clamart")
    ]


@pytest.mark.parametrize(
    ("text", "number"),
    [("62", (62, "")), ("62 bis", (62, "b")), ("12/A", (12, "a")), ("7-b", (7, "b")),
     ("bis", None), ("12 rue", None), ("", None)],
)  # fmt: skip
def test_house_numbers_are_read(text, number):
    assert parse_house_number(text) == number
