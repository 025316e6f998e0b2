"""`trajets demo`: the demo town, built once and served."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from graph_build.build import build_network
from graph_build.manifest import build_key
from graph_build.region import RegionError, read_region
from planner.canary import ask_canaries
from planner.network.store import NetworkError, read_manifest
from web.progress_bars import ProgressBars
from web.server import serve_network

ROOT: Final = Path(__file__).parents[2]
REGION: Final = ROOT / "data" / "demo_town" / "region.toml"
NETWORK: Final = ROOT / "networks" / "demo-town"


@click.command(name="demo")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
def command(port: int) -> None:
    """Build the demo town, a model of Issy-les-Moulineaux, unless it is there, and serve it."""
    if not REGION.exists():
        msg = "the demo town comes with the sources of Trajets, not with its installed package"
        raise RegionError(msg)
    build_demo(NETWORK)
    serve_network(NETWORK, host="127.0.0.1", port=port, workers=1)


def build_demo(out: Path) -> None:
    """Build the demo town as `out`, unless `out` is what its inputs and this code make."""
    inputs = read_region(REGION)
    try:
        if read_manifest(out)["build_key"] == build_key(inputs):
            return
    except (NetworkError, KeyError):
        pass  # there is none yet, or one that another version has made
    with ProgressBars() as progress:
        build_network(inputs, out, progress=progress, canary=ask_canaries)
