"""Answers a sheet of questions with ferrobus (PyPI), in its own environment: imports none of ours.

Its walking speed is built in. `find_route` gives one arrival, `detailed_journey` the same journey
with its lines; both include snapping the two ends, as Trajets' times do.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import date
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any

WARM_UP = 10
STOPS = 10  # its own default of stops at each end; more changes neither time nor answers here


def main(sheet_path: str, answers_path: str) -> None:
    """Make its model, ask, write."""
    ferrobus = import_module("ferrobus")
    sheet = json.loads(Path(sheet_path).read_text(encoding="utf-8"))
    start = perf_counter()
    day = date.fromisoformat(sheet["date"])
    model = ferrobus.create_transit_model(
        sheet["osm"][0], [sheet["gtfs"]], day, sheet["max_walk_s"]
    )
    prepared = perf_counter() - start

    def search(question: dict[str, Any]) -> int | None:
        ends = _ends(ferrobus, model, sheet, question)
        if ends is None:
            return None
        found = ferrobus.find_route(model, *ends, question["time"], sheet["max_rides"] - 1)
        return None if found is None else question["time"] + int(found["travel_time_seconds"])

    def detailed(question: dict[str, Any]) -> str | None:
        ends = _ends(ferrobus, model, sheet, question)
        if ends is None:
            return None
        found = ferrobus.detailed_journey(model, *ends, question["time"], sheet["max_rides"] - 1)
        return str(found) if found else None

    jobs = {}
    for name, questions in sheet["jobs"].items():
        ask = {"door_to_door": detailed, "door_to_door_search": search}.get(name)
        if ask is not None:
            jobs[name] = _time(ask, questions)
    told = {
        "version": version("ferrobus"),
        "prepare_s": round(prepared, 3),
        "resident_mb": _resident_mb(),
        "about": {"stops": model.stop_count(), "stops_at_an_end": STOPS},
        "jobs": jobs,
    }
    Path(answers_path).write_text(json.dumps(told), encoding="utf-8")


def _ends(ferrobus: Any, model: Any, sheet: dict[str, Any], question: dict[str, Any]) -> Any:  # noqa: ANN401 - it has no types
    """Its points of both ends, None where one is too far from any street."""
    try:
        return [
            ferrobus.create_transit_point(
                question[f"{end}_lat"], question[f"{end}_lon"], model, sheet["max_walk_s"], STOPS
            )
            for end in ("from", "to")
        ]
    except ValueError:
        return None


def _time(ask: Any, questions: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: ANN401 - one of two
    for question in questions[:WARM_UP]:
        ask(question)
    spent, arrivals = [], []
    for question in questions:
        start = perf_counter()
        found = ask(question)
        spent.append(1000 * (perf_counter() - start))
        arrivals.append(_last_arrival(found) if isinstance(found, str) else found)
    return {"ms": spent, "arrival": arrivals}


def _last_arrival(journey: str) -> int | None:
    """When the last leg of a detailed journey ends; None where it has none."""
    features = (json.loads(journey) or {}).get("features", ())
    ends = [one["properties"].get("arrival_time") for one in features]
    return max((int(end) for end in ends if end is not None), default=None)


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 1e6, 1)


if __name__ == "__main__":
    main(*sys.argv[1:3])
