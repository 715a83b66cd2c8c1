"""The national reporting system (Hệ thống thông tin báo cáo quốc gia): reports go there, statuses come back.

No public interface exists. What stands here is a transport that can be turned to one: JSON or XML over HTTPS,
a token, all names in `wire.json`. What is known and what is not stands in docs/national-reporting.md.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

from lgsp.adapter import Adapter, Arrival, Page, Receipt, Tools
from lgsp.errors import Invalid, Problem, Rejected
from lgsp.message import Message, Raw

from . import answers, mapping
from .receiver import Receiver, ReceiverConfig
from .wording import Wording

STATUSES = "statuses"
_DIGITS = 18


class NationalReporting(Adapter):
    """Hands in reports, and brings what became of them by its job `statuses`."""

    Config = ReceiverConfig
    config: ReceiverConfig
    takes = frozenset({mapping.REPORT})
    brings = frozenset({mapping.STATUS})
    jobs = frozenset({STATUSES})

    def __init__(self, config: ReceiverConfig, tools: Tools) -> None:
        super().__init__(config, tools)
        self._wording = Wording.of(config.names)
        self._receiver = Receiver(config, tools, self._wording)

    async def send(self, message: Message) -> Receipt:
        """Hand in one version of a report.

        Raises:
            Refused: it named what it does not take, or a text cannot be said in XML.
            Unavailable: it is away, or its answer is in nobody's catalogue.
            Uncertain: the request was written and no answer came.
        """
        return answers.receipt(await self._receiver.push(self._body(message)), self._wording)

    async def drawn_up(self, message: Message) -> Raw:
        """Return the report in the configured form.

        Raises:
            Refused: it cannot be said in that form.
        """
        return Raw.of(self._body(message), self._receiver.content_type)

    async def read(self, raw: Raw) -> list[Message | Rejected]:
        """Read a list of statuses that somebody hands in as a file.

        Raises:
            Invalid: it is no such list.
        """
        body = answers.parsed(raw.read().decode("utf-8", "replace"), self._wording)
        found = body.get(self._wording.answer["statuses"])
        if not isinstance(found, list) or not found:
            raise Invalid([Problem(self._wording.answer["statuses"], "not-readable")])
        return self._read(found)

    async def probe(self, message: Message) -> Arrival:
        """Ask which versions of the report are there: code and version name a body for good.

        Without a body any version counts. It is never unknown, which would hold the report for a person.

        Raises:
            Unavailable: it did not say; it is asked again.
        """
        names = self._wording.report
        said = await self._receiver.find({names["code"]: message.subject})
        found = answers.items(said, "versions", self._wording)
        if not said.fine or found is None:
            raise answers.no_list(said)
        held = {str(one) for one in found}
        there = str(message.data["version"]) in held if message.data else bool(held)
        return Arrival.ARRIVED if there else Arrival.ABSENT

    def fetch(self, job: str, cursor: Any) -> AsyncIterator[Page]:
        """Bring the statuses behind the cursor, which is the number of the last one."""
        if job != STATUSES:
            return super().fetch(job, cursor)
        return self._pages(cursor if isinstance(cursor, int) else 0)

    async def check(self) -> None:
        """Log in anew; raise Unavailable when that does not work."""
        await self._receiver.check()

    def _body(self, message: Message) -> bytes:
        native = mapping.report(message.data, self._wording)
        return self._receiver.written(native, self._wording.root)

    async def _pages(self, after: int) -> AsyncIterator[Page]:
        if after and await self._began_anew(after):
            after = 0
        while True:
            found, raw = await self._listed(after)
            reached = max([after, *map(self._number, found)])
            if found:
                yield Page(self._read(found), raw, reached)
            if len(found) < self.config.page or reached == after:
                return
            after = reached

    async def _began_anew(self, reached: int) -> bool:
        """Tell whether the list does not reach as far as it did, so that its new entries have lower numbers.

        It is then read from its beginning: what came before is known by what it says, not by its number.
        """
        return not (await self._listed(reached - 1, most=1))[0]

    async def _listed(self, after: int, most: int = 0) -> tuple[list[Any], Raw]:
        """Ask for a page; its entries are put in the order in which they came to be."""
        names = self._wording.answer
        asked = {names["after"]: after, names["limit"]: most or self.config.page}
        said = await self._receiver.statuses(asked)
        found = answers.items(said, "statuses", self._wording)
        if not said.fine or found is None:
            raise answers.no_list(said)
        return sorted(found, key=self._number), Raw.of(said.answer.text.encode(), said.answer.content_type)

    def _read(self, found: Sequence[Any]) -> list[Message | Rejected]:
        return [mapping.status(one, self._wording, str(n + 1)) for n, one in enumerate(found)]

    def _number(self, entry: Any) -> int:
        """Return the number of an entry: its place in the list, and the cursor's; 0 without one."""
        told = str(entry.get(self._wording.answer["number"], "")) if isinstance(entry, dict) else ""
        return int(told) if told.isascii() and told.isdigit() and len(told) <= _DIGITS else 0
