"""One way to ask axe, for every page that is tested in a browser."""

from typing import Any, Final

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_RULES: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")

# Comments far from sight are not laid out: the box that stands for one is smaller than what is in it, and axe
# then takes the buttons of one comment for covered by the next.
_LAY_OUT: Final = """() => {
  const everything = new CSSStyleSheet();
  everything.replaceSync("* { content-visibility: visible !important; }");
  const threads = [...document.querySelectorAll("comment-thread")].map((thread) => thread.shadowRoot);
  for (const root of [document, ...threads]) root?.adoptedStyleSheets.push(everything);
}"""


def violations(page: Page) -> list[str]:
    """What axe finds wrong with a page: the rule and where, one line each."""
    return _found(page, "violations")


def doubts(page: Page) -> list[str]:
    """What axe finds wrong, and what it cannot tell: the rule, where, and why, one line each."""
    return _found(page, "violations", "incomplete")


def _found(page: Page, *kinds: str) -> list[str]:
    page.evaluate(_LAY_OUT)
    options = {"runOnly": {"type": "tag", "values": list(_RULES)}, "resultTypes": list(kinds)}
    response = Axe().run(page, options=options).response
    return [
        f"{rule['id']}: {node['target']} {_why(node) if kind == 'incomplete' else ''}".rstrip()
        for kind in kinds
        for rule in response[kind]
        for node in rule["nodes"]
    ]


def _why(node: dict[str, Any]) -> str:
    """Why axe cannot tell."""
    checks = [*node["any"], *node["all"], *node["none"]]
    return " ".join(str((check.get("data") or {}).get("messageKey", "")) for check in checks).strip()
