"""Reading the codes of dossiers, agencies and procedures tolerantly, and giving their normal forms.

A code is never rewritten: the text as it was written stays in the data, the normal form only compares.
Sources: QCVN 102:2016 (old agency form, read from right to left), Decision 20/2020/QD-TTg (new agency form,
enterprises by their registration number, schemes `Zxy`), Circular 01/2018/TT-VPCP (dossier code: agency,
date, serial).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

_KEPT = 8192
"""How many parsed codes are remembered: a dossier's code is asked for several times on its way."""

_LONGEST = 35
"""Characters of an agency code, by Decision 20/2020/QD-TTg."""

_REST = r"(?:\.[0-9A-Z]{1,31}){0,16}"
_AGENCY = rf"(?:[0-9]{{3}}\.[0-9]{{2}}\.[0-9]{{2}}\.)?[A-Z][0-9]{{2}}{_REST}"
_AGENCY_PARTS = re.compile(
    rf"(?:(?P<below>(?:[0-9]{{3}}\.)?[0-9]{{2}}\.[0-9]{{2}})\.)?(?P<root>[A-Z][0-9]{{2}})(?P<rest>{_REST})"
)
_FORMS = re.compile(
    r"(?P<old>[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Y][0-9]{2})"
    r"|(?P<old_short>[0-9]{2}\.[0-9]{2}\.[A-Y][0-9]{2})"
    r"|(?P<new>[A-Y][0-9]{2}(?:\.[0-9A-Z]+)*)"
    r"|(?P<scheme>Z[0-9]{2}[0-9A-Z.]{1,32})"
    r"|(?P<enterprise>[0-9]{10}(?:-?[0-9]{3})?)"
    r"|(?P<axis_enterprise>02[0-9]{10}(?:[0-9]{3})?)"
    r"|(?P<statistics>[0-9]{2}|[0-9]{3}|[0-9]{5})",
    re.ASCII,
)
_DOSSIER_PARTS = re.compile(
    rf"(?P<agency>{_AGENCY})-(?P<date>[0-9]{{6}}|[0-9]{{8}})-(?P<serial>[0-9]{{4,8}})"
)
_PROCEDURE_PARTS = re.compile(rf"(?P<procedure>\S+?)(?:\.(?P<issuer>{_AGENCY}))?")
_UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_NATIONAL_PROCEDURE = re.compile(r"[0-9]\.[0-9]{6}")


class Form(Enum):
    """How a code is written. The value is its name in answers."""

    OLD = "old"
    OLD_SHORT = "old-short"
    NEW = "new"
    SCHEME = "scheme"
    ENTERPRISE = "enterprise"
    AXIS_ENTERPRISE = "axis-enterprise"
    STATISTICS = "statistics"
    OPAQUE = "opaque"


class AgencyCode(NamedTuple):
    """A code of a body, in any of the forms that are in use.

    Attributes:
        form: how it is written; what has no known form is opaque, and is not wrong for that.
        identity: what names the same body for certain. Between the old and the new form that is so for
            `000.00.00.MXX` and `MXX` alone: below level 1 each form numbers for itself.
        normal: the form by which lines and subtrees compare, `agency_code` where the text is one. It reads an
            old code from right to left, as dossier codes do; that is a practice, not a proof of identity.
        above: identities of the bodies above it, the nearest first.
        level: 1 for a code of level 1, more below it; 0 where the form has no levels.
    """

    form: Form
    identity: str
    normal: str
    above: tuple[str, ...]
    level: int


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

    The old form reads from right to left and its zero groups say nothing: `000.00.11.H44` is `H44.11`, and so
    is the short old form `00.11.H44`.
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
def read_agency(text: str) -> AgencyCode:
    """Return what a text says as the code of a body. Every text says something: the rest is opaque."""
    text = text.strip()
    upper = text.upper()
    found = _FORMS.fullmatch(upper)
    if found is None or found.lastgroup is None:
        return _mixed(text)
    form = _BY_GROUP[found.lastgroup]
    if form is Form.NEW:
        return _new(upper) if len(upper) <= _LONGEST else AgencyCode(Form.OPAQUE, text, text, (), 0)
    if form in {Form.OLD, Form.OLD_SHORT}:
        return _old(form, upper)
    if form is Form.STATISTICS:
        return AgencyCode(form, upper, upper, (), 0)
    plain = upper.replace("-", "") if form is Form.ENTERPRISE else upper
    return AgencyCode(form, plain, plain, (), 0)


def _new(code: str) -> AgencyCode:
    groups = code.split(".")
    above = tuple(".".join(groups[:n]) for n in range(len(groups) - 1, 0, -1))
    return AgencyCode(Form.NEW, code, code, above, len(groups))


def _old(form: Form, code: str) -> AgencyCode:
    """Read right to left: the bodies above have zeros where this one has its own groups."""
    *below, root = (code if form is Form.OLD else f"000.{code}").split(".")
    normal = ".".join([root, *(group for group in reversed(below) if group.strip("0"))])
    above, zeroed = [], list(below)
    for place, group in enumerate(below):
        zeroed[place] = "0" * len(group)
        if group.strip("0"):
            above.append(".".join([*zeroed, root]) if any(g.strip("0") for g in zeroed) else root)
    identity = ".".join([*below, root]) if above else root
    return AgencyCode(form, identity, normal, tuple(above), 1 + len(above))


def _mixed(text: str) -> AgencyCode:
    """Read zeros of the old form before a code of the new one, which some procedure lists write."""
    normal = agency_code(text)
    groups = text.upper().split(".")
    if normal is None or not groups[0].isdigit() or any(group.strip("0") for group in groups[:3]):
        return AgencyCode(Form.OPAQUE, text, normal or text, (), 0)
    return _new(normal)._replace(form=Form.OLD)


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


def document_id(text: str) -> str | None:
    """Return the normal form of a document's id, or None when it is empty.

    Ids are opaque but for one thing: in `agency,day,number/notation` (or `agency,year,number`) the old and
    the new code of an agency of level 1 name the same body. UUIDs compare without a case.
    """
    text = " ".join(unicodedata.normalize("NFC", text).split())
    agency, comma, tail = text.partition(",")
    if comma:
        return f"{read_agency(agency).identity},{tail.strip()}"
    return (text.lower() if _UUID.fullmatch(text) else text) or None


def _verbatim(text: str) -> str | None:
    return text or None


def _normal_procedure_code(text: str) -> str | None:
    """Return a procedure code with its issuer in normal form: `1.003560.000.00.00.H56` is `1.003560.H56`."""
    code = procedure_code(text)
    if code is None:
        return None
    issuer = agency_code(code.issuer) if code.issuer else None
    return f"{code.procedure}.{issuer}" if issuer else code.procedure


def _identity(text: str) -> str | None:
    return read_agency(text).identity or None


_BY_GROUP: Mapping[str, Form] = MappingProxyType({form.name.lower(): form for form in Form})

FORMS: Mapping[str, Callable[[str], str | None]] = MappingProxyType(
    {
        "dossier-code": _normal_dossier_code,
        "agency-code": agency_code,
        "verbatim": _verbatim,
        "document-id": document_id,
        "procedure-code": _normal_procedure_code,
        "agency-identity": _identity,
    }
)
"""Normal forms by the name a schema gives them. Each is idempotent; None is for what has no such form.
Whoever looks for a code without knowing its type takes the first that it has; most are kept as written."""
