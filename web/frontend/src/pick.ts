/** A click on the map offers the place there as departure or destination. */

import { Marker, type Map as BaseMap } from "maplibre-gl";
import type { PageData } from "./page";
import { box, fillBox, writePoint } from "./places";

export class PickPanel {
  private readonly panel = document.querySelector<HTMLElement>("[data-pick]");
  private readonly text = document.querySelector<HTMLElement>("[data-pick-text]");
  private readonly marker: Marker;
  private place = { text: "", at: "" };

  constructor(
    private readonly map: BaseMap,
    private readonly data: PageData,
  ) {
    const pin = document.createElement("div");
    pin.className = "pin";
    const shape = document.createElement("span");
    shape.className = "pin__shape";
    pin.append(shape);
    this.marker = new Marker({ element: pin });
    if (!this.panel) return;
    map.on("click", ({ lngLat }) => void this.offer(lngLat.lat, lngLat.lng));
    this.on("[data-pick-from]", () => this.take("from"));
    this.on("[data-pick-to]", () => this.take("to"));
    this.on("[data-pick-close]", () => this.close());
    this.panel.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
    });
  }

  private on(selector: string, act: () => void): void {
    this.panel?.querySelector(selector)?.addEventListener("click", act);
  }

  private async offer(lat: number, lon: number): Promise<void> {
    const at = writePoint(lat, lon);
    this.place = { text: at, at };
    this.marker.setLngLat([lon, lat]).addTo(this.map);
    this.marker.getElement().setAttribute("aria-hidden", "true");
    this.show(at);
    try {
      const query = new URLSearchParams({ place: at, language: this.data.language });
      const response = await fetch(`${this.data.geocode.replace("geocode", "reverse-geocode")}?${query}`);
      const matches = (await response.json()) as { name: string }[];
      const name = response.ok ? matches[0]?.name : undefined;
      if (name && this.place.at === at) {
        this.place = { text: name, at };
        this.show(name);
      }
    } catch {
      // The coordinates already shown serve as well.
    }
  }

  private show(text: string): void {
    if (this.text) this.text.textContent = text;
    if (this.panel) this.panel.hidden = false;
  }

  private take(name: "from" | "to"): void {
    const field = box(name);
    if (field) fillBox(field, this.place.text, this.place.at);
    this.close();
    const form = field?.closest("form");
    const other = box(name === "from" ? "to" : "from")?.querySelector<HTMLInputElement>("input[type=text]");
    if (other?.value) form?.requestSubmit();
    else other?.focus();
  }

  private close(): void {
    this.marker.remove();
    if (this.panel) this.panel.hidden = true;
  }
}
