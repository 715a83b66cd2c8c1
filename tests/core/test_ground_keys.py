"""A process encrypts from its first start, or says that it does not; without the right key file it does not start."""

from __future__ import annotations

from pathlib import Path

import pytest

from lgsp.errors import ConfigError
from lgsp.ground import ground_of, open_journal
from lgsp.journal import walking
from lgsp.journal.contract import Journal
from lgsp.keyring_file import make_key
from lgsp.keys import PLAIN
from lgsp.settings import Settings, read_settings
from lgsp.testing.making import arrival, dossier
from lgsp.testing.sealed import NAME, TOLD


def settings(state: Path, **more: str) -> Settings:
    """Return the settings of the embedded profile in a folder."""
    return read_settings({"LGSP_STATE": str(state), **more})


async def told(state: Path, *, fresh: bool = True, **more: str) -> int:
    """Start, tell of something, end; return the number of the key that it stands under."""
    async with ground_of(settings(state, **more)) as ground:
        await ground.journal.accept(arrival(dossier("K1" if fresh else "K2", TOLD)))
        rows = await ground.journal.read(lambda tx: tx.rows("SELECT key_id FROM bodies ORDER BY message_id"))
        return int(rows[-1][0])


def _files(state: Path) -> bytes:
    return b"".join(path.read_bytes() for path in state.glob("journal.db*"))


async def _body(journal: Journal) -> bytes | None:
    return await journal.read(lambda tx: walking.body(tx, 1))


async def test_the_embedded_profile_encrypts_by_itself_and_nothing_lies_in_the_clear(tmp_path: Path) -> None:
    """It makes its key file, its owner's alone, beside the journal; other commands read by it."""
    assert await told(tmp_path) == 1
    assert (tmp_path / "journal.keys").stat().st_mode & 0o777 == 0o600
    assert NAME.encode() not in _files(tmp_path)
    journal = await open_journal(settings(tmp_path))
    try:
        assert TOLD.encode() in (await _body(journal) or b"")
    finally:
        await journal.close()


async def test_with_encryption_switched_off_the_same_look_finds_it(tmp_path: Path) -> None:
    """`none` is a decision that somebody wrote down; the text lies in the file."""
    assert await told(tmp_path, LGSP_KEY_FILE="none") == PLAIN
    assert NAME.encode() in _files(tmp_path)
    assert not (tmp_path / "journal.keys").exists()
    assert await told(tmp_path, fresh=False) == 1


async def test_without_its_key_file_an_encrypted_journal_is_not_opened(tmp_path: Path) -> None:
    """Lost, switched off, or another one: the setting is named, and no second file is made over it."""
    await told(tmp_path)
    own = tmp_path / "journal.keys"
    own.rename(tmp_path / "away")
    for more in ({}, {"LGSP_KEY_FILE": "none"}, {"LGSP_KEY_FILE": str(tmp_path / "nowhere")}):
        with pytest.raises(ConfigError, match="LGSP_KEY_FILE"):
            await told(tmp_path, **more)
    assert not own.exists()
    make_key(tmp_path / "other", "first")
    with pytest.raises(ConfigError, match="is not the one that wrapped it"):
        await told(tmp_path, LGSP_KEY_FILE=str(tmp_path / "other"))
    (tmp_path / "away").rename(own)
    assert await told(tmp_path) == 1


async def test_a_key_file_that_is_named_and_missing_is_not_made(tmp_path: Path) -> None:
    """A typing error in the setting must not end in a key that nobody keeps a copy of."""
    with pytest.raises(ConfigError, match="nowhere"):
        await told(tmp_path, LGSP_KEY_FILE=str(tmp_path / "nowhere"))
    assert not (tmp_path / "nowhere").exists()


async def test_a_command_opens_a_new_journal_and_makes_no_key(tmp_path: Path) -> None:
    """Only who works by a journal decides that it is encrypted from now on."""
    await told(tmp_path, LGSP_KEY_FILE="none")
    make_key(tmp_path / "journal.keys", "mine")
    journal = await open_journal(settings(tmp_path))
    try:
        assert journal.keys.current == PLAIN
    finally:
        await journal.close()


def test_the_production_profile_has_the_key_file_that_is_named() -> None:
    """Without one nothing is encrypted there: whoever runs several hosts brings the file to each."""
    servers = {"LGSP_JOURNAL_URL": "postgresql://x/y", "LGSP_BROKER_URL": "amqp://x"}
    assert read_settings(servers).key_file is None
    named = read_settings({**servers, "LGSP_KEY_FILE": "/run/secrets/keys"})
    assert (named.key_file, named.own_key_file) == (Path("/run/secrets/keys"), False)
