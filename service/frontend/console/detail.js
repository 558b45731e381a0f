/*
 * One comment whole: who, where, what, why it is here, and what happened to it meanwhile.
 */

import { ask } from "./api.js";
import { HERE, around, button, byId, flat, make, marked } from "./dom.js";
import { markText } from "./list.js";
import { ago, did, points, say, why } from "./say.js";

const LONG = 1_800;
const LINES = 40;

/** @typedef {import("./types.js").Comment} Comment */

/**
 * The comment as an article.
 * @param {Comment} comment
 * @param {boolean} manySites
 * @param {HTMLElement | null} strip
 * @param {boolean} isWide
 */
export function detail(comment, manySites, strip, isWide) {
  const { segments, text } = comment;
  const isLong = text.length > LONG || text.split("\n").length > LINES;
  const long = isLong && { tabindex: 0, role: "region", "aria-label": say("comment.text") };
  return make(
    "article",
    { class: "whole", "aria-labelledby": "who" },
    make(
      "header",
      {},
      make("h2", { id: "who", tabindex: -1, class: "author" }, make("bdi", {}, marked(segments.name, comment.signals))),
      segments.website.length > 0 && make("bdi", { class: "website", dir: "ltr" }, marked(segments.website, comment.signals)),
      where(comment, manySites),
    ),
    strip,
    comment.appeal && make("div", { class: "appeal hold" }, make("p", {}, say("comment.appeal")), make("blockquote", { dir: "auto" }, shown(comment.appeal))),
    comment.parent_id && context(comment.parent_id),
    make("div", { class: "text", dir: "auto", ...long }, marked(segments.text, comment.signals)),
    bill(comment, isWide),
  );
}

/**
 * @param {Comment} comment
 * @param {boolean} manySites
 */
function where({ id, created_at, page_url, page_title, site }, manySites) {
  const shown = page_title ?? page_url.replace(/^\w+:\/\//, "").slice(0, 90);
  const page = make("a", { href: page_url, id: "page", target: "_blank", rel: "noreferrer noopener nofollow" }, make("bdi", {}, shown));
  const at = make("time", { datetime: created_at, title: `${created_at.slice(0, 16).replace("T", " ")} UTC` }, ago(created_at));
  const link = make("a", { class: "permalink", href: `/console/comments/${id}` }, at);
  return make("p", { class: "meta" }, link, " · ", around(say("comment.on", { page: HERE }), page), manySites && ` · ${site}`);
}

/** What was fetched for context. @type {Map<string, Promise<Comment | null>>} */
const fetched = new Map();

/** @param {string} id */
function fetchOnce(id) {
  let found = fetched.get(id);
  if (!found) {
    if (fetched.size > 200) fetched.clear();
    fetched.set(id, (found = ask(`/v1/comments/${id}`).catch(() => null)));
  }
  return found;
}

/**
 * What it replies to, as soon as it is there; its place is kept.
 * @param {string} id
 */
function context(id) {
  const link = make("a", { href: `/console/comments/${id}` }, "…");
  const quote = make("blockquote", { dir: "auto" });
  void fetchOnce(id).then((parent) => {
    link.textContent = parent ? say("comment.reply_to", { name: flat(parent.segments.name, 60) }) : say("comment.reply_to_gone");
    quote.textContent = parent ? flat(parent.segments.text, 240) : "";
  });
  return make("div", { class: "parent" }, make("p", {}, link), quote);
}

/**
 * Everything that it answers, the first word on top.
 * @param {Comment} comment
 */
export async function thread(comment) {
  const found = [];
  for (let id = comment.parent_id; id && found.length < 20; ) {
    const parent = await fetchOnce(id);
    if (!parent) break;
    found.unshift(parent);
    id = parent.parent_id;
  }
  return comments(say("triage.thread"), found, say("triage.thread.none"));
}

/**
 * What else its author wrote, latest first.
 * @param {Comment} comment
 */
export async function history({ id }) {
  const query = new URLSearchParams({ author_of: id, status: "all", limit: "20" });
  /** @type {import("./types.js").QueuePage} */
  const page = await ask(`/v1/queue?${query}`);
  const others = page.comments.filter((each) => each.id !== id);
  return comments(say("triage.history"), others, say("triage.history.none"));
}

/**
 * @param {string} title
 * @param {Comment[]} found
 * @param {string} none
 */
function comments(title, found, none) {
  const list = found.map(({ id, status, created_at, segments }) =>
    make(
      "li",
      {},
      make("span", { class: `status status-${status}` }, say(`comment.status.${status}`)),
      " ",
      make("a", { href: `/console/comments/${id}` }, make("bdi", {}, flat(segments.name, 60))),
      ` · ${ago(created_at)}`,
      make("p", { dir: "auto" }, flat(segments.text, 240)),
    ),
  );
  const body = list.length ? make("ol", {}, ...list) : make("p", { class: "muted" }, none);
  return make("section", { class: "beside", "aria-labelledby": "beside" }, make("h3", { id: "beside" }, title), body);
}

/**
 * @param {Comment} comment
 * @param {boolean} isWide
 */
function bill({ signals, score, verdict, blind }, isWide) {
  if (blind) return make("p", { class: "hold" }, say("triage.blind"));
  const lines = signals.map((signal, place) => {
    const told = why(signal.sentence);
    return make(
      "li",
      {},
      make("span", { class: "number", "aria-hidden": "true" }, String(place + 1)),
      make(
        "div",
        {},
        told ? make("span", {}, told) : make("bdi", { lang: "en", dir: "ltr" }, signal.sentence),
        signal.evidence.length > 0 &&
          make("ul", { class: "evidence", "aria-label": say("bill.evidence") }, ...signal.evidence.map((each) => make("li", {}, make("bdi", {}, shown(each))))),
      ),
      make("span", { class: "points" }, points(signal.points)),
    );
  });
  const title = make("summary", {}, `${say("triage.why")} (${signals.length})`);
  const total = make("p", { class: "total" }, say("bill.score"), make("span", { class: "points" }, points(score)));
  const advice = make("p", { class: `advice advice-${verdict}` }, around(say("bill.advises", { advice: HERE }), make("strong", {}, say(`bill.advice.${verdict}`))));
  const body = make("div", {}, advice, lines.length > 0 && make("ol", {}, ...lines), lines.length > 0 && total);
  return make("details", { class: "bill", open: isWide }, title, body);
}

/**
 * Evidence is what was found, cut out of the text: what cannot be seen in it is shown by its number.
 * @param {string} text
 */
function shown(text) {
  return text.replace(/[\p{Cc}\p{Cf}\p{Co}\u2028\u2029]/gu, (found) => {
    const code = /** @type {number} */ (found.codePointAt(0));
    return code === 0x200c || code === 0x200d ? found : `[U+${code.toString(16).toUpperCase().padStart(4, "0")}]`;
  });
}

/**
 * What happened to the comment elsewhere, and what can be done about it.
 * @param {import("./types.js").Mark} mark
 * @param {() => void} keep
 * @param {((wanted: import("./types.js").Wanted) => void) | null} override
 */
export function strip(mark, keep, override) {
  const { kind, current, wanted } = mark;
  if (kind === "taken") return make("p", { class: "hold" }, markText(mark));
  const says = make("p", {});
  if (kind === "failed") {
    says.append(say("triage.failed", { why: mark.why ?? "" }));
  } else {
    const { decided_by, action, reason, decided_at } = current ?? {};
    says.append(action ? say(`told.${did(action, reason)}`, { who: decided_by ?? "" }) : say("triage.changed"));
    if (decided_at) says.append(say("list.comma"), ago(decided_at));
  }
  const again = override && wanted ? () => override(wanted) : null;
  return make(
    "div",
    { class: "strip hold" },
    says,
    make(
      "div",
      { class: "buttons" },
      kind !== "failed" && button(say("triage.keep"), "Escape", keep),
      wanted && again && button(say("triage.override", { action: say(`triage.do.${wanted.action}`) }), shiftOf(wanted), again),
    ),
  );
}

/** @param {import("./types.js").Wanted} wanted The key that overrides. */
function shiftOf({ action, reason }) {
  if (action === "approve") return "A";
  return reason === "spam" ? "S" : "R";
}

/**
 * Scroll the text of the comment, or what is around it where the text is at its end.
 * @param {number} step
 */
export function scrollOn(step) {
  const text = document.querySelector("#whole .text");
  const left = text ? (step > 0 ? text.scrollHeight - text.clientHeight - text.scrollTop : text.scrollTop) : 0;
  const box = text && left > 1 ? text : byId("detail");
  box.scrollBy({ top: step * 0.9 * box.clientHeight });
}
