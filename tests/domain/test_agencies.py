"""Whose code it is on a day: the facts that come with the product, and what follows from them."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest

from lgsp.domain.agencies.admitting import look_at
from lgsp.domain.agencies.facts import Confidence, Fact, Scheme, Share, Succession, Withdrawal
from lgsp.domain.agencies.known import built_in, groups, levels_on
from lgsp.domain.agencies.register import Register
from lgsp.domain.agencies.resolution import Standing
from lgsp.domain.agencies.telling import asked
from lgsp.errors import Problem
from lgsp.message import Finding

BEFORE, AFTER = date(2025, 6, 30), date(2025, 7, 1)
TODAY = date(2026, 11, 22)
PROVINCES = [f"H{n:02}" for n in range(1, 64)]


def standing(code: str, on: date, scheme: Scheme | None = None) -> Standing:
    """Return what a code is on a day, by what comes with the product."""
    return built_in().resolve(code, on, scheme).standing


def test_there_were_63_provinces_and_are_34() -> None:
    """Every province is live the day before the merger; 34 are since, and the others went whole to one of them."""
    assert all(standing(code, BEFORE) is Standing.LIVE for code in PROVINCES)
    live = {code for code in PROVINCES if standing(code, AFTER) is Standing.LIVE}
    assert len(live) == 34
    for code in set(PROVINCES) - live:
        (successor,) = built_in().resolve(code, AFTER).successors
        assert (successor.code in live, successor.share, successor.effective) == (True, Share.WHOLE, AFTER)


def test_statistics_codes_follow_the_same_map() -> None:
    """63 statistics codes are live before the merger and 34 since; each names a province by its identifier."""
    codes = [f"{n:02}" for n in range(1, 100)]
    assert sum(standing(code, BEFORE) is Standing.LIVE for code in codes) == 63
    live = [code for code in codes if standing(code, AFTER) is Standing.LIVE]
    assert len(live) == 34
    assert {standing(built_in().resolve(code, AFTER).also[0], AFTER) for code in live} == {Standing.LIVE}


@pytest.mark.parametrize(
    ("code", "before", "since"),
    [
        ("24", "Bắc Giang", "Bắc Ninh"),
        ("15", "Yên Bái", "Lào Cai"),
        ("44", "Quảng Bình", "Quảng Trị"),
        ("52", "Bình Định", "Gia Lai"),
        ("80", "Long An", "Tây Ninh"),
        ("82", "Tiền Giang", "Đồng Tháp"),
        ("91", "Kiên Giang", "An Giang"),
    ],
)
def test_a_statistics_code_that_was_given_again_is_ambiguous_without_a_date(
    code: str, before: str, since: str
) -> None:
    """With a date it has one answer; without one its readings are told and nothing is chosen."""
    found = built_in().resolve(code, None)
    assert (found.standing, found.fact) == (Standing.AMBIGUOUS, None)
    assert [fact.name for fact in found.readings] == [before, since]
    for day, name in ((BEFORE, before), (AFTER, since)):
        fact = built_in().resolve(code, day).fact
        assert fact is not None
        assert fact.name == name


@pytest.mark.parametrize("code", ["37", "25", "H44", "H57", "46", "H19"])
def test_a_code_that_never_named_another_body_needs_no_date(code: str) -> None:
    """A body that grew or got a new name is the same body."""
    assert built_in().resolve(code, None).standing is Standing.LIVE


@pytest.mark.parametrize(
    ("code", "day", "name"),
    [
        ("H57", date(2025, 4, 13), "Thừa Thiên Huế"),
        ("H57", date(2025, 4, 14), "Huế"),
        ("K57", date(2025, 4, 14), "Hội đồng nhân dân thành phố Huế"),
        ("G10", date(2025, 4, 13), "Bộ Nông nghiệp và Phát triển nông thôn"),
        ("G10", TODAY, "Bộ Nông nghiệp và Môi trường"),
        ("G21", date(2025, 4, 13), "Ủy ban Dân tộc"),
        ("H19", date(2026, 4, 29), "Đồng Nai"),
        ("H19", date(2026, 4, 30), "Thành phố Đồng Nai"),
        ("000.00.00.H44", TODAY, "Phú Thọ"),
        ("h44", TODAY, "Phú Thọ"),
    ],
)
def test_a_name_is_that_of_the_day(code: str, day: date, name: str) -> None:
    """A new name is a new dated fact; the old one stays true of its time."""
    fact = built_in().resolve(code, day).fact
    assert fact is not None
    assert fact.name == name


@pytest.mark.parametrize(
    ("code", "successors"),
    [
        ("G04", {"G17": Share.WHOLE}),
        ("G05", {"G12": Share.WHOLE}),
        ("G07", {"G09": Share.PART}),
        ("G13", {"G10": Share.WHOLE}),
        ("G34", {}),
    ],
)
def test_closed_ministries_name_the_successors_that_are_known(
    code: str, successors: dict[str, Share]
) -> None:
    """Closed with Decision 09/2025; where no source names a successor, none is invented."""
    assert standing(code, date(2025, 4, 13)) is Standing.LIVE
    found = built_in().resolve(code, date(2025, 4, 14))
    assert found.standing is Standing.CLOSED
    assert {one.code: one.share for one in found.successors} == successors


@pytest.mark.parametrize("code", ["G23", "G29", "H64", "K01", "vxp.saas.03", "0100107370", "99", "", "Z01AB"])
def test_what_no_fact_speaks_of_is_unknown(code: str) -> None:
    """A gap is a gap: neither live nor closed."""
    found = built_in().resolve(code, TODAY)
    assert (found.standing, found.known, found.fact) == (Standing.UNKNOWN, False, None)


def test_a_code_is_not_read_in_the_other_scheme() -> None:
    """25 is no identifier and H44 no statistics code, whatever is asked."""
    assert standing("25", TODAY, Scheme.IDENTIFIER) is Standing.UNKNOWN
    assert standing("H44", TODAY, Scheme.STATISTICS) is Standing.UNKNOWN
    assert built_in().resolve("25", TODAY).also == ("H44",)
    assert built_in().resolve("H44", TODAY).also == ("25",)


@pytest.mark.parametrize("code", ["H28.11", "000.00.11.H28", "11.22.H28", "H28.DN.001"])
def test_below_a_known_code_the_standing_is_that_of_the_nearest_above(code: str) -> None:
    """What is said is said of the province, and the answer says so; no name is guessed."""
    found = built_in().resolve(code, AFTER)
    assert (found.standing, found.known, found.ancestor) == (Standing.CLOSED, False, "H28")
    assert [one.code for one in found.successors] == ["H44"]
    told = asked(built_in(), code, AFTER, TODAY, None)
    assert (told["name"], told["known"], told["standing"]) == (None, False, "closed")
    assert standing(code, BEFORE) is Standing.LIVE


def test_a_code_that_came_later_is_not_yet_valid_before() -> None:
    """G38 was given out by Decision 09/2025."""
    assert standing("G38", date(2025, 4, 13)) is Standing.NOT_YET
    assert standing("G38", date(2025, 4, 14)) is Standing.LIVE


def test_acts_of_use() -> None:
    """A closed code is allowed in what began before its end, never in new things, and never written."""
    known = built_in()
    assert look_at(known, "H28.11", BEFORE, "/agency") is None
    assert isinstance(look_at(known, "H28.11", AFTER, "/agency"), Problem)
    assert isinstance(look_at(known, "nobody.knows", AFTER, "/agency"), Finding)
    assert known.emittable("H28", BEFORE)
    assert not known.emittable("H28", AFTER)
    assert known.emittable("vxp.saas.03", AFTER)


def test_a_subtree_covers_what_went_there_whole() -> None:
    """For routing a closed code lies where all of it went; part of a body is not the body."""
    known = built_in()
    assert known.covers("H44", "000.00.11.H44", AFTER)
    assert known.covers("H44", "H28.11", AFTER)
    assert not known.covers("H44", "H28.11", BEFORE)
    assert not known.covers("G09", "G07", TODAY)
    assert not known.covers("H44", "H45", TODAY)


def test_the_district_level_ended_with_the_merger() -> None:
    """Four levels with the centre before, two of local government since; a commune's number follows."""
    assert [level.word for level in levels_on(BEFORE)] == ["central", "province", "district", "commune"]
    assert [level.word for level in levels_on(AFTER) if level.local] == ["province", "commune"]
    levels = [asked(built_in(), "08230", day, TODAY, None)["level"] for day in (BEFORE, AFTER)]
    assert levels == [3, 2]
    assert groups()["H"] == "UBND cấp tỉnh"


def test_a_chain_of_successions_ends_at_what_is_live_that_day() -> None:
    """Followed step by step; the whole of the whole is whole, anything else a part."""
    steps = [
        Succession("H01.1", "H01.2", Share.WHOLE, date(2027, 1, 1)),
        Succession("H01.2", "H01.3", Share.WHOLE, date(2028, 1, 1)),
        Succession("H01.2", "H01.4", Share.PART, date(2028, 1, 1)),
    ]
    known = Register([Fact(f"H01.{n}", f"Sở {n}", source="test") for n in range(1, 5)] + steps)
    assert [s.code for s in known.resolve("H01.1", date(2027, 6, 1)).successors] == ["H01.2"]
    ends = known.resolve("H01.1", date(2028, 6, 1)).successors
    assert {s.code: (s.share, s.standing) for s in ends} == {
        "H01.3": (Share.WHOLE, Standing.LIVE),
        "H01.4": (Share.PART, Standing.LIVE),
    }


def test_a_body_does_not_outlive_the_one_above_it() -> None:
    """A department of a closed province is closed, though its own fact knows of no end."""
    known = built_in().extended([Fact("H28.11", "Sở Tư pháp", 2, "H28", source="list", id="a")])
    assert known.resolve("H28.11", BEFORE).standing is Standing.LIVE
    found = known.resolve("H28.11", AFTER)
    assert (found.standing, found.known, found.ancestor) == (Standing.CLOSED, True, "H28")
    assert [one.code for one in found.successors] == ["H44"]


def test_an_old_code_below_level_1_does_not_take_the_name_of_a_new_one() -> None:
    """Each form numbers for itself there: that 000.00.14.H56 reads as H56.14 proves nothing."""
    known = built_in().extended([Fact("H56.14", "Sở Y tế", 2, "H56", source="axis", id="a")])
    assert known.resolve("H56.14", TODAY).known
    found = known.resolve("000.00.14.H56", TODAY)
    assert (found.known, found.ancestor, found.code.normal) == (False, "H56", "H56.14")


def test_facts_that_contradict_each_other_are_told_as_ambiguous() -> None:
    """No claim wins for being the last, or the surer one; a withdrawal mends it."""
    other = Fact("H44", "Phú Thọ mới", 1, source="x", confidence=Confidence.HIGH, id="a")
    known = built_in().extended([other])
    found = known.resolve("H44", TODAY)
    assert (found.standing, found.fact, len(found.readings)) == (Standing.AMBIGUOUS, None, 2)
    mended = known.extended([Withdrawal("a", "x", id="b")])
    assert mended.resolve("H44", TODAY) == built_in().resolve("H44", TODAY)
    assert mended.extended([Withdrawal("b", "x", id="c")]).resolve("H44", TODAY) == found


def test_an_end_that_becomes_known_ends_what_was_open() -> None:
    """An open end is no claim; two different ends are two claims, ambiguous between them."""
    first = Fact("H44", "Phú Thọ", 1, valid_to=date(2030, 12, 31), source="x", id="a")
    known = built_in().extended([first])
    assert known.resolve("H44", date(2030, 12, 31)).standing is Standing.LIVE
    assert known.resolve("H44", date(2031, 1, 1)).standing is Standing.CLOSED
    later = known.extended([first._replace(valid_to=date(2031, 12, 31), id="b")])
    assert later.resolve("H44", date(2031, 6, 1)).standing is Standing.AMBIGUOUS
    assert later.resolve("H44", date(2032, 6, 1)).standing is Standing.CLOSED


def test_a_whole_succession_closes_what_it_takes() -> None:
    """Its predecessor ends the day before, also when no fact speaks of it."""
    steps = [
        Succession(code, "H44", Share.WHOLE, date(2030, 1, 1), "NQ", id=code) for code in ("H14", "H99.1")
    ]
    known = built_in().extended(steps)
    assert known.resolve("H14", date(2029, 12, 31)).standing is Standing.LIVE
    for code in ("H14", "H99.1"):
        found = known.resolve(code, date(2030, 1, 1))
        assert (found.standing, [s.code for s in found.successors]) == (Standing.CLOSED, ["H44"])


def test_a_hundred_thousand_codes_are_judged_a_few_times_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """Codes of every form as of mixed dates: between two dates on which anything changed an answer is kept."""
    letters, forms = "HGK", ("{0}", "{0}.{1}", "000.00.{1:02}.{0}", "{2:02}")
    days = [date.fromordinal(date(2019, 1, 1).toordinal() + n * 7) for n in range(400)]
    codes = [
        (forms[n % 4].format(f"{letters[n % 3]}{n % 63 + 1:02}", n % 97, n % 97), days[n * 31 % 400])
        for n in range(100_000)
    ]
    known, judged = Register(built_in().claims), Counter[tuple[Scheme, str]]()
    plain = Register._judged

    def counted(register: Register, key: tuple[Scheme, str], on: date) -> Any:
        judged[key] += 1
        return plain(register, key, on)

    monkeypatch.setattr(Register, "_judged", counted)
    found = {known.resolve(code, day).standing for code, day in codes}
    assert judged.total() < 5_000
    assert {Standing.LIVE, Standing.CLOSED, Standing.UNKNOWN} <= found
