"""Time stamps: of one signature, and of a whole file as it was; what they prove of when it was signed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import EmbeddedPdfSignature
from pyhanko.sign.validation.generic_cms import (
    extract_tst_data_iter,
    message_imprint_checker,
    validate_tst_signed_data,
)
from pyhanko.sign.validation.status import TimestampSignatureStatus
from pyhanko_certvalidator import ValidationContext

from lgsp.wire.pades.covering import covers
from lgsp.wire.pades.signed import end_of

NOWHERE = ""


@dataclass(slots=True, frozen=True)
class Stamp:
    """A time stamp.

    Attributes:
        at: the time it tells.
        holds: whether it is over what it should be over.
        trusted: whether it holds and is of a trusted authority.
        certificate: the authority's.
        digest: name of the hash.
        covers: of a stamp over a whole file, as `covering.covers` has it.
        end: of such a stamp, how many bytes of the file it is over.
    """

    at: datetime
    holds: bool
    trusted: bool
    certificate: Any
    digest: str
    covers: str = NOWHERE
    end: int = 0

    @property
    def word(self) -> str:
        """How it stands: `valid`, `untrusted` or `altered`."""
        return "valid" if self.trusted else "untrusted" if self.holds else "altered"


async def read_stamp(reader: PdfFileReader, name: str, field: Any, rules: ValidationContext) -> Stamp:
    """Read a time stamp over a whole file."""
    embedded = EmbeddedPdfSignature(reader, field, name)
    told = await validate_tst_signed_data(embedded.signed_data, rules, embedded.compute_digest)
    cover = covers(reader, embedded.byte_range, embedded.pkcs7_content, embedded)
    return _stamp(told, cover, end_of(embedded.byte_range))


async def stamp_of(embedded: EmbeddedPdfSignature | None, rules: ValidationContext) -> Stamp | None:
    """Return the time stamp of a signature: the first trusted one, else the last; None if it has none."""
    found = None
    for token in extract_tst_data_iter(embedded.signer_info, signed=False) if embedded else ():
        imprint = message_imprint_checker(embedded.signer_info)  # type: ignore[union-attr]
        found = _stamp(await validate_tst_signed_data(token, rules, imprint))
        if found.trusted:
            break
    return found


def latest(byte_range: Sequence[int], stamps: Iterable[Stamp], own: Stamp | None) -> datetime | None:
    """Return when a signature was there at latest, as trusted time stamps prove; None where none does."""
    end = end_of(byte_range)
    proofs = [stamp.at for stamp in stamps if stamp.end > end]
    return min([*proofs, *([own.at] if own and own.trusted else [])], default=None)


def _stamp(told: dict[str, Any], cover: str = NOWHERE, end: int = 0) -> Stamp:
    status = TimestampSignatureStatus(**told)
    holds = status.intact and status.valid
    return Stamp(
        status.timestamp, holds, status.trusted, status.signing_cert, str(status.md_algorithm), cover, end
    )
