"""Answers a sheet of the streets with Valhalla (PyPI pyvalhalla), in process; imports none of ours.

Its own costs, told our speeds on foot and by bicycle. The clock runs around a call of its `Actor`,
from the text of a request to the text of the answer, with the line of the way and no manoeuvres.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from web.bench import peer_clock
else:  # it is run as a file, and this lies beside it
    import peer_clock


COSTINGS = {"walk": "pedestrian", "bike": "bicycle", "car": "auto"}
EARTH_M = 6_371_008.8


def main(sheet_path: str, answers_path: str) -> None:
    """Build its tiles, ask, write."""
    valhalla = import_module("valhalla")
    sheet = json.loads(Path(sheet_path).read_text(encoding="utf-8"))
    folder = Path(sheet["kept"] or Path(answers_path).parent) / "valhalla"
    program = Path(str(valhalla.__file__)).parent / "bin" / "valhalla_build_tiles"
    (folder / "tiles").mkdir(parents=True, exist_ok=True)  # it looks for the folder at once
    config = _config(valhalla, folder / "tiles")
    built = peer_clock.build_once(folder, lambda: _build(program, config, folder, sheet))
    start = perf_counter()
    actor = valhalla.Actor(config)
    opened = perf_counter() - start
    jobs = {"build": peer_clock.build_job([built])}
    for name, questions in sheet["jobs"].items():
        if name.startswith("route_"):
            jobs[name] = _routes(actor, sheet, name.removeprefix("route_"), questions)
        elif name == "matrix_100":
            jobs[name] = _matrix(actor, sheet, questions)
        elif name == "isochrone_bike_30":
            jobs[name] = _isochrones(actor, sheet, questions)
    about = {"open_s": round(opened, 3), "built": built}
    peer_clock.write_answers(answers_path, version("pyvalhalla"), opened, about=about, jobs=jobs)


def _config(valhalla: Any, tiles: Path) -> dict[str, Any]:  # noqa: ANN401 - it has no types
    """Its defaults, without files that aren't there, for matrices of any size, with one thread."""
    config: dict[str, Any] = valhalla.get_config(tile_extract="", tile_dir=str(tiles))
    config["mjolnir"]["concurrency"] = 1
    for missing in ("tile_extract", "admin", "timezone"):
        config["mjolnir"].pop(missing, None)
    for costing in COSTINGS.values():
        limits = config["service_limits"][costing]
        limits |= {"max_matrix_location_pairs": 1_000_000, "max_locations": 1000}
    return config


def _build(program: Path, config: dict[str, Any], folder: Path, sheet: dict[str, Any]) -> float:
    (folder / "valhalla.json").write_text(json.dumps(config), encoding="utf-8")
    run = [program, "-c", folder / "valhalla.json", *sheet["osm"]]
    return peer_clock.run_program(run, folder)


def _request(sheet: dict[str, Any], mode: str, **told: Any) -> str:  # noqa: ANN401 - JSON
    options = {
        "pedestrian": {"walking_speed": sheet["walk_kmh"]},
        "bicycle": {"cycling_speed": sheet["bike_kmh"]},
    }
    return json.dumps({"costing": COSTINGS[mode], "costing_options": options, **told})


def _end(question: dict[str, Any], end: str) -> dict[str, float]:
    return {"lat": question[f"{end}_lat"], "lon": question[f"{end}_lon"]}


def _routes(
    actor: Any,  # noqa: ANN401 - it has no types
    sheet: dict[str, Any],
    mode: str,
    questions: list[dict[str, Any]],
) -> dict[str, Any]:
    prepared = [
        _request(
            sheet, mode, directions_type="none", locations=[_end(one, "from"), _end(one, "to")]
        )
        for one in questions
    ]

    def read(answer: str | None) -> tuple[float, float] | None:
        if answer is None:
            return None
        summary = json.loads(answer)["trip"]["summary"]
        return summary["time"], 1000 * summary["length"]

    return peer_clock.ask_all(prepared, partial(_ask, actor.route), read)


def _isochrones(
    actor: Any,  # noqa: ANN401 - it has no types
    sheet: dict[str, Any],
    questions: list[dict[str, Any]],
) -> dict[str, Any]:
    minutes = sheet["isochrone_s"] / 60
    prepared = [
        _request(
            sheet, "bike", locations=[_end(one, "from")], contours=[{"time": minutes}],
            polygons=True,
        )
        for one in questions
    ]  # fmt: skip

    def read(answer: str | None) -> tuple[float, float] | None:
        if answer is None:
            return None
        return sheet["isochrone_s"], sum(map(_area_m2, json.loads(answer)["features"]))

    return peer_clock.ask_all(prepared, partial(_ask, actor.isochrone), read)


def _matrix(
    actor: Any,  # noqa: ANN401 - it has no types
    sheet: dict[str, Any],
    questions: list[dict[str, Any]],
) -> dict[str, Any]:
    request = _request(
        sheet, "bike",
        sources=[_end(one, "from") for one in questions],
        targets=[_end(one, "to") for one in questions],
    )  # fmt: skip

    def read(answer: str | None) -> list[tuple[float, float] | None]:
        if answer is None:
            return [None] * len(questions)
        rows = json.loads(answer)["sources_to_targets"]
        cells = [rows[i][i] for i in range(len(questions))]
        return [
            None if cell["time"] is None else (cell["time"], 1000 * cell["distance"])
            for cell in cells
        ]

    return peer_clock.ask_matrix(lambda: _ask(actor.matrix, request), read)


def _ask(call: Callable[[str], str], request: str) -> str | None:
    """None where it finds nothing, which it says by an error."""
    try:
        return call(request)
    except RuntimeError:
        return None


def _area_m2(feature: dict[str, Any]) -> float:
    """Of a polygon with its holes, on a sphere's cylinder."""
    geometry = feature["geometry"]
    polygons = geometry["coordinates"]
    if geometry["type"] == "Polygon":
        polygons = [polygons]
    areas = (
        abs(_ring_m2(ring)) * (1 if i == 0 else -1) for p in polygons for i, ring in enumerate(p)
    )
    return sum(areas)


def _ring_m2(ring: list[list[float]]) -> float:
    """By the shoelace, signed."""
    east = math.cos(math.radians(ring[0][1]))
    twice = sum((b[0] - a[0]) * (b[1] + a[1] - 2 * ring[0][1]) for a, b in pairwise(ring))
    return twice / 2 * east * math.radians(EARTH_M) ** 2


if __name__ == "__main__":
    main(*sys.argv[1:3])
