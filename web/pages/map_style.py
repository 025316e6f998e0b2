"""The map's look: a MapLibre style over our own vector tiles, in a light and a dark suit.

Streets, water and green stay quiet, so that the trip on top is what one sees. There is no
`glyphs` entry: MapLibre then draws labels with the page's own font, and no server is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

FONT: Final = ["Atkinson Hyperlegible Next Variable", "sans-serif"]
SOURCE: Final = "town"

LIGHT: Final[Mapping[str, str]] = {
    "ground": "#eef1ec", "water": "#b9d6ea", "green": "#d3e6c8", "building": "#dfe0db",
    "road": "#ffffff", "casing": "#d3d6d6", "major": "#fff6da", "major_casing": "#dccfa3",
    "path": "#c9b89c", "cycle": "#74bd95", "rail": "#9aa2ad", "boundary": "#a99db8",
    "ink": "#33405a", "water_ink": "#3a6d93", "green_ink": "#3f6b35", "halo": "#f8faf7",
    "stop": "#1b4396",
}  # fmt: skip
DARK: Final[Mapping[str, str]] = {
    "ground": "#141c2a", "water": "#12304a", "green": "#16302b", "building": "#1c2637",
    "road": "#33405a", "casing": "#0f1622", "major": "#4b5163", "major_casing": "#0f1622",
    "path": "#4d4a4a", "cycle": "#2c7a58", "rail": "#59657c", "boundary": "#5d5676",
    "ink": "#c3cee0", "water_ink": "#86b5d8", "green_ink": "#8fc08a", "halo": "#0f1622",
    "stop": "#9dbcff",
}  # fmt: skip
# Levels of traffic stress: colours that differ in lightness too, and dashes for who sees none.
_STRESS: Final[Mapping[str, tuple[str, ...]]] = {
    "light": ("#1565a8", "#1b8a78", "#b86a00", "#8a1448"),
    "dark": ("#6cb8f0", "#5fd3bc", "#ffb454", "#ff86b0"),
}
_STRESS_WIDTH: Final = (2.0, 2.4, 3.0, 3.8)  # at zoom 14, by level
_STRESS_DASH: Final = (None, [6.0, 1.2], [2.6, 1.3], [1.0, 0.8])
THEMES: Final[Mapping[str, Mapping[str, str]]] = {"light": LIGHT, "dark": DARK}

_MOTOR: Final = ["motorway", "trunk", "primary"]
_MIDDLE: Final = ["secondary", "tertiary"]
_SMALL: Final = ["unclassified", "residential", "living_street", "service", "road", "busway"]
_FOOT: Final = ["footway", "path", "pedestrian", "steps", "track", "bridleway", "corridor"]
_BIKE: Final = ["path", "track", "buffered", "lane", "bus_lane", "contraflow"]


def map_style(
    theme: str,
    *,
    tiles: str | None,
    min_zoom: int = 0,
    max_zoom: int = 14,
    stress: bool = False,
) -> dict[str, Any]:
    """The style document of a theme; `tiles` is the address template, None for a bare ground.

    stress: with the layers stress-1 to stress-4, unseen until somebody switches them on.
    """
    paint = THEMES[theme]
    layers: list[dict[str, Any]] = [
        {"id": "ground", "type": "background", "paint": {"background-color": paint["ground"]}}
    ]
    sources: dict[str, Any] = {}
    if tiles is not None:
        sources[SOURCE] = {
            "type": "vector", "tiles": [tiles], "minzoom": min_zoom, "maxzoom": max_zoom,
        }  # fmt: skip
        stressful = _stress(theme) if stress else []
        layers += [*_areas(paint), *_roads(paint), *stressful, *_labels(paint)]
    return {"version": 8, "name": f"Trajets {theme}", "sources": sources, "layers": layers}


def _areas(paint: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        _fill("green", "green", paint["green"]),
        _fill("water", "water", paint["water"]),
        _line("rivers", "water", paint["water"], (12, 1, 17, 5), only="LineString"),
        _fill("buildings", "buildings", paint["building"], minzoom=14),
        _line("boundaries", "boundaries", paint["boundary"], (10, 0.6, 16, 1.6), dash=[4, 3]),
    ]


def _roads(paint: Mapping[str, str]) -> list[dict[str, Any]]:
    """Casings under fills, small streets under large ones, cycling infrastructure above."""
    return [
        _road("paths", _FOOT, paint["path"], (14, 0.5, 18, 2.5), dash=[2, 1.5]),
        _road("small-casing", _SMALL, paint["casing"], (13, 0.8, 18, 17)),
        _road("middle-casing", _MIDDLE, paint["casing"], (11, 1, 18, 23)),
        _road("major-casing", _MOTOR, paint["major_casing"], (9, 1.2, 18, 27)),
        _road("small", _SMALL, paint["road"], (13, 0.5, 18, 14)),
        _road("middle", _MIDDLE, paint["road"], (11, 0.7, 18, 20)),
        _road("major", _MOTOR, paint["major"], (9, 0.8, 18, 24)),
        _line("rail", "rail", paint["rail"], (11, 0.7, 17, 2.2)),
        _line("rail-ties", "rail", paint["rail"], (14, 2.5, 17, 6), dash=[0.25, 3], minzoom=14),
        {
            **_road("cycleways", ["cycleway"], paint["cycle"], (12, 0.6, 18, 3)),
            "filter": ["any", _among("class", ["cycleway"]), _among("infrastructure", _BIKE)],
        },
    ]


def _stress(theme: str) -> list[dict[str, Any]]:
    """One layer for each level, the calmest lowest."""
    layers = []
    for number, color in enumerate(_STRESS[theme]):
        width = _STRESS_WIDTH[number]
        widths = (10, width / 3, 14, width)
        line = _line(f"stress-{number + 1}", "roads", color, widths, dash=_STRESS_DASH[number])
        line["layout"]["visibility"] = "none"
        layers.append({**line, "filter": ["==", ["get", "stress"], number + 1]})
    return layers


def _labels(paint: Mapping[str, str]) -> list[dict[str, Any]]:
    halo = {"text-halo-color": paint["halo"], "text-halo-width": 1.4}
    street = {
        "id": "street-names", "type": "symbol", "source": SOURCE, "source-layer": "roads",
        "minzoom": 14, "filter": ["has", "name"],
        "layout": {
            "symbol-placement": "line", "text-field": ["get", "name"], "text-font": FONT,
            "text-size": _growing(14, 10.5, 18, 14), "symbol-spacing": 320,
        },
        "paint": {"text-color": paint["ink"], **halo},
    }  # fmt: skip
    return [
        street,
        _point("stop-dots", paint["stop"], paint["halo"]),
        _text("water-names", "water", paint["water_ink"], halo, 12, minzoom=12),
        _text("green-names", "green", paint["green_ink"], halo, 11.5, minzoom=14),
        _text("stop-names", "stops", paint["stop"], halo, 11.5, minzoom=15, offset=0.9),
        _text("place-names", "places", paint["ink"], halo, 14, minzoom=9),
    ]


def _fill(name: str, layer: str, color: str, minzoom: int = 0) -> dict[str, Any]:
    return {
        "id": name, "type": "fill", "source": SOURCE, "source-layer": layer, "minzoom": minzoom,
        "filter": ["==", ["geometry-type"], "Polygon"],
        "paint": {"fill-color": color, "fill-antialias": True},
    }  # fmt: skip


def _line(
    name: str,
    layer: str,
    color: str,
    width: tuple[float, float, float, float],
    *,
    dash: list[float] | None = None,
    minzoom: int = 0,
    only: str | None = None,
) -> dict[str, Any]:
    paint: dict[str, Any] = {"line-color": color, "line-width": _growing(*width)}
    if dash:
        paint["line-dasharray"] = dash
    made: dict[str, Any] = {
        "id": name, "type": "line", "source": SOURCE, "source-layer": layer, "minzoom": minzoom,
        "layout": {"line-join": "round", "line-cap": "butt" if dash else "round"}, "paint": paint,
    }  # fmt: skip
    if only:
        made["filter"] = ["==", ["geometry-type"], only]
    return made


def _road(
    name: str,
    classes: list[str],
    color: str,
    width: tuple[float, float, float, float],
    dash: list[float] | None = None,
) -> dict[str, Any]:
    return {**_line(name, "roads", color, width, dash=dash), "filter": _among("class", classes)}


def _text(
    name: str,
    layer: str,
    color: str,
    halo: Mapping[str, Any],
    size: float,
    *,
    minzoom: int,
    offset: float = 0.0,
) -> dict[str, Any]:
    layout: dict[str, Any] = {
        "text-field": ["get", "name"], "text-font": FONT, "text-size": size, "text-max-width": 8,
    }  # fmt: skip
    if offset:
        layout |= {"text-anchor": "top", "text-offset": [0, offset], "text-optional": True}
    return {
        "id": name, "type": "symbol", "source": SOURCE, "source-layer": layer, "minzoom": minzoom,
        "filter": ["has", "name"], "layout": layout, "paint": {"text-color": color, **halo},
    }  # fmt: skip


def _point(name: str, color: str, ring: str) -> dict[str, Any]:
    return {
        "id": name, "type": "circle", "source": SOURCE, "source-layer": "stops", "minzoom": 13,
        "paint": {
            "circle-color": color, "circle-radius": _growing(13, 2, 17, 5),
            "circle-stroke-color": ring, "circle-stroke-width": 1.5,
        },
    }  # fmt: skip


def _among(name: str, values: list[str]) -> list[Any]:
    return ["in", ["coalesce", ["get", name], ""], ["literal", values]]


def _growing(zoom: float, value: float, far_zoom: float, far: float) -> list[Any]:
    return ["interpolate", ["exponential", 1.5], ["zoom"], zoom, value, far_zoom, far]
