"""Pages of strangers with the widget on them: a page that the test writes, on the demo's origin."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.conftest import Newsroom
from tests.e2e.reading import ANSWERED, context

PAGE = """<!doctype html>
<html lang="{lang}" dir="{dir}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>A page</title>{style}
<script type="module" src="{service}/cw/1/widget.js"></script></head>
<body><main><h1>A page</h1>{above}
<comment-thread site="demo" page="{page}" lang="{lang}"{attributes}>
<a href="{service}">Comments</a></comment-thread>
</main><footer>The end of the page</footer></body></html>"""


def fresh_page(newsroom: Newsroom) -> str:
    """The address of a page that nobody has commented on."""
    return f"{newsroom.demo_url}/{uuid4()}"


def html(newsroom: Newsroom, url: str, *, css: str = "", lang: str = "en", **more: str) -> str:
    """A page with the widget and this style sheet; `above` is put before it, `attributes` into its tag."""
    return PAGE.format(
        style=f"<style>{css}</style>" if css else "",
        lang=lang,
        dir="rtl" if lang in {"ar", "fa", "ur"} else "ltr",
        service=newsroom.service_url,
        page=url,
        above=more.get("above", ""),
        attributes=more.get("attributes", ""),
    )


@contextmanager
def hosted(
    browser: Browser,
    newsroom: Newsroom,
    url: str,
    *,
    written: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
    wait: bool = True,
    **options: Any,
) -> Iterator[Page]:
    """Such a page in a fresh context, its widget loaded; `options` are the context's."""

    def answer(route: Route) -> None:
        body = html(newsroom, url, **(written or {}))
        route.fulfill(body=body, headers={"content-type": "text/html", **(headers or {})})

    with context(browser, **ANSWERED, **options) as fresh:
        page = fresh.new_page()
        page.route(url, answer)
        page.goto(url)
        if wait:
            expect(page.locator("comment-thread #count")).to_be_visible()
        yield page
