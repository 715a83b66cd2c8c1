"""A takeover rehearsed at small scale against the stand-in portal: no gap and no duplicate there."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from lgsp.drill.takeover import Rehearsal

_FAST = Path("/dev/shm") if Path("/dev/shm").is_dir() else None


@pytest.mark.timeout(300)
async def test_a_takeover_leaves_no_gap_and_no_duplicate_at_the_portal() -> None:
    """2,000 dossiers adopted by list and by file, a day in the shadow, the switch, the cut-over, a live day."""
    with TemporaryDirectory(dir=_FAST) as folder:
        report = await Rehearsal(Path(folder), 2000, seed=7, fails=3).all()
    assert report.wrongs == []
    figures = report.figures
    assert figures["baseline"] == 2000
    assert figures["adopted by codes"] == figures["adopted by items"] == {"adopted": 1000}
    assert figures["older connection failed for"] > 3
    assert figures["cut-over, first"]["brought"] > 0
    assert figures["cut-over, second"] == {}
    assert figures["shadow"]["would-update"] > figures["shadow"]["would-create"] > 0
