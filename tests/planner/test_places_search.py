"""Search as a traveller types: three lines each, the town first."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from place_town import CENTRE, PlaceTown, east

from planner.network.place_text import fold
from planner.network.store import NetworkError
from planner.places.search import find_places


@pytest.fixture
def town(tmp_path: Path) -> PlaceTown:
    return PlaceTown(tmp_path)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Rue d'Andrésy", "andresy"),
        ("Rue d'Andrésy", "rue andrésy"),
        ("Rue du Cœur-Volant", "coeur volant"),
        ("Rue du Cœur-Volant", "CŒUR VOLANT"),
        ("Boulevard Gallieni", "bd gallieni"),
        ("Av. de Verdun", "avenue verdun"),
        ("Rue du Général Leclerc", "r du gal leclerc"),
        ("Place Sainte-Lucie", "pl ste lucie"),
        ("Rue Saint-Jacques", "rue st jacques"),
        ("Via S. Babila", "san babila"),
        ("V.le Monza", "viale monza"),
        ("Corso di Porta Nuova", "c.so porta nuova"),
        ("Straße des 17. Juni", "strasse des 17 juni"),
        ("Mannerheimintie", "mannerheimin"),
    ],
)
def test_a_name_is_found_however_it_is_written(town, name, typed):
    town.street(name)
    assert town.search(typed) == [name]


@pytest.mark.parametrize(
    "typed",
    ["general lecrlec", "generel leclerc", "general leclrc", "genral lecle", "leklerk"],
)
def test_slips_are_forgiven(town, typed):
    town.street("Rue du Général Leclerc")
    town.street("Rue Victor Hugo")
    assert town.search(typed) == ["Rue du Général Leclerc"]


@pytest.mark.parametrize("typed", ["ruevictor hugo", "rue victorhugo", "rue devictor hugo"])
def test_a_blank_may_be_left_out(town, typed):
    town.street("Rue Victor Hugo")
    town.street("Rue Voltaire")
    assert town.search(typed) == ["Rue Victor Hugo"]


def test_one_word_too_many_is_left_out(town):
    town.street("Rue Victor Hugo")
    town.street("Rue Voltaire")
    assert town.search("rue victor hugo xyzzyx") == ["Rue Victor Hugo"]
    assert town.search("voltaire xyzzyx") == ["Rue Voltaire"]


def test_a_word_that_all_have_is_no_answer_to_one_that_none_has(town):
    for number in range(21):
        town.street(f"Rue {'ABCDEFGHIJKLMNOPQRSTU'[number]}{number}")
    assert town.search("rue xyzzyx") == []


def test_a_word_of_two_letters_is_never_corrected(town):
    town.street("Rue du Lac")
    town.street("Rue Bo")
    assert town.search("xac") == ["Rue du Lac"]
    assert town.search("xo") == []


def test_articles_are_neither_asked_nor_missed(town):
    town.street("Rue de la Défense")
    assert town.search("rue defense") == town.search("rue du la defense") == ["Rue de la Défense"]


def test_the_last_word_may_be_unfinished_and_no_other(town):
    town.street("Rue Victor Hugo")
    town.street("Rue Hugolin Victorien")
    assert town.search("victor hu") == ["Rue Victor Hugo"]


def test_a_whole_word_goes_before_a_beginning_however_important(town):
    town.poi("Issyk")
    town.stop("Issyka Gare", departures=50, route_type=2)
    town.street("Chemin du Petit Moulin Vert Issy", highway="track")
    assert town.search("issy")[0] == "Chemin du Petit Moulin Vert Issy"


def test_a_word_of_the_name_goes_before_one_of_the_settlement(town):
    town.settlement("Issy", at=east(0))
    town.street("Rue Ferry", at=east(100))
    town.street("Rue Issy", at=east(90_000), highway="track")
    for number in range(10):
        town.street(f"Quai {number}", at=east(90_000))
    assert town.search("rue issy") == ["Rue Issy", "Rue Ferry"]


def test_the_settlement_goes_before_the_streets_in_it(town):
    town.settlement("Issy-les-Moulineaux")
    town.street("Rue Jules Ferry")
    town.street("Rue d'Issy", highway="primary")
    assert town.search("issy")[0] == "Issy-les-Moulineaux"


def test_a_busier_stop_goes_before_a_quiet_one(town):
    town.stop("Mairie Est", departures=1)
    town.stop("Mairie Ouest", departures=40)
    assert town.search("mairie") == ["Mairie Ouest", "Mairie Est"]


def test_what_is_near_the_focus_goes_first(town):
    town.street("Rue de Verdun", at=east(0))
    town.street("Rue Verdun", at=east(30_000))
    assert town.search("verdun", focus=east(29_900))[0] == "Rue Verdun"
    assert town.search("verdun", focus=east(100))[0] == "Rue de Verdun"


def test_a_near_place_is_found_among_hundreds_of_its_name(town):
    for number in range(400):
        town.stop(f"Mairie {number}", at=east(40_000 + 10 * number), departures=2)
    town.street("Mairie d'Ici", at=east(0), highway="track")
    assert town.search("mairie", focus=east(0))[0] == "Mairie d'Ici"


def test_the_settlement_tells_streets_of_one_name_apart(town):
    town.settlement("Vanves", at=east(0))
    town.settlement("Meudon", at=east(8_000))
    town.street("Rue Barbès", at=east(100))
    town.street("Rue Barbès", at=east(8_100))
    assert [hit.city for hit in town.find("rue barbes meudon")] == ["Meudon"]
    assert {hit.city for hit in town.find("rue barbes")} == {"Vanves", "Meudon"}


def test_the_street_of_the_city_goes_before_that_of_a_village(town):
    town.settlement("Milano", "city", at=east(0))
    town.settlement("Bussero", "village", at=east(20_000))
    town.street("Via Torino", at=east(20_100), highway="primary")
    town.street("Via Torino", at=east(100))
    assert [hit.city for hit in town.find("via torino")] == ["Milano", "Bussero"]


# --- Kinds -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kinds", "names"),
    [
        ({"STOP"}, ["Hugo"]),
        ({"PLACE"}, ["Lycée Hugo"]),
        ({"ADDRESS"}, ["Rue Hugo"]),
        ({"street"}, ["Rue Hugo"]),
        ({"STOP", "poi"}, ["Hugo", "Lycée Hugo"]),
        ({"nothing"}, []),
    ],
)
def test_only_the_wanted_kinds_are_answered(town, kinds, names):
    town.stop("Hugo", at=east(0))
    town.poi("Lycée Hugo", at=east(2_000))
    town.street("Rue Hugo", at=east(3_000))
    assert sorted(town.search("hugo", kinds=frozenset(kinds))) == names


def test_a_stop_has_its_public_id_and_its_vehicles(town):
    town.stop("Mairie d'Issy", stop_id="RATP:12", route_type=1)
    (hit,) = town.find("mairie issy")
    assert (hit.kind, hit.stop_id, hit.category) == ("stop", "RATP:12", "subway")


# --- Hostile and useless text --------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    ['"', "a*", "NEAR(rue hugo, 2)", "rue AND", "name:rue", "rue OR NOT hugo", "'; DROP TABLE x",
     "^rue", "{name} : x", "-rue", "\x00", "\ud800", "(((", "rue\u0000hugo"],
)  # fmt: skip
def test_the_text_is_never_taken_as_syntax(town, typed):
    town.street("Rue Hugo")
    assert set(town.search(typed)) <= {"Rue Hugo"}


def test_no_text_finds_nothing(town):
    town.street("Rue Hugo")
    assert town.search("") == town.search("  ,;!") == town.search("\u0301") == []


def test_a_long_text_is_read_at_its_beginning_only(town):
    town.street("Rue Hugo")
    assert town.search("hugo " * 12 + "nowhere " * 100_000) == ["Rue Hugo"]


@pytest.mark.parametrize("focus", [(float("nan"), 2.0), (91.0, 2.0), (48.0, -181.0)])
def test_a_focus_that_is_no_point_is_no_focus(town, focus):
    town.street("Rue Hugo")
    assert town.search("hugo", focus=focus) == ["Rue Hugo"]


def test_the_limit_holds(town):
    for number in range(60):
        town.poi(f"École {'abcdefghij'[number % 10]}{number}")
    assert len(town.search("ecole", limit=3)) == 3
    assert len(town.search("ecole", limit=10_000)) == 50
    assert len(town.search("ecole", limit=-1)) == 1


@pytest.fixture(scope="module")
def small_town(tmp_path_factory) -> PlaceTown:
    town = PlaceTown(tmp_path_factory.mktemp("small"))
    town.settlement("Issy-les-Moulineaux")
    town.street("Rue du 8 Mai 1945")
    town.street("東京通り")
    town.house("12 bis", "Rue du 8 Mai 1945")
    town.stop("Mairie d'Issy")
    town.write()
    return town


words = st.sampled_from(["rue", "12", "bis", "issy", '"', "*", "NEAR", "8", "mai", "d'", "東京"])


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text(max_size=40) | st.lists(words, max_size=8).map(" ".join),
    limit=st.integers(-2, 60),
    focus=st.none() | st.tuples(st.floats(), st.floats()),
)
def test_no_text_raises(small_town, text, limit, focus):
    hits = find_places(small_town.folder, text, limit=limit, focus=focus)
    assert len(hits) <= max(1, limit)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Cœur", "COEUR"), ("Ærø", "aero"), ("Łódź", "lodz"), ("V.le Monza", "viale monza"),
     ("R.E.R. B", "rer b"), ("S. Babila", "San-Babila"), ("l’Église", "L'EGLISE")],
)  # fmt: skip
def test_spellings_are_folded_alike(one, other):
    assert fold(one) == fold(other)


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing_more(text):
    assert fold(fold(text)) == fold(text)


def test_a_name_of_another_script_is_found(small_town):
    assert small_town.search("東京") == ["東京通り"]


# --- The file ------------------------------------------------------------------------------------


def test_a_folder_without_an_index_is_refused(tmp_path):
    with pytest.raises(NetworkError, match=r"no place index"):
        find_places(tmp_path, "rue")


def test_many_threads_search_at_once(small_town):
    start = threading.Barrier(8)

    def search(_):
        start.wait()
        return [small_town.search("mairie issy") for _ in range(20)]

    with ThreadPoolExecutor(8) as pool:
        assert {tuple(names) for found in pool.map(search, range(8)) for names in found} == {
            ("Mairie d'Issy",)
        }


def test_an_index_that_is_replaced_is_read_anew(tmp_path):
    first, second = PlaceTown(tmp_path / "first"), PlaceTown(tmp_path / "second")
    for folder in (first.folder, second.folder):
        folder.mkdir()
    first.street("Rue Hugo")
    second.street("Rue Voltaire")
    assert first.search("voltare") == []
    second.write().replace(first.folder / "places.sqlite")
    assert first.search("voltare") == ["Rue Voltaire"]


def test_a_search_writes_nothing(small_town):
    before = sorted(small_town.folder.iterdir())
    small_town.search("issy")
    assert sorted(small_town.folder.iterdir()) == before
    uri = f"{small_town.write().as_uri()}?mode=ro&immutable=1"
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        sqlite3.connect(uri, uri=True).execute("DELETE FROM place")


def test_the_focus_gives_the_distance(small_town):
    (hit,) = small_town.find("mairie issy", focus=CENTRE)
    assert hit.distance_m == pytest.approx(1500 * 0.658, rel=0.02)  # the cosine of 48.8 degrees
