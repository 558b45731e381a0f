"""One shape for every error, on every route, and a page that explains each."""

import re
from pathlib import Path

import httpx2
import pytest

from service import errors
from service.errors import ServiceError
from service.web.http.endpoint import Endpoint
from service.web.http.problems import INTERNAL, METHOD_NOT_ALLOWED, PROBLEMS
from service.web.routes import ENDPOINTS

DOCS = Path(__file__).parents[2] / "docs" / "problems.md"
MEMBERS = {"type", "title", "status", "detail", "code", "instance", "request_id"}


def filled(path: str) -> str:
    return re.sub(r"\{comment_id\}", "nonsense", path).replace("{site}", "nowhere")


@pytest.mark.parametrize(
    "found", [e for e in ENDPOINTS if e.tag != "console"], ids=lambda e: f"{e.method} {e.path}"
)
async def test_every_route_refuses_a_wrong_method_in_the_one_shape(
    client: httpx2.AsyncClient, found: Endpoint
) -> None:
    path = filled(found.path)
    response = await client.request("PROPFIND", path)

    assert response.status_code in {404, 405}
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json().keys() >= MEMBERS
    assert response.json()["status"] == response.status_code
    if response.status_code == 405:
        assert response.headers["allow"]


@pytest.mark.parametrize(
    "path", ["/", "/nowhere", "/v1", "/v1/queue/", "//evil.example/", "/v1/sites/x/thread/"]
)
async def test_an_unknown_address_is_a_problem_and_never_a_redirect(
    client: httpx2.AsyncClient, path: str
) -> None:
    response = await client.get(f"http://testserver{path}")

    assert response.status_code == 404
    assert response.json().keys() >= MEMBERS
    assert "location" not in response.headers


def families() -> list[type[ServiceError]]:
    found = [ServiceError]
    for family in found:
        found += family.__subclasses__()
    return [family for family in found if family.__module__ == errors.__name__ and family is not ServiceError]


def test_every_failure_of_the_domain_has_an_answer() -> None:
    unanswered = {errors.WrongKey}  # stops the start, before there is anybody to answer
    for family in families():
        assert any(parent in PROBLEMS for parent in family.__mro__) or family in unanswered, family


def test_every_problem_is_explained() -> None:
    page = DOCS.read_text()
    for problem in [*PROBLEMS.values(), INTERNAL, METHOD_NOT_ALLOWED]:
        assert f"## {problem.slug}\n" in page, problem.slug
