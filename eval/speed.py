"""How long screening takes: usual texts of three lengths, and texts made to be slow. Processor time."""

import statistics
import time
from collections.abc import Mapping, Sequence
from itertools import chain, cycle, islice
from typing import Final

from eval.data import Kind, Table
from eval.figures import Figures
from service.filters import FILTERS
from service.model.screenings import Policy
from service.screening.candidate import prepare
from service.screening.facts import Facts
from service.screening.screen import screen

LENGTHS: Final = (200, 2_000, 10_000)
_TEXTS: Final = 60
_FACTS: Final = Facts(honeypot=False, fill_seconds=30, has_form_token=True)
_PIECES: Final = (
    *("a", "f", "s h i t ", "f**k ", "f*", "$hit ", "a.", "a.b.c.", "http://", "http://a.b/ ", "www.", "@a "),
    *("a@b.", "1 ", "+1 (2) 3-", "$1 ", "(((", "[[[", "{a|b}", "<a href=", "[url=x]", "&amp;", "hxxp", "-"),
    *("\u0301", "\u202e", "\u200b", "a\u00ad", "\uff41", "\U0001d41a", "\u0430a", "\u2460", "\U0001f600"),
    *("whatsapp ", "dot com ", "earn money ", "click here ", "\u062a\u0648 ", "s.h.i.t.", "ssssshhhhiiit "),
    *("\U0001f449", "in 2 days ", "_", "*"),
)


def milliseconds(tables: Sequence[Table]) -> Mapping[str, Figures]:
    """The median and the 95th percentile at each length, and the slowest of the hostile texts."""
    usual = [row.text for table in tables if table.kind is Kind.OFFENCE_CORPUS for row in table.rows]
    usual = usual or ["The committee met on Tuesday, and nobody was told what it had decided. "]
    words = cycle(chain.from_iterable(text.split() for text in usual))
    found: dict[str, Figures] = {}
    for length in LENGTHS:
        texts = [_of_length(words, length) for _ in range(_TEXTS)]
        times = sorted(_time(text) for text in texts)
        found[f"{length:,} characters"] = {
            "median ms": statistics.median(times),
            "p95 ms": times[int(0.95 * len(times))],
        }
    worst = {piece: min(_time((piece * 10_000)[:10_000]) for _ in range(3)) for piece in _PIECES}
    return found | {"hostile, 10,000 characters": {"worst ms": max(worst.values())}}


def _of_length(words: "cycle[str]", length: int) -> str:
    text = ""
    while len(text) < length:
        text += " ".join(islice(words, 20)) + " "
    return text[:length]


def _time(text: str) -> float:
    began = time.process_time()
    screen(prepare(text, name="Sam"), _FACTS, FILTERS, Policy())
    return (time.process_time() - began) * 1000
