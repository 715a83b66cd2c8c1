"""Checking canonical bodies against their types: the registry of `schemas/*.json` of the home."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import orjson

from lgsp.domain.agencies.admitting import look_at
from lgsp.domain.agencies.register import Register
from lgsp.domain.checks import FORMS as FORMS_CHECKED
from lgsp.domain.codes import FORMS, agency_of, dossier_code
from lgsp.domain.documents import ALLUSIONS, FILES, IDENTITIES, NAMES, RECEIVERS
from lgsp.domain.links import LINKS
from lgsp.domain.retold import RETOLD, Told
from lgsp.errors import ConfigError, Invalid, Problem
from lgsp.home import folders
from lgsp.message import VIETNAM, Finding, Kind, Message, digested
from lgsp.validating import ASKED, Form, form_of, is_moment, read_schema, schema_files

ASKING = frozenset({"question", "answer"})
"""Kinds of what is asked and answered while somebody waits: no messages, see `lgsp.questions`."""

_NAMED: Mapping[str, Mapping[str, object]] = {
    "retold": RETOLD,
    "identity": IDENTITIES,
    "recipients": RECEIVERS,
    "names": NAMES,
    "files": FILES,
    "links": LINKS,
    "alludes": ALLUSIONS,
    "checks": FORMS_CHECKED,
}
"""The marks of a schema that name a rule, and the rules there are."""

Retold = Callable[[Sequence[Told], datetime], list[Finding]]
"""Given the snapshots that were taken on before and the moment now, tells what is odd."""


@dataclass(slots=True, frozen=True)
class TypeInfo:
    """What is known of one canonical type. Pointers are JSON pointers into its data.

    Attributes:
        name: `dossier.v1`, the name of its file.
        kind: decides identity, order and what an uncertain send leads to.
        anchor: an event's type that must be present first; None for the other kinds.
        subject: where its business code stands.
        form: the normal form of that code, a name in `lgsp.domain.codes.FORMS`.
        agency: where its agency stands, in an agency or a dossier code; None when it has none.
        time: where it says when it became true: the first that is there.
        watched: fields whose first-seen values are kept.
        retold: by which rule of `lgsp.domain.retold` a snapshot is compared with those before it, if any.
        recipients: by which rule its receivers are read, if it has any.
        names: by which rule it is known under other names, if it is.
        files: by which rule the files are read that it refers to, if it does.
        identity: by which rule a document is the same one, if its code is not enough to say.
        opened: where it says when the agency took it on, in whose name it speaks: that day the agency's code
            must be in force. None for types that speak of what began elsewhere.
        schema: the JSON Schema as it was read.
    """

    name: str
    kind: Kind
    anchor: str | None
    subject: str
    form: str
    agency: str | None
    time: tuple[str, ...]
    watched: tuple[str, ...]
    retold: str | None
    identity: str | None
    opened: str | None
    recipients: str | None
    names: str | None
    files: str | None
    schema: Mapping[str, Any] = field(repr=False)
    validator: Form = field(repr=False, compare=False)

    def seen(self, data: Mapping[str, Any]) -> str | None:
        """Return the values, as JSON, that are kept as first seen: some systems edit them later."""
        seen = {pointer: value for pointer in self.watched if (value := _at(data, pointer)) is not None}
        return orjson.dumps(seen).decode() if seen else None

    def key(self, data: Mapping[str, Any], native: bytes) -> str | None:
        """Return what makes a document the same one; None where its code does, or too little is said."""
        rule = IDENTITIES.get(self.identity or "")
        try:
            return rule(data, native) if rule else None
        except (AttributeError, KeyError, TypeError):
            return None  # it breaks its schema, which is for `check` to say

    def receivers(self, data: Mapping[str, Any], same: Callable[[str], str]) -> list[str]:
        """Return the codes of its receivers, as written; of those whom `same` gives one name, the first."""
        rule = RECEIVERS.get(self.recipients or "")
        return rule(data, same) if rule else []

    def known_as(self, data: Mapping[str, Any]) -> tuple[list[str], list[str]]:
        """Return other names of its subject: those it is found by, and those nothing else should bear."""
        rule = NAMES.get(self.names or "")
        return rule(data) if rule else ([], [])

    def alluded(self, data: Mapping[str, Any]) -> str:
        """Return another key of what an event speaks of; empty where it names it in one way only."""
        rule = ALLUSIONS.get(self.schema["x-lgsp"].get("alludes", ""))
        return rule(data) if rule else ""

    def kept(self, data: Mapping[str, Any]) -> list[str]:
        """Return the names in the store of the files that it refers to."""
        rule = FILES.get(self.files or "")
        return rule(data) if rule else []

    def compares(self, data: Mapping[str, Any]) -> Retold | None:
        """Return what tells how odd this is after what was told before; None when nothing is."""
        rule = RETOLD.get(self.retold or "")
        if rule is None:
            return None
        return lambda told, now: [Finding(*odd) for odd in rule(told, data, now)]

    def speaks_for(self, data: Mapping[str, Any]) -> str:
        """Return what stands where its agency stands, whatever code it is; empty where nothing does."""
        named = _at(data, self.agency) if self.agency else None
        return named.strip() if isinstance(named, str) else ""

    def began(self, message: Message) -> date | None:
        """Return the Viet Nam day on which what a message tells of was taken on.

        It is the one it says, else the one in its code; None for types that do not tell.
        """
        if self.opened is None:
            return None
        moment = _time(message.data, (self.opened,))
        if moment is not None:
            return moment.astimezone(VIETNAM).date()
        code = dossier_code(message.subject)
        return None if code is None else code.day


class Types(Mapping[str, TypeInfo]):
    """The canonical types of a home, by name. Built once; checks are safe from any task."""

    def __init__(self, places: Sequence[Path] | None = None) -> None:
        """Read the schema files; a file of the home stands before one of the same name that came with us.

        Raises:
            ConfigError: with every fault of every file.
        """
        faults: list[str] = []
        self._types: dict[str, TypeInfo] = {}
        for path in schema_files(folders("schemas") if places is None else places):
            info = _read(path, faults)
            if info is not None:
                self._types[info.name] = info
        faults += [
            f"{info.name}.json:1: anchor {info.anchor!r} is no type of this home; add its schema"
            for info in self._types.values()
            if info.anchor is not None and info.anchor not in self._types
        ]
        if faults:
            raise ConfigError(faults)

    def __getitem__(self, name: str) -> TypeInfo:
        """Return a type; KeyError when the home has none of that name."""
        return self._types[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._types)

    def __len__(self) -> int:
        return len(self._types)

    def names(self) -> list[str]:
        """Return the names in alphabetical order."""
        return sorted(self._types)

    def check(self, name: str, data: object) -> list[Problem]:
        """Return every fault of a body; places are JSON pointers into it, details never hold its values."""
        return self._types[name].validator.problems(data)

    def message(self, name: str, data: object) -> Message:
        """Return a message of canonical data; whether the data fit the type is for `check` to say.

        Raises:
            Invalid: it has no subject, or one without a normal form.
        """
        info = self._types[name]
        try:
            data, native = digested(data)
        except TypeError:
            raise Invalid([Problem("", "too-deep")], type=name) from None
        subject = _at(data, info.subject)
        normal = FORMS[info.form](subject) if isinstance(subject, str) else None
        if normal is None or not isinstance(data, dict) or not isinstance(subject, str):
            faults = self.check(name, data) or [Problem(info.subject, "bad-code", ASKED.get(info.form, ""))]
            raise Invalid(faults, subject=subject[:50] if isinstance(subject, str) else "", type=name)
        return Message(
            type=name,
            subject=subject,
            partitionkey=normal,
            data=data,
            native=native,
            key=native.hex() if info.kind is Kind.EVENT else info.key(data, native),
            agency=_agency(data, info.agency),
            time=_time(data, info.time),
        )


def misnamed(types: Types, message: Message, agencies: Register) -> list[Problem]:
    """Look at the agency in whose name something new is told; what is merely odd of it becomes a finding."""
    info = types[message.type]
    day = info.began(message)
    odd = look_at(agencies, message.agency, day, info.agency or "") if day else None
    if isinstance(odd, Finding) and odd not in message.findings:
        message.findings.append(odd)
    return [odd] if isinstance(odd, Problem) else []


def _read(path: Path, faults: list[str]) -> TypeInfo | None:
    schema = read_schema(path, faults)
    if schema is None or schema["x-lgsp"].get("kind") in ASKING:
        return None
    wrong = list(_wrong(schema["x-lgsp"]))
    faults += [f"{path}:1: {text}" for text in wrong]
    return None if wrong else _info(path, schema, faults)


def _wrong(marks: Mapping[str, Any]) -> Iterator[str]:
    kinds = [kind.name.lower() for kind in Kind]
    if marks.get("kind") not in kinds:
        yield f"`x-lgsp.kind` is {marks.get('kind')!r}; use one of {', '.join(kinds)}"
    if marks.get("form") not in FORMS:
        yield f"`x-lgsp.form` is {marks.get('form')!r}; use one of {', '.join(FORMS)}"
    if not str(marks.get("subject", "")).startswith("/"):
        yield "`x-lgsp.subject` is no JSON pointer; name the field of the business code, such as `/code`"
    for mark, rules in _NAMED.items():
        if marks.get(mark) not in {None, *rules}:
            yield f"`x-lgsp.{mark}` names no rule; write one of {', '.join(rules)}, or leave it out"
    if (marks.get("kind") == "event") != isinstance(marks.get("anchor"), str):
        yield "`x-lgsp.anchor` belongs to events, and only to them; name the type that must be there first"


def _info(path: Path, schema: dict[str, Any], faults: list[str]) -> TypeInfo | None:
    form = form_of(path, schema, faults)
    if form is None:
        return None
    marks = schema["x-lgsp"]
    return TypeInfo(
        name=path.name.removesuffix(".json"),
        kind=Kind[marks["kind"].upper()],
        anchor=marks.get("anchor"),
        subject=marks["subject"],
        form=marks["form"],
        agency=marks.get("agency"),
        time=tuple(marks.get("time", ())),
        watched=tuple(marks.get("watched", ())),
        retold=marks.get("retold"),
        identity=marks.get("identity"),
        opened=marks.get("opened"),
        recipients=marks.get("recipients"),
        names=marks.get("names"),
        files=marks.get("files"),
        schema=MappingProxyType(schema),
        validator=form,
    )


def _at(data: object, pointer: str) -> object:
    """Return what a pointer leads to, or None."""
    for part in pointer.removeprefix("/").split("/"):
        if not isinstance(data, dict):
            return None
        data = data.get(part)
    return data


def _agency(data: object, pointer: str | None) -> str:
    named = _at(data, pointer) if pointer else None
    return agency_of(named) or "" if isinstance(named, str) else ""


def _time(data: object, pointers: Sequence[str]) -> datetime | None:
    said = (_at(data, pointer) for pointer in pointers)
    first = next((value for value in said if value), None)
    return datetime.fromisoformat(first) if isinstance(first, str) and is_moment(first) else None
