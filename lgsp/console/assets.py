"""What a browser loads beside a page: fetched assets and our own files, with their hash in the address."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

from fastapi import Request, Response

_HERE = Path(__file__).parent
_FOLDERS = (_HERE / "assets", _HERE / "static")
_NEEDED = ("tabler.min.css", "tabler.min.js", "htmx.min.js", "idiomorph-ext.min.js", "icons")
_KINDS = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".txt": "text/plain"}
_FOR_EVER, _NEVER = "public, max-age=31536000, immutable", "no-cache"


@dataclass(slots=True, frozen=True)
class Asset:
    """One file, ready to be sent."""

    kind: str
    body: bytes
    packed: bytes
    digest: str


class Assets:
    """Reads each file once, when it is first asked for."""

    def __init__(self, folders: tuple[Path, ...] = _FOLDERS) -> None:
        self._folders = folders
        self._known: dict[str, Asset] = {}
        self._icons: dict[str, str] = {}
        self._complete = False

    def missing(self) -> list[str]:
        """Return what has to be brought by `make assets` and is not there."""
        if self._complete:
            return []
        missing = [name for name in _NEEDED if not (self._folders[0] / name).exists()]
        self._complete = not missing
        return missing

    def url(self, name: str) -> str:
        """Return the address of a file; another content has another one."""
        found = self._find(name)
        return f"/console/assets/{name}?v={found.digest if found else ''}"

    def answer(self, request: Request, name: str) -> Response | None:
        """Return a file as an answer, or None where there is none."""
        found = self._find(name)
        if found is None:
            return None
        asked = request.query_params.get("v") == found.digest
        headers = {"Cache-Control": _FOR_EVER if asked else _NEVER, "Vary": "Accept-Encoding"}
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(
                found.packed, headers=headers | {"Content-Encoding": "gzip"}, media_type=found.kind
            )
        return Response(found.body, headers=headers, media_type=found.kind)

    def icon(self, name: str) -> str:
        """Return an icon's drawing as SVG text; raises KeyError for one that `icons.txt` does not name."""
        if name not in self._icons:
            path = self._folders[0] / "icons" / f"{name}.svg"
            if not path.is_file():
                raise KeyError(
                    f"icon {name!r}: not brought; add it to lgsp/console/icons.txt, run `make assets`"
                )
            self._icons[name] = _drawing(path.read_text(encoding="utf-8"))
        return self._icons[name]

    def _find(self, name: str) -> Asset | None:
        if name in self._known:
            return self._known[name]
        for folder in self._folders:
            path = folder / name
            if path.suffix in _KINDS and path.is_file() and path.resolve().is_relative_to(folder.resolve()):
                self._known[name] = _read(path)
                return self._known[name]
        return None


def _read(path: Path) -> Asset:
    body = path.read_bytes()
    digest = hashlib.sha256(body).hexdigest()[:16]
    return Asset(f"{_KINDS[path.suffix]}; charset=utf-8", body, gzip.compress(body, 6), digest)


def _drawing(svg: str) -> str:
    """Return what stands inside an icon's `<svg>`, without the invisible frame."""
    inside = svg.partition(">")[2].rpartition("</svg>")[0]
    lines = (line.strip() for line in inside.splitlines())
    return "".join(line for line in lines if line and 'd="M0 0h24v24H0z"' not in line)
