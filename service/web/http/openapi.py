"""The API's description, OpenAPI 3.1, assembled from the endpoints' own declarations."""

import json
import re
from collections.abc import Sequence
from typing import Any, Final

from openapi_pydantic import OpenAPI
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from service import __version__
from service.errors import (
    Forbidden,
    InvalidFields,
    InvalidRequest,
    ServiceError,
    TooLarge,
    Unauthenticated,
    Unavailable,
    UnsupportedMediaType,
)
from service.web.http.endpoint import Endpoint
from service.web.http.problems import PROBLEM_JSON, problem_of_class
from service.web.wire.problems import ProblemOut

_REF: Final = "#/components/schemas/{model}"
_UUID: Final = {"type": "string", "format": "uuid"}
_SLUG: Final = {"type": "string", "pattern": "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"}
_KEY: Final = {"type": "string", "pattern": "^[!-~]{1,128}$"}
_SECURITY: Final[Sequence[dict[str, list[str]]]] = ({"token": []}, {"session": []})


def document(endpoints: Sequence[Endpoint]) -> dict[str, Any]:
    """The whole document; pages for browsers (tag `console`) are left out."""
    api = [found for found in endpoints if found.tag != "console"]
    schemas = _schemas(api)
    paths: dict[str, dict[str, Any]] = {}
    for found in api:
        paths.setdefault(found.path, {})[found.method.lower()] = _operation(found, schemas)
    described = {
        "openapi": "3.1.1",
        "info": {
            "title": "Greenroom",
            "version": __version__,
            "summary": "Comments wait here until a moderator lets them go on air.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "`greenroom token add`"},
                "session": {"type": "apiKey", "in": "cookie", "name": "greenroom"},
            },
        },
    }
    OpenAPI.model_validate(described)
    return described


def text(endpoints: Sequence[Endpoint]) -> str:
    """The document as it is committed and served."""
    return json.dumps(document(endpoints), indent=2, ensure_ascii=False) + "\n"


def _schemas(endpoints: Sequence[Endpoint]) -> dict[str, Any]:
    models: list[tuple[type[BaseModel], Any]] = [(ProblemOut, "serialization")]
    for found in endpoints:
        models += [(model, "validation") for model in (found.body, found.query) if model]
        models += [(found.answer, "serialization")] if found.answer else []
    unique = list(dict.fromkeys(models))
    _, definitions = models_json_schema(unique, ref_template=_REF)
    schemas: dict[str, Any] = definitions["$defs"]
    for model, _ in unique:
        if model.__name__.endswith("In"):
            schemas[model.__name__]["additionalProperties"] = False
            for name in sorted(getattr(model, "told", ())):
                schemas[model.__name__]["properties"][name] = {"readOnly": True}
    return dict(sorted(schemas.items()))


def _operation(found: Endpoint, schemas: dict[str, Any]) -> dict[str, Any]:
    summary, _, rest = found.says.partition("\n")
    operation: dict[str, Any] = {
        "operationId": found.name,
        "summary": summary,
        "tags": [found.tag],
        "parameters": _parameters(found, schemas),
        "responses": _responses(found),
    }
    if rest.strip():
        operation["description"] = rest.strip()
    if found.needs or found.signed_in:
        operation["security"] = list(_SECURITY)
    if found.needs:
        operation["x-scope"] = found.needs.value
    if found.body:
        schema = {"$ref": _REF.format(model=found.body.__name__)}
        kinds = ["application/json", *(["application/x-www-form-urlencoded"] if found.form else [])]
        operation["requestBody"] = {"required": True, "content": {k: {"schema": schema} for k in kinds}}
    return operation


def _parameters(found: Endpoint, schemas: dict[str, Any]) -> list[dict[str, Any]]:
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": _schema_of(found, name)}
        for name in re.findall(r"\{(\w+)\}", found.path)
    ]
    if found.query:
        query = schemas[found.query.__name__]
        for name, schema in query["properties"].items():
            required = name in query.get("required", ())
            parameters.append({"name": name, "in": "query", "required": required, "schema": schema})
    for name in found.headers:
        schema = _KEY if name == "Idempotency-Key" else {"type": "string"}
        parameters.append({"name": name, "in": "header", "required": False, "schema": schema})
    return parameters


def _schema_of(found: Endpoint, parameter: str) -> dict[str, Any]:
    if parameter in found.words:
        return {"type": "string"}
    return _SLUG if parameter == "site" else _UUID


def _responses(found: Endpoint) -> dict[str, Any]:
    content: dict[str, Any] = {
        kind: {"schema": {"type": "object" if kind == "application/json" else "string"}}
        for kind in found.media
    }
    if found.answer and "application/json" in found.media:
        content["application/json"] = {"schema": {"$ref": _REF.format(model=found.answer.__name__)}}
    done: dict[str, Any] = {"description": "Done."}
    if found.status != 204:
        done["content"] = content
    responses = {str(found.status): done}
    if "If-None-Match" in found.headers:
        responses["304"] = {"description": "The client has it already."}
    if found.form:
        responses["303"] = {"description": "A browser's form goes on there."}
    problems: dict[str, list[str]] = {}
    for error in _problems(found):
        problem = problem_of_class(error)
        titles = problems.setdefault(str(problem.status), [])
        titles += [problem.title] if problem.title not in titles else []
    for status, titles in problems.items():
        schema = {"$ref": _REF.format(model=ProblemOut.__name__)}
        responses[status] = {"description": "; ".join(titles), "content": {PROBLEM_JSON: {"schema": schema}}}
    return dict(sorted(responses.items()))


def _problems(found: Endpoint) -> list[type[ServiceError]]:
    """What the handler declares, and what its decoding and its guard can raise."""
    implied: list[type[ServiceError]] = [Unavailable, InvalidRequest]
    if found.query or found.body:
        implied += [InvalidFields]
    if found.body:
        implied += [TooLarge, UnsupportedMediaType]
    if found.needs or found.signed_in:
        implied += [Unauthenticated, Forbidden]
    return list(dict.fromkeys([*found.problems, *implied]))
