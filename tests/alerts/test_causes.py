"""Alerts say what is so in the words of the catalogue, and in those of operators."""

from __future__ import annotations

from typing import Any

import pytest

from lgsp.alerts.facts import Eye
from lgsp.alerts.letter import explained
from lgsp.alerts.rules import shared
from lgsp.alerts.wording import say
from lgsp.domain.cause import Cause, Party
from lgsp.journal import naming
from lgsp.journal.states import State
from lgsp.limits import Alerts
from lgsp.testing.making import dossier
from tests.alerts.world import World

LOCKED = Cause("portal-locked", "Cổng khóa hồ sơ", "It is locked", Party.MINISTRY, "Mở khóa.", "Unlock it.")


async def test_what_an_operator_named_is_told_in_the_operators_words(here: World) -> None:
    """A cause that no catalogue is built with has its text and mend in the letter, in both languages."""
    await here.scene.tell(dossier("K1"))
    claim = await here.scene.one()
    await here.scene.settle(claim, State.EXHAUSTED, cause="uncatalogued", answer="200:a")
    (row,) = await here.scene.journal.read(naming.unnamed)
    named = await here.scene.act(lambda tx: naming.name(tx, row["id"], LOCKED.code, LOCKED, "operator"))
    await here.scene.act(lambda tx: naming.relabel(tx, named))
    facts = await here.scene.journal.read(Eye(Alerts().rules).look)
    (one,) = [one for one in shared(facts, Alerts(), ()) if one.rule == "dead"]
    vi, en = (say("dead", one.subject, one.facts, lang) for lang in ("vi", "en"))
    assert ("Cổng khóa hồ sơ [portal-locked]" in vi.text, "Mở khóa." in vi.mend) == (True, True)
    assert ("It is locked [portal-locked]" in en.text, "Unlock it." in en.mend) == (True, True)


@pytest.mark.parametrize(
    ("lang", "words"), [("vi", "Dữ liệu không hợp lệ"), ("en", "The data are not valid")]
)
def test_codes_of_quarantine_are_told_in_words(lang: str, words: str) -> None:
    """What was turned away is told by what it means, the code beside it."""
    facts: dict[str, Any] = {"source": "desk", "count": 3, "codes": ["invalid"], "within": 3600.0}
    assert f"{words} [invalid]" in say("quarantine", "desk", facts, lang).text


def test_a_letter_holds_both() -> None:
    """An alert as programs read it has its words beside its facts."""
    facts = {"system": "portal", "cause": "http-503", "count": 2, "within": 60.0}
    told = explained({"rule": "dead", "subject": "s", "facts": facts, "since": None, "ended_at": None})
    assert told["vi"]["text"] != told["en"]["text"]
