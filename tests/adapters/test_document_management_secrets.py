"""A client of the axis' protocol may sign with a secret on record, beside the one in the home or instead of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.document_desk import SECRET, SYSTEM, Desk

NEW = "lgsp_hmac_another-secret"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Open a façade with one secret on record."""
    desk = Desk(tmp_path)
    desk.inbox.secrets = ["lgsp_hmac_of-somebody-else", NEW]
    return desk


@pytest.mark.parametrize("secret", [NEW, SECRET])
async def test_either_secret_is_believed(desk: Desk, secret: str) -> None:
    """So that it can be replaced while both sides work."""
    desk.secret = secret
    assert (await desk.ask("getReceivedEdocList", messagetype="edoc", servicetype="eDoc")).ok


async def test_a_secret_that_is_nowhere_is_not_believed(desk: Desk) -> None:
    """Nor is one on record under another system's name, or once it was taken off."""
    for secret, system in (("guessed", SYSTEM), (NEW, "another"), ("", SYSTEM)):
        desk.secret, desk.system = secret, system
        assert not (await desk.ask("getReceivedEdocList", messagetype="edoc", servicetype="eDoc")).ok
    desk.inbox.secrets, desk.secret, desk.system = [], NEW, SYSTEM
    assert not (await desk.ask("getReceivedEdocList", messagetype="edoc", servicetype="eDoc")).ok


async def test_a_home_without_a_secret_believes_those_on_record(tmp_path: Path) -> None:
    """An empty secret in the home opens nothing by itself."""
    desk = Desk(tmp_path, secret="")
    desk.secret = NEW
    assert not (await desk.ask("getReceivedEdocList", messagetype="edoc", servicetype="eDoc")).ok
    desk.inbox.secrets = [NEW]
    assert (await desk.ask("getReceivedEdocList", messagetype="edoc", servicetype="eDoc")).ok
