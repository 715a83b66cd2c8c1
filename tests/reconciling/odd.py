"""The portal of the rehearsal: one that loses, changes and doubles what it was told, or keeps silent of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson

from lgsp.sandbox.dialects import Reply, Verdict
from lgsp.sandbox.faults import Faults
from lgsp.sandbox.portal import Portal


class Odd(Portal):
    """A portal of which some dossiers cannot be told, are there twice, or are not spoken of.

    Attributes:
        stuck: it says of these that they are not there, whatever it is told.
        twice: its look-up answers with two entries.
        silent: its look-up fails.
    """

    def __init__(self) -> None:
        super().__init__(Faults(dialects=("number",), lookup_content=True))
        self.stuck: set[str] = set()
        self.twice: set[str] = set()
        self.silent: set[str] = set()

    def answer(self, tail: str, body: bytes) -> Reply:
        """Answer one POST."""
        asked = orjson.loads(body)
        if asked.get("service") == "TraCuuHoSo" and asked.get("mahoso") in self.silent:
            return Reply(b"Internal Server Error", 500, b"text/plain")
        return super().answer(tail, body)

    def _store(self, items: list[dict[str, Any]], *, updating: bool) -> Verdict:
        if any(item["MaHoSo"] in self.stuck for item in items):
            return Verdict(-1, "Hồ sơ không tồn tại trên hệ thống")
        return super()._store(items, updating=updating)

    def _look_up(self, asked: dict[str, Any]) -> Verdict:
        told = super()._look_up(asked)
        if told.extra and asked.get("mahoso") in self.twice:
            return Verdict(told.code, told.text, {"result": told.extra["result"] * 2})
        return told

    def lose(self, codes: Iterable[str]) -> None:
        """Forget dossiers and their progress, as if they had never come."""
        for code in codes:
            del self.shelf._folders[code]

    def change(self, codes: Iterable[str]) -> None:
        """Let somebody else tell another state of dossiers."""
        for code in codes:
            last = self.shelf.last(code)
            self.shelf.store(last | {"TrangThaiHoSo": "8"})
