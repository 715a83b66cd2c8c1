"""Generating a province's one-stop traffic from a seed, and saying what must have arrived in the end."""

from __future__ import annotations

import math
import random
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from lgsp.message import VIETNAM
from lgsp.sandbox import province
from lgsp.sandbox.compare import digest
from lgsp.sandbox.life import REFUSED_PHONE, Life, Plan, Step, working_time

_MONDAY = datetime(2026, 1, 5, 7, 30, tzinfo=VIETNAM)
_BETWEEN_DOSSIERS = timedelta(seconds=10)
_STUBBORN = 0.4
_OLD_FORM_DIGITS = 2


@dataclass(slots=True, frozen=True)
class Shares:
    """How often the odd things happen, each a share between 0 and 1.

    Attributes:
        repeats: of steps: something that was told is told again.
        early_progress: of dossiers: its first progress entry is told before it.
        refused: of dossiers: the portal is told to refuse it for its phone number. Most are corrected when
            `correct` is called; the rest stay refused and tell no progress.
        old_form: of dossiers of offices that have one: the code is in the agency's old form.
    """

    repeats: float = 0.02
    early_progress: float = 0.05
    refused: float = 0.0
    old_form: float = 0.1


@dataclass(slots=True, eq=False)
class _Open:
    """A life being told: what comes next, and what was told of it."""

    life: Life
    next: Iterator[Step]
    held_back: deque[Step] = field(default_factory=deque)
    last: Step | None = None
    snapshots: list[Step] = field(default_factory=list)
    entries: list[Step] = field(default_factory=list)


class Traffic:
    """An endless, seeded stream of steps: many dossiers' lives, interleaved.

    The same seed and the same calls give the same steps. What is told of one dossier comes in the order of
    its life, except that its first progress entry may come before it, and that its newest snapshot or any of
    its entries may be told again.

    Args:
        seed: of every choice.
        agency: the province's code; offices are below it.
        shares: how often the odd things happen.
        crowd: how many dossiers are alive at once.
        remember: keep what was told, which `expected`, `told` and `correct` need; without it memory is flat.
    """

    def __init__(
        self,
        seed: int = 0,
        agency: str = "H44",
        *,
        shares: Shares | None = None,
        crowd: int = 40,
        remember: bool = True,
    ) -> None:
        self._dice = random.Random(seed)
        self._agency = agency
        self._shares = shares or Shares()
        self._remember = remember
        self._now = _MONDAY
        self._serials: dict[str, int] = {}
        self._crowd: list[_Open] = []
        self._size = crowd
        self._all: dict[str, _Open] = {}
        self._owing: dict[str, _Open] = {}
        self._room = math.inf
        self._spoilt: set[str] = set()

    @property
    def refusals(self) -> dict[str, Any]:
        """What the stand-in portal must be told to refuse (`refuse_fields`), so that the plan comes true."""
        return {"SoDienThoai": {"equals": REFUSED_PHONE}} if self._shares.refused else {}

    @property
    def awaited(self) -> frozenset[str]:
        """Dossiers that were told and will have been refused, until the office corrects them."""
        return frozenset(self._spoilt)

    def __iter__(self) -> Iterator[Step]:
        while True:
            yield self._step()

    def take(self, n: int) -> Iterator[Step]:
        """Yield n steps, the last of which are what is owed: no progress stays without its dossier."""
        for told in range(n):
            self._room = n - told - len(self._owing)
            if self._room > 0:
                yield self._step()
            else:
                one = next(iter(self._owing.values()))
                yield self._tell(one, one.held_back.popleft())
        self._room = math.inf

    def correct(self, code: str) -> Step | None:
        """Return the corrected snapshot of a refused dossier, or None when the office leaves it as it is."""
        if code not in self._spoilt:
            return None
        one = self._all[code]
        return self._tell(one, one.life.correct())

    def expected(self) -> dict[str, dict[str, Any]]:
        """Return what the portal must hold when all that was told has been delivered.

        `{"dossiers": {MaHoSo: last item}, "progress": {MaHoSo: [items, in the order they were told first]}}`;
        dossiers that are still refused are left out, and so is their progress.
        """
        held = {code: one for code, one in self._all.items() if self._arrives(one)}
        return {
            "dossiers": {code: one.last.item for code, one in held.items() if one.last},
            "progress": {code: [s.item for s in one.entries] for code, one in held.items() if one.entries},
        }

    def database(self) -> dict[str, tuple[dict[str, Any], list[dict[str, Any]]]]:
        """Return what the one-stop itself holds of what it told: each last item, and its progress entries."""
        return {
            code: (one.last.item, [step.item for step in one.entries])
            for code, one in self._all.items()
            if one.last is not None
        }

    def told(self) -> dict[str, list[str]]:
        """Return the digests of every dossier's snapshots, in the order they were told first."""
        return {code: [digest(s.item) for s in one.snapshots] for code, one in self._all.items()}

    def _arrives(self, one: _Open) -> bool:
        return one.life.plan is not Plan.STUBBORN and one.life.code not in self._spoilt

    def _step(self) -> Step:
        if self._crowd and self._dice.random() < self._shares.repeats:
            again = self._again(self._dice.choice(self._crowd))
            if again is not None:
                return again
        while True:
            one = self._somebody()
            if one.held_back:
                return self._tell(one, one.held_back.popleft())
            step = next(one.next, None)
            if step is not None:
                return self._tell(one, step)
            self._crowd.remove(one)

    def _again(self, one: _Open) -> Step | None:
        """Return something that was told: the newest snapshot or any entry."""
        if one.last is not None and (not one.entries or self._dice.random() < 0.5):  # noqa: PLR2004 - a coin
            return one.last
        return self._dice.choice(one.entries) if one.entries else None

    def _tell(self, one: _Open, step: Step) -> Step:
        """Write down that a step is told now."""
        if step.kind == "progress":
            one.entries.append(step)
            return step
        one.last = step
        one.snapshots.append(step)
        code = step.code
        self._owing.pop(code, None)
        if step.item["SoDienThoai"] != REFUSED_PHONE:
            self._spoilt.discard(code)
        elif one.life.plan is Plan.MENDED:
            self._spoilt.add(code)
        return step

    def _somebody(self) -> _Open:
        if len(self._crowd) < self._size:
            self._crowd.append(self._born())
            return self._crowd[-1]
        return self._dice.choice(self._crowd)

    def _born(self) -> _Open:
        self._now = working_time(self._now + _BETWEEN_DOSSIERS)
        group, office = self._dice.choice(province.OFFICES)
        life = Life(self._dice, self._code(group), office, self._now, self._plan())
        one = _Open(life, self._story(life))
        if self._remember:
            self._all[life.code] = one
        if self._dice.random() < self._shares.early_progress and self._room > 1:
            self._swap(one)
        return one

    def _story(self, life: Life) -> Iterator[Step]:
        if life.plan is Plan.STUBBORN:
            return (step for step in life.story() if step.kind == "dossier")
        return life.story()

    def _swap(self, one: _Open) -> None:
        """Let the first progress entry come before the dossier, where that is how the story starts."""
        first, second = next(one.next), next(one.next)
        if second.kind == "progress":
            first, second = second, first
            self._owing[one.life.code] = one
        one.held_back.extend((first, second))

    def _plan(self) -> Plan:
        if self._dice.random() >= self._shares.refused:
            return Plan.SOUND
        return Plan.STUBBORN if self._dice.random() < _STUBBORN else Plan.MENDED

    def _code(self, group: str) -> str:
        agency = f"{self._agency}.{group}"
        if len(group) == _OLD_FORM_DIGITS and self._dice.random() < self._shares.old_form:
            agency = f"000.00.{group}.{self._agency}"
        unit = f"{group}-{self._now:%y%m%d}"
        self._serials[unit] = serial = self._serials.get(unit, 0) + 1
        return f"{agency}-{self._now:%y%m%d}-{serial:04}"


__all__ = ["Shares", "Step", "Traffic"]
