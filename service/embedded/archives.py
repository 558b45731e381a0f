"""Writes a database into a file and reads it back, with the programs of the wheel; any server will do.

Passwords go through the environment, for arguments can be seen by others. Of a failure only the SQLSTATE
is passed on: what PostgreSQL says of it may quote what somebody wrote.
"""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO
from urllib.parse import unquote, urlsplit

from service.embedded.binaries import find_binaries
from service.embedded.errors import EmbeddedPostgresError

# What is made anew by `prepare_schema` or belongs to the server, and not to what is kept.
_LEFT_OUT = re.compile(
    r"^\d+; \d+ \d+ (?:EXTENSION|SCHEMA|POLICY|ROW SECURITY|ACL|DEFAULT ACL|COMMENT - (?:EXTENSION|SCHEMA))\b"
)
# Newer programs write settings down that an older server does not know.
_UNKNOWN_TO_OLDER = b"SET transaction_timeout = 0;\n"
_HEAD_LINES = 40


class ArchiveFailed(EmbeddedPostgresError):
    """A dump or a restore ended before it was done; nothing was changed."""


def dump(dsn: str, target: Path, *, snapshot: str, without: Sequence[str]) -> None:
    """Write the schema `public` of the database at `dsn` into `target`, as that snapshot saw it.

    Of the tables `without` only the definition is written. Raises `ArchiveFailed`.
    """
    argv = [
        *("--format=custom", "--no-owner", "--no-acl", "--schema=public"),
        *(f"--snapshot={snapshot}", f"--file={target}"),
        *(f"--exclude-table-data=public.{table}" for table in without),
    ]
    done = subprocess.run(  # noqa: S603 - a fixed program with our own arguments
        [_program("pg_dump"), *argv, f"--dbname={_without_password(dsn)}"],
        env=_environment(dsn),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if done.returncode != 0:
        raise ArchiveFailed(
            f"The backup could not be made ({_last_line(done.stderr)}). Nothing was kept of it; put that "
            "right and try again."
        )


def restore(source: Path, dsn: str, *, first: str) -> None:
    """Run the SQL `first` and then all of `source` on the database at `dsn`, in one transaction.

    Raises `ArchiveFailed`; the database is as it was then.
    """
    with tempfile.NamedTemporaryFile("w", prefix="greenroom-", suffix=".list") as wanted:
        wanted.writelines(line for line in _contents(source) if not _LEFT_OUT.match(line))
        wanted.flush()
        argv = ["--no-owner", "--no-acl", f"--use-list={wanted.name}", "--file=-", str(source)]
        with subprocess.Popen(  # noqa: S603
            [_program("pg_restore"), *argv],
            env=_environment(""),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as reader:
            assert reader.stdout is not None
            complaint = _run_sql(dsn, first, reader.stdout)
            reader.stdout.close()
            unread = reader.wait() != 0
    if complaint is not None or unread:
        cause = complaint or f"{source} is damaged"
        raise ArchiveFailed(f"The backup could not be restored ({cause}). The database is as it was before.")


def _contents(source: Path) -> list[str]:
    done = subprocess.run(  # noqa: S603
        [_program("pg_restore"), "--list", str(source)],
        env=_environment(""),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise ArchiveFailed(f"{source} is no backup, or a damaged one. Take another one.")
    return done.stdout.splitlines(keepends=True)


def _run_sql(dsn: str, first: str, rest: IO[bytes]) -> str | None:
    """None where all of it was done; else why nothing was."""
    argv = ["--no-psqlrc", "--quiet", "--single-transaction", "--file=-"]
    settings = ["--set=ON_ERROR_STOP=1", "--set=VERBOSITY=sqlstate"]
    with subprocess.Popen(  # noqa: S603
        [_program("psql"), *argv, *settings, f"--dbname={_without_password(dsn)}"],
        env=_environment(dsn),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as writer:
        assert writer.stdin is not None
        assert writer.stderr is not None
        try:
            writer.stdin.write(first.encode() + b"\n")
            for _ in range(_HEAD_LINES):
                line = rest.readline()
                writer.stdin.write(line.replace(_UNKNOWN_TO_OLDER, b""))
            shutil.copyfileobj(rest, writer.stdin)
            writer.stdin.close()
        except BrokenPipeError:
            pass  # It gave up, and says why.
        said = writer.stderr.read()
        return None if writer.wait() == 0 else _last_line(said)


def _program(name: str) -> str:
    return str(find_binaries().bin_dir / name)


def _without_password(dsn: str) -> str:
    parts = urlsplit(dsn)
    before, at, host = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{before.partition(':')[0]}{at}{host}").geturl()


def _environment(dsn: str) -> dict[str, str]:
    password = urlsplit(dsn).password
    given = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "PGAPPNAME": "greenroom archive"}
    return given | ({"PGPASSWORD": unquote(password)} if password else {})


def _last_line(said: bytes) -> str:
    lines = [line for line in said.decode("utf-8", "replace").splitlines() if line.strip()]
    return lines[-1].strip() if lines else "it said nothing"
