"""The notes under a printed table: how it was counted, of what its rates are, and as known when."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from lgsp.domain.statistics.definitions import DEFINITIONS
from lgsp.reporting.rendering.sheet import NOT_GIVEN, Column, Note, Row
from lgsp.reporting.rendering.written import in_names, number
from lgsp.words import moment

RULES: Mapping[str, str] = MappingProxyType(
    {label: one.vi for label, one in DEFINITIONS.items()}
    | {
        "statistic-message/1": (
            "theo thông điệp thống kê của hệ thống một cửa: không tách số trước hạn, không cho biết hồ sơ rút"
            " và hồ sơ dừng xử lý"
        )
    }
)
"""What each set of definitions counts as what, in words; `invariants.tsv` has it in sums."""

_CODE = re.compile(r"(?<![\w.])[A-Za-z][A-Za-z_]*(?![\w.])")
_PERIOD = re.compile(r"[\w-]+/\d+:[\w-]+")
PLATFORM_SIGNED = Note(
    "legend",
    "“Ký duyệt trên hệ thống” ghi lại thao tác trên nền tảng, không thay cho chữ ký và con dấu.",
)


def rule(label: str) -> Iterator[Note]:
    """Yield the note on the set of definitions that a table goes by."""
    if label:
        words = RULES.get(label, "cách tính riêng")
        yield Note("rule", f"Quy tắc {label}. {words[:1].upper()}{words[1:]}.")


def rate(title: str, formula: str, names: Mapping[str, str]) -> Note:
    """Return the note on a rate: its formula in words, of which the last divisor is the denominator.

    Args:
        title: what the rate is.
        formula: in codes, such as `late / solved * 100`.
        names: what the codes are called.
    """
    said = in_names(formula, {code: name[:1].lower() + name[1:] for code, name in names.items()})
    return Note("rate", f"{title} = {said}; mẫu số bằng 0 thì không có tỷ lệ.")


def known(known_at: str | None, cut_off: str, *, counted: bool = True) -> Iterator[Note]:
    """Yield the note on when this was known, beside the moment at which the period was cut off.

    Args:
        known_at: ISO 8601; None says nothing.
        cut_off: likewise; or empty.
        counted: whether figures were counted from what the platform was told.
    """
    if not known_at:
        return
    at = moment(known_at)
    if not counted:
        yield Note("known", f"Số liệu tại thời điểm {at}.")
    elif cut_off and moment(cut_off) == at:
        yield Note("known", f"Số liệu theo sự kiện nền tảng đã biết tại thời điểm chốt: {at}.")
    else:
        cut = f"; thời điểm chốt số liệu là {moment(cut_off)}" if cut_off else ""
        yield Note("known", f"Số liệu theo sự kiện nền tảng đã biết đến {at}{cut}.")


def not_given(columns: Sequence[Column], rows: Sequence[Row]) -> Iterator[Note]:
    """Yield what the sign for a value that is not given means, where it stands in a table."""
    numbers = [n for n, one in enumerate(columns) if one.numeric]
    if any(row.kind != "section" and row.cells[n] is None for row in rows for n in numbers):
        yield Note("legend", f"{NOT_GIVEN}: không có giá trị; không phải là 0.")


def findings(told: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> Iterator[Note]:
    """Yield what a check found in the figures, with names instead of codes.

    Args:
        told: findings of `{place, vi}`; a sentence begins with its place, codes with slashes between.
        names: what indicators, columns and agencies are called; an empty name is left out of a place.
    """
    for one in told:
        place, text = one.get("place") or "", one["vi"]
        said = text.removeprefix(f"{place}:") if place else text
        named = _CODE.sub(lambda code: names.get(code[0]) or code[0], said)
        where = _where(place, names) if said != text else ""
        yield Note("finding", f"Điểm cần lưu ý: {where}{named.strip()}")


def _where(place: str, names: Mapping[str, str]) -> str:
    """Return a place by names: the agency that reports and the period of the report stand over the table."""
    parts = _PERIOD.sub("", place).split("/")
    said = ", ".join(name for part in parts if (name := names.get(part, part)))
    return f"{said[:1].upper()}{said[1:]}: " if said else ""


def changes(told: Sequence[Mapping[str, Any]], own: str) -> Iterator[Note]:
    """Yield what is known otherwise today: the closed figures stay as they are.

    Args:
        told: changes of `{indicator, name, agency, split, then, now}`, numbers as texts.
        own: code of the reporting agency; what changed in its units is only counted.
    """
    whole = [one for one in told if one.get("agency", own) in {"", own} and not one.get("split")]
    said = [f"{one['name']}: {_number(one['then'])} → {_number(one['now'])}" for one in whole]
    more = [f"{len(told) - len(whole)} số liệu của các đơn vị trực thuộc"] if len(told) > len(whole) else []
    if told:
        listed = "; ".join([*said, *more])
        yield Note("change", f"Thay đổi sau khi chốt (số liệu trong bảng giữ nguyên): {listed}.")


def _number(told: str | None) -> str:
    return NOT_GIVEN if told is None else number(Decimal(told))
