"""Time of journeys from stop to stop, without streets: one departure, and all of one hour.

    python tests/benchmarks/transit_pairs.py [--date 2019-03-19] [FEED.zip]...

Without feeds, Paris' two are taken from the cities' data ($TRAJETS_DATA or ../shared/data). Pairs
and times are random with a fixed seed: stops where something calls that day, 6:00 to 22:00. Each
search runs forward and back and unpacks its journeys; the first ones, not counted, warm up.
"""

# ruff: noqa: T201 - its report is what it prints

from __future__ import annotations

import argparse
import os
import random
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from time import perf_counter

import numpy as np

from graph_build.build import build_network
from graph_build.region import BuildInputs, GtfsInput
from planner.network.store import Network, open_network
from planner.service_day import ServiceDay, service_day
from planner.transit import Reach, pareto_set, range_set

DATA = Path(os.environ.get("TRAJETS_DATA") or Path(__file__).parents[2] / ".." / "shared" / "data")
FEEDS = ("ratp-metro-2019.gtfs.zip", "transilien-2016-shifted.gtfs.zip")
PAIRS = 200
WARM_UP = 10
MAX_RIDES = 8


def compile_feeds(feeds: list[Path]) -> Network:
    """The timetable of `feeds`; prints how long it took."""
    inputs = BuildInputs(name="bench", gtfs=tuple(GtfsInput(feed) for feed in feeds))
    with tempfile.TemporaryDirectory() as folder:
        start = perf_counter()
        build_network(inputs, Path(folder) / "network")
        network = open_network(Path(folder) / "network")
        counts = network.manifest["counts"]
        print(f"{counts['stop_times']:,} stop times compiled in {perf_counter() - start:.1f} s")
        return network


def ask_pairs(day: ServiceDay) -> None:
    """Time every pair's two questions."""
    called = np.flatnonzero(np.diff(day.forward.call_offset) > 0).tolist()
    rng = random.Random(1)  # the same pairs each time
    asked = [(rng.choice(called), rng.choice(called), rng.randrange(6 * 3600, 22 * 3600))
             for _ in range(WARM_UP + PAIRS)]  # fmt: skip

    def one_departure(origin: Reach, destination: Reach, time: int) -> None:
        pareto_set(day, origin, destination, time, arrive_by=False, max_rides=MAX_RIDES)

    def one_hour(origin: Reach, destination: Reach, time: int) -> None:
        range_set(
            day, origin, destination, time,
            arrive_by=False, max_rides=MAX_RIDES, window=3600, at_least=0,
        )  # fmt: skip

    for name, question in (("one departure", one_departure), ("one hour", one_hour)):
        spent = [_milliseconds(question, *pair) for pair in asked][WARM_UP:]
        print(
            f"{name}: median {np.median(spent):.2f} ms, mean {np.mean(spent):.2f} ms,"
            f" 95 % {np.percentile(spent, 95):.2f} ms ({PAIRS} pairs)"
        )


def _milliseconds(
    question: Callable[[Reach, Reach, int], None], origin: int, destination: int, time: int
) -> float:
    ends = [Reach(np.array([s], np.int32), np.zeros(1, np.int32)) for s in (origin, destination)]
    start = perf_counter()
    question(ends[0], ends[1], time)
    return 1000 * (perf_counter() - start)


def main() -> None:
    """Compile, cut the day, ask."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--date", type=date.fromisoformat, default=date(2019, 3, 19))
    parser.add_argument("feeds", nargs="*", type=Path)
    options = parser.parse_args()
    feeds = options.feeds or [DATA / "paris" / name for name in FEEDS]
    network = compile_feeds(feeds)
    service_day(network, date.fromisoformat(network.manifest["first_date"]))  # warms the kernels
    start = perf_counter()
    day = service_day(network, options.date)
    print(f"{len(day.forward.trip):,} trips of the day cut in {perf_counter() - start:.3f} s")
    ask_pairs(day)


if __name__ == "__main__":
    main()
