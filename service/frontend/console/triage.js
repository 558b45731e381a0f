/*
 * The triage view: the queue as a list, one comment whole, and a key for everything. It takes the place of
 * the forms that the page has for browsers without scripts.
 */

import { byId } from "./dom.js";
import { follow } from "./live.js";
import { Outbox } from "./outbox.js";
import { Queue } from "./queue.js";
import { speak } from "./say.js";
import { Desk } from "./desk.js";
import { Campaigns } from "./campaigns.js";
import { Hands } from "./hands.js";
import { Holding } from "./holding.js";
import { Face } from "./face.js";
import { listenTo } from "./news.js";

/** The element around the panes. */
class TriageView extends HTMLElement {
  connectedCallback() {
    /** @type {import("./types.js").Settings} */
    const settings = JSON.parse(byId("settings").textContent ?? "");
    speak(settings);
    const face = new Face(this, settings);
    const draw = () => face.drawSoon();
    const queue = new Queue(settings, draw);
    const outbox = new Outbox(settings.me, {
      done: (entry, answer) => desk.taken(entry, answer),
      refused: (entry, problem) => desk.refused(entry, problem),
      changed: () => face.stateSoon(),
    });
    const desk = new Desk(queue, outbox, face);
    const campaigns = new Campaigns(settings.sites, draw);
    for (const id of outbox.touched()) queue.gone.add(id);
    const hands = new Hands(settings, { queue, desk, campaigns, face, outbox });
    face.begin({ queue, desk, campaigns, outbox, hands });
    const news = listenTo(queue, face);
    hands.fresh = news.show;
    const holding = new Holding(queue, (id) => void news.look(id));
    if (settings.may) face.rested = () => holding.rest();
    follow(news.heard, (isLive) => face.live(isLive), () => void news.poll());
    void (queue.more() ?? Promise.resolve()).then(() => face.focus());
    void outbox.send();
    if (new URLSearchParams(location.search).get("view") === "campaigns") hands.showCampaigns();
    document.addEventListener("keydown", (event) => hands.press(event));
  }
}

customElements.define("triage-view", TriageView);
