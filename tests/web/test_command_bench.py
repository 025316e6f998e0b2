"""`trajets bench`: what is asked, who answers, how answers are compared and told."""

import json
import shutil
import sys
from datetime import date

import pytest
from small_town import write_town
from timetable_text import timetable

from planner.network.store import file_sha256, open_network
from web import command
from web.bench import answer_trajets, systems
from web.bench.differences import compare
from web.bench.input_files import find_inputs
from web.bench.questions import busiest_weekday, parse_clock, random_stop_pairs
from web.bench.sheet import Answers, JobAnswers, Question, TimetableSheet, read_answers, read_sheet
from web.bench.systems import BenchError, System, list_peers, run_system
from web.bench.timetable_copy import write_timetable_copy
from web.commands import bench

DAY = date(2026, 3, 24)
PAIRS = "from_lat,from_lon,to_lat,to_lon,departure\n48.8240,2.2730,48.8320,2.2880,07:50\n"


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """The small town, built by the command."""
    folder = tmp_path_factory.mktemp("bench-town")
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


def question(name="0", time=0, **ends):
    return Question(id=name, time=time, from_lat=0, from_lon=0, to_lat=0, to_lon=0, **ends)


def answered(*arrivals, ms=1.0):
    return JobAnswers([ms] * len(arrivals), list(arrivals))


def test_transit_prints_the_jobs_that_every_system_does(trajets, town):
    code, out, _ = trajets("bench", "transit", town, "--n", 4, "--date", DAY, "--json")
    report = json.loads(out)
    assert code == 0
    assert set(report) == {*bench.TRANSIT, "differences", "about"}
    for job in bench.TRANSIT:
        told = report[job]["trajets"]
        assert {"n", "median_ms", "mean_ms", "p95_ms", "answered"} <= told.keys()
        assert 0 < told["median_ms"] <= told["p95_ms"]
        assert 0 <= told["answered"] <= told["n"]
    assert report["one_departure"]["trajets"]["n"] == 4
    assert report["one_departure"]["trajets"]["counts"]["positions_visited"] > 0
    assert report["about"]["network"]["stops"] == 3
    assert report["about"]["machine"]["calibration_ms"] > 0
    ours = report["about"]["systems"]["trajets"]
    assert ours["trips"] >= 2
    assert ours["resident_mb"] > 0
    assert ours["slice_s"] >= 0


def test_plan_answers_a_files_pairs_from_door_to_door(trajets, town, tmp_path):
    (tmp_path / "od.csv").write_text(PAIRS)
    code, out, _ = trajets(
        "bench", "plan", town, "--pairs", tmp_path / "od.csv", "--date", DAY, "--json"
    )
    report = json.loads(out)
    assert code == 0
    assert set(report) == {"door_to_door", "door_to_door_search", "differences", "about"}
    assert report["door_to_door"]["trajets"]["answered"] == 1


def test_both_forms_of_the_door_to_door_answer_arrive_together(town):
    sheet = TimetableSheet(
        date=DAY.isoformat(), max_rides=8, max_walk_s=1800, walk_kmh=5.1, zero=0, network=str(town),
        jobs=dict.fromkeys(answer_trajets.PLACE_JOBS, [  # noqa: RUF024 - only read
            Question(id="far", time=28200, from_lat=48.8240, from_lon=2.2730,
                     to_lat=48.8320, to_lon=2.2880),
            Question(id="near", time=28200, from_lat=48.8240, from_lon=2.2730,
                     to_lat=48.8242, to_lon=2.2734),
            Question(id="nowhere", time=28200, from_lat=10, from_lon=10, to_lat=48.82, to_lon=2.27),
        ]),
    )  # fmt: skip
    jobs = answer_trajets.answer(sheet).jobs
    assert jobs["door_to_door"].arrival == jobs["door_to_door_search"].arrival
    assert jobs["door_to_door"].arrival[2] is None
    assert 28200 < jobs["door_to_door"].arrival[1] < 28300


def test_tables_are_printed_and_several_networks_are_compared(trajets, town, tmp_path):
    second = shutil.copytree(town, tmp_path / "second")
    code, out, _ = trajets("bench", "transit", town, second, "--n", 2, "--jobs", "one_departure")
    assert code == 0
    assert "Median ms" in out
    assert "calibration" in out
    assert "Growth" in out


@pytest.mark.parametrize("part", ["serve", "trains"])
def test_what_is_not_measured_yet_is_no_choice(trajets, town, part):
    code, _, err = trajets("bench", part, town)
    assert code == 2
    assert len(err.splitlines()) == 1
    assert "'transit', 'plan', 'streets'" in err


@pytest.mark.parametrize(
    ("part", "text", "said"),
    [
        ("plan", "", "holds no pairs"),
        ("plan", "from_lat,from_lon\n", "holds no pairs"),
        ("plan", "from_lat,from_lon\n1,2\n", "line 2: there is no to_lat"),
        ("plan", "olat,olon,dlat,dlon\n1,2,3,east\n", "line 2: the coordinates aren't numbers"),
        ("plan", "olat,olon,dlat,dlon\n1,2,3,400\n", "line 2: the coordinates aren't degrees"),
        ("plan", "olat,olon,dlat,dlon\n1,2,3,nan\n", "line 2: the coordinates aren't degrees"),
        ("plan", PAIRS.replace("07:50", "noon"), "line 2: the departure 'noon' isn't a time"),
        ("plan", "\xff", "isn't a CSV file in UTF-8"),
        ("transit", "from,to\nA,Nowhere\n", "line 2: there is no stop 'Nowhere'"),
        ("transit", PAIRS, "line 2: there is no from"),
    ],
)
def test_a_fault_in_the_pairs_is_one_sentence(trajets, town, tmp_path, part, text, said):
    pairs = tmp_path / "od.csv"
    pairs.write_bytes(text.encode("latin-1"))
    code, out, err = trajets("bench", part, town, "--pairs", pairs)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert said in err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--peers", "navitia"), "'navitia' is no peer"),
        (("--jobs", "lunch"), "'lunch' is no job of transit"),
        (("--depart", "noon"), "'noon' isn't a time of day"),
        (("--date", "2020-01-01"), "nothing runs on 2020-01-01"),
        (("--pairs", "/nowhere.csv"), "/nowhere.csv"),
    ],
)
def test_a_fault_in_the_options_is_one_sentence(trajets, town, options, said):
    code, _, err = trajets("bench", "transit", town, *options)
    assert code in {1, 2}
    assert len(err.splitlines()) == 1
    assert said in err


def test_a_network_without_streets_has_no_doors(trajets, tmp_path):
    line = write_town(tmp_path).parent / "line.zip"
    trajets("build", "--gtfs", line, "--out", tmp_path / "bare")
    code, _, err = trajets("bench", "plan", tmp_path / "bare")
    assert code == 2
    assert "no streets" in err


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("08:00", 28800), ("8:00", 28800), ("25:10:05", 90605), ("2026-10-06T18:56:00", 68160),
        ("2026-10-06T18:56", 68160), ("", None), ("8", None), ("8:61", None), ("a:b", None),
    ],
)  # fmt: skip
def test_the_time_of_day_is_read(text, seconds):
    assert parse_clock(text) == seconds


def test_random_pairs_are_the_same_each_time_and_are_called_at():
    network = timetable("A B C\n8:00 8:10 8:20")
    day = date.fromisoformat(network.manifest["first_date"])
    first, again = (random_stop_pairs(network, day, 20) for _ in range(2))
    assert first == again
    assert {q.from_stop for q in first} <= {"A", "B", "C"}
    assert all(6 * 3600 <= q.time < 22 * 3600 for q in first)


def test_the_busiest_weekday_is_no_sunday(town):
    assert busiest_weekday(open_network(town)).weekday() < 5


#   question   0    1     2      3     4     5     6    7
#   ours      100  500   100    none  100   none  161  100      seconds after the departure
#   theirs    130  100   500    100   none  none  100   -1
def test_arrivals_are_counted_by_who_is_there_first():
    questions = [question(str(i), time=1000) for i in range(8)]
    ours = answered(1100, 1500, 1100, None, 1100, None, 1161, 1100)
    theirs = answered(1130, 1100, 1500, 1100, None, None, 1100, 999)
    told = compare(questions, ours, theirs)
    names = ("equal", "later", "earlier", "only_peer", "only_trajets", "neither", "impossible")
    assert [told[name] for name in names] == [1, 2, 1, 1, 1, 1, 1]
    assert told["latest"][0] == {"id": "1", "trajets_s": 500, "peer_s": 100, "later_by_s": 400}
    assert [pair["id"] for pair in told["latest"]] == ["1", "6"]
    assert [pair["id"] for pair in told["largest"]] == ["1", "2", "6"]


FAKE = """
import json, sys
sheet = json.load(open(sys.argv[1]))
asked = sheet["jobs"]["one_departure"]
told = {"ms": [2.0] * len(asked), "arrival": [q["time"] + 60 for q in asked]}
answers = {"version": "7", "prepare_s": 1, "resident_mb": 2, "about": {"feed": sheet["gtfs"]}}
json.dump({**answers, "jobs": {"one_departure": told}}, open(sys.argv[2], "w"))
"""


def fake_peer(folder, source):
    (folder / "fake.py").write_text(source)
    program = (sys.executable, str(folder / "fake.py"))
    return System("fake", "a minute, always", program, jobs=frozenset({"one_departure"}))


def test_a_peer_answers_in_its_own_process(trajets, town, tmp_path, monkeypatch):
    peer = fake_peer(tmp_path, FAKE)
    monkeypatch.setattr(systems, "list_peers", lambda: {"fake": peer})
    code, out, _ = trajets(
        "bench", "transit", town, "--n", 3, "--date", DAY, "--peers", "fake", "--json"
    )
    report = json.loads(out)
    assert code == 0
    assert report["one_departure"]["fake"]["median_ms"] == 2.0
    assert "fake" not in report["range_2h"]
    told = report["differences"]["one_departure"]["fake"]
    assert sum(told[name] for name in told if name not in {"latest", "largest"}) == 3
    assert report["about"]["systems"]["fake"]["does"] == "a minute, always"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("raise SystemExit('it rains')", "fake failed with exit code 1: it rains"),
        ("", "fake wrote no answers"),
        ("import sys; open(sys.argv[2], 'w').write('{}')", "fake wrote no answers"),
    ],
)
def test_a_peer_that_fails_is_told_in_one_sentence(tmp_path, source, said):
    with pytest.raises(BenchError, match=said):
        run_system(fake_peer(tmp_path, source), tmp_path / "sheet.json", tmp_path)


def test_a_peer_that_is_not_installed_is_told_with_what_installs_it(
    trajets, town, tmp_path, monkeypatch
):
    monkeypatch.setenv(systems.PEERS_VARIABLE, str(tmp_path / "none"))
    code, _, err = trajets(
        "bench", "transit", town, "--n", 1, "--jobs", "one_departure",
        "--peers", "minotor,ferrobus", "--json",
    )  # fmt: skip
    assert code == 0
    assert err.splitlines() == [
        f"trajets: {name} isn't installed: make peers installs it"
        for name in ("minotor", "ferrobus")
    ]
    assert set(list_peers()) == {
        "ferrobus", "minotor", "otp", "osrm", "osrm-mld", "valhalla", "pandana", "networkx",
    }  # fmt: skip


def test_sheets_and_answers_come_back_as_they_were_written(tmp_path):
    sheet = TimetableSheet(
        date="2026-03-24", max_rides=8, max_walk_s=1800, walk_kmh=5.1, zero=5, network="n",
        jobs={"one_departure": [question(from_stop="A", to_stop="B")]}, osm=["o"],
    )  # fmt: skip
    sheet.write(tmp_path / "sheet")
    assert read_sheet(tmp_path / "sheet", TimetableSheet) == sheet
    answers = Answers("1", 2.0, 3.0, {"a": 1}, {"one_departure": answered(5, None)})
    answers.write(tmp_path / "answers")
    assert read_answers(tmp_path / "answers") == answers


def test_inputs_are_found_by_their_content(tmp_path):
    (tmp_path / "renamed.bin").write_text("streets")
    (tmp_path / "same_size.pbf").write_text("STREETS")
    digest = file_sha256(tmp_path / "renamed.bin")
    manifest = {"inputs": [{"kind": "osm", "name": "a.pbf", "sha256": digest, "bytes": 7}]}
    assert find_inputs(manifest, "osm", [tmp_path]) == [tmp_path / "renamed.bin"]
    assert find_inputs(manifest, "osm", [tmp_path / "same_size.pbf"]) == []


def test_the_copied_timetable_is_the_same_timetable(town, tmp_path):
    """Built again from its copy, a town has the same trips at the same times."""
    write_timetable_copy(open_network(town), DAY, tmp_path / "copy", tmp_path / "walks.zip")
    again = tmp_path / "again"
    for feed in ("copy", "walks.zip"):
        arguments = ["build", "--gtfs", str(tmp_path / feed), "--out", str(again)]
        assert command.run(arguments) == 0
        first, second = (open_network(folder).timetable for folder in (town, again))
        assert second.arrival.tolist() == first.arrival.tolist()
        assert second.departure.tolist() == first.departure.tolist()
        assert second.sequence_stop.tolist() == first.sequence_stop.tolist()
