"""What a drill leaves behind, put side by side: receipts, the journal's rows, and what the far side holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from lgsp.drill.ledger import Receipt
from lgsp.drill.records import Fate, Noted, Records, Told
from lgsp.journal.states import State
from lgsp.message import Kind
from lgsp.sandbox.compare import digest

_DOUBTS = {"lapsed": "lapsed", "late outcome": "late outcome", "replayed": "asked for again"}

_DETAILS = {"uncertain": "uncertain", "repeated": "repeated", "there": "said to be there"}


class Violation(NamedTuple):
    """A breach of what must hold: which rule, and what to look at."""

    rule: str
    told: str


@dataclass
class Evidence:
    """All that the checker looks at.

    Attributes:
        receipts: what the gateway said it had taken on.
        far: the state of the stand-in portal.
        planned: fields for which the far side was told to refuse.
        rejected: what the gateway said to items it did not take on.
        spooled: outcomes that still lie in some process's spool.
    """

    records: Records
    receipts: Sequence[Receipt] = ()
    far: Mapping[str, Any] = field(default_factory=dict)
    planned: frozenset[str] = frozenset()
    rejected: Sequence[str] = ()
    spooled: int = 0

    @cached_property
    def messages(self) -> Mapping[int, Told]:
        """Messages by number."""
        return {message.id: message for message in self.records.messages}

    @cached_property
    def receipt_of(self) -> Mapping[str, Receipt]:
        """The first receipt of each message, by outer id."""
        return {receipt.uid: receipt for receipt in reversed(self.receipts)}

    @cached_property
    def fates_of(self) -> Mapping[int, Sequence[Fate]]:
        """Deliveries by message, those that were born with it first."""
        found: dict[int, list[Fate]] = defaultdict(list)
        for fate in sorted(self.records.fates, key=lambda f: f.id):
            found[fate.message].append(fate)
        return found

    @cached_property
    def lines(self) -> Mapping[bytes, Sequence[Fate]]:
        """Deliveries by line, in their order."""
        found: dict[bytes, list[Fate]] = defaultdict(list)
        for fate in sorted(self.records.fates, key=lambda f: f.seq):
            found[fate.line].append(fate)
        return found

    @cached_property
    def entries_of(self) -> Mapping[int, Sequence[Noted]]:
        """Entries by delivery."""
        found: dict[int, list[Noted]] = defaultdict(list)
        for entry in self.records.entries:
            if entry.delivery is not None:
                found[entry.delivery].append(entry)
        return found

    @cached_property
    def landings(self) -> Mapping[tuple[str, str], Sequence[str]]:
        """What came to the far side, by kind and code: digests in the order in which they came."""
        came = {("dossier", code): list(order) for code, order in self.far.get("history", {}).items()}
        for code, entries in self.far.get("progress", {}).items():
            came["progress", code] = [digest(entry) for entry in entries]
        return came

    def doubts(self, fate: Fate) -> list[str]:
        """Return every reason in the journal for which a delivery may have landed once more."""
        reasons = ["sent over a late landing"] if fate.resend_of is not None else []
        for entry in self.entries_of.get(fate.id, ()):
            if entry.what in _DOUBTS:
                reasons.append(_DOUBTS[entry.what])
            reasons += [reason for name, reason in _DETAILS.items() if entry.details.get(name)]
        return reasons

    def named(self, fate: Fate) -> str:
        """Return how people find a delivery."""
        message = self.messages.get(fate.message)
        what = f"{message.type} {message.subject} revision {message.revision}" if message else "no message"
        return f"{what}, delivery {fate.id} to {fate.system} ({fate.state.word})"

    def snapshots(self) -> Mapping[str, Sequence[tuple[Told, Fate]]]:
        """Return the deliveries of each dossier's snapshots, older revisions first."""
        return self._by_subject(Kind.SNAPSHOT)

    def events(self) -> Mapping[str, Sequence[tuple[Told, Fate]]]:
        """Return the deliveries of each dossier's events, in the order of acceptance."""
        return self._by_subject(Kind.EVENT)

    def _by_subject(self, kind: Kind) -> Mapping[str, Sequence[tuple[Told, Fate]]]:
        found: dict[str, list[tuple[Told, Fate]]] = defaultdict(list)
        for message in self.records.messages:
            if message.kind == kind:
                found[message.subject] += [(message, fate) for fate in self.fates_of.get(message.id, ())]
        return found

    def digest_of(self, message: Told) -> str | None:
        """Return how the far side names what a message told, if somebody has a receipt for it."""
        receipt = self.receipt_of.get(message.uid)
        return receipt.digest if receipt else None

    def keep(self, folder: Path) -> None:
        """Write all of it to a folder, for whoever looks into a violation."""
        for name, rows in (
            ("messages", self.records.messages),
            ("deliveries", self.records.fates),
            ("entries", self.records.entries),
        ):
            lines = [orjson.dumps(row._asdict(), default=_written) for row in rows]
            (folder / f"{name}.jsonl").write_bytes(b"\n".join(lines))
        (folder / "far-side.json").write_bytes(orjson.dumps(self.far))

    def died(self, fate: Fate) -> bool:
        """Tell whether a delivery was dead at any time."""
        dead = {int(State.REFUSED), int(State.EXHAUSTED), int(State.EXPIRED)}
        return any(entry.state in dead for entry in self.entries_of.get(fate.id, ()))


def _written(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)
