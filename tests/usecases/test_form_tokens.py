"""Form tokens: known again for their page only, honest about their age, and replaced when they are old."""

import dataclasses
from datetime import timedelta
from uuid import UUID

import pytest

from service.context import Context
from service.errors import InvalidFields, StaleForm
from service.usecases import form_tokens

SITE, PAGE = 1, UUID(int=7)


def later(ctx: Context, **passed: float) -> Context:
    """The same context after this much time."""
    now = ctx.clock() + timedelta(**passed)
    return dataclasses.replace(ctx, clock=lambda: now)


@pytest.fixture
def token(ctx: Context) -> str:
    return form_tokens.issue(later(ctx), SITE, PAGE)


@pytest.mark.parametrize("seconds", [0.0, 1.0, 2.9, 40.0, 3_600.0, 24 * 3_600 - 1])
async def test_the_age_of_a_form_comes_back(ctx: Context, seconds: float) -> None:
    then = later(ctx)
    token = form_tokens.issue(then, SITE, PAGE)
    assert form_tokens.fill_seconds(later(then, seconds=seconds), token, SITE, PAGE) == pytest.approx(
        seconds, abs=0.01
    )


async def test_a_form_older_than_a_day_is_given_a_fresh_token_that_is_good(ctx: Context, token: str) -> None:
    tomorrow = later(ctx, hours=25)
    with pytest.raises(StaleForm) as caught:
        form_tokens.fill_seconds(tomorrow, token, SITE, PAGE)
    assert caught.value.form_token != token
    assert form_tokens.fill_seconds(tomorrow, caught.value.form_token, SITE, PAGE) < 1


async def test_a_form_of_another_page_or_site_is_refused_even_when_it_is_old(
    ctx: Context, token: str
) -> None:
    for at in (ctx, later(ctx, hours=25)):
        for site, page in ((SITE, UUID(int=8)), (2, PAGE)):
            with pytest.raises(InvalidFields) as caught:
                form_tokens.fill_seconds(at, token, site, page)
            assert [(e.pointer, e.code) for e in caught.value.errors] == [
                ("/form_token", "form_token.invalid")
            ]


@pytest.mark.parametrize(("seconds", "taken"), [(-60, True), (-119, True), (-130, False), (-86_400, False)])
async def test_a_clock_may_be_a_little_behind_another(
    ctx: Context, token: str, seconds: float, taken: bool
) -> None:
    if taken:
        assert form_tokens.fill_seconds(later(ctx, seconds=seconds), token, SITE, PAGE) == 0.0
    else:
        with pytest.raises(InvalidFields):
            form_tokens.fill_seconds(later(ctx, seconds=seconds), token, SITE, PAGE)


async def test_no_character_of_a_token_can_be_changed(ctx: Context, token: str) -> None:
    for place, letter in enumerate(token):
        for other in {"0", "1", "A", ".", "\x00", "é", "１"} - {letter}:
            with pytest.raises(InvalidFields):
                form_tokens.fill_seconds(ctx, token[:place] + other + token[place + 1 :], SITE, PAGE)


@pytest.mark.parametrize(
    "forged", ["", ".", "x", "1.2.3.4", "9" * 512, "\x00", "１" * 13 + "." + "0" * 16 + ".1." + "A" * 22]
)
async def test_what_is_no_token_is_refused(ctx: Context, forged: str) -> None:
    with pytest.raises(InvalidFields):
        form_tokens.fill_seconds(ctx, forged, SITE, PAGE)


async def test_two_tokens_for_one_page_differ(ctx: Context) -> None:
    now = later(ctx)
    assert form_tokens.issue(now, SITE, PAGE) != form_tokens.issue(now, SITE, PAGE)
