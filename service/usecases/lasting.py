"""Acts that take as long whether or not anything is to be done: the time of an answer tells nothing."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


@asynccontextmanager
async def lasting(seconds: float) -> AsyncIterator[None]:
    """Stay in this block for as long as this, however soon it is done.

    Whoever gives what the work before it took has a time that grows with the load as the work itself does.
    """
    until = time.monotonic() + seconds
    yield
    await asyncio.sleep(max(0.0, until - time.monotonic()))
