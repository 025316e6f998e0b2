"""Files the pages refer to: the front end as built, and addresses that change with content."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from planner.network.store import file_sha256

STATIC: Final = Path(__file__).parents[1] / "static"
BUILD: Final = STATIC / "build" / "build.json"


@dataclass(frozen=True, slots=True)
class Bundle:
    """The front end as built: paths under static/, hashes in their names."""

    js: str
    css: str


def find_bundle() -> Bundle | None:
    """The built front end, or None: the pages work without it, they only have no map."""
    try:
        made = json.loads(BUILD.read_text(encoding="utf-8"))
        return Bundle(js=f"build/{made['js']}", css=f"build/{made['css']}")
    except (OSError, ValueError, KeyError):
        return None


@cache
def content_tag(name: str) -> str:
    """A few characters that change when the file under static/ does."""
    return file_sha256(STATIC / name)[:10]
