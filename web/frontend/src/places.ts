/** Places from the API, and the two search boxes they go into. */

import type { PageData } from "./page";

export interface Suggestion {
  name: string;
  area: string;
  kind: "stop" | "address" | "place" | "here";
  at: string; // as the address line writes it: "lat,lon" or "stop:ID"
}

interface Match {
  type: "STOP" | "ADDRESS" | "PLACE";
  name: string;
  id: string;
  lat: number;
  lon: number;
  areas?: { name: string; default?: boolean }[];
}

/** What the text may mean, of one kind ("STOP") or of all (""); rejects where the server doesn't answer. */
export async function findPlaces(data: PageData, text: string, kind: string, signal: AbortSignal): Promise<Suggestion[]> {
  const query = new URLSearchParams({ text, language: data.language });
  if (kind) query.set("type", kind);
  if (data.bounds) {
    const [south, west, north, east] = data.bounds;
    query.set("place", writePoint((south + north) / 2, (west + east) / 2));
  }
  const response = await fetch(`${data.geocode}?${query}`, { signal });
  if (!response.ok) throw new Error(`geocode: ${response.status}`);
  const matches = (await response.json()) as Match[];
  return matches.slice(0, 7).map((match) => {
    const area = match.areas?.find((one) => one.default)?.name ?? match.areas?.[0]?.name ?? "";
    return {
      name: match.name,
      area: area === match.name ? "" : area,
      kind: match.type === "STOP" ? "stop" : match.type === "ADDRESS" ? "address" : "place",
      at: match.type === "STOP" ? `stop:${match.id}` : writePoint(match.lat, match.lon),
    };
  });
}

export function writePoint(lat: number, lon: number): string {
  return `${lat.toFixed(5)},${lon.toFixed(5)}`;
}

export function label(place: Suggestion): string {
  return place.area ? `${place.name}, ${place.area}` : place.name;
}

/** Fill a box: the text one sees and the hidden place it stands for ("" while it is unknown). */
export function fillBox(field: HTMLElement, text: string | null, at: string): void {
  const name = field.dataset["place"] ?? "";
  const input = field.querySelector<HTMLInputElement>("input[type=text]");
  if (input && text !== null) input.value = text;
  field.querySelector(`input[name="${name}_for"]`)?.remove();
  let hidden = field.querySelector<HTMLInputElement>(`input[name="${name}_at"]`);
  if (!at) {
    hidden?.remove();
    return;
  }
  if (!hidden) {
    hidden = document.createElement("input");
    hidden.type = "hidden";
    hidden.name = `${name}_at`;
    field.append(hidden);
  }
  hidden.value = at;
}

export function readBox(field: HTMLElement): { text: string; at: string } {
  const name = field.dataset["place"] ?? "";
  const text = field.querySelector<HTMLInputElement>("input[type=text]")?.value ?? "";
  const at = field.querySelector<HTMLInputElement>(`input[name="${name}_at"]`)?.value ?? "";
  return { text, at };
}

export function box(name: "from" | "to"): HTMLElement | null {
  return document.querySelector<HTMLElement>(`[data-place="${name}"]`);
}
