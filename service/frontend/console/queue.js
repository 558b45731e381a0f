/*
 * The comments that were fetched, in their order, and where the moderator is among them. Pages come by
 * keyset, a little ahead of need; a comment that was decided here does not come back with a later page.
 */

import { ask } from "./api.js";

const PAGE = 50;
const AHEAD = 25;
const MOST_KEPT = 1_000;
const KEPT_BEHIND = 200;

/** @typedef {import("./types.js").Comment} Comment */

/** A stretch of the queue. */
export class Queue {
  /**
   * @param {import("./types.js").Settings} settings
   * @param {() => void} changed
   */
  constructor({ query, me }, changed) {
    this.query = query;
    this.me = me;
    this.changed = changed;
    /** @type {Map<string, Comment>} */
    this.comments = new Map();
    /** @type {string[]} */
    this.order = [];
    /** What was decided here, and not taken back. @type {Set<string>} */
    this.gone = new Set();
    /** @type {Set<string>} */
    this.selected = new Set();
    /** What is special about a comment's row. @type {Map<string, import("./types.js").Mark>} */
    this.marks = new Map();
    this.at = 0;
    /** How many were let go at the beginning, so that the list stays short. */
    this.behind = 0;
    /** @type {string | null} */
    this.next = "";
    /** @type {Promise<void> | null} */
    this.loading = null;
    this.failed = false;
  }

  get current() {
    return this.comments.get(this.order[this.at]);
  }

  /** Begin again at the oldest; the comment under the cursor stays there if it is still there. */
  async reload() {
    const id = this.order[this.at];
    await this.loading;
    const page = await this.page("");
    this.order = [];
    this.behind = 0;
    this.take(page);
    this.at = Math.max(0, this.order.indexOf(id));
    this.changed();
  }

  /** The next page, if there is one; at most one is on its way. */
  more() {
    if (this.loading || this.next === null) return this.loading;
    this.loading = this.fetchMore().finally(() => {
      this.loading = null;
      this.changed();
      if (!this.failed) this.ahead();
    });
    return this.loading;
  }

  async fetchMore() {
    try {
      this.take(await this.page(this.next ?? ""));
      this.failed = false;
    } catch {
      this.failed = true;
    }
  }

  /**
   * @param {string} cursor
   * @returns {Promise<import("./types.js").QueuePage>}
   */
  page(cursor) {
    const query = new URLSearchParams(this.query);
    query.set("limit", String(PAGE));
    if (cursor) query.set("cursor", cursor);
    return ask(`/v1/queue?${query}`);
  }

  /** @param {import("./types.js").QueuePage} page */
  take({ comments, next }) {
    const there = new Set(this.order);
    for (const comment of comments) {
      if (there.has(comment.id) || this.gone.has(comment.id)) continue;
      this.comments.set(comment.id, comment);
      this.order.push(comment.id);
      this.mark(comment);
    }
    this.next = next;
    const spare = this.order.length > MOST_KEPT ? Math.min(this.at - KEPT_BEHIND, this.order.length - MOST_KEPT) : 0;
    if (spare > 0) {
      for (const id of this.order.splice(0, spare)) this.drop(id);
      this.at -= spare;
      this.behind += spare;
    }
  }

  /** @param {Comment} comment What was decided before says so, and is not decided again by accident. */
  mark(comment) {
    const { id, status, version, decisions } = comment;
    if (status === "pending") return this.markHeld(comment);
    const latest = decisions[decisions.length - 1];
    this.marks.set(id, { kind: "theirs", current: { status, version, decided_by: latest?.by, action: latest?.action, reason: latest?.reason, decided_at: latest?.at } });
  }

  /**
   * Show who holds a comment; what else is marked of it matters more.
   * @param {Pick<Comment, "id" | "lease">} comment
   */
  markHeld({ id, lease }) {
    const { marks, me } = this;
    if ((marks.get(id)?.kind ?? "taken") !== "taken") return;
    if (lease && lease.by !== me) marks.set(id, { kind: "taken", who: lease.by });
    else marks.delete(id);
  }

  /** @param {string} id */
  drop(id) {
    this.comments.delete(id);
    this.selected.delete(id);
    this.marks.delete(id);
  }

  /** The next page for somebody who looks on without moving the cursor, as far as is kept. */
  lookOn() {
    if (this.order.length - this.at < MOST_KEPT) void this.more();
  }

  ahead() {
    if (this.order.length - this.at <= AHEAD) void this.more();
  }

  /** @param {number} place */
  goTo(place) {
    this.at = Math.max(0, Math.min(place, this.order.length - 1));
    this.ahead();
  }

  /**
   * Take comments out of the list; what is under the cursor then is what came after it.
   * @param {string[]} ids
   */
  remove(ids) {
    const out = new Set(ids);
    const before = this.order.slice(0, this.at).filter((id) => out.has(id)).length;
    this.order = this.order.filter((id) => !out.has(id));
    for (const id of ids) {
      this.gone.add(id);
      this.selected.delete(id);
      this.marks.delete(id);
    }
    this.goTo(this.at - before);
  }

  /**
   * Put comments back, the first under the cursor.
   * @param {Comment[]} comments
   */
  restore(comments) {
    for (const comment of comments) {
      this.gone.delete(comment.id);
      this.comments.set(comment.id, comment);
    }
    const there = new Set(this.order);
    const back = comments.map(({ id }) => id).filter((id) => !there.has(id));
    this.order.splice(this.at, 0, ...back);
    const place = this.order.indexOf(comments[0].id);
    if (place >= 0) this.at = place;
  }
}
