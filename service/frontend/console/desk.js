/*
 * What a moderator does with the queue: decide, pass over, take back. Everything shows at once and is sent
 * afterwards; what the service will not take comes back with the reason.
 */

import { flat } from "./dom.js";
import { did, refusal, say } from "./say.js";

const MOST_UNDONE = 200;

/** @typedef {import("./types.js").Comment} Comment */
/** @typedef {import("./types.js").Entry} Entry */
/** @typedef {{key: string, kind: Entry["kind"] | "later", comments: Comment[], after?: () => void, name: string}} Done */

/** Decisions on the comments of a queue, through an outbox. */
export class Desk {
  /**
   * @param {import("./queue.js").Queue} queue
   * @param {import("./outbox.js").Outbox} outbox
   * @param {{said: (sentence: string) => void, alert: (sentence: string) => void, drawSoon: () => void}} mouth
   */
  constructor(queue, outbox, mouth) {
    this.queue = queue;
    this.outbox = outbox;
    this.mouth = mouth;
    /** @type {Done[]} */
    this.done = [];
    /** @type {Comment[]} */
    this.later = [];
    /** When each decision of this page was made. @type {number[]} */
    this.times = [performance.now()];
    /** What became of comments that are on their way. @type {Map<string, Comment>} */
    this.sent = new Map();
  }

  /**
   * @param {Comment[]} comments
   * @param {import("./types.js").Wanted} wanted
   */
  decide(comments, { action, reason, note }) {
    if (!comments.length) return;
    const ids = comments.map(({ id }) => id);
    for (const comment of comments) this.see(comment);
    const name = comments.length === 1 ? flat(comments[0].segments.name, 60) : "";
    const kind = ids.length === 1 ? "one" : "many";
    const { key } = this.outbox.add({ kind, ids, action, reason, note, name });
    const who = this.queue.marks.get(ids[0])?.who;
    this.queue.remove(ids);
    this.remember({ key, kind, comments, name });
    for (const _ of ids) this.times.push(performance.now());
    const says = `notice.${did(action, reason)}`;
    const sentence = name ? say(says, { name }) : say(`triage.many.${action}`, { count: ids.length });
    this.mouth.said(name && who ? `${sentence} ${say("triage.was_held", { who })}` : sentence);
  }

  /**
   * Count on at least this version of a comment.
   * @param {Comment} comment
   */
  see(comment) {
    const { versions } = this.outbox;
    versions[comment.id] = Math.max(versions[comment.id] ?? 0, comment.version);
    this.sent.set(comment.id, comment);
  }

  /** @param {Done} done */
  remember(done) {
    this.done.push(done);
    if (this.done.length > MOST_UNDONE) this.done.shift();
  }

  /** Leave the comment under the cursor for the end of the session. */
  skip() {
    const comment = this.queue.current;
    if (!comment) return;
    const name = flat(comment.segments.name, 60);
    this.queue.remove([comment.id]);
    this.later.push(comment);
    this.remember({ key: comment.id, kind: "later", comments: [comment], name });
    this.mouth.said(say("triage.later.said", { name }));
  }

  /** Bring back what was left for later. */
  recall() {
    if (this.later.length) this.queue.restore(this.later);
    this.done = this.done.filter(({ kind }) => kind !== "later");
    this.later = [];
    this.mouth.drawSoon();
  }

  /** Take back the latest act: what it was about is under the cursor again. */
  undo() {
    const last = this.done.pop();
    if (!last) return this.mouth.said(say("triage.nothing_to_undo"));
    const { key, kind, comments, name } = last;
    if (kind === "later") {
      this.later = this.later.filter(({ id }) => id !== key);
    } else {
      const ids = comments.map(({ id }) => id);
      const undoing = kind === "one" ? "undo" : "undo_many";
      this.outbox.add({ kind: undoing, ids, action: "undo", of: key, name });
    }
    if (comments.length) this.queue.restore(comments);
    last.after?.();
    const says = kind === "one" ? "notice.undo.pending" : kind === "later" ? "triage.later.back" : "triage.undone";
    this.mouth.said(say(says, { name, count: comments.length }));
  }

  /**
   * The service took an act, perhaps not all of it.
   * @param {Entry} entry
   * @param {import("./types.js").Answer} answer
   */
  taken(entry, answer) {
    for (const outcome of answer.outcomes ?? []) {
      if (outcome.status >= 400) this.back(outcome.comment_id, entry, outcome.current, refusal(outcome));
    }
  }

  /**
   * The service refused an act.
   * @param {Entry} entry
   * @param {import("./types.js").Problem} problem
   */
  refused(entry, problem) {
    const { status, current } = problem;
    const told = refusal(problem);
    this.done = this.done.filter(({ key }) => key !== entry.key);
    if (status === 404 && entry.kind === "one") this.mouth.alert(told);
    else if (entry.kind === "campaign" || entry.kind === "undo_many") this.mouth.alert(say("triage.failed", { why: told }));
    else for (const id of entry.ids) this.back(id, entry, current ?? null, told);
    this.mouth.drawSoon();
  }

  /**
   * A comment comes back after the one under the cursor, and says why.
   * @param {string} id
   * @param {Entry} entry
   * @param {import("./types.js").Current | null} current
   * @param {string} why
   */
  back(id, { action, reason = null, note, kind }, current, why) {
    const comment = this.sent.get(id);
    if (!comment) return;
    const told = current?.action
      ? say(`told.${did(current.action, current.reason)}`, { who: current.decided_by ?? "" })
      : why;
    this.mouth.alert(`${flat(comment.segments.name, 60)}: ${told}`);
    if (current) {
      comment.version = current.version;
      const isSame = current.status === (action === "approve" ? "approved" : "rejected");
      if (isSame) return;
    }
    const { queue } = this;
    const at = queue.at;
    const wasEmpty = !queue.current;
    queue.at = wasEmpty ? 0 : at + 1;
    queue.restore([comment]);
    if (!wasEmpty && queue.order[at] !== id) queue.at = at;
    const wanted = kind === "undo" ? undefined : { action, reason, note };
    queue.marks.set(id, { kind: current ? "conflict" : "failed", current: current ?? undefined, why, wanted });
  }

  /** Let the other decision on the comment under the cursor stand. */
  keep() {
    const comment = this.queue.current;
    if (!comment) return;
    this.queue.remove([comment.id]);
    this.mouth.said(say("triage.kept", { name: flat(comment.segments.name, 60) }));
  }

  /** How many were decided on this page, and the median seconds between two decisions. */
  get pace() {
    const gaps = this.times.slice(1).map((time, place) => (time - this.times[place]) / 1000);
    const median = gaps.sort((one, other) => one - other)[gaps.length >> 1] ?? 0;
    return { count: gaps.length, seconds: Math.round(median) };
  }
}

/**
 * The reason that a bill speaks of most.
 * @param {Comment} comment
 */
export function leadingReason({ signals, severity, score }) {
  if (severity >= 2) return "abuse";
  const top = [...signals].sort((one, other) => other.points - one.points)[0];
  if (severity && top?.axis === "profanity") return "abuse";
  return score > 0 ? "spam" : "other";
}
