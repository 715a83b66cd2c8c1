"""A packet of any size is read and written in the memory of a small one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = """
import random, resource, sys
from pathlib import Path
from lgsp.formats.edxml import DOCUMENT, Folder, read, write

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

folder = Path(sys.argv[1])
store, file, other = Folder(folder / "a"), folder / "large.edxml", Folder(folder / "b")
chance = random.Random(5)
kept = [store.keep(chance.randbytes(1 << 20) for _ in range(20)) for _ in range(2)]
names = ("a.pdf", "b.bin")
files = [{"id": name, "name": name, "dataref": ref} for name, ref in zip(names, kept)]
before = peak()
with file.open("wb") as out:
    write(DOCUMENT, {"key": "k", "id": "k", "act": "new", "attachments": files}, store, out.write)
with file.open("rb") as source:
    found = read(source, other)
assert [one["dataref"] for one in found.data["attachments"]] == kept
print(file.stat().st_size >> 20, peak() - before)
"""


def test_large_attachments_cost_no_memory(tmp_path: Path) -> None:
    """Files of 40 MB in all, one packed and one not, raise the peak by less than 16 MB."""
    asked = [sys.executable, "-c", SCRIPT, str(tmp_path)]
    told = subprocess.run(asked, check=True, capture_output=True, text=True, timeout=100).stdout
    size, raised = map(int, told.split())
    assert size > 50
    assert raised < 16
