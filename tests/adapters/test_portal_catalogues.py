"""The portal's lists become messages, and nothing but a whole list does."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from lgsp.adapters.national_portal import NationalPortal

from lgsp.adapter import Page
from lgsp.domain.agencies.facts import Fact
from lgsp.errors import Invalid, Refused, Unavailable
from lgsp.message import VIETNAM, Message
from lgsp.sandbox.dialects import Verdict
from lgsp.sandbox.faults import DIALECTS, Faults
from lgsp.sandbox.portal import Portal
from tests.portal_side import speaking

LISTS = {"agencies": "agency.v1", "fields": "field.v1", "services": "procedure.service.v1"}
NOW = datetime(2026, 11, 22, 2, tzinfo=VIETNAM)


def portal(*, faults: dict[str, Any] | None = None, **arranged: Any) -> Portal:
    """Return a stand-in with a catalogue."""
    stand = Portal(Faults.model_validate(faults or {"dialects": ["number"]}))
    stand.arrange(orjson.dumps(arranged))
    return stand


def saying(stand: Portal, service: str, says: Callable[[], Verdict]) -> Portal:
    """Let a service say something else."""
    stand._services[service] = lambda _: says()
    return stand


@asynccontextmanager
async def asked(stand: Portal, **config: Any) -> AsyncIterator[NationalPortal]:
    """An adapter in front of it that waits for nothing."""
    async with speaking(stand, **{"records_per_second": 10_000, "now": lambda: NOW, **config}) as adapter:
        yield adapter


async def brought(adapter: NationalPortal, job: str, cursor: Any = None) -> list[Page]:
    """Return the pages of a job."""
    return [page async for page in adapter.fetch(job, cursor)]


def messages(pages: list[Page]) -> list[Message]:
    """Return what was brought."""
    return [item for page in pages for item in page.items if isinstance(item, Message)]


@pytest.mark.parametrize("job", LISTS)
@pytest.mark.parametrize("dialect", DIALECTS)
async def test_a_list_comes_whole_in_every_form_of_answer(job: str, dialect: str) -> None:
    """Each row a message; the last page tells all keys, and no cursor is kept."""
    async with asked(portal(faults={"dialects": [dialect]}, size={"agencies": 40})) as adapter:
        pages = await brought(adapter, job)
    found = messages(pages)
    assert {one.type for one in found} == {LISTS[job]}
    assert set(pages[-1].lists[LISTS[job]]) == {one.partitionkey for one in found}
    assert {page.cursor for page in pages} == {None}


async def test_agencies_are_messages_and_claims_of_one_page() -> None:
    """Pages of five hundred: what is said of an agency stands on one, with the list's name as its source."""
    async with asked(portal(size={"agencies": 1201})) as adapter:
        pages = await brought(adapter, "agencies")
    assert [len(page.items) for page in pages] == [500, 500, 201]
    assert [len(page.lists) for page in pages] == [0, 0, 1]
    for page in pages:
        facts = [fact for fact in page.facts if isinstance(fact, Fact)]
        assert [fact.code for fact in facts] == [one.subject for one in messages([page])]
        assert {fact.source for fact in facts} == {
            "Danh mục cơ quan của Cổng Dịch vụ công quốc gia (LayDanhMucCoQuan)"
        }
    assert [row["MADONVI"] for row in orjson.loads(pages[-1].raw.read())][-1] == messages(pages)[-1].subject


@pytest.mark.parametrize("job", [*LISTS, "procedures"])
async def test_an_empty_list_is_no_list(job: str) -> None:
    """A catalogue without a row would close everything: it is a failure."""
    async with asked(portal(quirks={"empty_list": 1})) as adapter:
        with pytest.raises(Unavailable) as fault:
            await brought(adapter, job)
    assert fault.value.cause == "portal-list-unreadable"


@pytest.mark.parametrize("job", [*LISTS, "procedures"])
@pytest.mark.parametrize(
    "trouble",
    [{"html": 1}, {"http_500": 1}, {"http_503": 1}, {"flapping": {"up_ms": 0.001, "down_ms": 1e9}}],
)
async def test_what_is_no_answer_is_a_failure(job: str, trouble: dict[str, Any]) -> None:
    """A page of a proxy, a fault of a server: nothing is brought, and nothing is told to be gone."""
    stand = portal()
    async with asked(stand, timeout=0.3, list_timeout=0.3) as adapter:
        await adapter.check()
        stand.trouble(orjson.dumps(trouble))
        pages: list[Page] = []

        async def collect() -> None:
            async for page in adapter.fetch(job, None):
                pages.append(page)  # noqa: PERF401 - what came before the fault counts

        with pytest.raises(Unavailable):
            await collect()
    assert pages == []


async def test_a_refusal_is_the_portals_word() -> None:
    """What it says against the question is told as it is."""
    says = Verdict(-1, "Trường MATTHC không hợp lệ")
    async with asked(saying(portal(), "LayDanhSachTTHC", lambda: says)) as adapter:
        with pytest.raises((Refused, Unavailable)):
            await brought(adapter, "procedures")


async def test_a_session_that_ended_is_renewed_within_a_list() -> None:
    """The list is asked for once more, from its beginning, and is there once."""
    stand = portal(size={"agencies": 700}, faults={"dialects": ["number"]})
    async with asked(stand) as adapter:
        await adapter.check()
        stand._sessions.clear()
        assert len(messages(await brought(adapter, "agencies"))) == 700
    assert stand.shelf.calls["login"] == 2


async def test_a_row_twice_is_one_item_and_another_one_is_shown() -> None:
    """The same row again says nothing; another one under the code is kept apart, and the first counts."""
    rows = [{"MADONVI": "H44", "TENDONVI": name} for name in ("A", "A", "B")] + [{"TENDONVI": "không mã"}]
    stand = saying(portal(), "LayDanhMucCoQuan", lambda: Verdict(0, "", {"result": rows}))
    async with asked(stand) as adapter:
        (page,) = await brought(adapter, "agencies")
    (one,) = messages([page])
    assert (one.data["name"], set(page.lists["agency.v1"])) == ("A", {"H44"})
    odd = [item for item in page.items if isinstance(item, Invalid)]
    assert [(i.problems[0].place, i.problems[0].code) for i in odd] == [
        ("3/MADONVI", "listed-twice"),
        ("4/MADONVI", "missing"),
    ]


async def test_the_same_list_is_the_same_in_every_run() -> None:
    """Whatever form it takes, what is unchanged is known by its identity."""
    quirks = {"numbers": 0.5, "other_case": 0.5, "left_out": 0.5, "twice": 0.3}
    stand = portal(size={"procedures": 30}, quirks=quirks, faults={})
    async with asked(stand) as adapter:
        first, again = [messages(await brought(adapter, "procedures")) for _ in range(2)]
    assert [one.native for one in first] == [one.native for one in again]


ADAPTER = """
import asyncio, resource, sys, time
from datetime import datetime
from pathlib import Path
import structlog
from lgsp.adapter import Tools
from lgsp.adapters.national_portal import NationalPortal
from lgsp.folder import Folder
from lgsp.message import VIETNAM
from lgsp.wire.http import Http

async def main(port, small, folder):
    http = Http()
    tools = Tools(http, lambda: datetime.now(VIETNAM), structlog.get_logger(), Folder(Path(folder)))
    peaks = []
    for each in (small, port):
        said = {"url": f"http://127.0.0.1:{each}/national-portal", "username": "l", "password": "sandbox"}
        adapter = NationalPortal(NationalPortal.Config.model_validate({"agency": "H44", **said}), tools)
        count = 0
        async for page in adapter.fetch("agencies", None):
            count += len(page.items)
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
    await http.close()
    print(count, peaks[1] - peaks[0])

asyncio.run(main(*sys.argv[1:]))
"""

PORTAL = """
import asyncio, sys
from lgsp.sandbox.app import Sandbox
from lgsp.sandbox.faults import Faults
from lgsp.sandbox.portal import Portal
from lgsp.serving import running

async def main():
    portal = Portal(Faults(dialects=("nested",)))
    portal.arrange(b'{"size": {"agencies": %d}}' % int(sys.argv[1]))
    async with running(Sandbox(national_portal=portal)) as port:
        print(port, flush=True)
        await asyncio.to_thread(sys.stdin.read)

asyncio.run(main())
"""


@pytest.mark.parametrize("agencies", [60_000])
def test_a_whole_country_is_read_in_little_memory(tmp_path: Path, agencies: int) -> None:
    """A list of many megabytes, inside the text of a proxy, raises the peak by less than 40 MB."""
    ends = [
        subprocess.Popen(
            [sys.executable, "-c", PORTAL, str(count)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for count in (agencies, 20)
    ]
    try:
        ports = [end.stdout.readline().strip() for end in ends if end.stdout]
        told = subprocess.run(
            [sys.executable, "-c", ADAPTER, *ports, str(tmp_path)],
            check=True,
            capture_output=True,
            text=True,
            timeout=100,
        ).stdout
    finally:
        for end in ends:
            end.kill()
            end.communicate()
    count, raised = map(int, told.split())
    assert count == agencies
    assert raised < 40
    assert list(tmp_path.rglob("*.*")) == []
