/*
 * Campaigns: comments that say the same, decided as one. What joins after the list was seen is left alone.
 */

import { ask } from "./api.js";
import { button, flat, make } from "./dom.js";
import { ago, points, say } from "./say.js";

/** @typedef {import("./types.js").Campaign} Campaign */
/** @typedef {{spread: {least: number, median: number, most: number}, hosts: {host: string, count: number}[], texts: number, compared: number, different: number, outliers: import("./types.js").Comment[], typical: import("./types.js").Comment[]}} View */

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
    /** Those that were opened. @type {Map<string, View>} */
    this.views = new Map();
    /** Comments that are left as they are. @type {Set<string>} */
    this.leftOut = new Set();
  }

  get current() {
    return this.known.get(this.order[this.at]);
  }

  get view() {
    return this.isOpen ? this.views.get(this.order[this.at]) : undefined;
  }

  /** What looks different from most, and then what does not. */
  get samples() {
    const { view } = this;
    return view ? [...view.outliers, ...view.typical] : [];
  }

  /** @param {string} [first] The campaign to go to. */
  async load(first) {
    const found = await Promise.all(this.sites.slice(0, 50).map((site) => ask(`/v1/sites/${site}/campaigns?limit=100`)));
    const all = found.flatMap((/** @type {{campaigns: Campaign[]}} */ { campaigns }) => campaigns);
    all.sort((one, other) => other.pending - one.pending);
    this.views.clear();
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
    if (this.views.has(campaign.id)) return;
    this.views.set(campaign.id, await ask(`/v1/sites/${campaign.site}/campaigns/${campaign.id}/view`));
    this.changed();
  }

  /**
   * How many would be decided: what waits and what was decided otherwise, but for what is left as it is.
   * @param {string} action
   */
  count(action) {
    const { current, samples, leftOut } = this;
    if (!current) return 0;
    const stays = action === "approve" ? "approved" : "rejected";
    const out = samples.filter(({ id, status }) => leftOut.has(id) && status !== stays);
    return current.pending + (action === "approve" ? current.rejected : current.approved) - out.length;
  }

  close() {
    this.isOpen = false;
    this.leftOut.clear();
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
    this.views.delete(campaign.id);
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
  const { view } = campaigns;
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
    ...(view ? closely(view) : []),
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
    samples.length > 0 && make("section", { class: "beside" }, make("h3", {}, heading(view)), make("ol", {}, ...samples)),
  );
}

/** @param {View} view What is seen of a campaign from nearby. */
function closely({ spread, texts, hosts }) {
  const { least, median, most } = spread;
  return [
    ["campaign.scores", [least, median, most].map(points).join(" … ")],
    ["campaign.texts", String(texts)],
    ...(hosts.length ? [["campaign.hosts", hosts.map(({ host, count }) => `\u2068${host}\u2069 (${count})`).join(say("list.comma"))]] : []),
  ];
}

/** @param {View | undefined} view */
function heading(view) {
  return view?.different ? say("campaign.different", { number: view.different, all: view.compared }) : say("triage.campaign.samples");
}
