"""What is wrong with the words of a request, in our words: each place, both languages, no library's English."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lgsp.api.problems import places


class Said(BaseModel):
    """A request with a field of each kind."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=3)
    data: dict[str, Any] = {}
    many: list[int] = []
    much: float = Field(1.0, gt=0, le=3)
    which: Literal["x", "y"] = "x"
    often: int = 1
    well: bool = True


@pytest.mark.parametrize(
    ("said", "place", "code", "detail"),
    [
        ("{}", "/name", "missing", ""),
        ('{"name": 1}', "/name", "wrong-type", "string"),
        ('{"name": "abcd"}', "/name", "too-long", "3"),
        ('{"name": "a", "data": []}', "/data", "wrong-type", "object"),
        ('{"name": "a", "many": {}}', "/many", "wrong-type", "array"),
        ('{"name": "a", "many": ["x"]}', "/many/0", "wrong-type", "integer"),
        ('{"name": "a", "well": "x"}', "/well", "wrong-type", "boolean"),
        ('{"name": "a", "much": "x"}', "/much", "wrong-type", "number"),
        ('{"name": "a", "which": "z"}', "/which", "not-one-of", "'x' or 'y'"),
        ('{"name": "a", "odd": 1}', "/odd", "unknown-field", ""),
        ("[]", "", "wrong-type", "object"),
        ('{"name": "a", "much": 7}', "/much", "wrong-parameter", "Input should be less than or equal to 3"),
    ],
)
def test_each_fault_has_its_code(said: str, place: str, code: str, detail: str) -> None:
    """The same codes as anywhere else in the API; what none of them says stays in the library's own words."""
    with pytest.raises(ValidationError) as fault:
        Said.model_validate_json(said)
    (told,) = places(fault.value)
    assert (told["pointer"], told["code"], told["detail"]) == (place, code, detail)
    assert told["vi"] != told["en"]
    assert code == "wrong-parameter" or "Input" not in told["vi"]


def test_a_number_in_the_name_of_a_field_is_not_told() -> None:
    """Somebody's identity number may stand there by mistake."""
    with pytest.raises(ValidationError) as fault:
        Said.model_validate_json('{"name": "a", "001099000001": 1}')
    (told,) = places(fault.value)
    assert "001099000001" not in str(told)
