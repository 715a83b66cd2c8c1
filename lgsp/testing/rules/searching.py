"""Rules of searching messages: whatever filters are put together, all that matches is found, and once."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime
from itertools import product
from typing import Any

import pytest

from lgsp.journal import choosing, searching
from lgsp.journal.retelling import moment_of
from lgsp.journal.searching import Page, Sought, search
from lgsp.journal.states import DEAD, State
from lgsp.message import Finding
from lgsp.testing.letters import LETTER, letter, telling
from lgsp.testing.making import DOSSIER, OTHER, PROGRESS, SECOND, SOURCE, SYSTEM, dossier, progress, unrouted
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.scene import Scene

AGENCIES = ("H44", "H44.11", "H44.11.02", "H44.110", "000.00.11.H44", "G22.3", "")
FATES = (State.DELIVERED, State.REFUSED, State.EXHAUSTED, State.HELD, State.PUT_OFF, None)


async def found(scene: Scene, sought: Sought, **more: Any) -> Page:
    """Search."""
    return await scene.journal.read(lambda tx: search(tx, sought, **more))


async def subjects(scene: Scene, **sought: Any) -> list[str]:
    """Return the subjects of what is found, newest first."""
    return [one["subject"] for one in (await found(scene, Sought(**sought))).messages]


async def crowd(scene: Scene, seed: int) -> None:
    """Tell messages of all sorts, with deliveries in most states, in the same way for a seed."""
    dice = random.Random(seed)
    for number in range(60):
        key, to = f"K{number // 3}", dice.choice([(SYSTEM,), (OTHER,), (SYSTEM, OTHER)])
        offer = dice.choice([dossier, progress])(key, number, *to)
        offer.message.agency = dice.choice(AGENCIES)
        if dice.random() < 0.2:
            offer.message.findings = [Finding(dice.choice(["odd", "odder"]), "")]
        await scene.told(unrouted(offer) if dice.random() < 0.1 else offer)
        scene.clock.move(dice.choice([0, 1, 60]))
        for claim in await scene.claim():
            fate = dice.choice(FATES)
            if fate is not None:
                await scene.settle(
                    claim, fate, cause="" if fate is State.DELIVERED else dice.choice(["a", "b"])
                )


def combinations(first: int, last: int) -> list[Sought]:
    """Return filters of every kind, alone and in pairs of kinds."""
    kinds: list[list[dict[str, Any]]] = [
        [
            {"agencies": ["H44.11"]},
            {"agencies": ["000.00.11.H44"], "alone": True},
            {"agencies": ["G22", "H44"]},
        ],
        [{"type": DOSSIER}, {"type": PROGRESS}, {"type": "none.v1"}],
        [{"source": SOURCE}, {"source": "nobody"}],
        [{"system": SYSTEM}, {"system": OTHER}],
        [{"states": frozenset({state})} for state in State] + [{"states": DEAD}],
        [{"cause": "a"}, {"cause": "never"}],
        [{"finding": "*"}, {"finding": "odder"}],
        [{"unrouted": True}],
        [{"since": first + (last - first) // 3}, {"until": (first + last) // 2}],
        [{"code": "K3"}],
    ]  # fmt: skip
    pairs = [
        one | other
        for n, kind in enumerate(kinds)
        for rest in kinds[n + 1 :]
        for one, other in product(kind, rest)
    ]
    return [Sought(**one) for one in [{}, *(one for kind in kinds for one in kind), *pairs]]


def matches(sought: Sought, one: dict[str, Any], at: int) -> bool:
    """Tell whether a message matches, as anybody would judge it who looks at the message alone."""
    states = {state.word for state in sought.states}
    ways = [
        way
        for way in one["deliveries"]
        if sought.system in ("", way["system"])
        and sought.cause in ("", way["cause"])
        and (not states or way["state"] in states)
    ]
    codes = {finding["code"] for finding in one["findings"]}
    return all(
        (
            not sought.agencies
            or any(_belongs(one["agency"], code, sought.alone) for code in sought.agencies),
            sought.type in ("", one["type"]),
            sought.source in ("", one["source"]),
            sought.code in ("", one["partitionkey"]),
            ways or not (sought.system or sought.cause or states),
            not sought.finding or (codes if sought.finding == "*" else sought.finding in codes),
            one["unrouted"] or not sought.unrouted,
            sought.since is None or at >= sought.since,
            sought.until is None or at < sought.until,
        )
    )


def _belongs(agency: str, code: str, alone: bool) -> bool:
    own, top = (text.replace("000.00.11.H44", "H44.11") for text in (agency, code))
    return own == top or (not alone and own.startswith(f"{top}."))


class SearchRules(JournalRules):
    """People find what is there, whatever they know of it, and pages leave nothing out."""

    async def test_all_that_matches_is_found_and_nothing_else(self, scene: Scene) -> None:
        """Each filter alone and in pairs finds what a look at every message finds, the newest first."""
        await crowd(scene, 7)
        everything = (await found(scene, Sought(), limit=1000)).messages
        times = {one["seq"]: _micros(one["accepted_at"]) for one in everything}
        assert len(times) == 60
        for sought in combinations(min(times.values()), max(times.values())):
            wanted = [one["seq"] for one in everything if matches(sought, one, times[one["seq"]])]
            page = await found(scene, sought)
            assert ([one["seq"] for one in page.messages], page.older) == (wanted, None), sought

    @pytest.mark.parametrize(
        "sought", [Sought(), Sought(system=SYSTEM), Sought(agencies=["H44"]), Sought(type=DOSSIER)]
    )
    async def test_pages_lead_to_the_end_and_back(self, scene: Scene, sought: Sought) -> None:
        """Older and older until there is none, and the same pages the other way; nothing is left out."""
        await crowd(scene, 8)
        whole = [one["seq"] for one in (await found(scene, sought, limit=1000)).messages]
        page = await found(scene, sought, limit=7)
        assert page.newer is None
        forth = [page]
        while page.older is not None:
            page = await found(scene, sought, behind=page.older, limit=7)
            forth.append(page)
        assert [one["seq"] for page in forth for one in page.messages] == whole
        back = [forth[-1]]
        while back[-1].newer is not None:
            back.append(await found(scene, sought, behind=back[-1].newer, down=False, limit=7))
        assert [one["seq"] for page in reversed(back) for one in page.messages] == whole

    async def test_what_is_rare_is_looked_for_in_stretches(
        self, scene: Scene, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A page looks at so many messages; it says how far it came, and the next one goes on from there."""
        monkeypatch.setattr(searching, "LOOKED", 8)
        monkeypatch.setattr(searching, "FIRST", 2)
        await crowd(scene, 9)
        sought = Sought(finding="odder", type=DOSSIER, system=SYSTEM)
        monkeypatch.setattr(searching, "sparsest", _all_there_is)
        whole: list[int] = []
        behind, stretches = None, 0
        while behind is not None or not stretches:
            page = await found(scene, sought, behind=behind, limit=2)
            whole += [one["seq"] for one in page.messages]
            assert (page.reached is None) or page.older is not None
            behind, stretches = page.older, stretches + 1
        monkeypatch.undo()
        assert whole == [one["seq"] for one in (await found(scene, sought)).messages]
        assert stretches > 60 // 16

    async def test_a_document_is_found_with_all_that_was_told_of_it(self, scene: Scene) -> None:
        """By its id, by number and notation however written, and by the id of the message."""
        receipt = await scene.deliver(letter())
        await scene.tell(telling("03", moment_of(scene.clock.now)), source=SYSTEM)
        for code in (LETTER, "000.00.00.H37,2026/03/05,15/UBND-VP", "15/UBND-VP", " 15 / ubnd-vp "):
            assert await subjects(scene, code=code) == [LETTER, LETTER], code
        assert await subjects(scene, code=str(receipt.id)) == [LETTER]
        assert await subjects(scene, code="16/UBND-VP") == []

    async def test_there_is_what_occurs_to_choose_from(self, scene: Scene) -> None:
        """Sources, types, systems, causes and findings of what is there; agencies by how codes begin."""
        await crowd(scene, 7)
        choices = await scene.journal.read(choosing.choices)
        assert choices.sources == [SOURCE]
        assert set(choices.types) == {DOSSIER, PROGRESS}
        assert set(choices.systems) == {SYSTEM, OTHER}
        assert {"a", "b"} <= set(choices.causes)
        assert choices.findings == ["odd", "odder"]
        assert await scene.journal.read(lambda tx: choosing.beginning(tx, "h44.1", 9)) == [
            "H44.11",
            "H44.11.02",
            "H44.110",
        ]

    async def test_a_step_of_the_clock_loses_nobody(self, scene: Scene) -> None:
        """What was taken on within a second of a bound is on its right side."""
        await scene.told(dossier("K1"))
        scene.clock.move(1)
        middle = scene.clock.now
        await scene.told(dossier("K2"))
        assert await subjects(scene, since=middle) == ["K2"]
        assert await subjects(scene, until=middle) == ["K1"]
        assert await subjects(scene, since=middle - SECOND, until=middle + 1) == ["K2", "K1"]
        assert await subjects(scene, since=middle + 60 * SECOND) == []


def _micros(moment: str) -> int:
    return round(datetime.fromisoformat(moment).timestamp() * SECOND)


def _all_there_is(tx: Any, ways: Sequence[Any], span: Any, count: int) -> Any:
    return ways[-1], ways[-1].draw(tx, span, count)
