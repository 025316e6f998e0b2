"""Read one GTFS feed: a zip, a zip with a folder inside, or a folder."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from feeds.archive import archive_sha256, open_archive
from feeds.gtfs_checks import Tables, check_tables
from feeds.gtfs_hops import check_hops
from feeds.gtfs_tables import read_tables
from feeds.issues import FeedError, IssueLog
from feeds.progress import Progress, Silent
from feeds.stop_times import read_shapes, read_stop_times
from feeds.tables import GtfsFeed

_MARKER = "stops.txt"  # the files of a feed lie beside it


def read_gtfs(
    path: Path,
    *,
    name: str | None = None,
    progress: Progress | None = None,
    today: date | None = None,
) -> GtfsFeed:
    """Read and check a feed; bad records are issues, counted in the result.

    name: what the network calls it; the file's own name without its endings unless given.
    today: what makes a feed expired; the current date in UTC unless given.
    Raises FeedError where the feed can't be used at all.
    """
    progress = progress or Silent()
    issues = IssueLog()
    with open_archive(path, marker=_MARKER) as archive:
        progress.phase(f"Reading {path.name}")
        tables = read_tables(archive, issues)
        if not {"calendar", "calendar_dates"} & tables.keys():
            msg = f"{path} holds neither calendar.txt nor calendar_dates.txt: nothing ever runs."
            raise FeedError(msg)
        tables = check_tables(tables, path, issues, today or datetime.now(UTC).date())
        stop_times = read_stop_times(archive, tables["trips"], tables["stops"], issues, progress)
        shapes = read_shapes(archive, issues, progress)
    tables = check_hops(stop_times, tables, issues)
    progress.note(f"{len(stop_times.trip):,} stop times of {len(tables['trips']):,} trips")
    return GtfsFeed(
        name=name or feed_name(path),
        sha256=archive_sha256(path),
        tables=tables,
        stop_times=stop_times,
        shapes=shapes,
        issues=issues,
        attribution=_find_attribution(tables),
    )


def feed_name(path: Path) -> str:
    """A feed's name from its file's: metro.gtfs.zip is metro."""
    name = path.name if path.is_dir() else path.name.removesuffix(path.suffix)
    return name.removesuffix(".gtfs") or name


def _find_attribution(tables: Tables) -> str:
    """Whom to name: attributions.txt, else the publisher, else the agencies."""
    for table, column in (
        ("attributions", "organization_name"),
        ("feed_info", "feed_publisher_name"),
        ("agency", "agency_name"),
    ):
        if table in tables:
            names = [name for name in tables[table][column].unique() if name]
            if names:
                return ", ".join(names)
    return ""
