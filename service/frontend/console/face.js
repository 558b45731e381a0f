/*
 * What is seen and said: the panes are drawn once a frame, messages once a second.
 */

import { Bar } from "./bar.js";
import { campaignDetail, campaignRow } from "./campaigns.js";
import { button, byId, flat, make, write } from "./dom.js";
import { detail, strip } from "./detail.js";
import { List, commentRow, dressRow } from "./list.js";
import { say } from "./say.js";

const SPEAK_EVERY = 1_000;
// Comments that follow each other in less (ms) are passed by; the last of them is shown after a pause.
const QUICK = 120;
const PAUSE = 60;
const WIDE = matchMedia("(min-width: 48rem)");
const ROOMY = matchMedia("(min-width: 64rem)");

/** @typedef {import("./bar.js").Parts} Parts */

/** The page. */
export class Face extends Bar {
  /**
   * @param {HTMLElement} root
   * @param {import("./types.js").Settings} settings
   */
  constructor(root, settings) {
    super(root, settings);
    this.list = new List(byId("list"), (place) => this.parts?.hands.choose(place), () => this.parts?.queue.lookOn());
    /** The cursor may have moved. */
    this.rested = () => {};
    this.planned = false;
    /** What the detail shows: drawn again only when it changes. */
    this.drawn = "";
    this.spokenAt = 0;
    this.timer = 0;
    /** A section beside the comment: its history, its thread. @type {HTMLElement | null} */
    this.beside = null;
    /** What is asked before many are decided. @type {string} */
    this.question = "";
    this.isPicking = false;
    /** When the detail is drawn, for which comment, and since when; whether it was scrolled: asking costs a layout. */
    this.due = 0;
    this.at = "";
    this.movedAt = 0;
    this.isScrolled = false;
    this.sentence = "";
  }

  /** @param {Parts} parts */
  begin(parts) {
    this.parts = parts;
    const { hands } = parts;
    const key = (/** @type {string} */ action) => hands.keymap?.first(action);
    const act = (/** @type {string} */ action, /** @type {string} */ says, look = "") =>
      button(say(says), key(action), () => hands.run(action), look);
    if (this.settings.may) {
      byId("acts").replaceChildren(
        act("approve", "act.approve", "approve"),
        act("reason", "act.reject", "danger"),
        act("spam", "reason.spam", "danger"),
        act("later", "key.later"),
      );
    }
    byId("undo").replaceChildren(act("undo", "act.undo", "small"));
    byId("help").replaceChildren(act("help", "triage.keys", "plain"));
    for (const link of this.root.querySelectorAll("[data-act]")) {
      link.addEventListener("click", (event) => {
        event.preventDefault();
        hands.run(link.getAttribute("data-act") ?? "");
      });
    }
    byId("fresh").addEventListener("click", () => hands.run("fresh"));
    byId("detail").addEventListener("scroll", () => (this.isScrolled = byId("detail").scrollTop > 0), { passive: true });
    // The browser gives the focus back to what had it, which may have been drawn anew under the dialog.
    document.addEventListener("close", () => this.drawSoon(), true);
    for (const query of [WIDE, ROOMY]) query.addEventListener("change", () => this.turn());
    this.drawSoon();
  }

  /** Another screen, or another zoom: the list may be gone from it, and the focus with it. */
  turn() {
    this.drawSoon();
    if (document.activeElement === byId("list")) this.focus();
  }

  drawSoon() {
    if (this.planned) return;
    this.planned = true;
    requestAnimationFrame(() => {
      this.planned = false;
      this.draw();
    });
  }

  draw() {
    const { parts } = this;
    if (!parts) return;
    if (this.isSaved && parts.outbox.entries.length) this.drawState(parts);
    else this.stateSoon();
    write("said", this.sentence);
    this.offerUndo(parts.desk.done.length > 0);
    write("queue", say(this.view === "queue" ? "queue.title" : "frame.to.campaigns"));
    if (this.view === "campaigns") this.drawCampaigns(parts);
    else this.drawQueue(parts);
    this.drawAsking(parts);
    if (document.activeElement === document.body) this.focus();
  }

  /** @param {boolean} isOffered Whether there is anything to take back. */
  offerUndo(isOffered) {
    const undo = byId("undo");
    if (undo.hidden === !isOffered) return;
    if (undo.contains(document.activeElement)) this.focus();
    undo.hidden = !isOffered;
  }

  /** @param {Parts} parts */
  drawQueue({ queue }) {
    const { current, order, at, behind, next, selected, marks } = queue;
    const row = (/** @type {string} */ id) => commentRow(/** @type {any} */ (queue.comments.get(id)));
    const dress = (/** @type {string} */ id, /** @type {HTMLElement} */ each) => dressRow(each, selected.has(id), marks.get(id));
    if (order.length || isEmpty(queue)) this.list.show({ ids: order, at, behind, isWhole: next === null, row, dress });
    this.drawFoot(queue);
    byId("acts").hidden = !current;
    // The comment itself after the frame that moves the cursor, and not for comments that are passed too
    // quickly to be read: they would cost each key a second frame.
    const id = current?.id ?? "";
    const now = performance.now();
    const isPassed = id !== this.at && now - this.movedAt < QUICK;
    if (id !== this.at) this.movedAt = now;
    this.at = id;
    if (isPassed) clearTimeout(this.due);
    else if (this.due) return;
    this.due = setTimeout(() => this.settle(), isPassed ? PAUSE : 0);
  }

  /** Draw the comment under the cursor now, if it is due. */
  settle() {
    clearTimeout(this.due);
    const { parts, due } = this;
    this.due = 0;
    if (due && parts && this.view === "queue") this.drawDetail(parts);
  }

  /** @param {Parts} parts */
  drawDetail({ queue, desk, hands }) {
    const { current, marks } = queue;
    const mark = current && marks.get(current.id);
    const drawn = `${current?.id} ${current?.version} ${mark?.kind} ${mark?.who} ${current?.text.length} ${ROOMY.matches}`;
    if (isEmpty(queue)) return this.drawClear(desk);
    if (drawn === this.drawn || !current) return;
    this.drawn = drawn;
    this.rested();
    this.beside = null;
    const override = this.settings.may ? (/** @type {import("./types.js").Wanted} */ wanted) => hands.override(wanted) : null;
    const note = mark ? strip(mark, () => hands.run("back"), override) : null;
    this.put(detail(current, this.settings.sites.length > 1, note, ROOMY.matches));
  }

  /** @param {import("./queue.js").Queue} queue */
  drawFoot({ failed, next, order }) {
    const says = failed ? "triage.unread" : next === null ? "" : order.length ? "triage.more" : "triage.loading";
    const foot = byId("foot");
    if (foot.dataset.says === says) return;
    foot.dataset.says = says;
    foot.textContent = says && say(says);
    if (failed) foot.append(" ", button(say("triage.again"), undefined, () => void this.parts?.queue.more(), "small"));
  }

  /** @param {import("./desk.js").Desk} desk */
  drawClear(desk) {
    const { count, seconds } = desk.pace;
    const isPart = [...new URLSearchParams(desk.queue.query).keys()].some((name) => name !== "order" && name !== "site");
    const drawn = `clear ${count} ${desk.later.length}`;
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    this.rested();
    this.put(
      make(
        "div",
        { class: "calm" },
        make("h2", { id: "who", tabindex: -1 }, say(isPart ? "triage.nothing" : "queue.clear")),
        count > 0 && make("p", {}, say("triage.pace", { count, seconds })),
        desk.later.length > 0 && button(say("triage.recall", { count: desk.later.length }), undefined, () => desk.recall()),
        make("p", {}, make("a", { href: this.settings.places.decided }, say("queue.clear.decided"))),
        make("p", {}, make("a", { href: this.settings.places.reported }, say("frame.to.reported"), " ", make("span", { class: "num", "data-count": "reported" }))),
      ),
    );
    this.countAt = 0;
    this.stateSoon();
    if (byId("list").contains(document.activeElement)) document.getElementById("who")?.focus();
  }

  /** @param {Parts} parts */
  drawCampaigns({ campaigns, hands }) {
    const { order, at } = campaigns;
    byId("foot").dataset.says = "campaigns";
    byId("foot").textContent = order.length ? "" : say("triage.campaign.none");
    byId("acts").hidden = true;
    const row = (/** @type {string} */ id) => campaignRow(/** @type {any} */ (campaigns.known.get(id)));
    this.list.show({ ids: order, at, behind: 0, isWhole: true, row, dress: () => undefined });
    this.drawn = "";
    if (!campaigns.current) return this.put(make("div", { class: "calm" }, make("h2", { id: "who", tabindex: -1 }, say("triage.campaign.none"))));
    this.put(campaignDetail(campaigns, (action, reason) => hands.decideCampaign(action, reason), this.settings.may));
    byId("detail").querySelector(".sample.at")?.scrollIntoView({ block: "nearest" });
  }

  /** @param {HTMLElement} element */
  put(element) {
    const { activeElement } = document;
    const hadFocus = byId("whole").contains(activeElement) || byId("acts").contains(activeElement);
    byId("whole").replaceChildren(element);
    if (this.isScrolled) byId("detail").scrollTop = 0;
    this.isScrolled = false;
    if (hadFocus || document.activeElement === document.body) this.focus();
  }

  /** @param {HTMLElement | null} section What to show beside the comment. */
  putBeside(section) {
    this.beside?.remove();
    this.beside = section;
    if (section) {
      byId("whole").append(section);
      section.scrollIntoView({ block: "nearest" });
    }
  }

  /**
   * The strip above the list: how many are selected, and what is asked about them.
   * @param {Parts} parts
   */
  drawAsking({ queue, hands }) {
    const count = this.view === "queue" ? queue.selected.size : 0;
    const strip = byId("asking");
    strip.hidden = !count && !this.question;
    const drawn = `${this.question}|${count}`;
    if (strip.dataset.drawn !== drawn) {
      strip.dataset.drawn = drawn;
      const keys = hands.keymap;
      const each = (/** @type {string} */ action, /** @type {string} */ says, look = "") =>
        button(say(says), keys ? (keys.first(action) ?? "R") : undefined, () => hands.run(action), `small ${look}`);
      strip.replaceChildren(make("p", {}, this.question || say("triage.selected", { count })));
      if (count && this.settings.may) strip.append(each("approve_all", "act.approve"), each("reject_all", "act.reject", "danger"), each("spam_all", "reason.spam", "danger"));
      if (count || this.question) strip.append(button(say("triage.cancel"), "Escape", () => hands.run("back"), "small plain"));
    }
    const reasons = byId("reasons");
    if (reasons.hidden === this.isPicking) {
      reasons.hidden = !this.isPicking;
      if (this.isPicking) hands.offerReasons(reasons);
      else reasons.replaceChildren();
    }
  }

  /**
   * Say what was done: it is seen at once, and spoken at most once a second.
   * @param {string} sentence
   */
  said(sentence) {
    // Not written in a key's handler: what follows a key in the browser would cost a layout then.
    this.sentence = sentence;
    this.drawSoon();
    const { queue } = this.parts ?? {};
    const speak = () => {
      this.timer = 0;
      this.spokenAt = performance.now();
      const next = queue?.current;
      const values = next && { name: flat(next.segments.name, 60), place: queue.at + 1 + queue.behind, total: queue.order.length + queue.behind };
      byId("notice").textContent = `${this.sentence} ${values && this.view === "queue" ? say("triage.next", values) : ""}`;
    };
    if (!this.timer) this.timer = setTimeout(speak, Math.max(30, this.spokenAt + SPEAK_EVERY - performance.now()));
  }

  /** @param {string} sentence Something that cannot wait. */
  alert(sentence) {
    byId("alert").replaceChildren(make("p", {}, sentence));
    this.drawSoon();
  }

  /** @param {string} id A row that is to be made anew. */
  forget(id) {
    this.list.forget(id);
    this.drawn = "";
  }

  /** The list where there is something in it, else the heading. */
  focus() {
    const isClear = this.drawn.startsWith("clear ");
    const heading = document.getElementById("who");
    const target = WIDE.matches && !isClear ? byId("list") : (heading ?? byId("list"));
    target.focus({ preventScroll: true });
    if (!WIDE.matches) scrollTo(0, 0);
  }
}

/** @param {import("./queue.js").Queue} queue Whether nothing waits in it. */
function isEmpty({ current, next, loading }) {
  return !current && next === null && !loading;
}
