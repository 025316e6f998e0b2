"""Parts of the pages by themselves: signs, words, look-ups, the style, the tiles, the catalogue."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from drawn_answers import METRO, NETWORK, RER, client_of
from hypothesis import given
from hypothesis import strategies as st
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from planner.request import Coordinate, StopRef
from web.line_names import NEUTRAL, badge_colors, contrast, make_badge, vehicle_kind
from web.pages.answer import safe_link
from web.pages.find_ends import Choice, find_end
from web.pages.map_style import THEMES, map_style
from web.pages.query import End
from web.wording.language import TRANSLATIONS

ROOT = Path(__file__).parents[2]
HEX = st.text("0123456789abcdefABCDEF", min_size=6, max_size=6)


# --- Signs of lines ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("color", "ink", "painted", "written"),
    [
        ("007852", "FFFFFF", "007852", "FFFFFF"),  # metro 12: as published
        ("FFCD00", "FFFFFF", "FFCD00", "000000"),  # white on yellow can't be read
        ("ffcd00", "000000", "FFCD00", "000000"),
        ("#FFCD00", "#000000", "FFCD00", "000000"),
        ("", "", NEUTRAL, "FFFFFF"),
        ("red", "x", NEUTRAL, "FFFFFF"),
        ("12345", "FFFFFF", NEUTRAL, "FFFFFF"),
    ],
)
def test_published_colours_and_a_text_that_reads(color, ink, painted, written):
    assert badge_colors(color, ink) == (painted, written)


@given(HEX, HEX)
def test_every_sign_can_be_read(color, ink):
    assert contrast(*badge_colors(color, ink)) >= 4.5


def test_contrast_of_black_on_white_is_the_largest():
    assert contrast("000000", "FFFFFF") == pytest.approx(21.0)
    assert contrast("777777", "FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(
    ("route_type", "kind"),
    [(0, "tram"), (1, "metro"), (2, "train"), (3, "bus"), (109, "train"), (401, "metro"),
     (704, "bus"), (900, "tram"), (1000, "ferry"), (1300, "cable"), (1400, "funicular"),
     (-1, "bus"), (99999, "bus")],
)  # fmt: skip
def test_route_types_and_their_vehicles(route_type, kind):
    assert vehicle_kind(route_type) == kind


def test_a_line_without_short_name_goes_by_its_long_one():
    assert make_badge(METRO).name == "Métro 12"
    assert make_badge(RER).kind == "rer"
    assert make_badge(replace(METRO, route_long_name="")).name == ""


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://a.fr", "https://a.fr"),
        (" HTTP://a.fr", "HTTP://a.fr"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("//a.fr", ""),
        ("", ""),
    ],
)
def test_only_web_addresses_become_links(url, safe):
    assert safe_link(url) == safe


# --- Looking places up ------------------------------------------------------------------------

ISSY = Choice("Mairie d'Issy", "Issy-les-Moulineaux", "stop", StopRef("a"))
FIFTEENTH = Choice("Mairie du 15e", "Paris", "stop", StopRef("b"))


@pytest.mark.parametrize(
    ("text", "found", "place"),
    [
        ("mairie", [ISSY, FIFTEENTH], None),  # which one?
        ("mairie d issy", [ISSY, FIFTEENTH], ISSY.at),  # its very name
        ("Mairie du 15e", [ISSY, FIFTEENTH], None),  # named, but not the likeliest: ask
        ("mairie", [ISSY], ISSY.at),  # nothing else
        ("mairie d'issy", [ISSY, replace(ISSY, area="Paris", at=StopRef("c"))], None),  # two of it
        ("mairie d'issy", [ISSY, replace(ISSY, kind="place", at=StopRef("c"))], ISSY.at),
        ("xyz", [], None),
    ],
)
def test_a_text_is_a_place_only_where_it_is_certain(text, found, place):
    assert find_end(End(text), lambda _: found).end.at == place


def test_a_known_place_is_not_looked_up():
    known = End("anything", Coordinate(48.8, 2.2))
    assert find_end(known, lambda _: pytest.fail("asked")).end == known


# --- The map ----------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", THEMES)
def test_the_style_is_our_own_and_needs_no_other_host(theme):
    style = map_style(theme, tiles="/tiles/{z}/{x}/{y}.mvt")
    names = [layer["id"] for layer in style["layers"]]
    assert len(names) == len(set(names))
    assert "glyphs" not in style
    assert "sprite" not in style
    assert "http" not in json.dumps(style)
    assert len(names) >= 18


@pytest.mark.parametrize("theme", THEMES)
def test_levels_of_stress_are_told_apart_without_colours(theme):
    style = map_style(theme, tiles="/tiles/{z}/{x}/{y}.mvt", stress=True)
    layers = {layer["id"]: layer for layer in style["layers"]}
    shown = [layers[f"stress-{level}"] for level in (1, 2, 3, 4)]
    assert [layer["filter"][2] for layer in shown] == [1, 2, 3, 4]
    assert {layer["layout"]["visibility"] for layer in shown} == {"none"}
    dashes = [str(layer["paint"].get("line-dasharray")) for layer in shown]
    assert len(set(dashes)) == len({layer["paint"]["line-color"] for layer in shown}) == 4
    names = [layer["id"] for layer in style["layers"]]
    assert names.index("stress-4") < names.index("street-names")
    plain = map_style(theme, tiles="/tiles/{z}/{x}/{y}.mvt")
    assert not [layer for layer in plain["layers"] if layer["id"].startswith("stress")]


def test_without_tiles_there_is_bare_ground():
    style = map_style("light", tiles=None)
    assert style["sources"] == {}
    assert [layer["type"] for layer in style["layers"]] == ["background"]


@pytest.fixture
def town(tmp_path):
    """A network folder with one tile, 3/4/2, gzipped."""
    archive = BytesIO()
    writer = Writer(archive)
    writer.write_tile(zxy_to_tileid(3, 4, 2), gzip.compress(b"a tile"))
    writer.finalize(
        {"tile_type": TileType.MVT, "tile_compression": Compression.GZIP, "min_lon_e7": 0,
         "min_lat_e7": 0, "max_lon_e7": 0, "max_lat_e7": 0, "center_zoom": 3, "center_lon_e7": 0,
         "center_lat_e7": 0},
        {},
    )  # fmt: skip
    (tmp_path / "tiles.pmtiles").write_bytes(archive.getvalue())
    return client_of(network=replace(NETWORK, folder=tmp_path))[0]


def test_a_tile_is_sent_as_stored(town):
    tile = town.get("/tiles/3/4/2.mvt")
    assert tile.headers["Content-Encoding"] == "gzip"
    assert tile.mimetype == "application/vnd.mapbox-vector-tile"
    assert gzip.decompress(tile.data) == b"a tile"
    again = town.get("/tiles/3/4/2.mvt", headers={"If-None-Match": tile.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("tile", "status"),
    [("3/4/3", 204), ("3/8/0", 404), ("23/0/0", 404), ("99999999999/0/0", 404), ("3/-1/0", 404)],
)
def test_tiles_that_are_not_there(town, tile, status):
    assert town.get(f"/tiles/{tile}.mvt").status_code == status


def test_the_style_names_our_tiles(town):
    style = town.get("/map/style.json").get_json()
    assert style["sources"]["town"]["tiles"] == ["/tiles/{z}/{x}/{y}.mvt"]
    assert town.get("/map/style.json?theme=neon").status_code == 404


# --- The catalogue ----------------------------------------------------------------------------

CATALOGUE = TRANSLATIONS / "en" / "LC_MESSAGES" / "messages"


def list_texts():
    """Every text that the pages mark for translation."""
    methods = [("templates/**.html", "jinja2"), ("**.py", "python")]
    keywords = {"gettext": None, "_": None, "N_": None, "ngettext": (1, 2)}
    found = extract_from_dir(TRANSLATIONS.parent, methods, keywords=keywords)
    return {text if isinstance(text, str) else text[0] for _, _, text, _, _ in found}


def test_every_text_has_its_english():
    with CATALOGUE.with_suffix(".po").open("rb") as stream:
        catalogue = read_po(stream)
    known = {m.id if isinstance(m.id, str) else m.id[0] for m in catalogue if m.id and m.string}
    assert known == list_texts()


def test_english_keeps_the_places_of_the_french():
    with CATALOGUE.with_suffix(".po").open("rb") as stream:
        faults = [message.id for message in read_po(stream) if list(message.check())]
    assert faults == []


def test_the_compiled_catalogue_is_up_to_date():
    with CATALOGUE.with_suffix(".po").open("rb") as source:
        texts = [(_both(m.id), _both(m.string)) for m in read_po(source) if m.id]
    with CATALOGUE.with_suffix(".mo").open("rb") as made:
        compiled = [(_both(m.id), _both(m.string)) for m in read_mo(made) if m.id]
    assert sorted(compiled) == sorted(texts)


def _both(text):
    """Singular and plural of a text, or the text alone."""
    return (text,) if isinstance(text, str) else tuple(text)


# --- The front end's lock file ----------------------------------------------------------------


def test_the_lock_file_names_no_machine():
    lock = (ROOT / "web" / "frontend" / "package-lock.json").read_text()
    assert '"resolved": "http' not in lock
    assert '"integrity"' in lock
