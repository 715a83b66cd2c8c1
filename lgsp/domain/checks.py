"""What another system may be asked about a body before it is delivered: one named rule for each question."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

Data = Mapping[str, Any]

NUMBER, NAME, KIND = "/applicant/identity_number", "/applicant/name", "/applicant/kind"
_PERSONAL = re.compile(r"\d{12}", re.ASCII)
_SPACES = re.compile(r"[\s.\u00a0]+")
_FIRST_CENTURY = 19
_CENTURY, _YEAR = 3, slice(4, 6)


class Lacking(NamedTuple):
    """A body does not say what the question needs.

    Attributes:
        fields: JSON pointers to what is missing, or is not as the question wants it.
    """

    fields: tuple[str, ...]


@dataclass(slots=True, frozen=True)
class Rule:
    """How one question is made of a body, and what its answer says of it.

    Attributes:
        form: of the bodies that it reads: what their type gives in `x-lgsp.checks`.
        asks: the type of the question.
        compared: JSON pointers into the body, to what the question says of it.
        question: returns the question; what it lacks; or None for a body that the question is not about.
        differs: given a body and an answer, returns the pointers to what the answer says otherwise.
    """

    form: str
    asks: str
    compared: tuple[str, ...]
    question: Callable[[Data], Data | Lacking | None]
    differs: Callable[[Data, Data], Sequence[str]]


def owner_identity(data: Data) -> Data | Lacking | None:
    """Return whether its owner is who a dossier says: name and personal number, of a citizen.

    A dossier does not tell when its owner was born, and the population database wants that said. A personal
    number tells the year: a digit of century and sex behind the three of the place, then two of the year
    (Decree 137/2015/ND-CP, article 13), so it is read from there. The nine digits of an older card tell none.
    """
    applicant = data.get("applicant") or {}
    if applicant.get("kind") not in {None, "citizen"}:
        return None
    number, name = _number(applicant), (applicant.get("name") or "").strip()
    lacking = [place for place, said in ((NUMBER, number), (NAME, name)) if not said]
    if lacking:
        return Lacking(tuple(lacking))
    asked: dict[str, Any] = {"identity_number": number, "name": name, "birth": {"year": born(number)}}
    code = (data.get("procedure") or {}).get("code")
    return asked | ({"procedure": code} if code else {})


def born(number: str) -> str:
    """Return the year of birth that a personal number of twelve digits says."""
    return f"{_FIRST_CENTURY + int(number[_CENTURY]) // 2}{number[_YEAR]}"


def _number(applicant: Data) -> str:
    """Return the personal number of an owner: the one of its papers, else the one beside its name."""
    papers = [one.get("number") for one in applicant.get("identities") or () if _is_personal(one)]
    said = (_SPACES.sub("", one or "") for one in (*papers, applicant.get("identity_number")))
    return next((one for one in said if _PERSONAL.fullmatch(one)), "")


def _is_personal(paper: Data) -> bool:
    return paper.get("kind") in {None, "personal_number"}


def _verified(compared: Sequence[str]) -> Callable[[Data, Data], Sequence[str]]:
    """Return the comparison with an answer that says yes or no to all of it at once."""
    return lambda _, answer: () if answer["matches"] else compared


CHECKS: Mapping[str, Rule] = MappingProxyType(
    {
        "owner-identity": Rule(
            "dossier", "citizen.verification.v1", (NUMBER, NAME), owner_identity, _verified((NUMBER, NAME))
        )
    }
)
"""The rules, by the names that routes give them."""

FORMS: Mapping[str, Sequence[str]] = MappingProxyType(
    {form: [name for name, rule in CHECKS.items() if rule.form == form] for form in ("dossier",)}
)
"""What a type may give in `x-lgsp.checks`, and the rules that read bodies of that form."""
