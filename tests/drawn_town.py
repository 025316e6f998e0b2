r"""Streets and a timetable in one drawing: a town that one can be asked a way through.

The stops of the timetable stand on the drawing's letters of the same name.

    town = drawn_town('a--A-----B--b', {"aABb": FOOT}, 'A     B\n8:10  8:12')
    town.ask("a", "b", at="8:00")
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from textwrap import dedent
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from certificate import check_legs
from street_drawing import draw_town
from timetable_text import FIRST_DATE, timetable

from feeds.issues import IssueLog
from feeds.progress import Silent
from graph_build.footpaths import compile_footpaths
from graph_build.linking import link_stops
from graph_build.manifest import find_bounds
from graph_build.streets.grid import make_grid
from planner.itinerary import TransitLeg
from planner.network.metrics import profile_metric
from planner.network.profiles import compiled_profiles
from planner.network.store import Network, frozen
from planner.plan import plan
from planner.request import Coordinate, Request
from planner.stop_ids import parse_stop_ref

WEDNESDAY = FIRST_DATE + timedelta(days=2)


class DrawnTown(NamedTuple):
    """A compiled network, and where its letters are."""

    network: Network
    places: dict[str, tuple[float, float]]

    def ask(self, origin, destination, at="8:00", *, on=WEDNESDAY, **options):
        """The answer; a place is a letter's point, `stop A`, or a Coordinate. All legs hold.

        at: the town's own clock on that day, or ISO 8601 with an offset.
        """
        when = datetime.fromisoformat(at) if "T" in at else self.instant(at, on)
        answer = plan(
            self.network,
            Request(
                origin=self.end(origin), destination=self.end(destination), time=when, **options
            ),
        )
        for itinerary in (*answer.itineraries, *answer.direct):
            check_legs(itinerary)
        return answer

    def instant(self, at, on=WEDNESDAY):
        hours, minutes, *rest = map(int, at.split(":"))
        zone = ZoneInfo(self.network.manifest["timezone"])
        return datetime.combine(on, time(hours, minutes, *rest), zone)

    def end(self, place):
        if isinstance(place, Coordinate):
            return place
        stop, _, name = place.partition("stop ")
        return parse_stop_ref(self.network, name) if name else Coordinate(*self.places[stop])

    def draw(self, itinerary):
        """`a 8:06:28 walk A 8:10 | A 8:10 R1 B 8:12`; a bare point has the letter it is on."""
        return " | ".join(
            f"{self.name(leg.origin)} {clock(leg.start)} "
            f"{leg.route_short_name if isinstance(leg, TransitLeg) else leg.mode} "
            f"{self.name(leg.destination)} {clock(leg.end)}"
            for leg in itinerary.legs
        )

    def name(self, place):
        at = {round_place(where): letter for letter, where in self.places.items()}
        return place.name or at.get(round_place((place.lat, place.lon)), "?")

    def rides(self, answer):
        """Each itinerary drawn; a stop is its name, which in a drawn feed is its id."""
        return [self.draw(itinerary) for itinerary in answer.itineraries]


def drawn_town(drawing, ways, text, *, transfer_time=0, at=None, **options):
    """Compile a drawing and a timetable; `at` moves stops to other letters' places."""
    net = timetable(text, transfer_time=transfer_time)
    town = draw_town(dedent(drawing), ways, **options)
    places = [town.places[(at or {}).get(s, s)] for s in net.stops.stop_id.list_all()]
    lat, lon = np.array(places).T
    stops = net.stops._replace(lat=frozen(lat, np.float64), lon=frozen(lon, np.float64))
    metrics = {name: profile_metric(town.streets, p) for name, p in compiled_profiles().items()}
    grid, issues = make_grid(town.streets), IssueLog()
    links = link_stops(town.streets, grid, stops, issues)

    def footpaths(profile):
        return compile_footpaths(
            stops, (), town.streets, metrics[profile], links,
            profile=profile, transfer_time=transfer_time, issues=issues, progress=Silent(),
        )  # fmt: skip

    network = replace(
        net,
        manifest={**net.manifest, "bounds": find_bounds(town.streets, stops)},
        stops=stops, streets=town.streets, street_names=town.names, grid=grid, metrics=metrics,
        stop_links=links, footpaths=footpaths("walk"), footpaths_step_free=footpaths("wheelchair"),
    )  # fmt: skip
    return DrawnTown(network, town.places)


def clock(instant):
    """8:05, with seconds where there are some, and the day of the month where it isn't that day."""
    day = "" if instant.date() == WEDNESDAY else f"{instant:%d} "
    return day + (f"{instant:%-H:%M}" if instant.second == 0 else f"{instant:%-H:%M:%S}")


def round_place(place):
    return round(place[0], 5), round(place[1], 5)
