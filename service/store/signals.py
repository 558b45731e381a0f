"""Table `signal`, as JSON: statements that write a comment or list it carry its whole bill in one value."""

import json
from collections.abc import Sequence

from service.model.screenings import Axis, Signal, Span


def to_json(signals: Sequence[Signal]) -> str:
    """The lines of a bill, as the statements that store them read it."""
    if not signals:
        return "[]"
    return json.dumps(
        [
            {
                "position": position,
                "name": signal.name,
                "strength": signal.strength,
                "weight": signal.weight,
                "sentence": signal.sentence,
                "spans": [[span.field, span.start, span.end] for span in signal.spans],
                "evidence": list(signal.evidence),
                "axis": signal.axis.value,
                "severity": signal.severity,
            }
            for position, signal in enumerate(signals)
        ]
    )


def from_json(lines: str) -> Sequence[Signal]:
    """The lines of a bill, from rows of the table as one JSON array in order."""
    return [
        Signal(
            name=line["name"],
            strength=float(line["strength"]),
            weight=float(line["weight"]),
            sentence=line["sentence"],
            spans=[Span(field, start, end) for field, start, end in line["spans"]],
            evidence=line["evidence"],
            axis=Axis(line["axis"]),
            severity=line["severity"],
        )
        for line in json.loads(lines)
    ]
