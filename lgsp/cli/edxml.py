"""`lgsp edxml`: what a packet says, the packet that says it, and the signatures inside its files."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from lgsp.cli.shell import NEGATIVE, Json, say_json

if TYPE_CHECKING:
    from lgsp.errors import Problem, Rejected
    from lgsp.folder import Folder
    from lgsp.formats.edxml import Packet

edxml = typer.Typer(
    help="Packets of the national document axis.", no_args_is_help=True, rich_markup_mode=None
)

Attachments = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help="Where attachments are kept, as they are; else only while they are looked at.",
    ),
]

Trust = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR", help="Certificates that are trusted; without it, the folder of LGSP_TRUST_FOLDER."
    ),
]


@edxml.command()
def read(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The packet.")],
    attachments: Attachments = None,
    signatures: Annotated[
        bool, typer.Option("--signatures", help="Look at the signatures inside attached PDF files, offline.")
    ] = False,
    trust: Trust = None,
    json: Json = False,
) -> None:
    """Read a packet: its canonical form, and a finding for everything that is odd about it.

    The answer is no when it cannot be read without losing something; then each fault names its place.
    """
    from lgsp.errors import Rejected
    from lgsp.formats import edxml as packets

    try:
        with file.open("rb") as source, _folder(attachments) as folder:
            packet = _verified(packets.read(source, folder), file)
            if signatures:
                packet = _with_signatures(packet, folder, _trusted(trust))
    except Rejected as fault:
        _turn_away(fault, json=json)
    if json:
        say_json(_document(packet))
    else:
        _show(packet)


@edxml.command()
def write(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="What `read --json` printed, or canonical data.")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The packet to write.")],
    attachments: Attachments = None,
    json: Json = False,
) -> None:
    """Write a packet from its canonical form, as the axis vendor's own writer lays it out.

    The attachments' content comes from where `read` kept it. The answer is no when the data do not fit.
    """
    from lgsp.errors import Invalid, Rejected
    from lgsp.formats import edxml as packets
    from lgsp.schemas import Types

    type_, data = _told(file)
    fresh = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        faults = Types().check(type_, data)
        if faults:
            raise Invalid(faults, type=type_)
        with fresh.open("xb") as made, _folder(attachments) as folder:
            packets.write(type_, data, folder, made.write)
        fresh.replace(output)
    except Rejected as fault:
        _turn_away(fault, json=json)
    finally:
        fresh.unlink(missing_ok=True)
    if json:
        say_json({"type": type_, "file": str(output), "size": output.stat().st_size})
    else:
        typer.echo(f"Đã ghi (written): {output}, {output.stat().st_size} byte")


@edxml.command()
def signatures(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="PDF files.", exists=True)],
    trust: Trust = None,
    json: Json = False,
) -> None:
    """Look at the signatures inside PDF files, offline: what holds, whose it is, what was added afterwards.

    The answer is no unless every file has a signature, and each of them is valid.
    """
    from lgsp.wire import pades

    told = pades.examine(files, _trusted(trust))
    if json:
        found = zip(files, told.files, strict=True)
        say_json(
            {"files": [{"file": str(name), "signatures": one} for name, one in found], "trust": told.trust}
        )
    else:
        from lgsp.cli.signatures import show

        show(files, told)
    if any(one["standing"] != "valid" for found in told.files for one in found):
        raise typer.Exit(NEGATIVE)


def _with_signatures(packet: Packet, folder: Folder, trust: Path | None) -> Packet:
    """Return a packet with what is found about the signatures of its files, and with findings of them."""
    from dataclasses import replace

    from lgsp.formats.edxml import DOCUMENT
    from lgsp.wire import pades

    if packet.type != DOCUMENT:
        return packet
    data, findings = pades.evidence(packet.data, folder, trust)
    return replace(packet, data=data, findings=[*packet.findings, *findings])


def _trusted(named: Path | None) -> Path | None:
    """Return the folder of trusted certificates, if there is one.

    Raises:
        typer.BadParameter: what was named is no folder.
    """
    from lgsp.settings import read_settings

    folder = named or read_settings().trust
    if folder is not None and not folder.is_dir():
        raise typer.BadParameter(f"{folder}: no folder of certificates; name one that is there")
    return folder


def _verified(packet: Packet, file: Path) -> Packet:
    """Return a packet with the standing of its signature, where it has one that can be verified."""
    if packet.data.get("signature", {}).get("standing") != "unverified":
        return packet
    from lgsp.wire import xmldsig

    return packet.verified(xmldsig.holds(file.read_bytes()) if packet.size <= xmldsig.LARGEST else None)


def _folder(named: Path | None) -> AbstractContextManager[Folder]:
    from lgsp.folder import Folder, passing_folder

    return nullcontext(Folder(named)) if named else passing_folder()


def _told(file: Path) -> tuple[str, dict[str, Any]]:
    """Return the type and the data of a file.

    Raises:
        typer.BadParameter: it holds neither what `read` prints nor canonical data.
    """
    import orjson

    from lgsp.formats.edxml import DOCUMENT, STATUS

    try:
        told = orjson.loads(file.read_bytes())
    except orjson.JSONDecodeError as fault:
        raise typer.BadParameter(f"{file}: not JSON ({fault.msg}, line {fault.lineno}); mend it") from None
    data = told.get("data", told) if isinstance(told, dict) else None
    if not isinstance(data, dict):
        raise typer.BadParameter(f"{file}: holds no object; give it what `lgsp edxml read --json` prints")
    type_ = told.get("type", DOCUMENT if "act" in data else STATUS)
    if type_ not in (DOCUMENT, STATUS):
        raise typer.BadParameter(f"{file}: its type is neither {DOCUMENT} nor {STATUS}; mend it")
    return type_, data


def _document(packet: Packet) -> dict[str, Any]:
    return {
        "type": packet.type,
        "data": packet.data,
        "findings": [one.as_dict() for one in packet.findings],
        "sha256": packet.sha256.hex(),
        "size": packet.size,
    }


def _turn_away(fault: Rejected, *, json: bool) -> NoReturn:
    """Say why a packet cannot be read or written, and end.

    Raises:
        typer.Exit: always.
    """
    if json:
        problems = [_problem(problem) for problem in fault.problems]
        say_json({"type": fault.type or None, "data": None, "findings": [], "problems": problems})
    for problem in () if json else fault.problems:
        typer.echo(f"✗ {_in_words(problem, 'vi')}. {_mend(problem, 'vi')}", err=True)
        typer.echo(f"  ({problem.code}: {_in_words(problem, 'en')}. {_mend(problem, 'en')})", err=True)
    raise typer.Exit(NEGATIVE)


def _problem(problem: Problem) -> dict[str, str]:
    return {
        "place": problem.place,
        "code": problem.code,
        "detail": problem.detail,
        "vi": _in_words(problem, "vi"),
        "en": _in_words(problem, "en"),
        "mend": f"{_mend(problem, 'vi')} ({_mend(problem, 'en')})",
    }


def _in_words(problem: Problem, lang: str) -> str:
    from lgsp.domain.causes import explain

    return explain(problem, lang).text


def _mend(problem: Problem, lang: str) -> str:
    from lgsp.domain.causes import explain

    return explain(problem, lang).mend


def _show(packet: Packet) -> None:
    from lgsp.cli.paper import pretty_data
    from lgsp.errors import Problem

    typer.echo(f"{packet.type}, {packet.size} byte, SHA-256 {packet.sha256.hex()}")
    typer.echo(pretty_data(packet.data))
    if not packet.findings:
        typer.echo("Không có điểm cần lưu ý (no findings)")
    for finding in packet.findings:
        told = Problem(finding.place, finding.code)
        read_ = f": {finding.read}" if finding.read else ""
        typer.echo(f"· {_in_words(told, 'vi')}{read_}\n  ({finding.code}: {_in_words(told, 'en')})")
