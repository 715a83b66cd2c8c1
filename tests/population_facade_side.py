"""A client of the façade of the population database, and visitors that a test lets in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
import structlog
from fastapi import FastAPI
from lgsp.adapters.population_db.facade import SERVICE, Facade
from lgsp.adapters.population_db.faults import NAMESPACE

from lgsp.enquiry import Question, Reply
from lgsp.errors import GatewayError
from lgsp.wire.soap_faults import fault_of
from lgsp.wire.soap_serving import SOAP
from lgsp.wire.soap_xml import read
from tests.asgi import Reply as Answer
from tests.asgi import call

ASK = UUID("0f0e0d0c-0b0a-0908-0706-050403020100")
TOKEN = "token-of-one-stop"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
CITIZEN = {
    "identity_number": "099190000001",
    "name": "LÒ VĂN ƯỚC",
    "gender": "male",
    "birth": {"year": "1990", "date": "1990-02-28"},
    "permanent": {"province": "99", "detail": "BẢN <THỬ>"},
    "extra": {"TrangThai": "1", "ThuongTru": {"TenTinhThanh": "Tỉnh Thử"}, "không là tên": "x"},
}
ASKED = """<dan:MaYeuCau>1</dan:MaYeuCau><dan:MaDVC>1.009999</dan:MaDVC><dan:MaTichHop>037</dan:MaTichHop>
<dan:MaCanBo>ai.do</dan:MaCanBo><dan:SoDinhDanh>099190000001</dan:SoDinhDanh><dan:HoVaTen>LOVANUOC</dan:HoVaTen>
<dan:NgayThangNamSinh><dan:NgayThangNam>19900228</dan:NgayThangNam></dan:NgayThangNamSinh>"""
HEADER = f"""<l:Question xmlns:l="{NAMESPACE}"><l:Purpose>dossier</l:Purpose><l:Officer>Trần Thị B</l:Officer>
<l:Dossier>H44.11-260131-0001</l:Dossier><l:Within>2.5</l:Within></l:Question>"""


class FakeVisitors:
    """Admits by the token, and answers as a test tells it."""

    def __init__(self) -> None:
        self.asked: list[Question] = []
        self.shown: list[str] = []
        self.tell: Reply | GatewayError = Reply(
            ASK, "citizen.v1", "population-db", orjson.dumps(CITIZEN), 3.7, remembered=True
        )

    def admit(self, credential: str = "") -> str:
        """Admit whoever shows the token, or shows it in the request itself (`bearer`)."""
        self.shown.append(credential)
        return "one-stop" if credential in (TOKEN, "") and (credential or self.by_request) else ""

    by_request = True

    async def ask(self, question: Question) -> Reply:
        """Answer."""
        self.asked.append(question)
        if isinstance(self.tell, GatewayError):
            raise self.tell
        return self.tell


class FakeInbox:
    """Only what the façade needs."""

    system = "population-db"

    def __init__(self) -> None:
        self.visitors = FakeVisitors()


class Counter:
    """A client of the façade."""

    def __init__(self, address: str = "") -> None:
        inbox: Any = FakeInbox()
        self.visitors: FakeVisitors = inbox.visitors
        self.app = FastAPI()
        facade = Facade(inbox, structlog.get_logger(), address)
        self.app.include_router(facade.router(), prefix="/systems/population-db")

    async def post(self, body: bytes, **headers: str) -> Answer:
        """Send an envelope."""
        sent = {"Content-Type": "text/xml", "Host": "lgsp.example", **headers}
        return await call(self.app, "POST", "/systems/population-db/citizens", headers=sent, body=body)

    async def fault(self, body: bytes, **headers: str) -> tuple[Answer, Any]:
        """Send an envelope and return the fault that comes back, and what stands in its detail."""
        reply = await self.post(body, **headers)
        found = fault_of(read(reply.body)["Envelope"]["Body"])
        assert found is not None, reply.body
        return reply, {"code": found.codes, "text": found.text, **found.detail["Fault"]}


def envelope(
    words: str = ASKED,
    header: str = HEADER,
    operation: str = "TraCuuThongTinCongDan",
    namespace: str = SERVICE,
) -> bytes:
    """Return an envelope as clients of the service write it, with a header of ours."""
    return (
        f'<soapenv:Envelope xmlns:soapenv="{SOAP}" xmlns:dan="{namespace}"><soapenv:Header>{header}'
        f"</soapenv:Header><soapenv:Body><dan:{operation}>{words}</dan:{operation}></soapenv:Body>"
        "</soapenv:Envelope>"
    ).encode()
