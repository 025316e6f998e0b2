"""Compiled kernels are kept by the state of all their sources, where only we may write."""

import os
import stat
from pathlib import Path

import pytest

from planner import kernel_cache
from planner.kernel_cache import kernel_digest, use_kernel_cache


@pytest.fixture(autouse=True)
def no_cache_yet(monkeypatch, tmp_path):
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(kernel_cache.tempfile, "gettempdir", lambda: str(tmp_path / "temp"))
    yield
    os.environ.pop("NUMBA_CACHE_DIR", None)


@pytest.fixture
def sources(monkeypatch, tmp_path):
    folder = tmp_path / "planner" / "kernels"
    folder.mkdir(parents=True)
    for name in ("caller.py", "callee.py"):
        (folder / name).write_text("from numba import njit\n")
    (folder.parent / "words.py").write_text("x = 1\n")
    monkeypatch.setattr(
        kernel_cache, "_sources", lambda package: sorted(folder.parent.rglob("*.py"))
    )
    return folder


@pytest.mark.parametrize(
    ("changed", "anew"),
    [("kernels/callee.py", True), ("kernels/caller.py", True), ("words.py", False)],
)
def test_a_change_in_any_kernel_is_another_folder(sources, changed, anew):
    before = kernel_digest()
    (sources.parent / changed).write_text("# changed, and no n-u-m-b-a in it\n")
    assert (kernel_digest() != before) == anew


def test_a_removed_kernel_is_another_folder(sources):
    before = kernel_digest()
    (sources / "callee.py").unlink()
    assert kernel_digest() != before


def test_the_folder_is_the_users_own(tmp_path):
    folder = use_kernel_cache()
    assert folder == tmp_path / "cache" / "trajets" / "kernels" / kernel_digest()
    assert os.environ["NUMBA_CACHE_DIR"] == str(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_operator_may_choose_the_folder_and_workers_stay_in_it(monkeypatch, tmp_path):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "chosen"))
    folder = use_kernel_cache()
    assert folder == tmp_path / "chosen" / kernel_digest()
    assert use_kernel_cache() == folder  # as a worker does, which has our environment


def test_where_the_cache_cannot_be_written_it_is_in_the_temporary_folder(monkeypatch, tmp_path):
    (tmp_path / "cache").write_text("a file where the folder should be")
    temporary = tmp_path / "temp" / f"trajets-kernels-{os.getuid()}" / kernel_digest()
    assert use_kernel_cache() == temporary


def test_a_folder_of_somebody_else_is_not_trusted(monkeypatch, tmp_path):
    (tmp_path / "temp").mkdir()
    monkeypatch.setattr(kernel_cache, "_is_ours", lambda folder: False)
    folder = use_kernel_cache()
    assert folder.is_dir()
    assert stat.S_IMODE(folder.parent.stat().st_mode) == 0o700


def test_sources_are_those_of_the_rooms():
    names = {source.name for source in kernel_cache._sources("planner")}
    assert {"raptor.py", "shape.py"} <= names
    assert kernel_cache._sources("no_such_room") == []
    assert Path(kernel_cache.__file__).name in names
