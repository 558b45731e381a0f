"""One script for all: what a widget loads, how soon its comments are seen, and what is wrong with them."""

import json
import statistics
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import brotli
from playwright.sync_api import Browser, BrowserContext, Error, Page, Response

from bench.widgets.subjects import COMMENTS, MANY, Subject
from tests.e2e.axe import violations
from tests.e2e.network import origin_of, overheard

ROUNDS: Final = 7
SLOWDOWN: Final = 4
WATCH: Final = """
window.shift = 0; window.stopped = [];
new PerformanceObserver(list => list.getEntries().forEach(each => { window.shift += each.value; }))
  .observe({type: "layout-shift", buffered: true});
addEventListener("securitypolicyviolation", event => window.stopped.push(event.violatedDirective));
window.inside = selector => {
  const roots = [document], found = [];
  for (const root of roots) {
    found.push(...root.querySelectorAll(selector));
    for (const each of root.querySelectorAll("*")) if (each.shadowRoot) roots.push(each.shadowRoot);
  }
  return found;
};
window.all = (item, count) => new Promise(done => {
  const look = () => inside(item).filter(each => each.getBoundingClientRect().height).length >= count
    ? done(performance.now()) : requestAnimationFrame(look);
  look();
});
"""
# Looks by itself from the page's start, and tells it later: what a driver asks of a page is a task too.
TIMED: Final = """
if (location.protocol === "http:") requestAnimationFrame(async () => {
  const seen = await all("%s", %d);
  performance.mark("all seen");
  setTimeout(() => console.info(JSON.stringify(seen)), 100);
});
"""
# Reads a thread to its end, and gives how long each step of it held the page up, at the worst.
READ_ON: Final = """async count => {
  const inside = selector => document.querySelector("comment-thread").shadowRoot.querySelectorAll(selector);
  const drawn = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)));
  for (let read = inside("article").length; read < count; read = inside("article").length) {
    inside("a[rel=next]")[0].click();
    while (inside("article").length === read) await drawn();
    await drawn();
  }
}"""
# Links in the flow of a paragraph are as high as its line (WCAG 2.5.8, inline).
SMALL: Final = """() => inside("a, button, input, select, textarea, summary, [role=button]").filter(node => {
  const box = node.getBoundingClientRect();
  return box.width > 1 && box.height > 1 && (box.width < 24 || box.height < 24) && !node.closest("p");
}).length"""


class Race(NamedTuple):
    """When a widget's list was seen, and how long it had blocked the page, in milliseconds."""

    seen: float
    blocked: float


def measured(browser: Browser, subject: Subject, host: str) -> dict[str, Any]:
    """Every figure of one widget but how long it takes."""
    url = f"{host}/{subject.name}"
    return {
        "widget": subject.name,
        "version": subject.version,
        **_loading(browser, subject, url),
        "cls": _shift(browser, subject, url),
        "cls_reserved": _shift(browser, subject, f"{url}?reserved"),
        **_looks(browser, subject, url),
        "strict_policy": _under(browser, subject, f"{url}?policy"),
        "trusted_types": _under(browser, subject, f"{url}?types"),
    }


def _opened(context: BrowserContext, subject: Subject, url: str) -> Page:
    """The page when all comments are seen."""
    page = context.new_page()
    page.add_init_script(WATCH)
    page.goto(url)
    _wait_for_all(page, subject)
    return page


def _wait_for_all(page: Page, subject: Subject, count: int = len(COMMENTS)) -> None:
    page.evaluate("([item, count]) => all(item, count)", [subject.item, count])


def _loading(browser: Browser, subject: Subject, url: str) -> dict[str, Any]:
    context = browser.new_context()
    page, bodies = context.new_page(), list[Response]()
    page.add_init_script(WATCH)
    page.on("response", lambda response: bodies.append(response))
    with overheard(page) as traffic:
        page.goto(url)
        _wait_for_all(page, subject)
        page.wait_for_load_state("networkidle")
    kinds = {"script", "stylesheet"}
    code = [
        each
        for each in bodies
        if each.request.resource_type in kinds and origin_of(each.url) == subject.origin
    ]
    asked = [each for each in traffic.but(origin_of(url)) if each[0] != "OPTIONS"]
    figures = {
        "bytes_br": sum(len(brotli.compress(each.body())) for each in code),
        "requests": len(asked),
        "preflights": len(traffic.preflights),
        "third_parties": len({origin_of(each[2]) for each in asked} - {subject.origin}),
    }
    context.close()
    return figures


def _shift(browser: Browser, subject: Subject, url: str) -> float:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = _opened(context, subject, url)
    page.wait_for_load_state("networkidle")
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    found = round(float(page.evaluate("window.shift")), 4)
    context.close()
    return found


def _looks(browser: Browser, subject: Subject, url: str) -> dict[str, int]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = _opened(context, subject, url)
    found = {"axe": len(violations(page)), "small_targets": int(page.evaluate(SMALL))}
    context.close()
    return found


def raced(browser: Browser, subjects: Sequence[Subject], host: str, slowdown: int) -> dict[str, Race]:
    """By widget: when its list was seen, and how long it had blocked the page until then, in milliseconds.

    They take turns, so that a drift of the machine hits all; the medians are what counts.
    """
    rounds: dict[str, list[Race]] = {subject.name: [] for subject in subjects}
    for _ in range(ROUNDS + 1):
        for subject in subjects:
            rounds[subject.name].append(_once(browser, subject, f"{host}/{subject.name}", slowdown))
    # The first round warms up what the machine caches, and is not counted.
    return {
        name: Race(*(round(statistics.median(each)) for each in zip(*found[1:], strict=True)))
        for name, found in rounds.items()
    }


def _once(browser: Browser, subject: Subject, url: str, slowdown: int) -> Race:
    context = browser.new_context()
    page = context.new_page()
    page.add_init_script(WATCH + TIMED % (subject.item, len(COMMENTS)))
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
    browser.start_tracing(page=page, categories=["toplevel", "loading", "blink.user_timing"])
    with page.expect_console_message(lambda said: said.text.replace(".", "").isdigit()) as said:
        page.goto(url, wait_until="commit")
    events = json.loads(browser.stop_tracing())["traceEvents"]
    context.close()
    return Race(float(said.value.text), _blocked(events))


def _blocked(events: Sequence[Mapping[str, Any]]) -> float:
    """What the page's tasks took beyond 50 ms each from the first paint until all was seen.

    In milliseconds of the processor's time, so that a busy machine counts less.
    """
    seen = next(event for event in events if event["name"] == "all seen")
    painted = [event["ts"] for event in _named(events, "firstContentfulPaint", seen["pid"])]
    tasks = [event for event in _tasks(events, seen["pid"], seen["tid"]) if event["ts"] < seen["ts"]]
    counted = [event for event in tasks if event["ts"] + event["dur"] > max(painted, default=seen["ts"])]
    return sum(max(0.0, float(event.get("tdur", 0)) / 1_000 - 50) for event in counted)


def longest(browser: Browser, subject: Subject, host: str) -> float:
    """The longest task while many comments are read to their end, in milliseconds of the processor."""
    context = browser.new_context()
    page = context.new_page()
    page.add_init_script(WATCH)
    page.goto(f"{host}/{subject.name}?many")
    _wait_for_all(page, subject, 50)
    browser.start_tracing(page=page, categories=["devtools.timeline", "toplevel"])
    page.evaluate(READ_ON, MANY)
    events = json.loads(browser.stop_tracing())["traceEvents"]
    context.close()
    # The thread that lays out most is the page's.
    thread = statistics.mode((event["pid"], event["tid"]) for event in events if event["name"] == "Layout")
    times = [event.get("tdur", 0) / 1_000 for event in _tasks(events, *thread)]
    return round(float(max(times)), 1)


def _named(events: Sequence[Mapping[str, Any]], name: str, process: int) -> list[Mapping[str, Any]]:
    return [event for event in events if event["name"] == name and event["pid"] == process]


def _tasks(events: Sequence[Mapping[str, Any]], process: int, thread: int) -> list[Mapping[str, Any]]:
    tasks = _named(events, "ThreadControllerImpl::RunTask", process)
    return [event for event in tasks if event["tid"] == thread and event["ph"] == "X"]


def _under(browser: Browser, subject: Subject, url: str) -> str:
    """Whether it works under the page's policy, and how often that stopped it."""
    context = browser.new_context()
    context.set_default_timeout(10_000)
    try:
        page = context.new_page()
        page.add_init_script(WATCH)
        page.goto(url)
        page.wait_for_function(
            "([item, count]) => inside(item).length >= count", arg=[subject.item, len(COMMENTS)]
        )
        shown = "works"
    except Error:
        shown = "breaks"
    stopped = len(page.evaluate("window.stopped"))
    context.close()
    return f"{shown}, {stopped} stopped" if stopped else shown
