"""Rules of credentials: what is on record holds as it was given, is replaced with overlap, is taken back."""

from __future__ import annotations

import orjson
import pytest

from lgsp.journal import credentials, credentials_signing, people
from lgsp.journal.contract import WrongStateError
from lgsp.journal.credentials import Grant, Kept, Kind, Secret
from lgsp.journal.credentials_signing import TokenKey
from lgsp.journal.people import Person, Role
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.scene import Scene

WHO = "lan"
_HOUR = 3_600_000_000
_SESSIONS = b"s" * 32


def _grant(uid: str = "a", kind: Kind = Kind.KEY, **changed: object) -> Grant:
    said: dict[str, object] = {"system": "one-stop", "name": "Cổng một cửa"} | changed
    return Grant(uid, kind, **said)  # type: ignore[arg-type]


def _secret(letter: str, plain: bytes = b"") -> Secret:
    return Secret(letter.encode() * 32, None, plain)


class CredentialRules(JournalRules):
    """What lets somebody in stands on record; every process learns of a change by one small look."""

    async def made(self, scene: Scene, grant: Grant, secret: Secret | None) -> Kept:
        """Put a credential on record."""
        await scene.act(lambda tx: credentials.add(tx, grant, secret, _SESSIONS, WHO))
        return await self.one(scene, grant.uid)

    async def one(self, scene: Scene, uid: str = "a") -> Kept:
        """Return a credential that there is."""
        found = await scene.act(lambda tx: credentials.find(tx, uid))
        assert found is not None
        return found

    async def hashes(self, scene: Scene, uid: str = "a") -> dict[bytes, int | None]:
        """Return the first letter of each secret, and until when it holds."""
        return {one.hash[:1]: one.until for one in (await self.one(scene, uid)).secrets}

    async def entries(self, scene: Scene) -> list[tuple[str, str, str | None, dict[str, str]]]:
        """Return what was done to credentials, by whom, and why."""
        sql = "SELECT what, who, cause, details FROM entries WHERE what LIKE 'credential %' ORDER BY id"
        rows = await scene.act(lambda tx: tx.rows(sql))
        return [(what, who, cause, orjson.loads(told)) for what, who, cause, told in rows]

    async def test_a_credential_stands_on_record_as_it_was_given(self, scene: Scene) -> None:
        """With all that bounds it; what is not said of its time is from now on, without an end."""
        bounds = {
            "agencies": [{"agency": "H44", "since": None, "until": "2027-12-31"}],
            "types": [],
            "acts": ["send"],
        }
        grant = _grant(bounds=bounds, limits={"requests": {"per_minute": 5}}, addresses=["10.0.0.0/8"])
        kept = await self.made(scene, grant, _secret("x"))
        since = kept.grant.since
        assert since is not None
        assert kept.grant == _grant(
            bounds=bounds, limits={"requests": {"per_minute": 5}}, addresses=["10.0.0.0/8"], since=since
        )
        assert (kept.session_key, kept.fresh_since, kept.created_at) == (_SESSIONS, since, since)
        assert (kept.created_by, kept.revoked_at, kept.used_at, kept.role) == (WHO, None, None, None)
        assert await self.hashes(scene) == {b"x": None}
        assert await self.entries(scene) == [
            ("credential made", WHO, None, {"on": "one-stop", "told": "key Cổng một cửa a"})
        ]

    async def test_credentials_are_found_by_whose_they_are(self, scene: Scene) -> None:
        """Of one system, of one person, or all; each with its own secrets and nobody else's."""
        await self.made(scene, _grant("a"), _secret("x"))
        await self.made(scene, _grant("b", system="dms"), _secret("y"))
        await self.made(scene, _grant("c", Kind.PERSON, system="", person="hoa"), _secret("z"))
        for found, uids in (
            (await scene.act(lambda tx: credentials.of_system(tx, "dms")), ["b"]),
            (await scene.act(lambda tx: credentials.of_person(tx, "hoa")), ["c"]),
            (await scene.act(credentials.everything), ["c", "b", "a"]),
        ):
            assert [one.grant.uid for one in found] == uids
            assert all(len(one.secrets) == 1 for one in found)
        assert await scene.act(lambda tx: credentials.find(tx, "nobody")) is None

    async def test_a_certificate_is_on_record_once(self, scene: Scene) -> None:
        """Two credentials of one certificate would leave open whose it is; a revoked one sets it free."""
        first = _grant("a", Kind.CERTIFICATE, fingerprint=b"f" * 32)
        await self.made(scene, first, None)
        second = _grant("b", Kind.CERTIFICATE, fingerprint=b"f" * 32)
        with pytest.raises(WrongStateError, match="on record already"):
            await self.made(scene, second, None)
        await scene.act(lambda tx: credentials.revoke(tx, "a", WHO, "đổi máy chủ"))
        assert (await self.made(scene, second, None)).grant.fingerprint == b"f" * 32

    async def test_a_rotated_secret_holds_beside_the_new_one_for_a_while(self, scene: Scene) -> None:
        """The one before gets an end, older ones are gone, and what was handed out goes on holding."""
        kept = await self.made(scene, _grant(), _secret("x"))
        await scene.act(lambda tx: credentials.rotate(tx, "a", _secret("y"), WHO, "hằng năm", overlap=_HOUR))
        ends = await self.hashes(scene)
        assert ends.keys() == {b"x", b"y"}
        assert ends[b"y"] is None
        assert (ends[b"x"] or 0) >= kept.created_at + _HOUR
        assert (await self.one(scene)).fresh_since == kept.fresh_since
        await scene.act(lambda tx: credentials.rotate(tx, "a", _secret("z"), WHO, "lại", overlap=_HOUR))
        assert (await self.hashes(scene)).keys() == {b"y", b"z"}
        assert [entry[0] for entry in await self.entries(scene)][1:] == ["credential rotated"] * 2

    async def test_without_an_overlap_all_that_was_handed_out_ends(self, scene: Scene) -> None:
        """Whoever stole a secret keeps neither it nor the tokens that it was good for."""
        kept = await self.made(scene, _grant(), _secret("x"))
        scene.clock.move(1)
        await scene.act(lambda tx: credentials.rotate(tx, "a", _secret("y"), WHO, "lộ khóa", overlap=0))
        assert await self.hashes(scene) == {b"y": None}
        assert (await self.one(scene)).fresh_since > kept.fresh_since

    async def test_a_revoked_credential_stays_on_record_and_changes_no_more(self, scene: Scene) -> None:
        """Who took it back, when and why; neither rotating nor revoking brings it back."""
        await self.made(scene, _grant(), _secret("x"))
        await scene.act(lambda tx: credentials.revoke(tx, "a", WHO, "nghỉ dùng"))
        kept = await self.one(scene)
        assert (kept.revoked_by, kept.reason) == (WHO, "nghỉ dùng")
        assert kept.revoked_at is not None
        for act in (
            lambda tx: credentials.revoke(tx, "a", WHO, "again"),
            lambda tx: credentials.rotate(tx, "a", _secret("y"), WHO, "again", overlap=0),
            lambda tx: credentials.revoke(tx, "nobody", WHO, "again"),
        ):
            with pytest.raises(WrongStateError):
                await scene.act(act)
        assert await self.one(scene) == kept
        assert (await self.entries(scene))[-1][:3] == ("credential revoked", WHO, "nghỉ dùng")

    async def test_what_has_no_secret_of_ours_is_not_rotated(self, scene: Scene) -> None:
        """A certificate is replaced where it was issued."""
        await self.made(scene, _grant("a", Kind.CERTIFICATE, fingerprint=b"f" * 32), None)
        with pytest.raises(WrongStateError, match="no secret of ours"):
            await scene.act(lambda tx: credentials.rotate(tx, "a", _secret("y"), WHO, "x", overlap=0))

    async def test_a_secret_that_signs_is_kept_until_it_is_revoked(self, scene: Scene) -> None:
        """The protocol needs the plain value; once it signs no more nobody keeps it."""
        kept = await self.made(scene, _grant("a", Kind.HMAC), _secret("x", b"the plain value"))
        assert [one.plain for one in kept.secrets] == [b"the plain value"]
        await scene.act(lambda tx: credentials.revoke(tx, "a", WHO, "nghỉ dùng"))
        assert (await self.one(scene)).secrets == []

    async def test_every_change_is_seen_by_one_small_look(self, scene: Scene) -> None:
        """Making, rotating, revoking, and whatever becomes of a person; a use is no change."""
        seen = [await scene.act(credentials.version)]
        hoa = Person("hoa", "Hoa", "hash", Role.OPERATOR, False, False, 0, 0)

        async def changes() -> bool:
            scene.clock.move(1)
            seen.append(await scene.act(credentials.version))
            return seen[-1] not in seen[:-1]

        await self.made(scene, _grant(), _secret("x"))
        assert await changes()
        await scene.act(lambda tx: credentials.rotate(tx, "a", _secret("y"), WHO, "x", overlap=0))
        assert await changes()
        await scene.act(lambda tx: credentials.use(tx, {"a": (7, "10.0.0.1")}))
        assert not await changes()
        await scene.act(lambda tx: credentials.revoke(tx, "a", WHO, "x"))
        assert await changes()
        await scene.act(lambda tx: people.add(tx, hoa, WHO))
        assert await changes()
        await scene.act(lambda tx: people.disable(tx, "hoa", WHO, "nghỉ"))
        assert await changes()

    async def test_a_key_of_a_person_has_the_role_of_now(self, scene: Scene) -> None:
        """Somebody who is let in no more has none, and so has somebody who is not there."""
        hoa = Person("hoa", "Hoa", "hash", Role.OPERATOR, False, False, 0, 0)
        await scene.act(lambda tx: people.add(tx, hoa, WHO))
        kept = await self.made(scene, _grant("a", Kind.PERSON, system="", person="hoa"), _secret("x"))
        assert kept.role is Role.OPERATOR
        await scene.act(lambda tx: people.change_role(tx, "hoa", Role.VIEWER, WHO, "đổi việc"))
        assert (await self.one(scene)).role is Role.VIEWER
        await scene.act(lambda tx: people.disable(tx, "hoa", WHO, "nghỉ"))
        assert (await self.one(scene)).role is None
        assert (
            await self.made(scene, _grant("b", Kind.PERSON, system="", person="ma"), _secret("y"))
        ).role is None

    async def test_the_last_use_is_noted(self, scene: Scene) -> None:
        """When, and from where; nothing else of it changes."""
        before = await self.made(scene, _grant(), _secret("x"))
        await scene.act(lambda tx: credentials.use(tx, {"a": (7, "10.0.0.1"), "gone": (8, "")}))
        after = await self.one(scene)
        assert (after.used_at, after.used_from) == (7, "10.0.0.1")
        assert (after.grant, after.secrets) == (before.grant, before.secrets)

    async def test_of_two_that_make_the_next_key_one_does(self, scene: Scene) -> None:
        """Processes find at once that the next key is due; two would both sign, and others know but one."""
        first = TokenKey("one", "{}", b"private", 0, 10 * _HOUR, 2**60)
        assert await scene.act(lambda tx: credentials_signing.add(tx, first, 0))
        assert not await scene.act(lambda tx: credentials_signing.add(tx, first, 0))
        following = TokenKey("two", "{}", b"private too", 10 * _HOUR, 20 * _HOUR, 2**60)
        assert await scene.act(lambda tx: credentials_signing.add(tx, following, 10 * _HOUR))
        assert await scene.act(credentials_signing.standing) == [first, following]

    async def test_a_key_is_forgotten_when_its_tokens_are_over(self, scene: Scene) -> None:
        """Until then it is published; the next one that is made takes it away."""
        now = await scene.act(lambda tx: tx.now)
        old = TokenKey("old", "{}", b"private", now - 2 * _HOUR, now - _HOUR, now + _HOUR)
        await scene.act(lambda tx: credentials_signing.add(tx, old, 0))
        assert await scene.act(credentials_signing.standing) == [old]
        scene.clock.move(2 * 3600)
        assert await scene.act(credentials_signing.standing) == []
        new = TokenKey("new", "{}", b"private", now, now + 9 * _HOUR, 2**60)
        assert await scene.act(lambda tx: credentials_signing.add(tx, new, 0))
        assert await scene.act(lambda tx: tx.rows("SELECT kid FROM token_keys")) == [("new",)]

    async def test_what_ends_soon_is_told_where_it_is_in_use(self, scene: Scene) -> None:
        """Not what nobody uses, was revoked, has ended, or ends later."""
        now = await scene.act(lambda tx: tx.now)
        ends = {
            "used": _HOUR,
            "unused": _HOUR,
            "long ago": _HOUR,
            "revoked": _HOUR,
            "later": 9 * _HOUR,
            "ended": 1,
        }
        for letter, (uid, after) in zip("uvwxyz", ends.items(), strict=True):
            await self.made(scene, _grant(uid, until=now + after), _secret(letter))
        await self.made(scene, _grant("endless"), _secret("e"))
        used = dict.fromkeys(ends, (now, "")) | {"long ago": (now - 5 * _HOUR, ""), "endless": (now, "")}
        del used["unused"]
        await scene.act(lambda tx: credentials.use(tx, used))
        await scene.act(lambda tx: credentials.revoke(tx, "revoked", WHO, "x"))
        scene.clock.move(1)
        found = await scene.act(lambda tx: credentials.ending(tx, now + 2 * _HOUR, now - _HOUR))
        assert [(one.uid, one.owner, one.until) for one in found] == [("used", "one-stop", now + _HOUR)]
