"""Journeys with a bicycle on board in generated towns, as the slow oracle has them."""

from __future__ import annotations

import random
from dataclasses import replace
from math import ceil

import naive
import numpy as np
import pytest
from generated_town import any_town, generated_town, reach, towns

from planner.network.profiles import get_profile
from planner.network.shape import BIKE_HANDLING_S, RIDDEN, Footpaths
from planner.network.store import frozen
from planner.transit.changes import ChangeWishes, change_tables
from planner.transit.search import pareto_set
from planner.transit.service_day import service_day

pytestmark = pytest.mark.jit  # hundreds of towns: only with kernels compiled

LONGEST_S = 600


def with_rides(rng, town, net):
    """The network with some of its walks ridden, and {(from, to): (seconds, ridden)}."""
    changes = {
        pair: (seconds + BIKE_HANDLING_S, True)
        if pair[0] != pair[1] and pair not in town.guaranteed and rng.random() < 0.6
        else (seconds, False)
        for pair, seconds in town.footpaths.items()
        if seconds is not None
    }
    rows = sorted((a, seconds, b, ridden) for (a, b), (seconds, ridden) in changes.items())
    counts = np.bincount([a for a, *_ in rows], minlength=town.n_points)
    _, seconds, to, _ = zip(*rows, strict=True)
    kinds = {(a, b): kind for a, b, kind in walked_rows(net.footpaths)}
    kind = [RIDDEN if r else kinds[a, b] for a, _, b, r in rows]
    table = Footpaths(
        frozen(np.concatenate(([0], np.cumsum(counts))), np.int32),
        frozen(to, np.int32), frozen(seconds, np.int32),
        frozen(np.zeros(len(rows)), np.float32), frozen(kind, np.uint8),
    )  # fmt: skip
    manifest = {**net.manifest, "max_transfer_ride": LONGEST_S}
    return replace(net, footpaths_bike=table, manifest=manifest), changes


def walked_rows(footpaths):
    origin = np.repeat(np.arange(len(footpaths.point_offset) - 1), np.diff(footpaths.point_offset))
    columns = (origin, footpaths.to_point, footpaths.kind)
    return zip(*(column.tolist() for column in columns), strict=True)


def own_changes(changes, speed):
    """{(from, to): seconds} at one's own speed, without rides that take too long at it."""
    found = {}
    for pair, (seconds, ridden) in changes.items():
        tenths = round(10 * get_profile("bike").flat_kmh)
        way = ceil((seconds - BIKE_HANDLING_S) * tenths / (10 * speed)) if ridden else seconds
        if not ridden or way <= LONGEST_S:
            found[pair] = way + BIKE_HANDLING_S * ridden
    return found


@towns(0.1)
@any_town
def test_journeys_with_a_bicycle_forward_and_backward(seed):
    rng = random.Random(seed)
    town = generated_town(seed)
    net, changes = with_rides(rng, town, town.network())
    speed = rng.choice([8, 10, 20])
    oracle = town.oracle()
    oracle = naive.Oracle(
        oracle.rides, own_changes(changes, speed), oracle.access, oracle.egress, town.max_rides
    )
    wishes = ChangeWishes(bike_speed_kmh=float(speed))
    tables = change_tables(net, step_free=False, wishes=wishes, mode="bike")
    day = service_day(net, town.date).with_changes(tables)
    for arrive_by, at, slow in (
        (False, town.at, oracle.pareto_set(town.at)),
        (True, town.by, oracle.reversed_pareto_set(town.by)),
    ):
        found = pareto_set(
            day, reach(town.access), reach(town.egress), at,
            arrive_by=arrive_by, max_rides=town.max_rides,
        )  # fmt: skip
        assert [(j.departure, j.arrival, len(j.rides)) for j in found] == slow
    for table, walked in (
        (tables.forward, tables.walked),
        (tables.mirrored, tables.mirrored_walked),
    ):
        origin = np.repeat(np.arange(town.n_points), np.diff(table.offset)).tolist()
        pairs = zip(origin, table.to.tolist(), strict=True)
        if table is tables.mirrored:
            pairs = [(a, b) for b, a in pairs]
        assert dict(zip(pairs, walked.tolist(), strict=True)) == {
            (a, b): 0 if changes[a, b][1] or town.point_stop[a] == town.point_stop[b]
            else changes[a, b][0]
            for a, b in own_changes(changes, speed)
        }  # fmt: skip
