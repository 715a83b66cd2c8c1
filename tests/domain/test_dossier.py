"""The statuses are one vocabulary, wherever they are mapped."""

from __future__ import annotations

from typing import get_args

from lgsp.adapters.national_portal import mapping as portal
from lgsp.adapters.one_stop import mapping as one_stop

from lgsp.canonical.dossier import StatusWord
from lgsp.domain.dossier import BY_NUMBER, STATUSES


def test_the_canonical_type_knows_exactly_the_statuses() -> None:
    """The words of `dossier.v1` are those of the life-cycle."""
    assert [status.word for status in STATUSES] == list(get_args(StatusWord))


def test_both_sides_map_every_status_to_its_number() -> None:
    """The declared mappings agree with the portal's numbers, and hold nothing else."""
    numbers = {str(status.number): status.word for status in STATUSES}
    assert numbers == one_stop.STATUSES
    assert {word: number for number, word in numbers.items()} == portal.STATUSES


def test_what_pauses_the_clock_is_not_the_end() -> None:
    """Supplement and payment pause; refused, withdrawn, stopped and returned end."""
    assert [s.number for s in STATUSES if s.pauses] == [5, 6]
    assert [s.number for s in STATUSES if s.terminal] == [3, 7, 8, 10]
    assert sorted(BY_NUMBER) == list(range(1, 11))
