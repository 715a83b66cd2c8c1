"""What the pictures of the screen of questions show: every ending, a suspended far side, a test question."""

from __future__ import annotations

import asyncio
import html
import re
from dataclasses import replace
from typing import Any, Self

from lgsp.errors import Refused, Scope, Unavailable
from lgsp.message import Message
from lgsp.questioning import Ask, Purpose
from lgsp.routes import Route
from tests.api.province import ONE_STOP, PORTAL
from tests.console.stage import Stage
from tests.lookups.far_side import Citizens

HERE = "/console/asks"
TRIAL = f"{HERE}/test/{PORTAL}"
NUMBER, NAME, OFFICER = "001099000001", "Nguyễn Văn Mẫu", "Lê Thị Bích"
QUERY, VERIFICATION = "citizen.query.v1", "citizen.verification.v1"
QUESTION = {"identity_number": NUMBER, "name": NAME, "birth": {"date": "1999-01-31"}}
ANSWER = {"identity_number": NUMBER, "name": "NGUYỄN VĂN MẪU", "gender": "male"}
ASK = Ask(
    timeout="5s", per_day=1000, suspend_after=50, probe=["50ms"], cache={VERIFICATION: "10m"},
    keep={QUERY: "answer"}, shared={VERIFICATION: "everybody"},
)  # fmt: skip
PURPOSES = [
    Purpose(code="dossier", title="Giải quyết hồ sơ", basis="Quy chế khai thác, Điều 5", dossier="required"),
    Purpose(code="check", title="Kiểm tra thông tin", basis="Quy chế khai thác, Điều 6"),
    Purpose(code="test", title="Thử đường kết nối", basis="Quy chế vận hành, Điều 2"),
]
ROUTES = [Route(name=f"asks-{n}", type=type_, to=[PORTAL]) for n, type_ in enumerate((QUERY, VERIFICATION))]


class AskStage(Stage):
    """A province whose portal answers questions too.

    Attributes:
        far: who answers.
    """

    far: Citizens

    def __enter__(self) -> Self:
        super().__enter__()
        self.run(self._furnish())
        return self

    async def _furnish(self) -> None:
        gateway = self.province.platform.gateway
        self.far = Citizens()
        self.answers()
        to = gateway.counterparts[PORTAL]
        to.adapter.answers = self.far.answers  # type: ignore[misc]
        to.adapter.ask = self._answer  # type: ignore[method-assign]
        to.spec = to.spec.model_copy(update={"ask": ASK})
        gateway.routes = replace(gateway.routes, routes=[*ROUTES, *gateway.routes.routes], purposes=PURPOSES)

    async def _answer(self, question: Message) -> Message:
        self.far.type = {QUERY: "citizen.v1", VERIFICATION: "citizen.verified.v1"}[question.type]
        return await self.far.ask(question)

    def answers(self, fault: Exception | None = None) -> None:
        """Let the far side answer, or fail in one way."""

        def tell(question: Message) -> dict[str, Any]:
            if fault is not None:
                raise fault
            return ANSWER if question.type == QUERY else {"matches": True}

        self.far.tell = tell
        self.far.open.set()

    def ask(self, **more: Any) -> dict[str, Any]:
        """Ask as the one-stop does, and return what it is told, with the `status`."""
        said = {"type": QUERY, "data": QUESTION, "purpose": "check", "who": OFFICER} | more

        async def asked() -> dict[str, Any]:
            reply = await self.province.one_stop.post(f"/v1/systems/{ONE_STOP}/ask", said)
            return {"status": reply.status, **reply.json()}

        return self.run(asked())

    def refused(self, fault: Exception, **more: Any) -> dict[str, Any]:
        """Ask while the far side fails in one way, and return what is told."""
        self.answers(fault)
        try:
            return self.ask(**more)
        finally:
            self.answers()

    def late(self, **more: Any) -> dict[str, Any]:
        """Ask while the far side does not answer."""
        self.far.open.clear()
        try:
            return self.ask(within=0.2, **more)
        finally:
            self.answers()

    def ended(self) -> None:
        """Wait until the journal says of every question what became of it."""
        journal = self.province.platform.gateway.journal

        async def wait() -> None:
            async with asyncio.timeout(30):
                while await journal.read(lambda tx: tx.rows("SELECT 1 FROM asks WHERE outcome = 0", ())):  # noqa: ASYNC110
                    await asyncio.sleep(0.01)

        self.run(wait())


def text_of(page: str) -> str:
    """Return what a page says, without its tags."""
    return html.unescape(re.sub(r"<[^>]+>", " ", page))


def rows_of(page: str) -> list[str]:
    """Return what the rows of a list of questions say."""
    rows = re.findall(r'<tr class="found-row">(.*?)</tr>', page, re.DOTALL)
    return [" ".join(text_of(row).split()) for row in rows]


STAGED = AskStage
VIEWS = {
    "asks": HERE, "asks-found": f"{HERE}?ending=turned-down", "asks-trial": TRIAL, "asks-system": f"/console/systems/{PORTAL}",
}  # fmt: skip


def prepare(stage: AskStage, away: float = 90.0) -> dict[str, str]:
    """Ask in every way; at last the far side is away for so many seconds."""
    kept = stage.ask(purpose="dossier", dossier="H44.11-260131-0001")
    stage.ask(type=VERIFICATION, purpose="dossier", dossier="H44.11-260131-0001")
    stage.ask(type=VERIFICATION, purpose="dossier", dossier="H44.11-260131-0001")
    stage.refused(Refused("not-found"))
    stage.ask(purpose="curiosity")
    stage.late()
    stage.refused(Unavailable("http-503", scope=Scope.SYSTEM, after=away))
    away = stage.ask()
    stage.ended()
    return {"asks-one": f"{HERE}/{kept['ask']}", "asks-away": f"{HERE}/{away['ask']}"}
