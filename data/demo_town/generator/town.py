"""The streets of the model, from sketches to connected ways."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Final

from shapely.geometry import LineString, Polygon
from shapely.geometry import Point as Dot
from shapely.ops import polygonize, unary_union

from generator import far_roads, gates, joining, parks, soundness
from generator.dress import dress
from generator.fill import Filler, free_land, polygons
from generator.ground import Ground
from generator.names import Names
from generator.plane import Point, dice, distance, to_degrees
from generator.sketch import Sketch, Street, read

BLOCK_M2: Final = {"Issy-les-Moulineaux": 8_200.0, "Boulogne-Billancourt": 12_500.0}
BLOCK_ELSEWHERE_M2: Final = 14_500.0
GROWING: Final = {"residential", "tertiary", "living_street", "unclassified"}
HIGHWAY_LEVEL: Final = {"motorway", "trunk"}


@dataclass(slots=True)
class Town:
    """Everything the map of the model holds."""

    ground: Ground
    areas: list[Sketch]
    streets: list[Street] = field(default_factory=list)
    communes: list[tuple[str, str, Polygon]] = field(default_factory=list)  # name, postcode, where

    def commune(self, point: Point) -> tuple[str, str]:
        """Name and postcode of the commune a point lies in; Paris where no other is drawn."""
        for name, postcode, outline in self.communes:
            if outline.covers(Dot(point)):
                return name, postcode
        return "Paris", "75015"

    def role(self, role: str) -> list[Sketch]:
        """The sketched areas that play a role in the drawing."""
        return [area for area in self.areas if area.words.get("role") == role]

    def no_streets(self) -> list[Polygon]:
        """Land and water that streets keep out of; islands are land again."""
        dry = [area for area in self.areas if area.tags.get("natural") != "water"]
        return [*self.water(), *[one.polygon for one in dry if one.words.get("fill") == "no"]]

    def water(self) -> list[Polygon]:
        """The river without its island."""
        islands = unary_union([area.polygon for area in self.role("island")])
        rivers = [area.polygon for area in self.areas if area.tags.get("natural") == "water"]
        return polygons(unary_union(rivers).difference(islands))


def draw() -> Town:
    """The whole town: sketched axes, filled-in streets, paths, bridges, names."""
    town = Town(Ground(), list(read("areas.txt")))
    town.communes = [
        (area.name, area.words["postcode"], area.polygon) for area in town.role("commune")
    ]
    rails = [LineString(track.points) for track in read("tracks.txt") if track.kind == "rail"]
    chance = dice(92_040)
    axes = _axes()
    axes += [_frame(area) for area in town.role("cluster")]
    extent = town.role("extent")[0].polygon
    served = [point for _, point in far_roads.stops() if extent.covers(Dot(point))]
    axes += far_roads.roads(axes, served)
    joining.catch_ends([one for one in axes if one.level == "ground"], _ground(axes), 30.0)
    joining.join(axes)
    joining.reach_out([one for one in axes if _may_grow(one)], _ground(axes), town.no_streets())
    joining.join(axes)
    town.streets = [*axes, *_filled(town, axes, rails, chance)]
    town.streets += parks.paths(town.streets, town.areas, chance)
    joining.join(town.streets)
    town.streets += gates.links(town.streets)
    town.streets = soundness.pruned(soundness.connected(town.streets))
    town.streets = gates.with_bridges(town.streets, unary_union(town.water()))
    _name(town, chance)
    return town


def _ground(streets: list[Street]) -> list[Street]:
    return [street for street in streets if street.level == "ground"]


def _may_grow(street: Street) -> bool:
    """Sketched streets whose loose ends run on to the next street."""
    return street.level == "ground" and street.tags["highway"] in GROWING


def _axes() -> list[Street]:
    """The sketched axes, with roundabouts cut in and motorways doubled."""
    streets: list[Street] = []
    rings: list[list[Point]] = []
    for sketch in read("axes.txt"):
        if sketch.kind == "roundabout":
            ring = joining.roundabout(sketch.points[0], float(sketch.words["radius"]))
            rings.append(ring)
            tags = sketch.tags | {"junction": "roundabout", "oneway": "yes", "maxspeed": "30"}
            streets.append(Street(sketch.name, tags, ring))
        else:
            streets += _one_axis(sketch)
    for ring in rings:
        streets = [
            piece
            for street in streets
            for piece in ([street] if street.points == ring else joining.cut_at_ring(street, ring))
        ]
    return streets


def _one_axis(sketch: Sketch) -> list[Street]:
    tags = {"highway": sketch.kind, **sketch.tags}
    level = "motorway" if sketch.kind in HIGHWAY_LEVEL else "ground"
    if "dual" in sketch.words:
        half = float(sketch.words["dual"]) / 2
        tags["oneway"] = "yes"
        first, last = sketch.points[0], sketch.points[-1]
        right = joining.offset(sketch.points, half)
        left = joining.offset(sketch.points, -half)[::-1]
        return [
            Street(sketch.name, dict(tags), [first, *right[1:-1], last], level),
            Street(sketch.name, dict(tags), [last, *left[1:-1], first], level),
        ]
    numbers = sketch.words.get("numbers")
    low, high = map(int, numbers.split("-")) if numbers else (0, 0)
    return [Street(sketch.name, tags, list(sketch.points), level, (low, high) if numbers else None)]


def _frame(area: Sketch) -> Street:
    """The street around the far end of a long road, a square."""
    (x, y), half = area.points[0], float(area.words["half"])
    ring = [
        (round(x + dx * half, 1), round(y + dy * half, 1))
        for dx, dy in ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))
    ]
    return Street(f"tour de {area.name}", {"highway": "tertiary", "maxspeed": "50"}, ring)


def _filled(
    town: Town, axes: list[Street], rails: list[LineString], chance: Random
) -> list[Street]:
    """Streets for the land between the axes, inside the model's extent and its far clusters."""
    lines = [LineString(street.points) for street in axes]
    extent = town.role("extent")[0].polygon
    faces = list(polygonize(unary_union([*lines, *rails, extent.exterior])))
    wide = [LineString(street.points).buffer(26.0) for street in axes if street.level == "motorway"]
    taken = [*town.no_streets(), *wide, *[rail.buffer(9.0) for rail in rails]]
    inside = [
        face for face in faces
        if extent.covers(face.representative_point()) or face.area < 1_000_000
    ]  # fmt: skip
    frames = [LineString(street.points) for street in axes if street.name.startswith("tour de ")]
    inside = [face for face in inside if extent.covers(face.representative_point())
              or any(Polygon(frame.coords).covers(face.representative_point())
                     for frame in frames)]  # fmt: skip
    filler = Filler(chance, [point for street in axes for point in street.points])
    streets = []
    for land in sorted(free_land(inside, taken), key=lambda one: one.bounds):
        for part in polygons(land):
            middle = part.representative_point()
            commune, _ = town.commune((middle.x, middle.y))
            for cut in filler.fill(part, BLOCK_M2.get(commune, BLOCK_ELSEWHERE_M2)):
                at = cut.points[len(cut.points) // 2]
                streets.append(dress(cut, town.commune(at)[0], town.ground, chance))
    return streets


def _name(town: Town, chance: Random) -> None:
    """Name the filled-in streets; one that goes straight on from another keeps its name."""
    names = Names(chance, {street.name for street in town.streets if street.name})
    ends: dict[Point, list[Street]] = {}
    for street in town.streets:
        if street.name or not street.rank:
            continue
        commune, _ = town.commune(street.points[len(street.points) // 2])
        earlier = [
            other for end in (street.points[0], street.points[-1]) for other in ends.get(end, [])
            if _goes_on(street, other)
        ]  # fmt: skip
        street.name = earlier[0].name if earlier else names.name(commune, street.tags["highway"])
        for end in (street.points[0], street.points[-1]):
            ends.setdefault(end, []).append(street)


def _goes_on(street: Street, other: Street) -> bool:
    """Whether two streets of one class meet end to end nearly straight."""
    if street.tags["highway"] != other.tags["highway"]:
        return False
    for points in (street.points, street.points[::-1]):
        for others in (other.points, other.points[::-1]):
            if points[0] == others[-1]:
                a, b, c = others[-2], points[0], points[1]
                straight = distance(a, c)
                return straight > 0.94 * (distance(a, b) + distance(b, c))
    return False


def bounds(town: Town) -> tuple[float, float, float, float]:
    """South, west, north, east of the drawn town, without its long roads."""
    left, bottom, right, top = town.role("extent")[0].polygon.bounds
    return (*to_degrees((left, bottom)), *to_degrees((right, top)))
