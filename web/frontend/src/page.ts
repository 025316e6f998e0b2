/** What the server put into the page for the scripts. */

export type LonLat = [number, number];

export interface MapPlace {
  name: string;
  at: LonLat;
}

export interface MapLeg {
  mode: "walk" | "bike" | "car" | "transit";
  color: string;
  name: string;
  points: LonLat[];
  stops: (MapPlace | null)[];
}

export interface MapTrip {
  number: number;
  legs: MapLeg[];
}

export interface PageData {
  bounds: [number, number, number, number] | null; // south, west, north, east
  attributions: string[];
  geocode: string;
  language: string;
  icons: string;
  map: Record<string, string>;
  script: Record<string, string>;
  origin: MapPlace | null;
  destination: MapPlace | null;
  trips?: MapTrip[];
}

/** The data of `root`, the page itself or one fetched later. */
export function readPage(root: Document): PageData {
  const text = root.getElementById("page-data")?.textContent ?? "{}";
  return JSON.parse(text) as PageData;
}

/** A word in the page's language; its key where the server sent none. */
export function say(data: PageData, key: string): string {
  return data.script[key] ?? key;
}

/** A symbol of icons.svg. */
export function icon(data: PageData, name: string): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${data.icons}#${name}`);
  svg.append(use);
  return svg;
}
