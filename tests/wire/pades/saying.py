"""Asking what is found about one PDF file."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import orjson

from lgsp.wire.pades import Bounds, examine, examining
from lgsp.wire.pades.child import answers


@dataclass(frozen=True)
class Say:
    """Writes a file and has it looked at, with the trust of one folder.

    Attributes:
        apart: by a process of its own, as always but in tests of what is said: each would wait for one.
    """

    folder: Path
    trust: Path | None
    apart: bool = False

    def __call__(
        self, body: bytes, *, at: datetime | None = None, bounds: Bounds | None = None
    ) -> list[dict[str, Any]]:
        """Return what is found about its signatures."""
        path = self.folder / "file.pdf"
        path.write_bytes(body)
        with nullcontext() if self.apart else patch.object(examining, "_ask", _here):
            [found] = examine([path], self.trust, at=at, bounds=bounds).files
        return found


def _here(asked: dict[str, Any], _: float) -> tuple[dict[str, Any], list[list[dict[str, Any]]], str]:
    trust, *found = orjson.loads(orjson.dumps(list(answers(asked, lambda _: None))))
    return trust, found, ""
