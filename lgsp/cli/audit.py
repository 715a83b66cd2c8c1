"""`lgsp audit`: proving that the journal was not rewritten, and that it holds what it is said to hold."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lgsp.cli import audit_showing as showing
from lgsp.cli.audit_reading import checkpoint_of, key_of, opened, proof_of, revisions_of, verified
from lgsp.cli.shell import Json, end, say_json, wait_for

if TYPE_CHECKING:
    from lgsp.domain.merkle.notes import Key, Note

audit = typer.Typer(
    help="Sổ niêm phong (the tamper-evident log): verify, checkpoints, proofs.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Out = Annotated[Path, typer.Option("-o", "--output", help="The file to write.")]


@audit.callback()
def _audit() -> None:
    """Look into the tamper-evident log."""


@audit.command()
def verify(
    against: Annotated[
        list[Path] | None,
        typer.Option(help="A file of checkpoints that was kept elsewhere; may be given several times."),
    ] = None,
    key: Annotated[
        list[Path] | None, typer.Option(help="A file with the log's public key, kept elsewhere.")
    ] = None,
    bodies: Annotated[bool, typer.Option("--bodies", help="Look at every body that is kept, too.")] = False,
    json: Json = False,
) -> None:
    """Prove the whole log, or name the first entry that is not as it was sealed.

    It reads only, and may be run while the gateway works. The answer is no (1) when anything is found.
    """
    notes = [note for path in against or () for note in _notes(path)]
    keys = [_key(path) for path in key or ()]
    verdict, count = wait_for(verified(notes, keys, bodies=bodies, quiet=json))
    if json:
        say_json(showing.as_dict(verdict, count))
    else:
        showing.verdict(verdict, count)
    end(well=verdict.sound)


@audit.command()
def checkpoint(out: Out) -> None:
    """Write the newest checkpoint to a file: keep it where whoever can change the journal cannot."""
    note = wait_for(opened(checkpoint_of))
    out.write_text(note, encoding="utf-8")
    typer.echo(f"{out}: {note.splitlines()[0]}, {note.splitlines()[1]} leaves")


@audit.command()
def prove(
    what: Annotated[str, typer.Argument(metavar="ID", help="Number of an entry, or id of a message.")],
    out: Out,
) -> None:
    """Write proofs that the log holds an entry, or all entries of a message.

    `scripts/check-proof` checks the file anywhere, without the platform.
    """
    from orjson import OPT_INDENT_2, dumps

    proof: dict[str, Any] = wait_for(opened(lambda journal: proof_of(journal, what)))
    out.write_bytes(dumps(proof, option=OPT_INDENT_2) + b"\n")
    typer.echo(f"{out}: {len(proof['proofs'])} bút toán (entries)")


@audit.command()
def body(
    message: Annotated[str, typer.Argument(metavar="ID", help="Id of the message.")], json: Json = False
) -> None:
    """Tell whether the bodies of a message, all its revisions, are still those that its entries name."""
    from lgsp.journal.seal_bodies import OTHER

    found = wait_for(revisions_of(message))
    if json:
        say_json({"revisions": [one._asdict() for one in found]})
    else:
        showing.revisions(found)
    end(well=bool(found) and all(one.how != OTHER for one in found))


@audit.command()
def key() -> None:
    """Show the log's public key as one word: keep it with the checkpoints."""
    typer.echo(wait_for(opened(key_of)))


def _notes(path: Path) -> list[Note]:
    from lgsp.domain.merkle.notes import NoteError, read_notes
    from lgsp.errors import ConfigError

    try:
        return read_notes(path.read_text(encoding="utf-8"))
    except (NoteError, UnicodeDecodeError) as fault:
        raise ConfigError([f"{path}: {fault}"]) from fault


def _key(path: Path) -> Key:
    from lgsp.domain.merkle.notes import NoteError, read_key
    from lgsp.errors import ConfigError

    try:
        return read_key(path.read_text(encoding="utf-8"))
    except (NoteError, UnicodeDecodeError) as fault:
        raise ConfigError([f"{path}: {fault}"]) from fault
