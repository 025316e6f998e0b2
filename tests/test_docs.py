"""What somebody can type or call stands in the documentation, or a test fails."""

import ast
import json
import re
from dataclasses import fields
from pathlib import Path

import click
import pytest
from timetable_text import timetable

from feeds.gtfs_schema import SHAPES, STOP_TIMES, TABLES
from graph_build.region import BuildInputs
from planner.network.profiles import list_profiles, list_weights
from web.app import create_app
from web.command import COMMANDS, trajets
from web.settings import Settings, variable_of

DOCS = Path(__file__).parents[1] / "docs"
# Words of the API that mean what they mean everywhere.
EVERYDAY = frozenset(
    """
    additional admin allowed area bias by cancelled category class color cost country cursor date
    debug default detail detailed direction display distance duration end error exit expired
    factor fact fare first from geometry health house id importance intermediate language last lat
    length live lon long map match matched matching max message min motis name next num number on
    output page parameter plan point post pre precision previous problem ready real reason
    relative request require response result road scheduled score search service short source
    speed start state status stay text time timezone title to today token transport travel type tz
    unsupported url via view with zip arrive car bike pedestrian cycling rt accessible descent
    bikes agencies also at changed dropped minimum report walking around best k many minute
    reached unreached walk worst attribution bbox coordinate down feature lane limit line
    properties share unknown up
    """.split()  # noqa: SIM905 - as a list it would be a page
)


def read(name):
    return (DOCS / name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def app():
    return create_app(timetable("A B\n8:00 8:10"))


def section(name):
    """The part of the page on commands that tells of one."""
    sections = re.split(r"^## trajets ", read("reference/commands.md"), flags=re.MULTILINE)
    found = next((text for text in sections if text.startswith(f"{name}\n")), "")
    assert found, f"docs/reference/commands.md says nothing of trajets {name}"
    return found


def options(command):
    """The options of a command, and of a group's commands."""
    for one in (command, *getattr(command, "commands", {}).values()):
        yield from (each for each in one.params if isinstance(each, click.Option))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_documented_and_has_help(name):
    command = trajets.get_command(click.Context(trajets), name)
    assert command.help
    for parameter in options(command):
        for option in parameter.opts:
            assert f"`{option}`" in section(name), option


def test_no_command_or_option_is_documented_that_is_not_there():
    page = read("reference/commands.md")
    assert re.findall(r"^## trajets (\w+)", page, re.MULTILINE) == list(COMMANDS)
    for name in COMMANDS:
        command = trajets.get_command(click.Context(trajets), name)
        known = {option for parameter in options(command) for option in parameter.opts}
        told = re.findall(r"^\| (`--.*?) \|", section(name), re.MULTILINE)
        assert {option for cell in told for option in re.findall(r"`(--[a-z-]+)`", cell)} <= known


def test_every_address_is_documented(app):
    page = read("reference/api.md")
    addresses = {rule.rule for rule in app.url_map.iter_rules()}
    assert {address for address in addresses if f"`{address}`" not in page} == set()


def test_no_address_is_documented_that_is_not_there(app):
    told = set(re.findall(r"`(/[^`]*)`", read("reference/api.md")))
    known = {rule.rule for rule in app.url_map.iter_rules()} | {"/api/v1"}
    assert {address for address in told if address not in known} <= {"/api/v1", "/api/v6"}


def test_every_setting_is_documented_with_its_variable_and_default():
    page = read("reference/settings.md")
    for setting in fields(Settings):
        row = next((line for line in page.splitlines() if f"`{setting.name}`" in line), "")
        assert f"`{variable_of(setting.name)}`" in row, setting.name
        if isinstance(setting.default, int):
            assert f"| {setting.default} |" in row, setting.name


def test_every_key_of_a_region_is_documented():
    page = read("how-to/city.md")
    for key in fields(BuildInputs):
        assert re.search(rf"^{key.name} = |`{key.name}`", page, re.MULTILINE), key.name


def test_every_profile_and_weight_is_documented_with_its_bounds():
    page = read("reference/travellers.md")
    for name in list_profiles():
        assert f"| `{name}` |" in page, name
    for one in list_weights().values():
        row = re.search(rf"^\| `{one.name}` \|.*$", page, re.MULTILINE)
        assert row, one.name
        assert f"| {one.least:g} | {one.most:g} |" in row[0]


def kinds_of_issues(source):
    """Kinds that a module's calls name: Issue("kind", ...), and what counts or drops rows."""
    recording = {"Issue", "add_all", "report", "drop", "count", "count_rows"}
    tables = (*TABLES, STOP_TIMES, SHAPES)
    names = {column.name for table in tables for column in table.columns}
    names |= {table.name for table in tables}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            texts = [one.value for one in node.args if isinstance(one, ast.Constant)]
            if name in recording:
                found = (text for text in texts if re.fullmatch("[a-z]+(_[a-z0-9]+)+", str(text)))
                yield from (text for text in found if text not in names)


def test_every_kind_of_issue_of_a_timetable_is_documented():
    page = read("reference/issues.md")
    modules = [*(DOCS.parent / "feeds").glob("gtfs*.py"), DOCS.parent / "feeds" / "stop_times.py"]
    modules += (DOCS.parent / "graph_build" / "timetable").glob("*.py")
    kinds = {kind for module in modules for kind in kinds_of_issues(module.read_text())}
    assert len(kinds) > 30
    assert {kind for kind in kinds if f"`{kind}`" not in page} == set()


def test_every_kind_of_issue_of_official_bike_lanes_is_documented():
    page = read("reference/issues.md")
    modules = [
        *(DOCS.parent / "feeds").glob("bike_lane*.py"),
        *(DOCS.parent / "graph_build" / "bike_lanes").glob("*.py"),
    ]
    counts = {"bike_lane_km", "bike_lane_differences", "bike_lanes_read", "bike_lanes_matched"}
    found = [re.findall(r'"(bike_lanes?_[a-z_]+)"', one.read_text()) for one in modules]
    kinds = {kind for one in found for kind in one} - counts
    assert len(kinds) > 15
    assert {kind for kind in kinds if f"`{kind}`" not in page} == set()


def words_of(schema):
    """Words of every name in an OpenAPI document: `fromPlace` is from and place."""
    names = []
    for component, body in schema["components"]["schemas"].items():
        names += [component, *body.get("properties", ())]
    for path in schema["paths"].values():
        for operation in path.values():
            names += [parameter["name"] for parameter in operation.get("parameters", ())]
    return {word.lower() for name in names for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)}


def test_every_term_of_the_api_is_in_the_glossary(app):
    terms = re.findall(r"^\| ([^|]+?) \|", read("glossary.md"), re.MULTILINE)[2:]
    known = {word.lower() for term in terms for word in re.findall(r"[A-Za-z]+", term)}
    plurals = {word + "s" for word in known | EVERYDAY} | {"itineraries", "matches", "addresses"}
    used = words_of(app.test_client().get("/openapi.json").get_json())
    assert used - known - EVERYDAY - plurals == set()


def test_the_glossary_is_in_order_and_has_the_french_words():
    rows = re.findall(r"^\| ([^|]+?) \| ([^|]*?) \|", read("glossary.md"), re.MULTILINE)[2:]
    assert [term for term, _ in rows] == sorted((term for term, _ in rows), key=str.lower)
    assert all(french for _, french in rows)


def test_every_page_is_in_the_navigation():
    navigation = (DOCS.parent / "mkdocs.yml").read_text()
    pages = {page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md")}
    assert {page for page in pages if page not in navigation} == set()


def is_part(told, actual):
    """Whether all that is told is so: objects may have more members, lists more entries."""
    if isinstance(told, dict):
        return all(key in actual and is_part(value, actual[key]) for key, value in told.items())
    if isinstance(told, list):
        return len(told) <= len(actual) and all(map(is_part, told, actual))
    return told == actual


@pytest.mark.jit
def test_the_call_in_the_readme_has_the_answer_in_the_readme(demo_network):
    readme = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    address = re.search(r"curl 'http://127.0.0.1:8000(/[^']*)'", readme)[1]
    told = json.loads(re.search(r"```json\n(.*?)```", readme, re.DOTALL)[1])
    assert is_part(told, create_app(demo_network).test_client().get(address).get_json())
