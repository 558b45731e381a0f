// @ts-check
/**
 * <comment-thread site="…" page="…" lang="…" theme="…">: a page's comments and the form below them.
 * <comment-count site="…" page="…">: how many there are.
 *
 * The server draws the HTML; this file puts it into a shadow root, through an allow-list, and sends the
 * forms without leaving the page. Whatever fails before the first render leaves the element's own content,
 * a link to the same thread, where it is.
 */

import { make } from "./markup.js";
import { HOME, place, tell } from "./place.js";
import { Thread } from "./thread.js";
import { Forms } from "./forms.js";
import { CommentCount } from "./count.js";

// Where a browser does not know these, nothing below happens, and the link stays.
const sheet = new CSSStyleSheet();
/** The server puts the style sheet here. */
sheet.replaceSync("@thread.css@");

class CommentThread extends HTMLElement {
  static observedAttributes = ["site", "page", "lang", "sort", "mode", "form-position"];
  #root = this.attachShadow({ mode: "open" });
  /** Whether the attributes say something else than what is shown. */
  #stale = true;
  /** @type {Thread | undefined} */
  #thread;
  /** @type {Forms | undefined} */
  #forms;

  constructor() {
    super();
    this.#root.adoptedStyleSheets = [sheet];
    this.#root.addEventListener("click", (event) => this.#forms?.click(/** @type {MouseEvent} */ (event)));
    this.#root.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#forms?.submit(/** @type {HTMLFormElement} */ (event.target));
    });
  }

  connectedCallback() {
    addEventListener("hashchange", this.#follow);
    this.#begin();
  }

  disconnectedCallback() {
    removeEventListener("hashchange", this.#follow);
  }

  attributeChangedCallback() {
    this.#stale = true;
    this.#begin();
  }

  async #begin() {
    // Attributes that change together make one reading, and a move makes none.
    await null;
    if (!this.#stale || !this.isConnected) return;
    this.#stale = false;
    const { site, query } = place(this);
    const id = wanted();
    const thread = (this.#thread = new Thread(this.#root, site, new URLSearchParams(query)));
    if (id) query.set("around", id.slice(8));
    try {
      if (this.getAttribute("mode") === "frame") {
        const { frame } = await import(`${HOME}/cw/1/framed.js`);
        return frame(this, thread.at(`thread.html?${query}`));
      }
      await this.#show(thread, query);
      if (id) thread.focus(id);
    } catch (error) {
      if (thread === this.#thread) this.#fail(error);
    }
  }

  /** @param {Thread} thread @param {URLSearchParams} query */
  async #show(thread, query) {
    // What the article came with is moved and not read again.
    const light = this.querySelector(".thread");
    const reading = light ? thread.adopt(make("div", "", light)) : thread.read(query);
    const recalled = thread.recall();
    if (!light) {
      const wait = make("div", "thread wait", make("slot", ""));
      wait.ariaBusy = "true";
      this.#root.replaceChildren(wait);
    }
    // What is to be read is shown with the own comments in it, what is there already at once.
    const holder = light ? await reading : (await Promise.all([reading, recalled]))[0];
    if (thread !== this.#thread) return;
    // In two tasks for a slow device, both before the next frame: here the list is laid out, with that frame the form.
    const form = holder.querySelector("#form");
    form?.remove();
    this.#root.replaceChildren(...holder.childNodes);
    this.offsetHeight;
    if (form) thread.find("#status").after(form);
    this.#forms = new Forms(thread, (id) => tell(this, "submitted", { id }));
    const own = await recalled;
    if (thread !== this.#thread) return;
    thread.show(own);
    const { page } = thread;
    tell(this, "ready", { page });
    tell(this, "count", { page, count: +thread.find("#count").dataset.count });
  }

  /** Say that it failed, beside the link, and offer to try again. @param {unknown} error */
  #fail(error) {
    console.warn("comment-thread:", error);
    const again = make("button", "button", this.getAttribute("failed") || "Comments failed to load. Try again");
    again.onclick = () => this.attributeChangedCallback();
    const said = make("div", "thread", make("slot", ""), again);
    said.role = "alert";
    this.#root.replaceChildren(said);
  }

  /** Go to the comment that the address names: fragments do not reach into shadow roots. */
  #follow = () => {
    const id = wanted();
    if (id) this.#thread?.seek(id).catch(() => {});
  };
}

/** The id of the comment that the address names. */
function wanted() {
  return location.hash.match(/^#(comment-[\w-]+)$/)?.[1];
}

customElements.define("comment-thread", CommentThread);
customElements.define("comment-count", CommentCount);
