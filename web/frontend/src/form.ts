/** The search form: swap, and a short address line. */

import { box, fillBox, readBox } from "./places";

export function enhanceForm(form: HTMLFormElement): void {
  form.querySelector("[data-swap]")?.addEventListener("click", () => {
    const from = box("from");
    const to = box("to");
    if (!from || !to) return;
    const [start, end] = [readBox(from), readBox(to)];
    fillBox(from, end.text, end.at);
    fillBox(to, start.text, start.at);
  });
  for (const field of form.querySelectorAll<HTMLElement>("[data-place]")) {
    // From here on this script keeps text and place together.
    const { at } = readBox(field);
    fillBox(field, null, at);
  }
}

/** The address of the form's question, without what goes without saying. */
export function formUrl(form: HTMLFormElement): string {
  const query = new URLSearchParams();
  const values = new FormData(form);
  const now = values.get("when") === "now";
  for (const [name, value] of values) {
    if (typeof value !== "string" || value === "") continue;
    if (now && (name === "date" || name === "time" || name === "when")) continue;
    query.append(name, value);
  }
  return `${form.action}?${query}`;
}
