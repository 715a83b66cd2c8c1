"""Holding how the stand-in portal behaves, without a server."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgsp.sandbox.compare import digest
from lgsp.sandbox.dialects import Reply
from lgsp.sandbox.faults import DIALECTS, Faults
from lgsp.sandbox.portal import Portal
from lgsp.sandbox.traffic import Traffic

STEPS = list(Traffic(1).take(200))
ITEM = next(step.item for step in STEPS if step.kind == "dossier")
ENTRY = next(step.item for step in STEPS if step.kind == "progress") | {"MaHoSo": ITEM["MaHoSo"]}


def portal(*, seed: int = 0, **faults: Any) -> Portal:
    """Return a stand-in that answers in the plainest form, with these faults."""
    return Portal(Faults.model_validate({"dialects": ["number"], **faults}), seed=seed)


def log_in(stand: Portal, password: str = "sandbox") -> str:
    """Return a session; the dialect must be one that carries it plainly."""
    asked = orjson.dumps({"username": "test", "password": password})
    return str(orjson.loads(stand.answer("XrdAdapter/RestService/forward/mapi/login", asked).body)["session"])


def ask(stand: Portal, service: str, session: str | None = None, **words: Any) -> Reply:
    """Call a service."""
    asked = {"session": session or log_in(stand), "madonvi": "H44", "service": service, **words}
    return stand.answer("mapi/g", orjson.dumps(asked))


def sync(stand: Portal, *items: dict[str, Any], updating: bool = False, session: str | None = None) -> str:
    """Tell dossiers and return the text of the answer."""
    reply = ask(stand, "DongBoHoSoMC", session, isUpdating=str(updating), data=list(items))
    return str(orjson.loads(reply.body)["message"])


def progress(stand: Portal, *items: dict[str, Any]) -> str:
    """Tell progress entries and return the text of the answer."""
    return str(orjson.loads(ask(stand, "CapNhatTienDoHoSoMC", data=list(items)).body)["message"])


def test_it_keeps_what_it_was_given_as_it_came() -> None:
    """The state has the last snapshot, how many there were, the entries in order and the calls."""
    stand = portal()
    assert sync(stand, ITEM) == "Đồng bộ hồ sơ thành công"
    assert sync(stand, ITEM | {"TrangThaiHoSo": "4"}, updating=True) == "Đồng bộ hồ sơ thành công"
    assert progress(stand, ENTRY) == "Cập nhật tiến độ thành công"
    assert progress(stand, ENTRY | {"TrangThai": "9"}) == "Cập nhật tiến độ thành công"
    code, state = ITEM["MaHoSo"], stand.state()
    assert state["dossiers"] == {code: ITEM | {"TrangThaiHoSo": "4"}}
    assert state["versions"] == {code: 2}
    assert state["progress"] == {code: [ENTRY, ENTRY | {"TrangThai": "9"}]}
    assert state["calls"] == {"login": 4, "DongBoHoSoMC": 2, "CapNhatTienDoHoSoMC": 2}
    assert state["history"] == {code: [digest(ITEM), digest(ITEM | {"TrangThaiHoSo": "4"})]}


def test_a_create_of_a_known_dossier_and_an_update_of_an_unknown_one_are_turned_down() -> None:
    """`isUpdating` is taken at its word, and neither changes what is held."""
    stand = portal()
    assert sync(stand, ITEM, updating=True) == "Hồ sơ không tồn tại trên hệ thống"
    sync(stand, ITEM)
    reply = ask(stand, "DongBoHoSoMC", isUpdating="False", data=[ITEM | {"TrangThaiHoSo": "4"}])
    assert orjson.loads(reply.body) == {"error_code": 3, "message": "Hồ sơ đã tồn tại"}
    assert stand.state()["dossiers"] == {ITEM["MaHoSo"]: ITEM}


def test_a_request_is_taken_whole_or_not_at_all() -> None:
    """One bad dossier of three keeps the others out, and the answer says whose fault it is."""
    stand = portal()
    items = [ITEM | {"MaHoSo": f"H44.11-260105-000{n}"} for n in (1, 2, 3)]
    text = sync(stand, items[0], items[1] | {"NgayTiepNhan": "05/01/2026"}, items[2])
    assert text == "Hồ sơ H44.11-260105-0002: Trường NgayTiepNhan sai định dạng yyyyMMddHHmmss"
    assert stand.state()["dossiers"] == {}
    sync(stand, *items)
    assert len(stand.state()["dossiers"]) == 3


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"MaHoSo": ""}, "Trường MaHoSo không được để trống"),
        ({"MaHoSo": 5}, "Trường MaHoSo sai định dạng chuỗi ký tự"),
        ({"TrichYeuHoSo": ""}, "Trường TrichYeuHoSo không được để trống"),
        ({"TrichYeuHoSo": "ă" * 1001}, "Trường TrichYeuHoSo vượt quá 1000 ký tự"),
        ({"GhiChu": "ă" * 2001}, "Trường GhiChu vượt quá 2000 ký tự"),
        ({"NgayHenTra": "20260230080000"}, "Trường NgayHenTra sai định dạng yyyyMMddHHmmss"),
        ({"NgayTra": "20260105 08000"}, "Trường NgayTra sai định dạng yyyyMMddHHmmss"),
        ({"TrangThaiHoSo": "11"}, "Trường TrangThaiHoSo không thuộc danh mục trạng thái hồ sơ"),
        ({"DinhDanhCHS": []}, "Trường DinhDanhCHS không được để trống"),
        (
            {"TaiLieuNop": [{}, {"TenTepDinhKem": "x" * 4001}]},
            "Trường TaiLieuNop/1/TenTepDinhKem vượt quá 4000 ký tự",
        ),
        (
            {"DanhSachGiayToKetQua": [{"TenGiayTo": "x" * 2001}]},
            "Trường DanhSachGiayToKetQua/0/TenGiayTo vượt quá 2000 ký tự",
        ),
        (
            {"DanhSachHoSoBoSung": [{"NgayHenTraMoi": "mai"}]},
            "Trường DanhSachHoSoBoSung/0/NgayHenTraMoi sai định dạng yyyyMMddHHmmss",
        ),
    ],
)
def test_a_dossier_that_breaks_a_rule_is_refused_by_the_field(changed: dict[str, Any], text: str) -> None:
    """The answer names the field in the protocol's own words, and nothing is stored."""
    stand = portal()
    assert sync(stand, ITEM | changed) == text
    assert stand.state()["snapshots"] == 0


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"NguoiXuLy": "x" * 51}, "Trường NguoiXuLy vượt quá 50 ký tự"),
        ({"ThoiDiemXuLy": "20261301000000"}, "Trường ThoiDiemXuLy sai định dạng yyyyMMddHHmmss"),
        ({"TrangThai": "0"}, "Trường TrangThai không thuộc danh mục trạng thái hồ sơ"),
        ({"NoiDungXuLy": None}, "Trường NoiDungXuLy không được để trống"),
        ({"MaHoSo": "H44.11-260105-9999"}, "Hồ sơ chưa được đồng bộ, không cập nhật được tiến độ"),
    ],
)
def test_progress_that_breaks_a_rule_or_comes_early_is_refused(changed: dict[str, Any], text: str) -> None:
    """Entries are judged too, and an unknown dossier has no progress."""
    stand = portal()
    sync(stand, ITEM)
    assert progress(stand, ENTRY | changed) == text
    assert stand.state()["progress"] == {}


def test_the_older_form_without_identities_is_taken() -> None:
    """Clients of the first generation never send DinhDanhCHS; only an empty one is refused."""
    older = {name: value for name, value in ITEM.items() if name != "DinhDanhCHS"}
    assert sync(portal(), older) == "Đồng bộ hồ sơ thành công"


def test_what_came_twice_is_counted() -> None:
    """A snapshot equal to the one before and an entry told again are duplicates; A, B, A is none."""
    stand = portal()
    other = ITEM | {"TrangThaiHoSo": "5"}
    sync(stand, ITEM)
    for item in (other, ITEM, ITEM):
        sync(stand, item, updating=True)
    progress(stand, ENTRY)
    progress(stand, ENTRY | {"NgayBatDau": None})
    assert stand.state()["duplicates"] == 2
    assert stand.state()["versions"] == {ITEM["MaHoSo"]: 4}


def test_the_look_up_tells_existence_only() -> None:
    """A known dossier gives a non-empty result, an unknown one an empty array, both with code 0."""
    stand = portal()
    sync(stand, ITEM)
    found = [
        orjson.loads(ask(stand, "TraCuuHoSo", mahoso=c).body) for c in (ITEM["MaHoSo"], "H44-260105-0001")
    ]
    assert [(said["error_code"], bool(said["result"])) for said in found] == [(0, True), (0, False)]


def test_a_session_is_needed_and_many_live_side_by_side() -> None:
    """No session, an invented one and an old one are turned away; two good ones work at once."""
    now = 0.0
    stand = Portal(Faults(dialects=("number",)), session_seconds=60, clock=lambda: now)
    first, second = log_in(stand), log_in(stand)
    assert first != second
    for session in (first, second):
        assert b'"result"' in ask(stand, "TraCuuHoSo", session, mahoso="x").body
    now = 61.0
    for session in (first, "invented"):
        assert "Phiên làm việc" in ask(stand, "TraCuuHoSo", session, mahoso="x").body.decode()
    assert log_in(stand, "wrong") == ""


@pytest.mark.parametrize("dialect", DIALECTS)
def test_each_dialect_has_its_form(dialect: str) -> None:
    """The forms that portals and proxies have been seen to answer in."""
    stand = portal()
    session = log_in(stand)
    stand.trouble(orjson.dumps({"dialects": [dialect]}))
    taken = ask(stand, "DongBoHoSoMC", session, isUpdating="False", data=[ITEM])
    exists = ask(stand, "DongBoHoSoMC", session, isUpdating="False", data=[ITEM])
    forms = {
        "number": (b'{"error_code":0,', b'{"error_code":3,'),
        "text": (b'{"error_code":"0",', b'{"error_code":"3",'),
        "text-00": (b'{"error_code":"00",', b'{"error_code":"-3",'),
        "nested": (b'{"error_code":"0","message":"{', b'{"error_code":"0","message":"{'),
        "plain": ("Đồng bộ".encode(), "Hồ sơ đã".encode()),
        "untyped": (b'{"error_code":0,', b'{"error_code":3,'),
        "zero-failing": (b'{"error_code":0,', b'{"error_code":0,'),
    }
    assert (taken.body.startswith(forms[dialect][0]), exists.body.startswith(forms[dialect][1])) == (
        True,
        True,
    )
    assert (taken.content_type is None) == (dialect == "untyped")


def test_a_field_is_refused_until_it_is_corrected() -> None:
    """Rules by value, by dossier and by share refuse the same dossier each time, and let a corrected one pass."""
    for rule in (
        {"equals": "1"},
        {"contains": "1"},
        {"codes": [ITEM["MaHoSo"]]},
        [ITEM["MaHoSo"]],
        {"share": 1},
    ):
        stand = portal(refuse_fields={"SoDienThoai": rule})
        spoilt = ITEM | {"SoDienThoai": "1"}
        for _ in range(2):
            assert sync(stand, spoilt) == "Trường SoDienThoai không hợp lệ"
        assert sync(stand, ITEM | {"SoDienThoai": "0912"[:2]}) == "Đồng bộ hồ sơ thành công"


def test_a_share_of_dossiers_is_refused_whoever_asks() -> None:
    """The share is drawn by the dossier's code, so it is the same in every process and order."""
    items = [ITEM | {"MaHoSo": f"H44.11-260105-{n:04}"} for n in range(300)]
    stands = [portal(seed=seed, refuse_fields={"ChuHoSo": {"share": 0.2}}) for seed in (1, 2)]
    for stand, order in zip(stands, (items, items[::-1]), strict=True):
        session = log_in(stand)
        for item in order:
            sync(stand, item, session=session)
    held = [set(stand.state()["dossiers"]) for stand in stands]
    assert held[0] == held[1]
    assert 200 < len(held[0]) < 275


def test_a_held_answer_was_stored_before() -> None:
    """The time-out after storing holds the answer of what was stored, and of nothing else."""
    stand = portal(timeout_after_store=1, hang_ms=5000)
    stored = ask(stand, "DongBoHoSoMC", isUpdating="False", data=[ITEM])
    refused = ask(stand, "DongBoHoSoMC", isUpdating="False", data=[ITEM])
    assert (stored.delay, refused.delay) == (5.0, 0.0)
    assert stand.state()["snapshots"] == 1


@pytest.mark.parametrize(
    ("faults", "status", "kind"),
    [
        ({"http_500": 1}, 500, b"text/plain"),
        ({"http_503": 1, "retry_after": 3}, 503, b"text/plain"),
        ({"html": 1}, 200, b"text/html; charset=utf-8"),
    ],
)
def test_an_outage_stores_nothing(faults: dict[str, Any], status: int, kind: bytes) -> None:
    """While the portal is not itself, no body reaches it."""
    stand = portal()
    session = log_in(stand)
    stand.trouble(orjson.dumps(faults))
    reply = ask(stand, "DongBoHoSoMC", session, isUpdating="False", data=[ITEM])
    assert (reply.status, reply.content_type, reply.retry_after) == (status, kind, faults.get("retry_after"))
    assert stand.state()["snapshots"] == 0


def test_flapping_is_up_first_and_down_then() -> None:
    """The service goes by the clock, from the moment it was told to."""
    times = iter([100.0, 100.0, 101.9, 102.1, 102.9, 103.1, 105.5])
    stand = Portal(
        Faults.model_validate({"flapping": {"up_ms": 2000, "down_ms": 1000}}), clock=lambda: next(times)
    )
    assert [stand.answer("?", b"").status for _ in range(6)] == [200, 200, 503, 503, 200, 503]


def test_a_session_expires_only_after_it_was_used() -> None:
    """So that one who logs in again gets on: a fresh session is good for a call at least."""
    stand = portal(expire_sessions=1)
    session = log_in(stand)
    assert sync(stand, ITEM, session=session) == "Đồng bộ hồ sơ thành công"
    assert "Phiên làm việc" in sync(stand, ITEM, session=session)
    assert "Phiên làm việc" in sync(stand, ITEM, session=session)


def test_a_create_may_be_stored_and_answered_as_existing() -> None:
    """`đã tồn tại` is never a lie: the dossier is there when it is said."""
    stand = portal(already_exists=1)
    assert sync(stand, ITEM) == "Hồ sơ đã tồn tại"
    assert stand.state()["versions"] == {ITEM["MaHoSo"]: 1}
    assert sync(stand, ITEM, updating=True) == "Đồng bộ hồ sơ thành công"


def test_the_same_seed_draws_the_same_faults() -> None:
    """Chance can be repeated, and differs with the seed."""

    def drawn(seed: int) -> list[tuple[int, float]]:
        stand = portal(seed=seed, http_500=0.3, latency_ms=[10, 50])
        return [(reply.status, reply.delay) for reply in (stand.answer("x", b"{}") for _ in range(50))]

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)
    assert {status for status, _ in drawn(1)} == {200, 500}
    assert all(0.01 <= delay <= 0.05 for _, delay in drawn(1))


def test_the_bounded_mode_keeps_counts_only() -> None:
    """As the sink of a benchmark its memory stays flat: it believes the sender and forgets the body."""
    stand = Portal(Faults(dialects=("number",)), remember=False)
    session = log_in(stand)
    for updating in (True, False, True):
        assert sync(stand, ITEM, updating=updating, session=session) == "Đồng bộ hồ sơ thành công"
    progress(stand, ENTRY)
    state = stand.state()
    assert (state["dossiers"], state["history"], state["progress"]) == ({}, {}, {})
    assert (state["snapshots"], state["entries"]) == (3, 1)


def test_forgetting_leaves_sessions_and_faults() -> None:
    """Clearing the state between two runs logs nobody out."""
    stand = portal(latency_ms=1)
    session = log_in(stand)
    sync(stand, ITEM, session=session)
    stand.forget()
    assert stand.state()["dossiers"] == {}
    assert stand.state()["calls"] == {}
    assert sync(stand, ITEM, session=session) == "Đồng bộ hồ sơ thành công"
    assert stand.faults.latency_ms == 1


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*ITEM, *ENTRY]), inner, max_size=4)
        ),
        max_leaves=12,
    ),
    st.sampled_from(["DongBoHoSoMC", "CapNhatTienDoHoSoMC", "TraCuuHoSo", "?"]),
)
def test_no_body_breaks_it(given_: object, service: str) -> None:
    """Whatever stands in `data`, it answers an envelope and never falls over."""
    stand = portal()
    items = given_ if isinstance(given_, list) else [given_]
    for data in (given_, [ITEM | item if isinstance(item, dict) else item for item in items]):
        reply = ask(stand, service, isUpdating="False", data=data, mahoso=data)
        assert "error_code" in orjson.loads(reply.body)
