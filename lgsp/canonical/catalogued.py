"""What the items of every catalogue share: whether they are in force, and names with their codes."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict
from pydantic.config import JsonDict

from lgsp.canonical.model import Canonical, Moment, rest, said

CATALOGUE: JsonDict = {"state": "/state", "closed": "closed", "closed_at": "/closed_at", "name": "/name"}
"""The mark of a catalogue's type: where an item says whether it is in force, by which word it says that it is
not, where it says since when, and where its name stands."""


def closed_at() -> Moment | None:
    """Return the field that says since when an item is closed."""
    closed: Moment | None = said(
        "Ngày đóng",
        "When it was found to be missing from the list that had held it; only of a closed one.",
        "our comparison of one list with the next",
    )
    return closed


class Body(Canonical):
    """A body, by its code and its name."""

    model_config = ConfigDict(title="Cơ quan, đơn vị")

    code: str | None = said("Mã đơn vị", "Code of the body as written.", "`MADONVI`")
    name: str | None = said("Tên đơn vị", "Name of the body.", "`TENDONVI`")
    extra: dict[str, Any] | None = rest()
