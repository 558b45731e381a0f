"""`greenroom replay`: post a file of comments to a running service, and count what it answers."""

import asyncio
import hashlib
import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import httpx2
import typer
from rich.console import Console
from rich.progress import Progress

from service.cli.options import ACTOR, AsJson, DataDir, settings_of
from service.cli.people import site_ids_of
from service.cli.runtime import context, run, say
from service.context import Context
from service.errors import ServiceError, SiteNotFound
from service.model.people import Scope
from service.settings import Settings
from service.store import sites
from service.usecases.tokens import add_token

_TRIES = 4


@dataclass(slots=True)
class Report:
    """What came back: how often each answer, and the first lines that were refused for each reason."""

    answers: Counter[str] = field(default_factory=Counter)
    refused: dict[str, list[int]] = field(default_factory=dict)
    seconds: float = 0.0

    def count(self, line: int, answer: str) -> None:
        """Note the answer to one line."""
        self.answers[answer] += 1
        if answer not in {"accepted", "replayed"}:
            self.refused.setdefault(answer, []).append(line)

    def as_json(self) -> dict[str, object]:
        """For programs."""
        total = self.answers.total()
        return {
            "lines": total,
            "answers": dict(self.answers),
            "refused": {reason: lines[:20] for reason, lines in self.refused.items()},
            "seconds": round(self.seconds, 2),
            "per_second": round(total / self.seconds, 1) if self.seconds else 0.0,
        }


class BadFile(ServiceError):
    """The file to replay is not one."""


def replay(
    file: Annotated[Path, typer.Argument(help="JSON lines: text, and author?, email?, url?, page?.")],
    url: Annotated[
        str | None, typer.Option(help="The service's address; from the settings if unset.")
    ] = None,
    site: Annotated[str, typer.Option(metavar="SLUG", help="The site to post to.")] = "demo",
    page: Annotated[
        str | None, typer.Option(help="The article; a path on the site's first origin if unset.")
    ] = None,
    writers: Annotated[int, typer.Option(min=1, max=64, help="How many post at once.")] = 8,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Post every line of a file as a comment. Running it again adds nothing: each line has its own key."""
    settings = settings_of(data_dir)
    lines = list(_lines(file))
    report = run(_replay(settings, url, site, page, lines, writers))
    answer = report.as_json()
    say(answer, _sentence(answer), as_json=as_json)


async def _replay(
    settings: Settings,
    url: str | None,
    slug: str,
    page: str | None,
    lines: list[tuple[int, dict[str, Any]]],
    writers: int,
) -> Report:
    async with context(settings) as ctx:
        token = await _token(ctx, slug)
        page = page or await _first_page(ctx, slug)
        base = url or settings.public_url or f"http://{settings.host}:{settings.port}"
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        report, began = Report(), time.perf_counter()
        with Progress(console=Console(stderr=True), transient=True) as progress:
            bar = progress.add_task("Posting", total=len(lines))
            numbered = iter(lines)
            async with httpx2.AsyncClient(base_url=base, headers=headers, timeout=30) as client:

                async def write() -> None:
                    for number, line in numbered:
                        report.count(number, await _post(client, slug, page, line, number))
                        progress.advance(bar)

                await asyncio.gather(*(write() for _ in range(writers)))
        report.seconds = time.perf_counter() - began
    return report


async def _post(client: httpx2.AsyncClient, slug: str, page: str, line: dict[str, Any], number: int) -> str:
    """Post one line and give the answer in a word; waits and tries again when the service says so."""
    body = _body(page, line)
    key = hashlib.sha256(json.dumps([number, line], sort_keys=True).encode()).hexdigest()
    path = f"/v1/sites/{slug}/submissions"
    for _ in range(_TRIES):
        try:
            response = await client.post(path, content=json.dumps(body), headers={"Idempotency-Key": key})
        except (httpx2.ConnectError, httpx2.UnsupportedProtocol):
            raise BadFile(
                f"Nothing answers at {client.base_url}. Start it with `make run`, or use --url."
            ) from None
        except httpx2.TransportError:
            answer, wait = "no_answer", 1.0
        else:
            answer, wait = _answer(response), float(response.headers.get("retry-after", "1"))
            if response.status_code not in {429, 503}:
                break
        await asyncio.sleep(wait)
    return answer


def _answer(response: httpx2.Response) -> str:
    if response.status_code == 202:
        return "replayed" if "idempotency-replayed" in response.headers else "accepted"
    if response.headers.get("content-type") != "application/problem+json":
        return f"http_{response.status_code}"
    problem = response.json()
    return str(problem["errors"][0]["code"]) if problem.get("errors") else str(problem["code"])


def _body(page: str, line: dict[str, Any]) -> dict[str, Any]:
    name = line.get("author") or "A reader"
    digest = hashlib.sha256(str(name).encode()).hexdigest()[:12]
    body = {
        "page": line.get("page") or page,
        "name": name,
        "email": line.get("email") or f"reader-{digest}@example.com",
        "text": line.get("text"),
    }
    return body | ({"website": line["url"]} if line.get("url") else {})


async def _token(ctx: Context, slug: str) -> str:
    """A token for an hour, so that the limits for strangers do not stand in the way."""
    found = await site_ids_of(ctx, slug)
    site_id = next(iter(found)) if found else None
    return await add_token(ctx, [Scope.MODERATE], actor=ACTOR, site_id=site_id, lasts=timedelta(hours=1))


async def _first_page(ctx: Context, slug: str) -> str:
    async with ctx.db.read() as conn:
        found = await sites.by_slug(conn, slug)
    if found is None:
        raise SiteNotFound(slug)
    return f"{min(found[0].origins)}/replay"


def _lines(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        raw = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadFile(f"{file} cannot be read ({type(error).__name__}).") from None
    for number, line in enumerate(raw.split("\n"), 1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise BadFile(f"{file}, line {number}: this is not a JSON object.")
        yield number, found


def _sentence(answer: dict[str, object]) -> str:
    answers, refused = answer["answers"], answer["refused"]
    assert isinstance(answers, dict)
    assert isinstance(refused, dict)
    counts = [f"  {number:>6}  {name}" for name, number in sorted(answers.items())]
    first = [f"  {reason}: lines {', '.join(map(str, lines))}" for reason, lines in refused.items()]
    speed = f"{answer['lines']} comments in {answer['seconds']} s, {answer['per_second']} a second."
    return "\n".join([speed, *counts, *(["Refused:", *first] if first else [])])
