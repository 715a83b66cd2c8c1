"""Standing in for the national reporting system: one ASGI part with its own state and faults.

No interface of the real one is public, so its paths, names and codes are those of the adapter's `wire.json`.
"""

from __future__ import annotations

import dataclasses
import re
import secrets
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import orjson

from lgsp.formats import plain_xml
from lgsp.message import VIETNAM
from lgsp.sandbox.app import Event, Receive, Send, tend
from lgsp.sandbox.axis.asked import JSON, Asked, Said, asked_of, body_of, say
from lgsp.sandbox.climate import Troubled
from lgsp.sandbox.compare import digest
from lgsp.sandbox.reporting_book import Book, Held
from lgsp.sandbox.reporting_faults import ReportingFaults, ReportingWeather
from lgsp.sandbox.reporting_rules import AGENCY, FIRST, PERIOD, REFUSED, Fault, faults_of, version_of

_TOKEN_SECONDS, _MANY_TOKENS = 1800.0, 10_000
_PAGE = 100
_XML = b"application/xml; charset=utf-8"
_ROW, _ANSWER = "Dong", "KetQua"
_NOWHERE = Said.of(b'{"title":"no such operation"}', 404)
_STRANGER = {"MaKetQua": "20", "ThongDiep": "Tên đăng nhập hoặc mật khẩu không đúng"}
_NO_TOKEN = {"MaKetQua": "20", "ThongDiep": "Token không hợp lệ hoặc đã hết hạn"}
_BUSY = {"MaKetQua": "30", "ThongDiep": "Hệ thống tạm dừng tiếp nhận"}
_ODD = {"MaKetQua": "99", "ThongDiep": "Lỗi không xác định"}
_UNREADABLE = {"MaKetQua": "11", "ThongDiep": "Nội dung không đúng định dạng"}

Words = dict[str, Any]


class Reporting(Troubled[ReportingFaults, ReportingWeather]):
    """The reporting system: login, reports, which versions there are, statuses.

    Any user's name opens the door with the right password. JSON is answered in JSON, XML in XML. A report is
    taken whole or not at all; the same version with the same words is answered as repeated; a version below
    what is held is refused. `_state` and `_faults` as any stand-in.
    """

    def __init__(
        self,
        faults: ReportingFaults | None = None,
        *,
        password: str = "sandbox",  # noqa: S107 - the documented password of a stand-in
        seed: int = 0,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(VIETNAM),
    ) -> None:
        self.book = Book(clock, now)
        self._weather = ReportingWeather(faults or ReportingFaults(), seed, clock)
        self._password, self._clock, self._now = password, clock, now
        self._tokens: dict[str, float] = {}
        self._acts: dict[str, Callable[[Words], Words]] = {
            "reports": self._take,
            "reports/find": self._find,
            "reports/statuses": self._statuses,
        }

    def state(self) -> dict[str, Any]:
        """Return what it holds."""
        self.book.review(self._weather)
        return self.book.state()

    def forget(self) -> None:
        """Hold nothing, as on the first day; tokens and faults stay."""
        self.book = Book(self._clock, self._now)

    async def __call__(self, scope: Event, receive: Receive, send: Send) -> None:
        """Serve one HTTP request; nothing else is spoken here."""
        if scope["type"] != "http":
            raise NotImplementedError(f"serving {scope['type']}: the reporting system speaks HTTP only")
        asked = asked_of(scope)
        asked = dataclasses.replace(asked, body=await body_of(receive))
        await say(send, self._answer(asked))

    def _answer(self, asked: Asked) -> Said:
        if asked.tail.startswith("_"):
            reply = tend(self, asked.method, asked.tail, asked.body)
            return Said.of(reply.body, reply.status)
        outage = self._weather.outage()
        if outage is not None:
            return outage
        if asked.method != "POST" or asked.tail not in {"login", *self._acts}:
            return _NOWHERE
        held = len(self.book.said)
        body, content_type = _written(self._spoken(asked), asked)
        stored = asked.tail == "reports" and len(self.book.said) > held
        if self._weather.strikes(self._weather.faults.broken_body):
            body = body[: len(body) * 2 // 3]
        delay = self.faults.latency_ms / 1000 + (self._weather.held() if stored else 0.0)
        return Said.of(body, 200, content_type, delay)

    def _spoken(self, asked: Asked) -> Words:
        self.book.calls[asked.tail] += 1
        words = _read(asked)
        if words is None:
            return _UNREADABLE
        if asked.tail == "login":
            return self._log_in(words)
        if not self._admits(asked.header("authorization").removeprefix("Bearer ")):
            return _NO_TOKEN
        if self.faults.maintenance:
            return _BUSY
        if self._weather.strikes(self.faults.odd_code):
            return _ODD
        self.book.review(self._weather)
        return self._acts[asked.tail](words)

    def _log_in(self, words: Words) -> Words:
        if not words.get("TenDangNhap") or words.get("MatKhau") != self._password:
            return _STRANGER
        if len(self._tokens) >= _MANY_TOKENS:
            self._tokens.clear()
        token = secrets.token_hex(16)
        self._tokens[token] = self._clock() + _TOKEN_SECONDS
        return {"MaKetQua": "00", "ThongDiep": "OK", "Token": token}

    def _admits(self, token: str) -> bool:
        if self._weather.strikes(self.faults.expire_tokens):
            self._tokens.pop(token, None)
        return self._tokens.get(token, 0.0) > self._clock()

    def _take(self, report: Words) -> Words:
        faults = faults_of(report, self.book.before(report)) or self._own_faults(report)
        if faults:
            return self._refuse(faults)
        code, version = str(report["MaBaoCao"]), version_of(report)
        versions = self.book.versions(code)
        if version in versions:
            return self._again(versions[version], report)
        if versions and version < max(versions):
            return self._no("13", f"Đã có phiên bản {max(versions)} của báo cáo này")
        return _taken("00", "Đã tiếp nhận báo cáo", self.book.keep(report, code, version))

    def _again(self, held: Held, report: Words) -> Words:
        if digest(report) != held.digest:
            return self._no("14", "Phiên bản này đã có với nội dung khác")
        held.repeats += 1
        return _taken("01", "Báo cáo đã được tiếp nhận trước đó", held)

    def _own_faults(self, report: Words) -> list[Fault]:
        """Return what is refused because the stand-in was told to."""
        found = [
            Fault(REFUSED, f"SoLieu/{number}/GiaTri", self.faults.refuse_indicators[row["MaChiTieu"]])
            for number, row in enumerate(report["SoLieu"])
            if row.get("MaChiTieu") in self.faults.refuse_indicators
        ]
        if report["MaDonVi"] in self.faults.strangers:
            found.append(Fault(AGENCY, "MaDonVi", "cơ quan chưa được đăng ký"))
        if report["KyBaoCao"] in self.faults.closed_periods:
            found.append(Fault(PERIOD, "KyBaoCao", "kỳ báo cáo đã khóa"))
        return found

    def _refuse(self, faults: list[Fault]) -> Words:
        code = min((fault.code for fault in faults), key=FIRST.index)
        details = [{"Truong": fault.field, "NoiDung": fault.text} for fault in faults]
        return {**self._no(code, "Báo cáo không hợp lệ"), "ChiTiet": details}

    def _no(self, code: str, text: str) -> Words:
        self.book.refused[code] += 1
        return {"MaKetQua": code, "ThongDiep": text}

    def _find(self, words: Words) -> Words:
        found = sorted(self.book.versions(str(words.get("MaBaoCao"))))
        return {"MaKetQua": "00", "ThongDiep": "", "CacPhienBan": found}

    def _statuses(self, words: Words) -> Words:
        after, limit = _whole(words.get("TuSo")), _whole(words.get("SoDong")) or _PAGE
        found = self.book.said[after : after + limit]
        return {
            "MaKetQua": "00",
            "ThongDiep": "",
            "DanhSach": found[::-1] if self.faults.shuffle else found,
        }


def _taken(code: str, text: str, held: Held) -> Words:
    return {"MaKetQua": code, "ThongDiep": text, "SoTiepNhan": held.receipt}


def _whole(told: Any) -> int:
    """Return a number that JSON tells as one and XML as a text; what is none is 0."""
    return int(told) if re.fullmatch(r"\d{1,9}", str(told), re.ASCII) else 0


def _is_xml(asked: Asked) -> bool:
    return "xml" in asked.header("content-type")


def _read(asked: Asked) -> Words | None:
    try:
        read = plain_xml.read(asked.body, _ROW) if _is_xml(asked) else orjson.loads(asked.body)
    except ValueError:
        return None
    return dict(read) if isinstance(read, Mapping) else None


def _written(words: Words, asked: Asked) -> tuple[bytes, bytes]:
    if _is_xml(asked):
        return plain_xml.write(_ANSWER, words, _ROW), _XML
    return orjson.dumps(words), JSON
