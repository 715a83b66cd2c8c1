"""The insurance fund: the questions and answers of its two services, native ⇄ canonical."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from lgsp.errors import Invalid, Problem

from .meaning import ABSENT, FINE, REJECTED, UNKNOWN, ComplaintError, no_object, of_text
from .natives import Native, sparse
from .trees import rows

FAMILY = "insurance"
_FINE = frozenset({"0", "00", "000"})
_GENDERS = {"male": "1", "female": "2", "other": "3"}
_GENDER_OF = {code: word for word, code in _GENDERS.items()}
_PLACES = {"household": "0", "birth-registration": "1"}
_DAY, _YEAR, _MONTH = "0", "1", "2"
"""How exactly a day of birth is known, as `loaiNgaySinh` has it."""
_LEVELS = {"date": _DAY, "month": _MONTH, "year": _YEAR}
_BIRTH = re.compile(r"(\d{4})(?:(\d\d)(\d\d)?)?")
_WORDS = ("errorMessage", "message", "trangThai")
"""Where words may stand beside a code; none of them is attested."""
_NULL = "null"
_NAMED = ("maSoBhxh", "hoTen", "soSoCu", "ngaySinh", "gioiTinh", "maTinhKs", "maHuyenKs", "maXaKs")
"""What says whom it is about; where all of it is empty nobody was found."""


def by_number(data: Mapping[str, Any]) -> dict[str, str]:
    """Return the body of a question that names a number."""
    return {"maSoBhxh": data["insurance_number"]}


def by_person(data: Mapping[str, Any], *, zeros: bool) -> dict[str, str]:
    """Return the body of a question that names a person; what is not said is empty.

    Args:
        data: the question.
        zeros: a day that is not known goes out as `00`, else it is left out.

    Raises:
        Invalid: the day of birth says nothing, or is no day.
    """
    told, exactly = _written(data["birth"], zeros=zeros)
    return {
        "hoTen": data["name"],
        "ngaySinh": told,
        "loaiNgaySinh": exactly,
        "gioiTinh": _GENDERS[data["gender"]],
        "maTinhKs": data.get("province", ""),
        "maHuyenKs": data.get("district", ""),
        "maXaKs": data.get("commune", ""),
        "isKs": _PLACES[data.get("place", "household")],
    }


def answer(tree: Any, meanings: Mapping[str, str], asked: str = "") -> dict[str, Any]:
    """Return the canonical answer of either service.

    Args:
        tree: of the body.
        meanings: what a home says that codes mean.
        asked: the insurance number that was asked for; somebody else's is no answer. Empty is any.

    Raises:
        ComplaintError: nobody was found, or the fund does not say.
    """
    found = rows(tree)
    if found is None or len(found) > 1 or not all(isinstance(one, Mapping) for one in found):
        raise no_object(tree)
    if not found:
        raise _nobody(tree, meanings)
    person = Native(found[0])
    _judge(person, meanings)
    if not set(_NAMED) & found[0].keys():
        raise ComplaintError(UNKNOWN, foreign="errorCode" not in found[0])
    if all(found[0].get(name) in (None, "") for name in _NAMED):
        raise ComplaintError(ABSENT)
    if asked and person.look("maSoBhxh") not in ("", asked.strip()):
        raise ComplaintError(REJECTED, cause="ngsp-another-subject")
    return _person(person)


def _nobody(tree: Any, meanings: Mapping[str, str]) -> ComplaintError:
    """Return what it means that there is no row.

    A list without rows says that nobody was found. Nothing at all may as well say that the fund failed: which
    one it is a home may know, as the code `null`.
    """
    if tree in (None, ""):
        known = meanings.get(f"{FAMILY}.{_NULL}", UNKNOWN)
        return ComplaintError(known, _NULL, field="/data", foreign=not known)
    silent = isinstance(tree, Mapping) and {"errorCode", *_WORDS} & tree.keys()
    return ComplaintError(UNKNOWN if silent else ABSENT)


def _judge(person: Native, meanings: Mapping[str, str]) -> None:
    code = person.text("errorCode")
    if code is None or (code in _FINE and f"{FAMILY}.{code}" not in meanings):
        return
    text = next((told for name in _WORDS if (told := person.look(name))), "")
    meaning = meanings.get(f"{FAMILY}.{code}") or of_text(text)
    if meaning != FINE:
        raise ComplaintError(meaning, f"{code}: {text}" if text else code, field="/data")


def _person(person: Native) -> dict[str, Any]:
    gender = person.text("gioiTinh", _GENDER_OF.get)
    birth = _read(person)
    return sparse(
        insurance_number=person.text("maSoBhxh"),
        old_book_number=person.text("soSoCu"),
        name=person.text("hoTen"),
        birth=birth,
        gender=gender,
        birth_registered=sparse(
            province=person.text("maTinhKs"),
            district=person.text("maHuyenKs"),
            commune=person.text("maXaKs"),
        ),
        status=person.text("trangThai"),
        extra=person.rest(),
    )


def _written(birth: Mapping[str, str], *, zeros: bool) -> tuple[str, str]:
    """Return a day of birth, and how exactly it is known."""
    told = birth.get("date") or birth.get("month") or birth.get("year") or ""
    exactly = {10: _DAY, 7: _MONTH, 4: _YEAR}.get(len(told), "")
    try:
        date.fromisoformat(told + {_DAY: "", _MONTH: "-01", _YEAR: "-01-01"}.get(exactly, ""))
    except ValueError:
        wrong = Problem("/data/birth", "bad-date") if told else Problem("/data/birth", "missing")
        raise Invalid([wrong]) from None
    digits = told.replace("-", "")
    return digits.ljust(8, "0") if zeros else digits, exactly


def _read(person: Native) -> dict[str, str]:
    """Take a day of birth as exactly as both fields say; where they disagree both stay, as written."""
    exactly = person.look("loaiNgaySinh")
    told = person.look("ngaySinh")
    found = _BIRTH.fullmatch(told)
    read = _known(*(part or "00" for part in found.groups())) if found else {}
    if found is None or not read:
        return {}
    level = _LEVELS[next(iter(read))]
    if exactly in ("", level):
        person.drop("ngaySinh", "loaiNgaySinh")
    elif exactly == _YEAR:
        read = {"year": found[1]}  # what stands behind the year is not known, and stays as written
    elif exactly == _MONTH and level == _DAY:
        read = {"month": f"{found[1]}-{found[2]}"}
    return read


def _known(year: str, month: str, day: str) -> dict[str, str]:
    try:
        date(int(year), int(month) or 1, int(day) or 1)
    except ValueError:
        return {}
    if month == "00":
        return {"year": year} if day == "00" else {}
    return {"month": f"{year}-{month}"} if day == "00" else {"date": f"{year}-{month}-{day}"}
