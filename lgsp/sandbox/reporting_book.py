"""Keeping what a stand-in of the reporting system was given, and what it has to say of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lgsp.domain.reports.periods import SCHEMES
from lgsp.sandbox.compare import digest
from lgsp.sandbox.reporting_faults import ReportingWeather
from lgsp.sandbox.reporting_rules import counts_of

ARRIVED, ACCEPTED, RETURNED = "1", "2", "3"
_CORRECT = "Đề nghị rà soát, đối chiếu lại số liệu và gửi phiên bản sửa"


@dataclass(slots=True)
class Held:
    """One version of a report.

    Attributes:
        at: when it came, by the clock that measures reviews.
        word: what was said of it last.
    """

    report: dict[str, Any]
    digest: str
    receipt: str
    at: float
    word: str = ARRIVED
    repeats: int = 0


@dataclass(slots=True)
class Book:
    """Reports by code and version, and the list of statuses, numbered as they came to be.

    Attributes:
        clock: measures reviews.
        now: dates what is said.
    """

    clock: Callable[[], float]
    now: Callable[[], datetime]
    reports: dict[str, dict[int, Held]] = field(default_factory=dict)
    said: list[dict[str, Any]] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    def versions(self, code: str) -> dict[int, Held]:
        """Return what it has of a report."""
        return self.reports.get(code, {})

    def keep(self, report: dict[str, Any], code: str, version: int) -> Held:
        """Keep a version that is new, and say that it arrived."""
        number = sum(map(len, self.reports.values())) + 1
        held = Held(report, digest(report), f"TN-{number:06}", self.clock())
        self.reports.setdefault(code, {})[version] = held
        self._say(code, version, held, ARRIVED)
        return held

    def before(self, report: Mapping[str, Any]) -> dict[str, int] | None:
        """Return what the same form of the same agency counted in the period before, where that is here."""
        scheme = SCHEMES.get(str(report.get("CachChiaKy")))
        try:
            wanted = scheme.read(str(report.get("KyBaoCao"))).carries_from if scheme else None
        except ValueError:
            return None
        if scheme is None or wanted is None:
            return None
        same = {name: report.get(name) for name in ("MaDonVi", "MaBieuMau")}
        same |= {"CachChiaKy": scheme.label, "KyBaoCao": wanted.code}
        return next(
            (counts_of(one.report) for one in self._newest() if same.items() <= one.report.items()), None
        )

    def review(self, weather: ReportingWeather) -> None:
        """Say of every version that has lain long enough whether it is accepted or has to be corrected."""
        for code, versions in self.reports.items():
            for version, held in versions.items():
                if held.word == ARRIVED and self.clock() - held.at >= weather.faults.review_ms / 1000:
                    returned = version == min(versions) and weather.returns(code)
                    self._say(code, version, held, RETURNED if returned else ACCEPTED)
                    if weather.strikes(weather.faults.list_twice):
                        self.said.append({**self.said[-1], "So": len(self.said) + 1})

    def state(self) -> dict[str, Any]:
        """Return what is held: `reports` as `{code: {version: …}}`, the words of it, and the calls."""
        return {
            "reports": {
                code: {str(version): held.report for version, held in versions.items()}
                for code, versions in self.reports.items()
            },
            "words": {
                code: {str(version): held.word for version, held in versions.items()}
                for code, versions in self.reports.items()
            },
            "statuses": self.said,
            "repeats": sum(held.repeats for of in self.reports.values() for held in of.values()),
            "calls": dict(self.calls),
            "refused": dict(self.refused),
        }

    def _newest(self) -> list[Held]:
        return [versions[max(versions)] for versions in self.reports.values()]

    def _say(self, code: str, version: int, held: Held, word: str) -> None:
        held.word = word
        self.said.append(
            {
                "So": len(self.said) + 1,
                "MaBaoCao": code,
                "PhienBan": version,
                "TrangThai": word,
                "ThoiDiem": self.now().isoformat(timespec="milliseconds"),
                "MaDonVi": held.report["MaDonVi"],
                "SoTiepNhan": held.receipt,
                **({"LyDo": _CORRECT} if word == RETURNED else {}),
            }
        )
