"""The timetable around one day as a plain GTFS feed, for peers that can't read every real one.

Written from the network: one feed whatever it was compiled from, stops by their public ids, every
time filled in (many a feed gives only some, which is legal), trips of headways spelled out. So all
systems ride the same trips, and a difference in the answers is one of the search.
"""

from __future__ import annotations

import zipfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.network.public_ids import list_public_ids
from planner.network.shape import GUARANTEED, PUBLISHED
from planner.network.store import Network
from planner.transit.service_day import services_on

_NEIGHBOURS: Final = (-1, 0, 1)  # days whose trips may run into the one that is asked
_WEEKDAYS: Final = (
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
)  # fmt: skip
_BUS: Final = 3  # route_type of what isn't one of the plain types
_PLAIN_TYPES: Final = 12  # from 0 to this
_TRANSFER: Final = 2  # transfers.txt: so much time is needed
_STATION: Final = 1  # location_type; stops have 0, and what is above isn't called at


def write_timetable_copy(network: Network, day: date, folder: Path, with_walks: Path) -> None:
    """Write the feed into `folder`, and zipped into `with_walks`.

    The folder's transfers.txt has the changes that the feeds tell, for who walks by himself; the
    zip's has every change between stops that the network knows.
    """
    folder.mkdir(parents=True)
    timetable = network.timetable
    days = [day + timedelta(days=offset) for offset in _NEIGHBOURS]
    runs = np.stack([services_on(network, one) for one in days])
    running: NDArray[np.bool_] = np.any(runs, axis=0)
    trips = np.flatnonzero(running[timetable.trip_service])
    sequence = np.searchsorted(timetable.sequence_trip_offset, trips, "right") - 1
    ids = np.array(list_public_ids(network.stops, network.manifest["feeds"]), dtype=object)
    tables = {
        "agency": _agency(network),
        "stops": _stops(network, ids),
        "routes": _routes(network, np.unique(timetable.sequence_route[sequence])),
        "calendar": _calendar(days, runs.shape[1]),
        "calendar_dates": _calendar_dates(days, runs),
        "trips": pd.DataFrame(
            {
                "route_id": timetable.sequence_route[sequence],
                "service_id": timetable.trip_service[trips],
                "trip_id": trips,
            }
        ),
        "stop_times": _stop_times(network, ids, trips, sequence),
        "transfers": _transfers(network, ids, (PUBLISHED, GUARANTEED)),
    }
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.txt", index=False)
    every_change = _transfers(network, ids, tuple(range(GUARANTEED + 1)))
    with zipfile.ZipFile(with_walks, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for file in sorted(folder.iterdir()):
            if file.stem != "transfers":
                archive.write(file, file.name)
        archive.writestr("transfers.txt", every_change.to_csv(index=False))


def _agency(network: Network) -> pd.DataFrame:
    zone = network.manifest["timezone"]
    facts = {"agency_id": "1", "agency_name": network.manifest["name"], "agency_timezone": zone}
    return pd.DataFrame([{**facts, "agency_url": "https://example.org"}])


def _stops(network: Network, ids: NDArray[Any]) -> pd.DataFrame:
    """Stops with a place on the map, and their stations."""
    stops = network.stops
    number = np.arange(len(ids))
    is_station = stops.location_type == _STATION
    in_station = (stops.station != number) & is_station[stops.station]
    table = pd.DataFrame(
        {
            "stop_id": ids,
            "stop_name": stops.name.list_all(),
            "stop_lat": stops.lat,
            "stop_lon": stops.lon,
            "location_type": is_station.astype(int),
            "parent_station": np.where(in_station, ids[stops.station], ""),
        }
    )
    return table[~np.isnan(stops.lat + stops.lon) & (stops.location_type <= _STATION)]


def _routes(network: Network, routes: NDArray[Any]) -> pd.DataFrame:
    kinds = network.routes.route_type[routes]
    kinds = np.where(kinds <= _PLAIN_TYPES, kinds, _BUS)  # not every reader knows the extended ones
    names = [network.routes.short_name.get(int(route)) or str(route) for route in routes]
    return pd.DataFrame(
        {"route_id": routes, "agency_id": "1", "route_short_name": names, "route_type": kinds}
    )


def _calendar(days: list[date], n_services: int) -> pd.DataFrame:
    """Services of no weekday: some readers want the file, calendar_dates tells the days."""
    never = dict.fromkeys(_WEEKDAYS, 0)
    span = {"start_date": f"{days[0]:%Y%m%d}", "end_date": f"{days[-1]:%Y%m%d}"}
    return pd.DataFrame({"service_id": np.arange(n_services), **never, **span})


def _calendar_dates(days: list[date], runs: NDArray[np.bool_]) -> pd.DataFrame:
    column, service = np.nonzero(runs)
    told = [f"{days[number]:%Y%m%d}" for number in column]
    return pd.DataFrame({"service_id": service, "date": told, "exception_type": 1})


def _stop_times(
    network: Network, ids: NDArray[Any], trips: NDArray[Any], sequence: NDArray[Any]
) -> pd.DataFrame:
    timetable = network.timetable
    counts = np.diff(timetable.trip_event_offset)[trips]
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    event = np.repeat(timetable.trip_event_offset[trips], counts) + within
    call = np.repeat(timetable.sequence_stop_offset[sequence], counts) + within
    return pd.DataFrame(
        {
            "trip_id": np.repeat(trips, counts),
            "arrival_time": _clocks(timetable.arrival[event]),
            "departure_time": _clocks(timetable.departure[event]),
            "stop_id": ids[timetable.sequence_stop[call]],
            "stop_sequence": within,
            "pickup_type": timetable.sequence_pickup_type[call],
            "drop_off_type": timetable.sequence_drop_off_type[call],
        }
    )


def _clocks(seconds: NDArray[np.int32]) -> NDArray[Any]:
    """Seconds as HH:MM:SS, each text made once."""
    values, index = np.unique(seconds, return_inverse=True)
    texts = [f"{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}" for s in values.tolist()]
    return np.array(texts, dtype=object)[index]


def _transfers(network: Network, ids: NDArray[Any], kinds: tuple[int, ...]) -> pd.DataFrame:
    """Changes between stops; those of transfer points, which only some trips use, are left out."""
    footpaths = network.footpaths
    counts = np.diff(footpaths.point_offset)
    origin = np.repeat(np.arange(len(counts)), counts)
    kept = (origin < len(ids)) & (footpaths.to_point < len(ids))
    kept &= np.isin(footpaths.kind, kinds)
    return pd.DataFrame(
        {
            "from_stop_id": ids[origin[kept]],
            "to_stop_id": ids[footpaths.to_point[kept]],
            "transfer_type": _TRANSFER,
            "min_transfer_time": footpaths.duration[kept],
        }
    )
