/*
 * What others do, as it is told: new comments are counted and never move the cursor; what a colleague
 * decided leaves the list, unless it is under the cursor, where it is marked.
 */

import { ask } from "./api.js";

const MOST_ASKED = 10;

/** @typedef {import("./types.js").LiveEvent} LiveEvent */

/**
 * @param {import("./queue.js").Queue} queue
 * @param {import("./face.js").Face} face
 */
export function listenTo(queue, face) {
  /** What came since the list was fetched. @type {Set<string>} */
  const arrived = new Set();

  /** @param {LiveEvent[]} events */
  const heard = async (events) => {
    /** @type {Set<string>} */
    const stale = new Set();
    let changes = false;
    for (const { kind, site, comment, by, version } of events) {
      const isHere = queue.order.includes(comment);
      changes ||= isHere;
      if (kind === "reset") void queue.reload();
      else if (kind === "flood") face.flood(site, version === 1);
      else if (kind === "new" && !isHere) arrived.add(comment);
      else if (isHere && (kind === "taken" || kind === "returned")) queue.markHeld({ id: comment, lease: kind === "taken" ? { by } : null });
      else if (isHere && (kind === "decided" || kind === "edited")) stale.add(comment);
      if (kind === "decided") arrived.delete(comment);
    }
    face.fresh(arrived.size);
    for (const id of [...stale].slice(0, MOST_ASKED)) await look(id);
    if (changes) face.drawSoon();
  };

  /** @param {string} id */
  const look = async (id) => {
    /** @type {import("./types.js").Comment} */
    const comment = await ask(`/v1/comments/${id}`).catch(() => null);
    if (!comment || !queue.order.includes(id)) return;
    const isCurrent = queue.current?.id === id;
    if (comment.status === "pending") {
      queue.comments.set(id, comment);
      queue.markHeld(comment);
      face.forget(id);
      face.drawSoon();
    } else if (isCurrent || queue.marks.get(id)?.kind === "conflict") {
      queue.comments.set(id, comment);
      queue.mark(comment);
    } else {
      queue.remove([id]);
      queue.gone.delete(id);
    }
  };

  /** The latest comment that is known of, in the order of ids, which is that of time. */
  let newest = "";
  /** Where nothing is told, ask: what is later than what was known of is new. */
  const poll = async () => {
    const query = new URLSearchParams(queue.query);
    query.set("order", "newest");
    /** @type {import("./types.js").QueuePage | null} */
    const page = await ask(`/v1/queue?${query}`).catch(() => null);
    if (!page) return;
    if (!newest && queue.next === null) newest = [...queue.order, ...queue.gone].sort().pop() ?? " ";
    for (const { id } of page.comments) if (newest && id > newest && !queue.order.includes(id)) arrived.add(id);
    newest = [newest || " ", ...page.comments.map(({ id }) => id)].sort().pop() ?? "";
    face.fresh(arrived.size);
    face.drawSoon();
  };

  const show = () => {
    arrived.clear();
    face.fresh(0);
    void queue.reload();
  };
  return { heard, poll, show, look };
}
