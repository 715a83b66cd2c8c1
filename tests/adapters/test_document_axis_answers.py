"""Each answer of the axis to a packet means one thing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import structlog
from lgsp.adapters.document_axis import DocumentAxis

from lgsp.adapter import Tools
from lgsp.domain.causes import CAUSES
from lgsp.errors import Refused, Unavailable, Uncertain
from lgsp.folder import Folder
from lgsp.formats.axis.replies import denied, granted
from lgsp.message import VIETNAM
from lgsp.serving import running
from lgsp.wire.http import Http
from tests.axis_side import document

ANSWERS: dict[str, tuple[int, bytes, type[Exception] | None, str]] = {
    "bad file": (200, denied("10", "tep khong hop le"), Refused, "axis-file-refused"),
    "number with zeros": (200, denied("018", "X"), Refused, "axis-receiver-unknown"),
    "own fault": (200, denied("20", "Loi he thong"), Unavailable, "axis-fault"),
    "file fault": (200, denied("21", "Loi xu ly tep"), Unavailable, "axis-file-fault"),
    "no packet": (200, denied("22", "Sai quy chuan"), Refused, "axis-packet-refused"),
    "unknown number": (200, denied("77", "???"), Unavailable, "uncatalogued"),
    "no number": (200, denied("", "Khong duoc"), Unavailable, "uncatalogued"),
    "own sender": (200, denied("99", "Don vi gui H44.01 khong dung voi ma da dang ky: H45"), Unavailable, "axis-sender-unregistered"),
    "OK and a number": (200, granted(DocId="1").replace(b'"0"', b'"20"'), Unavailable, "axis-fault"),
    "lower case": (200, b'{"Status":"ok","errorcode":0,"docid":"abc"}', None, "DocId abc"),
    "no id": (200, granted(), None, "OK"),
    "a list": (200, b"[]", Uncertain, "axis-unreadable"),
    "no status": (200, b'{"data":null}', Uncertain, "axis-unreadable"),
    "empty": (200, b"", Uncertain, "axis-unreadable"),
    "404": (404, b"no such API", Unavailable, "uncatalogued"),
    "413": (413, b"too large", Unavailable, "uncatalogued"),
    "redirect": (302, b"", Unavailable, "uncatalogued"),
}  # fmt: skip
"""What the axis answers to a packet, and what that is for us."""


@pytest.mark.parametrize("name", ANSWERS)
async def test_each_answer_means_one_thing(name: str, tmp_path: Path) -> None:
    """What is known is a verdict, what is not is put off, what is unreadable is in doubt."""
    status, body, kind, word = ANSWERS[name]
    async with answering(status, body, tmp_path) as adapter:
        if kind is None:
            assert (await adapter.send(document())).note == word
            return
        with pytest.raises(kind) as fault:
            await adapter.send(document())
    assert type(fault.value) is kind
    assert fault.value.cause == word  # type: ignore[attr-defined]
    assert word in CAUSES
    if word in {"uncatalogued", "axis-unreadable", "axis-fault", "axis-file-fault"}:
        assert fault.value.answer, "what nobody can act on is counted, so that it may suspend"  # type: ignore[attr-defined]


async def test_a_taken_packet_whose_answer_names_a_receiver_fails_that_one(tmp_path: Path) -> None:
    """OK with an id and a number about a receiver: the others have it, and are never sent to again."""
    body = (
        granted(DocId="1")
        .replace(b'"0"', b'"18"')
        .replace(b'"ErrorDesc":""', b'"ErrorDesc":"Khong co: X99."')
    )
    async with answering(200, body, tmp_path) as adapter:
        receipt = await adapter.send(document(15, ("G22", "X99")))
        with pytest.raises(Refused):  # it names all: whoever got it, it is none of these
            await adapter.send(document(15, ("X99",)))
    assert {code: fault.cause for code, fault in receipt.failed.items()} == {"X99": "axis-receiver-unknown"}


@pytest.mark.parametrize(
    ("text", "docid"),
    [
        ("Don vi nhan khong ton tai", ""),
        ("Khong co: G22, X99", ""),
        ("Khong co: X99", "1"),
        ("Khong co: X9", ""),
    ],
)
async def test_a_no_that_leaves_open_who_is_meant_is_about_the_whole(
    tmp_path: Path, text: str, docid: str
) -> None:
    """It names nobody, everybody or somebody else; or it says no and gives an id all the same."""
    body = denied("18", text).replace(b'"status"', b'"DocId":"' + docid.encode() + b'","status"')
    async with answering(200, body, tmp_path) as adapter:
        with pytest.raises(Refused) as fault:
            await adapter.send(document(15, ("G22", "X99")))
    assert fault.value.cause == "axis-receiver-unknown"


@asynccontextmanager
async def answering(status: int, body: bytes, folder: Path) -> AsyncIterator[DocumentAxis]:
    """An adapter in front of a server that always answers the same."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        while (await receive()).get("more_body"):
            pass
        head = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": head})
        await send({"type": "http.response.body", "body": body})

    async with running(app) as port:
        said = {"url": f"http://127.0.0.1:{port}", "system_id": "lgsp", "secret": "s", "agency": "H44"}
        http, now = Http(), lambda: datetime.now(VIETNAM)
        try:
            config = DocumentAxis.Config.model_validate(said)
            yield DocumentAxis(config, Tools(http, now, structlog.get_logger(), Folder(folder)))
        finally:
            await http.close()
