// @ts-check
/** A thread in its shadow root: read page by page, with the reader's own comments in their places. */

import { make, put, settle } from "./markup.js";
import { recall } from "./memory.js";
import { HOME } from "./place.js";

export class Thread {
  /** The token of the form, as of the latest answer. */
  token = "";
  /** Called before the list makes room for another one. */
  leave = () => {};
  /** @type {Map<string, { item: HTMLElement, article: HTMLElement }>} the reader's own comments, as last told */
  #own = new Map();

  /**
   * @param {ShadowRoot} root
   * @param {string | null} site
   * @param {URLSearchParams} query the page, and how it should be shown
   */
  constructor(root, site, query) {
    this.root = root;
    this.site = site;
    this.query = query;
    this.page = query.get("page") || "";
    this.lang = query.get("lang") || "";
    /** Where own comments on this page are remembered. */
    this.drawer = `comment-thread ${site} ${this.page}`;
  }

  /** @returns {any} @param {string} selector */
  find(selector) {
    return this.root.querySelector(selector);
  }

  /** A sentence in the thread's language. @param {string} code */
  say(code) {
    return this.find(`[data-says="${CSS.escape(code)}"]`)?.textContent || "";
  }

  /** @param {string | HTMLElement | null | undefined} element itself, or its id */
  focus(element) {
    if (typeof element === "string") element = this.root.getElementById(element);
    if (!element) return;
    element.tabIndex = -1;
    element.focus();
  }

  /** @param {string} path */
  at(path) {
    return `${HOME}/v1/sites/${this.site}/${path}`;
  }

  /**
   * One page of the thread, ready to be shown.
   * @param {string | URLSearchParams} query
   */
  async read(query) {
    const asked = new URLSearchParams(query);
    asked.set("shape", "fragment");
    // Ask each time, which costs a 304: after an approval a reload must show the comment.
    const response = await fetch(this.at(`thread.html?${asked}`), { credentials: "omit", cache: "no-cache" });
    if (!response.ok) throw new Error(`${response.status}`);
    this.token = response.headers.get("x-form-token") || this.token;
    return this.#holder(await response.text());
  }

  /**
   * Send fields, with no header that would make the browser ask the server first.
   * @param {string} path
   * @param {any} fields
   */
  async post(path, fields) {
    const body = new URLSearchParams(fields);
    if (this.lang) body.set("lang", this.lang);
    const headers = { Accept: "application/json" };
    return fetch(this.at(path), { method: "POST", body, headers, credentials: "omit" });
  }

  /** The reader's own comments on this page, as they stand now. */
  async recall() {
    const mine = recall(this.drawer).map((own) => `${own[0]}.${own[1]}`).join(" ");
    if (!mine) return "";
    try {
      const response = await this.post("own", { page: this.page, mine, shape: "fragment" });
      return (await response.json()).html;
    } catch {
      return "";
    }
  }

  /** Show own comments in their places. @param {string} html @param {boolean} [fresh] written this moment */
  show(html, fresh) {
    const items = /** @type {NodeListOf<HTMLElement>} */ (this.#holder(html || "").querySelectorAll("li"));
    for (const item of items) {
      const article = /** @type {HTMLElement} */ (item.querySelector("article"));
      if (fresh) item.dataset.told = "new";
      this.#own.set(article.id, { item, article });
    }
    this.#fit();
  }

  /** What was published stands somewhere in the thread, and waits for its page. */
  #fit() {
    for (const { item, article } of this.#own.values()) {
      const there = this.root.getElementById(article.id);
      const { told = "", parent } = item.dataset;
      if (there) there.replaceWith(article);
      else if (!"published removed".includes(told)) {
        item.prepend(article);
        this.#place(item, parent, this.find(".newest"));
      }
    }
  }

  /** Where a link of the list leads: to more below it, or to another list. @param {HTMLAnchorElement} link */
  async turn(link) {
    try {
      const holder = await this.read(link.search);
      if (link.rel) {
        const items = /** @type {HTMLElement[]} */ ([...(holder.querySelector(".list")?.children || [])]);
        // What stood here because it is the reader's own has come to its place.
        for (const { id } of holder.querySelectorAll("article")) this.root.getElementById(id)?.parentElement?.remove();
        for (const item of items) this.#place(item, item.dataset.parent);
        link.parentElement?.replaceWith(...holder.querySelectorAll(".list ~ .next"));
        this.#fit();
        this.focus(items[0]?.querySelector("article"));
      } else this.#exchange(holder, "count");
    } catch {
      this.find("#status").textContent = this.say("unread");
    }
  }

  /** Go to a comment, and read its page first where it is not here. @param {string} id */
  async seek(id) {
    if (this.root.getElementById(id)) return this.focus(id);
    const query = new URLSearchParams(this.query);
    query.set("around", id.slice(8));
    const holder = await this.read(query);
    if (holder.querySelector(`#${id}`)) this.#exchange(holder, id);
  }

  /** Another list in the place of this one. @param {Element} holder @param {string} id what to go to in it */
  #exchange(holder, id) {
    this.leave();
    this.find(".comments").replaceWith(holder.querySelector(".comments"));
    this.#fit();
    this.focus(id);
  }

  /**
   * Put a comment below the one it replies to, if that is shown; else at the end, or on top of the others.
   * @param {Element} item
   * @param {string} [parent]
   * @param {Element | null} [top]
   */
  #place(item, parent, top) {
    const above = parent && this.root.getElementById(`comment-${parent}`)?.parentElement;
    let list = above ? above.querySelector(":scope > ol") : this.find(".list");
    if (!list) {
      list = make("ol", above ? "" : "list");
      if (above) above.append(list);
      else this.find(".empty").replaceWith(list);
    }
    if (above) item.querySelector(":scope > article > .aside")?.remove();
    if (top && !above) list.prepend(item);
    else list.append(item);
  }

  /** The server's HTML as nodes. @param {string} html */
  #holder(html) {
    const holder = make("div", "");
    put(holder, html);
    return this.adopt(holder);
  }

  /** Make the server's nodes ours, wherever they were. @param {HTMLElement} holder */
  adopt(holder) {
    const first = /** @type {HTMLElement | null} */ (holder.firstElementChild);
    // The language that there is may not be the one that was asked for.
    this.lang = first?.lang || this.lang;
    this.token ||= /** @type {any} */ (holder.querySelector("[name=form_token]"))?.value;
    settle(holder, HOME, this.lang);
    return holder;
  }
}
