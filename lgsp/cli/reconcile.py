"""`lgsp reconcile`: compare what was told, delivered and held at the far side; repair what differs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from lgsp.cli import reconcile_showing as showing
from lgsp.cli.reconcile_asking import Exports, begun, counts_of, ended, exported, get, mended, post
from lgsp.cli.shell import Json, end, say_json, wait_for

reconcile = typer.Typer(
    help="Đối soát hai đầu (reconcile): the source, the journal and the far side.",
    invoke_without_command=True,
    rich_markup_mode=None,
)
DAYS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
Number = Annotated[int, typer.Argument(metavar="NUMBER", min=1, help="Number of the reconciliation.")]
Csv = Annotated[Path | None, typer.Option("--csv", help="Write what was found to this file as CSV.")]
Xlsx = Annotated[Path | None, typer.Option("--xlsx", help="Write what was found to this file as XLSX.")]
Buckets = Annotated[list[str] | None, typer.Option("--bucket", help="Of these kinds only.")]
Owner = Annotated[str, typer.Option(help="Whom it is to be mended by: vendor, agency, ministry …")]
Agency = Annotated[str, typer.Option(help="Code of the agency; what lies under it belongs to it.")]


@dataclass(slots=True, frozen=True)
class Period:
    """When the dossiers were received, in Viet Nam time; a day is meant whole."""

    since: datetime | None
    until: datetime | None

    def as_dict(self) -> dict[str, str]:
        """Return it as the API reads it: the end does not belong to it."""
        from datetime import timedelta

        from lgsp.message import VIETNAM

        until = self.until
        if until is not None and until == datetime.combine(until.date(), datetime.min.time()):
            until += timedelta(days=1)
        said = {"since": self.since, "until": until}
        return {name: value.replace(tzinfo=VIETNAM).isoformat() for name, value in said.items() if value}


@reconcile.callback()
def start(  # noqa: PLR0913, PLR0917 - the options of a command
    context: typer.Context,
    agency: Agency = "",
    since: Annotated[
        datetime | None, typer.Option("--from", formats=DAYS, help="Received on this day or later.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option("--to", formats=DAYS, help="Received up to the end of this day.")
    ] = None,
    procedure: Annotated[str, typer.Option(help="Code of the procedure.")] = "",
    source: Annotated[str, typer.Option(help="The system that tells, where there are several.")] = "",
    system: Annotated[str, typer.Option(help="The far system, where there are several.")] = "",
    local: Annotated[
        Path | None, typer.Option("--local", help="CSV or JSON lines of what the source has.")
    ] = None,
    part: Annotated[
        bool, typer.Option("--part", help="The file does not name all: what it lacks says nothing.")
    ] = False,
    portal_count: Annotated[
        int | None, typer.Option(min=0, help="How many dossiers of this scope the portal itself counts.")
    ] = None,
    portal_counts: Annotated[
        Path | None,
        typer.Option(help="CSV or XLSX of what the portal counts by agency: code, count, period."),
    ] = None,
    reason: Annotated[str, typer.Option(help="Why; it stands in the journal.")] = "",
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Wait for its end.")] = True,
    csv: Csv = None,
    xlsx: Xlsx = None,
    json: Json = False,
) -> None:
    """Reconcile now, and show what differs.

    The answer is no (1) when something differs. With a command, look at earlier runs instead, or repair.
    """
    if context.invoked_subcommand is not None:
        return
    asked = {
        "agency": agency, "procedure": procedure, "source": source, "system": system, "reason": reason,
        "portal_count": portal_count, **Period(since, until).as_dict(), **counts_of(portal_counts),
    }  # fmt: skip
    run = wait_for(begun(asked, local, whole=not part, quiet=json))
    if wait:
        run = wait_for(ended(run["id"], quiet=json))
        wait_for(exported(run["id"], Exports(csv, xlsx), {}))
    _say(run, json=json)
    end(well=not wait or _agrees(run))


def _agrees(run: dict[str, Any]) -> bool:
    return run["state"] == "done" and not run["sums"]


def _say(run: dict[str, Any], *, json: bool) -> None:
    if json:
        say_json(run)
    else:
        showing.run(run)


@reconcile.command("list")
def listed(
    like: Annotated[int, typer.Option(help="Only those that can be compared with this one.")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 20,
    json: Json = False,
) -> None:
    """Show reconciliations, newest first, and how they compare from day to day."""
    found = wait_for(get("/v1/reconciliations", like=like or None, limit=limit))
    if json:
        say_json(found)
    else:
        showing.runs(found["reconciliations"])


@reconcile.command()
def show(  # noqa: PLR0913, PLR0917 - the options of a command
    number: Number,
    bucket: Buckets = None,
    owner: Owner = "",
    agency: Agency = "",
    change: Annotated[str, typer.Option(help="new, still or solved: against the run before.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Show so many of what was found.")] = 50,
    csv: Csv = None,
    xlsx: Xlsx = None,
    json: Json = False,
) -> None:
    """Show one reconciliation, and what it found."""
    asked = {"bucket": ",".join(bucket or ()), "owner": owner, "agency": agency, "change": change}
    run = wait_for(get(f"/v1/reconciliations/{number}"))
    told = wait_for(get(f"/v1/reconciliations/{number}/differences", limit=limit, **asked))
    wait_for(exported(number, Exports(csv, xlsx), asked))
    if json:
        say_json(run | told)
    else:
        showing.run(run)
        showing.differences(told["differences"], more=told["next"] is not None)


@reconcile.command()
def repair(  # noqa: PLR0913, PLR0917 - the options of a command
    number: Number,
    bucket: Buckets = None,
    owner: Owner = "",
    agency: Agency = "",
    reason: Annotated[str, typer.Option(help="Why; it stands in the journal.")] = "",
    rate: Annotated[int, typer.Option(min=1, max=1000, help="So many a second at most.")] = 20,
    preview: Annotated[bool, typer.Option("--preview", help="Only show what it would do.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    json: Json = False,
) -> None:
    """Repair what the gateway can repair by itself: send again what is missing there, in order, never twice.

    It shows first what it would do, and what it leaves to whom. Each dossier is judged again before it is
    sent, and looked at again afterwards.
    """
    if not preview and not reason.strip():
        raise typer.BadParameter("say why, with --reason, or only look, with --preview")
    asked = {"bucket": bucket or [], "owner": owner, "agency": agency}
    found = wait_for(post(f"/v1/reconciliations/{number}/repairs", asked | {"preview": True}))
    if not json:
        showing.preview(found)
    if preview or not found["repairable"] or not (yes or (not json and showing.agreed(found["repairable"]))):
        if json:
            say_json({"preview": found, "repair": None})
        end(well=preview or not found["repairable"])
        return
    told = wait_for(mended(number, asked | {"reason": reason, "rate": rate}, quiet=json))
    if json:
        say_json({"preview": found, "repair": told})
    else:
        showing.repairs([told])
    end(well=told["state"] == "done" and not told["unsolved"])


@reconcile.command()
def repairs(
    number: Number,
    pause: Annotated[int, typer.Option(help="Stop this repair for a while.")] = 0,
    resume: Annotated[int, typer.Option(help="Let this repair go on.")] = 0,
    cancel: Annotated[int, typer.Option(help="Call this repair off.")] = 0,
    json: Json = False,
) -> None:
    """Show the repairs of a reconciliation; or pause one, let it go on, or call it off."""
    asked = [(act, n) for act, n in (("pause", pause), ("resume", resume), ("cancel", cancel)) if n]
    if len(asked) > 1:
        raise typer.BadParameter("one act at a time")
    for act, of in asked:
        wait_for(post(f"/v1/repairs/{of}/{act}"))
    found = wait_for(get(f"/v1/reconciliations/{number}/repairs"))
    if json:
        say_json(found)
    else:
        showing.repairs(found["repairs"])


def _acting(act: str, told: str) -> None:
    def command(number: Number, json: Json = False) -> None:
        _say(wait_for(_moved(number, act)), json=json)

    command.__doc__ = told
    reconcile.command(act)(command)


async def _moved(number: int, act: str) -> Any:
    await post(f"/v1/reconciliations/{number}/{act}")
    return await get(f"/v1/reconciliations/{number}")


_acting("pause", "Stop a reconciliation for a while.")
_acting("resume", "Let a reconciliation go on.")
_acting("cancel", "Call a reconciliation off; what it found stays.")
