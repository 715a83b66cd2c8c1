"""Putting the portal's verdict into the forms in which it has been seen to answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

from lgsp.sandbox.faults import Dialect

_JSON, _TEXT = b"application/json", b"text/plain; charset=utf-8"
_EXISTS = 3


@dataclass(slots=True, frozen=True)
class Reply:
    """What goes back over HTTP.

    Attributes:
        content_type: None leaves the header out.
        delay: seconds before the first byte.
        retry_after: seconds for the header of that name; None leaves it out.
    """

    body: bytes
    status: int = 200
    content_type: bytes | None = _JSON
    delay: float = 0.0
    retry_after: int | None = None


@dataclass(slots=True, frozen=True)
class Verdict:
    """What the portal has to say, before it is put into a form.

    Attributes:
        code: 0 is success, 3 says that the dossier is there already, -1 is any other failure.
        extra: further keys of the envelope (`session`, `result`).
    """

    code: int
    text: str
    extra: dict[str, Any] | None = None


def speak(verdict: Verdict, dialect: Dialect) -> Reply:
    """Return the verdict as a reply; a form that cannot carry `extra` gives way to the plainest one."""
    return _FORMS["number" if verdict.extra and dialect == "plain" else dialect](verdict)


def _envelope(code: int | str, verdict: Verdict) -> bytes:
    return orjson.dumps({"error_code": code, "message": verdict.text, **(verdict.extra or {})})


def _number(verdict: Verdict) -> Reply:
    return Reply(_envelope(verdict.code, verdict))


def _text(verdict: Verdict) -> Reply:
    return Reply(_envelope(str(verdict.code), verdict))


def _text_00(verdict: Verdict) -> Reply:
    code = {0: "00", _EXISTS: "-3"}.get(verdict.code, str(verdict.code))
    return Reply(_envelope(code, verdict))


def _nested(verdict: Verdict) -> Reply:
    """A provincial proxy's habit: its own code is 0, the true answer is JSON in the message."""
    inside = _envelope(str(verdict.code), verdict).decode()
    return Reply(orjson.dumps({"error_code": "0", "message": inside}))


def _plain(verdict: Verdict) -> Reply:
    return Reply(verdict.text.encode(), content_type=_TEXT)


def _untyped(verdict: Verdict) -> Reply:
    return Reply(_envelope(verdict.code, verdict), content_type=None)


def _zero_failing(verdict: Verdict) -> Reply:
    """Code 0 whatever happened: only the text tells."""
    return Reply(_envelope(0, verdict))


_FORMS: dict[Dialect, Callable[[Verdict], Reply]] = {
    "number": _number,
    "text": _text,
    "text-00": _text_00,
    "nested": _nested,
    "plain": _plain,
    "untyped": _untyped,
    "zero-failing": _zero_failing,
}
