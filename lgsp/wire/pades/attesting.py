"""Putting what was found about the signatures of attached PDF files beside the attachments."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from lgsp.folder import Folder, inside, kept_here
from lgsp.message import Finding
from lgsp.store.sealed import Lent, UnknownKeyError
from lgsp.wire.pades.examining import Bounds, at_sight, examine

_PDF = "application/pdf"
_TOLD = "signatures"
_WEAK = frozenset({"md2", "md5", "sha1"})

FINDINGS: Mapping[str, str] = MappingProxyType(
    {
        "altered": "pdf-signature-altered",
        "changed": "pdf-signature-changed",
        "revoked": "pdf-signature-revoked",
        "expired": "pdf-signature-expired",
        "untrusted": "pdf-signature-untrusted",
        "malformed": "pdf-signature-malformed",
        "unchecked": "pdf-signature-unchecked",
    }
)
"""The finding for each standing; a valid signature, and a file without any, are nothing odd."""


def evidence(
    data: Mapping[str, Any],
    files: Folder,
    trust: Path | None,
    *,
    at: datetime | None = None,
    bounds: Bounds | None = None,
) -> tuple[dict[str, Any], list[Finding]]:
    """Return a document with `signatures` at each attached PDF, and what is odd about them.

    Bytes and identity stay as they are: what is told here is no part of what the packet said. It blocks as
    long as the bounds let it: from an event loop, ask a `Witness`.

    Args:
        data: a `document.v1`; one without PDF files starts nothing. What it says of signatures itself is
            left out: evidence is what we found, never what we were told.
        files: where its attachments are kept.
        trust: folder of the certificates that are trusted; None trusts nobody, and changes are seen still.
        at: as of when; None is now.
        bounds: how much work the files may make.

    Raises:
        UnknownKeyError: a file cannot be opened yet.
    """
    if not data.get("attachments"):
        return dict(data), []
    attached = [{name: one[name] for name in one if name != _TOLD} for one in data["attachments"]]
    refs = [one["dataref"] if _is_pdf(one) else "" for one in attached]
    limits = bounds or Bounds()
    by_ref = {ref: _at_sight(ref, files, limits) for ref in refs if ref}
    asked = [ref for ref, told in by_ref.items() if told is None]
    with _lent(asked, files) as lent:
        by_ref |= zip(asked, examine(lent, trust, at=at, bounds=limits).files if lent else [], strict=True)
    found = [one | {_TOLD: by_ref[ref]} if ref else one for one, ref in zip(attached, refs, strict=True)]
    return {**data, "attachments": found}, _findings(found)


class Witness:
    """Gives evidence from an event loop: one document after the other, in a thread of its own.

    One process at a time looks at files: a crowd of them takes neither memory nor threads from others.

    Args:
        trust: folder of the certificates that are trusted; None trusts nobody.
        bounds: how much work the files of one document may make.
    """

    def __init__(self, trust: Path | None, bounds: Bounds | None = None) -> None:
        self._ask = partial(evidence, trust=trust, bounds=bounds)
        self._turn = ThreadPoolExecutor(1, thread_name_prefix="pades")

    async def evidence(self, data: Mapping[str, Any], files: Folder) -> tuple[dict[str, Any], list[Finding]]:
        """Return what `evidence` does, when its turn has come.

        Raises:
            UnknownKeyError: a file cannot be opened yet, or no more.
        """
        ask = partial(asyncio.get_running_loop().run_in_executor, self._turn, self._ask, data, files)
        try:
            return await ask()
        except UnknownKeyError as fault:
            if not await files.keys.sought(fault.number):
                raise
        return await ask()

    def close(self) -> None:
        """Take on no more; who waits for a turn is told `CancelledError`."""
        self._turn.shutdown(wait=False, cancel_futures=True)


def _is_pdf(attachment: Mapping[str, Any]) -> bool:
    """Tell whether a file is kept here and is a PDF, by its bytes or its name."""
    named = attachment.get("name", "").lower().endswith(".pdf")
    return kept_here(attachment.get("dataref", "")) and (named or attachment.get("media_type") == _PDF)


def _at_sight(ref: str, files: Folder, bounds: Bounds) -> list[dict[str, Any]] | None:
    """Return what can be said at once of a file that stands in its reference; None is for any other."""
    if inside(ref) is None:
        return None
    with files.open(ref) as file:
        return at_sight(file, bounds)


@contextmanager
def _lent(refs: Sequence[str], files: Folder) -> Iterator[list[Lent | None]]:
    """Lend each file while inside: what looks at them can open these, and none of the others."""
    with ExitStack() as stack:
        yield [_one_lent(ref, files, stack) for ref in refs]


def _one_lent(ref: str, files: Folder, stack: ExitStack) -> Lent | None:
    try:
        return stack.enter_context(files.lent(ref))
    except UnknownKeyError:  # it will be
        raise
    except OSError:  # it is not kept, or was altered
        return None


def _findings(attached: Sequence[Mapping[str, Any]]) -> list[Finding]:
    """Return one finding for each way in which a file's signatures are odd; names never stand in them."""
    found: dict[Finding, None] = {}
    for number, one in enumerate(attached, 1):
        place = f"AttachmentEncoded/Attachment[{number}]"
        for signature in one.get(_TOLD, ()):
            if signature["standing"] in FINDINGS:
                code = FINDINGS[signature["standing"]]
                found.setdefault(Finding(code, place, signature.get("reason", "")))
            if signature.get("digest") in _WEAK:
                found.setdefault(Finding("pdf-signature-weak", place, signature["digest"]))
    return list(found)
