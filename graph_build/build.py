"""From raw files to a published Network: every phase in its order, and what is freed between."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from feeds.bike_lanes import read_bike_lanes
from feeds.elevation import read_elevation
from feeds.gtfs import read_gtfs
from feeds.issues import Issue, IssueLog
from feeds.osm import read_osm
from feeds.progress import Progress, Silent
from feeds.tables import BikeLanes, GtfsFeed, OsmExtract
from graph_build.bike_lanes.lay import LaidLanes, lay_bike_lanes, write_differences
from graph_build.checks import find_faults
from graph_build.footpaths import compile_footpaths
from graph_build.linking import link_stops, without_steps
from graph_build.manifest import Manifest, describe_inputs, describe_sources, make_manifest
from graph_build.pathways import Doors, Pathways, find_doors, read_pathways, report_doorless
from graph_build.places.write import write_places
from graph_build.publish import publish, staging
from graph_build.region import BuildInputs
from graph_build.stop_tables import compile_stop_tables
from graph_build.streets.compile import CompiledStreets, compile_streets
from graph_build.streets.grid import make_grid
from graph_build.stress.label import label_streets
from graph_build.tiles.write import write_tiles
from graph_build.timetable.compile import CompiledTimetable, compile_timetable
from graph_build.timetable.no_timetable import make_no_timetable
from graph_build.timetable.stop_use import find_bike_stops
from graph_build.timetable.transfer_points import compile_transfer_points
from graph_build.walks import Walks, Way, ride_through_streets
from planner.network.metrics import MAIN_STRESS_RULES, profile_metric
from planner.network.profiles import compiled_profiles, get_profile
from planner.network.public_ids import list_public_ids
from planner.network.shape import (
    Conditions,
    Footpaths,
    Metric,
    RoadFacts,
    StopLinks,
    Stops,
    StreetGrid,
    Streets,
    Stress,
    Timetable,
)
from planner.network.store import (
    Network,
    file_sha256,
    open_network,
    save_arrays,
    save_manifest,
    verify_files,
)
from planner.network.strings import Strings

MAX_EXTENT_KM2: Final = 975_000  # R5's limit for one network: larger is a mistake or needs a split
_MARGIN_DEGREES: Final = 0.01  # a stop about a kilometre from the last street may be right
_KM_PER_DEGREE: Final = 111.32


class BuildError(Exception):
    """A network that can't be made of its inputs; one sentence says why."""


class _StreetParts(NamedTuple):
    """Streets and all that is derived from them alone."""

    streets: Streets
    names: Strings
    road_facts: RoadFacts
    stress: dict[str, Stress]
    grid: StreetGrid
    metrics: dict[str, Metric]
    conditions: Conditions | None
    lanes: LaidLanes | None = None


def build_network(
    inputs: BuildInputs,
    out: Path,
    *,
    progress: Progress | None = None,
    canary: Callable[[Network], None] | None = None,
) -> Manifest:
    """Compile `inputs` and publish the network as the folder `out`; return its manifest.

    `canary` asks the finished network a few questions and raises where an answer is wrong.
    Raises FeedError, BuildError, NetworkError or what `canary` raises; `out` is then as it was.
    """
    progress = progress or Silent()
    with staging(out) as folder:
        network = _compile(inputs, folder, progress)
        progress.phase("Checking the network")
        if faults := find_faults(network):
            msg = f"the compiled network is unsound ({len(faults)} faults, the first: {faults[0]})"
            raise BuildError(msg)
        progress.phase("Saving the network")
        files = _side_files(folder) | save_arrays(folder, network)
        manifest = {**network.manifest, "files": files}
        save_manifest(folder, manifest)
        del network  # its memory is for the canaries, who read the folder
        verify_files(folder)
        if canary is not None:
            progress.phase("Asking it a few questions (the first time, searches are compiled)")
            canary(open_network(folder))
        progress.phase(f"Publishing {out}")
        publish(folder, out)
    return manifest


def _compile(inputs: BuildInputs, folder: Path, progress: Progress) -> Network:
    """Every array of the network, with its manifest; places and tiles go into `folder`."""
    issues = IssueLog()
    described = describe_inputs(inputs)
    timetable, feeds = _compile_timetable(inputs, issues, progress)
    lanes = _read_lanes(inputs, issues, progress)
    parts, extracts = _compile_streets(inputs, lanes, issues, progress)
    network = _link(timetable, feeds, parts, inputs, issues=issues, progress=progress)
    write_places(
        folder,
        streets=network.streets,
        street_names=network.street_names,
        extracts=extracts,
        stops=network.stops,
        timetable=network.timetable,
        routes=network.routes,
        public_ids=list_public_ids(network.stops, network.manifest["feeds"]),
        issues=issues,
        progress=progress,
    )
    write_tiles(
        folder,
        streets=network.streets,
        street_names=network.street_names,
        stress=network.stress.get(MAIN_STRESS_RULES),
        extracts=extracts,
        stops=network.stops,
        routes=network.routes,
        timetable=network.timetable,
        progress=progress,
    )
    for kind, given in inputs.not_compiled.items():
        detail = "this version compiles no " + kind.replace("_", " ")
        issues.add(Issue("input_not_compiled", kind, "ignored", detail), len(given))
    if parts is not None and parts.lanes is not None:
        write_differences(folder, parts.streets, parts.lanes)
    sources = describe_sources(described, [*extracts, *feeds, *lanes])
    return replace(network, manifest=make_manifest(inputs, sources, network, timetable, issues))


def _compile_timetable(
    inputs: BuildInputs, issues: IssueLog, progress: Progress
) -> tuple[CompiledTimetable, list[GtfsFeed]]:
    """The timetable, and the feeds without the heavy columns that are in it now."""
    if not inputs.gtfs:
        return make_no_timetable(), []
    feeds = [read_gtfs(path, name=name, progress=progress) for path, name in inputs.gtfs]
    for feed in feeds:
        issues.merge(feed.issues)
    timetable = compile_timetable(
        feeds, date_range=inputs.date_range, issues=issues, progress=progress
    )
    return timetable, [
        replace(feed, stop_times=_emptied(feed.stop_times), shapes=_emptied(feed.shapes))
        for feed in feeds
    ]


def _read_lanes(inputs: BuildInputs, issues: IssueLog, progress: Progress) -> list[BikeLanes]:
    lanes = [read_bike_lanes(path, progress=progress) for path in inputs.bike_lanes]
    for file in lanes:
        issues.merge(file.issues)
    return lanes


def _lay_lanes(
    compiled: CompiledStreets, lanes: Sequence[BikeLanes], issues: IssueLog, progress: Progress
) -> tuple[CompiledStreets, LaidLanes | None]:
    """The streets with the official bike lanes in them, where there are any."""
    if not lanes:
        return compiled, None
    streets, facts = compiled.streets, compiled.road_facts
    laid = lay_bike_lanes(streets, facts, lanes, issues=issues, progress=progress)
    return replace(compiled, streets=laid.streets, road_facts=laid.road_facts or facts), laid


def _compile_streets(
    inputs: BuildInputs, lanes: Sequence[BikeLanes], issues: IssueLog, progress: Progress
) -> tuple[_StreetParts | None, list[OsmExtract]]:
    """Streets and what follows from them, and the extracts without their ways and nodes."""
    if not inputs.osm:
        return None, []
    extracts = [_credit(read_osm(path, progress=progress), inputs) for path in inputs.osm]
    for extract in extracts:
        issues.merge(extract.issues)
    elevation = read_elevation(inputs.elevation) if inputs.elevation else None
    compiled = compile_streets(
        extracts,
        elevation=elevation,
        issues=issues,
        progress=progress,
        contraflow_in_zones_30=inputs.contraflow_in_zones_30,
    )
    extracts = [
        replace(extract, ways=_emptied(extract.ways), nodes=_emptied(extract.nodes))
        for extract in extracts
    ]
    _check_extent(compiled.streets)
    compiled, laid = _lay_lanes(compiled, lanes, issues, progress)
    streets, facts = compiled.streets, compiled.road_facts
    stress = label_streets(streets, facts)
    progress.phase("Weighing streets", total=len(compiled_profiles()))
    metrics = {}
    for name, profile in compiled_profiles().items():
        metrics[name] = profile_metric(streets, profile, facts, stress[MAIN_STRESS_RULES])
        progress.advance()
    grid = make_grid(streets)
    parts = _StreetParts(
        streets, compiled.names, facts, stress, grid, metrics, compiled.conditions, laid
    )
    return parts, extracts


def _credit(extract: OsmExtract, inputs: BuildInputs) -> OsmExtract:
    """The extract under the attribution and licence that its region gives it, if any."""
    return replace(
        extract,
        attribution=inputs.map_attribution or extract.attribution,
        licence=inputs.map_licence or extract.licence,
    )


def _emptied(columns: NamedTuple) -> Any:  # noqa: ANN401 - of the class of `columns`
    """`columns` without their content, so that its memory is free for the next phase."""
    return columns._make(v[:0].copy() if isinstance(v, np.ndarray) else type(v)() for v in columns)


def _check_extent(streets: Streets) -> None:
    south, north = float(streets.node_lat.min()), float(streets.node_lat.max())
    west, east = float(streets.node_lon.min()), float(streets.node_lon.max())
    width = (east - west) * math.cos(math.radians((south + north) / 2))
    area = (north - south) * width * _KM_PER_DEGREE**2
    if area > MAX_EXTENT_KM2:
        msg = (
            f"the streets span {area:,.0f} km², more than the {MAX_EXTENT_KM2:,} that one network"
            " may: is a place far away among them?"
        )
        raise BuildError(msg)


def _link(
    timetable: CompiledTimetable,
    feeds: Sequence[GtfsFeed],
    parts: _StreetParts | None,
    inputs: BuildInputs,
    *,
    issues: IssueLog,
    progress: Progress,
) -> Network:
    """Timetable and streets as one network, joined by links and footpaths."""
    links: dict[str, StopLinks | None] = {"walk": None, "wheelchair": None}
    if parts is not None:
        _check_overlap(timetable.stops, parts.streets, issues)
        progress.phase("Linking stops to streets")
        links = _link_stops(timetable.stops, feeds, parts, issues)

    trips, points = compile_transfer_points(timetable, feeds, issues)

    def footpaths(profile: str, log: IssueLog, rides: Walks | None = None) -> Footpaths:
        return compile_footpaths(
            timetable.stops,
            feeds,
            parts.streets if parts else None,
            parts.metrics[profile] if parts else None,
            links[profile] or links["walk"],
            points=points,
            profile=profile,
            transfer_time=inputs.transfer_time,
            max_walk_s=inputs.max_transfer_walk,
            rides=rides,
            issues=log,
            progress=progress,
        )

    rides = _find_rides(timetable.stops, trips, parts, links["walk"], inputs, progress=progress)
    network = Network(
        manifest={
            "feeds": timetable.feed_facts,
            "zones": timetable.zones,
            "bike_lane_counts": parts.lanes.counts if parts and parts.lanes else {},
        },
        stops=timetable.stops,
        routes=timetable.routes,
        timetable=trips,
        footpaths=footpaths("walk", issues),
        # Its faults are the walker's; they are told once.
        footpaths_step_free=footpaths("wheelchair", IssueLog()),
        footpaths_bike=None if rides is None else footpaths("walk", IssueLog(), rides),
        stop_links=links["walk"],
        stop_links_step_free=links["wheelchair"],
    )
    if parts is None:
        return network
    network = replace(
        network,
        streets=parts.streets,
        grid=parts.grid,
        street_names=parts.names,
        road_facts=parts.road_facts,
        stress=parts.stress,
        metrics=parts.metrics,
        conditions=parts.conditions,
        bike_lane_sources=parts.lanes.sources if parts.lanes else None,
    )
    return compile_stop_tables(network, progress)


def _find_rides(
    stops: Stops,
    timetable: Timetable,
    parts: _StreetParts | None,
    links: StopLinks | None,
    inputs: BuildInputs,
    *,
    progress: Progress,
) -> Walks | None:
    """Changes on a bicycle that vehicles take on board; None where none is known to take any."""
    on_board = find_bike_stops(stops, timetable)
    if parts is None or links is None or not on_board.any():
        return None
    cyclist = get_profile("bike")
    way = Way(parts.streets, parts.metrics[cyclist.name], links, cyclist, inputs.max_transfer_ride)
    return ride_through_streets(stops, way, on_board, progress)


def _link_stops(
    stops: Stops, feeds: Sequence[GtfsFeed], parts: _StreetParts, issues: IssueLog
) -> dict[str, StopLinks | None]:
    """Where stops meet the streets, for walkers, and for wheelchairs where that is another."""

    def doors(profile: str) -> tuple[Pathways, Doors]:
        # Their faults are told with the footpaths.
        pathways = read_pathways(stops, feeds, get_profile(profile), IssueLog())
        return pathways, find_doors(stops, pathways)

    pathways, walkers_doors = doors("walk")
    report_doorless(stops, pathways, walkers_doors, issues)
    links = link_stops(parts.streets, parts.grid, stops, issues, doors=walkers_doors)
    return {"walk": links, "wheelchair": without_steps(links, doors("wheelchair")[1])}


def _check_overlap(stops: Stops, streets: Streets, issues: IssueLog) -> None:
    """Count stops far from every street; none near one means that feed and map don't match."""
    known = ~np.isnan(stops.lat)
    if not known.any():
        return
    south, north = (
        streets.node_lat.min() - _MARGIN_DEGREES,
        streets.node_lat.max() + _MARGIN_DEGREES,
    )
    west, east = streets.node_lon.min() - _MARGIN_DEGREES, streets.node_lon.max() + _MARGIN_DEGREES
    inside = (stops.lat >= south) & (stops.lat <= north) & (stops.lon >= west) & (stops.lon <= east)
    if not inside.any():
        msg = (
            f"none of the {np.count_nonzero(known):,} stops lies within the streets' area"
            f" ({south:.3f} to {north:.3f} north, {west:.3f} to {east:.3f} east):"
            " do the feed and the map belong together?"
        )
        raise BuildError(msg)
    for stop in np.flatnonzero(known & ~inside).tolist():
        where = f"stop {stops.stop_id.get(stop)}"
        detail = f"{stops.lat[stop]:.5f}, {stops.lon[stop]:.5f}"
        issues.add(Issue("stop_outside_streets", where, "kept", detail))


def _side_files(folder: Path) -> dict[str, dict[str, object]]:
    """Facts of the files in `folder` that are no arrays: places and tiles."""
    return {
        path.name: {"bytes": path.stat().st_size, "sha256": file_sha256(path)}
        for path in sorted(folder.iterdir())
        if path.is_file()
    }
