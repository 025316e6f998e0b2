"""The streets as one traveller sees them: costs of their edges, and of the hierarchy over them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.kernels.components import without_islands
from planner.kernels.hierarchy import slopes_of
from planner.network.kept import kept_by_network
from planner.network.metrics import network_metric
from planner.network.profiles import Profile, get_profile, pace_aside
from planner.network.shape import Metric, Slopes
from planner.network.store import Network

KEPT_BYTES: Final = (
    512 * 2**20
)  # of each network, made when asked for; one is kept whatever its size


@dataclass(frozen=True, slots=True, eq=False)
class Weighted:
    """What a profile makes of a network's streets.

    slopes: None where the network has no hierarchy, so that every way is searched for.
    pace: tenths of a second for a metre off the streets.
    """

    profile: str
    metric: Metric
    slopes: Slopes | None
    pace: float

    @property
    def nbytes(self) -> int:
        """Bytes of its arrays, if they are its own."""
        return _bytes_of(self.metric) + (_bytes_of(self.slopes) if self.slopes else 0)


def weighted(network: Network, profile: str) -> Weighted:
    """The streets for a profile, by its name: as stored with the network, or else made now.

    What is made is kept with the network, the latest used up to KEPT_BYTES; a metropolis takes a
    second for each, a city some 70 ms. Raises KeyError or WeightError for a name that `get_profile`
    doesn't know, ValueError for a network without streets.
    """
    metric, slopes = network.metrics.get(profile), network.slopes.get(profile)
    if metric is not None and (slopes is not None or network.hierarchy is None):
        return Weighted(profile, metric, slopes, pace_aside(get_profile(profile)))
    return _made(network, profile)


def metric_of(network: Network, profile: Profile) -> Metric:
    """The metric stored with the network, or made now."""
    metric = network_metric(network, profile)
    if network.streets is not None and looks_around(profile):
        metric = without_islands(network.streets, metric)  # a bicycle waits where it can be ridden
    return metric


def looks_around(profile: Profile) -> bool:
    """Whether what it makes of a street depends on streets far away."""
    return profile.mode == "bike" and profile.closes_streets


def _share_of_memory(made: Weighted) -> int:
    """Bytes as counted for the cache, which must have room for one whatever its size."""
    return min(made.nbytes, KEPT_BYTES)


@kept_by_network(KEPT_BYTES, size=_share_of_memory)
def _made(network: Network, profile: str) -> Weighted:
    """The streets for a profile that isn't compiled."""
    who = get_profile(profile)
    metric = metric_of(network, who)
    slopes = None
    if network.hierarchy is not None and network.streets is not None:
        slopes = slopes_of(network.hierarchy, network.streets, metric)
    return Weighted(profile, metric, slopes, pace_aside(who))


def _bytes_of(columns: Iterable[object]) -> int:
    return sum(column.nbytes for column in columns if isinstance(column, np.ndarray))
