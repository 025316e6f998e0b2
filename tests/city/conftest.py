"""Real cities, each built once for all the tests that ask for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph_build.build import build_network
from graph_build.region import BuildInputs, GtfsInput
from planner.network.store import Network, open_network


@pytest.fixture(scope="session")
def build_city(tmp_path_factory):
    """Call it with a name and input paths; the network is built the first time and kept."""
    built: dict[str, Network] = {}

    def build(name: str, *, gtfs: list[Path], **inputs) -> Network:
        if name not in built:
            out = tmp_path_factory.mktemp("networks") / name
            named = tuple(GtfsInput(path) for path in gtfs)
            files = {key: tuple(paths) for key, paths in inputs.items()}
            build_network(BuildInputs(name=name, gtfs=named, **files), out)
            built[name] = open_network(out)
        return built[name]

    return build
