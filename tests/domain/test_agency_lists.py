"""What lists say of agencies: kept in columns, asked as of a day, and never before a decision."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgsp.domain.agencies.admitting import look_at
from lgsp.domain.agencies.comparing import disagreements
from lgsp.domain.agencies.entries import Entry, Row, read_page
from lgsp.domain.agencies.facts import Confidence, Fact, Scheme, Share, Succession
from lgsp.domain.agencies.known import built_in, claims
from lgsp.domain.agencies.listing import Listing, Rows, Source
from lgsp.domain.agencies.register import Register
from lgsp.domain.agencies.resolution import Standing
from lgsp.domain.agencies.searching import Names, search
from lgsp.domain.agencies.telling import asked
from lgsp.domain.agencies.texts import Index, Texts
from lgsp.errors import Problem
from lgsp.message import Finding

TODAY = date(2026, 11, 22)
THEN = date(2026, 3, 1)
AXIS = Source("axis agencies", "danh mục trục", Confidence.MEDIUM)
PORTAL = Source("portal agencies", "danh mục cổng", Confidence.LOW)

Said = tuple[str, str, str] | tuple[str, str]
"""A code and a name, and the other code."""


def row(number: int, said: Said, since: date | None = None, *, listed: bool = True) -> Row:
    """Return a row of a list."""
    entry = Entry(*said)
    return Row(number, entry, *entry.identities, since, listed)


def listing(*lists: Sequence[Row]) -> Listing:
    """Return what these lists say, that of the axis first."""
    rows = Rows()
    for n, of in enumerate(lists):
        rows.take(n, of)
    return Listing((AXIS, PORTAL)[: len(lists)], [len(of) for of in lists], rows)


def known(*said: Said | Row) -> Register:
    """Return what comes with the product, over what a list says."""
    rows = [one if isinstance(one, Row) else row(n, one) for n, one in enumerate(said, 1)]
    return built_in().with_lists(listing(rows))


def name_of(register: Register, code: str, on: date = TODAY) -> tuple[Standing, str | None]:
    """Return standing and name of a code."""
    found = register.resolve(code, on)
    return found.standing, found.fact.name if found.fact and found.known else None


@given(st.lists(st.text(max_size=6), max_size=20), st.text(max_size=6))
def test_texts_are_found_by_what_they_say(texts: list[str], other: str) -> None:
    """Each text comes back as it was; equal ones are found in their order, and by how they begin."""
    kept = Texts()
    kept.take(texts[:7])
    copy = kept.copy()
    copy.take(texts[7:])
    assert (list(kept), list(copy)) == (texts[:7], texts)
    index = Index(copy, range(len(texts)))
    for text in (*texts, other):
        assert index.find(text) == [n for n, one in enumerate(texts) if one == text]
        found = [copy[n] for n in index.beginning(text)]
        assert found == sorted(one for one in texts if one.startswith(text))


def test_a_page_is_read_from_claims() -> None:
    """A succession names the other code of the fact it leads to; the least sure claim is that of the page."""
    step = Succession("000.00.11.H44", "H44.11", Share.WHOLE, THEN)
    page = read_page([Fact(" H44.11 ", "Sở  Tài chính", source="s", confidence=Confidence.HIGH)])
    assert page == ([Entry("H44.11", "Sở Tài chính")], 0, "s", Confidence.HIGH)
    page = read_page(
        [step, Fact("H44.11", "Sở", 2, "H44", source="s"), Fact("", "?"), step._replace(successor="X")]
    )
    assert page.entries == [Entry("H44.11", "Sở", "000.00.11.H44", "H44", 2)]
    assert (page.odd, page.confidence) == (2, Confidence.LOW)


def test_a_code_below_level_one_is_what_the_list_says() -> None:
    """Known, with its name, its other code and the list as its source; what nobody lists is told of above."""
    register = known(("H44.11", "Sở Tài chính", "000.00.11.H44"))
    for code, also in (("H44.11", "000.00.11.H44"), ("000.00.11.H44", "H44.11"), ("00.11.H44", "H44.11")):
        found = register.resolve(code, TODAY)
        assert (found.standing, found.known, found.listed, found.also) == (Standing.LIVE, True, True, (also,))
        assert found.fact is not None
        assert (found.fact.name, found.fact.source) == ("Sở Tài chính", AXIS.said)
        assert found.fact.id == "axis agencies 1"
    assert register.resolve("H44.12", TODAY).ancestor == "H44"
    assert register.resolve("H44.11.3", TODAY).ancestor == "H44.11"
    assert built_in().resolve("H44.11", TODAY).known is False


@pytest.mark.parametrize(
    ("code", "parent", "told"),
    [
        ("H44.11.2", "H44.11", "H44.11"), ("H44.11.2", "000.00.00.H44", "H44"), ("0100107370", "H44.11", "H44.11"),
        ("vxp.saas.03", "vxp.saas", "vxp.saas"), ("000.01.11.H44", "000.00.11.H44", "000.00.11.H44"),
        ("vxp", "vxp", None), ("H44.11", "", "H44"),
    ],
)  # fmt: skip
def test_the_body_above_is_the_one_that_the_list_names(code: str, parent: str, told: str | None) -> None:
    """In whatever form; where the list names none, the code itself tells it, if it does."""
    entry = Entry(code, "Tên", "", parent)
    register = known(Row(1, entry, *entry.identities, None, True))
    assert asked(register, code, None, TODAY, Scheme.IDENTIFIER)["parent"] == told


def test_an_old_code_names_the_agency_that_bears_it_and_no_other() -> None:
    """Read from right to left 000.00.14.H56 looks like H56.14; the list knows that it is H56.20."""
    register = known(("H56.20", "Sở Y tế", "000.00.14.H56"), ("H56.14", "Sở Xây dựng", "000.00.20.H56"))
    assert name_of(register, "000.00.14.H56") == (Standing.LIVE, "Sở Y tế")
    assert name_of(register, "H56.14") == (Standing.LIVE, "Sở Xây dựng")
    assert register.body("000.00.14.H56", TODAY) == "H56.20" == register.body("H56.20", TODAY)
    assert register.body("000.00.00.H56", TODAY) == "H56"
    assert register.body("nobody.knows", TODAY) == "nobody.knows"
    assert register.body("25", TODAY) == "25"


def test_a_code_that_two_agencies_bear_is_ambiguous() -> None:
    """An old code that two have now, or a code that two lists give to bodies with names that share nothing."""
    register = known(("H44.1", "Xã Một", "000.01.01.H44"), ("H44.2", "Xã Hai", "000.01.01.H44"))
    found = register.resolve("000.01.01.H44", TODAY)
    assert (found.standing, {fact.code for fact in found.readings}) == (
        Standing.AMBIGUOUS,
        {"H44.1", "H44.2"},
    )
    lists = [[row(1, ("H44.1", "Sở Y tế")), row(2, ("H44.2", "Sở Y tế"))],
             [row(1, ("H44.1", "Xã Hai")), row(2, ("H44.2", "SO Y TE tỉnh Phú Thọ"))]]  # fmt: skip
    register = built_in().with_lists(listing(*lists))
    assert name_of(register, "H44.1") == (Standing.AMBIGUOUS, None)
    assert name_of(register, "H44.2") == (Standing.LIVE, "Sở Y tế")


def test_an_answer_is_that_of_its_day() -> None:
    """Renamed, gone, come back: each day has what the list said last by then; before a first day it is not yet."""
    rows = [
        row(1, ("H44.1", "Xã Cũ")), row(2, ("H44.1", "Phường Mới"), THEN),
        row(3, ("H44.2", "Xã Hai")), row(4, ("H44.2", "Xã Hai"), THEN, listed=False),
        row(5, ("H44.3", "Xã Ba"), THEN),
    ]  # fmt: skip
    register, before = known(*rows), THEN - timedelta(1)
    assert [name_of(register, "H44.1", day)[1] for day in (before, THEN)] == ["Xã Cũ", "Phường Mới"]
    assert [name_of(register, "H44.2", day)[0] for day in (before, THEN)] == [Standing.LIVE, Standing.CLOSED]
    assert [name_of(register, "H44.3", day)[0] for day in (before, THEN)] == [Standing.NOT_YET, Standing.LIVE]


def test_a_code_that_became_the_other_code_of_one_is_closed_with_that_as_its_successor() -> None:
    """It was an agency's own, is listed no more, and another bears it: all of it is there; two have parts."""
    gone = [row(1, ("H44.1", "Xã Một")), row(2, ("H44.1", "Xã Một"), THEN, listed=False)]
    register = known(*gone, row(3, ("H44.7", "Phường Bảy", "H44.1"), THEN))
    (successor,) = register.resolve("H44.1", TODAY).successors
    assert (successor.code, successor.share, successor.effective) == ("H44.7", Share.WHOLE, THEN)
    assert register.covers("H44.7", "H44.1", TODAY)
    register = known(*gone, *(row(n, (f"H44.{n}", f"Phường {n}", "H44.1"), THEN) for n in (7, 8)))
    assert {one.share for one in register.resolve("H44.1", TODAY).successors} == {Share.PART}


def test_a_decision_goes_before_a_list() -> None:
    """The list still has a closed province and what was under it, and calls a live one otherwise."""
    register = known(
        ("H28", "Hòa Bình"), ("H28.11", "Sở cũ"), ("H44", "Ủy ban nhân dân tỉnh Phú Thọ"), ("G22", "Khác")
    )
    assert name_of(register, "H28") == (Standing.CLOSED, "Hòa Bình")
    found = register.resolve("H28.11", TODAY)
    assert (found.standing, found.ancestor, [s.code for s in found.successors]) == (
        Standing.CLOSED,
        "H28",
        ["H44"],
    )
    assert name_of(register, "H44") == (Standing.LIVE, "Phú Thọ")
    said = {one["code"]: (one["differs"], one["below"]) for one in disagreements(register, TODAY)}
    assert said == {"H28": (["standing"], 1), "G22": (["name"], 0)}
    assert asked(register, "H28", None, TODAY, None)["differs"] == ["standing"]
    told = asked(register, "H44", None, TODAY, None)
    assert (told["differs"], [one["name"] for one in told["listed"]]) == (
        [],
        ["Ủy ban nhân dân tỉnh Phú Thọ"],
    )
    assert asked(register, "25", None, TODAY, None)["listed"] == []


def test_what_an_operator_adds_goes_before_a_list() -> None:
    """Another name, or an end: the list's word stands beside it as a difference."""
    register = known(("H44.1", "Xã Một", "000.01.01.H44")).extended(
        [Fact("H44.1", "Phường Hai", source="QĐ 1"), Succession("H44.9", "H44.1", Share.WHOLE, THEN, "QĐ 2")]
    )
    assert name_of(register, "H44.1") == (Standing.LIVE, "Phường Hai")
    assert asked(register, "H44.1", None, TODAY, None)["differs"] == ["name"]
    register = known(("H44.9", "Xã Chín")).extended([Succession("H44.9", "H44.1", Share.WHOLE, THEN, "QĐ 2")])
    assert name_of(register, "H44.9", THEN - timedelta(1)) == (Standing.LIVE, "Xã Chín")
    assert name_of(register, "H44.9") == (Standing.CLOSED, "Xã Chín")


def test_an_agency_that_kept_its_old_code_in_a_closed_province_is_found_under_its_new_one() -> None:
    """H02 closed and went to H05; a body of it has a code of H05 now, and is told of as its successor."""
    register = known(("H05.77", "Sở", "H02.14"), ("H28.9", "Xã", "000.00.09.H28"))
    found = register.resolve("H02.14", TODAY)
    assert (found.standing, [s.code for s in found.successors]) == (Standing.CLOSED, ["H05.77"])
    assert register.covers("H05", "H02.14", TODAY)
    assert [s.code for s in register.resolve("000.00.09.H28", TODAY).successors] == ["H44"]


def test_a_list_turns_nothing_away_at_the_door() -> None:
    """What it has no more is a finding; what a decision closed is a problem as before."""
    gone = [row(1, ("H44.1", "Xã")), row(2, ("H44.1", "Xã"), THEN, listed=False)]
    register = known(*gone, ("H44.2", "Xã Hai", "000.00.02.H44"), ("H28.1", "Xã"))
    for code in ("H44.1", "H44.1.5"):
        odd = look_at(register, code, TODAY, "/agency")
        assert isinstance(odd, Finding)
        assert odd.code == "agency-code-unlisted"
    assert look_at(register, "H44.1", THEN - timedelta(1), "/agency") is None
    assert look_at(register, "000.00.02.H44", TODAY, "/agency") is None
    assert isinstance(look_at(register, "H28.1", TODAY, "/agency"), Problem)
    assert not register.emittable("H44.1", TODAY)


def test_what_a_list_has_no_more_closes_nothing_below_it() -> None:
    """A body that is listed outlives one above it that is not."""
    rows = [
        row(1, ("H44.1", "Huyện")),
        row(2, ("H44.1", "Huyện"), THEN, listed=False),
        row(3, ("H44.1.2", "Xã")),
    ]
    assert name_of(known(*rows), "H44.1.2") == (Standing.LIVE, "Xã")


def test_a_level_one_code_is_one_in_either_form() -> None:
    """A list that writes one body in both forms says one thing of it; the code is told as the list writes it."""
    register = known(("000.00.00.G23", "Đài"), ("G23", "Đài Truyền hình", "000.00.00.G23"), ("G26", "Viện"))
    assert name_of(register, "G23") == (Standing.LIVE, "Đài")
    assert name_of(register, "000.00.00.G26") == (Standing.LIVE, "Viện")
    assert [one.code for one in register.heard("G23", TODAY)] == ["000.00.00.G23", "G23"]
    assert register.codes("G2")[-3:] == ["G26", "G27", "G28"]


def found_by(register: Register, words: str, on: date = TODAY, **terms: object) -> list[str]:
    """Return the codes that a search finds."""
    return [one.code.identity for one in search(register, Names(register.lists), words, on, **terms)[0]]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("sở tài chính", ["H44.11"]), ("SO tai", ["H44.11"]), ("chinh so", ["H44.11"]), ("so tai quan", []),
        ("dong gieng", ["H44.12"]), ("H44.1", ["H44.11", "H44.12", "H44.13"]), ("h44.11", ["H44.11"]),
        ("000.00.11.H44", ["H44.11"]), ("phu tho", ["25", "H44"]), ("hoa binh", ["17", "H28"]), (" ", []),
        ("%", []), ("xã cũ", ["H44.13"]), ("phuong moi", []),
    ],
)  # fmt: skip
def test_agencies_are_found_by_name_without_marks_and_by_code(words: str, codes: list[str]) -> None:
    """All words of a name in any order, the beginning of a code, or the other code; as of the day."""
    register = known(
        ("H44.11", "Sở Tài chính", "000.00.11.H44"), ("H44.12", "Xã Đồng Giếng"),
        row(3, ("H44.13", "Xã Cũ")), row(4, ("H44.13", "Phường Mới"), TODAY + timedelta(1)),
    )  # fmt: skip
    assert found_by(register, words) == codes


def test_a_search_goes_on_behind_its_page() -> None:
    """Every page ends with the code to go on behind; the last one says that there is no more."""
    register = known(*((f"H44.{n:03}", f"Giếng {n}") for n in range(25)))
    names, after, pages = Names(register.lists), "", []
    while True:
        page, rest = search(register, names, "gieng", TODAY, after, 10)
        pages.append([one.code.identity for one in page])
        if rest is None:
            break
        after = rest
    assert [len(page) for page in pages] == [10, 10, 5]
    assert [code for page in pages for code in page] == [f"H44.{n:03}" for n in range(25)]


_SAID = st.tuples(
    st.sampled_from(["H44.1", "H44.2", "H28.1", "G23"]),
    st.sampled_from(["Một", "Hai"]),
    st.sampled_from(["", "000.00.01.H44", "H44.1"]),
)
_SPANS = st.lists(
    st.tuples(_SAID, st.none() | st.dates(THEN, THEN + timedelta(9)), st.booleans()), max_size=12
)


@given(
    _SPANS,
    st.sampled_from(["H44.1", "H44.2", "H28.1", "G23", "000.00.01.H44", "H44"]),
    st.dates(THEN, THEN + timedelta(12)),
)
def test_whatever_lists_say_there_is_an_answer(
    said: list[tuple[tuple[str, str, str], date | None, bool]], code: str, day: date
) -> None:
    """Live has a fact that covers the day, closed never emits, and a decision's answer is never another one."""
    ordered = sorted(said, key=lambda one: one[1] or date.min)
    register = known(
        *(row(n, one, since, listed=listed) for n, (one, since, listed) in enumerate(ordered, 1))
    )
    found = register.resolve(code, day)
    if found.standing is Standing.LIVE:
        assert found.fact is not None
        assert found.fact.covers(day)
    if found.standing is Standing.CLOSED:
        assert found.fact is None or not found.listed or found.fact.ended(day)
        assert not register.emittable(code, day)
    if not found.listed and found.known and code != "G23":
        assert found.standing is built_in().resolve(code, day).standing
    assert len({one.code for one in found.successors}) == len(found.successors)


def test_lists_do_not_touch_what_claims_say() -> None:
    """With or without lists, the claims of a register are those that were made."""
    register = known(("H44.1", "Xã"))
    assert register.claims == frozenset(claims())
    assert register.extended([Fact("H44.9", "Xã", source="s")]).lists is register.lists
