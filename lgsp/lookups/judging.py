"""Whether a question may be put at all: its type, its purpose, the person, and its body."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any
from uuid import uuid4

from lgsp.enquiry import Question
from lgsp.errors import Problem
from lgsp.journal.asks import Begun
from lgsp.lookups.walking import Answering, Sources, Walk
from lgsp.masking import identity
from lgsp.message import Finding
from lgsp.personal_classes import personal_texts
from lgsp.questions import Asked
from lgsp.redacting import redacted, without_numbers

_LONGEST = {"who": 200, "dossier": 100, "purpose": 100, "type": 100}
_SHORT = min(_LONGEST.values())
_UNTELLABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
"""What no line of a journal holds: PostgreSQL takes neither NUL nor half a character."""
_PERSONAL = 12
"""Digits of a personal number."""
_MOST_ODD = 20
"""Findings of one answer that are written down."""
_WORD = re.compile(r"[a-z][a-z.-]{0,60}(?:v[0-9]{1,3})?")


def judged(sources: Sources, request: Question, said: bytes | None) -> tuple[Asked | None, list[Problem]]:
    """Return the type of a question, and everything that is wrong with it; no detail holds a value.

    Args:
        sources: of the home.
        request: as the caller put it.
        said: its body in the form of `lgsp.lookups.walking.spoken`.
    """
    faults = [*_untold(request), *_unfounded(sources, request)]
    kind = sources.questions.get(request.type)
    if kind is None or not kind.answer:
        return None, [Problem("/type", "not-one-of", ", ".join(sources.questions.asked)), *faults]
    if said is None:
        return kind, [*faults, Problem("/data", "bad-format", "JSON")]
    try:
        wrong = kind.problems(request.data)
    except ValueError:  # of Python's own things that JSON has no word for
        return kind, [*faults, Problem("/data", "bad-format", "JSON")]
    if not wrong:
        return kind, faults
    # a name of a field that nobody knows may be somebody's number
    places = [without_numbers(f"/data{one.place}") for one in wrong]
    return kind, [
        *faults,
        *(Problem(at, one.code, one.detail) for at, one in zip(places, wrong, strict=True)),
    ]


def _untold(request: Question) -> Iterator[Problem]:
    whole = f"{request.who}{request.dossier}{request.purpose}{request.type}"
    if len(whole) <= _SHORT and whole.isprintable():  # nearly all of them
        return
    for name, most in _LONGEST.items():
        text: str = getattr(request, name)
        if len(text) > most:
            yield Problem(f"/{name}", "too-long", str(most))
        if _UNTELLABLE.search(text):
            yield Problem(f"/{name}", "bad-format", "one line of text")


def _unfounded(sources: Sources, request: Question) -> Iterator[Problem]:
    """Yield what is missing of the reason for which it is asked."""
    purpose = sources.purposes.get(request.purpose)
    if not request.purpose:
        yield Problem("/purpose", "missing")
    elif purpose is None or not purpose.allows(request.type):
        allowed = [one.code for one in sources.purposes.values() if one.allows(request.type)]
        yield Problem("/purpose", "not-one-of", ", ".join(sorted(allowed)))
    elif purpose.dossier == "required" and not _says(request.dossier):
        yield Problem("/dossier", "missing")
    if not _says(request.who):
        yield Problem("/who", "missing")


def _says(text: str) -> bool:
    """Tell whether a text names something: signs that nobody sees name nobody."""
    return any(map(str.isalnum, text))


def begun(
    sources: Sources, request: Question, kind: Asked | None, to: Answering | None, *, good: bool
) -> Begun:
    """Return a question as it is entered.

    What is in no list of ours may be anything, a number of somebody among it: of such words only those that
    look like a name are written down.

    Args:
        sources: of the home.
        request: as the caller put it.
        kind: its type, where it has one.
        to: who answers it.
        good: nothing is wrong with it: each text is one line, and no longer than it may be.
    """
    known = sources.purposes.get(request.purpose)
    who, dossier = request.who, request.dossier
    if not good:
        who, dossier = _line(who, _LONGEST["who"]), _line(dossier, _LONGEST["dossier"])
    return Begun(
        uuid4(), request.source, to.name if to else "", kind.name if kind else _word(request.type), who,
        known.code if known else _word(request.purpose), known.basis if known else "",
        without_numbers(dossier), names(kind, request.data) if kind is not None and good else (),
    )  # fmt: skip


def _word(text: str) -> str:
    return text if _WORD.fullmatch(text) else ""


def _line(text: str, most: int) -> str:
    return _UNTELLABLE.sub(" ", text)[:most]


def odd(walk: Walk, findings: Sequence[Finding]) -> Sequence[tuple[str, str]]:
    """Return code and place of what was tolerated in an answer; a place may be a far side's own word."""
    if not findings:
        return ()
    known = personal_texts(walk.request.data, walk.kind.schema)
    told = ((one.code, redacted(_line(one.place, _LONGEST["type"]), known)) for one in findings)
    return tuple(islice(dict.fromkeys(told), _MOST_ODD))


def wrong(faults: Sequence[Problem]) -> Sequence[tuple[str, str]]:
    """Return code and place of what is wrong with a question; a field that nobody knows is not named."""
    told = ((one.code, "/data" if one.code == "unknown-field" else one.place) for one in faults)
    return tuple(islice(dict.fromkeys(told), _MOST_ODD))


def names(kind: Asked, data: Mapping[str, Any]) -> list[str]:
    """Return the numbers that a body names, as the report of accesses looks for them."""
    return [_normal(name) for name in kind.names(data)]


def _normal(name: str) -> str:
    if len(name) == _PERSONAL and name.isascii() and name.isdecimal():
        return name
    return identity(name, strict=True) or name.strip()
