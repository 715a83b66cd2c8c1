"""What a code may be: every reading that its form allows, each taken apart. Who bears it is not asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from lgsp.domain.codes import FORMS, AgencyCode, Form, agency_code, dossier_code, procedure_code, read_agency
from lgsp.domain.typed import Meant, read_typed
from lgsp.message import nfc

_GROUPS = (
    re.compile(r"[0-9]{2}", re.ASCII),
    re.compile(r"[0-9]{2}", re.ASCII),
    re.compile(r"[0-9]{3}", re.ASCII),
)
_ZEROS = ("00", "00", "000")


class Kind(StrEnum):
    """What a code may name."""

    DOSSIER = "dossier"
    AGENCY = "agency"
    PROCEDURE = "procedure"
    DOCUMENT = "document"
    MESSAGE = "message"


class Reading(NamedTuple):
    """One thing that a code may be.

    Attributes:
        normal: the form by which it compares; equal for all ways of writing it.
        spellings: other ways of writing it that compare as equal.
        agency: of a dossier, a document or a procedure: the code of the body in it, as written; else empty.
        day: of a dossier: the date in it.
        part: of a dossier the serial, of a procedure the part before the issuer, of a document the rest.
        certain: the form is that of a known scheme; else it is only not impossible.
        code: of an agency: how it reads.
    """

    kind: Kind
    normal: str
    spellings: Sequence[str] = ()
    agency: str = ""
    day: date | None = None
    part: str = ""
    certain: bool = True
    code: AgencyCode | None = None


def readings(text: str) -> list[Reading]:
    """Return what a text may be as a code, the likeliest first; every text may at least be an opaque code.

    A dossier's code and an agency's exclude each other by their forms. A text without a space may be the
    code of a procedure; that is certain only of the national form `d.dddddd`.
    """
    text = " ".join(nfc(text).split())
    meant = read_typed(text).meant
    if meant is Meant.ID:
        return [Reading(Kind.MESSAGE, text.lower())]
    found = [one for one in (_dossier(text), _document(text, meant)) if one is not None]
    procedure = _procedure(text)
    agency = [_agency(text)] if text and not found else []
    if procedure is None or found:
        return found + agency
    return [procedure] if procedure.certain else [*agency, procedure]


def _dossier(text: str) -> Reading | None:
    code = dossier_code(text)
    if code is None:
        return None
    rest = code.normal[len(code.agency_normal) :]
    spelled = [one + rest for one in written_as(code.agency_normal)]
    others = tuple(one for one in dict.fromkeys([code.normal, *spelled]) if one != text.upper())
    return Reading(Kind.DOSSIER, code.normal, others, code.agency, code.day, code.serial)


def _document(text: str, meant: Meant) -> Reading | None:
    if meant not in {Meant.DOCUMENT, Meant.NOTATION}:
        return None
    agency, comma, rest = text.partition(",")
    normal = FORMS["document-id"](text) or text
    if not comma:
        return Reading(Kind.DOCUMENT, normal, part=text)
    return Reading(
        Kind.DOCUMENT, normal, (normal,) if normal != text else (), agency.strip(), part=rest.strip()
    )


def _procedure(text: str) -> Reading | None:
    code = procedure_code(text) if text else None
    if code is None or (not code.known and read_agency(text).form is not Form.OPAQUE):
        return None
    normal = FORMS["procedure-code"](text) or text
    others = (normal,) if normal != text else ()
    return Reading(Kind.PROCEDURE, normal, others, code.issuer, part=code.procedure, certain=code.known)


def _agency(text: str) -> Reading:
    code = read_agency(text)
    certain = code.form is not Form.OPAQUE
    spelled = written_as(code.normal) if agency_code(text) else [code.normal]
    others = tuple(one for one in dict.fromkeys([code.normal, *spelled]) if one not in {text, text.upper()})
    return Reading(Kind.AGENCY, code.normal, others, certain=certain, code=code)


def written_as(normal: str) -> list[str]:
    """Return how the old form would write a code of the new one; nothing where its groups do not fit."""
    root, *groups = normal.split(".")
    if len(groups) > len(_GROUPS) or not all(
        form.fullmatch(group) for form, group in zip(_GROUPS, groups, strict=False)
    ):
        return []
    filled = [*groups, *_ZEROS[len(groups) :]]
    return [".".join([*reversed(filled), root])]
