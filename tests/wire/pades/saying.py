"""Asking what is found about one PDF file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from lgsp.wire.pades import Bounds, examine


@dataclass(frozen=True)
class Say:
    """Writes a file and has it looked at, with the trust of one folder."""

    folder: Path
    trust: Path | None

    def __call__(
        self, body: bytes, *, at: datetime | None = None, bounds: Bounds | None = None
    ) -> list[dict[str, Any]]:
        """Return what is found about its signatures."""
        path = self.folder / "file.pdf"
        path.write_bytes(body)
        [found] = examine([path], self.trust, at=at, bounds=bounds).files
        return found
