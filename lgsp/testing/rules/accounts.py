"""Rules of people's accounts: who may sign in, which sessions hold, and what is written down of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lgsp.journal import failures, people, people_outside
from lgsp.journal.contract import WrongStateError
from lgsp.journal.people import Person, Role
from lgsp.journal.people_outside import Vouched
from lgsp.journal.reaching import Reach
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.scene import Scene

HERE = ("10.0.0.1", "browser")
LIFE = 3600 * 1_000_000
NARROW = Reach(systems=frozenset({"desk"}), agencies=("H44.11",))


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
        """Who holds the token is its owner, with the owner's role and limits of now."""
        await add(scene, "lan")
        await add(scene, "admin", Role.ADMINISTRATOR)
        await scene.act(lambda tx: people.limit(tx, "lan", NARROW, "admin", "one system"))
        await enter(scene, "lan", b"1" * 32)
        visit = await scene.journal.read(lambda tx: people.visit(tx, b"1" * 32))
        assert visit is not None
        assert (visit.person, visit.role, visit.reach) == ("lan", Role.OPERATOR, NARROW)
        assert await scene.journal.read(lambda tx: people.visit(tx, b"2" * 32)) is None

    async def test_another_role_or_other_limits_end_every_session(self, scene: Scene) -> None:
        """What a session was opened with is not carried over; nothing changed ends nothing."""
        await add(scene, "lan")
        for number, change in enumerate(
            (
                lambda tx: people.change_role(tx, "lan", Role.AUDITOR, "admin", "inspection"),
                lambda tx: people.limit(tx, "lan", NARROW, "admin", "one system"),
            )
        ):
            await enter(scene, "lan", bytes([number]) * 32)
            await scene.act(change)
            assert await scene.journal.read(lambda tx: people.visits(tx, "lan")) == []
            await enter(scene, "lan", b"9" * 32)
            await scene.act(change)
            assert len(await scene.journal.read(lambda tx: people.visits(tx, "lan"))) == 1
        told = await scene.journal.read(lambda tx: people.done(tx, "admin", None, 2))
        assert told[0]["what"] == "limits changed"
        assert told[0]["details"]["told"] == 'auditor > auditor {"systems":["desk"],"agencies":["H44.11"]}'

    async def test_the_last_administrator_without_limits_gets_none(self, scene: Scene) -> None:
        """One who sees a part of it alone cannot give anybody the rest."""
        await add(scene, "admin", Role.ADMINISTRATOR)
        await add(scene, "half", Role.ADMINISTRATOR)
        await scene.act(lambda tx: people.limit(tx, "half", NARROW, "admin", "one system"))
        with pytest.raises(WrongStateError, match="last administrator"):
            await scene.act(lambda tx: people.limit(tx, "admin", NARROW, "admin", "x"))
        with pytest.raises(WrongStateError, match="last administrator"):
            await scene.act(lambda tx: people.disable(tx, "admin", "admin", "x"))

    async def test_the_other_sessions_are_ended_at_once(self, scene: Scene) -> None:
        """Whoever was signed in elsewhere is out; the one who says so stays."""
        await add(scene, "lan")
        for token in (b"1" * 32, b"2" * 32, b"3" * 32):
            await enter(scene, "lan", token)
        assert await scene.act(lambda tx: people.end_others(tx, "lan", b"2" * 32, "lan")) == 2
        left = await scene.journal.read(lambda tx: people.visits(tx, "lan"))
        assert [one["token"] for one in left] == [b"2" * 32]

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
            await scene.act(lambda tx: failures.failed(tx, waits))
        found = await scene.journal.read(lambda tx: failures.failing(tx, list(waits)))
        assert {subject: one.failures for subject, one in found.items()} == {
            "lan@10.0.0.1": 3,
            "@10.0.0.1": 3,
        }
        await enter(scene, "lan", b"1" * 32)
        assert "lan@10.0.0.1" not in await scene.journal.read(lambda tx: failures.failing(tx, list(waits)))

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


VOUCHER = "https://sign-in.example"


def vouched(**changed: Any) -> Vouched:
    """Return somebody who comes from elsewhere."""
    return replace(Vouched(VOUCHER, "s-1", "lan", "Lan", Role.OPERATOR), **changed)


class OutsideRules(JournalRules):
    """Whoever is vouched for elsewhere has one account, whose role is what was said last."""

    async def welcome(self, scene: Scene, one: Vouched, role: Role = Role.OPERATOR) -> Person:
        """Let somebody in."""
        return await scene.act(lambda tx: people_outside.welcome(tx, one, role, frozenset({"operator"})))

    async def test_the_same_subject_is_the_same_person(self, scene: Scene) -> None:
        """Under another name, and with another role, it stays one account; what is new is written down."""
        first = await self.welcome(scene, vouched())
        await enter(scene, first.name, b"1" * 32)
        again = await self.welcome(scene, vouched(name="lan.married", shown="Lan Trần"), Role.AUDITOR)
        assert (again.name, again.shown, again.role) == ("lan", "Lan Trần", Role.AUDITOR)
        assert await scene.journal.read(people.count) == 1
        assert await scene.journal.read(lambda tx: people.visits(tx, "lan")) == []
        found = await scene.journal.read(lambda tx: people_outside.find(tx, VOUCHER, "s-1"))
        assert found is not None
        assert (found.shown, found.role, found.hash) == ("Lan Trần", Role.AUDITOR, "")

    @pytest.mark.parametrize("wished", ["lan", "operator", ""])
    async def test_nobody_takes_over_an_account_by_a_name(self, scene: Scene, wished: str) -> None:
        """A name that is taken, means something else or is none becomes another one, the same each time."""
        await add(scene, "lan", Role.ADMINISTRATOR)
        made = await self.welcome(scene, vouched(name=wished))
        assert made.name not in {"lan", "operator", ""}
        assert (await self.welcome(scene, vouched(name=wished))).name == made.name
        lan = await scene.journal.read(lambda tx: people.find(tx, "lan"))
        assert lan is not None
        assert (lan.role, lan.issuer) == (Role.ADMINISTRATOR, "")

    async def test_two_issuers_know_two_people(self, scene: Scene) -> None:
        """A subject means nothing without whoever says it."""
        one = await self.welcome(scene, vouched())
        other = await self.welcome(scene, vouched(issuer="https://elsewhere.example"))
        assert one.name != other.name

    async def test_only_the_voucher_says_the_role(self, scene: Scene) -> None:
        """Neither role, limits nor a password are given here; disabling is."""
        name = (await self.welcome(scene, vouched())).name
        for act in (
            lambda tx: people.change_role(tx, name, Role.ADMINISTRATOR, "admin", "x"),
            lambda tx: people.limit(tx, name, NARROW, "admin", "x"),
            lambda tx: people.set_password(tx, name, "hash", "admin", temporary=True),
        ):
            with pytest.raises(WrongStateError, match="decides"):
                await scene.act(act)
        await scene.act(lambda tx: people.disable(tx, name, "admin", "x"))

    async def test_who_has_no_role_any_more_is_out(self, scene: Scene) -> None:
        """Sessions that are open end with it; somebody who never came is nobody."""
        await self.welcome(scene, vouched())
        await enter(scene, "lan", b"1" * 32)
        assert await scene.act(lambda tx: people_outside.leave(tx, vouched())) == "lan"
        assert await scene.journal.read(lambda tx: people.visits(tx, "lan")) == []
        assert await scene.act(lambda tx: people_outside.leave(tx, vouched(subject="s-2"))) == ""

    @pytest.mark.parametrize("by_hand", [False, True])
    async def test_only_the_voucher_takes_back_what_it_closed(self, scene: Scene, *, by_hand: bool) -> None:
        """An account that lost its role opens with the next one; one that was disabled here stays so."""
        await self.welcome(scene, vouched())
        if by_hand:
            await scene.act(lambda tx: people.disable(tx, "lan", "admin", "left"))
        await scene.act(lambda tx: people_outside.leave(tx, vouched()))
        closed = await scene.journal.read(lambda tx: people.find(tx, "lan"))
        assert closed is not None
        assert closed.disabled
        assert (await self.welcome(scene, vouched())).disabled is by_hand
