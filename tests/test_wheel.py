"""What somebody gets who installs Trajets: more than the Python files."""

import tomllib
from pathlib import Path, PurePosixPath
from zipfile import ZipFile

import pytest
from hatchling.builders.wheel import WheelBuilder

from graph_build.stress.tables import INSTALLED
from web.pages.assets import find_bundle

ROOT = Path(__file__).parents[1]
ROOMS = ("feeds", "graph_build", "planner", "web")
TOWN = "web/demo_town"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Names of the files in the wheel, as it is built from this checkout."""
    folder = str(tmp_path_factory.mktemp("wheel"))
    (made,) = WheelBuilder(str(ROOT)).build(directory=folder, versions=["standard"])
    with ZipFile(made) as archive:
        return set(archive.namelist())


@pytest.mark.parametrize("room", ROOMS)
def test_each_room_says_that_it_is_typed(wheel, room):
    assert f"{room}/py.typed" in wheel


@pytest.mark.parametrize(
    ("folder", "pattern"),
    [
        ("web/templates", "*.html"), ("web/translations", "*.mo"), ("web/static", "*.svg"),
        ("web/static", "*.css"), ("planner/network", "*.toml"), *((room, "*.py") for room in ROOMS),
    ],
)  # fmt: skip
def test_all_that_runs_is_in_the_wheel(wheel, folder, pattern):
    here = (path.relative_to(ROOT) for path in (ROOT / folder).rglob(pattern))
    wanted = {path.as_posix() for path in here if "node_modules" not in path.parts}
    assert wanted
    assert wanted <= wheel


def test_the_front_end_is_in_the_wheel_as_built_without_its_sources(wheel):
    bundle = find_bundle()
    if bundle is None:
        pytest.skip("the front end isn't built (make install, or npm run build in web/frontend)")
    built = {f"web/static/{name}" for name in ("build/build.json", bundle.js, bundle.css)}
    assert built <= wheel
    assert any(PurePosixPath(name).match("web/static/build/maplibre-*/*.mjs") for name in wheel)
    assert not [name for name in wheel if name.startswith("web/frontend")]


def test_the_tables_of_stress_are_in_the_wheel(wheel):
    here = {path.name for path in (ROOT / "data" / "stress").glob("*.csv")}
    assert here
    assert {f"{INSTALLED.parent.name}/{INSTALLED.name}/{name}" for name in here} <= wheel


def test_the_demo_town_is_in_the_wheel_with_every_file_its_region_names(wheel):
    text = (ROOT / "data" / "demo_town" / "region.toml").read_text(encoding="utf-8")
    region = tomllib.loads(text)
    named = [*region["osm"], *region["gtfs"], *region["elevation"], region["examples"]]
    assert {f"{TOWN}/{name}" for name in ("region.toml", *named)} <= wheel
    for folder in region["gbfs"]:
        assert f"{TOWN}/{folder}/gbfs.json" in wheel
    assert not [name for name in wheel if "generator" in name]
