"""Keeping what the stand-in portal was given."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from lgsp.sandbox.compare import digest


@dataclass(slots=True)
class _Folder:
    """One dossier: its last snapshot, the digests of all, its progress entries and theirs."""

    last: dict[str, Any] = field(default_factory=dict)
    history: list[str] = field(default_factory=list)
    entries: list[dict[str, Any]] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)


class Shelf:
    """Dossiers and their progress, as received.

    With `remember=False` only counts are kept, so that memory stays flat under any load.
    """

    def __init__(self, *, remember: bool = True) -> None:
        self.remember = remember
        self.calls: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()
        self._folders: dict[str, _Folder] = {}

    def knows(self, code: str) -> bool | None:
        """Tell whether a dossier is here; None when nothing is remembered."""
        return code in self._folders if self.remember else None

    def __len__(self) -> int:
        """Return how many dossiers are here."""
        return len(self._folders)

    def last(self, code: str) -> dict[str, Any]:
        """Return the last snapshot of a dossier that is here; else an empty one."""
        folder = self._folders.get(code)
        return {} if folder is None else folder.last

    def store(self, item: dict[str, Any]) -> None:
        """Keep a snapshot."""
        self.counts["snapshots"] += 1
        if not self.remember:
            return
        folder = self._folders.setdefault(item["MaHoSo"], _Folder())
        name = digest(item)
        if folder.history and folder.history[-1] == name:
            self.counts["duplicates"] += 1
        folder.history.append(name)
        folder.last = item

    def add(self, entry: dict[str, Any]) -> None:
        """Keep a progress entry behind those that are there; nothing is folded together."""
        self.counts["entries"] += 1
        if not self.remember:
            return
        folder = self._folders[entry["MaHoSo"]]
        name = digest(entry)
        if name in folder.seen:
            self.counts["duplicates"] += 1
        folder.seen.add(name)
        folder.entries.append(entry)

    def state(self) -> dict[str, Any]:
        """Return what is held; `duplicates` counts snapshots equal to the one before and entries repeated."""
        folders = self._folders
        return {
            "dossiers": {code: folder.last for code, folder in folders.items()},
            "versions": {code: len(folder.history) for code, folder in folders.items()},
            "progress": {code: folder.entries for code, folder in folders.items() if folder.entries},
            "calls": dict(self.calls),
            "history": {code: folder.history for code, folder in folders.items()},
            "snapshots": self.counts["snapshots"],
            "entries": self.counts["entries"],
            "duplicates": self.counts["duplicates"],
            "early_progress": self.counts["early_progress"],
        }
