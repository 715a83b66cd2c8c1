"""`lgsp retain`: what the journal need not keep any longer is dropped, a partition at a time."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lgsp.cli.shell import Json, say_json, wait_for

if TYPE_CHECKING:
    from lgsp.blobs import Blobs
    from lgsp.settings import Settings

_AGE = re.compile(r"(\d+)(d|y)")
_LEAST_DAYS = 92
"""Three months: what Vietnamese guidance on levels 2 and 3 asks of logs, as provinces cite it."""
_DAY, _YEAR_DAYS = 86_400_000_000, 365


def _days(text: str) -> int:
    found = _AGE.fullmatch(text.strip())
    days = int(found[1]) * (_YEAR_DAYS if found[2] == "y" else 1) if found else 0
    if days < _LEAST_DAYS:
        raise typer.BadParameter(f"write an age such as 400d or 2y, of {_LEAST_DAYS} days at least")
    return days


def retain(  # noqa: PLR0913, PLR0917 - its options
    days: Annotated[
        int | None, typer.Option("--older-than", parser=_days, metavar="AGE", help="Such as 400d or 2y.")
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option(help="bodies, raws, attempts, history or entries; else all.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without this it is only shown.")] = False,
    rules: Annotated[
        bool, typer.Option("--by-rules", help="Erase content by `keep:` of the home instead, now.")
    ] = False,
    reason: Annotated[str, typer.Option(help="Why it is erased now; with --by-rules.")] = "",
    json: Json = False,
) -> None:
    """Drop the partitions of the journal in which everything is older than this.

    Messages, dossiers, first-seen values and open deliveries stay for ever; so do the bodies that they need.
    With the requests (`raws`) go the large bodies outside the journal that none of those left names.

    With --by-rules the gateway that runs erases content message by message, as each night by itself.
    """
    if rules:
        by_rules(reason, yes=yes, json=json)
        return
    if days is None:
        raise typer.BadParameter("give --older-than AGE, or --by-rules")
    from lgsp.journal.partitions import STEPS
    from lgsp.logs import set_up
    from lgsp.settings import read_settings

    if unknown := sorted(set(only or ()) - set(STEPS)):
        raise typer.BadParameter(f"{', '.join(unknown)}: write {', '.join(STEPS)}")
    set_up("ERROR")
    before = int(time.time() * 1e6) - days * _DAY
    told, blobs = wait_for(_retain(read_settings(), before, only or [], yes=yes))
    if json:
        say_json({"done": yes, "partitions": told, "blobs": blobs})
        return
    for one in told:
        kept = f", giữ lại {one['kept']} nội dung còn cần (bodies carried forward)" if one["kept"] else ""
        typer.echo(f"{one['partition']}: {one['bytes'] / 2**20:.0f} MiB{kept}")
    if blobs["files"]:
        size = blobs["bytes"] / 2**20
        typer.echo(
            f"{blobs['files']} tệp lớn ngoài nhật ký, {size:.0f} MiB (large bodies outside the journal)"
        )
    if not told and not blobs["files"]:
        typer.echo("Không có phần nào đủ cũ (nothing is old enough)")
    elif not yes:
        typer.echo("Chưa làm gì; thêm --yes để xóa (nothing was done; add --yes)")


def by_rules(reason: str, *, yes: bool, json: bool) -> None:
    """Show what the home's own rules would erase now, and with `yes` have it erased."""
    from lgsp.cli.shell import gateway

    async def ask() -> dict[str, Any]:
        async with gateway() as running:
            rows: list[dict[str, Any]] = []
            after: int | None = 0
            while after is not None:
                page = await running.get("/v1/retention/preview", after=after)
                rows, after = _joined(rows, page["would_erase"]), page["next"]
            done = (
                await running.post("/v1/retention/run", {"reason": reason or "lgsp retain"}) if yes else None
            )
            return {"done": yes, "would_erase": rows, "runs": done["runs"][:1] if done else []}

    told = wait_for(ask())
    if json:
        say_json(told)
        return
    for row in told["would_erase"]:
        size = f"{row['bytes'] / 2**20:.1f} MiB"
        typer.echo(f"{row['type']} ({row['rule']}): {row['count']}, {size}, cũ nhất (oldest) {row['oldest']}")
    if not told["would_erase"]:
        typer.echo("Không có nội dung nào đến hạn (nothing is old enough)")
    elif not yes:
        typer.echo("Chưa làm gì; thêm --yes để xóa (nothing was done; add --yes)")


def _joined(rows: list[dict[str, Any]], more: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return counts of two stretches of messages as those of one."""
    by = {(row["type"], row["rule"]): row for row in rows}
    for row in more:
        known = by.setdefault((row["type"], row["rule"]), row | {"count": 0, "bytes": 0})
        known["count"] += row["count"]
        known["bytes"] += row["bytes"]
        known["oldest"] = min(known["oldest"], row["oldest"])
    return list(by.values())


async def _retain(
    settings: Settings, before: int, only: list[str], *, yes: bool
) -> tuple[list[dict[str, Any]], dict[str, int]]:
    from lgsp.blobs import Blobs
    from lgsp.errors import ConfigError
    from lgsp.journal import retaining
    from lgsp.journal.postgres import PostgresJournal

    if settings.embedded:
        raise ConfigError(["the embedded journal is one file without partitions: there is nothing to drop"])
    journal = await PostgresJournal.open(settings.journal_url)
    try:
        found = await journal.read(lambda tx: retaining.what_is_old(tx, before, only))
        told = []
        for old in found:
            kept = await retaining.let_go(journal, old.partition, lambda *_: None) if yes else 0
            told.append({"partition": old.partition.name, "bytes": old.size, "kept": kept})
        needed = await journal.read(retaining.blobs_needed)
    finally:
        await journal.close()
    blobs = Blobs.at(settings.blobs_url) if not only or "raws" in only else None
    return told, _forget(blobs, before / 1e6, needed, yes=yes) if blobs else {"files": 0, "bytes": 0}


def _forget(blobs: Blobs, before: float, needed: set[str], *, yes: bool) -> dict[str, int]:
    sizes = {path: path.stat().st_size for path in blobs.old(before, needed)}
    gone = [path for path in sizes if not yes or blobs.let_go(path, before)]
    return {"files": len(gone), "bytes": sum(sizes[path] for path in gone)}
