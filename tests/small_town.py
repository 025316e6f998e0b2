"""A town small enough to build in a test: the line of feed_text.py and one street beside it.

1---2---3      the stops A, B, C lie at the street's nodes 1, 2, 3
"""

from __future__ import annotations

from pathlib import Path

from feed_text import LINE, write_feed

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
