"""One-stop systems ask us for catalogues as they would ask the portal, and that is how they pick up changes."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from lgsp.home import packed
from tests.asgi import call
from tests.door import FORWARD, SESSION, Door, silent

PROCEDURE = orjson.loads((packed() / "adapters/national_portal/samples/procedure.json").read_bytes())
RECORD = orjson.loads((packed() / "adapters/national_portal/samples/procedure.in.json").read_bytes())
BARE = "/api/SynsTTHCC"


@pytest.fixture
def door() -> Door:
    """A door behind which catalogues are."""
    opened = Door()
    opened.inbox.catalogue.held = {
        "procedure.v1": {"1.003897": PROCEDURE, "9.000001": PROCEDURE | {"code": "9.000001", "name": "Khác"}},
        "field.v1": {"G15-TP110": {"code": "G15-TP110", "name": "Hộ tịch", "state": "published"}},
        "agency.v1": {
            "H44": {"code": "H44", "name": "UBND tỉnh", "level": "1", "state": "published"},
            "H44.11": {"code": "H44.11", "name": "Sở Tư pháp", "state": "published"},
        },
        "procedure.service.v1": {
            "1.003897.01": {
                "code": "1.003897.01",
                "name": "DVC",
                "state": "published",
                "applied": [{"MADONVI": "H44"}],
            }
        },
    }
    return opened


async def ask(door: Door, service: str, **words: Any) -> Any:
    """Ask in the wrapped form."""
    return await door.forward(session=SESSION, madonvi="H44", service=service, **words)


async def test_a_record_is_told_as_the_portal_tells_it(door: Door) -> None:
    """What the portal's own sample said comes out again, every key of it."""
    said = await ask(door, "LayThuTuc", maTTHC="1.003897")
    assert said == {"error_code": 0, "message": "", "result": RECORD["result"]}


async def test_lists_are_told_as_the_portal_tells_them(door: Door) -> None:
    """Upper-case keys, all of them, in one array; services inside `data`."""
    assert (await ask(door, "LayDanhSachTTHC"))["result"] == [
        {"MATTHC": "1.003897", "TENTTHC": "Thủ tục mẫu"},
        {"MATTHC": "9.000001", "TENTTHC": "Khác"},
    ]
    assert (await ask(door, "LayDanhMucCoQuan"))["result"] == [
        {"MADONVI": "H44", "TENDONVI": "UBND tỉnh", "CAPDONVI": "1"},
        {"MADONVI": "H44.11", "TENDONVI": "Sở Tư pháp", "CAPDONVI": ""},
    ]
    assert (await ask(door, "LayDanhMucLinhVuc"))["result"] == [
        {"MALINHVUC": "G15-TP110", "TENLINHVUC": "Hộ tịch", "MANGANH": ""}
    ]
    (service,) = (await ask(door, "LayDVC"))["result"]["data"]
    assert (service["MADVC"], service["APDUNGDVC"]) == ("1.003897.01", [{"MADONVI": "H44"}])


async def test_a_bare_client_asks_by_address(door: Door) -> None:
    """The code is a text and the words are there by which such clients judge; POST and GET are the same."""
    reply = await door.get(f"{BARE}/LayThuTuc", query="maTTHC=1.003897")
    assert (reply.json()["error_code"], reply.json()["message"]) == ("0", "Thành công")
    assert reply.json()["result"] == RECORD["result"]
    posted = await door.post(f"{BARE}/LayDanhSachTTHC", b"")
    assert posted.json() == (await door.get(f"{BARE}/laydanhsachtthc")).json()


@pytest.mark.parametrize("service", ["LayDanhSachTTHC", "LayDanhMucCoQuan", "LayDanhMucLinhVuc", "LayDVC"])
async def test_a_catalogue_that_was_never_brought_is_no_empty_list(service: str) -> None:
    """Clients switch off what a list lacks: so there is no list, and no word of success."""
    door = Door()
    reply = await door.get(f"{BARE}/{service}")
    assert (reply.json()["error_code"], reply.json()["result"]) == ("-1", [])
    assert silent(reply)
    assert (await ask(door, service))["error_code"] == -1


async def test_a_procedure_that_is_not_there_has_no_record(door: Door) -> None:
    """As at the portal: an empty array; a question without a code is a fault."""
    assert (await ask(door, "LayThuTuc", maTTHC="1.000000"))["result"] == []
    said = await ask(door, "LayThuTuc")
    assert (said["error_code"], "maTTHC" in said["message"]) == (-1, True)


async def test_a_record_of_another_state_keeps_the_portals_word(door: Door) -> None:
    """What is listed and not published says so as its record did."""
    held = door.inbox.catalogue.held["procedure.v1"]
    held["1.003897"] = PROCEDURE | {"state": "unpublished", "extra": {"TRANGTHAI": "7"}}
    (record,) = (await ask(door, "LayThuTuc", maTTHC="1.003897"))["result"]
    assert record["TRANGTHAI"] == "7"


# --- picking up -------------------------------------------------------------------------------------------


async def test_what_changed_is_listed_until_it_is_picked_up(door: Door) -> None:
    """Asking for the record is picking it up, all that waits of it; the rest goes on waiting."""
    for type_, code in [("procedure.v1", "1.003897"), ("procedure.v1", "9.000001"), ("agency.v1", "H44.11")]:
        door.inbox.mailbox.put(type_, code)
    door.inbox.mailbox.put("procedure.v1", "1.003897")
    told = (await door.get("/changes")).json()
    assert [(one["Loai"], one["Ma"]) for one in told][:2] == [
        ("procedure.v1", "1.003897"),
        ("procedure.v1", "9.000001"),
    ]
    assert told[0]["HeThongGui"] == "national-portal"
    await ask(door, "LayThuTuc", maTTHC="1.003897")
    assert door.inbox.mailbox.collected == [("1.003897", "LayThuTuc")] * 2
    assert [one["Ma"] for one in (await door.get("/changes")).json()] == ["9.000001", "H44.11"]


async def test_a_list_picks_up_what_it_tells_and_what_it_lacks(door: Door) -> None:
    """Agencies are told whole by their list; of procedures only that one is gone, not what its record says."""
    for type_, code in [("procedure.v1", "1.003897"), ("procedure.v1", "1.111111"), ("agency.v1", "H44.11")]:
        door.inbox.mailbox.put(type_, code)
    await ask(door, "LayDanhMucCoQuan")
    assert door.inbox.mailbox.collected == [("H44.11", "LayDanhMucCoQuan")]
    await ask(door, "LayDanhSachTTHC")
    assert door.inbox.mailbox.collected[1:] == [("1.111111", "LayDanhSachTTHC")]


async def test_what_comes_while_a_record_is_read_is_handed_out_too(door: Door) -> None:
    """A newer version that arrives between the look and the answer is not taken for the older one."""
    catalogue, mailbox = door.inbox.catalogue, door.inbox.mailbox
    mailbox.put("procedure.v1", "1.003897")

    def newer() -> None:
        catalogue.before = lambda: None
        mailbox.put("procedure.v1", "1.003897")

    def once() -> None:
        newer()
        old = catalogue.held["procedure.v1"]["1.003897"]
        catalogue.before = lambda: catalogue.held["procedure.v1"].update({"1.003897": old | {"name": "Mới"}})

    catalogue.before = once
    (record,) = (await ask(door, "LayThuTuc", maTTHC="1.003897"))["result"]
    assert (record["TENTTHC"], mailbox.held) == ("Mới", [])


async def test_a_record_that_is_closed_is_picked_up_as_gone(door: Door) -> None:
    """Whoever asks for it learns that there is none."""
    door.inbox.mailbox.put("procedure.v1", "1.111111")
    assert (await ask(door, "LayThuTuc", maTTHC="1.111111"))["result"] == []
    assert door.inbox.mailbox.held == []


async def test_nobody_reads_without_a_token(door: Door) -> None:
    """Neither lists, nor records, nor what changed."""
    for path in ("/changes", f"{BARE}/LayDanhSachTTHC", f"{BARE}/LayThuTuc"):
        assert (await door.get(path, bearer=False)).status == 401
    said = await door.forward(session="x", madonvi="H44", service="LayDanhSachTTHC")
    assert said["error_code"] == -1


async def test_only_read_services_are_asked_by_get(door: Door) -> None:
    """What is written is posted."""
    assert (await door.get(f"{BARE}/DongBoHoSoMC")).status == 404
    assert (await door.get("/changes", query="limit=many")).status == 400
    assert (await call(door.app, "PUT", f"{FORWARD}/x")).status == 405


# --- what one-stop systems push beside dossiers -----------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "type_", "word"),
    [
        ("satisfaction", "satisfaction.v1", "đánh giá"),
        ("answer", "answer.v1", "trả lời"),
        ("question", "question.v1", "câu hỏi"),
    ],
)
async def test_pushes_beside_dossiers_are_taken_on(door: Door, name: str, type_: str, word: str) -> None:
    """In the wrapped form and as a bare array."""
    content = orjson.loads((packed() / f"adapters/one_stop/samples/{name}.in.json").read_bytes())
    said = await door.forward(**content | {"session": SESSION})
    assert (said["error_code"], word in said["message"], "thành công" in said["message"]) == (0, True, True)
    bare = (await door.post(f"{BARE}/{content['service']}", content["data"])).json()
    assert bare["result"][0]["id"] == said["result"][0]["id"]
    (message,) = door.inbox.taken.values()
    assert (message.type, message.agency) == (type_, "H44.11")


async def test_a_fault_of_a_push_is_named_natively(door: Door) -> None:
    """The field's own name, and no word of success."""
    reply = await door.post(f"{BARE}/DongBoDanhGia", [{"NgayTongHop": "2026", "Madonvi": "H44.11"}])
    assert silent(reply)
    assert "NgayTongHop" in reply.json()["message"]


async def test_results_of_one_month_are_told_apart(door: Door) -> None:
    """By agency, month and question; the same one told again with other figures is the same result."""
    row = {"NgayTongHop": "1-2026", "Madonvi": "H44.11", "TongSoNguoiDanhGia": 5, "NoiDung": "A"}
    rows = [row, row | {"NoiDung": "B"}, row | {"NgayTongHop": "2-2026"}, row | {"TongSoNguoiDanhGia": "6"}]
    await door.post(f"{BARE}/DongBoDanhGia", rows)
    assert len({message.subject for message in door.inbox.taken.values()}) == 3
