/** Enhancements of a page that already works without them. */

import { autocomplete } from "./autocomplete";
import { enhanceForm } from "./form";
import { enhanceTrips } from "./itinerary";
import type { TownMap } from "./map";
import { readPage, say, type PageData } from "./page";
import { fetchResults } from "./results";

const data = readPage(document);
const form = document.querySelector<HTMLFormElement>("[data-search]");
const pane = document.querySelector<HTMLElement>("[data-map-pane]");
let map: TownMap | null = null;
let current: PageData = data;

function show(fresh: PageData): void {
  current = fresh;
  map?.showPage(fresh);
  enhanceTrips(fresh, (number) => map?.select(number));
}

async function startMap(container: HTMLElement): Promise<void> {
  try {
    const { TownMap } = await import("./map");
    map = await TownMap.open(container, data);
    map.showPage(current);
    const open = document.querySelector<HTMLElement>("[data-trip][open]");
    if (open) map.select(Number(open.dataset["trip"]));
  } catch (error) {
    const note = document.createElement("p");
    note.className = "map-pane__note";
    note.textContent = say(data, "mapFailed");
    container.replaceChildren(note);
    console.warn(error);
  }
}

/** On a phone the map lies over the list, on demand; it is loaded then. */
function enhanceToggle(button: HTMLButtonElement, open: () => void): void {
  const text = button.querySelector("[data-toggle-text]");
  button.addEventListener("click", () => {
    const shown = document.body.classList.toggle("map-open");
    button.setAttribute("aria-pressed", String(shown));
    if (text) text.textContent = say(data, shown ? "showList" : "showMap");
    if (shown) open();
    map?.resized();
  });
}

if (form) {
  for (const field of form.querySelectorAll<HTMLElement>("[data-place]")) autocomplete(field, data);
  enhanceForm(form);
  fetchResults(form, show, data);
}
show(data);
const container = pane?.querySelector<HTMLElement>("[data-map]");
if (pane && container) {
  let started = false;
  const start = (): void => {
    if (!started) void startMap(container);
    started = true;
  };
  const toggle = document.querySelector<HTMLButtonElement>("[data-toggle]");
  if (toggle) enhanceToggle(toggle, start);
  if (pane.offsetParent !== null || getComputedStyle(pane).position === "sticky") start();
  window.matchMedia("(min-width: 60rem)").addEventListener("change", (wide) => {
    if (wide.matches) start();
  });
}
