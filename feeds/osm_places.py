"""What a traveller may search for, from the tags of one OSM object."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from feeds.osm_tags import (
    ADDRESS_IMPORTANCE,
    PLACE_IMPORTANCE,
    POI_DEFAULT_IMPORTANCE,
    POI_IMPORTANCE,
    POI_KEYS,
    POI_NOISE,
)
from feeds.tables import NamedPlace


def list_places(
    tags: Mapping[str, str], lat: float, lon: float, source_id: str
) -> Iterator[NamedPlace]:
    """The address, the point of interest and the settlement that these tags describe.

    One object may be several: a named school with an address is a place to search by either.
    """
    name = tags.get("name", "")
    street = tags.get("addr:street") or tags.get("addr:place", "")
    number = tags.get("addr:housenumber", "")
    city = tags.get("addr:city", "")
    postcode = tags.get("addr:postcode", "")
    if number and street:
        yield NamedPlace(
            kind="address", name=f"{number} {street}", lat=lat, lon=lon, house_number=number,
            street=street, city=city, postcode=postcode, importance=ADDRESS_IMPORTANCE,
            source_id=source_id,
        )  # fmt: skip
    if not name:
        return
    settlement = tags.get("place", "")
    if settlement in PLACE_IMPORTANCE:
        yield NamedPlace(
            kind="place", name=name, lat=lat, lon=lon, category=f"place={settlement}",
            importance=PLACE_IMPORTANCE[settlement], source_id=source_id,
        )  # fmt: skip
        return
    category = find_category(tags)
    if category:
        yield NamedPlace(
            kind="poi", name=name, lat=lat, lon=lon, category=category, house_number=number,
            street=street, city=city, postcode=postcode, source_id=source_id,
            importance=POI_IMPORTANCE.get(category, POI_DEFAULT_IMPORTANCE),
        )  # fmt: skip


def find_category(tags: Mapping[str, str]) -> str:
    """The key=value that says what a point of interest is; "" for none worth a search."""
    for key in POI_KEYS:
        value = tags.get(key)
        if value and value != "no" and value not in POI_NOISE.get(key, ()):
            return f"{key}={value}"
    return ""


def place_keys(tags: Mapping[str, str]) -> bool:
    """True where `list_places` may find something, told from the keys alone."""
    return "addr:housenumber" in tags or "name" in tags
