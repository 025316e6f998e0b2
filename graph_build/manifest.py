"""What a network says of itself: what it was made of, by what code, and what it holds."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import numpy as np

from feeds.archive import archive_sha256
from feeds.gtfs import feed_name
from feeds.issues import IssueLog
from feeds.tables import BikeLanes, GtfsFeed, OsmExtract
from graph_build.region import BuildInputs
from graph_build.streets.elevation import coverage
from graph_build.stress.figures import stress_figures
from graph_build.stress.label import stress_rules
from graph_build.stress.tables import tables_digest
from graph_build.timetable.compile import CompiledTimetable
from planner.network.shape import CAR, RIDDEN, STRAIGHT, TURN, Stops, Streets
from planner.network.store import FORMAT_VERSION, Network

Manifest = dict[str, Any]
# Sources whose change can change what is compiled.
_COMPILING: Final = ("feeds", "graph_build", "planner.network", "planner.kernels")


@cache
def code_version() -> str:
    """The release and a hash of the sources that read and compile, such as 0.1.0+3f2a9c41d0be."""
    digest = hashlib.sha256()
    for package in _COMPILING:
        found = find_spec(package)
        for folder in (found.submodule_search_locations or []) if found else []:
            for source in sorted(Path(folder).rglob("*")):
                if source.suffix in {".py", ".toml"}:
                    digest.update(source.name.encode() + b"\0" + source.read_bytes())
    digest.update(tables_digest())
    try:
        release = version("trajets")
    except PackageNotFoundError:  # the sources lie on the path without being installed
        release = "0"
    return f"{release}+{digest.hexdigest()[:12]}"


def describe_inputs(inputs: BuildInputs) -> list[dict[str, Any]]:
    """kind, name, sha256 and bytes of every file that is compiled, in the order given."""
    files = [("osm", path, path.name) for path in inputs.osm]
    files += [("gtfs", feed.path, feed.name or feed_name(feed.path)) for feed in inputs.gtfs]
    files += [("bike_lanes", path, path.name) for path in inputs.bike_lanes]
    files += [("elevation", path, path.name) for path in inputs.elevation]
    described = []
    for kind, path, name in files:
        size = sum(file.stat().st_size for file in (path, *path.rglob("*")) if file.is_file())
        described.append(
            {"kind": kind, "name": name, "sha256": archive_sha256(path), "bytes": size}
        )
    return described


def describe_configuration(inputs: BuildInputs) -> dict[str, Any]:
    """The choices, other than files, that shape the network."""
    days = inputs.date_range
    return {
        "name": inputs.name,
        "timezone": inputs.timezone,
        "view": list(inputs.view) if inputs.view else None,
        "examples": [dict(example) for example in inputs.examples],
        "map_attribution": inputs.map_attribution,
        "map_licence": inputs.map_licence,
        "transfer_time": inputs.transfer_time,
        "max_transfer_walk": inputs.max_transfer_walk,
        "max_transfer_ride": inputs.max_transfer_ride,
        "contraflow_in_zones_30": inputs.contraflow_in_zones_30,
        "date_range": [day.isoformat() for day in days] if days else None,
        "not_compiled": {kind: len(given) for kind, given in inputs.not_compiled.items()},
    }


def build_key(inputs: BuildInputs, described: Sequence[Mapping[str, Any]] | None = None) -> str:
    """Hash of inputs, configuration and code: equal keys make equal networks."""
    files = describe_inputs(inputs) if described is None else described
    facts = [
        [[one["kind"], one["name"], one["sha256"]] for one in files],
        describe_configuration(inputs),
        code_version(),
    ]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def creation_time() -> str:
    """Now, or $SOURCE_DATE_EPOCH for builds that must be equal to the byte; ISO 8601, UTC."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    now = datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.now(UTC)
    return now.isoformat(timespec="seconds")


def find_bounds(streets: Streets | None, stops: Stops) -> list[float] | None:
    """[south, west, north, east] of the streets, else of the stops; None without either."""
    lat, lon = (stops.lat, stops.lon) if streets is None else (streets.node_lat, streets.node_lon)
    known = ~np.isnan(lat)
    if not known.any():
        return None
    lat, lon = lat[known], lon[known]
    return [round(float(x), 6) for x in (lat.min(), lon.min(), lat.max(), lon.max())]


def count(network: Network) -> dict[str, int]:
    """How many of each thing there are in `network`."""
    stops, tt, footpaths = network.stops, network.timetable, network.footpaths
    counts = {
        "stops": stops.station.size,
        "stations": np.unique(stops.station).size,
        "routes": network.routes.route_type.size,
        "trips": tt.trip_service.size,
        "stop_times": tt.arrival.size,
        "services": tt.service_days.shape[0],
        "days": tt.service_days.shape[1],
        "stop_sequences": tt.sequence_route.size,
        "footpaths": footpaths.to_point.size,
        "straight_line_footpaths": int(np.count_nonzero(footpaths.kind == STRAIGHT)),
    }
    if network.footpaths_bike is not None:
        counts["ridden_changes"] = np.count_nonzero(network.footpaths_bike.kind == RIDDEN)
    if network.streets is not None:
        counts["street_nodes"] = network.streets.node_lat.size
        counts["street_edges"] = network.streets.head.size
        counts["street_km"] = round(float(network.streets.length_m.sum(dtype=np.float64)) / 2000)
        counts["restricted_turns"] = _count_restricted_turns(network.streets)
        timed = network.conditions
        counts["timed_street_edges"] = 0 if timed is None else np.unique(timed.edge).size
        if not np.isnan(network.streets.node_elevation_m).all():
            counts["street_percent_with_elevation"] = round(100 * coverage(network.streets))
    if network.stop_links is not None:
        linked = np.diff(network.stop_links.stop_offset) > 0
        counts["stops_linked_to_streets"] = int(np.count_nonzero(linked))
    return {name: int(number) for name, number in counts.items()}


def _count_restricted_turns(streets: Streets) -> int:
    """Turns that cars may not make although other turns there are open to them."""
    turn = ((streets.flags & TURN) != 0) & (streets.direction > 0)
    return int(np.count_nonzero(turn & ((streets.access & CAR) == 0)))


def describe_sources(
    described: Sequence[Mapping[str, Any]], read: Sequence[OsmExtract | GtfsFeed | BikeLanes]
) -> list[dict[str, Any]]:
    """`described` inputs with the licence and attribution of what was read from them, in order.

    Elevation comes last and says nothing of itself.
    """
    told = [{"licence": one.licence, "attribution": one.attribution} for one in read]
    told += [{"licence": "", "attribution": ""}] * (len(described) - len(told))
    return [{**one, **more} for one, more in zip(described, told, strict=True)]


def make_manifest(
    inputs: BuildInputs,
    sources: Sequence[Mapping[str, Any]],
    network: Network,
    timetable: CompiledTimetable,
    issues: IssueLog,
) -> Manifest:
    """All but `files`. Only `created` differs between two builds of one `build_key`."""
    attributions = [one["attribution"] for one in sources if one["attribution"]]
    return {
        "format": FORMAT_VERSION,
        "code_version": code_version(),
        "build_key": build_key(inputs, sources),
        "created": creation_time(),
        "name": inputs.name,
        "timezone": inputs.timezone or _main_zone(timetable),
        "zones": timetable.zones,
        "first_date": timetable.first_date.isoformat(),
        "last_date": timetable.last_date.isoformat(),
        "bounds": find_bounds(network.streets, network.stops),
        "view": list(inputs.view) if inputs.view else None,
        "examples": [dict(example) for example in inputs.examples],
        "transfer_time": inputs.transfer_time,
        "max_transfer_walk": inputs.max_transfer_walk,
        "max_transfer_ride": inputs.max_transfer_ride,
        "profiles": list(network.metrics),
        "stress_rules": stress_rules() if network.stress else {},
        "stress": _describe_stress(network),
        "counts": count(network) | network.manifest.get("bike_lane_counts", {}),
        "issues": issues.as_json(),
        "attributions": list(dict.fromkeys(attributions)),
        "configuration": describe_configuration(inputs),
        "inputs": list(sources),
        "feeds": timetable.feed_facts,
    }


def _describe_stress(network: Network) -> dict[str, Any]:
    """Kilometres by level of stress, and the shares of what they rest on that are assumed."""
    if network.streets is None or network.road_facts is None:
        return {}
    return stress_figures(network.streets, network.road_facts, network.stress)


def _main_zone(timetable: CompiledTimetable) -> str:
    """The zone of most trips: the network's own, unless its region names another."""
    if not timetable.zones:
        return "UTC"
    trips = np.bincount(timetable.timetable.trip_zone, minlength=len(timetable.zones))
    return timetable.zones[int(trips.argmax())]
