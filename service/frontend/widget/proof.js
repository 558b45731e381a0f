// @ts-check
/**
 * Proof of work, asked of few (ALTCHA, version 2): seek a number whose derived key begins as the challenge says.
 *
 * One file for three places. In the page it says what goes on, and has the work done in a frame of the service's
 * own: there a worker may be started, which the policy of the page need not allow. In the frame it starts the
 * worker, and in the worker it works. Without a frame it works in the page, whose browser derives keys beside the
 * page's own thread.
 */

/** How long a frame may take to answer that it is there, in milliseconds. */
const PATIENCE = 3000;
/** So many keys are derived at once, where the browser has threads for them. */
const AT_ONCE = 4;

/**
 * @typedef {{ nonce: string, salt: string, cost: number, keyLength: number, keyPrefix: string }} Parameters
 * @typedef {{ counter: number, derivedKey: string }} Solution
 */

/** @param {string} hex */
const bytes = (hex) => Uint8Array.from(hex.match(/../g) || [], (pair) => parseInt(pair, 16));

/** @param {Parameters} asked @param {number} counter @returns {Promise<Solution>} */
async function derive({ nonce, salt, cost, keyLength }, counter) {
  const password = new Uint8Array([...bytes(nonce), 0, 0, 0, 0]);
  new DataView(password.buffer).setUint32(password.length - 4, counter);
  const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: bytes(salt), iterations: cost };
  const found = new Uint8Array(await crypto.subtle.deriveBits(how, key, keyLength * 8));
  return { counter, derivedKey: Array.from(found, (byte) => byte.toString(16).padStart(2, "0")).join("") };
}

/** @param {Parameters} asked @param {() => boolean} stopped @returns {Promise<Solution>} */
async function seek(asked, stopped) {
  for (let first = 0; !stopped(); first += AT_ONCE) {
    const tried = await Promise.all(Array.from({ length: AT_ONCE }, (_, step) => derive(asked, first + step)));
    const found = tried.find(({ derivedKey }) => derivedKey.startsWith(asked.keyPrefix));
    if (found) return found;
  }
  throw new Error("stopped");
}

/**
 * @param {HTMLIFrameElement} frame
 * @param {Parameters} asked
 * @returns {Promise<Solution>}
 */
function seekInFrame(frame, asked) {
  return new Promise((found, failed) => {
    const late = setTimeout(failed, PATIENCE);
    frame.hidden = true;
    frame.src = new URL("proof.html", import.meta.url).href;
    addEventListener("message", ({ source, data }) => {
      if (!frame.contentWindow || source !== frame.contentWindow) return;
      clearTimeout(late);
      if (data === "ready") frame.contentWindow.postMessage(asked, "*");
      else if (data) found(data);
      else failed();
    });
    document.addEventListener("securitypolicyviolation", failed, { once: true });
    document.body.append(frame);
  });
}

/**
 * Work, and say so; the reader may call it off. Gives what is sent as the proof.
 * @param {{ parameters: Parameters }} challenge
 * @param {{ find(selector: string): any, say(code: string): string }} thread
 */
export default async (challenge, thread) => {
  // Not in pages without https, whose comments wait for a moderator in any case.
  if (!crypto.subtle) return "none";
  let stopped = false;
  const frame = document.createElement("iframe");
  const stop = document.createElement("button");
  const called = new Promise((_, off) => (stop.onclick = off));
  stop.type = "button";
  stop.className = "button cancel";
  stop.textContent = thread.say("cancel");
  thread.find(".submit").after(stop);
  thread.find("#status").textContent = thread.say("proving");
  const asked = challenge.parameters;
  const sought = seekInFrame(frame, asked).catch(() => seek(asked, () => stopped));
  try {
    return btoa(JSON.stringify({ challenge, solution: await Promise.race([sought, called]) }));
  } finally {
    stopped = true;
    frame.remove();
    stop.remove();
    thread.find("#status").textContent = "";
  }
};

if (typeof document === "undefined") {
  onmessage = async ({ data }) => postMessage(await seek(data, () => false));
} else if (location.href.startsWith(new URL("proof.html", import.meta.url).href)) {
  const worker = new Worker(import.meta.url, { type: "module" });
  onmessage = ({ source, data }) => source === parent && worker.postMessage(data);
  worker.onmessage = ({ data }) => parent.postMessage(data, "*");
  worker.onerror = () => parent.postMessage(null, "*");
  parent.postMessage("ready", "*");
}
