"""schemathesis drives the running service from its own description: no 5xx, no surprise in any answer."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from service.web.http.openapi import document
from service.web.routes import ENDPOINTS
from tests.factories import SITE_ORIGIN
from tests.serving import Service, serving

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    limits = {"GREENROOM_SUBMISSION_BURST": "1000000", "GREENROOM_SIGN_IN_BURST": "3"}
    limits["GREENROOM_FLOOD_FLOOR"] = "1000000"
    with serving(tmp_path_factory.mktemp("contract") / "var", **limits) as running:
        running.run("site", "add", "daily", "--origin", SITE_ORIGIN)
        yield running


@pytest.fixture(scope="module")
def admin(service: Service) -> dict[str, str]:
    return service.token("admin")


SCHEMA = schemathesis.openapi.from_dict(document(ENDPOINTS))
CASES = [
    pytest.param(path, method.upper(), mode, id=f"{method.upper()} {path} {mode.value}")
    for path, methods in document(ENDPOINTS)["paths"].items()
    for method, told in methods.items()
    # A stream has no end to wait for; test_live.py follows it.
    if "text/event-stream" not in json.dumps(told["responses"])
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    # What takes nothing cannot be given anything wrong.
    if mode is GenerationMode.POSITIVE or told["parameters"] or "requestBody" in told
]


@pytest.mark.parametrize(("path", "method", "mode"), CASES)
def test_every_answer_is_one_that_the_description_tells_of(
    service: Service, admin: dict[str, str], path: str, method: str, mode: GenerationMode
) -> None:
    operation = SCHEMA[path][method]

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    def drive(case: Case[Any]) -> None:
        if "site" in case.path_parameters:
            # Mostly a site that exists, so that what lies behind it is reached.
            name = str(case.path_parameters["site"])
            case.path_parameters["site"] = "daily" if len(name) % 4 else "nowhere"
        case.call_and_validate(base_url=service.url, headers=admin, checks=CHECKS)

    drive()
