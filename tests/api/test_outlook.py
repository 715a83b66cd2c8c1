"""What people and systems see: each its own, operators everything, and never a secret."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from lgsp.journal.contract import JournalError
from tests.api.province import (
    BRING,
    CODE,
    ONE_STOP,
    OPERATOR,
    PORTAL,
    TOKEN,
    Caller,
    Province,
    dossier,
    dossiers,
)

READS = ["/v1/messages", "/v1/deliveries", "/v1/quarantine", "/v1/systems", "/v1/systems/one-stop/reports"]


@pytest.mark.parametrize("path", [*READS, "/v1/counts", f"/v1/messages/{UUID(int=7)}"])
@pytest.mark.parametrize("credential", ["", "wrong"])
async def test_nobody_reads_without_a_token(paused: Province, path: str, credential: str) -> None:
    """401, whatever is asked for."""
    reply = await Caller(paused.platform.site, credential).get(path)
    assert (reply.status, reply.json()["type"]) == (401, "urn:lgsp:problem:not-admitted")


async def test_a_system_sees_its_own_and_nothing_else(paused: Province) -> None:
    """What the one-stop brought is there for it and for operators, and nowhere for the portal."""
    receipt = await paused.one_stop.bring(dossier())
    await paused.one_stop.post(BRING, b"{")
    seen = {}
    for name, caller in {"own": paused.one_stop, "other": paused.far, "all": paused.operator}.items():
        lists = [
            (await caller.get(f"/v1/{what}")).json()[what]
            for what in ("messages", "deliveries", "quarantine")
        ]
        seen[name] = [len(rows) for rows in lists], (await caller.get(f"/v1/messages/{receipt['id']}")).status
    assert seen == {"own": ([1, 1, 1], 200), "other": ([0, 0, 0], 404), "all": ([1, 1, 1], 200)}


async def test_a_system_cannot_ask_in_anothers_name(paused: Province) -> None:
    """`source` filters for operators; a system's own name stands whatever it says."""
    await paused.one_stop.bring(dossier())
    for path in ("messages", "deliveries", "quarantine"):
        assert (await paused.far.get(f"/v1/{path}", f"source={ONE_STOP}")).json()[path] == []
    assert (await paused.far.get(f"/v1/systems/{ONE_STOP}/reports")).status == 404
    assert (await paused.operator.get("/v1/messages", f"source={PORTAL}")).json()["messages"] == []


async def test_each_sees_the_systems_that_are_its_own(paused: Province) -> None:
    """A vendor sees its standing, operators every system's; tokens and passwords stand nowhere."""
    shown = {
        name: [one["name"] for one in (await caller.get("/v1/systems")).json()["systems"]]
        for name, caller in {"own": paused.one_stop, "all": paused.operator}.items()
    }
    assert shown == {"own": [ONE_STOP], "all": [ONE_STOP, PORTAL]}
    await paused.one_stop.bring(dossier())
    (_, far) = (await paused.operator.get("/v1/systems")).json()["systems"]
    assert (far["adapter"], far["standing"], far["open"]) == ("national_portal", "paused", 1)


async def test_counts_are_for_operators(paused: Province) -> None:
    """They tell of every system at once."""
    await paused.one_stop.bring(dossiers(3))
    assert (await paused.one_stop.get("/v1/counts")).status == 403
    counts = (await paused.operator.get("/v1/counts")).json()
    assert (counts["messages"], counts["systems"][PORTAL]["ready"]) == (3, 3)


async def test_a_walk_tells_everything_but_secrets(here: Province) -> None:
    """Body, what came, delivery, each attempt with the native exchange, entries; no password, no token."""
    receipt = await here.one_stop.bring(dossier())
    await here.rest("delivered")
    reply = await here.one_stop.get(f"/v1/messages/{receipt['id']}")
    walk = reply.json()
    assert walk["data"]["applicant"]["name"] == "Nguyễn Văn A"
    assert CODE in walk["raw"]["text"]
    assert [(one["system"], one["state"]) for one in walk["deliveries"]] == [(PORTAL, "delivered")]
    assert [one["outcome"] for one in walk["attempts"]] == ["delivered"]
    assert walk["attempts"][0]["exchanges"]
    assert walk["entries"][0]["what"] == "accepted"
    for secret in (TOKEN, OPERATOR, "sandbox"):
        assert secret.encode() not in reply.body


@pytest.mark.parametrize("name", ["nothing", str(UUID(int=7))])
async def test_a_message_that_is_not_there_is_404(paused: Province, name: str) -> None:
    """Whether it is no id or nobody's."""
    reply = await paused.operator.get(f"/v1/messages/{name}")
    assert (reply.status, reply.headers["content-type"]) == (404, "application/problem+json")


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 4),
        ("type=dossier.v1", 4),
        ("type=dossier.progress.v1", 0),
        ("code=H44.11-260131-0002", 1),
        ("code=000.00.11.H44-260131-0002", 1),
        ("code=H44.11-260131-0009", 0),
        ("system=national-portal&state=ready", 3),
        ("system=national-portal&state=cancelled", 1),
        ("state=delivered", 0),
        ("source=one-stop", 4),
    ],
)
async def test_messages_are_found(paused: Province, query: str, count: int) -> None:
    """Each filter finds what it names; a code is found in either of its forms."""
    told = await paused.one_stop.bring(dossiers(4))
    number = (await paused.delivery(told["results"][0]))["id"]
    await paused.operator.post(f"/v1/deliveries/{number}/cancel")
    assert len((await paused.operator.get("/v1/messages", query)).json()["messages"]) == count


@pytest.mark.parametrize("what", ["messages", "deliveries", "quarantine"])
async def test_pages_follow_each_other(paused: Province, what: str) -> None:
    """Newest first, `next` leads on, nothing is told twice or left out, and the last says so."""
    good = dossiers(5)
    await paused.one_stop.post(BRING, [*good, *({"type": "dossier.v1"} for _ in good)])
    seen: list[int] = []
    after: int | None = 0
    while after is not None:
        page = (await paused.operator.get(f"/v1/{what}", f"after={after}&limit=2")).json()
        seen += [row["seq"] if what == "messages" else row["id"] for row in page[what]]
        after = page["next"]
    assert len(seen) == 5
    assert seen == sorted(set(seen), reverse=True)


@pytest.mark.parametrize("path", ["/v1/messages", "/v1/deliveries", "/v1/quarantine"])
@pytest.mark.parametrize(
    "query", ["limit=0", "limit=1001", "limit=x", "after=-1", "after=99999999999999999999"]
)
async def test_a_page_out_of_bounds_is_422(paused: Province, path: str, query: str) -> None:
    """The documented bounds are held to, and the answer names them."""
    reply = await paused.operator.get(path, query)
    assert (reply.status, reply.headers["content-type"]) == (422, "application/problem+json")
    assert "limit" in reply.json()["detail"]


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/v1/messages", "state=lost"),
        ("/v1/messages", "state=ready,lost"),
        ("/v1/messages", "from=yesterday"),
        ("/v1/messages", "to=2026-13-01"),
        ("/v1/deliveries", "state=ready,lost"),
        (f"/v1/systems/{ONE_STOP}/reports", "since=-1"),
        (f"/v1/systems/{ONE_STOP}/reports", "since=x"),
        (f"/v1/systems/{ONE_STOP}/reports", "limit=0"),
    ],
)
async def test_a_parameter_that_means_nothing_is_422(paused: Province, path: str, query: str) -> None:
    """A slip in a filter is told, and not taken for no filter."""
    reply = await paused.operator.get(path, query)
    assert (reply.status, reply.json()["type"]) == (422, "urn:lgsp:problem:invalid")


async def test_the_dead_are_explained(here: Province) -> None:
    """What the portal refused is found as dead, with cause, fields, and what it means in both languages."""
    receipt = await here.one_stop.bring(dossier(procedure=None))
    await here.rest("refused")
    (dead,) = (await here.operator.get("/v1/deliveries", "state=dead")).json()["deliveries"]
    assert (dead["message"], dead["state"], dead["cause"]) == (
        receipt["id"],
        "refused",
        "portal-field-missing",
    )
    shown = await here.delivery(receipt)
    assert shown["explanation"]["vi"]["mend"]
    assert shown["explanation"]["en"]["party"] == "vendor"


async def test_the_source_learns_what_became_of_it(here: Province) -> None:
    """By cursor each report comes once; by codes, in either form, those of these dossiers."""
    good, bad = dossiers(2)
    del bad["data"]["procedure"]
    await here.one_stop.bring([good, bad])
    await here.rest("delivered", "refused")
    asked = f"/v1/systems/{ONE_STOP}/reports"
    whole = (await here.one_stop.get(asked)).json()
    assert sorted(_told(whole)) == [("H44.11-260131-0001", "delivered"), ("H44.11-260131-0002", "refused")]
    assert (await here.one_stop.get(asked, f"since={whole['next']}")).json() == {
        "reports": [],
        "next": whole["next"],
    }
    first = (await here.one_stop.get(asked, "limit=1")).json()
    rest = (await here.one_stop.get(asked, f"since={first['next']}")).json()
    assert [*_told(first), *_told(rest)] == _told(whole)
    for code in ("H44.11-260131-0002", "000.00.11.H44-260131-0002"):
        assert _told((await here.operator.get(asked, f"codes={code}")).json()) == [
            ("H44.11-260131-0002", "refused")
        ]
    refused = next(one for one in whole["reports"] if one["state"] == "refused")
    assert (refused["fields"], refused["explanation"]["vi"]["party"]) == (["MaTTHC"], "vendor")


def _told(page: Any) -> list[tuple[str, str]]:
    return [(one["subject"], one["state"]) for one in page["reports"]]


async def test_what_was_turned_away_lies_in_quarantine(paused: Province) -> None:
    """The sender's owner is shown it verbatim, with the place of each fault."""
    await paused.one_stop.post(BRING, dossier(status="lost"))
    (kept,) = (await paused.one_stop.get("/v1/quarantine")).json()["quarantine"]
    assert (kept["source"], kept["code"], kept["subject"]) == (ONE_STOP, "invalid", CODE)
    assert [(one["place"], one["code"]) for one in kept["problems"]] == [("/status", "not-one-of")]
    assert '"lost"' in kept["raw"]["text"]


async def test_health_is_for_everybody(paused: Province, monkeypatch: pytest.MonkeyPatch) -> None:
    """Alive is alive; ready only while the journal can be written."""
    assert (await paused.nobody.get("/health/live")).json() == {"status": "ok"}
    assert (await paused.nobody.get("/health/ready")).json() == {"status": "ok", "routes_version": 1}

    async def write(_: Any) -> Any:
        raise JournalError("writing to the journal: full")

    monkeypatch.setattr(paused.platform.gateway.journal, "write", write)
    assert (await paused.nobody.get("/health/ready")).status == 503
    assert (await paused.nobody.get("/health/live")).status == 200
    monkeypatch.undo()
