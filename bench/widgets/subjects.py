"""What is measured: each widget with five comments, its own service behind it, and how a page embeds it."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import httpx2

from bench.pending import query
from bench.servers import listening
from bench.widgets.fronts import fronted
from bench.widgets.pages import Answer, answering, as_json, files
from service.model.sites import page_id
from service.model.urls import parse_page
from tests.serving import serving

COMMENTS: Final = tuple(
    (
        name,
        f"{name} has something to say about the bridge: it turns too seldom, never when one waits.",
    )
    for name in ("Ruth", "Tomasz", "Nadia", "Bilal", "Sana")
)

MANY: Final = 1_000
# A page with so many comments, each of them published a second after the one before.
_MANY: Final = """
WITH found AS (
    INSERT INTO page (site_id, id, url, approved_count)
    SELECT id, $1, $2, $3 FROM site WHERE slug = 'bench'
    RETURNING site_id, id)
INSERT INTO comment
       (site_id, id, page_id, root_id, depth, name, text, score, verdict, status, decided_by, created_at)
SELECT f.site_id, n.id, f.id, n.id, 0, 'Reader ' || n.number,
       'Comment ' || n.number || ' on a bridge, with as many words in it as such comments have.',
       0, 'approve', 'approved', 'person', now() - interval '1 day' + n.number * interval '1 second'
  FROM found f, (SELECT number, uuidv7() AS id FROM generate_series(1, $3::integer) AS g(number)) AS n
"""


@dataclass(frozen=True, slots=True)
class Subject:
    """One widget. `item` is what a shown comment is; `script` is the page's own start, if it needs one."""

    name: str
    version: str
    origin: str
    head: str
    body: str
    item: str
    script: str = ""


@contextmanager
def plain(folder: Path, host: str) -> Iterator[Subject]:
    """No widget: the same comments in the page's own HTML, as the floor of what is timed."""
    body = "".join(f"<article><h2>{name}</h2><p>{text}</p></article>" for name, text in COMMENTS)
    yield Subject(name="plain", version="", origin=host, head="", body=body, item="article")


@contextmanager
def ours(folder: Path, host: str) -> Iterator[Subject]:
    """Greenroom as `greenroom serve` runs it."""
    page = f"{host}/greenroom"
    with serving(folder / "greenroom") as service, fronted(service.url) as origin:
        service.run("site", "add", "bench", "--origin", host)
        with service.client(**service.token("moderate")) as client:
            for name, text in COMMENTS:
                body = {"page": page, "name": name, "email": "reader@example.com", "text": text}
                client.post("/v1/sites/bench/submissions", json=body).raise_for_status()
            for comment in client.get("/v1/queue").json()["comments"]:
                decision = {"action": "approve", "version": comment["version"]}
                client.post(f"/v1/comments/{comment['id']}/decisions", json=decision).raise_for_status()
        query(service.data_dir, _MANY, page_id(parse_page(page + "?many")), page + "?many", MANY)
        yield Subject(
            name="greenroom",
            version="this tree",
            origin=origin,
            head=f'<script type="module" src="{origin}/cw/1/widget.js"></script>',
            body=f'<comment-thread site="bench" lang="en"><a href="{origin}">Comments</a></comment-thread>',
            item="article",
        )


@contextmanager
def isso(folder: Path, host: str) -> Iterator[Subject]:
    """Isso from PyPI, in a virtual environment of its own, its real server behind it."""
    place, port = folder / "isso", _free_port()
    subprocess.run([sys.executable, "-m", "venv", place], check=True)
    subprocess.run([place / "bin/pip", "install", "-q", "isso"], check=True, stderr=subprocess.DEVNULL)
    version = _said(
        place / "bin/python", "-c", "from importlib.metadata import version; print(version('isso'))"
    )
    own = f"http://127.0.0.1:{port}"
    (place / "isso.cfg").write_text(
        f"[general]\ndbpath = {place}/comments.db\nhost = {host}/\n"
        f"[server]\nlisten = {own}/\n[guard]\nenabled = false\n"
    )
    command = [str(place / "bin/isso"), "-c", str(place / "isso.cfg"), "run"]
    with (
        (place / "log").open("w") as log,
        subprocess.Popen(command, stdout=log, stderr=log) as process,
        fronted(own) as origin,
    ):
        try:
            _wait_for(f"{own}/js/embed.min.js")
            for name, text in COMMENTS:
                body = {"author": name, "text": text, "title": "A page"}
                httpx2.post(f"{own}/new", params={"uri": "/isso"}, json=body).raise_for_status()
            yield Subject(
                name="isso",
                version=version,
                origin=origin,
                head=f'<script data-isso="{origin}/" src="{origin}/js/embed.min.js" defer></script>',
                body='<section id="isso-thread" data-title="A page" data-isso-id="/isso"></section>',
                item=".isso-comment",
            )
        finally:
            process.terminate()


@contextmanager
def waline(folder: Path, host: str) -> Iterator[Subject]:
    """Waline's client from npm; its service answers what it must from memory."""
    place = folder / "waline"
    place.mkdir()
    install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "@waline/client"]
    subprocess.run(install, cwd=place, check=True)
    package = place / "node_modules/@waline/client"
    version = _said("node", "-p", f"require('{package}/package.json').version")
    served = files(package / "dist")

    def answer(path: str) -> Answer:
        return as_json(_waline_page()) if path.startswith("/api/comment") else served(path)

    with answering(answer) as own, fronted(own) as origin:
        options = (
            f"el: '#waline', serverURL: '{origin}', path: '/waline', emoji: false, search: false, "
            "imageUploader: false, login: 'disable', reaction: false, lang: 'en'"
        )
        yield Subject(
            name="waline",
            version=version,
            origin=origin,
            head=f'<link rel="stylesheet" href="{origin}/waline.css">',
            body='<div id="waline"></div>',
            item=".wl-card-item",
            script=f"import {{ init }} from '{origin}/waline.js'; init({{ {options} }});",
        )


def _waline_page() -> object:
    """Five comments as Waline's service gives them."""
    now = int(datetime.now(UTC).timestamp() * 1000)
    data = [
        {
            "objectId": number, "nick": name, "comment": f"<p>{text}</p>", "orig": text, "time": now,
            "link": "", "avatar": "", "browser": "", "os": "", "like": 0, "status": "approved",
            "children": [],
        }
        for number, (name, text) in enumerate(COMMENTS)
    ]  # fmt: skip
    page = {"count": len(data), "data": data, "page": 1, "totalPages": 1, "pageSize": 10}
    return {"errno": 0, "errmsg": "", "data": page}


def _free_port() -> int:
    with listening() as sock:
        return int(sock.getsockname()[1])


def _said(*command: object) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def _wait_for(url: str) -> None:
    for _ in range(200):
        try:
            if httpx2.get(url).is_success:
                return
        except httpx2.TransportError:
            pass
        time.sleep(0.1)
    raise SystemExit(f"{url} does not answer.")
