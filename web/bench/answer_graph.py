"""Answers a sheet of the streets on Trajets' own graph, with networkx or pandana (PyPI).

    python answer_graph.py SHEET ANSWERS --networkx|--pandana

Both search what Trajets has compiled, with its weights, from node to node: the nearest nodes of the
ends are found by the clock too. Imports none of ours.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from web.bench import peer_clock
else:  # it is run as a file, and this lies beside it
    import peer_clock

FEW = 40  # questions that networkx answers: it takes a hundred times as long
MODES = ("walk", "bike", "car")


def main(sheet_path: str, answers_path: str, library: str) -> None:
    """Make graphs, ask, write."""
    sheet = json.loads(Path(sheet_path).read_text(encoding="utf-8"))
    graph = dict(np.load(sheet["graph"]))
    wanted = [mode for mode in MODES if f"route_{mode}" in sheet["jobs"]]
    name = library.removeprefix("--")
    start = perf_counter()
    kind: type[_Networkx | _Pandana] = _Networkx if name == "networkx" else _Pandana
    asker = kind(graph, {*wanted, "bike"})
    prepared = perf_counter() - start
    jobs = {}
    for mode in wanted:
        questions = sheet["jobs"][f"route_{mode}"]
        asked = questions[:FEW] if name == "networkx" else questions
        read = _reader(graph, mode)
        jobs[f"route_{mode}"] = peer_clock.ask_all(asked, asker.route(mode), read)
    if isinstance(asker, _Pandana) and "matrix_100" in sheet["jobs"]:
        jobs["matrix_100"] = asker.matrix(sheet["jobs"]["matrix_100"])
    peer_clock.write_answers(answers_path, version(name), prepared, about={}, jobs=jobs)


def _reader(
    graph: dict[str, Any], mode: str
) -> Callable[[list[int] | None], tuple[float, float] | None]:
    """What reads seconds and metres off the nodes of a way."""
    cost = graph[f"cost_{mode}"]
    order = np.argsort(cost, kind="stable")[::-1]  # of parallel streets the cheapest stays
    ends = zip(graph["tail"][order].tolist(), graph["head"][order].tolist(), strict=True)
    edge = dict(zip(ends, order.tolist(), strict=True))
    seconds, metres = graph[f"duration_{mode}"] / 10, graph["length_m"]

    def read(nodes: list[int] | None) -> tuple[float, float] | None:
        if nodes is None:
            return None
        way = [edge[pair] for pair in pairwise(nodes)]
        return float(seconds[way].sum()), float(metres[way].sum())

    return read


class _Networkx:
    """Dijkstra from both ends, in Python."""

    def __init__(self, graph: dict[str, Any], modes: set[str]) -> None:
        nx = import_module("networkx")
        self.search = nx.bidirectional_dijkstra
        self.nothing = nx.NetworkXNoPath
        self.lat, self.lon = graph["lat"], graph["lon"]
        self.east = math.cos(math.radians(float(self.lat.mean())))
        self.graphs = {}
        for mode in modes:
            cost = graph[f"cost_{mode}"]
            order = np.argsort(cost, kind="stable")[::-1]  # of parallel streets the cheapest stays
            order = order[cost[order] < graph["unreached"]]
            columns = (column[order].tolist() for column in (graph["tail"], graph["head"], cost))
            self.graphs[mode] = nx.DiGraph()
            self.graphs[mode].add_weighted_edges_from(zip(*columns, strict=True))

    def route(self, mode: str) -> Callable[[dict[str, Any]], list[int] | None]:
        """What finds the nodes of a way."""
        graph = self.graphs[mode]
        nodes = np.array(graph.nodes)
        lat, lon = self.lat[nodes], self.lon[nodes] * self.east

        def nearest(question: dict[str, Any], end: str) -> int:
            north = lat - question[f"{end}_lat"]
            east = lon - question[f"{end}_lon"] * self.east
            return int(nodes[np.argmin(north * north + east * east)])

        def ask(question: dict[str, Any]) -> list[int] | None:
            ends = nearest(question, "from"), nearest(question, "to")
            try:
                found: list[int] = self.search(graph, *ends)[1]
            except self.nothing:
                return None
            return found

        return ask


class _Pandana:
    """Contraction hierarchies in C++, one for each mode's weights."""

    def __init__(self, graph: dict[str, Any], modes: set[str]) -> None:
        pandas, pandana = import_module("pandas"), import_module("pandana")
        self.networks = {}
        for mode in modes:
            is_open = graph[f"cost_{mode}"] < graph["unreached"]
            used = np.unique([graph["tail"][is_open], graph["head"][is_open]])
            self.networks[mode] = pandana.Network(
                pandas.Series(graph["lon"][used], index=used),
                pandas.Series(graph["lat"][used], index=used),
                pandas.Series(graph["tail"][is_open]), pandas.Series(graph["head"][is_open]),
                pandas.DataFrame({"cost": graph[f"cost_{mode}"][is_open].astype(float)}),
                twoway=False,
            )  # fmt: skip

    def _nodes(self, mode: str, questions: list[dict[str, Any]], end: str) -> Any:  # noqa: ANN401 - it has no types
        lons, lats = ([one[f"{end}_{axis}"] for one in questions] for axis in ("lon", "lat"))
        return self.networks[mode].get_node_ids(lons, lats)

    def route(self, mode: str) -> Callable[[dict[str, Any]], list[int] | None]:
        """What finds the nodes of a way."""

        def ask(question: dict[str, Any]) -> list[int] | None:
            ends = (int(self._nodes(mode, [question], end).iloc[0]) for end in ("from", "to"))
            nodes = self.networks[mode].shortest_path(*ends)
            return nodes.tolist() if len(nodes) else None

        return ask

    def matrix(self, questions: list[dict[str, Any]]) -> dict[str, Any]:
        """Its costs are ours, so no seconds are told: they'd be perceived ones."""
        count = len(questions)

        def ask() -> list[float]:
            origins = np.repeat(self._nodes("bike", questions, "from").to_numpy(), count)
            destinations = np.tile(self._nodes("bike", questions, "to").to_numpy(), count)
            found: list[float] = self.networks["bike"].shortest_path_lengths(origins, destinations)
            return found

        def read(found: list[float]) -> list[tuple[float, float] | None]:
            diagonal = [found[i * count + i] for i in range(count)]
            return [(cost / 10, 0.0) if cost < 2**30 else None for cost in diagonal]

        told = peer_clock.ask_matrix(ask, read)
        told.pop("size")
        return told


if __name__ == "__main__":
    main(*sys.argv[1:4])
