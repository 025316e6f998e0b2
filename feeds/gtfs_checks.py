"""Checks of a feed's small tables: what can't be used is dropped, what can is kept; all counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

import numpy as np
import pandas as pd

from feeds.gtfs_coordinates import COORDINATE_FAULTS, Mask
from feeds.gtfs_schema import (
    BASIC_ROUTE_TYPES,
    BUS,
    CONTINUOUS,
    EXTENDED_ROUTE_TYPES,
    NOT_CONTINUOUS,
    TABLES,
    WEEKDAYS,
)
from feeds.issues import FeedError, Issue, IssueLog

Tables = dict[str, pd.DataFrame]

_SHOWN: Final = 3  # examples of one fault in one table
_EXCEPTIONS: Final = (1, 2)
_FREQUENCY_SPAN_S: Final = 48 * 3600


def check_tables(tables: Tables, path: Path, issues: IssueLog, today: date) -> Tables:
    """Checked tables, their rows numbered anew.

    Raises FeedError where agency, stops, routes or trips keep no row, or no time zone is known.
    """
    work = _Work(dict(tables), path, issues)
    for check in (
        _drop_duplicates, _check_agencies, _check_stops, _check_parents, _check_routes,
        _check_calendars, _check_trips, _check_frequencies, _check_transfers, _check_pathways,
    ):  # fmt: skip
        check(work)
        for name in ("agency", "stops", "routes", "trips"):
            if work.tables[name].empty:
                msg = f"{path}: {name}.txt has no row that can be used."
                raise FeedError(msg)
    _check_expiry(work.tables, issues, today)
    return work.tables


def list_service_ends(tables: Tables) -> pd.DataFrame:
    """service_id and date: both ends of every calendar row, and every added date.

    Rows that never run, such as those without a weekday, are left out.
    """
    ends = [pd.DataFrame({"service_id": pd.Series(dtype="str"), "date": pd.Series(dtype="M8[s]")})]
    if (calendar := tables.get("calendar")) is not None:
        runs = calendar[calendar[list(WEEKDAYS)].to_numpy().any(axis=1)]
        runs = runs[runs["start_date"] <= runs["end_date"]]
        ends += [
            pd.DataFrame({"service_id": runs["service_id"], "date": runs[name]})
            for name in ("start_date", "end_date")
        ]
    if (dates := tables.get("calendar_dates")) is not None:
        ends.append(dates.loc[dates["exception_type"] == 1, ["service_id", "date"]])
    return pd.concat(ends, ignore_index=True)


@dataclass(frozen=True, slots=True)
class _Work:
    """The tables under check, replaced one by one, and the log of their faults."""

    tables: Tables
    path: Path  # of the feed
    issues: IssueLog

    def copy(self, name: str) -> pd.DataFrame:
        """A table that may be changed in place."""
        frame = self.tables[name] = self.tables[name].copy()
        return frame

    def count(self, name: str, bad: Mask, kind: str, *, column: str, done: str) -> None:
        """Count the rows of the mask, named by their `column`."""
        if bad.any():
            texts = self.tables[name].loc[bad, column].iloc[:_SHOWN].tolist()
            where = [f"{name}.txt {column} {text}" for text in texts]
            self.issues.add_all(kind, where, count=int(bad.sum()), done=done)

    def drop(self, name: str, bad: Mask, kind: str, *, column: str) -> None:
        """Drop and count the rows of the mask."""
        if bad.any():
            self.count(name, bad, kind, column=column, done="dropped")
            self.tables[name] = self.tables[name][~bad].reset_index(drop=True)


def _drop_duplicates(work: _Work) -> None:
    for table in TABLES:
        if table.key and table.name in work.tables:
            bad = work.tables[table.name][table.key].duplicated().to_numpy()
            work.drop(table.name, bad, "duplicate_id", column=table.key)


def _check_agencies(work: _Work) -> None:
    """Know every time zone; an agency with an unknown one takes the feed's first known one."""
    agency = work.copy("agency")
    known = {name: find_zone(name) for name in agency["agency_timezone"].unique()}
    zones = agency["agency_timezone"].map(known)
    bad = zones.isna().to_numpy()
    if bad.all():
        names = ", ".join(repr(name) for name in list(known)[:3])
        msg = f"{work.path}: agency.txt gives no known time zone ({names})."
        raise FeedError(msg)
    fallback = zones[~bad].iloc[0]
    work.count(
        "agency", bad, "unknown_timezone", column="agency_timezone", done=f"taken as {fallback}"
    )
    agency["agency_timezone"] = zones.fillna(fallback).astype("str")


def find_zone(name: str) -> str | None:
    """The IANA name of a time zone, aliases and any case accepted; None where it is unknown."""
    try:
        return ZoneInfo(name).key
    except (ValueError, OSError, KeyError):  # KeyError: ZoneInfoNotFoundError
        by_lower = {zone.lower(): zone for zone in available_timezones()}
        return by_lower.get(name.lower().replace(" ", "_"))


def _check_stops(work: _Work) -> None:
    """Coordinates that can't be right become unknown: the stop stays usable by its id."""
    stops = work.copy("stops")
    lat, lon = (stops[name].to_numpy(np.float64, copy=True) for name in ("stop_lat", "stop_lon"))
    unknown_type = ~stops["location_type"].isin(range(5)).to_numpy()
    work.count("stops", unknown_type, "unknown_value", column="stop_id", done="taken as 0")
    stops.loc[unknown_type, "location_type"] = 0
    missing = (np.isnan(lat) | np.isnan(lon)) & (stops["location_type"] < 3).to_numpy()  # noqa: PLR2004 - GTFS asks for them up to 2
    work.count("stops", missing, "stop_without_coordinates", column="stop_id", done="kept")
    for kind, find in COORDINATE_FAULTS:
        bad = find(lat, lon)
        work.count("stops", bad, kind, column="stop_id", done="usable by its id only")
        lat[bad] = lon[bad] = np.nan
    one = np.isnan(lat) | np.isnan(lon)
    lat[one] = lon[one] = np.nan
    stops["stop_lat"], stops["stop_lon"] = lat, lon


def _check_parents(work: _Work) -> None:
    stops = work.tables["stops"]
    parent = stops["parent_station"]
    bad = (
        (parent != "") & (~parent.isin(stops["stop_id"]) | (parent == stops["stop_id"]))
    ).to_numpy()
    work.count("stops", bad, "unknown_parent_station", column="stop_id", done="left alone")
    stops.loc[bad, "parent_station"] = ""


def _check_routes(work: _Work) -> None:
    routes = work.copy("routes")
    kinds = routes["route_type"]
    known = kinds.isin(BASIC_ROUTE_TYPES) | kinds.isin(EXTENDED_ROUTE_TYPES)
    bad = ~known.to_numpy()
    work.count("routes", bad, "unknown_route_type", column="route_id", done="taken as bus")
    routes.loc[bad, "route_type"] = BUS
    ids = work.tables["agency"]["agency_id"]
    bad = ~routes["agency_id"].isin(ids).to_numpy()
    wrong = bad & ((routes["agency_id"] != "").to_numpy() | (len(ids) > 1))
    work.count(
        "routes",
        wrong,
        "route_without_agency",
        column="route_id",
        done="taken as the first agency's",
    )
    routes.loc[bad, "agency_id"] = ids.iloc[0]
    anywhere = (routes[list(CONTINUOUS)] != NOT_CONTINUOUS).any(axis=1).to_numpy()
    done = "ignored: only stops are served"
    work.count("routes", anywhere, "continuous_stopping", column="route_id", done=done)


def _check_calendars(work: _Work) -> None:
    if "calendar" in work.tables:
        days = work.tables["calendar"][list(WEEKDAYS)].to_numpy()
        bad = np.asarray(((days < 0) | (days > 1)).any(axis=1))
        work.count("calendar", bad, "unknown_value", column="service_id", done="taken as 0")
        work.copy("calendar")[list(WEEKDAYS)] = (days == 1).astype(np.int32)
    if "calendar_dates" in work.tables:
        bad = ~work.tables["calendar_dates"]["exception_type"].isin(_EXCEPTIONS).to_numpy()
        work.drop("calendar_dates", bad, "unknown_value", column="service_id")


def _check_trips(work: _Work) -> None:
    trips = work.tables["trips"]
    bad = ~trips["route_id"].isin(work.tables["routes"]["route_id"]).to_numpy()
    work.drop("trips", bad, "trip_without_route", column="trip_id")
    services = {
        service
        for name in ("calendar", "calendar_dates")
        if name in work.tables
        for service in work.tables[name]["service_id"].unique()
    }
    bad = ~work.tables["trips"]["service_id"].isin(services).to_numpy()
    work.drop("trips", bad, "trip_without_service", column="trip_id")
    idle = services - set(list_service_ends(work.tables)["service_id"])
    where = [f"service_id {service}" for service in sorted(idle)[:_SHOWN]]
    done = "its trips never run"
    work.issues.add_all("service_never_runs", where, count=len(idle), done=done)


def _check_frequencies(work: _Work) -> None:
    if "frequencies" not in work.tables:
        return
    frequencies = work.tables["frequencies"]
    unknown = ~frequencies["trip_id"].isin(work.tables["trips"]["trip_id"]).to_numpy()
    work.drop("frequencies", unknown, "frequency_without_trip", column="trip_id")
    frequencies = work.tables["frequencies"]
    span = frequencies["end_time"] - frequencies["start_time"]
    bad = (frequencies["headway_secs"] <= 0) | (span <= 0) | (span > _FREQUENCY_SPAN_S)
    bad |= ~frequencies["exact_times"].isin((0, 1))
    work.drop("frequencies", bad.to_numpy(), "invalid_frequency", column="trip_id")


def _check_transfers(work: _Work) -> None:
    """Drop transfers of unknown stops; an end may have none where it names a route or a trip."""
    if "transfers" not in work.tables:
        return
    stops = work.tables["stops"]["stop_id"]
    for end in ("from", "to"):
        transfers = work.tables["transfers"]
        stop = transfers[f"{end}_stop_id"]
        named = (transfers[[f"{end}_route_id", f"{end}_trip_id"]] != "").any(axis=1)
        bad = ~(stop.isin(stops) | ((stop == "") & named)).to_numpy()
        work.drop("transfers", bad, "transfer_without_stop", column=f"{end}_stop_id")
    transfers = work.tables["transfers"]
    bad = (
        (transfers["min_transfer_time"] < -1) | ~transfers["transfer_type"].isin(range(6))
    ).to_numpy()
    work.drop("transfers", bad, "invalid_transfer", column="from_stop_id")


def _check_pathways(work: _Work) -> None:
    if "pathways" in work.tables:
        for column in ("from_stop_id", "to_stop_id"):
            bad = ~work.tables["pathways"][column].isin(work.tables["stops"]["stop_id"]).to_numpy()
            work.drop("pathways", bad, "pathway_without_stop", column="pathway_id")


def _check_expiry(tables: Tables, issues: IssueLog, today: date) -> None:
    ends = list_service_ends(tables)["date"]
    if ends.empty:
        issues.add(Issue("feed_without_service", "calendar.txt", "kept", "no service ever runs"))
    elif (last := ends.max().date()) < today:
        issues.add(Issue("feed_expired", "calendar.txt", "kept", f"its last day is {last}"))
