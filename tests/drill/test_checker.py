"""The checker finds every kind of violation when it is planted, and none where there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from lgsp.drill.checker import judge
from lgsp.drill.evidence import Evidence
from lgsp.drill.ledger import Receipt
from lgsp.journal.states import State
from lgsp.message import Kind
from lgsp.sandbox.compare import digest
from tests.drill.planted import (
    CODE,
    DOSSIERS,
    OTHER,
    PORTAL,
    STEPS,
    clean,
    ended,
    fate,
    noted,
    told,
    with_entry,
    with_far,
    with_fate,
    with_records,
)

Plant = Callable[[Evidence], Evidence]


def rules(evidence: Evidence) -> set[str]:
    """Return the rules that the checker finds breached."""
    return {violation.rule for violation in judge(evidence).violations}


def without(evidence: Evidence, number: int) -> Evidence:
    """Return the evidence without a delivery."""
    return with_records(evidence, fates=[f for f in evidence.records.fates if f.id != number])


def without_entries(evidence: Evidence, what: str, message: int) -> Evidence:
    """Return the evidence without the entries of one kind about a message."""
    kept = [e for e in evidence.records.entries if (e.what, e.message) != (what, message)]
    return with_records(evidence, entries=kept)


def another_fate(evidence: Evidence, one: object) -> Evidence:
    """Return the evidence with one delivery more."""
    return with_records(evidence, fates=[*evidence.records.fates, one])


def lost_message(evidence: Evidence) -> Evidence:
    """Return the evidence with a receipt that names nothing."""
    return replace(evidence, receipts=[*evidence.receipts, Receipt("uid-9", CODE, "dossier", "d")])


def reversed_history(evidence: Evidence) -> Evidence:
    """Return the evidence with an older snapshot landing on a newer one."""
    first, second = (digest(one) for one in DOSSIERS)
    return with_far(evidence, history={CODE: [first, second, first, second]})


def reopened_line(evidence: Evidence) -> Evidence:
    """Return the evidence with two heads in one line."""
    return with_fate(
        with_fate(evidence, 3, state=State.READY, closed=False), 4, state=State.HELD, closed=False
    )


PLANTED: list[tuple[str, Plant]] = [
    ("lost", lost_message),
    ("turned away", lambda e: replace(e, rejected=["Không tiếp nhận"])),
    ("undelivered", lambda e: without(e, 4)),
    ("doubled", lambda e: another_fate(e, fate(9, 4))),
    ("doubled", lambda e: another_fate(e, fate(4, 4, closed=False))),
    ("orphaned", lambda e: another_fate(e, fate(9, 77))),
    ("unfinished", lambda e: with_fate(e, 4, state=State.PUT_OFF)),
    ("unfinished", lambda e: with_fate(e, 4, state=State.READY)),
    ("frozen", lambda e: with_fate(e, 4, state=State.SENDING)),
    ("wedged", lambda e: with_fate(e, 4, state=State.WAITING)),
    ("two heads", reopened_line),
    ("stranded", lambda e: with_fate(e, 4, state=State.PARKED)),
    ("unplanned death", lambda e: with_fate(e, 4, state=State.EXHAUSTED)),
    ("untold", lambda e: without_entries(e, "accepted", 3)),
    ("untold", lambda e: without_entries(e, "delivered", 3)),
    ("untold", lambda e: with_fate(e, 3, state=State.CANCELLED)),
    ("untold", lambda e: with_entry(e, noted("accepted", 4, details={PORTAL: "parked"}))),
    ("attempt missing", lambda e: with_fate(e, 3, attempt=2)),
    ("attempt unknown", lambda e: with_records(e, attempts=e.records.attempts | {(3, 2)})),
    ("spooled", lambda e: replace(e, spooled=1)),
    ("unknown landing", lambda e: with_far(e, progress={CODE: [*STEPS, {"MaHoSo": CODE, "NoiDungXuLy": "lạ"}]})),
    ("not landed", lambda e: with_far(e, progress={CODE: STEPS[:1]})),
    ("not newest", lambda e: with_far(e, history={CODE: [digest(DOSSIERS[1]), digest(DOSSIERS[0])]})),
    ("not newest", lambda e: with_fate(e, 3, state=State.SUPERSEDED)),
    ("early", lambda e: with_far(e, early_progress=1)),
    ("early", lambda e: with_far(e, dossiers={})),
    ("out of order", reversed_history),
    ("out of order", lambda e: with_far(e, progress={CODE: STEPS[::-1]})),
    ("out of order", lambda e: replace(e, receipts=[e.receipts[2], *e.receipts])),
    ("unexplained duplicate", lambda e: with_far(e, progress={CODE: [*STEPS, STEPS[1]]})),
    ("unexplained duplicate", lambda e: with_far(e, history={CODE: [digest(DOSSIERS[n]) for n in (0, 0, 1)]})),
]  # fmt: skip


def test_a_clean_world_has_no_violation() -> None:
    """Two revisions and two steps, told once, landed once, in order, with every entry."""
    verdict = judge(clean())
    assert verdict.violations == []
    assert verdict.clean
    assert verdict.explained.total() == 0
    assert verdict.figures["deliveries"] == {"delivered": 4}


@pytest.mark.parametrize(
    ("rule", "plant"), PLANTED, ids=[f"{n}-{rule}" for n, (rule, _) in enumerate(PLANTED)]
)
def test_a_planted_violation_is_found(rule: str, plant: Plant) -> None:
    """Each kind, planted by hand into the clean world, is found and called by its name."""
    assert rule in rules(plant(clean()))


def test_every_kind_has_been_planted() -> None:
    """No rule of the checker is one that nobody has seen fail."""
    source = Path(judge.__code__.co_filename).parent
    text = (source / "checker.py").read_text() + (source / "far_rules.py").read_text()
    named = {part.partition('"')[0] for part in text.split('Violation("')[1:]}
    assert {"unfinished", "frozen"} | named == {rule for rule, _ in PLANTED}


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (noted("lapsed", 4, 4, State.PUT_OFF), "lapsed"),
        (noted("late outcome", 4, 4), "late outcome"),
        (noted("put off", 4, 4, State.PUT_OFF, details={"uncertain": True}), "uncertain"),
        (noted("delivered", 4, 4, details={"repeated": True}), "repeated"),
        (noted("put off", 4, 4, State.PUT_OFF, details={"there": True}), "said to be there"),
        (noted("replayed", 4, 4, State.WAITING), "asked for again"),
    ],
)
def test_a_duplicate_with_a_reason_in_the_journal_is_explained(entry: object, reason: str) -> None:
    """What landed once more, and may have, is counted under the reason that the journal holds."""
    twice = with_far(with_entry(clean(), entry), progress={CODE: [*STEPS, STEPS[1]]})
    assert judge(twice).violations == []
    assert judge(twice).explained == {reason: 1}


def test_each_reason_explains_one_landing() -> None:
    """Three landings too many are not explained by one lapse."""
    lapsed = with_entry(clean(), noted("lapsed", 4, 4, State.PUT_OFF))
    assert rules(with_far(lapsed, progress={CODE: [*STEPS, STEPS[1], STEPS[1]]})) == {"unexplained duplicate"}


def test_an_older_snapshot_may_land_late_where_its_worker_was_taken_for_dead() -> None:
    """A paused process that outlived its lease may overwrite; the newest is sent again and stands last."""
    first, second = (digest(one) for one in DOSSIERS)
    late = with_far(
        with_entry(clean(), noted("lapsed", 1, 1, State.PUT_OFF), noted("late outcome", 1, 1), ended(3, 9)),
        history={CODE: [first, second, first, second]},
    )
    resent = another_fate(late, fate(9, 3, resend_of=1))
    resent = with_records(resent, attempts=resent.records.attempts | {(9, 1)})
    assert judge(resent).violations == []
    stays = with_far(resent, history={CODE: [first, second, first]})
    assert "not newest" in rules(stays)


def test_a_refusal_that_was_planned_is_no_death_without_reason() -> None:
    """A field that the far side was told to refuse is why; and what died so brings nothing to the far side."""
    refused = ended(9, 9, State.REFUSED, details={"fields": ["SoDienThoai"]})
    planned = with_entry(clean(), noted("accepted", 9, details={PORTAL: "ready"}), refused)
    planned = with_records(
        planned,
        messages=[*planned.records.messages, told(9, code=OTHER)],
        fates=[*planned.records.fates, fate(9, 9, State.REFUSED, line=OTHER.encode())],
        attempts=planned.records.attempts | {(9, 1)},
    )
    assert judge(planned).violations == []
    assert rules(replace(planned, planned=frozenset())) == {"unplanned death"}


def test_progress_parked_behind_a_refused_dossier_is_where_it_belongs() -> None:
    """Its dossier is not at the far side: that is what parked means."""
    parked = with_records(
        clean(),
        messages=[*clean().records.messages, told(9, Kind.EVENT, code=OTHER)],
        fates=[
            *clean().records.fates,
            fate(9, 9, State.PARKED, attempt=0, closed=False, line=OTHER.encode()),
        ],
        entries=[*clean().records.entries, noted("accepted", 9, details={PORTAL: "parked"})],
    )
    assert judge(parked).violations == []


def test_an_unrouted_message_needs_no_delivery() -> None:
    """What no route wants has none; that is told as an alarm, not as a loss."""
    alone = with_records(clean(), messages=[*clean().records.messages, told(9)._replace(unrouted=True)])
    assert judge(alone).violations == []


def test_the_evidence_can_be_kept(tmp_path: Path) -> None:
    """After a violation the rows and the far side's state lie in the drill's folder."""
    clean().keep(tmp_path)
    assert orjson.loads((tmp_path / "far-side.json").read_bytes())["dossiers"] == {CODE: DOSSIERS[1]}
    rows = [orjson.loads(line) for line in (tmp_path / "deliveries.jsonl").read_bytes().splitlines()]
    assert [row["id"] for row in rows] == [1, 2, 3, 4]
    assert rows[0]["line"] == CODE.encode().hex()
