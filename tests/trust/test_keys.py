"""What was tampered with is noticed, a wrong ring starts nothing, and no kill leaves a rotation undone."""

import signal
import subprocess
import sys
import time
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx2
import pytest

from service.app import open_context, prepare_keys, prepare_schema
from service.context import Context
from service.embedded import Purpose, embedded_postgres
from service.errors import WrongKey
from service.ids import new_id
from service.model.email import parse_email
from service.model.people import Rights, Role
from service.model.sites import Site
from service.settings import Settings
from service.store.database import Connection
from service.usecases.govern import add_site
from service.vault import CannotOpen, KeyFile, Vault
from tests.cli.conftest import answer, process
from tests.conftest import Bearer, MakeComment
from tests.factories import SITE_ORIGIN, a_delivery, a_submission, submitted
from tests.people import a_moderator, signed_in

ROWS = 6_000


async def many_contacts(conn: Connection, vault: Vault, site_id: int, model: UUID) -> None:
    """Copies of one comment, each with an address of its own, sealed as the service would."""
    ids = [new_id() for _ in range(ROWS)]
    columns = "page_id, depth, name, text, score, verdict"
    await conn.execute(
        f"INSERT INTO comment (site_id, id, root_id, {columns}) SELECT $1, i, i, {columns}"
        " FROM unnest($2::uuid[]) AS i, comment c WHERE c.id = $3",
        site_id,
        ids,
        model,
    )
    sealed = [
        vault.seal(parse_email(f"reader-{number}@example.com"), site_id=site_id, comment_id=each)
        for number, each in enumerate(ids)
    ]
    await conn.copy_records_to_table(
        "contact",
        records=[
            (site_id, each, box.box, box.digest, box.key_id) for each, box in zip(ids, sealed, strict=True)
        ],
        columns=["site_id", "comment_id", "sealed", "digest", "key_id"],
    )


async def killed_in_the_middle(conn: Connection, data: Path, key_id: int) -> int:
    """Begin a rotation and kill it once some rows have the new key; gives how many have."""
    argv = [sys.executable, "-m", "service", "keys", "rotate", "--data-dir", str(data)]
    child = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 60
    sql = "SELECT count(*) FROM contact WHERE key_id = $1"
    while not (done := int(await conn.fetchval(sql, key_id))) and child.poll() is None:
        assert time.monotonic() < until
    child.send_signal(signal.SIGKILL)
    child.wait()
    return done


async def test_t85_a_rotation_that_is_killed_twice_ends_with_no_row_under_an_old_key(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data", submission_burst=1_000)
    async with embedded_postgres(settings.data_dir, purpose=Purpose.SERVE) as server:
        await prepare_schema(server.owner_dsn, server.app_dsn)
        prepare_keys(settings)
        conn = await asyncpg.connect(server.owner_dsn)
        async with open_context(settings, server.app_dsn) as ctx:
            site = await add_site(ctx, "daily", [SITE_ORIGIN], actor="test")
            first = await submitted(ctx, site, a_submission(), a_delivery())
            await many_contacts(conn, ctx.vault, site.id, first)
        for key_id in (2, 3):
            done = await killed_in_the_middle(conn, settings.data_dir, key_id)
            assert 0 < done <= ROWS
            await all_open(conn, settings)
        last = answer(process("keys", "rotate", "--json", data_dir=settings.data_dir))
        assert (last["key"], last["unreadable"], last["left"]) == (4, 0, 0)
        assert await conn.fetchval("SELECT array_agg(DISTINCT key_id) FROM contact") == [4]
        await all_open(conn, settings)
        await conn.close()


async def all_open(conn: Connection, settings: Settings) -> None:
    vault = Vault(KeyFile(settings.own_key_file).keys)
    rows = await conn.fetch("SELECT site_id, comment_id, sealed FROM contact")
    assert len(rows) == ROWS + 1
    for row in rows:
        assert vault.open(row["sealed"], site_id=row["site_id"], comment_id=row["comment_id"])


@pytest.mark.parametrize("how", ["swapped", "one bit", "unknown key", "cut short"])
async def test_t83_what_was_tampered_with_does_not_open_and_the_queue_goes_on(
    client: httpx2.AsyncClient,
    ctx: Context,
    site: Site,
    bearer: Bearer,
    make_comment: MakeComment,
    conn: Connection,
    how: str,
) -> None:
    one, two = await make_comment(email="one@example.com"), await make_comment(email="two@example.com")
    sealed = {
        row["comment_id"]: row["sealed"] for row in await conn.fetch("SELECT comment_id, sealed FROM contact")
    }
    box: bytes = sealed[one]
    wrong = {
        "swapped": sealed[two],
        "one bit": box[:20] + bytes([box[20] ^ 1]) + box[21:],
        "unknown key": box[:1] + (99).to_bytes(2, "big") + box[3:],
        "cut short": box[:17],
    }[how]
    await conn.execute("UPDATE contact SET sealed = $2 WHERE comment_id = $1", one, wrong)

    with pytest.raises(CannotOpen):
        ctx.vault.open(wrong, site_id=site.id, comment_id=one)
    assert (await client.get("/v1/queue", headers=await bearer("read"))).status_code == 200
    who = await a_moderator(ctx, "dana", Rights(Role.MODERATOR, may_disclose=True))
    told = await client.post(
        f"/v1/comments/{one}/disclosures", json={"reason": "Asked."}, headers=await signed_in(ctx, who)
    )
    assert (told.status_code, "cannot be opened" in told.text) == (409, True)


async def test_t84_a_wrong_ring_starts_nothing_and_nothing_is_written(
    ctx: Context, site: Site, app_dsn: str, make_comment: MakeComment, conn: Connection, tmp_path: Path
) -> None:
    await make_comment()
    sums = "SELECT (SELECT count(*) FROM audit_event), (SELECT array_agg(digest) FROM key_check)"
    before = await conn.fetchrow(sums)
    other = Settings(data_dir=tmp_path / "other")
    prepare_keys(other)
    with pytest.raises(WrongKey, match="nothing was written"):
        async with open_context(other, app_dsn, ctx.screener):
            pass
    assert await conn.fetchrow(sums) == before
    assert not other.own_ledger.exists()
