"""The whole of a reconciliation, at a small scale: every bucket is seeded, found, repaired, and looked for again."""

from __future__ import annotations

from pathlib import Path

import pytest

from lgsp.domain.reconciling.buckets import Bucket
from tests.reconciling.rehearsal import whole

MENDABLE = {Bucket.MISSING_THERE}


@pytest.mark.slow
async def test_all_that_was_seeded_is_found_and_what_can_be_mended_is(tmp_path: Path) -> None:
    """While traffic flows and the portal fails a call in twenty: all, nothing else, and never a duplicate."""
    told = await whole(tmp_path, 200, 6)
    assert told["found"] == told["planted"]
    assert {name: codes for name, codes in told["missed"].items() if codes} == {}
    assert {name: codes for name, codes in told["wrong"].items() if codes} == {}
    assert set(told["planted"]) == set(Bucket)
    assert (told["repair"]["state"], told["repair"]["unsolved"]) == ("done", 0)
    assert told["repair"]["solved"] == told["repair"]["total"] == 6 + 6 + 3
    assert told["left"] == []
    assert MENDABLE.isdisjoint(told["after"])
    assert told["second"]["solved"] == 6 + 6 + 3
    assert told["second"]["still"] == sum(told["after"].values())
    assert told["progress differs"] == []
    assert told["progress"]["dossiers"] > 6
    assert told["duplicates"] == 0
    assert told["told meanwhile"] > 0
