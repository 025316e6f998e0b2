"""Whether two made files hold the same; their bytes may differ with the compression library."""

from __future__ import annotations

import zipfile
from pathlib import Path

import osmium
import rasterio


def differences(fresh: Path, committed: Path) -> list[str]:
    """Names of files under `fresh` that `committed` lacks or has otherwise."""
    names = sorted(str(path.relative_to(fresh)) for path in fresh.rglob("*") if path.is_file())
    return [name for name in names if not same(fresh / name, committed / name)]


def same(fresh: Path, committed: Path) -> bool:
    """True if the files' bytes agree, or else what they hold once unpacked."""
    if not committed.exists():
        return False
    if fresh.read_bytes() == committed.read_bytes():
        return True
    match fresh.suffix:
        case ".zip":
            return _members(fresh) == _members(committed)
        case ".pbf":
            return _objects(fresh) == _objects(committed)
        case ".tif":
            return _cells(fresh) == _cells(committed)
    return False


def _members(path: Path) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(path) as archive:
        return [(info.filename, archive.read(info)) for info in archive.infolist()]


def _objects(path: Path) -> list[str]:
    return [f"{one!s}" for one in osmium.FileProcessor(str(path))]


def _cells(path: Path) -> tuple[bytes, str]:
    with rasterio.open(path) as raster:
        return raster.read(1).tobytes(), str(raster.transform)
