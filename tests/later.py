"""What the many gateways of tests need not make anew: pages that nobody looks at, and templates that are known."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from types import CodeType
from typing import Any

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket


class Later:
    """Stands where an application will be: most gateways of tests never show a page."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make

    @cached_property
    def app(self) -> Any:
        """The application, made by whoever looks at it first."""
        return self._make()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        await self.app(scope, receive, send)


class Compiled(BytecodeCache):
    """Keeps what templates were compiled to, for every gateway of the process and both languages."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give a template what is kept of it as it stands."""
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it."""
        assert bucket.code is not None
        self._kept[bucket.key, bucket.checksum] = bucket.code
