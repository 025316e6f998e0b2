"""Whatever is wrong with what one gives: one sentence that says so, and the right exit code."""

import socket
import zipfile

import pytest
from feed_text import LINE, write_feed
from small_town import STREET, write_town

from planner.network.store import MANIFEST
from web import command

FAILED, BAD_ARGUMENTS = 1, 2


@pytest.fixture
def refused(capsys):
    """Run the command, which must refuse; its exit code and its one sentence."""

    def run(*arguments):
        code = command.run([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        said = [line for line in printed.err.splitlines() if line.startswith("trajets: ")]
        assert printed.out == ""
        assert len(said) == 1, printed.err
        assert printed.err.endswith(f"{said[0]}\n")
        return code, said[0].removeprefix("trajets: ")

    return run


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    folder = tmp_path_factory.mktemp("town")
    write_town(folder)
    arguments = ["build", str(folder / "region.toml"), "--out", str(folder / "network")]
    assert command.run(arguments) == 0
    return folder / "network"


def bad_zip(folder):
    (folder / "feed.zip").write_bytes(b"PK\3\4 this is no zip")


def cut_zip(folder):
    write_feed(folder / "feed.zip", LINE)
    whole = (folder / "feed.zip").read_bytes()
    (folder / "feed.zip").write_bytes(whole[: len(whole) // 2])


def empty_zip(folder):
    zipfile.ZipFile(folder / "feed.zip", "w").close()


def no_byte(folder):
    (folder / "feed.zip").touch()


def no_trips(folder):
    write_feed(folder / "feed.zip", LINE, "# trips.txt\nroute_id,service_id,trip_id\n")


def no_stop_times(folder):
    write_feed(folder / "feed.zip", LINE, without=("stop_times.txt",))


def heads_only(folder):
    names = {"stops.txt": "stop_id,stop_name,stop_lat,stop_lon\n"}
    write_feed(folder / "feed.zip", LINE, *(f"# {n}\n{head}" for n, head in names.items()))


@pytest.mark.parametrize(
    "spoil", [bad_zip, cut_zip, empty_zip, no_byte, no_trips, no_stop_times, heads_only]
)
def test_a_feed_that_cannot_be_used(refused, tmp_path, spoil):
    spoil(tmp_path)
    code, sentence = refused("build", "--gtfs", tmp_path / "feed.zip", "--out", tmp_path / "out")
    assert code == FAILED
    assert "feed" in sentence
    assert "fault in Trajets" not in sentence
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("map.osm.pbf", b"\0\0\0\x0d\n\tOSMHeader\x18"),
        ("map.osm.pbf", b""),
        ("map.osm", STREET.encode()[:-40]),
        ("map.osm", b"not xml"),
        ("map.osm.gz", b"not gzip"),
        ("map.txt", b"no map"),
    ],
)
def test_a_map_that_cannot_be_used(refused, tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    code, sentence = refused("build", "--osm", tmp_path / name, "--out", tmp_path / "out")
    assert code == FAILED
    assert name in sentence
    assert "fault in Trajets" not in sentence


@pytest.mark.city
def test_a_pbf_cut_in_the_middle(refused, tmp_path, city_data):
    whole = (city_data / "porto-alegre" / "poa_osm.pbf").read_bytes()
    (tmp_path / "cut.osm.pbf").write_bytes(whole[: len(whole) // 2])
    code, sentence = refused("build", "--osm", tmp_path / "cut.osm.pbf", "--out", tmp_path / "out")
    assert code == FAILED
    assert "cut.osm.pbf" in sentence
    assert "fault in Trajets" not in sentence


def test_elevation_that_is_no_raster(refused, tmp_path):
    write_town(tmp_path)
    (tmp_path / "heights.tif").write_bytes(b"no tif")
    code, sentence = refused(
        "build", tmp_path / "region.toml", "--elevation", tmp_path / "heights.tif",
        "--out", tmp_path / "out",
    )  # fmt: skip
    assert code == FAILED
    assert "heights.tif" in sentence
    assert "fault in Trajets" not in sentence


def test_stops_in_the_sea(refused, tmp_path):
    sea = "# stops.txt\nstop_id,stop_name,stop_lat,stop_lon\nA,A,43,5\nB,B,43.01,5\nC,C,43.02,5\n"
    code, sentence = refused("build", write_town(tmp_path, sea), "--out", tmp_path / "out")
    assert code == FAILED
    assert "do the feed and the map belong together?" in sentence


def test_dates_outside_the_feed(refused, tmp_path):
    code, sentence = refused(
        "build", write_town(tmp_path), "--date-range", "2031-01-01..2031-02-01",
        "--out", tmp_path / "out",
    )  # fmt: skip
    assert code == FAILED
    assert "valid from 2026-01-01 to 2026-12-31" in sentence


@pytest.mark.parametrize("content", [b"\x00\x9c", b"<osm/>"])
def test_a_map_given_as_a_region_is_told_where_it_belongs(refused, tmp_path, content):
    (tmp_path / "map.osm").write_bytes(content)
    code, sentence = refused("build", tmp_path / "map.osm", "--out", tmp_path / "out")
    assert code == BAD_ARGUMENTS
    assert "maps are given with --osm" in sentence


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("build",), "--out"),
        (("build", "--out", "out"), "nothing to build from"),
        (("build", "--gtfs", "none.zip", "--out", "out"), "none.zip doesn't exist"),
        (("build", "--osm", "none.osm", "--out", "out"), "none.osm doesn't exist"),
        (("build", "none.toml", "--out", "out"), "none.toml can't be read"),
        (("build", "--date-range", "soon", "--osm", "x", "--out", "out"), "'soon'"),
        (("build", "--transfer-time", "x", "--out", "out"), "--transfer-time"),
        (("paint",), "paint"),
        (("serve", "x", "--port", "99999"), "--port"),
        (("serve", "x", "--workers", "0"), "--workers"),
        (("plan", "x", "--from", "A"), "--to"),
    ],
)
def test_bad_arguments(refused, tmp_path, monkeypatch, arguments, named):
    monkeypatch.chdir(tmp_path)
    code, sentence = refused(*arguments)
    assert code == BAD_ARGUMENTS
    assert named in sentence


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--from", "95,2", "--to", "C"), "'95,2'"),
        (("--from", "", "--to", "C"), "empty"),
        (("--from", "A", "--to", "C", "--depart", "tomorrow"), "'tomorrow'"),
        (("--from", "A", "--to", "C", "--depart", "2026-02-30T08:00"), "2026-02-30"),
        (("--from", "A", "--to", "C", "--modes", "walk,broom"), "'broom'"),
        (("--from", "A", "--to", "C", "--window", "-5"), "--window"),
        (("--from", "A", "--to", "C", "--max-transfers", "many"), "--max-transfers"),
        (("--from", "A", "--to", "C", "--via", "B:abc"), "'abc' isn't a stay"),
        (("--from", "A", "--to", "C", "--via", "B:-5"), "'-5' isn't a stay"),
        (("--from", "A", "--to", "C", "--via", "B:1441"), "'1441' isn't a stay"),
        (
            (
                "--from",
                "A",
                "--to",
                "C",
                "--depart",
                "2026-03-24T08:00",
                "--arrive",
                "2026-03-24T09:00",
            ),
            "exclude each other",
        ),
    ],
)
def test_a_question_that_means_nothing(refused, town, arguments, named):
    code, sentence = refused("plan", town, *arguments)
    assert code == BAD_ARGUMENTS
    assert named in sentence


@pytest.mark.parametrize("subcommand", ["info", "plan", "serve"])
@pytest.mark.parametrize("spoil", ["missing", "not json", "old format", "no folder"])
def test_a_network_that_cannot_be_opened(refused, tmp_path, subcommand, spoil):
    if spoil != "no folder":
        (tmp_path / "net").mkdir()
    if spoil == "not json":
        (tmp_path / "net" / MANIFEST).write_text("{")
    if spoil == "old format":
        (tmp_path / "net" / MANIFEST).write_text('{"format": 0}')
    more = ("--from", "A", "--to", "C") if subcommand == "plan" else ()
    code, sentence = refused(subcommand, tmp_path / "net", *more)
    assert code == FAILED
    assert str(tmp_path / "net") in sentence


def test_out_that_holds_something_else(refused, tmp_path):
    write_town(tmp_path)
    code, sentence = refused("build", tmp_path / "region.toml", "--out", tmp_path)
    assert code == FAILED
    assert "something else than a network" in sentence


def test_a_port_that_is_taken(refused, town):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, sentence = refused("serve", town, "--port", port)
    assert code == FAILED
    assert str(port) in sentence
