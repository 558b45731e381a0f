"""`greenroom screen`: what the filters think of comments in a file; needs no service and no database."""

import json
import math
import sys
from collections.abc import Iterator, Mapping
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
                _answer({"error": str(error)})
                continue
            candidate, screening = _look(given, terms)
            if explain:
                sys.stdout.write(_explained(candidate, screening))
            else:
                _answer(_verdict(candidate, screening))
    if wrong:
        raise WrongLines(f"{wrong} of the lines could not be read; they are named above.")


def _read(line: str) -> Mapping[str, Any]:
    """One line's object; `ValueError` says what is wrong with it."""
    try:
        given = json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(f"this is no JSON ({error.msg}); write one object a line") from None
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
        language=str(given.get("lang") or "en").partition("-")[0].lower(),
        disposable_email=is_disposable(domain),
    )
    candidate = prepare(
        given["text"], name=given.get("author") or "", website=given.get("url") or None, terms=terms
    )
    return candidate, run_filters(candidate, facts, FILTERS, Policy())


def _verdict(candidate: Candidate, screening: Screening) -> Mapping[str, object]:
    policy = Policy()
    return {
        "profane": screening.severity > 0,
        "severity": screening.severity,
        "spam": screening.score >= policy.spam_at,
        "spam_score": round(1 / (1 + math.exp(policy.spam_at - screening.score)), 4),
        "advice": screening.verdict.value,
        "reasons": [_reason(signal) for signal in screening.signals],
        **({"truncated": True} if candidate.truncated else {}),
    }


def _reason(signal: Signal) -> Mapping[str, object]:
    return {
        "code": signal.name,
        "weight": signal.weight,
        "strength": round(signal.strength, 4),
        "points": round(signal.points, 4),
        "sentence": signal.sentence,
        "severity": signal.severity,
        "spans": [
            {"field": _FIELDS[each.field], "start": each.start, "end": each.end} for each in signal.spans
        ],
        "evidence": list(signal.evidence),
    }


def _explained(candidate: Candidate, screening: Screening) -> str:
    """The bill as a person reads it."""
    excerpt = " ".join(candidate.text[:MAX_TEXT].split())[:70]
    lines = [f"{excerpt}"]
    for signal in screening.signals:
        found = ", ".join(dict.fromkeys(candidate.quote(span)[:40] for span in signal.spans))
        worth = f"{signal.points:+5.1f}" if not signal.severity else f"sev {signal.severity}"
        lines.append(f"  {worth:>6}  {signal.name:<16}  {signal.sentence}{f'  [{found}]' if found else ''}")
    lines.append(f"  {screening.score:+6.1f}  advice: {screening.verdict.value}")
    return "\n".join(lines) + "\n\n"


def _answer(answer: Mapping[str, object]) -> None:
    sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def _terms(block: Path | None, allow: Path | None) -> Terms:
    found = [
        Term(kind, line.strip())
        for kind, path in ((TermKind.BLOCK, block), (TermKind.ALLOW, allow))
        if path
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]
    return compile_terms(found) if found else NO_TERMS


@contextmanager
def _opened(path: Path | None) -> Iterator[Iterator[str]]:
    """The lines of the file, or of the standard input."""
    if path is None:
        yield iter(sys.stdin)
        return
    try:
        file = path.open(encoding="utf-8")
    except OSError as error:
        raise WrongLines(f"{path} cannot be read: {error.strerror}.") from None
    with file:
        yield iter(file)
