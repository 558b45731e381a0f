"""People see and erase what is kept under their address, once a mail has proved that it is theirs."""

import asyncio
import re
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import httpx2
import pytest

from service.cli.chores import empty_outbox
from service.context import Context, system_clock
from service.model.decisions import Action, Choice, Reason
from service.model.people import Principal, Scope
from service.model.sites import Site
from service.store.database import Connection
from service.usecases.decide import decide
from service.usecases.govern import add_site
from tests.conftest import MakeComment
from tests.factories import SITE_ORIGIN, a_delivery, a_submission, submitted
from tests.mailbox import Mailbox
from tests.planted import CANARY
from tests.trust.mail.conftest import HTML, client_of, link_for, without_mail

ADDRESS = CANARY
ANA = Principal("ana", frozenset({Scope.MODERATE}), None)


def _same(moment: datetime) -> datetime:
    return moment


async def everything(conn: Connection) -> list[object]:
    tables = ("comment", "contact", "privacy_request", "outbox", "erasure", "audit_event", "decision")
    return [
        await conn.fetch(
            f"SELECT * FROM {table} ORDER BY id"
            if table != "contact"
            else "SELECT * FROM contact ORDER BY comment_id"
        )
        for table in tables
    ]


async def test_a_copy_has_all_that_is_kept_and_nothing_of_others(
    client: httpx2.AsyncClient, ctx: Context, site: Site, mailbox: Mailbox, make_comment: MakeComment
) -> None:
    mine = await make_comment(email=ADDRESS, text="Mine.", website="https://me.example/")
    await make_comment(email="somebody.else@example.com", text="Not mine.")
    await decide(ctx, ANA, mine, Choice(Action.REJECT, 1, Reason.OFF_TOPIC))
    path = await link_for(client, ctx, mailbox, ADDRESS)
    answer = await client.post(f"{path}/export")

    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == 'attachment; filename="comments.json"'
    assert answer.headers["cache-control"] == "no-store"
    [found] = answer.json()["sites"]
    [comment] = found["comments"]
    assert (found["site"], comment["id"], comment["text"]) == ("daily", str(mine), "Mine.")
    assert (comment["name"], comment["website"]) == ("Bilal", "https://me.example/")
    assert [(d["action"], d["reason"], d["automatic"]) for d in comment["decisions"]] == [
        ("reject", "off_topic", False)
    ]
    assert '"ana"' not in answer.text
    assert "Not mine" not in answer.text


async def test_erasing_leaves_the_comment_s_place_and_nothing_else(
    client: httpx2.AsyncClient,
    ctx: Context,
    site: Site,
    mailbox: Mailbox,
    make_comment: MakeComment,
    conn: Connection,
) -> None:
    mine, other = await make_comment(email=ADDRESS), await make_comment(email="somebody@example.com")
    await decide(ctx, ANA, mine, Choice(Action.APPROVE, 1))
    path = await link_for(client, ctx, mailbox, ADDRESS)
    answer = await client.post(f"{path}/erasure")

    assert answer.status_code == 200
    assert answer.json()["comments"] == 1
    assert answer.json()["rows"]["contact"] == 1
    row = await conn.fetchrow("SELECT name, text, gone_because FROM comment WHERE id = $1", mine)
    assert tuple(row or ()) == ("", "", "erased")
    assert await conn.fetchval("SELECT approved_count FROM page") == 0
    assert await conn.fetchval("SELECT array_agg(comment_id) FROM contact") == [other]
    told = await conn.fetchrow(
        "SELECT actor, after FROM audit_event WHERE action = 'privacy.erased' AND site_id = $1", site.id
    )
    assert tuple(told or ()) == ("owner of the address", "1 comments")


async def test_t36_asking_answers_the_same_for_every_address(
    client: httpx2.AsyncClient, ctx: Context, mailbox: Mailbox, make_comment: MakeComment, conn: Connection
) -> None:
    await make_comment(email=ADDRESS)
    known = await client.post("/privacy", json={"email": ADDRESS})
    unknown = await client.post("/privacy", json={"email": "nobody@example.com"})
    assert (known.status_code, known.text) == (unknown.status_code, unknown.text)
    different = {"x-request-id", "date"}
    assert {k: v for k, v in known.headers.items() if k not in different} == {
        k: v for k, v in unknown.headers.items() if k not in different
    }
    assert await conn.fetchval("SELECT count(*) FROM outbox") == 2
    assert await empty_outbox(ctx) == 1
    assert mailbox.recipients == [ADDRESS]
    assert await conn.fetchval("SELECT count(*) FROM outbox") == 0


async def test_t45_opening_the_link_changes_nothing_however_often(
    client: httpx2.AsyncClient, ctx: Context, mailbox: Mailbox, make_comment: MakeComment, conn: Connection
) -> None:
    await make_comment(email=ADDRESS)
    path = await link_for(client, ctx, mailbox, ADDRESS)
    before = await everything(conn)
    for _ in range(50):
        assert (await client.get(path, headers=HTML)).status_code == 200
    assert (await client.head(path)).status_code == 200
    assert (await client.get(path, headers={"Purpose": "prefetch"})).status_code == 200
    assert (await client.get(f"{path}/erasure")).status_code == 405
    assert await everything(conn) == before


async def test_t46_the_link_works_once_for_three_days_and_for_nothing_else(
    client: httpx2.AsyncClient, ctx: Context, mailbox: Mailbox, make_comment: MakeComment
) -> None:
    await make_comment(email=ADDRESS)
    path = await link_for(client, ctx, mailbox, ADDRESS)
    late = replace(ctx, clock=lambda: system_clock() + timedelta(hours=73))
    async with client_of(late) as later:
        assert (await later.get(path)).status_code == 410
        assert (await later.post(f"{path}/erasure")).status_code == 410
    assert (await client.post(f"{path}/export")).status_code == 200
    for again in ("export", "erasure"):
        gone = await client.post(f"{path}/{again}")
        assert (gone.status_code, gone.json()["code"]) == (410, "link_gone")
    forged = path[:-1] + ("A" if path[-1] != "A" else "B")
    for wrong in (forged, "/privacy/nonsense", "/privacy/01932c07-0000-7000-8000-000000000001.1.x"):
        assert (await client.post(f"{wrong}/erasure")).status_code == 404


async def test_of_two_who_use_the_link_at_once_one_comes_too_late(
    client: httpx2.AsyncClient, ctx: Context, mailbox: Mailbox, make_comment: MakeComment
) -> None:
    await make_comment(email=ADDRESS)
    path = await link_for(client, ctx, mailbox, ADDRESS)
    answers = await asyncio.gather(*(client.post(f"{path}/erasure") for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 410, 410, 410, 410]


async def test_a_request_about_one_site_leaves_the_others_alone(
    client: httpx2.AsyncClient, ctx: Context, site: Site, mailbox: Mailbox, conn: Connection
) -> None:
    weekly = await add_site(ctx, "weekly", [SITE_ORIGIN], actor="test")
    for where in (site, weekly):
        await submitted(ctx, where, a_submission(email=ADDRESS), a_delivery())
    path = await link_for(client, ctx, mailbox, ADDRESS, site="weekly")
    await client.post(f"{path}/erasure")
    assert await conn.fetchval("SELECT array_agg(site_id) FROM contact") == [site.id]
    assert (await client.post("/privacy", json={"email": ADDRESS, "site": "nowhere"})).status_code == 404


async def test_the_pages_work_as_plain_forms_in_the_reader_s_language(
    client: httpx2.AsyncClient, ctx: Context, mailbox: Mailbox, make_comment: MakeComment
) -> None:
    await make_comment(email=ADDRESS)
    page = await client.get("/privacy", headers={**HTML, "Accept-Language": "ur-PK, en;q=0.5"})
    assert 'lang="ur" dir="rtl"' in page.text
    assert "script" not in page.text
    wrong = await client.post("/privacy", data={"email": "nobody", "lang": "de"}, headers=HTML)
    assert (wrong.status_code, "vollständige" in wrong.text) == (422, True)
    assert "nobody" not in wrong.text
    sent = await client.post("/privacy", data={"email": ADDRESS, "lang": "de"}, headers=HTML)
    assert sent.status_code == 303
    assert "unterwegs" in (await client.get(sent.headers["location"], headers=HTML)).text
    await empty_outbox(ctx)
    assert mailbox.mails[-1]["Subject"] == "Ihre Daten in Kommentaren"
    [path] = re.findall(r"http://testserver(/privacy/\S+)", mailbox.text())
    shown = await client.get(f"{path}?lang=de", headers=HTML)
    assert shown.text.count("<form") == 3
    assert shown.headers["referrer-policy"] == "no-referrer"
    assert shown.headers["x-robots-tag"] == "noindex"
    done = await client.post(f"{path}/erasure?lang=de", headers=HTML)
    assert "Kommentare: 1" in done.text
    assert "benutzt" in (await client.get(f"{path}?lang=de", headers=HTML)).text


async def test_the_owner_of_the_address_chooses_that_published_texts_stay(
    client: httpx2.AsyncClient, ctx: Context, mailbox: Mailbox, make_comment: MakeComment, conn: Connection
) -> None:
    comment_id = await make_comment(email=ADDRESS, name="Quetzal", text="The ferry is slow.")
    await decide(ctx, ANA, comment_id, Choice(Action.APPROVE, 1))
    path = await link_for(client, ctx, mailbox, ADDRESS)
    [action] = re.findall(r'action="([^"]+mode=anonymise)"', (await client.get(path, headers=HTML)).text)
    assert (await client.post(f"{path}/erasure?mode=nothing")).status_code == 422
    done = await client.post(action.replace("&amp;", "&"), headers=HTML)
    assert "Comments that stay without them: 1. Deleted: 0." in done.text
    assert await conn.fetchval("SELECT name FROM comment") == "Anonymous"


async def test_without_a_mail_server_it_says_so(ctx: Context, site: Site) -> None:
    async with client_of(without_mail(ctx)) as client:
        assert "sends no mails" in (await client.get("/privacy", headers=HTML)).text
        refused = await client.post("/privacy", json={"email": ADDRESS})
        assert (refused.status_code, refused.json()["code"]) == (409, "not_set_up")


async def test_a_network_and_an_address_are_limited_apart(
    client: httpx2.AsyncClient, ctx: Context, mailbox: Mailbox, make_comment: MakeComment, conn: Connection
) -> None:
    await make_comment(email=ADDRESS)
    answers = [await client.post("/privacy", json={"email": ADDRESS}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [202] * 5 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0
    # The fourth and the fifth were answered like the others, and no mail will go out for them.
    assert await conn.fetchval("SELECT count(*) FROM outbox") == 3


async def test_the_outbox_and_the_requests_show_no_address(
    client: httpx2.AsyncClient, make_comment: MakeComment, conn: Connection
) -> None:
    await make_comment(email=ADDRESS)
    await client.post("/privacy", json={"email": ADDRESS})
    for table in ("outbox", "privacy_request"):
        row = await conn.fetchrow(f"SELECT * FROM {table}")
        assert row
        assert ADDRESS.encode() not in b"".join(v for v in row.values() if isinstance(v, bytes))
    short = await conn.fetchval("SELECT octet_length(recipient) FROM outbox")
    await client.post("/privacy", json={"email": "a@b.co"})
    lengths = await conn.fetchval("SELECT array_agg(DISTINCT octet_length(recipient)) FROM outbox")
    assert lengths == [short]


@pytest.mark.parametrize(("answer", "left"), [("451 Later", 1), ("550 Nobody here", 0)])
async def test_what_the_mail_server_refuses_is_tried_again_or_given_up(
    client: httpx2.AsyncClient,
    ctx: Context,
    mailbox: Mailbox,
    make_comment: MakeComment,
    conn: Connection,
    answer: str,
    left: int,
) -> None:
    await make_comment(email=ADDRESS)
    await client.post("/privacy", json={"email": ADDRESS})
    mailbox.answer = answer
    assert await empty_outbox(ctx) == 0
    assert await empty_outbox(ctx) == 0
    row = await conn.fetchrow("SELECT attempts, failed_at, recipient, digest FROM outbox")
    assert row
    assert row["attempts"] == 1
    assert (row["failed_at"] is None) == bool(left)
    assert (row["recipient"] is None, row["digest"] is None) == (not left, not left)
    mailbox.answer = "250 OK"
    later = replace(ctx, clock=lambda: system_clock() + timedelta(minutes=2))
    assert await empty_outbox(later) == left


async def test_a_mail_server_that_is_away_delays_a_mail_for_hours_and_no_longer(
    client: httpx2.AsyncClient, ctx: Context, mailbox: Mailbox, make_comment: MakeComment, conn: Connection
) -> None:
    await make_comment(email=ADDRESS)
    await client.post("/privacy", json={"email": ADDRESS})
    away = replace(ctx, settings=ctx.settings.model_copy(update={"smtp_port": 1}))
    for hour in range(12):
        moment = system_clock() + timedelta(hours=3 * hour)
        await empty_outbox(replace(away, clock=partial(_same, moment)))
    row = await conn.fetchrow("SELECT attempts, failed_at, recipient FROM outbox")
    assert row
    assert (row["attempts"], row["failed_at"] is not None, row["recipient"]) == (8, True, None)


async def test_erasing_forgets_mails_and_requests_that_wait(
    client: httpx2.AsyncClient, ctx: Context, mailbox: Mailbox, make_comment: MakeComment, conn: Connection
) -> None:
    await make_comment(email=ADDRESS)
    path = await link_for(client, ctx, mailbox, ADDRESS)
    other = await link_for(client, ctx, mailbox, ADDRESS)
    await client.post("/privacy", json={"email": ADDRESS})
    await client.post(f"{path}/erasure")
    assert await conn.fetchval("SELECT count(*) FROM outbox") == 0
    assert await conn.fetchval("SELECT count(*) FROM privacy_request WHERE address IS NOT NULL") == 0
    assert (await client.get(other)).status_code == 410
