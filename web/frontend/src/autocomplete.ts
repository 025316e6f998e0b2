/** A search box as an ARIA combobox with a list of suggestions (APG, "editable combobox with list"). */

import { icon, say, type PageData } from "./page";
import { fillBox, findPlaces, label, writePoint, type Suggestion } from "./places";

const PAUSE_MS = 180; // after the last key, before the server is asked
const SHORTEST = 2; // letters worth asking for

export function autocomplete(field: HTMLElement, data: PageData): void {
  const input = field.querySelector<HTMLInputElement>("input[type=text]");
  if (input) new Combobox(field, input, data);
}

class Combobox {
  private readonly list = document.createElement("ul");
  private readonly status = document.createElement("p");
  private shown: Suggestion[] = [];
  private active = -1;
  private timer = 0;
  private asked: AbortController | null = null;

  constructor(
    private readonly field: HTMLElement,
    private readonly input: HTMLInputElement,
    private readonly data: PageData,
  ) {
    this.list.id = `${input.id}-suggestions`;
    this.list.className = "suggestions";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", say(data, "suggestions"));
    this.list.hidden = true;
    this.status.className = "hidden";
    this.status.setAttribute("role", "status");
    field.append(this.list, this.status);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", this.list.id);
    input.addEventListener("input", () => this.typed());
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("focus", () => {
      if (!input.value) this.offerHere();
    });
    input.addEventListener("blur", () => this.close());
    // Choosing must not take the focus, or the list closes before the click arrives.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = (event.target as Element).closest<HTMLElement>("[role=option]");
      if (option) this.choose(Number(option.dataset["index"]));
    });
  }

  private typed(): void {
    fillBox(this.field, null, "");
    this.input.removeAttribute("aria-invalid");
    this.asked?.abort();
    window.clearTimeout(this.timer);
    const text = this.input.value.trim();
    if (!text) return this.offerHere();
    if (text.length < SHORTEST) return this.close();
    this.timer = window.setTimeout(() => void this.ask(text), PAUSE_MS);
  }

  private async ask(text: string): Promise<void> {
    const asked = new AbortController();
    this.asked = asked;
    try {
      const found = await findPlaces(this.data, text, this.field.dataset["kind"] ?? "", asked.signal);
      if (asked.signal.aborted || document.activeElement !== this.input) return;
      this.show(found);
      const key = found.length ? "found" : "nothing";
      this.status.textContent = say(this.data, key).replace("{count}", String(found.length));
    } catch {
      if (!asked.signal.aborted) this.close(); // the form still works: the server looks the text up
    }
  }

  private offerHere(): void {
    if (this.field.dataset["kind"]) return this.close(); // one isn't a stop
    if (!("geolocation" in navigator) || !window.isSecureContext) return this.close();
    this.show([{ name: say(this.data, "here"), area: "", kind: "here", at: "" }]);
  }

  private show(found: Suggestion[]): void {
    this.shown = found;
    this.active = -1;
    this.input.removeAttribute("aria-activedescendant");
    this.list.replaceChildren(...found.map((place, index) => this.option(place, index)));
    this.list.hidden = found.length === 0;
    this.input.setAttribute("aria-expanded", String(found.length > 0));
  }

  private option(place: Suggestion, index: number): HTMLLIElement {
    const item = document.createElement("li");
    item.id = `${this.list.id}-${index}`;
    item.className = "suggestion";
    item.dataset["index"] = String(index);
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    const words = document.createElement("span");
    words.append(place.name);
    const kind = document.createElement("span");
    kind.className = "suggestion__area";
    kind.textContent = [place.kind === "here" ? "" : say(this.data, place.kind), place.area].filter(Boolean).join(" · ");
    if (kind.textContent) words.append(kind);
    item.append(icon(this.data, place.kind), words);
    return item;
  }

  private key(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!this.shown.length || this.list.hidden) return;
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      const places = this.shown.length + 1; // one more: none of them, the text as typed
      this.highlight(((this.active + 1 + step + places) % places) - 1);
    } else if (event.key === "Enter" && this.active >= 0) {
      event.preventDefault();
      this.choose(this.active);
    } else if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      this.close();
    }
  }

  private highlight(index: number): void {
    this.active = index;
    for (const [at, option] of [...this.list.children].entries()) {
      option.setAttribute("aria-selected", String(at === index));
      if (at === index) option.scrollIntoView({ block: "nearest" });
    }
    if (index >= 0) this.input.setAttribute("aria-activedescendant", `${this.list.id}-${index}`);
    else this.input.removeAttribute("aria-activedescendant");
  }

  private choose(index: number): void {
    const place = this.shown[index];
    if (!place) return;
    this.close();
    if (place.kind === "here") return this.locate();
    fillBox(this.field, label(place), place.at);
    this.status.textContent = label(place);
    this.field.dispatchEvent(new CustomEvent("placechosen", { bubbles: true }));
  }

  private locate(): void {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        fillBox(this.field, say(this.data, "here"), writePoint(coords.latitude, coords.longitude));
        this.field.dispatchEvent(new CustomEvent("placechosen", { bubbles: true }));
      },
      () => {
        this.status.textContent = say(this.data, "hereFailed");
        this.input.placeholder = say(this.data, "hereFailed");
      },
      { maximumAge: 60_000, timeout: 10_000 },
    );
  }

  private close(): void {
    this.shown = [];
    this.active = -1;
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}
