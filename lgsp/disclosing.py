"""Letting a person see personal data: for a purpose, for a while, and written down before it is shown."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from lgsp.errors import Invalid, Problem
from lgsp.gateway import Gateway
from lgsp.journal import disclosures
from lgsp.journal.contract import Transaction
from lgsp.journal.disclosures import Content, Disclosure
from lgsp.journal.rows import numbers_of
from lgsp.journal.seal_entries import bare
from lgsp.masking import identities, identity, mask, masked
from lgsp.personal_classes import Leaf
from lgsp.redacting import redacted
from lgsp.schemas import Types

PURPOSES: Mapping[str, tuple[str, str]] = {
    "fault": (
        "tìm nguyên nhân lỗi, xử lý hồ sơ bị vướng",
        "finding a fault, mending what is stuck",
    ),
    "correction": ("sửa dữ liệu theo đề nghị của đơn vị gửi", "correcting data as the sender asks"),
    "citizen": ("trả lời yêu cầu của chính chủ thể dữ liệu", "answering the person whose data it is"),
    "complaint": ("giải quyết khiếu nại, tố cáo, phản ánh", "settling a complaint"),
    "inspection": ("thanh tra, kiểm tra, kiểm toán", "an inspection or an audit"),
    "authority": ("theo yêu cầu của cơ quan có thẩm quyền", "an authority that may ask for it asked"),
    "incident": ("xử lý sự cố an toàn thông tin", "an incident of information security"),
}
"""What personal data may be disclosed for: in Vietnamese and in English."""
MINUTES, MOST_MINUTES = 15, 60
"""For how long it is shown unless another time is asked for, and for how long at most."""
LEAST_REASON, MOST_REASON = 5, 500
_MINUTE = 60_000_000
_STANDING = re.compile(rb"(?<![0-9A-Za-z])(?:[0-9]{12}|[0-9]{9})(?![0-9A-Za-z])")
_NUMBERS = 10_000
"""Numbers that are written down of one disclosure at most: a request may bring a thousand dossiers."""


@dataclass(slots=True, frozen=True)
class Purpose:
    """Why somebody wants to see personal data.

    Attributes:
        word: one of `PURPOSES`.
        reason: in the person's words.
        minutes: for how long.
    """

    word: str
    reason: str
    minutes: int = MINUTES

    def __post_init__(self) -> None:
        """See that it says something.

        Raises:
            Invalid: no declared purpose, no reason, or too long a time.
        """
        reason = len(self.reason.strip())
        faults = [
            Problem("/purpose", "not-one-of", ", ".join(PURPOSES)) if self.word not in PURPOSES else None,
            Problem("/reason", "rule-broken", f"say why, in {LEAST_REASON} to {MOST_REASON} characters")
            if not LEAST_REASON <= reason <= MOST_REASON
            else None,
            Problem("/minutes", "rule-broken", f"1 to {MOST_MINUTES}")
            if not 1 <= self.minutes <= MOST_MINUTES
            else None,
        ]
        if found := [one for one in faults if one is not None]:
            raise Invalid(found)


class Shown(NamedTuple):
    """What is shown of one dossier or document besides messages.

    Attributes:
        content: what is shown, as it is in memory.
        type: of its messages.
        subject: its code.
        partitionkey: its code in the normal form.
    """

    content: bytes
    type: str
    subject: str
    partitionkey: str


class Disclosing:
    """Discloses, and knows what is disclosed to whom; the journal keeps it, for all processes."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def message(self, uid: UUID, who: str, why: Purpose, how: str = "shown") -> int | None:
        """Let a person see a message whole; return until when, in microseconds, or None without a message.

        Raises:
            JournalError: it cannot be written down; nothing may be shown then.
        """
        journal = self._gateway.journal
        found = await journal.read(lambda tx: disclosures.content(tx, uid))
        if found is None:
            return None
        numbers = await asyncio.to_thread(self._whose, found)
        one = Disclosure(
            who=who, how=how, purpose=why.word, reason=why.reason.strip(), item=str(uid), type=found.type,
            subject=found.subject, partitionkey=found.partitionkey, message=found.number,
            lasts=why.minutes * _MINUTE if how == "shown" else 0,
        )  # fmt: skip
        return await journal.write(lambda tx: disclosures.disclose(tx, one, numbers))

    async def other(self, item: str, content: bytes, who: str, why: Purpose, how: str, **named: Any) -> None:
        """Write down that a person is given what is no message, such as something that was turned away.

        Args:
            item: what it is, such as `quarantine/7`.
            content: what is handed out, as far as it is in memory.
            who: the person.
            why: the purpose.
            how: as in `Disclosure.how`.
            named: `type`, `subject`, `partitionkey`, where known.
        """
        numbers = await asyncio.to_thread(lambda: _few(_in_text(content)))
        one = Disclosure(who=who, how=how, purpose=why.word, reason=why.reason.strip(), item=item, **named)
        await self._gateway.journal.write(lambda tx: disclosures.disclose(tx, one, numbers))

    async def several(self, item: str, shown: Sequence[Shown], who: str, why: Purpose) -> None:
        """Write down, all or none, that a person is shown what was kept of many dossiers at once.

        Args:
            item: what shows them, such as `shadow/national-portal`.
            shown: each is a disclosure of its own, so that its code and its citizens find it.
            who: the person.
            why: the purpose.
        """
        numbers = await asyncio.to_thread(lambda: [_few(_in_text(one.content)) for one in shown])
        made = [
            Disclosure(
                who=who, how="shown", purpose=why.word, reason=why.reason.strip(), item=item, type=one.type,
                subject=one.subject, partitionkey=one.partitionkey,
            )
            for one in shown
        ]  # fmt: skip

        def act(tx: Transaction) -> None:
            for one, whose in zip(made, numbers, strict=True):
                disclosures.disclose(tx, one, whose)

        await self._gateway.journal.write(act)

    async def until(self, uid: UUID | str, who: str) -> int | None:
        """Return until when a person sees a message whole; None where it is masked."""
        named = uid if isinstance(uid, UUID) else UUID(uid)
        return await self._gateway.journal.read(lambda tx: _until(tx, named, who))

    async def handed_out(self, uid: UUID, who: str, how: str = "download") -> bool:
        """Write down that a person, who sees a message whole, takes it along; False where it is masked."""
        journal = self._gateway.journal
        why = await journal.read(lambda tx: _why(tx, uid, who))
        return why is not None and await self.message(uid, who, Purpose(*why), how) is not None

    async def mask_again(self, uid: UUID, who: str) -> bool:
        """Mask a message at once that a person sees whole; False where it was masked."""

        def act(tx: Transaction) -> bool:
            number = numbers_of(tx, [uid.bytes]).get(uid.bytes)
            return number is not None and disclosures.mask_again(tx, number, who, str(uid))

        return await self._gateway.journal.write(act)

    def _whose(self, found: Content) -> set[str]:
        """Return the identity numbers that a message shows: classed ones, and those in native texts."""
        info = self._gateway.types.get(found.type)
        data = orjson.loads(found.data) if found.data is not None else None
        numbers = identities(data, info.schema if info else None) if data is not None else set()
        return _few([*sorted(numbers), *(one for text in found.texts for one in _in_text(text))])


def _until(tx: Transaction, uid: UUID, who: str) -> int | None:
    number = numbers_of(tx, [uid.bytes]).get(uid.bytes)
    return None if number is None else disclosures.open_until(tx, number, who)


def _why(tx: Transaction, uid: UUID, who: str) -> tuple[str, str] | None:
    number = numbers_of(tx, [uid.bytes]).get(uid.bytes)
    return None if number is None else disclosures.stated(tx, number, who)


def _in_text(text: bytes) -> Iterable[str]:
    return (identity(one.decode(), strict=True) for one in _STANDING.findall(text))


def _few(numbers: Iterable[str]) -> set[str]:
    found: dict[str, None] = {}
    for one in numbers:
        found.setdefault(one)
        if len(found) >= _NUMBERS:
            break
    return set(found)


# --- what people see of a message that is not disclosed to them ---------------------------------------------


def masked_walk(types: Types, walk: dict[str, Any]) -> dict[str, Any]:
    """Return a message's walk (`lgsp.journal.reading.walk`) as it is shown: masked, without native texts.

    `masked` is true in it: nobody takes a text that is withheld for one that is not there.
    """
    data = walk["data"]
    attempts = [one | {"exchanges": [], "withheld": len(one["exchanges"])} for one in walk["attempts"]]
    shown = None if data is None else masked_data(types, walk["type"], data)
    return walk | {"data": shown, "raw": masked_raw(walk["raw"]), "attempts": attempts, "masked": True}


def masked_data(types: Types, type_: str, data: Any) -> Any:
    """Return a canonical body with its personal data masked; of an unknown type all of it."""
    info = types.get(type_)
    return masked(data, info.schema if info is not None else None)


def masked_raw(raw: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return what is shown of what came: everything but its text."""
    if raw is None:
        return None
    told = {name: redacted(str(value)) for name, value in raw["attributes"].items()}
    return dict(raw) | {"text": None, "attributes": told, "masked": True}


HEARD = ("said", "fields", "answer")
"""What a far side said in its own words, in the rows of deliveries and attempts."""


def unheard(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return rows without what far sides said in their own words: it may tell of a message's content."""
    return [dict(row) | {name: _nothing(row[name]) for name in HEARD if name in row} for row in rows]


def unheard_walk(walk: Mapping[str, Any]) -> dict[str, Any]:
    """Return a message's walk, or a row of messages with their deliveries, so."""
    parts = ("deliveries", "attempts", "timeline")
    told = dict(walk) | {name: unheard(walk[name]) for name in parts if name in walk}
    if "entries" in walk:
        told["entries"] = [one | {"details": bare(one["details"])} for one in walk["entries"]]
    return told


def _nothing(value: Any) -> Any:
    return None if value is None else type(value)()


_OF_COURSE: Mapping[str, str] = {"subject": "content", "description": "content", "reason": "content"}
_PERSONS: Mapping[str, Collection[str]] = {"staff": ("name", "id"), "signers": ("name", "position")}


def masked_course(told: Any) -> Any:
    """Return a document's course (`lgsp.domain.course.telling`) with what is personal in it masked."""
    if isinstance(told, list):
        return [masked_course(one) for one in told]
    if not isinstance(told, dict):
        return told
    return {name: _masked_part(name, value) for name, value in told.items()}


def _masked_part(name: str, value: Any) -> Any:
    if name in _OF_COURSE and isinstance(value, str):
        return _unnumbered(value, _OF_COURSE[name])
    if name in _PERSONS and isinstance(value, list):
        return [_masked_part(name, one) for one in value]
    if name in _PERSONS and isinstance(value, dict):
        who = _PERSONS[name]
        return {key: _unnumbered(said, "official") if key in who else said for key, said in value.items()}
    return masked_course(value)


def _unnumbered(value: Any, personal: str) -> Any:
    return mask(Leaf("", value, personal)) if isinstance(value, str) and value else value
