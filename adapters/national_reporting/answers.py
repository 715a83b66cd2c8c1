"""Understanding what the receiver of reports answers, in JSON or XML.

A result code that `wire.json` does not have is left uncatalogued: never taken for success, nor for a refusal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lgsp.adapter import Receipt
from lgsp.domain.nesting import load
from lgsp.errors import Refused, Unavailable
from lgsp.formats import plain_xml
from lgsp.wire.http import Answer

from .wording import Wording

TAKEN, REPEATED, LOGIN, AWAY = "taken", "repeated", "login", "away"
CAUSES = {
    "field-missing": "reporting-field-missing",
    "field-refused": "reporting-field-refused",
    "invariant-broken": "reporting-figures-contradict",
    "version-old": "reporting-version-old",
    "version-taken": "reporting-version-taken",
    "agency-unknown": "reporting-agency-unknown",
    "period-closed": "reporting-period-closed",
    LOGIN: "reporting-login",
    AWAY: "reporting-away",
}
"""What each result of `wire.json` that is no success means, by its name in the catalogue of causes."""

_OK, _UNAUTHORIZED, _FORBIDDEN, _FAILING = 200, 401, 403, 500
_SHOWN, _FIELDS = 500, 50


@dataclass(slots=True, frozen=True)
class Said:
    """An answer, understood.

    Attributes:
        result: a word of `wire.json`, or empty for one that nobody knows.
        text: what it said, for people; shortened.
        fields: the receiver's names of the fields that it named.
        body: the answer's object; empty when it was none.
        answer: as it came.
    """

    result: str
    text: str
    answer: Answer
    fields: tuple[str, ...] = ()
    body: Mapping[str, Any] = field(default_factory=dict)

    @property
    def fine(self) -> bool:
        """Whether the call did what it was for."""
        return self.result in {TAKEN, REPEATED}


def read_answer(answer: Answer, wording: Wording) -> Said:
    """Return an answer, understood; one that is no object of the receiver's is nobody's result."""
    body = parsed(answer.text, wording)
    names = wording.answer
    details = _rows(body.get(names["details"]))
    text = _told(body, details, wording) if body else answer.text[:_SHOWN]
    fields = tuple(dict.fromkeys(str(one[names["field"]]) for one in details if one.get(names["field"])))
    return Said(_result(answer, body, wording), text, answer, fields[:_FIELDS], body)


def parsed(text: str, wording: Wording) -> Mapping[str, Any]:
    """Return the object that a JSON or XML text says; an empty one where it says none."""
    try:
        given = text.strip().removeprefix("\ufeff")
        xml = given.startswith("<")
        read = plain_xml.read(given.encode(), wording.row) if xml else load(given)
    except ValueError:
        return {}
    return read if isinstance(read, Mapping) else {}


def receipt(said: Said, wording: Wording) -> Receipt:
    """Return the receipt of a report that was taken, or raise what became of it.

    Raises:
        Refused: it was understood, and not taken.
        Unavailable: nobody knows what the answer means.
    """
    if said.fine:
        number = said.body.get(wording.answer["receipt"])
        note = f"{number}: {said.text}" if number else said.text
        return Receipt(note, repeated=said.result == REPEATED)
    raise fault_of(said)


def fault_of(said: Said) -> Refused | Unavailable:
    """Return what an answer that is no success raises."""
    cause = CAUSES.get(said.result, "")
    if not cause:
        return Unavailable("uncatalogued", said.text, answer=said.answer.signature())
    return Refused(cause, said.text, said.fields)


def no_list(said: Said) -> Unavailable:
    """Return what is raised where a list was asked for and something else came."""
    return Unavailable("uncatalogued", said.text, answer=said.answer.signature())


def items(said: Said, name: str, wording: Wording) -> list[Any] | None:
    """Return a list of the answer; None where it has none. XML tells an empty list by an empty text."""
    found = said.body.get(wording.answer[name])
    if found == "":
        return []
    return found if isinstance(found, list) else None


def _result(answer: Answer, body: Mapping[str, Any], wording: Wording) -> str:
    """Return the word of the result; a success that HTTP contradicts is nobody's."""
    if answer.status in {_UNAUTHORIZED, _FORBIDDEN}:
        return LOGIN
    word = wording.results.get(str(body.get(wording.answer["result"], "")).strip(), "")
    if answer.status >= _FAILING or (word in {TAKEN, REPEATED} and answer.status != _OK):
        return ""
    return word


def _told(body: Mapping[str, Any], details: list[Mapping[str, Any]], wording: Wording) -> str:
    names = wording.answer
    parts = [str(body.get(names["text"]) or "")]
    parts += [f"{one.get(names['field'], '')}: {one.get(names['why'], '')}" for one in details]
    return "; ".join(part for part in parts if part)[:_SHOWN]


def _rows(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []
