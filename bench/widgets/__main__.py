"""`python -m bench.widgets`: prints one JSON object a line and a table. Needs Chromium, pip, npm and node.

Isso and Waline are installed from the registries into a temporary folder. All three are on the same page, on
an origin other than their own, with the same five comments; bytes are compressed here, by brotli 11, however
a server sends them. Answers of the services to scripts take 80 ms. `visible` is when all comments are seen,
`tbt` what tasks took beyond 50 ms each from the first paint until then, in time of the processor. A busy
machine makes all of it longer: compare them with one another, and with a page that has the comments in itself
(`floor`).
"""

import json
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.table import Table

from bench.widgets.measuring import SLOWDOWN, longest, measured, raced
from bench.widgets.pages import Answer, answering
from bench.widgets.subjects import Subject, isso, ours, plain, waline
from tests.e2e.conftest import CHROMIUM, FLAGS

_PAGE: Final = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<title>A page</title><link rel="icon" href="data:,">'
    '<link rel="canonical" href="/{name}">{css}{head}</head>'
    "<body><main><h1>A page</h1><p>A story of a bridge.</p><div class='talk'>{body}</div></main>"
    "<footer>The end of the page.</footer>{script}</body></html>"
)


def pages(subjects: Mapping[str, Subject]) -> Callable[[str], Answer]:
    """The host: a page for each widget, plain, with room reserved, or under a policy."""

    def answer(path: str) -> Answer:
        name, _, variant = path.lstrip("/").partition("?")
        if name.endswith(".js"):
            return 200, "text/javascript", subjects[name.removesuffix(".js")].script.encode(), {}
        if name == "reserved.css":
            return 200, "text/css", b".talk { min-block-size: 100svh }", {}
        if name not in subjects:
            return 404, "text/plain", b"", {}
        it = subjects[name]
        html = _PAGE.format(
            name="greenroom?many" if variant == "many" else name,
            css='<link rel="stylesheet" href="/reserved.css">' if variant == "reserved" else "",
            head=it.head,
            body=it.body,
            script=f'<script type="module" src="/{name}.js"></script>' if it.script else "",
        )
        headers = {"Content-Security-Policy": _policy(variant, it.origin)} if variant in _POLICIES else {}
        return 200, "text/html", html.encode(), headers

    return answer


_POLICIES: Final = {"policy", "types"}


def _policy(variant: str, origin: str) -> str:
    """A strict policy that knows the widget's origin, or Trusted Types alone."""
    if variant == "types":
        return "require-trusted-types-for 'script'"
    return (
        f"default-src 'none'; script-src 'self' {origin}; style-src 'self' {origin}; "
        f"connect-src {origin}; img-src {origin} data:; form-action {origin}"
    )


def main() -> None:
    """Install, measure, tell."""
    subjects, results = dict[str, Subject](), list[dict[str, Any]]()
    with (
        tempfile.TemporaryDirectory() as folder,
        answering(pages(subjects)) as host,
        ExitStack() as stack,
        sync_playwright() as playwright,
    ):
        for start in (plain, ours, isso, waline):
            subject = stack.enter_context(start(Path(folder), host))
            subjects[subject.name] = subject
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        quick, slow = (raced(browser, list(subjects.values()), host, rate) for rate in (1, SLOWDOWN))
        floor = subjects.pop("plain").name
        for name, subject in subjects.items():
            results.append(
                {
                    **measured(browser, subject, host),
                    "visible_ms": quick[name].seen,
                    "visible_4x_ms": slow[name].seen,
                    "tbt_4x_ms": slow[name].blocked,
                    "floor_ms": quick[floor].seen,
                    "floor_4x_ms": slow[floor].seen,
                    "longest_of_1000_ms": longest(browser, subject, host) if name == "greenroom" else None,
                }
            )
            sys.stdout.write(json.dumps(results[-1]) + "\n")
            sys.stdout.flush()
        browser.close()
    table = Table("", *(str(result["widget"]) for result in results))
    for row in list(results[0])[1:]:
        table.add_row(row, *(str(result[row]) for result in results))
    Console(file=sys.stderr).print(table)


if __name__ == "__main__":
    main()
