"""The console's page of reports, and what it shows of comments that their authors changed or took back."""

import re

import httpx2
import pytest

from service.context import Context
from service.model.authoring import Report
from service.model.decisions import Action, Choice, Reason
from service.model.people import Principal, Scope
from service.model.screenings import Policy
from service.model.sites import Site
from service.store import reports
from service.usecases import own_comments
from service.usecases.decide import decide
from tests.conftest import MakeComment
from tests.usecases.test_second_look import add_ben
from tests.web.console_forms import OWN, csrf, followed, sign_in, words

ANA = Principal("ana", frozenset({Scope.MODERATE}), None)
HOSTILE = "<script>alert(1)</script>"

pytestmark = pytest.mark.usefixtures("moderator")


@pytest.fixture(autouse=True)
async def signed_in(client: httpx2.AsyncClient, moderator: str) -> None:
    assert (await sign_in(client, moderator)).status_code == 303


async def test_reports_are_listed_dismissed_and_answered(
    client: httpx2.AsyncClient, ctx: Context, site: Site, make_comment: MakeComment
) -> None:
    one, two = await make_comment(text="First."), await make_comment(text="Second.")
    for comment_id in (one, two):
        await decide(ctx, ANA, comment_id, Choice(Action.APPROVE, 1))
        async with ctx.db.read() as reader:
            await reports.add(reader, site.id, comment_id, Report(bytes(16), Reason.ABUSE, HOSTILE))
    html = (await client.get("/console/reported")).text
    assert HOSTILE not in html
    assert "1 report" in words(html)
    assert "Abuse: 1" in words(html)

    seen = re.search(r'name="last_at" value="([^"]+)"', html)
    assert seen
    form = {"csrf": await csrf(client), "version": "2", "last_at": seen[1], "back": "/console/reported"}
    response = await client.post(f"/console/comments/{one}/dismissals", data=form, headers=OWN)
    text = await followed(client, response)
    assert "The comment by Bilal stays published." in text
    assert "First." not in text
    assert "Second." in text

    form = {**form, "action": "reject", "reason": "abuse"}
    form.pop("last_at")
    response = await client.post(f"/console/comments/{two}/decisions", data=form, headers=OWN)
    text = await followed(client, response)
    assert "Rejected the comment by Bilal as abuse." in text
    assert "No open reports." in text
    forged = {"csrf": "x", "version": "2"}
    response = await client.post(f"/console/comments/{one}/dismissals", data=forged, headers=OWN)
    assert response.status_code == 403


async def test_a_moderator_sees_what_an_author_changed(
    client: httpx2.AsyncClient, ctx: Context, site: Site, make_comment: MakeComment
) -> None:
    comment_id = await make_comment(text="The old bridge.")
    await own_comments.edit(ctx, site, Policy(), comment_id, f"The new bridge. {HOSTILE}", "192.0.2.0/24")
    html = (await client.get(f"/console/comments/{comment_id}")).text
    assert "<del>old</del><ins>new</ins>" in html
    assert HOSTILE not in html
    assert "Changed by its author" in words(html)
    assert "Changed by its author" in words((await client.get("/console")).text)


async def test_a_comment_that_was_taken_back_has_nothing_to_decide(
    client: httpx2.AsyncClient, ctx: Context, site: Site, make_comment: MakeComment
) -> None:
    comment_id = await make_comment()
    await decide(ctx, ANA, comment_id, Choice(Action.APPROVE, 1))
    await own_comments.withdraw(ctx, site, comment_id)
    html = (await client.get(f"/console/comments/{comment_id}")).text
    assert "Taken back by its author" in words(html)
    assert 'name="action"' not in html
    assert str(comment_id) not in (await client.get("/console/decided")).text


async def test_a_second_look_is_marked_in_the_queue_and_refused_to_who_decided(
    client: httpx2.AsyncClient, ctx: Context, site: Site, make_comment: MakeComment
) -> None:
    await add_ben(ctx)
    comment_id = await make_comment()
    await decide(ctx, ANA, comment_id, Choice(Action.REJECT, 1))
    await own_comments.appeal(ctx, site, comment_id)
    assert "Second look" in words((await client.get("/console")).text)
    form = {"csrf": await csrf(client), "version": "3", "action": "approve"}
    response = await client.post(f"/console/comments/{comment_id}/decisions", data=form, headers=OWN)
    assert response.status_code == 409
    assert "somebody else" in words(response.text)
