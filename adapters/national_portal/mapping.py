"""Writing canonical dossiers and progress entries as the national portal wants them; no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from lgsp.formats.dossier_sync import dossier_table, progress_table

STATUSES: dict[str, str] = orjson.loads(Path(__file__).with_name("statuses.json").read_bytes())["to"]
"""Canonical word to the portal's status code."""

_BY_CODE = {code: word for word, code in STATUSES.items()}
_DOSSIER = dossier_table(_BY_CODE)
_PROGRESS = progress_table(_BY_CODE)


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


def native_field(type_: str, pointer: str) -> str:
    """Return the portal's name for a JSON pointer: `TaiLieuNop/0/IsDeleted` of `/papers/0/deleted`."""
    return (_PROGRESS if type_.startswith("dossier.progress.") else _DOSSIER).native(pointer)
