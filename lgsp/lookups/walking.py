"""One question under way: what is known of it, who answers it, and until when somebody waits."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from lgsp.adapter import Adapter
from lgsp.enquiry import Question
from lgsp.lookups.care import Care
from lgsp.message import VIETNAM, Message
from lgsp.questioning import Ask, Purpose
from lgsp.questions import Asked, Questions

_MICROS = 1_000_000
_MARK = 8
_IN_ORDER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


class Allowance(Protocol):
    """What may be asked of a system, shared by all processes."""

    async def take(self, system: str, ask: Ask) -> float | None:
        """Take one question's share; return None, or the seconds until there is one again."""


@dataclass(slots=True)
class Answering:
    """A system that answers, as this process knows it.

    Attributes:
        mark: another one for each adapter: what one answered is not handed on in the name of the next.
    """

    name: str
    adapter: Adapter
    care: Care
    mark: bytes = field(default_factory=lambda: os.urandom(_MARK), repr=False)


@dataclass(slots=True, frozen=True)
class Sources:
    """What the home and the journal lend to asking.

    Attributes:
        questions: types of questions and answers.
        purposes: by their codes.
        route: returns the system that answers a type for a system that asks, or None.
        allow: the share of each system that this process may take.
    """

    questions: Questions
    purposes: Mapping[str, Purpose]
    route: Callable[[str, str], Answering | None]
    allow: Allowance


@dataclass(slots=True)
class Walk:
    """One question under way.

    Attributes:
        began: when it came, on the clock of `time.monotonic`, as is `until`, when its caller waits no more.
        number: of its entry.
        key: equal for questions that may share an answer.
        matter: equal for questions with the same body, whoever asks.
        age: seconds since the far side said so, where it was `remembered`.
        found: code and place of what had to be tolerated in the answer, where it was asked for just now.
    """

    request: Question
    kind: Asked
    to: Answering
    began: float
    until: float
    uid: UUID
    number: int = 0
    key: bytes = field(default=b"", repr=False)
    matter: bytes = field(default=b"", repr=False)
    age: float = 0.0
    remembered: bool = False
    found: Sequence[tuple[str, str]] = ()

    def left(self) -> float:
        """Return the seconds that the caller still waits."""
        return self.until - time.monotonic()

    def took(self) -> int:
        """Return the microseconds since the question came."""
        return micros_since(self.began)


def micros_since(began: float) -> int:
    """Return the microseconds since a moment of `time.monotonic`."""
    return int((time.monotonic() - began) * _MICROS)


def spoken(data: Mapping[str, Any]) -> bytes | None:
    """Return a body in one form for all that are equal; None where it is nothing that JSON can say."""
    try:
        return _IN_ORDER.encode(data).encode()
    except (TypeError, ValueError, RecursionError):  # half a character is a ValueError too
        return None


def key_of(to: Answering, kind: Asked, request: Question, said: bytes) -> bytes:
    """Return what is equal for questions whose answer may be shared.

    A far side may answer one officer and not the next, and one system may see what another may not: unless
    the home, or the type, says otherwise, an answer belongs to the person for whom it was asked.
    """
    shared = to.care.ask.shared.get(kind.name, kind.shared)
    whose = {"person": (request.source, request.who), "system": (request.source,), "everybody": ()}[shared]
    parts = [to.name, kind.name, shared, *whose]
    heads = json.dumps(parts).encode()
    return hashlib.sha256(b"\x00".join((to.mark, heads, said))).digest()


def matter_of(said: bytes) -> bytes:
    """Return what is equal for equal bodies: a question that always fails says little of its far side."""
    return hashlib.blake2b(said, digest_size=_MARK).digest()


def message_of(walk: Walk, until: float) -> Message:
    """Return a question as its adapter gets it.

    Args:
        walk: of the question.
        until: when the answer has to be there, on the clock of `time.monotonic`.
    """
    asked = walk.request
    ends = datetime.now(VIETNAM) + timedelta(seconds=max(until - time.monotonic(), 0.0))
    return Message(
        asked.type, asked.dossier, "", dict(asked.data), source=asked.source, id=walk.uid,
        traceparent=asked.traceparent, expirytime=ends, asker=asked.who,
    )  # fmt: skip
