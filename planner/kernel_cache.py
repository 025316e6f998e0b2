"""Where compiled kernels are kept: one folder per state of their sources.

Numba looks only at the file of the kernel it loads, so a change in another kernel that this one
calls would leave old machine code in use (numba issue 1833). Call `use_kernel_cache` before
anything imports numba. Loading a cached kernel runs it, so the folder is the user's own.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Final

# Where kernels live; names, not imports, since the planner runs without the other rooms.
_PACKAGES: Final = ("planner", "feeds", "graph_build")
_VARIABLE: Final = "NUMBA_CACHE_DIR"


def use_kernel_cache() -> Path:
    """Tell numba, here and in child processes, where to keep compiled kernels.

    The folder lies in $NUMBA_CACHE_DIR, else in $XDG_CACHE_HOME or ~/.cache, else, where that
    can't be written, in the system's temporary folder.
    """
    digest = kernel_digest()
    wanted = os.environ.get(_VARIABLE)
    if wanted and Path(wanted).name == digest:  # a parent process has done it
        return Path(wanted)
    bases = [Path(wanted)] if wanted else [cache_home() / "kernels"]
    for base in (*bases, Path(tempfile.gettempdir()) / f"trajets-kernels-{os.getuid()}"):
        folder = base / digest
        if _is_ours(folder):
            os.environ[_VARIABLE] = str(folder)
            return folder
    folder = Path(tempfile.mkdtemp(prefix="trajets-kernels-")) / digest
    folder.mkdir()
    os.environ[_VARIABLE] = str(folder)
    return folder


def cache_home() -> Path:
    """Where this user keeps what we can make again, in $XDG_CACHE_HOME or ~/.cache."""
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path("~/.cache").expanduser()) / "trajets"


def kernel_digest() -> str:
    """Hash of numba's version and of every source that holds kernels or what they call."""
    digest = hashlib.sha256(f"numba {version('numba')}".encode())
    for package in _PACKAGES:
        for source in _sources(package):
            text = source.read_bytes()
            if b"numba" in text or source.parent.name in {"kernels", "network"}:
                digest.update(source.name.encode() + b"\0" + text)
    return digest.hexdigest()[:16]


def _sources(package: str) -> list[Path]:
    found = find_spec(package)
    folders = (found.submodule_search_locations or []) if found else []
    return [source for folder in folders for source in sorted(Path(folder).rglob("*.py"))]


def _is_ours(folder: Path) -> bool:
    """Make `folder`; whether it is writable, and nobody else's to put code into."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder.stat().st_uid == os.getuid() and os.access(folder, os.W_OK)
    except OSError:
        return False
