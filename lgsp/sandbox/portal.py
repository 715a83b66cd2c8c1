"""Standing in for the National Public Service Portal."""

from __future__ import annotations

import dataclasses
import secrets
import time
from collections.abc import Callable
from typing import Any, TypeGuard

import orjson

from lgsp.sandbox.climate import Troubled
from lgsp.sandbox.dialects import Reply, Verdict, speak
from lgsp.sandbox.faults import Faults
from lgsp.sandbox.fetched import Fetched
from lgsp.sandbox.portal_reading import Reading, arranged, changed
from lgsp.sandbox.rules import dossier_faults, progress_faults
from lgsp.sandbox.shelf import Shelf
from lgsp.sandbox.weather import Weather

_LOGIN = "mapi/login"
_MANY_SESSIONS = 10_000

_STRANGER = Verdict(-1, "Thông tin đăng nhập không hợp lệ", {"session": ""})
_EXPIRED = Verdict(-1, "Phiên làm việc không hợp lệ hoặc đã hết hạn")
_UNREADABLE = Verdict(-1, "Dữ liệu không đúng định dạng JSON")
_STORED = Verdict(0, "Đồng bộ hồ sơ thành công")
_ADDED = Verdict(0, "Cập nhật tiến độ thành công")
_EXISTS = Verdict(3, "Hồ sơ đã tồn tại")
_MISSING = Verdict(-1, "Hồ sơ không tồn tại trên hệ thống")
_EARLY = Verdict(-1, "Hồ sơ chưa được đồng bộ, không cập nhật được tiến độ")

Items = list[dict[str, Any]]


class Portal(Troubled[Faults, Weather]):
    """The portal's side of the protocol: sessions, DongBoHoSoMC, CapNhatTienDoHoSoMC, TraCuuHoSo, catalogues.

    A request is taken whole or not at all. Any username opens the door with the right password; sessions
    live side by side. What it refuses stands in `rules.py`, what it does wrong in `faults`.
    """

    def __init__(  # noqa: PLR0913 - each is one independent property of the stand-in
        self,
        faults: Faults | None = None,
        *,
        password: str = "sandbox",  # noqa: S107 - the documented password of a stand-in
        session_seconds: float = 1800.0,
        seed: int = 0,
        remember: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.shelf = Shelf(remember=remember)
        self._password = password
        self._session_seconds = session_seconds
        self._clock = clock
        self._weather = Weather(faults or Faults(), seed, clock)
        self._sessions: dict[str, float] = {}
        self._used: set[str] = set()
        self.reading = Reading(seed=seed)
        self.fetched = Fetched()
        self._services: dict[str, Callable[[dict[str, Any]], Verdict]] = {
            **self.reading.services,
            "DongBoHoSoMC": self._sync,
            "CapNhatTienDoHoSoMC": self._progress,
            "TraCuuHoSo": self._look_up,
        }

    def arrange(self, wanted: bytes) -> dict[str, Any]:
        """Hold another catalogue: a JSON object of `Arrangement`; returns what it is now.

        Raises:
            ValueError: an unknown key or an impossible value.
        """
        self.reading.arrange(arranged(wanted or b"{}"))
        return self.arrangement()

    def change(self, wanted: bytes) -> dict[str, Any]:
        """Change what the catalogue publishes: a JSON object of `Change`.

        Raises:
            ValueError: an unknown key or an impossible value.
        """
        self.reading.change(changed(wanted))
        return self.arrangement()

    def arrangement(self) -> dict[str, Any]:
        """Return what the catalogue holds, and how it is told."""
        return self.reading.arranged.model_dump()

    def state(self) -> dict[str, Any]:
        """Return what it holds."""
        return {**self.shelf.state(), "told": self.reading.state(), "files": self.fetched.state()}

    def forget(self) -> None:
        """Hold nothing, as on the first day; sessions, faults and the catalogue stay."""
        self.shelf = Shelf(remember=self.shelf.remember)
        for items in self.reading.told.values():
            items.clear()

    def answer(self, tail: str, body: bytes) -> Reply:
        """Answer one POST; `tail` is the path behind the portal's own."""
        outage = self._weather.outage()
        if outage is not None:
            return outage
        stored = self.shelf.counts["snapshots"] + self.shelf.counts["entries"]
        reply = speak(self._verdict(tail, body), self._weather.dialect())
        delay = self._weather.delay()
        if self.shelf.counts["snapshots"] + self.shelf.counts["entries"] > stored:
            delay += self._held()
        return dataclasses.replace(reply, delay=delay) if delay else reply

    def _held(self) -> float:
        faults = self._weather.faults
        return faults.hang_ms / 1000 if self._weather.strikes(faults.timeout_after_store) else 0.0

    def _verdict(self, tail: str, body: bytes) -> Verdict:
        try:
            asked = orjson.loads(body)
        except ValueError:
            return _UNREADABLE
        if not isinstance(asked, dict):
            return _UNREADABLE
        if tail.rstrip("/").endswith(_LOGIN):
            return self._login(asked)
        if not self._admits(str(asked.get("session"))):
            return _EXPIRED
        return self._dispatch(asked)

    def _dispatch(self, asked: dict[str, Any]) -> Verdict:
        name = str(asked.get("service"))
        service = self._services.get(name)
        if service is None:
            return Verdict(-1, "Trường service không thuộc danh mục dịch vụ")
        self.shelf.calls[name] += 1
        if not asked.get("madonvi"):
            return Verdict(-1, "Trường madonvi không được để trống")
        return service(asked)

    def _login(self, asked: dict[str, Any]) -> Verdict:
        self.shelf.calls["login"] += 1
        if not asked.get("username") or asked.get("password") != self._password:
            return _STRANGER
        if len(self._sessions) >= _MANY_SESSIONS:
            self._sessions.clear()
            self._used.clear()
        session = secrets.token_hex(16)
        self._sessions[session] = self._clock() + self._session_seconds
        return Verdict(0, "OK", {"session": session})

    def _admits(self, session: str) -> bool:
        if self._sessions.get(session, 0.0) < self._clock():
            return False
        if session in self._used and self._weather.strikes(self._weather.faults.expire_sessions):
            del self._sessions[session]
            return False
        self._used.add(session)
        return True

    def _sync(self, asked: dict[str, Any]) -> Verdict:
        items, updating = asked.get("data"), asked.get("isUpdating")
        if updating not in ("True", "False"):
            return Verdict(-1, "Trường isUpdating không hợp lệ")
        if not _are_items(items):
            return Verdict(-1, "Trường data sai định dạng")
        return self._refused(items, dossier_faults) or self._store(items, updating=updating == "True")

    def _store(self, items: Items, *, updating: bool) -> Verdict:
        known = [self.shelf.knows(item["MaHoSo"]) for item in items]
        if updating and False in known:
            return _MISSING
        if not updating and True in known:
            return _EXISTS
        for item in items:
            self.shelf.store(item)
            if self._weather.faults.fetch_files:
                self.fetched.want(item)
        sent_twice = not updating and self._weather.strikes(self._weather.faults.already_exists)
        return _EXISTS if sent_twice else _STORED

    def _progress(self, asked: dict[str, Any]) -> Verdict:
        items = asked.get("data")
        if not _are_items(items):
            return Verdict(-1, "Trường data sai định dạng")
        refused = self._refused(items, progress_faults)
        if refused is not None:
            return refused
        if any(self.shelf.knows(item["MaHoSo"]) is False for item in items):
            self.shelf.counts["early_progress"] += 1
            return _EARLY
        for item in items:
            self.shelf.add(item)
        return _ADDED

    def _look_up(self, asked: dict[str, Any]) -> Verdict:
        code = str(asked.get("mahoso"))
        shown = self.shelf.last(code) if self._weather.faults.lookup_content else {"MaHoSo": code}
        return Verdict(0, "", {"result": [shown] if self.shelf.knows(code) else []})

    def _refused(self, items: Items, judge: Callable[[dict[str, Any]], list[str]]) -> Verdict | None:
        """Return the refusal of a whole request: every fault of every item, with its dossier if several."""
        texts = []
        for item in items:
            faults = judge(item) + [f"Trường {n} không hợp lệ" for n in self._weather.refused(item)]
            if faults:
                whose = f"Hồ sơ {item.get('MaHoSo')}: " if len(items) > 1 else ""
                texts.append(whose + "; ".join(faults))
        return Verdict(-1, ". ".join(texts)) if texts else None


def _are_items(given: object) -> TypeGuard[Items]:
    return isinstance(given, list) and bool(given) and all(isinstance(item, dict) for item in given)
