"""Writing canonical dossiers and progress entries as the national portal wants them; no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from lgsp.formats.dossier_sync import dossier_table, progress_table
from lgsp.formats.portal_questions import (
    ANSWER,
    QUESTION,
    SATISFACTION,
    TELL_ANSWER,
    TELL_QUESTION,
    TELL_SATISFACTION,
    TOLD_ANSWER,
    TOLD_QUESTION,
    TOLD_SATISFACTION,
)

STATUSES: dict[str, str] = orjson.loads(Path(__file__).with_name("statuses.json").read_bytes())["to"]
"""Canonical word to the portal's status code."""

_BY_CODE = {code: word for word, code in STATUSES.items()}
_DOSSIER = dossier_table(_BY_CODE)
_PROGRESS = progress_table(_BY_CODE)
_OTHERS = {QUESTION: TOLD_QUESTION, ANSWER: TOLD_ANSWER, SATISFACTION: TOLD_SATISFACTION}

SERVICES = {QUESTION: TELL_QUESTION, ANSWER: TELL_ANSWER, SATISFACTION: TELL_SATISFACTION}
"""By which service each type is told that is no dossier."""

UPDATED = frozenset({QUESTION, ANSWER})
"""Those of which the portal is told whether it holds them already."""


def dossier(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return a `dossier.v1` body as an item of `DongBoHoSoMC`.

    Raises:
        Refused: its status has no code in `statuses.json` (`unmapped-status`).
    """
    return _DOSSIER.write(data)


def progress(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return a `dossier.progress.v1` body as an item of `CapNhatTienDoHoSoMC`.

    Raises:
        Refused: its status has no code in `statuses.json` (`unmapped-status`).
    """
    return _PROGRESS.write(data)


def other(type_: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body of one of `SERVICES` as an item of its service."""
    return _OTHERS[type_].write(data)


def native_field(type_: str, pointer: str) -> str:
    """Return the portal's name for a JSON pointer: `TaiLieuNop/0/IsDeleted` of `/papers/0/deleted`."""
    if type_ in _OTHERS:
        return _OTHERS[type_].native(pointer)
    return (_PROGRESS if type_.startswith("dossier.progress.") else _DOSSIER).native(pointer)
