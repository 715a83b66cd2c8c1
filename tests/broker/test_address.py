"""The URL of an operator is understood as it is written, and a wrong one is told with the mend."""

from __future__ import annotations

import pytest

from lgsp.broker.address import read_address
from lgsp.errors import ConfigError


def test_a_whole_url_is_read() -> None:
    """Several hosts, coded characters in the password and the virtual host, and a heartbeat."""
    found = read_address("amqp://gate:p%40ss%2Fw@one:5673,two,[::1]:5674/tinh%2Fa?heartbeat=4")
    assert found.hosts == (("one", 5673), ("two", 5672), ("::1", 5674))
    assert (found.user, found.password, found.vhost, found.heartbeat) == ("gate", "p@ss/w", "tinh/a", 4)
    assert found.tls is None


def test_defaults_are_those_of_rabbitmq() -> None:
    """The usual ports, the virtual host `/`, and TLS that verifies."""
    assert read_address("amqp://a:b@host").vhost == read_address("amqp://a:b@host/").vhost == "/"
    safe = read_address("amqps://a:b@host/v")
    assert safe.hosts == (("host", 5671),)
    assert safe.tls is not None
    assert safe.tls.check_hostname


def test_a_secret_is_not_shown() -> None:
    """Neither in `repr` nor in the text of a fault."""
    assert "secret" not in repr(read_address("amqp://a:secret@host/"))
    with pytest.raises(ConfigError) as caught:
        read_address("amqp://a:secret@host:port/")
    assert "secret" not in "".join(caught.value.faults)


@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("redis://a:b@host/", "scheme"),
        ("amqp://host/", "user and password"),
        ("amqp://a@host/", "user and password"),
        ("amqp://a:b@/", "host is missing"),
        ("amqp://a:b@one,,two/", "host is missing"),
        ("amqp://a:b@host:12x/", "Port"),
        ("amqp://a:b@host/?heartbeat=soon", "heartbeat|invalid literal"),
        ("amqp://a:b@host/?verify=none", "option 'verify'"),
        ("amqps://a:b@host/?cafile=/nowhere/ca.pem", "No such file"),
    ],
)
def test_a_wrong_url_is_told(url: str, what: str) -> None:
    """There is no way to switch verification off, and no option that is silently not understood."""
    with pytest.raises(ConfigError, match=what):
        read_address(url)
