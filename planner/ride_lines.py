"""Where a vehicle calls, and the line it drives between two calls."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.ends import stop_place
from planner.network.kept import kept_by_network
from planner.network.store import Network
from planner.shapes import Fit, Points, cut_shape, fit_shape

FITS_KEPT: Final = 4096  # lines' calls on their shapes, a kilobyte each


def ride_line(network: Network, sequence: int, shape: int, board: int, alight: int) -> Points:
    """The points that a vehicle passes between two calls of a stop sequence; shape: or -1."""
    calls = call_points(network, sequence)
    if shape < 0:
        return cut_shape(np.empty((0, 2)), calls, None, board, alight)
    fit = _fit(network, sequence, shape)
    return cut_shape(_shape(network, shape), calls, fit, board, alight)


def call_points(network: Network, sequence: int) -> NDArray[np.float64]:
    """Latitude and longitude of every call of a stop sequence, (n_calls, 2).

    A stop without coordinates lies between the others.
    """
    table, stops = network.timetable, network.stops
    offset = table.sequence_stop_offset[sequence : sequence + 2]
    stop = table.sequence_stop[offset[0] : offset[1]]
    points = np.column_stack((stops.lat[stop], stops.lon[stop]))
    known = ~np.isnan(points).any(axis=1)
    if known.all():
        return points
    if not known.any():
        places = (stop_place(network, one) for one in stop.tolist())
        return np.array([(place.lat, place.lon) for place in places])
    at, number = np.flatnonzero(known), np.arange(len(stop))
    return np.column_stack([np.interp(number, at, x) for x in points[at].T])


# What a line's vehicles do is the same for everybody: nobody's trip is kept here.
@kept_by_network(FITS_KEPT)
def _fit(network: Network, sequence: int, shape: int) -> Fit | None:
    return fit_shape(_shape(network, shape), call_points(network, sequence))


def _shape(network: Network, shape: int) -> NDArray[np.float64]:
    """The points of a shape, (n, 2)."""
    table = network.timetable
    row = slice(int(table.shape_offset[shape]), int(table.shape_offset[shape + 1]))
    return np.column_stack([table.shape_lat[row], table.shape_lon[row]])
