"""What many read is compressed once; what has a secret in it is never compressed."""

import brotli
import httpx2
import pytest

from service.context import Context
from service.model.decisions import Action, Choice
from service.model.people import Principal, Scope
from service.usecases.decide import decide
from service.web.wire.coding import Rendered, coding_of
from tests.conftest import MakeComment
from tests.factories import ARTICLE

PATH = "/v1/sites/daily/thread"
JSON, FRAGMENT = PATH, f"{PATH}.html?shape=fragment"
ANA = Principal("ana", frozenset({Scope.MODERATE}), None)
pytestmark = pytest.mark.usefixtures("site")


@pytest.fixture
async def comment(ctx: Context, make_comment: MakeComment) -> None:
    made = await make_comment(text="The bridge is shut again. " * 40)
    await decide(ctx, ANA, made, Choice(Action.APPROVE, 1))


async def read(client: httpx2.AsyncClient, url: str, accept: str, **headers: str) -> httpx2.Response:
    return await client.get(
        httpx2.URL(url).copy_merge_params({"page": ARTICLE}), headers={"Accept-Encoding": accept, **headers}
    )


@pytest.mark.usefixtures("comment")
@pytest.mark.parametrize("url", [JSON, FRAGMENT])
@pytest.mark.parametrize("coding", ["br", "gzip"])
async def test_a_thread_is_sent_in_the_coding_that_is_taken(
    client: httpx2.AsyncClient, url: str, coding: str
) -> None:
    plain, coded = await read(client, url, "identity"), await read(client, url, coding)

    assert "content-encoding" not in plain.headers
    assert coded.headers["content-encoding"] == coding
    assert coded.content == plain.content
    assert int(coded.headers["content-length"]) < len(plain.content) * 0.7
    assert coded.headers["vary"] == plain.headers["vary"] == "Accept, Accept-Encoding, Origin"


@pytest.mark.usefixtures("comment")
@pytest.mark.parametrize("url", [JSON, FRAGMENT])
async def test_each_coding_has_a_tag_of_its_own_and_a_304(client: httpx2.AsyncClient, url: str) -> None:
    tags = {
        accept: (await read(client, url, accept)).headers["etag"] for accept in ("br", "gzip", "identity")
    }
    assert len(set(tags.values())) == 3

    for accept, tag in tags.items():
        known = await read(client, url, accept, **{"If-None-Match": tag})
        assert (known.status_code, known.content, known.headers["etag"]) == (304, b"", tag)
        assert "content-encoding" not in known.headers
    other = await read(client, url, "br", **{"If-None-Match": tags["gzip"]})
    assert other.status_code == 200


@pytest.mark.usefixtures("comment")
async def test_a_page_with_a_token_in_it_is_never_compressed(client: httpx2.AsyncClient) -> None:
    for url in (f"{PATH}.html", f"{PATH}.html?sent=1", "/console/sign-in"):
        page = await read(client, url, "br, gzip")
        assert len(page.content) > 1_000
        assert "content-encoding" not in page.headers
    own = await client.post(
        "/v1/sites/daily/own",
        json={"page": ARTICLE, "mine": "x"},
        headers={"Accept-Encoding": "br, gzip"},
    )
    assert "content-encoding" not in own.headers


async def test_a_few_bytes_are_sent_as_they_are(client: httpx2.AsyncClient) -> None:
    empty = await read(client, JSON, "br, gzip")
    assert "content-encoding" not in empty.headers
    assert len(empty.content) < 256


async def test_a_rendering_is_compressed_once() -> None:
    rendered = Rendered(b"The same for everybody. " * 100)
    assert not rendered.has("br")
    first, tag, headers = rendered.coded("br")
    assert rendered.has("br")
    assert rendered.coded("br")[0] is first
    assert brotli.decompress(first) == rendered.body
    assert tag != rendered.etag
    assert headers == {"Content-Encoding": "br"}
    assert coding_of("gzip, deflate, br, zstd") == "br"
