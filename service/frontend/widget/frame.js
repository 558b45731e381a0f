// @ts-check
/**
 * The thread's own page in a frame, once the page around it asks and is one of the site's: it tells how high it is,
 * takes on that page's looks, and has the widget in the place of what works without script, so that own comments
 * are remembered, under this origin and for that page's site alone.
 */

const script = /** @type {HTMLScriptElement} */ (document.currentScript);
const whole = document.documentElement;
/** What a page may say of looks. */
const LOOKS = /^(--cw-[a-z-]+|color|color-scheme|font-family|font-size)$/;
/** What the address has of a page that answers a form, or has one for a certain comment. */
const ANSWER = /[?&](mine|reply|report|reported|sent)=/;
/** @type {HTMLElement | undefined} */
let live;
let asked = false;
/** What is told of the thread, there as here. */
const TOLD = ["cw:ready", "cw:submitted", "cw:count"];

addEventListener("message", ({ source, origin, data }) => {
  const known = (script.dataset.origins || "").split(" ").includes(origin);
  const told = data?.["cw:look"];
  if (source !== parent || !known) return;
  if (told) dress(told);
  if (data !== "cw:hello" || asked) return;
  asked = true;
  /** @param {unknown} words */
  const tell = (words) => parent.postMessage(words, origin);
  new ResizeObserver(() => tell({ "cw:height": Math.ceil(whole.getBoundingClientRect().height) })).observe(whole);
  for (const name of TOLD) {
    addEventListener(name, (event) => tell({ "cw:event": name, detail: /** @type {CustomEvent} */ (event).detail }));
  }
});

/**
 * Look like the page around.
 * @param {{ title?: unknown, theme?: unknown, looks?: Record<string, unknown> }} told
 */
function dress({ title, theme, looks }) {
  if (typeof title === "string") document.title = title;
  whole.removeAttribute("style");
  for (const [name, value] of Object.entries(looks || {})) {
    if (LOOKS.test(name) && typeof value === "string") whole.style.setProperty(name, value);
  }
  whole.style.background = "none";
  document.body.style.padding = "12px";
  live ||= enliven();
  if (!live) return;
  if (typeof theme === "string") live.setAttribute("theme", theme);
  else live.removeAttribute("theme");
}

/** The element that takes the place of the page's content when it has read the thread; none where a form was sent. */
function enliven() {
  const main = /** @type {HTMLElement} */ (document.querySelector("main"));
  if (!main.querySelector(".comments") || ANSWER.test(location.search)) return;
  const element = document.createElement("comment-thread");
  element.setAttribute("site", script.dataset.site || "");
  const query = new URLSearchParams(location.search);
  for (const name of ["sort", "form-position"]) element.setAttribute(name, query.get(name.slice(0, 4)) || "");
  element.hidden = true;
  element.addEventListener("cw:ready", () => {
    // Who writes already goes on writing.
    if (main.contains(document.activeElement)) return;
    main.remove();
    element.hidden = false;
  });
  document.body.append(element);
  import(new URL("widget.js", script.src).href).catch(() => element.remove());
  return element;
}
