"""No address that came in data makes us connect to where we were not told to: counted at a listening socket."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any

import pytest

from lgsp.domain.reachable import loops_back
from lgsp.errors import Unavailable
from lgsp.wire import download
from lgsp.wire.download import Bounds, Downloads
from lgsp.wire.http import Http

ALLOWED = "tep.so.lan"
"""The one host that the configuration names; what it resolves to is what a test says."""

EVIL = [
    # this machine, in every form that some reader takes for it
    "http://127.0.0.1:{port}/", "http://127.1:{port}/", "http://127.0.1:{port}/", "http://2130706433:{port}/",
    "http://0x7f000001:{port}/", "http://0x7f.1:{port}/", "http://0177.0.0.1:{port}/", "http://017700000001:{port}/",
    "http://0:{port}/", "http://0.0.0.0:{port}/", "http://localhost:{port}/", "http://localhost.:{port}/",
    "http://LOCALHOST:{port}/", "http://localhost.localdomain:{port}/", "http://ip6-localhost:{port}/",
    "http://[::1]:{port}/", "http://[::]:{port}/", "http://[::ffff:127.0.0.1]:{port}/", "http://[::127.0.0.1]:{port}/",
    "http://[::ffff:7f00:1]:{port}/", "http://[0:0:0:0:0:0:0:1]:{port}/", "http://[::1%25lo]:{port}/",
    "http://①②⑦.⓪.⓪.①:{port}/", "http://127。0。0。1:{port}/", "http://127.0.0.1.:{port}/", "http://⒈27.0.0.1:{port}/",
    "http://[64:ff9b::7f00:1]:{port}/", "http://[2002:7f00:1::]:{port}/",
    # the metadata of clouds, and what else lies on a link
    "http://169.254.169.254/latest/meta-data/", "http://[fe80::1]/", "http://0xA9FEA9FE/", "http://2852039166/",
    # another host in the dress of the allowed one
    "http://tep.so.lan@127.0.0.1:{port}/", "http://tep.so.lan:80@127.0.0.1:{port}/", "http://127.0.0.1:{port}\\@tep.so.lan/",
    "http://tep.so.lan\\@127.0.0.1:{port}/", "http://tep.so.lan%40127.0.0.1:{port}/", "http://tep.so.lan#@127.0.0.1:{port}/x",
    "http://tep.so.lan?@127.0.0.1:{port}/", "http://tep.so.lan%00.127.0.0.1:{port}/", "http://tep.so.lan\t@127.0.0.1:{port}/",
    "http://tep.so.lan\r\nHost: x@127.0.0.1:{port}/", "http://tep.so.lan.127.0.0.1.nip.example:{port}/",
    "http://127.0.0.1:{port}/tep.so.lan", "http://xn--tep-so-lan.example:{port}/", "http://tep.so.lan.:{port}@127.0.0.1:{port}/",
    "http:///127.0.0.1:{port}/", "http:127.0.0.1:{port}/", "http:/127.0.0.1:{port}/", "http:\\\\127.0.0.1:{port}\\",
    "//127.0.0.1:{port}/", "/\\127.0.0.1:{port}/", "http://tep.so.lan:{port}:80/", "http://tep.so.lan:99999/",
    "http://tep.so.lan:-1/", "http://tep.so.lan:{port} /", "http://:{port}/", "http://@127.0.0.1:{port}/",
    # what is no web
    "file:///etc/passwd", "ftp://127.0.0.1:{port}/", "gopher://127.0.0.1:{port}/_x", "dict://127.0.0.1:{port}/x",
    "ldap://127.0.0.1:{port}/", "jar:http://127.0.0.1:{port}/!/", "data:text/plain,x", "javascript:x", "unix:///run/x",
    "http+unix://%2Frun%2Fx/", "ws://127.0.0.1:{port}/", "", " ", "http://", "\x00http://127.0.0.1:{port}/",
]  # fmt: skip

LOCAL = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "169.254.169.254", "224.0.0.1", "::1", "::", "fe80::1",
    "fe80::1%eth0", "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::7f00:1",
    "2002:7f00:1::1", "2002:a9fe:a9fe::", "nonsense",
]  # fmt: skip


@dataclass(slots=True)
class Net:
    """A listening socket that counts, and what the allowed name resolves to, answer by answer."""

    port: int = 0
    connections: int = 0
    answer: bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx"
    addresses: list[list[str]] = field(default_factory=list)
    asked: int = 0

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Count a connection and answer it."""
        self.connections += 1
        await reader.readuntil(b"\r\n\r\n")
        writer.write(self.answer)
        writer.close()


@pytest.fixture
async def net(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Net]:
    """Names lead where the test says: without an answer of its own, every name leads to the counting socket."""
    one = Net()

    class Resolver:
        async def resolve(self, host: str, port: int = 0, _: Any = socket.AF_INET) -> list[Any]:
            found = one.addresses[min(one.asked, len(one.addresses) - 1)] if one.addresses else ["127.0.0.1"]
            one.asked += 1
            return [_resolved(host, address, port) for address in found]

        async def close(self) -> None:
            """Hold nothing."""

    monkeypatch.setattr(download.aiohttp, "ThreadedResolver", Resolver)
    server = await asyncio.start_server(one.meet, "127.0.0.1", 0)
    one.port = server.sockets[0].getsockname()[1]
    async with server:
        yield one


def _resolved(host: str, address: str, port: int) -> dict[str, Any]:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return {"hostname": host, "host": address, "port": port, "family": family, "proto": 0, "flags": 0}


async def _why(url: str, *hosts: str) -> str:
    downloads = Downloads()
    try:
        await downloads.fetch(
            url, lambda _: None, Bounds(lambda host, _: host in (hosts or (ALLOWED,)), 1000, 5.0)
        )
    except Unavailable as fault:
        return fault.cause
    finally:
        await downloads.close()
    return "came"


async def test_no_evil_address_makes_a_connection(net: Net) -> None:
    """Whatever it is dressed as: it is told as leading elsewhere, and nobody is asked for anything."""
    said = {url: await _why(url.replace("{port}", str(net.port))) for url in EVIL}
    assert said == dict.fromkeys(EVIL, "file-source-elsewhere")
    assert net.connections == 0


async def test_an_allowed_name_that_leads_to_this_machine_is_not_followed(net: Net) -> None:
    """Whoever owns the name may point it anywhere: not at us, nor at our link, in any form of either protocol."""
    said = {}
    for address in LOCAL:
        net.addresses = [[address]]
        said[address] = await _why(f"http://{ALLOWED}:{net.port}/")
    assert said == dict.fromkeys(LOCAL, "file-source-elsewhere")
    assert net.connections == 0


async def test_of_several_addresses_those_of_this_machine_are_left_out(net: Net) -> None:
    """A good address beside a bad one does not open the way to the bad one when the good one is silent."""
    net.addresses = [["192.0.2.1", "127.0.0.1"]]
    downloads = Downloads()
    with pytest.raises(Unavailable):
        await downloads.fetch(
            f"http://{ALLOWED}:{net.port}/", lambda _: None, Bounds(lambda *_: True, 1000, 1.0)
        )
    await downloads.close()
    assert net.connections == 0


async def test_the_address_that_was_looked_at_is_the_one_that_is_asked(net: Net) -> None:
    """A name that is resolved anew gives no second answer (rebinding): there is one look, and it decides."""
    net.addresses = [["192.0.2.1"], ["127.0.0.1"], ["127.0.0.1"]]
    downloads = Downloads()
    for _ in range(2):
        with pytest.raises(Unavailable):
            await downloads.fetch(
                f"http://{ALLOWED}:{net.port}/", lambda _: None, Bounds(lambda *_: True, 1000, 0.5)
            )
    await downloads.close()
    assert (net.asked, net.connections) == (1, 0)


@pytest.mark.parametrize(
    "location",
    [
        "http://elsewhere.example/x", "//elsewhere.example/x", "http://[::1]:{port}/", "http://2130706433:{port}/x",
        "file:///etc/passwd", "http://127.0.0.1@elsewhere.example/", "\\\\elsewhere.example\\x", "gopher://127.0.0.1/",
        "http://127.0.0.1:{port}/again",
    ],
)  # fmt: skip
async def test_a_redirection_leads_no_further_than_its_host(net: Net, location: str) -> None:
    """Each hop is looked at like the first address, and there are few of them: one that goes round ends."""
    told = location.replace("{port}", str(net.port))
    net.answer = (
        f"HTTP/1.1 302 Found\r\nLocation: {told}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()
    )
    said = await _why(f"http://127.0.0.1:{net.port}/first", "127.0.0.1")
    assert said == "file-source-elsewhere"
    assert net.connections == (4 if location.endswith("again") else 1)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_what_is_sent_to_a_system_follows_no_redirection(net: Net, status: int) -> None:
    """A system that answers with another address has answered: the body and the credentials stay with it."""
    net.answer = (
        f"HTTP/1.1 {status} Moved\r\nLocation: http://127.0.0.1:{net.port}/x\r\nContent-Length: 0\r\n"
        "Connection: close\r\n\r\n"
    ).encode()
    http = Http(timeout=5.0)
    answer = await http.post(f"http://127.0.0.1:{net.port}/", b"{}", headers={"Authorization": "Bearer x"})
    await http.close()
    assert (answer.status, net.connections) == (status, 1)


async def test_no_proxy_of_the_environment_is_asked(net: Net, monkeypatch: pytest.MonkeyPatch) -> None:
    """`http_proxy` is for people's tools: what goes out goes where the home says."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{net.port}")
    http = Http(timeout=2.0)
    with pytest.raises(Unavailable):
        await http.post("http://127.0.0.1:1/", b"{}")
    await http.close()
    assert await _why("http://127.0.0.1:1/", "127.0.0.1") == "file-source-away"
    assert net.connections == 0


@pytest.mark.parametrize(
    "address", ["10.1.2.3", "192.168.1.1", "203.0.113.9", "fd00::1", "2001:db8::1", "64:ff9b::a01:203"]
)
def test_offices_lie_in_private_networks(address: str) -> None:
    """Those addresses are what the configuration is for: its list of hosts is what says which."""
    assert ip_address(address)
    assert not loops_back(address)
