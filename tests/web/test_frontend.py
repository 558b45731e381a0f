"""Front-end files: small, cached, compressed, readable from every origin."""

import re

import brotli
import httpx2
import pytest
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from service.web import frontend
from service.web.frontend import static_routes

WIDGET, STYLE = "/cw/1/widget.js", "/cw/1/thread.css"


def with_state(app: ASGIApp) -> ASGIApp:
    """What the shell does around the application."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"] = {"request_id": "00000000-0000-4000-8000-000000000000"}
        await app(scope, receive, send)

    return wrapped


@pytest.fixture
def files() -> httpx2.AsyncClient:
    app = with_state(Starlette(routes=static_routes()))
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://testserver")


@pytest.mark.parametrize(("path", "kind"), [(WIDGET, "text/javascript"), (STYLE, "text/css")])
async def test_any_page_may_load_a_file_and_keep_it(files: httpx2.AsyncClient, path: str, kind: str) -> None:
    response = await files.get(path, headers={"Accept-Encoding": "identity"})

    assert response.status_code == 200
    assert response.headers["content-type"] == f"{kind}; charset=utf-8"
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["cross-origin-resource-policy"] == "cross-origin"
    assert response.headers["cache-control"] == "public, max-age=3600, stale-while-revalidate=86400"
    assert response.headers["vary"] == "Accept-Encoding"
    assert "content-encoding" not in response.headers


@pytest.mark.parametrize(
    ("accept", "coding"),
    [
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("br, gzip;q=0.5", "br"),
        ("br;q=0, gzip", "gzip"),
        ("GZIP", "gzip"),
        ("*", "br"),
        ("*, br;q=0", "gzip"),
        ("", None),
        ("identity", None),
        ("gzip;q=0", None),
        ("gzip; q=0.0", None),
        ("*;q=0", None),
        ("zstd", None),
    ],
)
async def test_compression_is_for_those_who_take_it(
    files: httpx2.AsyncClient, accept: str, coding: str | None
) -> None:
    plain = await files.get(WIDGET, headers={"Accept-Encoding": "identity"})
    response = await files.get(WIDGET, headers={"Accept-Encoding": accept})

    assert response.headers.get("content-encoding") == coding
    assert response.content == plain.content
    assert (response.headers["etag"] != plain.headers["etag"]) is (coding is not None)
    if coding:
        assert int(response.headers["content-length"]) < len(plain.content) / 2


async def test_a_file_has_a_name_for_good_that_its_content_makes(files: httpx2.AsyncClient) -> None:
    named = await files.get(WIDGET)
    alias = named.headers["content-location"]
    assert re.fullmatch(r"/cw/1/widget-[0-9a-f]{24}\.js", alias)

    kept = await files.get(alias)
    assert kept.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert kept.content == named.content
    assert kept.headers["access-control-allow-origin"] == "*"
    assert (await files.get("/cw/1/widget-000000000000000000000000.js")).status_code == 404


@pytest.mark.parametrize("accept", ["br", "gzip", "identity"])
async def test_a_known_file_is_304(files: httpx2.AsyncClient, accept: str) -> None:
    first = await files.get(WIDGET, headers={"Accept-Encoding": accept})
    tags = f'"other", W/{first.headers["etag"]}'
    again = await files.get(WIDGET, headers={"Accept-Encoding": accept, "If-None-Match": tags})

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]


async def test_head_tells_the_length_and_sends_nothing(files: httpx2.AsyncClient) -> None:
    got = await files.get(STYLE, headers={"Accept-Encoding": "identity"})
    response = await files.head(STYLE, headers={"Accept-Encoding": "identity"})

    assert response.content == b""
    assert response.headers["content-length"] == str(len(got.content))


async def test_other_methods_are_refused_as_a_problem(files: httpx2.AsyncClient) -> None:
    response = await files.post(WIDGET)

    assert response.status_code == 405
    assert response.headers["allow"] == "GET, HEAD"
    assert response.headers["content-type"] == "application/problem+json"


async def test_the_widget_is_one_file_with_its_style_in_six_kilobytes(files: httpx2.AsyncClient) -> None:
    script = (await files.get(WIDGET)).text

    assert "\nimport " not in script
    assert "\nexport " not in script
    assert "@thread.css@" not in script
    assert ":host{" in script
    assert "/**" not in script
    assert len(brotli.compress(script.encode())) <= 6_000


async def test_what_is_asked_of_few_is_small_and_in_a_frame_that_may_do_nothing_else(
    files: httpx2.AsyncClient,
) -> None:
    script, frame = await files.get("/cw/1/proof.js"), await files.get("/cw/1/proof.html")

    assert len(brotli.compress(script.text.encode())) <= 1_500
    assert frame.headers["content-type"].startswith("text/html")
    policy = frame.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; worker-src 'self'")
    assert "frame-ancestors *" in policy


def test_a_file_that_is_not_there_has_no_route(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frontend, "FILES", {"/cw/1/none.js": "none.js", STYLE: "widget/thread.css"})
    assert [route.path.split("-")[0] for route in static_routes()] == [STYLE, "/cw/1/thread"]
