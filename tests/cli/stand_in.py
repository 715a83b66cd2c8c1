"""A gateway in the place of the one that runs: commands are tried without a process behind them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, Self

import orjson

from lgsp.wire.http import Answer

Telling = Callable[[str, Any], Any]
"""Given a path and what was said, returns the answer; an exception is raised."""


class Gateway:
    """A gateway that answers as it is told to, and keeps what it was asked.

    Attributes:
        asked: paths, each with what was said there: terms that were given, or a body.
        token: what the last one who brought something showed.
        heard: statuses that the last one who brought something wanted to hear.
    """

    def __init__(self, tell: Telling) -> None:
        self._tell = tell
        self.asked: list[tuple[str, Any]] = []
        self.token = ""
        self.heard: Collection[int] = ()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        return

    async def get(self, path: str, **terms: Any) -> Any:
        """Answer a question."""
        return self._told(path, {name: value for name, value in terms.items() if value is not None})

    async def post(self, path: str, said: Any) -> Any:
        """Answer an act."""
        return self._told(path, said)

    async def bring(self, path: str, body: bytes, token: str = "", heard: Collection[int] = ()) -> Answer:
        """Answer with a status and what was told, in full."""
        self.token, self.heard = token, heard
        status, told = self._told(path, orjson.loads(body))
        return Answer(status, told if isinstance(told, str) else orjson.dumps(told).decode())

    def _told(self, path: str, said: Any) -> Any:
        self.asked.append((path, said))
        told = self._tell(path, said)
        if isinstance(told, Exception):
            raise told
        return told


def alike(answer: Any) -> Telling:
    """Answer everything alike."""
    return lambda _path, _said: answer


def in_turn(*answers: Any) -> Telling:
    """Give answers one after the other."""
    left = iter(answers)
    return lambda _path, _said: next(left)


def by_path(answers: Mapping[str, Any]) -> Telling:
    """Answer by the path; of a list of answers the next one."""

    def tell(path: str, _: Any) -> Any:
        found = answers[path]
        return found.pop(0) if isinstance(found, list) else found

    return tell
