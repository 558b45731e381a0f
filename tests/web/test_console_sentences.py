"""The sentences of the console: every language says the same, and pages say only what is there."""

import json
import re
from pathlib import Path

import pytest

from service.web.console import frame
from service.web.drawing import catalogues, plurals

CONSOLE = catalogues.load_console()
FOLDER = Path(catalogues.__file__).parents[2] / "locales" / "console"
TEMPLATES = Path(catalogues.__file__).parent / "templates" / "console"
SLOT = re.compile(r"\{\{(\w+)\}\}")
PLURAL = re.compile(r"_(zero|one|two|few|many|other)$")


def stems(lang: str) -> dict[str, dict[str, str]]:
    """The sentences of a language by their key without the plural's ending, and then by that ending."""
    found: dict[str, dict[str, str]] = {}
    counted = {PLURAL.sub("", key) for key in CONSOLE[lang].sentences if key.endswith("_one")}
    for key, said in CONSOLE[lang].sentences.items():
        stem = PLURAL.sub("", key)
        form = key[len(stem) + 1 :] if stem in counted else ""
        found.setdefault(stem if form else key, {})[form] = said
    return found


@pytest.mark.parametrize("lang", ["ur", "ar"])
def test_every_language_says_everything_that_english_says(lang: str) -> None:
    english, other = stems("en"), stems(lang)

    assert english.keys() ^ other.keys() == set()
    for stem, forms in other.items():
        expected = set(plurals.FORMS[lang]) if "" not in english[stem] else {""}
        assert set(forms) == expected, stem
        wanted = set(SLOT.findall(english[stem].get("other", english[stem].get("", ""))))
        for form, said in forms.items():
            spared = {"count"} if form in {"zero", "one", "two"} else set()
            assert set(SLOT.findall(said)) | spared == wanted | spared, (stem, form)


@pytest.mark.parametrize("lang", list(CONSOLE))
def test_no_sentence_is_markup_or_empty_and_no_key_is_in_two_files(lang: str) -> None:
    keys = [key for path in (FOLDER / lang).glob("*.json") for key in json.loads(path.read_text("utf-8"))]
    assert len(keys) == len(set(keys))
    assert [key for key, said in CONSOLE[lang].sentences.items() if not said.strip() or "<" in said] == []


def test_the_languages_of_the_menu_are_those_of_the_catalogues_and_of_the_plurals() -> None:
    assert set(CONSOLE) == set(frame.LANGUAGES) <= set(plurals.FORMS)


def test_templates_say_only_what_the_catalogue_has_and_nothing_in_plain_english() -> None:
    known = stems("en")
    for path in TEMPLATES.rglob("*.html"):
        text = path.read_text("utf-8")
        for key in re.findall(r'say\("([\w.]+)"[),]', text):
            assert key in known, f"{path.name}: {key}"
        for prefix in re.findall(r'say\("([\w.]+)" ~', text):
            assert any(key.startswith(prefix) for key in known), f"{path.name}: {prefix}"


@pytest.mark.parametrize(
    ("number", "form"), [(0, "zero"), (2, "two"), (103, "few"), (111, "many"), (100, "other")]
)
def test_arabic_counts_in_six_forms(number: int, form: str) -> None:
    assert plurals.form("ar", number) == form
