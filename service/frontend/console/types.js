/*
 * What the API says, as far as the triage view reads it. Only types; nothing is served of this file.
 */

/** @typedef {{text: string, lines: number[], label: string | null}} Segment */
/** @typedef {{name: string, points: number, sentence: string, evidence: string[], axis: string, kind: string}} Signal */
/** @typedef {{action: string, reason: string | null, note: string | null, by: string, at: string, after: string}} Told */
/**
 * @typedef {object} Comment
 * @property {string} id
 * @property {string} site
 * @property {string} page_url
 * @property {string | null} page_title
 * @property {string | null} parent_id
 * @property {string} name
 * @property {string} text
 * @property {string} status
 * @property {number} version
 * @property {number} score
 * @property {number} severity
 * @property {string} verdict
 * @property {boolean} blind
 * @property {string | null} campaign
 * @property {string} created_at
 * @property {{by: string} | null} lease
 * @property {string | null} appeal
 * @property {Signal[]} signals
 * @property {{name: Segment[], website: Segment[], text: Segment[]}} segments
 * @property {Told[]} decisions
 */
/** @typedef {{comments: Comment[], next: string | null}} QueuePage */
/** @typedef {{id: string, site: string, pending: number, approved: number, rejected: number, pages: number, first_at: string, last_at: string, last_id: string, text: string}} Campaign */
/** @typedef {{status: string, version: number, decided_by?: string, action?: string, reason?: string | null, decided_at?: string}} Current */
/** @typedef {{status: number, code: string, detail: string, current?: Current, retry_after?: number, request_id?: string, challenge?: string}} Problem */
/** @typedef {{comment_id: string, status: number, code: string | null, detail: string | null, current: Current | null, version: number | null}} ItemAnswer */
/** @typedef {{id?: string, batch_id?: string, version?: number, outcomes?: ItemAnswer[], remaining?: number}} Answer */
/** @typedef {{kind: string, site: string, comment: string, by: string, version: number, place?: string}} LiveEvent */
/** @typedef {{lang: string, says: Record<string, string>, english: Record<string, string> | null, me: string, may: boolean, keys: Record<string, string[]> | null, sites: string[], places: Record<string, string>, query: string}} Settings */
/**
 * @typedef {object} Entry One act that the service has not confirmed yet.
 * @property {string} key
 * @property {"one" | "many" | "campaign" | "undo" | "undo_many"} kind
 * @property {string[]} ids
 * @property {string} action
 * @property {string | null} [reason]
 * @property {string | null} [note]
 * @property {string} [of] The key of the act that is taken back.
 * @property {string} [site]
 * @property {string} [campaign]
 * @property {string} [last]
 * @property {string[]} [left_out]
 * @property {boolean} [alone] Whether it is not to be sent with others.
 * @property {string} name
 */
/** @typedef {{kind: "conflict" | "theirs" | "failed" | "taken", current?: Current, who?: string, why?: string, wanted?: Wanted}} Mark */
/** @typedef {{action: string, reason: string | null, note?: string | null}} Wanted */

export {};
