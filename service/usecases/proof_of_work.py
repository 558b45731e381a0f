"""Proof of work by the ALTCHA protocol, version 2: asked of what limits or a flood make suspicious.

A challenge is signed and bound to a site and a page; nothing of it is stored. Whoever solves it has spent
some seconds of a processor, which is little for one comment and much for thousands. The nonce of a proof
that came with a comment is kept until its challenge runs out, so that no proof is good for two.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from altcha import Payload, create_challenge, verify_solution

from service.context import Context
from service.errors import InvalidProof

LASTS: Final = timedelta(minutes=10)
# About 256 derivations of 5,000 rounds each: a second or two of a laptop, and 3 ms of ours to check.
ALGORITHM: Final = "PBKDF2/SHA-256"
COST: Final = 5_000
PREFIX: Final = "00"
MAX_PAYLOAD: Final = 2_048
_PURPOSE: Final = "proof-of-work"


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof whose challenge is ours, for this page, and still good. `confirm` looks at the solution."""

    payload: str
    secret: bytes
    nonce: bytes
    expires_at: datetime


def challenge(ctx: Context, site_id: int, page_id: UUID) -> Mapping[str, object]:
    """Something to solve, good for ten minutes on this page, as it goes out."""
    made = create_challenge(
        ALGORITHM,
        COST,
        key_prefix=PREFIX,
        expires_at=ctx.clock() + LASTS,
        data=_bound_to(site_id, page_id),
        hmac_secret=ctx.vault.secrets(_PURPOSE)[0],
    )
    found: Mapping[str, object] = made.to_dict()
    return found


def read(ctx: Context, payload: str, site_id: int, page_id: UUID) -> Proof:
    """The proof in a payload, after everything that costs next to nothing; `InvalidProof`."""
    if len(payload) > MAX_PAYLOAD:
        raise InvalidProof
    for secret in ctx.vault.secrets(_PURPOSE):
        # Deriving nothing leaves the signature, which is all that is asked here.
        if verify_solution(payload, secret, lambda *_: b"").invalid_signature is False:
            return _read(ctx, payload, secret, _bound_to(site_id, page_id))
    raise InvalidProof


async def confirm(proof: Proof) -> None:
    """Derive the key once more, beside the event loop; `InvalidProof`."""
    found = await asyncio.to_thread(verify_solution, proof.payload, proof.secret)
    if not found.verified:
        raise InvalidProof


def _read(ctx: Context, payload: str, secret: bytes, bound_to: Mapping[str, str]) -> Proof:
    parameters = Payload.from_base64(payload).challenge.parameters
    expires_at = datetime.fromtimestamp(parameters.expires_at or 0, UTC)
    if parameters.data != bound_to or expires_at < ctx.clock():
        raise InvalidProof
    return Proof(payload, secret, bytes.fromhex(parameters.nonce), expires_at)


def _bound_to(site_id: int, page_id: UUID) -> dict[str, str]:
    return {"site": str(site_id), "page": page_id.hex}
