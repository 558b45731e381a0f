"""What admins of a site do for somebody who asked them: a copy of what is kept, and erasing it."""

from service.errors import InvalidFields, SiteNotFound, Unavailable
from service.model.people import Scope
from service.usecases.erase import erase
from service.usecases.export import as_document, export
from service.web.drawing.privacy import naming_of
from service.web.http.endpoint import Call, endpoint
from service.web.wire.privacy import DataSubjectIn, ErasedOut, ErasureIn, ExportOut

_REFUSALS = (SiteNotFound, InvalidFields, Unavailable)


@endpoint("POST", "/v1/sites/{site}/privacy/export", tag="privacy", needs=Scope.ADMIN, problems=_REFUSALS)
async def export_address(call: Call, body: DataSubjectIn) -> ExportOut:
    """A copy of everything that a site keeps under an address. That it was made is in the audit trail."""
    site = await call.own_site()
    found = await export(call.ctx, [site], body.email, actor=call.principal.name)
    return ExportOut.model_validate(as_document(found, body.email, call.ctx.clock()))


@endpoint("POST", "/v1/sites/{site}/privacy/erasure", tag="privacy", needs=Scope.ADMIN, problems=_REFUSALS)
async def erase_address(call: Call, body: ErasureIn) -> ErasedOut:
    """Erase what a site keeps under an address, for good; also from backups that are restored.

    `anonymise` leaves the texts of published comments, tied to nobody, where they do not tell who wrote them.
    """
    site, naming = await call.own_site(), naming_of(body.mode)
    done = await erase(call.ctx, [site], body.email, actor=call.principal.name, naming=naming)
    return ErasedOut.of(done)
