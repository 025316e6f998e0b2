"""The compiled Network: plain read-only arrays, and what must hold of them.

Naming: `xs_of` style offsets are called `<owner>_<thing>_offset`, so that owner i has
things[offset[i] : offset[i + 1]]. Every array is C-contiguous, of exactly the dtype given here
and read-only, in tests too: a kernel then has one signature.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.network.strings import Strings

UNREACHED: Final = np.int32(2**30)  # later than any vehicle, yet safe to add a duration to
NONE: Final = np.int32(-1)  # the absent index

Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
UInt8 = NDArray[np.uint8]
Int8 = NDArray[np.int8]
Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]

# Streets.access: who may use a directed edge. An `_ENDS` bit means "only at the ends of a trip"
# (private, destination, delivery, customers); it is set together with the mode's own bit.
WALK: Final = 1
BIKE: Final = 2
CAR: Final = 4
WALK_ENDS: Final = 8
BIKE_ENDS: Final = 16
CAR_ENDS: Final = 32
# Of what a bicycle may pass: signs keep it out or stairs have no ramp, so that one pushes it only
# where no other way is; and what is too narrow for a cargo bike.
HARD_PUSH: Final = 64
NARROW: Final = 128

# Streets.road_class
ROAD_CLASSES: Final = (
    "motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "residential",
    "living_street", "service", "track", "pedestrian", "cycleway", "footway", "path", "steps",
    "corridor", "elevator", "platform", "bridleway", "ferry", "busway", "road",
)  # fmt: skip

# Streets.infrastructure: what a cyclist finds in this direction.
INFRASTRUCTURES: Final = (
    "none", "path", "track", "buffered", "lane", "bus_lane", "shared_lane", "contraflow",
)  # fmt: skip

# Streets.surface
SURFACES: Final = ("unknown", "paved", "compacted", "cobbles", "unpaved")

# Streets.flags
BRIDGE: Final = 1
TUNNEL: Final = 2
ROUNDABOUT: Final = 4
LIT: Final = 8
CROSSING: Final = 16
PUSH: Final = 32  # a bicycle may pass only on foot
ACROSS: Final = 64  # a straight line across a square, which no map shows
TURN: Final = 128  # no street, but a turn from one into another: it has no length, and is one-way

# RoadFacts.marks
CENTRELINE: Final = 1  # the two directions are kept apart by paint
CYCLE_STREET: Final = 2  # cars are guests
SIGNALS: Final = 4  # traffic lights, or a stop for all, where this direction ends
ISLAND: Final = 8  # and a refuge in the middle of what is crossed there
ONE_WAY: Final = 16  # for cars
CALM_PARKING: Final = 32  # few cars come and go beside the lane
CENTRAL_LANE: Final = 64  # one lane for all cars, in the middle, and soft edges for bicycles
R5_LANE: Final = 128  # R5's labeller reads a lane in this direction

# RoadFacts.assumed: what no source says, so that a default stands in its place
SPEED_ASSUMED: Final = 1
LANES_ASSUMED: Final = 2
VOLUME_ASSUMED: Final = 4
WIDTH_ASSUMED: Final = 8
PARKING_ASSUMED: Final = 16


class Streets(NamedTuple):
    """Directed street edges in compressed rows: edge e leaves tail[e]; rows are sorted by tail.

    A street open to nobody in one direction still has both directed edges where one of them is
    open to somebody, so that `reverse` always exists and an edit can open it.
    """

    node_lat: Float64  # (n_nodes,) degrees
    node_lon: Float64  # (n_nodes,)
    node_osm_id: Int64  # (n_nodes,)
    node_elevation_m: Float32  # (n_nodes,) NaN where unknown
    first_out: Int32  # (n_nodes + 1,) -> edges by tail
    tail: Int32  # (n_edges,)
    head: Int32  # (n_edges,)
    # The same street the other way. Where turns are restricted it begins at another node than the
    # one where this edge ends, at the same place: turns lead from one to the other.
    reverse: Int32  # (n_edges,)
    first_in: Int32  # (n_nodes + 1,) -> in_edge
    in_edge: Int32  # (n_edges,) edges sorted by head
    in_tail: Int32  # (n_edges,) tail[in_edge]
    length_m: Float32  # (n_edges,)
    access: UInt8  # (n_edges,) bits WALK..NARROW
    road_class: UInt8  # (n_edges,) -> ROAD_CLASSES
    infrastructure: UInt8  # (n_edges,) -> INFRASTRUCTURES
    surface: UInt8  # (n_edges,) -> SURFACES
    speed_kmh: UInt8  # (n_edges,) for cars: the limit, or the class's default
    flags: UInt8  # (n_edges,) bits BRIDGE..TURN
    climb_m: Float32  # (n_edges,) metres climbed along it (>= 0); 0 where unknown
    way_id: Int64  # (n_edges,) OSM way
    direction: Int8  # (n_edges,) +1 along the way's own order, -1 against it
    name: Int32  # (n_edges,) -> Network.street_names; NONE for unnamed
    shape_offset: Int32  # (n_edges,) -> shape_lat, shape_lon, in the order of direction +1
    shape_count: Int32  # (n_edges,) points, the two end nodes included (>= 2)
    shape_lat: Float64  # (n_shape_points,)
    shape_lon: Float64  # (n_shape_points,)


class RoadFacts(NamedTuple):
    """What traffic stress is read from, by street edge, beside what Streets has."""

    lanes: UInt8  # (n_edges,) for cars in this direction; 0 where they may not drive
    volume: Int32  # (n_edges,) motor vehicles a day, both directions together
    facility_dm: UInt8  # (n_edges,) width of the cyclists' own space; 0 where there is none
    parking_dm: UInt8  # (n_edges,) width of the parking beside it; 0 where there is none
    width_dm: UInt8  # (n_edges,) of the carriageway; 0 where unknown
    marks: UInt8  # (n_edges,) bits CENTRELINE..R5_LANE
    assumed: UInt8  # (n_edges,) bits SPEED_ASSUMED..PARKING_ASSUMED
    stated_level: UInt8  # (n_edges,) 1..4 where the map's own `lts` tag says it; else 0


class Stress(NamedTuple):
    """Level of traffic stress of every street edge by one rule set."""

    level: UInt8  # (n_edges,) 1 (for children) to 4 (for the strong); 0 where nobody cycles
    rule: UInt8  # (n_edges,) -> Network.manifest["stress_rules"][name of the rule set]
    crossing: UInt8  # (n_edges,) level of crossing the larger street at its end; 0 for none
    crossing_rule: UInt8  # (n_edges,) -> the same names


class Conditions(NamedTuple):
    """Access that depends on the time: Streets.access holds at all other times.

    Times are minutes since Monday 00:00 of the network's zone; a span may not pass Sunday 24:00.
    """

    edge: Int32  # (n_conditions,) rising; an edge may come twice, with spans that don't overlap
    access: UInt8  # (n_conditions,) bits WALK..NARROW while it holds
    span_offset: Int32  # (n_conditions + 1,) -> begin, end
    begin: Int32  # minutes
    end: Int32  # minutes, not included


# BikeLaneSources.taken: what official data knew better than the map, of one direction of a street
TAKEN_FACILITY: Final = 1
TAKEN_WIDTH: Final = 2
TAKEN_SURFACE: Final = 4
TAKEN_SPEED: Final = 8
TAKEN_ACCESS: Final = 16  # bicycles may ride there


class BikeLaneSources(NamedTuple):
    """Street edges that official bike-lane data speaks of, and what of it was taken over."""

    edge: Int32  # (n,) rising
    lane: Int32  # (n,) -> lane_id
    taken: UInt8  # (n,) bits TAKEN_FACILITY..TAKEN_ACCESS; 0 where both sources agree
    lane_id: Strings  # id_local, as published


class Metric(NamedTuple):
    """What one profile makes of every street edge; UNREACHED where it may not go."""

    duration_ds: Int32  # (n_edges,) tenths of a second
    cost: Int32  # (n_edges,) tenths of a perceived second, what the search minimises


class Hierarchy(NamedTuple):
    """The streets' customizable contraction hierarchy, whoever goes there.

    A node's rank is its place in the order of contraction. An arc joins a rank with a higher one,
    its upper end, in both directions. A rank's parent in the elimination tree is the lowest of its
    upper ends, and all of them are among its ancestors.
    """

    rank: Int32  # (n_nodes,) by node
    node: Int32  # (n_nodes,) by rank
    parent: Int32  # (n_nodes,) by rank; NONE for a root
    depth: Int32  # (n_nodes,) by rank: ancestors
    up_offset: Int32  # (n_nodes + 1,) by rank -> up_to
    up_to: Int32  # (n_arcs,) ranks, rising
    down_offset: Int32  # (n_nodes + 1,) by rank -> down_to
    down_to: Int32  # (n_arcs,) the lower ends of the arcs to it, rising
    edge_arc: Int32  # (n_edges,) the arc between a street edge's ends; NONE from a node to itself


class Slopes(NamedTuple):
    """The Hierarchy as one Metric sees it: the arcs that are least ways, by their lower end's rank.

    A weight is a cost times 2**32 plus its duration, both in tenths of a second. The upper end is
    the one ancestor of that depth.
    """

    out_offset: Int32  # (n_nodes + 1,) -> the ways up
    out_depth: Int32
    out_weight: Int64
    in_offset: Int32  # (n_nodes + 1,) -> the ways down, to the lower end
    in_depth: Int32
    in_weight: Int64


class StopBuckets(NamedTuple):
    """Ways of at most `max_ds` between ranks and stops that need no higher rank: see Slopes.

    `to` stops, for who leaves a point, and `from` stops, for who goes to one; by rank, the quickest
    first. The rest finds the stops at hand without a node in between.
    """

    max_ds: Int32  # (1,) tenths of a second
    to_offset: Int32  # (n_nodes + 1,) -> to_stop, to_weight
    to_stop: Int32
    to_weight: Int64
    from_offset: Int32  # (n_nodes + 1,) -> from_stop, from_weight
    from_stop: Int32
    from_weight: Int64
    street: Int32  # (n_links,) the streets that stops are linked to, rising
    street_stop: Int32  # (n_links,) the stops
    by_lat: Int32  # stops that have coordinates, from south to north
    open_m: Float32  # (1,) the widest circle around a stop without a street in it


class StreetGrid(NamedTuple):
    """Street segments by square cell, for snapping: cell (row, column) owns `edge` entries.

    Each undirected street appears once, as its direction +1 edge, in every cell it touches.
    """

    origin: Float64  # (4,) lat, lon of the south-west corner; cell height, width in degrees
    size: Int32  # (2,) rows, columns
    cell_offset: Int32  # (rows * columns + 1,) -> edge
    edge: Int32


class StopLinks(NamedTuple):
    """Where each stop meets the streets: a few candidates, the nearest first."""

    stop_offset: Int32  # (n_stops + 1,) -> the rest
    edge: Int32  # a direction +1 edge
    fraction: Float32  # 0..1 along that edge, from its tail
    distance_m: Float32  # straight line from stop or entrance to there, walked and charged
    entrance: Int32  # the entrance of the station it goes through; NONE where none is in between
    enter_s: Int32  # from there to the platform along pathways.txt; UNREACHED where one can't
    leave_s: Int32  # and from the platform to there; 0 both ways where there is no entrance


class Stops(NamedTuple):
    """Places where vehicles call, and the stations that group them."""

    stop_id: Strings  # as published, unique with its feed
    name: Strings
    platform: Strings  # platform_code, "" where unknown
    feed: Int32  # (n_stops,) -> Network.manifest["feeds"]
    lat: Float64  # (n_stops,) NaN where unknown: usable by id, never walked to
    lon: Float64
    station: Int32  # (n_stops,) -> the stop that stands for its station (itself if alone)
    step_free: Int8  # (n_stops,) 1 yes, 0 unknown, -1 no
    location_type: UInt8  # (n_stops,) GTFS: 0 stop, 1 station, 2 entrance, 3 node, 4 boarding


class Routes(NamedTuple):
    """Published lines."""

    route_id: Strings
    short_name: Strings
    long_name: Strings
    color: Strings  # six hex digits or ""
    text_color: Strings
    route_type: Int32  # (n_routes,) GTFS, extended types included
    agency: Int32  # (n_routes,) -> agency_name
    feed: Int32  # (n_routes,)
    agency_id: Strings
    agency_name: Strings
    agency_url: Strings


# Timetable.sequence_pickup_type and sequence_drop_off_type: the numbers of GTFS.
REGULAR: Final = 0
NOT_ALLOWED: Final = 1
PHONE_AGENCY: Final = 2
ASK_DRIVER: Final = 3


class Timetable(NamedTuple):
    """Every trip of every service, grouped by stop sequence.

    A stop sequence is the list of stops with their pick-up and drop-off types, of one route.
    Where transfers.txt treats some of a stop's calls apart (those of a route or a trip), they
    happen at a transfer point of their own; every stop is itself the point of all its others.
    Times are seconds since noon minus 12 h of the service day in the trip's own zone, and may
    exceed 86 400 (GTFS schedule reference, "stop_times.txt").
    """

    sequence_stop_offset: Int32  # (n_sequences + 1,) -> sequence_stop, ...
    sequence_stop: Int32  # stop index
    sequence_point: Int32  # -> point_stop; the stop's own index but where a rule sets it apart
    sequence_pickup_type: UInt8  # REGULAR..ASK_DRIVER: whether and how a rider may board
    sequence_drop_off_type: UInt8  # the same for alighting
    sequence_route: Int32  # (n_sequences,) -> Routes
    sequence_trip_offset: Int32  # (n_sequences + 1,) -> trips
    point_stop: Int32  # (n_points,) stop of each transfer point; point_stop[i] == i for stops
    trip_event_offset: Int64  # (n_trips + 1,) -> arrival, departure
    arrival: Int32  # (n_events,) seconds
    departure: Int32  # (n_events,) seconds
    trip_service: Int32  # (n_trips,) -> service_days
    trip_zone: Int32  # (n_trips,) -> Network.manifest["zones"]
    trip_headsign: Int32  # (n_trips,) -> headsign
    trip_headway: Int32  # (n_trips,) seconds where only the headway is published, else 0
    trip_direction: Int8  # (n_trips,) direction_id, NONE where absent
    trip_step_free: Int8  # (n_trips,) 1 yes, 0 unknown, -1 no
    trip_bikes: Int8  # (n_trips,) 1 yes, 0 unknown, -1 no
    trip_block: Int32  # (n_trips,) trips of one vehicle share it; NONE where absent
    trip_shape: Int32  # (n_trips,) -> shapes, NONE where absent
    stay_from: Int32  # (n_stays,) trips that riders may stay in (transfer_type 4) ...
    stay_to: Int32  # ... to ride on as this trip
    leave_from: Int32  # (n_leaves,) trips of one block that riders must leave (transfer_type 5) ...
    leave_to: Int32  # ... although the vehicle goes on as this trip
    trip_id: Strings
    trip_short_name: Strings
    headsign: Strings
    signed_trip: Int32  # (n_signed,) trips that show another headsign at some calls, rising
    signed_row: Int32  # (n_signed,) -> sign_offset; alike trips share a row
    sign_offset: Int32  # (n_rows + 1,) -> sign
    sign: Int32  # by call -> headsign (stop_headsign); NONE where it is the trip's own
    service_days: UInt8  # (n_services, n_days): 1 where it runs; day 0 is manifest["first_date"]
    shape_offset: Int64  # (n_shapes + 1,) -> shape_lat, shape_lon
    shape_lat: Float64
    shape_lon: Float64


# Footpaths.kind: where a change's duration comes from.
SAME_STOP: Final = 0  # the change time at one stop or station
WALKED: Final = 1  # through the streets
STRAIGHT: Final = 2  # a straight line with a detour factor, where the streets don't reach
PUBLISHED: Final = 3  # transfers.txt or pathways.txt
GUARANTEED: Final = 4  # transfers.txt says that the vehicle waits: nobody's slack is added
RIDDEN: Final = 5  # through the streets on a bicycle that vehicles take on board

# Seconds of a RIDDEN change that aren't ridden: the bicycle comes off one vehicle, onto another.
BIKE_HANDLING_S: Final = 60  # our assumption


class Footpaths(NamedTuple):
    """Changes between transfer points, one change each: they are never chained.

    A point's footpath to itself is the time needed to change vehicles there. Rows are sorted by
    duration. `planner.transit.service_day` turns them round for its mirror.
    """

    point_offset: Int32  # (n_points + 1,) -> the rest
    to_point: Int32
    duration: Int32  # seconds
    length_m: Float32
    kind: UInt8  # SAME_STOP..RIDDEN
