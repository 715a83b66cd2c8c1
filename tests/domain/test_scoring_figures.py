"""What figures say of dossiers that were judged, and what snapshots and procedures say to begin with."""

from __future__ import annotations

from typing import Any

import pytest

from lgsp.domain.calendar.terms import Term
from lgsp.domain.scoring.judging import Verdict
from lgsp.domain.scoring.marks import Mark, marks_of
from lgsp.domain.scoring.measures import MEASURES, REASONS
from lgsp.domain.scoring.procedures import Procedure, procedure_of
from lgsp.domain.scoring.tally import Tally


def test_figures_give_points_by_threshold_or_by_share() -> None:
    """At or above the threshold all of it is reached, below it proportionally; unknown points stay unknown."""
    tally = Tally()
    for lost in [""] * 3 + ["not-told"]:
        tally.add({"1.4": Verdict(lost), "3.3": Verdict("not-online" if lost else "", assumed=True)})
        tally.add({"4.3": Verdict("" if lost else "not-digitised"), "3.5": Verdict("no-fee", outside=True)})
    told = {one["measure"]: one for one in tally.as_list()}
    assert (told["1.4"]["numerator"], told["1.4"]["denominator"], told["1.4"]["value"]) == (3, 4, 75.0)
    assert (told["1.4"]["points"], told["1.4"]["most"]) == (4.5, 6.0)
    assert (told["3.3"]["reached"], told["3.3"]["points"], told["3.3"]["assumed"]) == (100.0, None, 4)
    assert (told["4.3"]["value"], told["4.3"]["reached"]) == (25.0, 31.25)
    assert (told["3.5"]["denominator"], told["3.5"]["value"], told["3.5"]["reached"]) == (0, None, None)
    assert told["3.5"]["outside"] == [
        {"reason": "no-fee", "vi": REASONS["no-fee"].vi, "en": REASONS["no-fee"].en, "count": 4}
    ]
    assert told["1.4"]["lost"][0]["count"] == 1
    assert "working_days" not in told["1.4"]


def test_a_mean_is_told_in_working_days() -> None:
    """The sum, how many, and the quotient."""
    tally = Tally()
    tally.add({"2.2": Verdict(amount=8 * 3600)})
    tally.add({"2.2": Verdict("too-long", amount=20 * 3600)})
    (told,) = [one for one in tally.as_list() if one["measure"] == "2.2"]
    assert (told["value"], told["working_days"], told["denominator"], told["numerator"]) == (1.75, 3.5, 2, 1)
    assert (told["unit"], told["points"], told["reached"]) == ("working-days", None, None)


def test_every_measure_says_its_rule_its_source_and_its_limits() -> None:
    """In both languages, with a confidence; and every reason that is given stands in the table."""
    for one in MEASURES.values():
        told = one.as_dict()
        assert all(told[name][lang] for name in ("name", "rule", "limits") for lang in ("vi", "en"))
        assert told["confidence"] in {"high", "medium", "low"}
        assert "was not read" in told["source"]
    assert {name: int(one.threshold) for name, one in MEASURES.items() if one.threshold} == {
        "3.3": 50, "3.5": 80, "4.2": 80, "4.3": 80,
    }  # fmt: skip


# --- what snapshots and procedures say ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "marks"),
    [
        ({}, Mark(0)),
        ({"payment": {"online": "none"}}, Mark.PAYMENT_SAID),
        ({"payment": {"online": "otherwise", "fees": [{"amount": 0}, {"amount": 1}]}}, Mark.PAYMENT_SAID | Mark.FEES),
        ({"payment": {"fees": [{"amount": 0}, {"name": "x"}]}}, Mark.FEES),
        ({"papers": [{"url": "u", "deleted": True}, {"name": "n"}]}, Mark(0)),
        ({"papers": [{"url": "u", "digitised": True}]}, Mark.PAPERS | Mark.PAPER_DIGITISED),
        ({"papers": [{"reused": "no"}, {"reused": "result", "from_national_store": True}]}, Mark.REUSED | Mark.FROM_STORE),
        ({"results": [{"code": "c"}, {"url": "u"}]}, Mark.RESULTS | Mark.RESULT_LINKED),
        ({"results": [{"code": "c", "url": "u"}]}, Mark.RESULTS | Mark.RESULT_LINKED | Mark.RESULT_CODED),
        ({"has_digitised_papers": True, "databases": [{"code": "7"}]}, Mark.DIGITISED | Mark.DATABASES),
        ({"applicant": {"verified_by_vneid": True}, "submitted_through": "national_portal"}, Mark.VERIFIED | Mark.BORN_AT_PORTAL),
    ],
)  # fmt: skip
def test_marks_are_what_the_snapshot_says(said: dict[str, Any], marks: Mark) -> None:
    """Withdrawn papers do not count; code and link must be of one and the same result."""
    assert marks_of(said) == marks


def test_a_procedure_says_what_it_costs_ends_in_and_may_take() -> None:
    """What it does not say stays unknown, and a channel with two terms has none."""
    time = {"duration": "5", "unit": "Ngày làm việc", "fees": [{"amount": 50000}]}
    methods = [
        {"channel": "online", "times": [time]},
        {"channel": "direct", "times": [time, {"duration": "7", "unit": "Ngày làm việc"}]},
        {"channel": "post", "times": [{"duration": "1", "unit": "Tháng"}]},
    ]
    found = procedure_of({"methods": methods, "results": [{"code": "KQ"}]})
    assert found == Procedure(costs=True, paper=True, terms={"online": Term.of_days(5)})
    assert procedure_of({}) == Procedure(None, None, {})
    free = [{"channel": "online", "times": [{"duration": "8", "unit": "giờ", "fees": [{"amount": 0}]}]}]
    assert procedure_of({"methods": free, "results": []}) == Procedure(
        costs=False, paper=False, terms={"online": Term.of_hours(8)}
    )
