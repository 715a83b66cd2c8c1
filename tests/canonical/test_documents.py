"""Documents and their statuses as canonical types: what identifies them, what is personal, what is checked."""

from __future__ import annotations

from typing import Any

import pytest

from lgsp.errors import Invalid, Problem
from lgsp.message import Kind
from lgsp.schemas import Types

TYPES = Types()
DOCUMENT: dict[str, Any] = {"key": "H37,2026/03/05,15/UBND-VP", "act": "new"}
STATUS: dict[str, Any] = {"key": "H37,2026/03/05,15/UBND-VP", "code": "03"}


def _faults(name: str, good: dict[str, Any], **over: Any) -> list[Problem]:
    return TYPES.check(name, {**good, **over})


def test_what_is_known_of_the_types() -> None:
    """A document is sent once and held in doubt; a status is an event that waits for its document."""
    document, status = TYPES["document.v1"], TYPES["document.status.v1"]
    assert (document.kind, document.anchor, document.form) == (Kind.DOCUMENT, None, "document-id")
    assert (status.kind, status.anchor, status.form) == (Kind.EVENT, "document.v1", "document-id")
    assert document.schema["required"] == ["key", "act"]
    assert status.schema["required"] == ["key", "code"]


def test_a_document_and_its_status_share_a_line() -> None:
    """Both codes of an agency of level 1, and any space, lead to the same line."""
    document = TYPES.message("document.v1", DOCUMENT | {"sender": {"code": "H37"}})
    status = TYPES.message(
        "document.status.v1",
        STATUS | {"key": " 000.00.00.H37,2026/03/05,15/UBND-VP", "at": "2026-03-05T09:00:00+07:00"},
    )
    assert document.partitionkey == status.partitionkey == "H37,2026/03/05,15/UBND-VP"
    assert document.agency == "H37"
    assert status.time is not None


def test_what_says_nothing_of_its_document_is_no_message() -> None:
    """An empty key has no line."""
    for name, good in (("document.v1", DOCUMENT), ("document.status.v1", STATUS)):
        with pytest.raises(Invalid):
            TYPES.message(name, good | {"key": "  "})
        assert [fault.place for fault in _faults(name, good, key="")] == ["/key"]


@pytest.mark.parametrize(
    ("over", "place", "code"),
    [
        ({"act": "forget"}, "/act", "not-one-of"),
        ({"promulgated_on": "2026/03/05"}, "/promulgated_on", "bad-format"),
        ({"promulgated_on": "2026-02-30"}, "/promulgated_on", "bad-format"),
        ({"urgency": "4"}, "/urgency", "not-one-of"),
        ({"pages": "2"}, "/pages", "wrong-type"),
        ({"attachments": [{"sha256": "AB"}]}, "/attachments/0/sha256", "bad-format"),
        ({"traces": [{"at": "2026/03/05 08:30:00"}]}, "/traces/0/at", "bad-date"),
        ({"signature": {}}, "/signature/standing", "missing"),
        ({"recipient": "G22"}, "/recipient", "unknown-field"),
    ],
)
def test_faults_of_a_document_are_named(over: dict[str, Any], place: str, code: str) -> None:
    """Each fault has its place and rule."""
    assert [(fault.place, fault.code) for fault in _faults("document.v1", DOCUMENT, **over)] == [
        (place, code)
    ]


def test_the_words_of_a_status() -> None:
    """A status may lack a word, for a code that no list holds; it may not have another one."""
    assert _faults("document.status.v1", STATUS, code="07") == []
    assert [fault.code for fault in _faults("document.status.v1", STATUS, status="lost")] == ["not-one-of"]


def test_personal_data_are_marked() -> None:
    """Officials, contacts and free text carry their class, so that they can be masked."""
    parts = TYPES["document.v1"].schema["$defs"]
    staff, organisation = parts["Staff"]["properties"], parts["Organisation"]["properties"]
    fields = TYPES["document.v1"].schema["properties"]
    assert {staff[name].get("x-personal") for name in ("name", "id", "email", "phone")} == {"official"}
    assert {organisation[name].get("x-personal") for name in ("email", "phone", "fax")} == {"contact"}
    assert fields["subject"]["x-personal"] == fields["summary"]["x-personal"] == "content"
    assert parts["Signer"]["properties"]["name"]["x-personal"] == "official"
    assert parts["Attachment"]["properties"]["name"]["x-personal"] == "document"
    assert fields["extra"]["x-personal"] == "unknown"
