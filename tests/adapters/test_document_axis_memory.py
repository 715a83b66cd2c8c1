"""A packet of any size goes to the axis and comes from it in the memory of a small one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

AXIS = """
import asyncio, sys
from lgsp.sandbox.app import Sandbox
from lgsp.sandbox.axis.axis import Axis
from lgsp.serving import running

async def main():
    async with running(Sandbox(document_axis=Axis())) as port:
        print(port, flush=True)
        await asyncio.to_thread(sys.stdin.read)

asyncio.run(main())
"""

ADAPTER = """
import asyncio, random, resource, sys, time
from datetime import datetime
from pathlib import Path
import structlog
from lgsp.adapter import Tools
from lgsp.adapters.document_axis import DocumentAxis
from lgsp.folder import Folder
from lgsp.message import VIETNAM
from lgsp.wire.http import Http
from tests.axis_side import document

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

async def ticking(late):
    while True:
        began = time.perf_counter()
        await asyncio.sleep(0.01)
        late.append(time.perf_counter() - began - 0.01)

async def main(port, folder, mib):
    files = Folder(folder)
    said = {"url": f"http://127.0.0.1:{port}/document-axis", "system_id": "lgsp", "secret": "sandbox", "agency": "H44"}
    http = Http(timeout=100)
    tools = Tools(http, lambda: datetime.now(VIETNAM), structlog.get_logger(), files)
    adapter = DocumentAxis(DocumentAxis.Config.model_validate(said), tools)
    chance = random.Random(5)
    ref = files.keep(chance.randbytes(1 << 20) for _ in range(mib))
    file = {"id": "1", "name": "a.pdf", "dataref": ref, "sha256": ref[7:], "size": mib << 20}
    await adapter.send(document(1, ("H44.11",)))
    async for page in adapter.fetch("documents", None):
        await page.confirm()
    before, late = peak(), []
    ticker = asyncio.create_task(ticking(late))
    began = time.perf_counter()
    await adapter.send(document(15, ("H44.11",), attachments=[file]))
    sent, took = peak() - before, time.perf_counter() - began
    async for page in adapter.fetch("documents", None):
        assert page.items[0].data["attachments"][0]["dataref"] == ref
        size = page.raw.size
        await page.confirm()
    ticker.cancel()
    await http.close()
    fetched, whole = peak() - before, time.perf_counter() - began
    print(size >> 20, sent, fetched, int(max(late) * 1000), round(took, 1), round(whole - took, 1))

asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))
"""


@pytest.mark.parametrize("mib", [40])
def test_a_large_packet_costs_no_memory_in_either_direction(tmp_path: Path, mib: int) -> None:
    """Sending it and fetching it raise the peak by less than 24 MB; nobody else waits long meanwhile."""
    axis = subprocess.Popen(
        [sys.executable, "-c", AXIS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert axis.stdin is not None
        assert axis.stdout is not None
        asked = [sys.executable, "-c", ADAPTER, axis.stdout.readline().strip(), str(tmp_path), str(mib)]
        told = subprocess.run(asked, check=True, capture_output=True, text=True, timeout=100).stdout
    finally:
        axis.kill()
        axis.communicate()
    size, sent, fetched, late = map(int, told.split()[:4])
    assert size > mib * 1.3
    assert max(sent, fetched) < 24
    assert late < 500
