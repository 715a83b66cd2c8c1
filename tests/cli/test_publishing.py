"""`lgsp publish` where routes go back to the shadow: what is open is counted, and left only when that is said."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from lgsp import ground
from lgsp.cli import publishing
from lgsp.journal import acting
from lgsp.routes import parse_routes
from lgsp.settings import read_settings
from tests.core.beside import SHADOW, Beside, beside
from tests.core.far_side import FarSide
from tests.core.rig import ROUTES, dossier

pytestmark = pytest.mark.asyncio


class Left:
    """The journal of a test, which stays open."""

    def __init__(self, one: Beside) -> None:
        self.read = one.journal.read
        self.write = one.journal.write

    async def close(self) -> None:
        """Stay open."""


@asynccontextmanager
async def opened(folder: Path, patch: pytest.MonkeyPatch) -> AsyncIterator[Beside]:
    """Open a gateway with a dossier that waits, by live routes of version 1."""
    async with beside(folder, live=True) as one:

        async def journal(_: Any) -> Left:
            return Left(one)

        patch.setattr(ground, "open_journal", journal)
        # the adapters of this home are the test's own, and lie in no folder
        patch.setattr("lgsp.publishing.adapter_class", lambda _: FarSide)
        await one.journal.write(lambda tx: acting.publish(tx, ROUTES, "test"))
        await one.told(dossier())
        yield one


async def published(folder: Path, text: str, *, yes: bool = True, leave_open: bool = False) -> dict[str, Any]:
    """Publish a text as the command does."""
    settings = read_settings({"LGSP_STATE": str(folder)})
    return await publishing._publish(settings, parse_routes(text), "test", yes=yes, leave_open=leave_open)


async def test_what_is_open_is_counted_and_left_only_when_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row 215: shown with the difference, refused without a word, published with one."""
    async with opened(tmp_path, monkeypatch):
        open_ = [{"system": "portal", "queued": 1, "on_its_way": 0, "in_doubt": 0, "more": False}]
        for yes in (False, True):
            told = await published(tmp_path, SHADOW, yes=yes)
            assert (told["published"], told["version"], told["open"]) == (False, 1, open_)
        told = await published(tmp_path, SHADOW, leave_open=True)
        assert (told["published"], told["version"]) == (True, 2)


async def test_what_stays_ours_needs_no_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Live routes that change otherwise are published as before."""
    async with opened(tmp_path, monkeypatch):
        told = await published(tmp_path, f"{ROUTES}\n# another\n")
        assert (told["published"], told["open"]) == (True, [])


async def test_it_is_told_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    """How many wait, how many are in doubt and on their way, and what to say."""
    one = {"system": "portal", "queued": 7, "on_its_way": 2, "in_doubt": 3, "more": True}
    told = {"version": 1, "difference": ["+x"], "published": False, "processes": [], "open": [one]}
    publishing._show(told, yes=True)
    said = capsys.readouterr()
    for words in ("hơn 7 lượt đang chờ", "3 có thể đã đến", "2 lượt đang gửi dở"):
        assert words in said.out, words
    assert "--leave-open" in said.err
    assert "thêm --yes" not in said.out
