"""Making checks, and somebody who answers their questions as a test tells it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID

import orjson

from lgsp.checking.judging import Check, made
from lgsp.enquiry import Ending, NoAnswer, Question, Reply
from lgsp.message import Message
from lgsp.route_checks import RouteCheck

SECOND = 1_000_000
OWNER = {"name": "Nguyễn Văn Mẫu", "kind": "citizen", "identity_number": "001099000001"}


def route_check(**said: Any) -> RouteCheck:
    """Return what a route says of a check."""
    told = {"name": "owner", "rule": "owner-identity", "against": "citizens", "purpose": "dossier"}
    return RouteCheck.model_validate(told | said)


def check(identity_number: str = "001099000001", name: str = "Nguyễn Văn Mẫu", **said: Any) -> Check:
    """Return a check of a dossier with such an owner."""
    owner = {**OWNER, "identity_number": identity_number, "name": name}
    found = made(route_check(**said), Message("dossier.v1", "K1", "K1", {"applicant": owner}))
    assert found is not None
    return found


def late(**more: Any) -> NoAnswer:
    """Return that nobody answered in time."""
    return NoAnswer(Ending.LATE, "deadline-passed", **more)


def suspended(after: float = 30.0) -> NoAnswer:
    """Return that nobody is asked just now."""
    return NoAnswer(Ending.TURNED_AWAY, "suspended", after=after)


class Answers:
    """An enquirer that answers with whatever `tell` returns or raises, once `open` is set; notes the questions."""

    def __init__(self) -> None:
        self.asked: list[Question] = []
        self.at_once = self.most = 0
        self.open = asyncio.Event()
        self.open.set()
        self.tell: Callable[[Question], Any] = lambda _: True

    async def ask(self, question: Question) -> Reply:
        """Answer."""
        self.asked.append(question)
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        try:
            await self.open.wait()
            told = self.tell(question)
        finally:
            self.at_once -= 1
        if isinstance(told, BaseException):
            raise told
        number = UUID(int=len(self.asked))
        return Reply(number, "citizen.verified.v1", "citizens", orjson.dumps({"matches": told}))
