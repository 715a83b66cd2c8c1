"""Entries and the tamper-evident log over HTTP."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from lgsp.domain.merkle.notes import read_note
from lgsp.domain.merkle.proofs import grew, included
from lgsp.domain.merkle.tree import leaf_hash
from tests.api.province import Province, dossier

PATHS = ("/v1/entries", "/v1/audit", "/v1/audit/checkpoint", "/v1/audit/proof/1", "/v1/audit/growth/1")


async def sealed(here: Province) -> dict[str, Any]:
    """Wait until all is sealed; return how the log stands."""
    async with asyncio.timeout(40):
        while True:
            told: dict[str, Any] = (await here.operator.get("/v1/audit")).json()
            if told["leaves"] and not told["unsealed"]["count"]:
                return told
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("path", PATHS)
async def test_systems_and_strangers_do_not_read_the_audit_journal(here: Province, path: str) -> None:
    """It is for people with the right to audit."""
    assert (await here.nobody.get(path)).status == 401
    assert (await here.one_stop.get(path)).status == 403


async def test_the_log_is_read_proved_and_verified(here: Province) -> None:
    """A walk is sealed about a second later; its entries are proved by the newest checkpoint; all is whole."""
    receipt = await here.one_stop.bring(dossier())
    await here.rest("delivered")
    state = await sealed(here)
    before = read_note((await here.operator.get("/v1/audit/checkpoint")).body.decode())
    assert before.checkpoint.origin == state["origin"]
    proof = (await here.operator.get(f"/v1/audit/proof/{receipt['id']}")).json()
    head = read_note(proof["checkpoint"]).checkpoint
    for one in proof["proofs"]:
        path = [bytes.fromhex(step) for step in one["path"]]
        assert included(leaf_hash(one["leaf"].encode()), one["index"], head.size, path) == head.root
    bodies = (await here.operator.get(f"/v1/audit/bodies/{receipt['id']}")).json()
    assert [one["how"] for one in bodies["revisions"]] == ["same"]
    asked = {"against": before.whole, "key": state["key"]}
    begun = await here.operator.post("/v1/audit/verifications", asked)
    assert (begun.status, begun.json()["state"]) == (202, "running")
    async with asyncio.timeout(40):
        while (told := (await here.operator.get("/v1/audit")).json()["verification"])["state"] == "running":  # noqa: ASYNC110 - it stands in the journal
            await asyncio.sleep(0.02)
    assert told["verdict"]["findings"] == []
    assert told["verdict"]["keys_given"]
    found = (await here.operator.get("/v1/entries", "what=log+verified")).json()["entries"]
    assert [one["who"] for one in found] == ["operator"]
    growth = (await here.operator.get(f"/v1/audit/growth/{before.checkpoint.size}")).json()
    now = read_note(growth["checkpoint"]).checkpoint
    path = [bytes.fromhex(step) for step in growth["growth"]["path"]]
    assert grew(before.checkpoint.size, before.checkpoint.root, now.size, now.root, path)


async def test_entries_are_searched_page_by_page(here: Province) -> None:
    """By message, who, system and time; a page says where the next begins."""
    receipt = await here.one_stop.bring(dossier())
    await here.rest("delivered")
    own = (await here.operator.get("/v1/entries", f"message={receipt['id']}")).json()["entries"]
    assert {one["what"] for one in own} >= {"accepted", "delivered"}
    assert {one["message"]["id"] for one in own} == {receipt["id"]}
    by_code = (await here.operator.get("/v1/entries", f"message={dossier()['data']['code']}")).json()
    assert by_code["entries"] == own
    page = (await here.operator.get("/v1/entries", "limit=1")).json()
    following = (await here.operator.get("/v1/entries", f"limit=1&after={page['next']}")).json()
    assert following["entries"][0]["id"] < page["entries"][0]["id"]
    none = (await here.operator.get("/v1/entries", "until=2020-01-01T00:00")).json()
    assert (none["entries"], none["next"]) == ([], None)


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("/v1/entries", "since=never", 422),
        ("/v1/entries", "who=" + "x" * 300, 422),
        ("/v1/entries", "limit=0", 422),
        ("/v1/audit/proof/999999999999", "", 404),
        ("/v1/audit/proof/hello", "", 404),
        ("/v1/audit/growth/-1", "", 404),
        ("/v1/audit/growth/99999999", "", 404),
        ("/v1/audit/bodies/00000000-0000-0000-0000-000000000000", "", 404),
    ],
)
async def test_what_means_nothing_is_told(here: Province, path: str, query: str, status: int) -> None:
    """A documented answer, never an error inside."""
    await sealed(here)
    assert (await here.operator.get(path, query)).status == status


@pytest.mark.parametrize("said", [{"against": "hello"}, {"key": "hello"}, {"other": 1}, b"no"])
async def test_nothing_is_verified_against_what_is_no_checkpoint(here: Province, said: Any) -> None:
    """Who brings another file is told so before anything runs."""
    assert (await here.operator.post("/v1/audit/verifications", said)).status == 422
