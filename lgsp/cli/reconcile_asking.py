"""What `lgsp reconcile` asks of the running gateway: bringing lists, waiting for ends, writing tables."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import typer

from lgsp.cli.shell import gateway

_PART = 2000
_LOOK = 1.0
_PAGE = 1000


class Exports(NamedTuple):
    """Where what was found is written to."""

    csv: Path | None
    xlsx: Path | None


async def get(path: str, **asked: Any) -> Any:
    """Return what stands under a path; what is empty is not asked for."""
    async with gateway() as running:
        return await running.get(path, **{name: value for name, value in asked.items() if value})


async def post(path: str, said: Any = None) -> Any:
    """Ask for an act and return what it led to."""
    async with gateway() as running:
        return await running.post(path, said)


def counts_of(path: Path | None) -> dict[str, Any]:
    """Return what a file of the portal's counts says, as the API takes it."""
    from dataclasses import asdict

    from lgsp.reconciling.portal_counts import read

    return {} if path is None else {"portal_counts": [asdict(line) for line in read(path)]}


async def begun(asked: Mapping[str, Any], local: Path | None, *, whole: bool, quiet: bool) -> Any:
    """Start a reconciliation; a list of what the source has is read to its end before anything is started."""
    from uuid import uuid4

    said = {name: value for name, value in asked.items() if value not in ("", None)}
    total = _counted(local) if local is not None else 0
    async with gateway() as running:
        order = said | {"token": str(uuid4()), "upload": local is not None}
        run = await running.post("/v1/reconciliations", order)
        if local is not None:
            await _bring(running, run["id"], local, total, whole=whole, quiet=quiet)
        return run


def _counted(path: Path) -> int:
    from lgsp.reconciling.files import count

    return count(path)


def _written(path: Path) -> str:
    """Return when a file was written last."""
    from datetime import datetime

    from lgsp.message import VIETNAM

    return datetime.fromtimestamp(path.stat().st_mtime, VIETNAM).isoformat()


async def _bring(  # noqa: PLR0913 - what, whose, of which file
    running: Any, number: int, path: Path, total: int, *, whole: bool, quiet: bool
) -> None:
    from itertools import islice

    from lgsp.reconciling.files import lines

    rows, part, brought = lines(path), 0, 0
    while True:
        some = list(islice(rows, _PART))
        part, brought = part + 1, brought + len(some)
        last = brought >= total
        said = {"part": part, "rows": [line._asdict() for line in some], "last": last, "whole": whole}
        said |= {"taken_at": _written(path)} if last else {}
        await running.post(f"/v1/reconciliations/{number}/holdings", said)
        if not quiet:
            typer.echo(f"\r{brought}/{total}", nl=last, err=True)
        if last:
            return


async def ended(number: int, *, quiet: bool) -> Any:
    """Return a reconciliation once it is over; tell meanwhile how far it is."""
    import asyncio

    from lgsp.domain.reconciling.words import PHASES
    from lgsp.words import number as written

    async with gateway() as running:
        while True:
            run = await running.get(f"/v1/reconciliations/{number}")
            if run["state"] not in {"running", "paused"}:
                return run
            if not quiet:
                waits = f"; đợi hệ thống (waits): {run['waits']}" if run["waits"] else ""
                count = written(run["counts"].get("compared", 0))
                typer.echo(f"{PHASES[run['phase']]}: {count} hồ sơ{waits}", err=True)
            await asyncio.sleep(_LOOK)


async def mended(number: int, asked: Mapping[str, Any], *, quiet: bool) -> Any:
    """Start a repair and return it once it is over."""
    import asyncio
    from uuid import uuid4

    async with gateway() as running:
        told = await running.post(
            f"/v1/reconciliations/{number}/repairs", dict(asked) | {"token": str(uuid4())}
        )
        while told["state"] in {"running", "paused"}:
            if not quiet:
                typer.echo(f"{told['sent']}/{told['total']}, {told['solved']} đã khắc phục", err=True)
            await asyncio.sleep(_LOOK)
            told = await running.get(f"/v1/repairs/{told['id']}")
        return told


async def exported(number: int, to: Exports, asked: Mapping[str, Any]) -> None:
    """Write what was found to files, a page at a time."""
    if to.csv is not None:
        await _as_csv(to.csv, number, asked)
    if to.xlsx is not None:
        await _as_xlsx(to.xlsx, number, asked)


async def _as_csv(path: Path, number: int, asked: Mapping[str, Any]) -> None:
    from lgsp.formats.sheets import BOM, csv_lines
    from lgsp.reconciling.exporting import HEADINGS, row

    with path.open("wb") as file:
        file.write(BOM.encode() + csv_lines([HEADINGS]))
        async for page in _pages(number, asked):
            file.write(csv_lines([row(one) for one in page]))


async def _as_xlsx(path: Path, number: int, asked: Mapping[str, Any]) -> None:
    from lgsp.formats.sheets import Sheets
    from lgsp.reconciling.exporting import HEADINGS, row

    sheets = Sheets(path, f"Đối soát {number}", HEADINGS)
    async for page in _pages(number, asked):
        sheets.write([row(one) for one in page])
    sheets.close()


async def _pages(number: int, asked: Mapping[str, Any]) -> AsyncIterator[list[dict[str, Any]]]:
    behind: str | None = ""
    async with gateway() as running:
        wanted = {name: value for name, value in asked.items() if value}
        while behind is not None:
            told = await running.get(
                f"/v1/reconciliations/{number}/differences", limit=_PAGE, behind=behind or None, **wanted
            )
            yield told["differences"]
            behind = told["next"]
