"""One question under way: what is known of it, who answers it, and until when somebody waits."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, Protocol

import orjson

from lgsp.adapter import Adapter
from lgsp.enquiry import Question
from lgsp.journal.asks import Begun
from lgsp.lookups.care import Care
from lgsp.message import VIETNAM, Message
from lgsp.questioning import Ask, Purpose
from lgsp.questions import Asked, Questions

_MICROS = 1_000_000
_MARK = 8
_PLAINLY = (
    orjson.OPT_SORT_KEYS
    | orjson.OPT_PASSTHROUGH_DATETIME
    | orjson.OPT_PASSTHROUGH_DATACLASS
    | orjson.OPT_PASSTHROUGH_SUBCLASS
)
_IN_ORDER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


class Allowance(Protocol):
    """What may be asked of a system, shared by all processes."""

    async def take(self, system: str, ask: Ask) -> float | None:
        """Take one question's share; return None, or the seconds until there is one again."""

    def none_left(self, system: str, ask: Ask) -> float | None:
        """Return the seconds that `take` would return now without a wait; None where it might let in."""


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


class Answer(NamedTuple):
    """What a far side said; whoever asked for it shares it, so nothing of it changes.

    Attributes:
        packed: its body as JSON.
        about: the numbers that it names, in their normal form.
        found: code and place of what had to be tolerated in it, where it was asked for just now.
    """

    packed: bytes
    about: Sequence[str] = ()
    found: Sequence[tuple[str, str]] = ()

    def __repr__(self) -> str:
        return f"Answer({len(self.packed)} bytes)"


@dataclass(slots=True)
class Walk:
    """One question under way.

    Attributes:
        began: when it came, on the clock of `time.monotonic`, as is `until`, when its caller waits no more.
        entered: as it stands in the book, under `number`; 0 is not yet.
        key: equal for questions that may share an answer.
        said: its body, in one form for all that are equal.
        age: seconds since the far side said so, where it was `remembered`.
    """

    request: Question
    kind: Asked
    to: Answering
    began: float
    until: float
    entered: Begun = field(repr=False)
    number: int = 0
    key: bytes = field(default=b"", repr=False)
    said: bytes = field(default=b"", repr=False)
    age: float = 0.0
    remembered: bool = False

    @property
    def matter(self) -> bytes:
        """What is equal for equal bodies, whoever asks: one that always fails says little of its far side."""
        return hashlib.blake2b(self.said, digest_size=_MARK).digest()

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
    with suppress(TypeError):
        said = orjson.dumps(data, option=_PLAINLY)
        if b"null" not in said:
            return said
    # `null` may have been no number (NaN), and a number be longer than that one takes: this one tells
    try:
        return _IN_ORDER.encode(data).encode()
    except (TypeError, ValueError, RecursionError):  # half a character is a ValueError too
        return None


def key_of(to: Answering, kind: Asked, request: Question, said: bytes) -> bytes:
    """Return what is equal for questions whose answer may be shared.

    A far side may answer one officer and not the next, and one system may see what another may not: unless
    the home, or the type, says otherwise, an answer belongs to the person for whom it was asked.

    Args:
        to: who answers.
        kind: its type.
        request: nothing is wrong with it; so no name in it holds what stands between them here.
        said: its body in the form of `spoken`.
    """
    shared = to.care.ask.shared.get(kind.name, kind.shared)
    parts = [to.name, kind.name, shared]
    if shared != "everybody":
        parts.append(request.source)
    if shared == "person":
        parts.append(request.who)
    return hashlib.sha256(to.mark + "\x00".join(parts).encode() + b"\x00" + said).digest()


def message_of(walk: Walk, until: float) -> Message:
    """Return a question as its adapter gets it.

    Args:
        walk: of the question.
        until: when the answer has to be there, on the clock of `time.monotonic`.
    """
    asked = walk.request
    ends = datetime.fromtimestamp(time.time() + max(until - time.monotonic(), 0.0), VIETNAM)
    return Message(
        asked.type, asked.dossier, "", dict(asked.data), source=asked.source, id=walk.entered.uid,
        traceparent=asked.traceparent, expirytime=ends, asker=asked.who,
    )  # fmt: skip
