"""Who asks is the connection's address, unless one of our own proxies says whose it is."""

from __future__ import annotations

import pytest

from lgsp.proxies import among, networks, who_asks

OURS = networks(["10.1.0.0/24", "fd00::1"])


@pytest.mark.parametrize(
    ("peer", "forwarded", "who"),
    [
        ("10.1.0.5", "203.0.113.9", "203.0.113.9"),
        ("10.1.0.5", "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("10.1.0.5", "1.2.3.4, 203.0.113.9, 10.1.0.6", "203.0.113.9"),
        ("::ffff:10.1.0.5", "203.0.113.9", "203.0.113.9"),
        ("fd00::1", "2001:db8::7", "2001:db8::7"),
        ("10.1.0.5", "", "10.1.0.5"),
        ("10.1.0.5", "10.1.0.6", "10.1.0.5"),
        ("10.1.0.5", "203.0.113.9, unknown", "10.1.0.5"),
        ("10.1.0.5", "203.0.113.9:4711", "10.1.0.5"),
        ("203.0.113.9", "10.1.0.5", "203.0.113.9"),
        ("10.1.1.5", "127.0.0.1", "10.1.1.5"),
        ("", "203.0.113.9", ""),
    ],
)
def test_only_our_own_proxies_say_who_asks(peer: str, forwarded: str, who: str) -> None:
    """What a stranger writes into the header never counts, also behind a proxy: it is read from its end on."""
    assert who_asks(peer, forwarded, OURS) == who


def test_without_proxies_the_header_says_nothing() -> None:
    """Nobody is believed by default."""
    assert who_asks("127.0.0.1", "203.0.113.9", ()) == "127.0.0.1"


def test_what_is_no_address_lies_nowhere() -> None:
    """A unix socket has no address; a name is never looked up."""
    assert [among(one, networks(["0.0.0.0/0", "::/0"])) for one in ("", "localhost", "10.1")] == [False] * 3
