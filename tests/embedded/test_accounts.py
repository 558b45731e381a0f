"""The server runs as an unprivileged user, whoever starts it and wherever its data lies."""

import asyncio
import os
import shutil
import socket
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from service.embedded import DataDirUnusable, Purpose, StartFailed, binaries, embedded_postgres, sockets
from service.embedded.credentials import Credentials
from service.embedded.layout import Layout
from tests.embedded.owners import ask, first_line, owner, running_on

NOBODY = 65534
STRANGER = 65533
IS_ROOT = os.geteuid() == 0


def uids_on(data_dir: Path) -> set[int]:
    return {Path(f"/proc/{pid}").stat().st_uid for pid in running_on(data_dir)}


async def test_no_server_process_runs_as_root(data_dir: Path) -> None:
    async with embedded_postgres(data_dir, purpose=Purpose.SERVE):
        uids = uids_on(data_dir)
        assert len(uids) == 1
        assert 0 not in uids


async def test_a_folder_of_somebody_else_is_not_taken_for_the_sockets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "_temporary_places", lambda: (Path("/tmp"),))
    layout = Layout(tmp_path / ("x" * 100))
    credentials = Credentials("a", "b", "c")
    folder = sockets.socket_folder(layout, credentials, None)
    folder.rmdir()
    folder.symlink_to(tmp_path)
    try:
        with pytest.raises(StartFailed, match="belongs to somebody else"):
            sockets.socket_folder(layout, credentials, None)
    finally:
        folder.unlink()


if IS_ROOT:

    @pytest.fixture
    def nobodys_folder() -> Iterator[Path]:
        """A folder below which `nobody` may do as they like."""
        folder = Path(tempfile.mkdtemp(prefix="greenroom-test-", dir="/tmp"))
        os.chown(folder, NOBODY, NOBODY)
        yield folder
        shutil.rmtree(folder)

    async def test_data_below_a_folder_only_root_may_enter_stays_there_and_no_mode_changes(
        tmp_path: Path,
    ) -> None:
        closed = tmp_path / "closed"
        closed.mkdir(mode=0o700)
        before = [stat.S_IMODE(folder.stat().st_mode) for folder in (closed, *closed.parents)]
        async with embedded_postgres(closed / "var", purpose=Purpose.SERVE) as server:
            assert await ask(server.app_dsn, "SELECT 1") == 1
            assert 0 not in uids_on(closed / "var")
        assert (closed / "var" / "postgres" / "PG_VERSION").exists()
        assert [stat.S_IMODE(folder.stat().st_mode) for folder in (closed, *closed.parents)] == before

    async def test_programs_that_only_root_may_reach_are_copied_once(
        data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nobodys_folder: Path
    ) -> None:
        found = binaries.find_binaries()
        for part in binaries.PARTS:
            if (found.root / part).exists():
                shutil.copytree(found.root / part, tmp_path / "venv" / part)
        hidden = binaries.Binaries(tmp_path / "venv", found.version, found.digest)
        public = nobodys_folder / "programs"
        nobodys_folder.chmod(0o755)
        monkeypatch.setattr("service.embedded.server.find_binaries", lambda: hidden)
        monkeypatch.setattr(binaries, "PUBLIC_PLACES", (public,))
        for _ in range(2):
            async with embedded_postgres(data_dir, purpose=Purpose.SERVE) as server:
                assert await ask(server.app_dsn, "SELECT 1") == 1
        assert len(list(public.iterdir())) == 1
        assert all(path.stat().st_uid == 0 for path in public.rglob("*"))

    async def test_a_copy_that_others_may_write_to_is_not_run(
        data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nobodys_folder: Path
    ) -> None:
        found = binaries.find_binaries()
        hidden = binaries.Binaries(tmp_path / "venv", found.version, found.digest)
        shutil.copytree(found.bin_dir, hidden.bin_dir)
        monkeypatch.setattr("service.embedded.server.find_binaries", lambda: hidden)
        monkeypatch.setattr(binaries, "PUBLIC_PLACES", (nobodys_folder,))
        with pytest.raises(StartFailed, match="cannot be run by the unprivileged user"):
            async with embedded_postgres(data_dir, purpose=Purpose.SERVE):
                pass

    async def test_another_local_user_cannot_reach_the_socket(data_dir: Path) -> None:
        async with embedded_postgres(data_dir, purpose=Purpose.SERVE) as server:
            folder = parse_qs(urlsplit(server.app_dsn).query)["host"][0]
            child = os.fork()
            if child == 0:
                os.setgroups([])
                os.setgid(STRANGER)
                os.setuid(STRANGER)
                try:
                    socket.socket(socket.AF_UNIX).connect(f"{folder}/.s.PGSQL.5432")
                except PermissionError:
                    os._exit(0)
                except OSError:
                    os._exit(2)
                os._exit(1)
            _, status = await asyncio.to_thread(os.waitpid, child, 0)
            assert os.waitstatus_to_exitcode(status) == 0

    async def test_an_ordinary_user_runs_the_server_as_themselves(nobodys_folder: Path) -> None:
        with owner(nobodys_folder / "var", uid=NOBODY) as process:
            dsn = await first_line(process)
            assert await ask(dsn, "SELECT 1") == 1
            assert uids_on(nobodys_folder / "var") == {NOBODY}
        assert running_on(nobodys_folder / "var") == []
        assert stat.S_IMODE((nobodys_folder / "var").stat().st_mode) == 0o700

    async def test_root_and_the_folders_owner_can_take_turns(nobodys_folder: Path) -> None:
        data_dir = nobodys_folder / "var"
        for uid in (NOBODY, 0, NOBODY):
            with owner(data_dir, uid=uid) as process:
                assert await ask(await first_line(process), "SELECT 1") == 1
                assert uids_on(data_dir) == {NOBODY}

    async def test_a_restored_copy_that_belongs_to_root_is_given_to_the_server(data_dir: Path) -> None:
        for folder, _, names in os.walk(data_dir):
            for path in (folder, *(os.path.join(folder, name) for name in names)):
                os.chown(path, 0, 0)
        async with embedded_postgres(data_dir, purpose=Purpose.SERVE) as server:
            assert await ask(server.app_dsn, "SELECT 1") == 1

    async def test_an_ordinary_user_is_told_whose_the_data_is(data_dir: Path, nobodys_folder: Path) -> None:
        shutil.move(data_dir, nobodys_folder / "var")
        os.chown(nobodys_folder / "var", NOBODY, NOBODY)
        for path in (nobodys_folder / "var").iterdir():
            if path.name != "postgres":
                os.chown(path, NOBODY, NOBODY)
        os.chown(nobodys_folder / "var" / "postgres", STRANGER, STRANGER)
        with owner(nobodys_folder / "var", uid=NOBODY) as process:
            assert "belongs to user 65533" in await first_line(process)

    async def test_a_folder_that_may_not_be_written_is_explained_to_an_ordinary_user(
        nobodys_folder: Path,
    ) -> None:
        (nobodys_folder / "var").mkdir(mode=0o755)
        with owner(nobodys_folder / "var", uid=NOBODY) as process:
            said = await first_line(process)
        assert said.startswith("refused: The data folder")
        assert "GREENROOM_DATA_DIR" in said

else:

    async def test_a_folder_that_may_not_be_written_is_explained(tmp_path: Path) -> None:
        (tmp_path / "var").mkdir(mode=0o500)
        with pytest.raises(DataDirUnusable, match="GREENROOM_DATA_DIR"):
            async with embedded_postgres(tmp_path / "var", purpose=Purpose.SERVE):
                pass
