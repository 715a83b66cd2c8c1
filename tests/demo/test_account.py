"""The account of a demonstration: it must be able to say that something is wrong."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from lgsp.demo.account import Account, each_once, percentile
from lgsp.demo.ledger import Ledger
from lgsp.demo.plan import Plan
from lgsp.demo.play import play
from lgsp.demo.stage import Stage
from lgsp.demo.watch import Figures, Watch
from lgsp.sandbox.faults import Faults
from lgsp.sandbox.portal import Portal

SHORT = Plan(seconds=1, rate=60)


class Meddler:
    """A screen behind which somebody meddles with the portal when everything has drained."""

    def __init__(self, meddle: Callable[[Portal], None]) -> None:
        self._meddle = meddle

    @contextmanager
    def follow(self, watch: Watch) -> Iterator[None]:
        """See `Screen`."""
        yield
        self._meddle(watch.stage.portal)

    def conclude(self, account: Account, stage: Stage) -> None:
        """See `Screen`."""

    async def linger(self, stage: Stage) -> None:
        """See `Screen`."""


def nothing(_: Portal) -> None:
    """Leave the portal alone."""


def forget_all(portal: Portal) -> None:
    """Let the portal hold nothing."""
    portal.forget()


def change_one(portal: Portal) -> None:
    """Change a field of a dossier that the portal holds."""
    next(iter(portal.state()["dossiers"].values()))["ChuHoSo"] = "ai đó"


def tell_again(portal: Portal) -> None:
    """Let the portal hold an entry twice, though nobody sent it twice."""
    portal.shelf.add(next(iter(portal.state()["progress"].values()))[0])


def turn_back(portal: Portal) -> None:
    """Let an older snapshot come after a newer one."""
    state = portal.state()
    code = next(code for code, history in state["history"].items() if len(set(history)) > 1)
    state["history"][code].append(state["history"][code][0])


async def test_untouched_portal_is_sound() -> None:
    """Where nobody meddles the account is sound, and the figures that it rests on are there."""
    account = await play(SHORT, Meddler(nothing))
    assert account.sound
    assert account.figures["accepted"] == account.figures["messages"] > 50


@pytest.mark.parametrize(
    ("meddle", "matches"), [(forget_all, False), (change_one, False), (tell_again, True), (turn_back, True)]
)
async def test_meddled_portal_is_not_sound(meddle: Callable[[Portal], None], matches: bool) -> None:
    """What is missing, changed, told twice for no reason, or came out of order, is found."""
    account = await play(SHORT, Meddler(meddle))
    assert not account.sound
    assert account.differences
    assert account.figures["portal_matches"] is matches


async def test_portal_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any progress the end is not waited for, and what is left counts as waiting."""
    monkeypatch.setattr(Plan, "portal_faults", lambda *_: Faults(http_503=1.0))
    account = await play(replace(SHORT, patience=1.0), Meddler(nothing))
    assert not account.sound
    assert account.figures["waiting"] + account.figures["parked"] == account.figures["accepted"] > 50


# --- the ledger -----------------------------------------------------------------------------------------


def row(state: str, **more: Any) -> dict[str, Any]:
    """Return a delivery as the journal tells of it."""
    plain = {
        "state": state,
        "type": "dossier.v1",
        "attempt": 1,
        "subject": "H44.11-260131-0001",
        "cause": None,
        "fields": [],
        "superseded_by": None,
        "resend_of": None,
        "created_at": "2026-01-31T08:00:00.000+07:00",
        "changed_at": "2026-01-31T08:00:01.500+07:00",
    }
    return plain | more


@pytest.mark.parametrize(
    ("entered", "part"),
    [
        (row("delivered"), "delivered"),
        (row("refused", fields=["SoDienThoai"]), "refused"),
        (row("refused", fields=["SoDienThoai"], superseded_by=7), "refused"),
        (row("exhausted"), "dead"),
        (row("expired"), "dead"),
        (row("exhausted", superseded_by=7), "superseded"),
        (row("superseded", superseded_by=7), "superseded"),
        (row("cancelled"), "superseded"),
        (row("put off"), "waiting"),
        (row("sending"), "waiting"),
        (row("parked"), "parked"),
        (row("held"), "held"),
    ],
)
def test_each_delivery_is_one_part(entered: dict[str, Any], part: str) -> None:
    """Each delivery is entered as exactly one part, and only superseded ones are not among the accepted."""
    ledger = Ledger(messages=1)
    ledger.enter(entered, frozenset({"SoDienThoai"}))
    assert ledger.parts == {part: 1}
    assert ledger.accepted == (part != "superseded")
    assert ledger.lost == 0
    assert ledger.unplanned == []


def test_refusal_that_was_not_planned_is_found() -> None:
    """A refusal for another field than the portal was told to refuse is a difference."""
    ledger = Ledger()
    ledger.enter(
        row("refused", fields=["TrichYeuHoSo"], cause="portal-field-missing"), frozenset({"SoDienThoai"})
    )
    ledger.enter(row("refused"), frozenset())
    assert len(ledger.unplanned) == 2


def test_message_without_a_delivery_is_lost() -> None:
    """A message without a delivery is lost; a resend of one that was delivered stands for no other."""
    ledger = Ledger(messages=2)
    ledger.enter(row("delivered"), frozenset())
    ledger.enter(row("delivered", resend_of=1), frozenset())
    assert ledger.lost == 1
    assert ledger.spans == [1500.0]


def test_figures_add_up_while_it_plays() -> None:
    """What is accepted is what has ended, but for the superseded, and what is still moving or held."""
    figures = Figures({"delivered": 5, "refused": 1, "superseded": 2, "put off": 3, "parked": 1, "held": 1})
    assert (figures.accepted, figures.moving, figures.settled, figures.dead) == (11, 4, 8, 0)


def test_entries_are_counted_once_in_the_order_they_first_came() -> None:
    """A repeated entry keeps its first place and is counted."""
    one, other = {"MaHoSo": "a", "NoiDungXuLy": "1"}, {"MaHoSo": "a", "NoiDungXuLy": "2"}
    assert each_once({"a": [one, other, one]}) == ({"a": [one, other]}, 1)


def test_percentile_is_a_value_that_was_seen() -> None:
    """A percentile is one of the values, also of few; of none it is 0."""
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert percentile([3.0, 1.0, 2.0], 0.99) == 3.0
    assert percentile([], 0.5) == 0.0
