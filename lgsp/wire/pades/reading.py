"""Reading the signatures of one PDF file: each told in the form of `document.v1`, whatever the file holds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import IO, Any

from pyhanko.pdf_utils.crypt import AuthStatus
from pyhanko.pdf_utils.misc import PdfDecodeLimitError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields

from lgsp.message import VIETNAM
from lgsp.store.sealed import Lent
from lgsp.wire.pades.brought import of_file, of_signature
from lgsp.wire.pades.covering import CHANGED, UNCLEAR, covers
from lgsp.wire.pades.examining import may_be_signed
from lgsp.wire.pades.signed import STAMP, Malformed, form_of, read_signed
from lgsp.wire.pades.stamping import Stamp, latest, read_stamp, stamp_of
from lgsp.wire.pades.telling import plain, signer, told_moment
from lgsp.wire.pades.trusting import BROKEN, Embedded, Trust, moment

Told = dict[str, Any]

_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (MemoryError, "too-much-memory"),
    (PdfDecodeLimitError, "too-much-memory"),
    (RecursionError, "too-deep"),
)


def look(lent: Lent, trust: Trust, at: datetime, most: int) -> list[Told]:
    """Return what is found about the signatures of a file: one entry at least, and never an exception.

    Args:
        lent: the file.
        trust: who is trusted.
        at: as of when.
        most: how many signatures are told.
    """
    try:
        with lent.open() as file:
            return asyncio.run(_look(file, trust, at, most))
    except Exception as fault:  # noqa: BLE001 - a hostile file may fail in any way, and that is the answer
        return [_malformed(fault)]


def _malformed(fault: Exception) -> Told:
    if isinstance(fault, Malformed):
        return {"standing": "malformed", "reason": str(fault)}
    reason = next((why for kind, why in _REASONS if isinstance(fault, kind)), "unreadable")
    return {"standing": "malformed", "reason": reason}


async def _look(file: IO[bytes], trust: Trust, at: datetime, most: int) -> list[Told]:
    reader = PdfFileReader(file, strict=False)
    if reader.encrypted and reader.decrypt(b"").status == AuthStatus.FAILED:
        raise Malformed("encrypted")
    fields = [
        (str(name), field)
        for name, _, field in islice(enumerate_sig_fields(reader, filled_status=True), most + 1)
    ]
    if not fields:
        return [
            {"standing": "malformed", "reason": "not-in-form"} if _hidden(file) else {"standing": "absent"}
        ]
    told = await _Look(reader, trust, at).all(_in_order(reader, fields[:most]))
    return told if len(fields) <= most else [*told, {"standing": "unchecked", "reason": "too-many"}]


def _hidden(file: IO[bytes]) -> bool:
    """Tell whether a file without signatures has one after all, which its form does not name."""
    return may_be_signed(file)


def _in_order(reader: PdfFileReader, fields: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Return signature fields in the order in which they were signed."""

    def revision(one: tuple[str, Any]) -> int:
        value = one[1].get_object().raw_get("/V")
        return int(reader.xrefs.get_last_change(value.reference)) if hasattr(value, "reference") else 0

    return sorted(fields, key=revision)


@dataclass(slots=True)
class _Look:
    """One look at a file: signatures, then what its time stamps say about when those were there."""

    reader: PdfFileReader
    trust: Trust
    at: datetime

    async def all(self, fields: list[tuple[str, Any]]) -> list[Told]:
        brought = of_file(self.reader)
        stamps = [stamp async for stamp in self._stamps(fields, brought)]
        return [await self._one(name, field, stamps, brought) for name, field in fields]

    async def _stamps(self, fields: list[tuple[str, Any]], brought: Embedded) -> AsyncIterator[Stamp]:
        """Yield the time stamps of the whole file that hold and are trusted."""
        for name, field in fields:
            if form_of(field) == STAMP:
                try:
                    stamp = await read_stamp(
                        self.reader, name, field, self.trust.validation(brought, self.at)
                    )
                except Exception:  # noqa: BLE001, S112 - it is told as malformed in its turn
                    continue
                if stamp.trusted and stamp.covers != UNCLEAR:
                    yield stamp

    async def _one(self, name: str, field: Any, stamps: list[Stamp], brought: Embedded) -> Told:
        told: Told = {"field": plain(name)}
        try:
            if form_of(field) == STAMP:
                return told | await self._stamp(name, field, brought)
            return told | await self._signature(name, field, stamps, brought)
        except Exception as fault:  # noqa: BLE001 - one signature that cannot be read is no reason to lose the others
            return told | _malformed(fault)

    async def _stamp(self, name: str, field: Any, brought: Embedded) -> Told:
        stamp = await read_stamp(self.reader, name, field, self.trust.validation(brought, self.at))
        told = {"kind": "timestamp", "standing": _standing(stamp.holds, stamp.covers, stamp.word)}
        about = signer(stamp.certificate) | {"stamped_at": told_moment(stamp.at), "covers": stamp.covers}
        return told | about | {"digest": stamp.digest, "format": form_of(field).removeprefix("/")}

    async def _signature(self, name: str, field: Any, stamps: list[Stamp], brought: Embedded) -> Told:
        signed = read_signed(self.reader, name, field)
        mine = of_signature(signed, brought)
        byte_range = field.get_object()["/V"]["/ByteRange"]
        cover = covers(self.reader, byte_range, signed.contents, signed.embedded)
        stamp = await stamp_of(signed.embedded, self.trust.validation(mine, self.at))
        sure = latest(byte_range, stamps, stamp)
        said = moment(signed.claimed, VIETNAM)
        standing, reason = await self.trust.judge(signed.certificate, mine, self.at, sure=sure, said=said)
        if standing == "valid" and signed.digest in BROKEN:
            standing, reason = "untrusted", "weak-algorithm"
        standing = _standing(signed.holds, cover, standing)
        told: Told = {"kind": "signature", "standing": standing}
        if reason and standing not in {"altered", "changed"}:
            told["reason"] = reason
        told |= signer(signed.certificate)
        told |= {"claimed_at": told_moment(said)} if said else {}
        told |= {"stamped_at": told_moment(stamp.at), "stamp": stamp.word} if stamp else {}
        return told | {"digest": signed.digest, "format": form_of(field).removeprefix("/"), "covers": cover}


def _standing(holds: bool, cover: str, trusted: str) -> str:
    """Return the worst that is to be said: what was signed comes before who signed it."""
    if not holds:
        return "altered"
    return "changed" if cover in {CHANGED, UNCLEAR} else trusted
