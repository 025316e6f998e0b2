/** How a trip is drawn: rides in their line's colour, ways on foot dotted, stops as rings. */

import type { AddLayerObject, ExpressionSpecification } from "maplibre-gl";
import type { MapLeg } from "./page";

const WAYS = ["walk", "bike", "car"];

/** One line per leg, one point per stop; the ends of rides carry their names. */
export function tripFeatures(legs: MapLeg[]): GeoJSON.FeatureCollection {
  const features: GeoJSON.Feature[] = [];
  for (const leg of legs) {
    if (leg.points.length > 1) {
      features.push({
        type: "Feature",
        properties: { mode: leg.mode, color: leg.color },
        geometry: { type: "LineString", coordinates: leg.points },
      });
    }
    const last = leg.stops.length - 1;
    for (const [index, stop] of leg.stops.entries()) {
      if (!stop) continue;
      features.push({
        type: "Feature",
        properties: { stop: index === 0 || index === last ? 2 : 1, name: stop.name, color: leg.color },
        geometry: { type: "Point", coordinates: stop.at },
      });
    }
  }
  return { type: "FeatureCollection", features };
}

export function TRIP_LAYERS(dark: boolean, font: string): AddLayerObject[] {
  const paper = dark ? "#0d1524" : "#ffffff";
  const ink = dark ? "#eaf0fa" : "#14203a";
  const color: ExpressionSpecification = ["coalesce", ["get", "color"], ink];
  const line = (mode: string): ExpressionSpecification => ["==", ["get", "mode"], mode];
  const round = { "line-cap": "round", "line-join": "round" } as const;
  const source = "trip";
  return [
    {
      id: "trip-halo", type: "line", source, layout: round, filter: ["has", "mode"],
      paint: { "line-color": paper, "line-width": 11, "line-opacity": 0.92 },
    },
    {
      id: "trip-walk", type: "line", source, layout: round, filter: line("walk"),
      paint: { "line-color": ink, "line-width": 4.5, "line-dasharray": [0.1, 1.7] },
    },
    {
      id: "trip-bike", type: "line", source, layout: round, filter: line("bike"),
      paint: { "line-color": dark ? "#6ed6a0" : "#0b7a4b", "line-width": 5 },
    },
    {
      id: "trip-car", type: "line", source, layout: round, filter: line("car"),
      paint: { "line-color": dark ? "#a9b7ce" : "#4b5872", "line-width": 5 },
    },
    {
      id: "trip-ride-edge", type: "line", source, layout: round,
      filter: ["all", ["has", "mode"], ["!", ["in", ["get", "mode"], ["literal", WAYS]]]],
      paint: { "line-color": ink, "line-width": 7.5, "line-opacity": 0.45 },
    },
    {
      id: "trip-ride", type: "line", source, layout: round,
      filter: ["all", ["has", "mode"], ["!", ["in", ["get", "mode"], ["literal", WAYS]]]],
      paint: { "line-color": color, "line-width": 6 },
    },
    {
      id: "trip-stops", type: "circle", source, filter: ["has", "stop"],
      paint: {
        "circle-color": paper, "circle-stroke-color": ink,
        "circle-radius": ["match", ["get", "stop"], 2, 5.5, 2.5],
        "circle-stroke-width": ["match", ["get", "stop"], 2, 2.5, 1.2],
      },
    },
    {
      id: "trip-names", type: "symbol", source, filter: ["==", ["get", "stop"], 2],
      layout: {
        "text-field": ["get", "name"], "text-font": [font], "text-size": 13.5, "text-max-width": 9,
        "text-variable-anchor": ["left", "right", "top", "bottom"], "text-radial-offset": 0.9,
        "text-justify": "auto",
      },
      paint: { "text-color": ink, "text-halo-color": paper, "text-halo-width": 2 },
    },
  ];
}
