r"""A town small enough to build in a test: the line of feed_text.py and one street beside it.

1---2---3      the stops A, B, C lie at the street's nodes 1, 2, 3

`fed_town` builds any feeds and streets, from files to the published network, to be asked:

    town = fed_town(tmp_path, draw_feed("A  B\n8:00  8:10"))
    town.rides(town.ask("stop A", "stop B"))
"""

from __future__ import annotations

from pathlib import Path

from drawn_town import DrawnTown
from feed_text import LINE, write_feed
from street_drawing import draw_osm, letter_places

from graph_build.build import build_network
from graph_build.region import BuildInputs, GtfsInput
from planner.network.store import open_network

STREET = """<?xml version="1.0" encoding="UTF-8"?>
<osm version="0.6">
  <node id="1" version="1" lat="48.8240" lon="2.2730"/>
  <node id="2" version="1" lat="48.8270" lon="2.2790"/>
  <node id="3" version="1" lat="48.8320" lon="2.2880"/>
  <way id="10" version="1">
    <nd ref="1"/><nd ref="2"/><nd ref="3"/>
    <tag k="highway" v="residential"/><tag k="name" v="Rue Ernest Renan"/>
  </way>
</osm>
"""
REGION = """
name = "Small town"
osm = "street.osm"
gtfs = [{path = "line.zip", name = "metro"}]
"""


def write_town(folder: Path, *feed: str, region: str = REGION, street: str = STREET) -> Path:
    """Write the town's files into `folder`; its region.toml."""
    folder.mkdir(parents=True, exist_ok=True)
    write_feed(folder / "line.zip", LINE, *feed)
    (folder / "street.osm").write_text(street)
    (folder / "region.toml").write_text(region)
    return folder / "region.toml"


def fed_town(folder: Path, *feeds: str, drawing="", ways=None, step_m=50.0, **inputs) -> DrawnTown:
    """Build a network of GTFS texts, named a, b, ..., and a drawing's streets, if there is one."""
    named = [
        GtfsInput(write_feed(folder / f"{name}.zip", text), name)
        for name, text in zip("abcdef", feeds, strict=False)
    ]
    osm = ()
    if ways:
        (folder / "streets.osm").write_text(draw_osm(drawing, ways, step_m=step_m))
        osm = (folder / "streets.osm",)
    build_network(
        BuildInputs(name="town", gtfs=tuple(named), osm=osm, **inputs), folder / "network"
    )
    return DrawnTown(open_network(folder / "network"), letter_places(drawing, step_m))


def issues_of(town: DrawnTown) -> dict[str, int]:
    """How often each kind of fault was counted; what depends on today's date is left out."""
    issues = town.network.manifest["issues"]
    return {one["kind"]: one["count"] for one in issues if one["kind"] != "feed_expired"}
