"""The public door: what opens it, what does not, and how a file is handed out."""

from __future__ import annotations

import asyncio
import time
import uuid
from pathlib import Path
from typing import Any

import pytest

from lgsp.adapter import Relays
from lgsp.domain.links import Links, Ticket
from lgsp.relay import bringing, door
from tests.relay.source import PDF, PNG, Relayed, relaying

ZIP = b"PK\x03\x04" + b"\0" * 60 + b"PK\x05\x06" + b"\0" * 18


def reading(here: Relayed) -> Links:
    """Return what draws the links of the portal."""
    adapter = here.platform.gateway.counterparts["national-portal"].adapter
    assert isinstance(adapter, Relays)
    assert adapter.links is not None
    return adapter.links


def token_of(link: str) -> str:
    """Return the part of a link that opens something."""
    return link.split("/")[-2]


async def test_a_link_hands_out_its_file(here: Relayed) -> None:
    """With its type, length, name in Vietnamese, and nothing that lets a browser take it for a page."""
    here.source.put("/don.pdf", PDF)
    (link,) = await here.links("/don.pdf", name='Đơn "đề nghị".pdf')
    reply = await here.ask(link)
    assert (reply.status, reply.body) == (200, PDF)
    said = reply.headers
    assert (said["content-type"], said["content-length"]) == ("application/pdf", str(len(PDF)))
    assert said["x-content-type-options"] == "nosniff"
    assert "sandbox" in said["content-security-policy"]
    assert said["content-disposition"] == (
        "attachment; filename=\"__n ___ ngh__.pdf\"; filename*=UTF-8''"
        "%C4%90%C6%A1n%20%22%C4%91%E1%BB%81%20ngh%E1%BB%8B%22.pdf"
    )


async def test_a_part_of_a_file_can_be_asked_for(here: Relayed) -> None:
    """Ranges, a HEAD without a body, and nothing sent again to whoever has it already."""
    here.source.put("/don.pdf", PDF)
    (link,) = await here.links("/don.pdf")
    head = await here.ask(link, "HEAD")
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", str(len(PDF)))
    part = await here.ask(link, headers={"Range": "bytes=5-9"})
    assert (part.status, part.body) == (206, PDF[5:10])
    assert part.headers["content-range"] == f"bytes 5-9/{len(PDF)}"
    beyond = await here.ask(link, headers={"Range": f"bytes={len(PDF)}-"})
    assert beyond.status == 416
    same = await here.ask(link, headers={"If-None-Match": head.headers["etag"]})
    assert (same.status, same.body) == (304, b"")


async def test_no_wrong_link_opens_anything(here: Relayed) -> None:
    """Each letter of a token counts; so do another key, another file, and another message."""
    here.source.put("/don.pdf", PDF)
    (link,) = await here.links("/don.pdf")
    token, good = token_of(link), reading(here)
    ticket = good.read(token)
    assert ticket is not None
    wrong = [token[:n] + ("A" if token[n] != "A" else "B") + token[n + 1 :] for n in range(0, 52, 3)]
    wrong += [token[:-1], token + "A", token[:-4], "", "x", token.replace("A", "+"), "%00" * 52, "á" * 52]
    other = Links(good.terms, lambda: b"another key, of the length of it")
    wrong += [
        other.token(ticket),
        good.token(ticket._replace(file=1)),
        good.token(ticket._replace(message=uuid.UUID(int=1))),
    ]
    for one in wrong:
        reply = await here.ask(f"{here.base}/{one}/tep.pdf")
        assert (one, reply.status) == (one, 400 if "%00" in one else 404)
        assert "detail" not in reply.json()
    assert here.source.asked == {}
    assert (await here.ask(f"{here.base}/{token}/an-other-name.exe")).status == 200
    assert (await here.ask(link, "POST")).status == 405


async def test_a_link_ends(here: Relayed) -> None:
    """After its end it is gone, and the source is not asked."""
    (link,) = await here.links("/don.pdf")
    good = reading(here)
    ticket = good.read(token_of(link))
    assert ticket is not None
    assert 29 * 86400 < ticket.until - time.time() <= 30 * 86400
    ended = good.token(ticket._replace(until=int(time.time()) - 1))
    reply = await here.ask(f"{here.base}/{ended}/tep.pdf")
    assert (reply.status, reply.json()["type"]) == (410, "urn:lgsp:problem:file-expired")
    assert here.source.asked == {}


async def test_a_link_ends_with_its_message(here: Relayed) -> None:
    """When retention has let a body go, what it named is gone too, though the file may lie there yet."""
    here.source.put("/don.pdf", PDF)
    (link,) = await here.links("/don.pdf")
    assert (await here.ask(link)).status == 200
    await here.platform.gateway.journal.write(lambda tx: tx.run("DELETE FROM bodies", [()]))
    assert (await here.ask(link)).status == 410


async def test_what_is_listed_no_more_is_not_asked(folder: Path) -> None:
    """A link that was handed out opens nothing once its host left the list."""
    async with relaying(folder, {"key": "k" * 40}) as here:
        here.portal.trouble(b'{"dialects": ["number"]}')
        here.source.put("/don.pdf", PDF)
        (link,) = await here.links("/don.pdf")
        ticket = reading(here).read(token_of(link))
    assert isinstance(ticket, Ticket)
    async with relaying(folder, {"key": "k" * 40, "from": ["10.0.0.1"]}) as here:
        reply = await here.ask(f"{here.base}/{reading(here).token(ticket)}/tep.pdf")
        assert reply.status == 404


@pytest.mark.parametrize(
    ("location", "status", "cause"),
    [
        ("/moved.pdf", 200, ""),
        ("http://{address}/moved.pdf", 200, ""),
        ("http://localhost:1/moved.pdf", 502, "file-source-elsewhere"),
        ("http://169.254.169.254/latest/meta-data/", 502, "file-source-elsewhere"),
        ("//10.0.0.1/moved.pdf", 502, "file-source-elsewhere"),
        ("http://{address}@10.0.0.1/moved.pdf", 502, "file-source-elsewhere"),
        ("file:///etc/passwd", 502, "file-source-elsewhere"),
        ("", 502, "file-source-elsewhere"),
        ("/don.pdf", 502, "file-source-elsewhere"),
    ],
)
async def test_a_redirection_leads_nowhere_else(
    here: Relayed, location: str, status: int, cause: str
) -> None:
    """The same host may say where its file lies now; nobody is led to another one, or in a circle."""
    here.source.put("/don.pdf", b"", 302, Location=location.format(address=here.address))
    here.source.put("/moved.pdf", PDF)
    (link,) = await here.links("/don.pdf")
    reply = await here.ask(link)
    assert reply.status == status
    assert cause in str(reply.json()["type"] if cause else "")


@pytest.mark.parametrize(
    ("name", "body", "status", "cause"),
    [
        ("Đơn.pdf", b"<!DOCTYPE html><title>Login</title>", 415, "file-type-refused"),
        ("Đơn.pdf", b"", 415, "file-type-refused"),
        ("Đơn.pdf", b"MZ\x90\0" + b"\0" * 60, 415, "file-type-refused"),
        ("Đơn.pdf", PNG, 415, "file-type-differs"),
        ("Đơn.docx", ZIP, 415, "file-type-differs"),
        ("Hồ sơ.zip", ZIP, 200, ""),
        ("Hồ sơ.zip", ZIP[:40], 415, "file-type-refused"),
        ("Ghi chú.txt", "Kính gửi".encode(), 200, ""),
        ("Ghi chú", "Kính gửi".encode(), 415, "file-type-refused"),
        ("Ghi chú.exe", PNG, 200, ""),
    ],
)
async def test_only_accepted_formats_are_handed_on(
    here: Relayed, name: str, body: bytes, status: int, cause: str
) -> None:
    """A file is what its bytes say and what its name claims; a login page is no document."""
    here.source.put("/tep", body)
    (link,) = await here.links("/tep", name=name)
    reply = await here.ask(link)
    assert reply.status == status
    if cause:
        assert reply.json()["type"] == f"urn:lgsp:problem:{cause}"
        assert (await here.ask(link)).status == 415
        assert here.source.asked["/tep"] == 1
        assert not [path for path in here.platform.gateway.blobs.spool.iterdir() if path.is_file()]


async def test_the_name_says_what_the_content_is(here: Relayed) -> None:
    """A name with another ending, or none, gets that of its content behind it."""
    here.source.put("/tep", PNG)
    (link,) = await here.links("/tep", name="Ảnh.exe")
    said = (await here.ask(link)).headers
    assert said["content-type"] == "image/png"
    assert said["content-disposition"].endswith(".exe.png")


async def test_a_file_that_is_too_large_is_left(folder: Path) -> None:
    """Declared or not, not more is taken than the terms allow, and nothing of it is left behind."""
    async with relaying(folder, {"largest": 1}) as here:
        here.portal.trouble(b'{"dialects": ["number"]}')
        here.source.put("/said.pdf", PDF * 200, **{"Content-Length": str(len(PDF) * 200)})
        here.source.put("/unsaid.pdf", PDF * 200)
        here.source.put("/fits.pdf", PDF * 100)
        said, unsaid, fits = await here.links("/said.pdf", "/unsaid.pdf", "/fits.pdf")
        for link in (said, unsaid):
            reply = await here.ask(link)
            assert (reply.status, reply.json()["type"]) == (502, "urn:lgsp:problem:file-too-large")
        assert (await here.ask(fits)).body == PDF * 100
        assert not [path for path in here.platform.gateway.blobs.spool.iterdir() if path.is_file()]


async def test_a_slow_source_is_told_from_one_that_is_away(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Too slow is 504, away is 502; each is tried again the next time, once a short while has passed."""
    monkeypatch.setattr(bringing, "SOON", 0.3)
    async with relaying(folder, {"timeout": 0.2, "from": ["127.0.0.1:1", "{source}"]}) as here:
        here.portal.trouble(b'{"dialects": ["number"]}')
        here.source.put("/slow.pdf", PDF)
        here.source.slow["/slow.pdf"] = 1.0
        slow, away = await here.links("/slow.pdf", "http://127.0.0.1:1/x.pdf")
        first = await here.ask(slow)
        assert (first.status, first.json()["type"]) == (504, "urn:lgsp:problem:file-source-slow")
        assert first.headers["retry-after"] == "60"
        assert (await here.ask(away)).status == 502
        assert (await here.ask(slow)).status == 504
        assert here.source.asked["/slow.pdf"] == 1
        here.source.slow.clear()
        await asyncio.sleep(0.35)
        assert (await here.ask(slow)).status == 200


async def test_who_asks_too_often_waits(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By address, as our own proxies tell it; who tries tokens is stopped sooner than who has some."""
    monkeypatch.setattr(door, "WRONG", 3)
    async with relaying(folder, {"per_minute": 6, "proxies": ["10.9.0.0/16"]}) as here:
        here.portal.trouble(b'{"dialects": ["number"]}')
        here.source.put("/don.pdf", PDF)
        (link,) = await here.links("/don.pdf")
        statuses = [(await here.ask(link, peer="203.0.113.1")).status for _ in range(8)]
        assert statuses == [200] * 6 + [429] * 2
        reply = await here.ask(link, peer="203.0.113.1")
        assert 1 <= int(reply.headers["retry-after"]) <= 10
        assert (await here.ask(link, peer="203.0.113.2")).status == 200
        wrong = f"{here.base}/{'A' * 52}/x"
        tried = [(await here.ask(wrong, peer="203.0.113.3")).status for _ in range(4)]
        assert tried == [404, 404, 404, 429]
        through: dict[str, Any] = {"X-Forwarded-For": "198.51.100.7, 203.0.113.1"}
        assert (await here.ask(link, headers=through, peer="10.9.0.1")).status == 429
        assert (await here.ask(link, headers=through, peer="203.0.113.9")).status == 200


async def test_a_file_that_was_lost_is_brought_again(here: Relayed) -> None:
    """The store may lose what the source still has."""
    here.source.put("/don.pdf", PDF)
    (link,) = await here.links("/don.pdf")
    tag = (await here.ask(link)).headers["etag"].strip('"')
    here.platform.gateway.blobs.path(tag).unlink()
    assert (await here.ask(link)).body == PDF
    assert here.source.asked["/don.pdf"] == 2


async def test_what_went_through_is_kept_as_long_as_its_message(here: Relayed) -> None:
    """Cleaning the store looks at what messages name: files that came by a link are among them."""
    from lgsp.journal.retaining import blobs_needed

    here.source.put("/don.pdf", PDF)
    (link,) = await here.links("/don.pdf")
    tag = (await here.ask(link)).headers["etag"].strip('"')
    assert tag in await here.platform.gateway.journal.read(blobs_needed)


async def test_nothing_goes_through_where_nobody_wants_it(folder: Path) -> None:
    """Without `files` in any system's settings the door is shut, also for a token that would fit."""
    async with relaying(folder) as here:
        for to in here.platform.gateway.counterparts.values():
            to.adapter.links = None
        assert (await here.ask(f"{here.base}/{'A' * 52}/x")).status == 404
