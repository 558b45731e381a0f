/*
 * The sentences of the page's language. Values are isolated, so that a name of another direction stays whole.
 */

// Digits as the server writes them, in every language.
const NUMBERS = new Intl.NumberFormat("en");

/** @type {import("./types.js").Settings} */
let spoken;
/** @type {Intl.PluralRules} */
let plurals;

/** @param {import("./types.js").Settings} settings */
export function speak(settings) {
  spoken = settings;
  plurals = new Intl.PluralRules(settings.lang);
}

/**
 * The sentence of a key; one with several forms is chosen by `count`.
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 */
export function say(key, values = {}) {
  const { says } = spoken;
  const form = typeof values.count === "number" ? plurals.select(values.count) : "";
  const sentence = says[key] ?? says[`${key}_${form}`] ?? key;
  return sentence.replace(/\{\{(\w+)\}\}/g, (_, name) => written(values[name]));
}

/** @param {string | number} value */
function written(value) {
  return typeof value === "number" ? NUMBERS.format(value) : `\u2068${value}\u2069`;
}

/**
 * What was refused, in the page's language as far as it has words for it: details are told in English.
 * @param {{code?: string | null, detail?: string | null}} problem
 */
export function refusal({ code, detail }) {
  const title = spoken.english && code && spoken.says[`problem.${code}`];
  return title ? `${title} (\u2068${detail ?? ""}\u2069)` : (detail ?? "");
}

const SLOT = /\{\{([a-z]+)(\d?)\}\}/;
const NUMERIC = ["count", "number", "spam", "approved", "refused", "seconds", "percent"];
/** The patterns of the English sentences, with what each is called. @type {{pattern: RegExp, key: string}[]} */
let patterns = [];

/**
 * What a filter says, in the page's language: a bill is stored with its sentences in English, which are made of
 * few patterns. Null where it is English that is spoken, or a sentence fits none.
 * @param {string} sentence
 */
export function why(sentence) {
  const { english } = spoken;
  if (!english) return null;
  if (!patterns.length) patterns = Object.entries(english).map(([key, text]) => ({ pattern: pattern(english, text), key: key.replace(/_(one|other)$/, "") }));
  const bare = sentence.replace(/\.$/, "");
  for (const parts of [[bare], bare.split("; "), bare.split(", ")]) {
    const found = parts.map((part) => whyPart(english, part));
    if (!found.includes("")) return found.join(say("list.comma")) + say("sentence.stop");
  }
  return null;
}

/**
 * @param {Record<string, string>} english
 * @param {string} text
 */
function whyPart(english, text) {
  for (const { pattern, key } of patterns) {
    const found = pattern.exec(text);
    if (!found) continue;
    /** @type {Record<string, string | number>} */
    const values = { count: 1 };
    for (const [name, value] of Object.entries(found.groups ?? {})) {
      const kept = words(english, name).find(([, word]) => word.toLowerCase() === value.toLowerCase());
      values[name] = kept ? say(kept[0]) : name === "count" ? Number(value) : value;
    }
    return say(key, values);
  }
  return "";
}

/**
 * The words that may stand in a slot, where only some may.
 * @param {Record<string, string>} english
 * @param {string} slot
 */
function words(english, slot) {
  return Object.entries(english).filter(([key]) => key.startsWith(`sentence.${slot.replace(/\d/, "")}.`));
}

/**
 * @param {Record<string, string>} english
 * @param {string} text
 */
function pattern(english, text) {
  const literals = text.split(SLOT);
  let source = "";
  for (let place = 0; place < literals.length; place += 3) {
    source += literals[place].replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    const name = literals[place + 1];
    if (!name) continue;
    const inner = words(english, name).map(([, word]) => word).join("|") || (NUMERIC.includes(name) ? "[\\d.]+" : "[^;]+");
    source += `(?<${name}${literals[place + 2]}>${inner})`;
  }
  return new RegExp(`^${source}$`, "i");
}

/**
 * How long ago, in the largest unit that says enough.
 * @param {string} at
 */
export function ago(at) {
  const minutes = Math.floor((Date.now() - Date.parse(at)) / 60_000);
  if (!(minutes >= 1)) return say("time.now");
  if (minutes < 60) return say("time.minutes", { count: minutes });
  if (minutes < 1440) return say("time.hours", { count: Math.floor(minutes / 60) });
  return say("time.days", { count: Math.floor(minutes / 1440) });
}

/**
 * Points with their sign, as they are written by hand.
 * @param {number} number
 */
export function points(number) {
  const shown = Math.abs(number).toFixed(1);
  return shown === "0.0" ? "0" : (number > 0 ? "+" : "\u2212") + shown;
}

/**
 * What a decision did, as the end of a sentence's key.
 * @param {string} action
 * @param {string | null | undefined} reason
 */
export function did(action, reason) {
  return action === "reject" && reason ? `reject_${reason}` : action;
}
