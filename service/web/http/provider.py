"""An OpenID Connect provider: the authorisation code flow with PKCE (RFC 7636), and what its token says.

Every part of an answer is checked: the state against the flow that we began, the issuer (RFC 9207), the
signature with an algorithm from a short list, audience, nonce and times. Identity is (issuer, subject).
"""

import hmac
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import httpx2
import structlog
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from service.errors import Unauthenticated, Unavailable
from service.model.people import Identity
from service.settings import Settings

ALGORITHMS: Final = ("RS256", "PS256", "ES256")
LEEWAY_SECONDS: Final = 60
_TIMEOUT: Final = 5.0
_FRESH_SECONDS: Final = 3600.0
# An unknown key id has the keys read again, but nobody can make us do that more often.
_REFETCH_FLOOR: Final = 60.0
_log = structlog.get_logger("greenroom.provider")


@dataclass(frozen=True, slots=True)
class Flow:
    """What we must know again when the browser comes back."""

    state: str
    nonce: str
    verifier: str


class Provider:
    """The provider of the settings. It is asked for its description and its keys once an hour."""

    def __init__(self, settings: Settings, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        assert settings.oidc_issuer is not None
        self._issuer = settings.oidc_issuer
        self._settings = settings
        self._transport = transport
        self._metadata: tuple[float, Mapping[str, Any]] | None = None
        self._keys: tuple[float, KeySet] | None = None

    async def begin(self, redirect_uri: str) -> tuple[str, Flow]:
        """Where the browser should go, and what to remember of it; `Unavailable`."""
        flow = Flow(*(secrets.token_urlsafe(32) for _ in range(3)))
        metadata = await self._described()
        async with self._client(redirect_uri) as client:
            url, _ = client.create_authorization_url(
                metadata["authorization_endpoint"],
                state=flow.state,
                nonce=flow.nonce,
                code_verifier=flow.verifier,
            )
        return str(url), flow

    async def finish(
        self, answer: Mapping[str, str], flow: Flow, redirect_uri: str, now: datetime
    ) -> Identity:
        """Who came back; `Unauthenticated` where anything is not as it must be, `Unavailable`."""
        metadata = await self._described()
        self._check_answer(answer, flow, metadata)
        try:
            async with self._client(redirect_uri) as client:
                token = await client.fetch_token(
                    metadata["token_endpoint"],
                    code=answer["code"],
                    code_verifier=flow.verifier,
                    grant_type="authorization_code",
                )
            claims = await self._claims(token, flow, now)
        except (OAuthError, JoseError, ValueError, KeyError, TypeError) as error:
            raise _distrusted(type(error).__name__) from None
        except httpx2.HTTPError as error:
            raise _unreachable(error) from None
        return self._identity(claims)

    def _check_answer(self, answer: Mapping[str, str], flow: Flow, metadata: Mapping[str, Any]) -> None:
        if not hmac.compare_digest(answer.get("state", "").encode(), flow.state.encode()):
            raise _distrusted("state")
        must_name = metadata.get("authorization_response_iss_parameter_supported") is True
        if answer.get("iss", None if must_name else self._issuer) != self._issuer:
            raise _distrusted("issuer")
        if "error" in answer or not answer.get("code"):
            _log.info("provider.refused")
            raise Unauthenticated("You were not signed in there. Please try again.")

    async def _claims(self, token: Mapping[str, Any], flow: Flow, now: datetime) -> CodeIDToken:
        raw = str(token["id_token"])
        try:
            decoded = jwt.decode(raw, await self._key_set(), algorithms=list(ALGORITHMS))
        except InvalidKeyIdError:
            decoded = jwt.decode(raw, await self._key_set(anew=True), algorithms=list(ALGORITHMS))
        client_id = self._settings.oidc_client_id
        options = {
            "iss": {"essential": True, "value": self._issuer},
            "aud": {"essential": True, "value": client_id},
        }
        params = {
            "nonce": flow.nonce,
            "client_id": client_id,
            "access_token": token.get("access_token"),
        }
        claims = CodeIDToken(decoded.claims, decoded.header, options, params)
        claims.validate(now=int(now.timestamp()), leeway=LEEWAY_SECONDS)
        return claims

    def _identity(self, claims: Mapping[str, Any]) -> Identity:
        subject = claims["sub"]
        if not isinstance(subject, str) or not 1 <= len(subject) <= 255 or "\x00" in subject:
            raise _distrusted("subject")
        groups = claims.get(self._settings.oidc_groups_claim)
        names = (claims.get("preferred_username"), claims.get("name"))
        # Some providers call people by their address, which must not become a name that others see.
        name = next((each for each in names if isinstance(each, str) and each and "@" not in each), "")
        listed = groups if isinstance(groups, list) else []
        return Identity(
            self._issuer, subject, name, frozenset(each for each in listed if isinstance(each, str))
        )

    async def _described(self) -> Mapping[str, Any]:
        """The provider's description of itself (OpenID Connect Discovery 1.0)."""
        if self._metadata and time.monotonic() - self._metadata[0] < _FRESH_SECONDS:
            return self._metadata[1]
        found = await self._fetch(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
        wanted = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        secure = self._issuer.startswith("https://")
        for name in wanted:
            endpoint = found.get(name)
            if not isinstance(endpoint, str) or (secure and not endpoint.startswith("https://")):
                raise _distrusted(name)
        if found.get("issuer") != self._issuer:
            raise _distrusted("issuer")
        self._metadata = time.monotonic(), found
        return found

    async def _key_set(self, *, anew: bool = False) -> KeySet:
        age = time.monotonic() - self._keys[0] if self._keys else _FRESH_SECONDS
        if self._keys and age < (_REFETCH_FLOOR if anew else _FRESH_SECONDS):
            return self._keys[1]
        found: Any = await self._fetch((await self._described())["jwks_uri"])
        keys = KeySet.import_key_set(found)
        self._keys = time.monotonic(), keys
        return keys

    async def _fetch(self, url: str) -> dict[str, Any]:
        try:
            async with httpx2.AsyncClient(transport=self._transport, timeout=_TIMEOUT) as client:
                answer = await client.get(url)
                answer.raise_for_status()
                found = answer.json()
        except (httpx2.HTTPError, ValueError) as error:
            raise _unreachable(error) from None
        if not isinstance(found, dict):
            raise _distrusted("document")
        return found

    def _client(self, redirect_uri: str) -> AsyncOAuth2Client:
        secret = self._settings.oidc_client_secret
        return AsyncOAuth2Client(
            client_id=self._settings.oidc_client_id,
            client_secret=secret.get_secret_value() if secret else None,
            scope=self._settings.oidc_scopes,
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
            transport=self._transport,
            timeout=_TIMEOUT,
        )


def _distrusted(what: str) -> Unauthenticated:
    _log.warning("provider.distrusted", what=what)
    return Unauthenticated("The provider's answer could not be trusted. Please sign in again.")


def _unreachable(error: BaseException) -> Unavailable:
    _log.warning("provider.unreachable", error=type(error).__name__)
    return Unavailable("The provider cannot be reached just now. Please try again.")
