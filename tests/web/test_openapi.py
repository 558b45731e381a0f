"""The API's description is committed, valid, and what the service serves and does."""

import json
from pathlib import Path

import httpx2
from openapi_spec_validator import validate

from service.web.http.openapi import document, text
from service.web.routes import ENDPOINTS

ROOT = Path(__file__).parents[2]


def test_the_committed_description_is_the_present_one() -> None:
    assert (ROOT / "openapi.json").read_text() == text(ENDPOINTS), "Run `make openapi` and look at the diff."


def test_the_description_is_valid_openapi() -> None:
    described = document(ENDPOINTS)

    assert described["openapi"].startswith("3.1")
    validate(described)


async def test_the_service_serves_it(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/openapi.json")).json() == json.loads(text(ENDPOINTS))


def test_t31_no_answer_that_readers_get_has_an_address_in_it() -> None:
    described = document(ENDPOINTS)
    public = [
        operation
        for path in described["paths"].values()
        for operation in path.values()
        if "security" not in operation
    ]
    schemas = described["components"]["schemas"]
    names = referred_to([operation["responses"] for operation in public])
    while more := referred_to([schemas[name] for name in names]) - names:
        names |= more
    assert {"ThreadOut", "CommentOut"} & names
    for name in names:
        fields = set(schemas[name].get("properties", {}))
        assert not {"email", "ip", "user_agent", "agent", "network", "contact", "digest"} & fields, name


def referred_to(described: object) -> set[str]:
    """The schemas that this names."""
    return {part.split('"')[0] for part in json.dumps(described).split("#/components/schemas/")[1:]}


def test_every_endpoint_is_for_readers_or_needs_a_scope() -> None:
    open_to_all = {
        "/v1/session",
        "/v1/session/second-factor",
        "/livez",
        "/readyz",
        "/metrics",
        "/openapi.json",
        "/privacy",
        "/privacy/{token}",
        "/privacy/{token}/export",
        "/privacy/{token}/erasure",
    }
    for found in ENDPOINTS:
        if found.tag != "console":
            assert found.public or found.needs or found.signed_in or found.path in open_to_all, found.path


def test_the_configuration_page_is_the_present_one() -> None:
    from scripts.configuration import page

    assert (ROOT / "docs" / "configuration.md").read_text() == page(), "Run `make openapi`."
