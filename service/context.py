"""What a use case may touch. A sixth field needs an ADR."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

from service.screening.screener import Screener
from service.settings import Settings
from service.store.database import Database
from service.vault import Vault

Clock: TypeAlias = Callable[[], datetime]


def system_clock() -> datetime:
    """The time now, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Context:
    """The database, the keys, what screens, the time, and the settings."""

    db: Database
    vault: Vault
    screener: Screener
    clock: Clock
    settings: Settings
