"""`lgsp trace`: everything that befell a message, all messages of a code, or where a document stands."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from lgsp.cli.shell import Json, end, gateway, say_json, wait_for

_NOT_FOUND = 404


def trace(
    what: Annotated[
        str,
        typer.Argument(
            metavar="ID|CODE|NUMBER",
            help="A message's id, a business code, or a document's id or number and notation.",
        ),
    ],
    agency: Annotated[
        str, typer.Option("--agency", metavar="CODE", help="Code of the body that issued the document.")
    ] = "",
    full: Annotated[bool, typer.Option("--full", help="Show requests and answers whole.")] = False,
    json: Json = False,
) -> None:
    """Show every step of a message, or where a document stands.

    Of a message, or of all messages of a code: times, attempts, requests, answers, and what happens next. Of
    a document: how far each receiver is, who set it and when, and what is awaited of whom; with --full the
    steps of its messages as well.
    """
    found = wait_for(_found(what, agency, full=full))
    if json:
        say_json(found)
    else:
        from lgsp.cli.document_course import show_documents
        from lgsp.cli.walk import show_trails, show_walks

        show_documents(found["documents"])
        show_walks(found["messages"], full=full)
        show_trails(found["first_seen"])
    well = bool(found["messages"] or found["documents"])
    if not well:
        typer.echo(f"{what}: không tìm thấy (no such message, code or document)", err=True)
    end(well=well)


async def _found(what: str, agency: str, *, full: bool) -> dict[str, Any]:
    """Return the documents that are meant; where there are none, the walks and the trails of a code."""
    async with gateway() as running:
        documents = [] if _is_dossier(what) else await _documents(running, what, agency)
        if documents:
            ids = [one["id"] for document in documents for one in document["messages"]]
            return {
                "documents": documents,
                "messages": await _walks(running, ids if full else []),
                "first_seen": {},
            }
        walks = await _walks(running, [] if agency else await _ids(running, what))
        subject = walks[-1]["subject"] if walks else None
        trails = (await running.get("/v1/first-seen", code=subject))["types"] if subject else {}
    return {"documents": [], "messages": walks, "first_seen": trails}


def _is_dossier(what: str) -> bool:
    from lgsp.domain.codes import dossier_code

    return dossier_code(what) is not None


async def _documents(running: Any, what: str, agency: str) -> list[dict[str, Any]]:
    from lgsp.client import AnswerError

    try:
        found = await running.get("/v1/documents", key=what, agency=agency or None)
    except AnswerError as fault:
        if fault.status == _NOT_FOUND:
            return []
        raise
    return list(found["documents"])


async def _walks(running: Any, ids: list[str]) -> list[dict[str, Any]]:
    """Return the walks of messages, each delivery with what happens next."""
    from lgsp.cli.next_step import next_step
    from lgsp.client import segment

    systems = (await running.get("/v1/systems"))["systems"] if ids else []
    standings = {system["name"]: system["standing"] for system in systems}
    walks = [await running.get(f"/v1/messages/{segment(uid)}") for uid in ids]
    for walk in walks:
        for delivery in walk["deliveries"]:
            delivery["next"] = next_step(delivery, standings.get(delivery["system"], "")).as_dict()
    return walks


async def _ids(running: Any, what: str) -> list[str]:
    """Return the ids of the messages of a code, oldest first, or the id itself where it names one."""
    from uuid import UUID

    from lgsp.client import AnswerError

    try:
        uid = str(UUID(what))
    except ValueError:
        return [found["id"] async for found in running.pages("/v1/messages", "messages", code=what)][::-1]
    try:
        await running.get(f"/v1/messages/{uid}")
    except AnswerError as fault:
        if fault.status == _NOT_FOUND:
            return []
        raise
    return [uid]
