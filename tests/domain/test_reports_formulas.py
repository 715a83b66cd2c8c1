"""Formulas over indicators are exact, bounded and never evaluated as code; what cannot be computed says why."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgsp.domain.reports.checking import check, fits
from lgsp.domain.reports.computing import NotComputable, compute, holds
from lgsp.domain.reports.deriving import Deriving
from lgsp.domain.reports.expressions import Name, as_written, digits
from lgsp.domain.reports.indicators import Breakdown, Catalogue, Fault, Group, IndexSet, Indicator, Rule
from lgsp.domain.reports.parsing import DEEPEST, LONGEST, Unreadable, read_formula, read_rule
from lgsp.domain.reports.recorded import Cell, Figure
from lgsp.domain.reports.telling import Contradiction, Untold
from lgsp.message import VIETNAM

PERIOD = "government/1:202403"
AT = datetime(2024, 3, 15, tzinfo=VIETNAM)
SHARE = Indicator(
    "c", "Tỷ lệ", "%", "b / a * 100",
    (Rule("range", "0 <= v <= 100", "từ 0 đến 100"), Rule("grows", "v >= previous:v")), decimals=2,
)  # fmt: skip
CATALOGUE = Catalogue((Indicator("a", "Tiếp nhận"), Indicator("b", "Đúng hạn"), SHARE))


def _known(**values: str) -> Deriving:
    plain = tuple(Indicator(code, code) for code in values)
    return Deriving(Catalogue(plain), {code: Decimal(value) for code, value in values.items()})


def _figures(split: tuple[tuple[str, str], ...] = (), **values: str) -> list[Figure]:
    return [Figure(Cell(code, "H44", PERIOD, split), Decimal(one), AT) for code, one in values.items()]


@pytest.mark.parametrize(
    ("formula", "result"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("10 - 3 - 2", 5),
        ("100 / 10 / 5", 2),
        ("-a + --a - -2", 2),
        ("2 * -a", -14),
        ("min(a, 3) + max(a, 3) + sum(a, 1, 2)", 20),
        ("1 / 3 * 3", 1),
        ("0.1 + 0.2", Fraction(3, 10)),
        ("KT.01", 5),
        ("[KT-01] + [1.5]", 11),
    ],
)
def test_arithmetic_is_exact(formula: str, result: Fraction) -> None:
    """Products bind before sums, both from the left; thirds and tenths lose nothing."""
    known = Deriving(
        Catalogue(tuple(Indicator(code, "") for code in ("a", "KT.01", "KT-01", "1.5"))),
        {"a": Decimal(7), "KT.01": Decimal(5), "KT-01": Decimal(4), "1.5": Decimal(7)},
    )
    assert compute(read_formula(formula), known.named) == result


@pytest.mark.parametrize(
    "text",
    [
        "", "1 +", "(1", "1)", "a b", "1,5", "2 ** 3", "a.__class__()", "__import__('os')", "f(1)", "min()",
        "1e9", "a < 1", "a; b", "lambda: 1", "a if b else c", "[a", "9" * 31,
    ],
)  # fmt: skip
def test_what_is_no_formula_is_refused_with_its_place(text: str) -> None:
    """Nothing but the grammar is read: no calls, no attributes, no powers, no comparison."""
    with pytest.raises(Unreadable, match=r"character \d+: ") as raised:
        read_formula(text)
    assert 0 <= raised.value.at <= len(text)


def test_a_formula_is_bounded_in_length_and_depth() -> None:
    """The longest and the deepest are read; one more is refused, and never a crash."""
    assert read_formula("1" + "+1" * ((LONGEST - 1) // 2))
    assert read_formula("(" * (DEEPEST - 1) + "1" + ")" * (DEEPEST - 1))
    for text in ("1" + "+1" * LONGEST, "(" * DEEPEST + "1" + ")" * DEEPEST, "-" * (DEEPEST + 1) + "1"):
        with pytest.raises(Unreadable, match="cut it in two"):
            read_formula(text)


def test_numbers_cannot_grow_without_end() -> None:
    """Squares of squares stop at a bound instead of filling the memory."""
    chain = [Indicator(f"d{n}", "", formula=f"d{n - 1} * d{n - 1}") for n in range(1, 60)]
    deriving = Deriving(Catalogue((Indicator("d0", ""), *chain)), {"d0": Decimal(10)})
    assert deriving.value("d5") == 10**32
    assert deriving.value("d59") == NotComputable("too-large", "d10 * d10")
    assert _known(a="1E+999999").value("a") == NotComputable("too-large", "a")


_TREES = st.recursive(
    st.sampled_from(["a", "b", "2", "0.5", "[KT-01]", "previous:a"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        inner.map(lambda one: f"-{one}"),
        inner.map(lambda one: f"max({one}, 1)"),
    ),
    max_leaves=8,
)


@given(_TREES)
def test_a_formula_that_is_written_out_reads_as_the_same(text: str) -> None:
    """What people see of a formula is that formula."""
    tree = read_formula(text)
    values = {"a": Fraction(3), "b": Fraction(-2), "KT-01": Fraction(7)}
    again = read_formula(as_written(tree))
    assert compute(again, lambda n: values[n.code]) == compute(tree, lambda n: values[n.code])


def test_a_division_by_zero_names_the_denominator() -> None:
    """There is no share of nothing."""
    found = compute(read_formula("1 / (a - b)"), _known(a="2", b="2").named)
    assert found == NotComputable("division-by-zero", "a - b")


def test_what_is_missing_is_never_zero() -> None:
    """A sum with a missing term has no value, and says which, even where it is multiplied by 0."""
    deriving = Deriving(CATALOGUE, {"a": None, "b": Decimal(1)})
    assert deriving.value("c") == NotComputable("missing", "a")
    assert compute(read_formula("0 * a"), deriving.named) == NotComputable("missing", "a")
    assert compute(read_formula("zz"), deriving.named) == NotComputable("unknown", "zz")


def test_circles_are_found_and_named_and_spare_the_others() -> None:
    """Each circle is named once, by its way; what rests on it is not computable, the rest is."""
    formulas = {"x": "y + 1", "y": "z", "z": "x * 2", "s": "s", "t": "x", "u": "2"}
    catalogue = Catalogue(tuple(Indicator(code, "", formula=text) for code, text in formulas.items()))
    assert catalogue.circles == (("s", "s"), ("x", "y", "z", "x"))
    assert [fault.mend for fault in catalogue.faults if fault.code == "circular"] == [
        "s → s: take one of them out", "x → y → z → x: take one of them out",
    ]  # fmt: skip
    deriving = Deriving(catalogue, {})
    assert deriving.value("t") == NotComputable("circular", "x → y → z → x")
    assert deriving.value("u") == 2
    assert Catalogue((Indicator("a", "", formula="previous:a + 1"),)).circles == ()


def test_a_long_chain_is_derived() -> None:
    """However many indicators follow from each other, the last has its value."""
    chain = [Indicator(f"d{n}", "", formula=f"d{n - 1} + 1") for n in range(1, 1500)]
    assert (
        Deriving(Catalogue((*reversed(chain), Indicator("d0", ""))), {"d0": Decimal(1)}).value("d1499")
        == 1500
    )


@pytest.mark.parametrize(
    ("rule", "answer"),
    [("0 <= v <= 100", True), ("0 <= v < 50", False), ("v = 50.0", True), ("v != 50", False), ("v ≥ 50", True),
     ("v > previous:v", NotComputable("missing", "previous:a"))],
)  # fmt: skip
def test_a_rule_compares_each_with_the_next(rule: str, answer: object) -> None:
    """A chain holds when every pair does; without the period before nobody can tell."""
    known = _known(a="50")
    assert holds(read_rule(rule), lambda name: known.named(name, "a")) == answer
    with pytest.raises(Unreadable, match="compares something"):
        read_rule("v + 1")


def test_a_typed_value_that_its_formula_gives_is_sound() -> None:
    """It is right to the decimals that it gives."""
    before = _figures(a="10", b="3", c="30.00")
    assert check(CATALOGUE, _figures(a="3", b="1", c="33.33"), before) == ()
    assert fits(Decimal("33.3"), Fraction(100, 3))
    assert not fits(Decimal("33.3"), Fraction(100, 3), 2)
    assert not fits(Decimal("33.4"), Fraction(100, 3), 0)
    assert fits(Decimal("66.67"), Fraction(200, 3))


def test_a_typed_value_that_contradicts_its_formula_is_told_with_the_numbers() -> None:
    """The finding has what stands there, what should, the formula, and the formula with its numbers."""
    said = check(CATALOGUE, _figures(a="4000", b="3000", c="80"), _figures(c="75"))
    assert [one.as_dict() for one in said] == [
        {
            "code": "formula-differs", "place": "c/H44/government/1:202403", "claimed": "80",
            "computed": "75", "difference": "5", "formula": "b / a * 100",
            "numbers": "3000 / 4000 * 100", "name": "",
            "vi": "c/H44/government/1:202403: ghi 80, tính ra 75 (b / a * 100 = 3.000 / 4.000 * 100), lệch 5",
            "en": "c/H44/government/1:202403: says 80, computed 75 (b / a * 100 = 3,000 / 4,000 * 100), off by 5",
        }
    ]  # fmt: skip


def test_a_broken_rule_is_told_with_the_numbers() -> None:
    """Above 100 percent, and below the period before: both are said."""
    over = check(CATALOGUE, _figures(a="2", b="3", c="150.00"), _figures(c="160"))
    assert [(one.name, one.formula, one.numbers) for one in over if isinstance(one, Contradiction)] == [
        ("range", "0 <= v <= 100", "0 <= 150 <= 100"), ("grows", "v >= previous:v", "150 >= 160"),
    ]  # fmt: skip
    assert "từ 0 đến 100" in over[0].said("vi")


def test_what_cannot_be_told_is_said_once() -> None:
    """A missing figure, what follows from it, an unknown indicator and an unreadable formula are all named."""
    broken = Indicator("d", "", formula="1 +")
    catalogue = Catalogue((*CATALOGUE.indicators, broken))
    said = check(catalogue, _figures(b="1", q="2"))
    assert [(one.place[0], one.reason, one.what) for one in said if isinstance(one, Untold)] == [
        ("a", "missing", "a"), ("c", "missing", "a"), ("d", "unreadable", "d"), ("q", "unknown", "q"),
    ]  # fmt: skip
    assert len(said) == 4
    assert all(one.said("vi") != one.said("en") for one in said)


def test_parts_add_up_to_the_whole() -> None:
    """By a breakdown whose members are all there are; an overlapping one is not added."""
    level = Breakdown("level", "cấp", (("p", "tỉnh"), ("c", "xã")))
    loose = Breakdown("kind", "loại", (("x", "x"),), whole=False)
    catalogue = Catalogue((Indicator("a", "A", breakdowns=("level", "kind")),), breakdowns=(level, loose))
    parts = [*_figures((("level", "p"),), a="60"), *_figures((("level", "c"),), a="30")]
    assert check(catalogue, [*_figures(a="90"), *parts, *_figures((("kind", "x"),), a="7")]) == ()
    (said,) = check(catalogue, [*_figures(a="91"), *parts])
    assert isinstance(said, Contradiction)
    assert (said.code, said.numbers, said.difference) == ("parts-differ", "60 + 30", Fraction(1))
    (open_,) = check(catalogue, [*_figures(a="91"), parts[0]])
    assert isinstance(open_, Untold)
    assert open_.what == f"a/H44/{PERIOD}/level=c"


def test_every_fault_of_a_catalogue_comes_at_once() -> None:
    """Codes that are there twice, references to nothing, and formulas that cannot be read."""
    catalogue = Catalogue(
        (Indicator("a", "", group="g", breakdowns=("k",), decimals=13), Indicator("a", ""), Indicator("v", ""),
         Indicator("b", "", formula="a +", rules=(Rule("r", "nope < 1"),))),
        groups=(Group("h", "", above="i"),), sets=(IndexSet("s", "", ("a", "z")),),
    )  # fmt: skip
    assert {(fault.place, fault.code) for fault in catalogue.faults} == {
        ("indicators/a", "twice"), ("indicators/v", "bad-code"), ("indicators/a/group", "unknown"),
        ("indicators/a/breakdowns", "unknown"), ("indicators/a/decimals", "out-of-range"),
        ("groups/h/above", "unknown"), ("sets/s", "unknown"), ("indicators/b/formula", "unreadable"),
        ("indicators/b/rules/r", "unknown"),
    }  # fmt: skip
    assert CATALOGUE.faults == ()
    assert isinstance(catalogue.faults[0], Fault)


def test_numbers_are_written_exactly_or_say_that_they_go_on() -> None:
    """A third is not 0.333333."""
    assert [digits(Fraction(*one)) for one in ((1, 8), (100, 1), (1, 3), (-5, 2))] == [
        "0.125",
        "100",
        "0.333333…",
        "-2.5",
    ]
    assert Name("KT-01", previous=True).label == "previous:[KT-01]"
