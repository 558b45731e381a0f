// The first comment of a site is told as it arrives: the page is drawn anew by the server, which then has it.
// Events only say when to look, and one may come before they do.
const LOOK_EVERY = 5_000;
const waiting = document.getElementById("waiting");
const copy = document.getElementById("copy");

async function look() {
  const page = await fetch(location.href).then((answer) => answer.text()).catch(() => "");
  if (page.includes('class="arrived"')) location.reload();
}

if (waiting) {
  const events = new EventSource(`/v1/events?site=${encodeURIComponent(waiting.dataset.site ?? "")}`);
  for (const kind of ["ready", "new"]) events.addEventListener(kind, () => void look());
  setInterval(() => void look(), LOOK_EVERY);
}

// Only a page that came safely may write to the clipboard.
if (copy && navigator.clipboard) {
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.querySelector("pre")?.textContent ?? "");
    const copied = document.getElementById("copied");
    if (copied) copied.textContent = copy.dataset.done ?? "";
  });
}
