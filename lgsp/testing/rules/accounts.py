"""Rules of people's accounts: who may sign in, which sessions hold, and what is written down of it."""

from __future__ import annotations

import pytest

from lgsp.journal import people
from lgsp.journal.contract import WrongStateError
from lgsp.journal.people import Person, Role
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.scene import Scene

HERE = ("10.0.0.1", "browser")
LIFE = 3600 * 1_000_000


async def add(scene: Scene, name: str, role: Role = Role.OPERATOR) -> bool:
    """Add a person as the administrator does."""
    one = Person(
        name, name.title(), "hash", role, disabled=False, temporary=False, created_at=0, changed_at=0
    )
    return await scene.act(lambda tx: people.add(tx, one, "admin"))


async def enter(scene: Scene, name: str, token: bytes) -> None:
    """Open a session."""
    await scene.act(lambda tx: people.sign_in(tx, name, token, LIFE, HERE))


async def deeds(scene: Scene, name: str) -> list[str]:
    """Return what somebody did, the latest first."""
    return [one["what"] for one in await scene.journal.read(lambda tx: people.done(tx, name, None, 50))]


class AccountRules(JournalRules):
    """A session holds for as long as its owner may come in; nobody locks the last administrator out."""

    async def test_a_name_is_given_once(self, scene: Scene) -> None:
        """The second person of a name is not added, and the first stays as it is."""
        assert await add(scene, "lan", Role.VIEWER)
        assert not await add(scene, "lan", Role.ADMINISTRATOR)
        found = await scene.journal.read(lambda tx: people.find(tx, "lan"))
        assert found is not None
        assert found.role is Role.VIEWER

    async def test_a_session_is_found_by_its_token_alone(self, scene: Scene) -> None:
        """Who holds the token is its owner, with the owner's role of now."""
        await add(scene, "lan")
        await add(scene, "admin", Role.ADMINISTRATOR)
        await enter(scene, "lan", b"1" * 32)
        await scene.act(lambda tx: people.change_role(tx, "lan", Role.AUDITOR, "admin", "inspection"))
        visit = await scene.journal.read(lambda tx: people.visit(tx, b"1" * 32))
        assert visit is not None
        assert (visit.person, visit.role) == ("lan", Role.AUDITOR)
        assert await scene.journal.read(lambda tx: people.visit(tx, b"2" * 32)) is None

    async def test_a_disabled_person_has_no_sessions(self, scene: Scene) -> None:
        """Disabling ends every session; enabling does not bring them back."""
        await add(scene, "lan")
        await enter(scene, "lan", b"1" * 32)
        await scene.act(lambda tx: people.disable(tx, "lan", "admin", "left"))
        await scene.act(lambda tx: people.enable(tx, "lan", "admin", "is back"))
        assert await scene.journal.read(lambda tx: people.visit(tx, b"1" * 32)) is None

    @pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR])
    async def test_the_last_administrator_stays_one(self, scene: Scene, role: Role) -> None:
        """Neither another role nor disabling may leave an installation without an administrator."""
        await add(scene, "admin", Role.ADMINISTRATOR)
        with pytest.raises(WrongStateError, match="last administrator"):
            await scene.act(lambda tx: people.change_role(tx, "admin", role, "admin", "x"))
        with pytest.raises(WrongStateError, match="last administrator"):
            await scene.act(lambda tx: people.disable(tx, "admin", "admin", "x"))

    async def test_a_new_password_ends_the_other_sessions(self, scene: Scene) -> None:
        """The session in which it was changed goes on; whoever else was in is out."""
        await add(scene, "lan")
        await enter(scene, "lan", b"1" * 32)
        await enter(scene, "lan", b"2" * 32)
        await scene.act(
            lambda tx: people.set_password(tx, "lan", "other", "lan", temporary=False, keep=b"1" * 32)
        )
        left = await scene.journal.read(lambda tx: people.visits(tx, "lan"))
        assert [one["token"] for one in left] == [b"1" * 32]

    async def test_failures_are_counted_and_forgotten_with_a_success(self, scene: Scene) -> None:
        """Each failure is one more; signing in from there begins anew, and a day forgets as well."""
        await add(scene, "lan")
        waits = {"lan@10.0.0.1": 5, "@10.0.0.1": 0}
        for _ in range(3):
            await scene.act(lambda tx: people.failed(tx, waits, "lan", "10.0.0.1", "wrong"))
        found = await scene.journal.read(lambda tx: people.failing(tx, list(waits)))
        assert {subject: one.failures for subject, one in found.items()} == {
            "lan@10.0.0.1": 3,
            "@10.0.0.1": 3,
        }
        await enter(scene, "lan", b"1" * 32)
        assert "lan@10.0.0.1" not in await scene.journal.read(lambda tx: people.failing(tx, list(waits)))

    async def test_what_a_person_did_is_found_in_pages(self, scene: Scene) -> None:
        """The latest first; what others did, and what the gateway did, is not among it."""
        await add(scene, "lan")
        await enter(scene, "lan", b"1" * 32)
        await scene.act(lambda tx: people.note(tx, "act denied", "lan", on="/console/people"))
        await scene.act(lambda tx: people.sign_out(tx, b"1" * 32, "lan"))
        assert await deeds(scene, "lan") == ["signed out", "act denied", "signed in"]
        first = await scene.journal.read(lambda tx: people.done(tx, "lan", None, 2))
        assert first[1]["details"] == {"on": "/console/people"}
        rest = await scene.journal.read(lambda tx: people.done(tx, "lan", first[-1]["id"], 2))
        assert [one["what"] for one in rest] == ["signed in"]
        assert await deeds(scene, "admin") == ["person added"]
