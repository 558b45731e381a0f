"""Every SQL statement of the project is prepared against schema.sql; every statement has its file."""

import importlib
import pkgutil
import re
from collections.abc import Iterator

import asyncpg
import pytest

import service.store
from service.store.database import Connection

# A whole statement; what some have in common is prepared with them.
SQL = re.compile(r"\s*(?:--[^\n]*\n\s*)*(?:WITH|SELECT|INSERT|UPDATE|DELETE)\b")


def statements() -> Iterator[tuple[str, str]]:
    for module in pkgutil.iter_modules(service.store.__path__):
        found = importlib.import_module(f"service.store.{module.name}")
        for name, value in vars(found).items():
            if name.isupper() and isinstance(value, str) and SQL.match(value):
                yield f"{module.name}.{name}", value


@pytest.mark.parametrize(("name", "sql"), list(statements()), ids=lambda value: str(value)[:40])
async def test_a_statement_fits_the_schema(conn: Connection, name: str, sql: str) -> None:
    await conn.prepare(sql)


async def test_a_wrong_column_would_be_noticed(conn: Connection) -> None:
    with pytest.raises(asyncpg.UndefinedColumnError):
        await conn.prepare("SELECT email FROM comment")


def test_there_are_statements_to_check() -> None:
    assert len(list(statements())) > 40
