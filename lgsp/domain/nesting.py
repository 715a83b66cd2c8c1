"""How deep JSON may be nested: looked at before it is parsed, by everything that reads JSON of others."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import orjson

DEEPEST = 64
"""Levels. What systems tell each other has ten; what walks and writes it here ends far behind, but
in the middle of the work."""
_ALIKE = bytes.maketrans(b"{}", b"[]")
_NO_BRACKET = bytes(n for n in range(256) if n not in b"[]{}")
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"?|[\[\]{}]', re.DOTALL)
_WALKED = 4 * 1024 * 1024


def load(text: bytes | str) -> Any:
    """Return JSON as values.

    Raises:
        orjson.JSONDecodeError: it is none, or nested too deep.
    """
    check(text)
    return orjson.loads(text)


def check(text: bytes | str) -> None:
    """Look whether JSON is nested no deeper than it may be; what is no JSON at all is left to who parses it.

    Costs some microseconds: who has few brackets is not deep, and pairs of brackets are taken out level by
    level. What remains then is deep, or has brackets inside its texts: only that is parsed to be measured.

    Raises:
        orjson.JSONDecodeError: it is nested too deep.
    """
    raw = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    if raw.count(b"[") + raw.count(b"{") <= DEEPEST:
        return
    left = raw.translate(_ALIKE, _NO_BRACKET)
    for _ in range(DEEPEST):
        left = left.replace(b"[]", b"")
        if not left:
            return
    if _is_deep(raw):
        raise orjson.JSONDecodeError(f"nested deeper than {DEEPEST} levels", "", 0)


def _is_deep(raw: bytes) -> bool:
    try:
        level = [orjson.loads(raw)]
    except orjson.JSONDecodeError:
        return _is_deep_text(raw)
    for _ in range(DEEPEST):
        level = [one for node in level if isinstance(node, list | dict) for one in _inside(node)]
        if not level:
            return False
    return any(isinstance(node, list | dict) for node in level)


def _inside(node: list[Any] | dict[str, Any]) -> Iterable[Any]:
    return node.values() if isinstance(node, dict) else node


def _is_deep_text(raw: bytes) -> bool:
    """Walk through what is JSON for other parsers at most; a large one is not worth the walk."""
    depth = 0
    for found in _TOKEN.finditer(raw[:_WALKED]):
        if found[0] in (b"[", b"{"):
            depth += 1
            if depth > DEEPEST:
                return True
        elif found[0] in (b"]", b"}"):
            depth -= 1
    return len(raw) > _WALKED
