"""Reading the requests that were captured from the vendor's client."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

SECRET = "dummy-secret"
SYSTEM = "dummy-system"
FOLDER = Path(__file__).parent / "captures"
NAMES = tuple(sorted(path.stem for path in FOLDER.glob("*.http")))


@dataclass(frozen=True)
class Captured:
    """One request as it stood on the wire."""

    target: str
    headers: list[tuple[bytes, bytes]]
    body: bytes

    def header(self, name: str) -> str:
        """Return a header by its name, in any case."""
        found = [value for key, value in self.headers if key.lower() == name.lower().encode()]
        return found[0].decode()

    def changed(self, name: str, value: bytes | None) -> list[tuple[bytes, bytes]]:
        """Return the headers with one changed, or left out for None."""
        wanted = name.lower().encode()
        others = [(key, value) for key, value in self.headers if key.lower() != wanted]
        return others if value is None else [*others, (name.encode(), value)]


def captured(name: str) -> Captured:
    """Return a captured request: a secret of `dummy-secret` signed it."""
    head, _, body = (FOLDER / f"{name}.http").read_bytes().partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    pairs = [line.split(b": ", 1) for line in lines]
    return Captured(first.split(b" ")[1].decode(), [(key, value) for key, value in pairs], body)


def secret_of(system: str) -> str | None:
    """Return the secret of the one system there is."""
    return SECRET if system == SYSTEM else None
