"""Rules of the versions of the routes: who published them, why, and what a person's stand beside."""

from __future__ import annotations

import pytest

from lgsp.errors import ConfigError
from lgsp.journal import acting, versions
from lgsp.journal.contract import WrongStateError
from lgsp.publishing import publish
from lgsp.routes import parse_routes
from lgsp.testing.making import SYSTEM, dossier, unrouted
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.scene import Scene

_START = "host:1"
_ROUTES = "systems: {one-stop: {adapter: one_stop}, %s: {adapter: national_portal}}\nroutes: []\n"


class VersionRules(JournalRules):
    """Every version stays, with the name, the time and the reason under which it was published."""

    async def test_versions_are_listed_newest_first_with_their_reasons(self, scene: Scene) -> None:
        """A start gives none; a person's stands beside the version it was given for."""
        await scene.act(lambda tx: acting.publish(tx, "a", _START))
        await scene.act(lambda tx: acting.publish(tx, "b", "lan", "thêm tuyến"))
        await scene.act(lambda tx: acting.publish(tx, "c", "lan", "bỏ tuyến"))
        found = await scene.journal.read(versions.listed)
        assert [(one["version"], one["by"], one["reason"]) for one in found] == [
            (3, "lan", "bỏ tuyến"), (2, "lan", "thêm tuyến"), (1, _START, ""),
        ]  # fmt: skip
        page = await scene.journal.read(lambda tx: versions.listed(tx, 3, 1))
        assert [one["version"] for one in page] == [2]

    async def test_a_version_is_found_with_its_text(self, scene: Scene) -> None:
        """Its number names it; another one is not there."""
        await scene.act(lambda tx: acting.publish(tx, "a", "lan", "đầu tiên"))
        found = await scene.journal.read(lambda tx: versions.find(tx, 1))
        assert found is not None
        assert (found["text"], found["reason"]) == ("a", "đầu tiên")
        assert await scene.journal.read(lambda tx: versions.find(tx, 2)) is None

    async def test_what_a_process_published_last_is_known(self, scene: Scene) -> None:
        """A person's version after it does not change that."""
        assert await scene.journal.read(versions.last_of_a_process) is None
        await scene.act(lambda tx: acting.publish(tx, "a", _START))
        await scene.act(lambda tx: acting.publish(tx, "b", "lan", "x"))
        assert await scene.journal.read(versions.last_of_a_process) == "a"

    async def test_messages_without_a_route_are_counted_up_to_a_bound(self, scene: Scene) -> None:
        """The count costs as much as the bound, whatever waits."""
        for name in ("K1", "K2", "K3"):
            await scene.told(unrouted(dossier(name)))
        assert await scene.journal.read(lambda tx: versions.unrouted(tx, 1000)) == 3
        assert await scene.journal.read(lambda tx: versions.unrouted(tx, 2)) == 2

    async def test_a_draft_of_an_old_version_is_not_published(self, scene: Scene) -> None:
        """Who changed version 1 while another published version 2 would undo that unseen."""
        one, two = (parse_routes(_ROUTES % name) for name in ("far", "farther"))
        await scene.act(lambda tx: publish(tx, one, "lan", "x", 0))
        with pytest.raises(WrongStateError, match="version 1"):
            await scene.act(lambda tx: publish(tx, two, "binh", "x", 0))
        assert await scene.act(lambda tx: publish(tx, two, "binh", "x", 1)) == 2

    async def test_a_system_with_open_deliveries_is_not_published_away(self, scene: Scene) -> None:
        """Whoever publishes: what is on its way there would be lost from sight."""
        await scene.told(dossier())
        with pytest.raises(ConfigError, match=f"'{SYSTEM}' is gone"):
            await scene.act(lambda tx: publish(tx, parse_routes(_ROUTES % "far"), "lan", "x"))
