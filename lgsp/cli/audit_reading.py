"""What `lgsp audit` reads: the journal itself, from outside, whether a gateway runs or not."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

if TYPE_CHECKING:
    from lgsp.domain.merkle.notes import Key, Note
    from lgsp.journal.seal_bodies import Bodies, Named
    from lgsp.journal.seal_walk import Verdict

T = TypeVar("T")


async def opened(work: Callable[[Any], Awaitable[T]], *, bodies: bool = False) -> T:
    """Do something with the journal of this environment, opened to be read; with its data keys where asked.

    Raises:
        ConfigError: there is no journal, or its keys cannot be unwrapped.
        JournalError: its server is not reached.
    """
    from lgsp.journal.seal_outside import journal_file, journal_server
    from lgsp.keyring import Keyring
    from lgsp.keyring_file import KeyFile
    from lgsp.settings import read_settings

    settings = read_settings()
    way: Any = journal_file(settings.journal) if settings.embedded else journal_server(settings.journal_url)
    async with way as journal:
        if bodies:
            file = settings.key_file
            await Keyring(journal, KeyFile(file) if file is not None else None).begin()
        return await work(journal)


async def verified(
    against: Sequence[Note], keys: Sequence[Key], *, bodies: bool, quiet: bool
) -> tuple[Verdict, Bodies | None]:
    """Verify the log, and the bodies too where asked; tell how far it is unless quiet."""

    async def work(journal: Any) -> tuple[Verdict, Bodies | None]:
        from lgsp.journal.seal_bodies import look_at_all
        from lgsp.journal.seal_verifying import verify
        from lgsp.journal.seal_walk import Asked

        progress = Progress(quiet=quiet)
        verdict = await verify(journal, Asked(against, keys), progress.leaves)
        count = await look_at_all(journal, tell=progress.bodies) if bodies else None
        progress.end()
        if count is not None:
            verdict.findings += count.findings
            verdict.count += count.counts["altered"]
        return verdict, count

    return await opened(work, bodies=bodies)


async def checkpoint_of(journal: Any) -> str:
    """Return the newest checkpoint.

    Raises:
        GatewayError: nothing is sealed yet.
    """
    from lgsp.errors import GatewayError
    from lgsp.journal.seal_reading import newest

    found = await journal.read(newest)
    if found is None:
        raise GatewayError("reading the newest checkpoint: nothing is sealed yet; start the gateway first")
    return str(found.note)


async def key_of(journal: Any) -> str:
    """Return the log's public key.

    Raises:
        GatewayError: nothing is sealed yet.
    """
    from lgsp.errors import GatewayError
    from lgsp.journal.seal import place_of

    word = (await journal.read(place_of)).key
    if not word:
        raise GatewayError("reading the log's key: nothing is sealed yet; start the gateway first")
    return str(word)


async def proof_of(journal: Any, what: str) -> dict[str, Any]:
    """Return proofs of an entry by its number, or of all entries of a message by its id.

    Raises:
        NotSealedError: there is none, or it is not sealed yet.
    """
    from lgsp.journal import seal_proving

    def look(tx: Any) -> dict[str, Any]:
        numbers = [int(what)] if what.isdecimal() else seal_proving.entries_of(tx, _uuid(what))
        if not numbers:
            raise seal_proving.NotSealedError(f"proving message {what}: there is none")
        return seal_proving.prove(tx, numbers)

    return dict(await journal.read(look))


async def revisions_of(message: str) -> list[Named]:
    """Return how the bodies of a message's revisions stand."""
    from lgsp.journal.seal_bodies import revisions

    number = _uuid(message)
    return await opened(lambda journal: journal.read(lambda tx: revisions(tx, number)), bodies=True)


def _uuid(text: str) -> UUID:
    from lgsp.errors import ConfigError

    try:
        return UUID(text)
    except ValueError:
        raise ConfigError([f"{text}: give the number of an entry, or the id of a message"]) from None


class Progress:
    """Tells on a terminal how far it is, in a line that is written over."""

    def __init__(self, *, quiet: bool) -> None:
        self._shown = not quiet and sys.stderr.isatty()

    async def leaves(self, done: int, all_: int) -> None:
        """Tell how many leaves are done, and of how many."""
        self._say(f"{done:,} / {all_:,} lá (leaves)")

    async def bodies(self, done: int) -> None:
        """Tell how many bodies are done."""
        self._say(f"{done:,} nội dung (bodies)")

    def _say(self, text: str) -> None:
        if self._shown:
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()

    def end(self) -> None:
        """Clear the line."""
        self._say("")
