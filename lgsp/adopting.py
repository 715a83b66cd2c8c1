"""Adopting what a system held before us: lists of codes and files of native items, a part at a time."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from lgsp.domain.codes import FORMS
from lgsp.errors import Forbidden, Problem, Rejected
from lgsp.gateway import Gateway
from lgsp.journal import adopting, contract, handovers
from lgsp.journal.contract import Offer, Part, Transaction, Wanted
from lgsp.journal.lines import identity_digest, identity_key
from lgsp.journal.turns import Frame
from lgsp.message import Message, Raw

MOST = 1000
"""Lines or items of one part at most: it is one transaction."""
_HELD = "SELECT identity, native FROM messages WHERE identity IN ({})"


@dataclass(slots=True, frozen=True)
class Unreadable:
    """A line of a list, or an item of a file, that could not be adopted.

    Attributes:
        place: of the line or item, counted from 1.
        said: the code as it is written.
    """

    place: int
    said: str
    problems: Sequence[Problem] = ()


@dataclass(slots=True, frozen=True)
class Adopted:
    """What became of a part: how many of what, and what could not be read."""

    counts: Counter[str] = field(default_factory=Counter)
    unreadable: Sequence[Unreadable] = ()


class Adoption:
    """Takes on what a system holds.

    Args:
        gateway: whose journal, types and adapters.
        system: that holds it.
    """

    def __init__(self, gateway: Gateway, system: str) -> None:
        self._gateway = gateway
        self._system = system

    async def codes(self, type_: str, listed: Sequence[tuple[int, str]], part: Part | None) -> Adopted:
        """Note that subjects of a type are there, by their codes; each with its line. No part: a preview.

        Raises:
            StalePartError: the part does not begin where its adoption stands; nothing was done.
        """
        normal = FORMS[self._gateway.types[type_].form]
        read = [(line, text, normal(text.strip())) for line, text in listed]
        bad = [
            Unreadable(line, text, (Problem("", "bad-code", text[:60]),))
            for line, text, key in read
            if key is None
        ]
        keys = [key for _, _, key in read if key is not None]
        whole = Part(part.handover, part.begins, part.ends, len(bad)) if part else None
        act = lambda tx: self._note(tx, type_, keys, whole)  # noqa: E731
        journal = self._gateway.journal
        new, frames = await (journal.write(act) if part else journal.read(act))
        self._gateway.broker.publish(frames)
        return Adopted(Counter(adopted=new, known=len(keys) - new, unreadable=len(bad)), bad)

    def _note(
        self, tx: Transaction, type_: str, keys: Sequence[str], part: Part | None
    ) -> tuple[int, list[Frame]]:
        new, frames = adopting.subjects(tx, self._system, type_, keys, write=part is not None)
        if part is not None:
            handovers.keep_codes(tx, part, {"adopted": new, "known": len(keys) - new})
        return new, frames

    async def items(self, source: str, body: bytes, part: Part | None, begins: int = 0) -> Adopted:
        """Take on native items of a source as facts that the system holds already. No part: a preview.

        Raises:
            Rejected: nothing of the body can be read.
            StalePartError: as `codes`.
        """
        gateway = self._gateway
        raw = Raw.of(body, adoption=str(part.handover) if part else "")
        judged = [
            self._judged(source, item, n)
            for n, item in enumerate(await gateway.counterparts[source].adapter.read(raw))
        ]
        bad = [
            Unreadable(begins + n + 1, one.subject, one.problems)
            for n, one in enumerate(judged) if isinstance(one, Rejected)
        ]  # fmt: skip
        offers = [one for one in judged if isinstance(one, Offer)]
        if part is None:
            return Adopted(await self._foreseen(source, offers, len(bad)), bad)
        part = Part(part.handover, part.begins, part.ends, len(bad))
        blob = await gateway.blobs.keep(raw)
        taken = await gateway.journal.accept(contract.Arrival(source, raw, offers, (), 0, blob, part=part))
        gateway.broker.publish(taken.frames)
        return Adopted(Counter(map(handovers.became, taken.results)) + Counter(unreadable=len(bad)), bad)

    def _judged(self, source: str, item: Message | Rejected, n: int) -> Offer | Rejected:
        """Check an item as one that comes in at the door; it goes nowhere."""
        one = self._gateway.judge(source, item, n)
        if isinstance(one, Rejected):
            return one
        if one.message.type not in self._gateway.counterparts[self._system].adapter.takes:
            return Forbidden(
                [Problem("type", "type-not-taken", one.message.type)], subject=one.message.subject
            )
        one.wanted = [Wanted(self._system, math.inf, 0, direct=False, adopted=True)]
        return one

    async def _foreseen(self, source: str, offers: Sequence[Offer], bad: int) -> Counter[str]:
        """Return what would become of items, in their order: of one that is told twice the first counts."""
        told = [
            (
                identity_digest(source, one.message.type, identity_key(one.message, one.kind)),
                one.message.native,
            )
            for one in offers
        ]
        held: dict[bytes, set[bytes]] = {}
        for identity, native in await self._gateway.journal.read(
            lambda tx: tx.among(_HELD, sorted({identity for identity, _ in told}))
        ):
            held.setdefault(bytes(identity), set()).add(bytes(native))
        counts = Counter(unreadable=bad)
        for identity, native in told:
            natives = held.setdefault(identity, set())
            counts["adopted" if not natives else "known" if native in natives else "otherwise"] += 1
            natives.add(native)
        return counts


def told(adopted: Adopted, place: int | None) -> dict[str, Any]:
    """Return what became of a part as JSON says it."""
    return {
        "place": place,
        "counts": {name: n for name, n in sorted(adopted.counts.items()) if n},
        "unreadable": [
            {
                "place": one.place,
                "said": one.said,
                "problems": [[p.place, p.code, p.detail] for p in one.problems],
            }
            for one in adopted.unreadable
        ],
    }
