"""The Network as a folder: one .npy file per array, memory-mapped, and a manifest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, get_type_hints

import numpy as np
from numpy.typing import NDArray

from planner.network import shape
from planner.network.strings import Strings

FORMAT_VERSION: Final = 4
MANIFEST: Final = "manifest.json"


class NetworkError(Exception):
    """A network folder that can't be used; the message says which and what to do."""


@dataclass(
    frozen=True, slots=True, eq=False, weakref_slot=True
)  # one network equals itself alone, and can be a key
class Network:
    """One compiled city: what every search reads. `streets` is None for a timetable alone.

    manifest: format, code and input hashes, `name`, `timezone`, `zones`, `first_date`,
    `feeds`, `bounds` (south, west, north, east), `transfer_time`, attributions, counts, issues.
    metrics: profile name -> Metric, for each profile compiled.
    road_facts, stress: what cyclists meet on every edge, and how it stresses them, by rule set.
    conditions: access that depends on the time; None where nothing does.
    bike_lane_sources: what official bike-lane data says; None where none was laid over the streets.
    footpaths_step_free, stop_links_step_free: changes, and ways to the platforms, without steps;
    None where they weren't compiled, or are no others.
    footpaths_bike: changes of who has a bicycle on board, ridden where that is quicker than
    walking; None where no vehicle is known to take any.
    hierarchy: the streets' contraction hierarchy; slopes, stop_buckets: profile name -> what is
    compiled of it for a profile, so that stops near a point are looked up instead of searched.
    None and empty where they weren't compiled: answers are the same, later.
    folder: where places and tiles lie, None for a network made in memory.
    """

    manifest: Mapping[str, Any]
    stops: shape.Stops
    routes: shape.Routes
    timetable: shape.Timetable
    footpaths: shape.Footpaths
    streets: shape.Streets | None = None
    grid: shape.StreetGrid | None = None
    street_names: Strings = field(default_factory=lambda: Strings.of(()))
    road_facts: shape.RoadFacts | None = None
    stress: Mapping[str, shape.Stress] = field(default_factory=dict)
    conditions: shape.Conditions | None = None
    bike_lane_sources: shape.BikeLaneSources | None = None
    metrics: Mapping[str, shape.Metric] = field(default_factory=dict)
    stop_links: shape.StopLinks | None = None
    footpaths_step_free: shape.Footpaths | None = None
    footpaths_bike: shape.Footpaths | None = None
    stop_links_step_free: shape.StopLinks | None = None
    hierarchy: shape.Hierarchy | None = None
    slopes: Mapping[str, shape.Slopes] = field(default_factory=dict)
    stop_buckets: Mapping[str, shape.StopBuckets] = field(default_factory=dict)
    folder: Path | None = None


# Sections of the folder: file prefix -> NamedTuple class.
_SECTIONS: Final[Mapping[str, type]] = {
    "stops": shape.Stops,
    "routes": shape.Routes,
    "timetable": shape.Timetable,
    "footpaths": shape.Footpaths,
    "streets": shape.Streets,
    "grid": shape.StreetGrid,
    "road_facts": shape.RoadFacts,
    "conditions": shape.Conditions,
    "bike_lane_sources": shape.BikeLaneSources,
    "stop_links": shape.StopLinks,
    "footpaths_step_free": shape.Footpaths,
    "footpaths_bike": shape.Footpaths,
    "stop_links_step_free": shape.StopLinks,
    "hierarchy": shape.Hierarchy,
}

# Sections by name, which ends the file prefix -> Network's field, class, the manifest's names.
_BY_NAME: Final[Mapping[str, tuple[str, type, str]]] = {
    "metric": ("metrics", shape.Metric, "profiles"),
    "slopes": ("slopes", shape.Slopes, "profiles"),
    "stop_buckets": ("stop_buckets", shape.StopBuckets, "profiles"),
    "stress": ("stress", shape.Stress, "stress_rules"),
}


def frozen(array: NDArray[Any], dtype: np.dtype[Any] | type) -> NDArray[Any]:
    """`array` as a C-contiguous read-only array of `dtype`, copied only where it must be."""
    result = np.ascontiguousarray(array, dtype)
    if result.flags.writeable:
        result = result.view()
        result.flags.writeable = False
    return result


def save_arrays(folder: Path, network: Network) -> dict[str, dict[str, object]]:
    """Write every array of `network` into `folder`; return file name -> dtype, shape, sha256."""
    files: dict[str, dict[str, object]] = {}
    for name, part in _parts(network):
        for field_name, value in _flat(part):
            file = folder / f"{name}.{field_name}.npy"
            np.save(file, value, allow_pickle=False)
            files[file.name] = {
                "dtype": str(value.dtype),
                "shape": list(value.shape),
                "sha256": file_sha256(file),
            }
    return files


def save_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write the manifest; it is written last, so a folder without one is unfinished."""
    text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def open_network(folder: Path) -> Network:
    """Open a network folder read-only; arrays are mapped, not read.

    Raises NetworkError where it is missing, unfinished, of another format or damaged.
    """
    manifest = read_manifest(folder)
    files = manifest["files"]
    sections: dict[str, Any] = {
        name: _load(folder, name, cls, files) if _present(name, files) else None
        for name, cls in _SECTIONS.items()
    }
    has_names = _present("street_names", files)
    names = _load(folder, "street_names", Strings, files) if has_names else Strings.of(())
    for prefix, (field_name, cls, key) in _BY_NAME.items():
        sections[field_name] = {
            name: _load(folder, f"{prefix}-{name}", cls, files)
            for name in manifest.get(key, ())
            if _present(f"{prefix}-{name}", files)
        }
    return Network(
        manifest=manifest,
        street_names=names,
        folder=folder.resolve(),
        **sections,
    )


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a network folder; raises NetworkError where there is none that fits."""
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        msg = f"{folder} is not a network: it has no {MANIFEST}. Make one with `trajets build`."
        raise NetworkError(msg) from None
    except (ValueError, OSError) as error:
        msg = f"{path} can't be read ({error}). Build the network again."
        raise NetworkError(msg) from None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT_VERSION:
        found = manifest.get("format") if isinstance(manifest, dict) else None
        msg = (
            f"{folder} has network format {found}, this version reads {FORMAT_VERSION}. "
            "Build it again."
        )
        raise NetworkError(msg)
    return manifest


def verify_files(folder: Path) -> None:
    """Compare every file's content with its hash in the manifest; raises NetworkError."""
    for name, facts in read_manifest(folder)["files"].items():
        if file_sha256(folder / name) != facts["sha256"]:
            msg = f"{folder / name} differs from the one that was built. Build the network again."
            raise NetworkError(msg)


def file_sha256(path: Path) -> str:
    """Hash of a file's content, as hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _parts(network: Network) -> list[tuple[str, Any]]:
    parts = [(name, getattr(network, name)) for name in _SECTIONS]
    parts.append(("street_names", network.street_names))
    for prefix, (field_name, _, _) in _BY_NAME.items():
        by_name = getattr(network, field_name).items()
        parts += [(f"{prefix}-{name}", part) for name, part in by_name]
    return [(name, part) for name, part in parts if part is not None]


def _flat(part: Any) -> list[tuple[str, NDArray[Any]]]:  # noqa: ANN401 - any section
    """Fields of a section, a Strings field as two arrays."""
    if isinstance(part, Strings):
        return [("blob", part.blob), ("offset", part.offset)]
    flat: list[tuple[str, NDArray[Any]]] = []
    for name, value in part._asdict().items():
        if isinstance(value, Strings):
            flat += [(f"{name}.{inner}", array) for inner, array in _flat(value)]
        else:
            flat.append((name, value))
    return flat


def _present(name: str, files: Mapping[str, Any]) -> bool:
    return any(file.startswith(f"{name}.") for file in files)


def _load(folder: Path, name: str, cls: type, files: Mapping[str, Any]) -> Any:  # noqa: ANN401 - one loader for every section
    def array(file: str) -> NDArray[Any]:
        expected = files.get(file)
        try:
            empty = expected is not None and 0 in expected["shape"]  # nothing there to map
            found = np.load(folder / file, mmap_mode=None if empty else "r", allow_pickle=False)
        except (OSError, ValueError) as error:
            msg = f"{folder / file} can't be read ({error}). Build the network again."
            raise NetworkError(msg) from None
        facts = {"dtype": str(found.dtype), "shape": list(found.shape)}
        if expected is None or any(expected[key] != value for key, value in facts.items()):
            msg = f"{folder / file} doesn't fit the manifest. Build the network again."
            raise NetworkError(msg)
        return frozen(np.asarray(found), found.dtype)

    values: dict[str, Any] = {}
    for field_name, hint in get_type_hints(cls).items():
        if hint is Strings:
            values[field_name] = Strings(
                array(f"{name}.{field_name}.blob.npy"), array(f"{name}.{field_name}.offset.npy")
            )
        else:
            values[field_name] = array(f"{name}.{field_name}.npy")
    return cls(**values)
