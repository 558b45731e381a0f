"""PostgreSQL clusters that can be killed, promoted and pooled, on free ports of loopback."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from service.embedded.binaries import find_binaries, runnable_by
from service.embedded.layout import Layout
from service.embedded.privileges import server_account

START_SECONDS = 30
NAME = "greenroom"
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "on",
    "synchronous_commit": "on",
    "shared_buffers": "32MB",
    "wal_level": "replica",
    "hot_standby": "on",
    "max_wal_senders": "4",
    "log_min_messages": "log",
}


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@contextmanager
def folder() -> Iterator[Path]:
    """A folder that the server's user owns, where root runs this; removed at the end."""
    made = Path(tempfile.mkdtemp(prefix="greenroom-faults-"))
    account = server_account(Layout(made))
    if account is not None:
        os.chown(made, account.uid, account.gid)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


class Cluster:
    """One cluster; `password` opens every role of it."""

    def __init__(self, home: Path, name: str, password: str | None = None) -> None:
        self.data, self.port = home / name, free_port()
        self.password = password or secrets.token_hex(16)
        account = server_account(Layout(home))
        # None: as ourselves.
        self.uid = account.uid if account else None
        self.gid = account.gid if account else None
        self._bin = runnable_by(account, find_binaries()).bin_dir
        self._log = home / f"{name}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def make(self) -> None:
        """A new cluster with our two roles and a database."""
        secret = self.data.with_suffix(".pw")
        secret.write_text(self.password)
        if self.uid is not None and self.gid is not None:
            os.chown(secret, self.uid, self.gid)
        choices = ("--auth=scram-sha-256", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        self._run("initdb", "-D", str(self.data), f"--pwfile={secret}", *choices)
        hosts = "host all all 127.0.0.1/32 scram-sha-256\nhost replication all 127.0.0.1/32 scram-sha-256\n"
        (self.data / "pg_hba.conf").write_text(hosts)

    def copy_from(self, primary: "Cluster") -> None:
        """A replica that follows `primary`."""
        dsn = f"host=127.0.0.1 port={primary.port} user=postgres password={primary.password}"
        self._run("pg_basebackup", "-D", str(self.data), "-d", dsn, "-R", "-X", "stream", "-c", "fast")

    def start(self, settings: Mapping[str, str] | None = None) -> None:
        """Start, and wait until it takes connections."""
        given = [f"{name}={value}" for name, value in {**_SETTINGS, **(settings or {})}.items()]
        argv = [str(self._bin / "postgres"), "-D", str(self.data), "-p", str(self.port)]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*argv, *(part for each in given for part in ("-c", each))],
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
                user=self.uid,
                group=self.gid,
            )
        until = time.monotonic() + START_SECONDS
        while not self._is_ready():
            assert self._process.poll() is None, self._log.read_text()[-2_000:]
            assert time.monotonic() < until, "the server does not start"
            time.sleep(0.05)

    def promote(self) -> None:
        """Make the replica a primary, and wait for it."""
        self._run("pg_ctl", "promote", "-D", str(self.data), "-w", "-t", "20")

    def stop(self, sign: signal.Signals = signal.SIGINT) -> None:
        """End it: at once but clean by default, or by another signal."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(sign)
            self._process.wait(30)

    @property
    def is_running(self) -> bool:
        """Whether its main process lives."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The main process."""
        assert self._process is not None
        return self._process.pid

    def dsn(self, role: str = "postgres", database: str = NAME, port: int | None = None) -> str:
        """The address of this cluster, or of what stands before it at another port."""
        return f"postgresql://{role}:{self.password}@127.0.0.1:{port or self.port}/{database}"

    def sql(self, statement: str, database: str = NAME) -> None:
        """Run a statement as the superuser."""
        self._run("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", statement, self.dsn(database=database))

    def add_database(self) -> None:
        """The roles and the database that the service expects."""
        for role in ("greenroom_owner", "greenroom_app"):
            self.sql(f"CREATE ROLE {role} LOGIN PASSWORD '{self.password}'", "postgres")
        self.sql(f"CREATE DATABASE {NAME} OWNER greenroom_owner", "postgres")
        self.sql("CREATE EXTENSION pg_trgm")

    def _is_ready(self) -> bool:
        lines: list[str] = []
        with suppress(OSError):
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        return len(lines) > 7 and lines[7].strip() == "ready"

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self._bin / program), *arguments],
            capture_output=True,
            text=True,
            cwd="/",
            timeout=120,
            check=False,
            user=self.uid,
            group=self.gid,
        )
        assert done.returncode == 0, done.stderr[-2_000:]


@contextmanager
def cluster(home: Path, name: str = "one", settings: Mapping[str, str] | None = None) -> Iterator[Cluster]:
    """A running cluster with the service's roles and an empty database."""
    made = Cluster(home, name)
    made.make()
    made.start(settings)
    try:
        made.add_database()
        yield made
    finally:
        made.stop(signal.SIGQUIT)


@contextmanager
def replica(home: Path, primary: Cluster, name: str = "two") -> Iterator[Cluster]:
    """A running replica of another cluster."""
    made = Cluster(home, name, primary.password)
    made.copy_from(primary)
    made.start()
    try:
        yield made
    finally:
        made.stop(signal.SIGQUIT)


@contextmanager
def pgbouncer(home: Path, before: Cluster, size: int = 4) -> Iterator[int]:
    """A PgBouncer in transaction mode before a cluster; gives its port."""
    program = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    assert program is not None, "PgBouncer is needed (Debian: apt install pgbouncer)"
    port, users = free_port(), home / "users.txt"
    users.write_text(
        "".join(f'"{role}" "{before.password}"\n' for role in ("greenroom_app", "greenroom_owner"))
    )
    settings = home / "pgbouncer.ini"
    settings.write_text(
        f"[databases]\n{NAME} = host=127.0.0.1 port={before.port}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n"
        f"listen_port = {port}\nunix_socket_dir =\nauth_type = scram-sha-256\nauth_file = {users}\n"
        f"pool_mode = transaction\ndefault_pool_size = {size}\nmax_client_conn = 200\n"
    )
    with (home / "pgbouncer.log").open("ab") as log:
        process = subprocess.Popen(
            [program, str(settings)],
            stdout=log,
            stderr=log,
            cwd="/",
            start_new_session=True,
            user=before.uid,
            group=before.gid,
        )
    try:
        _wait_for_port(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def _wait_for_port(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        assert process.poll() is None, "it ended"
        assert time.monotonic() < until, "it does not start"
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
