"""Who is let in by what is on record, and that nobody is by anything like it."""

from __future__ import annotations

import base64
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson
import pytest

from lgsp.callers import Bounds, Caller, calling
from lgsp.credentials.secret import PLACE, draw, hashed
from lgsp.journal.credentials import Kind
from lgsp.journal.people import Role
from tests.credentials.register import OPERATOR, OTHER, SYSTEM, TOKENS, Gate, kept

UID = "11111111-1111-4111-8111-111111111111"
SECOND = 1_000_000


def now() -> int:
    """Return microseconds since 1970."""
    return time.time_ns() // 1000


@pytest.fixture
def gate() -> Gate:
    """A door with nothing on record yet."""
    return Gate()


def access_token(client: str, secret: str, **more: Any) -> str:
    """Return what a client says in `lgspaccesstoken`."""
    said = {"AccessKey": client, "SecretKey": secret, "AppName": "mcdt", "PartnerCode": "000.00.00.H44"}
    return base64.b64encode(orjson.dumps(said | more)).decode()


async def test_a_key_lets_its_system_in(gate: Gate) -> None:
    """With the bounds and limits it was given, which are the same objects each time."""
    bounds: Mapping[str, Any] = {"agencies": [{"agency": "H44.11"}], "types": [], "acts": ["send"]}
    secret = await gate.give(bounds=bounds, limits={"requests": {"per_minute": 3}})
    caller = gate.caller(secret)
    assert caller is not None
    assert (caller.name, caller.system, caller.role, caller.credential) == (SYSTEM, SYSTEM, None, UID)
    assert [one.agency for one in caller.bounds.agencies] == ["H44.11"]
    assert (caller.bounds.acts, caller.limits.requests.per_minute) == ({"send"}, 3)
    assert gate.caller(secret) is caller
    assert gate.turned_away == []


async def test_a_persons_key_has_the_role_of_the_person(gate: Gate) -> None:
    """It speaks for no system; once the person is let in no more it opens nothing."""
    secret = await gate.give(Kind.PERSON, person="hoa", role=Role.VIEWER)
    assert gate.caller(secret) == Caller("hoa", Role.VIEWER, credential=UID)
    assert not any(gate.door.admits(system, secret) for system in (SYSTEM, OTHER, "", "hoa"))
    await gate.record(kept(Kind.PERSON, [(secret, None)], person="hoa"))
    assert gate.caller(secret) is None
    assert gate.causes[-1] == "person-disabled"


async def test_the_environments_tokens_go_on_opening(gate: Gate) -> None:
    """They are not on record, and have no bounds but those of their system."""
    assert gate.caller(TOKENS[SYSTEM]) == Caller(SYSTEM, system=SYSTEM)
    assert gate.caller(OPERATOR) == Caller("operator", Role.ADMINISTRATOR)


@pytest.mark.parametrize(
    ("cause", "changed"),
    [
        ("revoked", {"revoked": 1}),
        ("expired", {"until": 1}),
        ("not-yet", {"since": 2**62}),
        ("other-address", {"addresses": ["192.0.2.0/24"]}),
    ],
)
async def test_what_holds_no_more_opens_nothing(gate: Gate, cause: str, changed: dict[str, Any]) -> None:
    """Outside all are answered alike; the journal is told which credential, and why."""
    secret = await gate.give()
    assert gate.caller(secret) is not None
    await gate.record(kept(Kind.KEY, [(secret, None)], **changed))
    assert gate.caller(secret) is None
    assert not gate.door.admits(SYSTEM, secret)
    assert gate.turned_away == [(UID, cause)] * 2


async def test_a_credential_holds_until_the_very_moment_of_its_end(gate: Gate) -> None:
    """Judged when it is shown, not when it was learnt."""
    secret, end = draw(Kind.KEY), now() + 3600 * SECOND
    await gate.record(kept(Kind.KEY, [(secret, None)], until=end))
    one = gate.register.by_id(UID)
    assert one is not None
    one.judge(end - 1, "")
    with pytest.raises(ValueError, match="expired"):
        one.judge(end, "")


async def test_a_replaced_secret_holds_as_long_as_was_said(gate: Gate) -> None:
    """Old and new side by side, then the new one alone."""
    old, new = draw(Kind.KEY), draw(Kind.KEY)
    await gate.record(kept(Kind.KEY, [(old, now() + 60 * SECOND), (new, None)]))
    assert gate.caller(old) is not None
    assert gate.caller(new) is not None
    await gate.record(kept(Kind.KEY, [(old, now() - 1), (new, None)]))
    assert (gate.caller(old), gate.causes) == (None, ["replaced"])
    assert gate.caller(new) is not None


async def test_only_the_whole_secret_opens(gate: Gate) -> None:
    """Neither its beginning, nor its end, nor one more letter, nor its hash, nor its credential's id."""
    secret = await gate.give()
    tries = [secret[:n] for n in range(1, len(secret))] + [secret[n:] for n in range(1, len(secret))]
    tries += [
        secret + "0",
        secret.upper(),
        secret.swapcase(),
        f"{secret},{secret}",
        UID,
        "lgsp_key_",
        "Bearer",
    ]
    assert [one for one in tries if gate.caller(one) is not None] == []
    assert set(gate.causes) <= {"malformed", "unknown"}
    assert gate.caller(secret) is not None


async def test_a_hash_is_compared_whole(gate: Gate) -> None:
    """What is looked up by a part of it is not let in by that part."""
    whole = hashed(await gate.give())
    assert gate.register.by_secret(whole, 1) is not None
    assert gate.register.by_secret(whole[:PLACE] + bytes(32 - PLACE), 1) is None
    assert gate.register.by_secret(whole[:PLACE], 1) is None


async def test_a_credential_of_one_system_is_nobodys_elsewhere(gate: Gate) -> None:
    """A façade of another system turns it away, and says so by its own name."""
    secret = await gate.give()
    assert gate.door.admits(SYSTEM, secret)
    assert not gate.door.admits(OTHER, secret)
    assert calling.get() is None
    assert gate.turned_away == [(SYSTEM, "other-system")]


@pytest.mark.parametrize("kind", [Kind.CLIENT, Kind.HMAC])
async def test_a_secret_is_good_for_its_own_way_alone(gate: Gate, kind: Kind) -> None:
    """What fetches tokens or signs requests does not open by being sent as a bearer's."""
    secret = await gate.give(kind)
    assert gate.caller(secret) is None


async def test_of_two_headers_neither_counts(gate: Gate) -> None:
    """Proxies and we might each take another one of them for the credential."""
    secret = await gate.give()
    request = gate.request({"authorization": f"Bearer {secret}"})
    request.scope["headers"].append((b"authorization", b"Bearer x"))
    assert gate.door.identify(request) is None


@pytest.mark.parametrize("told", ["", "Bearer", "Bearer ", "Basic abc", "Bearer a.b.c.d", "bearer \x00", "đ"])
async def test_nonsense_opens_nothing(gate: Gate, told: str) -> None:
    """And none of it is a fault of ours."""
    assert gate.door.identify(gate.request({"authorization": told})) is None
    assert not gate.door.admits(SYSTEM, told)


async def test_a_huge_header_opens_nothing(gate: Gate) -> None:
    """It is hashed once, and that is all that is done with it."""
    for told in (
        "a" * 1_000_000,
        "." * 1_000_000,
        "lgspaccesstoken " + "A" * 1_000_000,
        "eyJ." + "a" * 9000 + ".b",
    ):
        assert gate.caller(told) is None


@pytest.mark.parametrize("text", ["\ud800", "\ud800.\udfff.a.b", "1.2.\ud800.3", "a.\ud800.b"])
def test_a_text_that_no_header_can_hold_is_none(gate: Gate, text: str) -> None:
    """A façade may find one in a body."""
    assert not gate.door.admits(SYSTEM, text)


# --- lgspaccesstoken ------------------------------------------------------------------------------------


async def test_a_client_may_say_its_secret_with_each_request(gate: Gate) -> None:
    """In `lgspaccesstoken`, which past the edge is nowhere to be found by its own name."""
    secret = await gate.give(Kind.CLIENT)
    request = gate.request({"lgspaccesstoken": access_token(UID, secret), "accept": "*/*"})
    caller = gate.door.identify(request)
    assert caller is not None
    assert caller.system == SYSTEM
    assert [name for name, _ in request.scope["headers"]] == [b"accept", b"authorization"]
    credential = request.headers["authorization"].removeprefix("Bearer ")
    assert gate.door.admits(SYSTEM, credential)
    assert not gate.door.admits(OTHER, credential)


async def test_a_bearers_credential_stands_before_an_access_key(gate: Gate) -> None:
    """Façades ask for a session beside it: then the session says who it is, and it alone."""
    secret = await gate.give(Kind.CLIENT)
    token = access_token(UID, secret)
    assert gate.caller("nonsense", lgspaccesstoken=token) is None
    found = gate.caller(TOKENS[SYSTEM], lgspaccesstoken="nonsense")
    assert found == Caller(SYSTEM, system=SYSTEM)


async def test_a_wrong_access_key_opens_nothing(gate: Gate) -> None:
    """Neither another's id, nor a wrong secret, nor a body that is none."""
    secret = await gate.give(Kind.CLIENT)
    wrong = [
        access_token(UID, secret + "x"), access_token(UID, secret[:-1]), access_token(UID, ""),
        access_token("", secret), access_token("22222222-2222-4222-8222-222222222222", secret),
        access_token(UID, secret, SecretKey=[secret]), base64.b64encode(b"[1]").decode(),
        base64.b64encode(b"{").decode(), "%%%", access_token(UID, secret)[:-4],
    ]  # fmt: skip
    assert [one for one in wrong if gate.caller(lgspaccesstoken=one) is not None] == []
    assert set(gate.causes) == {"wrong-secret", "malformed", "unknown"}


async def test_a_key_is_no_access_key(gate: Gate) -> None:
    """Each kind of credential opens in its own way."""
    secret = await gate.give(Kind.KEY)
    assert gate.caller(lgspaccesstoken=access_token(UID, secret)) is None


# --- sessions -------------------------------------------------------------------------------------------


async def test_a_session_lives_and_ends_with_its_credential(gate: Gate) -> None:
    """It is the credential's in all: its bounds, its addresses, and its end."""
    secret = await gate.give(bounds={"agencies": [], "types": [], "acts": ["send"]})
    first = gate.caller(secret)
    session = gate.door.session(SYSTEM)
    assert gate.caller(session) is first
    assert gate.door.admits(SYSTEM, session)
    assert not gate.door.admits(OTHER, session)
    await gate.record(kept(Kind.KEY, [(secret, None)], revoked=1))
    assert gate.caller(session) is None
    assert gate.causes[-1] == "revoked"


async def test_a_session_ends_when_its_secret_is_replaced_at_once(gate: Gate) -> None:
    """Whoever stole the secret may have opened it."""
    gate.caller(await gate.give())
    session = gate.door.session(SYSTEM)
    assert gate.caller(session) is not None
    await gate.record(kept(Kind.KEY, [(draw(Kind.KEY), None)], fresh_since=7))
    assert gate.caller(session) is None


async def test_a_session_may_do_no_more_than_the_token_it_stands_on(gate: Gate) -> None:
    """A token that was narrowed is lent to others: what it opens is as narrow, and cannot be widened."""
    caller = gate.caller(await gate.give(bounds={"agencies": [], "types": [], "acts": ["send", "read"]}))
    assert caller is not None
    less = Bounds(types=frozenset({"dossier.v1"}), acts=frozenset({"read"}))
    calling.set(replace(caller, bounds=less))
    session = gate.door.session(SYSTEM)
    assert gate.door.admits(SYSTEM, session)
    found = gate.caller(session)
    assert found is not None
    assert (found.bounds, found.credential) == (less, UID)
    expiry, nonce, whose, mac = session.split(".")
    assert gate.caller(f"{expiry}.{nonce}.{whose.partition('~')[0]}.{mac}") is None


async def test_a_session_cannot_be_made_over_to_another(gate: Gate) -> None:
    """Neither the system nor the credential in it can be changed, nor one be made where there is no token."""
    gate.caller(await gate.give())
    expiry, nonce, whose, mac = gate.door.session(SYSTEM).split(".")
    assert whose == UID
    gate.door.identify(gate.request({}))
    for forged in (
        f"{expiry}.{nonce}.{SYSTEM}.{mac}", f"{expiry}.{nonce}.{OTHER}.{mac}", f"{expiry}.{nonce}..{mac}",
        f"{int(expiry) + 1}.{nonce}.{whose}.{mac}", gate.door.session(OTHER), gate.door.session("nobody"),
    ):  # fmt: skip
        assert gate.caller(forged) is None


# --- addresses, signatures, and what is noted -----------------------------------------------------------


@pytest.mark.parametrize(
    ("peer", "lets_in"),
    [("10.1.2.3", True), ("10.2.0.1", False), ("::ffff:10.1.2.3", True), ("2001:db8::1", True), ("", False)],
)
async def test_a_credential_may_be_for_some_addresses_alone(gate: Gate, peer: str, lets_in: bool) -> None:
    """Of either kind of network; an IPv4 address by an IPv6 socket is what it is."""
    secret = await gate.give(addresses=["10.1.0.0/16", "2001:db8::/32"])
    assert (gate.caller(secret, peer=peer) is not None) is lets_in


async def test_nobody_talks_himself_into_another_address(gate: Gate) -> None:
    """No header says where a request comes from unless a proxy of ours wrote it."""
    secret = await gate.give(addresses=["10.1.0.0/16"])
    assert gate.caller(secret, peer="192.0.2.1", x_forwarded_for="10.1.0.1") is None


async def test_a_signature_is_proved_with_each_secret_that_holds(gate: Gate) -> None:
    """Who signed stands behind the request; secrets that were replaced too long ago prove nothing."""
    old, new = draw(Kind.HMAC), draw(Kind.HMAC)
    await gate.record(kept(Kind.HMAC, [(old, now() - 1), (new, None)]))
    asked: list[str] = []
    assert gate.door.vouches(SYSTEM, lambda secret: not asked.append(secret))  # type: ignore[func-returns-value]
    assert asked == [new]
    caller = calling.get()
    assert caller is not None
    assert caller.credential == UID
    assert not gate.door.vouches(SYSTEM, lambda _: False)
    assert not gate.door.vouches(OTHER, lambda _: True)
    await gate.record(kept(Kind.HMAC, [(new, None)], revoked=1))
    assert not gate.door.vouches(SYSTEM, lambda _: True)


async def test_what_was_used_is_remembered_until_it_is_noted(gate: Gate) -> None:
    """Only of what let somebody in, with where from."""
    secret = await gate.give()
    gate.caller(secret, peer="10.9.8.7")
    gate.caller("nonsense")
    noted: dict[str, tuple[int, str]] = {}

    async def write(act: Any) -> None:
        noted.update(act.__closure__[0].cell_contents)

    gate.journal.write = write  # type: ignore[attr-defined]
    await gate.register.note()
    assert [(uid, address) for uid, (_, address) in noted.items()] == [(UID, "10.9.8.7")]
    noted.clear()
    await gate.register.note()
    assert noted == {}


async def test_a_system_with_a_credential_has_a_way_in(gate: Gate) -> None:
    """Of those on record only what has not ended counts."""
    assert [gate.door.knows(system) for system in (SYSTEM, OTHER)] == [True, False]
    await gate.record(kept(Kind.KEY, [(draw(Kind.KEY), None)], system=OTHER))
    assert gate.door.knows(OTHER)
    await gate.record(kept(Kind.KEY, [(draw(Kind.KEY), None)], system=OTHER, until=1))
    assert not gate.door.knows(OTHER)
