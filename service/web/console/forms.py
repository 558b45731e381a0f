"""Forms that were refused are shown again, with what is wrong; those that were not lead back with a word."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from starlette.responses import Response

from service.errors import Conflict, InvalidFields, RateLimited, ServiceError
from service.web.console.sign_in import failure_page
from service.web.http.endpoint import Call, ErrorPage
from service.web.http.problems import problem_of

Draw: TypeAlias = Callable[[Call, ServiceError], Awaitable[Response]]


def again(draw: Draw) -> ErrorPage:
    """Draws the page that the form was on once more, where its sender can mend what is wrong."""

    async def failed(call: Call, error: ServiceError) -> Response:
        if call.caller is not None and isinstance(error, InvalidFields | Conflict | RateLimited):
            return await draw(call, error)
        return await failure_page(call, error)

    return failed


def wrongs(error: ServiceError | None) -> dict[str, str]:
    """What is wrong, by field; under "" what is about the form as a whole."""
    if error is None:
        return {}
    if isinstance(error, InvalidFields):
        return {found.pointer.rpartition("/")[2]: found.detail for found in error.errors}
    return {"": error.detail}


def status_of(error: ServiceError | None) -> int:
    """The status of the page that tells it."""
    return problem_of(error).status if error else 200
