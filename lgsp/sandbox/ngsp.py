"""Standing in for the integration platform: a token endpoint and services as a WSO2 gateway has them.

Paths may have a version or none. What is not public of the real ones is said in docs/ngsp.md.
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import re
import secrets
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

import orjson

from lgsp.sandbox import ngsp_book as book
from lgsp.sandbox.app import Event, Receive, Send, tend
from lgsp.sandbox.axis.asked import HTML, TEXT, Asked, Said, asked_of, body_of, say
from lgsp.sandbox.climate import Climate, Troubled
from lgsp.sandbox.ngsp_faults import NgspFaults
from lgsp.sandbox.ngsp_forms import fault, in_json, in_xml

_SECONDS = 3600.0
_PAGE = b"<!DOCTYPE html><html><body><h1>502 Proxy Error</h1></body></html>"
_PATH = re.compile(r"(?P<api>[A-Za-z]+)(?:/[0-9.]+)?/(?P<rest>.+)")
_SERVICES = {
    ("apiCSDLDKDN", "chiTietDoanhNghiep"): "business",
    ("apiBHXH", "getTraCuuTtHgdByMaSoBhxh"): "insurance",
    ("apiBHXH", "getMaSoBhxhTheoTieuChi"): "insurance-number",
    ("apiHoTichTuPhap", "traTrangThaiHoSo"): "civil-status",
    ("dmdc", "Category"): "entries",
    ("dmdc", "Metadata"): "properties",
    ("dldc", ""): "entries",
}
_ERRORS = {"106": "AGENCY_ID_INCORRECT", "201": "RECORD_NOT_FOUND"}
_DUPLICATE = 'Data not insert: Record 1: MaDinhDanhCap1 "000.00.00.H44 is duplicate'


@dataclasses.dataclass(slots=True)
class _Token:
    """A token that was handed out, and until when it is good."""

    value: str
    until: float


class Ngsp(Troubled[NgspFaults, Climate[NgspFaults]]):
    """The integration platform. `_state` and `_faults` as any stand-in.

    Any client's name is taken with the right secret, by HTTP Basic or in the form. A token that is good is
    handed out again with what is left of its time.
    """

    def __init__(
        self,
        faults: NgspFaults | None = None,
        *,
        secret: str = "sandbox",  # noqa: S107 - the documented secret of a stand-in
        seconds: float = _SECONDS,
        seed: int = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._weather = Climate(faults or NgspFaults(), seed, clock)
        self._secret, self._seconds, self._clock = secret, seconds, clock
        self._token: _Token | None = None
        self._dead = ""
        self.calls: Counter[str] = Counter()
        self.asked: list[dict[str, Any]] = []
        self._acts: dict[str, Callable[[Asked, str], Any]] = {
            "business": self._business,
            "insurance": self._insurance,
            "insurance-number": self._number,
            "civil-status": self._civil_status,
            "entries": self._entries,
            "properties": lambda _, name: book.properties(name) or _absent(name),
        }

    def state(self) -> dict[str, Any]:
        """Return what was asked; what it holds never changes."""
        return {"calls": dict(self.calls), "enterprises": book.ENTERPRISES, "insured": book.INSURED}

    def forget(self) -> None:
        """Forget what was asked, and the token."""
        self.calls.clear()
        self.asked.clear()
        self._token = None

    async def __call__(self, scope: Event, receive: Receive, send: Send) -> None:
        """Serve one HTTP request; nothing else is spoken here."""
        if scope["type"] != "http":
            raise NotImplementedError(f"serving {scope['type']}: the integration platform speaks HTTP only")
        asked = asked_of(scope)
        asked = dataclasses.replace(asked, body=await body_of(receive))
        await say(send, self._answer(asked))

    def _answer(self, asked: Asked) -> Said:
        if asked.tail.startswith("_"):
            reply = tend(self, asked.method, asked.tail, asked.body)
            return Said.of(reply.body, reply.status)
        if self._weather.down():
            return Said.of(b"Service Unavailable", 503, TEXT, retry_after=self.faults.retry_after)
        if asked.tail == "token":
            return self._hand_out(asked)
        said = self._serve(asked)
        return dataclasses.replace(said, delay=self.faults.latency_ms / 1000)

    # --- the token --------------------------------------------------------------------------------------

    def _hand_out(self, asked: Asked) -> Said:
        self.calls["token"] += 1
        faults, strikes = self.faults, self._weather.strikes
        if strikes(faults.token_down):
            return Said.of(b"Service Unavailable", 503, TEXT, retry_after=faults.retry_after)
        if strikes(faults.token_html):
            return Said.of(_PAGE, 200, HTML)
        form = dict(parse_qsl(asked.body.decode("latin-1")))
        if asked.method != "POST" or form.get("grant_type") != "client_credentials":
            return _json({"error": "unsupported_grant_type"}, 400)
        if _shown(asked, form) != self._secret:
            words = {"error": "invalid_client", "error_description": "Client Authentication failed."}
            return _json(words, 401)
        token = self._good()
        left = int(token.until - self._clock())
        told = {"number": left, "text": str(left), "negative": -1, "missing": None}[faults.expiry]
        expiry = {} if told is None else {"expires_in": told}
        scope = form.get("scope", "am_application_scope default")
        return _json({"access_token": token.value, "scope": scope, "token_type": "Bearer", **expiry})

    def _good(self) -> _Token:
        """Return the token that is good, or a new one."""
        if self._token is None or self._token.until <= self._clock():
            value = self._dead if self.faults.same_token and self._dead else secrets.token_hex(16)
            self._token = _Token(value, self._clock() + self._seconds)
        return self._token

    def _admits(self, shown: str) -> bool:
        good = self._token is not None and secrets.compare_digest(shown, self._token.value)
        if not good or self._token is None or self._token.until <= self._clock():
            return False
        if self._weather.strikes(self.faults.expire_tokens):
            self._dead, self._token = shown, None
            return False
        return True

    # --- the services -----------------------------------------------------------------------------------

    def _serve(self, asked: Asked) -> Said:
        service, name = _found(asked.tail)
        self.calls[service or "nowhere"] += 1
        if not self._admits(asked.header("authorization").removeprefix("Bearer ")):
            return self._fault("900901", "Invalid Credentials", 401)
        if not service:
            return self._fault("900906", "No matching resource found for given API Request", 404)
        failed = self._failed(service)
        if failed is not None:
            return failed
        words = orjson.loads(asked.body) if asked.body else dict(asked.query)
        self.asked.append({"service": service, "name": name, "words": words})
        body, kind = self._spoken(self._acts[service](asked, name), service)
        if self._weather.strikes(self.faults.broken_body):
            body = body[: len(body) * 2 // 3]
        return Said.of(body, 200, kind)

    def _failed(self, service: str) -> Said | None:
        """Return the answer that comes in place of a service; None when it is well."""
        faults, strikes = self.faults, self._weather.strikes
        if strikes(faults.throttle):
            until = {"nextAccessTime": faults.throttle_until} if faults.throttle_until else {}
            said = self._fault(faults.throttle_code, "Message throttled out", 429, **until)
            return dataclasses.replace(said, retry_after=faults.retry_after)
        if service in faults.not_subscribed:
            return self._fault("900908", "Resource forbidden", 403)
        if service in faults.service_down:
            return self._fault("101503", "Error connecting to the back end", 500)
        if strikes(faults.http_503):
            return Said.of(b"", 503, TEXT, retry_after=faults.retry_after)
        if strikes(faults.http_500):
            return _json({"error": "Internal Server Error"}, 500)
        return Said.of(_PAGE, 200, HTML) if strikes(faults.html) else None

    def _fault(self, code: str, message: str, status: int, **more: str) -> Said:
        words = {"message": message, "description": f"{message}: see the documentation", **more}
        body, kind = fault(code, words, xml=self.faults.xml, bare=self.faults.bare_faults)
        return Said.of(body, status, kind)

    def _spoken(self, told: Any, service: str) -> tuple[bytes, bytes]:
        faults = self.faults
        if service in faults.data_fault:
            told = {"DataServiceFault": {"current_params": "{p0=0188000001}", "ds_code": "DATABASE_ERROR"}}
        elif self._weather.strikes(faults.error_text):
            told = _complaint(service)
        if faults.guide_json and service in {"entries", "properties"}:
            return b'{\n    "MSG": "' + _DUPLICATE.encode() + b'",\n    "Count": 0\n}', b"application/json"
        if faults.xml:
            return in_xml(told)
        return in_json(told, texts=faults.texts, one_alone=faults.one_alone, in_text=faults.in_text)

    def _business(self, asked: Asked, _: str) -> Any:
        found = book.enterprise(asked.query.get("msdn", ""))
        count = book.Digits("1" if found else "0")
        if found is None:
            state = {"DataCount": count, "Status": "1", "Message": "success"}
            return {"Data": {"MainInformation": None}, **state} if self.faults.wrapped else state
        state = {"DataCount": count, "Status": "1", "Message": "success"}
        return {"Data": found, **state} if self.faults.wrapped else {**found, **state}

    def _insurance(self, asked: Asked, _: str) -> Any:
        words = orjson.loads(asked.body or b"{}")
        return book.insured(str(words.get("maSoBhxh"))) or {"hoTen": None, "ngaySinh": None, "trangThai": "0"}

    def _number(self, asked: Asked, _: str) -> Any:
        found = book.number_of(orjson.loads(asked.body or b"{}"))
        return {"maSoBhxh": found or "", "trangThai": "1" if found else "0", "errorCode": ""}

    def _civil_status(self, asked: Asked, _: str) -> Any:
        words = orjson.loads(asked.body or b"{}")
        agency = str(words.get("maDonVi"))
        status, told = ("0", "106") if agency.startswith("9") else book.civil_status(str(words.get("maHoSo")))
        if status == "0":
            return {"status": "0", "errorCode": told, "errorDescription": f"{_ERRORS[told]} - sai"}
        return {"status": book.Digits(status), "statusDescription": told, "value": None}

    def _entries(self, _: Asked, name: str) -> Any:
        rows = book.CATALOGUES.get(name)
        return _absent(name) if rows is None else rows


def _found(tail: str) -> tuple[str, str]:
    """Return a service and what stands behind its name in the path; two empty texts for no service."""
    found = _PATH.fullmatch(tail)
    if found is None:
        return "", ""
    head, _, name = found["rest"].partition("/")
    if found["api"] == "dldc":
        head, name = "", head
    return _SERVICES.get((found["api"], head), ""), name


def _shown(asked: Asked, form: Mapping[str, str]) -> str:
    """Return the secret that a client shows: by HTTP Basic, or in the form."""
    kind, _, told = asked.header("authorization").partition(" ")
    if kind != "Basic":
        return form.get("client_secret", "")
    try:
        return base64.b64decode(told, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _absent(name: str) -> dict[str, Any]:
    return {"MSG": f"Category {name} does not exist", "Count": book.Digits("0")}


def _complaint(service: str) -> dict[str, Any]:
    text = "Hệ thống đang bảo trì, đề nghị thử lại sau"
    if service == "business":
        return {"Status": "0", "Message": text}
    if service.startswith("insurance"):
        return {"errorCode": "99", "message": text}
    if service == "civil-status":
        return {"status": "0", "errorCode": "999", "errorDescription": text}
    return {"MSG": text, "Count": book.Digits("0")}


def _json(words: Mapping[str, Any], status: int = 200) -> Said:
    return Said.of(orjson.dumps(dict(words)), status)
