"""The arrow: feeds, graph_build, planner, web; each room imports only what it may."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("feeds", "graph_build", "planner", "web")
SOURCES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
KERNELS = sorted((ROOT / "planner" / "kernels").glob("*.py"))


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    command = "from importlinter.cli import lint_imports_command as c; c(['--no-cache'])"
    return subprocess.run(
        [sys.executable, "-c", command], cwd=folder, capture_output=True, text=True, check=False
    )


def test_the_arrow_holds():
    linted = lint_imports(ROOT)
    assert linted.returncode == 0, linted.stdout


@pytest.fixture
def empty_rooms(tmp_path):
    """The four rooms under the same contracts, without a line of code in them."""
    settings = (ROOT / "pyproject.toml").read_text()
    contracts = tomllib.loads(settings)["tool"]["importlinter"]["contracts"]
    named = {name for c in contracts for name in c["source_modules"] + c["forbidden_modules"]}
    for name in sorted({*ROOMS, "feeds.issues", "planner.network", *named}, key=len):
        if name.partition(".")[0] in ROOMS:
            folder = tmp_path / name.replace(".", "/")
            folder.mkdir()
            (folder / "__init__.py").touch()
    (tmp_path / "pyproject.toml").write_text(settings)
    return tmp_path


@pytest.mark.parametrize(
    ("room", "line"),
    [
        ("feeds", "import planner.network"),
        ("planner", "import feeds.issues"),
        ("planner", "import flask"),
        ("planner.network", "import pandas"),
        ("graph_build", "import web"),
        ("graph_build", "import planner.plan"),
        ("planner.kernels", "import planner.plan"),
    ],
)
def test_an_import_against_the_arrow_is_seen(empty_rooms, room, line):
    assert lint_imports(empty_rooms).returncode == 0
    (empty_rooms / room.replace(".", "/") / "wrong.py").write_text(f"{line}\n")
    linted = lint_imports(empty_rooms)
    assert linted.returncode == 1
    assert f"{room}.wrong" in linted.stdout


@pytest.mark.parametrize("kernel", KERNELS, ids=lambda path: path.name)
def test_kernels_import_numpy_numba_and_the_networks_shape_only(kernel):
    for node in ast.walk(ast.parse(kernel.read_text())):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module]
        for name in names:
            allowed = ("numpy", "numba", "planner.network", "planner.kernels")
            plain = ("__future__", "typing", "collections.abc", "math")
            assert name.startswith(allowed) or name in plain, f"{kernel.name} imports {name}"


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_stay_under_400_lines(source):
    assert len(source.read_text().splitlines()) <= 400
