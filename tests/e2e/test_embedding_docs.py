"""What docs/embedding.md tells publishers to write, run as it stands there, under the policy it gives."""

import re
from pathlib import Path
from typing import Final
from urllib.parse import quote

import httpx2
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import Newsroom
from tests.e2e.publishing import Said, go, hosted, publish, thread_html
from tests.e2e.reading import fill, pending_with, post

DOCS: Final = (Path(__file__).parents[2] / "docs" / "embedding.md").read_text(encoding="utf-8")
[ENTRIES] = re.findall(r"```\n(script-src .*?)\n```", DOCS)
TRUSTED: Final = "require-trusted-types-for 'script'; trusted-types 'none'"
ARTICLE: Final = "https://news.example/the-bridge"


def example(heading: str) -> str:
    """The first piece of HTML below a heading."""
    return DOCS.partition(f"{heading}\n")[2].partition("```html\n")[2].partition("```")[0]


SNIPPET, COUNT = example("# Embedding"), example("## Counts")
INCLUDED, OWN_FORM = example("## In the article's own HTML"), example("## A form of your own")


def here(newsroom: Newsroom, text: str, page: str) -> str:
    """An example with the demo's addresses and name in it."""
    text = text.replace(quote(ARTICLE, safe=""), quote(page, safe="")).replace(ARTICLE, page)
    text = text.replace("https://comments.example", newsroom.service_url)
    return text.replace('site="daily"', 'site="demo"').replace("/sites/daily/", "/sites/demo/")


def document(body: str) -> str:
    return f'<!doctype html><html lang="en"><head><title>The bridge</title></head><body>{body}</body></html>'


def test_the_snippet_works_under_the_policy_that_is_given(browser: Browser, newsroom: Newsroom) -> None:
    url, _ = publish(newsroom, "snippet", [Said("As the docs say.")])
    policy = here(newsroom, f"default-src 'none'; {ENTRIES}; {TRUSTED}", url)
    heard = (
        "window.stopped = []; addEventListener('securitypolicyviolation', e => stopped.push(e.blockedURI))"
    )
    body = document(here(newsroom, SNIPPET, url))
    with hosted(browser, newsroom, body, policy=policy, script=heard) as page:
        go(page, newsroom)
        fill(page, "Under the policy of the docs.")
        post(page)
        expect(page.get_by_role("article").last).to_contain_text("Under the policy of the docs.")
        assert page.evaluate("window.stopped") == []
        page.evaluate("document.querySelector('comment-thread').setAttribute('mode', 'frame')")
        framed = page.frame_locator("comment-thread iframe")
        expect(framed.get_by_text("As the docs say.")).to_be_visible()
        assert page.evaluate("window.stopped") == []
    with hosted(browser, newsroom, body, policy=policy, java_script_enabled=False) as page:
        go(page, newsroom)
        expect(page.frame_locator("iframe").get_by_text("As the docs say.")).to_be_visible()


def test_the_count_counts(browser: Browser, newsroom: Newsroom) -> None:
    url, _ = publish(newsroom, "counted", [Said("One."), Said("Two.")])
    script = SNIPPET.partition("\n")[0]
    with hosted(browser, newsroom, document(here(newsroom, script + COUNT, url))) as page:
        go(page, newsroom)
        expect(page.get_by_role("link", name="2 comments")).to_be_visible()


def test_the_included_thread_is_there_at_once(browser: Browser, newsroom: Newsroom) -> None:
    url, _ = publish(newsroom, "included", [Said("In the article.")])
    light = httpx2.get(thread_html(newsroom, url, lang="en", shape="light")).text
    body = re.sub("<!--# include .* -->", lambda _: light, here(newsroom, INCLUDED, url))
    entries = f"{ENTRIES}; style-src https://comments.example; form-action https://comments.example"
    policy = here(newsroom, f"default-src 'none'; {entries}; {TRUSTED}", url)
    with hosted(browser, newsroom, document(body), policy=policy) as page:
        go(page, newsroom)
        fill(page, "Below the included thread.")
        post(page)
        expect(page.get_by_role("article").last).to_contain_text("Below the included thread.")


def test_a_form_of_ones_own_comes_back_to_the_article(browser: Browser, newsroom: Newsroom) -> None:
    url = f"{newsroom.demo_url}/hosted"
    policy = f"form-action {newsroom.service_url} {newsroom.demo_url}"
    with hosted(browser, newsroom, document(here(newsroom, OWN_FORM, url)), policy=policy) as page:
        go(page, newsroom)
        fill(page, "By a form of one's own.")
        post(page)
        expect(page).to_have_url(f"{url}#comments")
    assert len(pending_with(newsroom, "By a form of one's own.")) == 1
