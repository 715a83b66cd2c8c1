"""What the many gateways of tests do not make anew is what they would have made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import pytest
from fastapi import Depends, Query, Request, routing
from fastapi.dependencies import utils

from tests.later import Analysed, remembered


def _ask(greeting: str, fallback: int = 1) -> Callable[..., Any]:
    """Return an endpoint of its own, as each gateway makes it."""

    async def ask(name: Annotated[str, Query(max_length=9)], request: Request, more: int = fallback) -> str:
        return f"{greeting} {name} {more} {request}"

    return ask


async def _other(number: int) -> int:
    return number


async def _dependent(found: Annotated[int, Depends(_other)]) -> int:
    return found


class _Looks:
    """Counts how often the web framework looks."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, **given: Any) -> Any:
        self.count += 1
        return utils.get_dependant(**given)


def test_the_same_endpoint_is_looked_at_once() -> None:
    """Two gateways make it anew, it asks for the same, and each gets its own function called."""
    looks, (one, two) = _Looks(), (_ask("xin"), _ask("chào"))
    analysed = Analysed(looks)
    first, second = (analysed(path="/a", call=call, scope="function") for call in (one, two))
    assert looks.count == 1
    assert (first.call, second.call) == (one, two)
    assert [field.alias for field in second.query_params] == ["name", "more"]
    assert second.request_param_name == "request"
    assert repr(second) == repr(utils.get_dependant(path="/a", call=two, scope="function"))


def test_what_one_gateway_adds_is_not_another_ones() -> None:
    """The lists of what a request must bring are its own: a router adds its dependencies to them."""
    analysed = Analysed(_Looks())
    first = analysed(path="/a", call=_ask("xin"))
    first.query_params.clear()
    first.dependencies.append(first)
    later = analysed(path="/a", call=_ask("xin"))
    assert len(later.query_params) == 2
    assert later.dependencies == []


@pytest.mark.parametrize(
    ("path", "call", "more"),
    [
        ("/b", _ask("xin"), {}),
        ("/a", _ask("xin", 2), {}),
        ("/a", _ask("xin"), {"use_cache": False}),
        ("/a", _other, {}),
    ],
    ids=["path", "default", "scope", "code"],
)
def test_what_differs_is_looked_at(path: str, call: Callable[..., Any], more: dict[str, Any]) -> None:
    """Another path, default or function, or another way of asking, is another endpoint."""
    looks = _Looks()
    analysed = Analysed(looks)
    analysed(path="/a", call=_ask("xin"))
    found = analysed(path=path, call=call, **more)
    assert looks.count == 2
    assert repr(found) == repr(utils.get_dependant(path=path, call=call, **more))


def test_what_has_dependencies_is_looked_at_each_time() -> None:
    """They are made of other functions, which may be others the next time."""
    looks = _Looks()
    analysed = Analysed(looks)
    found = [analysed(path="/a", call=_dependent) for _ in range(2)]
    assert looks.count == 2
    assert [len(one.dependencies) for one in found] == [1, 1]


def test_what_cannot_be_told_apart_is_looked_at_each_time() -> None:
    """A class, and a function with a default that cannot be compared, are looked at as ever."""

    def odd(names: list[str] = []) -> list[str]:  # noqa: B006 - a default that has no hash
        return names

    looks = _Looks()
    analysed = Analysed(looks)
    for call in (odd, odd, _Looks, _Looks):
        analysed(path="/a", call=call)
    assert looks.count == 4


def test_what_an_endpoint_returns_is_read_once() -> None:
    """Its annotation is that of all that are the same, and of no other."""
    read: list[Any] = []

    def look(call: Any) -> Any:
        read.append(call)
        return utils.get_typed_return_annotation(call)

    returned = remembered(look)
    assert [returned(call) for call in (_ask("xin"), _ask("chào"), _other, _Looks)] == [str, str, int, None]
    assert len(read) == 3


def test_the_gateways_of_tests_are_spared_so() -> None:
    """The web framework is asked through it: whoever renames it there would have every gateway wait again."""
    assert isinstance(routing.get_dependant, Analysed)
