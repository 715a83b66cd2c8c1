"""Addresses that are exchanged for ours in what the portal is told, and the settings that say which."""

from __future__ import annotations

import dataclasses
import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
import structlog
from lgsp.adapters.national_portal import NationalPortal
from pydantic import ValidationError

from lgsp.adapter import Relays, Tools
from lgsp.check import faults_of
from lgsp.errors import Unavailable
from lgsp.folder import Folder
from lgsp.home import packed
from lgsp.message import VIETNAM, Message
from lgsp.wire.http import Http

START = datetime(2026, 3, 2, 8, tzinfo=VIETNAM)
FILES = {"relay": "https://files.tinh.gov.vn/files/", "from": ["10.0.0.9", "*.motcua.lan:8080"]}
KEY = "k" * 32
DATA: dict[str, Any] = {
    "code": "H44.11-260302-0001",
    "status": "received",
    "papers": [
        {"name": "Đơn.pdf", "url": "http://10.0.0.9/don.pdf"},
        {"name": "Ảnh", "url": "https://tep.example.gov.vn/anh.png"},
    ],
    "results": [{"name": "Giấy phép", "url": "http://a.motcua.lan:8080/gp.pdf"}],
    "supplements": [{"id": "1", "papers": [{"name": "Bổ sung", "url": "http://10.0.0.9/bs.pdf"}]}],
}


def message(**changed: Any) -> Message:
    """Return a dossier as the gateway hands it to the adapter."""
    made = Message("dossier.v1", DATA["code"], DATA["code"], DATA, id=uuid.UUID(int=7), taken_on=START)
    return dataclasses.replace(made, **changed)


def adapter(now: datetime = START, folder: Folder | None = None, **files: Any) -> NationalPortal:
    """Return the adapter at a moment."""
    config = {"url": "http://127.0.0.1:1", "username": "u", "password": "p", "agency": "H44"}
    given = FILES | {"key": KEY} | files
    wanted = {name: value for name, value in given.items() if value is not None}
    settings = NationalPortal.Config.model_validate(config | {"files": wanted})
    tools = Tools(Http(), lambda: now, structlog.get_logger())
    return NationalPortal(settings, dataclasses.replace(tools, files=folder) if folder else tools)


async def drawn(one: NationalPortal, told: Message) -> dict[str, Any]:
    """Return the item that the portal would be told."""
    body = orjson.loads((await one.drawn_up(told)).read())
    return dict(body["data"][0])


def links(item: dict[str, Any]) -> list[str]:
    """Return the addresses of an item, in the order of its files."""
    papers = [*item["TaiLieuNop"], *item["DanhSachHoSoBoSung"][0]["DanhSachGiayToBoSung"]]
    return [row["DuongDanTaiTepTin"] for row in papers] + [
        row["DuongDanTepTinKetQua"] for row in item["DanhSachGiayToKetQua"]
    ]


async def test_listed_hosts_are_exchanged_and_others_stand_as_they_are() -> None:
    """Papers, results and papers of supplements alike; the message itself does not change."""
    before = orjson.dumps(DATA)
    don, anh, bs, gp = links(await drawn(adapter(), message()))
    assert anh == "https://tep.example.gov.vn/anh.png"
    assert [one.rpartition("/")[2] for one in (don, gp, bs)] == ["Don.pdf", "Giay-phep.pdf", "Bo-sung.pdf"]
    assert {one.rpartition("/")[0].rpartition("/")[0] for one in (don, bs, gp)} == {
        "https://files.tinh.gov.vn/files"
    }
    assert orjson.dumps(DATA) == before


async def test_the_same_snapshot_has_the_same_links_until_they_are_nearly_over() -> None:
    """A retry a day later changes nothing; a month later a link that would be dead is renewed."""
    first = links(await drawn(adapter(), message()))
    assert links(await drawn(adapter(START + timedelta(days=26)), message())) == first
    renewed = links(await drawn(adapter(START + timedelta(days=28)), message()))
    assert renewed[0] != first[0]
    assert links(await drawn(adapter(START + timedelta(days=50)), message())) == renewed
    later = links(await drawn(adapter(START + timedelta(days=400)), message()))
    reading = adapter().links
    assert reading is not None
    ticket = reading.read(later[0].split("/")[-2])
    assert ticket is not None
    left = ticket.until - (START + timedelta(days=400)).timestamp()
    assert timedelta(days=3).total_seconds() <= left <= timedelta(days=33).total_seconds()


async def test_each_revision_has_links_of_its_own() -> None:
    """A newer snapshot is another message: its links are new and hold as long again."""
    first = links(await drawn(adapter(), message()))
    second = links(await drawn(adapter(), message(id=uuid.UUID(int=8), taken_on=START + timedelta(days=1))))
    assert set(first) & set(second) == {"https://tep.example.gov.vn/anh.png"}


async def test_what_was_never_taken_on_has_no_links() -> None:
    """A preview says the addresses as they came: there is nothing that a link could open."""
    item = await drawn(adapter(), message(id=None, taken_on=None))
    assert links(item)[0] == "http://10.0.0.9/don.pdf"


async def test_without_files_nothing_is_exchanged() -> None:
    """The portal is told what the source said."""
    config = {"url": "http://127.0.0.1:1", "username": "u", "password": "p", "agency": "H44"}
    settings = NationalPortal.Config.model_validate(config)
    one = NationalPortal(settings, Tools(Http(), lambda: START, structlog.get_logger()))
    assert isinstance(one, Relays)
    assert one.links is None
    assert links(await drawn(one, message()))[0] == "http://10.0.0.9/don.pdf"


async def test_the_key_is_made_once_and_kept_beside_the_files(tmp_path: Path) -> None:
    """Processes that share the folder draw the same links; only its owner reads the key."""
    first = links(await drawn(adapter(folder=Folder(tmp_path), key=None), message()))
    assert links(await drawn(adapter(folder=Folder(tmp_path), key=None), message())) == first
    assert (tmp_path / "links.key").stat().st_mode & 0o777 == 0o600
    assert first != links(await drawn(adapter(), message()))


async def test_a_key_that_cannot_be_read_puts_the_delivery_off(tmp_path: Path) -> None:
    """Nothing is sent with addresses that do not work."""
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(Unavailable) as told:
        await adapter(folder=Folder(tmp_path / "file"), key=None).drawn_up(message())
    assert told.value.cause == "file-store-away"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"relay": "ftp://files.tinh.gov.vn/files"}, "no address of the web"),
        ({"relay": "https://files.tinh.gov.vn"}, "no path"),
        ({"relay": "https://files.tinh.gov.vn/files?x=1"}, "no address of the web"),
        ({"relay": "https://10.0.0.1/files"}, "cannot be reached from outside (private-address)"),
        ({"relay": "https://files/files"}, "single-label"),
        ({"relay": "https://u:p@files.tinh.gov.vn/files"}, "credentials"),
        ({"from": []}, "at least 1 item"),
        ({"from": ["http://10.0.0.1"]}, "is no host"),
        ({"from": ["10.0.0.1:99999"]}, "is no host"),
        ({"from": ["*"]}, "is no host"),
        ({"days": 0}, "greater than or equal to 1"),
        ({"key": "short"}, "too short"),
        ({"proxies": ["proxy.lan"]}, "proxy.lan"),
        ({"until": 3}, "Extra inputs"),
    ],
)
def test_wrong_settings_are_told(changed: dict[str, Any], said: str) -> None:
    """Each says what is wrong with it, and none shows the key."""
    with pytest.raises(ValidationError) as told:
        adapter(**changed)
    text = str(told.value.errors(include_input=False))
    assert said in text
    assert "'short'" not in text


def test_lgsp_check_names_the_place() -> None:
    """Whoever checks the home is led to the line of the system and to the setting."""
    text = (packed() / "routes.yaml").read_text(encoding="utf-8")
    marked = "    adapter: national_portal\n    config:\n"
    assert marked in text
    wrong = text.replace(
        marked, f"{marked}      files: {{relay: https://10.0.0.1/files, from: [10.0.0.9]}}\n"
    )
    found = [fault for fault in faults_of(wrong, packed()) if "files.relay" in fault]
    assert len(found) == 1
    assert "cannot be reached from outside" in found[0]
    right = wrong.replace("10.0.0.1/files", "files.tinh.gov.vn/files")
    assert [fault for fault in faults_of(right, packed()) if "files" in fault] == []


@pytest.mark.parametrize(
    ("url", "served"),
    [
        ("http://10.0.0.9/a", True),
        ("https://10.0.0.9/a", True),
        ("http://10.0.0.9:8080/a", False),
        ("http://10.0.0.90/a", False),
        ("http://a.b.motcua.lan:8080/a", True),
        ("http://motcua.lan:8080/a", False),
        ("http://a.motcua.lan/a", False),
        ("http://xmotcua.lan:8080/a", False),
        ("http://10.0.0.9@10.0.0.8/a", False),
        ("http://10.0.0.8@10.0.0.9/a", True),
        ("http://10.0.0.9\\@10.0.0.8/a", False),
        ("http://10.0.0.8\\@10.0.0.9/a", False),
        ("http://10.0.0.9#@10.0.0.8/a", True),
        ("http://10.0.0.8?@10.0.0.9/a", False),
        ("http://10.0.0.9\t.evil.vn/a", False),
        ("//10.0.0.9/a", False),
        ("file:///10.0.0.9/a", False),
        ("http://[::ffff:10.0.0.9]/a", False),
        ("http://A.MotCua.LAN.:8080/a", True),
    ],
)
def test_only_listed_hosts_and_ports_are_asked(url: str, served: bool) -> None:
    """Whoever writes an address cannot lead us elsewhere, however it is written."""
    reading = adapter().links
    assert reading is not None
    assert reading.terms.serves(url) is served
