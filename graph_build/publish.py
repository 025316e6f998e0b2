"""A network is made beside the old one and takes its place in one step; the old one is kept."""

from __future__ import annotations

import ctypes
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from planner.network.store import MANIFEST, NetworkError

_AT_FDCWD: Final = -100
_RENAME_EXCHANGE: Final = 2  # renameat2(2): swap two names in one step


def previous_of(out: Path) -> Path:
    """Where the network that `out` replaced is kept."""
    return out.with_name(f"{out.name}.previous")


@contextmanager
def staging(out: Path) -> Iterator[Path]:
    """An empty folder beside `out` to build in; removed at the end unless it was published.

    What builds that were killed have left beside `out` is removed too. Raises NetworkError where
    `out` holds something that isn't a network, which must not be moved away.
    """
    if out.exists() and not (out / MANIFEST).exists() and (out.is_file() or any(out.iterdir())):
        msg = f"{out} holds something else than a network: choose another place for it."
        raise NetworkError(msg)
    out.parent.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(out)
    folder = out.with_name(f"{out.name}.tmp-{os.getpid()}")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def publish(staged: Path, out: Path) -> None:
    """Put `staged` in the place of `out`, and what was there at `previous_of(out)`.

    At every instant `out` is the old network or the new one, on file systems that can swap two
    names; elsewhere it is missing between two renames. Readers that have mapped the old one keep
    it. All files are on the disk before the swap. Raises OSError.
    """
    _sync(staged)
    previous = previous_of(out)
    if not out.exists():
        staged.rename(out)
    else:
        shutil.rmtree(previous, ignore_errors=True)
        if _swap(staged, out):
            staged.rename(previous)
        else:
            out.rename(previous)
            try:
                staged.rename(out)
            except OSError:
                previous.rename(out)
                raise
    _sync_folder(out.parent)


def _sync(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as stream:
                os.fsync(stream.fileno())
        else:
            _sync_folder(path)
    _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # some file systems can't sync a folder
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _swap(one: Path, other: Path) -> bool:
    """Exchange two folders' names in one step; False where the system can't."""
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    names = (_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other))
    return bool(rename(*names, _RENAME_EXCHANGE) == 0)


def _remove_abandoned(out: Path) -> None:
    for folder in out.parent.glob(f"{out.name}.tmp-*"):
        owner = folder.name.rpartition("-")[2]
        if owner.isdigit() and not _is_alive(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
