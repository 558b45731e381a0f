"""Second opinions: notes, passing a comment on, escalating it."""

from uuid import UUID

from service.errors import CommentNotFound, Conflict, InvalidFields
from service.model.people import Scope
from service.store import comments, notes, sites
from service.usecases.second_opinion import add_note, escalate, pass_on
from service.web.http.endpoint import Call, endpoint
from service.web.wire.opinions import ConcernOut, EscalationIn, NoteIn, NoteOut, NotesOut, PassingIn


@endpoint(
    "GET",
    "/v1/comments/{comment_id}/notes",
    tag="moderation",
    needs=Scope.READ,
    problems=(CommentNotFound,),
)
async def read_notes(call: Call, comment_id: UUID) -> NotesOut:
    """What moderators told one another about a comment, oldest first."""
    async with call.ctx.db.read(moderation=True) as conn:
        site_ids = await sites.visible(conn, call.principal)
        if not await comments.exists(conn, site_ids, comment_id):
            raise CommentNotFound
        found = await notes.of_comment(conn, site_ids, comment_id)
    return NotesOut(notes=[NoteOut.model_validate(note) for note in found])


@endpoint(
    "POST",
    "/v1/comments/{comment_id}/notes",
    tag="moderation",
    needs=Scope.MODERATE,
    status=201,
    problems=(CommentNotFound, InvalidFields),
)
async def write_note(call: Call, comment_id: UUID, body: NoteIn) -> NoteOut:
    """Tell the others something about a comment."""
    return NoteOut.model_validate(await add_note(call.ctx, call.principal, comment_id, body.text))


@endpoint(
    "POST",
    "/v1/comments/{comment_id}/pass",
    tag="moderation",
    needs=Scope.MODERATE,
    status=201,
    problems=(CommentNotFound, Conflict, InvalidFields),
)
async def pass_comment(call: Call, comment_id: UUID, body: PassingIn) -> ConcernOut:
    """Let a pending comment wait for one colleague, or for anybody again."""
    found = await pass_on(call.ctx, call.principal, comment_id, body.to, body.note)
    return ConcernOut.model_validate(found)


@endpoint(
    "POST",
    "/v1/comments/{comment_id}/escalation",
    tag="moderation",
    needs=Scope.MODERATE,
    status=201,
    problems=(CommentNotFound, Conflict, InvalidFields),
)
async def escalate_comment(call: Call, comment_id: UUID, body: EscalationIn) -> ConcernOut:
    """Let a comment wait for an admin, or take it back."""
    found = await escalate(call.ctx, call.principal, comment_id, body.note, to_admins=body.escalated)
    return ConcernOut.model_validate(found)
