// @ts-check
/** How the server's HTML becomes nodes: through an allow-list, with no script and no handler. */

const ELEMENTS = (
  "a article bdi button details div form h2 header input label li ol option p section select span summary " +
  "textarea time ul"
).split(" ");
const ATTRIBUTES = (
  "aria-describedby aria-hidden aria-label aria-labelledby autocapitalize autocomplete class datetime dir for " +
  "hidden href id inputmode lang maxlength name novalidate part rel required role rows spellcheck tabindex target " +
  "type value"
).split(" ");

/** @type {{ createHTML(html: string): string } | undefined} */
let policy;

/**
 * Put the server's HTML into an element: nothing that is not on the lists above.
 * @param {Element} into
 * @param {string} html
 */
export function put(into, html) {
  if ("setHTML" in into) {
    const sanitizer = { elements: ELEMENTS, attributes: ATTRIBUTES, dataAttributes: true };
    const draft = make("div", "");
    /** @type {any} */ (draft).setHTML(html, { sanitizer });
    // Chromium 150 sanitizes what is inside a <details> of its own too, and draws no summary; a copy has all its parts.
    into.append(...draft.cloneNode(true).childNodes);
    return;
  }
  policy ??= /** @type {any} */ (window).trustedTypes?.createPolicy("comment-thread", {
    createHTML: (/** @type {string} */ text) => text,
  });
  copy(new DOMParser().parseFromString(policy?.createHTML(html) ?? html, "text/html").body, into);
}

/**
 * The same, node by node, for browsers that have no `setHTML`.
 * @param {Element} from
 * @param {Element} into
 */
function copy(from, into) {
  for (const node of from.childNodes) {
    if (node instanceof Text) into.append(node.data);
    if (!(node instanceof Element) || !ELEMENTS.includes(node.localName)) continue;
    const made = into.appendChild(document.createElement(node.localName));
    for (const { name, value } of node.attributes) {
      const known = ATTRIBUTES.includes(name) || name.startsWith("data-");
      if (known && (name !== "href" || /^(https?:|[/#])/.test(value))) made.setAttribute(name, value);
    }
    copy(node, made);
  }
}

/**
 * Links lead to where the HTML is from, and times are said as the reader says them.
 * @param {Element} holder
 * @param {string} home
 * @param {string} lang
 */
export function settle(holder, home, lang) {
  for (const link of holder.querySelectorAll("a")) {
    const href = link.getAttribute("href") || "";
    if (href[0] === "/") link.href = home + href;
  }
  const clock = new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" });
  for (const time of holder.querySelectorAll("time")) {
    time.title = time.textContent || "";
    time.textContent = clock.format(new Date(time.dateTime));
  }
}

/**
 * An element of our own. The class is empty where it needs none.
 * @param {string} tag
 * @param {string} name its class
 * @param {...(string | Node)} content
 */
export function make(tag, name, ...content) {
  const made = document.createElement(tag);
  made.className = name;
  made.append(...content);
  return made;
}
