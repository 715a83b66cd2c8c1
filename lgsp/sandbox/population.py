"""Standing in for the national population database: a SOAP service, a gateway and a JSON proxy before it.

The operations, the shapes of answers and both ways in are those that public client systems use. How the real
service words its errors is not public: the elements `Loi`, `MaLoi` and `MoTa` are our own.
"""

from __future__ import annotations

import dataclasses
import re
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import orjson

from lgsp.sandbox.app import Event, Receive, Send, tend
from lgsp.sandbox.axis.asked import JSON, Asked, Said, asked_of, body_of, say
from lgsp.sandbox.climate import Troubled
from lgsp.sandbox.population_admission import Admission
from lgsp.sandbox.population_book import Person, Population, plain, whole_name
from lgsp.sandbox.population_faults import PopulationFaults, PopulationWeather
from lgsp.wire import soap_serving
from lgsp.wire.soap_xml import MalformedError, write

SERVICE, COLLECTION = "http://dancuquocgia.bca", "http://www.mic.gov.vn/dancu/1.0"
LOOKUP, VERIFICATION = "TraCuuThongTinCongDan", "XacThucThongTinCongDan"
_PURPOSES = {LOOKUP: "037", VERIFICATION: "003"}
_ORDER = ("MaYeuCau", "MaDVC", "MaTichHop", "MaCanBo", "SoDinhDanh", "SoCMND", "HoVaTen", "NgayThangNamSinh")
_XML = b"text/xml; charset=utf-8"
_NOWHERE = Said.of(b'{"title":"no such operation"}', 404)
_EXPIRED = "Token đã hết hạn"
_REMEMBERED = 10_000
_ENTITY = '<!DOCTYPE soapenv:Envelope [<!ENTITY so "who">]>'

Words = Mapping[str, Any]


class PopulationDb(Troubled[PopulationFaults, PopulationWeather]):
    """The service at `service`, the gateway at `provincial` and `token`, the proxy at `json`.

    A question is checked as the real service is said to: the order of its elements, the code of its
    operation, the name without marks. `_state` and `_faults` as any stand-in.
    """

    def __init__(
        self,
        faults: PopulationFaults | None = None,
        *,
        secret: str = "sandbox",  # noqa: S107 - the documented secret of a stand-in
        seed: int = 0,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self.book = Population(seed=seed)
        self._weather = PopulationWeather(faults or PopulationFaults(), seed, clock)
        self._admission = Admission(secret, clock, wall)
        self.forget()

    def state(self) -> dict[str, Any]:
        """Return what was asked, and some of whom there are, to be asked about."""
        examples = [
            {
                "SoDinhDanh": one["SoDinhDanh"],
                "HoVaTen": whole_name(one),
                "NgayThangNamSinh": one["NgayThangNamSinh"],
            }
            for one in self.book.first(5)
        ]
        told = {"citizens": len(self.book), "examples": examples, "repeated": self.repeated}
        return {**told, "calls": dict(self.calls), "refused": dict(self.refused)}

    def forget(self) -> None:
        """Forget what was asked; the people and the faults stay."""
        self.calls: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.repeated = 0
        self.last: dict[str, Any] = {}
        self._numbers: dict[str, None] = {}

    async def __call__(self, scope: Event, receive: Receive, send: Send) -> None:
        """Serve one HTTP request; nothing else is spoken here."""
        if scope["type"] != "http":
            raise NotImplementedError(f"serving {scope['type']}: the population database speaks HTTP only")
        asked = dataclasses.replace(asked_of(scope), body=await body_of(receive))
        await say(send, self._answer(asked, f"{scope.get('root_path', '')}/{asked.tail}"))

    def _answer(self, asked: Asked, path: str) -> Said:
        if asked.tail.startswith("_"):
            reply = tend(self, asked.method, asked.tail, asked.body)
            return Said.of(reply.body, reply.status)
        outage = self._weather.outage()
        if outage is not None:
            return outage
        if asked.method != "POST":
            return Said.of(b"", 405)
        acts = {"service": self._soap, "provincial": self._soap, "json": self._json, "token": self._token}
        act = acts.get(asked.tail)
        return _NOWHERE if act is None else act(asked, path)

    # --- the ways in ------------------------------------------------------------------------------------

    def _token(self, asked: Asked, _: str) -> Said:
        self.calls["token"] += 1
        if self._weather.strikes(self.faults.token_html):
            return self._weather.page()
        if not self._admission.knows(asked):
            return self._unbelieved(asked)
        life: dict[str, Any] = {"number": {"expires_in": 3600}, "text": {"expires_in": "3600"}, "none": {}}
        token = self._admission.token()
        told = {"access_token": token, "token_type": "Bearer", **life[self.faults.token_life]}
        return Said.of(orjson.dumps(told))

    def _soap(self, asked: Asked, path: str) -> Said:
        if not self._admits(asked, path):
            return self._unbelieved(asked)
        operation, words, wrong = _heard(asked)
        if wrong:
            return self._fault("Client", wrong)
        if self._weather.strikes(self.faults.server_fault):
            return self._fault("Server", "Lỗi hệ thống, mã 9001")
        if self._weather.strikes(self.faults.client_fault):
            return self._fault("Client", "Dữ liệu yêu cầu không đúng cấu trúc")
        self._note(operation, words)
        code, text = self._complaint(words, operation)
        told = _error(code, text) if code or text else self._found(operation, words)
        return self._told(self._enveloped(told), _XML)

    def _json(self, asked: Asked, path: str) -> Said:
        if not self._admits(asked, path):
            return self._unbelieved(asked)
        try:
            words = orjson.loads(asked.body)
        except ValueError:
            words = {}
        operation = words.get("type", "") if isinstance(words, dict) else ""
        if operation not in _PURPOSES:
            return Said.of(orjson.dumps({"error_code": "-1", "message": "Không có thao tác này"}))
        self._note(operation, words)
        code, text = self._complaint(words, operation)
        told = text or self._enveloped(self._found(operation, words))
        return self._told(orjson.dumps({"error_code": code or "0", "message": told}).decode(), JSON)

    def _admits(self, asked: Asked, path: str) -> bool:
        if self._weather.strikes(self.faults.expire_tokens):
            self._admission.expire()
        return self._admission.admits(asked, path)

    def _unbelieved(self, asked: Asked) -> Said:
        self.refused["credentials"] += 1
        delay = self.faults.latency_ms / 1000
        if asked.tail == "service":
            envelope = soap_serving.fault("Client.Authentication", "Xác thực không thành công")
            return Said.of(envelope, 401, _XML, delay)
        if asked.tail == "token" or self.faults.disbelief == "status":
            return Said.of(orjson.dumps({"error": "invalid_token"}), 401, JSON, delay)
        if asked.tail == "json":
            return Said.of(orjson.dumps({"error_code": "401", "message": _EXPIRED}), 200, JSON, delay)
        if self.faults.disbelief == "fault":
            return Said.of(soap_serving.fault("Client", "Access token expired"), 401, _XML, delay)
        return Said.of(self._enveloped(_error("401", _EXPIRED)).encode(), 200, _XML, delay)

    # --- the answers ------------------------------------------------------------------------------------

    def _found(self, operation: str, words: Words) -> str:
        """Return what stands in the body of an answer."""
        found = self.book.found(words)
        if operation == VERIFICATION:
            return write("KetQuaXacThuc", {"TonTai": len(found) == 1}, prefix="dan", namespace=SERVICE)
        told = {"CongDan": [self._shown(one) for one in self._drawn(found)]}
        return write("CongdanCollection", told, prefix="ns1", namespace=COLLECTION)

    def _note(self, operation: str, words: Words) -> None:
        self.calls[operation] += 1
        self.last = dict(words)
        number = str(words.get("MaYeuCau", ""))
        self.repeated += number in self._numbers
        if len(self._numbers) >= _REMEMBERED:
            self._numbers.clear()
        self._numbers[number] = None

    def _complaint(self, words: Words, operation: str) -> tuple[str, str]:
        """Return code and text of what is wrong with a question; empty where nothing is."""
        if self.faults.error_code or self.faults.error_text:
            return self._no(self.faults.error_code, self.faults.error_text or "Yêu cầu không được xử lý")
        if words.get("MaDVC", "") in self.faults.unlicensed:
            return self._no("004", "Dịch vụ công chưa được cấp phép")
        if (words.get("MaCanBo") or words.get("StaffEmail") or "") in self.faults.strangers:
            return self._no("005", "Cán bộ không được phép khai thác")
        if words.get("MaTichHop") != _PURPOSES[operation]:
            return self._no("001", "MaTichHop không hợp lệ")
        name = words.get("HoVaTen", "")
        if not isinstance(name, str) or not name or plain(name) != name:
            return self._no("002", "HoVaTen không hợp lệ")
        return "", ""

    def _no(self, code: str, text: str) -> tuple[str, str]:
        self.refused[code] += 1
        return code, text

    def _drawn(self, found: list[Person]) -> list[Person]:
        others = self.book.first(2)
        if self._weather.strikes(self.faults.several):
            return [*found, *others][:2]
        if found and self._weather.strikes(self.faults.another):
            return [one for one in others if one["SoDinhDanh"] != found[0]["SoDinhDanh"]][:1]
        return found

    def _shown(self, person: Person) -> Person:
        if not self.faults.more_fields:
            return person
        home = {**person["ThuongTru"], "TenTinhThanh": "Tỉnh Thử"}
        return {**person, "ThuongTru": home, "TrangThaiCuTru": "1"}

    def _enveloped(self, body: str) -> str:
        text = soap_serving.enveloped(body).decode()
        if self.faults.form == "nested":
            inner = text.partition("?>")[2]
            text = soap_serving.enveloped(inner).decode()
        if self._weather.strikes(self.faults.damaged_line_ends):
            return laid_out(text).replace("\n", "u000a    ")
        return text

    def _fault(self, code: str, text: str) -> Said:
        self.refused[code] += 1
        return Said.of(soap_serving.fault(code, text), 500, _XML, self.faults.latency_ms / 1000)

    def _told(self, text: str, content_type: bytes) -> Said:
        if self._weather.strikes(self.faults.broken_body):
            text = text[: len(text) * 2 // 3]
        if self._weather.strikes(self.faults.doctype):
            text = text.replace("?>", f"?>{_ENTITY}", 1)
        return Said.of(text.encode(), 200, content_type, self.faults.latency_ms / 1000)


def _heard(asked: Asked) -> tuple[str, Words, str]:
    """Return the operation that is called, what is asked, and what is wrong with it."""
    if asked.header("soapaction") not in ('""', ""):
        return "", {}, "SOAPAction"
    try:
        said = soap_serving.asked(asked.body)
    except MalformedError:
        return "", {}, "Phong bì SOAP không hợp lệ"
    if said.namespace != SERVICE or said.operation not in _PURPOSES:
        return "", {}, f"Không có thao tác {said.operation}"
    words = said.content if isinstance(said.content, Mapping) else {}
    inorder = [name for name in _ORDER if name in words] == list(words)
    return said.operation, words, "" if inorder else "Sai thứ tự phần tử"


def laid_out(text: str) -> str:
    """Return XML with a line end between elements; an empty element stays as it is."""
    return re.sub(r"(<[^<>]*>)(?=(<[^<>]*>))", _line_end, text)


def _line_end(tags: re.Match[str]) -> str:
    before, after = tags[1], tags[2]
    opens = not before.startswith(("</", "<?")) and not before.endswith("/>")
    return before if opens and after.startswith("</") else f"{before}\n"


def _error(code: str, text: str) -> str:
    told = {**({"MaLoi": code} if code else {}), "MoTa": text}
    return write("Loi", told, prefix="ns1", namespace=COLLECTION)
