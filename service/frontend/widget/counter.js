// @ts-check
/** How long a comment is against what it may be: for those who come near it, so that it is not part of the widget. */

/** The counter is there from this share of the limit on. */
const NEAR = 0.8;
/** It is spoken only so often, in characters. */
const SPOKEN = 100;

/**
 * Count below the field for as long as the page is open.
 * @param {import("./thread.js").Thread} thread
 */
export default (thread) => {
  const box = thread.find("#text");
  if (box.dataset.counted) return;
  box.dataset.counted = "true";
  // The field takes one character more, each of two units.
  const most = box.maxLength / 2 - 1;
  const { format } = new Intl.NumberFormat(thread.lang);
  const seen = document.createElement("p");
  const spoken = document.createElement("p");
  seen.ariaHidden = "true";
  spoken.className = "trap";
  spoken.role = "status";
  box.after(seen, spoken);
  let last = 0;
  const count = () => {
    const { length } = [...box.value];
    const near = length >= NEAR * most;
    // It changes with the first character that is one too many, too.
    const step = near ? Math.ceil(length / SPOKEN) : 0;
    seen.textContent = near ? `${format(length)} / ${format(most)}` : "";
    seen.className = length > most ? "error" : "note";
    if (step !== last) spoken.textContent = seen.textContent;
    last = step;
  };
  box.addEventListener("input", count);
  count();
};
