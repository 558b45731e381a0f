// @ts-check
/** What readers send: comments and replies, changes of their own comments, reports of others'. */

import { keep, remember } from "./memory.js";
import { HOME } from "./place.js";
import { Thread } from "./thread.js";

/** Where it is kept who the reader is, if they want that. */
const AUTHOR = "comment-thread author";
const PERSON = ["name", "email", "website"];

export class Forms {
  #key = "";
  #sent = "";
  #busy = false;
  /** Takes back what was said of the latest refusal. */
  #pardon = () => {};
  /** @type {HTMLElement | null} the link that called a form away */
  #caller = null;

  /**
   * @param {Thread} thread
   * @param {(id: string) => void} tell what is done with the id of a comment that was sent
   */
  constructor(thread, tell) {
    this.thread = thread;
    this.tell = tell;
    thread.leave = () => this.#home();
    /** The form for comments, wherever it is; a closed thread has none. */
    this.form = this.#find("#form");
    if (!this.form) return;
    const { elements } = this.form;
    const author = keep(true, AUTHOR);
    PERSON.forEach((name, at) => author && elements[name] && (elements[name].value = author[at]));
    elements.remember.checked = author;
    this.form.oninput = () => {
      const { value, maxLength } = elements.text;
      this.#draft(value);
      // Half as much is allowed as fits into the field; the counter itself shows from four fifths of that on.
      if (value.length > maxLength * 0.39) import(`${HOME}/cw/1/counter.js`).then((counter) => counter.default(this.thread));
    };
    this.#move();
  }

  /** What was begun to be written in this place, or what it is now. @param {string} [text] */
  #draft(text) {
    return keep(false, `${this.thread.drawer} ${this.form.elements.parent.value}`, text);
  }

  /** Reply to a comment, or to none, and go on with what was begun there. @param {string} [parent] */
  #move(parent = "") {
    const { elements } = this.form;
    elements.parent.value = parent;
    this.#write(this.#draft() ?? elements.text.value);
  }

  /** @param {string} text */
  #write(text) {
    const { text: box } = this.form.elements;
    box.value = text;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** @returns {any} @param {string} selector */
  #find(selector) {
    return this.thread.find(selector);
  }

  /** @param {MouseEvent} event */
  click(event) {
    const target = /** @type {HTMLElement} */ (event.target).closest("a, button");
    if (!(target instanceof HTMLElement) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const { reply, report, turn } = target.dataset;
    if (reply && this.form) this.#answer(target, reply);
    else if (report) {
      const form = this.#find("#report");
      this.#bring(form, target);
      form.dataset.act = `comments/${report}/reports`;
      form.hidden = false;
      form.elements.reason.focus();
    }
    else if (turn) this.#alone(() => this.thread.turn(/** @type {HTMLAnchorElement} */ (target)));
    else if (target.className === "cancel") this.#home()?.focus();
    else return;
    event.preventDefault();
  }

  /** @param {HTMLFormElement} form */
  submit(form) {
    this.#alone(() => (form.id === "form" ? this.#submit(form) : this.#act(form)));
  }

  /** One thing at a time: a second click changes nothing. @param {() => Promise<void>} act */
  async #alone(act) {
    if (this.#busy) return;
    this.#busy = true;
    await act();
    this.#busy = false;
  }

  /** Bring the form under the comment that is replied to. @param {HTMLElement} link @param {string} parent */
  #answer(link, parent) {
    this.#bring(this.form, link);
    const title = this.#find("#form-title");
    this.#move(parent);
    title.dataset.own = title.textContent;
    title.textContent = link.ariaLabel;
    this.#find("#form .cancel").hidden = false;
    this.form.elements.text.focus();
  }

  /** Put a form below the comment of a link that calls for it. @param {HTMLElement} form @param {HTMLElement} link */
  #bring(form, link) {
    this.#home();
    this.#caller = link;
    link.closest("article")?.after(form);
  }

  /** Bring the forms back to where they belong. Gives the link that had called one away. */
  #home() {
    const caller = this.#caller;
    this.#caller = null;
    this.#find("#report").hidden = true;
    if (caller?.dataset.reply) {
      const title = this.#find("#form-title");
      this.#move();
      title.textContent = title.dataset.own;
      this.#find("#form .cancel").hidden = true;
      this.#find("#status").after(this.form);
    }
    return caller;
  }

  /** @param {HTMLFormElement} form */
  async #submit(form) {
    for (const said of ["#problem", "#status"]) this.#find(said).textContent = "";
    this.#pardon();
    const button = this.#find(".submit");
    const words = button.textContent;
    button.style.minWidth = getComputedStyle(button).width;
    button.ariaDisabled = "true";
    button.textContent = this.thread.say("sending");
    try {
      await this.#send(form);
    } catch {
      this.#find("#problem").textContent = this.thread.say(navigator.onLine ? "failed" : "offline");
    }
    button.style.minWidth = "";
    button.textContent = words;
    button.ariaDisabled = null;
  }

  /**
   * @param {HTMLFormElement} form
   * @param {string} [proof] of work
   * @param {boolean} [again]
   * @returns {Promise<void>}
   */
  async #send(form, proof = "", again) {
    form.page_title.value = document.title.slice(0, 300);
    const body = new URLSearchParams(/** @type {any} */ (new FormData(form)));
    // One key for one text, however often it is sent: a lost answer does not make a second comment.
    const content = body.toString();
    if (content !== this.#sent) this.#key = crypto.getRandomValues(new Uint8Array(16)).join("-");
    this.#sent = content;
    body.set("form_token", this.thread.token);
    body.set("idempotency_key", this.#key);
    body.set("shape", "fragment");
    body.set("proof", proof);
    const response = await this.thread.post("submissions", body);
    const answer = await response.json().catch(() => ({}));
    if (response.ok) return this.#accept(form.elements, answer);
    if (answer.challenge && !proof) {
      // Asked of few, so that it is not part of this file.
      const proof = await import(`${HOME}/cw/1/proof.js`);
      return this.#send(form, await proof.default(answer.challenge, this.thread), again);
    }
    if (answer.form_token && !again) {
      this.thread.token = answer.form_token;
      return this.#send(form, proof, true);
    }
    const refusal = await import(`${HOME}/cw/1/refusal.js`);
    this.#pardon = refusal.default(form, this.thread, answer);
  }

  /**
   * Show the comment where it will be, and make the form ready for another.
   * @param {any} elements
   * @param {{ id: string, author_token: string, html: string }} receipt
   */
  #accept(elements, { id, author_token, html }) {
    const author = PERSON.map((name) => elements[name]?.value);
    keep(true, AUTHOR, elements.remember.checked ? author : "");
    remember(this.thread.drawer, id, author_token);
    this.#write((this.#sent = ""));
    this.#home();
    this.thread.show(html, true);
    const place = `comment-${id}`;
    this.#find("#status").textContent = this.thread.say(this.#find(`#${place} .badge`) ? "sent" : "published");
    this.thread.focus(place);
    this.tell(id);
  }

  /** Change an own comment, or report another one: few do, so that it is not in this file. @param {Element} form */
  async #act(form) {
    const wrong = /** @type {Element} */ (form.querySelector("[role=alert]"));
    wrong.textContent = "";
    try {
      const acts = await import(`${HOME}/cw/1/acts.js`);
      await acts.default(form, this.thread, () => this.#home());
    } catch {
      wrong.textContent = this.thread.say("undone");
    }
  }
}
