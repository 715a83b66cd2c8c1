"""A private node is nobody else's, and leaves nothing behind."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from lgsp.testing.servers.rabbitmq import RabbitServer


def processes_in(folder: Path) -> list[str]:
    """Return the processes whose working folder is a node's."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if (place / "cwd").readlink().is_relative_to(folder):
                found.append(place.name)
        except OSError:
            continue
    return found


def test_a_node_starts_by_itself_and_vanishes(rabbit: RabbitServer) -> None:
    """Beside another node it has its own ports, account, epmd and folder; all of it is gone afterwards."""
    with RabbitServer() as server:
        assert server.port != rabbit.port
        assert server.epmd_port != rabbit.epmd_port
        assert server.alive
        assert server.ctl("list_users").count("lgsp") == 1
        assert processes_in(server.folder)
        first = server.pid
        server.restart()
        assert server.pid != first
        assert server.alive
        folder = server.folder
    assert not folder.exists()
    assert processes_in(folder) == []
    for port in (server.port, server.epmd_port):
        with (
            pytest.raises(OSError, match="refused"),
            socket.create_connection(("127.0.0.1", port), timeout=1),
        ):
            pass


def test_a_frozen_node_keeps_its_connections_and_says_nothing(rabbit: RabbitServer) -> None:
    """That is what a half-open connection is like; a node that is let go on answers as before."""
    with RabbitServer() as server:
        server.freeze()
        with socket.create_connection(("127.0.0.1", server.port), timeout=1) as talk:
            talk.sendall(b"AMQP\x00\x00\x09\x01")
            talk.settimeout(0.5)
            with pytest.raises(TimeoutError):
                talk.recv(1)
        server.thaw()
        assert server.alive
    assert rabbit.alive


def test_a_command_that_fails_says_so(rabbit: RabbitServer) -> None:
    """A test that plants a fault must not go on as if it had."""
    with pytest.raises(RuntimeError, match="delete_vhost"):
        rabbit.ctl("delete_vhost", "never-there")
