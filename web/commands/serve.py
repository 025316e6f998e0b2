"""`trajets serve`: the pages and the API of one network."""

from __future__ import annotations

from pathlib import Path

import click

from web.server import serve_network


@click.command(name="serve")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option(
    "--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes."
)
def command(folder: Path, host: str, port: int, workers: int) -> None:
    """Serve the network DIR over HTTP until Ctrl-C."""
    serve_network(folder, host=host, port=port, workers=workers)
