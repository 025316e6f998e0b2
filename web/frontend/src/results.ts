/** Trips without a page load: the answer is fetched as the page it is and put in place. */

import { formUrl } from "./form";
import { readPage, say, type PageData } from "./page";

export interface Listener {
  (data: PageData): void;
}

export function fetchResults(form: HTMLFormElement, onNew: Listener, start: PageData): void {
  let asked: AbortController | null = null;
  const announcer = document.querySelector<HTMLElement>("[data-announce]");
  const panel = document.querySelector<HTMLElement>("[data-panel]");
  if (!announcer || !panel) return; // the home page goes to the results page as any form does

  const go = async (url: string, remember: boolean): Promise<void> => {
    asked?.abort();
    asked = new AbortController();
    document.body.classList.add("busy");
    announcer.textContent = say(start, "searching");
    try {
      const response = await fetch(url, { signal: asked.signal, headers: { Accept: "text/html" } });
      const page = parsePage(await response.text());
      const answer = page.querySelector("[data-answer]");
      if (!answer || !response.ok) return void location.assign(url); // a form to correct: a page of its own
      paintLines(answer);
      for (const old of panel.querySelectorAll("[data-answer], [data-panel] > h1, [data-panel] > p")) old.remove();
      panel.append(document.importNode(answer, true));
      paintLines(panel);
      document.title = page.title;
      copyLanguageLink(page);
      copyOptionsText(page);
      if (remember) history.pushState({ trajets: true }, "", url);
      document.body.classList.remove("busy");
      announcer.textContent = answer.getAttribute("data-summary") ?? "";
      panel.querySelector<HTMLElement>("#answer-title")?.focus({ preventScroll: false });
      onNew(readPage(page));
    } catch {
      if (asked.signal.aborted) return;
      document.body.classList.remove("busy");
      announcer.textContent = say(start, "failed");
      announcer.classList.remove("hidden");
      announcer.classList.add("problem");
    }
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void go(formUrl(form), true);
  });
  window.addEventListener("popstate", () => location.reload());
}

/** A fetched page. Its style sheet of line colours is left out: the policy of this page forbids it. */
function parsePage(text: string): Document {
  return new DOMParser().parseFromString(text.replace(/<style[^>]*>[^<]*<\/style>/g, ""), "text/html");
}

/** Colours of lines in an answer that came later: its own style sheet has another page's nonce. */
function paintLines(root: Element): void {
  for (const element of root.querySelectorAll<HTMLElement>("[data-color]")) {
    element.style.setProperty("--line", `#${element.dataset["color"] ?? ""}`);
    element.style.setProperty("--line-ink", `#${element.dataset["ink"] ?? ""}`);
  }
}

function copyLanguageLink(page: Document): void {
  const fresh = page.querySelector<HTMLAnchorElement>("[data-language-switch]")?.getAttribute("href");
  if (fresh) document.querySelector("[data-language-switch]")?.setAttribute("href", fresh);
}

/** The form's choices in a line for each of its two folds, as the server says them. */
function copyOptionsText(page: Document): void {
  const [fresh, shown] = [page, document].map((one) => one.querySelectorAll(".options__summary > span"));
  shown?.forEach((line, index) => line.replaceChildren(...[...(fresh?.[index]?.childNodes ?? [])].map((node) => document.importNode(node, true))));
}
