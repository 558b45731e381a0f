/*
 * The comment under the cursor is held while somebody looks at it, so that colleagues see so. That is a hint
 * and blocks nobody. It is asked for where the cursor rests: never for each key, and no key waits for it.
 */

import { ask } from "./api.js";

const SETTLES = 700;
const LASTS = 60;
const BEAT = 25_000;

/** What this page holds: one comment or none. */
export class Holding {
  /**
   * @param {import("./queue.js").Queue} queue
   * @param {(id: string) => void} lost What somebody else turned out to hold.
   */
  constructor(queue, lost) {
    this.queue = queue;
    this.lost = lost;
    this.held = "";
    this.resting = 0;
    this.beating = 0;
    addEventListener("pagehide", () => this.held && this.giveBack(this.held));
    document.addEventListener("visibilitychange", () => this.rest());
  }

  /** The cursor may have moved. */
  rest() {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => void this.look(), SETTLES);
  }

  async look() {
    const { queue, held } = this;
    const id = document.hidden || queue.marks.has(queue.current?.id ?? "") ? "" : (queue.current?.id ?? "");
    if (id === held) return;
    this.held = "";
    clearInterval(this.beating);
    // A decision ended the lease.
    if (held && !queue.gone.has(held)) this.giveBack(held);
    if (!id) return;
    this.held = id;
    const { lost } = await this.send("", id).catch(() => ({ lost: [] }));
    if (lost.length) {
      if (this.held === id) this.held = "";
      if (!queue.gone.has(id)) this.lost(id);
    } else if (this.held === id) {
      this.beating = setInterval(() => this.held === id && !document.hidden && this.send("/heartbeat", id).catch(() => {}), BEAT);
    }
  }

  /**
   * @param {string} what
   * @param {string} id
   */
  send(what, id) {
    return ask(`/v1/leases${what}`, { body: { comments: [id], seconds: LASTS } });
  }

  /** @param {string} id Others may have it at once, also where this page ends. */
  giveBack(id) {
    const headers = { "Content-Type": "application/json" };
    void fetch("/v1/leases/return", { method: "POST", headers, body: JSON.stringify({ comments: [id] }), keepalive: true }).catch(() => {});
  }
}
