"""What is erased is erased everywhere, once for all: in every table, in what was learned, after a restore."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import httpx2
import pytest

from service.app import open_context
from service.context import Context, system_clock
from service.errors import Unavailable
from service.ids import new_id
from service.model.decisions import Action, Choice, Reason
from service.model.email import parse_email
from service.model.people import Principal, Scope
from service.model.privacy import Erasure, Mode
from service.model.rules import RuleKind
from service.model.screenings import Policy
from service.model.sites import Site
from service.screening.screener import Screener
from service.store.database import Connection
from service.usecases import erase as erasing
from service.usecases import own_comments
from service.usecases.decide import decide
from service.usecases.erase import erase, finish_erasures
from service.usecases.index_words import index_words
from service.usecases.learn import learn_all
from service.usecases.make_rule import NewRule, make_rule
from service.usecases.submit import submit
from service.vault import Ledger
from service.web.drawing.privacy import naming_of
from tests.conftest import Bearer, MakeComment
from tests.factories import a_delivery, a_submission, submitted
from tests.planted import CANARY, traces

ADDRESS = CANARY
# In everything that is written about this person, so that it can be searched for.
MARK = "Quetzalcoatlus"
UNMARKED = "The ferry has been slower since the spring."
ANA = Principal("ana", frozenset({Scope.MODERATE}), None)


async def a_life(ctx: Context, site: Site, client: httpx2.AsyncClient, headers: dict[str, str]) -> UUID:
    """A comment with everything that can follow from one, and a second one that waits."""
    said = a_submission(email=ADDRESS, name=MARK, text=f"{MARK} says so.", website=f"https://{MARK}.example/")
    sent = await submit(ctx, site, Policy(), said, a_delivery(key=b"key", key_is_explicit=True))
    await own_comments.edit(ctx, site, Policy(), sent.comment_id, f"{MARK} says so again.", "192.0.2.0/24")
    version = 2
    note = {"text": f"{MARK} again."}
    assert (
        await client.post(f"/v1/comments/{sent.comment_id}/notes", json=note, headers=headers)
    ).status_code == 201
    await decide(ctx, ANA, sent.comment_id, Choice(Action.APPROVE, version, note=f"{MARK} is right."))
    await learn_all(ctx)
    reported = {"reason": "other", "note": f"{MARK} is wrong."}
    path = f"/v1/sites/daily/comments/{sent.comment_id}/reports"
    assert (await client.post(path, json=reported)).status_code == 202
    rule = NewRule(RuleKind.AUTHOR, Action.REJECT, Reason.SPAM, 1, like=sent.comment_id)
    await make_rule(ctx, ANA, site, rule)
    await submit(
        ctx, site, Policy(), a_submission(email=ADDRESS, name=MARK, text=f"{MARK} waits."), a_delivery()
    )
    return sent.comment_id


async def whole(conn: Connection) -> dict[str, str]:
    """Every table, row by row, as text."""
    names = await conn.fetch(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    return {
        row["relname"]: str(await conn.fetchval(f"SELECT string_agg(t::text, '|') FROM {row['relname']} t"))
        for row in names
    }


@pytest.mark.parametrize("mode", Mode)
async def test_t32_nothing_is_left_in_any_table(
    ctx: Context, site: Site, client: httpx2.AsyncClient, bearer: Bearer, conn: Connection, mode: Mode
) -> None:
    comment_id = await a_life(ctx, site, client, await bearer("moderate"))
    unmarked = a_submission(email=ADDRESS, name=MARK, text=UNMARKED, website=f"https://{MARK}.example/")
    may_stay = await submitted(ctx, site, unmarked, a_delivery())
    await decide(ctx, ANA, may_stay, Choice(Action.APPROVE, 1, note=f"{MARK} is right again."))
    await index_words(replace(ctx, clock=lambda: system_clock() + timedelta(minutes=1)))
    digests = [digest.hex() for digest in ctx.vault.digests(parse_email(ADDRESS), site.id)]
    before = await whole(conn)
    holding = {name for name, text in before.items() if MARK.lower() in text.lower() or digests[0] in text}
    assert holding >= {
        "comment",
        "contact",
        "revision",
        "note",
        "decision",
        "report",
        "rule",
        "link",
        "search",
    }

    erased = await erase(ctx, [site], parse_email(ADDRESS), actor="test", naming=naming_of(mode))
    await learn_all(ctx)

    stays = mode is Mode.ANONYMISE
    assert (erased.comments, erased.anonymised) == (3, stays)
    assert await conn.fetchval("SELECT count(*) FROM comment WHERE text = $1", UNMARKED) == stays
    rows = {name: count for name, count in (erased.rows or {}).items() if count}
    assert rows.keys() >= {"contact", "link", "lesson", "revision", "report", "note", "rule"}
    for name, text in (await whole(conn)).items():
        for trace in [MARK, *traces(ADDRESS)]:
            assert trace.lower() not in text.lower(), f"{trace} is in {name}"
        if name != "erasure":
            assert digests[0] not in text, f"the digest is in {name}"
    assert await conn.fetchval("SELECT count(*) FROM idempotency_key WHERE comment_id = $1", comment_id) == 0


async def test_what_the_learner_knew_of_them_it_has_never_known(
    ctx: Context, site: Site, conn: Connection, make_comment: MakeComment
) -> None:
    async def taught(number: int, email: str) -> None:
        text = f"{'Cheap pills' if number % 3 == 0 else 'The bridge'} {number} {number * 7}"
        comment_id = await make_comment(text=text, email=email)
        spam = Choice(Action.REJECT, 1, Reason.SPAM)
        await decide(ctx, ANA, comment_id, spam if number % 3 == 0 else Choice(Action.APPROVE, 1))
        await conn.execute("UPDATE comment SET campaign_id = NULL")

    for number in range(36):
        await taught(number, "others@example.com")
    await learn_all(ctx)
    sql = "SELECT weights, spam, ham FROM learner"
    without = await conn.fetchrow(sql)
    for number in range(100, 112):
        await taught(number, ADDRESS)
    await learn_all(ctx)
    assert await conn.fetchrow(sql) != without

    await erase(ctx, [site], parse_email(ADDRESS), actor="test")
    await learn_all(ctx)
    assert await conn.fetchrow(sql) == without


async def test_an_erasure_that_was_cut_short_is_finished(
    ctx: Context, site: Site, conn: Connection, make_comment: MakeComment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasing, "_BATCH", 2)
    for number in range(5):
        await make_comment(email=ADDRESS, text=f"Number {number}.")

    def cut(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await erase(ctx, [site], parse_email(ADDRESS), actor="test", progress=cut)
    assert await conn.fetchval("SELECT count(*) FROM contact") == 3
    assert await finish_erasures(ctx) == 3
    assert await conn.fetchval("SELECT count(*) FROM contact") == 0
    assert await conn.fetchval("SELECT count(*) FROM comment WHERE gone_because = 'erased'") == 5
    assert await finish_erasures(ctx) == 0
    told = await conn.fetch("SELECT actor FROM audit_event WHERE action = 'privacy.erased'")
    assert [row["actor"] for row in told] == ["erasure"]


async def test_a_restored_database_is_held_to_the_ledger_before_anybody_is_served(
    ctx: Context, site: Site, app_dsn: str, conn: Connection, make_comment: MakeComment, screener: Screener
) -> None:
    """As if it were from before the erasure: comments and contacts are back, and the erasure is unknown."""
    await make_comment(email=ADDRESS, text="Before.")
    saved = {name: await conn.fetch(f"SELECT * FROM {name}") for name in ("comment", "contact")}
    await erase(ctx, [site], parse_email(ADDRESS), actor="test")
    await conn.execute("DELETE FROM erasure")
    await conn.execute("UPDATE comment SET gone_at = NULL, gone_because = NULL, name = 'x', text = 'Before.'")
    await conn.executemany(
        "INSERT INTO contact VALUES ($1, $2, $3, $4, $5)", [tuple(row.values()) for row in saved["contact"]]
    )
    await make_comment(email=ADDRESS, text="Since.")

    async with open_context(ctx.settings, app_dsn, screener):
        texts = await conn.fetch("SELECT text, gone_because FROM comment ORDER BY id")
    assert [tuple(row) for row in texts] == [("", "erased"), ("Since.", None)]
    assert await conn.fetchval("SELECT count(*) FROM erasure WHERE done_at IS NOT NULL") == 1


async def test_a_lost_ledger_is_written_anew_from_the_table(
    ctx: Context, site: Site, app_dsn: str, make_comment: MakeComment, screener: Screener
) -> None:
    await make_comment(email=ADDRESS)
    await erase(ctx, [site], parse_email(ADDRESS), actor="test")
    before = ctx.settings.own_ledger.read_text()
    ctx.settings.own_ledger.unlink()
    async with open_context(ctx.settings, app_dsn, screener):
        pass
    assert ctx.settings.own_ledger.read_text() == before
    assert not any(trace in before for trace in traces(ADDRESS))
    assert ctx.settings.own_ledger.stat().st_mode & 0o777 == 0o600


async def test_without_a_ledger_nothing_is_erased(
    ctx: Context, site: Site, conn: Connection, make_comment: MakeComment, tmp_path: Path
) -> None:
    await make_comment(email=ADDRESS)
    (tmp_path / "file").write_text("")
    settings = ctx.settings.model_copy(update={"erasure_ledger": tmp_path / "file" / "erasures.jsonl"})
    with pytest.raises(Unavailable, match="GREENROOM_ERASURE_LEDGER"):
        await erase(replace(ctx, settings=settings), [site], parse_email(ADDRESS), actor="test")
    assert await conn.fetchval("SELECT count(*) FROM contact") == 1
    assert await conn.fetchval("SELECT count(*) FROM erasure") == 0


async def test_a_torn_line_of_the_ledger_hides_no_other(tmp_path: Path, ctx: Context) -> None:
    ledger = Ledger(tmp_path / "ledger.jsonl")
    assert ledger.read() == []
    one, two = [
        Erasure(1, new_id(), (b"d" * 16, b"e" * 16), new_id(), ctx.clock(), called)
        for called in (None, "مجهول")
    ]
    ledger.append([one])
    with ledger.path.open("ab") as file:
        file.write(b'{"site": 1, "id": "0193')
    assert ledger.read() == [one]
    ledger.append([two])
    assert ledger.read() == [one, two]


async def test_erasing_twice_and_erasing_nothing_are_no_mistakes(
    ctx: Context, site: Site, make_comment: MakeComment
) -> None:
    await make_comment(email=ADDRESS)
    counts = [
        (await erase(ctx, [site], parse_email(email), actor="test")).comments
        for email in (ADDRESS, ADDRESS, "nobody@example.com")
    ]
    assert counts == [1, 0, 0]


async def test_an_admin_exports_and_erases_over_the_api_and_the_trail_has_no_address(
    client: httpx2.AsyncClient, site: Site, bearer: Bearer, make_comment: MakeComment, conn: Connection
) -> None:
    comment_id = await make_comment(email=ADDRESS)
    headers = await bearer("admin", site_id=site.id)
    copy = await client.post(
        "/v1/sites/daily/privacy/export", json={"email": ADDRESS.upper()}, headers=headers
    )
    assert [c["id"] for c in copy.json()["sites"][0]["comments"]] == [str(comment_id)]
    gone = await client.post("/v1/sites/daily/privacy/erasure", json={"email": ADDRESS}, headers=headers)
    assert (gone.status_code, gone.json()["comments"]) == (200, 1)
    trail = await conn.fetch("SELECT * FROM audit_event WHERE action LIKE 'privacy.%' ORDER BY id")
    assert [row["action"] for row in trail] == ["privacy.exported", "privacy.erased"]
    assert not any(trace in str([tuple(row) for row in trail]).lower() for trace in traces(ADDRESS))
