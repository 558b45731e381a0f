/*
 * Decisions on their way. The audit trail is to have them in the order of the keys, so one request is on its
 * way at a time; whatever waits then goes together, and each is answered as if it had been sent alone. What
 * could not be sent yet survives a reload of the page.
 */

import { Refused, ask } from "./api.js";

const UNSENT = "greenroom-unsent";
const WAITS = [500, 2_000, 8_000];
const LOOK_AGAIN = 5_000;
const MOST_TOGETHER = 100;
// Between requests, so that the decisions of a quick hand are few requests.
const GATHER = 100;

/** @typedef {import("./types.js").Entry} Entry */
/**
 * @typedef {object} Ears
 * @property {(entry: Entry, answer: import("./types.js").Answer) => void} done
 * @property {(entry: Entry, problem: import("./types.js").Problem) => void} refused
 * @property {() => void} changed
 */

/** The decisions that the service has not confirmed, in their order. */
export class Outbox {
  /**
   * @param {string} me
   * @param {Ears} ears
   */
  constructor(me, ears) {
    this.me = me;
    this.ears = ears;
    const kept = JSON.parse(sessionStorage.getItem(UNSENT) ?? "null") ?? {};
    /** @type {Entry[]} */
    this.entries = kept.entries ?? [];
    /** The version that the service last told of each comment. @type {Record<string, number>} */
    this.versions = kept.versions ?? {};
    /** The batch that an act on many became. @type {Record<string, string>} */
    this.batches = kept.batches ?? {};
    /** @type {"sending" | "offline" | "signed_out"} */
    this.state = "sending";
    this.busy = false;
    this.isPlanned = false;
    this.tries = 0;
    addEventListener("online", () => this.resume());
    addEventListener("pagehide", () => this.keep());
    addEventListener("beforeunload", (event) => {
      if (this.entries.length) event.preventDefault();
    });
  }

  /** @param {Omit<Entry, "key">} entry */
  add(entry) {
    const kept = { ...entry, key: crypto.randomUUID() };
    this.entries.push(kept);
    // After the frame that shows it, and once for keys that come at once: their handlers are to be short.
    if (!this.isPlanned) {
      this.isPlanned = true;
      setTimeout(() => {
        this.isPlanned = false;
        this.keep();
        void this.send();
      });
    }
    return kept;
  }

  /**
   * The comments that an unsent act is about.
   * @returns {Set<string>}
   */
  touched() {
    return new Set(this.entries.flatMap((entry) => (entry.kind.startsWith("undo") ? [] : entry.ids)));
  }

  /** Go on after the way is free again. */
  resume() {
    this.state = "sending";
    void this.send();
  }

  /** Send what waits, unless it is being done. */
  async send() {
    if (this.busy) return;
    this.busy = true;
    while (this.entries.length && this.state === "sending") {
      const together = this.together();
      await (together.length > 1 ? this.sendTogether(together) : this.sendFirst());
      this.keep();
      if (this.entries.length) await new Promise((go) => setTimeout(go, GATHER));
    }
    this.busy = false;
    this.ears.changed();
  }

  async sendFirst() {
    const entry = this.entries[0];
    this.ears.changed();
    try {
      const answer = await this.post(entry);
      this.learn(entry, answer);
      if (answer.remaining) return;
      this.forget(entry);
      this.ears.done(entry, answer);
    } catch (error) {
      await this.stumble(entry, error);
    }
  }

  /** What can go in one request: the next decisions on single comments, each comment once. */
  together() {
    const ids = new Set();
    const end = this.entries.findIndex(({ kind, ids: [id], alone }) => {
      const ends = alone || !["one", "undo"].includes(kind) || ids.has(id);
      ids.add(id);
      return ends;
    });
    return this.entries.slice(0, Math.min(MOST_TOGETHER, end < 0 ? MOST_TOGETHER : end));
  }

  /** @param {Entry[]} together */
  async sendTogether(together) {
    this.ears.changed();
    try {
      const items = together.map((entry) => ({ comment_id: entry.ids[0], key: entry.key, ...this.said(entry) }));
      const { outcomes } = await ask("/v1/decisions", { body: { items } });
      for (const [place, entry] of together.entries()) {
        const outcome = outcomes[place];
        if (outcome.status >= 400) {
          await this.stumble(entry, new Refused(outcome));
        } else {
          this.learn(entry, outcome);
          this.forget(entry);
          this.ears.done(entry, {});
        }
      }
    } catch (error) {
      const isWhole = error instanceof Refused && error.problem.status < 500 && ![401, 429].includes(error.problem.status);
      // One that cannot be read at all is not to be refused with its neighbours.
      if (isWhole) for (const entry of together) entry.alone = true;
      else await this.stumble(together[0], error);
    }
  }

  /**
   * @param {Entry} entry
   * @param {unknown} error
   */
  async stumble(entry, error) {
    if (!(error instanceof Refused)) {
      this.state = "offline";
      setTimeout(() => this.state === "offline" && this.resume(), LOOK_AGAIN);
      return;
    }
    const { problem } = error;
    if (problem.status === 401) {
      this.state = "signed_out";
    } else if ((problem.status >= 500 || problem.status === 429) && this.tries < WAITS.length) {
      await new Promise((go) => setTimeout(go, Math.max(WAITS[this.tries++], (problem.retry_after ?? 0) * 1000)));
    } else if (this.wasOurs(entry, problem)) {
      this.versions[entry.ids[0]] = /** @type {any} */ (problem.current).version;
      this.forget(entry);
      this.ears.done(entry, {});
    } else {
      if (problem.current) this.versions[entry.ids[0]] = problem.current.version;
      this.forget(entry);
      // There is nothing to take back of it, and what somebody else decided is not ours to take back.
      this.entries = this.entries.filter(({ of }) => of !== entry.key);
      this.ears.refused(entry, problem);
    }
  }

  /**
   * Whether the answer was lost on its way and not the decision: it is there, under my name.
   * @param {Entry} entry
   * @param {import("./types.js").Problem} problem
   */
  wasOurs(entry, { current }) {
    return (
      !!current &&
      current.decided_by === this.me &&
      current.action === entry.action &&
      (current.reason ?? null) === (entry.reason ?? null) &&
      current.version === this.versions[entry.ids[0]] + 1
    );
  }

  /** @param {Entry} entry What is decided on one comment. */
  said({ ids, action, reason, note }) {
    return { version: this.versions[ids[0]], action, ...(reason && { reason }), ...(note && { note }) };
  }

  /** @param {Entry} entry */
  post(entry) {
    const { kind, ids, key } = entry;
    const { version, ...said } = this.said(entry);
    switch (kind) {
      case "many": {
        const items = ids.map((id) => ({ comment_id: id, version: this.versions[id] }));
        return ask("/v1/decisions", { body: { items, ...said }, key });
      }
      case "campaign": {
        const last = { last: entry.last, ...(entry.left_out?.length && { left_out: entry.left_out }) };
        const path = `/v1/sites/${entry.site}/campaigns/${entry.campaign}/decisions`;
        return ask(path, { body: { ...said, ...last }, key });
      }
      case "undo_many":
        return ask(`/v1/batches/${this.batches[entry.of ?? ""]}/undo`, { method: "POST", key });
      default:
        return ask(`/v1/comments/${ids[0]}/decisions`, { body: { ...said, version }, key });
    }
  }

  /**
   * @param {Entry} entry
   * @param {import("./types.js").Answer} answer
   */
  learn(entry, answer) {
    this.tries = 0;
    const batch = answer.batch_id ?? (entry.kind === "campaign" && answer.id);
    if (batch) this.batches[entry.key] = batch;
    if (answer.version) this.versions[entry.ids[0]] = answer.version;
    for (const { comment_id, version } of answer.outcomes ?? []) {
      if (version) this.versions[comment_id] = version;
    }
  }

  /** @param {Entry} entry */
  forget(entry) {
    this.tries = 0;
    this.entries = this.entries.filter((each) => each !== entry);
  }

  keep() {
    const { entries, batches } = this;
    if (!entries.length) return sessionStorage.removeItem(UNSENT);
    const versions = Object.fromEntries(entries.flatMap((each) => each.ids).map((id) => [id, this.versions[id]]));
    sessionStorage.setItem(UNSENT, JSON.stringify({ entries, versions, batches }));
  }
}
