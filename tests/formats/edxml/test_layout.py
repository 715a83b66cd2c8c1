"""The tables of the format and the canonical types agree: nothing is said by one that the other does not know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import orjson
import pytest

from lgsp.canonical.schema import schemas
from lgsp.domain import causes_packets
from lgsp.domain.causes import explain
from lgsp.errors import Problem
from lgsp.formats.edxml import layout
from lgsp.formats.edxml.forms import Form
from lgsp.formats.edxml.parts import Branch, Leaf, Part, Texts

DOCUMENT, STATUS = (orjson.loads(schemas()[f"{name}.json"]) for name in ("document.v1", "document.status.v1"))
OURS = {"key", "act", "status", "signature", "attachments"}
"""Fields that no table says: they are worked out, or read by somebody else."""


def _said(parts: Sequence[Part]) -> Iterator[tuple[str, Sequence[Part]]]:
    """Yield the canonical names that tables say, each with the parts inside it."""
    for part in parts:
        if isinstance(part, Branch) and not part.name:
            yield from _said(part.parts)
        elif isinstance(part, Branch):
            yield part.name, part.parts
        elif isinstance(part, Leaf | Texts):
            yield part.name, ()


def _inner(schema: dict[str, Any], field: dict[str, Any]) -> dict[str, Any] | None:
    named = field.get("items", field).get("$ref", "").rpartition("/")[2]
    return schema["$defs"][named]["properties"] if named else None


def _compare(
    schema: dict[str, Any], properties: dict[str, Any], parts: Sequence[Part], ours: set[str]
) -> None:
    said = dict(_said(parts))
    assert said.keys() - {"act"} == properties.keys() - ours - {"extra"}
    for name, inside in said.items():
        inner = _inner(schema, properties[name]) if name in properties else None
        assert bool(inside) == (inner is not None), name
        if inner is not None:
            _compare(schema, inner, inside, set())


def test_a_document_s_fields_are_those_of_its_tables() -> None:
    """Each canonical field has its element, and each element its field, all the way down."""
    _compare(DOCUMENT, DOCUMENT["properties"], (*layout.DOCUMENT_HEADER, *layout.TRACES), OURS)


def test_a_status_s_fields_are_those_of_its_table() -> None:
    """The same for statuses."""
    _compare(STATUS, STATUS["properties"], layout.STATUS_HEADER, {"key", "status"})


def test_an_attachment_s_fields_are_those_of_its_tables() -> None:
    """What is worked out of the bytes stands beside what the packet says."""
    worked_out = {
        *("dataref", "sha256", "size", "media_type", "packed", "entry", "entry_time", "undecoded"),
        *("unlisted", "listed", "signatures"),
    }
    properties = DOCUMENT["$defs"]["Attachment"]["properties"]
    assert {name for name, _ in _said(layout.ATTACHMENT)} == properties.keys() - worked_out - {"extra"}
    listed = DOCUMENT["$defs"]["Listed"]["properties"]
    assert {name for name, _ in _said(layout.REFERENCE)} == listed.keys() - {"extra"} | {"id"}


@pytest.mark.parametrize(
    ("form", "enum"),
    [
        (layout.ACTS, set(DOCUMENT["properties"]["act"]["enum"]) - {"other"}),
        (layout.URGENCIES, DOCUMENT["properties"]["urgency"]["enum"]),
        (layout.STEERINGS, DOCUMENT["properties"]["steering"]["enum"]),
        (layout.STATUSES, STATUS["properties"]["status"]["enum"]),
    ],
)
def test_every_word_has_a_code_and_comes_back(form: Form, enum: Sequence[str]) -> None:
    """A canonical word is written as a code that is read as that word, without a finding."""
    for word in enum:
        said = form.read(form.write(word))
        assert (said.value, said.fault, said.kept) == (word, "", False)


def test_the_codes_of_statuses_are_those_in_use() -> None:
    """Nine codes; the others are used by nobody and mean nothing here."""
    found = {f"{n:02}": layout.STATUSES.read(f"{n:02}").value for n in range(20)}
    assert [code for code, word in found.items() if word] == [
        "01",
        "02",
        "03",
        "04",
        "05",
        "06",
        "13",
        "15",
        "16",
    ]


@pytest.mark.parametrize("code", [cause.code for cause in causes_packets.ROWS])
def test_every_fault_and_finding_is_told_in_both_languages(code: str) -> None:
    """Each names its place, and what to do."""
    for lang in ("vi", "en"):
        told = explain(Problem("MessageHeader/Foo", code, "5"), lang)
        assert told.text
        assert told.mend
        assert "{" not in told.text
