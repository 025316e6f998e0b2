"""The Connection Scan Algorithm: a second opinion on real timetables.

Dibbelt, Pajor, Strasser, Wagner, "Connection Scan Algorithm", Journal of Experimental
Algorithmics 23 (2018). It reads the feeds' text by itself, knows no rounds, patterns or days'
slices, and shares no code with the planner: one list of connections by departure, scanned once.
"""

from __future__ import annotations

import zipfile
from datetime import timedelta
from typing import NamedTuple

import numpy as np
import pandas as pd
from numba import njit

NEVER = 2**30
DAY = 86_400


class Connections(NamedTuple):
    """From each call of a vehicle to its next one, sorted by departure."""

    departure: np.ndarray  # seconds since midnight of the date
    arrival: np.ndarray
    origin: np.ndarray  # stop
    destination: np.ndarray
    vehicle: np.ndarray
    may_board: np.ndarray
    may_alight: np.ndarray
    n_vehicles: int


def read_connections(paths, stop_number, date):
    """All that runs from noon of the day before `date` to noon of the day after.

    stop_number: {(feed's place in paths, stop_id): stop}. Dates whose clocks change aren't asked.
    """
    parts = []
    for feed, path in enumerate(paths):
        with zipfile.ZipFile(path) as archive:
            trips = _read(archive, "trips.txt")
            times = _read_stop_times(archive)
            for ahead in (-1, 0, 1):
                running = _services_on(archive, date + timedelta(days=ahead))
                today = set(trips.loc[trips["service_id"].isin(running), "trip_id"])
                part = times[times["trip_id"].isin(today)].copy()
                part["vehicle"] = f"{feed} {ahead} " + part["trip_id"]
                part["stop"] = [stop_number[feed, stop_id] for stop_id in part["stop_id"]]
                part[["arrival", "departure"]] += ahead * DAY
                parts.append(part)
    calls = pd.concat(parts, ignore_index=True)
    calls["vehicle"], vehicles = pd.factorize(calls["vehicle"])
    calls = calls.sort_values(["vehicle", "stop_sequence"], ignore_index=True)
    ends = calls.groupby("vehicle").agg(begin=("departure", "first"), end=("arrival", "last"))
    inside = (ends["begin"] < DAY * 3 // 2) & (ends["end"] >= -DAY // 2)
    calls = calls[inside.to_numpy()[calls["vehicle"]]]
    return _connect(calls, len(vehicles))


def _connect(calls, n_vehicles):
    here, there = calls.iloc[:-1], calls.iloc[1:]
    same = here["vehicle"].to_numpy() == there["vehicle"].to_numpy()
    here, there = here[same], there[same]
    order = np.argsort(here["departure"].to_numpy(), kind="stable")
    columns = (
        here["departure"], there["arrival"], here["stop"], there["stop"], here["vehicle"],
        here["pickup_type"] != 1, there["drop_off_type"] != 1,
    )  # fmt: skip
    return Connections(*(np.ascontiguousarray(c.to_numpy()[order]) for c in columns), n_vehicles)


def _read(archive, name):
    with archive.open(name) as file:
        return pd.read_csv(file, dtype=str, keep_default_na=False)


def _read_stop_times(archive):
    with archive.open("stop_times.txt") as file:
        table = pd.read_csv(file, dtype=str, engine="pyarrow")
    for name in ("pickup_type", "drop_off_type"):
        table[name] = table[name].fillna("0").replace("", "0").astype(int) if name in table else 0
    for name in ("arrival", "departure"):
        texts, unique = pd.factorize(table[f"{name}_time"])
        table[name] = np.array([_seconds(text) for text in unique], np.int64)[texts]
    table["stop_sequence"] = table["stop_sequence"].astype(int)
    return table


def _seconds(text):
    hours, minutes, seconds = text.strip().split(":")
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds)


def _services_on(archive, date):
    """service_ids by calendar.txt and, above it, calendar_dates.txt."""
    calendar, exceptions = _read(archive, "calendar.txt"), _read(archive, "calendar_dates.txt")
    text = f"{date:%Y%m%d}"
    weekday = calendar[f"{date:%A}".lower()] == "1"
    covered = (calendar["start_date"] <= text) & (text <= calendar["end_date"])
    today = exceptions[exceptions["date"] == text]
    added = set(today.loc[today["exception_type"] == "1", "service_id"])
    removed = set(today.loc[today["exception_type"] == "2", "service_id"])
    return set(calendar.loc[weekday & covered, "service_id"]) - removed | added


@njit
def scan(connections, first_walk, walk_to, walk_s, source, time, target):
    """(by vehicle, ready): when one who is at stop `source` at `time` is at each stop.

    by vehicle: earliest arrivals, NEVER without; exact for `target`, and for all where it is -1.
    ready: when one can board, after the walk walk_to[i], walk_s[i] from where one got off, for i
    from first_walk[stop] to first_walk[stop + 1]. Walks aren't chained.
    """
    n_stops = len(first_walk) - 1
    by_vehicle = np.full(n_stops, NEVER, np.int64)
    ready = np.full(n_stops, NEVER, np.int64)
    ready[source] = time
    seated = np.zeros(connections.n_vehicles, np.bool_)
    begin = np.searchsorted(connections.departure, time)
    while begin < len(connections.departure):
        now = connections.departure[begin]
        if target >= 0 and by_vehicle[target] <= now:
            break
        end = begin
        while end < len(connections.departure) and connections.departure[end] == now:
            end += 1
        # Those that take no time may follow one another in any order: until nothing changes.
        changed = True
        while changed:
            changed = False
            for c in range(begin, end):
                vehicle, there = connections.vehicle[c], connections.destination[c]
                if not seated[vehicle] and connections.may_board[c]:
                    seated[vehicle] = ready[connections.origin[c]] <= now
                if not (seated[vehicle] and connections.may_alight[c]):
                    continue
                arrival = connections.arrival[c]
                if arrival < by_vehicle[there]:
                    by_vehicle[there] = arrival
                    changed = True
                    for walk in range(first_walk[there], first_walk[there + 1]):
                        stop = walk_to[walk]
                        ready[stop] = min(ready[stop], arrival + walk_s[walk])
        begin = end
    return by_vehicle, ready
