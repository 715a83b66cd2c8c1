"""What makes a report the same report: its code and its version, within its source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def identity(data: Mapping[str, Any], native: bytes) -> str:  # noqa: ARG001 - the shape of a rule of identity
    """Return the key of a version of a report: another body under it is a conflict."""
    return f"{data['code']}|{data['version']}"
