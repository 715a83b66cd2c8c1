"""What holds of codes for any set of facts: order means nothing, normal forms are at rest, chains end."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from lgsp.domain.agencies.facts import (
    Claim,
    Confidence,
    Fact,
    Scheme,
    Share,
    Succession,
    Withdrawal,
    claim_of,
    kind_of,
    told_of,
)
from lgsp.domain.agencies.register import Register
from lgsp.domain.agencies.resolution import Standing
from lgsp.domain.codes import Form, agency_code, read_agency

_CODES = st.sampled_from(["H01", "H02", "H01.1", "H01.1.2", "000.00.01.H02"])
_DAYS = st.dates(date(2024, 1, 1), date(2024, 2, 1))
_IDS = st.sampled_from(["a", "b", "c", "d", "e"])
_SURE = st.sampled_from(Confidence)
_FACTS = st.builds(
    lambda code, name, days, sure, number, withdraws: Fact(
        code, name, 1, "", *days, "s", sure, Scheme.IDENTIFIER, "", number, withdraws
    ),
    _CODES,
    st.sampled_from(["A", "B"]),
    st.tuples(st.none() | _DAYS, st.none() | _DAYS).filter(lambda d: not (d[0] and d[1] and d[0] > d[1])),
    _SURE,
    _IDS,
    st.just("") | _IDS,
)
_STEPS = st.builds(
    lambda one, other, share, day, sure, number: Succession(
        one, other, share, day, "act", "s", sure, Scheme.IDENTIFIER, number
    ),
    _CODES,
    _CODES,
    st.sampled_from(Share),
    _DAYS,
    _SURE,
    _IDS,
)
_CLAIMS = st.lists(_FACTS | _STEPS | st.builds(Withdrawal, _IDS, st.just("s"), _IDS), max_size=9)


@given(_CLAIMS, _CODES, _DAYS, st.randoms())
def test_no_order_of_adding_facts_changes_an_answer(
    claims: list[Claim], code: str, day: date, random: Random
) -> None:
    """All at once, one by one or in any order: the same claims give the same answer."""
    mixed = list(claims)
    random.shuffle(mixed)
    one_by_one = Register([])
    for claim in mixed:
        one_by_one = one_by_one.extended([claim])
    for on in (day, None):
        assert Register(claims).resolve(code, on) == one_by_one.resolve(code, on)


@given(_CLAIMS, _CODES, st.lists(_DAYS, min_size=2, max_size=6))
def test_no_order_of_asking_changes_an_answer(claims: list[Claim], code: str, days: list[date]) -> None:
    """What was asked before leaves no trace."""
    asked = Register(claims)
    answers = [asked.resolve(code, day) for day in days]
    assert answers == [Register(claims).resolve(code, day) for day in days]


@given(_CLAIMS | st.lists(_STEPS, min_size=3, max_size=9), _CODES, _DAYS)
def test_chains_of_successors_end(claims: list[Claim], code: str, day: date) -> None:
    """Every successor of a closed code is somewhere to stay: never the code itself, each code once, in effect."""
    found = Register(claims).resolve(code, day)
    if found.standing is Standing.CLOSED:
        codes = [one.code for one in found.successors]
        assert len(codes) == len(set(codes))
        assert read_agency(code).identity not in codes
        assert all(one.effective <= day for one in found.successors)


@given(_CLAIMS, _CODES, _DAYS)
def test_an_answer_rests_on_a_fact_that_holds(claims: list[Claim], code: str, day: date) -> None:
    """A live code has one fact, which covers the day; an ambiguous one has none and shows what it may be."""
    found = Register(claims).resolve(code, day)
    if found.standing is Standing.LIVE:
        assert found.fact is not None
        assert found.fact.covers(day)
    if found.standing is Standing.AMBIGUOUS:
        assert found.fact is None
        assert found.readings
    if found.standing is Standing.UNKNOWN:
        assert not found.known


@given(_FACTS, _DAYS)
def test_a_fact_alone_is_true_from_its_first_to_its_last_day(fact: Fact, day: date) -> None:
    """Both ends count."""
    code = fact.code
    said = Register([fact._replace(withdraws="")]).resolve(code, day).standing
    if fact.valid_to and day > fact.valid_to:
        assert said is Standing.CLOSED
    elif fact.valid_from and day < fact.valid_from:
        assert said is Standing.NOT_YET
    else:
        assert said is Standing.LIVE


@given(_FACTS | _STEPS)
def test_a_claim_that_is_written_down_is_read_as_it_was(claim: Fact | Succession) -> None:
    """What stands in the journal says what was said."""
    assert claim_of(kind_of(claim), told_of(claim))._replace(id=claim.id) == claim


@given(st.text(max_size=40) | st.from_regex(r"[0-9A-Z.\-]{1,36}", fullmatch=True))
def test_identities_and_normal_forms_of_codes_are_at_rest(text: str) -> None:
    """Read again, an identity is itself; so is a normal form; what has levels agrees with its line key."""
    read = read_agency(text)
    assert read_agency(read.identity).identity == read.identity
    assert read_agency(read.normal).normal == read.normal
    if read.form in {Form.OLD, Form.OLD_SHORT, Form.NEW}:
        assert agency_code(text) == read.normal
        assert [read_agency(code).identity for code in read.above] == list(read.above)


@given(st.integers(0, 999), st.integers(0, 99), st.integers(0, 99))
def test_an_old_code_lies_under_its_root_and_is_sure_only_there(v: int, z: int, y: int) -> None:
    """Only zeros before the root make the old and the new form one identity."""
    read = read_agency(f"{v:03}.{z:02}.{y:02}.H44")
    assert (read.identity == "H44") == (v == z == y == 0)
    assert read.normal.startswith("H44")
    assert "H44" in (read.identity, *read.above)
    assert read.level == 1 + sum(number > 0 for number in (v, z, y))


def test_a_day_is_the_last_of_one_fact_and_the_next_the_first_of_another() -> None:
    """No day is left out between two facts that follow each other, and none belongs to both."""
    end = date(2024, 1, 10)
    known = Register(
        [Fact("H01", "A", valid_to=end, id="a"), Fact("H01", "B", valid_from=end + timedelta(1), id="b")]
    )
    names = [known.resolve("H01", end + timedelta(n)).fact for n in (0, 1)]
    assert [fact.name for fact in names if fact] == ["A", "B"]
