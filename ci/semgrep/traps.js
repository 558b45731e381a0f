// What each rule of traps.yml finds, and what it lets pass. Never served.
export function traps(element, text) {
  // ruleid: html-from-a-string
  element.innerHTML = text;
  // ruleid: html-from-a-string
  element.insertAdjacentHTML("beforeend", text);
  // ok: html-from-a-string
  element.textContent = text;
}
