"""schemathesis drives the running service from its own description: no 5xx, no surprise in any answer."""

from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

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
    with serving(tmp_path_factory.mktemp("contract") / "var", **limits) as running:
        running.run("site", "add", "daily", "--origin", SITE_ORIGIN)
        yield running


@pytest.fixture(scope="module")
def admin(service: Service) -> dict[str, str]:
    return service.token("admin")


@pytest.fixture(scope="module")
def api(service: Service) -> BaseSchema:
    return schemathesis.openapi.from_url(f"{service.url}/openapi.json")


schema = schemathesis.pytest.from_fixture("api")


@schema.parametrize()
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_every_answer_is_one_that_the_description_tells_of(case: Case, admin: dict[str, str]) -> None:
    if "site" in case.path_parameters:
        # Most of the time the site exists, so that what lies behind it is reached.
        case.path_parameters["site"] = "daily" if hash(str(case.path_parameters["site"])) % 4 else "nowhere"
    case.call_and_validate(headers=admin, checks=CHECKS)
