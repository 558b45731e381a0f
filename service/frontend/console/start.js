// The first comment of a site is told as it arrives: the page is drawn anew by the server, which then has it.
const waiting = document.getElementById("waiting");

if (waiting) {
  const events = new EventSource(`/v1/events?site=${encodeURIComponent(waiting.dataset.site ?? "")}`);
  events.addEventListener("new", () => {
    events.close();
    location.reload();
  });
}
