"""Trips to try: a region's file of examples, for its home page and for tests."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any


def read_examples(path: Path) -> tuple[Mapping[str, Any], ...]:
    """The trips of a TOML file, each as the parameters of a page's URL.

    A `[[trip]]` has `when` (a local time), `from` and `to` (name, lat, lon), and `title` and
    `shows`, sentences by language. Raises ValueError with the trip's number.
    """
    try:
        trips = tomllib.loads(path.read_text(encoding="utf-8")).get("trip", [])
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        msg = f"{path} can't be read: {error}"
        raise ValueError(msg) from None
    return tuple(_example(trip, f"{path}: trip {n}") for n, trip in enumerate(trips, start=1))


def _example(trip: Mapping[str, Any], where: str) -> Mapping[str, Any]:
    try:
        when = trip["when"]
        time = when if isinstance(when, datetime) else datetime.fromisoformat(when)
        ends = {
            key: value
            for end in ("from", "to")
            for key, value in (
                (end, str(trip[end]["name"])),
                (f"{end}_at", f"{float(trip[end]['lat'])},{float(trip[end]['lon'])}"),
            )
        }
    except KeyError as error:
        msg = f"{where} has no {error}"
        raise ValueError(msg) from None
    except (TypeError, ValueError) as error:
        msg = f"{where} can't be read: {error}"
        raise ValueError(msg) from None
    return ends | {
        "when": "depart",
        "date": time.date().isoformat(),
        "time": f"{time:%H:%M}",
        "title": trip.get("title", ""),
        "about": trip.get("shows", ""),
    }
