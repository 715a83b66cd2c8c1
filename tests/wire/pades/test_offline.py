"""Nothing goes out: neither a question about a certificate, nor a secret, nor the library into the gateway."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.wire.pades.making import Party, party, pdf, signed, trusted, urls
from tests.wire.pades.saying import Say

ROOT = party("RootCA Thử", is_ca=True)
AN = party("Nguyễn Văn An", ROOT)
LURE = b"\n%/ByteRange\n"
"""Makes a file worth looking into: without it none is."""


@pytest.fixture
def say(tmp_path: Path) -> Say:
    """Trust one root, and nobody else."""
    return Say(tmp_path, trusted(tmp_path / "trust", ROOT), apart=True)


@pytest.fixture
def listener() -> Iterator[tuple[str, list[Any]]]:
    """Listen at an address, and keep who called."""
    called: list[Any] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        ended = threading.Event()

        def listen() -> None:
            while not ended.is_set():
                try:
                    connection, who = server.accept()
                except TimeoutError:
                    continue
                called.append(who)
                connection.close()

        thread = threading.Thread(target=listen)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/x", called
        ended.set()
        thread.join()


def test_nobody_is_asked_about_a_certificate(tmp_path: Path, listener: tuple[str, list[Any]]) -> None:
    """Addresses of issuers, OCSP responders and lists in a chain are never called, trusted or not."""
    address, called = listener
    sub = party("CA Mạng", ROOT, is_ca=True, extensions=urls(address))
    who = party("Có địa chỉ", sub, extensions=urls(address))
    body = signed(pdf(), Party(who.name, who.certificate))
    [found] = Say(tmp_path, trusted(tmp_path / "trust", ROOT), apart=True)(body)
    assert (found["standing"], found["reason"]) == ("untrusted", "no-chain")
    [found] = Say(tmp_path, trusted(tmp_path / "trust", ROOT, sub), apart=True)(body)
    assert found["standing"] == "valid"
    assert called == []


FENCED = """
from lgsp.wire.pades.child import fence
fence()
import socket, subprocess, os
{}
"""


@pytest.mark.parametrize(
    "act",
    [
        "socket.create_connection(('127.0.0.1', 9))",
        "socket.getaddrinfo('example.invalid', 80)",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 9))",
        "socket.socket().bind(('127.0.0.1', 0))",
        "subprocess.run(['true'])",
        "os.system('true')",
    ],
)
def test_the_process_that_looks_has_neither_network_nor_programs(act: str) -> None:
    """What parses a stranger's file can call nobody and start nothing, even if it wanted to."""
    told = subprocess.run(
        [sys.executable, "-c", FENCED.format(act)], capture_output=True, text=True, check=False
    )
    assert "PermissionError" in told.stderr
    assert "not allowed here" in told.stderr


def test_the_process_that_looks_knows_no_secret(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tokens of the gateway's environment are not in its own."""
    seen: list[dict[str, str]] = []
    really = subprocess.Popen

    def started(*words: Any, **more: Any) -> Any:
        seen.append(more["env"])
        return really(*words, **more)

    monkeypatch.setenv("LGSP_TOKEN_ONE_STOP", "bi-mat")
    monkeypatch.setattr(subprocess, "Popen", started)
    assert say(pdf() + LURE) == [{"standing": "malformed", "reason": "not-in-form"}]
    assert len(seen) == 1
    assert "bi-mat" not in seen[0].values()
    assert not any(name.startswith("LGSP_") for name in seen[0])


def test_nobody_loads_the_library_but_that_process() -> None:
    """It takes half a second and much memory: the gateway and its commands start without it."""
    asked = "import sys; import lgsp.wire.pades, lgsp.cli, lgsp.app; print(any(m.startswith('pyhanko') for m in sys.modules))"
    told = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True, env=os.environ
    )
    assert told.stdout == "False\n"
