"""A published table adds up, or is flagged with the exact disagreement."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgsp.domain.figures.checking import Report, check
from lgsp.domain.figures.definitions import denominators, meanings, numerators
from lgsp.domain.figures.findings import Finding, in_formula
from lgsp.domain.figures.reading import read_tables
from lgsp.domain.tables import rows

DIEN_BIEN: dict[str, Any] = {
    "rows": [
        {
            "level": "Sở",
            "received": 499,
            "early": 313,
            "on_time": 68,
            "late": 11,
            "withdrawn": 17,
            "stopped": 5,
        },
        {
            "level": "Huyện",
            "received": "2,010",
            "early": 717,
            "on_time": 123,
            "late": 241,
            "withdrawn": 24,
            "stopped": 17,
        },
        {
            "level": "Xã",
            "received": 573,
            "early": 363,
            "on_time": 35,
            "late": 22,
            "withdrawn": "n/a",
            "stopped": None,
        },
        {
            "level": "Total",
            "received": "3,082",
            "early": "1.393",
            "on_time": 226,
            "late": 274,
            "withdrawn": 41,
            "stopped": 22,
        },
    ],
    "claims": [
        {"row": "Sở", "what": "early", "percent": 76.5},
        {"row": "Huyện", "what": "early", "percent": 66},
        {"row": "Total", "what": "on_time", "value": 1969, "percent": "81,82 %"},
    ],
}
"""As published for a province, 18/9 to 9/10/2019."""

SOUND: dict[str, Any] = {
    "rows": [
        {"level": "Tỉnh", "received": 90, "carried over": 10, "early": 50, "on time": 20, "late": 10,
         "withdrawn": 4, "stopped": 1, "in process": 15, "early %": "62,5 %", "late %": 12.5},
        {"level": "Xã", "received": "1.000", "carried over": 0, "early": 600, "on time": 300, "late": 100,
         "withdrawn": 0, "stopped": 0, "in process": 0, "early %": 60, "late %": 10},
    ],
    "total": {"received": 1090, "carried over": 10, "early": 650, "on time": 320, "late": 110,
              "withdrawn": 4, "stopped": 1, "in process": 15, "early %": 60.19, "late %": "10,19"},
}  # fmt: skip


def checked(document: Any) -> Report:
    """Return the report on a JSON document."""
    return check(read_tables(json.dumps(document).encode()))


def brief(report: Report) -> list[tuple[str, str, Any, Any, Any]]:
    """Return code, place, claimed, computed and difference of each finding."""
    return [(f.code, f.place, f.claimed, f.computed, f.difference) for f in report.findings]


def changed(row: int, **counts: Any) -> dict[str, Any]:
    """Return the sound table with other values in a row; -1 is the total."""
    document: dict[str, Any] = json.loads(json.dumps(SOUND))
    target = document["total"] if row < 0 else document["rows"][row]
    target.update({name.replace("_", " "): value for name, value in counts.items()})
    return document


def test_the_published_table_is_flagged_with_exactly_its_disagreements() -> None:
    """Two denominators in one paragraph, and a count and a percentage that nothing gives; the sums are right."""
    report = checked(DIEN_BIEN)
    assert brief(report) == [
        ("count-unfounded", "Total/on_time", 1969, 1619, 350),
        ("percent-unfounded", "Total/on_time", Decimal("81.82"), Decimal("85.53"), Decimal("-3.71")),
        ("denominators-differ", "Sở/early", Decimal("76.5"), Decimal("79.85"), Decimal("-3.35")),
    ]
    assert report.findings[1].formula == "in_time / solved = 1619 / 1893"
    assert report.findings[1].more["of_value"] == 1611
    assert report.findings[2].more["fits"] == ["early / (solved + withdrawn) = 313 / 409"]
    assert report.findings[2].more["others"] == ["Huyện/early (early / solved = 717 / 1081)"]


def test_what_is_not_given_is_said_and_is_never_zero() -> None:
    """The total of withdrawn holds only if the missing value is 0, and the report says so."""
    said = {(note.code, note.place) for note in checked(DIEN_BIEN).notes}
    assert {("not-given", "Xã/withdrawn"), ("not-given", "Xã/stopped")} <= said
    assert {("holds-only-if", "Total/withdrawn"), ("holds-only-if", "Total/stopped")} <= said


def test_the_same_check_passes_a_table_that_adds_up() -> None:
    """No finding and nothing missing; each percentage is given by early, or late, of what was solved."""
    report = checked(SOUND)
    assert report.consistent
    assert report.notes == ()
    assert len(report.percentages) == 6
    assert all("solved" in {way.denominator.name for way in one.fits} for one in report.percentages)


def test_without_its_claims_the_published_table_adds_up() -> None:
    """It is the text around the table that was wrong."""
    assert checked({"rows": DIEN_BIEN["rows"]}).consistent


@pytest.mark.parametrize(
    ("document", "found"),
    [
        (changed(-1, received=1091), {("sum-differs", "Tổng/received", 1091, 1090, 1)}),
        (changed(0, in_process=18), {
            ("identity-differs", "Tỉnh/in_process", 18, 15, 3), ("sum-differs", "Tổng/in_process", 15, 18, -3),
        }),
        (changed(0, solved=80), set()),
        (changed(0, solved=84), set()),
        (changed(0, solved=81), set()),
        (changed(0, solved=83), {("identity-differs", "Tỉnh/solved", 83, 80, 3)}),
        (changed(0, total=101), {("identity-differs", "Tỉnh/total", 101, 100, 1)}),
        (changed(0, closed=86), {("identity-differs", "Tỉnh/closed", 86, 85, 1)}),
        (changed(0, in_time=71), {("identity-differs", "Tỉnh/in_time", 71, 70, 1)}),
        (changed(0, early_percent="62,6 %", **{"early_%": None}), None),
        (changed(1, carried_over=None, in_process=5), None),
    ],
)  # fmt: skip
def test_a_table_that_does_not_add_up_is_flagged(document: Any, found: set[Any] | None) -> None:
    """Each sum is compared with its parts, under the named definitions and no other."""
    if found is None:
        assert checked(document).findings
    else:
        assert found <= set(brief(checked(document)))
        assert found or not [f for f in checked(document).findings if f.code == "identity-differs"]


def test_one_word_may_not_mean_two_things_in_one_table() -> None:
    """Solved with the withdrawn in one row, and without in the others, is flagged although each row adds up."""
    rows = [
        {"level": name, "early": 5, "on_time": 3, "late": 2, "withdrawn": 1, "solved": solved}
        for name, solved in (("A", 10), ("B", 10), ("C", 11))
    ]
    report = checked({"rows": rows})
    assert brief(report) == [("definitions-differ", "C/solved", 11, 10, 1)]
    assert checked({"rows": [row | {"solved": 11} for row in rows]}).consistent


def test_one_word_may_not_be_counted_in_two_ways() -> None:
    """On time with the early ones in one percentage, and without in another, is flagged."""
    rows = [{"level": name, "early": 5, "on_time": 3, "late": 2} for name in ("A", "B", "C")]
    claims = [("A", 80), ("B", 80), ("C", 30)]
    report = checked(
        {"rows": rows, "claims": [{"row": r, "what": "on_time", "percent": p} for r, p in claims]}
    )
    assert [(f.code, f.place, f.computed) for f in report.findings] == [
        ("numerators-differ", "C/on_time", Decimal("80.00"))
    ]


def test_a_declared_denominator_is_taken_at_its_word() -> None:
    """What another denominator would give does not excuse a claim that names its own."""
    claim = {"row": "Sở", "what": "early", "percent": 76.5}
    rows = DIEN_BIEN["rows"]
    assert checked({"rows": rows, "claims": [claim | {"of": "solved + withdrawn"}]}).consistent
    wrong = checked({"rows": rows, "claims": [claim | {"of": "solved"}]})
    assert brief(wrong) == [
        ("percent-differs", "Sở/early", Decimal("76.5"), Decimal("79.85"), Decimal("-3.35"))
    ]


def test_a_period_carries_over_what_the_one_before_it_left() -> None:
    """Carried over is compared with what was in process, per row and in total."""
    before = {"period": "1/2025", "rows": [{"level": "Sở", "received": 10, "solved": 7, "in process": 3}]}
    after = {"period": "2/2025", "rows": [{"level": "Sở", "carried over": 3, "received": 5, "solved": 8}]}
    assert checked({"periods": [before, after]}).consistent
    after["rows"][0]["carried over"] = 4  # type: ignore[index]
    found = brief(checked(after | {"previous": before}))
    assert ("carried-over-differs", "2/2025/Sở/carried_over", 4, 3, 1) in found


def test_more_cannot_be_closed_than_there_was() -> None:
    """Where what was carried over is known, closing more than that and the received is flagged."""
    row = {"level": "Sở", "received": 10, "carried over": 1, "early": 9, "on time": 2, "late": 1}
    assert brief(checked({"rows": [row]})) == [("more-than-whole", "Sở/closed", 12, 11, 1)]


def test_what_was_carried_over_and_is_not_shown_is_not_guessed() -> None:
    """A table that leaves more than it took in must have carried over: said, not flagged."""
    row = {"level": "Sở", "received": 10, "early": 6, "on time": 2, "late": 1, "in process": 5}
    report = checked({"rows": [row]})
    assert report.consistent
    assert [(n.code, n.place) for n in report.notes] == [("holds-only-if", "Sở/in_process")]


def sheet(rows: list[list[int]]) -> dict[str, Any]:
    """Return a table of rows of early, on time, late, withdrawn, stopped and left, with every sum stated."""
    named = ("early", "on_time", "late", "withdrawn", "stopped", "in_process")
    made: list[dict[str, Any]] = []
    for n, counts in enumerate([*rows, [sum(column) for column in zip(*rows, strict=True)]]):
        row: dict[str, Any] = {"level": "Tổng" if n == len(rows) else f"Đơn vị {n}"}
        row |= dict(zip(named, counts, strict=True))
        row |= {"solved": sum(counts[:3]), "closed": sum(counts[:5]), "total": sum(counts)}
        if sum(counts[:3]):
            row["late %"] = str((Decimal(100 * counts[2]) / sum(counts[:3])).quantize(Decimal("0.01")))
        made.append(row)
    return {"rows": made}


sheets = st.lists(st.lists(st.integers(0, 5000), min_size=6, max_size=6), min_size=1, max_size=6)


@given(sheets)
def test_whatever_adds_up_passes(rows: list[list[int]]) -> None:
    """A table that was computed by one definition is consistent, whatever its numbers."""
    assert checked(sheet(rows)).findings == ()


@given(sheets, st.data())
def test_a_total_that_is_changed_is_always_flagged(rows: list[list[int]], pick: Any) -> None:
    """Whichever stated total is off, and by how much, it is named with what its rows add up to."""
    table = sheet(rows)
    column = pick.draw(st.sampled_from(["early", "late", "withdrawn", "solved", "closed", "total"]))
    off = pick.draw(st.integers(1, 1000))
    table["rows"][-1][column] += off
    found = brief(checked(table))
    right = table["rows"][-1][column] - off
    assert ("sum-differs", f"Tổng/{column}", right + off, right, off) in found


def test_every_finding_can_be_said_in_both_languages() -> None:
    """Vietnamese with its own numbers first, English second; the machine's form holds both."""
    for finding in [*checked(DIEN_BIEN).findings, *checked(changed(0, in_process=18)).findings]:
        said = finding.as_dict()
        assert said["vi"] != said["en"]
        assert "{" not in said["vi"] + said["en"]
    said = checked(DIEN_BIEN).findings[1].as_dict()["vi"]
    assert "1.619 / 1.893" in said
    assert "81,82 % của 1.969 là 1.611" in said
    assert in_formula("whole - stated:solved", "vi") == "phải giải quyết - đã giải quyết (như công bố)"


def test_every_code_has_its_texts() -> None:
    """No finding that the checks can make lacks a sentence."""
    more = {"fits": ["a"], "others": ["b"], "of": "c"}
    for code in ("sum-differs", "identity-differs", "definitions-differ", "more-than-whole", "carried-over-differs",
                 "count-unfounded", "percent-unfounded", "percent-differs", "denominators-differ",
                 "numerators-differ"):  # fmt: skip
        finding = Finding(code, "Sở/early", 2, 1, "solved", more)
        assert finding.said("vi").startswith("Sở, trước hạn: ")
        assert finding.said("en").startswith("Sở/early: ")


def test_every_sentence_stands_in_both_languages() -> None:
    """Findings and notes alike: none is half told, or told twice."""
    told = rows("figures/texts.tsv")
    assert len({row["code"] for row in told}) == len(told)
    assert all(row["vi"] and row["en"] and row["vi"] != row["en"] for row in told)


def test_every_column_has_its_definitions() -> None:
    """The recommended definition stands first; each can be named in a claim."""
    assert meanings("solved")[0].name == "solved"
    assert numerators("late")[0].formula == "late"
    assert denominators("late")[0].formula == "solved"


def test_csv_says_the_same_as_json() -> None:
    """Vietnamese headings, semicolons, claims as lines, a byte order mark: the published table once more."""
    text = (
        "\ufeffCấp;Tiếp nhận;Trước hạn;Đúng hạn;Quá hạn;Rút hồ sơ;Dừng xử lý\n"
        "Sở;499;313;68;11;17;5\nHuyện;2.010;717;123;241;24;17\nXã;573;363;35;22;n/a;\n"
        "Tổng cộng;3.082;1.393;226;274;41;22\n"
        "claim;Sở;early;;76,5 %\nclaim;Huyện;trước hạn;;66 %\nclaim;Tổng;đúng hạn;1.969;81,82 %\n"
    )
    report = check(read_tables(text.encode()))
    assert [(f.code, f.claimed, f.computed) for f in report.findings] == [
        (f.code, f.claimed, f.computed) for f in checked(DIEN_BIEN).findings
    ]
