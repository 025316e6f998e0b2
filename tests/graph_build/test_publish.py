"""The old network or the new one, never half of either, and the old one kept (G8)."""

import os

import numpy as np
import pytest

from graph_build import publish as publishing
from graph_build.publish import previous_of, publish, staging
from planner.network.store import MANIFEST, NetworkError


@pytest.fixture
def out(tmp_path):
    return tmp_path / "town"


def make(out, content):
    with staging(out) as folder:
        (folder / MANIFEST).write_text(content)
        publish(folder, out)


def content_of(folder):
    return (folder / MANIFEST).read_text()


@pytest.mark.parametrize("can_swap", [True, False])
def test_G8_a_network_replaces_the_old_one_and_keeps_it(out, monkeypatch, can_swap):
    if not can_swap:
        monkeypatch.setattr(publishing, "_swap", lambda one, other: False)
    for content in ("first", "second", "third"):
        make(out, content)
    assert content_of(out) == "third"
    assert content_of(previous_of(out)) == "second"
    assert sorted(path.name for path in out.parent.iterdir()) == ["town", "town.previous"]


def test_the_swap_is_one_step_here(out):
    make(out, "first")
    other = out.with_name("other")
    other.mkdir()
    if not publishing._swap(out, other):
        pytest.skip("this file system can't swap two names")
    assert not any(out.iterdir())
    assert content_of(other) == "first"


def test_G8_a_build_that_fails_leaves_nothing_and_changes_nothing(out):
    make(out, "first")
    with pytest.raises(IsADirectoryError), staging(out) as folder:
        folder.write_text("half")
    assert content_of(out) == "first"
    assert [path.name for path in out.parent.iterdir()] == ["town"]


def test_G8_where_names_cannot_be_swapped_a_failed_rename_is_undone(out, monkeypatch):
    make(out, "first")
    monkeypatch.setattr(publishing, "_swap", lambda one, other: False)
    monkeypatch.setattr(publishing, "_sync", lambda folder: None)
    with pytest.raises(OSError):
        publish(out.with_name("missing"), out)
    assert content_of(out) == "first"


def test_a_reader_keeps_the_network_that_it_has_mapped(out):
    with staging(out) as folder:
        np.save(folder / "a.npy", np.arange(3))
        (folder / MANIFEST).touch()
        publish(folder, out)
    mapped = np.load(out / "a.npy", mmap_mode="r")
    make(out, "second")
    make(out, "third")
    assert mapped.tolist() == [0, 1, 2]


def test_what_a_killed_build_left_is_removed_and_a_running_ones_is_not(out):
    dead, alive = out.with_name("town.tmp-999999999"), out.with_name("town.tmp-1")
    dead.mkdir()
    alive.mkdir()
    make(out, "first")
    assert not dead.exists()
    assert alive.exists()


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_something_else_is_never_moved_away(out, kind):
    if kind == "folder":
        out.mkdir()
        (out / "thesis.txt").touch()
    else:
        out.touch()
    with pytest.raises(NetworkError, match="something else"), staging(out):
        pass
    assert out.exists()


def test_an_empty_folder_may_be_taken(out):
    out.mkdir()
    make(out, "first")
    assert content_of(out) == "first"


def test_the_folder_of_a_build_tells_whose_it_is(out):
    with staging(out) as folder:
        assert folder.name == f"town.tmp-{os.getpid()}"
