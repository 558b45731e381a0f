"""How the service logs: structlog, one JSON object a line, ASCII only; text for people on request.

Events are names, not prose; values are ids, counts and times. No text, name, e-mail address or network.
"""

import json
import logging
import sys
from typing import Final, Literal, TextIO

import structlog
from structlog.typing import Processor

# Made once: `json.dumps` with any option of its own makes an encoder for every line.
_encode: Final = json.JSONEncoder(default=str).encode


def set_up(level: str, form: Literal["json", "text"], stream: TextIO | None = None) -> None:
    """Configure structlog to write to `stream`, the error stream by default, and lead other loggers there."""
    out = stream or sys.stderr
    steps: list[Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: Processor = (
        structlog.processors.JSONRenderer(lambda event, **_: _encode(event))
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=out.isatty())
    )
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[*steps, last],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(out),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=steps, processors=[_without_extras, last]
    )
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=max(number, logging.INFO), force=True)
    # The access log is ours (service.web.http.shell): uvicorn's would write addresses and query strings.
    logging.getLogger("uvicorn.access").disabled = True


def _without_extras(
    logger: object, name: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Drop what ProcessorFormatter adds, and tracebacks, whose messages may quote values."""
    return {key: value for key, value in event.items() if not key.startswith("_") and key != "exc_info"}
