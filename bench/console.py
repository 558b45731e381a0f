"""`python -m bench.console`: the triage view in a real browser, on a long queue; one JSON object a line.

What a moderator feels: how soon the first key is taken, how long a key's handler and its event last at a
quarter of the processor, how many elements the list has, whether the queue's answer depends on how long the
queue is, and how soon a comment that came in is told of.
"""

import json
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import BrowserContext, Page, sync_playwright

from tests.e2e.conftest import CHROMIUM, FLAGS
from tests.e2e.console.desk import Desk, running, saved

PENDING: Final = int(os.environ.get("PENDING", "100000"))
SLOWDOWN: Final = 4
KEYS: Final = 50
# How long the handlers of a key last, and the drawing of its frame, and from its press until that is painted.
LISTEN: Final = """
window.handlers = []; window.frames = []; window.events = [];
const raf = requestAnimationFrame;
window.requestAnimationFrame = draw => raf(time => {
  const began = performance.now(); draw(time); window.frames.push(performance.now() - began);
});
addEventListener("keydown", () => { window.began = performance.now(); }, true);
addEventListener("keydown", () => { window.handlers.push(performance.now() - window.began); });
new PerformanceObserver(list => {
  for (const each of list.getEntries()) if (each.name === "keydown") window.events.push(each.duration);
}).observe({type: "event", durationThreshold: 16, buffered: true});
new PerformanceObserver(list => {
  for (const each of list.getEntries()) window.shift = (window.shift ?? 0) + each.value;
}).observe({type: "layout-shift", buffered: true});
"""
# From the navigation until the list can be decided on.
READY: Final = """() => new Promise(done => {
  const look = () => document.querySelector("#who") ? done(performance.now()) : requestAnimationFrame(look);
  look();
})"""

ARRIVALS: Final = 40
TOLD_AT: Final = """
window.heard = [];
new MutationObserver(() => {
  const count = parseInt(document.querySelector("#fresh").textContent) || 0;
  while (heard.length < count) heard.push(Date.now());
}).observe(document.querySelector("#fresh"), {childList: true});
"""


def told(name: str, **figures: object) -> None:
    """One line."""
    print(json.dumps({"name": name, **figures}), flush=True)


@contextmanager
def slowed(page: Page, rate: int) -> Iterator[None]:
    """At a fraction of the processor."""
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": rate})
    yield
    session.send("Emulation.setCPUThrottlingRate", {"rate": 1})


def opening(desk: Desk, context: BrowserContext) -> None:
    """How soon the first key is taken, and how much is fetched for it."""
    for rate in (1, SLOWDOWN):
        page = context.new_page()
        taken = []
        with slowed(page, rate):
            for _ in range(5):
                page.goto(f"{desk.service.url}/console", wait_until="commit")
                taken.append(float(page.evaluate(READY)))
        told(
            "first key",
            slowdown=rate,
            ms=round(statistics.median(taken)),
            first_ms=round(taken[0]),
            requests=page.evaluate("performance.getEntriesByType('resource').length + 1"),
            shift=round(float(page.evaluate("window.shift ?? 0")), 4),
        )
        page.close()


def deciding(desk: Desk, context: BrowserContext) -> None:
    """Fifty keys as fast as the driver presses them, then fifty to take them back."""
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    desk.open(page)
    with slowed(page, SLOWDOWN):
        for name, keys in (("decide", "ars"), ("undo", "zzz")):
            page.evaluate("handlers = []; frames = []; events = []")
            asked.clear()
            began = time.perf_counter()
            for number in range(KEYS):
                page.keyboard.press(keys[number % 3])
            pressed = time.perf_counter() - began
            saved(page)
            whole = time.perf_counter() - began
            told(
                name,
                slowdown=SLOWDOWN,
                keys=KEYS,
                pressed_s=round(pressed, 2),
                saved_s=round(whole, 2),
                requests=sum("decisions" in url for url in asked),
                **_times(page),
            )
    count = page.locator("#list *").count()
    heap = page.evaluate("performance.memory.usedJSHeapSize") / 2**20
    told("list", pending=PENDING, nodes=count, heap_mb=round(float(heap), 1))
    page.close()


def floor(context: BrowserContext) -> None:
    """The same keys on a page that shows one number: what the browser itself takes on this machine."""
    page = context.new_page()
    page.set_content("<p id=shown>0</p>")
    page.evaluate(
        "addEventListener('keydown', () => requestAnimationFrame(() => (shown.textContent -= -1)));"
        "handlers = []; frames = []; events = []"
    )
    with slowed(page, SLOWDOWN):
        began = time.perf_counter()
        for _ in range(KEYS):
            page.keyboard.press("a")
        pressed = time.perf_counter() - began
    worst = page.evaluate("Math.max(0, ...events)")
    told("floor", slowdown=SLOWDOWN, keys=KEYS, pressed_s=round(pressed, 2), worst_event_ms=round(worst))
    page.close()


def moving(desk: Desk, context: BrowserContext) -> None:
    """A held key, through several pages."""
    page = context.new_page()
    desk.open(page)
    with slowed(page, SLOWDOWN):
        for _ in range(200):
            page.keyboard.press("j")
        told("move", slowdown=SLOWDOWN, keys=200, **_times(page))
    page.close()


def _times(page: Page) -> dict[str, object]:
    found: dict[str, Any] = page.evaluate("({handlers, frames, events})")
    handlers, frames = sorted(found["handlers"]), sorted(found["frames"])
    return {
        "handler_p50_ms": round(handlers[len(handlers) // 2], 1),
        "handler_p95_ms": round(handlers[int(len(handlers) * 0.95)], 1),
        "frame_p95_ms": round(frames[int(len(frames) * 0.95)], 1),
        "worst_event_ms": round(max(found["events"], default=0)),
    }


def hearing(desk: Desk, context: BrowserContext) -> None:
    """From a comment that is sent until a page that is open tells of it, both by the page's clock."""
    page = desk.open(context.new_page())
    page.wait_for_function("document.querySelector('#live').className.includes('live')")
    page.evaluate(TOLD_AT)
    sent = list[float]()
    for number in range(ARRIVALS):
        sent.append(float(page.evaluate("Date.now()")))
        desk.submit(f"Arrival {number} is news.")
        # At no particular place between two looks of the service for what is new.
        page.wait_for_timeout(900 + number * 37 % 250)
    heard = sorted(at - since for at, since in zip(page.evaluate("heard"), sent, strict=True))
    p95 = heard[int(ARRIVALS * 0.95)]
    told("event to pill", p50_ms=round(heard[ARRIVALS // 2]), p95_ms=round(p95), worst_ms=round(heard[-1]))
    page.close()


def answering(desk: Desk, pending: int) -> float:
    """The 95th percentile of the queue's first page over HTTP."""
    taken = []
    with desk.service.client(**desk.headers) as client:
        for _ in range(60):
            began = time.perf_counter()
            assert client.get("/v1/queue", params={"limit": 50}).status_code == 200
            taken.append((time.perf_counter() - began) * 1000)
    p95 = sorted(taken)[int(len(taken) * 0.95)]
    told("queue", pending=pending, p50_ms=round(statistics.median(taken), 1), p95_ms=round(p95, 1))
    return p95


def main() -> None:
    """Fill a queue, and measure."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder)) as desk,
        sync_playwright() as playwright,
    ):
        desk.clear()
        desk.fill(1_000)
        few = answering(desk, 1_000)
        desk.fill(PENDING - 1_000)
        many = answering(desk, PENDING)
        told("queue ratio", value=round(many / few, 2))
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*FLAGS, "--enable-precise-memory-info"]
        )
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.set_default_timeout(60_000)
        desk.sign_in(context)
        context.add_init_script(LISTEN)
        opening(desk, context)
        floor(context)
        deciding(desk, context)
        moving(desk, context)
        hearing(desk, context)
        browser.close()


if __name__ == "__main__":
    main()
