"""`greenroom screen`: what the filters think of comments in a file; needs no service and no database."""

import codecs
import json
import math
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from service.errors import ServiceError
from service.filters import FILTERS
from service.model.screenings import Policy, Screening, Signal
from service.model.submissions import MAX_TEXT
from service.model.terms import Term, TermKind
from service.screening.candidate import Candidate, prepare
from service.screening.disposable import is_disposable
from service.screening.facts import Facts
from service.screening.screen import screen as run_filters
from service.screening.terms import NO_TERMS, Terms, compile_terms

_FIELDS: Final = {"text": "text", "name": "author", "website": "url"}


class WrongLines(ServiceError):
    """Some lines could not be read; they were named, and the others answered."""


class CannotAnswer(ServiceError):
    """The standard output takes no more, as on a full disk."""


def screen(
    file: Annotated[
        Path | None, typer.Argument(help="JSON lines with text, and perhaps author, url, email, lang.")
    ] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Print the bill for people.")] = False,
    block: Annotated[Path | None, typer.Option(help="A file of blocked terms, one a line.")] = None,
    allow: Annotated[Path | None, typer.Option(help="A file of allowed terms, one a line.")] = None,
) -> None:
    """Screen JSON lines from a file or the standard input; answers one JSON object a line."""
    terms = _terms(block, allow)
    wrong = 0
    with _opened(file) as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                given = _read(line)
            except ValueError as error:
                wrong += 1
                sys.stderr.write(f"line {number}: {error}\n")
                if not explain:
                    _answer({"error": str(error)})
                continue
            candidate, screening = _look(given, terms)
            if explain:
                _write(_explained(candidate, screening))
            else:
                _answer(_verdict(candidate, screening))
    if wrong:
        raise WrongLines(f"{wrong} of the lines could not be read; they are named above.")


def _read(line: bytes) -> Mapping[str, Any]:
    """One line's object; `ValueError` says what is wrong with it."""
    try:
        # Whole numbers are nothing that we use, and reading long ones as such is refused by Python.
        given = json.loads(line.decode(), parse_int=float)
    except UnicodeDecodeError as error:
        raise ValueError(f"this is not UTF-8 from byte {error.start} on; convert the file to it") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"this is no JSON ({error.msg}); write one object a line") from None
    except RecursionError:
        raise ValueError("this is nested too deeply; an object with strings is enough") from None
    if not isinstance(given, dict) or not isinstance(given.get("text"), str):
        raise ValueError('an object with a string "text" is needed')
    for key in ("author", "url", "email", "lang"):
        if not isinstance(given.get(key), str | None):
            raise ValueError(f'"{key}" is a string, or left out')
    return given


def _look(given: Mapping[str, Any], terms: Terms) -> tuple[Candidate, Screening]:
    domain = str(given.get("email") or "").rpartition("@")[2].lower()
    facts = Facts(
        honeypot=False,
        fill_seconds=None,
        has_form_token=True,
        language=_language(given.get("lang") or "en"),
        disposable_email=is_disposable(domain),
    )
    candidate = prepare(
        given["text"], name=given.get("author") or "", website=given.get("url") or None, terms=terms
    )
    return candidate, run_filters(candidate, facts, FILTERS, Policy())


def _language(tag: str) -> str:
    """The language of a BCP 47 tag, or of a locale as in `fr_CA.UTF-8`."""
    return tag.strip().replace("_", "-").partition("-")[0].lower()


def _verdict(candidate: Candidate, screening: Screening) -> Mapping[str, object]:
    policy = Policy()
    return {
        "profane": screening.severity > 0,
        "severity": screening.severity,
        "spam": screening.score >= policy.spam_at,
        "spam_score": round(1 / (1 + math.exp(policy.spam_at - screening.score)), 4),
        "advice": screening.verdict.value,
        "reasons": [reason for signal in screening.signals for reason in _reasons(signal)],
        **({"truncated": True} if candidate.truncated else {}),
    }


def _reasons(signal: Signal) -> Iterator[Mapping[str, object]]:
    """A line of the bill, once for each field that it looked at; the points are told once.

    `spans` are pairs of code points of that field, end exclusive. `field` is None where no place is meant.
    """
    spans: dict[str | None, list[tuple[int, int]]] = {}
    for span in signal.spans:
        spans.setdefault(_FIELDS[span.field], []).append((span.start, span.end))
    for number, (field, pairs) in enumerate((spans or {None: []}).items()):
        yield {
            "code": signal.name,
            "weight": signal.weight,
            "strength": round(signal.strength, 4),
            "points": round(signal.points, 4) if number == 0 else 0.0,
            "sentence": signal.sentence,
            "severity": signal.severity,
            "field": field,
            "spans": pairs,
            "evidence": list(signal.evidence),
        }


def _explained(candidate: Candidate, screening: Screening) -> str:
    """The bill as a person reads it."""
    excerpt = " ".join(candidate.text[:MAX_TEXT].split())[:70]
    lines = [_shown(excerpt)]
    for signal in screening.signals:
        found = ", ".join(dict.fromkeys(_shown(candidate.quote(span)[:40]) for span in signal.spans))
        worth = f"{signal.points:+5.1f}" if not signal.severity else f"sev {signal.severity}"
        lines.append(f"  {worth:>6}  {signal.name:<16}  {signal.sentence}{f'  [{found}]' if found else ''}")
    lines.append(f"  {screening.score:+6.1f}  advice: {screening.verdict.value}")
    return "\n".join(lines) + "\n\n"


def _shown(text: str) -> str:
    """What strangers wrote, fit for a terminal: what cannot be seen there is told by its code."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)


def _answer(answer: Mapping[str, object]) -> None:
    _write(json.dumps(answer, ensure_ascii=False) + "\n")


def _write(text: str) -> None:
    """Answers are UTF-8 whatever the locale; half a surrogate pair goes out as JSON would escape it."""
    try:
        sys.stdout.buffer.write(text.encode(errors="backslashreplace"))
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise CannotAnswer(f"The answers cannot be written: {error.strerror}.") from None


def _terms(block: Path | None, allow: Path | None) -> Terms:
    found = [
        Term(kind, term)
        for kind, path in ((TermKind.BLOCK, block), (TermKind.ALLOW, allow))
        if path
        for term in _words_of(path)
    ]
    return compile_terms(found) if found else NO_TERMS


def _words_of(path: Path) -> Iterator[str]:
    with _opened(path) as lines:
        for number, line in enumerate(lines, 1):
            try:
                word = line.decode().strip()
            except UnicodeDecodeError:
                raise WrongLines(f"{path}: line {number} is not UTF-8; convert the file to it.") from None
            if word:
                yield word


@contextmanager
def _opened(path: Path | None) -> Iterator[Iterator[bytes]]:
    """The lines of the file, or of the standard input, without the mark that some programs begin with."""
    if path is None:
        yield _unmarked(sys.stdin.buffer)
        return
    try:
        file = path.open("rb")
    except OSError as error:
        raise WrongLines(f"{path} cannot be read: {error.strerror}.") from None
    with file:
        yield _unmarked(file)


def _unmarked(lines: Iterable[bytes]) -> Iterator[bytes]:
    for number, line in enumerate(lines):
        yield line if number else line.removeprefix(codecs.BOM_UTF8)
