/*
 * The service, asked from its own pages: the session's cookie says who asks.
 */

/** A request that was answered with a problem (RFC 9457). */
export class Refused extends Error {
  /** @param {import("./types.js").Problem} problem */
  constructor(problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

/**
 * What the service answers; `Refused` for a problem, `TypeError` where there is no way to it.
 * @param {string} path
 * @param {{body?: object, key?: string, method?: string}} [how]
 * @returns {Promise<any>}
 */
export async function ask(path, { body, key, method } = {}) {
  /** @type {RequestInit} */
  const request = body || method ? { method: method ?? "POST", headers: {} } : {};
  if (body) {
    request.body = JSON.stringify(body);
    request.headers = { "Content-Type": "application/json", ...(key && { "Idempotency-Key": key }) };
  }
  const response = await fetch(path, request);
  const told = response.status === 204 ? {} : await response.json().catch(() => null);
  if (response.ok && told) return told;
  throw new Refused(told ?? { status: response.ok ? 502 : response.status, code: "", detail: response.statusText });
}
