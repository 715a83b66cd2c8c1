"""What the many gateways of tests need not make: pages that nobody looks at, and looks at what is the same."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import Any

from fastapi.dependencies.models import Dependant


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


LISTS = ("path_params", "query_params", "header_params", "cookie_params", "body_params", "dependencies")


class Analysed:
    """Remembers what an endpoint's signature asks of a request: each gateway makes the same endpoints anew.

    Two of them are the same for that if they have code, defaults, annotations and path in common; what has
    dependencies of its own is looked at each time.

    Args:
        look: how the web framework looks at a signature.
    """

    def __init__(self, look: Callable[..., Dependant]) -> None:
        self._look = look
        self._kept: dict[Any, Dependant] = {}

    def __call__(self, *, path: str, call: Callable[..., Any], **more: Any) -> Dependant:
        """Return it, with lists that are nobody else's."""
        key = _sameness(call, path, *sorted(more.items()))
        known = self._kept.get(key) if key else None
        if known is None:
            known = self._look(path=path, call=call, **more)
            if key and not known.dependencies:
                self._kept[key] = known
            else:
                return known
        lists = {name: list(getattr(known, name)) for name in LISTS}
        return replace(known, call=call, **lists)


def remembered(look: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return what looks at an endpoint once for all that are the same."""
    kept: dict[Any, Any] = {}

    def looked(call: Any) -> Any:
        key = _sameness(call)
        if key is None:
            return look(call)
        if key not in kept:
            kept[key] = look(call)
        return kept[key]

    return looked


def _sameness(call: Callable[..., Any], *more: Any) -> Any:
    """Return what an endpoint has in common with those that ask for the same; None if that cannot be told."""
    inner = inspect.unwrap(call)
    code = getattr(inner, "__code__", None)
    if code is None or hasattr(inner, "__signature__"):
        return None
    named = (*inner.__annotations__.items(), *(inner.__kwdefaults__ or {}).items())
    key = (code, inner.__defaults__, named, more)
    try:
        hash(key)
    except TypeError:
        return None
    return key
