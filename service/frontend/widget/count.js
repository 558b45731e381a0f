// @ts-check
/** How many comments pages have, in words: all that are on a page are asked for at once. */

import { HOME, place, tell } from "./place.js";

/** @type {Record<string, [page: string, count: Element][]>} by whom and in which language to ask */
const waiting = {};
/** As many addresses as fit into one. */
const AT_ONCE = 50;

export class CommentCount extends HTMLElement {
  connectedCallback() {
    const { site, query } = place(this);
    const path = `${site}/counts?lang=${query.get("lang") || ""}`;
    if (!waiting[path]) setTimeout(count, 0, path, (waiting[path] = []));
    waiting[path].push([query.get("page") || "", this]);
  }
}

/** @param {string} path @param {[page: string, count: Element][]} asking */
async function count(path, asking) {
  delete waiting[path];
  while (asking.length) {
    const some = asking.splice(0, AT_ONCE);
    const pages = new URLSearchParams(some.map(([page]) => ["page", page]));
    try {
      const response = await fetch(`${HOME}/v1/sites/${path}&${pages}`, { credentials: "omit" });
      const { counts, words } = await response.json();
      for (const [page, element] of some) {
        element.textContent = words[page];
        tell(element, "count", { page, count: counts[page] });
      }
    } catch {
      // What the page wrote into them stays.
    }
  }
}
