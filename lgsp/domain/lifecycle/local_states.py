"""Reading the states of local systems as the portal's statuses, by declared and versioned tables."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from lgsp.domain.dossier import BY_WORD, Status
from lgsp.domain.tables import rows
from lgsp.errors import Invalid, Problem


def status_of(table: str, version: str, state: str, *, place: str = "/status") -> Status:
    """Return the portal's status of a local state.

    Args:
        table: name of the declared table.
        version: its version: a changed mapping is a new one.
        state: as the local system writes it.
        place: the field that it was read from, for the problem.

    Raises:
        Invalid: the state has no national status in this table; nothing is put in its place.
        KeyError: there is no such table or version.
    """
    states = TABLES[table, version]
    status = states.get(state)
    if status is None:
        known = ", ".join(sorted(name for name, mapped in states.items() if mapped is not None))
        raise Invalid([Problem(place, "unmapped-status", known)])
    return status


def _tables() -> Mapping[tuple[str, str], Mapping[str, Status | None]]:
    made: dict[tuple[str, str], dict[str, Status | None]] = {}
    for row in rows("lifecycle/local_states.tsv"):
        states = made.setdefault((row["table"], row["version"]), {})
        states[row["state"]] = BY_WORD[row["status"]] if row["status"] else None
    return MappingProxyType({name: MappingProxyType(states) for name, states in made.items()})


TABLES = _tables()
"""By name and version: the status of each state, None for a known state that has none."""
