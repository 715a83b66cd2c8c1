"""Sealing beside what goes on: by whom, with which key, copied where, and what is told when it does not work."""

from __future__ import annotations

import asyncio
import json
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lgsp.alerts.facts import Eye
from lgsp.alerts.rules import shared
from lgsp.domain.merkle.notes import Signer, read_notes
from lgsp.errors import ConfigError, GatewayError
from lgsp.journal import seal, seal_entries, seal_proving, seal_reading
from lgsp.journal.people import note
from lgsp.journal.seal_entries import Sought
from lgsp.journal.sqlite import SqliteJournal
from lgsp.limits import Alerts
from lgsp.seal_copies import Endpoint, Folder, second_place
from lgsp.seal_keys import signer
from lgsp.sealing import Copying, Sealing
from lgsp.settings import read_settings
from lgsp.testing.scene import Clock
from tests.journal import sealed
from tests.journal.sealed import key_of

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "scripts" / "check-proof"


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[SqliteJournal]:
    """Return an open journal with some entries."""
    journal = await SqliteJournal.open(tmp_path / "journal.db", Clock())
    await journal.write(lambda tx: sealed.filled(tx, 1201))
    yield journal
    await journal.close()


def signing(name: str) -> Signer:
    """Return who signs."""
    return Signer(name, key_of())


async def place(journal: SqliteJournal) -> seal.Place:
    """Return how far the log is."""
    return await journal.read(seal.place_of)


async def test_all_is_sealed_a_page_at_a_time(journal: SqliteJournal) -> None:
    """A journal with much in it is sealed bit by bit; what the first page announces comes in the next."""
    sealing = Sealing(journal, signing)
    while await sealing.step():
        pass
    await sealing.step()
    assert (await place(journal)).size == 1201
    assert (await sealed.judged(journal)).findings == []


async def test_who_does_not_hold_the_duty_seals_nothing(journal: SqliteJournal) -> None:
    """Another process does: this one looks, and leaves the log alone."""
    sealing = Sealing(journal, signing, lambda _: False)
    await sealing.step()
    assert (await place(journal)).size == 0
    assert await sealing._round() > 0
    assert (await place(journal)).size == 0


async def test_without_a_key_everything_goes_on_and_is_told(journal: SqliteJournal, tmp_path: Path) -> None:
    """The fault stands where all see it, and raises an alert at once; when the key is there it ends."""
    gone = tmp_path / "nowhere" / "seal.key"
    keys = {"path": gone}
    sealing = Sealing(journal, lambda name: signer(name, keys["path"], tmp_path))
    task = asyncio.create_task(sealing.run())
    async with asyncio.timeout(20):
        while not await journal.read(lambda tx: seal_reading.standing(tx, seal.place_of(tx)).fault):  # noqa: ASYNC110 - it stands in the journal
            await asyncio.sleep(0.01)
    task.cancel()
    await journal.write(lambda tx: note(tx, "looked", "somebody"))
    (alert,) = await _alerts(journal)
    assert (alert.rule, alert.subject) == ("seal", "fault")
    assert "seal.key" in alert.facts["told_en"]
    keys["path"] = None  # type: ignore[assignment] - then one is made
    task = asyncio.create_task(Sealing(journal, lambda name: signer(name, None, tmp_path)).run())
    async with asyncio.timeout(20):
        while await journal.read(lambda tx: seal_reading.standing(tx, seal.place_of(tx)).fault):  # noqa: ASYNC110 - it stands in the journal
            await asyncio.sleep(0.01)
    task.cancel()
    assert await _alerts(journal) == []


async def _alerts(journal: SqliteJournal) -> list[object]:
    home = Alerts()
    facts = await journal.read(Eye(home.rules).look)
    return [one for one in shared(facts, home, ()) if one.rule == "seal"]  # type: ignore[misc]


async def test_what_stays_unsealed_or_uncopied_is_told(tmp_path: Path) -> None:
    """Five minutes behind, an hour uncopied; not a moment earlier."""
    clock = Clock()
    journal = await SqliteJournal.open(tmp_path / "journal.db", clock)
    await journal.write(lambda tx: note(tx, "looked", "somebody"))
    sealing = Sealing(journal, signing, copies=True)
    await sealing.step()
    await sealing.step()
    sealing._mine = True
    await sealing._tell("")
    assert await _alerts(journal) == []
    clock.move(3500)
    assert await _alerts(journal) == []
    clock.move(101)
    assert [one.subject for one in await _alerts(journal)] == ["copy"]  # type: ignore[attr-defined]
    await Copying(journal, _taken).look()
    await journal.write(lambda tx: note(tx, "looked", "somebody"))
    clock.move(299)
    assert await _alerts(journal) == []
    clock.move(2)
    assert [one.subject for one in await _alerts(journal)] == ["unsealed"]  # type: ignore[attr-defined]
    await journal.close()


async def _taken(_: str) -> None:
    return


async def test_a_copy_is_made_once_and_again_when_there_is_more(
    journal: SqliteJournal, tmp_path: Path
) -> None:
    """In a folder notes are only ever appended; the file is what `--against` reads."""
    folder = tmp_path / "elsewhere"
    sealing, copying = Sealing(journal, signing), Copying(journal, Folder(folder).put)
    await sealing.step()
    with pytest.raises(GatewayError, match="copying a checkpoint"):
        await copying.look()  # the folder is not there: a mount that is missing is not made up for
    folder.mkdir()
    assert await copying.look()
    assert not await copying.look()
    await sealing.step()
    (file,) = folder.iterdir()
    file.write_text(file.read_text("utf-8") + "lgsp.journal/torn\n1", "utf-8")  # the machine stopped here
    await journal.write(lambda tx: note(tx, "looked", "somebody"))
    await sealing.step()
    assert await copying.look()
    notes = read_notes(file.read_text("utf-8"))
    assert len(notes) == 2
    assert await sealed.found(journal, *notes) == []


async def test_another_place_takes_a_checkpoint_by_a_post(journal: SqliteJournal) -> None:
    """With its token, as text; what it does not take is not copied, and tried again."""
    taken: list[tuple[bytes, bytes]] = []
    answers = [b"503 Away", b"400 No", b"204 Good"]

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if b"ontent-Length" in line)
        taken.append((head, await reader.readexactly(length)))
        writer.write(
            b"HTTP/1.1 " + answers[len(taken) - 1] + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        )
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    there = second_place(f"http://127.0.0.1:{port}/checkpoints", "word")
    assert isinstance(there, Endpoint)
    await Sealing(journal, signing).step()
    copying = Copying(journal, there.put)
    for _ in range(2):
        with pytest.raises(GatewayError):
            await copying.look()
    assert await copying.look()
    await there.close()
    server.close()
    head, body = taken[-1]
    assert b"Bearer word" in head
    assert read_notes(body.decode())[0].holds(signing((await place(journal)).origin).key)


def test_a_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    """Where none is named one is made, and stays; one that is named and not there is nobody's to make."""
    one = signer("a", None, tmp_path / "state")
    assert signer("a", None, tmp_path / "state").key == one.key
    path = tmp_path / "state" / "seal.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["seal.key"]
    with pytest.raises(ConfigError, match="No such file"):
        signer("a", tmp_path / "named.key", tmp_path)
    (tmp_path / "named.key").write_text("no key")
    with pytest.raises(ConfigError, match="no Ed25519 key"):
        signer("a", tmp_path / "named.key", tmp_path)


def test_the_settings_name_key_and_second_place() -> None:
    """A place that is neither a folder nor reached by https is told of at the start."""
    said = read_settings({"LGSP_SEAL_KEY": "/run/seal.key", "LGSP_SEAL_COPY": "https://a/b"})
    assert (said.seal_key, said.seal_copy) == (Path("/run/seal.key"), "https://a/b")
    with pytest.raises(ConfigError, match="LGSP_SEAL_COPY"):
        read_settings({"LGSP_SEAL_COPY": "ftp://a/b"})


def checked(file: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """Run the script that checks proofs, with nothing but the standard library."""
    asked = [sys.executable, "-I", "-S", str(SCRIPT), str(file), *more]
    return subprocess.run(asked, capture_output=True, text=True, check=False, timeout=60)


async def test_the_script_says_yes_to_what_is_proved_and_no_to_all_else(
    journal: SqliteJournal, tmp_path: Path
) -> None:
    """Without any library: a leaf, a path, a checkpoint or a key that is another one is not proved."""
    await Sealing(journal, signing).step()
    proof = await journal.read(lambda tx: seal_proving.prove(tx, [1, 999, 1201]))
    file, key = tmp_path / "proof.json", tmp_path / "log.key"
    file.write_text(json.dumps(proof), encoding="utf-8")
    key.write_text(proof["key"] + "\n")
    good = checked(file, "--key", str(key), "--show")
    assert (good.returncode, good.stdout.count("\n")) == (0, 4)
    assert "YES: 3 of 1200 leaves" in good.stdout
    assert checked(file).returncode == 0
    first = proof["proofs"][0]
    other = signing("lgsp.journal/other").key
    twice = {"checkpoint": proof["checkpoint"].replace("\n1200\n", "\n1201\n")}
    for changes in (
        {"proofs": [first | {"leaf": first["leaf"].replace("gateway", "nobody")}]},
        {"proofs": [first | {"index": 1}]},
        {"proofs": [first | {"path": first["path"][:-1]}]},
        {"proofs": [first | {"path": [*first["path"], first["path"][0]]}]},
        {"proofs": [first | {"path": [first["path"][1], *first["path"][1:]]}]},
        twice,
    ):
        file.write_text(json.dumps(proof | changes), encoding="utf-8")
        assert checked(file, "--key", str(key)).returncode == 1, changes
    file.write_text(json.dumps(proof), encoding="utf-8")
    assert checked(file, "--key", str(other)).returncode == 1
    assert checked(file, "--key", str(Signer(proof["key"].split("+")[0], key_of(2)).key)).returncode == 1
    for wrong in ("{}", "no", json.dumps(proof | {"proofs": []})):
        file.write_text(wrong)
        assert checked(file).returncode == 2


async def test_growth_is_proved(journal: SqliteJournal) -> None:
    """From any size that the log had to that of now."""
    from lgsp.domain.merkle.notes import read_note
    from lgsp.domain.merkle.proofs import grew

    sealing = Sealing(journal, signing)
    await sealing.step()
    before = read_note((await journal.read(seal_reading.newest)).note).checkpoint  # type: ignore[union-attr]
    await journal.write(sealed.inserted(5000, 5))
    await sealing.step()
    told = await journal.read(lambda tx: seal_proving.prove_growth(tx, before.size))
    now = read_note(told["checkpoint"]).checkpoint
    path = [bytes.fromhex(one) for one in told["growth"]["path"]]
    assert grew(before.size, before.root, now.size, now.root, path)
    with pytest.raises(seal_proving.NotSealedError):
        await journal.read(lambda tx: seal_proving.prove_growth(tx, now.size + 1))


async def test_entries_are_searched(journal: SqliteJournal) -> None:
    """By time, who, what and system, page by page without one twice; what others said is left out."""
    await journal.write(lambda tx: note(tx, "looked", "auditor", reason="why"))

    async def look(sought: Sought, before: int | None = None, limit: int = 500) -> seal_entries.Page:
        return await journal.read(lambda tx: seal_entries.search(tx, sought, before=before, limit=limit))

    one = await look(Sought(who="auditor"))
    assert [(found["what"], found["cause"]) for found in one.entries] == [("looked", "why")]
    seen: list[int] = []
    before: int | None = None
    while True:
        page = await look(Sought(what="deliv", system="national-portal"), before, 100)
        seen += [found["id"] for found in page.entries]
        before = page.next
        if before is None:
            break
    assert seen == sorted(set(seen), reverse=True)
    assert len(seen) == 400
    some = (await look(Sought(since=sealed.FIRST + 50_000, until=sealed.FIRST + 60_000))).entries
    assert [found["id"] for found in some] == list(range(59, 49, -1))
    assert all(not (found["details"] or {}).get("said") for found in some)
    assert (await look(Sought(message="H44.11-none"))).entries == []
