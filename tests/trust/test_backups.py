"""A backup is whole, holds no address, comes back as it was, and never brings back what was erased since."""

import json
import os
import subprocess
import time
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from service.app import open_context, prepare_keys, prepare_schema
from service.cli import archive
from service.cli.archive import BackupUnusable, back_up, bring_back, made_before, read_manifest
from service.cli.chores import back_up_when_due
from service.context import Context
from service.embedded import EmbeddedServer
from service.embedded.archives import ArchiveFailed
from service.embedded.binaries import find_binaries
from service.errors import Unauthenticated, Unavailable
from service.model.people import Scope
from service.model.privacy import Ended
from service.model.sites import Site
from service.screening.screener import Screener
from service.store.database import Connection
from service.usecases.end_again import end_again
from service.usecases.govern import add_site
from service.usecases.own_comments import withdraw
from service.usecases.tokens import add_token, principal_of
from service.vault import Ledger
from tests.cli.conftest import add_site as add_site_by_command
from tests.cli.conftest import answer, command
from tests.conftest import MakeComment, in_database
from tests.factories import ARTICLE, SITE_ORIGIN, a_body
from tests.planted import CANARY, traces
from tests.serving import serving

ADDRESS = CANARY


def silent(_sentence: str) -> None:
    """Nobody looks on."""


def test_what_authors_took_back_and_tokens_that_were_revoked_since_stay_so(tmp_path: Path) -> None:
    data, file = tmp_path / "data", tmp_path / "saved" / "one.dump"
    with serving(data, GREENROOM_SUBMISSION_BURST="100000") as running:
        add_site_by_command(data)
        with running.client() as client:
            bodies = [a_body(text=f"Number {number} says something of its own.") for number in range(3)]
            sent = [client.post("/v1/sites/daily/submissions", json=body).json() for body in bodies]
            stolen, kept = running.token("moderate"), running.token("moderate")
            approve = {"action": "approve", "version": 1}
            for each in sent:
                made = client.post(f"/v1/comments/{each['id']}/decisions", json=approve, headers=kept)
                assert made.status_code == 201
            answer(command("backup", str(file), "--json", data_dir=data))
            path = f"/v1/sites/daily/comments/{sent[1]['id']}"
            own = {"X-Author-Token": sent[1]["author_token"]}
            assert client.post(f"{path}/withdrawal", json={}, headers=own).status_code == 200
            token_id = stolen["Authorization"].split("_")[1]
            assert command("token", "revoke", token_id, data_dir=data).returncode == 0
            assert client.get("/v1/queue", headers=stolen).status_code == 401

    answer(command("restore", str(file), "--json", data_dir=data))
    with serving(data) as running, running.client() as client:
        assert client.get("/v1/queue", headers=stolen).status_code == 401
        assert client.get("/v1/queue", headers=kept).status_code == 200
        shown = client.get("/v1/sites/daily/thread", params={"page": ARTICLE}).json()
        assert {each["text"].split()[1] for each in shown["comments"]} == {"0", "2"}
        assert client.get(path, headers=own).json()["status"] == "removed"


async def test_t82_a_dump_has_no_address_and_no_session(
    ctx: Context, make_comment: MakeComment, owner_dsn: str, tmp_path: Path
) -> None:
    await make_comment(email=ADDRESS)
    file = tmp_path / "one.dump"
    made = await back_up(owner_dsn, file, silent)
    assert made.tables["contact"].rows == 1
    assert not {"session", "outbox", "privacy_request"} & made.tables.keys()
    assert file.stat().st_mode & 0o777 == 0o600
    plain = subprocess.check_output([_program("pg_restore"), "--file=-", str(file)], text=True)
    assert "COPY public.contact" in plain
    for place in (plain, file.read_bytes().decode("latin-1"), archive.manifest_of(file).read_text()):
        for trace in [*traces(ADDRESS), "192.0.2."]:
            assert trace.lower() not in place.lower()


async def test_what_comes_back_is_what_was_saved_and_a_difference_is_noticed(
    ctx: Context, make_comment: MakeComment, owner_dsn: str, conn: Connection, tmp_path: Path
) -> None:
    for number in range(3):
        await make_comment(text=f"Number {number}. Ünïcode, 'quotes' and \\backslashes.")
    file = tmp_path / "one.dump"
    made = await back_up(owner_dsn, file, silent)
    await conn.execute("UPDATE comment SET text = 'changed'")
    await make_comment()
    await ctx.db.close()
    await bring_back(file, read_manifest(file), owner_dsn, silent)
    assert await conn.fetchval("SELECT count(*) FROM comment WHERE text LIKE 'Number%'") == 3

    manifest = archive.manifest_of(file)
    body = json.loads(manifest.read_text())
    body["tables"]["comment"]["checksum"] = "1"
    manifest.write_text(json.dumps(body))
    with pytest.raises(BackupUnusable, match="differs from the manifest in comment"):
        await bring_back(file, read_manifest(file), owner_dsn, silent)
    assert made.bytes == file.stat().st_size


async def test_an_older_backup_is_led_to_this_release_in_another_database(
    ctx: Context,
    make_comment: MakeComment,
    owner_dsn: str,
    server: EmbeddedServer,
    screener: Screener,
    tmp_path: Path,
) -> None:
    await make_comment(email=ADDRESS)
    file = tmp_path / "one.dump"
    await back_up(owner_dsn, file, silent)
    admin = await asyncpg.connect(in_database(server.admin_dsn, "postgres"))
    await admin.execute("DROP DATABASE IF EXISTS other WITH (FORCE)")
    await admin.execute("CREATE DATABASE other OWNER greenroom_owner")
    await admin.close()
    owner, app = in_database(server.owner_dsn, "other"), in_database(server.app_dsn, "other")
    await bring_back(file, read_manifest(file), owner, silent)
    await prepare_schema(owner, app)
    async with open_context(ctx.settings, app, screener) as there:
        await add_site(there, "weekly", [SITE_ORIGIN], actor="test")


@pytest.mark.parametrize("how", ["cut", "changed", "no manifest", "not a dump", "nothing"])
async def test_a_damaged_backup_is_refused_and_the_database_is_as_it_was(
    ctx: Context, make_comment: MakeComment, owner_dsn: str, conn: Connection, tmp_path: Path, how: str
) -> None:
    await make_comment()
    file = tmp_path / "one.dump"
    await back_up(owner_dsn, file, silent)
    match how:
        case "cut":
            os.truncate(file, file.stat().st_size // 2)
        case "changed":
            file.write_bytes(file.read_bytes()[:-1] + b"x")
        case "no manifest":
            archive.manifest_of(file).unlink()
        case "nothing":
            file.unlink()
        case _:
            file.write_text("hello")
    with pytest.raises(BackupUnusable):
        read_manifest(file)
    if how == "cut":
        manifest = json.loads(archive.manifest_of(file).read_text())
        manifest["sha256"] = archive._digest(file)
        archive.manifest_of(file).write_text(json.dumps(manifest))
        with pytest.raises(ArchiveFailed, match=r"as it was before|damaged"):
            await bring_back(file, read_manifest(file), owner_dsn, silent)
    assert await conn.fetchval("SELECT count(*) FROM comment") == 1


def test_another_key_ring_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    data, file = tmp_path / "data", tmp_path / "one.dump"
    add_site_by_command(data)
    assert command("backup", str(file), data_dir=data).returncode == 0
    ring = data / "keys" / "ring.json"
    ring.rename(tmp_path / "ring.json")
    refused = command("restore", str(file), "--yes", data_dir=data)
    assert (refused.returncode, "does not fit this backup" in refused.stderr) == (1, True)
    (tmp_path / "ring.json").rename(ring)
    again = command("backup", str(file), data_dir=data)
    assert (again.returncode, "is there already" in again.stderr) == (1, True)
    nowhere = command("backup", "/proc/nowhere/one.dump", data_dir=data)
    assert (nowhere.returncode, "cannot be written" in nowhere.stderr) == (1, True)


async def test_the_chore_backs_up_when_it_is_time_and_keeps_so_many(
    ctx: Context, owner_dsn: str, tmp_path: Path
) -> None:
    settings = ctx.settings.model_copy(update={"backup_keep": 2, "backup_folder": tmp_path / "saved"})
    ctx = type(ctx)(ctx.db, ctx.vault, ctx.screener, ctx.clock, settings)
    prepare_keys(settings)
    assert await back_up_when_due(owner_dsn, ctx) == 0
    day_ago = time.time() - 25 * 3600
    os.utime(settings.own_key_file, (day_ago, day_ago))
    assert await back_up_when_due(owner_dsn, ctx) == 1
    assert await back_up_when_due(owner_dsn, ctx) == 0
    for number in (1, 2, 3):
        await back_up(owner_dsn, tmp_path / "saved" / f"greenroom-2020010{number}T000000Z.dump", silent)
    for file in made_before(tmp_path / "saved"):
        os.utime(file, (day_ago, day_ago))
    (tmp_path / "saved" / ".greenroom-x.dump.part").touch()
    assert await back_up_when_due(owner_dsn, ctx) == 1
    assert len(made_before(tmp_path / "saved")) == 2


def _program(name: str) -> str:
    return str(find_binaries().bin_dir / name)


async def test_a_start_ends_again_what_the_ledger_has_and_once_only(
    ctx: Context, make_comment: MakeComment, conn: Connection
) -> None:
    comment_id, other = await make_comment(), await make_comment(text="Another one.")
    token = await add_token(ctx, [Scope.READ], actor="test")
    ledger = Ledger(ctx.settings.own_ledger)
    for ended in (Ended("withdrawn", 1, str(comment_id)), Ended("revoked", 0, token[3:11])):
        ledger.end(ended)
    # What is no line of ours, or of something that this database never had, does no harm.
    ledger.end(Ended("withdrawn", 1, str(uuid4())))
    ledger.end(Ended("withdrawn", 1, "no id"))
    with ledger.path.open("ab") as file:
        file.write(b'{"site": 1}\nnot json\n[]\n{"revoked": ')
    assert [await end_again(ctx), await end_again(ctx)] == [2, 0]
    gone = await conn.fetch("SELECT id FROM comment WHERE gone_because = 'withdrawn'")
    assert [row["id"] for row in gone] == [comment_id]
    assert other not in {row["id"] for row in gone}
    with pytest.raises(Unauthenticated):
        await principal_of(ctx, token)
    assert ledger.read() == []


async def test_what_cannot_be_written_down_is_not_taken_back(
    ctx: Context, site: Site, make_comment: MakeComment, conn: Connection
) -> None:
    comment_id = await make_comment()
    ctx.settings.own_ledger.mkdir(parents=True)
    with pytest.raises(Unavailable):
        await withdraw(ctx, site, comment_id)
    assert await conn.fetchval("SELECT gone_at FROM comment") is None
