"""Walking times of Porto Alegre's 200 pairs beside those of another router.

    python tests/benchmarks/walk_pairs.py [PEER.csv]...

PEER.csv has the columns id, s, m (seconds, metres), as in the folder `peers` of the cities' data
($TRAJETS_DATA or ../shared/data); without one, Valhalla's and OSRM's are taken.
"""

# ruff: noqa: T201 - its report is what it prints

from __future__ import annotations

import csv
import os
import sys
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

import numpy as np

from feeds.issues import IssueLog
from feeds.osm import read_osm
from graph_build.linking import link_stops
from graph_build.streets.compile import compile_streets
from graph_build.streets.grid import make_grid
from planner.network.metrics import profile_metric
from planner.network.profiles import get_profile
from planner.network.shape import Int64, Stops
from planner.network.store import Network, frozen
from planner.network.strings import Strings
from planner.request import Coordinate
from planner.streets.path import StreetPath
from planner.streets.route import route

DATA = Path(os.environ.get("TRAJETS_DATA") or Path(__file__).parents[2] / ".." / "shared" / "data")
PEERS = ("poa_valhalla_pedestrian.csv", "poa_osrm_mld_foot.csv")
MAX_S = 6 * 3600
FAR_OFF = 0.2  # a ratio farther than this from 1 is listed


class Answered(NamedTuple):
    """One pair, answered by both."""

    pair: str
    path: StreetPath
    peer_s: float
    peer_m: float

    @property
    def time_ratio(self) -> float:
        """Our seconds over the peer's."""
        return self.path.duration / self.peer_s

    @property
    def length_ratio(self) -> float:
        """Our metres over the peer's."""
        return self.path.length_m / self.peer_m


def make_network() -> Network:
    """Porto Alegre's streets on foot, with no stops."""
    extract = read_osm(DATA / "porto-alegre" / "poa_osm.pbf")
    compiled = compile_streets([extract])
    grid = make_grid(compiled.streets)
    nothing = Strings.of(())
    blank = {name: frozen(np.empty(0), np.int32) for name in ("feed", "station")}
    stops = Stops(
        stop_id=nothing, name=nothing, platform=nothing, **blank,
        lat=frozen(np.empty(0), np.float64), lon=frozen(np.empty(0), np.float64),
        step_free=frozen(np.empty(0), np.int8), location_type=frozen(np.empty(0), np.uint8),
    )  # fmt: skip
    return Network(
        manifest={}, stops=stops, routes=None, timetable=None, footpaths=None,
        streets=compiled.streets, street_names=compiled.names, grid=grid,
        metrics={"walk": profile_metric(compiled.streets, get_profile("walk"))},
        stop_links=link_stops(compiled.streets, grid, stops, IssueLog()),
    )  # fmt: skip


def answer_pairs(network: Network) -> dict[str, StreetPath | None]:
    """The way of each pair by its id; prints how long they took."""
    rows = read_rows(DATA / "porto-alegre" / "od200.csv")
    paths: dict[str, StreetPath | None] = {}
    spent = []
    for row in [rows[0], *rows]:  # the first once more, to compile the kernels
        ends = (Coordinate(float(row[f"{end}lat"]), float(row[f"{end}lon"])) for end in "od")
        start = perf_counter()
        path = route(network, *ends, "walk", max_s=MAX_S)
        paths[row["id"]] = path if isinstance(path, StreetPath) else None
        spent.append(1000 * (perf_counter() - start))
    print(f"{len(rows)} ways, median {np.median(spent[1:]):.2f} ms, geometry included")
    return paths


def compare(paths: dict[str, StreetPath | None], way_id: Int64, peer: Path) -> None:
    """Print how the ratios spread, and the pairs that are far off or answered by one alone."""
    both: list[Answered] = []
    print(f"\n{peer.name}")
    for row in read_rows(peer):
        path = paths[row["id"]]
        if path is None or not row["s"]:
            found = [name for name, known in (("trajets", path), ("peer", row["s"])) if known]
            print(f"  pair {row['id']}: answered by {' '.join(found) or 'neither'}")
        else:
            both.append(Answered(row["id"], path, float(row["s"]), float(row["m"])))
    for what in ("time_ratio", "length_ratio"):
        ratios = [getattr(answered, what) for answered in both]
        low, first, median, third, high = np.percentile(ratios, (5, 25, 50, 75, 95))
        spread = f"5-95 % {low:.3f}-{high:.3f}, quartiles {first:.3f}-{third:.3f}"
        print(f"  {what} of {len(both)} pairs: median {median:.3f}, {spread}")
    for answered in both:
        ratios = (answered.time_ratio, answered.length_ratio)
        if max(abs(ratio - 1) for ratio in ratios) > FAR_OFF:
            path = answered.path
            print(f"  pair {answered.pair}: {path.duration} s, {path.length_m:.0f} m", end=", ")
            print(f"peer {answered.peer_s:.0f} s, {answered.peer_m:.0f} m", end=", ")
            print(f"straight {path.start_m:.0f} + {path.end_m:.0f} m, ways", end=" ")
            print(*dict.fromkeys(way_id[path.edges].tolist()))


def read_rows(path: Path) -> list[dict[str, str]]:
    """A CSV file's rows."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def main() -> None:
    """Compare with the peers named on the command line."""
    network = make_network()
    paths = answer_pairs(network)
    for name in sys.argv[1:] or [DATA / "peers" / name for name in PEERS]:
        compare(paths, network.streets.way_id, Path(name))


if __name__ == "__main__":
    main()
