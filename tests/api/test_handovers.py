"""Taking over by the API: who may, what is answered, and files carried part by part."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest

from lgsp.carrying import Carrier, codes_of, items_of, token_of
from lgsp.client import AnswerError
from lgsp.errors import ConfigError
from lgsp.sandbox.traffic import Traffic
from lgsp.wire.http import Answer
from tests.api.province import PORTAL, Caller, Province, dossier

CODES = {"what": "codes", "system": PORTAL, "type": "dossier.v1"}
ITEMS = {"what": "items", "system": PORTAL, "source": "one-stop"}
MANY = [f"H44.11-260105-{n:04}" for n in range(1, 1300)]


class Near:
    """A client that calls the application itself."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def post(self, path: str, said: Any = None) -> Any:
        """Post, and return what is told."""
        place, _, query = path.partition("?")
        reply = await self._caller.post(place, b"" if said is None else said, query)
        if reply.status >= 400:
            raise AnswerError(path, Answer(reply.status, reply.body.decode()))
        return reply.json()


@asynccontextmanager
async def begun(
    here: Province, file: Path, order: dict[str, str]
) -> AsyncIterator[tuple[Near, dict[str, Any]]]:
    """Begin an adoption of a file."""
    near = Near(here.operator)
    yield near, await near.post("/v1/handovers", order | {"token": token_of(file, order), "reason": "test"})


async def test_a_list_goes_on_where_it_was_broken_off(here: Province, tmp_path: Path) -> None:
    """Row 187: a second attempt with the same file carries the rest; lines that are no codes are listed."""
    file = tmp_path / "codes.csv"
    file.write_text("STT;MaHoSo\n" + "".join(f"{n};{code}\n" for n, code in enumerate(["nonsense", *MANY])))
    async with begun(here, file, CODES) as (near, adoption):
        first = await Carrier(near, CODES, adoption).all(file, 1)  # type: ignore[arg-type]
        assert [one["place"] for one in first["unreadable"]] == [2]
    async with begun(here, file, CODES) as (near, adoption):
        assert (adoption["place"], adoption["counts"]) == (501, {"adopted": 499, "unreadable": 1})
        await Carrier(near, CODES, adoption).all(file)  # type: ignore[arg-type]
        ended = await near.post(f"/v1/handovers/{adoption['id']}/end")
    assert (ended["state"], ended["counts"]) == ("done", {"adopted": 1299, "unreadable": 1})
    listed = (await here.operator.get("/v1/handovers")).json()["handovers"]
    assert [(one["who"], one["reason"], one["state"]) for one in listed] == [("operator", "test", "done")]


async def test_items_are_adopted_as_their_source_would_tell_them(here: Province, tmp_path: Path) -> None:
    """What is adopted is known when its source tells it, and nothing of it is sent."""
    told = [step for step in Traffic(3).take(40) if step.kind == "dossier" and not step.is_update][:5]
    file = tmp_path / "items.jsonl"
    file.write_bytes(b"\n".join(orjson.dumps(step.item) for step in told))
    async with begun(here, file, ITEMS) as (near, adoption):
        await Carrier(near, ITEMS, adoption).all(file)  # type: ignore[arg-type]
    reply = await here.one_stop.post(
        "/systems/one-stop/api/SynsTTHCC/DongBoHoSoMC", [step.item for step in told]
    )
    assert reply.json()["error_code"] == "0"
    await here.rest("adopted")
    shown = (await here.operator.get("/v1/shadow", query=f"system={PORTAL}")).json()
    assert shown["adopted"] == len(told)


async def test_a_preview_tells_and_writes_nothing(here: Province, tmp_path: Path) -> None:
    """Whoever only looks sees the counts, and begins nothing."""
    file = tmp_path / "codes.txt"
    file.write_text("\n".join(MANY[:3]))
    told = await Carrier(Near(here.operator), CODES, None).all(file)  # type: ignore[arg-type]
    assert told["counts"] == {"adopted": 3}
    assert (await here.operator.get("/v1/handovers")).json()["handovers"] == []
    looked = await here.operator.post(
        "/v1/handovers", {"what": "cut-over", "system": PORTAL, "preview": True}
    )
    nothing = {"lines": 0, "live": 0, "still_shadow": 0, "agencies": [], "due": None, "seconds": 0}
    assert looked.json() == nothing


async def test_a_preview_tells_what_would_be_asked_for(here: Province) -> None:
    """Of what is known here, what is not known to be there, and how long that takes; files are seen in parts."""
    await here.one_stop.bring([dossier(f"H44.11-260107-{n:04}") for n in range(3)])
    await here.rest("delivered")
    await here.operator.post("/v1/systems/national-portal/pause")
    await here.one_stop.bring(dossier("H44.11-260107-0009"))
    order = {"what": "query", "system": PORTAL, "preview": True, "rate": 1}
    told = (await here.operator.post("/v1/handovers", order)).json()
    assert told == {"subjects": 4, "known": 4, "asked": 0, "seconds": 0}
    gateway = here.platform.gateway
    await gateway.journal.write(lambda tx: tx.run("DELETE FROM presence", [()]))
    told = (await here.operator.post("/v1/handovers", order)).json()
    assert told == {"subjects": 4, "known": 1, "asked": 3, "seconds": 3}
    for file in (CODES, ITEMS):
        refused = await here.operator.post("/v1/handovers", file | {"preview": True})
        assert (refused.status, "part by part" in refused.json()["detail"]) == (422, True)


async def test_a_preview_of_items_tells_known_ones_from_others(here: Province) -> None:
    """Told by its source before: known, or known with another content; told twice in a file, the first counts."""
    steps = [step for step in Traffic(5).take(60) if step.kind == "dossier" and not step.is_update]
    first, second = (step.item for step in steps[:2])
    await here.one_stop.post("/systems/one-stop/api/SynsTTHCC/DongBoHoSoMC", [first])
    other = first | {"TrichYeuHoSo": "khác"}
    said = [first, other, second, second, second | {"TrichYeuHoSo": "khác"}]
    told = await here.operator.post(
        "/v1/handovers/items", orjson.dumps(said), f"system={PORTAL}&source=one-stop"
    )
    assert told.json()["counts"] == {"adopted": 1, "known": 2, "otherwise": 2}


async def test_a_cut_over_runs_to_its_end(here: Province) -> None:
    """It is carried out by the gateway itself; asked again with the same token it is the same one."""
    order = {"what": "cut-over", "system": PORTAL, "token": "t", "reason": "test", "rate": 1000}
    first, again = [(await here.operator.post("/v1/handovers", order)).status for _ in range(2)]
    assert (first, again) == (201, 200)
    import asyncio

    async with asyncio.timeout(10):
        while (await here.operator.get("/v1/handovers/1")).json()["state"] != "done":  # noqa: ASYNC110
            await asyncio.sleep(0.05)


@pytest.mark.parametrize(
    ("order", "status"),
    [
        ({"what": "codes", "system": "nobody", "token": "t", "reason": "r"}, 404),
        ({"what": "items", "system": PORTAL, "token": "t", "reason": "r"}, 422),
        (
            {"what": "codes", "system": PORTAL, "type": "dossier.progress.v1", "token": "t", "reason": "r"},
            422,
        ),
        ({"what": "codes", "system": PORTAL, "token": "t"}, 422),
        ({"what": "codes", "system": PORTAL, "token": "t", "reason": "r", "rate": 0}, 422),
    ],
)
async def test_what_cannot_be_begun_is_said(here: Province, order: dict[str, Any], status: int) -> None:
    """No such system, no source, a type that has no subjects, no reason, a rate that is none."""
    assert (await here.operator.post("/v1/handovers", order)).status == status


async def test_only_operators_take_over(here: Province) -> None:
    """A source cannot adopt, judge or see what was not sent."""
    for caller, status in ((here.one_stop, 403), (here.nobody, 401)):
        assert (await caller.get("/v1/handovers")).status == status
        assert (await caller.get("/v1/shadow", query=f"system={PORTAL}")).status == status
        assert (await caller.post("/v1/handovers/judge", {})).status == status
        assert (await caller.post("/v1/handovers/1/codes", {})).status == status


# --- files ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A1\nB2\n\n C3 \n", [(1, "A1"), (2, "B2"), (4, "C3")]),
        ("﻿Mã hồ sơ\nA1\n", [(2, "A1")]),
        ("STT\tSo\tMaHoSo\n1\tx\tA1\n2\ty\n", [(2, "A1")]),
        ('"A,1",x\nB2,y\n', [(1, "A,1"), (2, "B2")]),
        ("", []),
    ],
)
def test_codes_are_found_in_lists_and_tables(tmp_path: Path, text: str, found: list[tuple[int, str]]) -> None:
    """By the name of a column, else in the first; empty lines are passed over, and keep their numbers."""
    file = tmp_path / "codes"
    file.write_text(text, encoding="utf-8")
    assert list(codes_of(file)) == found


@pytest.mark.parametrize("chunk", [1, 7, 1 << 20])
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('[{"a": 1}, {"a": "]["}]', [{"a": 1}, {"a": "]["}]),
        ('{"a": 1}\n{"a": 2}\n', [{"a": 1}, {"a": 2}]),
        ("[]", []),
        ("", []),
        ("[[1], [2]]", [[1], [2]]),
        ("[1, 23]", [1, 23]),
    ],
)
def test_items_are_read_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, found: list[Any], chunk: int
) -> None:
    """An array or a value after the other, however the file falls into pieces."""
    from lgsp import holdings

    monkeypatch.setattr(holdings, "_CHUNK", chunk)
    file = tmp_path / "items.json"
    file.write_text(text, encoding="utf-8")
    assert list(items_of(file)) == found


def test_what_is_not_json_names_the_item(tmp_path: Path) -> None:
    """The file is mended and brought again; what was good before it is not told as missing."""
    file = tmp_path / "items.json"
    file.write_text('[{"a": 1}, {"a": ]')
    with pytest.raises(ConfigError, match="item 2, line 1"):
        list(items_of(file))


@pytest.mark.parametrize("chunk", [1, 7, 1 << 20])
def test_each_item_says_on_which_line_it_begins(monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    """A person finds it in the file, in an array as in a line each, and what is broken too."""
    from io import StringIO

    from lgsp import holdings

    monkeypatch.setattr(holdings, "_CHUNK", chunk)
    found = holdings.items_in(StringIO('[\n  {"a": 1},\n  {"a":\n 2}, {"a": 3},\n{"a": ]'), "x.json")
    assert [next(found).line for _ in range(3)] == [2, 3, 4]
    with pytest.raises(holdings.NotJsonError, match="item 4, line 5") as fault:
        next(found)
    assert (fault.value.item, fault.value.line) == (4, 5)
