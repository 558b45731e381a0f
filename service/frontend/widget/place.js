// @ts-check
/** Where the comments are that an element shows or counts. */

export const HOME = new URL(import.meta.url).origin;

/**
 * The site that an element names, and what to ask it for.
 * @param {Element} element
 */
export function place(element) {
  const canonical = /** @type {HTMLLinkElement | null} */ (document.querySelector("link[rel=canonical]"));
  const page = element.getAttribute("page") || canonical?.href || location.href.split("#")[0];
  const lang = /** @type {HTMLElement | null} */ (element.closest("[lang]"))?.lang;
  const sort = element.getAttribute("sort");
  const query = new URLSearchParams({ page, ...(lang && { lang }), ...(sort && { sort }) });
  return { site: element.getAttribute("site"), query };
}
