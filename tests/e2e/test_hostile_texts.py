"""What attackers and careless people write, as text, name and website: shown as written, and harmless."""

from itertools import product
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Newsroom
from tests.e2e.pictures import difference
from tests.e2e.publishing import Said, embedded, go, hosted, html, publish, thread_html
from tests.e2e.reading import context

# A payload is something that runs, put into a context from which it would have to break out.
RUNS: Final = {
    "script": "<script>alert(1)</script>",
    "script in another case": "<ScRiPt >alert(1)</sCrIpT\t>",
    "script from elsewhere": "<script src=//evil.example/x.js></script>",
    "image": "<img src=x onerror=alert(1)>",
    "image without spaces": "<img/src/onerror=alert(1)>",
    "vector": "<svg onload=alert(1)>",
    "vector with a link": '<svg><a xlink:href="javascript:alert(1)"><text y=9>x</text></a></svg>',
    "animated vector": "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "formula": '<math href="javascript:alert(1)">x</math>',
    "mutation": "<math><mtext><table><mglyph><style><!--</style><img title='--><img src onerror=alert(1)>'>",
    "mutation in noscript": '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "frame": "<iframe src=javascript:alert(1)></iframe>",
    "frame with a document": "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    "object": "<object data=javascript:alert(1)></object>",
    "link": '<a href="javascript:alert(1)">click</a>',
    "link with entities": '<a href="&#106;avascript&colon;alert(1)">click</a>',
    "handler": "<b onmouseover=alert(1)>b</b>",
    "focus": "<input autofocus onfocus=alert(1)>",
    "details": "<details open ontoggle=alert(1)>",
    "style": "<style>*{display:none!important}</style>",
    "style sheet": "<link rel=stylesheet href=//evil.example/x.css>",
    "attribute style": '<p style="position:fixed;inset:0;background:url(//evil.example/)">x</p>',
    "base": "<base href=//evil.example/>",
    "refresh": '<meta http-equiv=refresh content="0;url=javascript:alert(1)">',
    "form": '<form action=//evil.example/><button formaction="javascript:alert(1)">send</button>',
    "clobbering": '<form id=form><input name=elements><img name="root"><a id="status">x</a>',
    "template": "<template shadowrootmode=open><script>alert(1)</script></template>",
    "element of ours": '<comment-thread site="demo" page="//evil.example/"></comment-thread>',
    "slot": '<slot name="x" onslotchange=alert(1)></slot>',
    "template language": "{{ 7 * 7 }}{% include 'page.html' %}${alert(1)}",
}
AROUND: Final = {
    "text": "{}",
    "an attribute": "\"'>{}",
    "the form's text": "</textarea>{}",
    "the list": "</p></div></article></li></ol></section>{}",
    "the title": "</title></h2>{}",
    "a comment": "--><!-->{}<!--",
    "raw text": "</script></style></noscript></template>{}",
    "an address": "https://example.com/{}",
}
OTHERS: Final = (
    "javascript:alert(1)",
    'https://example.com/"onmouseover=alert(1)//',
    "https://example.com/'onmouseover='alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "\u202ehttps://example.com/\u2066evil",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "\u00ab\ufe64script\ufe65alert(1)\ufe64/script\ufe65",
)
WEBSITES: Final = (
    None,
    "javascript:alert(1)",
    "https://example.com/'onmouseover='alert(1)",
    'https://example.com/"><script>alert(1)</script>',
    "data:text/html,<script>alert(1)</script>",
    "//evil.example/",
)
PAYLOADS: Final = (
    *(around.format(runs) for around, runs in product(AROUND.values(), RUNS.values())),
    *OTHERS,
)
# Every element and attribute that may come out, of a thread as the widget shows it.
OUT: Final = """(root) => [...root.querySelectorAll("*")].flatMap((node) =>
  [node.localName, ...node.getAttributeNames().map((name) => `${node.localName} ${name}`)])"""
SHOWN: Final = """(root) => [...root.querySelectorAll("article[id^=comment-]")].map((article) => [
  article.querySelector(".author").textContent, article.querySelector(".text").textContent])"""
LINKS: Final = """(root) => [...root.querySelectorAll("article a")].map((link) => link.protocol)"""
WATCH: Final = """
window.stopped = [];
addEventListener("securitypolicyviolation", (event) => window.stopped.push(event.violatedDirective));
"""


def told(text: str) -> str:
    """A text as it is shown, and a name as it is accepted: without what would turn the page around it."""
    return "".join(
        letter for letter in text if letter not in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    )


@pytest.fixture(scope="module")
def attacked(newsroom: Newsroom) -> str:
    """A thread of all payloads, as text and as name, 100 to a page as the API allows."""
    said = [
        Said(payload, name=told(payload[:100]), website=WEBSITES[number % len(WEBSITES)])
        for number, payload in enumerate(PAYLOADS)
    ]
    return publish(newsroom, "attacked", said)[0]


def everything(page: Page, count: int) -> None:
    """Load the rest of the thread, page by page."""
    more = page.get_by_role("link", name="More comments")
    for read in range(50, count, 50):
        expect(page.locator("article")).to_have_count(read)
        more.click()
    expect(page.locator("article")).to_have_count(count)


def test_there_are_payloads_enough() -> None:
    assert len(set(PAYLOADS)) >= 200


@pytest.mark.parametrize("has_set_html", [True, False])
def test_every_payload_is_shown_as_it_was_written_and_does_nothing(
    browser: Browser, newsroom: Newsroom, attacked: str, has_set_html: bool
) -> None:
    script = WATCH + ("" if has_set_html else "delete Element.prototype.setHTML;")
    with hosted(browser, newsroom, html(newsroom, embedded(attacked)), script=script) as page:
        go(page, newsroom)
        everything(page, len(PAYLOADS))
        root = page.locator("comment-thread .thread")
        shown = page.evaluate(f"({SHOWN})(document.querySelector('comment-thread').shadowRoot)")
        assert [(name, text) for name, text in shown] == [(told(each[:100]), told(each)) for each in PAYLOADS]
        assert set(root.evaluate(LINKS)) <= {"https:", "http:"}
        assert page.evaluate("window.stopped") == []
        # Nothing but what a harmless comment consists of, too.
        assert set(root.evaluate(OUT)) <= harmless(browser, newsroom)
        assert page.evaluate("history.length") <= 2


def harmless(browser: Browser, newsroom: Newsroom) -> set[str]:
    said = [Said("See https://example.com/", website="https://example.com/")] * 51
    said += [Said("Long. " * 400), Said("Below.", under=0)]
    url, _ = publish(newsroom, f"harmless-{id(said)}", said)
    with hosted(browser, newsroom, html(newsroom, embedded(url))) as page:
        go(page, newsroom)
        everything(page, len(said))
        found: list[str] = page.locator("comment-thread .thread").evaluate(OUT)
    return set(found)


def test_both_ways_of_making_nodes_make_the_same(browser: Browser, newsroom: Newsroom, attacked: str) -> None:
    made: list[str] = []
    for script in ("", "delete Element.prototype.setHTML;"):
        with hosted(browser, newsroom, html(newsroom, embedded(attacked)), script=script) as page:
            go(page, newsroom)
            expect(page.locator("article")).to_have_count(50)
            made.append(page.locator("comment-thread .thread").evaluate("(node) => node.outerHTML"))
    assert made[0] == made[1]


def test_without_script_every_payload_is_only_text_too(
    browser: Browser, newsroom: Newsroom, attacked: str
) -> None:
    with context(browser) as fresh:
        page, trouble = fresh.new_page(), list[str]()
        page.on("dialog", lambda dialog: trouble.append(dialog.message))
        page.add_init_script(WATCH)
        shown: list[list[str]] = []
        page.goto(thread_html(newsroom, attacked, limit="100"))
        while True:
            shown += page.locator("main").evaluate(SHOWN)
            more = page.get_by_role("link", name="More comments")
            assert page.evaluate("window.stopped") == []
            if not more.count():
                break
            more.click()
        assert [text for _, text in shown] == [told(payload) for payload in PAYLOADS]
        assert trouble == []


TANGLED: Final = {
    "overrides": "\u202ethe other way round \u2066and\u2069 isolated \u202d\u202d\u202d",
    "both directions": "שלום world, یہ english ہے and עוד (parentheses) 12:30.",
    "stacked": "Z" + "\u0336\u0353\u0489\u0310\u031b" * 40 + "algo " * 3,
    "ten thousand": "x" * 10_000,
    "three hundred": "w" * 300 + " https://example.com/" + "y" * 300,
    "ten thousand words": "ab " * 3_333,
}


@pytest.mark.parametrize("lang", ["en", "ur"])
@pytest.mark.parametrize("kind", TANGLED)
def test_nothing_that_is_written_breaks_a_narrow_page(
    browser: Browser, newsroom: Newsroom, kind: str, lang: str
) -> None:
    text = TANGLED[kind]
    said = [Said(text, name=told(text[:100])), Said("Next.", name="Neighbour", under=0)]
    url, ids = publish(newsroom, f"tangled-{list(TANGLED).index(kind)}-{lang}", said)
    size = {"width": 320, "height": 800}
    with hosted(browser, newsroom, html(newsroom, embedded(url), lang=lang), viewport=size) as page:
        go(page, newsroom)
        expect(page.get_by_text("Next.")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        article, neighbour = page.locator(f"#comment-{ids[0]}"), page.locator(f"#comment-{ids[1]}")
        above, below = article.bounding_box(), neighbour.bounding_box()
        assert above is not None
        assert below is not None
        assert above["y"] + above["height"] <= below["y"]
        # A name that runs the other way leaves the time beside it as it is.
        expect(neighbour.locator(".author")).to_have_text("Neighbour")
        assert "\u202e" not in article.inner_text()


def test_t29_five_thousand_marks_on_one_letter_take_little_room_and_paint_over_nobody(
    browser: Browser, newsroom: Newsroom
) -> None:
    pictures: list[list[bytes]] = []
    heights: list[float] = []
    tower = "Z" + "\u0336\u0353\u0489\u0310\u031b" * 1_000
    for number, text in enumerate(("Z", tower)):
        around = [Said("Above it.", name="Ana"), Said(text, name="Bilal"), Said("Below it.", name="Chen")]
        url, ids = publish(newsroom, f"tower-{number}", around)
        with hosted(browser, newsroom, html(newsroom, embedded(url))) as page:
            go(page, newsroom)
            expect(page.get_by_text("Below it.")).to_be_visible()
            articles = [page.locator(f"#comment-{each}") for each in ids]
            box = articles[1].bounding_box()
            assert box is not None
            heights.append(box["height"])
            neighbours = (articles[0].locator(".text"), articles[2].locator(".author"))
            pictures.append([each.screenshot() for each in neighbours])
            assert articles[1].locator(".text").text_content() == text
    # A line or two for the marks that have a width of their own, and not one for each of them.
    assert heights[1] < 2 * heights[0]
    with context(browser) as fresh:
        blank = fresh.new_page()
        for plain, beside in zip(*pictures, strict=True):
            assert difference(blank, plain, beside) == 0
