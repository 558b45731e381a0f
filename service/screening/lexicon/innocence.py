"""When what reads like a listed word is none: a name, a grade, a code, or a word with another meaning."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Final

from service.model.screenings import Span
from service.screening.candidate import Candidate, Token
from service.screening.lexicon.languages import is_rather
from service.screening.lexicon.lists import Entry, as_spelt, lists

_NEAR: Final = 5
_LONGEST_FIGURE: Final = 40
_INITIAL: Final = re.compile(r"(?<!\w)[A-Z][*.]{3,}")
_CALLED: Final = re.compile(
    r"\b(?:(?:named|identified|known|referred to)(?: \w+){0,3} "
    r"|(?:Mr|Ms|Mrs|Miss|Dr|Mme|Herr|Frau|Sr|Sra)\.? "
    r"|(?:victim|survivor|accused|defendant|complainant|plaintiff|witness|suspect|patient|child|girl),? )$"
)
_SURNAME: Final = re.compile(r" [A-ZÀ-Þ][\wß-ÿ]")
_DRAWN_OUT: Final = re.compile(r"(.)\1{2,}")
_INITIALS_AFTER: Final = re.compile(r",? [A-Z]\.")
_WRAPPED: Final = re.compile(r"-\n(\w{1,20})")
_PRODUCT: Final = re.compile(r"(?<![\w*])[a-zA-Z]\*[a-zA-Z](?![\w*])")
_GRADE: Final = re.compile(r"A\*+s?")
# F4G-0T22 is a ticket, and its parts are no words.
_CODE: Final = re.compile(r"(?<![\w-])[A-Z\d]*\d[A-Z\d]*(?:-[A-Z\d]*\d[A-Z\d]*)+(?![\w-])")


def is_written_so(quote: str, entry: Entry) -> bool:
    """Whether the letters, their case and their marks are those under which the entry counts."""
    if entry.lowercase and quote != quote.lower():
        return False
    if not entry.written:
        return True
    spelt = as_spelt("".join(filter(str.isalnum, quote)))
    return entry.written in {spelt, _DRAWN_OUT.sub(r"\1", spelt)}


def excuses(tokens: Sequence[Token], site: str) -> frozenset[tuple[str, int]]:
    """Where words begin that mean something else here: *tits* beside *nest*, *Shitstorm* in German."""
    known = lists()
    # Few words of a text may mean something else at all.
    doubtful = _doubtful()
    among = [(place, token) for place, token in enumerate(tokens) if token.text in doubtful]
    borrowing = {each for _, token in among for each in known.innocent_in.get(token.text, ())}
    spoken = {language for language in borrowing if is_rather(language, tokens, site)}
    return frozenset(
        (token.field, token.start)
        for place, token in among
        if (
            (beside := known.excused.get(token.text)) is not None
            and any(near.text in beside for near in tokens[max(0, place - _NEAR) : place + _NEAR + 1])
        )
        or not spoken.isdisjoint(known.innocent_in.get(token.text, ()))
    )


@cache
def _doubtful() -> frozenset[str]:
    """The words that mean something else beside others, or in a language that has borrowed them."""
    return frozenset(lists().excused).union(lists().innocent_in)


def is_initial(candidate: Candidate, span: Span) -> bool:
    """Whether signs hide a name, as courts do (`S*** B***`), are of a grade (`A*`), or multiply letters."""
    quote = candidate.quote(span)
    if _GRADE.fullmatch(quote):
        return True
    if span.field != "text" or not (quote[0].isupper() or _PRODUCT.fullmatch(quote)):
        return False
    if _PRODUCT.fullmatch(quote):
        return len(set(_PRODUCT.findall(candidate.text))) > 1
    if _INITIALS_AFTER.match(candidate.text, span.end):
        return True
    if any(map(str.isalpha, quote[1:])):
        return False
    before = candidate.text[max(0, span.start - 40) : span.start]
    return bool(_CALLED.search(before)) or len(_INITIAL.findall(candidate.text)) > 1


def is_code(candidate: Candidate, span: Span) -> bool:
    """Whether capitals and digits, joined by hyphens, hold this: the number of a ticket, a model."""
    if span.field != "text" or span.end - span.start > _LONGEST_FIGURE:
        return False
    window = max(0, span.start - _LONGEST_FIGURE), span.end + _LONGEST_FIGURE
    return any(match.start() <= span.start < match.end() for match in _CODE.finditer(candidate.text, *window))


def is_wrapped(candidate: Candidate, span: Span) -> bool:
    """Whether the end of a line cuts an innocent word here."""
    rest = _WRAPPED.match(candidate.text, span.end) if span.field == "text" else None
    return rest is not None and (candidate.quote(span) + rest[1]).lower().startswith(lists().innocent)


def is_name(candidate: Candidate, span: Span) -> bool:
    """Whether a word that may be a name is written as one, and not because a sentence begins with it."""
    quote = candidate.quote(span)
    if span.field != "text" or not (quote[:1].isupper() and quote[1:].islower()):
        return False
    before = candidate.text[max(0, span.start - 2) : span.start].strip()
    return bool(before and before[-1] not in ".!?\n") or bool(_SURNAME.match(candidate.text, span.end))
