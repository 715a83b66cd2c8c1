"""A system that answers questions for a measurement: one JSON request each, so that what it costs is ours."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from lgsp.adapter import Adapter
from lgsp.errors import Unavailable
from lgsp.message import VIETNAM, Message

TYPE, PURPOSE = "citizen.query.v1", "bench"
LOOKUP = "/lookup"
_SYSTEM = """\
  bench-citizens:
    adapter: bench_citizens
    config: {{url: "http://127.0.0.1:{port}{lookup}"}}
    ask: {{timeout: 10s, concurrency: 16, queue: 64, suspend_after: 1000, cache: {{{type}: 10m}}}}
"""
_ROUTE = "  - {{name: bench-citizens, type: {type}, to: [bench-citizens]}}\n"
_PURPOSES = "  - {{code: {purpose}, title: a measurement, basis: none}}\n"
_ADAPTER = '''"""The far side of a measurement."""

from lgsp.bench.answering import Answers


class Citizens(Answers):
    """See `lgsp.bench.answering`."""
'''


class Config(BaseModel):
    """Where the far side is."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field(description="Where it is asked.")


class Answers(Adapter):
    """Hands each question on as it is, and the answer back."""

    Config = Config
    answers = frozenset({TYPE})

    async def ask(self, question: Message) -> Message:
        """See `Adapter.ask`."""
        until = question.expirytime or datetime.now(VIETNAM)
        left = max((until - datetime.now(VIETNAM)).total_seconds(), 0.01)
        answer = await self.tools.http.post(self.config.url, b"{}", read=True, timeout=left)
        if answer.status != 200:  # noqa: PLR2004 - HTTP's own number
            raise Unavailable(f"http-{answer.status}")
        return Message("citizen.v1", "", "", answer.json())


def answering(folder: Path, routes: str, port: int) -> str:
    """Return the text of a home's routes with a system that answers, whose adapter is put into the home.

    Args:
        folder: the home.
        routes: the text.
        port: of the far side.
    """
    package = folder / "adapters" / "bench_citizens"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(_ADAPTER, encoding="utf-8")
    words = {"port": port, "lookup": LOOKUP, "type": TYPE, "purpose": PURPOSE}
    if "\npurposes:\n" not in routes:
        routes = f"{routes.rstrip()}\n\npurposes:\n"
    for head, part in (("systems", _SYSTEM), ("routes", _ROUTE), ("purposes", _PURPOSES)):
        before, found, behind = f"\n{routes}".partition(f"\n{head}:\n")
        routes = f"{before}{found}{part.format(**words)}{behind}".removeprefix("\n")
    return routes
