"""The level of the administration that an agency belongs to: told by codes and names, never guessed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from lgsp.domain.agencies.facts import claim_of
from lgsp.domain.agencies.known import built_in
from lgsp.domain.agencies.register import Register
from lgsp.domain.statistics.levels import UNKNOWN, level_of, local_levels

BEFORE, SINCE = date(2025, 6, 30), date(2025, 7, 1)


def fact(code: str, name: str, **more: Any) -> dict[str, Any]:
    """Return a fact about an agency."""
    said = {"scheme": "identifier", "code": code, "name": name, "source": "a list", "confidence": "medium"}
    return said | more


def known(*facts: dict[str, Any], went: tuple[str, str] | None = None) -> Register:
    """Return what is known with some facts more."""
    claims = [claim_of("fact", one) for one in facts]
    if went:
        said = {"scheme": "identifier", "predecessor": went[0], "successor": went[1], "share": "whole",
                "effective": "2025-07-01", "act": "x", "source": "x", "confidence": "high"}  # fmt: skip
        claims.append(claim_of("succession", said))
    return built_in().extended(claims)


@pytest.mark.parametrize(
    ("code", "level"), [("H44", "province"), ("K44", "province"), ("G15", "central"), ("G15.3", "central")]
)
def test_a_code_of_level_1_tells_its_level(code: str, level: str) -> None:
    """And ministries are of the central level with all that is theirs."""
    assert level_of(built_in(), code, SINCE) == level


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("Sở Tư pháp", "province"),
        ("Sở Xây dựng thành phố Huế", "province"),
        ("UBND huyện Lâm Thao", "district"),
        ("UBND thị xã Phú Thọ", "district"),
        ("UBND Thành phố Việt Trì", "district"),
        ("UBND xã Hy Cương, huyện Lâm Thao", "commune"),
        ("Ủy ban nhân dân phường Nông Trang", "commune"),
        ("Đặc khu Phú Quốc", "commune"),
        ("Trung tâm Công nghệ", UNKNOWN),
        ("Xãm", UNKNOWN),
    ],
)
def test_below_level_1_the_name_tells(name: str, level: str) -> None:
    """The first word of a unit decides; a name without one tells nothing."""
    assert level_of(known(fact("H44.77", name)), "H44.77", BEFORE) == level


def test_nothing_is_guessed_from_how_long_a_code_is() -> None:
    """A body that nobody told of has no level, unless the one above it has one."""
    assert level_of(built_in(), "H44.77.1", SINCE) == UNKNOWN
    register = known(fact("H44.77", "Sở Tư pháp"))
    assert level_of(register, "H44.77.1", SINCE) == "province"
    assert level_of(register, "", SINCE) == UNKNOWN


def test_a_body_that_became_another_is_of_the_level_of_that_one() -> None:
    """From that day on; a district that nothing took over stays one: it is history."""
    register = known(
        fact("H44.77", "UBND thị trấn A"), fact("H44.78", "Sở B"), fact("H44.79", "UBND huyện C"),
        went=("H44.77", "H44.78"),
    )  # fmt: skip
    assert level_of(register, "H44.77", BEFORE) == "commune"
    assert level_of(register, "H44.77", SINCE) == "province"
    assert level_of(register, "H44.79", SINCE) == "district"


def test_there_were_three_local_levels_and_are_two() -> None:
    """The districts were abolished on 1 July 2025."""
    assert local_levels(BEFORE) == ("province", "district", "commune")
    assert local_levels(SINCE) == ("province", "commune")
