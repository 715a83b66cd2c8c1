"""`lgsp audit` on a journal that somebody holds open: whole, altered, proved."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from lgsp.journal.sqlite import SqliteJournal
from tests.journal import sealed


def audit(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command on the journal of a folder."""
    env = os.environ | {"LGSP_JOURNAL_URL": f"sqlite:///{folder / 'journal.db'}"}
    asked = [sys.executable, "-c", "from lgsp.cli import main; main()", "audit", *words]
    return subprocess.run(asked, env=env, capture_output=True, text=True, check=False, timeout=60)


async def test_a_log_is_verified_kept_and_proved_while_another_process_holds_it(tmp_path: Path) -> None:
    """Yes is 0; after an entry was altered no is 1, with its number; what cannot be read is 2."""
    assert audit(tmp_path, "verify").returncode == 2
    journal = await SqliteJournal.open(tmp_path / "journal.db")
    await journal.write(lambda tx: sealed.filled(tx, 900))
    await sealed.seal_all(journal, sealed.key_of(), 300)
    kept, key, proof = tmp_path / "kept.txt", tmp_path / "log.key", tmp_path / "proof.json"
    assert audit(tmp_path, "checkpoint", "-o", str(kept)).returncode == 0
    key.write_text(audit(tmp_path, "key").stdout, encoding="utf-8")
    assert audit(tmp_path, "prove", "5", "-o", str(proof)).returncode == 0
    assert json.loads(proof.read_text("utf-8"))["proofs"][0]["index"] == 4
    good = audit(tmp_path, "verify", "--against", str(kept), "--key", str(key), "--json")
    assert (good.returncode, json.loads(good.stdout)["sound"]) == (0, True)
    await journal.write(sealed.changed(77))
    bad = audit(tmp_path, "verify", "--against", str(kept))
    assert bad.returncode == 1
    assert "entry 77 was altered" in bad.stdout
    assert audit(tmp_path, "verify", "--against", str(proof)).returncode == 2
    await journal.close()
