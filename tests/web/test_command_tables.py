"""`trajets isochrone` and `trajets matrix`: the files they read and write."""

import csv
import json

import pytest
from shapely.geometry import shape
from small_town import write_town

from web import command

HEAD = "id,lat,lon\n"
A, C = "a,48.8240,2.2730\n", "c,48.8320,2.2880\n"
MORNING = "2026-03-24T07:50"


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    folder = tmp_path_factory.mktemp("town")
    out = folder / "network"
    assert command.run(["build", str(write_town(folder / "files")), "--out", str(out)]) == 0
    return out


@pytest.fixture
def trajets(capsys):
    """Run the command; its exit code and stderr."""

    def run(*arguments):
        code = command.run([str(argument) for argument in arguments])
        return code, capsys.readouterr().err

    return run


def matrix(trajets, town, folder, origins, destinations=HEAD + A + C, **options):
    """Exit code, stderr and the rows written."""
    files = {"origins": origins, "destinations": destinations}
    for name, text in files.items():
        (folder / f"{name}.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    out = folder / "times.csv"
    given = {"modes": "walk,transit", "depart": MORNING} | options
    words = [word for name, value in given.items() for word in (f"--{name}", value)]
    for name in files:
        words += [f"--{name}", folder / f"{name}.csv"]
    code, err = trajets("matrix", town, *words, "--out", out)
    if not out.exists():
        return code, err, None
    with out.open(newline="", encoding="utf-8") as stream:
        return code, err, list(csv.reader(stream))


def test_H2_every_pair_has_a_row_for_every_mode(trajets, town, tmp_path):
    code, err, rows = matrix(trajets, town, tmp_path, HEAD + A + "far,10,10\n")
    assert code == 0
    assert "From 2 places by walk: 2 of 4 ways" in err
    walk = ["a,a,walk,0,ok", "a,c,walk,998,ok"]
    walk += ["far,a,walk,,snapped_too_far", "far,c,walk,,snapped_too_far"]
    transit = ["a,a,transit,0,ok", "a,c,transit,900,ok"]
    transit += ["far,a,transit,,snapped_too_far", "far,c,transit,,snapped_too_far"]
    expected = ["origin,destination,mode,seconds,status", *walk, *transit]
    assert [",".join(row) for row in rows] == expected
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize(
    ("origins", "sentence"),
    [
        ("name,lat,lon\na,1,2\n", "origins.csv: the first line names no column 'id'"),
        ("", "origins.csv: the first line names no column 'id'"),
        (HEAD, "origins.csv has no row with a place"),
        (HEAD + A + "b,48.8\n", "origins.csv, line 3: '48.8', '' aren't two numbers"),
        (HEAD + "b,x,2\n", "origins.csv, line 2: 'x', '2' aren't two numbers"),
        (HEAD + "b,91,2\n", "origins.csv, line 2: 91, 2 is no place on Earth"),
        (HEAD + "b,nan,2\n", "origins.csv, line 2: nan, 2 is no place on Earth"),
        (HEAD + A + A, "origins.csv, line 3: the id 'a' is that of line 2 too"),
        (HEAD + ",48.8,2.2\n", "origins.csv, line 2: it has no id"),
        (b"id,lat,lon\n\xff,1,2\n", "origins.csv isn't a text file in UTF-8"),
    ],
)
def test_a_row_that_cannot_be_used_is_named(trajets, town, tmp_path, origins, sentence):
    code, err, rows = matrix(trajets, town, tmp_path, origins)
    assert code == 2
    assert sentence in err
    assert err.count("\n") == 1
    assert rows is None


def test_ids_are_no_formulas_for_a_spreadsheet(trajets, town, tmp_path):
    ids = ['"=HYPERLINK(1)"', "+cmd", "-5", "@x", "plain"]
    origins = HEAD + "".join(f"{one},48.8240,2.2730\n" for one in ids)
    _, _, rows = matrix(trajets, town, tmp_path, origins, HEAD + C, modes="walk")
    assert [row[0] for row in rows[1:]] == ["'=HYPERLINK(1)", "'+cmd", "-5", "'@x", "plain"]


def test_too_many_pairs_are_refused(trajets, town, tmp_path, monkeypatch):
    monkeypatch.setattr("web.commands.matrix.MAX_PAIRS", 3)
    code, err, rows = matrix(trajets, town, tmp_path, HEAD + A + C)
    assert code == 2
    assert "2 x 2 pairs are too many: 3 at most" in err
    assert rows is None


def test_an_old_table_stays_where_a_new_one_fails(trajets, town, tmp_path, monkeypatch):
    def fail(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    _, _, before = matrix(trajets, town, tmp_path, HEAD + A)
    monkeypatch.setattr("web.commands.matrix.write_times", fail)
    code, err, after = matrix(trajets, town, tmp_path, HEAD + C)
    assert code == 1
    assert "No space left" in err
    assert after == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def isochrone(trajets, town, out, *words):
    return trajets("isochrone", town, "--from", "48.8240,2.2730", "--out", out, *words)


def test_isochrone_writes_an_area_for_each_time_and_mode(trajets, town, tmp_path):
    out = tmp_path / "areas.geojson"
    words = ("--minutes", "20,5,10,10", "--depart", MORNING)
    code, err = isochrone(trajets, town, out, *words)
    assert code == 0
    assert "Drawing areas: 9 areas" in err
    features = json.loads(out.read_text(encoding="utf-8"))["features"]
    told = [(one["properties"]["mode"], one["properties"]["minutes"]) for one in features]
    assert told == [(mode, m) for mode in ("walk", "bike", "transit") for m in (20, 10, 5)]
    assert all(shape(one["geometry"]).is_valid for one in features)


def test_a_mode_that_leads_nowhere_says_why(trajets, town, tmp_path):
    out = tmp_path / "areas.geojson"
    words = ("--minutes", "10", "--depart", "2020-01-01T08:00")
    code, err = isochrone(trajets, town, out, *words, "--modes", "transit")
    assert code == 3
    assert "transit: no_service_date" in err
    assert not out.exists()
    code, err = isochrone(trajets, town, out, *words, "--modes", "transit,walk")
    assert code == 0
    assert "transit: no_service_date" in err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--minutes", "0"), "isn't a whole number of minutes between 1 and 240"),
        (("--minutes", "ten"), "isn't a whole number of minutes between 1 and 240"),
        (("--minutes", ","), "one to 10 whole numbers"),
        (("--minutes", "1,2,3,4,5,6,7,8,9,10,11"), "one to 10 whole numbers"),
        (("--minutes", "5", "--modes", "sleigh"), "'sleigh' is not a mode"),
        (("--minutes", "5", "--modes", ","), "it names no mode"),
        (("--minutes", "5", "--depart", "noon"), "'noon' isn't a time"),
    ],
)
def test_isochrone_refuses_what_means_nothing(trajets, town, tmp_path, words, sentence):
    code, err = isochrone(trajets, town, tmp_path / "areas.geojson", *words)
    assert code == 2
    assert sentence in err


def test_an_area_too_large_to_draw_is_refused(trajets, town, tmp_path, monkeypatch):
    monkeypatch.setattr("planner.streets.isochrone.MAX_POINTS", 3)
    words = ("--minutes", "5", "--modes", "walk")
    code, err = isochrone(trajets, town, tmp_path / "areas.geojson", *words)
    assert code == 2
    assert "by walk this area is too large to draw" in err
