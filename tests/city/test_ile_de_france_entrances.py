"""Île-de-France: the real pathways.txt of 2025 with the entrances of 2026, and no timetable."""

from __future__ import annotations

import statistics
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from feed_text import LINE, write_feed

from feeds.gtfs import read_gtfs
from feeds.issues import IssueLog
from graph_build.pathways import Doors, find_doors, read_pathways, report_doorless, walk_inside
from graph_build.timetable.stations import compile_stops
from planner.network.profiles import get_profile
from planner.network.shape import UNREACHED, Stops

pytestmark = pytest.mark.city


class Region(NamedTuple):
    """What our code makes of the tables, beside the tables."""

    stops: Stops
    doors: Doors
    inside: tuple[np.ndarray, np.ndarray]
    issues: IssueLog
    pathways: pd.DataFrame
    published: pd.DataFrame  # seconds on foot within a hub, by hub


@pytest.fixture(scope="module")
def region(city_data, tmp_path_factory):
    """Platforms have no coordinates in these tables: they stand at the middle of their hub."""
    folder = city_data / "reference-tables"
    if not (folder / "pathways.txt").exists():
        pytest.skip("the tables of Île-de-France aren't here")
    pathways = pd.read_csv(folder / "pathways.txt", dtype=str, keep_default_na=False)
    entrances = pd.read_csv(folder / "acces_entrees.csv", dtype={"accId": str, "zdc": str})
    entrances["id"] = "IDFM:StopPlaceEntrance:" + entrances["accId"]
    is_in = pathways["from_stop_id"].str.contains("Entrance")
    pathways["entrance"] = pathways["from_stop_id"].where(is_in, pathways["to_stop_id"])
    pathways["platform"] = pathways["to_stop_id"].where(is_in, pathways["from_stop_id"])
    pathways = pathways.merge(entrances, left_on="entrance", right_on="id")
    middle = pathways.groupby("zdc")[["lat", "lon"]].mean()
    platforms = pathways.groupby("platform")["zdc"].first()
    rows = ["stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station"]
    rows += [f"{zdc},{zdc},{lat},{lon},1," for zdc, lat, lon in middle.itertuples()]
    rows += [f"{p},{p},{middle.lat[zdc]},{middle.lon[zdc]},0,{zdc}" for p, zdc in platforms.items()]
    used = entrances[entrances["id"].isin(pathways["entrance"])]
    rows += [f"{e.id},{e.id},{e.lat},{e.lon},2,{e.zdc}" for e in used.itertuples()]
    rows += ["A,A,48.8,2.2,0,", "B,B,48.8,2.21,0,", "C,C,48.8,2.22,0,"]  # where the trips are
    table = "# pathways.txt\n" + (folder / "pathways.txt").read_text()
    path = tmp_path_factory.mktemp("idfm") / "idfm.zip"
    write_feed(path, LINE, "# stops.txt\n" + "\n".join(rows) + "\n", table)
    feed, walker, issues = read_gtfs(path), get_profile("walk"), IssueLog()
    stops = compile_stops([feed])
    graph = read_pathways(stops, [feed], walker, issues)
    doors = find_doors(stops, graph)
    report_doorless(stops, graph, doors, issues)
    issues.merge(feed.issues)
    published = pd.read_csv(folder / "temps_marche_intra_zdc.csv", dtype={"zdc": str})
    return Region(
        stops, doors, walk_inside(graph, stops, 900), issues, pathways,
        published.set_index("zdc"),
    )  # fmt: skip


def test_C8_every_platform_has_the_entrances_that_are_published(region):
    ids = list(region.stops.stop_id.list_all())
    found = {
        (ids[s], ids[e]) for s, e in zip(region.doors.stop, region.doors.entrance, strict=True)
    }
    assert set(zip(region.pathways["platform"], region.pathways["entrance"], strict=True)) <= found
    assert len(set(region.doors.stop.tolist())) == region.pathways["platform"].nunique()
    # Entrances that closed between the two tables' years take their pathways with them.
    assert 0 < region.issues.counts["pathway_without_stop"] < 30
    assert region.issues.counts["stop_without_way_in"] == 2


def test_C8_the_ways_inside_are_as_published_and_nobody_runs(region):
    """The table's own speed is 0.79 m/s; a way through another entrance may still be quicker."""
    ids = list(region.stops.stop_id.list_all())
    doors = region.doors
    found = {
        (ids[s], ids[e]): int(seconds)
        for s, e, seconds in zip(doors.stop, doors.entrance, doors.enter_s, strict=True)
    }
    stated = region.pathways[region.pathways["from_stop_id"] == region.pathways["entrance"]]
    pairs = zip(stated["platform"], stated["entrance"], stated["traversal_time"], strict=True)
    gain = [int(seconds) - found[platform, entrance] for platform, entrance, seconds in pairs]
    assert min(gain) >= 0
    assert statistics.median(gain) == 0
    open_s = doors.enter_s[doors.enter_s < UNREACHED]
    assert 60 <= np.median(open_s) <= 120
    assert open_s.max() < 1200


def test_in_the_large_hubs_walks_between_platforms_follow_the_published_changes(region):
    """The published ones are of whole hubs, buses included, and none is below two minutes."""
    key, seconds = region.inside
    a, b = np.divmod(key, len(region.stops.station))
    same = region.stops.station[a] == region.stops.station[b]
    hub = np.array(list(region.stops.stop_id.list_all()))[region.stops.station[a]]
    ours = pd.Series(seconds[same], index=hub[same], name="ours").groupby(level=0).median()
    both = region.published.join(ours, how="inner")
    assert len(both) > 300
    large = both[both["nb_observations"] > 200][["ours", "duree_mediane_secondes"]]
    assert len(large) > 20
    walked, published = large.median()
    assert 100 < walked < published < 450  # 161 and 371 s
    assert large.corr("spearman").iloc[0, 1] > 0.4
