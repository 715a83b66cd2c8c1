"""The civil status registry: the question and the answer of `traTrangThaiHoSo`, native ⇄ canonical."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .meaning import ABSENT, DENIED, FINE, REJECTED, UNKNOWN, ComplaintError, no_object, of_text
from .natives import Native, sparse
from .trees import inside

FAMILY = "civil-status"
STATUSES = {"1": "received", "2": "needs-supplement", "3": "eligible", "4": "done"}
_FAILED = "0"
_SHAPE = frozenset({"status", "trangThai", "errorCode"})
"""One of these stands in every answer of the registry."""
_FIELDS = _SHAPE | {"statusDescription", "errorDescription"}
_AGENCY, _DOSSIER = "/data/agency", "/data/dossier"
ERRORS = {
    "100": (DENIED, "ngsp-service-credentials", ""),
    "101": (DENIED, "ngsp-address-not-allowed", ""),
    "106": (REJECTED, "ngsp-agency-unknown", _AGENCY),
    "108": (REJECTED, "ngsp-province-unknown", _AGENCY),
    "200": (REJECTED, "ngsp-dossier-unfinished", _DOSSIER),
    "201": (ABSENT, "not-found", ""),
    "302": (REJECTED, "ngsp-list-unknown", "/data"),
    "500": (REJECTED, "ngsp-question-rejected", "/data"),
}
"""What a code means, by which cause, and what of the question is wrong. Source: the guide of the platform."""
_NAMES = {
    "AUTHEN_ERROR": "100",
    "IP_DISALLOWED": "101",
    "AGENCY_ID_INCORRECT": "106",
    "PROVINCE_ID_INCORRECT": "108",
    "RECORD_UNCOMPLETE": "200",
    "RECORD_NOT_FOUND": "201",
    "DATA_TYPE_INVALID": "302",
    "DATA_INCORRECT": "500",
}
"""The guide's names of the codes, which may stand in their place. Source: the same."""


def body(data: Mapping[str, Any]) -> dict[str, str]:
    """Return the body of a question."""
    return {"maDonVi": data["agency"], "maHoSo": data["dossier"]}


def answer(tree: Any, meanings: Mapping[str, str]) -> dict[str, Any]:
    """Return the canonical answer.

    The guide says what the answer means, but not how its fields are called; these names are those of clients
    of the Ministry's own interface (`status`, `statusDescription`, `errorCode`, `errorDescription`), of which
    one reads `trangThai` where another reads `status`.

    Raises:
        ComplaintError: there is no such dossier, or the registry does not say.
    """
    tree = inside(tree, _SHAPE)
    if not isinstance(tree, Mapping):
        raise no_object(tree)
    told = Native(tree)
    status, code = told.text("status") or told.text("trangThai"), told.text("errorCode")
    description, why = told.text("statusDescription"), told.text("errorDescription")
    if not _FIELDS & tree.keys():
        raise ComplaintError(UNKNOWN, foreign=True)
    if status == _FAILED or status is None:
        raise _complaint(code or "", why or description or "", meanings)
    if status not in STATUSES:
        raise ComplaintError(UNKNOWN, description or "", foreign=code is None)
    rest = sparse(errorCode=code, errorDescription=why) | (told.rest() or {})
    return sparse(status=STATUSES[status], description=description, extra=rest)


def _complaint(code: str, text: str, meanings: Mapping[str, str]) -> ComplaintError:
    said = f"{code}: {text}" if code else text
    meaning = meanings.get(f"{FAMILY}.{code}", "")
    if meaning and meaning != FINE:
        return ComplaintError(meaning, said)
    named = _NAMES.get(code.upper()) or code or _NAMES.get(text.strip().upper(), "")
    known, cause, field = ERRORS.get(named, ("", "", ""))
    if known:
        return ComplaintError(known, said, cause=cause, field=field)
    return ComplaintError(of_text(text), said, field="/data")
