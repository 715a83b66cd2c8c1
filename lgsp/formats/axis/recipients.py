"""Reading and writing the `to` parameter of sendEdoc.

That `to` is JSON is in the client's code; its shape was never captured (low confidence). A list of codes is
written; a list of objects that name a code, and one bare code, are read too.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from lgsp.domain.nesting import check

_NAMES = ("code", "organid", "id")


def write_recipients(codes: Sequence[str]) -> str:
    """Return the parameter for some recipients."""
    return json.dumps(list(codes), separators=(",", ":"))


def read_recipients(text: str) -> list[str] | None:
    """Return the codes that the parameter names, without repetition; None when it cannot be read."""
    said = text.strip()
    if not said.startswith(("[", "{", '"')):
        return [said] if said else []
    try:
        check(said)
        read = json.loads(said)
    except (ValueError, RecursionError):
        return None
    codes = [_code(entry) for entry in (read if isinstance(read, list) else [read])]
    return None if "" in codes else list(dict.fromkeys(codes))


def _code(entry: Any) -> str:
    if isinstance(entry, dict):
        lower = {str(name).lower(): value for name, value in entry.items()}
        entry = next((lower[name] for name in _NAMES if name in lower), "")
    return entry.strip() if isinstance(entry, str) else ""
