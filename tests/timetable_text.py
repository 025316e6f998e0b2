"""Timetables a reader can check by eye, as compiled networks.

    timetable('''
        A     B     C
        8:05  8:15  8:30
        --
              B     D
              8:20  8:40
        ''', walks="C 4m D")

A row of names, then a row per trip; `--` parts lines. `8:05+` may only be boarded, `8:05-` only
alighted, `8:05/8:07` arrives and departs. Options at the end of a row: `on=1` names its service.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from textwrap import dedent

import numpy as np

from planner.network import shape
from planner.network.store import Network, frozen
from planner.network.strings import Strings

FIRST_DATE = date(2026, 3, 23)  # a Monday; Europe/Paris moves its clocks on the 29th


def seconds(hhmm: str) -> int:
    hours, minutes, *rest = hhmm.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + (int(rest[0]) if rest else 0)


def timetable(text: str, walks: str = "", **options) -> Network:
    """The network of a drawn timetable; stop ids are its letters, in alphabetical order."""
    names = set(re.findall(r"[A-Z]+", walks))
    lines = []
    for block in re.split(r"\n\s*--\s*\n", dedent(text).strip()):
        heads, *rows = [line.split() for line in block.strip().splitlines()]
        names.update(heads)
        lines.append((heads, rows))
    order = sorted(names)
    trips = []
    for route, (heads, rows) in enumerate(lines):
        for row in rows:
            cells = [cell for cell in row if "=" not in cell]
            marks = dict(cell.split("=") for cell in row if "=" in cell)
            calls = [
                (order.index(head), *_call(cell))
                for head, cell in zip(heads, cells, strict=True)
                if cell != "|"
            ]
            trips.append({"route": route, "calls": calls, "service": int(marks.get("on", 0))})
    paths = {
        (order.index(a), order.index(b)): int(n) * (60 if unit == "m" else 1)
        for a, n, unit, b in re.findall(r"([A-Z]+) (\d+)([ms]) ([A-Z]+)", walks)
    }
    return network(trips, paths, n_stops=len(order), stop_ids=order, **options)


def _call(cell: str) -> tuple[int, int, bool, bool]:
    times = cell.rstrip("+-").split("/")
    return seconds(times[0]), seconds(times[-1]), not cell.endswith("-"), not cell.endswith("+")


def network(
    trips,
    footpaths,
    *,
    n_stops: int,
    stop_ids=None,
    service_days=None,
    zones=("Europe/Paris",),
    transfer_time: int = 0,
    station=None,
    point_stop=None,
    guaranteed=(),
    stays=(),
    leaves=(),
    lon=None,
) -> Network:
    """Fill a Network from plain lists.

    trips: dicts of calls [(stop, arrival, departure, may board, may alight)] and, if wanted,
    route, service, zone, block, headway, step_free, and points: the transfer point of each call.
    footpaths: {(from, to): seconds} between points, None where there is none; each point's own
    change time is `transfer_time` unless given. guaranteed: those of them that nobody's slack
    lengthens. service_days: one row of 0/1 per service, from FIRST_DATE on.
    point_stop: the stop of each point; the stops alone unless given. stays, leaves: pairs of
    trips, by their place in `trips`. lon: degrees east of each stop.
    """
    service_days = service_days or [[1] * 14]
    stop_ids = stop_ids or [f"S{i}" for i in range(n_stops)]
    point_stop = list(range(n_stops)) if point_stop is None else list(point_stop)
    own = {(point, point): transfer_time for point in range(len(point_stop))}
    paths = {pair: time for pair, time in (own | dict(footpaths)).items() if time is not None}
    n_days = len(service_days[0])
    return Network(
        manifest={
            "name": "drawing",
            "timezone": zones[0],
            "zones": list(zones),
            "first_date": FIRST_DATE.isoformat(),
            "last_date": (FIRST_DATE + timedelta(days=n_days - 1)).isoformat(),
            "feeds": [{"name": "drawing"}],
            "transfer_time": transfer_time,
            "profiles": [],
            "bounds": None,
        },
        stops=_stops(n_stops, stop_ids, station, lon),
        routes=_routes(1 + max((trip.get("route", 0) for trip in trips), default=0)),
        timetable=_timetable(trips, service_days, point_stop, stays, leaves),
        footpaths=_footpaths(paths, len(point_stop), guaranteed),
    )


def _stops(n: int, ids, station, lon) -> shape.Stops:
    # A hundredth of a degree apart, on a line: nobody walks between them unasked.
    lon = 2.27 + 0.01 * np.arange(n) if lon is None else np.array(lon)
    return shape.Stops(
        stop_id=Strings.of(ids),
        name=Strings.of(ids),
        platform=Strings.of([""] * n),
        feed=frozen(np.zeros(n), np.int32),
        lat=frozen(48.82 + 0.0 * np.arange(n), np.float64),
        lon=frozen(lon, np.float64),
        station=frozen(np.arange(n) if station is None else np.array(station), np.int32),
        step_free=frozen(np.zeros(n), np.int8),
        location_type=frozen(np.zeros(n), np.uint8),
    )


def _routes(n: int) -> shape.Routes:
    ids = [f"R{i + 1}" for i in range(n)]
    blank = Strings.of([""] * n)
    return shape.Routes(
        route_id=Strings.of(ids),
        short_name=Strings.of(ids),
        long_name=blank,
        color=blank,
        text_color=blank,
        route_type=frozen(np.full(n, 3), np.int32),
        agency=frozen(np.zeros(n), np.int32),
        feed=frozen(np.zeros(n), np.int32),
        agency_id=Strings.of(["agency"]),
        agency_name=Strings.of(["Agency"]),
        agency_url=Strings.of([""]),
    )


def _timetable(trips, service_days, point_stop, stays, leaves) -> shape.Timetable:
    def key(trip):
        return (
            trip.get("route", 0),
            tuple(
                (stop, point, board, alight)
                for (stop, _, _, board, alight), point in zip(
                    trip["calls"], _points(trip), strict=True
                )
            ),
        )

    named = [{"trip_id": f"T{i + 1}", "place": i} | trip for i, trip in enumerate(trips)]
    trips = sorted(named, key=lambda trip: (key(trip), trip["calls"][0][2]))
    number = {trip["place"]: i for i, trip in enumerate(trips)}
    sequences = sorted({key(trip) for trip in trips})
    n = len(trips)

    def column(values, dtype=np.int32):
        return frozen(np.array(list(values), dtype), dtype)

    def offsets(counts, dtype=np.int32):
        return column(np.concatenate([[0], np.cumsum(list(counts))]), dtype)

    return shape.Timetable(
        sequence_stop_offset=offsets(len(calls) for _, calls in sequences),
        sequence_stop=column(call[0] for _, calls in sequences for call in calls),
        sequence_point=column(call[1] for _, calls in sequences for call in calls),
        sequence_pickup_type=column(
            (not call[2] for _, calls in sequences for call in calls), np.uint8
        ),
        sequence_drop_off_type=column(
            (not call[3] for _, calls in sequences for call in calls), np.uint8
        ),
        sequence_route=column(route for route, _ in sequences),
        sequence_trip_offset=offsets(sum(key(t) == s for t in trips) for s in sequences),
        point_stop=column(point_stop),
        trip_event_offset=offsets((len(trip["calls"]) for trip in trips), np.int64),
        arrival=column(call[1] for trip in trips for call in trip["calls"]),
        departure=column(call[2] for trip in trips for call in trip["calls"]),
        trip_service=column(trip.get("service", 0) for trip in trips),
        trip_zone=column(trip.get("zone", 0) for trip in trips),
        trip_headsign=column([0] * n),
        trip_headway=column(trip.get("headway", 0) for trip in trips),
        trip_direction=column([-1] * n, np.int8),
        trip_step_free=column((trip.get("step_free", 0) for trip in trips), np.int8),
        trip_bikes=column([0] * n, np.int8),
        trip_block=column(trip.get("block", -1) for trip in trips),
        trip_shape=column([-1] * n),
        stay_from=column(number[a] for a, _ in stays),
        stay_to=column(number[b] for _, b in stays),
        leave_from=column(number[a] for a, _ in leaves),
        leave_to=column(number[b] for _, b in leaves),
        trip_id=Strings.of([trip["trip_id"] for trip in trips]),
        trip_short_name=Strings.of([""] * n),
        headsign=Strings.of([""]),
        signed_trip=column([]),
        signed_row=column([]),
        sign_offset=column([0]),
        sign=column([]),
        service_days=frozen(np.array(service_days), np.uint8),
        shape_offset=column([0], np.int64),
        shape_lat=column([], np.float64),
        shape_lon=column([], np.float64),
    )


def _points(trip):
    return trip.get("points") or [call[0] for call in trip["calls"]]


def _footpaths(paths, n_points: int, guaranteed) -> shape.Footpaths:
    rows = sorted((a, seconds, b) for (a, b), seconds in paths.items())
    counts = np.bincount([a for a, _, _ in rows], minlength=n_points)

    def kind(a, b):
        if (a, b) in guaranteed:
            return shape.GUARANTEED
        return shape.SAME_STOP if a == b else shape.WALKED

    return shape.Footpaths(
        point_offset=frozen(np.concatenate([[0], np.cumsum(counts)]), np.int32),
        to_point=frozen(np.array([b for _, _, b in rows]), np.int32),
        duration=frozen(np.array([s for _, s, _ in rows]), np.int32),
        length_m=frozen(np.array([s * 1.3 for _, s, _ in rows]), np.float32),
        kind=frozen(np.array([kind(a, b) for a, _, b in rows]), np.uint8),
    )
