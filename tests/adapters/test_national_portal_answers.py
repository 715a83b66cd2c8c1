"""Holding what the portal's answers mean, form by form."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lgsp.adapters.national_portal.answers import CATALOGUE, Outcome, read_answer

from lgsp.adapters import national_portal
from lgsp.domain.causes import CAUSES, explain
from lgsp.sandbox.dialects import Verdict, speak
from lgsp.sandbox.faults import DIALECTS, Dialect
from lgsp.wire.http import Answer

SAMPLES = orjson.loads(
    (Path(national_portal.__file__).parent / "samples" / "answers" / "catalogue.json").read_bytes()
)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample["name"])
def test_a_known_answer_has_its_meaning(sample: dict[str, Any]) -> None:
    """Each captured form of answer means what stands beside it, names its cause and the native fields."""
    said = read_answer(Answer(sample["status"], sample["text"], sample["content_type"]))
    assert (said.outcome.name, said.cause, list(said.fields)) == (
        sample["outcome"],
        sample["cause"],
        sample["fields"],
    )


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    ("verdict", "outcome"),
    [
        (Verdict(0, "Đồng bộ hồ sơ thành công"), Outcome.TAKEN),
        (Verdict(3, "Hồ sơ đã tồn tại"), Outcome.THERE),
        (Verdict(-1, "Hồ sơ không tồn tại trên hệ thống"), Outcome.MISSING),
        (Verdict(-1, "Trường Email không hợp lệ"), Outcome.REFUSED),
        (Verdict(-1, "Phiên làm việc không hợp lệ hoặc đã hết hạn"), Outcome.LOGIN),
    ],
    ids=lambda value: value.name if isinstance(value, Outcome) else "",
)
def test_a_verdict_means_the_same_in_every_dialect(
    dialect: Dialect, verdict: Verdict, outcome: Outcome
) -> None:
    """Whatever form the stand-in chooses, what it says is understood."""
    reply = speak(verdict, dialect)
    assert read_answer(Answer(reply.status, reply.body.decode(), "")).outcome is outcome


@given(st.text(), st.sampled_from([200, 302, 401, 500]))
def test_no_text_is_taken_for_success_without_its_word(text: str, status: int) -> None:
    """Whatever stands in an answer without a code, reading it does not fail and it is no success by itself."""
    said = read_answer(Answer(status, text))
    assert said.outcome is not Outcome.TAKEN or "thành công" in text.casefold()


@given(
    st.recursive(
        st.none() | st.integers(-(2**63), 2**63) | st.text(),
        lambda inner: st.dictionaries(st.sampled_from(["error_code", "message", "result"]), inner),
    )
)
def test_no_envelope_breaks_the_reading(envelope: object) -> None:
    """An envelope with anything in its places is understood or left uncatalogued; it never raises."""
    assert (
        read_answer(Answer(200, orjson.dumps(envelope, option=orjson.OPT_NON_STR_KEYS).decode())).outcome
        in Outcome
    )


def test_equal_failures_have_equal_signatures() -> None:
    """Answers that differ in numbers only are one uncatalogued answer, so that suspension can count them."""
    first, second = (Answer(500, f"request {n} failed at 12:0{n}") for n in (1, 2))
    assert first.signature() == second.signature()
    assert first.signature() != Answer(500, "something else").signature()


def test_every_cause_is_explained_to_people() -> None:
    """What the portal's answers lead to has a text and a mend in both languages."""
    for cause in {entry.cause for entry in CATALOGUE} - {""} | {"portal-credentials"}:
        assert cause in CAUSES
        assert all(explain(cause, lang).text and explain(cause, lang).mend for lang in ("vi", "en"))


def test_every_row_of_the_catalogue_is_reached_by_a_sample() -> None:
    """A row without a sample is a guess that nobody checks; none is."""
    causes = {sample["cause"] for sample in SAMPLES}
    assert {entry.cause for entry in CATALOGUE} <= causes
