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
    made_of: dict[str, object] = {}

    def build(name: str, *, gtfs: list[Path], **inputs) -> Network:
        files = (gtfs, inputs)
        assert made_of.setdefault(name, files) == files, f"{name} is built of other files elsewhere"
        if name not in built:
            out = tmp_path_factory.mktemp("networks") / name
            named = tuple(GtfsInput(path) for path in gtfs)
            files = {key: tuple(paths) for key, paths in inputs.items()}
            build_network(BuildInputs(name=name, gtfs=named, **files), out)
            built[name] = open_network(out)
        return built[name]

    return build


@pytest.fixture(scope="session")
def milan(build_city, city_data) -> Network:
    """Milan's streets and its transit of 2014."""
    folder = city_data / "milan"
    return build_city(
        "milan", osm=[folder / "milan_italy_small.osm.pbf"], gtfs=[folder / "milano_small_gtfs.zip"]
    )


@pytest.fixture(scope="session")
def porto_alegre(build_city, city_data) -> Network:
    """Porto Alegre with its hills, its buses and its train."""
    folder = city_data / "porto-alegre"
    return build_city(
        "porto-alegre",
        osm=[folder / "poa_osm.pbf"],
        gtfs=[folder / "poa_eptc.zip", folder / "poa_trensurb.zip"],
        elevation=[folder / "poa_elevation.tif"],
    )
