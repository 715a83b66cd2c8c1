"""The business registry: the question and the answer of `chiTietDoanhNghiep`, native ⇄ canonical."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .meaning import ABSENT, FINE, REJECTED, UNKNOWN, ComplaintError, no_object, of_text
from .natives import Native, day, number, sparse, whole
from .trees import NoTreeError, inside, read

FAMILY, CODE = "business", "/data/code"
_FINE = "1"
_ENVELOPE = ("Status", "Message", "DataCount")
_SHAPE = frozenset({"MainInformation", "DataCount", "Status"})
"""One of these stands in every answer of the registry."""
_MAIN = {"Y": True, "N": False}
_NUMBERS = ("ENTERPRISE_GDT_CODE", "ENTERPRISE_ID", "IMP_BUSINESS_CODE")
"""By any of these an enterprise may have been asked for."""
_OWN = 10
"""Digits of an enterprise's own code; what stands behind them names a branch."""


def query(data: Mapping[str, Any]) -> dict[str, str]:
    """Return the query of a question."""
    return {"msdn": data["code"]}


def answer(tree: Any, meanings: Mapping[str, str], code: str = "") -> dict[str, Any]:
    """Return the canonical answer.

    The national platform wraps it in `Data`, a provincial one does not; the state of the call stands beside.

    Args:
        tree: of the body.
        meanings: what a home says that codes mean.
        code: of the enterprise that was asked for; another one is no answer. Empty is any.

    Raises:
        ComplaintError: there is no such enterprise, or the registry does not say.
    """
    tree = inside(tree, _SHAPE | {"Data"})
    if not isinstance(tree, Mapping):
        raise no_object(tree)
    body = _unwrapped(tree)
    _judge(Native(body), known=bool(_SHAPE & body.keys()), meanings=meanings)
    return _business(Native(body), code)


def _unwrapped(tree: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return an answer without `Data`, which proxies write as a text or as a list of one."""
    if "Data" not in tree:
        return tree
    inner = tree["Data"]
    if isinstance(inner, str) and inner.strip():
        try:
            inner = read(inner)
        except NoTreeError:
            raise ComplaintError(UNKNOWN) from None
    if isinstance(inner, list) and len(inner) == 1:
        (inner,) = inner
    if not isinstance(inner, Mapping) and inner not in (None, "", []):
        raise ComplaintError(UNKNOWN)
    return {name: value for name, value in tree.items() if name != "Data"} | dict(inner or {})


def _judge(body: Native, *, known: bool, meanings: Mapping[str, str]) -> None:
    """Raise for an answer that says it is none, or that is not one of the registry's."""
    status, text = body.text("Status"), body.text("Message") or ""
    if status is None and not known:
        raise ComplaintError(of_text(text), text, field=CODE, foreign=True)
    if status not in (None, _FINE):
        meaning = meanings.get(f"{FAMILY}.{status}") or of_text(text)
        if meaning != FINE:
            raise ComplaintError(meaning, text, field=CODE)


def _business(body: Native, code: str) -> dict[str, Any]:
    mains = body.parts("MainInformation")
    unread = "MainInformation" in (body.rest() or {})
    if len(mains) > 1 or unread:
        raise ComplaintError(UNKNOWN)
    if not mains or not mains[0].rest():
        counted = body.text("DataCount", whole) or "0"
        raise ComplaintError(UNKNOWN if counted.strip("0") else ABSENT)
    _same(mains[0], code)
    body.drop(*_ENVELOPE)
    found = _main(mains[0]) | sparse(
        address=_address(body),
        activities=[_activity(one) for one in body.parts("BusinessActivity")],
        members=[_member(one) for one in body.parts("Member")],
        representatives=[_representative(one) for one in body.parts("Representatives")],
    )
    return found | sparse(extra={**sparse(MainInformation=mains[0].rest()), **(body.rest() or {})})


def _same(main: Native, code: str) -> None:
    """Raise where another enterprise is told of than was asked for."""
    told = [_digits(main.look(name)) for name in _NUMBERS]
    if code and any(told) and _digits(code)[:_OWN] not in [one[:_OWN] for one in told]:
        raise ComplaintError(REJECTED, cause="ngsp-another-subject")


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _main(main: Native) -> dict[str, Any]:
    return sparse(
        code=main.text("ENTERPRISE_GDT_CODE"),
        registry_id=main.text("ENTERPRISE_ID"),
        old_registration=main.text("IMP_BUSINESS_CODE"),
        type_code=main.text("ENTERPRISE_TYPE_ID"),
        type_name=main.text("ENTERPRISE_TYPE_NAME"),
        name=main.text("NAME"),
        short_name=main.text("SHORT_NAME"),
        foreign_name=main.text("NAME_F"),
        founded=main.text("FOUNDING_DATE", day),
        last_changed=main.text("LAST_AMEND_DATE", day),
        changes=main.text("NUMBER_CHANGES", whole),
        status=main.text("ENTERPRISE_STATUS"),
        status_name=main.text("ENTERPRISE_STATUS_NAME"),
        legal_names=main.text("LEGAL_NAMES"),
        capital=main.text("CAPITAL_AMOUNT", number),
    )


def _address(body: Native) -> dict[str, Any]:
    """Take the seat; the registry writes `HOAdress`."""
    found = body.parts("HOAdress") or body.parts("HOAddress")
    if not found:
        return {}
    place = found[0]
    return sparse(
        province=place.text("CityID"),
        province_name=place.text("CityName"),
        district=place.text("DistrictID"),
        district_name=place.text("DistrictName"),
        commune=place.text("WardID"),
        commune_name=place.text("WardName"),
        street=place.text("StreetNumber"),
        text=place.text("AddressFullText"),
        extra=place.rest(),
    )


def _activity(one: Native) -> dict[str, Any]:
    main = one.text("IS_MAIN", lambda text: text if text in _MAIN else None)
    return sparse(
        code=one.text("CODE"),
        name=one.text("NAME"),
        main=None if main is None else _MAIN[main],
        extra=one.rest(),
    )


def _member(one: Native) -> dict[str, Any]:
    return sparse(
        name=one.text("MEMBER_NAME"),
        amount=one.text("AMOUNT", number),
        share=one.text("RATIO_PERCENT", number),
        country=one.text("COUNTRY"),
        extra=one.rest(),
    )


def _representative(one: Native) -> dict[str, Any]:
    return sparse(name=one.text("FULL_NAME"), extra=one.rest())
