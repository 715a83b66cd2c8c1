"""Making patients: an installation of which a test says how it is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lgsp.adapter import Adapter, Config
from lgsp.doctor.patient import Patient
from lgsp.doctor.verdict import Verdict
from lgsp.home import packed
from lgsp.limits import Alerts
from lgsp.routes import Routes
from lgsp.settings import read_settings


class Told(Config):
    """Settings that a test makes up."""

    url: str = ""
    trust: str = ""
    more: list[dict[str, str]] = []  # noqa: RUF012 - never changed


class Far(Adapter):
    """A system that answers a check as it was told to."""

    Config = Told
    brings = frozenset({"dossier.v1"})
    takes = frozenset({"dossier.v1"})

    def __init__(self, told: BaseException | None = None, **config: Any) -> None:
        super().__init__(Told(**config), None)  # type: ignore[arg-type]
        self.told = told

    async def check(self) -> None:
        """Answer."""
        if self.told is not None:
            raise self.told


def patient(folder: Path, environment: dict[str, str] | None = None, **more: Any) -> Patient:
    """Return a patient whose state is in a folder, with the packed home; `alerts` is what that says of them."""
    settings = read_settings({"LGSP_STATE": str(folder), **(environment or {})})
    alerts = Alerts.model_validate(more.pop("alerts", {"silence": []}))
    more.setdefault("routes", Routes("", {}, [], [], {}, alerts))
    return Patient(packed(), settings, **more)


def grades(verdicts: Sequence[Verdict]) -> list[tuple[str, str, str]]:
    """Return part, subject and grade of each verdict."""
    return [(one.part, one.subject, one.grade.value) for one in verdicts]
