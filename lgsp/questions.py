"""The types of questions and answers of a home: what is asked while somebody waits, and what is said back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_args

from lgsp.errors import ConfigError, Problem
from lgsp.home import folders
from lgsp.questioning import Keep, Shared
from lgsp.schemas import ASKING
from lgsp.validating import Form, form_of, read_schema, schema_files

_KEEPS, _SHARED = get_args(Keep), get_args(Shared)


@dataclass(slots=True, frozen=True)
class Asked:
    """What is known of one type of question, or of one type of answer.

    Attributes:
        name: `citizen.query.v1`, the name of its file.
        answer: of a question, the type of its answer; empty for an answer.
        about: JSON pointers to what names the person or the thing in question.
        keep: of a question, what is kept of its answer where the home does not say.
        shared: of a question, with whom its answer may be shared where the home does not say.
        schema: as it was read.
    """

    name: str
    answer: str
    about: Sequence[str]
    keep: Keep
    shared: Shared
    schema: Mapping[str, Any] = field(repr=False)
    form: Form = field(repr=False, compare=False)

    def problems(self, data: object) -> list[Problem]:
        """Return every fault of a body; no detail holds a value."""
        return self.form.problems(data)

    def names(self, data: Mapping[str, Any]) -> list[str]:
        """Return the numbers that say whom or what a body is about."""
        found = (_at(data, pointer) for pointer in self.about)
        return [one for one in found if isinstance(one, str) and one]


class Questions(Mapping[str, Asked]):
    """The types of questions and answers, by name."""

    def __init__(self, places: Sequence[Path] | None = None) -> None:
        """Read the schema files; one of the home stands before one of the same name that came with us.

        Raises:
            ConfigError: with every fault of every file.
        """
        faults: list[str] = []
        self._types: dict[str, Asked] = {}
        for path in schema_files(folders("schemas") if places is None else places):
            one = _read(path, faults)
            if one is not None:
                self._types[one.name] = one
        faults += [
            f"{one.name}.json:1: `x-lgsp.answer` {one.answer!r} is no answer of this home; add its schema"
            for one in self._types.values()
            if one.answer and one.answer not in self._types
        ]
        if faults:
            raise ConfigError(faults)

    def __getitem__(self, name: str) -> Asked:
        """Return a type; KeyError when the home has none of that name."""
        return self._types[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._types)

    def __len__(self) -> int:
        return len(self._types)

    @property
    def asked(self) -> list[str]:
        """Return the names of the questions, in alphabetical order."""
        return sorted(name for name, one in self._types.items() if one.answer)


def _read(path: Path, faults: list[str]) -> Asked | None:
    silent: list[str] = []  # what is wrong with a file in general, `Types` says
    schema = read_schema(path, silent)
    if schema is None or schema["x-lgsp"].get("kind") not in ASKING:
        return None
    marks = schema["x-lgsp"]
    wrong = list(_wrong(marks))
    faults += [f"{path}:1: {text}" for text in wrong]
    form = None if wrong else form_of(path, schema, faults)
    if form is None:
        return None
    return Asked(
        path.name.removesuffix(".json"),
        marks.get("answer", ""),
        tuple(marks.get("about", ())),
        marks.get("keep", "nothing"),
        marks.get("shared", "person"),
        MappingProxyType(schema),
        form,
    )


def _wrong(marks: Mapping[str, Any]) -> Iterator[str]:
    answers = isinstance(marks.get("answer"), str) and bool(marks["answer"])
    if (marks["kind"] == "question") != answers:
        yield "`x-lgsp.answer` belongs to questions, and to each of them; name the type of the answer"
    if not all(isinstance(one, str) and one.startswith("/") for one in marks.get("about", ())):
        yield "`x-lgsp.about` holds JSON pointers, such as `/identity_number`; mend it"
    if marks.get("keep", "nothing") not in _KEEPS:
        yield f"`x-lgsp.keep` is {marks['keep']!r}; use one of {', '.join(_KEEPS)}"
    if marks.get("shared", "person") not in _SHARED:
        yield f"`x-lgsp.shared` is {marks['shared']!r}; use one of {', '.join(_SHARED)}"


def _at(data: object, pointer: str) -> object:
    for part in pointer.removeprefix("/").split("/"):
        data = data.get(part) if isinstance(data, Mapping) else None
    return data
