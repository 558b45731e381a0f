"""Every route × a token of each scope × whose site, and the routes that are open to everybody."""

from typing import Final

import pytest

from service.model.people import Scope
from service.usecases.tokens import add_token
from service.web.routes import ENDPOINTS
from tests.authorisation_table import OPEN, TABLE, TOKENS
from tests.web.test_authorisation import GUARDED, World, name_of
from tests.web.test_authorisation import world as world

COLUMNS: Final = ("nobody", "reader", "moderator", "discloser", "admin", "governor")
# Whose column of the table says what a token may do where an endpoint needs this scope.
LIKE: Final = {
    Scope.READ: "reader",
    Scope.MODERATE: "moderator",
    Scope.DISCLOSE: "discloser",
    Scope.EXPORT: "admin",
    Scope.ADMIN: "admin",
}
INCLUDED: Final = {
    Scope.MODERATE: {Scope.MODERATE, Scope.READ},
    Scope.ADMIN: set(Scope) - {Scope.DISCLOSE},
}


@pytest.mark.parametrize("scope", Scope)
async def test_t41_a_token_of_one_scope_opens_what_its_scope_opens_and_nothing_else(
    world: World, scope: Scope
) -> None:
    token = await add_token(world.ctx, [scope], actor="test", site_id=world.own.id)
    wrong = []
    for found in GUARDED:
        if found.tag == "console" or found.needs is None:
            continue
        name = name_of(found)
        said = dict(zip(COLUMNS, TABLE[name].split(" "), strict=True))[LIKE[found.needs]]
        may = found.needs in INCLUDED.get(scope, {scope})
        expected = TOKENS.get(name, said) if may else "xx"
        letters = [await world.call_with(found, token, site) for site in (world.own, world.other)]
        if "".join(letters) != expected:
            wrong.append(f"{name}: {''.join(letters)} and not {expected}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", sorted(OPEN))
async def test_an_open_route_does_not_care_who_is_signed_in(world: World, name: str) -> None:
    [found] = [each for each in ENDPOINTS if name_of(each) == name]
    answers = [await world.call(found, kind, world.own) for kind in ("nobody", "moderator")]
    assert len(set(answers)) == 1
    # A route of authors wants their token, and signing in a password: nobody is asked for a session.
    assert answers[0] != "-" or "session" in name or "sign-in" in name
