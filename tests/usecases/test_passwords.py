"""Passwords are hashed a few at a time, and who comes to a long line is sent away."""

import asyncio
import threading
import time

import pytest
from argon2 import PasswordHasher

from service.context import Context
from service.errors import Unauthenticated, Unavailable
from service.model.people import Rights, Role
from service.usecases import passwords
from service.usecases.passwords import Line, hash_password, is_password
from service.usecases.sign_in import sign_in
from tests.factories import PASSWORD
from tests.people import a_moderator

WRONG = "wrong password"


async def test_so_many_at_once_so_many_waiting_and_nobody_beyond() -> None:
    line, gate = Line(at_once=2, waiting=3), threading.Event()
    lock, inside, most = threading.Lock(), 0, 0

    def work() -> str:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        gate.wait(10)
        with lock:
            inside -= 1
        return "done"

    running = [asyncio.ensure_future(line.run(work)) for _ in range(5)]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable) as caught:
        await line.run(work)
    assert caught.value.retry_after >= 1
    gate.set()
    assert await asyncio.gather(*running) == ["done"] * 5
    assert most <= 2
    assert await line.run(work) == "done"


async def test_what_fails_in_the_line_leaves_its_place() -> None:
    line = Line(at_once=1, waiting=0)

    def fail() -> None:
        raise ValueError

    for _ in range(3):
        with pytest.raises(ValueError):  # noqa: PT011 - ours, and nothing else could raise it
            await line.run(fail)


async def test_a_password_is_its_hashs_alone() -> None:
    hashed = await hash_password(PASSWORD)
    assert await is_password(PASSWORD, hashed)
    assert not await is_password(WRONG, hashed)
    assert not await is_password(PASSWORD, None)
    assert not await is_password(PASSWORD, "no hash at all")


async def test_nobody_takes_as_long_as_somebody(ctx: Context) -> None:
    # Another test may have made this hash with a cheaper hasher.
    passwords._nobodys_hash.cache_clear()
    await a_moderator(ctx, "irene", Rights(Role.READER), PasswordHasher().hash(PASSWORD))
    names = ("irene", "stranger")
    spent = dict.fromkeys(names, 0.0)
    for turn in range(4):
        for name in names:
            began = time.process_time()
            with pytest.raises(Unauthenticated):
                await sign_in(ctx, name, WRONG, f"10.0.{turn}.0/24")
            spent[name] += time.process_time() - began if turn else 0
    assert 0.5 < spent["stranger"] / spent["irene"] < 2
