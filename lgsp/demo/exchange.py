"""Playing the document systems of a demonstration: one before the gateway, and the peers on the axis."""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime

import orjson

from lgsp.demo.correspondence import OF_AGENCY, OURS, Act, Errand
from lgsp.errors import Unavailable
from lgsp.formats.axis.protocol import MessageType
from lgsp.sandbox.axis.axis import Axis
from lgsp.sandbox.axis.clerk import Ask, Clerk, over
from lgsp.sandbox.axis.faults import Habits
from lgsp.sandbox.axis.writing import Answered, Draft
from lgsp.wire.http import Http

DMS = "dms"
NOTATION = "UBND-VP"
_BEAT = 0.1
_KINDS = {Act.NEW: 0, Act.RECALL: 1, Act.UPDATE: 2, Act.REPLACE: 3}
_OURS = {member.code: member for member in OURS}
_HABITS = Habits(reply=0.1, decline=0.3)


def is_ours(code: str) -> bool:
    """Tell whether an agency is served by the document system that plays here."""
    return code in _OURS


def clumsy(ask: Ask, share: float, seed: int) -> Ask:
    """Return a way to ask that makes some requests twice, and loses some answers, by a seed.

    The answer with a packet is never lost: what was handed out is on lease, and shows again when that ends.
    """
    dice = random.Random(seed)

    async def asked(operation: str, headers: dict[str, str], body: bytes) -> bytes:
        answer = await ask(operation, headers, body)
        if dice.random() < share:
            answer = await ask(operation, headers, body)
        if operation != "getEdoc" and dice.random() < share:
            raise Unavailable("connection-lost")
        return answer

    return asked


class Exchange:
    """Runs the errands in their time, and lets everybody collect and answer.

    Args:
        http: the pool of connections.
        gateway: root of the gateway's façade for the document system.
        secret: that the two share.
        axis: the stand-in, whose peers write as well.
        axis_url: where it is.
        errands: what is to be done.
        share: of the document system's requests that are made twice, and of the answers that are lost.
        seed: of the choice of those.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - each is one independent property of the exchange
        self,
        http: Http,
        gateway: str,
        secret: str,
        axis: Axis,
        axis_url: str,
        errands: Sequence[Errand],
        share: float = 0.0,
        seed: int = 0,
    ) -> None:
        ask = over(http, gateway)
        self.clerk = Clerk(
            clumsy(ask, share, seed) if share else ask,
            DMS,
            secret,
            OURS,
            habits=_HABITS,
            of_agency=OF_AGENCY,
            tells_arrival=is_ours,
        )
        self.axis = axis
        self.errands = errands
        self._http = http
        self._axis_url = axis_url
        self._left = deque(errands)
        self._documents: dict[int, str] = {}
        self._turned = False

    async def play(self, seconds: float) -> None:
        """Spread the errands over some seconds, and go on collecting until cancelled."""
        started = time.monotonic()
        while True:
            passed = (time.monotonic() - started) / seconds
            await self._run_errands(round(len(self.errands) * min(passed, 1.0)))
            self._turned = await self.clerk.turn()
            await asyncio.sleep(_BEAT)

    @property
    def at_rest(self) -> bool:
        """Tell whether there is nothing left to do or to collect, as far as either end knows."""
        return self._turned and not self._left and self.clerk.idle and not self.listed

    @property
    def listed(self) -> int:
        """How much waits on the axis for agencies of ours."""
        return sum(len(self.axis.world.post.waiting(kind, is_ours)) for kind in MessageType)

    async def _run_errands(self, due: int) -> None:
        """Do what is due by now; what is about a document that is not known yet waits for it."""
        waiting: list[Errand] = []
        while self._left and len(self.errands) - len(self._left) - len(waiting) < due:
            errand = self._left.popleft()
            if errand.about is not None and not self._is_out(errand.about):
                waiting.append(errand)
            elif is_ours(errand.sender):
                self._write(errand)
            else:
                await self._let_write(errand)
        self._left.extendleft(reversed(waiting))

    def _is_out(self, number: int) -> bool:
        """Tell whether a document was taken by the gateway, or by the axis."""
        document = self._documents.get(number, "")
        return document in self.clerk.tally.sent if is_ours(issuer(document)) else bool(document)

    def _write(self, errand: Errand) -> None:
        """Let an agency of ours write, or wish to have a document back."""
        sender, about = _OURS[errand.sender], self._about(errand)
        if errand.act is Act.TAKE_BACK:
            _, day, code = about.split(",")
            self.clerk.take_back(sender, Answered(errand.to[0], code, about, day))
            return
        draft = Draft(
            sender,
            tuple((code, _OURS[code].name if is_ours(code) else code) for code in errand.to),
            str(errand.number + 1),
            NOTATION,
            _subject(errand),
            datetime.now(UTC),
            _KINDS[errand.act],
            about,
        )
        self._documents[errand.number] = self.clerk.write(draft)

    async def _let_write(self, errand: Errand) -> None:
        """Let a peer write."""
        wish = {
            "sender": errand.sender,
            "to": errand.to,
            "number": str(errand.number + 1),
            "notation": NOTATION,
            "subject": _subject(errand),
            "kind": _KINDS[errand.act],
            "about": self._about(errand),
        }
        answer = await self._http.post(f"{self._axis_url}/_write", orjson.dumps(wish))
        self._documents[errand.number] = str(answer.json()["document"])

    def _about(self, errand: Errand) -> str:
        return "" if errand.about is None else self._documents[errand.about]


def issuer(document: str) -> str:
    """Return the agency whose document an id names."""
    return document.partition(",")[0]


def _subject(errand: Errand) -> str:
    return f"Về việc thử nghiệm số {errand.number + 1}"
