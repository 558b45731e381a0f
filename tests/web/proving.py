"""Solves challenges as a browser would, with the library's own solver."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from altcha import Challenge, Payload, solve_challenge


def solve(challenge: Mapping[str, Any]) -> str:
    """What is sent as the proof of this challenge."""
    asked = Challenge.from_dict(dict(challenge))
    solution = solve_challenge(asked)
    assert solution is not None
    return str(Payload(asked, solution).to_base64())


def taken_apart(payload: str) -> dict[str, Any]:
    """A payload as JSON."""
    found: dict[str, Any] = json.loads(base64.b64decode(payload))
    return found


def put_together(payload: object) -> str:
    """JSON as a payload."""
    return base64.b64encode(json.dumps(payload).encode()).decode()
