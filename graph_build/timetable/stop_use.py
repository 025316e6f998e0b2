"""How much each stop is used, and by which vehicles: for search, for the map, for bicycles."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.network.shape import Int32, Routes, Stops, Timetable

# The greatest kind of vehicle first: it names a stop that has several.
VEHICLES: Final = (
    "rail", "subway", "tram", "funicular", "monorail", "cable_car", "gondola", "ferry",
    "trolleybus", "bus", "coach", "air", "other",
)  # fmt: skip
_BASIC: Final = {
    0: "tram", 1: "subway", 2: "rail", 3: "bus", 4: "ferry", 5: "cable_car", 6: "gondola",
    7: "funicular", 11: "trolleybus", 12: "monorail",
}  # fmt: skip
_EXTENDED: Final = {
    1: "rail", 2: "coach", 3: "rail", 4: "subway", 5: "subway", 6: "subway", 7: "bus",
    8: "trolleybus", 9: "tram", 10: "ferry", 11: "air", 12: "ferry", 13: "gondola", 14: "funicular",
}  # fmt: skip


def get_vehicle(route_type: int) -> str:
    """Word of VEHICLES for a GTFS route_type, the extended hundreds included."""
    if route_type in _BASIC:
        return _BASIC[route_type]
    if route_type == 405:  # noqa: PLR2004 - "monorail", alone in the hundred of the metros
        return "monorail"
    return _EXTENDED.get(route_type // 100, "other")


def count_departures(stops: Stops, routes: Routes, timetable: Timetable) -> NDArray[np.float64]:
    """Mean departures a day by station and vehicle: float64 (n_stops, len(VEHICLES)).

    Only the rows of the stops that stand for their station are filled.
    """
    counts = np.zeros((len(stops.lat), len(VEHICLES)))
    first = timetable.sequence_stop_offset[:-1]
    calls = np.diff(timetable.sequence_stop_offset)
    if not len(first) or not len(timetable.sequence_stop):
        return counts
    days = timetable.service_days.mean(axis=1) if timetable.service_days.size else np.zeros(0)
    runs = np.concatenate(([0.0], np.cumsum(days[timetable.trip_service])))
    trips = timetable.sequence_trip_offset
    a_day = runs[trips[1:]] - runs[trips[:-1]]
    vehicle_of = np.array(
        [VEHICLES.index(get_vehicle(int(t))) for t in routes.route_type], np.int32
    )
    vehicle = np.repeat(vehicle_of[timetable.sequence_route], calls)
    station = stops.station[timetable.sequence_stop]
    np.add.at(counts, (station, vehicle), np.repeat(a_day, calls))
    return counts


def find_bike_stops(stops: Stops, timetable: Timetable) -> NDArray[np.bool_]:
    """Stops where a vehicle known to take bicycles calls: bool (n_stops,)."""
    taken = np.concatenate(([0], np.cumsum(timetable.trip_bikes == 1)))
    trips = timetable.sequence_trip_offset
    calls = np.repeat(taken[trips[1:]] > taken[trips[:-1]], np.diff(timetable.sequence_stop_offset))
    found = np.zeros(len(stops.lat), np.bool_)
    found[timetable.sequence_stop[calls]] = True
    return found


def list_stations(stops: Stops) -> Int32:
    """Stops that stand for a station and may be searched: no entrances, no inner nodes."""
    index = np.arange(len(stops.lat), dtype=np.int32)
    alone = stops.station == index
    shown = ~np.isin(stops.location_type, (2, 3))
    listed: Int32 = index[alone & shown]
    return listed


def place_stations(stops: Stops) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Latitude and longitude by stop; a station without its own takes its members' mean, or NaN."""
    known = ~(np.isnan(stops.lat) | np.isnan(stops.lon))
    n_stops = len(stops.lat)
    members = np.bincount(stops.station[known], minlength=n_stops)
    with np.errstate(invalid="ignore"):
        mean_lat = np.bincount(stops.station[known], stops.lat[known], n_stops) / members
        mean_lon = np.bincount(stops.station[known], stops.lon[known], n_stops) / members
    return np.where(known, stops.lat, mean_lat), np.where(known, stops.lon, mean_lon)
