"""Logging: structured lines on standard error, with credentials taken out of whatever slips in."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Sequence
from typing import Any

import structlog

from lgsp.errors import GatewayError
from lgsp.redacting import at_hand, redacted, told

_CREDENTIAL = re.compile(r"(/key/)[^/\s]+|(Bearer\s+)\S+", re.IGNORECASE)
_EXCEPTION = re.compile(r"exception=.*", re.DOTALL)
_OURS = frozenset({"level", "timestamp"})
"""Names of a line whose values are our own words."""


def _discreet(_: Any, __: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    """Take out credentials, personal numbers, and the personal values of the message at hand."""
    known: Sequence[str] | None = None
    for name, value in event.items():
        if isinstance(value, str) and name not in _OURS:
            known = at_hand() if known is None else known
            event[name] = _clean(value, known)
        elif isinstance(value, list | tuple | dict):
            event[name] = _clean(repr(value), at_hand())
    return event


def _clean(text: str, known: Sequence[str]) -> str:
    return redacted(_CREDENTIAL.sub(lambda m: (m[1] or m[2]) + "•••", text), known)


def _fault(_: Any, __: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    """Write a fault with its traceback, without words that may hold what it failed on."""
    given = event.pop("exc_info", None)
    if given:
        fault = given if isinstance(given, BaseException) else sys.exc_info()[1]
        fault = given[1] if isinstance(given, tuple) else fault
        if fault is not None:
            event["exception"] = told(fault, (GatewayError,))
    return event


def _record(*said: Any, **more: Any) -> logging.LogRecord:
    """Make a line of a library that logs by itself (the server, the loop) as discreet as our own."""
    record = logging.LogRecord(*said, **more)
    if record.exc_info and record.exc_info[1] is not None:
        record.exc_text, record.exc_info = told(record.exc_info[1], (GatewayError,)), None
    text = _EXCEPTION.sub("exception=•••", record.getMessage())
    record.msg, record.args = _clean(text, at_hand()), ()
    return record


def set_up(level: str = "INFO", *, json: bool | None = None) -> None:
    """Configure structlog: lines for people on a terminal, JSON elsewhere."""
    logging.setLogRecordFactory(_record)
    machine = not sys.stderr.isatty() if json is None else json
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            _fault,
            _discreet,
            structlog.processors.JSONRenderer() if machine else structlog.dev.ConsoleRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),  # one write a line: children share it
    )
