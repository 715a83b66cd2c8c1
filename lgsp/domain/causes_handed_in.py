"""The causes around figures that are handed in: files by cell, messages of local systems by field."""

from __future__ import annotations

from collections.abc import Mapping

from lgsp.domain.cause import Cause, Party, oddity
from lgsp.domain.tables import rows


def _cause(row: Mapping[str, str]) -> Cause:
    if not row["party"]:
        return oddity(row["code"], row["vi"], row["en"])
    party = Party(row["party"])
    again = party is Party.PLATFORM
    return Cause(row["code"], row["vi"], row["en"], party, row["mend_vi"], row["mend_en"], retry_helps=again)


ROWS = tuple(_cause(row) for row in rows("causes_handed_in.tsv"))
