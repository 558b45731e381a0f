"""Rendered threads are kept for a moment, and never past a decision."""

import asyncio
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.web.drawing.threads import ThreadCache
from service.web.wire.coding import Rendered

PAGE = UUID(int=1)


class Clock:
    """A clock that stands still until it is told."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("service.web.drawing.threads.time", SimpleNamespace(monotonic=clock.monotonic))
    return clock


class Renderer:
    """Renders something new every time, and counts."""

    def __init__(self) -> None:
        self.times = 0

    async def __call__(self) -> bytes:
        self.times += 1
        return b"rendering %d" % self.times


def saying(body: bytes) -> Callable[[], Awaitable[bytes]]:
    async def render() -> bytes:
        return body

    return render


async def test_a_thread_is_rendered_once_while_it_is_fresh(clock: Clock) -> None:
    cache, render = ThreadCache(1.0), Renderer()
    first = await cache.get(1, PAGE, "json", render)
    clock.now += 0.999
    assert await cache.get(1, PAGE, "json", render) is first
    assert render.times == 1


async def test_a_thread_is_rendered_anew_when_its_time_has_run_out(clock: Clock) -> None:
    cache, render = ThreadCache(1.0), Renderer()
    await cache.get(1, PAGE, "json", render)
    clock.now += 1.0
    assert (await cache.get(1, PAGE, "json", render)).body == b"rendering 2"


async def test_with_no_time_nothing_is_kept(clock: Clock) -> None:
    cache, render = ThreadCache(0.0), Renderer()
    await cache.get(1, PAGE, "json", render)
    await cache.get(1, PAGE, "json", render)
    assert render.times == 2


async def test_sites_pages_and_representations_are_kept_apart(clock: Clock) -> None:
    cache = ThreadCache(60)
    places = [(1, PAGE, "json"), (2, PAGE, "json"), (1, UUID(int=2), "json"), (1, PAGE, ("html", "ur", None))]
    for number, (site, page, variant) in enumerate(places):
        await cache.get(site, page, variant, saying(b"%d" % number))
    kept = [await cache.get(site, page, variant, saying(b"new")) for site, page, variant in places]
    assert [found.body for found in kept] == [b"0", b"1", b"2", b"3"]


async def test_a_decision_drops_every_representation_of_its_page_and_no_other(clock: Clock) -> None:
    cache = ThreadCache(60)
    for page in (PAGE, UUID(int=2)):
        for variant in ("json", "html"):
            await cache.get(1, page, variant, saying(b"old"))
    cache.drop(1, PAGE)
    assert (await cache.get(1, PAGE, "json", saying(b"new"))).body == b"new"
    assert (await cache.get(1, PAGE, "html", saying(b"new"))).body == b"new"
    assert (await cache.get(1, UUID(int=2), "html", saying(b"new"))).body == b"old"


async def test_what_was_being_rendered_during_a_decision_is_not_kept(clock: Clock) -> None:
    cache, began, go_on = ThreadCache(60), asyncio.Event(), asyncio.Event()

    async def slow() -> bytes:
        began.set()
        await go_on.wait()
        return b"from before the decision"

    reader = asyncio.create_task(cache.get(1, PAGE, "json", slow))
    await began.wait()
    cache.drop(1, PAGE)
    go_on.set()
    assert (await reader).body == b"from before the decision"
    assert (await cache.get(1, PAGE, "json", saying(b"after it"))).body == b"after it"


async def test_a_failure_is_not_kept(clock: Clock) -> None:
    cache = ThreadCache(60)

    async def fail() -> bytes:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        await cache.get(1, PAGE, "json", fail)
    assert (await cache.get(1, PAGE, "json", saying(b"well"))).body == b"well"


async def test_only_the_pages_read_last_are_kept(clock: Clock) -> None:
    cache, render = ThreadCache(60), Renderer()
    for number in range(1_001):
        await cache.get(1, UUID(int=number), "json", render)
    await cache.get(1, UUID(int=1_000), "json", render)
    assert render.times == 1_001
    await cache.get(1, UUID(int=0), "json", render)
    assert render.times == 1_002


async def test_one_page_with_ever_new_representations_does_not_grow_without_end(clock: Clock) -> None:
    cache, render = ThreadCache(60), Renderer()
    for number in range(500):
        await cache.get(1, PAGE, number, render)
    for number in range(500):
        await cache.get(1, PAGE, number, render)
    assert render.times > 900


@given(st.binary(), st.binary())
def test_a_tag_is_quoted_and_tells_bodies_apart(one: bytes, other: bytes) -> None:
    tags = [Rendered(body).etag for body in (one, other)]
    assert (tags[0] == tags[1]) is (one == other)
    assert all(tag.startswith('"') and tag.endswith('"') and tag[1:-1].isalnum() for tag in tags)
