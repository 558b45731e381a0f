"""Who asks for it leaves published texts behind, which nothing ties to them or to one another any more."""

import re
from collections.abc import Callable
from uuid import UUID, uuid4

import httpx2
import pytest

from service.app import open_context
from service.context import Context
from service.ids import new_id
from service.model.decisions import Action, Choice
from service.model.email import parse_email
from service.model.privacy import Erased, Mode
from service.model.sites import Site
from service.screening.screener import Screener
from service.store.database import Connection
from service.usecases import erase as erasing
from service.usecases.decide import decide
from service.usecases.erase import erase, finish_erasures
from service.usecases.learn import learn_all
from service.vault import Ledger
from service.web.drawing.privacy import naming_of
from service.web.http.state import State
from tests.conftest import Bearer, MakeComment
from tests.people import an_admin, ok
from tests.planted import CANARY
from tests.web.authors import ANA, SITE, approve, approved_elsewhere, reject, thread, write

ADDRESS, OTHER = CANARY, "somebody.else@feathers.example.com"
TEXTS = ("The ferry has been slower since spring.", "Nobody asked those who live there.", "It was the rain.")


async def anonymise(ctx: Context, site: Site, email: str = ADDRESS) -> Erased:
    return await erase(ctx, [site], parse_email(email), actor="test", naming=naming_of(Mode.ANONYMISE))


async def test_a_published_text_stays_and_everything_else_goes(
    client: httpx2.AsyncClient, ctx: Context, state: State, site: Site, conn: Connection
) -> None:
    published = await write(
        client, email=ADDRESS, name="Quetzal", text=TEXTS[0], website="https://q.example/"
    )
    telling = await write(client, email=ADDRESS, name="Quetzal", text="So says Quetzal.")
    rejected = await write(client, email=ADDRESS, name="Quetzal", text=TEXTS[1])
    await write(client, email=ADDRESS, name="Quetzal", text="It waits.")
    await approve(ctx, published)
    await approve(ctx, telling)
    answer = await write(client, email=OTHER, name="Bilal", text="Quite so.", parent=str(published.id))
    await approve(ctx, answer)
    await reject(ctx, rejected)
    assert {each["name"] for each in (await thread(client))["comments"]} == {"Quetzal", "Bilal"}

    erased = await anonymise(ctx, site)

    assert (erased.comments, erased.anonymised) == (4, 1)
    approved_elsewhere(state)
    found = await thread(client)
    shown = {each["text"]: (each["name"], each["website"]) for each in found["comments"]}
    assert shown == {TEXTS[0]: ("Anonymous", None), "Quite so.": ("Bilal", None)}
    assert found["count"] == await conn.fetchval("SELECT approved_count FROM page") == 2
    gone = await conn.fetch("SELECT text, gone_because FROM comment WHERE gone_at IS NOT NULL")
    assert [tuple(row) for row in gone] == [("", "erased")] * 3


async def test_nobody_can_tell_which_anonymised_comments_are_by_the_same_person(
    client: httpx2.AsyncClient, ctx: Context, site: Site, conn: Connection
) -> None:
    """Two are by one person and one by another: in no table do the two have anything that the third lacks."""
    authors = [
        await write(client, email=email, name=name, text=text)
        for email, name, text in zip(
            (ADDRESS, ADDRESS, OTHER), ("Quetzal", "Quetzal", "Bo"), TEXTS, strict=True
        )
    ]
    batch, network = uuid4(), b"n" * 16
    await conn.execute("UPDATE comment SET network = $1, campaign_id = id", network)
    for author in authors:
        await decide(ctx, ANA, author.id, Choice(Action.APPROVE, 1, note="Quetzal again."))
    await conn.execute("UPDATE comment SET campaign_id = $1", authors[0].id)
    await conn.execute("UPDATE decision SET batch_id = $1 WHERE comment_id <> $2", batch, authors[2].id)
    await learn_all(ctx)
    await conn.execute("DELETE FROM event")

    assert (await anonymise(ctx, site)).anonymised == 2
    assert (await anonymise(ctx, site, OTHER)).anonymised == 1

    ids = [author.id for author in authors]
    tables = await conn.fetch(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND column_name = 'comment_id'"
    )
    for table, key in [("comment", "id"), *(tuple(row) for row in tables)]:
        rows = {
            row[key]: row for row in await conn.fetch(f"SELECT * FROM {table} WHERE {key} = ANY($1)", ids)
        }
        assert len(rows) in {0, 3}, table
        for column in rows[ids[0]].keys() if rows else ():
            one, two, other = (rows[each][column] for each in ids)
            assert one != two or two == other, f"{table}.{column}"
    assert await conn.fetchval("SELECT count(batch_id) + count(note) FROM decision") == 0
    assert await conn.fetchval("SELECT count(*) FROM idempotency_key") == 0
    assert await conn.fetchval("SELECT count(*) FROM event") == 0


async def test_the_author_s_token_opens_nothing_any_more(
    client: httpx2.AsyncClient, ctx: Context, site: Site, conn: Connection
) -> None:
    author = await write(client, email=ADDRESS, text=TEXTS[0])
    await approve(ctx, author)
    await anonymise(ctx, site)
    assert (await client.get(author.path, headers=author.headers)).status_code == 404
    for verb, body in (("text", {"text": "Mine."}), ("withdrawal", {}), ("appeal", {})):
        answer = await author.act(verb, **body)
        assert (answer.status_code, answer.json()["code"]) == (404, "comment_not_found"), verb
    mine = {"page": "https://news.example/bridge", "mine": f"{author.id}.{author.token}"}
    assert ok(await client.post(f"{SITE}/own", json=mine)).json()["comments"] == []
    assert await conn.fetchval("SELECT text FROM comment") == TEXTS[0]


async def test_moderators_go_on_with_what_stays(
    client: httpx2.AsyncClient, ctx: Context, site: Site, conn: Connection
) -> None:
    author = await write(client, email=ADDRESS, text=TEXTS[0])
    await approve(ctx, author)
    complaint = {"reason": "abuse", "note": "Quetzal wrote this."}
    assert (await client.post(f"{author.path}/reports", json=complaint)).status_code == 202
    await anonymise(ctx, site)
    assert tuple(await conn.fetchrow("SELECT reason, note FROM report") or ()) == ("abuse", None)
    await reject(ctx, author, await conn.fetchval("SELECT version FROM comment"))
    await learn_all(ctx)
    assert (await thread(client))["comments"] == []


async def test_what_was_to_be_deleted_is_deleted_though_less_is_asked_for_afterwards(
    ctx: Context, site: Site, conn: Connection, make_comment: MakeComment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasing, "_BATCH", 1)

    async def published(text: str) -> None:
        await decide(ctx, ANA, await make_comment(email=ADDRESS, text=text), Choice(Action.APPROVE, 1))

    for text in TEXTS[:2]:
        await published(text)

    def cut(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await erase(ctx, [site], parse_email(ADDRESS), actor="test", progress=cut)
    await published(TEXTS[2])
    assert (await anonymise(ctx, site)).anonymised == 1
    assert [row["text"] for row in await conn.fetch("SELECT text FROM comment ORDER BY id")] == [
        "",
        "",
        TEXTS[2],
    ]
    assert await finish_erasures(ctx) == 0


@pytest.mark.parametrize("forget", [lambda line: line, lambda line: re.sub(r', "called": "[^"]*"', "", line)])
async def test_a_restore_is_held_to_what_was_chosen_and_to_deleting_where_that_is_lost(
    ctx: Context,
    site: Site,
    app_dsn: str,
    conn: Connection,
    make_comment: MakeComment,
    screener: Screener,
    forget: Callable[[str], str],
) -> None:
    comment_id = await make_comment(email=ADDRESS, text=TEXTS[0], name="Quetzal")
    await decide(ctx, ANA, comment_id, Choice(Action.APPROVE, 1))
    kept = await conn.fetchrow("SELECT * FROM contact")
    await anonymise(ctx, site)
    assert kept
    await conn.execute("INSERT INTO contact VALUES ($1, $2, $3, $4, $5)", *kept.values())
    await conn.execute("UPDATE comment SET name = 'Quetzal', anonymised = false")
    await conn.execute("DELETE FROM erasure")
    ledger = ctx.settings.own_ledger
    ledger.write_text(forget(ledger.read_text()))

    async with open_context(ctx.settings, app_dsn, screener):
        found = await conn.fetchrow("SELECT name, text, anonymised, gone_because FROM comment")
    stays = '"called"' in ledger.read_text()
    assert tuple(found or ()) == (("Anonymous", TEXTS[0], True, None) if stays else ("", "", False, "erased"))
    assert await conn.fetchval("SELECT count(*) FROM contact") == 0


async def test_a_lost_ledger_remembers_what_was_chosen(
    ctx: Context, site: Site, app_dsn: str, make_comment: MakeComment, screener: Screener
) -> None:
    await make_comment(email=ADDRESS)
    await anonymise(ctx, site)
    ledger = ctx.settings.own_ledger
    before = Ledger(ledger).read()
    ledger.unlink()
    async with open_context(ctx.settings, app_dsn, screener):
        pass
    assert Ledger(ledger).read() == before
    assert [each.called for each in before] == ["Anonymous"]


@pytest.fixture
async def published(ctx: Context, make_comment: MakeComment) -> UUID:
    comment_id = await make_comment(email=ADDRESS, text=TEXTS[0], name="Quetzal")
    await decide(ctx, ANA, comment_id, Choice(Action.APPROVE, 1))
    return comment_id


async def test_admins_choose_over_the_api_and_in_the_console(
    client: httpx2.AsyncClient, ctx: Context, site: Site, bearer: Bearer, published: UUID, conn: Connection
) -> None:
    admin = await an_admin(ctx)
    page = ok(await client.get("/console/privacy", headers=admin)).text
    token = re.search(r'name="csrf" value="([^"]+)"', page)
    assert token
    assert re.search(r'value="delete" checked', page)
    form = {"csrf": token[1], "site": "daily", "email": ADDRESS, "act": "erase", "sure": "on"}
    done = ok(await client.post("/console/privacy", data={**form, "mode": "anonymise"}, headers=admin))
    assert "Comments erased: 1. Of these, texts that stay without a name: 1." in done.text
    assert await conn.fetchval("SELECT name FROM comment WHERE id = $1", published) == "Anonymous"

    path, headers = "/v1/sites/daily/privacy/erasure", await bearer("admin", site_id=site.id)
    again = ok(await client.post(path, json={"email": ADDRESS, "mode": "anonymise"}, headers=headers)).json()
    assert (again["comments"], again["anonymised"]) == (0, 0)
    refused = await client.post(path, json={"email": ADDRESS, "mode": str(new_id())}, headers=headers)
    assert refused.status_code == 422
