"""Reading the codes of dossiers, agencies and procedures tolerantly, and giving their normal forms.

A code is never rewritten: the text as it was written stays in the data, the normal form only compares.
Sources: QCVN 102:2016 (old agency form, read from right to left), Decision 20/2020/QD-TTg (new agency form),
Circular 01/2018/TT-VPCP (dossier code: agency, date, serial).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import MappingProxyType

_KEPT = 8192
"""How many parsed codes are remembered: a dossier's code is asked for several times on its way."""

_LONGEST = 35
"""Characters of an agency code, by Decision 20/2020/QD-TTg."""

_AGENCY = r"(?:[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.)?[A-Z][0-9]{2}(?:\.[0-9A-Z]{1,4}){0,6}"
_AGENCY_PARTS = re.compile(
    r"(?:(?P<below>[0-9]{3}\.[0-9]{2}\.[0-9]{2})\.)?(?P<root>[A-Z][0-9]{2})(?P<rest>(?:\.[0-9A-Z]{1,4}){0,6})"
)
_DOSSIER_PARTS = re.compile(
    rf"(?P<agency>{_AGENCY})-(?P<date>[0-9]{{6}}|[0-9]{{8}})-(?P<serial>[0-9]{{4,8}})"
)
_PROCEDURE_PARTS = re.compile(rf"(?P<procedure>\S+?)(?:\.(?P<issuer>{_AGENCY}))?")
_NATIONAL_PROCEDURE = re.compile(r"[0-9]\.[0-9]{6}")


@dataclass(slots=True, frozen=True)
class DossierCode:
    """A dossier code, taken apart.

    Attributes:
        agency: the agency part, in its written form (capitals).
        agency_normal: its normal form.
        day: the date in the code.
        serial: the running number, as written.
        normal: equal for the old and the new agency form of one code.
    """

    agency: str
    agency_normal: str
    day: date
    serial: str
    normal: str


@dataclass(slots=True, frozen=True)
class ProcedureCode:
    """A procedure code, taken apart.

    Attributes:
        procedure: the part without the issuer, as written.
        issuer: the agency code behind it, as written; empty for a national procedure.
        known: whether the first part has the national form `d.dddddd`. Local forms exist: they are flagged,
            not rejected.
    """

    procedure: str
    issuer: str
    known: bool


@lru_cache(_KEPT)
def agency_code(text: str) -> str | None:
    """Return the normal form of an agency code, or None when it is none.

    The old form reads from right to left and its zero groups say nothing: `000.00.11.H44` is `H44.11`.
    """
    text = text.strip().upper()
    parts = _AGENCY_PARTS.fullmatch(text)
    if parts is None or len(text) > _LONGEST:
        return None
    below = (parts["below"] or "").split(".")
    return (
        parts["root"] + "".join(f".{group}" for group in reversed(below) if group.strip("0")) + parts["rest"]
    )


@lru_cache(_KEPT)
def dossier_code(text: str) -> DossierCode | None:
    """Return a dossier code's parts, or None when the text is none or its date does not exist.

    Both date forms are read: `yyMMdd`, and `yyyyMMdd` of the ministries' 2026 systems.
    """
    parts = _DOSSIER_PARTS.fullmatch(text.strip().upper())
    if parts is None:
        return None
    agency, day = agency_code(parts["agency"]), _day(parts["date"])
    if agency is None or day is None:
        return None
    normal = f"{agency}-{parts['date']}-{parts['serial']}"
    return DossierCode(parts["agency"], agency, day, parts["serial"], normal)


def procedure_code(text: str) -> ProcedureCode | None:
    """Return a procedure code's parts, or None when the text is empty or holds a space."""
    parts = _PROCEDURE_PARTS.fullmatch(text.strip())
    if parts is None:
        return None
    known = _NATIONAL_PROCEDURE.fullmatch(parts["procedure"]) is not None
    return ProcedureCode(parts["procedure"], parts["issuer"] or "", known)


def agency_of(text: str) -> str | None:
    """Return the agency, as written, that a dossier code or an agency code names."""
    dossier = dossier_code(text)
    if dossier is not None:
        return dossier.agency
    return None if agency_code(text) is None else text.strip()


def under(code: str, subtree: str) -> bool:
    """Tell whether an agency is the top of a subtree or below it, whichever form either is written in."""
    agency, top = agency_code(code), agency_code(subtree)
    return agency is not None and top is not None and (agency == top or agency.startswith(top + "."))


def _day(text: str) -> date | None:
    year = text[:-4] if len(text) > len("yyMMdd") else "20" + text[:2]
    try:
        return date(int(year), int(text[-4:-2]), int(text[-2:]))
    except ValueError:
        return None


def _normal_dossier_code(text: str) -> str | None:
    code = dossier_code(text)
    return None if code is None else code.normal


def _verbatim(text: str) -> str | None:
    return text or None


FORMS: Mapping[str, Callable[[str], str | None]] = MappingProxyType(
    {"dossier-code": _normal_dossier_code, "agency-code": agency_code, "verbatim": _verbatim}
)
"""Normal forms by the name a schema gives them. Each is idempotent; None is for what has no such form."""
