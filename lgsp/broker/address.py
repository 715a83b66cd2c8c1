"""Where RabbitMQ is: the URL of an operator, as parameters of a connection to each of its hosts."""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from pika import ConnectionParameters, PlainCredentials, SSLOptions

from lgsp.errors import ConfigError

_PORTS = {"amqp": 5672, "amqps": 5671}
_KNOWN = {"cafile", "certfile", "keyfile", "heartbeat"}
_HEARTBEAT = 10
_OPENING = 10.0
"""Seconds that one host has for TCP, TLS and the greeting."""


@dataclass(slots=True, frozen=True, repr=False)
class Address:
    """Read from `amqp(s)://user:password@host1,host2:port/vhost?cafile=…`. `repr` is left out: a secret.

    Attributes:
        hosts: in the order of the URL, with their ports.
        tls: verified against `cafile`, else against what the machine trusts; None for plain AMQP.
        heartbeat: seconds after which a silent connection is given up, twice over.
    """

    hosts: tuple[tuple[str, int], ...]
    user: str
    password: str
    vhost: str
    tls: ssl.SSLContext | None = None
    heartbeat: int = _HEARTBEAT

    def parameters(self, host: str, port: int, name: str) -> ConnectionParameters:
        """Return what a connection to one host needs; `name` is what an operator reads at the broker."""
        return ConnectionParameters(
            host=host,
            port=port,
            virtual_host=self.vhost,
            credentials=PlainCredentials(self.user, self.password),
            heartbeat=self.heartbeat,
            stack_timeout=_OPENING,
            socket_timeout=_OPENING / 2,
            connection_attempts=1,
            client_properties={"connection_name": name},
            ssl_options=SSLOptions(self.tls, host) if self.tls else None,
        )


def read_address(url: str) -> Address:
    """Read a URL.

    Raises:
        ConfigError: it is none that we know; its password is not in the text.
    """
    scheme, _, rest = url.partition("://")
    netloc = re.split("[/?#]", rest, maxsplit=1)[0]
    # several hosts, some of them in brackets, are more than some versions of urlsplit take
    parts = urlsplit(f"{scheme}://host{rest[len(netloc) :]}")
    options = dict(parse_qsl(parts.query))
    if parts.scheme not in _PORTS:
        raise _wrong(f"scheme {parts.scheme!r}: amqp:// or amqps:// is known")
    if unknown := sorted(options.keys() - _KNOWN):
        raise _wrong(f"option {unknown[0]!r}: one of {', '.join(sorted(_KNOWN))} is known")
    account, _, hosts = netloc.rpartition("@")
    user, _, password = account.partition(":")
    if not user or not password:
        raise _wrong("user and password are missing; write amqp://user:password@host/vhost")
    try:
        return Address(
            hosts=tuple(_host(one, _PORTS[parts.scheme]) for one in hosts.split(",")),
            user=unquote(user),
            password=unquote(password),
            vhost=unquote(parts.path[1:]) or "/",
            tls=_tls(options) if parts.scheme == "amqps" else None,
            heartbeat=int(options.get("heartbeat", _HEARTBEAT)),
        )
    except (ValueError, OSError) as fault:
        raise _wrong(str(fault)) from None


def _host(text: str, port: int) -> tuple[str, int]:
    one = urlsplit(f"//{text}")
    if not one.hostname:
        raise ValueError("a host is missing")
    return one.hostname, one.port or port


def _tls(options: Mapping[str, str]) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=options.get("cafile"))
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if certificate := options.get("certfile"):
        context.load_cert_chain(certificate, options.get("keyfile"))
    return context


def _wrong(what: str) -> ConfigError:
    return ConfigError([f"LGSP_BROKER_URL: {what}; mend it"])
