"""The page where a moderator chooses keys: a habit to begin from, another key for one act, or none at all."""

from typing import Literal

from pydantic import Field, StrictStr
from starlette.responses import Response

from service.errors import FieldError, InvalidFields, ServiceError
from service.store import people
from service.usecases import account
from service.web.console.addresses import KEYS
from service.web.console.forms import again, status_of, wrongs
from service.web.console.frame import go_on, page
from service.web.console.keys import PRESET, PRESETS, USUAL, is_key, keys_of
from service.web.console.sign_in import HTML, OwnForm, failure_page, require_own_form
from service.web.http.endpoint import Call, endpoint
from service.web.wire.base import In
from service.web.wire.people import PreferencesOut


class DoneQuery(In):
    """What was done a moment ago."""

    done: Literal["kept"] | None = None


class HabitForm(OwnForm):
    """Whose keys to begin from, and whether single keys do anything."""

    preset: StrictStr = Field(pattern=f"^({'|'.join(PRESETS)})$")
    shortcuts: Literal["on"] | None = None


class KeyForm(OwnForm):
    """Another key for one act; without one, its usual keys again."""

    action: StrictStr = Field(pattern=f"^({'|'.join(USUAL)})$")
    key: StrictStr | None = Field(None, max_length=10)


async def draw(call: Call, error: ServiceError | None = None, done: str | None = None) -> Response:
    """The page, with what is wrong in one of its forms."""
    chosen = await _chosen(call)
    return page(
        call,
        "keyboard.html",
        status=status_of(error),
        chosen=chosen,
        preset=chosen.keys.get(PRESET, "usual"),
        presets=list(PRESETS),
        keys=keys_of(chosen.keys),
        wrong=wrongs(error),
        tried=call.given.get("action"),
        done=done,
    )


@endpoint("GET", KEYS, tag="console", signed_in=True, media=HTML, error_page=failure_page)
async def show_keys(call: Call, query: DoneQuery) -> Response:
    """Every act of the triage view with its keys."""
    return await draw(call, done=query.done)


@endpoint("POST", KEYS, tag="console", signed_in=True, form=True, media=HTML, error_page=again(draw))
async def choose_habit(call: Call, body: HabitForm) -> Response:
    """Begin from a habit; keys that were given to single acts stay."""
    require_own_form(call, body.csrf)
    chosen = await _chosen(call)
    keys = {**chosen.keys, PRESET: body.preset}
    return await _keep(call, chosen.model_copy(update={"keys": keys, "shortcuts": body.shortcuts == "on"}))


@endpoint("POST", f"{KEYS}/key", tag="console", signed_in=True, form=True, media=HTML, error_page=again(draw))
async def choose_key(call: Call, body: KeyForm) -> Response:
    """Give one act another key, which it takes from whatever had it."""
    require_own_form(call, body.csrf)
    if body.key and not is_key(body.key):
        detail = "A key is one letter, digit or sign of an English keyboard."
        raise InvalidFields([FieldError("/key", "key.invalid", detail)])
    chosen = await _chosen(call)
    keys = {
        action: key for action, key in chosen.keys.items() if action != body.action and key != body.key
    } | ({body.action: body.key} if body.key else {})
    return await _keep(call, chosen.model_copy(update={"keys": keys}))


async def _chosen(call: Call) -> PreferencesOut:
    me = await account.myself(call.ctx, call.principal)
    async with call.ctx.db.read(moderation=True) as conn:
        return PreferencesOut.model_validate(await people.preferences(conn, me.id))


async def _keep(call: Call, chosen: PreferencesOut) -> Response:
    kept = chosen.model_dump(mode="json", exclude_defaults=True)
    await account.set_preferences(call.ctx, call.principal, kept)
    return go_on(f"{KEYS}?done=kept#notice")
