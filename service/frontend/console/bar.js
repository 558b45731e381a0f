/*
 * What tells how things stand: what is saved, whether news comes, how many wait in each view.
 */

import { ask } from "./api.js";
import { byId, make, write } from "./dom.js";
import { say } from "./say.js";

const COUNT_EVERY = 5_000;
const STATE_EVERY = 100;

/** @typedef {{queue: import("./queue.js").Queue, desk: import("./desk.js").Desk, campaigns: import("./campaigns.js").Campaigns, outbox: import("./outbox.js").Outbox, hands: import("./hands.js").Hands}} Parts */

/** The bars around the panes. */
export class Bar {
  /**
   * @param {HTMLElement} root
   * @param {import("./types.js").Settings} settings
   */
  constructor(root, settings) {
    this.root = root;
    this.settings = settings;
    /** @type {Parts | null} */
    this.parts = null;
    this.view = "queue";
    this.freshCount = 0;
    this.countAt = 0;
    this.stateTimer = 0;
    this.isSaved = true;
  }

  drawSoon() {}

  /** Draw what is confirmed and what waits; nobody looks at that ten times a second. */
  stateSoon() {
    this.stateTimer ||= setTimeout(() => {
      this.stateTimer = 0;
      if (this.parts) this.drawState(this.parts);
    }, STATE_EVERY);
  }

  /** @param {Parts} parts */
  drawState({ outbox, desk, campaigns }) {
    const { state, entries } = outbox;
    const count = entries.length;
    this.isSaved = !count;
    if (!count) void this.count();
    const saved = byId("saved");
    saved.className = state === "offline" ? "state off" : "state";
    write("saved", state === "offline" ? say("triage.offline", { count }) : count ? say("triage.saving", { count }) : say("triage.saved"));
    write("pace", desk.pace.count ? say("triage.pace", desk.pace) : "");
    write("later", desk.later.length ? String(desk.later.length) : "");
    write("campaigns", campaigns.order.length ? String(campaigns.order.length) : "");
    for (const link of this.root.querySelectorAll("[data-view]")) {
      if (link.getAttribute("data-view") === this.view) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    const fresh = byId("fresh");
    fresh.hidden = !this.freshCount;
    if (this.freshCount) fresh.textContent = say("triage.fresh", { count: this.freshCount });
    if (state === "signed_out") this.parts?.hands.signIn();
  }

  /** How many each view has, asked for at most every few seconds. */
  async count() {
    if (performance.now() < this.countAt) return;
    this.countAt = performance.now() + COUNT_EVERY;
    const { sites } = this.settings;
    const site = new URLSearchParams(this.settings.query).get("site");
    const counts = await ask(`/v1/queue/counts${site && sites.includes(site) ? `?site=${site}` : ""}`).catch(() => ({}));
    for (const shown of this.root.querySelectorAll("[data-count]")) {
      const found = counts[shown.getAttribute("data-count") ?? ""];
      if (found) shown.textContent = found.count ? `${found.count.toLocaleString("en")}${found.exact ? "" : "+"}` : "";
    }
  }

  /** @param {boolean} isLive */
  live(isLive) {
    const shown = byId("live");
    shown.className = isLive ? "state live" : "state off";
    shown.textContent = say(isLive ? "triage.live" : "triage.paused");
  }

  /**
   * A flood began on a site, or ended.
   * @param {string} site
   * @param {boolean} began
   */
  flood(site, began) {
    const floods = byId("floods");
    floods.querySelector(`[data-site="${CSS.escape(site)}"]`)?.remove();
    if (!began) return;
    const link = make("a", { href: `/console/settings/${site}/flood` }, say("flood.strip", { site }));
    floods.append(make("p", { class: "hold", "data-site": site }, link));
  }

  /** @param {number} count */
  fresh(count) {
    if (count === this.freshCount) return;
    this.freshCount = count;
    this.drawSoon();
  }
}
