// @ts-check
/** What this browser remembers: the last own comments on a page with their tokens, for a month; and other things. */

const MONTH = 30 * 864e5;
const MOST = 5;

/**
 * What is kept under a name ("": nothing); with a value, keep that instead. Gives undefined in a browser that keeps
 * nothing at all.
 * @param {boolean} stays for good, or until the tab is closed
 * @param {string} name
 * @param {unknown} [value]
 * @returns {any}
 */
export function keep(stays, name, value) {
  try {
    const storage = stays ? localStorage : sessionStorage;
    if (value) storage.setItem(name, JSON.stringify(value));
    else if (value === "") storage.removeItem(name);
    return JSON.parse(storage.getItem(name) || '""');
  } catch {
    return undefined;
  }
}

/**
 * @param {string} key
 * @returns {[id: string, token: string, at: number][]}
 */
export function recall(key) {
  const found = keep(true, key) || [];
  return found.filter((/** @type {any} */ own) => own[2] > Date.now() - MONTH);
}

/**
 * Remember an own comment, or forget it where there is no token.
 * @param {string} key
 * @param {string} id
 * @param {string} [token]
 */
export function remember(key, id, token) {
  const kept = recall(key).filter((own) => own[0] !== id);
  if (token) kept.push([id, token, Date.now()]);
  keep(true, key, kept.slice(-MOST));
}
