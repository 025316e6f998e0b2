"""What finds ways without a search: the streets' hierarchy, its slopes, and stops' buckets."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from feeds.progress import Progress
from graph_build.streets.order import make_hierarchy
from planner.kernels.hierarchy import slopes_of
from planner.kernels.stop_buckets import fill_buckets, nearby_of
from planner.kernels.street_ends import BACKWARD, FORWARD, Ends, ends_of_stops
from planner.network.metrics import ENDS_PENALTY_S
from planner.network.profiles import get_profile, pace_aside
from planner.network.shape import UNREACHED, Hierarchy, Metric, Slopes, StopBuckets, Streets
from planner.network.store import Network, frozen

MAX_S: Final = 1800  # the longest walk to or from a stop that is looked up; others are searched
_WALKERS: Final = ("walk", "wheelchair")  # who has buckets


def compile_stop_tables(network: Network, progress: Progress) -> Network:
    """The network with its hierarchy, slopes for every metric, and buckets for those who walk."""
    streets, walkers_links = network.streets, network.stop_links
    if streets is None or walkers_links is None:
        return network
    progress.phase("Ordering streets")
    hierarchy = make_hierarchy(streets)
    slopes, buckets = {}, {}
    for name, metric in network.metrics.items():
        slopes[name] = slopes_of(hierarchy, streets, metric)
        profile = get_profile(name)
        if name not in _WALKERS or not costs_its_duration(metric):
            continue
        own = None if profile.steps else network.stop_links_step_free
        stops = ends_of_stops(network.stops.lat, network.stops.lon, own or walkers_links)
        pace = pace_aside(profile)
        buckets[name] = _buckets_of(hierarchy, slopes[name], streets, metric, stops, pace)
        progress.note(f"{len(buckets[name].to_stop):,} ways to stops for {name}")
    return replace(network, hierarchy=hierarchy, slopes=slopes, stop_buckets=buckets)


def costs_its_duration(metric: Metric) -> bool:
    """Whether ways cost what they take, but for entering streets open only at a trip's ends.

    Only then do the buckets tell when a way that they don't know may be cheaper.
    """
    extra = (metric.cost - metric.duration_ds)[metric.cost < UNREACHED]
    return bool(np.isin(extra, (0, round(10 * ENDS_PENALTY_S))).all())


def _buckets_of(  # noqa: PLR0917 - what the kernel takes
    hierarchy: Hierarchy, slopes: Slopes, streets: Streets, metric: Metric, stops: Ends, pace: float
) -> StopBuckets:
    """Both directions' buckets of all stops, for walks of at most `MAX_S` seconds."""
    max_ds = 10 * MAX_S
    to_stops, from_stops = (
        fill_buckets(hierarchy, slopes, streets, metric, stops, direction, max_ds, pace)
        for direction in (BACKWARD, FORWARD)
    )
    return StopBuckets(
        max_ds=frozen(np.array([max_ds]), np.int32),
        to_offset=frozen(to_stops.offset, np.int32),
        to_stop=frozen(to_stops.stop, np.int32),
        to_weight=frozen(to_stops.weight, np.int64),
        from_offset=frozen(from_stops.offset, np.int32),
        from_stop=frozen(from_stops.stop, np.int32),
        from_weight=frozen(from_stops.weight, np.int64),
        **nearby_of(stops)._asdict(),
    )
