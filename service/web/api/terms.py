"""A site's own terms: listed, and changed as one act."""

import base64
import binascii
from typing import Annotated, Literal

from pydantic import Field, StrictInt, StrictStr

from service.errors import FieldError, FieldRefused, InvalidFields, InvalidRequest, SiteNotFound
from service.model.people import Scope
from service.model.terms import Term, TermKind, TermsProposal
from service.store import terms
from service.usecases.set_terms import set_terms
from service.web.http.endpoint import Call, endpoint
from service.web.wire.base import In, Out

MOST_AT_ONCE = 1_000


class TermIn(In):
    """A word or phrase to block or allow."""

    kind: Literal["block", "allow"]
    text: StrictStr = Field(max_length=400)
    severity: StrictInt = Field(
        0, ge=0, le=3, description="Of a foul word: 1 vulgar, 2 strong, 3 slur; else 0."
    )


class UnwantedTermIn(In):
    """A term to take off a list."""

    kind: Literal["block", "allow"]
    text: StrictStr = Field(max_length=400)


class TermsIn(In):
    """Terms to add and terms to remove, as one act; compared as they look, not as they are written."""

    add: list[TermIn] = Field(default_factory=list, max_length=MOST_AT_ONCE)
    remove: list[UnwantedTermIn] = Field(default_factory=list, max_length=MOST_AT_ONCE)

    def to_proposal(self, within: str = "") -> TermsProposal:
        """As the domain has it; `InvalidFields`, with pointers that begin with `within`."""
        found, errors = list[Term](), list[FieldError]()
        for place, term in enumerate(self.add):
            try:
                found.append(Term(TermKind(term.kind), term.text.strip(), term.severity))
            except FieldRefused as refusal:
                errors.append(FieldError(f"{within}/add/{place}", refusal.code, refusal.detail))
        if errors:
            raise InvalidFields(errors)
        return TermsProposal(found, [(TermKind(term.kind), term.text.strip()) for term in self.remove])


class TermOut(Out):
    """A term of the lists as they are."""

    kind: Literal["block", "allow"]
    text: str
    severity: int


class TermsOut(Out):
    """A page of the lists."""

    version: int = Field(description="Grows with each change.")
    terms: list[TermOut]
    next: str | None = Field(description="The cursor of what follows; null at the end.")


class TermsChangeOut(Out):
    """What became of the lists."""

    version: int
    added: int
    known: int = Field(description="Of those to add, how many were there already, just so.")
    removed: int


class TermsQuery(In):
    """Which part of the lists."""

    limit: Annotated[int, Field(ge=1, le=MOST_AT_ONCE)] = 200
    cursor: str | None = Field(None, max_length=800, description="`next` of the page before.")


@endpoint(
    "GET",
    "/v1/sites/{site}/terms",
    tag="governance",
    needs=Scope.READ,
    problems=(SiteNotFound, InvalidRequest),
)
async def read_terms(call: Call, query: TermsQuery) -> TermsOut:
    """The words that this site blocks or allows, in the order of their letters."""
    site = await call.own_site()
    after = _decode(query.cursor)
    async with call.ctx.db.read(moderation=True) as conn:
        version, present = await terms.present(conn, site.id)
    rest = sorted(present, key=lambda term: (term.kind.value, term.text))
    found = [term for term in rest if after is None or (term.kind.value, term.text) > after]
    page = found[: query.limit]
    return TermsOut(
        version=version,
        terms=[TermOut.model_validate(term) for term in page],
        next=_encode(page[-1].kind, page[-1].text) if len(page) < len(found) else None,
    )


@endpoint(
    "POST",
    "/v1/sites/{site}/terms",
    tag="governance",
    needs=Scope.ADMIN,
    problems=(SiteNotFound, InvalidFields),
)
async def change_terms(call: Call, body: TermsIn) -> TermsChangeOut:
    """Add and remove terms. What waits is screened anew; what is decided stays so."""
    site = await call.own_site()
    proposal = body.to_proposal()
    try:
        change = await set_terms(call.ctx, site, proposal, actor=call.principal.name)
    except FieldRefused as refusal:
        raise InvalidFields([FieldError("/add", refusal.code, refusal.detail)]) from None
    return TermsChangeOut.model_validate(change)


def _encode(kind: str, text: str) -> str:
    return base64.urlsafe_b64encode(f"{kind}\n{text}".encode()).rstrip(b"=").decode()


def _decode(cursor: str | None) -> tuple[str, str] | None:
    if cursor is None:
        return None
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars="-_", validate=True)
        kind, _, text = raw.decode().partition("\n")
    except (ValueError, binascii.Error):
        kind = text = ""
    if kind not in set(TermKind):
        raise InvalidRequest("invalid_cursor", "This cursor is not one that a listing gave. Start over.")
    return kind, text
