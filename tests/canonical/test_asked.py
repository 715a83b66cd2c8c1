"""The built-in types of questions and answers: documented, consistent with each other, and right in their examples."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from lgsp.canonical import ASKED
from lgsp.canonical.schema import schemas
from lgsp.questions import Questions
from lgsp.schemas import Types

HOME = Questions()
NAMES = [str(model.model_json_schema()["$id"]) for model in ASKED]


def _schema(name: str) -> dict[str, Any]:
    return dict(orjson.loads(schemas()[f"{name}.json"]))


@pytest.mark.parametrize("name", NAMES)
def test_the_examples_fit(name: str) -> None:
    """What the API and the console's test question show is a question that can be asked."""
    examples = _schema(name)["examples"]
    assert examples
    assert [HOME[name].problems(example) for example in examples] == [[]] * len(examples)


@pytest.mark.parametrize("name", NAMES)
def test_every_field_is_documented(name: str) -> None:
    """Each field has a Vietnamese title, a meaning and its source."""
    schema = _schema(name)
    for part in (schema, *schema.get("$defs", {}).values()):
        for field, said in part["properties"].items():
            assert "Source: " in said["description"], field
            assert said.get("title") or said.get("$ref"), field


@pytest.mark.parametrize("name", NAMES)
def test_a_question_has_its_answer_and_an_answer_has_none(name: str) -> None:
    """What names somebody stands at a place that the type has; neither kind is a type of messages."""
    schema, one = _schema(name), HOME[name]
    assert (schema["x-lgsp"]["kind"] == "question") == name.endswith((".query.v1", ".verification.v1"))
    assert bool(one.answer) == (schema["x-lgsp"]["kind"] == "question")
    assert not one.answer or not HOME[one.answer].answer
    assert all(pointer.removeprefix("/") in schema["properties"] for pointer in one.about)
    assert name not in Types()


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("business.query.v1", {}, "missing"),
        ("business.query.v1", {"code": "019900000"}, "bad-format"),
        ("business.query.v1", {"code": "0199000001-01"}, "bad-format"),
        ("civil-status.query.v1", {"agency": "Sở Tư pháp", "dossier": "1"}, "bad-format"),
        ("civil-status.query.v1", {"agency": "1"}, "missing"),
        ("catalogue.query.v1", {"catalogue": "../token"}, "bad-format"),
        ("catalogue.query.v1", {"catalogue": "a", "part": "all"}, "not-one-of"),
        ("insurance.query.v1", {"insurance_number": "018800000"}, "bad-format"),
        ("insurance.query.v1", {"insurance_number": "0188000001", "so": "1"}, "unknown-field"),
        ("insurance.query.v1", {"name": "A", "birth": {"year": "60"}, "gender": "male"}, "bad-format"),
        ("insurance.query.v1", {"name": "A", "birth": {"year": "1960"}, "gender": "x"}, "not-one-of"),
    ],
)
def test_what_cannot_be_asked_is_turned_away_at_the_door(name: str, data: dict[str, Any], code: str) -> None:
    """A wrong form, a path in place of a name, a field that nobody knows: nobody is asked."""
    assert code in {one.code for one in HOME[name].problems(data)}


@pytest.mark.parametrize("code", ["0199000001", "0199000001-001"])
def test_an_enterprise_and_its_branch_have_codes(code: str) -> None:
    """Ten digits, and three more behind a dash."""
    assert HOME["business.query.v1"].problems({"code": code}) == []
    assert HOME["business.query.v1"].names({"code": code}) == [code]
