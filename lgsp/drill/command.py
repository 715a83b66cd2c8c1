"""Running a drill from the command line: each fault as it begins, and what came of it all."""

from __future__ import annotations

import shutil
import signal
import sys
import time
from pathlib import Path
from typing import Any

import orjson
import uvloop

from lgsp import logs
from lgsp.drill.faults import FAULTS, Fault
from lgsp.drill.play import Account, Course, Tell, play
from lgsp.drill.stage import Plan
from lgsp.errors import ConfigError
from lgsp.testing.servers.postgres import postgres_folder
from lgsp.testing.servers.rabbitmq import rabbitmq_folder

_WORDS = {
    "begins": "sự cố (fault)",
    "missed": "KHÔNG XẢY RA NHƯ Ý (missed)",
    "draining": "hết sự cố, chờ chuyển hết (draining)",
    "judging": "đối chiếu (judging)",
}
_SHOWN = 50


def exercise(plan: Plan, course: Course, *, json: bool) -> bool:
    """Play a drill and tell what came of it; return whether nothing was breached.

    Raises:
        ConfigError: a server is not installed, or a fault has no such name.
    """
    _possible(course)
    logs.set_up("ERROR")
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    account = uvloop.run(play(plan, course, _teller(json=json)))
    if account.sound:
        shutil.rmtree(account.folder, ignore_errors=True)
    else:
        (Path(account.folder) / "verdict.json").write_bytes(orjson.dumps(told(account)))
    sys.stdout.write(orjson.dumps(told(account)).decode() + "\n" if json else in_words(account))
    return account.sound


def faults_in_words() -> str:
    """Return every fault with what it does, a line each."""
    return "".join(f"{fault.name:22} {fault.told}\n" for fault in FAULTS)


def _possible(course: Course) -> None:
    unknown = sorted(set(course.only) - {fault.name for fault in FAULTS})
    faults = [f"--only {name}: there is no such fault; --list shows them" for name in unknown]
    if postgres_folder() is None or rabbitmq_folder() is None:
        faults.append("postgresql and rabbitmq-server are not installed; scripts/servers installs them")
    if faults:
        raise ConfigError(faults)


def _teller(*, json: bool) -> Tell:
    began = time.monotonic()

    def tell(word: str, fault: Fault | None) -> None:
        if not json:
            what = f"  {fault.name}: {fault.told}" if fault else ""
            sys.stdout.write(f"{time.monotonic() - began:6.0f} s  {_WORDS[word]}{what}\n")
            sys.stdout.flush()

    return tell


def told(account: Account) -> dict[str, Any]:
    """Return an account as one JSON document."""
    return {
        "sound": account.sound,
        "seed": account.plan.seed,
        "seconds": round(account.seconds, 1),
        "faults": dict(sorted(account.played.items())),
        "missed": account.missed,
        "violations": [one._asdict() for one in account.verdict.violations],
        "explained_duplicates": dict(account.verdict.explained),
        "figures": account.verdict.figures,
        "folder": "" if account.sound else account.folder,
    }


def in_words(account: Account) -> str:
    """Return an account for people."""
    verdict = account.verdict
    lines = [
        f"seed {account.plan.seed}, {account.seconds:.0f} s, {account.played.total()} sự cố (fault)",
        *(f"  {name}: {value}" for name, value in verdict.figures.items()),
        f"  trùng có giải thích (explained duplicates): {dict(verdict.explained)}",
        *(f"không xảy ra như ý (missed): {reason}" for reason in account.missed),
        *(f"VI PHẠM (violation) {rule}: {what}" for rule, what in verdict.violations[:_SHOWN]),
    ]
    lines.append(
        "Không mất, không sai thứ tự, không trùng vô cớ. (Nothing lost, reordered or doubled for no reason.)"
        if account.sound
        else f"Xem (look at): {account.folder}"
    )
    return "\n".join(lines) + "\n"
