"""What a signature covers: the whole file, or a revision behind which the file was added to."""

from __future__ import annotations

import os
from typing import IO, Any

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY
from pyhanko.sign.validation import EmbeddedPdfSignature, SignatureCoverageLevel

WHOLE, REVISION, CHANGED, UNCLEAR = "whole", "revision", "changed", "unclear"
_LARGEST_HOLE = 16 * 1024 * 1024
_PARTS = 4


def covers(
    reader: PdfFileReader, byte_range: Any, contents: bytes, embedded: EmbeddedPdfSignature | None
) -> str:
    """Return what a signature covers.

    `whole`: every byte of the file but the place of the signature itself. `revision`: all of the file as it
    was then; what was added since is what may be added: further signatures, filled fields, proofs for the
    archive. `changed`: something else was added. `unclear`: it leaves out bytes, or is over something else.

    The hole in what is signed has to be the signature and nothing but it, in its place: its length alone
    proves nothing, for a signature may be written shorter elsewhere.
    """
    end = _end(reader.stream, byte_range, contents)
    if end is None:
        return UNCLEAR
    if end == reader.stream.seek(0, os.SEEK_END):
        return WHOLE
    return _behind(embedded) if embedded is not None else UNCLEAR


def _end(file: IO[bytes], byte_range: Any, contents: bytes) -> int | None:
    """Return where what is signed ends; None if its hole is something else than the signature."""
    parts = [one if isinstance(one, int) else -1 for one in byte_range]
    if len(parts) != _PARTS or parts[0] != 0 or min(parts) < 0:
        return None
    _, first, second, length = parts
    if not first < second <= first + _LARGEST_HOLE:
        return None
    file.seek(first)
    hole = file.read(second - first)
    try:
        written = bytes.fromhex(hole[1:-1].decode("ascii"))
    except ValueError:
        return None
    framed = hole.startswith(b"<") and hole.endswith(b">")
    return second + length if framed and written == contents else None


def _behind(embedded: EmbeddedPdfSignature) -> str:
    """Return what became of a file behind the revision that was signed."""
    view: Any = embedded  # these parts of the library have no types
    view.compute_integrity_info(DEFAULT_DIFF_POLICY)
    if view.coverage < SignatureCoverageLevel.ENTIRE_REVISION:
        return UNCLEAR
    return REVISION if view.summarise_integrity_info()["docmdp_ok"] else CHANGED
