"""The registry of types: what is generated does not drift, and a check names every fault and no value."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgsp.canonical import TYPES
from lgsp.canonical.schema import schemas
from lgsp.domain.codes import dossier_code
from lgsp.errors import ConfigError, Invalid, Problem
from lgsp.home import packed
from lgsp.message import Kind
from lgsp.schemas import Types

TYPES_OF_HOME = Types()
GOOD: dict[str, Any] = {"code": "H44.11-260105-0001", "status": "processing"}
_MARKS = {"kind": "snapshot", "subject": "/code", "form": "dossier-code"}


def _faults(**over: Any) -> list[Problem]:
    return TYPES_OF_HOME.check("dossier.v1", {**GOOD, **over})


def _home(folder: Path, **files: Any) -> Types:
    for name, content in files.items():
        body = content if isinstance(content, bytes) else orjson.dumps(content)
        (folder / f"{name}.v1.json").write_bytes(body)
    return Types([folder])


@pytest.mark.parametrize("name", schemas())
def test_the_schema_files_are_what_the_models_say(name: str) -> None:
    """`schemas/*.json` is generated; run `python -m lgsp.canonical` after changing a model."""
    assert (packed() / "schemas" / name).read_bytes() == schemas()[name]


@pytest.mark.parametrize("name", TYPES_OF_HOME.names())
def test_the_examples_of_a_type_fit_it(name: str) -> None:
    """What the API shows as an example is taken."""
    examples = TYPES_OF_HOME[name].schema["examples"]
    assert examples
    assert [TYPES_OF_HOME.check(name, example) for example in examples] == [[]] * len(examples)


@pytest.mark.parametrize("model", TYPES)
def test_every_field_is_documented(model: Any) -> None:
    """Each field has a Vietnamese title, a meaning and its source."""
    schema = orjson.loads(schemas()[f"{model.model_json_schema()['$id']}.json"])
    objects = [schema, *schema.get("$defs", {}).values()]
    for name, field in ((n, f) for o in objects for n, f in o["properties"].items()):
        assert "Source: " in field["description"], name
        assert field.get("title") or field.get("$ref"), name


def test_personal_data_are_marked() -> None:
    """Names, numbers and contacts carry their class, so that they can be masked."""
    applicant = TYPES_OF_HOME["dossier.v1"].schema["$defs"]["Applicant"]["properties"]
    classes = {name: field.get("x-personal") for name, field in applicant.items()}
    assert classes["name"] == "name"
    assert classes["identity_number"] == "identity"
    assert classes["email"] == classes["phone"] == classes["fax"] == "contact"
    assert classes["kind"] is None


def test_what_is_known_of_a_type() -> None:
    """Progress is an event anchored to its dossier; a dossier is a snapshot with watched fields."""
    dossier, progress = TYPES_OF_HOME["dossier.v1"], TYPES_OF_HOME["dossier.progress.v1"]
    assert (dossier.kind, dossier.anchor, dossier.form) == (Kind.SNAPSHOT, None, "dossier-code")
    assert (progress.kind, progress.anchor) == (Kind.EVENT, "dossier.v1")
    assert {"/status", "/due_at", "/finished_at"} <= set(dossier.watched)
    assert TYPES_OF_HOME.names() == [
        "agency.v1",
        "answer.v1",
        "document.status.v1",
        "document.v1",
        "dossier.progress.v1",
        "dossier.v1",
        "field.v1",
        "procedure.service.v1",
        "procedure.v1",
        "question.v1",
        "report.status.v1",
        "report.v1",
        "satisfaction.v1",
    ]


def test_only_what_identifies_and_routes_is_required() -> None:
    """A dossier needs a code and a status; progress also says when."""
    assert TYPES_OF_HOME["dossier.v1"].schema["required"] == ["code", "status"]
    assert TYPES_OF_HOME["dossier.progress.v1"].schema["required"] == ["code", "status", "handled_at"]


@pytest.mark.parametrize(
    ("over", "problem"),
    [
        ({"code": "H44.11-260230-0001"}, Problem("/code", "bad-code", "H44.11-260131-0001")),
        (
            {"due_at": "2026-02-30T08:00:00+07:00"},
            Problem("/due_at", "bad-date", "2026-01-31T08:30:00+07:00"),
        ),
        ({"note": "g" * 2001}, Problem("/note", "too-long", "2000")),
        ({"subject": "g" * 1001}, Problem("/subject", "too-long", "1000")),
        ({"papers": [{}, {"name": "t" * 4001}]}, Problem("/papers/1/name", "too-long", "4000")),
        ({"results": [{"name": "t" * 2001}]}, Problem("/results/0/name", "too-long", "2000")),
        ({"channel": "drone"}, Problem("/channel", "not-one-of", "direct online post")),
        ({"applicant": {"name": None}}, Problem("/applicant/name", "wrong-type", "string")),
        (
            {"payment": {"fees": [{"amount": "5"}]}},
            Problem("/payment/fees/0/amount", "wrong-type", "integer"),
        ),
        ({"a/b~c": 1}, Problem("/a/b~c", "unknown-field")),
    ],
)
def test_a_fault_is_named_with_its_place_and_rule(over: dict[str, Any], problem: Problem) -> None:
    """What the portal is known to refuse is refused for canonical bodies too."""
    assert _faults(**over) == [problem]


def test_a_missing_field_is_named_itself() -> None:
    """The place of a missing field is the field, not its parent; all faults come at once."""
    assert TYPES_OF_HOME.check("dossier.progress.v1", {}) == [
        Problem("/code", "missing"),
        Problem("/status", "missing"),
        Problem("/handled_at", "missing"),
    ]


@pytest.mark.parametrize(
    "moment",
    [
        "2026-01-31T08:30:00",
        "2026-01-31 08:30:00+07:00",
        "2026-01-31",
        "20260131T083000+0700",
        "2026-13-01T00:00:00+07:00",
        "2026-01-31T24:30:00+07:00",
        "2026-01-31T23:59:60Z",
        "0001-01-01T00:00:00+14:00",
        "",
    ],
)
def test_a_moment_is_real_and_has_an_offset(moment: str) -> None:
    """Every way of not being a moment that can be said in Viet Nam time is found at the door."""
    assert [fault.code for fault in _faults(received_at=moment)] == ["bad-date"]


@pytest.mark.parametrize(
    "moment", ["2026-01-31T08:30:00+07:00", "2026-01-31T01:30:00Z", "2026-01-31T08:30:00.123+07:00"]
)
def test_any_offset_is_a_moment(moment: str) -> None:
    """Other offsets and parts of a second are read."""
    assert _faults(received_at=moment) == []


def test_details_never_hold_the_value() -> None:
    """A problem says what the rule asks, not what stood there."""
    secret = "025000000027"
    faults = _faults(
        code=secret, status=secret, due_at=secret, channel=secret, note=secret * 200, papers=secret
    )
    assert len(faults) == 6
    assert all(secret not in f"{fault.place}{fault.detail}" for fault in faults)


def test_a_body_nested_too_deeply_is_a_problem_not_a_crash() -> None:
    """What is too deep to be written again is turned away when the message is made."""
    deep: dict[str, Any] = {}
    for _ in range(1000):
        deep = {"a": deep}
    assert _faults(extra=deep, channel="drone")
    with pytest.raises(Invalid) as raised:
        TYPES_OF_HOME.message("dossier.v1", {**GOOD, "extra": deep})
    assert [fault.code for fault in raised.value.problems] == ["too-deep"]


def test_a_message_is_made_of_canonical_data() -> None:
    """Subject, line, agency and time come from the type's pointers."""
    data = {**GOOD, "code": "000.00.11.H44-260105-0001", "received_at": "2026-01-05T08:15:00+07:00"}
    message = TYPES_OF_HOME.message("dossier.v1", data)
    assert (message.subject, message.partitionkey) == (data["code"], "H44.11-260105-0001")
    assert (message.agency, message.key) == ("000.00.11.H44", None)
    assert message.time is not None
    assert message.time.isoformat() == data["received_at"]


def test_an_event_is_identified_by_its_content() -> None:
    """Two equal entries are one event, whatever the order of their fields; another content is another."""
    entry = {**GOOD, "handled_at": "2026-01-05T08:15:00+07:00"}
    one = TYPES_OF_HOME.message("dossier.progress.v1", entry)
    two = TYPES_OF_HOME.message("dossier.progress.v1", dict(reversed(entry.items())))
    other = TYPES_OF_HOME.message("dossier.progress.v1", {**entry, "content": "Ký duyệt"})
    assert one.key == two.key == one.native.hex()
    assert other.key != one.key


def test_canonical_text_is_composed() -> None:
    """Vietnamese letters are brought to normal form C at the edge."""
    decomposed = unicodedata.normalize("NFD", "Hồ sơ")
    message = TYPES_OF_HOME.message("dossier.v1", {**GOOD, "note": decomposed})
    assert message.data["note"] == "Hồ sơ"


@pytest.mark.parametrize("data", [{}, [], "x", None, {"code": 5}, {"code": "không"}])
def test_no_message_without_a_subject(data: Any) -> None:
    """A body whose code has no normal form cannot have a line, so it is invalid."""
    with pytest.raises(Invalid) as raised:
        TYPES_OF_HOME.message("dossier.v1", data)
    assert raised.value.problems


def test_every_fault_of_every_schema_file_comes_at_once(tmp_path: Path) -> None:
    """An operator sees all faults of the home's schemas, each with its file and the mend."""
    with pytest.raises(ConfigError) as raised:
        _home(
            tmp_path,
            broken=b"{\n  oops",
            bare={"type": "object"},
            kindless={"x-lgsp": {**_MARKS, "kind": "rumour", "form": "guess", "subject": "code"}},
            floating={"x-lgsp": {**_MARKS, "kind": "event"}},
            lost={"x-lgsp": {**_MARKS, "kind": "event", "anchor": "nowhere.v1"}},
            crooked={"x-lgsp": _MARKS, "type": "obejct"},
            remote={"x-lgsp": _MARKS, "$ref": "https://example.invalid/schema.json"},
        )
    faults = raised.value.faults
    assert len(faults) == 9
    named = {Path(fault.split(":")[0]).name for fault in faults}
    assert named == {
        f"{n}.v1.json" for n in ("broken", "bare", "kindless", "floating", "lost", "crooked", "remote")
    }
    assert any("broken.v1.json:2:" in fault for fault in faults)


def test_a_home_adds_a_type_and_overrides_one(tmp_path: Path) -> None:
    """A schema file is all that a new type needs; the home's file stands before ours."""
    own = {"x-lgsp": {"kind": "document", "subject": "/head/number", "form": "verbatim"}}
    mine, theirs = tmp_path / "home", tmp_path / "packed"
    for folder, title in ((mine, "home"), (theirs, "packed")):
        folder.mkdir()
        (folder / "note.v1.json").write_bytes(orjson.dumps({**own, "title": title}))
    types = Types([mine, theirs])
    assert types["note.v1"].schema["title"] == "home"
    assert types.message("note.v1", {"head": {"number": "12/UBND"}}).partitionkey == "12/UBND"
    assert len(types) == 1


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.sampled_from(["code", "status", "papers", "applicant", "extra"]), inner)
        ),
        max_leaves=12,
    )
)
def test_no_body_breaks_the_check(data: Any) -> None:
    """Any JSON is either good or has problems; a message is made only of what has a code."""
    problems = TYPES_OF_HOME.check("dossier.v1", data)
    assert problems or dossier_code(data["code"])
    if isinstance(data, dict) and isinstance(data.get("code"), str) and dossier_code(data["code"]):
        assert TYPES_OF_HOME.message("dossier.v1", data).partitionkey
    else:
        with pytest.raises(Invalid) as raised:
            TYPES_OF_HOME.message("dossier.v1", data)
        assert raised.value.problems
