"""From files to a published network: what it says of itself, and when there is none."""

from dataclasses import replace
from pathlib import Path

import pytest
from small_town import STREET, write_town

from feeds.issues import FeedError
from graph_build import build, manifest
from graph_build.build import BuildError, build_network
from graph_build.manifest import build_key, code_version
from graph_build.publish import previous_of
from graph_build.region import GtfsInput, read_region
from planner.network.store import NetworkError, open_network, read_manifest, verify_files

FAR_AWAY = """
    # stops.txt
    stop_id,stop_name,stop_lat,stop_lon
    A,Mairie d'Issy,43.0010,5.0010
    B,Corentin-Celton,43.0020,5.0010
    C,Porte de Versailles,43.0030,5.0010
    """
ONE_FAR_AWAY = """
    # stops.txt
    stop_id,stop_name,stop_lat,stop_lon
    A,Mairie d'Issy,48.8240,2.2730
    B,Corentin-Celton,48.8270,2.2790
    C,Porte de Versailles,48.9000,2.5000
    """


@pytest.fixture
def inputs(tmp_path):
    return read_region(write_town(tmp_path / "files"))


@pytest.fixture
def out(tmp_path):
    return tmp_path / "town"


def kinds(made):
    return {issue["kind"]: issue["count"] for issue in made["issues"]}


def test_the_manifest_says_what_the_network_is(inputs, out):
    made = build_network(inputs, out)
    assert read_manifest(out) == made
    assert made["name"] == "Small town"
    assert made["timezone"] == "Europe/Paris"
    assert (made["first_date"], made["last_date"]) == ("2026-01-01", "2026-12-31")
    assert made["bounds"] == [48.824, 2.273, 48.832, 2.288]
    assert made["profiles"] == list(open_network(out).metrics)
    assert [(one["kind"], one["name"]) for one in made["inputs"]] == [
        ("osm", "street.osm"),
        ("gtfs", "metro"),
    ]
    assert made["attributions"][0] == "© OpenStreetMap contributors"
    assert made["counts"]["stops"] == 3
    assert made["counts"]["trips"] == 2
    assert made["counts"]["stop_times"] == 6
    assert made["counts"]["street_edges"] == 2
    assert made["counts"]["stops_linked_to_streets"] == 3
    verify_files(out)


def test_without_a_map_the_network_is_timetable_only(inputs, out):
    made = build_network(replace(inputs, osm=()), out)
    network = open_network(out)
    assert network.streets is None
    assert made["profiles"] == []
    assert "street_edges" not in made["counts"]
    assert made["bounds"] == [48.824, 2.273, 48.832, 2.288]


def test_without_a_feed_the_network_is_streets_only(inputs, out):
    made = build_network(replace(inputs, gtfs=()), out)
    assert made["counts"]["stops"] == 0
    assert made["timezone"] == "UTC"
    assert open_network(out).streets is not None


def test_G6_equal_inputs_make_equal_bytes(inputs, tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        build_network(inputs, folder)
    one, two = ({path.name: path.read_bytes() for path in f.iterdir()} for f in folders)
    assert one.keys() == two.keys()
    assert [name for name in one if one[name] != two[name]] == []


@pytest.mark.parametrize("change", ["feed", "map", "name", "transfer_time", "code", "nothing"])
def test_G3_the_key_changes_with_inputs_configuration_and_code(inputs, monkeypatch, change):
    before = build_key(inputs)
    if change == "feed":
        write_town(inputs.osm[0].parent, ONE_FAR_AWAY)
    elif change == "map":
        inputs.osm[0].write_text(STREET.replace("residential", "primary"))
    elif change == "name":
        inputs = replace(inputs, gtfs=(GtfsInput(inputs.gtfs[0].path, "bus"),))
    elif change == "transfer_time":
        inputs = replace(inputs, transfer_time=30)
    elif change == "code":
        monkeypatch.setattr(manifest, "code_version", lambda: "0.1.0+other")
    assert (build_key(inputs) == before) == (change == "nothing")


def test_the_code_version_has_the_release_and_a_hash_of_the_sources():
    release, _, digest = code_version().partition("+")
    assert release == "0.1.0"
    assert len(digest) == 12


def wrong_answer(network):
    msg = "no way from A to C"
    raise BuildError(msg)


@pytest.mark.parametrize("fault", ["canary", "feed", "checks"])
def test_G8_a_build_that_fails_leaves_the_old_network(inputs, out, monkeypatch, fault):
    first = build_network(inputs, out)
    canary = None
    if fault == "canary":
        canary = wrong_answer
    elif fault == "feed":
        inputs.gtfs[0].path.write_bytes(b"no zip")
    else:
        monkeypatch.setattr(build, "find_faults", lambda network: ["stops.lat: wrong"])
    with pytest.raises((BuildError, FeedError)):
        build_network(inputs, out, canary=canary)
    assert read_manifest(out) == first
    assert not previous_of(out).exists()
    assert sorted(path.name for path in out.parent.iterdir()) == ["files", "town"]


def test_G8_the_canary_asks_the_finished_network_before_it_is_published(inputs, out):
    asked = []

    def canary(network):
        assert not out.exists()
        asked.append(network.manifest["name"])

    build_network(inputs, out, canary=canary)
    assert asked == ["Small town"]


def test_stops_in_the_sea_are_told_with_the_maps_area(tmp_path, out):
    inputs = read_region(write_town(tmp_path / "files", FAR_AWAY))
    with pytest.raises(BuildError, match=r"none of the 3 stops lies within .*48\.814 to 48\.842"):
        build_network(inputs, out)
    assert not out.exists()


def test_a_stop_far_from_the_map_is_counted(tmp_path, out):
    inputs = read_region(write_town(tmp_path / "files", ONE_FAR_AWAY))
    assert kinds(build_network(inputs, out))["stop_outside_streets"] == 1


def test_G10_a_map_of_half_the_world_is_refused(tmp_path, out):
    street = STREET.replace('lat="48.8320" lon="2.2880"', 'lat="20.0" lon="-40.0"')
    inputs = read_region(write_town(tmp_path / "files", street=street))
    with pytest.raises(BuildError, match="the streets span"):
        build_network(replace(inputs, gtfs=()), out)


def test_what_a_region_names_and_no_phase_reads_is_told(inputs, out):
    made = build_network(replace(inputs, gbfs=("gbfs",), places=(Path("a"), Path("b"))), out)
    assert kinds(made)["input_not_compiled"] == 3


def test_a_damaged_file_is_found_by_its_hash(inputs, out):
    build_network(inputs, out)
    file = out / "stops.lat.npy"
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    with pytest.raises(NetworkError, match="differs from the one that was built"):
        verify_files(out)
