"""The word lists: data files, read once and laid out for looking up.

A list speaks of forms: words with their endings, words just as they are, beginnings and stems that count
whatever surrounds them, and phrases. Some count under a condition, because elsewhere they are innocent.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Final, NamedTuple

import ahocorasick

from service.screening.folding import fold

_SEVERITIES: Final = {"vulgar": 1, "strong": 2, "slur": 3}


class Entry(NamedTuple):
    """A form: how bad it is (1 to 3), and when it counts.

    `language` is the language that the text must show signs of, empty where it counts in any;
    `lowercase` that it counts only when written in small letters.
    """

    severity: int
    language: str = ""
    lowercase: bool = False


class Phrase(NamedTuple):
    """Words in a row; those from `first` to before `last` are what was found, the others only show it."""

    words: tuple[str, ...]
    first: int
    last: int
    entry: Entry


@dataclass(frozen=True, slots=True)
class Lists:
    """All lists, folded. `starts` and `stems` are sought at the beginning of a word and anywhere in it."""

    words: Mapping[str, Entry]
    starts: Mapping[str, Entry]
    start_lengths: Sequence[int]
    stems: ahocorasick.Automaton
    phrases: Mapping[str, Sequence[Phrase]]
    innocent: tuple[str, ...]
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
    draft, function_words = _Draft(), {}
    folder = files("service.screening.lexicon") / "data"
    for path in sorted(folder.iterdir(), key=lambda each: each.name):
        if path.name.endswith(".toml"):
            language = path.name.removesuffix(".toml")
            content = tomllib.loads(path.read_text(encoding="utf-8"))
            function_words[language] = frozenset(_forms(content["function_words"]))
            for tier, severity in _SEVERITIES.items():
                _enter(draft, content.get(tier, {}), severity, language, _forms(content["endings"]))
    innocent = (folder / "innocent.txt").read_text(encoding="utf-8").splitlines()
    stems = ahocorasick.Automaton()
    for stem, entry in draft.stems.items():
        stems.add_word(stem, (len(stem), entry))
    stems.make_automaton()
    return Lists(
        words=draft.words,
        starts=draft.starts,
        start_lengths=sorted({len(start) for start in draft.starts}),
        stems=stems,
        phrases=draft.phrases,
        innocent=tuple(line for line in innocent if line and not line.startswith("#")),
        function_words=function_words,
    )


@cache
def words_of(language: str) -> Sequence[str]:
    """The whole words of one language that count without a condition."""
    draft = _Draft()
    path = files("service.screening.lexicon") / "data" / f"{language}.toml"
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    for tier, severity in _SEVERITIES.items():
        _enter(draft, content.get(tier, {}), severity, language, _forms(content["endings"]))
    return [word for word, entry in draft.words.items() if not (entry.language or entry.lowercase)]


def _enter(
    draft: _Draft, tier: Mapping[str, Any], severity: int, language: str, endings: Sequence[str]
) -> None:
    entry = Entry(severity)
    bound = Entry(severity, language)
    only = {*_forms(tier.get("only", ""))}
    lowercase = {*_forms(tier.get("lowercase", ""))}
    plain = [
        *_forms(tier.get("exact", "")),
        *(form for word in _forms(tier.get("words", "")) for form in _inflected(word, endings)),
    ]
    draft.add(draft.words, (form for form in plain if form not in only | lowercase), entry)
    draft.add(draft.words, only - lowercase, bound)
    draft.add(draft.words, lowercase - only, Entry(severity, lowercase=True))
    draft.add(draft.words, lowercase & only, Entry(severity, language, lowercase=True))
    draft.add(draft.starts, _forms(tier.get("starts", "")), entry)
    draft.add(draft.stems, _forms(tier.get("inside", "")), entry)
    for written, condition in (("phrases", entry), ("only_phrases", bound)):
        for phrase in tier.get(written, ()):
            found = _phrase(phrase, condition)
            # By the word that is found: it is rarer than the words that lead to it.
            draft.phrases.setdefault(found.words[found.first], []).append(found)


def _forms(text: str) -> Sequence[str]:
    return [fold(word).text for word in text.split()]


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
    parts = written.split()
    marked = [number for number, part in enumerate(parts) if part.startswith("[")]
    ends = [number for number, part in enumerate(parts) if part.endswith("]")]
    words = tuple(fold(part.strip("[]")).text for part in parts)
    if not marked:
        return Phrase(words, 0, len(words), entry)
    return Phrase(words, marked[0], ends[-1] + 1, entry)
