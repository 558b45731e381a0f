// @ts-check
/** What few readers do: change, take back or appeal for an own comment, or report another one. */

import { make } from "./markup.js";
import { recall, remember } from "./memory.js";

/**
 * Send a form of an own comment, or the one that reports; show what came of it where it was asked for.
 * @param {HTMLFormElement} form
 * @param {import("./thread.js").Thread} thread
 * @param {() => HTMLElement | null} home brings the form back, and gives the link that had called it away
 */
export default async (form, thread, home) => {
  const wrong = /** @type {HTMLElement} */ (form.querySelector("[role=alert]"));
  const { act = "", of, done = "" } = form.dataset;
  const body = new URLSearchParams(/** @type {any} */ (new FormData(form)));
  if (of) {
    const own = recall(thread.drawer).find((kept) => kept[0] === of);
    body.set("author_token", own?.[1] || "");
    body.set("shape", "fragment");
  } else body.set("form_token", thread.token);
  const response = await thread.post(act, body);
  const answer = await response.json();
  const { code, detail } = answer.errors?.[0] || answer;
  if (!response.ok) {
    wrong.textContent = thread.say(code) || detail;
    return;
  }
  const link = home();
  if (of) {
    if (answer.status === "removed") remember(thread.drawer, of);
    thread.show(answer.html);
    thread.find("#status").textContent = done;
    thread.focus(`comment-${of}`);
  } else {
    const thanks = make("p", "note", done);
    link?.replaceWith(thanks);
    thread.focus(thanks);
  }
};
