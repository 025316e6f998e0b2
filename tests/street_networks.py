"""Drawn streets with stops on them, as a Network that the planner can ask."""

import math
from dataclasses import replace
from unittest.mock import patch

import numpy as np
from hypothesis import strategies as st
from street_drawing import SOUTH_WEST, draw_town

from feeds.issues import IssueLog
from feeds.progress import Silent
from graph_build.linking import link_stops
from graph_build.stop_tables import compile_stop_tables
from graph_build.streets.grid import make_grid
from planner.itinerary import Reason
from planner.network import shape
from planner.network.metrics import profile_metric
from planner.network.profiles import list_profiles
from planner.network.store import Network, frozen
from planner.network.strings import Strings
from planner.request import Coordinate
from planner.streets.route import route

DEGREE_M = 111_195.0


def near_corner(east_m, north_m):
    """A point by its metres from the drawing's south-west corner."""
    width = DEGREE_M * math.cos(math.radians(SOUTH_WEST[0]))
    return Coordinate(SOUTH_WEST[0] + north_m / DEGREE_M, SOUTH_WEST[1] + east_m / width)


def network_of(drawing, ways, stops=(), **options):
    """A drawing, with stops at [(east_m, north_m)]."""
    town = draw_town(drawing, ways, **options)
    grid = make_grid(town.streets)
    places = [near_corner(*stop) for stop in stops]
    table = stops_at([(place.lat, place.lon) for place in places])
    return Network(
        manifest={},
        stops=table,
        routes=None,
        timetable=None,
        footpaths=None,
        streets=town.streets,
        street_names=town.names,
        conditions=town.conditions,
        grid=grid,
        metrics={name: profile_metric(town.streets, p) for name, p in list_profiles().items()},
        stop_links=link_stops(town.streets, grid, table, IssueLog()),
    )


def behind_entrances(network, data):
    """Some stops' links lead through the last stop as entrance, each way as long as drawn."""
    links = network.stop_links
    n_stops = len(links.stop_offset) - 1
    stop = np.repeat(np.arange(n_stops), np.diff(links.stop_offset))
    inside = data.draw(st.lists(st.booleans(), min_size=n_stops, max_size=n_stops))
    inside[-1] = False
    through = np.array(inside)[stop]
    time = st.sampled_from([1, 30, 200, 2**30])
    times = [
        data.draw(st.lists(time, min_size=len(stop), max_size=len(stop))) if len(stop) else []
        for _ in range(2)
    ]
    enter_s, leave_s = (np.where(through, np.array(one, np.int64), 0) for one in times)
    links = links._replace(
        entrance=frozen(np.where(through, n_stops - 1, -1), np.int32),
        enter_s=frozen(enter_s, np.int32),
        leave_s=frozen(leave_s, np.int32),
    )
    shut = {s for s in range(n_stops) if inside[s] and (enter_s[stop == s] == 2**30).all()}
    return replace(network, stop_links=links), shut & set(stop.tolist())


def walk(network, origin, destination, profile="walk"):
    """The way between two endpoints, however long it takes; None where there is none."""
    path = route(network, origin, destination, profile, max_s=6 * 3600)
    return None if isinstance(path, Reason) else path


def stops_at(places, *, station=None, location_type=None, stop_id=None):
    """Stops at (lat, lon), called a, b, c, ... of one feed."""
    n = len(places)
    lat, lon = np.array(places, np.float64).reshape(-1, 2).T
    ids = Strings.of(stop_id or [chr(97 + i) for i in range(n)])
    return shape.Stops(
        stop_id=ids,
        name=ids,
        platform=Strings.of([""] * n),
        feed=frozen(np.zeros(n), np.int32),
        lat=frozen(lat, np.float64),
        lon=frozen(lon, np.float64),
        station=frozen(np.arange(n) if station is None else np.array(station), np.int32),
        step_free=frozen(np.zeros(n), np.int8),
        location_type=frozen(
            np.zeros(n) if location_type is None else np.array(location_type), np.uint8
        ),
    )


def with_hierarchy(network, order=None):
    """The network as it is compiled; `order`: nodes are contracted in this one, however bad."""
    if order is None:
        return compile_stop_tables(network, Silent())
    with patch("graph_build.streets.order.dissect", lambda *_: np.array(order, np.int32)):
        return compile_stop_tables(network, Silent())
