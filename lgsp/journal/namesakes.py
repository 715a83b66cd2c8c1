"""Other names of what is taken on: kept so that it is found by them, and looked at for look-alikes."""

from __future__ import annotations

from collections.abc import Sequence

from lgsp.journal.contract import Offer, Transaction, as_uuid
from lgsp.journal.lines import alias_digest
from lgsp.journal.rows import insert
from lgsp.journal.tables import aliases, attached
from lgsp.message import Finding

_ALIKE = (
    "WITH wanted(alias) AS (VALUES {}), ends(alias, message_id) AS ("
    "SELECT alias, (SELECT min(a.message_id) FROM aliases a WHERE a.alias = wanted.alias) FROM wanted"
    " UNION SELECT alias, (SELECT max(a.message_id) FROM aliases a WHERE a.alias = wanted.alias) FROM wanted)"
    " SELECT e.alias, m.identity, m.uid FROM ends e JOIN messages m ON m.id = e.message_id ORDER BY m.id"
)
"""The first and the last bearer of each name: all of them would be a list without an end where a sender gives
every document the same number."""

_NAMED = 5
"""Look-alikes that are named, one finding each."""

_ALIAS, _ATTACHED = insert(aliases), insert(attached, "message_id", "blob")


class Namesakes:
    """The names of one batch of offers, and who else bears one that should be one's own."""

    def __init__(self, tx: Transaction, offers: Sequence[Offer]) -> None:
        self._tx = tx
        self._aliases: list[tuple[int, bytes]] = []
        self._attached: list[tuple[int, str]] = []
        told = [(*offer.aliases, *offer.alike) for offer in offers]
        self._digests = {alias: alias_digest(alias) for aliases in told for alias in aliases}
        named = sorted({self._digests[alias] for offer in offers for alias in offer.alike})
        self._bearers: dict[bytes, dict[bytes, bytes]] = {alias: {} for alias in named}
        for alias, identity, uid in tx.among(_ALIKE, named, each="(?)") if named else ():
            self._bearers[bytes(alias)].setdefault(bytes(identity), bytes(uid))

    def enter(self, offer: Offer, number: int, identity: bytes, uid: bytes) -> list[Finding]:
        """Note the names and files of a message; return a finding for each that bears a name of it."""
        self._attached += [(number, name) for name in dict.fromkeys(offer.files)]
        named = {self._digests[alias] for alias in (*offer.aliases, *offer.alike)}
        self._aliases += [(number, alias) for alias in sorted(named)]
        others: set[bytes] = set()
        for alias in offer.alike:
            bearers = self._bearers[self._digests[alias]]
            others |= {other for who, other in bearers.items() if who != identity}
            bearers.setdefault(identity, uid)
        return [Finding("look-alike", "", str(as_uuid(other))) for other in sorted(others)[:_NAMED]]

    def write(self) -> None:
        """Write what was noted."""
        for sql, rows in ((_ALIAS, self._aliases), (_ATTACHED, self._attached)):
            if rows:
                self._tx.run(sql, rows)
                rows.clear()
