"""The API's description is committed, valid, and what the service serves and does."""

import json
from pathlib import Path

import httpx2
from openapi_spec_validator import validate

from service.web.openapi import document, text
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


def test_no_answer_that_readers_get_has_an_address_in_it() -> None:
    described = document(ENDPOINTS)
    public = [
        operation
        for path in described["paths"].values()
        for operation in path.values()
        if "security" not in operation
    ]
    answers = json.dumps([operation["responses"] for operation in public])
    names = {part.split('"')[0] for part in answers.split("#/components/schemas/")[1:]}
    assert "ThreadOut" in names
    for name in names:
        fields = json.dumps(described["components"]["schemas"][name]["properties"])
        assert not {"email", "ip", "user_agent", "network"} & set(fields.replace('"', " ").split())


def test_every_endpoint_is_for_readers_or_needs_a_scope() -> None:
    open_to_all = {"/v1/session", "/livez", "/readyz", "/metrics", "/openapi.json"}
    for found in ENDPOINTS:
        if found.tag != "console":
            assert found.public or found.needs or found.path in open_to_all, found.path


def test_the_configuration_page_is_the_present_one() -> None:
    from scripts.configuration import page

    assert (ROOT / "docs" / "configuration.md").read_text() == page(), "Run `make openapi`."
