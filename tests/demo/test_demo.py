"""The demo site: a publisher like any other, under a strict policy."""

import re

import httpx2
import pytest

from service.demo import demo_app
from service.demo.site import ARTICLES, Article

SERVICE, OWN = "https://comments.example", "https://lamp.example"


@pytest.fixture
def site() -> httpx2.AsyncClient:
    app = demo_app(SERVICE, OWN, "demo")
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=OWN)


async def test_the_front_page_leads_to_an_article_in_each_language(site: httpx2.AsyncClient) -> None:
    front = (await site.get("/")).text
    for article in ARTICLES:
        assert f'href="{article.path}"' in front
    assert [(article.lang, article.direction) for article in ARTICLES] == [("en", "ltr"), ("ur", "rtl")]


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.lang)
async def test_an_article_embeds_the_widget_as_the_documents_say(
    site: httpx2.AsyncClient, article: Article
) -> None:
    path, lang = article.path, article.lang
    html = (await site.get(path)).text

    assert f'<html lang="{lang}"' in html
    assert f'<script type="module" src="{SERVICE}/cw/1/widget.js"></script>' in html
    assert f'<comment-thread site="demo" page="{OWN}{path}" lang="{lang}">' in html
    assert f'<link rel="canonical" href="{OWN}{path}">' in html
    thread = (
        f"{SERVICE}/v1/sites/demo/thread.html?page=https%3A%2F%2Flamp.example%2F{path[1:]}&amp;lang={lang}"
    )
    assert html.count(thread) == 2
    assert "<iframe" in html.partition("<noscript>")[2]


async def test_every_page_has_a_strict_policy_and_nothing_inline(site: httpx2.AsyncClient) -> None:
    for path in ("/", *(article.path for article in ARTICLES)):
        response = await site.get(path)
        policy = response.headers["content-security-policy"]
        assert policy.startswith("default-src 'none';")
        assert "unsafe" not in policy
        assert "require-trusted-types-for 'script'" in policy
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", response.text)


@pytest.mark.parametrize(("path", "kind"), [("/lamp.css", "text/css"), ("/lamp.svg", "image/svg+xml")])
async def test_its_own_files_are_served(site: httpx2.AsyncClient, path: str, kind: str) -> None:
    response = await site.get(path)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith(kind)


async def test_what_is_not_there_is_404(site: httpx2.AsyncClient) -> None:
    assert (await site.get("/yesterday")).status_code == 404
