"""Finds again the files that a network was compiled from, by their hashes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from planner.network.store import file_sha256


def find_inputs(manifest: Mapping[str, Any], kind: str, places: Sequence[Path]) -> list[Path]:
    """Files of `kind` ("osm") in the manifest, looked for in files and folders; those found.

    A file is one of them if it has its size and its SHA-256, whatever it is called.
    """
    wanted = {one["sha256"]: one["bytes"] for one in manifest["inputs"] if one["kind"] == kind}
    found: dict[str, Path] = {}
    for file in _files(places):
        if file.stat().st_size in wanted.values():
            found.setdefault(file_sha256(file), file)
    return [found[digest] for digest in wanted if digest in found]


def _files(places: Sequence[Path]) -> Iterator[Path]:
    for place in places:
        within = sorted(place.rglob("*")) if place.is_dir() else [place]
        yield from (file for file in within if file.is_file())
