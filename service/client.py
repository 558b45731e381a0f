"""The API from Python, with types: for scripts, imports and tests.

    with Greenroom("https://comments.example", token) as greenroom:
        for comment in greenroom.queue(order="riskiest"):
            greenroom.reject(comment, "spam")

Every answer is the model that the service itself answers with (`service.web.wire`). What the service
refuses raises `Refusal`. Where it says *not now*, a request that may be sent twice is sent again.
"""

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Final, TypeVar
from uuid import UUID, uuid4

import httpx2
from pydantic import BaseModel

from service.web.wire.audit import EventOut
from service.web.wire.batches import BatchOut, ItemsOut
from service.web.wire.metrics import MetricsOut
from service.web.wire.moderation import CommentOut, QueueOut
from service.web.wire.opinions import ConcernOut, NoteOut, NotesOut
from service.web.wire.people import MeOut
from service.web.wire.queue import TakenOut
from service.web.wire.readers import PublishedOut, ReceiptOut, ThreadOut
from service.web.wire.rules import RuleOut, RulesOut
from service.web.wire.selections import ProgressOut, SelectionOut
from service.web.wire.sites import SiteOut, SitesOut

M = TypeVar("M", bound=BaseModel)

_TRIES: Final = 4
_NOT_NOW: Final = frozenset({429, 503})
_LONGEST_PAUSE: Final = 30.0


class Refusal(Exception):
    """What the service answered instead: an RFC 9457 problem; `problem` has all of its members."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(f"{status} {problem.get('title', '')}: {problem.get('detail', '')}")
        self.status = status
        self.problem = problem

    @property
    def code(self) -> str:
        """A program's word for it, such as `already_decided`."""
        return str(self.problem.get("code", ""))


class Greenroom:
    """One service, as the holder of one token. Close it, or use it as a context manager."""

    def __init__(
        self,
        url: str,
        token: str | None = None,
        *,
        timeout: float = 20.0,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._http = httpx2.Client(base_url=url, headers=headers, timeout=timeout, transport=transport)

    def __enter__(self) -> "Greenroom":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    # Readers

    def submit(self, site: str, **fields: str) -> ReceiptOut:
        """Send a comment: `page`, `name`, `email`, `text`, and what else a submission has."""
        key = {"Idempotency-Key": str(uuid4())}
        return self._ask(ReceiptOut, "POST", f"/v1/sites/{site}/submissions", json=fields, headers=key)

    def thread(self, site: str, page: str) -> Iterator[PublishedOut]:
        """The approved comments of a page, exchange by exchange."""
        query: dict[str, str] = {"page": page}
        while True:
            found = self._ask(ThreadOut, "GET", f"/v1/sites/{site}/thread", params=query)
            yield from found.comments
            if found.next is None:
                return
            query["cursor"] = found.next

    # Moderators

    def me(self) -> MeOut:
        """Who this token is, and what it may do."""
        return self._ask(MeOut, "GET", "/v1/me")

    def queue(self, **filters: str | float | bool) -> Iterator[CommentOut]:
        """Comments under these filters, in this `order`, page after page; what is pending unless said."""
        query = {name: _parameter(value) for name, value in filters.items()}
        while True:
            found = self._ask(QueueOut, "GET", "/v1/queue", params=query)
            yield from found.comments
            if found.next is None:
                return
            query["cursor"] = found.next

    def take(self, count: int, *, seconds: int = 300, **filters: str | float | bool) -> Sequence[CommentOut]:
        """Take the next pending comments that nobody else holds, for so long."""
        body = {"count": count, "seconds": seconds, **filters}
        return self._ask(TakenOut, "POST", "/v1/queue/leases", json=body).comments

    def comment(self, comment_id: UUID) -> CommentOut:
        """One comment, with its bill and every decision on it."""
        return self._ask(CommentOut, "GET", f"/v1/comments/{comment_id}")

    def approve(self, comment: CommentOut, *, note: str | None = None) -> CommentOut:
        """Approve a comment as it was seen; `Refusal` with `already_decided` where somebody was faster."""
        return self._decide(comment, action="approve", note=note)

    def reject(self, comment: CommentOut, reason: str = "other", *, note: str | None = None) -> CommentOut:
        """Reject a comment as it was seen: `spam`, `abuse`, `off_topic` or `other`."""
        return self._decide(comment, action="reject", reason=reason, note=note)

    def undo(self, comment: CommentOut) -> CommentOut:
        """Take back the latest decision on a comment."""
        return self._decide(comment, action="undo")

    def decide(self, comments: Iterable[CommentOut], action: str, reason: str | None = None) -> ItemsOut:
        """One decision on up to 1,000 comments, each at the version that was seen; each stands alone."""
        items = [{"comment_id": str(each.id), "version": each.version} for each in comments]
        body = {"items": items, "action": action, "reason": reason}
        return self._ask(ItemsOut, "POST", "/v1/decisions", json=body, headers=_key())

    def undo_batch(self, batch_id: UUID) -> BatchOut:
        """Take back one act on many comments."""
        return self._ask(BatchOut, "POST", f"/v1/batches/{batch_id}/undo")

    def select(self, **filters: str | float | bool) -> SelectionOut:
        """Freeze what is under these filters now, each comment at its version, for an hour."""
        return self._ask(SelectionOut, "POST", "/v1/selections", json={"query": filters})

    def decide_selection(
        self, selection_id: UUID, action: str, reason: str | None = None, *, note: str | None = None
    ) -> ProgressOut:
        """Decide on all of a selection, until nothing remains; its id undoes it as a batch."""
        body = {"action": action, "reason": reason, "note": note}
        while True:
            found = self._ask(ProgressOut, "POST", f"/v1/selections/{selection_id}/decisions", json=body)
            if not found.remaining:
                return found

    def notes(self, comment: CommentOut) -> Sequence[NoteOut]:
        """What moderators told one another about a comment, oldest first."""
        return self._ask(NotesOut, "GET", f"/v1/comments/{comment.id}/notes").notes

    def add_note(self, comment: CommentOut, text: str) -> NoteOut:
        """Tell the others something about a comment."""
        return self._ask(NoteOut, "POST", f"/v1/comments/{comment.id}/notes", json={"text": text})

    def escalate(self, comment: CommentOut, *, escalated: bool = True, note: str | None = None) -> ConcernOut:
        """Let a comment wait for an admin, or not any more."""
        body = {"escalated": escalated, "note": note}
        return self._ask(ConcernOut, "POST", f"/v1/comments/{comment.id}/escalation", json=body)

    @contextmanager
    def events(self, *, since: str | None = None) -> Iterator[Iterator[Mapping[str, str]]]:
        """What happens to comments, as it happens, until the block ends; `id` is for `since`."""
        headers = {"Last-Event-ID": since} if since else {}
        with self._http.stream("GET", "/v1/events", headers=headers, timeout=60) as answer:
            if answer.is_error:
                answer.read()
                raise _refusal(answer)
            yield _events(answer.iter_lines())

    # Owners

    def sites(self) -> Sequence[SiteOut]:
        """The sites of this token, with their settings."""
        return self._ask(SitesOut, "GET", "/v1/sites").sites

    def set_site(self, site: SiteOut, **changes: object) -> SiteOut:
        """Change some settings of a site as it was read."""
        settings = site.model_dump(mode="json", exclude={"site", "created_at"}) | changes
        return self._ask(SiteOut, "PUT", f"/v1/sites/{site.site}", json=settings)

    def rules(self, site: str) -> Sequence[RuleOut]:
        """A site's standing rules, those that hold first."""
        return self._ask(RulesOut, "GET", f"/v1/sites/{site}/rules").rules

    def add_rule(self, site: str, kind: str, action: str, hours: int, **more: str) -> RuleOut:
        """Decide so for some hours on what is to come: `value` for hosts and words, `like` for authors."""
        body = {"kind": kind, "action": action, "hours": hours, **more}
        return self._ask(RuleOut, "POST", f"/v1/sites/{site}/rules", json=body)

    def end_rule(self, rule: RuleOut) -> RuleOut:
        """Let a rule decide nothing more; what it decided stands."""
        return self._ask(RuleOut, "POST", f"/v1/sites/{rule.site}/rules/{rule.id}/end")

    def metrics(self, site: str, over: str = "7d") -> MetricsOut:
        """What came in, what was decided, and how long it waited: over `24h`, `7d`, `90d` or `365d`."""
        return self._ask(MetricsOut, "GET", f"/v1/sites/{site}/metrics", params={"range": over})

    def audit(self, **filters: str) -> Iterator[EventOut]:
        """The audit trail as a stream, newest first; needs the scope `export`."""
        query = {"format": "ndjson", **filters}
        with self._http.stream("GET", "/v1/audit/export", params=query) as answer:
            if answer.is_error:
                answer.read()
                raise _refusal(answer)
            for line in answer.iter_lines():
                yield EventOut.model_validate_json(line)

    def _decide(self, comment: CommentOut, **choice: str | None) -> CommentOut:
        body = {"version": comment.version, **choice}
        path = f"/v1/comments/{comment.id}/decisions"
        return self._ask(CommentOut, "POST", path, json=body, headers=_key())

    def _ask(self, model: type[M], method: str, path: str, **what: Any) -> M:
        """Send, and send again while the service says *not now* and the request may be repeated."""
        repeatable = method == "GET" or "Idempotency-Key" in what.get("headers", {})
        for attempt in range(_TRIES):
            answer = self._http.request(method, path, **what)
            if answer.is_success:
                return model.model_validate_json(answer.content)
            if answer.status_code not in _NOT_NOW or not repeatable or attempt == _TRIES - 1:
                break
            time.sleep(min(float(answer.headers.get("retry-after", 1)), _LONGEST_PAUSE))
        raise _refusal(answer)


def _key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid4())}


def _refusal(answer: httpx2.Response) -> Refusal:
    try:
        problem = answer.json()
    except ValueError:
        problem = {"title": answer.reason_phrase, "detail": "The answer was no problem document."}
    return Refusal(answer.status_code, problem)


def _events(lines: Iterator[str]) -> Iterator[Mapping[str, str]]:
    """Server-sent events as mappings (WHATWG HTML, section 9.2): their data, and their `id`."""
    event: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(": ")
        if name:
            event[name] = value
        elif "data" in event:
            yield {**json.loads(event["data"]), "id": event.get("id", "")}
            event = {}


def _parameter(value: str | float | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
