"""Whatever somebody does to a sealed journal of 100,000 entries is found, and named."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from lgsp.domain.merkle.notes import Checkpoint, Note, Signer, read_note
from lgsp.journal import seal, seal_reading
from lgsp.journal.migrating import migrate
from lgsp.journal.sqlite import SqliteJournal
from tests.journal import sealed
from tests.journal.sealed import Tamper, changed, deleted, each, found, judged, rewritten

COUNT = 100_001
LAST = COUNT


@dataclass(slots=True, frozen=True)
class Sealed:
    """A file to be copied, its key, and the checkpoints that somebody kept."""

    path: Path
    signer: Signer
    notes: list[Note]

    @property
    def earlier(self) -> Note:
        """One from the middle."""
        return self.notes[len(self.notes) // 2]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Sealed:
    """Make the journal once."""
    path = tmp_path_factory.mktemp("sealed") / "journal.db"
    migrate(f"sqlite:///{path}")

    async def fill() -> tuple[str, list[Note]]:
        journal = await SqliteJournal.open(path)
        await journal.write(lambda tx: sealed.filled(tx, COUNT))
        log = await sealed.seal_all(journal, sealed.key_of())
        notes = await sealed.notes(journal)
        await journal.close()
        return log.place.origin, notes

    origin, notes = asyncio.run(fill())
    return Sealed(path, Signer(origin, sealed.key_of()), notes)


@pytest.fixture
async def journal(made: Sealed, tmp_path: Path) -> AsyncIterator[SqliteJournal]:
    """Return a copy of the journal, open."""
    shutil.copy(made.path, tmp_path / "journal.db")
    journal = await SqliteJournal.open(tmp_path / "journal.db")
    yield journal
    await journal.close()


async def test_a_journal_that_nobody_touched_is_whole(journal: SqliteJournal, made: Sealed) -> None:
    """Every entry is as it was sealed, by its key, also against each checkpoint that was ever kept."""
    verdict = await judged(journal, *made.notes, trusted=[made.signer.key])
    assert verdict.findings == []
    assert (verdict.size, verdict.entries, verdict.against) == (COUNT, COUNT, len(made.notes))


@pytest.mark.parametrize(
    ("tamper", "expected"),
    [
        pytest.param(changed(50_000), [("altered", 50_000)], id="change"),
        pytest.param(changed(12, "at", 5), [("altered", 12)], id="change of a time"),
        pytest.param(changed(99, "body_hash", b"\1" * 32), [("altered", 99)], id="change of a hash"),
        pytest.param(changed(LAST - 1, "details", None), [("altered", LAST - 1)], id="change at the end"),
        pytest.param(changed(77, "who", b"\xff"), [("altered", 77)], id="change of a kind"),
        pytest.param(deleted(41_234), [("missing", 41_234)], id="delete"),
        pytest.param(deleted(1), [("missing", 1)], id="delete the first"),
        pytest.param(deleted(9, 10, 11, 70_000), [("missing", 9), ("missing", 70_000)], id="delete several"),
        pytest.param(sealed.inserted(sealed.GAP, 5), [("inserted", sealed.GAP)], id="insert"),
        pytest.param(sealed.inserted(-3, 5), [("inserted", -3)], id="insert before the first"),
        pytest.param(sealed.exchanged(300, 88_000), [("swapped", 300)], id="reorder"),
        pytest.param(sealed.exchanged(300, 301), [("swapped", 300)], id="reorder neighbours"),
        pytest.param(sealed.truncated(99_001), [("truncated", 99_001)], id="truncate"),
        pytest.param(
            each(deleted(500), sealed.inserted(sealed.GAP, 5)),
            [("missing", 500), ("inserted", sealed.GAP)],
            id="move to a free number",
        ),
        pytest.param(sealed.hash_changed(5000), [("hash altered", 5002)], id="change a hash of the log"),
        pytest.param(
            each(changed(40), sealed.hash_changed(39)),
            [("tile altered", 1), ("rewritten", 1), ("rewritten", 1), ("altered", 40)],
            id="change an entry and its hash",
        ),
        pytest.param(
            sealed.run("UPDATE log_tiles SET root = ids WHERE n = 7"), [("tile altered", 1794)], id="change a root"
        ),
    ],
)  # fmt: skip
async def test_what_is_done_to_entries_is_named(
    journal: SqliteJournal, made: Sealed, tamper: Tamper, expected: list[tuple[str, int]]
) -> None:
    """The entry is named, and nothing else: whoever looks into it begins at the right place."""
    await journal.write(tamper)
    assert sorted(await found(journal, made.earlier, trusted=[made.signer.key])) == sorted(expected)


async def test_a_lost_tile_is_named(journal: SqliteJournal) -> None:
    """The log without some of its leaves says which, and that its checkpoints do not hold any more."""
    await journal.write(sealed.run("DELETE FROM log_tiles WHERE n = 20"))
    kinds = [what for what, _ in await found(journal)]
    assert "tile altered" in kinds
    assert "rewritten" in kinds


async def test_the_end_cut_off_with_its_log_is_found_by_an_earlier_checkpoint(
    journal: SqliteJournal, made: Sealed
) -> None:
    """A journal that was put back whole to what it was says nothing itself; a checkpoint kept elsewhere does."""
    await journal.write(sealed.rolled_back(made.notes[10]))
    assert await found(journal, made.notes[5]) == []
    assert [what for what, _ in await found(journal, made.earlier)] == ["rolled back"]


async def test_swapped_checkpoints_are_named(journal: SqliteJournal, made: Sealed) -> None:
    """What is signed of another size is no checkpoint of this one."""
    one, other = made.notes[3].checkpoint.size, made.notes[30].checkpoint.size
    await journal.write(sealed.checkpoints_exchanged(one, other))
    assert await found(journal, made.earlier) == [
        ("checkpoint swapped", one + 1),
        ("checkpoint swapped", other + 1),
    ]


async def test_a_checkpoint_with_another_root_is_forged(journal: SqliteJournal, made: Sealed) -> None:
    """A text that was changed does not have its signature any more."""
    size = made.notes[4].checkpoint.size
    await journal.write(
        sealed.run(
            f"UPDATE log_checkpoints SET note = replace(note, '{size}', '{size + 1}') WHERE size = {size}"
        )
    )
    assert [what for what, _ in await found(journal)] == ["checkpoint forged"]


async def test_without_the_newest_checkpoint_the_end_is_unsigned(journal: SqliteJournal) -> None:
    """Leaves that nothing signs are told of: their hashes may be anybody's."""
    await journal.write(sealed.run(f"DELETE FROM log_checkpoints WHERE size = {COUNT}"))
    assert [what for what, _ in await found(journal)] == ["unsigned"]


async def test_rewriting_without_the_key_is_found(journal: SqliteJournal, made: Sealed) -> None:
    """All hashes computed anew: the signatures are of something else, and an earlier checkpoint says since when."""
    await journal.write(each(changed(60_000), rewritten(None)))
    kinds = {what for what, _ in await found(journal)}
    assert kinds == {"checkpoint forged"}
    with_one = await judged(journal, made.notes[28], made.notes[40], trusted=[made.signer.key])
    (first, *_) = [one for one in with_one.findings if one.what == "rewritten"]
    low, high = (note.checkpoint.size for note in (made.notes[28], made.notes[40]))
    assert (first.facts["first"], first.facts["last"]) == (low, high - 1)
    assert low <= 60_000 < high


async def test_rewriting_with_another_key_is_found(journal: SqliteJournal, made: Sealed) -> None:
    """Somebody who has no key makes one: it is not the one that was kept, nor that which was announced."""
    own = Signer(made.signer.key.name, sealed.key_of(2))
    await journal.write(each(changed(60_000), rewritten(own, announced=True)))
    assert "key unknown" in {what for what, _ in await found(journal, trusted=[made.signer.key])}
    assert "rewritten" in {what for what, _ in await found(journal, made.notes[-1])}


async def test_rewriting_with_the_key_is_found_by_what_was_kept_elsewhere(
    journal: SqliteJournal, made: Sealed
) -> None:
    """Who has the key too leaves a journal that proves itself; two checkpoints kept elsewhere say where it was."""
    await journal.write(each(changed(60_500), rewritten(made.signer, announced=True)))
    assert await found(journal, trusted=[made.signer.key]) == []
    assert await found(journal, made.notes[2]) == []
    verdict = await judged(journal, made.notes[2], made.notes[29], made.notes[30], made.notes[45])
    (one,) = verdict.findings
    first, last = made.notes[29].checkpoint.size, made.notes[30].checkpoint.size
    assert (one.what, one.facts["first"], one.facts["last"]) == ("rewritten", first, last - 1)
    assert one.entry == first + 2  # the leaves are counted from 0, and one number was never given out
    assert first <= 60_500 < last


async def test_deleting_with_recomputed_hashes_is_found(journal: SqliteJournal, made: Sealed) -> None:
    """The log is shorter than what was signed, whoever signs it anew."""
    await journal.write(each(deleted(60_000), rewritten(made.signer)))
    kinds = [what for what, _ in await found(journal, made.notes[-1])]
    assert "rewritten" in kinds or "rolled back" in kinds


async def test_the_sealer_signs_nothing_that_was_altered(journal: SqliteJournal, made: Sealed) -> None:
    """A log whose end is not what was signed last is not gone on with: else whoever altered it had it signed."""
    await journal.write(each(changed(60_000), rewritten(None)))
    with pytest.raises(seal.LogError, match="newest checkpoint"):
        await journal.read(seal.load)
    assert made.notes


async def test_a_checkpoint_of_another_log_is_told_apart(journal: SqliteJournal, made: Sealed) -> None:
    """Whoever brings the file of another installation is told so, and not that this one was rewritten."""
    other = Signer("lgsp.journal/other", sealed.key_of())
    note = read_note(other.sign(Checkpoint("lgsp.journal/other", 5, b"\0" * 32, 1)))
    assert [what for what, _ in await found(journal, note)] == ["another log"]
    assert made.notes


@pytest.mark.parametrize("upto", [41_235, 2**62])
async def test_no_word_of_retention_excuses_what_one_took_out(journal: SqliteJournal, upto: int) -> None:
    """Here nothing is ever dropped, whoever wrote that it was: neither below the missing entry nor above all."""
    await journal.write(deleted(41_234))
    await journal.write(lambda tx: seal_reading.note_let_go(tx, 1, upto))
    assert await found(journal) == [("missing", 41_234)]
