"""Through the whole gateway: systems here ask of citizens by a client made of our documents, and by raw envelopes."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import zeep
from requests import Session
from zeep.exceptions import Fault

from lgsp.journal.contract import Journal
from lgsp.sandbox.population import PopulationDb
from lgsp.sandbox.population_book import Person, plain, whole_name
from lgsp.serving import running
from lgsp.wire.soap_faults import fault_of
from lgsp.wire.soap_xml import read
from tests.api.province import ONE_STOP, OPERATOR, PORTAL_TOKEN, TOKEN, Province, province
from tests.population_side import LINE, exact, speaking

PATH = "/systems/population-db/citizens"
HEADER = {"Question": {"Purpose": "dossier", "Officer": "Trần Thị B", "Dossier": "H44.11-260131-0001"}}


@dataclass
class Here:
    """A gateway that serves on loopback, in front of the stand-in."""

    province: Province
    stand: PopulationDb
    person: Person
    address: str

    def words(self, **changed: Any) -> dict[str, Any]:
        """Return what a client asks, in the service's words."""
        born = {"NgayThangNam": self.person["NgayThangNamSinh"]["NgayThangNam"]}
        said = {"MaYeuCau": "1", "SoDinhDanh": self.person["SoDinhDanh"]}
        return {**said, "HoVaTen": plain(whole_name(self.person)), "NgayThangNamSinh": born, **changed}

    def client(self, token: str = TOKEN) -> Any:
        """Return a client that was made of our documents, with a credential."""
        session = Session()
        session.headers["Authorization"] = f"Bearer {token}"
        return zeep.Client(f"{self.address}?wsdl", transport=zeep.Transport(session=session))

    async def asks(self) -> list[dict[str, Any]]:
        """Return what the journal has of all questions, once everything is written."""
        journal: Journal = self.province.platform.gateway.journal
        async with asyncio.timeout(20):
            while await journal.read(lambda tx: tx.rows("SELECT id FROM asks WHERE outcome = 0", ())):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        query = (
            "SELECT source, system, type, who, dossier, purpose, basis, outcome, cause FROM asks ORDER BY id"
        )
        names = ("source", "system", "type", "who", "dossier", "purpose", "basis", "outcome", "cause")
        rows = await journal.read(lambda tx: tx.rows(query, ()))
        return [dict(zip(names, row, strict=True)) for row in rows]


@asynccontextmanager
async def gateway(folder: Path) -> AsyncIterator[Here]:
    """Serve while inside."""
    stand = PopulationDb()
    with LINE.open():
        async with (
            province(folder, asked=True) as here,
            speaking(stand) as adapter,
            running(here.platform.site) as port,
        ):
            to = here.platform.gateway.counterparts["population-db"]
            real, to.adapter = to.adapter, adapter
            try:
                yield Here(here, stand, exact(stand), f"http://127.0.0.1:{port}{PATH}")
            finally:
                to.adapter = real


async def test_systems_ask_by_a_client_of_our_documents_and_by_raw_envelopes(tmp_path: Path) -> None:
    """Both get the right answer, both are entered with who, for whom and why, and nobody gets in without that."""
    async with gateway(tmp_path) as here:
        await _by_client(here)
        await _by_envelope(here)
        await _without_reason(here)
        await _by_others(here)
        asks = await here.asks()
    answered = [one for one in asks if not one["cause"]]
    assert {one["source"] for one in asks} == {ONE_STOP}
    assert {(one["system"], one["who"], one["purpose"]) for one in answered} == {
        ("population-db", "Trần Thị B", "dossier")
    }
    assert {one["dossier"] for one in answered} == {"H44.11-260131-0001"}
    assert all(one["basis"] for one in answered)
    assert "not-found" in {one["cause"] for one in asks}
    assert "missing" in {one["cause"] for one in asks}


async def _by_client(here: Here) -> None:
    """Ask with zeep, as a vendor would: the documents are all that it was given."""

    def ask() -> None:
        client = here.client()
        found = client.service.TraCuuThongTinCongDan(**here.words(), _soapheaders=HEADER)
        (citizen,) = found if isinstance(found, list) else found.CongDan
        assert citizen.SoDinhDanh == here.person["SoDinhDanh"]
        assert citizen.HoVaTen.Ten == whole_name(here.person)
        assert citizen.ThuongTru.ChiTiet == here.person["ThuongTru"]["ChiTiet"]
        assert citizen.NgayThangNamSinh.Nam == here.person["NgayThangNamSinh"]["Nam"]
        unnumbered = {name: word for name, word in here.words().items() if name != "MaYeuCau"}
        assert client.service.XacThucThongTinCongDan(**unnumbered, _soapheaders=HEADER) is True  # we number
        other = here.words(NgayThangNamSinh={"Nam": "1900"})
        assert client.service.XacThucThongTinCongDan(**other, _soapheaders=HEADER) is False
        nobody = client.service.TraCuuThongTinCongDan(
            **here.words(SoDinhDanh="099000000000"), _soapheaders=HEADER
        )
        assert not nobody
        with pytest.raises(Fault) as raised:
            client.service.TraCuuThongTinCongDan(**here.words(HoVaTen="李"), _soapheaders=HEADER)
        assert raised.value.code == "soapenv:Client"
        assert "population-name-unusable" in {one.text for one in raised.value.detail.iter()}

    await asyncio.to_thread(ask)


async def _by_envelope(here: Here) -> None:
    """Ask with the envelope that public clients write, our header put into it."""
    person = here.person
    body = f"""<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"
      xmlns:dan="http://dancuquocgia.bca" xmlns:l="urn:lgsp:question:1">
      <soapenv:Header><l:Question><l:Purpose>dossier</l:Purpose><l:Officer>Trần Thị B</l:Officer>
        <l:Dossier>H44.11-260131-0001</l:Dossier></l:Question></soapenv:Header>
      <soapenv:Body><dan:TraCuuThongTinCongDan>
        <dan:MaYeuCau>RANDOM083000000</dan:MaYeuCau><dan:MaDVC>VPCP</dan:MaDVC><dan:MaTichHop>037</dan:MaTichHop>
        <dan:MaCanBo>canbo</dan:MaCanBo><dan:SoDinhDanh>{person["SoDinhDanh"]}</dan:SoDinhDanh>
        <dan:HoVaTen>{plain(whole_name(person))}</dan:HoVaTen>
        <dan:NgayThangNamSinh><dan:NgayThangNam>{person["NgayThangNamSinh"]["NgayThangNam"]}</dan:NgayThangNam>
        </dan:NgayThangNamSinh></dan:TraCuuThongTinCongDan></soapenv:Body></soapenv:Envelope>""".encode()
    reply = await here.province.one_stop.post(PATH, body, headers={"Content-Type": "text/xml"})
    assert reply.status == 200, reply.body
    shown = {"Authorization": f"Basic {base64.b64encode(f'{ONE_STOP}:{TOKEN}'.encode()).decode()}"}
    assert (await here.province.nobody.post(PATH, body, headers=shown)).body == reply.body
    found = read(reply.body)["Envelope"]["Body"]["CongdanCollection"]["CongDan"]
    assert found["SoDinhDanh"] == person["SoDinhDanh"]
    assert found["QueQuan"] == person["QueQuan"]


async def _without_reason(here: Here) -> None:
    """No purpose, no officer, or no dossier where the purpose asks for one: a fault that names each."""

    def ask(header: dict[str, str]) -> set[str]:
        client = here.client()
        with pytest.raises(Fault) as raised:
            client.service.TraCuuThongTinCongDan(**here.words(), _soapheaders={"Question": header})
        return {str(one.text) for one in raised.value.detail.iter() if one.tag.endswith("}Place")}

    calls = here.stand.calls["TraCuuThongTinCongDan"]
    assert await asyncio.to_thread(ask, {"Purpose": "", "Officer": ""}) == {
        "Question/Purpose",
        "Question/Officer",
    }
    assert await asyncio.to_thread(ask, {"Purpose": "fun", "Officer": "B"}) == {"Question/Purpose"}
    assert await asyncio.to_thread(ask, {"Purpose": "dossier", "Officer": "B"}) == {"Question/Dossier"}
    assert here.stand.calls["TraCuuThongTinCongDan"] == calls


async def _by_others(here: Here) -> None:
    """Nobody, a wrong token and an operator ask nothing here: the door is for systems."""

    def ask(token: str) -> Any:
        with pytest.raises(Fault) as raised:
            here.client(token).service.TraCuuThongTinCongDan(**here.words(), _soapheaders=HEADER)
        return raised.value.code

    assert await asyncio.to_thread(ask, OPERATOR) == "soapenv:Client"
    reply = await here.province.nobody.post(PATH, b"<a/>")
    assert fault_of(read(reply.body)["Envelope"]["Body"]) is not None
    assert PORTAL_TOKEN != TOKEN
