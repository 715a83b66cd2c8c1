"""Logging: structured lines on standard error, with credentials taken out of whatever slips in."""

from __future__ import annotations

import logging
import re
import sys
from typing import Any

import structlog

_CREDENTIAL = re.compile(r"(/key/)[^/\s]+|(Bearer\s+)\S+", re.IGNORECASE)


def _without_credentials(_: Any, __: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = _CREDENTIAL.sub(lambda m: (m[1] or m[2]) + "•••", value)
    return event


def set_up(level: str = "INFO", *, json: bool | None = None) -> None:
    """Configure structlog: lines for people on a terminal, JSON elsewhere."""
    machine = not sys.stderr.isatty() if json is None else json
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            _without_credentials,
            structlog.processors.JSONRenderer() if machine else structlog.dev.ConsoleRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),  # one write a line: children share it
    )
