"""Which of the driver's failures mean "not now", decided in one place.

A failure that the server reports is known by its SQLSTATE (PostgreSQL manual, appendix A). A server that is
away, dies or says nothing leaves only the driver's own classes, and these are shared with mistakes of ours.
"""

from typing import Final

import asyncpg
import structlog

from service.errors import Unavailable

# Connection, resources (a full disk among them), an operator's intervention, the operating system.
_CLASSES: Final = frozenset({"08", "53", "57", "58"})
# A primary that has become a replica, a transaction that idled or lasted too long.
_STATES: Final = frozenset({"25006", "25P03", "25P04"})
# Rolled back because of others: a serialization failure, a deadlock, a lock, a plan that the schema has left.
_CLASHES: Final = frozenset({"40001", "40P01", "55P03", "0A000"})
_DRIVER: Final = (asyncpg.InterfaceError, asyncpg.InternalClientError, OSError, TimeoutError)
_log = structlog.get_logger("greenroom.store")


class Clash(Unavailable):
    """Others were in the way, and nothing of the transaction was kept: trying again may do."""


def is_unavailable(error: BaseException | None) -> bool:
    """Whether this means that the database cannot do it now, and not that it was asked something wrong."""
    if isinstance(error, asyncpg.PostgresError):
        state = error.sqlstate or ""
        return state[:2] in _CLASSES or state in _STATES or state in _CLASHES
    # A value that does not fit its parameter is refused by the driver itself, as an InterfaceError.
    return isinstance(error, _DRIVER) and not isinstance(error, ValueError)


def is_demoted(error: BaseException | None) -> bool:
    """Whether the server is not the primary any more: others must be asked who is."""
    return isinstance(error, asyncpg.ReadOnlySQLTransactionError)


def is_silent(error: BaseException | None) -> bool:
    """Whether the server said nothing for longer than its own time limits allow."""
    return isinstance(error, TimeoutError)


def unavailable(error: BaseException) -> Unavailable:
    """Not now: without the values that the driver quotes."""
    state = error.sqlstate if isinstance(error, asyncpg.PostgresError) else None
    _log.warning("database.unavailable", error=type(error).__name__, sqlstate=state)
    kind = Clash if state in _CLASHES else Unavailable
    return kind("The comments cannot be reached just now. Please try again.")
