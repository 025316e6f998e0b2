/** A button that shows how calm the streets are to cycle along, and the legend of its lines. */

import type { ControlPosition, IControl, Map as BaseMap } from "maplibre-gl";
import { say, type PageData } from "./page";

const LEVELS = [1, 2, 3, 4];
const SVG = "http://www.w3.org/2000/svg";

export class StressControl implements IControl {
  private readonly element = document.createElement("div");
  private readonly button = document.createElement("button");
  private readonly legend = document.createElement("div");
  private map: BaseMap | null = null;
  private shown = false;

  constructor(private readonly data: PageData) {}

  getDefaultPosition(): ControlPosition {
    return "top-left";
  }

  onAdd(map: BaseMap): HTMLElement {
    this.map = map;
    this.element.className = "maplibregl-ctrl stress";
    this.button.type = "button";
    this.button.className = "stress__button";
    this.button.textContent = say(this.data, "stress");
    this.button.addEventListener("click", () => {
      this.shown = !this.shown;
      this.update();
    });
    this.legend.className = "stress__legend";
    this.legend.id = "stress-legend";
    this.button.setAttribute("aria-controls", this.legend.id);
    this.element.append(this.button, this.legend);
    map.on("style.load", () => this.update());
    this.update();
    return this.element;
  }

  onRemove(): void {
    this.element.remove();
    this.map = null;
  }

  /** Show what is asked for, on a map whose style may just have come anew. */
  private update(): void {
    const known = this.map?.getLayer(layer(1)) !== undefined;
    this.element.hidden = !known;
    this.button.setAttribute("aria-pressed", String(this.shown));
    this.legend.hidden = !this.shown;
    if (!this.map || !known) return;
    for (const level of LEVELS) {
      this.map.setLayoutProperty(layer(level), "visibility", this.shown ? "visible" : "none");
    }
    if (this.shown) this.legend.replaceChildren(this.list(this.map), note(say(this.data, "stressNote")));
  }

  private list(map: BaseMap): HTMLElement {
    const list = document.createElement("ul");
    for (const level of LEVELS) {
      const item = document.createElement("li");
      item.append(sample(map, level), say(this.data, `stress${level}`));
      list.append(item);
    }
    return list;
  }
}

function layer(level: number): string {
  return `stress-${level}`;
}

/** The line of a level as the map draws it. */
function sample(map: BaseMap, level: number): SVGSVGElement {
  const width = 2 + level * 0.6;
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 44 10");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SVG, "line");
  for (const [name, value] of Object.entries({ x1: "1", x2: "43", y1: "5", y2: "5" })) line.setAttribute(name, value);
  line.setAttribute("stroke", String(map.getPaintProperty(layer(level), "line-color")));
  line.setAttribute("stroke-width", String(width));
  const dashes = map.getPaintProperty(layer(level), "line-dasharray");
  if (Array.isArray(dashes)) line.setAttribute("stroke-dasharray", dashes.map((part) => Number(part) * width).join(" "));
  svg.append(line);
  return svg;
}

function note(text: string): HTMLElement {
  const paragraph = document.createElement("p");
  paragraph.textContent = text;
  return paragraph;
}
