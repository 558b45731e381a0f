"""The service as a process of its own, on the embedded PostgreSQL or on a cluster."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, Literal

import httpx2

from faults.clusters import Cluster, free_port
from service.app import open_context
from service.embedded import Purpose, embedded_postgres
from service.embedded.processes import cluster_processes
from service.model.people import Scope
from service.settings import Settings
from service.usecases.govern import add_site
from service.usecases.tokens import add_token

ORIGIN: Final = "https://news.example"
START_SECONDS: Final = 180
# The load is no flood: it comes from one network, and is to be taken.
_NO_FLOOD: Final = {"GREENROOM_SUBMISSION_BURST": "1000000", "GREENROOM_FLOOD_FLOOR": "1000000"}


class Stage:
    """One service: its address never changes, its process may."""

    def __init__(self, home: Path, cluster: Cluster | None = None, **environment: str) -> None:
        self.home, self.cluster = home, cluster
        self.data_dir, self.port = home / "var", free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = home / f"service-{self.port}.log"
        self.program = ["-m", "service"]
        self._environment = {**_NO_FLOOD, **environment}
        if cluster is not None:
            self._environment |= {
                "GREENROOM_DATABASE_URL": cluster.dsn("greenroom_app"),
                "GREENROOM_OWNER_DATABASE_URL": cluster.dsn("greenroom_owner"),
                **environment,
            }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it is ready."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *self.program, "serve", "--port", str(self.port), *self._where],
                stdout=log,
                stderr=log,
                env=self._all,
            )
        until = time.monotonic() + START_SECONDS
        while not self.is_ready():
            assert self.process.poll() is None, self.log.read_text()[-2_000:]
            assert time.monotonic() < until, "the service does not start"
            time.sleep(0.05)

    def is_ready(self) -> bool:
        """What `/readyz` says."""
        with suppress(httpx2.TransportError):
            return httpx2.get(f"{self.url}/readyz", timeout=5).status_code == 200
        return False

    def signal(self, sign: signal.Signals) -> None:
        """Send it a signal."""
        assert self.process is not None
        self.process.send_signal(sign)

    def wait(self, seconds: float = 40) -> int:
        """Its exit status."""
        assert self.process is not None
        return self.process.wait(seconds)

    def stop(self) -> None:
        """End it, by force if need be."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(40)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)

    async def furnish(self) -> dict[str, str]:
        """The site `daily`, and the headers of a program that moderates."""
        settings = Settings(data_dir=self.data_dir)
        async with open_context(settings, await self._dsn("app")) as ctx:
            await add_site(ctx, "daily", [ORIGIN], actor="faults")
            token = await add_token(ctx, [Scope.MODERATE, Scope.READ], actor="faults")
        return {"Authorization": f"Bearer {token}"}

    async def admin_dsn(self) -> str:
        """The database, as its superuser."""
        return await self._dsn("admin")

    async def _dsn(self, role: Literal["app", "admin"]) -> str:
        if self.cluster is not None:
            return self.cluster.dsn("greenroom_app" if role == "app" else "postgres")
        async with embedded_postgres(self.data_dir, purpose=Purpose.COMMAND) as server:
            return server.app_dsn if role == "app" else server.admin_dsn

    def database_processes(self) -> list[int]:
        """Every process of the database server, its main one first."""
        pgdata = self.cluster.data if self.cluster else self.data_dir / "postgres"
        first = int((pgdata / "postmaster.pid").read_text().splitlines()[0])
        return [first, *(pid for pid in cluster_processes(pgdata) if pid != first)]

    @property
    def memory(self) -> int:
        """Resident memory in KiB."""
        assert self.process is not None
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))

    @property
    def descriptors(self) -> int:
        """How many files and sockets it has open."""
        assert self.process is not None
        return len(list(Path(f"/proc/{self.process.pid}/fd").iterdir()))

    @property
    def _where(self) -> list[str]:
        return ["--data-dir", str(self.data_dir)]

    @property
    def _all(self) -> dict[str, str]:
        return {**os.environ, **self._environment}


@contextmanager
def stage(
    home: Path, cluster: Cluster | None = None, filters: str | None = None, **environment: str
) -> Iterator[Stage]:
    """A running service until the block ends, perhaps with filters that do harm."""
    made = Stage(home, cluster, **environment)
    if filters is not None:
        made.program = ["-m", "faults.filters", filters]
    try:
        made.start()
        yield made
    finally:
        made.stop()
