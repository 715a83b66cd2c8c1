"""Personal data and secrets stay where they belong: canaries go in by every way, and are looked for everywhere."""

from __future__ import annotations

import io
import json
import logging
import os
import sys
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

import orjson
import pytest
import structlog

from lgsp.adapter import Receipt
from lgsp.alerts.post import Webhook
from lgsp.errors import Refused, Unavailable
from lgsp.journal.people import Role
from lgsp.logs import set_up
from lgsp.message import Message
from lgsp.sandbox.reporting import Reporting
from lgsp.sandbox.reporting_faults import ReportingFaults
from lgsp.serving import running
from lgsp.settings import read_settings
from lgsp.wire.exchange import Exchange, record
from tests.api.province import OPERATOR, PORTAL, PORTAL_TOKEN, TOKEN, Caller, Province, dossier
from tests.console.calling import Caller as Visitor
from tests.console.stage import PASSWORD, Stage
from tests.oidc.playing import CLIENT, SECRET, Playing
from tests.oidc.test_signing_in import Browser
from tests.personal.asked_about import ask_about
from tests.personal.figures import bring_figures
from tests.personal.letters import Target, send_letters

PERSONAL = {
    "name": "Đặng Thị Kim Yến Hoàng",
    "number": "079198765431",
    "old number": "273648591",
    "phone": "0987612345",
    "mail": "chim.yen@example.vn",
    "account": "tk-chimyen-77123",
    "address": "12 ngõ Chim Yến, phường Thử",
}
SECRETS = {
    "system's token": TOKEN,
    "other system's token": PORTAL_TOKEN,
    "operator's token": OPERATOR,
    "password": PASSWORD,
    "wrong password": "wrong-password-canary-1",
    "wrong token": "wrong-token-canary-2",
    "client secret": "client-secret-canary-3",
    "portal's password": "portal-password-canary-4",
    "provider's secret": SECRET,
    "provider's secret as it travels": b64encode(f"{CLIENT}:{quote(SECRET, safe='')}".encode()).decode(),
    "webhook's secret": "webhook-secret-canary-5",
}
PASSED = {"LGSP_PORTAL_PASSWORD": SECRETS["portal's password"]}
"""What stands in the environment of the process."""
_SAID = "Công dân {name}, CCCD {number}, điện thoại {phone} không hợp lệ".format(**PERSONAL)
_TEXTS = ("said", "bug", "uncatalogued", "note", "taken")


def _planted(code: str, **changed: Any) -> dict[str, Any]:
    """Return a dossier that holds every personal canary, in fields of its own and in one that nobody knows."""
    applicant = {
        "name": PERSONAL["name"], "kind": "citizen", "identity_number": PERSONAL["number"],
        "identities": [{"kind": "old_identity_card", "number": PERSONAL["old number"]}],
        "phone": PERSONAL["phone"], "email": PERSONAL["mail"], "portal_account": PERSONAL["account"],
    }  # fmt: skip
    told = {
        "applicant": applicant, "subject": f"Đề nghị của {PERSONAL['name']}", "note": PERSONAL["address"],
        "extra": {"CCCD": PERSONAL["number"], "DiaChi": PERSONAL["address"]},
    }  # fmt: skip
    return dossier(code, **told | changed)


async def _send(message: Message) -> Receipt:
    """Play a far side that repeats what it was told, and an adapter that falls over it."""
    record(Exchange("https://far.example/", orjson.dumps(message.data), 200, _SAID.encode()))
    how = _TEXTS[int(message.subject[-1]) % len(_TEXTS)]
    if how == "said":
        raise Refused("field-rejected", _SAID, ["CCCD"])
    if how == "bug":
        raise RuntimeError(f"mapping {message.data['applicant']} of {_SAID}")
    if how == "uncatalogued":
        raise Unavailable("uncatalogued", _SAID)
    return Receipt(note=_SAID if how == "note" else "")


class _Home(Stage):
    """A running home whose logs, at the level of debugging, are kept; people sign in by a provider, too."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.folder = folder
        self.logged = io.StringIO()
        self.reporting = Reporting(ReportingFaults())
        self.provider = Playing()

    async def _serve(self) -> None:
        async with running(self.provider.app()) as port:
            self.provider.url = f"http://127.0.0.1:{port}"
            self.more = {
                "LGSP_OIDC_ISSUER": self.provider.url, "LGSP_OIDC_CLIENT_ID": CLIENT,
                "LGSP_OIDC_CLIENT_SECRET": SECRET, "LGSP_OIDC_ROLES": "desk=viewer",
                "LGSP_PROXIES": "127.0.0.0/8",
            }  # fmt: skip
            await super()._serve()


@pytest.fixture(scope="module")
def home() -> Iterator[_Home]:
    """A home into which every canary was planted by every way in."""
    fast, before, factory = Path("/dev/shm"), sys.stderr, logging.getLogRecordFactory()
    with TemporaryDirectory(dir=fast if fast.is_dir() else None) as folder:
        stage = _Home(Path(folder))
        sys.stderr = stage.logged
        os.environ.update(PASSED)
        try:
            set_up("DEBUG", json=True)
            with stage, TemporaryDirectory(dir=fast if fast.is_dir() else None) as office:
                stage.session("the-viewer", Role.VIEWER)
                stage.run(_plant(stage.province))
                stage.run(bring_figures(stage.province, Path(office), PERSONAL))
                _knock(stage)
                stage.run(_sign_in(stage))
                yield stage
        finally:
            for name in PASSED:
                os.environ.pop(name)
            sys.stderr = before
            structlog.reset_defaults()
            logging.setLogRecordFactory(factory)


async def _plant(here: Province) -> None:
    portal = here.platform.gateway.counterparts[PORTAL]
    portal.adapter.send = _send  # type: ignore[method-assign]
    for n in range(5):
        await here.one_stop.bring(_planted(f"H44.11-260131-000{n}"))
    await _break(here)
    told = await ask_about(here, PERSONAL, _SAID)
    named = {what: PERSONAL[what] for what in ("name", "number")}
    assert [found for text in told if (found := _found(text, named))] == []
    await here.rest("delivered", "refused", "exhausted")


async def _break(here: Province) -> None:
    """Bring what cannot be taken: wrong types, over-long texts, strange names, and bodies that are no JSON."""
    bring = "/v1/systems/one-stop/messages"
    number, name = PERSONAL["number"], PERSONAL["name"]
    wrong: list[Any] = [
        _planted("H44.11-260131-0001x"),
        _planted(number),
        _planted("H44.11-260131-0009", status=number),
        _planted("H44.11-260131-0009", **{number: "x"}),
        _planted("H44.11-260131-0009", received_at=number),
        _planted("H44.11-260131-0009", subject=(name + number) * 200),
        {"type": number, "data": {}},
        {"type": "dossier.v1", "data": {"code": [name, number]}, number: 1},
    ]
    for one in wrong:
        await here.one_stop.post(bring, one)
    broken = f'{{"data": "{name} {number}'.encode()
    markup = f"<DanhSach><HoTen>{name}</HoTen><So>{number}".encode()
    schema = (await here.nobody.get("/openapi.json")).json()
    for path, ways in schema["paths"].items():
        if "post" in ways and ("/systems/" in path):
            at = path.replace("{system}", "one-stop")
            for body in (broken, markup, orjson.dumps(wrong[1])):
                for who in (here.one_stop, Caller(here.platform.site, SECRETS["wrong token"])):
                    await who.post(at, body)


async def _sign_in(stage: _Home) -> None:
    """Let somebody sign in by the provider, and somebody for whom it lies."""
    for lies in ({}, {"nonce": PERSONAL["number"]}):
        stage.provider.lies = dict(lies)
        stage.provider.claims |= {"name": "Lan", "sub": f"s-{len(lies)}"}
        one = Browser(stage.province.platform.site)
        await one.comes(await one.goes())
    await Browser(stage.province.platform.site).comes({"code": "x", "state": PERSONAL["number"]})


def _knock(stage: _Home) -> None:
    """Try to come in with what is nobody's."""
    nobody = Visitor(stage.url)
    for name in ("the-viewer", "nobody-here"):
        nobody.sign_in(name, SECRETS["wrong password"])
    stage.run(_call(stage.province, SECRETS["wrong token"]))


async def _call(here: Province, token: str) -> None:
    caller = Caller(here.platform.site, token)
    await caller.get("/v1/messages")
    await caller.post("/oauth2/token", b"grant_type=client_credentials&client_secret=client-secret-canary-3")


def _found(text: str, canaries: dict[str, str]) -> list[str]:
    """Return the names of the canaries that stand in a text, as it is or as JSON escapes it."""
    return [what for what, one in canaries.items() if one in text or json.dumps(one)[1:-1] in text]


ALL = PERSONAL | SECRETS


def test_no_line_of_the_log_holds_a_canary(home: _Home) -> None:
    """At the level of debugging, with adapters that raise what they were given and far sides that repeat it."""
    logged = home.logged.getvalue()
    assert "adapter bug" in logged
    assert _found(logged, ALL) == []


def test_the_state_folder_holds_no_canary(home: _Home) -> None:
    """Neither the journal's file, whose text columns are plain, nor the spool, nor what lies beside them."""
    found = {
        str(path.relative_to(home.folder)): [
            what for what, one in ALL.items() if one.encode() in path.read_bytes()
        ]
        for path in home.folder.rglob("*")
        if path.is_file()
    }
    assert {path: what for path, what in found.items() if what} == {}


def test_no_text_of_the_journal_holds_a_canary(home: _Home) -> None:
    """Every text of every table but those that are encrypted: problems, what far sides said, entries, what alerts say."""
    journal = home.province.platform.gateway.journal

    def texts(tx: Any) -> dict[str, list[str]]:
        tables = [row[0] for row in tx.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
        held = {}
        for table in tables:
            rows = tx.rows(f"SELECT * FROM {table}")
            text = "\n".join(str(value) for row in rows for value in row if isinstance(value, str))
            held[table] = _found(text, ALL)
        return held

    held = home.run(journal.read(texts))
    assert {table: what for table, what in held.items() if what} == {}


def test_no_list_or_message_of_the_api_shows_a_person_a_canary(home: _Home) -> None:
    """Everything that can be read by an operator without a stated purpose."""
    assert home.run(_read_all(home.province)) == {}


async def _read_all(here: Province) -> dict[str, list[str]]:
    schema = (await here.nobody.get("/openapi.json")).json()
    listed = (await here.operator.get("/v1/messages")).json()["messages"]
    paths = [path for path, ways in schema["paths"].items() if "get" in ways and "{" not in path]
    paths += [f"/v1/messages/{one['id']}" for one in listed]
    paths += [f"/v1/first-seen?code={one['subject']}" for one in listed]
    paths += ["/metrics", "/health/ready", "/v1/messages/none", "/nowhere"]
    shown = {
        path: (await here.operator.get(*path.split("?", 1))).body.decode("utf-8", "replace") for path in paths
    }
    assert len(listed) == 5
    return {path: found for path, text in shown.items() if (found := _found(text, ALL))}


def test_no_page_of_the_console_shows_a_viewer_a_canary(home: _Home) -> None:
    """Lists, messages with all their tabs, threads, problems, quarantine, retention."""
    viewer = Visitor(home.url, home.session("the-viewer", Role.VIEWER))
    listed = home.run(home.province.operator.get("/v1/messages")).json()["messages"]
    tabs = ("", "?tab=bodies", "?tab=bodies&left=raw&right=answer", "?tab=fields")
    paths = [f"/console/messages/{one['id']}{tab}" for one in listed for tab in tabs]
    paths += [f"/console/threads/dossier?key={one['partitionkey']}" for one in listed]
    paths += ["/console/", "/console/messages", "/console/problems", "/console/problems/quarantine"]
    paths += [
        "/console/problems/answers",
        "/console/systems",
        "/console/retention",
        "/console/systems/one-stop",
        "/console/systems/national-portal",
        "/console/reports",
        "/console/jobs",
    ]
    turned = home.run(home.province.operator.get("/v1/quarantine")).json()["quarantine"]
    assert len(turned) > 5
    paths += [f"/console/problems/quarantine/{one['id']}" for one in turned]
    asked = home.run(home.province.operator.get("/v1/asks")).json()["asks"]
    assert len(asked) > 5
    paths += ["/console/asks", *(f"/console/asks/{one['ask']}" for one in asked)]
    shown = {path: viewer.get(path) for path in paths}
    assert {path: one.status for path, one in shown.items() if one.status != 200} == {}
    assert {path: what for path, one in shown.items() if (what := _found(one.text, ALL))} == {}


def test_no_letter_holds_a_canary(home: _Home) -> None:
    """As it is sent: every alert that is open now, and the summary of the day, in subject, text and JSON."""
    target = Target()
    letters = home.run(send_letters(home.province, target))
    assert len(letters[0].document["alerts"]) > 1
    assert letters == target.letters
    for one in letters:
        for text in (one.id, one.subject, one.text, one.body().decode(), repr(one)):
            assert _found(text, ALL) == []


def test_no_object_says_a_secret_of_itself(home: _Home) -> None:
    """Settings, routes, counterparts and the platform, as a debugger or a careless log line writes them."""
    platform = home.province.platform
    environment = {
        "LGSP_STATE": str(home.folder), "LGSP_OPERATOR_TOKEN": OPERATOR, "LGSP_TOKEN_ONE_STOP": TOKEN,
        "LGSP_ADMIN_PASSWORD": PASSWORD, **home.more,
    }  # fmt: skip
    objects = [read_settings(environment), platform, platform.gateway.counterparts, platform.gateway.routes]
    process: Any = getattr(platform.hush, "__self__")  # noqa: B009 - a bound method says whose it is
    objects += [to.adapter for to in platform.gateway.counterparts.values()]
    objects += [
        process,
        process._provider,
        process._provider.agreement,
        Webhook("https://x.vn/?k=1", SECRETS["webhook's secret"]),
    ]
    objects += [getattr(to.adapter, "config", None) for to in platform.gateway.counterparts.values()]
    assert {type(one).__name__: what for one in objects if (what := _found(repr(one), SECRETS))} == {}
