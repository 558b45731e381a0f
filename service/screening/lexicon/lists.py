"""The word lists: data files, read once and laid out for looking up.

A list speaks of forms: words with their endings, words just as they are, beginnings and stems that count
whatever surrounds them, and phrases. Some count under a condition, because elsewhere they are innocent.
"""

import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import product
from typing import Any, Final, NamedTuple

import ahocorasick

from service.screening.folding import fold

# Latin letters are written below it.
_OTHER_ALPHABETS: Final = "\u0250"
_SEVERITIES: Final = {"vulgar": 1, "strong": 2, "slur": 3}


class Entry(NamedTuple):
    """A form: how bad it is (1 to 3), and when it counts.

    `language` is the language that the text must show signs of, empty where it counts in any;
    `lowercase` that it counts only when written in small letters; `written` how it must be spelt, marks and
    all, because without them it is another word; `named` that somebody or some place is called so, and a
    capital in the middle of a sentence makes it that name.
    """

    severity: int
    language: str = ""
    lowercase: bool = False
    written: str = ""
    named: bool = False


class Phrase(NamedTuple):
    """Words in a row; those from `first` to before `last` are what was found, the others only show it."""

    words: tuple[str, ...]
    first: int
    last: int
    entry: Entry


@dataclass(frozen=True, slots=True)
class Lists:
    """All lists, folded. `starts` and `stems` are sought at the beginning of a word and anywhere in it.

    `starts` are grouped by their first letters, as many as `head` says; the shortest come first.
    `excused` are words that mean something else beside certain others, `innocent_in` words that one language
    has borrowed and thinks nothing of.
    """

    words: Mapping[str, Entry]
    starts: Mapping[str, Sequence[tuple[str, Entry]]]
    head: int
    stems: ahocorasick.Automaton
    phrases: Mapping[str, Sequence[Phrase]]
    innocent: tuple[str, ...]
    excused: Mapping[str, frozenset[str]]
    innocent_in: Mapping[str, frozenset[str]]
    function_words: Mapping[str, frozenset[str]]


@dataclass(slots=True)
class _Draft:
    words: dict[str, Entry] = field(default_factory=dict)
    starts: dict[str, Entry] = field(default_factory=dict)
    stems: dict[str, Entry] = field(default_factory=dict)
    phrases: dict[str, list[Phrase]] = field(default_factory=dict)

    def add(self, into: dict[str, Entry], forms: Iterable[str], entry: Entry) -> None:
        """Enter forms; where one is known already, what counts without a condition, or is worse, wins."""
        for form in forms:
            known = into.get(form)
            if known is None or (not entry.language and bool(known.language)):
                into[form] = entry


@cache
def lists() -> Lists:
    """The lists of all languages."""
    draft, function_words, innocent_in = _Draft(), {}, dict[str, frozenset[str]]()
    folder = files("service.screening.lexicon") / "data"
    for path in sorted(folder.iterdir(), key=lambda each: each.name):
        if path.name.endswith(".toml"):
            language = path.name.removesuffix(".toml")
            content = tomllib.loads(path.read_text(encoding="utf-8"))
            function_words[language] = frozenset(_forms(content["function_words"]))
            for form in _forms(content.get("innocent", "")):
                innocent_in[form] = innocent_in.get(form, frozenset()) | {language}
            for tier, severity in _SEVERITIES.items():
                _enter(draft, content.get(tier, {}), severity, language, _forms(content["endings"]))
    innocent, excused = _lines(folder / "innocent.txt"), _lines(folder / "excused.txt")
    stems = ahocorasick.Automaton()
    for stem, entry in draft.stems.items():
        stems.add_word(stem, (len(stem), entry))
    stems.make_automaton()
    head = min(map(len, draft.starts))
    return Lists(
        words=draft.words,
        starts=_by_head(draft.starts, head),
        head=head,
        stems=stems,
        phrases=draft.phrases,
        innocent=tuple(innocent),
        excused=_excuses(excused),
        innocent_in=innocent_in,
        function_words=function_words,
    )


def _by_head(starts: Mapping[str, Entry], head: int) -> Mapping[str, Sequence[tuple[str, Entry]]]:
    grouped: dict[str, list[tuple[str, Entry]]] = {}
    for start in sorted(starts, key=len):
        grouped.setdefault(start[:head], []).append((start, starts[start]))
    return grouped


def _lines(path: Traversable) -> Sequence[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _excuses(lines: Iterable[str]) -> Mapping[str, frozenset[str]]:
    """`words: other words` on each line: the former are innocent beside one of the latter.

    Several lines may speak of a word, one in each language that it belongs to. A line of `@field: words`
    comes before those that name the field among their other words.
    """
    found: dict[str, frozenset[str]] = {}
    for words, _, beside in (line.partition(": ") for line in lines):
        named = [word for word in beside.split() if word in found]
        meant = frozenset(_forms(beside)).union(*(found[field] for field in named))
        for form in (words,) if words.startswith("@") else _forms(words):
            found[form] = found.get(form, frozenset()) | meant
    return found


@cache
def words_of(language: str) -> Sequence[str]:
    """The whole words of one language that count without a condition, beside any other, and in a language."""
    draft = _Draft()
    path = files("service.screening.lexicon") / "data" / f"{language}.toml"
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    for tier, severity in _SEVERITIES.items():
        _enter(draft, content.get(tier, {}), severity, language, _forms(content["endings"]))
    return [word for word, entry in draft.words.items() if entry == Entry(entry.severity) and is_sure(word)]


def is_sure(word: str) -> bool:
    """Whether a word has no other meaning that the lists know, beside some words or in some language."""
    known = lists()
    entry = known.words.get(word)
    is_bound = entry is not None and entry != Entry(entry.severity)
    return not (is_bound or word in known.excused or word in known.innocent_in)


def _enter(
    draft: _Draft, tier: Mapping[str, Any], severity: int, language: str, endings: Sequence[str]
) -> None:
    entry = Entry(severity)
    bound = Entry(severity, language)
    only, lowercase, names = (frozenset(_forms(tier.get(key, ""))) for key in ("only", "lowercase", "names"))
    plain = [
        *_forms(tier.get("exact", "")),
        *(form for pattern in tier.get("spelt", ()) for form in _spellings(pattern)),
        *(form for word in _forms(tier.get("words", "")) for form in _inflected(word, endings)),
    ]
    marked = {fold(word).text: as_spelt(word) for word in tier.get("as_written", "").split()}
    for form in dict.fromkeys([*plain, *sorted(only | lowercase | names), *marked]):
        bound_to = language if form in only else ""
        conditions = Entry(severity, bound_to, form in lowercase, marked.get(form, ""), form in names)
        draft.add(draft.words, [form], conditions)
    draft.add(draft.starts, _forms(tier.get("starts", "")), entry)
    draft.add(draft.starts, _forms(tier.get("named_starts", "")), entry._replace(named=True))
    draft.add(draft.stems, _forms(tier.get("inside", "")), entry)
    for written, condition in (("phrases", entry), ("only_phrases", bound)):
        for phrase in tier.get(written, ()):
            found = _phrase(phrase, condition)
            # By the word that is found: it is rarer than the words that lead to it.
            draft.phrases.setdefault(found.words[found.first], []).append(found)


def _forms(text: str) -> Sequence[str]:
    return [fold(word).text for word in text.split()]


def as_spelt(word: str) -> str:
    """A word with its marks, in small letters and composed: what a condition on its spelling compares.

    Letters of other alphabets are what they look like.
    """
    parts = (part for part in unicodedata.normalize("NFD", word) if unicodedata.category(part) != "Cf")
    seen = (
        part if part < _OTHER_ALPHABETS or unicodedata.combining(part) else fold(part).text for part in parts
    )
    return unicodedata.normalize("NFC", "".join(seen)).casefold()


def _spellings(pattern: str) -> Iterator[str]:
    """All spellings of a word in a language without any: `ch u|oo t iy a|e` has four of them."""
    return map("".join, product(*(part.split("|") for part in pattern.split())))


def _inflected(word: str, endings: Sequence[str]) -> Iterator[str]:
    """The word with each ending; a silent e goes before a vowel, a last consonant may be doubled."""
    yield word
    for ending in endings:
        yield word + ending
        if word.endswith("e") and ending[0] in "eiy":
            yield word[:-1] + ending
        if ending[0] in "eiy" and word[-1] in "tgdbnp":
            yield word + word[-1] + ending


def _phrase(written: str, entry: Entry) -> Phrase:
    parts = written.replace("'", " ").split()
    marked = [number for number, part in enumerate(parts) if part.startswith("[")]
    ends = [number for number, part in enumerate(parts) if part.endswith("]")]
    words = tuple(fold(part.strip("[]")).text for part in parts)
    if not marked:
        return Phrase(words, 0, len(words), entry)
    return Phrase(words, marked[0], ends[-1] + 1, entry)
