"""All that was claimed of a code: nothing chosen, nothing left out, what was withdrawn beside what withdrew it."""

from __future__ import annotations

from datetime import date

from lgsp.domain.agencies.facts import Confidence, Fact, Scheme, Share, Succession, Withdrawal
from lgsp.domain.agencies.history import history
from lgsp.domain.agencies.known import built_in
from lgsp.domain.agencies.register import Register

DAY = date(2026, 3, 1)


def test_a_province_tells_what_it_came_from() -> None:
    """Two others became part of it, with act, source and confidence; its code in the other scheme is its own."""
    told = history(built_in(), "000.00.00.H44")
    assert [(one["code"], one["name"]) for one in told["came_from"]] == [
        ("H28", "Hòa Bình"),
        ("H62", "Vĩnh Phúc"),
    ]
    assert {one["content"]["act"] for one in told["came_from"]} == {"QĐ 09/2025/QĐ-TTg"}
    assert [one["content"]["code"] for one in told["facts"]] == ["H44", "25"]
    assert {one["origin"] for one in told["facts"]} == {"built-in"}
    assert (told["became"], told["lists"]) == ([], [])


def test_a_closed_code_tells_what_it_became() -> None:
    """The other end of the same succession."""
    (one,) = history(built_in(), "H28")["became"]
    assert (one["code"], one["content"]["share"], one["content"]["effective"]) == (
        "H44",
        "whole",
        "2025-07-01",
    )


def test_what_was_withdrawn_names_what_withdrew_it() -> None:
    """A withdrawal that was withdrawn itself counts no more."""
    fact = Fact("H44.1", "A", source="s", confidence=Confidence.LOW, id="added-1")
    step = Succession("H44.1", "H44.2", Share.WHOLE, DAY, "QĐ", "s", id="added-2")
    claims = [fact, step, Withdrawal("added-1", "s", "added-3"), Withdrawal("added-2", "s", "added-4")]
    told = history(Register([*claims, Withdrawal("added-4", "s", "added-5")]), "H44.1")
    assert [one["withdrawn_by"] for one in told["facts"]] == ["added-3"]
    assert [one["withdrawn_by"] for one in told["became"]] == [None]


def test_a_statistics_code_is_another_scheme() -> None:
    """Facts of both bodies that it named; successions of its own scheme alone."""
    told = history(built_in(), "24")
    assert {one["content"]["name"] for one in told["facts"]} >= {"Bắc Giang"}
    assert {one["content"]["scheme"] for one in told["became"]} <= {Scheme.STATISTICS.value}
