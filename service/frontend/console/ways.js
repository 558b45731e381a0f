/*
 * Where one can go from the triage view, and every command by its name.
 */

import { say } from "./say.js";

/** The letter after `g`, and the page that it leads to. @type {Record<string, string>} */
export const PLACES = { q: "queue", c: "campaigns", d: "decided", s: "search", r: "reported", v: "reviews", a: "audit", u: "rules", p: "people", m: "metrics", t: "settings" };
const THEMES = ["auto", "light", "dark"];

/**
 * What the palette offers.
 * @param {import("./hands.js").Hands} hands
 * @returns {import("./dialogs.js").Command[]}
 */
export function commands(hands) {
  const { keymap, settings } = hands;
  const acts = Object.keys(keymap?.keys ?? {}).filter((action) => action !== "palette" && action !== "go");
  const letters = Object.entries(PLACES);
  return [
    ...Object.entries(settings.places).map(([name, address]) => {
      const letter = letters.find(([, each]) => each === name)?.[0];
      const label = say(name === "keys" ? "triage.change_keys" : `frame.to.${name}`);
      return { label, key: letter && `g ${letter}`, run: () => (letter ? hands.go(letter) : location.assign(address)) };
    }),
    ...acts.map((action) => ({ label: say(`key.${action}`), key: keymap?.first(action), run: () => hands.run(action) })),
    ...THEMES.map((theme) => ({ label: `${say("frame.theme")}: ${say(`frame.theme.${theme}`)}`, run: () => void wear(theme) })),
  ];
}

/** @param {string} theme Light or dark, at once and from now on. */
async function wear(theme) {
  document.documentElement.dataset.theme = theme;
  await fetch("/console/looks", { method: "POST", body: new URLSearchParams({ theme }), redirect: "manual" }).catch(() => undefined);
}
