// @ts-check
/** <comment-thread mode="frame">: the same thread as a page of its own, behind the boundary of a frame. */

const HOME = new URL(import.meta.url).origin;
/** What the thread takes from the page around it, there as here (docs/theming.md). */
const LOOKS = (
  "color color-scheme font-family font-size --cw-fg --cw-bg --cw-accent --cw-on-accent --cw-muted --cw-line " +
  "--cw-danger --cw-radius --cw-gap --cw-font --cw-avatar --cw-max-inline"
).split(" ");
/** What happens in the frame is told by the element, as if the thread were in it. */
const TOLD = ["cw:ready", "cw:submitted", "cw:count"];

/**
 * Show the page in the element's shadow root, as high as it says that it is, and looking as its surroundings do.
 * @param {HTMLElement} element
 * @param {string} address
 */
export function frame(element, address) {
  const made = document.createElement("iframe");
  made.src = address + location.hash;
  made.title = element.querySelector("a")?.textContent || "Comments";
  made.width = "100%";
  made.height = "900";
  made.style.border = "0";
  // An iframe of another scheme than the page would have a ground of its own.
  made.style.colorScheme = "inherit";
  /** @param {unknown} words */
  const say = (words) => made.contentWindow?.postMessage(words, HOME);
  const dress = () => {
    const style = getComputedStyle(element);
    const looks = Object.fromEntries(LOOKS.map((name) => [name, style.getPropertyValue(name)]));
    say({ "cw:look": { title: document.title, theme: element.getAttribute("theme"), looks } });
  };
  const watch = new MutationObserver(() => (made.isConnected ? dress() : watch.disconnect()));
  const attributeFilter = ["class", "style", "theme", "data-theme"];
  for (const each of [document.documentElement, document.body, element]) watch.observe(each, { attributeFilter });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", dress);
  made.onload = () => {
    say("cw:hello");
    dress();
  };
  addEventListener("message", ({ source, origin, data }) => {
    if (source !== made.contentWindow || origin !== HOME) return;
    if (data?.["cw:height"] > 0) made.height = data["cw:height"];
    const told = data?.["cw:event"];
    if (!TOLD.includes(told)) return;
    const { detail } = data;
    element.dispatchEvent(new CustomEvent(told, { bubbles: true, composed: true, detail }));
  });
  element.shadowRoot?.replaceChildren(made);
}
