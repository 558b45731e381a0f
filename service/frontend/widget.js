// @ts-check
/**
 * <comment-thread site="…" page="…" lang="…" theme="…">: a page's comments and the form below them.
 *
 * The server draws the HTML; this file puts it into a shadow root, through an allow-list, and sends the
 * form without leaving the page. Whatever fails before the first render leaves the element's own content,
 * a link to the same thread, where it is.
 */

import { make, put } from "./markup.js";

const HOME = new URL(import.meta.url).origin;
/** The server puts the style sheet here. */
const STYLE = "@thread.css@";
const CLOCK = /** @type {const} */ ({ dateStyle: "medium", timeStyle: "short", hourCycle: "h23" });

class CommentThread extends HTMLElement {
  #page = "";
  #token = "";
  #key = "";
  #sent = "";
  #busy = false;
  /** @type {HTMLElement | null} the link that called the form away */
  #caller = null;
  #root = this.attachShadow({ mode: "open" });

  connectedCallback() {
    addEventListener("hashchange", this.#follow);
    if (this.#root.firstChild) return;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    this.#root.adoptedStyleSheets = [sheet];
    const wait = make("div", "thread wait", make("i", ""), make("i", ""), make("i", ""));
    wait.ariaBusy = "true";
    this.#root.append(wait);
    this.#start(wait).catch((error) => {
      this.#root.replaceChildren(make("slot", ""));
      console.warn("comment-thread:", error);
    });
  }

  disconnectedCallback() {
    removeEventListener("hashchange", this.#follow);
  }

  /** @param {Element} wait */
  async #start(wait) {
    const canonical = /** @type {HTMLLinkElement | null} */ (document.querySelector("link[rel=canonical]"));
    this.#page = this.getAttribute("page") || canonical?.href || location.href.split("#")[0];
    const holder = await this.#read();
    wait.replaceWith(...holder.childNodes);
    this.#root.addEventListener("click", (event) => this.#click(/** @type {MouseEvent} */ (event)));
    this.#root.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#follow();
    this.#tell("cw:ready", { page: this.#page });
  }

  /**
   * One page of the thread, ready to be shown.
   * @param {Record<string, string>} more
   */
  async #read(more = {}) {
    const lang = /** @type {HTMLElement | null} */ (this.closest("[lang]"))?.lang;
    const query = new URLSearchParams({ page: this.#page, shape: "fragment", ...(lang && { lang }), ...more });
    // Ask each time, which costs a 304: after an approval a reload must show the comment.
    const response = await fetch(this.#at(`thread.html?${query}`), { credentials: "omit", cache: "no-cache" });
    if (!response.ok) throw new Error(`${response.status}`);
    this.#token = response.headers.get("x-form-token") || this.#token;
    const holder = document.createElement("div");
    put(holder, await response.text());
    const shown = /** @type {HTMLElement} */ (holder.firstElementChild);
    for (const link of holder.querySelectorAll("a")) {
      const href = link.getAttribute("href") || "";
      if (href[0] === "/") link.href = HOME + href;
    }
    for (const time of holder.querySelectorAll("time")) {
      time.title = time.textContent || "";
      time.textContent = new Date(time.dateTime).toLocaleString(shown.lang, CLOCK);
    }
    return holder;
  }

  /** @param {string} path */
  #at(path) {
    return `${HOME}/v1/sites/${this.getAttribute("site")}/${path}`;
  }

  /** @returns {any} @param {string} selector */
  #find(selector) {
    return this.#root.querySelector(selector);
  }

  /** A sentence in the thread's language. @param {string} code */
  #say(code) {
    return this.#find(`[data-says="${CSS.escape(code)}"]`)?.textContent || "";
  }

  /** @param {string} name @param {unknown} detail */
  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true, detail }));
  }

  /** Go to the comment that the address names: fragments do not reach into shadow roots. */
  #follow = () => {
    if (location.hash.startsWith("#comment-")) this.#focus(this.#find(`#${CSS.escape(location.hash.slice(1))}`));
  };

  /** @param {HTMLElement | null | undefined} element */
  #focus(element) {
    if (!element) return;
    element.tabIndex = -1;
    element.focus();
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const target = /** @type {HTMLElement} */ (event.target).closest("a, button");
    if (!(target instanceof HTMLElement) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const { reply, cursor } = target.dataset;
    if (reply && this.#find("form")) this.#answer(target, reply);
    else if (cursor) this.#more(target, cursor);
    else if (target.className === "cancel") this.#home()?.focus();
    else return;
    event.preventDefault();
  }

  /** Bring the form under the comment that is replied to. @param {HTMLElement} link @param {string} parent */
  #answer(link, parent) {
    this.#home();
    this.#caller = link;
    const form = this.#find("form");
    const title = this.#find("#form-title");
    form.elements.parent.value = parent;
    title.dataset.own = title.textContent;
    title.textContent = link.ariaLabel;
    this.#find(".cancel").hidden = false;
    link.closest("article")?.after(form);
    form.elements.text.focus();
  }

  /** Bring the form back below the list. Gives the link that had called it away. */
  #home() {
    const caller = this.#caller;
    if (!caller) return null;
    const form = this.#find("form");
    const title = this.#find("#form-title");
    form.elements.parent.value = "";
    title.textContent = title.dataset.own;
    this.#find(".cancel").hidden = true;
    this.#find("#status").after(form);
    this.#caller = null;
    return caller;
  }

  /** Show the next page below this one. @param {HTMLElement} link @param {string} cursor */
  async #more(link, cursor) {
    if (this.#busy) return;
    this.#busy = true;
    try {
      const holder = await this.#read({ cursor });
      const items = /** @type {HTMLElement[]} */ ([...(holder.querySelector(".list")?.children || [])]);
      for (const item of items) this.#place(item, item.dataset.parent);
      link.parentElement?.replaceWith(...holder.querySelectorAll(".next"));
      this.#focus(items[0]?.querySelector("article"));
    } catch {
      this.#find("#status").textContent = this.#say("unread");
    }
    this.#busy = false;
  }

  /**
   * Put a comment below the one it replies to, if that is shown; else at the end.
   * @param {Element} item
   * @param {string} [parent]
   */
  #place(item, parent) {
    const above = parent && this.#find(`#comment-${CSS.escape(parent)}`)?.parentElement;
    let list = above ? above.querySelector(":scope > ol") : this.#find(".list");
    if (!list) {
      list = make("ol", above ? "" : "list");
      if (above) above.append(list);
      else this.#find(".empty").replaceWith(list);
    }
    if (above) item.querySelector(":scope > article > .aside")?.remove();
    list.append(item);
  }

  async #submit() {
    if (this.#busy) return;
    this.#busy = true;
    this.#clear();
    const button = this.#find(".submit");
    const words = button.textContent;
    button.ariaDisabled = "true";
    button.textContent = this.#say("sending");
    try {
      await this.#send(this.#find("form"));
    } catch {
      this.#refuse(this.#say(navigator.onLine ? "failed" : "offline"));
    }
    button.textContent = words;
    button.ariaDisabled = null;
    this.#busy = false;
  }

  /** @param {HTMLFormElement} form @param {boolean} [again] @returns {Promise<void>} */
  async #send(form, again) {
    form.page_title.value = document.title.slice(0, 300);
    const body = new URLSearchParams(/** @type {any} */ (new FormData(form)));
    // One key for one text, however often it is sent: a lost answer does not make a second comment.
    const content = body.toString();
    if (content !== this.#sent) this.#key = crypto.getRandomValues(new Uint8Array(16)).join("-");
    this.#sent = content;
    body.set("form_token", this.#token);
    body.set("idempotency_key", this.#key);
    const headers = { Accept: "application/json" };
    const response = await fetch(this.#at("submissions"), { method: "POST", body, headers, credentials: "omit" });
    const answer = await response.json().catch(() => ({}));
    if (response.ok) return this.#accept(form.elements, answer.id);
    if (answer.form_token && !again) {
      this.#token = answer.form_token;
      return this.#send(form, true);
    }
    if (answer.errors) this.#blame(form.elements, answer.errors);
    else this.#refuse(this.#say(answer.code) || answer.detail || this.#say("failed"));
  }

  /**
   * Show the comment where it will be, and make the form ready for another.
   * @param {any} fields
   * @param {string} id
   */
  #accept(fields, id) {
    const parent = fields.parent.value;
    const text = make("div", "text");
    for (const paragraph of fields.text.value.trim().split(/\n{2,}/)) {
      text.appendChild(make("p", "", paragraph)).dir = "auto";
    }
    const badge = make("span", "badge", this.#say("awaiting"));
    const head = make("header", "", make("bdi", "author", fields.name.value.trim()), badge);
    const article = make("article", "own", head, text);
    article.id = `comment-${id}`;
    this.#home();
    this.#place(make("li", "", article), parent);
    fields.text.value = this.#sent = "";
    this.#find("#status").textContent = this.#say("sent");
    this.#focus(article);
    this.#tell("cw:submitted", { id });
  }

  /**
   * Say at each field what is wrong with it, and go to the first.
   * @param {any} fields
   * @param {{ pointer: string, code: string, detail: string }[]} errors
   */
  #blame(fields, errors) {
    const others = [];
    for (const { pointer, code, detail } of errors) {
      const sentence = this.#say(code) || detail;
      const field = fields[pointer.slice(1)];
      if (!field || field.type === "hidden") others.push(sentence);
      else if (!field.ariaInvalid) {
        const error = make("p", "error", sentence);
        error.id = `${field.name}-error`;
        field.ariaInvalid = "true";
        field.setAttribute("aria-describedby", error.id);
        field.after(error);
      }
    }
    this.#refuse(others.join(" ") || this.#say("attention"));
    this.#find("[aria-invalid]")?.focus();
  }

  /** @param {string} sentence */
  #refuse(sentence) {
    this.#find("#problem").replaceChildren(make("p", "", sentence));
  }

  #clear() {
    this.#find("#problem").replaceChildren();
    this.#find("#status").textContent = "";
    for (const error of this.#root.querySelectorAll(".error")) error.remove();
    for (const field of this.#root.querySelectorAll("[aria-invalid]")) {
      field.removeAttribute("aria-invalid");
      field.removeAttribute("aria-describedby");
    }
  }
}

customElements.define("comment-thread", CommentThread);
