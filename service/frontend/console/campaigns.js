/*
 * Campaigns: comments that say the same, decided as one. What joins after the list was seen is left alone.
 */

import { ask } from "./api.js";
import { button, flat, make } from "./dom.js";
import { ago, points, say } from "./say.js";

const SAMPLES = 20;

/** @typedef {import("./types.js").Campaign} Campaign */

/** The campaigns with pending comments, of all sites, the most pending first. */
export class Campaigns {
  /**
   * @param {string[]} sites
   * @param {() => void} changed
   */
  constructor(sites, changed) {
    this.sites = sites;
    this.changed = changed;
    /** @type {Map<string, Campaign>} */
    this.known = new Map();
    /** @type {string[]} */
    this.order = [];
    this.at = 0;
    this.isOpen = false;
    this.sample = 0;
    /** @type {Map<string, import("./types.js").Comment[]>} */
    this.members = new Map();
    /** Comments that are left as they are. @type {Set<string>} */
    this.leftOut = new Set();
  }

  get current() {
    return this.known.get(this.order[this.at]);
  }

  /** @returns {import("./types.js").Comment[]} */
  get samples() {
    return (this.isOpen && this.members.get(this.order[this.at])) || [];
  }

  /** @param {string} [first] The campaign to go to. */
  async load(first) {
    const found = await Promise.all(this.sites.slice(0, 50).map((site) => ask(`/v1/sites/${site}/campaigns?limit=100`)));
    const all = found.flatMap((/** @type {{campaigns: Campaign[]}} */ { campaigns }) => campaigns);
    all.sort((one, other) => other.pending - one.pending);
    this.known = new Map(all.map((campaign) => [campaign.id, campaign]));
    this.order = all.map(({ id }) => id);
    this.at = Math.max(0, this.order.indexOf(first ?? ""));
    this.isOpen = first !== undefined && this.order[this.at] === first;
    this.changed();
    if (this.isOpen) await this.open();
  }

  /** @param {number} step */
  move(step) {
    if (this.isOpen) this.sample = clamp(this.sample + step, this.samples.length);
    else this.at = clamp(this.at + step, this.order.length);
    this.changed();
  }

  async open() {
    const campaign = this.current;
    if (!campaign) return;
    this.isOpen = true;
    this.sample = 0;
    this.leftOut.clear();
    this.changed();
    if (this.members.has(campaign.id)) return;
    const page = await ask(`/v1/sites/${campaign.site}/campaigns/${campaign.id}?limit=${SAMPLES}`);
    this.members.set(campaign.id, page.comments);
    this.changed();
  }

  /** How many would be decided: what waits, but for what is left as it is. */
  get count() {
    const { current, members, leftOut } = this;
    const out = (current && members.get(current.id))?.filter(({ id, status }) => leftOut.has(id) && status === "pending");
    return (current?.pending ?? 0) - (out?.length ?? 0);
  }

  close() {
    this.isOpen = false;
    this.changed();
  }

  /** Leave the sample under the cursor as it is, or not. */
  toggle() {
    const sample = this.samples[this.sample];
    if (sample && !this.leftOut.delete(sample.id)) this.leftOut.add(sample.id);
    this.changed();
  }

  /**
   * Take the campaign under the cursor out of the list; gives it, and how to put it back.
   */
  take() {
    const campaign = /** @type {Campaign} */ (this.current);
    const { at } = this;
    const leftOut = [...this.leftOut];
    this.order = this.order.filter((id) => id !== campaign.id);
    this.at = clamp(at, this.order.length);
    this.isOpen = false;
    const putBack = () => {
      this.order.splice(at, 0, campaign.id);
      this.at = at;
      this.changed();
    };
    return { campaign, leftOut, putBack };
  }
}

/**
 * @param {number} place
 * @param {number} length
 */
function clamp(place, length) {
  return Math.max(0, Math.min(place, length - 1));
}

/** @param {Campaign} campaign */
export function campaignRow({ id, text, pending, last_at, site, pages }) {
  return make(
    "div",
    { role: "option", class: "item", id: `row-${id}` },
    make("b", { class: "by" }, say("triage.campaign.size", { count: pending })),
    make("span", { class: "points" }),
    make("time", { datetime: last_at }, ago(last_at)),
    make("p", { class: "line", dir: "auto" }, text.slice(0, 140)),
    make("p", { class: "why" }, `${say("triage.campaign.pages", { count: pages })} · ${site}`),
  );
}

/**
 * A campaign whole, with samples of what it says.
 * @param {Campaigns} campaigns
 * @param {(action: string, reason: string | null) => void} decide
 * @param {boolean} may
 */
export function campaignDetail(campaigns, decide, may) {
  const campaign = /** @type {Campaign} */ (campaigns.current);
  const { pending, approved, rejected, pages, first_at, last_at, site, text } = campaign;
  const samples = campaigns.samples.map((comment, place) => {
    const isOut = campaigns.leftOut.has(comment.id);
    return make(
      "li",
      { class: place === campaigns.sample ? "sample at" : "sample", "aria-current": place === campaigns.sample && "true" },
      make("b", {}, make("bdi", {}, flat(comment.segments.name, 60))),
      ` · ${ago(comment.created_at)} · ${points(comment.score)} `,
      isOut && make("span", { class: "tag" }, say("triage.campaign.left_out")),
      make("p", { dir: "auto" }, flat(comment.segments.text, 300)),
    );
  });
  const facts = [
    ["triage.campaign.pending", String(pending)],
    ["comment.status.approved", String(approved)],
    ["comment.status.rejected", String(rejected)],
    ["triage.campaign.on", `${say("triage.campaign.pages", { count: pages })} · ${site}`],
    ["triage.campaign.first", ago(first_at)],
    ["triage.campaign.last", ago(last_at)],
  ];
  const buttons = make(
    "div",
    { class: "buttons" },
    button(say("act.approve"), "A", () => decide("approve", null), "approve"),
    button(say("reason.spam"), "S", () => decide("reject", "spam"), "danger"),
    !campaigns.isOpen && button(say("triage.campaign.open"), "Enter", () => void campaigns.open()),
  );
  return make(
    "article",
    { class: "whole", "aria-labelledby": "who" },
    make("h2", { id: "who", tabindex: -1, class: "author" }, say("triage.campaign.size", { count: pending })),
    make("dl", { class: "facts" }, ...facts.flatMap(([key, value]) => [make("dt", {}, say(key)), make("dd", {}, value)])),
    make("div", { class: "text", dir: "auto" }, text),
    may && buttons,
    samples.length > 0 && make("section", { class: "beside" }, make("h3", {}, say("triage.campaign.samples")), make("ol", {}, ...samples)),
  );
}
