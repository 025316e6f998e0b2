"""Streets of a city by name, through OSMnx and Overpass."""
from __future__ import annotations
from pathlib import Path
from collections.abc import Sequence
from feeds.tables import OsmExtract


def read_overpass(paths: Sequence[Path]) -> OsmExtract:
    """Read recorded Overpass answers."""
    raise NotImplementedError


def read_graphml(path: Path) -> OsmExtract:
    """Read OSMnx's GraphML."""
    raise NotImplementedError
