/*
 * What keys and buttons do.
 */

import { finder, palette, sheet, signInAgain } from "./dialogs.js";
import { PLACES, commands } from "./ways.js";
import { leadingReason } from "./desk.js";
import { history, scrollOn, thread } from "./detail.js";
import { button, byId, make } from "./dom.js";
import { keyOf } from "./keys.js";
import { Many } from "./many.js";
import { say, why } from "./say.js";

const REASONS = ["spam", "abuse", "off_topic", "other"];
// These may be held down; everything else happens once for each press.
const HELD = new Set(["next", "previous", "select_next", "select_previous", "further", "further_back"]);
// These look at the comment as it is shown.
const LOOKS = new Set(["match", "match_back", "history", "thread", "page", "open"]);

/** @typedef {import("./types.js").Comment} Comment */
/** @typedef {import("./types.js").Wanted} Wanted */

/** Acts by their names. */
export class Hands extends Many {
  /**
   * @param {import("./types.js").Settings} settings
   * @param {import("./many.js").Parts} parts
   */
  constructor(settings, parts) {
    super(settings, parts);
    this.isGoing = false;
    this.match = -1;
    this.fresh = () => {};
    /** @type {Record<string, () => void>} */
    this.acts = this.named();
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const key = keyOf(event);
    if (!key || ["Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
    if (document.querySelector("dialog[open], [popover]:popover-open")) return;
    const action = this.actionOf(key);
    if (!action) return;
    event.preventDefault();
    if (event.repeat && !HELD.has(action)) return;
    this.run(action);
  }

  /** @param {string} key */
  actionOf(key) {
    if (this.isGoing) {
      this.isGoing = false;
      return key in PLACES ? `go ${key}` : "";
    }
    if (this.face.isPicking && key >= "1" && key <= "4") return `reason ${key}`;
    if (key === "Escape") return "back";
    if (!this.keymap) return key === "ArrowDown" ? "next" : key === "ArrowUp" ? "previous" : "";
    if (key === "Enter") return "open";
    if (key === " " || key === "Shift+ ") return document.activeElement === byId("list") ? (key === " " ? "further" : "further_back") : "";
    if (key === "R" && this.queue.selected.size) return "reject_all";
    return this.keymap.actions.get(key) ?? "";
  }

  /** @param {string} action */
  run(action) {
    const [name, key] = action.split(" ");
    const wasAsked = this.asked;
    if (wasAsked !== action) this.unask();
    if (wasAsked && name === "back") return;
    if (name === "go" && key) return this.go(key);
    if (name === "reason" && key) return this.decide("reject", REASONS[Number(key) - 1]);
    if (LOOKS.has(name)) this.face.settle();
    this.acts[name]?.();
  }

  /** @returns {Record<string, () => void>} */
  named() {
    const { queue, desk, face, campaigns } = this;
    const inQueue = () => face.view === "queue";
    return {
      next: () => this.move(1),
      previous: () => this.move(-1),
      approve: () => this.decide("approve", null),
      reject: () => queue.current && this.decide("reject", leadingReason(queue.current)),
      spam: () => this.decide("reject", "spam"),
      reason: () => this.pick(),
      later: () => inQueue() && desk.skip(),
      recall: () => desk.recall(),
      undo: () => desk.undo(),
      select: () => (inQueue() ? this.select() : campaigns.toggle()),
      select_next: () => this.extend(1),
      select_previous: () => this.extend(-1),
      select_all: () => void this.selectAll(),
      approve_all: () => this.many("approve", null),
      reject_all: () => this.many("reject", "other"),
      spam_all: () => this.many("reject", "spam"),
      match: () => this.walk(1),
      match_back: () => this.walk(-1),
      history: () => void this.beside(history),
      thread: () => void this.beside(thread),
      page: () => document.getElementById("page")?.click(),
      campaign: () => queue.current?.campaign && this.showCampaigns(queue.current.campaign),
      campaigns: () => this.showCampaigns(),
      queue: () => this.showQueue(),
      fresh: () => this.fresh(),
      search: () => finder(this.queue.query),
      filter: () => this.filter(),
      go: () => (this.isGoing = true),
      open: () => this.open(),
      further: () => scrollOn(1),
      further_back: () => scrollOn(-1),
      back: () => this.back(),
      palette: () => palette(commands(this)),
      help: () => sheet(this.keymap?.keys ?? {}, this.settings.places.keys ?? "#"),
    };
  }

  /** @param {number} step */
  move(step) {
    if (this.face.view === "campaigns") return this.campaigns.move(step);
    if (this.match >= 0) this.face.sentence = "";
    this.match = -1;
    this.queue.goTo(this.queue.at + step);
    this.face.drawSoon();
  }

  /** @param {number} place */
  choose(place) {
    if (this.face.view === "campaigns") this.campaigns.at = place;
    else this.queue.goTo(place);
    this.face.drawSoon();
    this.face.focus();
  }

  /**
   * @param {string} action
   * @param {string | null} reason
   */
  decide(action, reason) {
    const { queue, face, desk } = this;
    const { current } = queue;
    if (!current || face.view !== "queue" || !this.settings.may) return;
    const note = /** @type {HTMLTextAreaElement | null} */ (document.getElementById("note"))?.value.trim() || null;
    const mark = queue.marks.get(current.id);
    if (mark?.kind === "conflict" || mark?.kind === "theirs") {
      if (face.isPicking) return this.override({ action, reason, note });
      return face.alert(say("triage.overrides"));
    }
    face.isPicking = false;
    this.match = -1;
    desk.decide([current], { action, reason, note });
  }

  /** @param {Wanted} wanted Decide all the same on what somebody else has decided. */
  override(wanted) {
    const { current, marks } = this.queue;
    if (!current) return;
    this.face.isPicking = false;
    marks.delete(current.id);
    this.desk.decide([current], wanted);
  }

  pick() {
    if (!this.queue.current || this.face.view !== "queue" || !this.settings.may) return;
    this.face.isPicking = !this.face.isPicking;
    this.face.drawSoon();
  }

  /** @param {HTMLElement} box */
  offerReasons(box) {
    const label = make("label", { for: "note" }, say("act.note"), " ", make("span", {}, say("act.optional")));
    const note = make("textarea", { id: "note", rows: 1, maxlength: 1000, dir: "auto" });
    const each = REASONS.map((reason, place) => button(say(`reason.${reason}`), String(place + 1), () => this.run(`reason ${place + 1}`), "danger"));
    box.replaceChildren(make("p", {}, say("act.reject_as")), make("div", { class: "buttons" }, ...each), label, note);
    each[0].focus();
  }

  /** @param {number} step To the next match in the comment, or the one before. */
  walk(step) {
    const marks = [...byId("whole").querySelectorAll("mark")];
    if (!marks.length) return;
    marks[this.match]?.classList.remove("at");
    this.match = (this.match + step + marks.length + (this.match < 0 && step < 0 ? 1 : 0)) % marks.length;
    const mark = marks[this.match];
    mark.classList.add("at");
    mark.scrollIntoView({ block: "nearest" });
    const lines = (mark.getAttribute("data-by") ?? "").split(" ");
    const told = (/** @type {string} */ line) => this.queue.current?.signals[Number(line) - 1]?.sentence ?? "";
    const sentence = lines.map((line) => why(told(line)) ?? told(line)).join(" ");
    this.face.said(say("triage.match", { place: this.match + 1, total: marks.length, sentence }));
  }

  /** @param {(comment: Comment) => Promise<HTMLElement>} fetch */
  async beside(fetch) {
    const { queue, face } = this;
    const { current } = queue;
    if (!current || face.view !== "queue") return;
    if (face.beside) return face.putBeside(null);
    const section = await fetch(current).catch(() => null);
    if (!section) return face.alert(say("triage.unread"));
    if (queue.current === current) face.putBeside(section);
  }

  open() {
    if (this.face.view === "campaigns") void this.campaigns.open();
    else document.getElementById("who")?.focus();
  }

  back() {
    const { face, queue, campaigns } = this;
    const mark = queue.current && queue.marks.get(queue.current.id);
    byId("alert").replaceChildren();
    if (face.question) this.unask();
    else if (face.isPicking) face.isPicking = false;
    else if (face.beside) face.putBeside(null);
    else if (face.view === "campaigns") campaigns.isOpen ? campaigns.close() : this.showQueue();
    else if (queue.selected.size) queue.selected.clear();
    else if (mark?.kind === "conflict" || mark?.kind === "theirs") this.desk.keep();
    face.drawSoon();
    face.focus();
  }

  /** @param {string} [first] */
  showCampaigns(first) {
    this.switchTo("campaigns");
    this.campaigns.load(first).catch(() => this.face.alert(say("triage.unread")));
  }

  showQueue() {
    this.switchTo("queue");
  }

  /** @param {string} view */
  switchTo(view) {
    const { face } = this;
    if (face.view === view) return;
    face.view = view;
    face.drawn = "";
    face.list.clear();
    face.drawSoon();
  }

  /** @param {string} key The letter after `g`. */
  go(key) {
    const name = PLACES[key];
    if (name === "queue") this.showQueue();
    else if (name === "campaigns") this.showCampaigns();
    else this.place(name);
  }

  filter() {
    /** @type {HTMLElement | null} */
    const first = byId("filters").querySelector("select, input");
    first?.focus();
  }

  /** @param {string} name */
  place(name) {
    const address = this.settings.places[name];
    if (address) location.assign(address);
    return !!address;
  }

  signIn() {
    signInAgain(this.settings.me, this.outbox.entries.length, () => this.outbox.resume());
  }
}
