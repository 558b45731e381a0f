"""Keys against the database: the wrong ring is refused, and a rotation reaches every row in the end."""

import dataclasses
from uuid import UUID

import pytest

from service.context import Context
from service.errors import FieldRefused, WrongKey
from service.model.email import parse_email
from service.model.people import Rights, Role
from service.model.sites import Site
from service.store.database import Connection
from service.usecases import moderators, second_factor
from service.usecases.keys import check_keys, count_due, reseal
from service.vault import CannotOpen, KeyFile, MasterKey, Vault
from tests.factories import a_delivery, a_submission, submitted
from tests.people import a_moderator


def with_keys(ctx: Context, *keys: MasterKey) -> Context:
    return dataclasses.replace(ctx, vault=Vault(lambda: keys))


def rotated(ctx: Context) -> Context:
    """The context of a process that began after a rotation."""
    KeyFile(ctx.settings.own_key_file).rotate()
    return with_keys(ctx, *KeyFile(ctx.settings.own_key_file).keys())


def silent(_done: int) -> None:
    """Nobody looks on."""


async def some_comments(ctx: Context, site: Site, count: int) -> dict[UUID, str]:
    """Comments by id, with the address of each."""
    addresses = [f"reader-{number}@example.com" for number in range(count)]
    return {
        await submitted(ctx, site, a_submission(email=address), a_delivery()): address
        for address in addresses
    }


async def opened(ctx: Context, conn: Connection) -> dict[UUID, str]:
    rows = await conn.fetch("SELECT * FROM contact")
    return {
        row["comment_id"]: ctx.vault.open(row["sealed"], site_id=row["site_id"], comment_id=row["comment_id"])
        for row in rows
    }


async def everything(conn: Connection) -> list[object]:
    return [
        await conn.fetch("SELECT * FROM key_check ORDER BY key_id"),
        await conn.fetch("SELECT * FROM contact ORDER BY comment_id"),
        await conn.fetchval("SELECT count(*) FROM audit_event"),
    ]


async def test_a_rotation_seals_every_address_anew(ctx: Context, site: Site, conn: Connection) -> None:
    given = await some_comments(ctx, site, 5)
    ctx = rotated(ctx)
    await check_keys(ctx)
    assert await count_due(ctx) == 5

    assert await reseal(ctx, actor="test", on_progress=silent) == (5, 0)

    assert await count_due(ctx) == 0
    newest_only = with_keys(ctx, *[key for key in KeyFile(ctx.settings.own_key_file).keys() if key.id == 2])  # noqa: SIM118
    assert await opened(newest_only, conn) == given
    for row in await conn.fetch("SELECT * FROM contact"):
        assert [row["digest"]] == newest_only.vault.digests(parse_email(given[row["comment_id"]]), site.id)


async def test_a_rotation_leaves_an_audit_event_and_can_be_run_again(
    ctx: Context, site: Site, conn: Connection
) -> None:
    await some_comments(ctx, site, 2)
    ctx = rotated(ctx)
    await reseal(ctx, actor="test", on_progress=silent)
    assert await reseal(ctx, actor="test", on_progress=silent) == (0, 0)
    events = await conn.fetch(
        "SELECT target, after FROM audit_event WHERE action = 'keys.rotated' ORDER BY id"
    )
    assert [tuple(event) for event in events] == [("key 2", "2"), ("key 2", "0")]


async def test_a_rotation_that_was_cut_short_goes_on_where_it_stopped(
    ctx: Context, site: Site, conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.usecases.keys._BATCH", 2)
    given = await some_comments(ctx, site, 7)
    ctx = rotated(ctx)
    told: list[int] = []

    def cut(done: int) -> None:
        told.append(done)
        raise KeyboardInterrupt

    for left in (5, 3):
        with pytest.raises(KeyboardInterrupt):
            await reseal(ctx, actor="test", on_progress=cut)
        assert await count_due(ctx) == left
        assert await opened(ctx, conn) == given

    assert await reseal(ctx, actor="test", on_progress=told.append) == (3, 0)
    assert told == [2, 2, 2, 3]
    assert await count_due(ctx) == 0
    assert await opened(ctx, conn) == given


async def test_progress_is_told_after_each_batch(
    ctx: Context, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.usecases.keys._BATCH", 2)
    await some_comments(ctx, site, 4)
    told: list[int] = []
    await reseal(rotated(ctx), actor="test", on_progress=told.append)
    assert told == [2, 4, 4]


async def test_what_cannot_be_opened_is_counted_and_left_as_it_is(
    ctx: Context, site: Site, conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.usecases.keys._BATCH", 2)
    given = await some_comments(ctx, site, 5)
    one, two = list(given)[:2]
    # Two boxes change places: bound to their comments, neither opens any more.
    boxes = {row["comment_id"]: row["sealed"] for row in await conn.fetch("SELECT * FROM contact")}
    for target, source in ((one, two), (two, one)):
        await conn.execute("UPDATE contact SET sealed = $2 WHERE comment_id = $1", target, boxes[source])

    assert await reseal(rotated(ctx), actor="test", on_progress=silent) == (3, 2)
    rows = await conn.fetch("SELECT comment_id, sealed FROM contact WHERE key_id = 1")
    assert {row["comment_id"]: row["sealed"] for row in rows} == {one: boxes[two], two: boxes[one]}


async def test_an_address_that_today_s_rules_would_refuse_is_kept(
    ctx: Context, site: Site, conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = await some_comments(ctx, site, 1)

    def strict(_raw: str) -> None:
        raise FieldRefused("email.invalid", "Not any more.")

    monkeypatch.setattr("service.usecases.keys.parse_email", strict)
    ctx = rotated(ctx)
    assert await reseal(ctx, actor="test", on_progress=silent) == (1, 0)
    assert await opened(ctx, conn) == given


async def test_the_right_ring_passes_and_a_new_key_is_remembered(ctx: Context, conn: Connection) -> None:
    await check_keys(ctx)
    assert await conn.fetchval("SELECT array_agg(key_id) FROM key_check") == [1]
    await check_keys(rotated(ctx))
    assert await conn.fetchval("SELECT array_agg(key_id ORDER BY key_id) FROM key_check") == [1, 2]


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        ([MasterKey(1, b"w" * 32)], "key 1 is another one"),
        ([MasterKey(2, b"n" * 32), MasterKey(1, b"w" * 32)], "key 1 is another one"),
        ([MasterKey(2, b"n" * 32)], "key 1 is missing"),
    ],
)
async def test_a_ring_that_does_not_fit_is_refused_and_nothing_is_written(
    ctx: Context, site: Site, conn: Connection, keys: list[MasterKey], why: str
) -> None:
    await some_comments(ctx, site, 1)
    before = await everything(conn)
    with pytest.raises(WrongKey, match=why) as caught:
        await check_keys(with_keys(ctx, *keys))
    assert "backup" in caught.value.detail
    assert await everything(conn) == before


async def test_a_rotation_seals_second_factors_anew_too(ctx: Context, conn: Connection) -> None:
    irene = await a_moderator(ctx, "irene", Rights(Role.READER))
    made = await second_factor.enrol(ctx, irene)
    await a_moderator(ctx, "eve", Rights(Role.READER))
    await conn.execute("UPDATE moderator SET totp = '\\x01000100' WHERE name = 'eve'")
    newer = rotated(ctx)
    await check_keys(newer)
    await reseal(newer, actor="test", on_progress=silent)

    only_new = with_keys(newer, KeyFile(ctx.settings.own_key_file).keys()[0])
    found = second_factor.enrolment_of(only_new, await moderators.get(only_new, irene))
    assert found == made


async def test_a_second_factor_opens_for_its_owner_alone(ctx: Context, conn: Connection) -> None:
    irene, eve = [await a_moderator(ctx, name, Rights(Role.READER)) for name in ("irene", "eve")]
    await second_factor.enrol(ctx, irene)
    await conn.execute("UPDATE moderator SET totp = (SELECT totp FROM moderator WHERE name = 'irene')")
    with pytest.raises(CannotOpen):
        second_factor.enrolment_of(ctx, await moderators.get(ctx, eve))
