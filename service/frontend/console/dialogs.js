/*
 * What opens over the triage view: every command by name, the sheet of keys, and signing in again in place.
 */

import { Refused, ask } from "./api.js";
import { button, keyName, make } from "./dom.js";
import { refusal, say } from "./say.js";

/** @typedef {{label: string, key?: string, run: () => void}} Command */

/**
 * @param {string} title
 * @param {string} look
 * @param {...(Node | false)} children
 */
function dialog(title, look, ...children) {
  const found = make("dialog", { class: look, "aria-label": title }, ...children);
  found.addEventListener("close", () => found.remove());
  document.body.append(found);
  found.showModal();
  return found;
}

/**
 * Find a command by a few letters of its name, and run it.
 * @param {Command[]} commands
 */
export function palette(commands) {
  const input = make("input", { type: "text", role: "combobox", "aria-expanded": "true", "aria-controls": "commands", "aria-autocomplete": "list", "aria-label": say("triage.palette"), placeholder: say("triage.palette"), autocomplete: "off", dir: "auto" });
  const list = make("div", { role: "listbox", id: "commands", "aria-label": say("triage.palette") });
  const found = dialog(say("triage.palette"), "palette", input, list);
  let shown = commands;
  let at = 0;
  const run = () => {
    found.close();
    shown[at]?.run();
  };
  const draw = () => {
    const options = shown.slice(0, 12).map(({ label, key }, place) => {
      const option = make("div", { role: "option", id: `command-${place}`, class: "command", "aria-selected": String(place === at), pick: () => ((at = place), run()) }, label);
      if (key) option.append(make("kbd", {}, keyName(key)));
      return option;
    });
    list.replaceChildren(...options);
    input.setAttribute("aria-activedescendant", options.length ? `command-${at}` : "");
  };
  input.addEventListener("input", () => {
    const asked = input.value.trim().toLowerCase();
    shown = commands.filter(({ label }) => label.toLowerCase().includes(asked));
    at = 0;
    draw();
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter") run();
    else if (event.key === "ArrowDown") at = Math.min(at + 1, Math.min(shown.length, 12) - 1);
    else if (event.key === "ArrowUp") at = Math.max(at - 1, 0);
    else return;
    event.preventDefault();
    draw();
  });
  draw();
}

/**
 * Look for words in what waits: the queue is drawn anew with what fits.
 * @param {string} query What is asked of the queue already.
 */
export function finder(query) {
  const asked = new URLSearchParams(query);
  const label = say("frame.to.search");
  const kept = [...asked].filter(([name]) => name !== "q").map(([name, value]) => make("input", { type: "hidden", name, value }));
  const input = make("input", { type: "search", name: "q", value: asked.get("q") ?? "", maxlength: 500, "aria-label": label, placeholder: label, autocomplete: "off", dir: "auto" });
  dialog(label, "palette", make("form", { action: "/console" }, input, ...kept));
  input.select();
}

/**
 * Every key and what it does.
 * @param {Record<string, string[]>} keys
 * @param {string} address Where keys are changed.
 */
export function sheet(keys, address) {
  const rows = Object.entries(keys).map(([action, each]) =>
    make("tr", {}, make("th", { scope: "row" }, say(`key.${action}`)), make("td", {}, ...each.map((key) => make("kbd", {}, keyName(key))))),
  );
  const table = make("table", {}, make("tbody", {}, ...rows));
  const close = button(say("triage.close"), "Escape", () => found.close());
  const change = make("a", { class: "button", href: address }, say("triage.change_keys"));
  const head = make("div", { class: "row" }, make("h2", {}, say("triage.keys")), make("div", { class: "buttons end" }, change, close));
  const found = dialog(say("triage.keys"), "keys", head, table);
  close.focus();
}

/**
 * Sign in again without leaving the page.
 * @param {string} me
 * @param {number} count How many decisions wait.
 * @param {() => void} then
 */
export function signInAgain(me, count, then) {
  if (document.querySelector("dialog.sign-in")) return;
  const field = (/** @type {string} */ id, /** @type {string} */ label, /** @type {Record<string, string>} */ more) => [
    make("label", { for: id }, label),
    make("input", { id, ...more }),
  ];
  const problem = make("p", { class: "problem", role: "alert", hidden: true });
  const code = make("div", { hidden: true }, ...field("again-code", say("triage.signed_out.code"), { autocomplete: "one-time-code", inputmode: "numeric" }));
  const form = make(
    "form",
    { method: "dialog" },
    make("h2", {}, say("triage.signed_out")),
    make("p", {}, say("triage.signed_out.kept", { count })),
    problem,
    ...field("again-name", say("sign_in.name"), { value: me, autocomplete: "username", required: "" }),
    ...field("again-password", say("sign_in.password"), { type: "password", autocomplete: "current-password", required: "" }),
    code,
    make("button", { class: "primary" }, say("sign_in.submit")),
  );
  const found = dialog(say("triage.signed_out"), "sign-in", form);
  const value = (/** @type {string} */ id) => /** @type {HTMLInputElement} */ (document.getElementById(id)).value;
  document.getElementById("again-password")?.focus();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const given = value("again-code").trim();
    try {
      const body = { name: value("again-name"), password: value("again-password"), ...(given && { code: given }) };
      await ask("/v1/session", { body });
      found.close();
      then();
    } catch (error) {
      problem.hidden = false;
      problem.textContent = error instanceof Refused ? refusal(error.problem) : say("triage.no_way");
      if (error instanceof Refused && error.problem.challenge) code.hidden = false;
    }
  });
}
