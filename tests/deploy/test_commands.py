"""`lgsp restored` and `lgsp compare` as an operator types them, on a journal in a file."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from lgsp.journal import leasing
from lgsp.journal.sqlite import SqliteJournal
from lgsp.testing.making import SYSTEM, arrival, dossier
from tests.cli.processes import environment, lgsp


async def told(state: Path, *bodies: str) -> dict[str, leasing.Stand]:
    """Tell versions of a dossier while nothing runs; return what is recorded of the systems."""
    journal = await SqliteJournal.open(state / "journal.db")
    for body in bodies:
        await journal.accept(arrival(dossier("H44-1", body)))
    stands = await journal.read(leasing.stands)
    await journal.close()
    return stands


def test_without_yes_nothing_is_frozen(tmp_path: Path) -> None:
    """Typed by mistake it says what it would do, changes nothing, and its exit code says no."""
    asyncio.run(told(tmp_path, "A"))
    said = lgsp(environment(tmp_path), "restored")
    assert (said.returncode, said.stdout) == (1, "")
    assert "--yes" in said.stderr
    assert asyncio.run(told(tmp_path)) == {}


def test_freezing_names_the_systems_and_until_when_the_journal_knows(tmp_path: Path) -> None:
    """Systems of the home, of open deliveries and those that are named are paused; the sources hear since when."""
    asyncio.run(told(tmp_path, "A"))
    said = lgsp(environment(tmp_path), "restored", "--yes", "--system", "archive", "--json")
    frozen = json.loads(said.stdout)
    home = ["dms", "document-axis", "national-portal", "national-reporting", "one-stop", "reporting"]
    asked = ["ngsp", "population-db"]
    assert frozen["systems"] == sorted(["archive", *home, *asked, SYSTEM])
    assert (frozen["doubtful"], frozen["backup_ends_at"][-6:]) == (1, "+07:00")
    stands = asyncio.run(told(tmp_path))
    assert {(one.state, one.cause) for one in stands.values()} == {("paused", "restored")}


def test_comparing_shows_each_delivery_in_words(tmp_path: Path) -> None:
    """Vietnamese first: how many of each kind, and which."""
    asyncio.run(told(tmp_path, "A"))
    lgsp(environment(tmp_path), "restored", "--yes")
    asyncio.run(told(tmp_path, "B"))
    said = lgsp(environment(tmp_path), "compare", "--system", SYSTEM)
    assert said.returncode == 0, said.stderr
    assert "nguồn đã gửi bản mới hơn" in said.stdout
    row = next(line for line in said.stdout.splitlines() if "H44-1" in line)
    assert "sẵn sàng chuyển (ready)" in row
    assert "newer" in row


def test_holding_says_how_many_were_held(tmp_path: Path) -> None:
    """Whose source has not spoken is held, and asking twice holds it once."""
    asyncio.run(told(tmp_path, "A"))
    lgsp(environment(tmp_path), "restored", "--yes")
    held = [
        json.loads(lgsp(environment(tmp_path), "compare", "--system", SYSTEM, "--hold", "--json").stdout)
        for _ in range(2)
    ]
    assert [one["held"] for one in held] == [1, 0]
    assert [one["deliveries"][0]["state"] for one in held] == ["held", "held"]


def test_a_journal_that_was_never_restored_has_nothing_to_compare(tmp_path: Path) -> None:
    """It says so, and its exit code says no."""
    asyncio.run(told(tmp_path, "A"))
    said = lgsp(environment(tmp_path), "compare", "--system", SYSTEM)
    assert said.returncode == 1
    assert "nothing was restored" in said.stderr
