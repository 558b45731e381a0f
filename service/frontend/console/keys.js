/*
 * From a key to what it does. Letters work on every keyboard: where a key gives another script's letter,
 * its place counts.
 */

/** @type {Record<string, string>} */
const BY_CODE = { Slash: "/", Period: ".", Comma: "," };
const TYPING = "input, textarea, select, [contenteditable]";
const PRESSED = "button, a[href], summary, input, select";

/**
 * What was pressed, as the keymap writes it; nothing for keys of a form, of a composition or of the browser.
 * @param {KeyboardEvent} event
 */
export function keyOf(event) {
  if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return "";
  const target = /** @type {HTMLElement} */ (event.target);
  if (target.closest?.(TYPING) && event.key !== "Escape") return "";
  if (event.altKey) return "";
  const key = letter(event);
  if (event.ctrlKey || event.metaKey) return event.shiftKey ? "" : `Mod+${key.toLowerCase()}`;
  if ((key === "Enter" || key === " ") && target.closest?.(PRESSED)) return "";
  return key;
}

/**
 * The case of a letter is told by Shift, whatever Caps Lock says.
 * @param {KeyboardEvent} event
 */
function letter({ key, code, shiftKey }) {
  if (key === " ") return shiftKey ? "Shift+ " : key;
  if (/^[a-z]$/i.test(key)) return shiftKey ? key.toUpperCase() : key.toLowerCase();
  if (key.length > 1 || (key >= " " && key <= "~")) return key;
  const place = /^(?:Key|Digit)(.)$/.exec(code)?.[1];
  if (!place) return code === "Slash" && shiftKey ? "?" : (BY_CODE[code] ?? key);
  return shiftKey ? place : place.toLowerCase();
}

/** The keys of a moderator, with chords of two. */
export class Keymap {
  /** @param {Record<string, string[]>} keys */
  constructor(keys) {
    this.keys = keys;
    /** @type {Map<string, string>} */
    this.actions = new Map();
    for (const [action, each] of Object.entries(keys)) for (const key of each) this.actions.set(key, action);
  }

  /** @param {string} action */
  first(action) {
    return this.keys[action]?.[0];
  }
}
