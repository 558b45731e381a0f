/*
 * Selecting, and deciding on many at once: above a few it is asked first, and the same key is the answer.
 */

import { byId } from "./dom.js";
import { Keymap } from "./keys.js";
import { say } from "./say.js";

const ASK_ABOVE = 25;
const MOST = 1_000;

/** @typedef {import("./types.js").Comment} Comment */
/** @typedef {{queue: import("./queue.js").Queue, desk: import("./desk.js").Desk, campaigns: import("./campaigns.js").Campaigns, face: import("./face.js").Face, outbox: import("./outbox.js").Outbox}} Parts */

/** What is done with a selection or a campaign. */
export class Many {
  /**
   * @param {import("./types.js").Settings} settings
   * @param {Parts} parts
   */
  constructor(settings, { queue, desk, campaigns, face, outbox }) {
    this.settings = settings;
    this.queue = queue;
    this.desk = desk;
    this.campaigns = campaigns;
    this.face = face;
    this.outbox = outbox;
    this.keymap = settings.keys && new Keymap(settings.keys);
    /** What a second press of the same key confirms. */
    this.asked = "";
  }

  /** @param {number} _step */
  move(_step) {}

  /** @param {import("./types.js").Wanted} _wanted */
  override(_wanted) {}

  select() {
    const { current, selected } = this.queue;
    if (current && !selected.delete(current.id)) selected.add(current.id);
    this.face.drawSoon();
  }

  /** @param {number} step */
  extend(step) {
    const { queue, face } = this;
    if (face.view !== "queue") return;
    if (queue.current) queue.selected.add(queue.current.id);
    this.move(step);
    if (queue.current) queue.selected.add(queue.current.id);
  }

  /** All that there is, as far as one act can reach: the list is loaded so far. */
  async selectAll() {
    const { queue, face } = this;
    if (queue.selected.size === queue.order.length) queue.selected.clear();
    else {
      while (queue.next !== null && queue.order.length < MOST && !queue.failed) await queue.more();
      for (const id of queue.order.slice(0, MOST)) queue.selected.add(id);
    }
    face.drawSoon();
  }

  /**
   * Decide on the selection; alone, on what somebody else decided otherwise.
   * @param {string} action
   * @param {string | null} reason
   */
  many(action, reason) {
    const { queue, face, desk } = this;
    if (!this.settings.may) return;
    if (face.view === "campaigns") return this.decideCampaign(action, reason);
    const chosen = queue.order.filter((id) => queue.selected.has(id)).map((id) => /** @type {Comment} */ (queue.comments.get(id)));
    const mark = queue.current && queue.marks.get(queue.current.id);
    if (!chosen.length) return mark && mark.kind !== "taken" ? this.override({ action, reason }) : undefined;
    if (chosen.length > ASK_ABOVE && !this.confirm(action, reason, chosen.length)) return;
    desk.decide(chosen, { action, reason });
  }

  /**
   * @param {string} action
   * @param {string | null} reason
   */
  decideCampaign(action, reason) {
    const { campaigns, desk, outbox, face } = this;
    const { current } = campaigns;
    if (!current || !this.settings.may || !this.confirm(action, reason, campaigns.count(action))) return;
    const count = campaigns.count(action);
    const { campaign, leftOut, putBack } = campaigns.take();
    const { id, site, last_id } = campaign;
    const entry = { kind: /** @type {const} */ ("campaign"), ids: [], action, reason, site, campaign: id, last: last_id, left_out: leftOut, name: "" };
    const { key } = outbox.add(entry);
    desk.remember({ key, kind: "campaign", comments: [], after: putBack, name: "" });
    face.said(say(`triage.many.${action}`, { count }));
  }

  /**
   * Ask once; the same again is the answer.
   * @param {string} action
   * @param {string | null} reason
   * @param {number} count
   */
  confirm(action, reason, count) {
    const name = action === "approve" ? "approve_all" : reason === "spam" ? "spam_all" : "reject_all";
    if (this.asked === name) {
      this.unask();
      return true;
    }
    this.asked = name;
    const key = name === "reject_all" ? "R" : (this.keymap?.first(name) ?? "");
    this.face.question = say(`triage.ask.${action}`, { count, key: key.replace(/^[A-Z]$/, "Shift+$&") });
    this.face.alert(this.face.question);
    return false;
  }

  unask() {
    if (!this.asked) return;
    this.asked = "";
    this.face.question = "";
    byId("alert").replaceChildren();
    this.face.drawSoon();
  }
}
