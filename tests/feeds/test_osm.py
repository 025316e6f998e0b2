"""Reading extracts: small XML files say what is kept."""

from __future__ import annotations

import bz2
import gzip
from pathlib import Path

import osmium
import pytest
import shapely

from feeds.issues import FeedError
from feeds.osm import read_osm
from feeds.tables import OsmExtract

TOWN = """
n 1 48.8200 2.2600
n 2 48.8210 2.2600 barrier=bollard name=Ignored
n 3 48.8220 2.2600 highway=crossing
n 4 48.8220 2.2620
n 5 48.8210 2.2620 amenity=cafe name=Chez_Anne addr:housenumber=3bis addr:street=Rue_Haute
n 6 48.8230 2.2630 place=suburb name=Les_Epinettes
n 7 48.8240 2.2600 railway=station name=Gare_Haute
n 8 48.8250 2.2600 amenity=bench name=Banc
w 100 1,2,3 highway=residential name=Rue_Haute unknown_key=x
w 101 3,4 highway=footway
w 102 1,4 waterway=stream name=Ru
w 103 3,4,5,3 building=yes name=Mairie amenity=townhall
w 104 1,3,4,1 leisure=park name=Le_Parc
w 105 1,4 route=ferry
w 106 1,3 railway=tram
w 107 1,5 power=line name=Nothing
w 108 1,2,4,1 highway=pedestrian area=yes name=La_Place
"""


def write_xml(path: Path, lines: str, extra: str = "") -> Path:
    """An .osm file from lines "n id lat lon tag=value..." and "w id refs tag=value..."."""
    out = ['<osm version="0.6">']
    for line in lines.split("\n"):
        words = line.split()
        if not words:
            continue
        values = [word.partition("=") for word in words if "=" in word]
        tags = "".join(f'<tag k="{k}" v="{v.replace("_", " ")}"/>' for k, _, v in values)
        if words[0] == "n":
            out.append(
                f'<node id="{words[1]}" version="1" lat="{words[2]}" lon="{words[3]}">{tags}</node>'
            )
        else:
            refs = "".join(f'<nd ref="{ref}"/>' for ref in words[2].split(","))
            out.append(f'<way id="{words[1]}" version="1">{refs}{tags}</way>')
    path.write_text("\n".join([*out, extra, "</osm>"]), encoding="utf-8")
    return path


def list_ways(extract: OsmExtract) -> list[tuple[int, list[int]]]:
    nodes, ways = extract.nodes, extract.ways
    return [
        (int(way), nodes.osm_id[ways.node[ways.offset[i] : ways.offset[i + 1]]].tolist())
        for i, way in enumerate(ways.way_id)
    ]


def tag(extract: OsmExtract, way: int, key: str) -> str:
    row = extract.ways.way_id.tolist().index(way)
    return extract.ways.vocabulary[key][extract.ways.tags[key][row]]


@pytest.fixture
def town(tmp_path: Path) -> OsmExtract:
    return read_osm(write_xml(tmp_path / "town.osm", TOWN))


def test_streets_ferries_and_squares_are_kept(town: OsmExtract) -> None:
    assert list_ways(town) == [
        (100, [1, 2, 3]), (101, [3, 4]), (105, [1, 4]), (108, [1, 2, 4, 1]),
    ]  # fmt: skip
    assert tag(town, 100, "name") == "Rue Haute"
    assert tag(town, 100, "bicycle") == ""
    assert town.ways.offset.tolist() == [0, 3, 5, 7, 11]


def test_nodes_keep_place_and_the_tags_that_matter(town: OsmExtract) -> None:
    nodes = town.nodes
    assert nodes.osm_id.tolist() == [1, 2, 3, 4]
    assert nodes.lat.tolist() == pytest.approx([48.82, 48.821, 48.822, 48.822])
    assert nodes.lon.tolist() == pytest.approx([2.26, 2.26, 2.26, 2.262])
    assert nodes.tags == {1: {"barrier": "bollard"}, 2: {"highway": "crossing"}}


def test_places_to_search(town: OsmExtract) -> None:
    found = {(place.kind, place.name, place.category) for place in town.places}
    assert found == {
        ("address", "3bis Rue Haute", ""),
        ("poi", "Chez Anne", "amenity=cafe"),
        ("place", "Les Epinettes", "place=suburb"),
        ("poi", "Gare Haute", "railway=station"),
        ("poi", "Mairie", "amenity=townhall"),
        ("poi", "Le Parc", "leisure=park"),
    }
    (hall,) = (place for place in town.places if place.name == "Mairie")
    assert hall.source_id == "way/103"
    assert (hall.lat, hall.lon) == pytest.approx((48.82167, 2.26133), abs=1e-5)


def test_the_base_map(town: OsmExtract) -> None:
    features = town.features
    drawn = sorted(zip(features.layer, features.kind, features.name, strict=True))
    assert drawn == [
        ("building", "yes", "Mairie"), ("green", "park", "Le Parc"),
        ("place", "suburb", "Les Epinettes"), ("rail", "tram", ""), ("waterway", "stream", "Ru"),
    ]  # fmt: skip
    shapes = {
        layer: shapely.from_wkb(g)
        for layer, g in zip(features.layer, features.geometry, strict=True)
    }
    assert shapes["building"].area > 0
    assert shapes["place"].coords[0] == pytest.approx((2.263, 48.823))
    assert shapes["waterway"].equals_exact(
        shapely.LineString([(2.26, 48.82), (2.262, 48.822)]), 1e-7
    )


def test_a_square_drawn_as_a_relation_is_walked_along_its_outlines(tmp_path: Path) -> None:
    ring = "n 1 48.82 2.26\nn 2 48.83 2.26\nn 3 48.83 2.27\nw 7 1,2,3\nw 8 3,1\n"
    relation = (
        '<relation id="9" version="1"><member type="way" ref="7" role="outer"/>'
        '<member type="way" ref="8" role="outer"/>'
        '<tag k="type" v="multipolygon"/><tag k="highway" v="pedestrian"/></relation>'
    )
    extract = read_osm(write_xml(tmp_path / "square.osm", ring, relation))
    ((way, refs),) = list_ways(extract)
    assert way == -9
    assert len(refs) == 4
    assert set(refs) == {1, 2, 3}


def test_a_clipped_way_is_cut_at_its_missing_nodes(tmp_path: Path) -> None:
    lines = "n 1 48.82 2.26\nn 2 48.83 2.26\nn 4 48.84 2.26\nn 5 48.85 2.26\n"
    lines += "w 10 1,2,3,4,5,6 highway=path\nw 11 8,9 highway=path\nw 12 1,9 highway=path"
    extract = read_osm(write_xml(tmp_path / "clip.osm", lines))
    assert list_ways(extract) == [(10, [1, 2]), (10, [4, 5])]
    assert extract.issues.counts == {"way_with_missing_nodes": 3}


@pytest.mark.parametrize(
    ("suffix", "pack"), [(".osm.gz", gzip.compress), (".osm.bz2", bz2.compress)]
)
def test_packed_xml(tmp_path: Path, town: OsmExtract, suffix: str, pack) -> None:
    plain = write_xml(tmp_path / "plain.osm", TOWN)
    packed = tmp_path / f"town{suffix}"
    packed.write_bytes(pack(plain.read_bytes()))
    assert list_ways(read_osm(packed)) == list_ways(town)


def test_deleted_ways_are_gone(tmp_path: Path) -> None:
    lines = "n 1 48.82 2.26\nn 2 48.83 2.26\nw 10 1,2 highway=path"
    path = write_xml(tmp_path / "edited.osm", lines)
    path.write_text(path.read_text().replace('<way id="10"', '<way id="10" visible="false"'))
    assert list_ways(read_osm(path)) == []


def test_pbf_and_ids_of_64_bits(tmp_path: Path) -> None:
    big = 12_345_678_901_234
    path = tmp_path / "big.osm.pbf"
    with osmium.SimpleWriter(str(path)) as writer:
        writer.add_node(osmium.osm.mutable.Node(id=big, location=(2.26, 48.82)))
        writer.add_node(osmium.osm.mutable.Node(id=big + 1, location=(2.27, 48.82)))
        writer.add_way(
            osmium.osm.mutable.Way(id=big, nodes=[big, big + 1], tags={"highway": "path"})
        )
    assert list_ways(read_osm(path)) == [(big, [big, big + 1])]


def test_an_extract_without_streets_says_so(tmp_path: Path) -> None:
    extract = read_osm(write_xml(tmp_path / "empty.osm", "n 1 48.82 2.26"))
    assert len(extract.ways.way_id) == len(extract.nodes.osm_id) == 0
    assert extract.issues.counts == {"osm_without_streets": 1}


def test_files_that_are_no_extract_are_refused_in_one_sentence(tmp_path: Path) -> None:
    contents = {
        "text.osm.pbf": b"hello, this is no pbf at all",
        "text.osm": b"<html><body>404</body></html>",
        "cut.osm": b'<osm version="0.6"><node id="1" lat="1" lon="1"/><way id="2">',
        "empty.osm.pbf": b"\0\0\0\xff\n\tOSMHeader",
        "wrong.suffix": b"<osm/>",
    }
    for name, content in contents.items():
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(FeedError, match=name) as caught:
            read_osm(path)
        assert "\n" not in str(caught.value), name
    with pytest.raises(FeedError, match=r"missing\.osm"):
        read_osm(tmp_path / "missing.osm")


@pytest.mark.city
def test_a_pbf_cut_short_is_refused(city_data: Path, tmp_path: Path) -> None:
    whole = (city_data / "porto-alegre" / "poa_osm.pbf").read_bytes()
    path = tmp_path / "cut.osm.pbf"
    path.write_bytes(whole[: len(whole) * 2 // 3])
    with pytest.raises(FeedError, match=r"cut\.osm\.pbf"):
        read_osm(path)


def test_xml_entities_are_refused(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("password")
    path = tmp_path / "xxe.osm"
    path.write_text(
        f'<?xml version="1.0"?><!DOCTYPE osm [<!ENTITY x SYSTEM "file://{secret}">]>'
        '<osm version="0.6"><node id="1" version="1" lat="1" lon="1">'
        '<tag k="place" v="city"/><tag k="name" v="&x;"/></node></osm>'
    )
    with pytest.raises(FeedError, match=r"xxe\.osm"):
        read_osm(path)


@pytest.mark.city
def test_milan_as_described(city_data: Path) -> None:
    extract = read_osm(city_data / "milan" / "milan_italy_small.osm.pbf")
    highways = int((extract.ways.tags["highway"] > 0).sum())
    assert highways in {58_480, 58_481}  # one of them has a single node
    assert extract.nodes.lat.min() > 45.0
    assert extract.nodes.lat.max() < 46.0


@pytest.mark.city
def test_helsinki_is_clipped_and_read_all_the_same(city_data: Path) -> None:
    extract = read_osm(city_data / "helsinki" / "Helsinki.osm.pbf")
    assert len(extract.ways.way_id) > 5_500
    assert extract.issues.counts["way_with_missing_nodes"] > 300
