/*
 * Elements without markup: everything that strangers wrote becomes a text node.
 */

import { say } from "./say.js";

export const HERE = "\u0000";

/**
 * An element with attributes and children. A function is what it does when it is clicked.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, string | number | boolean | (() => void)>} [attributes]
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener("click", value);
    else if (value !== false) element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) if (child) element.append(child);
  return element;
}

/**
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/**
 * Write where something else is written.
 * @param {string} id
 * @param {string} text
 */
export function write(id, text) {
  const element = byId(id);
  if (element.textContent !== text) element.textContent = text;
}

/**
 * A field as moderators must see it: matches marked, the unseen by its number. Matches that touch are one
 * stretch, so that an address is read in one direction. A match looks like the first of its kinds, and says
 * so.
 * @param {import("./types.js").Segment[]} segments
 * @param {import("./types.js").Signal[]} signals
 */
export function marked(segments, signals) {
  const found = document.createDocumentFragment();
  /** @type {HTMLElement | null} */
  let run = null;
  let before = "";
  /** @type {HTMLElement | null} */
  let mark = null;
  for (const { text, lines, label } of segments) {
    const seen = label ? make("span", { class: "chip" }, label) : text;
    if (!lines.length) {
      run = null;
      before = "";
      found.append(seen);
    } else {
      if (!run) found.append((run = make("bdi")));
      const by = lines.join(" ");
      const { kind } = signals[lines[0] - 1];
      if (mark && by === before) mark.append(seen);
      else run.append((mark = make("mark", { "data-by": by, "data-kind": kind, "data-says": `${say(`mark.${kind}`)}: ` }, seen)));
      before = by;
    }
  }
  return found;
}

/**
 * A sentence around an element.
 * @param {string} sentence Said with `HERE` in its place.
 * @param {Node} node
 */
export function around(sentence, node) {
  const [before, after] = sentence.split(`\u2068${HERE}\u2069`);
  return make("span", {}, before, node, after);
}

/**
 * The same on one line, as plain text.
 * @param {import("./types.js").Segment[]} segments
 * @param {number} most
 */
export function flat(segments, most) {
  let found = "";
  for (const { text, label } of segments) {
    found += label ? `[${label}]` : text;
    if (found.length > 2 * most) break;
  }
  const line = found.replace(/\s+/g, " ").trim();
  return line.length > most ? `${Array.from(line.slice(0, most)).join("")}…` : line;
}

/**
 * A button that tells its key.
 * @param {string} label
 * @param {string | undefined} key
 * @param {() => void} press
 * @param {string} [look]
 */
export function button(label, key, press, look = "") {
  const shown = make("button", { type: "button", class: look, press }, label);
  if (key) {
    shown.setAttribute("aria-keyshortcuts", shortcut(key));
    shown.append(make("kbd", { "aria-hidden": "true" }, keyName(key)));
  }
  return shown;
}

/**
 * A key as people read it.
 * @param {string} key
 */
export function keyName(key) {
  const mod = navigator.platform.startsWith("Mac") ? "⌘" : "Ctrl+";
  return key.replace("Mod+", mod).replace("Arrow", "").replace(/^[A-Z]$/, "⇧$&");
}

/** @param {string} key */
function shortcut(key) {
  return key.replace("Mod+", "Control+").replace(/^[A-Z]$/, "Shift+$&");
}
