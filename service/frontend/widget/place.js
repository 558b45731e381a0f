// @ts-check
/** Where the comments are that an element shows or counts, and whom it tells. */

export const HOME = new URL(import.meta.url).origin;

/**
 * The site that an element names, and what to ask it for.
 * @param {Element} element
 */
export function place(element) {
  const canonical = /** @type {HTMLLinkElement | null} */ (document.querySelector("link[rel=canonical]"));
  const page = element.getAttribute("page") || canonical?.href || location.href.split("#")[0];
  const lang = /** @type {HTMLElement | null} */ (element.closest("[lang]"))?.lang;
  const query = new URLSearchParams({ page, ...(lang && { lang }) });
  for (const name of ["sort", "form-position"]) {
    const said = element.getAttribute(name);
    // The service says `form` for short.
    if (said) query.set(name.slice(0, 4), said);
  }
  return { site: element.getAttribute("site"), query };
}

/** Tell the page what happened. @param {Element} element @param {string} name @param {unknown} detail */
export function tell(element, name, detail) {
  element.dispatchEvent(new CustomEvent(`cw:${name}`, { bubbles: true, composed: true, detail }));
}
