"""Signing in with a provider: the flow against one that the tests run, and all that can be wrong with it."""

import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pyotp
import pytest

from service.context import Context
from service.model.people import Moderator, Rights, Role
from service.store import people
from service.store.database import Connection
from service.usecases.moderators import Change, change
from service.web.http import provider as provider_module
from tests.people import a_moderator, ok, signed_in
from tests.provider import CLIENT_ID, ISSUER, Provider
from tests.web.provider.conftest import ANSWER, START, linked, there


async def moderators_of(ctx: Context) -> Sequence[Moderator]:
    async with ctx.db.read(moderation=True) as conn:
        return await people.every(conn)


async def test_whoever_is_linked_comes_in_and_goes_on_to_where_they_wanted(
    client: httpx2.AsyncClient, ctx: Context, conn: Connection, browser: httpx2.AsyncClient
) -> None:
    await linked(ctx, conn)
    asked = ok(await client.get(START, params={"next": "/console/decided"}), 303).headers["location"]
    query = {name: values[0] for name, values in parse_qs(urlsplit(asked).query).items()}
    assert query["redirect_uri"] == f"http://testserver{ANSWER}"
    assert (query["code_challenge_method"], query["scope"]) == ("S256", "openid profile")
    back = (await browser.get(asked)).headers["location"]
    done = ok(await client.get(back), 303)
    assert done.headers["location"] == "/console/decided"
    assert ok(await client.get("/v1/me")).json()["name"] == "irene"
    trail = [row["action"] for row in await conn.fetch("SELECT action FROM audit_event ORDER BY id")]
    assert trail[-1] == "session.begun"


async def test_an_unknown_account_is_refused_in_a_sentence_and_its_address_is_not_asked(
    client: httpx2.AsyncClient, ctx: Context, conn: Connection, browser: httpx2.AsyncClient
) -> None:
    await linked(ctx, conn, subject="somebody else")
    refused = await client.get(await there(client, browser))
    assert (refused.status_code, "not linked" in refused.text) == (403, True)
    assert (await client.get("/v1/me")).status_code == 401
    told = str(await conn.fetch("SELECT * FROM audit_event")) + str(
        await conn.fetch("SELECT * FROM moderator")
    )
    assert "example.com" not in told


async def test_a_group_that_the_owner_gave_a_role_lets_its_members_in(
    client: httpx2.AsyncClient, conn: Connection, provider: Provider, browser: httpx2.AsyncClient
) -> None:
    provider.claims |= {"groups": ["everybody", "desk"]}
    ok(await client.get(await there(client, browser)), 303)
    me = ok(await client.get("/v1/me")).json()
    assert (me["name"], me["scopes"]) == ("irene", ["moderate", "read"])
    client.cookies.clear()
    ok(await client.get(await there(client, browser)), 303)
    assert await conn.fetchval("SELECT count(*) FROM moderator") == 1


async def test_whoever_came_by_a_group_has_the_role_of_their_groups_at_each_sign_in(
    client: httpx2.AsyncClient, ctx: Context, provider: Provider, browser: httpx2.AsyncClient
) -> None:
    await a_moderator(ctx, "ana", Rights(Role.ADMIN))
    provider.claims |= {"groups": ["desk"]}
    ok(await client.get(await there(client, browser)), 303)
    first = dict(client.cookies)
    for group, is_admin in (("chiefs", True), ("desk", False)):
        provider.claims |= {"groups": [group]}
        ok(await client.get(await there(client, browser)), 303)
        scopes = ok(await client.get("/v1/me")).json()["scopes"]
        assert ("admin" in scopes, "moderate" in scopes) == (is_admin, True)
    provider.claims |= {"groups": ["everybody"]}
    assert (await client.get(await there(client, browser))).status_code == 403
    for cookies in (first, dict(client.cookies)):
        client.cookies.clear()
        client.cookies.update(cookies)
        assert (await client.get("/v1/me")).status_code == 401


async def test_a_role_that_a_person_gave_stays_whatever_the_groups_say(
    client: httpx2.AsyncClient, ctx: Context, provider: Provider, browser: httpx2.AsyncClient
) -> None:
    provider.claims |= {"groups": ["desk"]}
    ok(await client.get(await there(client, browser)), 303)
    [irene] = [each for each in await moderators_of(ctx) if each.name == "irene"]
    await change(ctx, irene.id, Change(Rights(Role.READER)), actor="ana")
    provider.claims |= {"groups": ["chiefs"]}
    ok(await client.get(await there(client, browser)), 303)
    assert ok(await client.get("/v1/me")).json()["scopes"] == ["read"]


async def test_a_provider_does_not_take_the_last_admin_away(
    client: httpx2.AsyncClient, provider: Provider, browser: httpx2.AsyncClient
) -> None:
    provider.claims |= {"groups": ["chiefs"]}
    ok(await client.get(await there(client, browser)), 303)
    provider.claims |= {"groups": ["desk"]}
    ok(await client.get(await there(client, browser)), 303)
    assert "admin" in ok(await client.get("/v1/me")).json()["scopes"]


@pytest.mark.parametrize("name", ["irene@example.com", "", 7, "x" * 80, None])
async def test_a_newcomer_never_gets_an_address_for_a_name(
    client: httpx2.AsyncClient, provider: Provider, browser: httpx2.AsyncClient, name: object
) -> None:
    provider.claims |= {"groups": ["chiefs", "desk"], "preferred_username": name}
    ok(await client.get(await there(client, browser)), 303)
    me = ok(await client.get("/v1/me")).json()
    assert me["name"].startswith("member ")
    assert "admin" in me["scopes"]


async def test_a_newcomer_whose_name_is_taken_gets_another(
    client: httpx2.AsyncClient, ctx: Context, provider: Provider, browser: httpx2.AsyncClient
) -> None:
    await a_moderator(ctx, "irene", Rights(Role.ADMIN))
    provider.claims |= {"groups": ["desk"]}
    ok(await client.get(await there(client, browser)), 303)
    me = ok(await client.get("/v1/me")).json()
    assert me["name"].startswith("irene ")
    assert me["scopes"] == ["moderate", "read"]


WRONG: dict[str, dict[str, Any]] = {
    "another audience": {"claims": {"aud": "somebody else"}},
    "two audiences and no party": {"claims": {"aud": [CLIENT_ID, "other"]}},
    "another party": {"claims": {"aud": [CLIENT_ID], "azp": "other"}},
    "another issuer": {"claims": {"iss": "https://evil.example"}},
    "another nonce": {"claims": {"nonce": "x"}},
    "no nonce": {"omitted": {"nonce"}},
    "expired": {"claims": {"exp": int(time.time()) - 120}},
    "no expiry": {"omitted": {"exp"}},
    "from the future": {"claims": {"iat": int(time.time()) + 86_400, "nbf": int(time.time()) + 86_400}},
    "no subject": {"omitted": {"sub"}},
    "an empty subject": {"claims": {"sub": ""}},
    "a subject that is no string": {"claims": {"sub": 7}},
    "no signature": {"algorithm": "none"},
    "a public key as a secret": {"algorithm": "HS256"},
    "an algorithm that is not on the list": {"algorithm": "RS512"},
    "another issuer in the address": {"answers_iss": "https://evil.example"},
}


@pytest.mark.parametrize("wrong", WRONG)
async def test_an_answer_that_is_wrong_opens_nothing(
    client: httpx2.AsyncClient,
    ctx: Context,
    conn: Connection,
    provider: Provider,
    browser: httpx2.AsyncClient,
    wrong: str,
) -> None:
    await linked(ctx, conn)
    for name, value in WRONG[wrong].items():
        setattr(provider, name, provider.claims | value if name == "claims" else value)
    refused = await client.get(await there(client, browser))
    assert refused.status_code == 401
    assert "could not be trusted" in refused.text
    assert (await client.get("/v1/me")).status_code == 401


@pytest.mark.filterwarnings("ignore")
async def test_a_key_that_is_not_the_providers_signs_nothing(
    client: httpx2.AsyncClient,
    ctx: Context,
    conn: Connection,
    provider: Provider,
    browser: httpx2.AsyncClient,
) -> None:
    await linked(ctx, conn)
    published = provider.keys
    provider.rotate(keep_old=False)
    forger = provider.signs_with
    forger_as_known = type(forger).import_key({**forger.as_dict(private=True), "kid": published[0].kid})
    provider.keys, provider.signs_with = published, forger_as_known
    assert (await client.get(await there(client, browser))).status_code == 401


async def test_a_clock_may_be_off_by_a_minute(
    client: httpx2.AsyncClient,
    ctx: Context,
    conn: Connection,
    provider: Provider,
    browser: httpx2.AsyncClient,
) -> None:
    await linked(ctx, conn)
    provider.claims |= {"exp": int(time.time()) - 30}
    ok(await client.get(await there(client, browser)), 303)


async def test_a_rotated_key_is_fetched_but_not_at_everybodys_pleasure(
    client: httpx2.AsyncClient,
    ctx: Context,
    conn: Connection,
    provider: Provider,
    browser: httpx2.AsyncClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await linked(ctx, conn)
    ok(await client.get(await there(client, browser)), 303)
    assert provider.key_requests == 1
    provider.rotate()
    for _ in range(3):
        assert (await client.get(await there(client, browser))).status_code == 401
    assert provider.key_requests == 1
    monkeypatch.setattr(provider_module, "_REFETCH_FLOOR", 0.0)
    ok(await client.get(await there(client, browser)), 303)
    assert provider.key_requests == 2


async def test_a_state_is_good_once_and_in_the_browser_that_began(
    client: httpx2.AsyncClient, ctx: Context, conn: Connection, browser: httpx2.AsyncClient
) -> None:
    await linked(ctx, conn)
    back = await there(client, browser)
    kept = client.cookies.get("greenroom-provider") or ""
    client.cookies.clear()
    assert (await client.get(back)).status_code == 401
    again = {"Cookie": f"greenroom-provider={kept}"}
    ok(await client.get(back, headers=again), 303)
    client.cookies.clear()
    replayed = await client.get(back, headers=again)
    assert replayed.status_code == 401
    assert "done before" in replayed.text


async def test_an_answer_to_somebody_elses_question_is_refused(
    client: httpx2.AsyncClient, ctx: Context, conn: Connection, browser: httpx2.AsyncClient
) -> None:
    """An attacker's own answer, put before somebody who has begun a flow of their own."""
    await linked(ctx, conn)
    attackers = await there(client, browser)
    client.cookies.clear()
    await there(client, browser)
    assert (await client.get(attackers)).status_code == 401


@pytest.mark.parametrize("cookie", ["", "x", "e30=.1.x", "." * 50])
async def test_a_cookie_that_we_did_not_sign_is_worth_nothing(
    client: httpx2.AsyncClient, cookie: str
) -> None:
    headers = {"Cookie": f"greenroom-provider={cookie}"}
    assert (await client.get(f"{ANSWER}?code=x&state=y", headers=headers)).status_code == 401


async def test_a_refusal_there_is_told_here(client: httpx2.AsyncClient, browser: httpx2.AsyncClient) -> None:
    back = await there(client, browser)
    state = parse_qs(urlsplit(back).query)["state"][0]
    refused = await client.get(ANSWER, params={"error": "access_denied", "state": state, "iss": ISSUER})
    assert (refused.status_code, "not signed in there" in refused.text) == (401, True)


async def test_while_the_provider_is_away_passwords_still_work(
    client: httpx2.AsyncClient, provider: Provider
) -> None:
    provider.is_down = True
    assert (await client.get(START)).status_code == 503
    ok(await client.get("/console/sign-in"))


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://id.example/token"},
        {"jwks_uri": None},
    ],
)
async def test_a_description_that_does_not_fit_is_not_followed(
    client: httpx2.AsyncClient, provider: Provider, metadata: dict[str, Any]
) -> None:
    provider.metadata = metadata
    assert (await client.get(START)).status_code == 401


async def test_a_second_factor_is_asked_for_all_the_same(
    client: httpx2.AsyncClient, ctx: Context, conn: Connection, browser: httpx2.AsyncClient
) -> None:
    await linked(ctx, conn)
    irene = await conn.fetchval("SELECT id FROM moderator")
    headers = await signed_in(ctx, irene)
    made = ok(await client.post("/v1/me/second-factor", headers=headers), 201).json()
    totp = pyotp.TOTP(made["secret"])
    body = {"code": totp.at(ctx.clock())}
    ok(await client.post("/v1/me/second-factor/confirmation", json=body, headers=headers), 201)
    asked = ok(await client.get(await there(client, browser)))
    assert 'name="challenge"' in asked.text
    assert (await client.get("/v1/me")).status_code == 401
