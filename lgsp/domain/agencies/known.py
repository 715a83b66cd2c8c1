"""The facts that come with the product: reading its tables, a row per fact with its source."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from lgsp.domain.agencies.facts import Claim, Confidence, Scheme, claim_of
from lgsp.domain.agencies.register import Register
from lgsp.domain.tables import rows

_FACTS = {Scheme.IDENTIFIER: "identifiers.tsv", Scheme.STATISTICS: "statistics.tsv"}


class Level(NamedTuple):
    """A level of the administration. The district level was abolished on 1 July 2025.

    Attributes:
        word: its name in answers.
        local: whether it is one of local government.
    """

    word: str
    vi: str
    en: str
    local: bool
    valid_from: date | None
    valid_to: date | None
    source: str
    confidence: Confidence


@lru_cache(1)
def built_in() -> Register:
    """Return the register of what comes with the product, and of nothing else."""
    return Register(claims())


@lru_cache(1)
def claims() -> tuple[Claim, ...]:
    """Return what comes with the product. The id is that of the row: a mended one is another."""
    return tuple(_claims())


def _claims() -> Iterator[Claim]:
    for scheme, name in _FACTS.items():
        for row in rows(f"agencies/{name}"):
            told = {**row, "scheme": scheme.value, "level": int(row["level"]) if row["level"] else None}
            yield claim_of("fact", told)._replace(id=_id(scheme, row))
    for row in rows("agencies/successions.tsv"):
        yield claim_of("succession", row)._replace(id=_id(Scheme(row["scheme"]), row))


@lru_cache(1)
def groups() -> Mapping[str, str]:
    """Return what the letter of a code of level 1 stands for, by letter."""
    return MappingProxyType({row["letter"]: row["name"] for row in rows("agencies/letters.tsv")})


@lru_cache(1)
def levels() -> tuple[Level, ...]:
    """Return the levels of the administration from the top, those of the past too."""
    return tuple(
        Level(
            row["word"],
            row["vi"],
            row["en"],
            row["local"] == "yes",
            _day(row["valid_from"]),
            _day(row["valid_to"]),
            row["source"],
            Confidence(row["confidence"]),
        )
        for row in rows("agencies/levels.tsv")
    )


def levels_on(day: date) -> tuple[Level, ...]:
    """Return the levels of a day: four with the centre before 1 July 2025, two of them local since."""
    return tuple(
        level for level in levels() if (level.valid_from or date.min) <= day <= (level.valid_to or date.max)
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _id(scheme: Scheme, row: Mapping[str, str]) -> str:
    digest = hashlib.sha256("\t".join((scheme.value, *row.values())).encode()).hexdigest()
    return f"built-in-{digest[:12]}"
