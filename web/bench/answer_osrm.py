"""Answers a sheet of the streets with OSRM (PyPI osrm-bindings), in process; imports none of ours.

With `--ch` by contraction hierarchies, its quickest; with `--mld` by the multi-level partition, the
one whose weights can be changed. Its own profiles, told our speeds on foot and by bicycle. The
clock runs around a call of the engine, which ends with an object and no text.
"""

from __future__ import annotations

import json
import shutil
import sys
from functools import partial
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from web.bench import peer_clock
else:  # it is run as a file, and this lies beside it
    import peer_clock


LUA = {"walk": "foot", "bike": "bicycle", "car": "car"}
SPEEDS = {"walk": "local walking_speed = 5\n", "bike": "local default_speed = 15\n"}
MODES = {
    "route_walk": "walk", "route_bike": "bike", "route_car": "car", "matrix_100": "bike",
    "reweight_500": "bike",
}  # fmt: skip


def main(sheet_path: str, answers_path: str, algorithm: str) -> None:
    """Build what the jobs need, ask, write."""
    osrm = import_module("osrm")
    sheet = json.loads(Path(sheet_path).read_text(encoding="utf-8"))
    package = Path(str(osrm.__file__)).parent
    room = Path(sheet["kept"] or Path(answers_path).parent / "osrm")
    modes = [mode for mode in LUA if "build" in sheet["jobs"] or mode in _modes_of(sheet)]
    folders = {mode: _folder(room, sheet, mode, algorithm) for mode in modes}
    builds = {
        mode: peer_clock.build_once(folder, partial(_build, package, folder, sheet, mode))
        for mode, folder in folders.items()
    }
    jobs = {"build": peer_clock.build_job(list(builds.values()))} if len(modes) == len(LUA) else {}
    start = perf_counter()
    engines = {mode: _open(osrm, folder) for mode, folder in folders.items()}
    opened = perf_counter() - start
    for name, questions in sheet["jobs"].items():
        if name.startswith("route_"):
            jobs[name] = _routes(osrm, engines[MODES[name]], questions)
        elif name == "matrix_100":
            jobs[name] = _matrix(osrm, engines["bike"], questions)
        elif name == "reweight_500" and algorithm == "--mld" and sheet["segments"]:
            jobs[name] = _reweight(osrm, package, folders["bike"], sheet, questions)
    about = {"open_s": round(opened, 3), "built": builds}
    peer_clock.write_answers(answers_path, version("osrm-bindings"), opened, about=about, jobs=jobs)


def _modes_of(sheet: dict[str, Any]) -> set[str]:
    return {MODES[name] for name in sheet["jobs"] if name in MODES}


def _folder(room: Path, sheet: dict[str, Any], mode: str, algorithm: str) -> Path:
    """One for each speed and algorithm."""
    kmh = sheet.get(f"{mode}_kmh", "")
    return room / f"osrm{algorithm}-{mode}{kmh}"


def _build(package: Path, folder: Path, sheet: dict[str, Any], mode: str) -> float:
    """Extract, then contract or partition and customize, with one thread; seconds."""
    profiles = folder / "profiles"
    shutil.copytree(package / "share" / "profiles", profiles, dirs_exist_ok=True)
    lua = profiles / f"{LUA[mode]}.lua"
    if mode in SPEEDS:
        before = SPEEDS[mode]
        after = f"{before.partition('=')[0]}= {sheet[f'{mode}_kmh']}\n"
        lua.write_text(lua.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")
    extract = folder / "map.osm.pbf"
    extract.unlink(missing_ok=True)
    extract.symlink_to(sheet["osm"][0])
    bin_ = package / "bin"
    steps = ["contract"] if folder.name.startswith("osrm--ch") else ["partition", "customize"]
    seconds = peer_clock.run_program([bin_ / "osrm-extract", "-t", "1", "-p", lua, extract], folder)
    for step in steps:
        program: list[str | Path] = [bin_ / f"osrm-{step}", "-t", "1", "map.osrm"]
        seconds += peer_clock.run_program(program, folder)
    return seconds


def _open(osrm: Any, folder: Path) -> Any:  # noqa: ANN401 - it has no types
    return osrm.OSRM(
        storage_config=str(folder / "map.osrm"), use_shared_memory=False,
        algorithm="CH" if folder.name.startswith("osrm--ch") else "MLD",
    )  # fmt: skip


def _ends(question: dict[str, Any]) -> list[tuple[float, float]]:
    return [(question[f"{end}_lon"], question[f"{end}_lat"]) for end in ("from", "to")]


def _routes(osrm: Any, engine: Any, questions: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: ANN401 - the same
    """Ways with their whole line, without steps."""
    prepared = [
        osrm.RouteParameters(
            coordinates=_ends(question), overview="full", geometries="polyline", steps=False,
            generate_hints=False,
        )
        for question in questions
    ]  # fmt: skip
    return peer_clock.ask_all(prepared, lambda one: _route(engine, one), _read)


def _route(engine: Any, parameters: Any) -> Any:  # noqa: ANN401 - the same
    """None where it finds no way, which it says by an error."""
    try:
        return engine.Route(parameters)
    except RuntimeError:
        return None


def _read(answer: Any) -> tuple[float, float] | None:  # noqa: ANN401 - the same
    if answer is None:
        return None
    best = answer["routes"][0]
    return best["duration"], best["distance"]


def _matrix(osrm: Any, engine: Any, questions: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: ANN401 - the same
    count = len(questions)
    origins, destinations = zip(*map(_ends, questions), strict=True)
    parameters = osrm.TableParameters(
        coordinates=[*origins, *destinations], sources=list(range(count)),
        destinations=list(range(count, 2 * count)), annotations=["duration"],
        generate_hints=False,
    )  # fmt: skip

    def read(answer: Any) -> list[tuple[float, float] | None]:  # noqa: ANN401 - the same
        times = [answer["durations"][i][i] for i in range(count)]
        return [(time, float("nan")) if isinstance(time, float) else None for time in times]

    told = peer_clock.ask_matrix(lambda: engine.Table(parameters), read)
    told.pop("size")
    return told


def _reweight(
    osrm: Any,  # noqa: ANN401 - the same
    package: Path,
    folder: Path,
    sheet: dict[str, Any],
    questions: list[dict[str, Any]],
) -> dict[str, Any]:
    """Some rounds of: customize with a file of speeds, load again, answer the first question."""
    copy = folder.parent / f"{folder.name}-edited"
    shutil.copytree(folder, copy, symlinks=True, dirs_exist_ok=True)
    speeds = copy / "speeds.csv"
    prepared = osrm.RouteParameters(coordinates=_ends(questions[0]), overview="full")
    spent, found = [], []
    for kmh in (5, 25, 6, 24, 7):
        rows = (f"{a},{b},{kmh}\n" for a, b in sheet["segments"])
        speeds.write_text("".join(rows), encoding="ascii")
        program = package / "bin" / "osrm-customize"
        start = perf_counter()
        peer_clock.run_program(
            [program, "-t", "1", "map.osrm", "--segment-speed-file", speeds], copy
        )
        answer = _route(_open(osrm, copy), prepared)
        spent.append(1000 * (perf_counter() - start))
        found.append(_read(answer))
    shutil.rmtree(copy)
    return peer_clock.tell_found(spent, found)


if __name__ == "__main__":
    main(*sys.argv[1:4])
