"""A script that the site's readers do not write in. A low voice: people write as they can."""

import re
from typing import Final

from service.model.screenings import Signal
from service.screening.candidate import Candidate
from service.screening.facts import Facts
from service.screening.filter import filter

MIN_LETTERS: Final = 6
# Scripts, and the languages that are written in them. Latin, Arabic and Indic letters are at home everywhere:
# Urdu and Hindi are what readers of an English page may well write.
_SCRIPTS: Final = (
    (
        "Cyrillic",
        re.compile("[\u0400-\u052f]"),
        frozenset(["ru", "uk", "be", "bg", "sr", "mk", "kk", "ky", "mn", "tg"]),
    ),
    ("Chinese or Japanese", re.compile("[\u3040-\u30ff\u3400-\u9fff]"), frozenset({"zh", "ja"})),
    ("Korean", re.compile("[\uac00-\ud7af]"), frozenset({"ko"})),
    ("Thai", re.compile("[\u0e00-\u0e7f]"), frozenset({"th"})),
)
_ANY: Final = re.compile("|".join(pattern.pattern for _, pattern, _ in _SCRIPTS))


@filter("script", weight=1.0, says="It is written in a script that is foreign to this site.")
def script(candidate: Candidate, facts: Facts) -> Signal | None:
    """Speak when most letters are of a script that the site's language is not written in."""
    if not _ANY.search(candidate.text):
        return None
    letters = sum(map(str.isalpha, candidate.text))
    for name, pattern, languages in _SCRIPTS:
        count = len(pattern.findall(candidate.text))
        if count >= MIN_LETTERS and 2 * count > letters and facts.language not in languages:
            return script.signal(1.0, says=f"Most of it is written in {name} letters.")
    return None
