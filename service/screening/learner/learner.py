"""What was learned: judges a comment, and says which of its words made the judgement."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from service.model.screenings import LEARNED, Signal, Span
from service.screening.learner.features import READING, SIZE, Features

WEIGHT: Final = 6.0
MAX_TOKENS: Final = 5
# A learner with so many lessons speaks with half its voice.
_HALF_GROWN: Final = 50
_FULL_VOICE: Final = 4.0


@dataclass(frozen=True, slots=True)
class Opinion:
    """The probability of spam, and the words that speak most for what it says, the loudest first."""

    probability: float
    words: Sequence[str]
    spans: Sequence[Span]


@dataclass(frozen=True, slots=True)
class Learner:
    """Weights of features, and what makes their sum a probability; learned from so many decisions."""

    weights: npt.NDArray[np.float32]
    bias: float
    slope: float
    offset: float
    spam: int
    ham: int

    def judge(self, features: Features) -> Opinion:
        """What comments like this one turned out to be."""
        margin = float((self.weights[features.indices] * features.values).sum()) + self.bias
        odds = max(-12.0, min(12.0, self.slope * margin + self.offset))
        probability = 1 / (1 + math.exp(-odds))
        telling = self._telling(features, 1 if odds > 0 else -1)
        return Opinion(probability, [text for text, _ in telling], [span for _, span in telling])

    def signal(self, opinion: Opinion) -> Signal | None:
        """The learner's line of the bill; None where it has no opinion. It grows louder with its lessons."""
        odds = math.log(opinion.probability / (1 - opinion.probability))
        lessons = self.spam + self.ham
        strength = math.tanh(odds / _FULL_VOICE) * lessons / (lessons + _HALF_GROWN)
        if abs(strength) < 0.02:
            return None
        percent = round(100 * opinion.probability)
        says = (
            f"It reads like what was rejected as spam here ({percent} %)."
            if strength > 0
            else f"It reads like what was approved here ({100 - percent} %)."
        )
        return Signal(LEARNED, strength, WEIGHT, says, opinion.spans, opinion.words)

    def to_bytes(self) -> bytes:
        """A line of JSON, the features that have a weight with their weights, and the reading, one byte.

        The reading stands last because releases that knew of none look no further than the weights.
        """
        used = np.flatnonzero(self.weights)
        head = json.dumps(
            [self.bias, self.slope, self.offset, self.spam, self.ham, len(used)], separators=(",", ":")
        )
        body = used.astype("<u4").tobytes() + self.weights[used].astype("<f4").tobytes()
        return head.encode() + b"\n" + body + bytes([READING])

    @classmethod
    def from_bytes(cls, stored: bytes) -> "Learner | None":
        """The learner again, exactly; None where it learned from what is read otherwise by now."""
        if stored[-1] != READING:
            return None
        head, _, body = stored.partition(b"\n")
        bias, slope, offset, spam, ham, count = json.loads(head)
        weights = np.zeros(SIZE, dtype=np.float32)
        used = np.frombuffer(body, "<u4", count)
        weights[used] = np.frombuffer(body, "<f4", count, offset=4 * count)
        return cls(weights, bias, slope, offset, spam, ham)

    def _telling(self, features: Features, side: int) -> Sequence[tuple[str, Span]]:
        """The words that pull to this side, each once: a pair stands back behind a word of its own."""
        pulls = [(side * float(self.weights[piece.feature]), piece) for piece in features.pieces]
        found: dict[str, Span] = {}
        for pull, piece in sorted(pulls, key=lambda each: -each[0]):
            if pull <= 0 or len(found) == MAX_TOKENS:
                break
            if not any(piece.text in known or known in piece.text for known in found):
                found[piece.text] = piece.span
        return list(found.items())
