"""What is wrong is told in every language of the console, wherever in the service it was noticed."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import httpx2
import pytest

import service
from service import errors
from service.web.drawing.catalogues import load_console
from service.web.drawing.details import Details
from tests.web.console_forms import OWN, sign_in, words

CONSOLE: Final = load_console()
ROOT: Final = Path(service.__file__).parent
NAMES: Final = {"FieldRefused", "PydanticCustomError", "FieldError"} | {
    name for name, found in vars(errors).items() if isinstance(found, type) and issubclass(found, Exception)
}
# What programs send, or readers, whose pages have catalogues of their own.
NOT_THE_CONSOLE: Final = (
    "cli",
    "readers",
    "vault",
    "body.py",
    "connections.py",
    "events.py",
    "form_tokens.py",
    "idempotency.py",
    "keys.py",
    "limit.py",
    "privacy_requests.py",
    "shell.py",
)
READERS: Final = (
    "An appeal may have",
    "A comment may have",
    "A name may have",
    "A page's title may have",
    "Please enter a name that",
    "Please write a comment",
    "Send a token in the Authorization header",
    "The comment you reply to",
    "This form was opened more than",
    "Very many comments are coming in",
    "You have said this here already",
)


def said(node: ast.expr, known: dict[str, ast.expr]) -> str:
    """The sentence that an expression gives, with 7 wherever something is put in."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in values)
        case ast.Name(id=name) if name in known:
            return said(known[name], {})
    return ""


def details() -> Iterator[tuple[str, str]]:
    """Every sentence that an error is made with, and its file."""
    for path in sorted(ROOT.rglob("*.py")):
        within = path.relative_to(ROOT)
        if set(within.parts) & set(NOT_THE_CONSOLE):
            continue
        nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
        known = {
            node.target.id: node.value
            for node in nodes
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value
        }
        for node in nodes:
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in (
                NAMES | ({"__init__"} if path.name == "errors.py" else set())
            ):
                for argument in (*node.args, *(each.value for each in node.keywords)):
                    sentence = said(argument, known)
                    sentence = sentence.replace("number of 7", "number of days")
                    if " " in sentence and sentence[0].isupper() and not sentence.startswith(READERS):
                        yield sentence, str(within)


@pytest.mark.parametrize("lang", ["ur", "ar"])
def test_every_detail_is_said_in_every_language(lang: str) -> None:
    spoken = Details(CONSOLE["en"], CONSOLE[lang])
    found = dict(details())

    assert len(found) > 100
    assert {detail: where for detail, where in found.items() if spoken.told(detail) is None} == {}


def test_what_stood_in_a_sentence_stands_in_the_other_and_is_no_markup() -> None:
    spoken = Details(CONSOLE["en"], CONSOLE["ur"])

    assert spoken.told("There is a site called <b> already.") == (
        "<bdi>&lt;b&gt;</bdi> نام کی سائٹ پہلے سے موجود ہے۔"
    )
    assert spoken.told("Nobody has translated this.") is None


@pytest.mark.usefixtures("site", "moderator")
async def test_a_page_tells_what_is_wrong_in_its_language(client: httpx2.AsyncClient) -> None:
    await sign_in(client)
    await client.post("/console/looks", data={"language": "ur"}, headers=OWN)
    page = await client.get("/console/search", params={"q": "site:nowhere"})

    assert page.status_code == 422
    assert "یہاں اس نام کی کوئی سائٹ نہیں۔" in words(page.text)
    assert "There is no site" not in page.text
