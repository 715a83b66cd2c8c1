"""Who has the last word on a dossier's status: one owner per stage, by where the dossier is handled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from lgsp.domain.dossier import BY_WORD, Stage
from lgsp.domain.tables import rows


class Home(Enum):
    """Where a dossier is handled."""

    LOCAL = "local"
    CENTRAL = "central"


@dataclass(slots=True, frozen=True)
class Owner:
    """Whose word counts.

    Attributes:
        name: `portal`, `one_stop` or `central_system`.
        vi: as offices call it.
    """

    name: str
    vi: str


def owner(status: str, home: Home) -> Owner:
    """Return who has the last word while a dossier is in a status.

    Raises:
        KeyError: a word that is no status.
    """
    return OWNERS[BY_WORD[status].stage, home]


def _table() -> Mapping[tuple[Stage, Home], Owner]:
    read = rows("lifecycle/owners.tsv")
    return MappingProxyType(
        {(Stage(row["stage"]), Home(row["home"])): Owner(row["owner"], row["vi"]) for row in read}
    )


OWNERS = _table()
"""By stage and home: exactly one."""
