"""Traffic stress (D14): from the tags in a file to the levels, rules and reasons in the API.

R5's labeller reads `cycleway=lane` and its left and right only, calls every residential street calm
and says no reason. Ours reads tracks, both, separate, widths, limits and lanes.
"""

from __future__ import annotations

import numpy as np
import pytest
from street_drawing import draw_extract, draw_osm
from stress_cases import compiled, edge_between, say_crossing

from graph_build.build import build_network
from graph_build.region import BuildInputs
from graph_build.streets.compile import compile_streets
from graph_build.stress.label import label_streets
from planner.network import shape
from planner.network.store import open_network
from web.app import create_app

# One street after another leaves the spine to the right: A-a, B-b, ...
FAST = "highway=secondary maxspeed=50 lanes=2"
DSC = "highway=residential maxspeed=30 oneway=yes oneway:bicycle=no"
STREETS = {
    # tags, then level and rule of furth one way and the other, and R5's own level before junctions
    "Aa": (FAST, "4 mixed-line-50", "4 mixed-line-50"),
    "Bb": (FAST + " cycleway:both=track", "1 track", "1 track"),
    "Cc": (FAST + " cycleway:right=track", "1 track", "4 mixed-line-50"),
    "Dd": (FAST + " cycleway:both=lane", "2 lane-1.5m-50", "2 lane-1.5m-50"),
    "Ee": (FAST + " cycleway=lane cycleway:width=1.2", "4 mixed-line-50", "4 mixed-line-50"),
    "Ff": (FAST + " cycleway:both=separate", "4 mixed-line-50", "4 mixed-line-50"),
    "Gg": ("highway=cycleway", "1 path", "1 path"),
    "Hh": ("highway=residential maxspeed=30", "1 mixed-no-line-30", "1 mixed-no-line-30"),
    "Ii": ("highway=residential maxspeed=50", "3 mixed-no-line-50", "3 mixed-no-line-50"),
    "Jj": ("highway=residential maxspeed=70", "4 mixed-no-line-70", "4 mixed-no-line-70"),
    "Kk": ("highway=service", "1 mixed-no-line-30", "1 mixed-no-line-30"),
    "Ll": (DSC,
           "2 mixed-line-30", "2 contraflow-narrow-or-unknown"),
    "Mm": (DSC + " width=4",
           "2 mixed-line-30", "1 contraflow-wide"),
    "Nn": (DSC + " cycleway:left=lane cycleway:left:oneway=-1",
           "2 mixed-line-30", "2 contraflow-lane-30"),
    "Oo": ("highway=primary maxspeed=30 lanes=6", "4 mixed-3-lanes", "4 mixed-3-lanes"),
    "Pp": ("highway=tertiary maxspeed=30 cyclestreet=yes", "2 cycle-street", "2 cycle-street"),
    "Qq": ("highway=tertiary maxspeed=30 oneway=yes cycleway=share_busway", "2 bus-lane-30", None),
    "Rr": ("highway=tertiary maxspeed=30 junction=roundabout", "3 roundabout", None),
    "Ss": ("highway=footway bicycle=designated", "1 shared-pavement", "1 shared-pavement"),
    "Tt": ("highway=footway", None, None),
}  # fmt: skip
SPINE = "".join(word[0] for word in STREETS)
DRAWING = "\n".join(f"{word[0]}----{word[1]}" for word in STREETS)


def tags(text):
    return dict(word.split("=") for word in text.split())


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """Features of the API by rule set and (street, direction)."""
    folder = tmp_path_factory.mktemp("stress")
    ways = {word: tags(said) for word, (said, *_) in STREETS.items()}
    spine = {SPINE: {"highway": "cycleway", "name": "Voie verte"}}
    (folder / "streets.osm").write_text(draw_osm(DRAWING, ways | spine))
    build_network(BuildInputs(name="town", osm=(folder / "streets.osm",)), folder / "network")
    client = create_app(open_network(folder / "network")).test_client()
    found = {}
    for rules in ("furth", "r5", "bna"):
        box = "bbox=2.25,48.815,2.27,48.835"
        body = client.get(f"/api/trajets/v1/streets?{box}&rules={rules}").get_json()
        assert body["shortfalls"] == []
        for feature in body["features"]:
            facts = feature["properties"]
            word = [*STREETS, SPINE][facts["way"] - 101]
            found[rules, word, facts["direction"]] = facts
    return found


@pytest.mark.parametrize("word", STREETS)
@pytest.mark.parametrize("direction", ["forward", "backward"])
def test_D14_every_direction_has_its_level_and_its_rule(served, word, direction):
    wanted = STREETS[word][1 if direction == "forward" else 2]
    facts = served.get(("furth", word, direction))
    assert (facts and f"{facts['level']} {facts['rule']}") == wanted


def test_D14_R5_knows_neither_tracks_nor_fast_residential_streets(served):
    def r5(word):
        facts = served["r5", word, "forward"]
        return facts.get("level"), facts["rule"]

    assert r5("Bb") == (4, "major")
    assert served["r5", "Kk", "forward"].get("level") is None  # unlabelled
    # Whatever its limit; the spine's junction is calm, as every street of it is.
    assert r5("Hh") == r5("Ii") == r5("Jj") == (1, "residential")


def test_D14_what_is_assumed_is_told(served):
    assert served["furth", "Aa", "forward"]["assumptions"] == ["volume", "width", "parking"]
    unmapped = served["furth", "Kk", "forward"]["assumptions"]
    assert unmapped == ["speed", "lanes", "volume", "width", "parking"]


def test_D14_the_norm_stands_beside(served):
    norms = {word: served["furth", word, "forward"]["norm"] for word in ("Bb", "Dd", "Hh", "Pp")}
    assert norms == {"Bb": "ok", "Dd": "fails", "Hh": "ok", "Pp": "fails"}


def test_D14_a_calm_street_stays_calm_up_to_the_crossing(served):
    """Its end has the stress of crossing, the rest of it doesn't."""
    drawing = "A---B---C\n    |\n    D"
    ways = {"ABC": tags("highway=primary maxspeed=50 lanes=5"), "BD": tags("highway=residential")}
    streets, facts = compiled(drawing, ways)
    assert say_crossing(streets, facts, edge_between(streets, "D", "B"))[0] == 2
    assert say_crossing(streets, facts, edge_between(streets, "B", "D"))[0] == 0


def test_D14_a_junction_with_forbidden_turns_is_crossed_like_any_other():
    drawing = "A---B---C\n    |\n    D"
    ways = {
        "AB": tags("highway=primary maxspeed=50 lanes=5"),
        "BC": tags("highway=primary maxspeed=50 lanes=5"),
        "BD": tags("highway=residential"),
    }
    no_left = {"type": "restriction", "restriction": "no_left_turn"}
    turns = {("AB", "B", "BD"): no_left}
    extract = draw_extract(drawing, ways, turns=turns)
    made = compile_streets([extract], island_nodes=0)
    streets, stress = made.streets, label_streets(made.streets, made.road_facts)["furth"]
    turning = streets.flags & shape.TURN > 0
    assert turning.any()
    assert not stress.level[turning].any()
    crossing = np.flatnonzero(stress.crossing)
    assert crossing.tolist() == [edge_between(streets, "D", "B")]
    assert stress.crossing[crossing].tolist() == [2]
