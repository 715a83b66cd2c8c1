"""The gateway's account at RabbitMQ: looked at and made by the management API, or put in commands."""

from __future__ import annotations

import base64
import shlex
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import orjson

from lgsp.broker.address import Address
from lgsp.broker.declaring import Found, Part
from lgsp.broker.topology import Topology
from lgsp.errors import ConfigError, Unavailable
from lgsp.wire.http import Http

_OK, _CREATED, _NOT_FOUND = 200, 201, 404


class Account:
    """One user, allowed what begins with our prefix on one virtual host, and nothing else."""

    def __init__(self, address: Address, topology: Topology) -> None:
        self._address = address
        name = topology.prefix.replace(".", "\\.")
        self._permissions = {
            "configure": f"^{name}\\.",
            "write": f"^({name}\\..*|amq\\.default)$",
            "read": f"^{name}\\.",
        }

    def commands(self) -> list[str]:
        """Return what an administrator types at a RabbitMQ host; the password is asked for there."""
        user, vhost = shlex.quote(self._address.user), shlex.quote(self._address.vhost)
        allowed = " ".join(shlex.quote(pattern) for pattern in self._permissions.values())
        made = [] if self._address.vhost == "/" else [f"rabbitmqctl add_vhost {vhost}"]
        return [
            *made,
            f"rabbitmqctl add_user {user}",
            f"rabbitmqctl set_permissions -p {vhost} {user} {allowed}",
        ]

    async def survey(self, admin: Admin) -> list[Part]:
        """Tell how virtual host, user and permissions stand. Nothing is changed."""
        user, vhost = quote(self._address.user, safe=""), quote(self._address.vhost, safe="")
        there = await admin.get(f"/api/permissions/{vhost}/{user}")
        allowed = there and {name: there[name] for name in self._permissions}
        return [
            Part("vhost", self._address.vhost, _found(await admin.get(f"/api/vhosts/{vhost}"))),
            Part("user", self._address.user, _found(await admin.get(f"/api/users/{user}"))),
            Part(
                "permissions",
                f"{self._address.user}@{self._address.vhost}",
                Found.DIFFERENT if allowed and allowed != self._permissions else _found(there),
            ),
        ]

    async def make(self, admin: Admin) -> None:
        """Make virtual host and user, with the password of LGSP_BROKER_URL, and set the permissions."""
        user, vhost = self._address.user, self._address.vhost
        await admin.define(
            {
                "vhosts": [{"name": vhost}],
                "users": [
                    {"name": user, "password": self._address.password, "tags": await self._tags(admin)}
                ],
                "permissions": [{"user": user, "vhost": vhost, **self._permissions}],
            }
        )

    async def _tags(self, admin: Admin) -> Any:
        there = await admin.get(f"/api/users/{quote(self._address.user, safe='')}")
        return there["tags"] if there else ""


class Admin:
    """RabbitMQ's management API, by the URL of an administrator."""

    def __init__(self, url: str, http: Http) -> None:
        """Read `http(s)://user:password@host:15672`.

        Raises:
            ConfigError: it is none.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or not parts.username:
            raise ConfigError(["LGSP_BROKER_ADMIN_URL: write http(s)://user:password@host:15672"])
        account = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        self._headers = {"Authorization": f"Basic {base64.b64encode(account.encode()).decode()}"}
        self._place = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        self._http = http

    async def get(self, path: str) -> Any:
        """Return a resource, None if it is not there.

        Raises:
            Unavailable: the API is away, or refused.
        """
        answer = await self._http.get(self._place + path, headers=self._headers)
        if answer.status == _NOT_FOUND:
            return None
        if answer.status != _OK:
            raise Unavailable("broker-admin-refused", f"HTTP {answer.status}")
        return answer.json()

    async def define(self, definitions: dict[str, Any]) -> None:
        """Add definitions to what is there.

        Raises:
            Unavailable: the API is away, or refused.
        """
        body = orjson.dumps(definitions)
        answer = await self._http.post(f"{self._place}/api/definitions", body, headers=self._headers)
        if answer.status not in (_OK, _CREATED, 204):
            raise Unavailable("broker-admin-refused", f"HTTP {answer.status}")


def _found(there: Any) -> Found:
    return Found.THERE if there else Found.MISSING
