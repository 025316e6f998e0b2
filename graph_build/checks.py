"""What must hold of a compiled network before anybody uses it: a last look, over every array."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, get_args, get_type_hints

import numpy as np

from planner.network.shape import (
    INFRASTRUCTURES,
    NONE,
    ROAD_CLASSES,
    SURFACES,
    UNREACHED,
    BikeLaneSources,
    Conditions,
    Footpaths,
    Hierarchy,
    Metric,
    RoadFacts,
    Slopes,
    StopBuckets,
    StopLinks,
    StreetGrid,
    Streets,
    Stress,
    Timetable,
)
from planner.network.store import Network
from planner.network.strings import Strings

Fault = str  # "timetable.arrival: ..."
_SECTIONS = (
    "stops", "routes", "timetable", "footpaths", "footpaths_step_free", "footpaths_bike", "streets",
    "grid", "road_facts", "conditions", "stop_links", "stop_links_step_free", "hierarchy",
    "bike_lane_sources",
)  # fmt: skip
_CALL_COLUMNS = "sequence_pickup_type sequence_drop_off_type sequence_point"
_TRIP_COLUMNS = (
    "trip_service trip_zone trip_headsign trip_headway trip_direction trip_step_free trip_bikes"
    " trip_block trip_shape trip_id trip_short_name"
)
_EDGE_COLUMNS = (
    "tail reverse in_edge in_tail length_m access road_class infrastructure surface speed_kmh"
    " flags climb_m way_id direction name shape_offset shape_count"
)


def find_faults(network: Network) -> list[Fault]:
    """Every way in which `network` isn't what planner/network/shape.py promises; [] if sound."""
    parts = [(name, part) for name in _SECTIONS if (part := getattr(network, name)) is not None]
    for prefix in ("metrics", "stress", "slopes", "stop_buckets"):
        of_profiles = getattr(network, prefix).items()
        parts += [(f"{prefix}-{name}", part) for name, part in of_profiles]
    faults = [fault for name, part in parts for fault in _array_faults(name, part)]
    if faults:
        return faults  # values can't be judged in arrays of the wrong kind
    checks = [_stops(network), _timetable(network.timetable, network)]
    n_points = network.timetable.point_stop.size
    tables = (network.footpaths, network.footpaths_step_free, network.footpaths_bike)
    checks += [_footpaths(table, n_points) for table in tables if table is not None]
    if network.streets is not None:
        checks.append(_streets(network.streets, network.street_names.count))
        checks += [_metric(name, m, network.streets) for name, m in network.metrics.items()]
        if network.conditions is not None:
            checks.append(_conditions(network.conditions, network.streets))
        if network.bike_lane_sources is not None:
            checks.append(_bike_lanes(network.bike_lane_sources, network.streets))
        checks.append(_stress(network, network.streets))
        if network.grid is not None:
            checks.append(_grid(network.grid, network.streets))
        if network.stop_links is not None:
            checks.append(_links(network.stop_links, network.streets, network.stops.station.size))
        if network.stop_links_step_free is not None:
            links = network.stop_links_step_free
            checks.append(_links(links, network.streets, network.stops.station.size))
        if network.hierarchy is not None:
            checks.append(_hierarchy(network.hierarchy, network.streets))
            checks += [_slopes(s, network.hierarchy) for s in network.slopes.values()]
            buckets, n_stops = network.stop_buckets.values(), network.stops.station.size
            checks += [_buckets(one, network.streets, n_stops) for one in buckets]
    return [fault for check in checks for fault in check]


def _array_faults(name: str, part: NamedTuple) -> Iterator[Fault]:
    for field, hint in get_type_hints(type(part)).items():
        value = getattr(part, field)
        if isinstance(value, Strings):
            if not _is_offset(value.offset, value.blob.size):
                yield f"{name}.{field}: its offsets don't cover its text"
            continue
        expected = np.dtype(get_args(get_args(hint)[1])[0])
        if value.dtype != expected:
            yield f"{name}.{field}: is {value.dtype}, not {expected}"
        if value.flags.writeable or not value.flags.c_contiguous:
            yield f"{name}.{field}: must be contiguous and read-only"


def _stops(network: Network) -> Iterator[Fault]:
    stops = network.stops
    n = stops.station.size
    if faults := _lengths("stops", stops, " ".join(stops._fields), n):
        yield from faults
        return
    yield from _range("stops.station", stops.station, 0, n)
    yield from _range("stops.feed", stops.feed, 0, max(1, len(network.manifest.get("feeds", []))))
    known = ~np.isnan(stops.lat)
    if np.any(known != ~np.isnan(stops.lon)):
        yield "stops: a latitude without a longitude"
    yield from _range("stops.lat", stops.lat[known], -90, 90.001)
    yield from _range("stops.lon", stops.lon[known], -180, 180.001)


def _timetable(tt: Timetable, network: Network) -> Iterator[Fault]:
    n_sequences, n_trips = tt.sequence_route.size, tt.trip_service.size
    n_routes = network.routes.route_type.size
    yield from _offsets("timetable.sequence_stop", tt.sequence_stop_offset, tt.sequence_stop.size)
    yield from _offsets("timetable.sequence_trip", tt.sequence_trip_offset, n_trips)
    yield from _offsets("timetable.trip_event", tt.trip_event_offset, tt.arrival.size)
    yield from _offsets("timetable.shape", tt.shape_offset, tt.shape_lat.size)
    if tt.sequence_stop_offset.size != n_sequences + 1 or tt.trip_event_offset.size != n_trips + 1:
        yield "timetable: offsets must be one more than what they belong to"
        return
    if faults := (
        _lengths("timetable", tt, _TRIP_COLUMNS, n_trips)
        + _lengths("timetable", tt, _CALL_COLUMNS, tt.sequence_stop.size)
        + _lengths("timetable", tt, "departure", tt.arrival.size)
        + _lengths("timetable", tt, "shape_lon", tt.shape_lat.size)
    ):
        yield from faults
        return
    yield from _range("timetable.sequence_stop", tt.sequence_stop, 0, network.stops.station.size)
    yield from _points(tt, network.stops.station.size)
    for name in ("stay_from", "stay_to", "leave_from", "leave_to"):
        yield from _range(f"timetable.{name}", getattr(tt, name), 0, n_trips)
    yield from _range("timetable.sequence_route", tt.sequence_route, 0, n_routes)
    yield from _range("timetable.trip_service", tt.trip_service, 0, tt.service_days.shape[0])
    yield from _range("timetable.trip_zone", tt.trip_zone, 0, len(network.manifest["zones"]))
    yield from _range("timetable.trip_headsign", tt.trip_headsign, int(NONE), tt.headsign.count)
    yield from _signs(tt)
    yield from _range("timetable.trip_shape", tt.trip_shape, int(NONE), tt.shape_offset.size - 1)
    yield from _times(tt)


def _signs(tt: Timetable) -> Iterator[Fault]:
    """What vehicles show at single calls: a sign for each call of a trip."""
    yield from _lengths("timetable", tt, "signed_row", tt.signed_trip.size)
    yield from _offsets("timetable.sign", tt.sign_offset, tt.sign.size)
    yield from _range("timetable.sign", tt.sign, int(NONE), tt.headsign.count)
    yield from _range("timetable.signed_trip", tt.signed_trip, 0, tt.trip_service.size)
    yield from _range("timetable.signed_row", tt.signed_row, 0, tt.sign_offset.size - 1)
    if np.any(np.diff(tt.signed_trip) <= 0):
        yield "timetable.signed_trip: must rise"
    calls = np.diff(tt.trip_event_offset)[np.minimum(tt.signed_trip, tt.trip_service.size - 1)]
    rows = np.minimum(tt.signed_row, max(tt.sign_offset.size - 2, 0))
    if tt.signed_trip.size and np.any(calls != np.diff(tt.sign_offset)[rows]):
        yield "timetable.sign: a trip has more or fewer signs than calls"


def _points(tt: Timetable, n_stops: int) -> Iterator[Fault]:
    """Every stop is a transfer point of its own number, and a call's point lies at its stop."""
    points = tt.point_stop
    yield from _range("timetable.sequence_point", tt.sequence_point, 0, points.size)
    yield from _range("timetable.point_stop", points, 0, n_stops)
    if points.size < n_stops or np.any(points[:n_stops] != np.arange(n_stops)):
        yield "timetable.point_stop: the first points must be the stops"
    elif np.any(points[np.minimum(tt.sequence_point, points.size - 1)] != tt.sequence_stop):
        yield "timetable.sequence_point: a call's point lies at another stop"


def _times(tt: Timetable) -> Iterator[Fault]:
    """Events per trip, and time that runs forward: what every scan of a trip relies on."""
    length = np.diff(tt.sequence_stop_offset)
    trips = np.diff(tt.sequence_trip_offset)
    if np.any(np.diff(tt.trip_event_offset) != np.repeat(length, trips)):
        yield "timetable: a trip has more or fewer calls than its stop sequence"
        return
    if np.any(tt.departure < tt.arrival):
        yield "timetable: a vehicle leaves before it arrives"
    ride = tt.arrival[1:] < tt.departure[:-1]
    ride[tt.trip_event_offset[1:-1] - 1] = False  # from one trip to the next
    if np.any(ride):
        yield "timetable: a vehicle arrives before it left the stop before"
    if tt.departure.size and int(tt.departure.max()) >= UNREACHED:
        yield "timetable: a time is beyond every search"


def _footpaths(footpaths: Footpaths, n_points: int) -> Iterator[Fault]:
    n = footpaths.to_point.size
    yield from _offsets("footpaths.point", footpaths.point_offset, n)
    if faults := (
        _lengths("footpaths", footpaths, "duration length_m kind", n)
        + _lengths("footpaths", footpaths, "point_offset", n_points + 1)
    ):
        yield from faults
        return
    yield from _range("footpaths.to_point", footpaths.to_point, 0, n_points)
    yield from _range("footpaths.duration", footpaths.duration, 0, int(UNREACHED))
    falls = np.diff(footpaths.duration) < 0
    falls[_inner(footpaths.point_offset, n) - 1] = False
    if np.any(falls):
        yield "footpaths: a row isn't sorted by duration"


def _streets(streets: Streets, n_names: int) -> Iterator[Fault]:
    n_nodes, n_edges = streets.node_lat.size, streets.head.size
    yield from _offsets("streets.first_out", streets.first_out, n_edges)
    yield from _offsets("streets.first_in", streets.first_in, n_edges)
    if faults := (
        _lengths("streets", streets, _EDGE_COLUMNS, n_edges)
        + _lengths("streets", streets, "first_out first_in", n_nodes + 1)
        + _lengths("streets", streets, "node_lon node_osm_id node_elevation_m", n_nodes)
        + _lengths("streets", streets, "shape_lon", streets.shape_lat.size)
    ):
        yield from faults
        return
    for name, most in (
        ("tail", n_nodes), ("head", n_nodes), ("reverse", n_edges), ("in_edge", n_edges),
        ("road_class", len(ROAD_CLASSES)), ("infrastructure", len(INFRASTRUCTURES)),
        ("surface", len(SURFACES)),
    ):  # fmt: skip
        yield from _range(f"streets.{name}", getattr(streets, name), 0, most)
    yield from _range("streets.name", streets.name, int(NONE), n_names)
    last = streets.shape_offset.astype(np.int64) + streets.shape_count
    yield from _range("streets.shape_offset", last, 2, streets.shape_lat.size + 1)
    start, end = (
        streets.node_osm_id.take(node, mode="clip")
        for node in (streets.tail, streets.head[streets.reverse])
    )
    if np.any(np.repeat(np.arange(n_nodes), np.diff(streets.first_out)) != streets.tail):
        yield "streets: edges aren't sorted by tail"
    elif np.any(end != start):
        yield "streets: a reverse edge doesn't come back"
    elif np.any(streets.tail[streets.in_edge] != streets.in_tail):
        yield "streets: in_tail isn't the tail of in_edge"
    if not np.all(streets.length_m >= 0):
        yield "streets.length_m: a length is negative or unknown"


def _conditions(timed: Conditions, streets: Streets) -> Iterator[Fault]:
    yield from _lengths("conditions", timed, "access", timed.edge.size)
    yield from _range("conditions.edge", timed.edge, 0, streets.head.size)
    yield from _offsets("conditions.span", timed.span_offset, timed.begin.size)
    yield from _lengths("conditions", timed, "end", timed.begin.size)
    yield from _range("conditions.begin", timed.begin, 0, 7 * 24 * 60)
    yield from _range("conditions.end", timed.end, 1, 7 * 24 * 60 + 1)
    if np.any(np.diff(timed.edge) < 0) or np.any(timed.end <= timed.begin):
        yield "conditions: edges must rise, and a span must end after it begins"


def _bike_lanes(lanes: BikeLaneSources, streets: Streets) -> Iterator[Fault]:
    yield from _lengths("bike_lane_sources", lanes, "edge lane taken", lanes.edge.size)
    yield from _range("bike_lane_sources.edge", lanes.edge, 0, streets.head.size)
    yield from _range("bike_lane_sources.lane", lanes.lane, 0, lanes.lane_id.count)


def _metric(name: str, metric: Metric, streets: Streets) -> Iterator[Fault]:
    yield from _lengths(f"metric-{name}", metric, "duration_ds cost", streets.head.size)
    for field in ("duration_ds", "cost"):
        yield from _range(f"metric-{name}.{field}", getattr(metric, field), 0, int(UNREACHED) + 1)


def _stress(network: Network, streets: Streets) -> Iterator[Fault]:
    """Facts and levels of every edge; a rule's number has its name in the manifest."""
    n_edges = streets.head.size
    if network.road_facts is not None:
        yield from _lengths("road_facts", network.road_facts, " ".join(RoadFacts._fields), n_edges)
        yield from _range("road_facts.volume", network.road_facts.volume, 0, 2**31 - 1)
        yield from _range("road_facts.stated_level", network.road_facts.stated_level, 0, 5)
    for name, stress in network.stress.items():
        yield from _lengths(f"stress-{name}", stress, " ".join(Stress._fields), n_edges)
        rules = len(network.manifest.get("stress_rules", {}).get(name, ()))
        for field, most in (
            ("level", 5),
            ("crossing", 5),
            ("rule", rules),
            ("crossing_rule", rules),
        ):
            yield from _range(f"stress-{name}.{field}", getattr(stress, field), 0, most)


def _grid(grid: StreetGrid, streets: Streets) -> Iterator[Fault]:
    yield from _offsets("grid.cell", grid.cell_offset, grid.edge.size)
    yield from _range("grid.edge", grid.edge, 0, streets.head.size)
    if grid.cell_offset.size != int(grid.size[0]) * int(grid.size[1]) + 1:
        yield "grid: cells and rows times columns differ"


def _links(links: StopLinks, streets: Streets, n_stops: int) -> Iterator[Fault]:
    fields = "fraction distance_m entrance enter_s leave_s"
    yield from _offsets("stop_links.stop", links.stop_offset, links.edge.size)
    yield from _lengths("stop_links", links, "stop_offset", n_stops + 1)
    yield from _lengths("stop_links", links, fields, links.edge.size)
    yield from _range("stop_links.edge", links.edge, 0, streets.head.size)
    yield from _range("stop_links.fraction", links.fraction, 0, 1.000001)
    yield from _range("stop_links.entrance", links.entrance, int(NONE), n_stops)
    for name in ("enter_s", "leave_s"):
        yield from _range(f"stop_links.{name}", getattr(links, name), 0, int(UNREACHED) + 1)


def _hierarchy(hierarchy: Hierarchy, streets: Streets) -> Iterator[Fault]:
    n_nodes, n_arcs = streets.node_lat.size, hierarchy.up_to.size
    if faults := (
        _lengths("hierarchy", hierarchy, "rank node parent depth", n_nodes)
        + _lengths("hierarchy", hierarchy, "up_offset down_offset", n_nodes + 1)
        + _lengths("hierarchy", hierarchy, "down_to", n_arcs)
        + _lengths("hierarchy", hierarchy, "edge_arc", streets.tail.size)
    ):
        yield from faults
        return
    yield from _offsets("hierarchy.up", hierarchy.up_offset, n_arcs)
    yield from _range("hierarchy.up_to", hierarchy.up_to, 0, n_nodes)
    yield from _offsets("hierarchy.down", hierarchy.down_offset, n_arcs)
    yield from _range("hierarchy.down_to", hierarchy.down_to, 0, n_nodes)
    yield from _range("hierarchy.edge_arc", hierarchy.edge_arc, int(NONE), n_arcs)
    yield from _range("hierarchy.parent", hierarchy.parent, int(NONE), n_nodes)
    if not np.array_equal(np.sort(hierarchy.rank), np.arange(n_nodes)):
        yield "hierarchy.rank: must count every node once"
    elif not np.array_equal(hierarchy.rank[hierarchy.node % n_nodes], np.arange(n_nodes)):
        yield "hierarchy.node: must be the node of each rank"
    child = np.flatnonzero(hierarchy.parent != NONE)
    parent = hierarchy.parent[child]
    if np.any(parent <= child) or np.any(hierarchy.depth[child] != hierarchy.depth[parent] + 1):
        yield "hierarchy.parent: must be higher, and one step nearer to the root"


def _slopes(slopes: Slopes, hierarchy: Hierarchy) -> Iterator[Fault]:
    for way in ("out", "in"):
        offset, depth = getattr(slopes, f"{way}_offset"), getattr(slopes, f"{way}_depth")
        yield from _offsets(f"slopes.{way}", offset, depth.size)
        yield from _lengths("slopes", slopes, f"{way}_weight", depth.size)
        count = np.diff(offset)
        if offset.size != hierarchy.depth.size + 1 or count.sum() != depth.size:
            yield f"slopes.{way}_offset: must be one more than the nodes, and cover all ways"
        elif np.any(depth >= np.repeat(hierarchy.depth, count)) or np.any(depth < 0):
            yield f"slopes.{way}_depth: must be an ancestor's"


def _buckets(buckets: StopBuckets, streets: Streets, n_stops: int) -> Iterator[Fault]:
    for way in ("to", "from"):
        offset, stop = getattr(buckets, f"{way}_offset"), getattr(buckets, f"{way}_stop")
        yield from _offsets(f"stop_buckets.{way}", offset, stop.size)
        yield from _lengths("stop_buckets", buckets, f"{way}_offset", streets.node_lat.size + 1)
        yield from _lengths("stop_buckets", buckets, f"{way}_weight", stop.size)
        yield from _range(f"stop_buckets.{way}_stop", stop, 0, n_stops)
    yield from _lengths("stop_buckets", buckets, "street_stop", buckets.street.size)
    yield from _lengths("stop_buckets", buckets, "max_ds open_m", 1)
    yield from _range("stop_buckets.street_stop", buckets.street_stop, 0, n_stops)
    yield from _range("stop_buckets.by_lat", buckets.by_lat, 0, n_stops)


def _is_offset(offset: np.ndarray, size: int) -> bool:
    return (
        offset.size > 0
        and offset[0] == 0
        and offset[-1] == size
        and bool(np.all(np.diff(offset) >= 0))
    )


def _offsets(name: str, offset: np.ndarray, size: int) -> Iterator[Fault]:
    if not _is_offset(offset, size):
        yield f"{name}_offset: must rise from 0 to {size}"


def _inner(offset: np.ndarray, size: int) -> np.ndarray:
    """Where rows begin, but for the first and for empty rows at either end."""
    return np.unique(offset[(offset > 0) & (offset < size)])


def _range(name: str, values: np.ndarray, first: float, end: float) -> Iterator[Fault]:
    if values.size and not (values.min() >= first and values.max() < end):
        yield f"{name}: {values.min()}..{values.max()} isn't within {first}..{end}"


def _lengths(name: str, part: NamedTuple, fields: str, size: int) -> list[Fault]:
    """Faults of those `fields` (a list in words) that should have `size` entries."""
    found = {field: _count(getattr(part, field)) for field in fields.split()}
    return [
        f"{name}.{field}: has {n} entries, not {size}" for field, n in found.items() if n != size
    ]


def _count(values: np.ndarray | Strings) -> int:
    return values.count if isinstance(values, Strings) else len(values)
