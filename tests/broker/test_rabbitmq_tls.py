"""AMQPS: the broker's certificate is verified against the given authority, and its name against the host."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from lgsp.broker.contract import FULL
from lgsp.broker.rabbitmq import RabbitBroker
from lgsp.testing.broker import frames, taken
from lgsp.testing.making import SYSTEM
from lgsp.testing.servers.postgres import free_port
from lgsp.testing.servers.rabbitmq import RabbitServer
from tests.broker.rabbit_side import prefix, until

pytestmark = pytest.mark.skipif(
    shutil.which("openssl") is None and os.environ.get("CI") != "true",
    reason="openssl is not installed; scripts/servers installs it",
)


def openssl(folder: Path, *words: str) -> None:
    """Run openssl in a folder."""
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True, timeout=60)


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority, a certificate of 127.0.0.1 by it, and an authority that nobody knows."""
    folder = tmp_path_factory.mktemp("papers")
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    for name in ("ca", "stranger"):
        openssl(
            folder,
            "req",
            "-x509",
            *key,
            "-keyout",
            f"{name}.key",
            "-out",
            f"{name}.pem",
            "-subj",
            f"/CN={name}",
        )
    openssl(folder, "req", *key, "-keyout", "node.key", "-out", "node.csr", "-subj", "/CN=node")
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1\n", encoding="ascii")
    openssl(
        folder, "x509", "-req", "-in", "node.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
        "-out", "node.pem", "-extfile", "names",
    )  # fmt: skip
    return folder


@pytest.fixture(scope="module")
def safe(papers: Path, rabbit: RabbitServer) -> Iterator[tuple[RabbitServer, int]]:
    """A node that speaks TLS, and the port where it does."""
    port = free_port()
    conf = (
        f"listeners.ssl.default = {port}\n"
        f"ssl_options.cacertfile = {papers}/ca.pem\n"
        f"ssl_options.certfile = {papers}/node.pem\n"
        f"ssl_options.keyfile = {papers}/node.key\n"
    )
    with RabbitServer(conf) as server:
        yield server, port


def url(safe: tuple[RabbitServer, int], host: str, authority: Path) -> str:
    """Return an address."""
    server, port = safe
    return f"amqps://lgsp:{server.password}@{host}:{port}/?cafile={authority}"


async def test_frames_go_through_tls(safe: tuple[RabbitServer, int], papers: Path) -> None:
    """With the right authority all is as without TLS, for a backlog as for one frame."""
    broker = RabbitBroker(url(safe, "127.0.0.1", papers / "ca.pem"), prefix=prefix())
    await broker.declare([SYSTEM])
    try:
        broker.publish(frames(3000))
        found = []
        while len(found) < 3000:
            some = await taken(broker, 1)
            broker.done(some)
            found += some
        assert found == frames(3000)
    finally:
        await broker.close()


@pytest.mark.parametrize(("host", "authority"), [("127.0.0.1", "stranger.pem"), ("localhost", "ca.pem")])
async def test_a_certificate_that_does_not_fit_is_refused(
    safe: tuple[RabbitServer, int], papers: Path, monkeypatch: pytest.MonkeyPatch, host: str, authority: str
) -> None:
    """An unknown authority, or another host's name: nothing is sent, and the operator is told why."""
    monkeypatch.setattr("lgsp.broker.rabbitmq._START", 0.5)
    broker = RabbitBroker(url(safe, host, papers / authority), prefix=prefix())
    await broker.declare([SYSTEM])
    try:
        await until(lambda: [fault.code for fault in broker.standing().faults] == ["certificate-refused"])
        assert broker.depth(SYSTEM) == FULL
    finally:
        await broker.close()
