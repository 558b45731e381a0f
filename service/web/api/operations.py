"""For those who run the service: signs of life, metrics, and the API's description."""

import asyncio
from typing import Final

from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.responses import Response

from service.errors import Unavailable
from service.store import schema, upkeep
from service.web.http.endpoint import Call, endpoint

_READY_SECONDS: Final = 0.5


@endpoint("GET", "/livez", tag="operations", media=("text/plain",))
async def livez(call: Call) -> Response:
    """The process answers; nothing else is asked."""
    return Response("alive\n", media_type="text/plain", headers={"Cache-Control": "no-store"})


@endpoint("GET", "/readyz", tag="operations", media=("text/plain",), problems=(Unavailable,))
async def readyz(call: Call) -> Response:
    """The database answers, its schema is ours, and the service is not stopping."""
    if call.state.draining:
        raise Unavailable("The service is stopping.")
    try:
        async with asyncio.timeout(_READY_SECONDS), call.ctx.db.read(moderation=True) as conn:
            await upkeep.ping(conn)
            await schema.require_latest(conn)
    except TimeoutError:
        raise Unavailable("The database does not answer.") from None
    return Response("ready\n", media_type="text/plain", headers={"Cache-Control": "no-store"})


@endpoint("GET", "/metrics", tag="operations", media=("text/plain",))
async def metrics(call: Call) -> Response:
    """Prometheus metrics: counts and times, nothing of what anybody wrote."""
    call.state.metrics.show_floods((await call.state.floods.on()).values())
    return Response(generate_latest(call.state.metrics.registry), media_type=CONTENT_TYPE_LATEST)
