"""`lgsp declare` shows what it would make on RabbitMQ, makes it when told to, and changes nothing that is there."""

from __future__ import annotations

import json
import os
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lgsp.testing.servers.rabbitmq import RabbitServer, rabbitmq_folder
from tests.cli.processes import environment, lgsp

JOURNAL = "postgresql://nobody:nothing@127.0.0.1:1/never-asked"


@pytest.fixture(scope="module")
def managed() -> Iterator[RabbitServer]:
    """A node with the management API."""
    if rabbitmq_folder() is None:
        assert os.environ.get("CI") != "true", "rabbitmq-server is not installed; scripts/servers installs it"
        pytest.skip("rabbitmq-server is not installed; scripts/servers installs it")
    with RabbitServer(managed=True) as server:
        yield server


def declared(folder: Path, url: str, *words: str, admin: str = "") -> tuple[int, dict[str, Any]]:
    """Run the command; return its exit code and what it said."""
    more = {"LGSP_BROKER_ADMIN_URL": admin} if admin else {}
    env = environment(folder, LGSP_BROKER_URL=url, LGSP_JOURNAL_URL=JOURNAL, **more)
    done = lgsp(env, "declare", *words, "--json")
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def states(told: dict[str, Any]) -> dict[tuple[str, str], str]:
    """Return how each part stands."""
    return {(part["kind"], part["name"]): part["is"] for part in told["parts"]}


def test_an_installation_is_made_from_nothing(managed: RabbitServer, tmp_path: Path) -> None:
    """Virtual host, user, permissions, exchange and queues: first shown, then made, and the second time there."""
    url = f"amqp://gateway:p%40ss@127.0.0.1:{managed.port}/province"
    code, told = declared(tmp_path, url, admin=managed.admin_url)
    assert code == 1
    assert set(states(told).values()) == {"missing"}
    assert "province" not in managed.ctl("list_vhosts")

    code, told = declared(tmp_path, url, "--yes", admin=managed.admin_url)
    assert (code, told["missing"], told["fault"]) == (0, 0, "")
    assert set(states(told)) == {
        ("vhost", "province"),
        ("user", "gateway"),
        ("permissions", "gateway@province"),
        ("exchange", "lgsp.dead-letters"),
        ("queue", "lgsp.dead-letters"),
        ("queue", "lgsp.system.document-axis"),
        ("queue", "lgsp.system.national-portal"),
        ("queue", "lgsp.system.national-reporting"),
    }
    code, told = declared(tmp_path, url)
    assert (code, told["missing"]) == (0, 0)
    assert r"^lgsp\." in managed.ctl("list_permissions", "-p", "province")


def test_without_an_administrator_the_commands_are_told(managed: RabbitServer, tmp_path: Path) -> None:
    """Whoever may not make accounts is given the exact commands, without the password in them."""
    url = f"amqp://nobody:secret-word@127.0.0.1:{managed.port}/elsewhere"
    code, told = declared(tmp_path, url, "--yes")
    assert (code, told["fault"]) == (1, "credentials-refused")
    assert "secret-word" not in json.dumps(told)
    managed.ctl("add_vhost", "elsewhere")
    managed.ctl("add_user", "nobody", "secret-word")
    for command in told["commands"][2:]:
        assert command.startswith("rabbitmqctl set_permissions -p elsewhere nobody ")
    managed.ctl(
        "set_permissions", "-p", "elsewhere", "nobody", r"^lgsp\.", r"^(lgsp\..*|amq\.default)$", r"^lgsp\."
    )
    code, told = declared(tmp_path, url, "--yes")
    assert (code, told["missing"]) == (0, 0)


def test_a_queue_that_is_different_is_told_and_left(managed: RabbitServer, tmp_path: Path) -> None:
    """What somebody made in another way is neither used silently nor deleted."""
    managed.ctl("add_vhost", "other")
    managed.ctl("set_permissions", "-p", "other", "lgsp", ".*", ".*", ".*")
    url = f"amqp://lgsp:{managed.password}@127.0.0.1:{managed.port}/other"
    made = json.dumps(
        {
            "queues": [
                {
                    "name": "lgsp.system.national-portal",
                    "durable": True,
                    "auto_delete": False,
                    "arguments": {},
                }
            ]
        }
    )
    _post(managed, "/api/definitions/other", made)
    code, told = declared(tmp_path, url, "--yes")
    assert code == 1
    assert states(told)["queue", "lgsp.system.national-portal"] == "different"
    assert states(told)["queue", "lgsp.system.document-axis"] == "there"


def test_the_screen_is_for_people(managed: RabbitServer, tmp_path: Path) -> None:
    """Vietnamese first, what to do next said, no password and no log lines."""
    url = f"amqp://stranger:secret-word@127.0.0.1:{managed.port}/"
    env = environment(tmp_path, LGSP_BROKER_URL=url, LGSP_JOURNAL_URL=JOURNAL)
    done = lgsp(env, "declare")
    assert done.returncode == 1
    assert "RabbitMQ từ chối tài khoản" in done.stdout
    assert "rabbitmqctl add_user stranger" in done.stdout
    assert "secret-word" not in done.stdout + done.stderr
    assert done.stderr == ""


def _post(server: RabbitServer, path: str, body: str) -> None:
    place = server.admin_url.replace(f"lgsp:{server.password}@", "")
    passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    passwords.add_password(None, place, "lgsp", server.password)
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPBasicAuthHandler(passwords)
    )
    asked = urllib.request.Request(
        place + path, body.encode(), {"Content-Type": "application/json"}, method="POST"
    )
    opener.open(asked, timeout=10).close()
