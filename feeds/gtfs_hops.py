"""Hops that no vehicle can make: which of a feed's times or places must be wrong."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from feeds.gtfs_checks import Tables
from feeds.gtfs_coordinates import Mask, distance_km
from feeds.gtfs_schema import AIRCRAFT, RAILWAYS
from feeds.issues import IssueLog
from feeds.tables import StopTimes

_SHOWN: Final = 3  # examples of one fault
# Above what runs in service: 216 km/h, and 540 on rails, 1,080 in the air.
_MAX_SPEED_MS: Final = 60.0
_MAX_RAIL_MS: Final = 150.0
_MAX_AIR_MS: Final = 300.0
_SLACK_S: Final = 60.0  # times are often whole minutes
_TOO_FAR_FOR_NONE_M: Final = 1000.0  # no rounding to whole minutes makes 60 km/h of this


def check_hops(stop_times: StopTimes, tables: Tables, issues: IssueLog) -> Tables:
    """Count hops that can't be; the tables, with the stops that must be elsewhere quarantined.

    A stop stands elsewhere where most trips that pass it could neither come nor go on in their
    time: its coordinates become unknown, so that nobody is sent there on foot, while its trips
    still call by its id.
    """
    stops = tables["stops"]
    ids = stops["stop_id"]
    same = stop_times.trip[1:] == stop_times.trip[:-1]
    seconds = stop_times.arrival[1:] - stop_times.departure[:-1]
    lat, lon = (stops[name].to_numpy() for name in ("stop_lat", "stop_lon"))
    a, b = stop_times.stop[:-1], stop_times.stop[1:]
    metres = 1000 * distance_km(lat[a], lon[a], lat[b], lon[b])
    fast = same & (metres > _max_speeds(tables)[stop_times.trip[:-1]] * (seconds + _SLACK_S))
    at_once = same & (seconds == 0) & (metres > _TOO_FAR_FOR_NONE_M) & ~fast
    for kind, hops in (("hop_speed_fast", fast), ("hop_zero_time", at_once)):
        rows = np.flatnonzero(hops)
        ends = [(ids.iloc[a[row]], ids.iloc[b[row]]) for row in rows[:_SHOWN]]
        where = [f"stops.txt stop_id {one} to {other}" for one, other in ends]
        issues.add_all(kind, where, count=len(rows), done="kept")
    return _quarantine(stop_times.stop, same, fast, tables, issues)


def _quarantine(
    stop: np.ndarray, same: Mask, fast: Mask, tables: Tables, issues: IssueLog
) -> Tables:
    """Make the coordinates unknown of stops that most trips through them can't have passed."""
    stops = tables["stops"]
    calls = np.bincount(stop[1:-1][same[:-1] & same[1:]], minlength=len(stops))
    impossible = np.bincount(stop[1:-1][fast[:-1] & fast[1:]], minlength=len(stops))
    wrong = 2 * impossible > calls
    if not wrong.any():
        return tables
    where = [f"stops.txt stop_id {one}" for one in stops["stop_id"][wrong][:_SHOWN]]
    done = "usable by its id only"
    issues.add_all("stop_far_from_neighbours", where, count=int(wrong.sum()), done=done)
    moved = stops.copy()
    moved.loc[wrong, ["stop_lat", "stop_lon"]] = np.nan
    return {**tables, "stops": moved}


def _max_speeds(tables: Tables) -> np.ndarray:
    """Metres per second that each trip's vehicle can't pass, (n_trips,)."""
    routes = tables["routes"]
    row = pd.Index(routes["route_id"]).get_indexer(pd.Index(tables["trips"]["route_id"]))
    kind = routes["route_type"]
    speed = np.where(kind.isin(RAILWAYS), _MAX_RAIL_MS, _MAX_SPEED_MS)
    speeds: np.ndarray = np.where(kind.isin(AIRCRAFT), _MAX_AIR_MS, speed)[row]
    return speeds
