/*
 * What happens, as it happens. One tab of the browser listens, because a server answers only a few
 * connections of one browser at once; it tells the others. Where listening fails, asking again goes on.
 */

const KINDS = ["ready", "reset", "new", "decided", "taken", "returned", "edited", "reported", "flood"];
const POLL = 20_000;
const REST = 250;
const HIDDEN = 5 * 60_000;

/** @typedef {import("./types.js").LiveEvent} LiveEvent */

/**
 * Hear events, at most four times a second; `poll` is called where they cannot be heard.
 * @param {(events: LiveEvent[]) => void} heard
 * @param {(isLive: boolean) => void} live
 * @param {() => void} poll
 */
export function follow(heard, live, poll) {
  const channel = new BroadcastChannel("greenroom");
  /** The place of the latest event that any tab was told of: whoever listens next goes on from there. */
  let place = "";
  /** @type {LiveEvent[]} */
  let waiting = [];
  let rested = 0;
  let polling = 0;

  /** @param {LiveEvent | {kind: "live" | "down" | "ready", place?: string}} event */
  const hear = (event) => {
    place = event.place || place;
    if (event.kind === "ready") return;
    if (event.kind === "live" || event.kind === "down") {
      const isLive = event.kind === "live";
      live(isLive);
      // Whoever is told again that there is no news goes on in the rhythm that was begun.
      if (isLive) {
        clearInterval(polling);
        polling = 0;
      } else if (!polling) {
        poll();
        polling = setInterval(poll, POLL);
      }
      return;
    }
    // The first after a rest is heard at once; what follows it closely, together.
    if (!waiting.length) {
      setTimeout(() => {
        heard(waiting);
        waiting = [];
        rested = performance.now() + REST;
      }, rested - performance.now());
    }
    waiting.push(/** @type {LiveEvent} */ (event));
  };
  channel.onmessage = ({ data }) => (data === "who" ? undefined : hear(data));

  const tell = (/** @type {LiveEvent} */ event) => {
    hear(event);
    channel.postMessage({ ...event, place });
  };
  const lead = () => navigator.locks.request("greenroom-live", () => listen(channel, tell, place));
  const elect = async () => {
    for (;;) {
      await lead();
      await seen();
    }
  };
  if (navigator.locks) void elect();
  else void listen(channel, hear, place);
  channel.postMessage("who");
}

/**
 * Listen until the page has been hidden for long, or the service does not take us.
 * @param {BroadcastChannel} channel
 * @param {(event: any) => void} tell
 * @param {string} after The place of the latest event that is known.
 */
function listen(channel, tell, after) {
  return new Promise((give) => {
    const source = new EventSource(`/v1/events${after && `?after=${after}`}`);
    const over = new AbortController();
    let failures = 0;
    let isLive = false;
    let hiding = 0;
    const turn = (/** @type {boolean} */ on) => {
      if (on !== isLive) tell({ kind: on ? "live" : "down" });
      isLive = on;
    };
    const end = (/** @type {number} */ rest) => {
      source.close();
      over.abort();
      clearTimeout(hiding);
      setTimeout(give, rest);
    };
    for (const kind of KINDS) {
      source.addEventListener(kind, ({ data, lastEventId }) => {
        failures = 0;
        turn(true);
        tell({ ...JSON.parse(data), place: lastEventId });
      });
    }
    source.onerror = () => {
      failures += 1;
      const isRefused = source.readyState === EventSource.CLOSED;
      if (failures >= 3 || isRefused) tell({ kind: "down" });
      if (isRefused) end(POLL);
    };
    const asked = (/** @type {MessageEvent} */ { data }) => data === "who" && tell({ kind: isLive ? "live" : "down" });
    channel.addEventListener("message", asked, { signal: over.signal });
    const looked = () => {
      clearTimeout(hiding);
      if (document.hidden) hiding = setTimeout(end, HIDDEN, 0);
    };
    document.addEventListener("visibilitychange", looked, { signal: over.signal });
  });
}

/** When the page is looked at again. */
function seen() {
  return new Promise((go) => {
    if (!document.hidden) return go(undefined);
    document.addEventListener("visibilitychange", () => document.hidden || go(undefined));
  });
}
