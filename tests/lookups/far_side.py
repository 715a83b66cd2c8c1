"""A far side that answers questions as a test tells it, and a journal that only remembers what it was told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from lgsp.adapter import Adapter
from lgsp.enquiry import Ending, NoAnswer, Question, Reply
from lgsp.journal.asks import Begun, Ended
from lgsp.lookups.asking import Asking
from lgsp.lookups.book import Book
from lgsp.lookups.care import Care
from lgsp.lookups.remembering import Memory
from lgsp.lookups.walking import Answering, Sources
from lgsp.message import Finding, Message
from lgsp.questioning import Ask, Purpose
from lgsp.questions import Questions

QUESTION = {"identity_number": "001099000001", "name": "Nguyễn Văn Mẫu", "birth": {"date": "1999-01-31"}}
ANSWER = {"identity_number": "001099000001", "name": "NGUYỄN VĂN MẪU"}
PURPOSES = {
    "dossier": Purpose(code="dossier", title="Giải quyết hồ sơ", basis="căn cứ", dossier="required"),
    "check": Purpose(code="check", title="Kiểm tra", basis="căn cứ"),
    "other": Purpose(code="other", title="Việc khác", basis="căn cứ", types=["citizen.verification.v1"]),
}


@cache
def questions() -> Questions:
    """Return the types of questions; reading them takes a while."""
    return Questions()


class Citizens(Adapter):
    """Answers with whatever `tell` returns, after `wait` was let go; counts the questions."""

    answers = frozenset({"citizen.query.v1", "citizen.verification.v1"})

    def __init__(self) -> None:
        self.asked: list[Message] = []
        self.at_once = self.most_at_once = 0
        self.open = asyncio.Event()
        self.open.set()
        self.tell: Callable[[Message], Any] = lambda _: ANSWER
        self.type = "citizen.v1"
        self.odd: list[Finding] = []

    async def ask(self, question: Message) -> Message:
        """Answer."""
        self.asked.append(question)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self.open.wait()
            return Message(self.type, "", "", self.tell(question), findings=[*self.odd])
        finally:
            self.at_once -= 1


class Trace(Book):
    """A book that writes nowhere; `keeps_up` tells whether it takes what nobody is asked for behind."""

    def __init__(self) -> None:
        self.begun: list[Begun] = []
        self.ended: list[Ended] = []
        self.open = asyncio.Event()
        self.open.set()
        self.keeps_up = True
        self.behind = 0

    async def begin(self, question: Begun) -> int:
        """Note it."""
        number = self._entered(question)
        await self.open.wait()
        return number

    def over(self, question: Begun) -> bool:
        """Note it, if it keeps up."""
        if self.keeps_up:
            self._entered(question)
            self.behind += 1
        return self.keeps_up

    def _entered(self, question: Begun) -> int:
        self.begun.append(question)
        if question.ended is not None:
            self.ended.append(question.ended._replace(number=len(self.begun)))
        return len(self.begun)

    def end(self, ending: Ended) -> None:
        """Note it."""
        self.ended.append(ending)

    @property
    def endings(self) -> list[tuple[Ending, str]]:
        """Return how all ended, in order."""
        return [(one.ending, one.cause) for one in self.ended]


@dataclass
class Counter:
    """One far side, and the desk at which it is asked."""

    ask: Ask = field(default_factory=Ask)
    wait: float | Exception | None = None
    now: float = 0.0
    adapter: Citizens = field(default_factory=Citizens)
    book: Trace = field(default_factory=Trace)

    def __post_init__(self) -> None:
        """Put it together."""
        self.care = Care(self.ask)
        self.memory = Memory(lambda: self.now)
        self.to = Answering("population-db", self.adapter, self.care)
        routed = {"citizen.query.v1", "citizen.verification.v1"}
        sources = Sources(questions(), PURPOSES, lambda _, type_: self.to if type_ in routed else None, self)
        self.asking = Asking(self.book, sources, self.memory)

    async def take(self, system: str, ask: Ask) -> float | None:
        """Take a share."""
        assert (system, ask) == ("population-db", self.care.ask)
        if isinstance(self.wait, Exception):
            raise self.wait
        return self.wait

    def none_left(self, system: str, ask: Ask) -> float | None:
        """Tell whether there is a share."""
        assert (system, ask) == ("population-db", self.care.ask)
        return None if isinstance(self.wait, Exception) else self.wait

    def put(self, **more: Any) -> asyncio.Task[Reply]:
        """Put a question, and let it come as far as it comes."""
        return asyncio.create_task(self.asking.ask(request(**more)))

    async def refused(self, **more: Any) -> NoAnswer:
        """Return why there is no answer."""
        try:
            await self.asking.ask(request(**more))
        except NoAnswer as fault:
            return fault
        raise AssertionError("there was an answer")


def request(**more: Any) -> Question:
    """Return a question that can be asked."""
    said: dict[str, Any] = {"source": "one-stop", "type": "citizen.query.v1", "data": QUESTION}
    return Question(**(said | {"purpose": "check", "who": "Trần Thị B"} | more))


async def settled() -> None:
    """Let everything go on that can."""
    for _ in range(10):
        await asyncio.sleep(0)
