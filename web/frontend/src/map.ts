/** The town's map: trips on it, arrow buttons beside dragging, and a click to choose a place. */

import { Map as BaseMap, Marker, NavigationControl, AttributionControl, ScaleControl, setWorkerUrl } from "maplibre-gl";
import type { ControlPosition, GeoJSONSource, IControl, LngLatBoundsLike, StyleSpecification } from "maplibre-gl";
import { PickPanel } from "./pick";
import { StressControl } from "./stress";
import { say, type LonLat, type MapLeg, type PageData, type MapTrip } from "./page";
import { TRIP_LAYERS, tripFeatures } from "./trip_layers";

declare const WORKER_URL: string;

const FONT = "Atkinson Hyperlegible Next Variable";
const DARK = "(prefers-color-scheme: dark)";
const PAN_PIXELS = 120;
const TALL_PHONE = 60 * 16;
const LONG_NAMES = 110; // characters of attribution that still stand in one line

export class TownMap {
  private trips: MapTrip[] = [];
  private markers: Marker[] = [];
  private selected = 0;

  private constructor(
    private readonly map: BaseMap,
    private readonly container: HTMLElement,
  ) {}

  static async open(container: HTMLElement, data: PageData): Promise<TownMap> {
    setWorkerUrl(new URL(WORKER_URL, import.meta.url).href);
    const theme = window.matchMedia(DARK);
    const [style] = await Promise.all([fetchStyle(container, theme.matches), loadFont()]);
    const start = data.bounds ? { bounds: toBox(data.bounds), fitBoundsOptions: { padding: 12 } } : {};
    const map = new BaseMap({
      container,
      style,
      ...start,
      locale: data.map,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      maxZoom: 18.5,
      cooperativeGestures: false,
      fadeDuration: reducedMotion() ? 0 : 200,
    });
    map.touchZoomRotate.disableRotation();
    map.keyboard.disableRotation();
    map.addControl(new NavigationControl({ showCompass: false }), "top-right");
    map.addControl(new PanButtons(data), "top-right");
    map.addControl(new StressControl(data), "top-left");
    map.addControl(new ScaleControl({ unit: "metric" }), "bottom-left");
    const names = data.attributions.map(escapeHtml).join(" · ");
    map.addControl(new AttributionControl({ compact: window.innerWidth < TALL_PHONE || names.length > LONG_NAMES, customAttribution: names }));
    if (window.innerWidth < TALL_PHONE) map.once("idle", () => foldAttribution(container));
    const town = new TownMap(map, container);
    map.on("style.load", () => town.addLayers());
    theme.addEventListener("change", async (event) => {
      map.setStyle(await fetchStyle(container, event.matches), { diff: false });
    });
    new PickPanel(map, data);
    // For tests and for whoever waits: the map says when it has drawn everything.
    map.on("idle", () => (container.dataset["state"] = "idle"));
    map.on("movestart", () => (container.dataset["state"] = "moving"));
    map.on("moveend", () => {
      const at = map.getCenter();
      container.dataset["center"] = `${at.lat.toFixed(5)},${at.lng.toFixed(5)}`;
    });
    return town;
  }

  /** Markers and trips of a page, the first trip in front. */
  showPage(data: PageData): void {
    for (const marker of this.markers) marker.remove();
    this.markers = [];
    this.trips = data.trips ?? [];
    for (const [place, name] of [[data.origin, "from"], [data.destination, "to"]] as const) {
      if (!place) continue;
      const pin = document.createElement("div");
      pin.className = `pin pin--${name}`;
      pin.append(shape());
      const marker = new Marker({ element: pin, anchor: "center" }).setLngLat(place.at).addTo(this.map);
      pin.setAttribute("role", "img");
      pin.setAttribute("aria-label", say(data, name === "from" ? "origin" : "destination"));
      this.markers.push(marker);
    }
    this.select(this.trips[0]?.number ?? 0);
  }

  /** Draw a trip in front of the others and bring it into view. */
  select(number: number): void {
    this.selected = number;
    this.addLayers();
    const legs = this.trips.find((trip) => trip.number === number)?.legs ?? [];
    const points = legs.flatMap((leg) => leg.points);
    const box = boxOf(points);
    if (box) this.map.fitBounds(box, { padding: this.padding(), maxZoom: 16.5, duration: reducedMotion() ? 0 : 500 });
  }

  resized(): void {
    this.map.resize();
    this.select(this.selected);
  }

  /** Room for labels, and on the right for the buttons. */
  private padding(): { top: number; bottom: number; left: number; right: number } {
    const side = Math.min(70, Math.round(Math.min(this.container.clientWidth, this.container.clientHeight) / 7));
    return { top: side, bottom: side + 24, left: side, right: side + 40 };
  }

  private addLayers(): void {
    if (!this.map.isStyleLoaded() && !this.map.getSource("trip")) {
      // style.load calls again; setting data on a style in the making would be lost
      if (!this.map.getStyle()) return;
    }
    const legs: MapLeg[] = this.trips.find((trip) => trip.number === this.selected)?.legs ?? [];
    const collection = tripFeatures(legs);
    const source = this.map.getSource("trip") as GeoJSONSource | undefined;
    if (source) {
      source.setData(collection);
      return;
    }
    try {
      this.map.addSource("trip", { type: "geojson", data: collection });
      const dark = window.matchMedia(DARK).matches;
      for (const layer of TRIP_LAYERS(dark, FONT)) this.map.addLayer(layer);
    } catch {
      // The style is still on its way: style.load draws the trip.
    }
  }
}

/** Four buttons that move the map: nothing asks for dragging (WCAG 2.2, 2.5.7). */
class PanButtons implements IControl {
  private readonly element = document.createElement("div");

  constructor(private readonly data: PageData) {}

  getDefaultPosition(): ControlPosition {
    return "top-right";
  }

  onAdd(map: BaseMap): HTMLElement {
    this.element.className = "maplibregl-ctrl maplibregl-ctrl-group pan";
    const moves: [string, string, [number, number]][] = [
      ["panUp", "↑", [0, -PAN_PIXELS]],
      ["panLeft", "←", [-PAN_PIXELS, 0]],
      ["panRight", "→", [PAN_PIXELS, 0]],
      ["panDown", "↓", [0, PAN_PIXELS]],
    ];
    for (const [key, sign, by] of moves) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = sign;
      button.title = say(this.data, key);
      button.setAttribute("aria-label", say(this.data, key));
      button.addEventListener("click", () => map.panBy(by, { duration: reducedMotion() ? 0 : 200 }));
      this.element.append(button);
    }
    return this.element;
  }

  onRemove(): void {
    this.element.remove();
  }
}

/** The pin's form in an element of its own: MapLibre moves the outer one by its transform. */
function shape(): HTMLElement {
  const inner = document.createElement("span");
  inner.className = "pin__shape";
  return inner;
}

async function fetchStyle(container: HTMLElement, dark: boolean): Promise<StyleSpecification> {
  const url = new URL(container.dataset["style"] ?? "", location.href);
  url.searchParams.set("theme", dark ? "dark" : "light");
  const response = await fetch(url);
  if (!response.ok) throw new Error(`map style: ${response.status}`);
  const style = (await response.json()) as StyleSpecification;
  for (const source of Object.values(style.sources)) {
    // MapLibre's worker has no page to complete an address from.
    if (source.type === "vector" && source.tiles) {
      source.tiles = source.tiles.map((tile) => location.origin + tile);
    }
  }
  return style;
}

async function loadFont(): Promise<void> {
  await Promise.allSettled([document.fonts.load(`400 16px "${FONT}"`), document.fonts.load(`700 16px "${FONT}"`)]);
}

function boxOf(points: LonLat[]): LngLatBoundsLike | null {
  if (!points.length) return null;
  const lons = points.map((point) => point[0]);
  const lats = points.map((point) => point[1]);
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}

function toBox([south, west, north, east]: [number, number, number, number]): LngLatBoundsLike {
  return [west, south, east, north];
}

/** On a phone the sources fold into their button; the page's foot has them in full. */
function foldAttribution(container: HTMLElement): void {
  const names = container.querySelector(".maplibregl-ctrl-attrib");
  names?.classList.remove("maplibregl-compact-show");
  names?.removeAttribute("open");
}

function reducedMotion(): boolean {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}

function escapeHtml(text: string): string {
  const holder = document.createElement("span");
  holder.textContent = text;
  return holder.innerHTML;
}
