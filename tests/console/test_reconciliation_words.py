"""The words and the picture of the screen of reconciliation, without a gateway."""

from __future__ import annotations

from typing import Any

from lgsp.console.reconciliation_trend import HEIGHT, trend
from lgsp.console.reconciliation_words import BUCKETS, MENDING, PHASES, REPAIRS, WAYS
from lgsp.domain.reconciling import words as domain


def test_every_word_of_the_domain_can_be_shown() -> None:
    """A bucket, a way, a repair that is added has to be named here too."""
    assert set(BUCKETS) == set(domain.BUCKETS)
    assert set(WAYS) == set(domain.WAYS)
    assert set(REPAIRS) == set(domain.REPAIRS)
    assert set(MENDING) == set(domain.MENDING)
    assert set(PHASES) == set(domain.PHASES)


def shown(number: int, state: str = "done", **counts: int) -> dict[str, Any]:
    """Return a run as the journal tells it."""
    return {"id": number, "state": state, "counts": counts}


def test_a_trend_stands_on_its_line() -> None:
    """What differs above it, what was solved below it, all inside the picture; runs that did not end are left out."""
    found = trend([
        shown(4, "running"),
        shown(3, **{"bucket:late": 4, "still": 1, "new": 3, "solved": 9}),
        shown(2, **{"bucket:late": 10, "still": 0, "new": 10}),
    ])  # fmt: skip
    assert found is not None
    assert [(bar.run["id"], bar.new, bar.still, bar.solved) for bar in found.bars] == [
        (2, 10, 0, 0),
        (3, 3, 1, 9),
    ]
    boxes = [box for bar in found.bars for box in bar.boxes]
    assert all(box.y >= 0 and box.y + box.height <= HEIGHT for box in boxes)
    assert all((box.y >= found.zero - 0.1) == (box.kind == "solved") for box in boxes)
    assert trend([shown(1)]) is None
