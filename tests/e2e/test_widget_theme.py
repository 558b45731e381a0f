"""How the widget looks in strangers' pages: what they set has its effect, and what is derived can be read."""

import re
from pathlib import Path
from typing import Final, Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Newsroom
from tests.e2e.hosting import fresh_page, hosted
from tests.e2e.reading import fill, post
from tests.e2e.test_widget_everywhere import SCHEMES

ROOT: Final = Path(__file__).parents[2]
THEMING: Final = (ROOT / "docs/theming.md").read_text()
Scheme = Literal["light", "dark"]
# Each property: a value, and where it shows: selector, style, and how that is computed.
PROPERTIES: Final = {
    "--cw-fg": ("#123456", ".thread", "color", "rgb(18, 52, 86)"),
    "--cw-bg": ("#fedcba", "", "background-color", "rgb(254, 220, 186)"),
    "--cw-accent": ("#0a0b0c", ".submit", "background-color", "rgb(10, 11, 12)"),
    "--cw-on-accent": ("#0d0e0f", ".submit", "color", "rgb(13, 14, 15)"),
    "--cw-muted": ("#101112", ".time", "color", "rgb(16, 17, 18)"),
    "--cw-line": ("#131415", "#website", "border-top-color", "rgb(19, 20, 21)"),
    "--cw-danger": ("#161718", "label span", "color", "rgb(22, 23, 24)"),
    "--cw-radius": ("13px", "#text", "border-top-left-radius", "13px"),
    "--cw-gap": ("41px", ".list > li", "padding-top", "41px"),
    "--cw-font": ("Courier, monospace", ".thread", "font-family", "Courier, monospace"),
    "--cw-avatar": ("40px", "[data-initial]::before", "width", "40px"),
    "--cw-max-inline": ("300px", ".thread", "width", "300px"),
}

# Text and ground of pages as they are found: black on white, soft greys, tinted paper, night.
GROUNDS: Final = (
    ("#000", "#fff"),
    ("#111", "#d1e4dd"),
    ("#28303d", "#d1e4dd"),
    ("#333", "#f5efe0"),
    ("#404040", "#fff"),
    ("#1b1f24", "#eef1f4"),
    ("#555", "#fff"),
    ("#fff", "#000"),
    ("#e6e9ed", "#111418"),
    ("#d0d0d0", "#1e1e1e"),
    ("#eee", "#23272e"),
    ("#e9e2d8", "#121014"),
)
# A colour as the screen shows it over a ground, and how far two colours are apart (WCAG 2.2).
CONTRAST: Final = """
const shown = (ground, colour) => {
  const brush = new OffscreenCanvas(1, 1).getContext("2d");
  for (const each of [ground, colour]) { brush.fillStyle = each; brush.fillRect(0, 0, 1, 1); }
  return [...brush.getImageData(0, 0, 1, 1).data].slice(0, 3);
};
const light = rgb => rgb.map(part => part / 255)
  .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
  .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
const apart = (ground, one, other = ground) => {
  const [dark, bright] = [light(shown(ground, one)), light(shown(ground, other))].sort((a, b) => a - b);
  return (bright + 0.05) / (dark + 0.05);
};
const inside = document.querySelector("comment-thread").shadowRoot;
const style = selector => getComputedStyle(inside.querySelector(selector));
"""


def measured(page: Page, ground: str) -> dict[str, float]:
    """The contrast of what is derived, by what it is."""
    page.locator(".submit").click()
    expect(page.locator("#name-error")).to_be_visible()
    page.locator("#text").focus()
    found: dict[str, float] = page.evaluate(
        f"""ground => {{ {CONTRAST} return {{
          muted: apart(ground, style(".time").color),
          link: apart(ground, style(".text a").color),
          danger: apart(ground, style("#name-error").color),
          mark: apart(ground, style("label span").color),
          submit: apart(ground, style(".submit").color, style(".submit").backgroundColor),
          button: apart(ground, style(".submit").backgroundColor),
          line: apart(ground, style("#website").borderTopColor),
          invalid: apart(ground, style("#name").borderTopColor),
          focus: apart(ground, style("#text").outlineColor),
        }}; }}""",
        ground,
    )
    return found


@pytest.fixture(scope="module")
def busy_page(newsroom: Newsroom) -> str:
    """A page with a comment, one that links, and a reply."""
    url = fresh_page(newsroom)
    first = newsroom.submit(text="See https://example.com/ for it.", website="https://example.com", page=url)
    newsroom.submit(text="Nothing to see there.", page=url)
    newsroom.approve_all()
    newsroom.submit(text="A reply.", page=url, parent=first)
    newsroom.approve_all()
    return url


def test_what_is_derived_from_the_text_can_be_read_on_every_ground(
    browser: Browser, newsroom: Newsroom, busy_page: str
) -> None:
    with hosted(browser, newsroom, busy_page) as page:
        for text, ground in GROUNDS:
            paint = "([text, ground]) => { document.body.style = `color: ${text}; background: ${ground}` }"
            page.evaluate(paint, [text, ground])
            found = measured(page, ground)
            lines = {name: found.pop(name) for name in ("line", "invalid", "focus", "button")}
            assert {name: ratio for name, ratio in found.items() if ratio < 4.5} == {}, (text, ground)
            assert {name: ratio for name, ratio in lines.items() if ratio < 3} == {}, (text, ground)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("theme", SCHEMES)
def test_a_theme_of_its_own_can_be_read_on_a_page_of_either_kind(
    browser: Browser, newsroom: Newsroom, busy_page: str, theme: Scheme, scheme: Scheme
) -> None:
    written = {"css": ":root { color-scheme: light dark }", "attributes": f' theme="{theme}"'}
    with hosted(browser, newsroom, busy_page, written=written, color_scheme=scheme) as page:
        ground = page.locator("comment-thread").evaluate("node => getComputedStyle(node).backgroundColor")
        found = measured(page, ground)
        assert min(found.values()) >= 3, found
        assert min(found[name] for name in ("muted", "link", "danger", "mark", "submit")) >= 4.5, found
        light = page.evaluate(f"ground => {{ {CONTRAST} return light(shown(ground, ground)); }}", ground)
        assert (light > 0.5) is (theme == "light")


def test_the_widget_is_dark_where_the_page_is(browser: Browser, newsroom: Newsroom, busy_page: str) -> None:
    def words(css: str, scheme: Scheme) -> str:
        with hosted(browser, newsroom, busy_page, written={"css": css}, color_scheme=scheme) as page:
            return computed(page, ".thread", "color")

    black, white = "rgb(0, 0, 0)", "rgb(255, 255, 255)"
    assert words("", "dark") == black
    assert words(":root { color-scheme: light dark }", "dark") == white
    assert words(":root { color-scheme: light dark }", "light") == black
    assert words(":root { color-scheme: dark }", "light") == white


def documented(heading: str) -> list[str]:
    """The first column of the table under a heading of the document, as it is written."""
    section = THEMING.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"(?m)^\| `([\w-]+)` \|", section)


def test_the_document_names_what_the_style_sheet_has() -> None:
    sheet = (ROOT / "service/frontend/widget/thread.css").read_text()
    drawn = "".join(
        path.read_text() for path in (ROOT / "service/web/drawing/templates/thread").glob("*.html")
    )

    assert sorted(documented("Properties")) == sorted(set(re.findall(r"var\((--cw-[a-z-]+)", sheet)))
    assert sorted(documented("Properties")) == sorted(PROPERTIES)
    assert sorted(documented("Parts")) == sorted(set(re.findall(r'part="(\w+)"', drawn)))
    assert len(documented("Properties")) == 12
    assert len(documented("Parts")) == 10


def computed(page: Page, selector: str, name: str) -> str:
    """A computed style inside the widget; of the element itself where the selector is empty."""
    selector, _, pseudo = selector.partition("::")
    where = f"comment-thread {selector}" if selector else "comment-thread"
    script = "(node, [name, pseudo]) => getComputedStyle(node, pseudo).getPropertyValue(name)"
    return str(page.locator(where).first.evaluate(script, [name, f"::{pseudo}" if pseudo else None]))


def test_every_property_has_its_effect_and_only_where_it_is_set(
    browser: Browser, newsroom: Newsroom, busy_page: str
) -> None:
    with hosted(browser, newsroom, busy_page) as page:
        for name, (value, selector, style, expected) in PROPERTIES.items():
            before = computed(page, selector, style)
            assert before != expected, name
            page.evaluate("([name, value]) => document.body.style.setProperty(name, value)", [name, value])
            assert computed(page, selector, style) == expected, name
            page.evaluate("name => document.body.style.removeProperty(name)", name)
            assert computed(page, selector, style) == before, name


def test_every_part_can_be_styled(browser: Browser, newsroom: Newsroom, busy_page: str) -> None:
    css = "".join(
        f"comment-thread::part({name}) {{ outline: {number + 1}px solid rgb(1, 2, 3); }}"
        for number, name in enumerate(documented("Parts"))
    )
    with hosted(browser, newsroom, busy_page, written={"css": css}) as page:
        fill(page, "A comment of my own, for its badge.")
        post(page)
        expect(page.locator(".badge")).to_be_visible()
        for number, name in enumerate(documented("Parts")):
            found = page.locator(f"comment-thread [part~={name}]")
            expect(found.first).to_have_css("outline", f"rgb(1, 2, 3) solid {number + 1}px")
        assert page.locator("comment-thread [part]").count() >= 15


@pytest.mark.parametrize("example", re.findall(r"```css\n(.*?)```", THEMING, re.S))
def test_every_example_of_the_document_changes_something(
    browser: Browser, newsroom: Newsroom, busy_page: str, example: str
) -> None:
    with hosted(browser, newsroom, busy_page, viewport={"width": 900, "height": 2400}) as page:
        before = page.screenshot()
        page.add_style_tag(content=example)
        assert page.screenshot() != before


def test_high_contrast_keeps_borders_and_the_focus(
    browser: Browser, newsroom: Newsroom, busy_page: str
) -> None:
    with hosted(browser, newsroom, busy_page, forced_colors="active") as page:
        for selector in ("#text", "#name", ".submit"):
            assert computed(page, selector, "border-top-width") == "1px"
            assert computed(page, selector, "border-top-style") == "solid"
        page.locator(".submit").focus()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Tab")
        assert computed(page, ".submit", "outline-style") == "solid"
        assert computed(page, ".submit", "outline-width") == "3px"
        page.locator(".submit").click()
        expect(page.locator("#name-error")).to_be_visible()
        assert computed(page, "#name", "border-top-width") == "2px"


def test_nothing_moves_for_those_who_want_no_motion(
    browser: Browser, newsroom: Newsroom, busy_page: str
) -> None:
    with hosted(browser, newsroom, busy_page, reduced_motion="reduce") as page:
        page.locator(".reply[data-reply]").first.click()
        moving = (
            "node => node.getAnimations({ subtree: true }).map(each => each.animationName ?? 'transition')"
        )
        # The outline of a comment that was looked for stands still and then goes.
        assert set(page.locator(".thread").evaluate(moving)) <= {"found"}


def test_in_print_there_are_comments_and_no_forms(
    browser: Browser, newsroom: Newsroom, busy_page: str
) -> None:
    with hosted(browser, newsroom, busy_page) as page:
        page.emulate_media(media="print")
        expect(page.locator("comment-thread .text").first).to_be_visible()
        for hidden in ("#form", ".reply"):
            expect(page.locator(f"comment-thread {hidden}").first).to_be_hidden()
