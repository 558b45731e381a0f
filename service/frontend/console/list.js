/*
 * The list: as many rows as fit, and a few more, however long the queue is. Rows have one height, so that a
 * place in the list is a multiplication.
 */

import { flat, make } from "./dom.js";
import { ago, points, say } from "./say.js";

const OVERSCAN = 8;

/** @typedef {import("./types.js").Comment} Comment */

/** Rows over something that has an order and a cursor. */
export class List {
  /**
   * @param {HTMLElement} box The listbox.
   * @param {(place: number) => void} chosen
   * @param {() => void} ended Where somebody scrolls who has nearly seen all that was fetched.
   */
  constructor(box, chosen, ended) {
    this.box = box;
    /** Rows stand at their places in a sheet, and the sheet moves: where one row goes, the others stay as drawn. */
    this.sheet = make("div", { role: "presentation", class: "slip" });
    this.rows = make("div", { role: "presentation", class: "rows" }, this.sheet);
    this.slip = 0;
    /** @type {Map<string, number>} */
    this.tops = new Map();
    /** @type {Map<string, HTMLElement>} */
    this.shown = new Map();
    /** @type {{ids: string[], at: number, behind: number, isWhole: boolean, row: (id: string) => HTMLElement, dress: (id: string, row: HTMLElement) => void} | null} */
    this.source = null;
    box.replaceChildren(this.rows);
    /** Of a row and of the box: asked for when they can have changed, because asking costs a layout. */
    this.height = 72;
    this.room = 0;
    this.scrolled = 0;
    this.length = 0;
    box.addEventListener("scroll", () => (this.measure(), this.draw(), this.isNearEnd && ended()), { passive: true });
    new ResizeObserver(() => {
      this.measure();
      this.draw();
    }).observe(box);
    box.addEventListener("click", (event) => {
      const row = /** @type {HTMLElement} */ (event.target).closest("[role=option]");
      if (row) chosen(Number(row.getAttribute("aria-posinset")) - 1 - (this.source?.behind ?? 0));
    });
  }

  /**
   * Show this; rows with the same id are kept.
   * @param {NonNullable<List["source"]>} source
   */
  show(source) {
    this.source = source;
    this.reveal();
    this.draw();
  }

  /** Forget rows that were made of something else. */
  clear() {
    this.shown.clear();
    this.tops.clear();
    this.sheet.replaceChildren();
  }

  /** Whether less than another boxful is left below, though there is more. */
  get isNearEnd() {
    return !this.source?.isWhole && this.length - this.scrolled < 2 * this.room;
  }

  measure() {
    this.height = parseFloat(getComputedStyle(this.box).getPropertyValue("--row")) || 72;
    this.room = this.box.clientHeight;
    this.scrolled = this.box.scrollTop;
  }

  /** Scroll so far that the row under the cursor is seen whole. */
  reveal() {
    const { box, source, room } = this;
    if (!source || !room) return;
    const top = source.at * this.height;
    const bottom = top + this.height;
    const to = top < this.scrolled ? top : bottom > this.scrolled + room ? bottom - room : this.scrolled;
    if (to !== this.scrolled) box.scrollTop = this.scrolled = to;
  }

  draw() {
    const { box, source, shown, height, room, scrolled } = this;
    if (!source) return;
    const { ids, at } = source;
    const first = Math.max(0, Math.min(Math.floor(scrolled / height), ids.length) - OVERSCAN);
    const last = Math.min(ids.length, Math.ceil((scrolled + room) / height) + OVERSCAN);
    this.shift(ids, at);
    const wanted = new Set(ids.slice(first, last));
    for (const [id, row] of shown) {
      if (!wanted.has(id)) {
        row.remove();
        shown.delete(id);
        this.tops.delete(id);
      }
    }
    let after = /** @type {ChildNode | null} */ (this.sheet.firstChild);
    for (let place = first; place < last; place++) {
      const id = ids[place];
      let row = shown.get(id);
      if (!row) shown.set(id, (row = source.row(id)));
      if (row === after) after = row.nextSibling;
      else this.sheet.insertBefore(row, after);
      this.stand(id, row, place * height - this.slip);
      keep(row, "aria-posinset", String(place + 1 + source.behind));
      keep(row, "aria-setsize", String(source.isWhole ? ids.length + source.behind : -1));
      keep(row, "aria-selected", String(place === at));
      source.dress(id, row);
    }
    const under = shown.get(ids[at]);
    if (under) keep(box, "aria-activedescendant", under.id);
    else box.removeAttribute("aria-activedescendant");
  }

  /**
   * Move the sheet so that the row under the cursor, or the next, need not move in it.
   * @param {string[]} ids
   * @param {number} at
   */
  shift(ids, at) {
    const { rows, sheet, height, tops } = this;
    const length = ids.length * height;
    if (length !== this.length) rows.style.blockSize = `${(this.length = length)}px`;
    const place = tops.has(ids[at]) ? at : at + 1;
    const top = tops.get(ids[place]);
    const slip = top === undefined ? this.slip : place * height - top;
    if (slip !== this.slip) sheet.style.transform = `translateY(${(this.slip = slip)}px)`;
  }

  /**
   * @param {string} id
   * @param {HTMLElement} row
   * @param {number} top
   */
  stand(id, row, top) {
    if (this.tops.get(id) === top && row.style.top) return;
    this.tops.set(id, top);
    row.style.top = `${top}px`;
  }

  /** @param {string} id A row that is to be made anew. */
  forget(id) {
    this.shown.get(id)?.remove();
    this.shown.delete(id);
    this.tops.delete(id);
  }
}

/**
 * Set an attribute that is not so already.
 * @param {Element} element
 * @param {string} name
 * @param {string} value
 */
function keep(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/**
 * The row of a comment.
 * @param {Comment} comment
 */
export function commentRow(comment) {
  const { id, segments, signals, score, created_at } = comment;
  const reasons = [...signals]
    .sort((one, other) => Math.abs(other.points) - Math.abs(one.points))
    .slice(0, 3)
    .map(({ name }) => say(`filter.${name}`));
  return make(
    "div",
    { role: "option", class: "item", id: `row-${id}` },
    make("b", { class: "by", dir: "auto" }, flat(segments.name, 60)),
    make("span", { class: "points" }, comment.blind ? "" : points(score)),
    make("time", { datetime: created_at }, ago(created_at)),
    make("p", { class: "line", dir: "auto" }, flat(segments.text, 140)),
    make("p", { class: "why" }, reasons.join(" · ")),
  );
}

/**
 * What changes of a row: whether it is selected, and what happened to it elsewhere.
 * @param {HTMLElement} row
 * @param {boolean} isSelected
 * @param {import("./types.js").Mark | undefined} mark
 */
export function dressRow(row, isSelected, mark) {
  row.classList.toggle("picked", isSelected);
  const kind = mark?.kind ?? "";
  if (row.dataset.mark === kind) return;
  row.dataset.mark = kind;
  row.querySelector(".tag")?.remove();
  if (mark) row.lastElementChild?.prepend(make("span", { class: "tag" }, markText(mark)), " ");
}

/**
 * What a mark says, in a few words.
 * @param {import("./types.js").Mark} mark
 */
export function markText({ kind, current, who }) {
  if (kind === "failed") return say("triage.not_saved");
  if (kind === "taken") return say("triage.taken", { who: who ?? "" });
  return say(`comment.status.${current?.status ?? "pending"}`);
}
