r"""A drawing that one can be asked the way through, from letter to letter.

town = asked("A--B--C\n   |\n   D", {"ABC": ROAD, "BD": ROAD}, turns={...})
town.way("AD", "car")    "A-B-D"; pushed parts have a wave, "A~B-D"; "" where there is none
"""

from __future__ import annotations

from textwrap import dedent
from typing import NamedTuple

from street_drawing import LETTERS, letter_places
from street_networks import network_of, walk

from planner.network.metrics import pushed_edges
from planner.network.profiles import get_profile
from planner.network.store import Network
from planner.request import Coordinate

ROAD = {"highway": "residential"}
FOOT = {"highway": "footway"}
NO_LEFT = {"restriction": "no_left_turn"}
NO_RIGHT = {"restriction": "no_right_turn"}


class AskedTown(NamedTuple):
    network: Network
    places: dict[str, tuple[float, float]]

    def path(self, ends, profile="bike"):
        """The way from the first of two letters to the other."""
        origin, destination = (Coordinate(*self.places[letter]) for letter in ends)
        return walk(self.network, origin, destination, profile)

    def way(self, ends, profile="bike"):
        """The junctions that it passes."""
        path = self.path(ends, profile)
        if path is None:
            return ""
        streets = self.network.streets
        pushed = pushed_edges(streets, get_profile(profile))
        told = ends[0]
        for edge in path.edges.tolist():
            letter = LETTERS[streets.node_osm_id[streets.head[edge]] - 1]
            if letter == told[-1]:  # a barrier or a turn has no length
                continue
            told += ("~" if pushed[edge] else "-") + letter
        return told

    def seconds(self, ends, profile="bike"):
        return self.path(ends, profile).duration

    def cost(self, ends, profile="bike"):
        return self.path(ends, profile).cost


def asked(drawing, ways, **options):
    text = dedent(drawing)
    step_m = options.get("step_m", 50.0)
    return AskedTown(network_of(text, ways, **options), letter_places(text, step_m))
