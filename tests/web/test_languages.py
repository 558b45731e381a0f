"""The languages of readers: which one is chosen, what each has to say, and that pages are wholly in it."""

import re
from pathlib import Path

import httpx2
import pytest

from service.context import Context
from service.model.authoring import MAX_REPORT_NOTE
from service.model.email import MAX_EMAIL
from service.model.submissions import MAX_NAME, MAX_TEXT
from service.usecases.govern import add_site
from service.web.drawing import catalogues, plurals
from service.web.drawing.languages import language_of
from service.web.drawing.numerals import written
from tests.factories import ARTICLE, SITE_ORIGIN

WORDS = catalogues.load()
ENGLISH = WORDS["en"].sentences
LANGUAGES = sorted(WORDS)
OTHERS = [lang for lang in LANGUAGES if lang != "en"]
RIGHT_TO_LEFT = {"ar", "fa", "ur"}
SLOT = re.compile(r"\{\{\w+\}\}")
# Sentences that stand on a page as they stand in the catalogue.
FIXED = [key for key in ENGLISH if not SLOT.search(ENGLISH[key])]
# What is said in the form that goes with a number.
COUNTED = ("comments", "says.attention")
PAGE = "/v1/sites/daily/thread.html"
HTML = {"Accept": "text/html"}
WRONG = {"page": ARTICLE, "name": "\u2060", "email": "nobody", "website": "ftp://here", "text": " "}


@pytest.mark.parametrize(
    ("tags", "language"),
    [
        (["en"], "en"),
        (["en-GB"], "en"),
        (["ur-PK"], "ur"),
        (["UR_pk"], "ur"),
        (["ur-Arab-PK-x-press"], "ur"),
        (["de-AT"], "de"),
        (["fa-AF"], "fa"),
        (["pt"], "pt-BR"),
        (["pt-PT"], "pt-BR"),
        (["PT-br"], "pt-BR"),
        (["zh"], "zh-Hans"),
        (["zh-CN"], "zh-Hans"),
        (["zh-SG"], "zh-Hans"),
        (["zh-Hans-HK"], "zh-Hans"),
        (["zh-Hant"], "en"),
        (["zh-TW", "ja"], "ja"),
        (["tlh", "ur"], "ur"),
        ([None, "", "hi-IN"], "hi"),
        (["fr-CA", "ur"], "fr"),
        (["english"], "en"),
        (["../ur"], "en"),
        (["-", "--ur"], "en"),
        ([], "en"),
    ],
)
def test_the_first_tag_that_leads_to_a_catalogue_is_taken(tags: list[str | None], language: str) -> None:
    assert language_of(*tags) == language


def test_there_is_a_catalogue_for_each_language_that_can_count() -> None:
    assert set(WORDS) == set(plurals.FORMS)
    assert {lang for lang, words in WORDS.items() if words.direction == "rtl"} == RIGHT_TO_LEFT
    listed = (Path(__file__).parents[2] / "docs" / "embedding.md").read_text(encoding="utf-8")
    assert [lang for lang in WORDS if f"| `{lang}` | " not in listed] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_language_says_everything_in_the_order_of_english_and_counts_in_its_own_forms(lang: str) -> None:
    keys = [key for key in ENGLISH if key not in {f"{counted}_one" for counted in COUNTED}]
    for counted in COUNTED:
        at = keys.index(f"{counted}_other")
        keys[at : at + 1] = [f"{counted}_{form}" for form in plurals.FORMS[lang]]

    assert list(WORDS[lang].sentences) == keys


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_sentence_has_the_slots_of_the_english_one_and_is_no_markup(lang: str) -> None:
    for key, said in WORDS[lang].sentences.items():
        stem, _, form = key.rpartition("_")
        english = ENGLISH.get(key) or ENGLISH[f"{stem}_other"]
        # Where a form goes with one number only, its words may say the number.
        spared = {"{{count}}"} if stem in COUNTED and form in {"zero", "one", "two"} else set()
        assert sorted({*SLOT.findall(said)} | spared) == sorted({*SLOT.findall(english)}), key
        assert len(SLOT.findall(said)) <= len(SLOT.findall(english)), key
        assert said == said.strip() != "", key
        assert not re.search(r"[<>&]", said), key


@pytest.mark.parametrize("lang", LANGUAGES)
def test_limits_are_those_of_the_service_in_the_numerals_of_the_language(lang: str) -> None:
    limits = {"text": MAX_TEXT, "name": MAX_NAME, "email": MAX_EMAIL, "note": MAX_REPORT_NOTE}
    for field, limit in limits.items():
        said = WORDS[lang].sentences[f"error.{field}.too_long"]
        assert re.findall(r"\d[\d.,٬\u00a0\u202f]*\d", said) == [written(lang, limit)], said


@pytest.mark.parametrize(
    ("lang", "number", "said"),
    [
        ("ar", 0, "لا توجد تعليقات"),
        ("ar", 2, "تعليقان"),
        ("ar", 11, "11 تعليقًا"),
        ("fa", 1234, "۱٬۲۳۴ دیدگاه"),
        ("hi", 0, "0 टिप्पणी"),
        ("de", 1234, "1.234 Kommentare"),
        ("fr", 0, "0 commentaire"),
        ("es", 1234, "1234 comentarios"),
        ("pt-BR", 2, "2 comentários"),
        ("ru", 21, "21 комментарий"),
        ("ru", 22, "22 комментария"),
        ("ru", 12, "12 комментариев"),
        ("zh-Hans", 1, "1 条评论"),
        ("ja", 1, "1 件のコメント"),
    ],
)
def test_comments_are_counted_as_the_language_counts(lang: str, number: int, said: str) -> None:
    assert WORDS[lang].count("comments", number) == said


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize("lang", LANGUAGES)
async def test_fields_that_are_wrong_are_counted_as_the_language_counts(
    client: httpx2.AsyncClient, lang: str
) -> None:
    fragment = await client.get(PAGE, params={"page": ARTICLE, "lang": lang, "shape": "fragment"})
    for number in range(1, 5):
        said = WORDS[lang].count("says.attention", number)
        assert f'<li data-says="attention_{number}">{said}</li>' in fragment.text
    form = {**WRONG, "lang": lang}
    for field, right in (("text", "Right."), ("name", "Ana"), ("email", "ana@example.com")):
        form[field] = right
        page = await client.post("/v1/sites/daily/submissions", data=form, headers=HTML)
        wrong = page.text.count('aria-invalid="true"')
        assert f"<p>{WORDS[lang].count('says.attention', wrong)}</p>" in page.text
    assert wrong == 1


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize("shape", ["page", "fragment"])
@pytest.mark.parametrize("lang", LANGUAGES)
async def test_the_form_is_drawn_in_each_language(client: httpx2.AsyncClient, lang: str, shape: str) -> None:
    response = await client.get(PAGE, params={"page": ARTICLE, "lang": lang, "shape": shape}, headers=HTML)

    words = WORDS[lang].sentences
    assert response.headers["content-language"] == lang
    assert f'lang="{lang}" dir="{words["direction"]}"' in response.text
    for key in ("empty", "form.title", "form.private", "form.text", "form.email", "form.submit"):
        assert f"{WORDS[lang].text(key)}" in response.text, key
    left = [key for key in FIXED if lang != "en" and f">{ENGLISH[key]}<" in response.text]
    assert [key for key in left if words[key] != ENGLISH[key]] == []


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize("lang", OTHERS)
async def test_every_error_of_a_form_is_said_in_its_language(client: httpx2.AsyncClient, lang: str) -> None:
    path = "/v1/sites/daily/submissions"
    errors = (await client.post(path, json=WRONG)).json()["errors"]
    page = await client.post(path, data={**WRONG, "lang": lang}, headers=HTML)

    assert len(errors) == 4
    for error in errors:
        assert error["detail"] not in page.text
        assert f"{WORDS[lang].text('error.' + error['code'])}</p>" in page.text
    assert page.headers["content-language"] == lang


@pytest.mark.usefixtures("site")
async def test_a_refused_report_is_answered_in_its_language(client: httpx2.AsyncClient) -> None:
    path = "/v1/sites/daily/comments/00000000-0000-7000-8000-000000000000/reports"
    form = {"page": ARTICLE, "reason": "spam", "lang": "ja"}
    for note, code in (("x" * 1001, "note.too_long"), ("", "comment_not_found")):
        refused = await client.post(path, data={**form, "note": note}, headers=HTML)
        assert WORDS["ja"].sentences[f"error.{code}"] in refused.text


async def test_an_unknown_language_is_answered_in_the_sites_and_then_in_english(
    client: httpx2.AsyncClient, ctx: Context
) -> None:
    for slug, language, answered in (("daily", "de-CH", "de"), ("weekly", "sv", "en")):
        await add_site(ctx, slug, [SITE_ORIGIN], actor="test", language=language)
        for asked in ({"lang": "tlh"}, {}):
            params = {"page": ARTICLE, **asked}
            response = await client.get(f"/v1/sites/{slug}/thread.html", params=params, headers=HTML)
            assert response.headers["content-language"] == answered
