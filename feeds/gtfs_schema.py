"""GTFS tables and columns as data: what is read, as what, and what stands for an absent value.

Source of names and meanings: https://gtfs.org/documentation/schedule/reference/
Columns and files not named here are ignored.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["text", "integer", "decimal", "date", "time"]

# The dtype of a frame's column. Dates: NaT where absent; times: seconds, BLANK_TIME where absent;
# decimals: NaN where absent; integers: the column's default where absent; text: "" where absent.
DTYPES: Final[dict[Kind, str]] = {
    "text": "str",
    "integer": "int32",
    "decimal": "float64",
    "date": "datetime64[s]",
    "time": "int32",
}

ABSENT: Final = -1  # an integer that the feed leaves out and that has no default in GTFS


@dataclass(frozen=True, slots=True)
class Column:
    """One column. A row that leaves a required one blank (or unreadable) is dropped."""

    name: str
    kind: Kind = "text"
    required: bool = False
    default: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One file, `<name>.txt`. `key` names the column that no two rows may share."""

    name: str
    columns: tuple[Column, ...]
    required: bool = False
    key: str | None = None

    @property
    def file(self) -> str:
        """Its file's name."""
        return f"{self.name}.txt"


def _need(names: str, kind: Kind = "text") -> tuple[Column, ...]:
    return tuple(Column(name, kind, required=True) for name in names.split())


def _have(names: str, kind: Kind = "text", default: int = 0) -> tuple[Column, ...]:
    return tuple(Column(name, kind, default=default) for name in names.split())


WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

CONTINUOUS: Final = ("continuous_pickup", "continuous_drop_off")
NOT_CONTINUOUS: Final = 1  # also where the column is blank

STOP_TIMES: Final = Table(
    name="stop_times",
    required=True,
    columns=(
        *_need("trip_id stop_id"),
        *_need("stop_sequence", "integer"),
        *_have("arrival_time departure_time", "time"),
        *_have("pickup_type drop_off_type", "integer"),
        *_have("stop_headsign"),
        *_have("shape_dist_traveled", "decimal"),
        # Read only to be counted: zones on demand, and stopping between stops.
        *_have("location_id location_group_id"),
        *_have(" ".join(CONTINUOUS), "integer", default=NOT_CONTINUOUS),
    ),
)

SHAPES: Final = Table(
    name="shapes",
    columns=(
        *_need("shape_id"),
        *_need("shape_pt_lat shape_pt_lon", "decimal"),
        *_need("shape_pt_sequence", "integer"),
    ),
)

# Read into frames, in this order: those that others refer to come first.
TABLES: Final = (
    Table(
        name="agency",
        required=True,
        key="agency_id",
        columns=(
            *_have("agency_id"),
            *_need("agency_name"),
            *_have("agency_url"),
            *_need("agency_timezone"),
            *_have("agency_lang agency_phone agency_fare_url agency_email"),
        ),
    ),
    Table(
        name="stops",
        required=True,
        key="stop_id",
        columns=(
            *_need("stop_id"),
            *_have("stop_code stop_name stop_desc"),
            *_have("stop_lat stop_lon", "decimal"),
            *_have("zone_id stop_url"),
            *_have("location_type", "integer"),
            *_have("parent_station stop_timezone"),
            *_have("wheelchair_boarding", "integer"),
            *_have("level_id platform_code"),
        ),
    ),
    Table(
        name="routes",
        required=True,
        key="route_id",
        columns=(
            *_need("route_id"),
            *_have("agency_id route_short_name route_long_name route_desc"),
            *_have("route_type", "integer", default=ABSENT),
            *_have("route_url route_color route_text_color"),
            *_have("route_sort_order", "integer", default=ABSENT),
            *_have(" ".join(CONTINUOUS), "integer", default=NOT_CONTINUOUS),
        ),
    ),
    Table(
        name="calendar",
        columns=(
            *_need("service_id"),
            *_have(" ".join(WEEKDAYS), "integer"),
            *_need("start_date end_date", "date"),
        ),
    ),
    Table(
        name="calendar_dates",
        columns=(
            *_need("service_id"),
            *_need("date", "date"),
            *_need("exception_type", "integer"),
        ),
    ),
    Table(
        name="trips",
        required=True,
        key="trip_id",
        columns=(
            *_need("route_id service_id trip_id"),
            *_have("trip_headsign trip_short_name"),
            *_have("direction_id", "integer", default=ABSENT),
            *_have("block_id shape_id"),
            *_have("wheelchair_accessible bikes_allowed", "integer"),
        ),
    ),
    Table(
        name="frequencies",
        columns=(
            *_need("trip_id"),
            *_need("start_time end_time", "time"),
            *_need("headway_secs", "integer"),
            *_have("exact_times", "integer"),
        ),
    ),
    Table(
        name="transfers",
        columns=(
            *_have("from_stop_id to_stop_id from_route_id to_route_id from_trip_id to_trip_id"),
            *_have("transfer_type", "integer"),
            *_have("min_transfer_time", "integer", default=ABSENT),
        ),
    ),
    Table(
        name="levels",
        key="level_id",
        columns=(*_need("level_id"), *_have("level_index", "decimal"), *_have("level_name")),
    ),
    Table(
        name="pathways",
        key="pathway_id",
        columns=(
            *_need("pathway_id from_stop_id to_stop_id"),
            *_need("pathway_mode is_bidirectional", "integer"),
            *_have("length", "decimal"),
            *_have("traversal_time", "integer", default=ABSENT),
            *_have("stair_count", "integer"),
            *_have("max_slope min_width", "decimal"),
            *_have("signposted_as reversed_signposted_as"),
        ),
    ),
    Table(
        name="feed_info",
        columns=(
            *_have("feed_publisher_name feed_publisher_url feed_lang"),
            *_have("feed_start_date feed_end_date", "date"),
            *_have("feed_version feed_contact_email feed_contact_url"),
        ),
    ),
    Table(
        name="attributions",
        columns=(
            *_have("attribution_id agency_id route_id trip_id"),
            *_need("organization_name"),
            *_have("is_producer is_operator is_authority", "integer"),
            *_have("attribution_url attribution_email attribution_phone"),
        ),
    ),
    Table(
        name="fare_attributes",
        columns=(
            *_need("fare_id"),
            *_need("price", "decimal"),
            *_have("currency_type"),
            *_have("payment_method", "integer"),
            *_have("transfers", "integer", default=ABSENT),
            *_have("agency_id"),
            *_have("transfer_duration", "integer", default=ABSENT),
        ),
    ),
    Table(
        name="fare_rules",
        columns=(*_need("fare_id"), *_have("route_id origin_id destination_id contains_id")),
    ),
)

# Basic route types, and the extended ones of the European hierarchy (100..1799).
BASIC_ROUTE_TYPES: Final = frozenset((0, 1, 2, 3, 4, 5, 6, 7, 11, 12))
EXTENDED_ROUTE_TYPES: Final = range(100, 1800)
RAILWAYS: Final = frozenset((2, *range(100, 200)))
AIRCRAFT: Final = frozenset(range(1100, 1200))
BUS: Final = 3  # what an unknown route type is taken for
