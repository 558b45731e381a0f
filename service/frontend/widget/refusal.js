// @ts-check
/** What is said when a comment was not taken: few meet it, so that it is not part of the widget's file. */

/**
 * Say at each field what is wrong with it and go to the first; or above the button why it was refused.
 * Gives what takes back the marks at the fields.
 * @param {HTMLFormElement} form
 * @param {import("./thread.js").Thread} thread
 * @param {any} answer the problem, as the service told it
 */
export default (form, thread, answer) => {
  const problem = thread.find("#problem");
  const marked = /** @type {HTMLElement[]} */ ([]);
  if (answer.errors) {
    const others = [];
    for (const { pointer, code, detail } of answer.errors) {
      const sentence = thread.say(code) || detail;
      const field = /** @type {any} */ (form.elements.namedItem(pointer.slice(1)));
      if (!field || field.type === "hidden") others.push(sentence);
      else if (!marked.includes(field)) marked.push(mark(field, sentence));
    }
    const { length } = marked;
    problem.textContent = [...(length ? [thread.say(`attention_${length}`)] : []), ...others].join(" ");
    thread.find("[aria-invalid]")?.focus();
  } else {
    const said = thread.say(answer.code) || answer.detail || thread.say("failed");
    // What it is about may be in sight.
    const place = `comment-${answer.comment}`;
    const link = document.createElement("a");
    link.href = `#${place}`;
    link.textContent = said.replace("{{seconds}}", answer.retry_after);
    problem.replaceChildren(thread.root.getElementById(place) ? link : link.textContent);
  }
  return () => marked.forEach(pardon);
};

/** Write an error below a field. @param {any} field @param {string} sentence @returns {HTMLElement} */
function mark(field, sentence) {
  const error = document.createElement("p");
  error.className = "error";
  error.id = `${field.name}-error`;
  error.textContent = sentence;
  field.ariaInvalid = "true";
  field.setAttribute("aria-describedby", error.id);
  field.closest(".field").append(error);
  return field;
}

/** @param {HTMLElement} field */
function pardon(field) {
  field.closest(".field")?.querySelector(`#${field.getAttribute("aria-describedby")}`)?.remove();
  field.removeAttribute("aria-invalid");
  field.removeAttribute("aria-describedby");
}
