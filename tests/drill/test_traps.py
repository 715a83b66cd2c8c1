"""A process dies exactly where it was told to: the traps around journal and broker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from lgsp.broker.embedded import EmbeddedBroker
from lgsp.drill.traps import STEPS, Trap, TrappedBroker, TrappedJournal
from lgsp.errors import ConfigError
from lgsp.journal import sweeping
from lgsp.journal.contract import Journal
from lgsp.journal.sqlite import SqliteJournal
from lgsp.journal.turns import Frame
from lgsp.testing.making import POLICIES, SYSTEM, arrival, dossier, outcome


class SprungError(Exception):
    """The trap has sprung."""


def spring() -> None:
    """Do as a killed process does, as far as a test can: nothing more happens."""
    raise SprungError("the trap has sprung")


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[Journal]:
    """Lend an empty journal."""
    made = await SqliteJournal.open(tmp_path / "journal.db")
    yield made
    await made.close()


async def test_a_trap_springs_when_its_step_is_passed_for_the_nth_time() -> None:
    """Not before, and at no other step."""
    trap = Trap("claimed", 2, spring)
    trap.passed("claimed")
    trap.passed("told")
    with pytest.raises(SprungError):
        trap.passed("claimed")


@pytest.mark.parametrize("given", ["nowhere:1", "claimed", "claimed:", "claimed:x", "claimed:-1"])
def test_a_step_that_does_not_exist_is_a_fault_of_the_caller(given: str) -> None:
    """A drill that never springs would prove nothing."""
    with pytest.raises(ConfigError):
        Trap.read({"LGSP_CRASH_AT": given})


def test_without_a_word_nothing_springs() -> None:
    """The variable is empty in every process that is not to die."""
    assert Trap.read({}) == Trap.read({"LGSP_CRASH_AT": ""}) == Trap("", 0)
    assert Trap.read({"LGSP_CRASH_AT": "told:7"}) == Trap("told", 7)


async def sprung_at(journal: Journal, step: str) -> str:
    """Walk one message until the trap springs; return what the journal says of it by then."""
    trap = Trap(step, 1, spring)
    trapped, broker = TrappedJournal(journal, trap), TrappedBroker(EmbeddedBroker(), trap)
    with suppress(SprungError):
        await broker.declare([SYSTEM])
        taken = await trapped.accept(arrival(dossier()))
        broker.publish(taken.frames)
        (frame,) = await broker.take(SYSTEM, 1)
        (claim,) = await trapped.claim([frame], 1)
        broker.done([frame])
        await trapped.settle(outcome(claim))
    await broker.close()
    found = await journal.read(
        lambda tx: tx.rows("SELECT state FROM deliveries") or tx.rows("SELECT state FROM history")
    )
    return {None: "nothing", 2: "ready", 3: "sending", 10: "delivered"}[found[0][0] if found else None]


@pytest.mark.parametrize(
    ("step", "stands"),
    [
        ("judged", "nothing"), ("accepted", "ready"), ("published", "ready"), ("taken", "ready"),
        ("claimed", "sending"), ("acknowledged", "sending"), ("told", "sending"), ("settled", "delivered"),
    ],
)  # fmt: skip
async def test_each_step_of_the_walk_is_where_its_name_says(journal: Journal, step: str, stands: str) -> None:
    """What is committed when a process dies at a step, and what is not."""
    assert step in STEPS
    assert await sprung_at(journal, step) == stands


@pytest.mark.parametrize("step", ["deciding", "decided", "recovering"])
async def test_an_act_of_the_clock_is_left_uncommitted_or_committed(journal: Journal, step: str) -> None:
    """`deciding` and `recovering` lie before the commit, `decided` behind it."""
    taken = await journal.accept(arrival(dossier()))
    await journal.claim(taken.frames, 1)
    trapped = TrappedJournal(journal, Trap(step, 1, spring))
    with pytest.raises(Exception, match="sprung"):
        await trapped.write(lambda tx: sweeping.recover(tx, 2, POLICIES))
    ((state,),) = await journal.read(lambda tx: tx.rows("SELECT state FROM deliveries"))
    assert state == (4 if step == "decided" else 3)


async def test_recovering_is_passed_only_where_something_lapses(journal: Journal) -> None:
    """An act that lapses nothing is no recovery."""
    trapped = TrappedJournal(journal, Trap("recovering", 1, spring))
    assert await trapped.write(lambda tx: sweeping.recover(tx, 2, POLICIES)) == 0


async def test_what_is_no_step_goes_through_untouched(journal: Journal) -> None:
    """The wrappers add nothing but the traps."""
    broker = TrappedBroker(EmbeddedBroker(), Trap())
    trapped = TrappedJournal(journal, Trap())
    await broker.declare([SYSTEM])
    broker.publish([Frame(SYSTEM, 1, 1), Frame(SYSTEM, 2, 1)])
    assert broker.depth(SYSTEM) == 2
    frames = await broker.take(SYSTEM, 5)
    broker.reject(frames[:1])
    broker.done(frames[1:])
    assert broker.lost() == []
    assert broker.standing().well
    assert await trapped.read(lambda tx: tx.rows("SELECT 1")) == [(1,)]
    await trapped.tend()
    await broker.close()


def test_a_process_in_a_trap_is_killed_and_says_nothing() -> None:
    """It is gone as in a power cut: no handler of its own runs."""
    words = "import atexit; atexit.register(print, 'farewell')\nfrom lgsp.drill.traps import Trap\n"
    words += "import os; trap = Trap.read(os.environ)\n[trap.passed('told') for _ in range(3)]"
    done = subprocess.run(
        [sys.executable, "-c", words],
        env=os.environ | {"LGSP_CRASH_AT": "told:3"},
        capture_output=True,
        check=False,
        timeout=30,
    )
    assert (done.returncode, done.stdout) == (-signal.SIGKILL, b"")
