"""Certificates at the door: by TLS itself or by a proxy of ours, and what others write in its header."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from fastapi import Request

from lgsp.api.origins import Origins
from lgsp.callers import Caller
from lgsp.credentials.certificates import Authorities
from lgsp.journal.credentials import Kind
from lgsp.proxies import networks
from tests.credentials.issuing import Authority, der, escaped, shown
from tests.credentials.register import SYSTEM, TOKENS, Gate, kept

CA = Authority()
CLIENT = CA.issue()
PROXY, STRANGER = "10.0.0.9", "192.0.2.1"


def gate_with(**changed: Any) -> Gate:
    """Return a door behind a proxy, with an authority."""
    said: dict[str, Any] = {"proxies": networks([PROXY]), "authorities": Authorities([CA.certificate])}
    return Gate(Origins(**said | changed))


async def bound(
    gate: Gate, one: x509.Certificate = CLIENT, *, by_names: bool = False, **changed: Any
) -> None:
    """Put a certificate on record, by itself or by its names."""
    told = shown(one)
    whose = (
        {"issuer": told.issuer, "subject": told.subject} if by_names else {"fingerprint": told.fingerprint}
    )
    await gate.record(kept(Kind.CERTIFICATE, **whose | changed))


def by_proxy(gate: Gate, one: x509.Certificate = CLIENT, *, peer: str = PROXY, **more: str) -> Caller | None:
    """Return whom a proxy lets us see."""
    return gate.door.identify(gate.request({"x_client_cert": escaped(one), **more}, peer))


def by_tls(gate: Gate, one: x509.Certificate = CLIENT, peer: str = STRANGER, **more: str) -> Caller | None:
    """Return who connects with a certificate."""
    return gate.door.identify(gate.request(more, peer, der(one)))


@pytest.mark.parametrize("by_names", [True, False])
async def test_a_certificate_lets_its_system_in(by_names: bool) -> None:
    """Whether it came by TLS or by our proxy; a façade that asks for a bearer's credential finds one."""
    gate = gate_with()
    await bound(gate, by_names=by_names)
    for found in (by_tls(gate), by_proxy(gate)):
        assert found is not None
        assert found.system == SYSTEM
    request = gate.request({}, STRANGER, der(CLIENT))
    assert gate.door.admits(SYSTEM, request.headers["authorization"].removeprefix("Bearer "))


async def test_the_header_of_anybody_else_is_not_read() -> None:
    """Whoever writes a certificate into it has not proved to have its key."""
    gate = gate_with()
    await bound(gate)
    assert by_proxy(gate, peer=STRANGER) is None
    assert by_proxy(gate, peer="") is None
    assert by_proxy(gate, peer=STRANGER, authorization="Bearer certificate") is None
    assert by_proxy(gate_with(proxies=()), peer=PROXY) is None


async def test_a_header_that_stands_there_twice_is_not_read() -> None:
    """One of the two the client wrote."""
    gate = gate_with()
    await bound(gate)
    for times in (1, 2):
        scope = gate.request({}, PROXY).scope
        scope["headers"] = [(b"x-client-cert", escaped(CLIENT).encode())] * times
        gate.door.entering(scope)
        assert (gate.door.identify(Request(scope)) is not None) is (times == 1)
        assert gate.door.admits(SYSTEM, "certificate") is (times == 1)


async def test_a_proxys_own_certificate_is_not_its_clients() -> None:
    """With mutual TLS between the proxy and us, each of its clients would be the proxy."""
    gate = gate_with()
    await bound(gate)
    assert by_tls(gate, peer=PROXY) is None
    other = CA.issue("proxy")
    request = gate.request({"x_client_cert": escaped(CLIENT)}, PROXY, der(other))
    assert gate.door.identify(request) is not None


@pytest.mark.parametrize("begins", [timedelta(days=-9), timedelta(days=1)])
async def test_a_certificate_that_is_out_of_its_time_opens_nothing(begins: timedelta) -> None:
    """Proxies are known to let them through; the journal is told whose it is."""
    gate, client = gate_with(), CA.issue(begins=begins, days=5)
    for by_names in (True, False):
        await bound(gate, client, by_names=by_names)
        assert by_proxy(gate, client) is None
        assert gate.causes[-1] == "certificate-out-of-time"


async def test_names_count_by_the_word_of_an_authority_alone() -> None:
    """Anybody can issue himself a certificate with the right names, behind a proxy that checks nothing."""
    gate = gate_with()
    await bound(gate, by_names=True)
    assert by_proxy(gate, Authority().issue()) is None
    assert by_proxy(gate, CA.issue("another")) is None
    assert by_proxy(gate, CA.issue()) is not None  # the next one, with another key
    alone = gate_with(authorities=Authorities())
    await bound(alone, by_names=True)
    assert by_proxy(alone) is None


async def test_a_certificate_known_by_itself_needs_no_authority() -> None:
    """Whose key it is was proved by TLS; another one of the same names is another one."""
    gate, own = gate_with(authorities=Authorities()), Authority("tự ký").issue()
    await bound(gate, own)
    assert by_proxy(gate, own) is not None
    assert by_proxy(gate, CA.issue()) is None


async def test_a_revoked_certificate_opens_nothing_and_its_successor_does() -> None:
    """Of two credentials for one certificate the one that holds counts."""
    gate, told = gate_with(), shown(CLIENT)
    await bound(gate, revoked=1)
    assert by_tls(gate) is None
    assert gate.causes == ["revoked"]
    new = kept(Kind.CERTIFICATE, uid="2" * 8, fingerprint=told.fingerprint)
    old = kept(Kind.CERTIFICATE, fingerprint=told.fingerprint, revoked=1)
    for both in ((old, new), (new, old)):
        await gate.record(*both)
        assert by_tls(gate) is not None


async def test_a_bearers_credential_stands_before_a_certificate() -> None:
    """Somebody else's token is not made good by one's own certificate."""
    gate = gate_with()
    await bound(gate)
    assert by_tls(gate, authorization="Bearer nonsense") is None
    assert by_tls(gate, authorization=f"Bearer {TOKENS[SYSTEM]}") == Caller(SYSTEM, system=SYSTEM)


async def test_a_proxy_may_tell_it_in_another_header() -> None:
    """As it is configured; the usual one is not read then."""
    gate = gate_with(header="SSL-Client-Cert")
    await bound(gate)
    assert by_proxy(gate) is None
    request = gate.request({"ssl-client-cert": escaped(CLIENT)}, PROXY)
    assert gate.door.identify(request) is not None


async def test_the_client_behind_a_proxy_is_who_asks() -> None:
    """Addresses of credentials are those of clients; hops that no proxy of ours wrote are nobody's word."""
    gate = gate_with()
    await bound(gate, addresses=["10.1.0.0/16"])
    assert by_proxy(gate, x_forwarded_for="10.1.0.1") is not None
    assert by_proxy(gate, x_forwarded_for="10.1.0.1, 192.0.2.7") is None
    assert by_proxy(gate, x_forwarded_for=f"192.0.2.7, 10.1.0.1, {PROXY}") is not None
    assert by_proxy(gate) is None


async def test_what_was_read_once_is_not_read_again() -> None:
    """And what is remembered stays bounded, whatever comes."""
    origins = Origins(networks([PROXY]))
    for n in range(5000):
        scope = {"headers": [(b"x-client-cert", b"%d" % n)], "client": (PROXY, 1)}
        assert origins.certificate(scope) is None
    assert len(origins._known) <= 4096
