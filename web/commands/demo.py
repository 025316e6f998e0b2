"""`trajets demo`: the demo town, built once and served."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from graph_build.build import build_network
from graph_build.manifest import build_key
from graph_build.region import read_region
from planner.canary import ask_canaries
from planner.kernel_cache import cache_home
from planner.network.store import NetworkError, read_manifest
from web.progress_bars import ProgressBars
from web.server import serve_network

CHECKOUT: Final = Path(__file__).parents[2]
INSTALLED: Final = Path(__file__).parents[1] / "demo_town"  # where the wheel has the town's files


@click.command(name="demo")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
def command(port: int) -> None:
    """Build the demo town, a model of Issy-les-Moulineaux, unless it is there, and serve it."""
    region, network = find_demo(CHECKOUT)
    build_demo(region, network)
    serve_network(network, host="127.0.0.1", port=port, workers=1)


def find_demo(checkout: Path) -> tuple[Path, Path]:
    """The demo town's region, and where its network goes: in the checkout, if it is one.

    Otherwise the region is the installed package's, and the network goes to the user's cache.
    """
    region = checkout / "data" / "demo_town" / "region.toml"
    if region.exists():
        return region, checkout / "networks" / "demo-town"
    return INSTALLED / "region.toml", cache_home() / "demo-town"


def build_demo(region: Path, out: Path) -> None:
    """Build the demo town as `out`, unless `out` is what its inputs and this code make."""
    inputs = read_region(region)
    try:
        if read_manifest(out)["build_key"] == build_key(inputs):
            return
    except (NetworkError, KeyError):
        pass  # there is none yet, or one that another version has made
    with ProgressBars() as progress:
        build_network(inputs, out, progress=progress, canary=ask_canaries)
