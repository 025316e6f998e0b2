"""The `trajets` command: what it prints and what it leaves with."""

import json
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from small_town import REGION, write_town

from planner.network.store import read_manifest
from planner.request import Coordinate, Request, StopRef
from web import command
from web.commands import demo
from web.commands import plan as ask
from web.commands.build import parse_feed

A, C = "48.8240,2.2730", "48.8320,2.2880"
MORNING = "2026-03-24T07:50"


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """The small town, built by the command."""
    folder = tmp_path_factory.mktemp("town")
    out = folder / "network"
    assert command.run(["build", str(write_town(folder / "files")), "--out", str(out)]) == 0
    return out


@pytest.fixture
def trajets(capsys):
    """Run the command; its exit code, stdout and stderr."""

    def run(*arguments):
        code = command.run([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


def test_the_commands_are_those_of_the_help(trajets):
    code, out, _ = trajets("--help")
    assert code == 0
    assert re.findall(r"^  (\w+)  ", out, re.MULTILINE) == list(command.COMMANDS)


def test_build_tells_its_phases_and_what_it_made(trajets, tmp_path):
    code, out, err = trajets("build", write_town(tmp_path), "--out", tmp_path / "network")
    assert code == 0
    assert "3 stops, 2 trips, 1 km of streets, 2026-01-01 to 2026-12-31" in out
    assert "Reading line.zip" in err
    assert "Publishing" in err


def test_build_takes_files_one_by_one(trajets, tmp_path):
    write_town(tmp_path)
    code, _, _ = trajets(
        "build", "--gtfs", f"metro={tmp_path / 'line.zip'}", "--osm", tmp_path / "street.osm",
        "--date-range", "2026-03-01..2026-03-31", "--transfer-time", 60,
        "--out", tmp_path / "network",
    )  # fmt: skip
    made = read_manifest(tmp_path / "network")
    assert code == 0
    assert (made["first_date"], made["last_date"]) == ("2026-03-01", "2026-03-31")
    assert made["transfer_time"] == 60
    assert made["feeds"][0]["name"] == "metro"


def test_streets_alone_have_no_days_and_are_told_their_time_zone(trajets, tmp_path):
    write_town(tmp_path)
    streets = ("build", "--osm", tmp_path / "street.osm", "--out", tmp_path / "network")
    code, out, err = trajets(*streets)
    assert code == 0
    assert "1970" not in out
    assert "hours are in UTC" in err
    assert "no timetable: streets only" in trajets("info", tmp_path / "network")[1]


def test_streets_alone_are_not_asked_for_vehicles_unless_one_says_so(trajets, tmp_path):
    write_town(tmp_path)
    trajets("build", "--osm", tmp_path / "street.osm", "--out", tmp_path / "network")
    plan = ("plan", tmp_path / "network", "--from", A, "--to", A, "--lang", "en")
    assert "timetable" not in "".join(map(str, trajets(*plan)[1:]))
    said = "".join(map(str, trajets(*plan, "--modes", "walk,transit")[1:]))
    assert "This network has no timetable" in said
    assert "1970" not in said


def test_a_feed_may_be_named_unless_a_file_is_called_so(tmp_path):
    odd = tmp_path / "a=b.zip"
    odd.touch()
    assert parse_feed(str(odd)).name is None
    assert parse_feed("metro=line.zip") == (type(odd)("line.zip"), "metro")


def test_info_shows_counts_validity_and_licences(trajets, town):
    code, out, _ = trajets("info", town)
    assert code == 0
    for told in ("2026-01-01 to 2026-12-31", "stop times", "straight line footpaths", "ODbL-1.0"):
        assert told in out


def test_info_as_json_is_the_manifest_without_files(trajets, town):
    _, out, _ = trajets("info", town, "--json")
    told = json.loads(out)
    assert told["counts"]["trips"] == 2
    assert "files" not in told


def test_plan_tells_times_lines_stops_and_walking(trajets, town):
    code, out, err = trajets("plan", town, "--from", A, "--to", "C", "--depart", MORNING)
    assert code == 0
    assert err == ""
    ride = next(line for line in out.splitlines() if "12" in line and "Mairie d'Issy" in line)
    assert re.search(r"08:00 .* Mairie d'Issy → Porte de Versailles 08:05", ride)


@pytest.mark.parametrize(("language", "word"), [("fr", "Vélo"), ("en", "Bike")])
def test_plan_speaks_french_and_english(trajets, town, language, word):
    arguments = ("plan", town, "--from", A, "--to", C, "--depart", MORNING, "--modes", "bike")
    assert word in trajets(*arguments, "--lang", language)[1]


FRENCH = ("mardi 24 mars 2026", "À pied", "Métro 12", "arrêts")
ENGLISH = ("24 March 2026", "On foot", "Metro 12", "stops")


@pytest.mark.parametrize(
    ("environment", "options", "said", "unsaid"),
    [
        ({"LANG": "fr_FR.UTF-8"}, (), FRENCH, ENGLISH),
        ({"LANG": "fr_FR.UTF-8", "LC_ALL": "C"}, (), ENGLISH, FRENCH),
        ({"LANG": "C.UTF-8"}, (), ENGLISH, FRENCH),
        ({}, (), ENGLISH, FRENCH),
        ({"LANG": "de_DE.UTF-8"}, (), ENGLISH, FRENCH),
        ({"LANG": "C"}, ("--lang", "fr"), FRENCH, ENGLISH),
        ({"LANG": "fr_FR.UTF-8"}, ("--lang", "en"), ENGLISH, FRENCH),
    ],
)
def test_words_and_dates_of_a_plan_are_of_one_language(
    trajets, town, monkeypatch, environment, options, said, unsaid
):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    question = ("plan", town, "--from", A, "--to", "C", "--depart", MORNING)
    text = trajets(*question, *options)[1].replace("\u00a0", " ")
    assert [word for word in said if word not in text] == []
    assert [word for word in unsaid if word in text] == []


def test_plan_says_where_step_free_access_is_to_be_confirmed(trajets, town):
    question = ("plan", town, "--from", A, "--to", "C", "--depart", MORNING, "--lang", "en")
    assert "to be confirmed" not in trajets(*question)[1]
    assert "step-free access to be confirmed" in trajets(*question, "--step-free")[1]


def test_plan_as_json_is_what_the_api_answers(trajets, town):
    code, out, _ = trajets("plan", town, "--from", "A", "--to", "C", "--depart", MORNING, "--json")
    told = json.loads(out)
    assert code == 0
    assert told["itineraries"][0]["legs"][0]["startTime"] == "2026-03-24T07:00:00Z"  # 8:00 in Paris


def test_plan_by_arrival(trajets, town):
    arguments = ("plan", town, "--from", "A", "--to", "C", "--modes", "transit", "--json")
    _, out, _ = trajets(*arguments, "--arrive", "2026-03-24T08:05+01:00")
    assert [trip["endTime"] for trip in json.loads(out)["itineraries"]] == ["2026-03-24T07:05:00Z"]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--from", "A", "--to", "nowhere"), "unknown_stop"),
        (("--from", "A", "--to", "C", "--depart", "2031-01-01T08:00"), "no_service_date"),
        (("--from", "10.0,10.0", "--to", "C"), "outside_area"),
    ],
)
def test_without_itinerary_plan_leaves_with_3_and_the_reason(trajets, town, arguments, reason):
    code, out, err = trajets("plan", town, "--modes", "transit", *arguments)
    assert code == 3
    assert out == ""
    assert err.startswith(f"trajets: {reason}: ")
    assert trajets("plan", town, "--modes", "transit", *arguments, "--json")[0] == 3


def test_every_option_of_plan_reaches_the_planner(trajets, town, monkeypatch):
    asked = []
    answer = ask.plan
    monkeypatch.setattr(ask, "plan", lambda net, req: asked.append(req) or answer(net, req))
    trajets(
        "plan", town, "--from", A, "--to", "metro:C", "--arrive", "2026-03-24T08:30", "--step-free",
        "--modes", "walk, transit", "--max-transfers", 2, "--window", 30,
    )  # fmt: skip
    assert asked == [
        Request(
            origin=Coordinate(48.824, 2.273),
            destination=StopRef("C", "metro"),
            time=datetime(2026, 3, 24, 8, 30, tzinfo=ZoneInfo("Europe/Paris")),
            arrive_by=True,
            modes=frozenset({"walk", "transit"}),
            max_transfers=2,
            step_free=True,
            window_s=1800,
        )
    ]


def test_ctrl_c_leaves_with_130_and_one_sentence(trajets, town, monkeypatch):
    def interrupt(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(command.trajets, "main", interrupt)
    assert trajets("info", town) == (130, "", "trajets: interrupted; nothing was changed\n")


def test_a_fault_of_ours_is_one_sentence_and_says_how_to_see_more(trajets, town, monkeypatch):
    def fail(*arguments, **options):
        msg = "two\nlines"
        raise AssertionError(msg)

    monkeypatch.setattr(command.trajets, "main", fail)
    code, _, err = trajets("info", town)
    assert code == 1
    assert "AssertionError: two lines" in err
    assert err.count("\n") == 1
    monkeypatch.setenv(command.TRACEBACK_VARIABLE, "1")
    assert "Traceback" in trajets("info", town)[2]


def test_the_demo_is_built_once(tmp_path, capsys):
    region = write_town(tmp_path / "files")
    demo.build_demo(region, tmp_path / "network")
    first = read_manifest(tmp_path / "network")
    demo.build_demo(region, tmp_path / "network")
    assert read_manifest(tmp_path / "network") == first
    assert capsys.readouterr().err.count("Publishing") == 1


def test_the_demo_is_the_checkouts_or_the_packages(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    region, network = demo.find_demo(demo.CHECKOUT)
    assert region.is_file()
    assert network == demo.CHECKOUT / "networks" / "demo-town"
    assert demo.find_demo(tmp_path) == (
        demo.INSTALLED / "region.toml", tmp_path / "cache" / "trajets" / "demo-town"
    )  # fmt: skip


@pytest.mark.parametrize("workers", [1, 2])
def test_serve_answers_at_once_and_ends_with_ctrl_c(town, workers):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    arguments = ["serve", str(town), "--port", str(port), "--workers", str(workers)]
    with subprocess.Popen(
        [sys.executable, "-m", "web.command", *arguments], stderr=subprocess.PIPE, text=True
    ) as server:
        try:
            _wait_for(f"http://127.0.0.1:{port}/live")
            query = f"fromPlace={A}&toPlace={C}&time=2026-03-24T06:50:00Z"
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v6/plan?{query}") as answer:
                assert json.load(answer)["itineraries"]
            with pytest.raises(urllib.error.HTTPError, match="414") as refused:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v6/plan?{'x' * 8001}")
            with refused.value as problem:
                assert json.load(problem)["status"] == 414
        finally:
            server.send_signal(signal.SIGINT)
        told = server.stderr.read()
        assert server.wait(20) == 0
    assert "Traceback" not in told
    assert A not in told  # where somebody goes is in no log


def _wait_for(url):
    for _ in range(600):
        try:
            with urllib.request.urlopen(url):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"{url} doesn't answer")


def test_build_and_info_tell_what_is_wrong_and_what_is_not_compiled(trajets, tmp_path):
    far = "# stops.txt\nstop_id,stop_name,stop_lat,stop_lon\nA,A,48.824,2.273\nB,B,48.827,2.279\n"
    region = write_town(tmp_path, far + "C,C,48.9,2.5\n", region=REGION + 'gbfs = "gbfs"\n')
    _, out, err = trajets("build", region, "--out", tmp_path / "network")
    assert re.search(r"\d+ issues of \d kinds: trajets info", out)
    assert err.splitlines()[-1] == "not compiled by this version: gbfs"
    _, out, _ = trajets("info", tmp_path / "network")
    assert re.search(r"stop_outside_streets +1 +kept +stop C: 48.90000, 2.50000", out)


def test_plan_without_any_mode_says_so(trajets, town):
    code, out, err = trajets("plan", town, "--from", A, "--to", C, "--modes", " ,")
    assert (code, out) == (2, "")
    assert "--modes names no mode" in err


def test_without_command_the_help_is_shown(trajets):
    code, out, err = trajets()
    assert (code, out) == (2, "")
    assert "Commands:" in err


def test_too_little_memory_is_one_sentence(trajets, town, monkeypatch):
    def fail(*arguments, **options):
        raise MemoryError

    monkeypatch.setattr(command.trajets, "main", fail)
    code, _, err = trajets("info", town)
    assert code == 1
    assert "there isn't enough memory" in err
