/** The list of trips: which one the map shows, and a link to pass on. */

import { say, type PageData } from "./page";

export function enhanceTrips(data: PageData, onOpen: (number: number) => void): void {
  for (const card of document.querySelectorAll<HTMLDetailsElement>("[data-trip]")) {
    card.addEventListener("toggle", () => {
      if (card.open) onOpen(Number(card.dataset["trip"]));
    });
  }
  const share = document.querySelector<HTMLAnchorElement>("[data-share]");
  share?.addEventListener("click", (event) => {
    event.preventDefault();
    void passOn(share, data);
  });
}

async function passOn(link: HTMLAnchorElement, data: PageData): Promise<void> {
  const words = [...link.childNodes].find((node) => node.nodeType === Node.TEXT_NODE);
  try {
    if (navigator.share && window.matchMedia("(pointer: coarse)").matches) {
      await navigator.share({ title: document.title, url: link.href });
      return;
    }
    await navigator.clipboard.writeText(link.href);
    if (words) words.textContent = say(data, "copied");
    const announcer = document.querySelector("[data-announce]");
    if (announcer) announcer.textContent = say(data, "copied");
  } catch {
    location.assign(link.href);
  }
}
