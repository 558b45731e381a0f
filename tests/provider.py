"""An OpenID Connect provider that tests run: discovery, keys, the code flow, and how it can go wrong.

What a test sets on it beforehand goes wrong in the next token: claims, the signing key, the algorithm.
"""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, urlencode

import httpx2
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

ISSUER = "https://id.example"
CLIENT_ID = "greenroom"
CLIENT_SECRET = "a client's secret"


class Provider:
    """One account is signed in there: `claims` are what its ID token says beside the usual."""

    def __init__(self) -> None:
        self.keys: list[Any] = [a_key("one")]
        self.signs_with: RSAKey = self.keys[0]
        self.algorithm = "RS256"
        self.claims: dict[str, Any] = {"sub": "248289761001", "preferred_username": "irene"}
        self.omitted: set[str] = set()
        self.metadata: dict[str, Any] = {}
        self.answers_iss: str | None = ISSUER
        self.key_requests = 0
        self.is_down = False
        self._codes: dict[str, dict[str, str]] = {}
        routes = [
            Route("/.well-known/openid-configuration", self._describe),
            Route("/authorize", self._authorize),
            Route("/token", self._token, methods=["POST"]),
            Route("/keys", self._jwks),
        ]
        self.app = Starlette(routes=routes)

    @property
    def transport(self) -> httpx2.AsyncBaseTransport:
        """How our service reaches it."""
        return httpx2.ASGITransport(self.app)

    @asynccontextmanager
    async def browser(self) -> AsyncIterator[httpx2.AsyncClient]:
        """How a browser reaches it."""
        async with httpx2.AsyncClient(transport=self.transport, base_url=ISSUER) as client:
            yield client

    def rotate(self, *, keep_old: bool = True) -> None:
        """Sign with a new key from now on."""
        self.signs_with = a_key(secrets.token_hex(4))
        self.keys = [*(self.keys if keep_old else []), self.signs_with]

    async def _describe(self, request: Request) -> Response:
        if self.is_down:
            return Response(status_code=503)
        described = {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/authorize",
            "token_endpoint": f"{ISSUER}/token",
            "jwks_uri": f"{ISSUER}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "authorization_response_iss_parameter_supported": self.answers_iss is not None,
        }
        return JSONResponse(described | self.metadata)

    async def _jwks(self, request: Request) -> Response:
        self.key_requests += 1
        return JSONResponse(KeySet(self.keys).as_dict(private=False))

    async def _authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        assert asked["client_id"] == CLIENT_ID
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        answer = {"code": code, "state": asked["state"]}
        if self.answers_iss is not None:
            answer["iss"] = self.answers_iss
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(answer)}", 302)

    async def _token(self, request: Request) -> Response:
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        asked = self._codes.pop(form.get("code", ""), None)
        expected = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {expected}":
            return JSONResponse({"error": "invalid_client"}, 401)
        if asked is None or form.get("redirect_uri") != asked["redirect_uri"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked["code_challenge"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        token = self._id_token(asked["nonce"])
        return JSONResponse(
            {"access_token": secrets.token_urlsafe(16), "token_type": "Bearer", "id_token": token}
        )

    def _id_token(self, nonce: str) -> str:
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": CLIENT_ID,
            "exp": now + 300,
            "iat": now,
            "nonce": nonce,
            "email": "irene@example.com",
            **self.claims,
        }
        claims = {name: value for name, value in claims.items() if name not in self.omitted}
        if self.algorithm == "none":
            return ".".join((_part({"alg": "none"}), _part(claims), ""))
        key: Any = self.signs_with
        header = {"alg": self.algorithm, "kid": key.kid}
        if self.algorithm == "HS256":
            # The classic confusion: the public key as the secret of an HMAC.
            key = OctKey.import_key(key.as_pem(private=False))
        return jwt.encode(header, claims, key, algorithms=[self.algorithm])


def a_key(kid: str) -> RSAKey:
    """A signing key."""
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig"})


def _part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
